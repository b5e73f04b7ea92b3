//! `REGEX_EXTRACT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::regex::Regexes;
use crate::strings::Made;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "REGEX_EXTRACT",
    usage: "REGEX_EXTRACT(text, pattern)",
    about: "The first part of the text that fits the pattern; an error where none does.",
    family: Family::Text,
    examples: &[("REGEX_EXTRACT(\"Hello World\", \"W.*\")", "\"World\"")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some((
        "no part of the text fits the pattern",
        "`IF(REGEX_MATCH(text, pattern), REGEX_EXTRACT(text, pattern))` is blank then",
    )),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [text, pattern] = &lanes;
    let (mut text, mut pattern, mut patterns) = (Text::new(text), Text::new(pattern), Regexes::new(call));
    call.write(&extent, |row, out| {
        let text = text.at(row);
        let found = patterns.of(pattern.at(row), text).and_then(|regex| regex.find(text));
        found.map_or(Made::Error, |found| {
            out.push_str(text.get(found.range()).unwrap_or_default());
            Made::Value
        })
    })
}
