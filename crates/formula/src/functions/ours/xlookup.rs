//! `XLOOKUP`.

use crate::arithmetic::errors;
use crate::call::Call;
use crate::compare::equal_values;
use crate::eval::{Lanes, STEP, Spent};
use crate::functions::{Family, Function, Reads, Returns, Run};
use crate::lane::{Cell, Lane, Mixed, Values};
use crate::lists::{flat, values};
use crate::mask::Mask;
use crate::merge::Branches;
use crate::value::{Scalar, Val};

pub(crate) const FUNCTION: Function = Function {
    name: "XLOOKUP",
    usage: "XLOOKUP(what, keys, values, [otherwise])",
    about: "Of two lookup fields through the same link: the value of the first linked record whose key equals a value, else `otherwise` or blank. A blank key is none, and nothing is found for a blank.",
    family: Family::Array,
    examples: &[
        ("XLOOKUP(\"b\", SPLIT(\"a b c\", \" \"), SPLIT(\"one two three\", \" \"))", "\"two\""),
        ("XLOOKUP(\"x\", SPLIT(\"a b c\", \" \"), SPLIT(\"one two three\", \" \"), \"none\")", "\"none\""),
    ],
    least: 3,
    most: 4,
    lists: 3,
    returns: Returns::Branches,
    reads: Reads::Nothing,
    fails: Some(("there are not as many keys as values", "take two lookup fields through one link")),
    wrong: None,
    run: Run::Over(run),
};

/// How a key is looked for.
enum Found<'v> {
    At(Val<'v>),
    Nowhere,
    /// There are not as many keys as values.
    Uneven,
}

fn run<'b>(call: &Call<'_, 'b>) -> Lanes<'b> {
    let n = call.cx.n;
    let lanes = [flat(call.cx, call.argument(0)?, call.rows)?, call.argument(1)?, call.argument(2)?];
    let Some(mut error) = errors(&lanes.iter().collect::<Vec<_>>()) else { return Ok(Lane::same(Scalar::Error)) };
    let [what, keys, held] = &lanes;
    let (mut there, mut absent) = (Mask::default(), Mask::default());
    let mut found = Mixed { cells: vec![Cell::Blank; n], arena: String::new() };
    for row in call.rows.without(&error).rows() {
        let mut pairs = 0;
        let keys = listed(keys, row).inspect(|_| pairs += 1);
        let outcome = find(what.get(row), keys, listed(held, row));
        if !call.cx.work(STEP * pairs) {
            return Err(Spent);
        }
        match outcome {
            Found::At(value) => {
                found.set(row, value);
                there.set(row);
            }
            Found::Nowhere => absent.set(row),
            Found::Uneven => error.set(row),
        }
        if found.arena.len() > call.cx.left() {
            return Err(Spent);
        }
    }
    call.cx.spend(found.arena.len())?;
    let mut branches = Branches::new(n);
    if !there.is_empty() {
        branches.add(&there, Lane::new(Values::Mixed(found)));
    }
    if !absent.is_empty() {
        branches.add(&absent, call.argument_for(3, &absent)?);
    }
    Ok(branches.finish(call.rows, &error))
}

/// The values of a row; a blank that is no list is none.
fn listed<'l>(lane: &'l Lane<'_>, row: usize) -> impl Iterator<Item = Val<'l>> {
    let is_list = matches!(lane.values, Values::Lists(_));
    values(lane, row).filter(move |value| is_list || !value.is_blank())
}

fn find<'v>(
    what: Val<'_>,
    mut keys: impl Iterator<Item = Val<'v>>,
    mut values: impl Iterator<Item = Val<'v>>,
) -> Found<'v> {
    let mut found = Found::Nowhere;
    loop {
        match (keys.next(), values.next(), &found) {
            (None, None, _) => return found,
            (Some(key), Some(value), Found::Nowhere) => {
                if !key.is_blank() && !what.is_blank() && equal_values(key, what) {
                    found = Found::At(value);
                }
            }
            (Some(_), Some(_), _) => {}
            _ => return Found::Uneven,
        }
    }
}
