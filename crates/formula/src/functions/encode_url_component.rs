//! `ENCODE_URL_COMPONENT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use std::fmt::Write;

use crate::call::Call;
use crate::eval::Lanes;
use crate::strings::Made;
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "ENCODE_URL_COMPONENT",
    usage: "ENCODE_URL_COMPONENT(text)",
    about: "The text as a part of an address: all but letters, digits and -_.~ with percent signs.",
    family: Family::Text,
    examples: &[("ENCODE_URL_COMPONENT(\"chicken & waffles\")", "\"chicken%20%26%20waffles\"")],
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
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [text] = &lanes;
    let mut text = Text::new(text);
    call.write(&extent, |row, out| {
        for byte in text.at(row).bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        Made::Value
    })
}
