//! `ISEMPTY`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::lists::values;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "ISEMPTY",
    usage: "ISEMPTY(value)",
    about: "1 when there is nothing: a blank, an empty text, or a list of nothing else. 0 is a value.",
    family: Family::Logic,
    examples: &[("ISEMPTY(\"\")", "1"), ("ISEMPTY(0)", "0")],
    least: 1,
    most: 1,
    lists: 1,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [value] = &lanes;
    Ok(extent.calculate(|row| Out::Value(f64::from(u8::from(values(value, row).all(Val::is_blank))))))
}
