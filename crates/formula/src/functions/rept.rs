//! `REPT`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::count;
use crate::eval::Lanes;
use crate::strings::{LONGEST, Made};
use crate::text::Text;

pub(super) const FUNCTION: Function = Function {
    name: "REPT",
    usage: "REPT(text, count)",
    about: "The text repeated.",
    family: Family::Text,
    examples: &[("REPT(\"Hi! \", 2)", "\"Hi! Hi! \"")],
    least: 2,
    most: 2,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: true,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?];
    let extent = call.extent(&lanes);
    let [text, times] = &lanes;
    let (mut text, times) = (Text::new(text), extent.per(times, count));
    call.write(&extent, |row, out| {
        let (text, times) = (text.at(row), times.at(row));
        if text.len().saturating_mul(times) > LONGEST {
            return Made::Error;
        }
        // Of an empty text there may be any number.
        (0..times).take_while(|_| !text.is_empty()).for_each(|_| out.push_str(text));
        Made::Value
    })
}
