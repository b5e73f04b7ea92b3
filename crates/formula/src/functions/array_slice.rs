//! `ARRAYSLICE`.

use super::{Family, Function, Reads, Returns, Run};
use crate::call::Call;
use crate::eval::Lanes;

pub(super) const FUNCTION: Function = Function {
    name: "ARRAYSLICE",
    usage: "ARRAYSLICE(values, start, [end])",
    about: "The values from the place `start` to the place `end`, both included; the first is 1, and -1 is the last.",
    family: Family::Array,
    examples: &[("COUNTALL(ARRAYSLICE(\"a\", 1, 1))", "1")],
    least: 2,
    most: 3,
    lists: 1,
    returns: Returns::List,
    reads: Reads::Nothing,
    fails: None,
    wrong: None,
    run: Run::Over(run),
};

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let lanes = call.all()?;
    let place = |index: usize, row: usize, otherwise: f64| match lanes.get(index) {
        Some(lane) => lane.get(row).number(),
        None => otherwise,
    };
    let (values, places) = lanes.split_at_checked(1).unwrap_or((&lanes, &[]));
    let mut list = call.list_of(values, |row, held| {
        let len = held.len() as f64;
        // Places count from 1, from the end when they are negative; 0 is no place.
        let from_start = |place: f64| if place < 0.0 { len + place + 1.0 } else { place };
        let first = from_start(place(1, row, 1.0)).max(1.0);
        let last = from_start(place(2, row, -1.0)).min(len);
        if first <= last { (first as usize - 1..last as usize).collect() } else { Vec::new() }
    })?;
    for lane in places {
        list.error.add(&lane.errors(call.cx.n).and(call.rows));
        call.rows.rows().filter(|row| lane.get(*row).number().is_nan()).for_each(|row| list.error.set(row));
    }
    Ok(list)
}
