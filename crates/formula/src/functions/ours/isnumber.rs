//! `ISNUMBER`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "ISNUMBER",
    usage: "ISNUMBER(value)",
    about: "1 when the value is a number, as checkboxes and conditions are; texts of digits, dates and blanks are none.",
    family: Family::Logic,
    examples: &[("ISNUMBER(5)", "1"), ("ISNUMBER(\"5\")", "0")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: false,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [value] = &lanes;
    Ok(extent.calculate(|row| Out::Value(f64::from(u8::from(matches!(value.get(row), Val::Number(_)))))))
}
