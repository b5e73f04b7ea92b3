//! `SECOND`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::part;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "SECOND",
    usage: "SECOND(date)",
    about: "The second, 0 to 59.",
    family: Family::Date,
    examples: &[("SECOND(\"2024-02-29 17:05:09\")", "9")],
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
    part(call, |time| f64::from(time.clock().2))
}
