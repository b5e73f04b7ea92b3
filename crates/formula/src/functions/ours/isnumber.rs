//! `ISNUMBER`.

use model::FormulaType;

use crate::call::{Call, wrong};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::lane::Lane;
use crate::mask::Mask;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "ISNUMBER",
    usage: "ISNUMBER(value)",
    about: "1 when the value is a number, as checkboxes and conditions are; texts of digits, dates and blanks are none, nor is what ISERROR knows.",
    family: Family::Logic,
    examples: &[("ISNUMBER(5)", "1"), ("ISNUMBER(\"5\")", "0"), ("ISNUMBER(1 / 0)", "0")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let value = call.argument(0)?;
    let fine = call.rows.without(&wrong(&value, call.rows, call.cx.n));
    let mut found = Mask::default();
    fine.rows().filter(|row| matches!(value.get(*row), Val::Number(_))).for_each(|row| found.set(row));
    Ok(Lane::flags(found, Mask::default()))
}
