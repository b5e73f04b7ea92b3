//! What can be asked: filters, sort keys, groupings.

use model::{Bits, FieldNo};

use crate::error::{Bound, QueryError};

/// The most terms of a filter.
pub const MAX_TERMS: usize = 100;
/// The most levels of a filter.
pub const MAX_DEPTH: usize = 32;
/// The most sort keys.
pub const MAX_SORT_KEYS: usize = 10;
/// The most fields to group by.
pub const MAX_GROUP_KEYS: usize = 4;
/// The most aggregates of a grouping.
pub const MAX_AGGREGATES: usize = 32;

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// Every record.
    #[default]
    All,
    /// Records that match all of these; all records when there are none.
    And(Vec<Filter>),
    /// Records that match one of these; no record when there are none.
    Or(Vec<Filter>),
    /// Records that do not match this.
    Not(Box<Filter>),
    /// Records that match this term.
    Term(Term),
    /// These ordinals, such as the answer of a formula.
    Rows(Bits),
}

impl Filter {
    /// The fields it looks at, each once: the columns that must be loaded.
    pub fn fields(&self) -> Vec<FieldNo> {
        let mut fields = Vec::new();
        self.visit(&mut |term| fields.push(term.field));
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    pub(crate) fn visit(&self, see: &mut impl FnMut(&Term)) {
        match self {
            Self::All | Self::Rows(_) => {}
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Not(part) => part.visit(see),
            Self::Term(term) => see(term),
        }
    }

    /// Checks the bounds; the levels first, so that nothing below walks deeper.
    pub(crate) fn check(&self) -> Result<(), QueryError> {
        Bound::Levels.check(self.depth(MAX_DEPTH + 1), MAX_DEPTH)?;
        let mut terms = 0;
        self.visit(&mut |_| terms += 1);
        Bound::Terms.check(terms, MAX_TERMS)
    }

    fn depth(&self, left: usize) -> usize {
        if left <= 1 {
            return 1;
        }
        1 + match self {
            Self::All | Self::Rows(_) | Self::Term(_) => 0,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(|part| part.depth(left - 1)).max().unwrap_or(0),
            Self::Not(part) => part.depth(left - 1),
        }
    }
}

/// A comparison of one field's cell with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The field.
    pub field: FieldNo,
    /// How to compare.
    pub op: Op,
    /// With what.
    pub value: Operand,
}

/// How a cell is compared. An operator with `Not` or `None` in its name answers the exact opposite of the other, so
/// blanks match it. Errors match nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// The same value; for lists the same set (no blank matches); for a time range: inside it.
    Equal,
    /// The opposite of [`Op::Equal`].
    NotEqual,
    /// Smaller; for a time range: before it.
    Less,
    /// Smaller or equal; for a time range: before its end.
    LessOrEqual,
    /// Greater; for a time range: after it.
    Greater,
    /// Greater or equal; for a time range: at its start or later.
    GreaterOrEqual,
    /// Inside a time range.
    IsWithin,
    /// The text occurs.
    Contains,
    /// The opposite of [`Op::Contains`].
    NotContains,
    /// The text is at the start.
    StartsWith,
    /// The text is at the end.
    EndsWith,
    /// Blank.
    IsEmpty,
    /// Not blank.
    IsNotEmpty,
    /// The choice is one of these.
    IsAnyOf,
    /// The opposite of [`Op::IsAnyOf`] and [`Op::HasAnyOf`].
    IsNoneOf,
    /// The list has one of these.
    HasAnyOf,
    /// The list has each of these.
    HasAllOf,
}

impl Op {
    /// Its name, as error texts show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::IsWithin => "is within",
            Self::Contains => "contains",
            Self::NotContains => "does not contain",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::IsEmpty => "is empty",
            Self::IsNotEmpty => "is not empty",
            Self::IsAnyOf => "is any of",
            Self::IsNoneOf => "is none of",
            Self::HasAnyOf => "has any of",
            Self::HasAllOf => "has all of",
        }
    }
}

/// What a cell is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// Nothing: for [`Op::IsEmpty`] and [`Op::IsNotEmpty`].
    None,
    /// A number.
    Number(f64),
    /// A text, compared without regard to case.
    Text(String),
    /// A span of time, such as a day.
    Time(TimeRange),
    /// Choice numbers.
    Choices(Vec<u32>),
    /// Checked or not; a number counts as checked when it is not 0.
    Flag(bool),
    /// Ordinals of linked records.
    Links(Vec<u32>),
}

/// A span of time in microseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeRange {
    /// The first moment in it.
    pub from: i64,
    /// The first moment after it.
    pub until: i64,
}

impl TimeRange {
    /// A single moment.
    pub fn at(time: i64) -> Self {
        Self { from: time, until: time.saturating_add(1) }
    }
}

/// One key of an order; earlier keys decide first.
#[derive(Clone, Copy)]
pub struct SortKey<'a> {
    /// The field.
    pub field: FieldNo,
    /// Greatest first, blanks last; otherwise smallest first, blanks first.
    pub descending: bool,
    /// What is compared.
    pub key: KeyKind<'a>,
}

/// What a sort key compares.
#[derive(Clone, Copy)]
pub enum KeyKind<'a> {
    /// The cell: numbers and times by size, choices by position, texts by the source's text key, lists element by
    /// element.
    Value,
    /// Bytes that the caller appends for an ordinal, none for a blank: such as the names of linked records.
    Made(&'a dyn Fn(u32, &mut Vec<u8>)),
}

/// How records are grouped and what is told about each group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grouping {
    /// The fields to group by; none makes one group of all.
    pub by: Vec<GroupBy>,
    /// What is computed for each group.
    pub aggregates: Vec<Aggregate>,
}

/// A field to group by. A record with a list is in one group for each element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupBy {
    /// The field.
    pub field: FieldNo,
    /// Which values belong together.
    pub bucket: Bucket,
}

/// Which values fall into one group. Times are cut by the clocks of their field ([`crate::Clocks`]), in UTC without.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Bucket {
    /// Equal ones.
    #[default]
    Value,
    /// Times of one day.
    Day,
    /// Times of one week, from Monday.
    Week,
    /// Times of one month.
    Month,
    /// Times of one quarter.
    Quarter,
    /// Times of one year.
    Year,
    /// Numbers between two multiples of this width.
    Width(f64),
}

impl Bucket {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Value => "group by value",
            Self::Day => "group by day",
            Self::Week => "group by week",
            Self::Month => "group by month",
            Self::Quarter => "group by quarter",
            Self::Year => "group by year",
            Self::Width(_) => "group by width",
        }
    }
}

/// Something computed from a field's cells in each group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aggregate {
    /// The field.
    pub field: FieldNo,
    /// What is computed.
    pub function: Function,
}

/// What is computed. Blanks, errors and NaN are left out of everything but [`Function::Empty`] and
/// [`Function::Filled`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// How many cells are not blank.
    Filled,
    /// How many cells are blank.
    Empty,
    /// The sum of numbers; 0 without any.
    Sum,
    /// The mean of numbers.
    Average,
    /// The smallest number or the earliest time.
    Min,
    /// The greatest number or the latest time.
    Max,
    /// The middle number, or the mean of the two middle ones.
    Median,
    /// How many different values (of lists: elements) there are.
    Distinct,
}

impl Function {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Filled => "count filled",
            Self::Empty => "count empty",
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Min => "minimum",
            Self::Max => "maximum",
            Self::Median => "median",
            Self::Distinct => "count distinct",
        }
    }
}
