//! `FROMNOW`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::distance::distance;
use crate::eval::Lanes;
use crate::moment::write;
use crate::wrong::no_date;

pub(super) const FUNCTION: Function = Function {
    name: "FROMNOW",
    usage: "FROMNOW(date)",
    about: "How far the date is from now, as people say it.",
    family: Family::Date,
    examples: &[("FROMNOW(DATEADD(NOW(), -25, \"days\"))", "\"25 days\"")],
    least: 1,
    most: 1,
    lists: 0,
    returns: Returns::Always(FormulaType::Text),
    reads: Reads::Clock,
    fails: Some(super::NO_DATE),
    wrong: Some(|values| no_date(values, &[0])),
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    write(call, |time, out| out.push_str(&distance(time, call.cx.batch.now.0)))
}
