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
    two(call, unit, |start, end, unit| unit.between(end, start) as f64)
}

fn unit(value: Val<'_>) -> Unit {
    match value {
        Val::Text("D" | "d") => Unit::named("days"),
        Val::Text("M" | "m") => Unit::named("months"),
        Val::Text("Y" | "y") => Unit::named("years"),
        value => Unit::of(value),
    }
}
