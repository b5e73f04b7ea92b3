//! `LEFT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::lane::Lane;
use crate::strings::Made;
use crate::text::{Text, split};
use crate::value::Scalar;

pub(super) const FUNCTION: Function = Function {
    name: "LEFT",
    usage: "LEFT(text, [count])",
    about: "The first characters; one without a count.",
    family: Family::Text,
    examples: &[("LEFT(\"quick brown fox\", 5)", "\"quick\"")],
    least: 1,
    most: 2,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let length = if call.arguments.len() > 1 { call.argument(1)? } else { Lane::same(Scalar::Number(1.0)) };
    let lanes = [call.argument(0)?, length];
    let extent = call.extent(&lanes);
    let [text, length] = &lanes;
    let (mut text, length) = (Text::new(text), extent.per(length, count));
    call.write(&extent, |row, out| {
        let Some(length) = length.at(row) else { return Made::Error };
        out.push_str(split(text.at(row), length).0);
        Made::Value
    })
}
