//! `DATEADD`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;
use crate::moment::moved;
use crate::wrong::{no_date, no_number};

pub(super) const FUNCTION: Function = Function {
    name: "DATEADD",
    usage: "DATEADD(date, count, unit)",
    about: "The date moved by a number of units; days and longer ones are whole, halves are rounded away from zero.",
    family: Family::Date,
    examples: &[("DATEADD(\"07/10/19\", 10, \"days\")", "2019-07-20T00:00:00.000Z")],
    least: 3,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: Some(("the date that comes of it is beyond the years that are counted", "years go from -99,999 to 99,999")),
    wrong: Some(|values| no_date(values, &[0]).or_else(|| no_number(values, 1))),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    moved(call)
}
