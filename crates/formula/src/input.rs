//! Fields as lanes: columns are borrowed, not copied.

use std::borrow::Cow;

use model::{Bits, Chunk, SelectOptions};

use crate::check::Shape;
use crate::eval::{Context, Lanes};
use crate::lane::{Lane, Values};
use crate::lists;
use crate::mask::Mask;
use crate::program::Input;
use crate::strings::{Builder, Made, Strings};
use crate::value::Scalar;

/// The values of a field.
pub(crate) fn read<'b>(cx: &Context<'b>, slot: usize, shape: Shape, rows: &Mask) -> Lanes<'b> {
    match cx.batch.inputs.get(slot) {
        None | Some(Input::Missing) => Ok(Lane::same(blank(shape))),
        Some(Input::Stored(chunk)) => Ok(column(part_of(cx), chunk, None, shape)),
        Some(Input::Computed(computed)) => {
            let errors = Some(&computed.errors);
            let Chunk::Values(lists) = &computed.values else {
                return Ok(column(part_of(cx), &computed.values, errors, shape));
            };
            let (Shape::List(item) | Shape::Places(item)) = shape else { return Ok(Lane::same(Scalar::Error)) };
            let mut lane = lists::read(cx, lists, item);
            lane.error.add(&Mask::slice(&computed.errors, cx.batch.rows.start, cx.n));
            Ok(lane)
        }
        Some(Input::Choice { chunk, select }) => match chunk {
            Chunk::Choice(numbers) => {
                let numbers = part(numbers, cx.batch.rows.start, cx.n, 0);
                Ok(Lane::new(Values::Choices(numbers, select)))
            }
            _ => names(cx, chunk, select, rows),
        },
    }
}

/// A system time of the records.
pub(crate) fn system<'b>(cx: &Context<'b>, chunk: Option<&'b Chunk>) -> Lane<'b> {
    chunk.map_or_else(|| Lane::same(Scalar::Blank), |chunk| column(part_of(cx), chunk, None, Shape::DateTime))
}

/// An unchecked box is 0, not blank.
fn blank(shape: Shape) -> Scalar<'static> {
    if shape == Shape::Flag { Scalar::Number(0.0) } else { Scalar::Blank }
}

/// Rows of a column from `start` on; what it does not hold is `empty`.
fn part<T: Copy>(held: &[T], start: usize, n: usize, empty: T) -> Cow<'_, [T]> {
    let held = held.get(start..).unwrap_or_default();
    match held.get(..n) {
        Some(rows) => Cow::Borrowed(rows),
        None => held.iter().copied().chain(std::iter::repeat(empty)).take(n).collect(),
    }
}

/// Where the batch begins, and how many rows it has.
fn part_of(cx: &Context<'_>) -> (usize, usize) {
    (cx.batch.rows.start, cx.n)
}

/// `n` values of a chunk from `start` on.
pub(crate) fn column<'b>(
    (start, n): (usize, usize),
    chunk: &'b Chunk,
    errors: Option<&Bits>,
    shape: Shape,
) -> Lane<'b> {
    let mut lane = match chunk {
        Chunk::Number(numbers) => {
            let mut lane = Lane::new(Values::Numbers(part(&numbers.values, start, n, 0.0)));
            if shape != Shape::Flag {
                lane.blank = Mask::unset(&numbers.valid, start, n);
            }
            lane
        }
        Chunk::Flag(flags) => Lane::new(Values::Flags(Mask::slice(&flags.set, start, n))),
        Chunk::Text(texts) => {
            let strings = Strings::borrowed(texts, start, n);
            let blank = strings.empty();
            Lane::texts((strings, blank, Mask::default()))
        }
        Chunk::Time(times) => {
            let times = part(times, start, n, Chunk::NO_TIME);
            let blank = Mask::pack(&times, |time| time == Chunk::NO_TIME);
            Lane { values: Values::Times(times, shape == Shape::Date), blank, error: Mask::default() }
        }
        // What no formula can read is an error, where there is something.
        Chunk::Choice(_) | Chunk::Choices(_) | Chunk::Links(_) | Chunk::Values(_) => {
            let mut lane = Lane::numbers(vec![0.0; n], Mask::default());
            for row in 0..n {
                if chunk.cell(start + row).is_empty() { lane.blank.set(row) } else { lane.error.set(row) }
            }
            lane
        }
    };
    if let Some(errors) = errors.filter(|errors| !errors.words().is_empty()) {
        lane.error.add(&Mask::slice(errors, start, n));
    }
    lane
}

/// The names of several choices.
fn names<'b>(cx: &Context<'b>, chunk: &'b Chunk, select: &'b SelectOptions, rows: &Mask) -> Lanes<'b> {
    let Chunk::Choices(lists) = chunk else { return Ok(column(part_of(cx), chunk, None, Shape::Choices)) };
    let left = cx.left();
    let mut builder = Builder::new(cx.n);
    for row in rows.rows() {
        let list = lists.get(cx.batch.rows.start + row);
        builder.row(row, |out| {
            for (index, name) in list.iter().filter_map(|no| select.by_no(*no)).map(|choice| &choice.name).enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                out.push_str(name);
            }
            if list.is_empty() { Made::Blank } else { Made::Value }
        });
        if builder.written() > left {
            return Err(crate::eval::Spent);
        }
    }
    cx.spend(builder.written())?;
    Ok(Lane::texts(builder.finish()))
}
