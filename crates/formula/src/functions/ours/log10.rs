//! `LOG10`.

use crate::arithmetic::logarithm;
use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Function, Run, log};

pub(super) const FUNCTION: Function = Function {
    name: "LOG10",
    usage: "LOG10(number)",
    about: "The logarithm to base 10.",
    examples: &[("LOG10(1000)", "3")],
    most: 1,
    run: Run::Over(run),
    ..log::FUNCTION
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.number(|number| logarithm(number, 10.0))
}
