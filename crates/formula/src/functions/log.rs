//! `LOG`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::arithmetic::logarithm;
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "LOG",
    usage: "LOG(number, [base])",
    about: "The logarithm; to base 10 without a base.",
    family: Family::Number,
    examples: &[("LOG(1000)", "3"), ("LOG(1024, 2)", "10")],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.numbers(10.0, logarithm)
}
