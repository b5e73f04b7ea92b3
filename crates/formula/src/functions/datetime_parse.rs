//! `DATETIME_PARSE`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::time::parse_time;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "DATETIME_PARSE",
    usage: "DATETIME_PARSE(text)",
    about: "The point in time that a text names.",
    family: Family::Date,
    examples: &[("DATETIME_PARSE(\"2/29/2024\")", "2024-02-29T00:00:00.000Z")],
    least: 1,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: true,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    let [value] = &lanes;
    Ok(extent.moments(|row| match value.get(row) {
        Val::Text(text) if !text.is_empty() => parse_time(text).map_or(Out::Error, |time| Out::Value((time.0, false))),
        Val::Time(time, _) => Out::Value((time, false)),
        _ => Out::Blank,
    }))
}
