//! `REGEX_MATCH`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::regex::Regexes;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "REGEX_MATCH",
    usage: "REGEX_MATCH(text, pattern)",
    about: "1 where the pattern is found in the text, else 0.",
    family: Family::Text,
    examples: &[("REGEX_MATCH(\"Hello World\", \"W[a-z]+d\")", "1")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Flag),
    reads: Reads::Nothing,
    fails: Some(("the pattern cannot be read", "a pattern is one of RE2")),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [text, pattern] = &lanes;
    let (mut text, mut pattern, mut patterns) = (Text::new(text), Text::new(pattern), Regexes::new(call));
    Ok(extent.calculate(|row| {
        let text = text.at(row);
        let found = patterns.of(pattern.at(row), text).map(|regex| regex.is_match(text));
        found.map_or(Out::Error, |found| Out::Value(f64::from(u8::from(found))))
    }))
}
