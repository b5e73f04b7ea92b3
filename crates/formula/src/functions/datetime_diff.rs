//! `DATETIME_DIFF`.

use datetime::Unit;
use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::{two, unit_of};
use crate::value::Val;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "DATETIME_DIFF",
    usage: "DATETIME_DIFF(a, b, [unit])",
    about: "Whole units from b to a; seconds without a unit.",
    family: Family::Date,
    examples: &[("DATETIME_DIFF(\"04/05/2019 11:00\", \"04/06/2019 12:00\", \"hours\")", "-25")],
    least: 2,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0, 1])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let unit = |unit: Val<'_>| if unit.is_blank() { Unit::named("seconds") } else { unit_of(unit) };
    two(call, unit, |a, b, unit| Some(unit.between(a, b) as f64))
}
