//! `SPLIT`.

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::text::Text;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "SPLIT",
    usage: "SPLIT(text, separator)",
    about: "The parts of a text between separators, as a list; the whole text where the separator is empty.",
    family: Family::Array,
    examples: &[("ARRAYSLICE(SPLIT(\"a-b-c\", \"-\"), 2, 2) & \"\"", "\"b\"")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Texts,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let [text, separator] = &lanes;
    let (mut text, mut separator) = (Text::new(text), Text::new(separator));
    call.lists(&lanes, |row, items| {
        let (text, separator) = (text.at(row), separator.at(row));
        match text {
            "" => {}
            text if separator.is_empty() => items.push(Val::Text(text)),
            text => text.split(separator).for_each(|part| items.push(Val::Text(part))),
        }
    })
}
