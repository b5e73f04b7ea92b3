//! `DATEADD`.

use model::FormulaType;

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::call::Out;
use crate::eval::Lanes;
use crate::moment::number;
use crate::time::Unit;
use crate::value::Val;

pub(super) const FUNCTION: Function = Function {
    name: "DATEADD",
    usage: "DATEADD(date, count, unit)",
    about: "The date moved by a number of units.",
    family: Family::Date,
    examples: &[("DATEADD(\"07/10/19\", 10, \"days\")", "2019-07-20T00:00:00.000Z")],
    least: 3,
    most: 3,
    lists: 0,
    returns: Returns::Always(FormulaType::DateTime),
    reads: Reads::Nothing,
    fails: true,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [date, count, unit] = &lanes;
    let (counts, units) = (extent.per(count, number), extent.per(unit, Unit::of));
    Ok(extent.moments(|row| {
        let (date, count) = (date.get(row), counts.at(row));
        let day = matches!(date, Val::Time(_, true));
        match date.time() {
            _ if date.is_blank() => Out::Blank,
            Some(time) if count.is_finite() => Out::Value((units.at(row).add(time, count), day)),
            _ => Out::Error,
        }
    }))
}
