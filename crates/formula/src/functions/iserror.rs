//! `ISERROR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::mask::Mask;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "ISERROR",
    usage: "ISERROR(value)",
    about: "1 when the value is an error, not a number or infinite.",
    family: Family::Logic,
    examples: &[("ISERROR(2 / 0)", "1"), ("ISERROR(1)", "0")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: false,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lane = call.argument(0)?;
    let mut flags = lane.errors(call.cx.n).and(call.rows);
    let odd = |value| matches!(value, Val::Number(number) if !number.is_finite());
    match &lane.values {
        Values::Same(_) if odd(lane.get(0)) => flags = call.rows.clone(),
        Values::Numbers(numbers) => flags.add(&Mask::pack(numbers, |number| !number.is_finite()).and(call.rows)),
        Values::Mixed(_) => call.rows.rows().filter(|row| odd(lane.get(*row))).for_each(|row| flags.set(row)),
        _ => {}
    }
    Ok(Lane::flags(flags, Mask::default()))
}
