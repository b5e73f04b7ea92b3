//! Why a query is refused.

use std::fmt;

use model::{FieldNo, Kind};

/// A query is refused before it reads anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A bound is passed.
    #[error("a query may have at most {limit} {what}; this one has {given}")]
    TooLarge {
        /// Which bound.
        what: Bound,
        /// The most there may be.
        limit: usize,
        /// How many there are.
        given: usize,
    },
    /// A field has no column in the source.
    #[error("field `{field}` is not part of the query's source")]
    UnknownField {
        /// The field.
        field: FieldNo,
    },
    /// A field's values cannot be used in this way.
    #[error("field `{field}` holds {} and does not allow `{asked}`", kind_name(*kind))]
    Mismatch {
        /// The field.
        field: FieldNo,
        /// What it holds.
        kind: Kind,
        /// What was asked of it: the name of an operator, function or bucket.
        asked: &'static str,
    },
}

/// What a query has only so many of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Terms of a filter.
    Terms,
    /// Levels of a filter.
    Levels,
    /// Sort keys.
    SortKeys,
    /// Fields to group by.
    GroupKeys,
    /// Aggregates.
    Aggregates,
}

impl Bound {
    /// Answers an error when `given` is more than `limit`.
    pub(crate) fn check(self, given: usize, limit: usize) -> Result<(), QueryError> {
        if given > limit { Err(QueryError::TooLarge { what: self, limit, given }) } else { Ok(()) }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terms => "filter terms",
            Self::Levels => "levels of filters",
            Self::SortKeys => "sort keys",
            Self::GroupKeys => "fields to group by",
            Self::Aggregates => "aggregates",
        })
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "numbers",
        Kind::Flag => "checkboxes",
        Kind::Time => "dates",
        Kind::Choice => "one choice",
        Kind::Choices => "choices",
        Kind::Links => "links",
        Kind::Values => "lists",
    }
}
