//! A table as a query sees it.

use std::fmt;
use std::sync::Arc;

use model::{Bits, Chunk, Column, ComputedChunk, FieldNo, Kind, SelectOptions};
use rustc_hash::FxHashMap;

use crate::error::QueryError;
use crate::text::natural_key;

/// Appends the bytes by which a text is ordered.
pub type TextKey = fn(&str, &mut Vec<u8>);

/// One field's values.
#[derive(Debug, Clone, Copy)]
pub enum ColumnView<'a> {
    /// A column without a value.
    Blank(Kind),
    /// A stored column.
    Stored(&'a Column),
    /// The column of a computed field.
    Computed {
        /// What it holds.
        kind: Kind,
        /// Its chunks; missing ones are blank.
        chunks: &'a [Arc<ComputedChunk>],
    },
}

impl<'a> ColumnView<'a> {
    /// What it holds.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Blank(kind) | Self::Computed { kind, .. } => *kind,
            Self::Stored(column) => column.kind(),
        }
    }

    pub(crate) fn part(&self, chunk: usize) -> Option<Part<'a>> {
        match self {
            Self::Blank(_) => None,
            Self::Stored(column) => column.chunk(chunk).map(|values| Part { values, errors: None }),
            Self::Computed { chunks, .. } => {
                chunks.get(chunk).map(|chunk| Part { values: &chunk.values, errors: Some(&chunk.errors) })
            }
        }
    }
}

/// One chunk of a column.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub values: &'a Chunk,
    errors: Option<&'a Bits>,
}

impl<'a> Part<'a> {
    pub fn is_error(&self, row: usize) -> bool {
        self.errors.is_some_and(|errors| errors.get(row))
    }

    /// True for a value and for an error.
    pub fn is_filled(&self, row: usize) -> bool {
        self.is_error(row) || !self.values.cell(row).is_empty()
    }

    pub fn errors(&self) -> Option<&'a Bits> {
        self.errors
    }
}

/// The clocks of a time zone, in microseconds: what they show as if it were UTC.
pub trait Clocks: fmt::Debug {
    /// What they show at a moment.
    fn shown(&self, moment: i64) -> i64;
    /// The first moment at which they show this, or when they would have.
    fn moment(&self, shown: i64) -> i64;
}

/// A column and what ordering and grouping it needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Facet<'a> {
    pub view: ColumnView<'a>,
    /// Position by choice number; empty where there are no choices.
    pub ranks: &'a [u32],
    /// Whose days, weeks and months times fall into; none: those of UTC.
    pub clocks: Option<&'a dyn Clocks>,
}

impl Facet<'_> {
    /// A choice's place in its field's order. Choices that the field does not know follow, by number.
    pub fn rank(&self, choice: u32) -> u64 {
        match self.ranks.get(choice as usize) {
            Some(&rank) if rank != u32::MAX => rank as u64,
            _ => u32::MAX as u64 + choice as u64,
        }
    }
}

/// A table as a query sees it.
#[derive(Debug)]
pub struct Source<'a> {
    len: usize,
    live: &'a Bits,
    columns: FxHashMap<FieldNo, (ColumnView<'a>, Vec<u32>)>,
    clocks: FxHashMap<FieldNo, Box<dyn Clocks>>,
    text_key: TextKey,
}

impl<'a> Source<'a> {
    /// A table of `len` ordinals of which `live` are records that exist.
    pub fn new(len: usize, live: &'a Bits) -> Self {
        Self { len, live, columns: FxHashMap::default(), clocks: FxHashMap::default(), text_key: natural_key }
    }

    /// Orders texts by this key instead of [`natural_key`].
    #[must_use]
    pub fn with_text_key(mut self, text_key: TextKey) -> Self {
        self.text_key = text_key;
        self
    }

    /// Adds a field's column.
    pub fn add(&mut self, field: FieldNo, view: ColumnView<'a>) -> &mut Self {
        self.columns.insert(field, (view, Vec::new()));
        self
    }

    /// Adds the column of a select field, ordered as its choices are.
    pub fn add_select(&mut self, field: FieldNo, view: ColumnView<'a>, select: &SelectOptions) -> &mut Self {
        let mut ranks = Vec::new();
        for (rank, choice) in select.choices.iter().enumerate() {
            let no = choice.no as usize;
            if no >= ranks.len() {
                ranks.resize(no + 1, u32::MAX);
            }
            if let Some(slot) = ranks.get_mut(no) {
                *slot = rank as u32;
            }
        }
        self.columns.insert(field, (view, ranks));
        self
    }

    /// Groups the times of a field by what these clocks show.
    pub fn group_by_clocks(&mut self, field: FieldNo, clocks: Box<dyn Clocks>) {
        self.clocks.insert(field, clocks);
    }

    /// How many ordinals there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when no record was ever made.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The records that exist.
    pub fn live(&self) -> &'a Bits {
        self.live
    }

    pub(crate) fn text_key(&self) -> TextKey {
        self.text_key
    }

    pub(crate) fn facet(&self, field: FieldNo) -> Result<Facet<'_>, QueryError> {
        let (view, ranks) = self.columns.get(&field).ok_or(QueryError::UnknownField { field })?;
        Ok(Facet { view: *view, ranks, clocks: self.clocks.get(&field).map(Box::as_ref) })
    }
}
