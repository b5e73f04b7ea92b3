//! `DATEDIF`.

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Function, Run, datetime_diff};
use crate::moment::two;
use crate::time::Unit;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "DATEDIF",
    usage: "DATEDIF(start, end, unit)",
    about: "Whole units from a start to an end, as in spreadsheets: \"D\", \"M\" and \"Y\" are days, months and years.",
    examples: &[
        ("DATEDIF(\"2024-01-31\", \"2024-03-01\", \"M\")", "1"),
        ("DATEDIF(\"2024-02-28\", \"2024-03-01\", \"D\")", "2"),
    ],
    least: 3,
    run: Run::Over(run),
    ..datetime_diff::FUNCTION
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let known = |value: Val<'_>| unit(value.text(&mut String::new()));
    two(call, known, |start, end, unit| Some(unit?.between(end, start) as f64))
}

/// The unit of this name, of which some are letters as in spreadsheets.
pub(crate) fn unit(name: &str) -> Option<Unit> {
    Unit::known(match name {
        "D" | "d" => "days",
        "M" | "m" => "months",
        "Y" | "y" => "years",
        name => name,
    })
}
