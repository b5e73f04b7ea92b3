//! The different values of a column.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use model::{Bits, CellValue, FieldNo};

use crate::error::QueryError;
use crate::group::code::{Coder, facet};
use crate::group::count;
use crate::rows::each_chunk;
use crate::source::Source;
use crate::tree::Bucket;

/// A value and how many records have it.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueCount {
    /// The value; of a list one element.
    pub value: CellValue,
    /// How many records.
    pub count: usize,
}

/// The different values of a field among the selected records, the most frequent first, at most `limit`. Blanks are
/// left out; values as frequent as others come in their own order.
///
/// # Errors
/// [`QueryError::UnknownField`] when the source has no such column.
pub fn values(
    source: &Source<'_>,
    selection: &Bits,
    field: FieldNo,
    limit: usize,
) -> Result<Vec<ValueCount>, QueryError> {
    let facet = facet(source, field, Bucket::Value)?;
    let mut coder = Coder::new(facet, Bucket::Value, source.text_key());
    let (mut codes, mut positions, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    each_chunk(source, selection, |chunk, ordinals| {
        coder.code((chunk, ordinals), &mut codes, &mut positions);
        count(&codes, coder.len(), &mut counts);
    });
    let mut found: Vec<_> =
        coder.values().into_iter().zip(counts).filter(|((value, _), _)| !value.is_empty()).collect();
    found.sort_by_key(|((_, place), count)| (Reverse(*count), *place));
    found.truncate(limit);
    Ok(found.into_iter().map(|((value, _), count)| ValueCount { value, count }).collect())
}
