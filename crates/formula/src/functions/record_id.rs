//! `RECORD_ID`.

use model::{FormulaType, RecordId};

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Extent;
use crate::eval::Lanes;
use crate::strings::Made;

pub(super) const FUNCTION: Function = Function {
    name: "RECORD_ID",
    usage: "RECORD_ID()",
    about: "The record's id.",
    family: Family::Record,
    examples: &[],
    least: 0,
    most: 0,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Record,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let start = call.cx.batch.rows.start;
    let extent = Extent::of(call.cx.n, call.rows);
    call.write(&extent, |row, out| match (call.cx.batch.ids)(start + row) {
        Some(id) => {
            out.push_str(RecordId::PREFIX);
            out.push_str(id.body());
            Made::Value
        }
        None => Made::Blank,
    })
}
