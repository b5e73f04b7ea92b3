//! `TRIM`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::strings::Made;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "TRIM",
    usage: "TRIM(text)",
    about: "The text without blanks at its ends.",
    family: Family::Text,
    examples: &[("TRIM(\"  a \")", "\"a\"")],
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
    let [text] = &lanes;
    let mut text = Text::new(text);
    call.write(&extent, |row, out| {
        out.push_str(text.at(row).trim());
        Made::Value
    })
}
