//! One term, checked against the kind of its column, and its loops over chunks.

use model::{Bits, Chunk, Kind};

use crate::error::QueryError;
use crate::mask::{self, Mask, NONE, pack};
use crate::source::{ColumnView, Part};
use crate::text::{Needle, Place};
use crate::tree::{Op, Operand, Term, TimeRange};

/// A term ready to run.
pub(super) struct Test<'a> {
    view: ColumnView<'a>,
    check: Check,
    /// Answer the opposite.
    opposite: bool,
}

/// What a cell is checked for; blanks fail every check, and errors are not asked about.
enum Check {
    Filled,
    Number(Compare, f64),
    /// Not 0.
    True,
    /// Between two times, both included; never [`Chunk::NO_TIME`].
    Time(i64, i64),
    Text(Needle),
    Choice(Bits),
    /// The list is sorted.
    List(ListCheck, Vec<u32>),
}

#[derive(Clone, Copy)]
enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy)]
enum ListCheck {
    Any,
    All,
    Same,
}

impl<'a> Test<'a> {
    pub fn new(view: ColumnView<'a>, term: &Term) -> Result<Self, QueryError> {
        let (check, opposite) = checked(view.kind(), term)?;
        let unchecked = matches!(term.value, Operand::Flag(false));
        Ok(Self { view, check, opposite: opposite != unchecked })
    }

    pub fn cost(&self) -> u32 {
        match self.check {
            Check::Filled | Check::Number(..) | Check::Time(..) | Check::Choice(_) | Check::True => 1,
            Check::List(..) => 10,
            Check::Text(_) => 20,
        }
    }

    /// The rows of `within` that match.
    pub fn rows(&self, chunk: usize, within: &Mask, scratch: &mut String) -> Mask {
        let mut found = match self.view.part(chunk) {
            Some(part) => self.matching(part, within, scratch),
            None => NONE,
        };
        if self.opposite {
            let mut others = *within;
            mask::without(&mut others, &found);
            return others;
        }
        mask::and(&mut found, within);
        found
    }

    fn matching(&self, part: Part<'_>, within: &Mask, scratch: &mut String) -> Mask {
        match (&self.check, part.values) {
            (Check::Filled, values) => filled(values, within),
            (Check::Number(compare, value), Chunk::Number(numbers)) => {
                let mut found = compare.pack(&numbers.values, *value);
                mask::and(&mut found, &mask::of_chunk(&numbers.valid, 0));
                found
            }
            (Check::True, Chunk::Number(numbers)) => {
                let mut found = pack(&numbers.values, |number| number != 0.0 && !number.is_nan());
                mask::and(&mut found, &mask::of_chunk(&numbers.valid, 0));
                found
            }
            (Check::True, Chunk::Flag(flags)) => mask::of_chunk(&flags.set, 0),
            (Check::Time(from, to), Chunk::Time(times)) => pack(times, |time| time >= *from && time <= *to),
            (Check::Choice(set), Chunk::Choice(choices)) => match_choice(choices, set),
            (Check::Text(needle), Chunk::Text(texts)) => {
                kept(within, |row| texts.get(row).is_some_and(|text| needle.is_in(text, scratch)))
            }
            (Check::List(how, list), Chunk::Choices(lists) | Chunk::Links(lists)) => {
                kept(within, |row| how.holds(lists.get(row), list))
            }
            _ => NONE,
        }
    }
}

/// Refuses a term that compares a cell of this kind with what it cannot hold.
pub(super) fn fits(kind: Kind, term: &Term) -> Result<(), QueryError> {
    checked(kind, term).map(drop)
}

/// What a cell is checked for, and whether the opposite is wanted.
fn checked(kind: Kind, term: &Term) -> Result<(Check, bool), QueryError> {
    let (op, opposite) = positive(term.op);
    let mismatch = QueryError::Mismatch { field: term.field, kind, asked: term.op.name() };
    Ok((check(kind, op, &term.value).ok_or(mismatch)?, opposite))
}

/// The operator without a negation, and whether there was one.
fn positive(op: Op) -> (Op, bool) {
    match op {
        Op::NotEqual => (Op::Equal, true),
        Op::NotContains => (Op::Contains, true),
        Op::IsEmpty => (Op::IsNotEmpty, true),
        Op::IsNoneOf => (Op::IsAnyOf, true),
        op => (op, false),
    }
}

fn check(kind: Kind, op: Op, value: &Operand) -> Option<Check> {
    match (kind, op, value) {
        (_, Op::IsNotEmpty, Operand::None) => Some(Check::Filled),
        (Kind::Number, _, Operand::Number(value)) => Some(Check::Number(Compare::new(op)?, *value)),
        (Kind::Number | Kind::Flag, Op::Equal, Operand::Flag(_)) => Some(Check::True),
        (Kind::Time, _, Operand::Time(range)) => time_check(op, *range),
        (Kind::Text, _, Operand::Text(text)) => Some(Check::Text(Needle::new(text, place(op)?))),
        (Kind::Choice, Op::Equal | Op::IsAnyOf | Op::HasAnyOf, Operand::Choices(list)) => {
            Some(Check::Choice(set_of(list)))
        }
        (Kind::Choices, _, Operand::Choices(list)) | (Kind::Links, _, Operand::Links(list)) => {
            let mut list = list.clone();
            list.sort_unstable();
            Some(Check::List(ListCheck::new(op)?, list))
        }
        _ => None,
    }
}

fn place(op: Op) -> Option<Place> {
    match op {
        Op::Equal => Some(Place::Whole),
        Op::Contains => Some(Place::Inside),
        Op::StartsWith => Some(Place::Start),
        Op::EndsWith => Some(Place::End),
        _ => None,
    }
}

fn time_check(op: Op, range: TimeRange) -> Option<Check> {
    let before = |time: i64| time.saturating_sub(1);
    let (from, to) = match op {
        Op::Equal | Op::IsWithin => (range.from, before(range.until)),
        Op::Less => (i64::MIN, before(range.from)),
        Op::LessOrEqual => (i64::MIN, before(range.until)),
        Op::Greater => (range.until, i64::MAX),
        Op::GreaterOrEqual => (range.from, i64::MAX),
        _ => return None,
    };
    Some(Check::Time(from.max(Chunk::NO_TIME + 1), to))
}

/// Numbers that no field gives out are left out, so that the set stays small.
fn set_of(choices: &[u32]) -> Bits {
    const MOST: u32 = 1 << 20;
    let mut set = Bits::default();
    for item in choices.iter().filter(|choice| **choice < MOST) {
        set.set(*item as usize, true);
    }
    set
}

fn filled(values: &Chunk, within: &Mask) -> Mask {
    match values {
        Chunk::Number(numbers) => mask::of_chunk(&numbers.valid, 0),
        Chunk::Flag(flags) => mask::of_chunk(&flags.set, 0),
        Chunk::Time(times) => pack(times, |time| time != Chunk::NO_TIME),
        Chunk::Choice(choices) => pack(choices, |choice| choice != 0),
        Chunk::Text(texts) => kept(within, |row| texts.get(row).is_some()),
        Chunk::Choices(lists) | Chunk::Links(lists) => kept(within, |row| !lists.get(row).is_empty()),
        Chunk::Values(lists) => kept(within, |row| !lists.range(row).is_empty()),
    }
}

fn kept(within: &Mask, test: impl FnMut(usize) -> bool) -> Mask {
    let mut found = *within;
    mask::keep(&mut found, test);
    found
}

/// A single choice is compared, several are looked up. Choice 0 is a blank.
fn match_choice(choices: &[u32], set: &Bits) -> Mask {
    let mut wanted = set.ones().filter(|choice| *choice != 0);
    match (wanted.next(), wanted.next()) {
        (None, _) => NONE,
        (Some(only), None) => pack(choices, |choice| choice as usize == only),
        _ => pack(choices, |choice| choice != 0 && set.get(choice as usize)),
    }
}

impl Compare {
    fn new(op: Op) -> Option<Self> {
        match op {
            Op::Equal => Some(Self::Equal),
            Op::Less => Some(Self::Less),
            Op::LessOrEqual => Some(Self::LessOrEqual),
            Op::Greater => Some(Self::Greater),
            Op::GreaterOrEqual => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }

    fn pack(self, values: &[f64], value: f64) -> Mask {
        #[expect(clippy::float_cmp, reason = "a filter for equal numbers means the very same number")]
        match self {
            Self::Equal => pack(values, |number| number == value),
            Self::Less => pack(values, |number| number < value),
            Self::LessOrEqual => pack(values, |number| number <= value),
            Self::Greater => pack(values, |number| number > value),
            Self::GreaterOrEqual => pack(values, |number| number >= value),
        }
    }
}

impl ListCheck {
    fn new(op: Op) -> Option<Self> {
        match op {
            Op::Equal => Some(Self::Same),
            Op::IsAnyOf | Op::HasAnyOf => Some(Self::Any),
            Op::HasAllOf => Some(Self::All),
            _ => None,
        }
    }

    fn holds(self, cell: &[u32], list: &[u32]) -> bool {
        let known = |item: &u32| list.binary_search(item).is_ok();
        match self {
            _ if cell.is_empty() => false,
            Self::Any => cell.iter().any(known),
            Self::All => list.iter().all(|item| cell.contains(item)),
            Self::Same => cell.iter().all(known) && list.iter().all(|item| cell.contains(item)),
        }
    }
}
