//! `IS_SAME`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::{two, unit_of};
use crate::value::Val;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "IS_SAME",
    usage: "IS_SAME(a, b, [unit])",
    about: "1 when both are in the same unit; without one, when they are equal.",
    family: Family::Date,
    examples: &[("IS_SAME(\"2024-02-29\", \"2024-02-01\", \"month\")", "1")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0, 1])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let unit = |unit: Val<'_>| (!unit.is_blank()).then(|| unit_of(unit));
    two(call, unit, |a, b, unit| {
        let same = unit.map_or(a == b, |unit| unit.index(a) == unit.index(b));
        Some(f64::from(u8::from(same)))
    })
}
