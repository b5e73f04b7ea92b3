//! `REGEX_REPLACE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::regex::Regexes;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "REGEX_REPLACE",
    usage: "REGEX_REPLACE(text, pattern, new)",
    about: "The text with every part that fits the pattern replaced; $1 is the first group.",
    family: Family::Text,
    examples: &[("REGEX_REPLACE(\"Hello World\", \"([A-Z])\", \"<$1>\")", "\"<H>ello <W>orld\"")],
    least: 3,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [text, pattern, new] = &lanes;
    let (mut text, mut pattern, mut new) = (Text::new(text), Text::new(pattern), Text::new(new));
    let mut patterns = Regexes::new(call);
    call.write(&extent, |row, out| patterns.replace(text.at(row), (pattern.at(row), new.at(row)), out))
}
