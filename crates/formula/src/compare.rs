//! Comparisons over whole batches.

use std::cmp::Ordering;

use model::{Chunk, SelectOptions};

use crate::arithmetic::errors;
use crate::expr::Comparison;
use crate::lane::{Lane, Numbers, Values};
use crate::mask::Mask;
use crate::strings::Strings;
use crate::value::{Scalar, Val};

/// 1 or 0 for these rows.
pub(crate) fn compare<'b>(how: Comparison, left: &Lane<'_>, right: &Lane<'_>, rows: &Mask, n: usize) -> Lane<'b> {
    let Some(error) = errors(&[left, right]) else { return Lane::same(Scalar::Error) };
    if let (Values::Same(a), Values::Same(b)) = (&left.values, &right.values) {
        return Lane::same(Scalar::flag(holds(how, a.view(), b.view())));
    }
    let flags = match how {
        Comparison::Equal => equal(left, right, rows, n),
        Comparison::Unequal => rows.without(&equal(left, right, rows, n)),
        Comparison::Less => order(left, right, rows, n, |a, b| a < b, Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right, rows, n, |a, b| a <= b, Ordering::is_le),
        Comparison::Greater => order(left, right, rows, n, |a, b| a > b, Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right, rows, n, |a, b| a >= b, Ordering::is_ge),
    };
    Lane::flags(flags.but(&error), error)
}

/// Whether a comparison holds for two values.
pub(crate) fn holds(how: Comparison, left: Val<'_>, right: Val<'_>) -> bool {
    let order = |test: fn(Ordering) -> bool| order_of(left, right).is_some_and(test);
    match how {
        Comparison::Equal => equal_values(left, right),
        Comparison::Unequal => !equal_values(left, right),
        Comparison::Less => order(Ordering::is_lt),
        Comparison::LessOrEqual => order(Ordering::is_le),
        Comparison::Greater => order(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(Ordering::is_ge),
    }
}

/// Equality: blank equals the empty text and zero, times are equal to the millisecond, also to what a text reads as; the rest as text or
/// number.
pub(crate) fn equal_values(left: Val<'_>, right: Val<'_>) -> bool {
    match (left, right) {
        (Val::Number(a), Val::Number(b)) => a == b,
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::Blank, other) | (other, Val::Blank) => other.is_blank() || matches!(other, Val::Number(0.0)),
        (Val::Time(a, _), Val::Time(b, _)) => same_time(a, b),
        (Val::Time(time, _), text @ Val::Text(_)) | (text @ Val::Text(_), Val::Time(time, _)) => {
            text.time().is_some_and(|read| same_time(read, time))
        }
        _ => left.text(&mut String::new()) == right.text(&mut String::new()),
    }
}

#[inline]
fn same_time(a: i64, b: i64) -> bool {
    a == b || a.div_euclid(1_000) == b.div_euclid(1_000)
}

fn order_of(left: Val<'_>, right: Val<'_>) -> Option<Ordering> {
    match (left, right) {
        (Val::Time(a, _), Val::Time(b, _)) => Some(a.cmp(&b)),
        (Val::Time(a, _), Val::Text(_)) => Some(a.cmp(&right.time()?)),
        (Val::Text(_), Val::Time(b, _)) => Some(left.time()?.cmp(&b)),
        (Val::Time(..), _) | (_, Val::Time(..)) => None,
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        _ => left.number().partial_cmp(&right.number()),
    }
}

fn kept(rows: &Mask, test: impl Fn(usize) -> bool) -> Mask {
    let mut found = Mask::default();
    rows.rows().filter(|row| test(*row)).for_each(|row| found.set(row));
    found
}

/// The rows where both are equal. Blank numbers are 0 in their column already.
pub(crate) fn equal(left: &Lane<'_>, right: &Lane<'_>, rows: &Mask, n: usize) -> Mask {
    let found = match (&left.values, &right.values) {
        (Values::Same(_), Values::Same(_)) => return kept(rows, |row| equal_values(left.get(row), right.get(row))),
        (Values::Same(scalar), _) => match equal_to(right, scalar.view(), rows) {
            Some(found) => found,
            None => return kept(rows, |row| equal_values(left.get(row), right.get(row))),
        },
        (_, Values::Same(scalar)) => match equal_to(left, scalar.view(), rows) {
            Some(found) => found,
            None => return kept(rows, |row| equal_values(left.get(row), right.get(row))),
        },
        (Values::Numbers(_) | Values::Flags(_), Values::Numbers(_) | Values::Flags(_)) => {
            numbers(left, right, n, |a, b| a == b)
        }
        (Values::Times(a, _), Values::Times(b, _)) => Mask::pack_pairs(a, b, same_time),
        (Values::Texts(a), Values::Texts(b)) => return kept(rows, |row| a.get(row) == b.get(row)),
        _ => return kept(rows, |row| equal_values(left.get(row), right.get(row))),
    };
    found.and(rows)
}

/// The rows where a lane is equal to one value; none where that takes a look at each row.
fn equal_to(lane: &Lane<'_>, value: Val<'_>, rows: &Mask) -> Option<Mask> {
    Some(match (&lane.values, value) {
        (Values::Numbers(numbers), Val::Number(value)) => Mask::pack(numbers, |number| number == value),
        (Values::Numbers(numbers), Val::Blank) => Mask::pack(numbers, |number| number == 0.0),
        (Values::Flags(flags), Val::Number(1.0)) => flags.clone(),
        (Values::Flags(flags), Val::Number(0.0) | Val::Blank) => rows.without(flags),
        (Values::Texts(strings), Val::Text("") | Val::Blank) => strings.empty(),
        (Values::Texts(strings), Val::Text(text)) => equal_text(strings, text, rows),
        (Values::Choices(..), Val::Text("") | Val::Blank) => rows.without(&lane.truth(rows)),
        (Values::Choices(choices, select), Val::Text(text)) => equal_choice(choices, select, text),
        (Values::Times(times, _), Val::Time(value, _)) => Mask::pack(times, |time| same_time(time, value)),
        (Values::Times(times, _), text @ Val::Text(_)) if !text.is_blank() => {
            text.time().map_or_else(Mask::default, |value| Mask::pack(times, |time| same_time(time, value)))
        }
        _ => return None,
    })
}

fn equal_text(strings: &Strings<'_>, text: &str, rows: &Mask) -> Mask {
    let len = text.len() as u32;
    let candidates = Mask::pack(&strings.spans, |(_, held)| held == len).and(rows);
    kept(&candidates, |row| strings.get(row) == text)
}

/// The numbers of the choices are compared, not their names.
fn equal_choice(choices: &[u32], select: &SelectOptions, text: &str) -> Mask {
    let mut wanted = select.choices.iter().filter(|choice| choice.name == text).map(|choice| choice.no);
    let mut found = wanted.next().map_or_else(Mask::default, |no| Mask::pack(choices, |choice| choice == no));
    for no in wanted {
        found.add(&Mask::pack(choices, |choice| choice == no));
    }
    found
}

fn numbers(left: &Lane<'_>, right: &Lane<'_>, n: usize, test: impl Fn(f64, f64) -> bool) -> Mask {
    match (left.as_numbers(n), right.as_numbers(n)) {
        (Numbers::Same(a), Numbers::Same(b)) => {
            if test(a, b) {
                Mask::all(n)
            } else {
                Mask::default()
            }
        }
        (Numbers::Same(a), Numbers::Each(b)) => Mask::pack(&b, |b| test(a, b)),
        (Numbers::Each(a), Numbers::Same(b)) => Mask::pack(&a, |a| test(a, b)),
        (Numbers::Each(a), Numbers::Each(b)) => Mask::pack_pairs(&a, &b, test),
    }
}

fn order(
    left: &Lane<'_>,
    right: &Lane<'_>,
    rows: &Mask,
    n: usize,
    test: impl Fn(f64, f64) -> bool,
    ordering: fn(Ordering) -> bool,
) -> Mask {
    let numeric = |lane: &Lane<'_>| {
        matches!(lane.values, Values::Numbers(_) | Values::Flags(_) | Values::Same(Scalar::Number(_) | Scalar::Blank))
    };
    if numeric(left) && numeric(right) {
        return numbers(left, right, n, test).and(rows);
    }
    let found = match (&left.values, &right.values) {
        (Values::Times(a, _), Values::Times(b, _)) => {
            Mask::pack_pairs(a, b, |a, b| (a == Chunk::NO_TIME) == (b == Chunk::NO_TIME) && ordering(a.cmp(&b)))
        }
        (Values::Times(times, _), Values::Same(scalar)) => {
            let Some(value) = scalar.view().time() else { return by_row(left, right, rows, ordering) };
            Mask::pack(times, |time| time != Chunk::NO_TIME && ordering(time.cmp(&value)))
        }
        (Values::Same(scalar), Values::Times(times, _)) => {
            let Some(value) = scalar.view().time() else { return by_row(left, right, rows, ordering) };
            Mask::pack(times, |time| time != Chunk::NO_TIME && ordering(value.cmp(&time)))
        }
        _ => return by_row(left, right, rows, ordering),
    };
    found.and(rows)
}

fn by_row(left: &Lane<'_>, right: &Lane<'_>, rows: &Mask, ordering: fn(Ordering) -> bool) -> Mask {
    kept(rows, |row| order_of(left.get(row), right.get(row)).is_some_and(ordering))
}
