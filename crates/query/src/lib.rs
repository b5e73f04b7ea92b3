//! Questions about the records of one table, answered from its columns in memory.
//!
//! Words: a *source* is a table as a query sees it: how many ordinals it has, which of them are records that exist,
//! and the columns the query needs; a *filter* is a tree of *terms*; a *selection* is the set of ordinals that a filter
//! answers; an *order* lists a selection's ordinals; *groups* hold aggregates.
//!
//! A query works column by column and chunk by chunk: a filter answers 64 records with each word it writes, a sort
//! looks at one 64-bit key per record and settles only the records that its reader needs.
//!
//! Invariants: nothing here reads a clock, a schema or a database; the same source and tree give the same answer;
//! records that compare equal keep creation order; a blank is smaller than everything and matches no comparison.
#![deny(missing_docs)]

mod error;
mod filter;
#[cfg(test)]
mod fixture;
mod group;
mod mask;
mod order;
mod rows;
mod source;
mod text;
mod tree;
mod values;

pub use error::{Bound, QueryError};
pub use filter::{check, filter};
pub use group::{Group, group};
pub use order::order;
pub use source::{Clocks, ColumnView, Source, TextKey};
pub use text::natural_key;
pub use tree::{
    Aggregate, Bucket, Filter, Function, GroupBy, Grouping, KeyKind, MAX_AGGREGATES, MAX_DEPTH, MAX_GROUP_KEYS,
    MAX_SORT_KEYS, MAX_TERMS, Op, Operand, SortKey, Term, TimeRange,
};
pub use values::{ValueCount, values};
