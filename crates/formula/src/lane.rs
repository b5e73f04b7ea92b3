//! The values of an expression for all rows of a batch.

use std::borrow::Cow;

use model::SelectOptions;

use crate::lists::Lists;
use crate::mask::Mask;
use crate::strings::Strings;
use crate::value::{Scalar, Val, is_true};

/// A value for each row that was asked for; other rows hold anything.
#[derive(Debug, Clone)]
pub(crate) struct Lane<'a> {
    pub values: Values<'a>,
    /// The rows without a value. Numbers are 0 there and texts empty. Not for [`Values::Same`] and
    /// [`Values::Choices`], which know by themselves.
    pub blank: Mask,
    /// The rows that are errors. Not for [`Values::Same`].
    pub error: Mask,
}

#[derive(Debug, Clone)]
pub(crate) enum Values<'a> {
    /// One value for all rows.
    Same(Scalar<'a>),
    Numbers(Cow<'a, [f64]>),
    /// The numbers 1 and 0 as bits.
    Flags(Mask),
    Texts(Strings<'a>),
    /// Microseconds, of days or of points in time.
    Times(Cow<'a, [i64]>, bool),
    /// Numbers of choices, which show as their names.
    Choices(Cow<'a, [u32]>, &'a SelectOptions),
    /// A kind for each row.
    Mixed(Mixed),
    /// Several values a row. Only functions over lists meet them: everywhere else they have been made flat.
    Lists(Lists<'a>),
}

/// Values of different kinds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mixed {
    pub cells: Vec<Cell>,
    pub arena: String,
}

/// One of them; texts by their place in the arena.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Cell {
    #[default]
    Blank,
    Number(f64),
    Text(u32, u32),
    Time(i64, bool),
}

/// Numbers of a batch.
pub(crate) enum Numbers<'a> {
    Same(f64),
    Each(Cow<'a, [f64]>),
}

impl<'a> Lane<'a> {
    pub fn new(values: Values<'a>) -> Self {
        Self { values, blank: Mask::default(), error: Mask::default() }
    }

    pub fn same(scalar: Scalar<'a>) -> Self {
        Self::new(Values::Same(scalar))
    }

    pub fn flags(flags: Mask, error: Mask) -> Self {
        Self { values: Values::Flags(flags), blank: Mask::default(), error }
    }

    pub fn numbers(numbers: Vec<f64>, error: Mask) -> Self {
        Self { values: Values::Numbers(Cow::Owned(numbers)), blank: Mask::default(), error }
    }

    pub fn texts((strings, blank, error): (Strings<'a>, Mask, Mask)) -> Self {
        Self { values: Values::Texts(strings), blank, error }
    }

    /// The value of a row.
    #[inline]
    pub fn get(&self, row: usize) -> Val<'_> {
        if let Values::Same(scalar) = &self.values {
            return scalar.view();
        }
        if self.error.get(row) {
            return Val::Error;
        }
        if self.blank.get(row) {
            return Val::Blank;
        }
        match &self.values {
            Values::Same(scalar) => scalar.view(),
            Values::Numbers(numbers) => numbers.get(row).map_or(Val::Blank, |number| Val::Number(*number)),
            Values::Flags(flags) => Val::Number(f64::from(u8::from(flags.get(row)))),
            Values::Texts(strings) => Val::Text(strings.get(row)),
            Values::Times(times, day) => times.get(row).map_or(Val::Blank, |time| Val::Time(*time, *day)),
            Values::Choices(numbers, select) => numbers
                .get(row)
                .filter(|no| **no != 0)
                .and_then(|no| select.by_no(*no))
                .map_or(Val::Blank, |choice| Val::Text(&choice.name)),
            Values::Mixed(mixed) => mixed.get(row),
            Values::Lists(_) => Val::Blank,
        }
    }

    /// How many bytes of texts and lists it has of its own.
    pub fn bytes(&self) -> usize {
        match &self.values {
            Values::Same(Scalar::Text(text)) => text.len(),
            Values::Texts(strings) => match &strings.arena {
                Cow::Owned(arena) => arena.len(),
                Cow::Borrowed(_) => 0,
            },
            Values::Mixed(mixed) => mixed.arena.len() + mixed.cells.len() * size_of::<Cell>(),
            Values::Lists(lists) => lists.bytes(),
            _ => 0,
        }
    }

    /// How many bytes reading these of `n` rows takes: those of texts, and the places of lists. Numbers and times take none; one value for all
    /// rows is read once.
    pub fn read(&self, rows: &Mask, n: usize) -> usize {
        match &self.values {
            Values::Same(Scalar::Text(text)) => text.len(),
            Values::Texts(strings) if rows.count() == n => strings.spans.iter().map(|(_, len)| *len as usize).sum(),
            Values::Texts(strings) => rows.rows().map(|row| strings.get(row).len()).sum(),
            Values::Mixed(_) => rows.rows().map(|row| self.text_len(row)).sum(),
            Values::Lists(lists) => lists.read(rows),
            _ => 0,
        }
    }

    /// The length of a text in bytes; 0 of other values.
    pub fn text_len(&self, row: usize) -> usize {
        if let Val::Text(text) = self.get(row) { text.len() } else { 0 }
    }

    /// The rows that are errors.
    pub fn errors(&self, n: usize) -> Cow<'_, Mask> {
        if let Values::Same(Scalar::Error) = self.values {
            Cow::Owned(Mask::all(n))
        } else {
            Cow::Borrowed(&self.error)
        }
    }

    /// The rows of `rows` that hold in a condition; no error does.
    pub fn truth(&self, rows: &Mask) -> Mask {
        let found = match &self.values {
            Values::Same(scalar) if scalar.view().truth() => return rows.clone(),
            Values::Same(_) => return Mask::default(),
            Values::Numbers(numbers) => Mask::pack(numbers, is_true).and(rows),
            Values::Flags(flags) => flags.and(rows),
            Values::Texts(strings) => strings.filled().and(rows),
            Values::Times(..) => rows.clone(),
            Values::Lists(lists) => lists.truth(rows, true),
            Values::Choices(..) | Values::Mixed(_) => {
                let mut found = Mask::default();
                rows.rows().filter(|row| self.get(*row).truth()).for_each(|row| found.set(row));
                return found;
            }
        };
        found.but(&self.blank).but(&self.error)
    }

    /// The values in number context; errors are left aside.
    pub fn into_numbers(self, n: usize) -> Numbers<'a> {
        match self.values {
            Values::Numbers(numbers) => Numbers::Each(numbers),
            _ => match self.as_numbers(n) {
                Numbers::Same(number) => Numbers::Same(number),
                Numbers::Each(numbers) => Numbers::Each(Cow::Owned(numbers.into_owned())),
            },
        }
    }

    /// The values in number context; errors are left aside.
    pub fn as_numbers(&self, n: usize) -> Numbers<'_> {
        Numbers::Each(match &self.values {
            Values::Same(scalar) => return Numbers::Same(scalar.view().number()),
            Values::Numbers(numbers) => Cow::Borrowed(numbers),
            Values::Flags(flags) => (0..n).map(|row| f64::from(u8::from(flags.get(row)))).collect(),
            Values::Texts(strings) => {
                strings.spans.iter().map(|(_, len)| if *len == 0 { 0.0 } else { f64::NAN }).collect()
            }
            Values::Times(..) => {
                let mut numbers = vec![f64::NAN; n];
                for row in self.blank.rows() {
                    if let Some(slot) = numbers.get_mut(row) {
                        *slot = 0.0;
                    }
                }
                Cow::Owned(numbers)
            }
            Values::Choices(..) | Values::Mixed(_) | Values::Lists(_) => {
                (0..n).map(|row| self.get(row).number()).collect()
            }
        })
    }
}

impl Mixed {
    fn get(&self, row: usize) -> Val<'_> {
        match self.cells.get(row).copied().unwrap_or_default() {
            Cell::Blank => Val::Blank,
            Cell::Number(number) => Val::Number(number),
            Cell::Text(start, len) => {
                Val::Text(self.arena.get(start as usize..start as usize + len as usize).unwrap_or_default())
            }
            Cell::Time(time, day) => Val::Time(time, day),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, value: Val<'_>) {
        self.cells.push(Cell::Blank);
        self.set(self.cells.len() - 1, value);
    }

    /// Writes a row.
    pub fn set(&mut self, row: usize, value: Val<'_>) {
        let cell = match value {
            Val::Blank | Val::Error => Cell::Blank,
            Val::Number(number) => Cell::Number(number),
            Val::Time(time, day) => Cell::Time(time, day),
            Val::Text(text) => {
                let start = self.arena.len() as u32;
                self.arena.push_str(text);
                Cell::Text(start, text.len() as u32)
            }
        };
        if let Some(slot) = self.cells.get_mut(row) {
            *slot = cell;
        }
    }
}
