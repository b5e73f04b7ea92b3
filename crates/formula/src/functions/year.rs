//! `YEAR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::part;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "YEAR",
    usage: "YEAR(date)",
    about: "The year.",
    family: Family::Date,
    examples: &[("YEAR(\"2024-02-29\")", "2024")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    part(call, |time| time.date().0 as f64)
}
