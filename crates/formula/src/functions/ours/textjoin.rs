//! `TEXTJOIN`.

use model::FormulaType;

use crate::call::Call;
use crate::eval::Lanes;
use crate::functions::{Family, Function, MANY, Reads, Returns, Run};
use crate::lane::Lane;
use crate::lists::{flat, join, values};
use crate::strings::Made;
use crate::text::Text;
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "TEXTJOIN",
    usage: "TEXTJOIN(separator, skip, a, b, …)",
    about: "The texts of all values with a separator between them; with `skip` true without the empty ones.",
    family: Family::Text,
    examples: &[("TEXTJOIN(\", \", TRUE(), \"a\", \"\", \"b\")", "\"a, b\"")],
    least: 3,
    most: MANY,
    lists: MANY,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(crate::functions::TOO_LONG),
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let mut lanes = call.all()?;
    let rest = lanes.split_off(2.min(lanes.len()));
    let lanes = lanes.into_iter().map(|lane| flat(call.cx, lane, call.rows)).collect::<Result<Vec<_>, _>>()?;
    let all: Vec<Lane<'b>> = lanes.iter().chain(&rest).cloned().collect();
    let extent = call.extent(&all);
    let [separator, skip] = lanes.as_slice() else { return Ok(Lane::same(Scalar::Error)) };
    let mut separator = Text::new(separator);
    call.write(&extent, |row, out| {
        let (between, skips) = (separator.at(row), skip.get(row).truth());
        let held = rest.iter().flat_map(|lane| values(lane, row)).filter(|value| !(skips && value.is_blank()));
        join(held, between, out);
        Made::Value
    })
}
