//! `T`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::strings::Made;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "T",
    usage: "T(value)",
    about: "The value when it is text.",
    family: Family::Text,
    examples: &[("T(42) & \"a\"", "\"a\"")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [value] = &lanes;
    call.write(&extent, |row, out| match value.get(row) {
        Val::Text(text) => {
            out.push_str(text);
            Made::Value
        }
        _ => Made::Blank,
    })
}
