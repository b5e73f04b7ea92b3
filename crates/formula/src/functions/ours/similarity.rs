//! `SIMILARITY`.

use model::FormulaType;

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::text::Text;

/// Longest text in bytes: comparing takes time by the product of both.
const LONGEST: usize = 1_000;

pub(super) const FUNCTION: Function = Function {
    name: "SIMILARITY",
    usage: "SIMILARITY(a, b)",
    about: "How alike two texts are, from 0 to 1, by Jaro and Winkler; texts of more than 1,000 bytes are an error.",
    family: Family::Text,
    examples: &[("ROUND(SIMILARITY(\"martha\", \"marhta\"), 4)", "0.9611")],
    least: 2,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Number),
    reads: Reads::Nothing,
    fails: Some((
        "a text is too long to be compared",
        "a text has at most 1,000 bytes here, which `LEFT(text, 250)` sees to",
    )),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [one, other] = &lanes;
    let (mut one, mut other) = (Text::new(one), Text::new(other));
    Ok(extent.calculate(|row| match (one.at(row), other.at(row)) {
        (one, other) if one.len().max(other.len()) > LONGEST => Out::Error,
        (one, other) if !call.cx.work(one.len() * other.len()) => Out::Error,
        (one, other) => Out::Value(strsim::jaro_winkler(one, other)),
    }))
}
