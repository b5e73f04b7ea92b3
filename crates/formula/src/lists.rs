//! Several values in a row: what lookups hold and rollups are made of.

use std::borrow::Cow;
use std::ops::Range;

use model::{CellError, CellRef, FormulaType, ValueLists};

use crate::arithmetic::errors;
use crate::call::{Call, Out};
use crate::check::Shape;
use crate::eval::{Context, Lanes, Spent};
use crate::input::column;
use crate::lane::{Cell, Lane, Mixed, Values};
use crate::mask::Mask;
use crate::strings::{Made, Span};
use crate::value::Val;

/// A list for each row.
#[derive(Debug, Clone)]
pub(crate) struct Lists<'a> {
    /// Start and length among the items.
    spans: Cow<'a, [Span]>,
    /// The values of all rows; none of them is an error.
    items: Box<Lane<'a>>,
}

impl Lists<'_> {
    fn range(&self, row: usize) -> Range<usize> {
        let (start, len) = self.spans.get(row).copied().unwrap_or_default();
        start as usize..start as usize + len as usize
    }

    /// See [`Lane::bytes`].
    pub fn bytes(&self) -> usize {
        self.items.bytes()
    }

    /// See [`Lane::read`].
    pub fn read(&self, rows: &Mask) -> usize {
        let has_texts = matches!(self.items.values, Values::Texts(_) | Values::Mixed(_));
        let texts =
            |row: usize| if has_texts { self.range(row).map(|index| self.items.text_len(index)).sum() } else { 0 };
        rows.rows().map(|row| self.range(row).len() * size_of::<Cell>() + texts(row)).sum()
    }

    /// The values of a row.
    pub fn each(&self, row: usize) -> impl Iterator<Item = Val<'_>> {
        self.range(row).map(|index| self.items.get(index))
    }

    /// The rows where one of the values is true, or where all are.
    pub fn truth(&self, rows: &Mask, any: bool) -> Mask {
        if any {
            those(rows, |row| self.each(row).any(Val::truth))
        } else {
            those(rows, |row| self.each(row).all(Val::truth))
        }
    }

    /// The rows where an odd number of the values is true.
    pub fn odd(&self, rows: &Mask) -> Mask {
        those(rows, |row| self.each(row).filter(|value| value.truth()).count() % 2 == 1)
    }
}

fn those(rows: &Mask, holds: impl Fn(usize) -> bool) -> Mask {
    let mut found = Mask::default();
    rows.rows().filter(|row| holds(*row)).for_each(|row| found.set(row));
    found
}

/// The values of a row: those of a list, or the one.
pub(crate) fn values<'l>(lane: &'l Lane<'_>, row: usize) -> impl Iterator<Item = Val<'l>> {
    let (list, one) = match &lane.values {
        Values::Lists(lists) => (Some(lists.each(row)), None),
        _ => (None, Some(lane.get(row))),
    };
    list.into_iter().flatten().chain(one)
}

/// The lists of a lookup. A row with an error among its values is one.
pub(crate) fn read<'b>(cx: &Context<'b>, held: &'b ValueLists, item: FormulaType) -> Lane<'b> {
    let (start, n) = (cx.batch.rows.start, cx.n);
    let rows = held.spans().get(start..).unwrap_or_default();
    let rows = rows.get(..n).unwrap_or(rows);
    let filled = || rows.iter().filter(|(_, len)| *len > 0);
    let from = filled().map(|(start, _)| *start).min().unwrap_or(0);
    let until = filled().map(|(start, len)| start + len).max().unwrap_or(0);
    let spans = if from == 0 && rows.len() == n {
        Cow::Borrowed(rows)
    } else {
        let moved = rows.iter().map(|(start, len)| (start.saturating_sub(from), *len));
        moved.chain(std::iter::repeat((0, 0))).take(n).collect()
    };
    let shape = match item {
        FormulaType::Number => Shape::Number,
        FormulaType::Flag => Shape::Flag,
        FormulaType::Text => Shape::Text,
        FormulaType::Date => Shape::Date,
        FormulaType::DateTime => Shape::DateTime,
    };
    let items = column((from as usize, (until - from) as usize), held.items(), None, shape);
    let mut error = Mask::default();
    if held.errors().count() > 0 {
        for row in 0..rows.len() {
            if held.range(start + row).any(|index| held.errors().get(index)) {
                error.set(row);
            }
        }
    }
    let lists = Lists { spans, items: Box::new(items) };
    Lane { values: Values::Lists(lists), blank: Mask::default(), error }
}

/// One value a row: the only one of a list, or the texts of all joined with `, `.
pub(crate) fn flat<'b>(cx: &Context<'b>, lane: Lane<'b>, rows: &Mask) -> Lanes<'b> {
    let Values::Lists(lists) = &lane.values else { return Ok(lane) };
    let mut mixed = Mixed { cells: vec![Cell::Blank; cx.n], arena: String::new() };
    let mut text = String::new();
    for row in rows.without(&lane.error).rows() {
        let range = lists.range(row);
        match range.len() {
            0 => {}
            1 => mixed.set(row, lists.items.get(range.start)),
            _ => {
                text.clear();
                join(lists.each(row), ", ", &mut text);
                mixed.set(row, Val::Text(&text));
            }
        }
        if mixed.arena.len() > cx.left() {
            return Err(Spent);
        }
    }
    cx.spend(mixed.arena.len())?;
    Ok(Lane { values: Values::Mixed(mixed), blank: Mask::default(), error: lane.error })
}

/// Appends the texts of values with another between them.
pub(crate) fn join<'v>(values: impl Iterator<Item = Val<'v>>, between: &str, out: &mut String) {
    for (index, value) in values.enumerate() {
        out.push_str(if index == 0 { "" } else { between });
        value.write(out);
    }
}

impl<'b> Call<'_, 'b> {
    /// How many values of all arguments this is true for.
    pub fn count(&self, counts: impl Fn(Val<'_>) -> bool) -> Lanes<'b> {
        let lanes = self.all()?;
        let extent = self.extent(&lanes);
        Ok(extent.calculate(|row| {
            let values = lanes.iter().flat_map(|lane| values(lane, row));
            Out::Value(values.filter(|value| counts(*value)).count() as f64)
        }))
    }

    /// The latest of the dates of all arguments; blank without any.
    pub fn latest(&self) -> Lanes<'b> {
        self.moment(Ord::max)
    }

    /// The earliest of the dates of all arguments; blank without any.
    pub fn earliest(&self) -> Lanes<'b> {
        self.moment(Ord::min)
    }

    fn moment(&self, better: impl Fn((i64, bool), (i64, bool)) -> (i64, bool)) -> Lanes<'b> {
        let lanes = self.all()?;
        let extent = self.extent(&lanes);
        Ok(extent.moments(|row| {
            let values = lanes.iter().flat_map(|lane| values(lane, row));
            let dates =
                values.filter_map(|value| if let Val::Time(time, day) = value { Some((time, day)) } else { None });
            dates.reduce(&better).map_or(Out::Blank, Out::Value)
        }))
    }

    /// The values of the first argument joined with the text of the second, or with `, `.
    pub fn join_values(&self) -> Lanes<'b> {
        let lanes = self.all()?;
        let extent = self.extent(&lanes);
        let mut scratch = String::new();
        self.write(&extent, |row, out| {
            let between = lanes.get(1).map_or(", ", |lane| lane.get(row).text(&mut scratch));
            if let Some(lane) = lanes.first() {
                join(values(lane, row), between, out);
            }
            Made::Value
        })
    }

    /// A list for each row, made of the values of all arguments: `choose` says which of them, in order.
    pub fn list(&self, choose: impl Fn(usize, &[Val<'_>]) -> Vec<usize>) -> Lanes<'b> {
        self.list_of(&self.all()?, choose)
    }

    /// The same of these lanes.
    pub fn list_of(&self, lanes: &[Lane<'b>], choose: impl Fn(usize, &[Val<'_>]) -> Vec<usize>) -> Lanes<'b> {
        self.lists(lanes, |row, items| {
            let held: Vec<Val<'_>> = lanes.iter().flat_map(|lane| values(lane, row)).collect();
            choose(row, &held).into_iter().filter_map(|index| held.get(index)).for_each(|value| items.push(*value));
        })
    }

    /// A list for each row, of what is put into it; an error where one of these lanes is.
    pub fn lists(&self, lanes: &[Lane<'b>], mut put: impl FnMut(usize, &mut Mixed)) -> Lanes<'b> {
        let Some(error) = errors(&lanes.iter().collect::<Vec<_>>()) else {
            return Ok(Lane { error: self.rows.clone(), ..empty(self.cx.n) });
        };
        let mut spans = vec![(0, 0); self.cx.n];
        let mut items = Mixed::default();
        let left = self.cx.left();
        for row in self.rows.without(&error).rows() {
            let start = items.cells.len();
            put(row, &mut items);
            if let Some(span) = spans.get_mut(row) {
                *span = (start as u32, (items.cells.len() - start) as u32);
            }
            // A value costs as much as its place, be it empty.
            if items.arena.len() + items.cells.len() * size_of::<Cell>() > left {
                return Err(Spent);
            }
        }
        self.cx.spend(items.arena.len() + items.cells.len() * size_of::<Cell>())?;
        let lists = Lists { spans: Cow::Owned(spans), items: Box::new(Lane::new(Values::Mixed(items))) };
        Ok(Lane { values: Values::Lists(lists), blank: Mask::default(), error })
    }
}

fn empty<'b>(n: usize) -> Lane<'b> {
    let items = Box::new(Lane::new(Values::Mixed(Mixed::default())));
    Lane::new(Values::Lists(Lists { spans: Cow::Owned(vec![(0, 0); n]), items }))
}

/// Lists as a column holds them; `result` is the type of a value.
pub(crate) fn put(lane: &Lane<'_>, result: FormulaType, row: usize, out: &mut ValueLists, at: usize) {
    let mut held = Vec::new();
    let mut arena = String::new();
    for value in values(lane, row) {
        held.push(match (result, value) {
            (_, value) if value.is_blank() => Held::Blank,
            (FormulaType::Number | FormulaType::Flag, Val::Number(number)) => Held::Number(number),
            (FormulaType::Date | FormulaType::DateTime, Val::Time(time, _)) => Held::Time(time),
            (FormulaType::Text, value) => {
                let start = arena.len();
                value.write(&mut arena);
                Held::Text(start..arena.len())
            }
            _ => Held::Error,
        });
    }
    out.set(at, held.iter().map(|held| held.view(&arena)));
}

enum Held {
    Blank,
    Number(f64),
    Time(i64),
    Text(Range<usize>),
    Error,
}

impl Held {
    fn view<'t>(&self, arena: &'t str) -> CellRef<'t> {
        match self {
            Self::Blank => CellRef::Empty,
            Self::Number(number) => CellRef::Number(*number),
            Self::Time(time) => CellRef::Time(*time),
            Self::Text(range) => CellRef::Text(arena.get(range.clone()).unwrap_or_default()),
            Self::Error => CellRef::Error(CellError::Failed),
        }
    }
}
