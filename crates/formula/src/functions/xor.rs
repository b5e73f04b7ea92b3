//! `XOR`.

use model::FormulaType;

use super::{Family, Function, MANY, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::mask::Mask;

pub(super) const FUNCTION: Function = Function {
    name: "XOR",
    usage: "XOR(a, b, …)",
    about: "1 when an odd number are true.",
    family: Family::Logic,
    examples: &[("XOR(TRUE(), FALSE(), TRUE())", "0")],
    least: 1,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let (mut odd, mut error) = (Mask::default(), Mask::default());
    for lane in call.all()? {
        odd.flip(&match &lane.values {
            Values::Lists(lists) => lists.odd(call.rows),
            _ => lane.truth(call.rows),
        });
        error.add(&lane.errors(call.cx.n));
    }
    Ok(Lane::flags(odd.without(&error), error.and(call.rows)))
}
