//! `IS_BEFORE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::two;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "IS_BEFORE",
    usage: "IS_BEFORE(a, b)",
    about: "1 when a is earlier than b.",
    family: Family::Date,
    examples: &[("IS_BEFORE(\"2024-02-29\", \"2024-02-28\")", "0")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0, 1])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    two(call, |_| (), |a, b, ()| Some(f64::from(u8::from(a < b))))
}
