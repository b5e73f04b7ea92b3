//! `DATEDIFF`.

use datetime::Unit;

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Function, Run, datetime_diff};
use crate::moment::{known_unit_of, two};
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "DATEDIFF",
    usage: "DATEDIFF(a, b, [unit])",
    about: "As DATETIME_DIFF: whole units from b to a, but days without a unit, and an error with an unknown one.",
    examples: &[
        ("DATEDIFF(\"2024-03-01\", \"2024-02-28\")", "2"),
        ("DATEDIFF(\"2024-03-01\", \"2024-02-28\", \"hours\")", "48"),
    ],
    run: Run::Over(run),
    ..datetime_diff::FUNCTION
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let unit = |unit: Val<'_>| if unit.is_blank() { Unit::known("days") } else { known_unit_of(unit) };
    two(call, unit, |a, b, unit| Some(unit?.between(a, b) as f64))
}
