//! `DATESTR`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::write;
use crate::value::Val;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "DATESTR",
    usage: "DATESTR(date)",
    about: "The date as YYYY-MM-DD.",
    family: Family::Date,
    examples: &[("DATESTR(\"2/29/2024 10:00\")", "\"2024-02-29\"")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Nothing,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    write(call, |time, out| {
        Val::Time(time, true).write(out);
    })
}
