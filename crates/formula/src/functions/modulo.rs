//! `MOD`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "MOD",
    usage: "MOD(a, b)",
    about: "The rest of a division; it has the sign of the divisor.",
    family: Family::Number,
    examples: &[("MOD(9, 6)", "3")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    call.numbers(1.0, |a, b| {
        // The rest of an IEEE division is exact, and has the sign of the dividend.
        let rest = a % b;
        if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest + 0.0 }
    })
}
