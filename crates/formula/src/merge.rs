//! One lane out of the branches of a condition.

use std::borrow::Cow;

use model::Chunk;

use crate::lane::{Lane, Mixed, Numbers, Values};
use crate::mask::Mask;
use crate::strings::Strings;
use crate::value::Scalar;

/// The branches so far: each holds for rows of its own.
pub(crate) struct Branches<'a> {
    rows: Mask,
    lane: Option<Lane<'a>>,
    n: usize,
}

/// What the values of a lane are, for telling whether two lanes can be one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Only blanks or only errors: fits to all.
    Any,
    Number,
    Text,
    Time(bool),
    Mixed,
}

impl<'a> Branches<'a> {
    pub fn new(n: usize) -> Self {
        Self { rows: Mask::default(), lane: None, n }
    }

    /// Takes in the values of more rows.
    pub fn add(&mut self, rows: &Mask, lane: Lane<'a>) {
        let held = self.lane.take().filter(|_| !self.rows.is_empty());
        self.lane = match held {
            None => Some(lane),
            Some(held) if rows.is_empty() => Some(held),
            Some(held) => Some(merge((&self.rows, held), (rows, lane), self.n)),
        };
        self.rows.add(rows);
    }

    /// The values; blank where there is no branch, an error in these rows.
    pub fn finish(mut self, rows: &Mask, error: &Mask) -> Lane<'a> {
        let rest = rows.without(&self.rows).without(error);
        if self.lane.is_none() || !rest.is_empty() {
            self.add(&rest, Lane::same(Scalar::Blank));
        }
        let lane = self.lane.unwrap_or_else(|| Lane::same(Scalar::Blank));
        if error.is_empty() {
            return lane;
        }
        let mut lane = spread(lane, &self.rows, self.n);
        lane.error.add(error);
        lane
    }
}

fn family(lane: &Lane<'_>) -> Family {
    match &lane.values {
        Values::Same(Scalar::Blank | Scalar::Error) => Family::Any,
        Values::Same(Scalar::Number(_)) | Values::Numbers(_) | Values::Flags(_) => Family::Number,
        Values::Same(Scalar::Text(_)) | Values::Texts(_) | Values::Choices(..) => Family::Text,
        Values::Same(Scalar::Time(_, day)) | Values::Times(_, day) => Family::Time(*day),
        Values::Mixed(_) | Values::Lists(_) => Family::Mixed,
    }
}

fn merge<'a>(one: (&Mask, Lane<'a>), other: (&Mask, Lane<'a>), n: usize) -> Lane<'a> {
    let ((one_rows, one), (other_rows, other)) = (one, other);
    let family = match (family(&one), family(&other)) {
        (Family::Any, family) | (family, Family::Any) => family,
        (left, right) if left == right => left,
        _ => Family::Mixed,
    };
    let (mut blank, mut error) = (Mask::default(), Mask::default());
    for (rows, lane) in [(one_rows, &one), (other_rows, &other)] {
        blank.add(&blanks(lane, rows));
        error.add(&lane.errors(n).and(rows));
    }
    let values = match family {
        Family::Any => Values::Numbers(Cow::Owned(vec![0.0; n])),
        Family::Number => Values::Numbers(Cow::Owned(numbers(one, other, other_rows, n))),
        Family::Text => Values::Texts(texts((one_rows, one), (other_rows, other), n)),
        Family::Time(day) => Values::Times(times(&one, &other, other_rows, n), day),
        Family::Mixed => Values::Mixed(mixed([(one_rows, &one), (other_rows, &other)], n)),
    };
    Lane { values, blank, error }
}

fn blanks(lane: &Lane<'_>, rows: &Mask) -> Mask {
    match lane.values {
        Values::Same(Scalar::Blank) => rows.clone(),
        Values::Same(_) => Mask::default(),
        Values::Choices(..) => rows.without(&lane.truth(rows)),
        _ => lane.blank.and(rows),
    }
}

fn numbers(one: Lane<'_>, other: Lane<'_>, other_rows: &Mask, n: usize) -> Vec<f64> {
    let mut merged = match one.into_numbers(n) {
        Numbers::Same(number) => vec![number; n],
        Numbers::Each(numbers) => numbers.into_owned(),
    };
    match other.as_numbers(n) {
        Numbers::Same(number) => put(&mut merged, other_rows, |_| number),
        Numbers::Each(numbers) => put(&mut merged, other_rows, |row| numbers.get(row).copied().unwrap_or(0.0)),
    }
    merged
}

fn put<T>(merged: &mut [T], rows: &Mask, value: impl Fn(usize) -> T) {
    for row in rows.rows() {
        if let Some(slot) = merged.get_mut(row) {
            *slot = value(row);
        }
    }
}

fn times(one: &Lane<'_>, other: &Lane<'_>, other_rows: &Mask, n: usize) -> Cow<'static, [i64]> {
    let time = |lane: &Lane<'_>, row: usize| lane.get(row).time().unwrap_or(Chunk::NO_TIME);
    let mut merged: Vec<i64> = (0..n).map(|row| time(one, row)).collect();
    put(&mut merged, other_rows, |row| time(other, row));
    Cow::Owned(merged)
}

/// Keeps the longer arena and appends to it what the other shows.
fn texts<'a>(one: (&Mask, Lane<'a>), other: (&Mask, Lane<'a>), n: usize) -> Strings<'a> {
    let bytes = |lane: &Lane<'_>| if let Values::Texts(strings) = &lane.values { strings.arena.len() + 1 } else { 0 };
    let ((base_rows, base), (rows, more)) = if bytes(&one.1) >= bytes(&other.1) { (one, other) } else { (other, one) };
    let mut strings = match base.values {
        Values::Texts(strings) => strings.keep(base_rows),
        _ => append(Strings { arena: Cow::Borrowed(""), spans: Cow::Owned(vec![(0, 0); n]) }, &base, base_rows),
    };
    if let Values::Same(Scalar::Blank | Scalar::Error) = more.values {
        return strings;
    }
    strings = append(strings, &more, rows);
    strings
}

fn append<'a>(strings: Strings<'a>, lane: &Lane<'_>, rows: &Mask) -> Strings<'a> {
    let (mut arena, mut spans) = (strings.arena.into_owned(), strings.spans.into_owned());
    let mut push = |text: &str| {
        let start = arena.len() as u32;
        arena.push_str(text);
        (start, text.len() as u32)
    };
    if let Values::Same(scalar) = &lane.values {
        let span = push(scalar.view().text(&mut String::new()));
        put(&mut spans, rows, |_| span);
    } else {
        for row in rows.rows() {
            let span = push(lane.get(row).text(&mut String::new()));
            put_one(&mut spans, row, span);
        }
    }
    Strings { arena: Cow::Owned(arena), spans: Cow::Owned(spans) }
}

fn put_one<T>(items: &mut [T], row: usize, value: T) {
    if let Some(slot) = items.get_mut(row) {
        *slot = value;
    }
}

fn mixed(parts: [(&Mask, &Lane<'_>); 2], n: usize) -> Mixed {
    let mut mixed = Mixed { cells: vec![crate::lane::Cell::Blank; n], arena: String::new() };
    for (rows, lane) in parts {
        for row in rows.rows() {
            mixed.set(row, lane.get(row));
        }
    }
    mixed
}

/// A lane whose rows can differ.
fn spread<'a>(lane: Lane<'a>, rows: &Mask, n: usize) -> Lane<'a> {
    match lane.values {
        Values::Same(_) => merge((rows, lane), (&Mask::default(), Lane::same(Scalar::Blank)), n),
        _ => lane,
    }
}
