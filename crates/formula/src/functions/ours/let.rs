//! `LET`.

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::value::Val;

/// Most arguments: each name is a step deeper.
const MOST: usize = 101;

pub(crate) const FUNCTION: Function = Function {
    name: "LET",
    usage: "LET(name, value, …, result)",
    about: "The result, in which names stand for values that are computed once. Names are words without braces; what stands in braces is a field.",
    family: Family::Logic,
    examples: &[("LET(price, 4, count, 3, price * count + price)", "16")],
    least: 3,
    most: MOST,
    lists: MOST,
    returns: Returns::Branches,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

/// The compiler leaves the place of one name, its value, and what comes of it.
fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let place = call.argument(0)?;
    let Val::Number(place) = place.get(0) else { return call.argument(2) };
    call.cx.bind(place as usize, call.argument(1)?);
    call.argument(2)
}
