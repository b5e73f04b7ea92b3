//! `UPPER`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::recase::recase;

pub(super) const FUNCTION: Function = Function {
    name: "UPPER",
    usage: "UPPER(text)",
    about: "The text in capitals.",
    family: Family::Text,
    examples: &[("UPPER(\"Ab\")", "\"AB\"")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    recase(call, str::to_ascii_uppercase, str::to_uppercase)
}
