//! `JSON_EXTRACT`.

use model::FormulaType;

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::json::{extract, half_a_character, path};
use crate::lookup::Lookup;
use crate::strings::Made;
use crate::text::Text;
use crate::value::Val;
use crate::wrong::Found;

/// What reading a byte costs, in bytes made.
const PARSE: usize = 4;

pub(super) const FUNCTION: Function = Function {
    name: "JSON_EXTRACT",
    usage: "JSON_EXTRACT(text, path)",
    about: "What stands in a text of JSON at a path like `a.b[0].c` or `$[\"a key\"]`, as a text; blank where there is nothing or null, an error where the text is no JSON.",
    family: Family::Text,
    examples: &[
        ("JSON_EXTRACT('{\"user\": {\"tags\": [\"new\", \"vip\"]}}', \"user.tags[1]\")", "\"vip\""),
        ("VALUE(JSON_EXTRACT('[{\"price\": 12.5}]', \"$[0].price\")) * 2", "25"),
    ],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some((
        "the text is no JSON",
        "names and texts stand in double quotes in JSON, and nothing behind the value",
    )),
    wrong: Some(broken),
    run: Run::Over(run),
};

fn broken(values: &[Val<'_>]) -> Option<Found> {
    let mut scratch = String::new();
    let half = half_a_character(values.first()?.text(&mut scratch))?;
    let message = format!("`{half}` is half a character in the text of JSON");
    Some((
        0,
        (message, "characters behind `\\uffff` are written as two, like `\\ud83d\\ude00`, or as themselves".to_owned()),
    ))
}

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [text, way] = &lanes;
    let (mut text, mut way, mut paths) = (Text::new(text), Text::new(way), Lookup::new(path));
    call.write(&extent, |row, out| {
        let text = text.at(row);
        let Some(path) = paths.of(way.at(row)) else { return Made::Error };
        if text.is_empty() {
            return Made::Blank;
        }
        if !call.cx.work(PARSE * text.len()) {
            return Made::Error;
        }
        match extract(text, path) {
            Ok(Some(value)) => {
                out.push_str(&value);
                Made::Value
            }
            Ok(None) => Made::Blank,
            Err(_) => Made::Error,
        }
    })
}
