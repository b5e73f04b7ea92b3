//! The ordinals of a selection and one word per cell.
//!
//! A *word* is a cell as 64 bits that compare as the cells do: [`BLANK`] first, then [`ERROR`], then the values.

#[cfg(test)]
mod tests;

use std::ops::Range;

use model::{Bits, CHUNK, CellError, CellValue, Chunk, Kind, Lists, Timestamp};

use crate::mask::WORDS;
use crate::source::{Clocks, Facet, Part, Source};
use crate::tree::Bucket;

/// The word of a blank.
pub(crate) const BLANK: u64 = 0;
/// The word of an error; NaN counts as one.
pub(crate) const ERROR: u64 = 1;
/// The words of small numbers start here.
const FIRST: u64 = 2;
const SIGN: u64 = 1 << 63;

/// The ordinals of the selected records that exist, ascending.
pub(crate) fn ordinals(source: &Source<'_>, selection: &Bits) -> Vec<u32> {
    let mut ordinals = Vec::with_capacity(selection.count());
    for (index, (selected, live)) in selection.words().iter().zip(source.live().words()).enumerate() {
        push_ordinals(index, selected & live, &mut ordinals);
    }
    within(source, &mut ordinals);
    ordinals
}

/// Hands out the same, chunk by chunk: what is made of a chunk is read again while it is near.
pub(crate) fn each_chunk(source: &Source<'_>, selection: &Bits, mut sink: impl FnMut(usize, &[u32])) {
    let mut ordinals = Vec::with_capacity(CHUNK);
    let chunks = selection.words().chunks(WORDS).zip(source.live().words().chunks(WORDS));
    for (chunk, (selected, live)) in chunks.enumerate() {
        ordinals.clear();
        for (index, (selected, live)) in (chunk * WORDS..).zip(selected.iter().zip(live)) {
            push_ordinals(index, selected & live, &mut ordinals);
        }
        within(source, &mut ordinals);
        if !ordinals.is_empty() {
            sink(chunk, &ordinals);
        }
    }
}

/// Adds the ordinals of the bits of word number `index`.
fn push_ordinals(index: usize, bits: u64, ordinals: &mut Vec<u32>) {
    let first = index as u32 * 64;
    if bits == u64::MAX {
        ordinals.extend(first..first + 64);
        return;
    }
    let mut rest = bits;
    while rest != 0 {
        ordinals.push(first + rest.trailing_zeros());
        rest &= rest - 1;
    }
}

fn within(source: &Source<'_>, ordinals: &mut Vec<u32>) {
    let end = ordinals.partition_point(|ordinal| (*ordinal as usize) < source.len());
    ordinals.truncate(end);
}

/// Cuts ascending ordinals at the borders of chunks: the chunk and the positions of its ordinals.
pub(crate) fn by_chunk(ordinals: &[u32]) -> impl Iterator<Item = (usize, Range<usize>)> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = ordinals.get(start..)?;
        let chunk = *rest.first()? as usize / CHUNK;
        let end = start + rest.partition_point(|ordinal| *ordinal as usize / CHUNK == chunk);
        let range = start..end;
        start = end;
        Some((chunk, range))
    })
}

/// The row of an ordinal in its chunk.
pub(crate) fn row(ordinal: u32) -> usize {
    ordinal as usize % CHUNK
}

/// Hands out the words of the cells at ascending ordinals with their positions: several for a list, one otherwise.
/// Texts have none.
#[inline]
pub(crate) fn each_word(facet: Facet<'_>, bucket: Bucket, ordinals: &[u32], mut sink: impl FnMut(usize, u64)) {
    for (chunk, range) in by_chunk(ordinals) {
        let start = range.start;
        let ordinals = ordinals.get(range).unwrap_or_default();
        each_word_in(facet, bucket, (chunk, ordinals), |position, word| sink(start + position, word));
    }
}

/// As [`each_word`], for ordinals of one chunk.
#[inline]
pub(crate) fn each_word_in(
    facet: Facet<'_>,
    bucket: Bucket,
    (chunk, ordinals): (usize, &[u32]),
    mut sink: impl FnMut(usize, u64),
) {
    let Some(part) = facet.view.part(chunk) else {
        for position in 0..ordinals.len() {
            sink(position, BLANK);
        }
        return;
    };
    let errors = part.errors();
    // The kind is told apart once for the chunk, not once for each row.
    match part.values {
        Chunk::Number(numbers) => each_row(ordinals, errors, &mut sink, |row| match numbers.values.get(row) {
            Some(number) if numbers.valid.get(row) => number_word(bucket.number(*number)),
            _ => BLANK,
        }),
        Chunk::Time(times) => each_row(ordinals, errors, &mut sink, |row| match times.get(row) {
            None | Some(&Chunk::NO_TIME) => BLANK,
            Some(time) => time_word(bucket.time(*time)),
        }),
        Chunk::Choice(choices) => each_row(ordinals, errors, &mut sink, |row| match choices.get(row) {
            None | Some(0) => BLANK,
            Some(choice) => choice_word(facet, *choice),
        }),
        Chunk::Flag(flags) => {
            each_row(ordinals, errors, &mut sink, |row| if flags.set.get(row) { FIRST } else { BLANK });
        }
        Chunk::Choices(lists) | Chunk::Links(lists) => each_item(facet, part, (lists, ordinals), &mut sink),
        // Lists come as one value each.
        Chunk::Text(_) | Chunk::Values(_) => each_row(ordinals, errors, &mut sink, |_| BLANK),
    }
}

/// Hands out the numbers of a chunk, each with the label of its ordinal: no blanks, no errors.
#[inline]
pub(crate) fn each_number(
    facet: Facet<'_>,
    (chunk, ordinals): (usize, &[u32]),
    labels: &[u32],
    mut sink: impl FnMut(u32, f64),
) {
    let Some(part) = facet.view.part(chunk) else { return };
    let Chunk::Number(numbers) = part.values else { return };
    let rows = run(ordinals).filter(|rows| part.errors().is_none() && rows.start.is_multiple_of(64));
    if let Some(rows) = rows
        && let Some(values) = numbers.values.get(rows.clone())
        && let Some(valid) = numbers.valid.words().get(rows.start / 64..)
    {
        let blocks = values.chunks(64).zip(labels.chunks(64)).zip(valid);
        for ((values, labels), valid) in blocks {
            for (bit, (number, label)) in values.iter().zip(labels).enumerate() {
                if valid >> bit & 1 == 1 && !number.is_nan() {
                    sink(*label, *number);
                }
            }
        }
        return;
    }
    for (ordinal, label) in ordinals.iter().zip(labels) {
        let row = row(*ordinal);
        if let Some(number) = numbers.values.get(row)
            && numbers.valid.get(row)
            && !number.is_nan()
            && !part.is_error(row)
        {
            sink(*label, *number);
        }
    }
}

/// The rows of ascending ordinals of one chunk when they follow one another without a gap, as most do.
pub(crate) fn run(ordinals: &[u32]) -> Option<Range<usize>> {
    let (first, last) = (*ordinals.first()?, *ordinals.last()?);
    // A record that stands here several times, once for each element of a list, may make up for a gap. The look at all
    // of them has no branch, so that it goes by many at a time.
    let is_run = (last - first) as usize + 1 == ordinals.len()
        && ordinals.iter().zip(first..).fold(0, |gap, (ordinal, expected)| gap | (ordinal ^ expected)) == 0;
    is_run.then(|| row(first)..row(first) + ordinals.len())
}

#[inline]
fn each_row(ordinals: &[u32], errors: Option<&Bits>, sink: &mut impl FnMut(usize, u64), word: impl Fn(usize) -> u64) {
    for (position, ordinal) in ordinals.iter().enumerate() {
        let row = row(*ordinal);
        let is_error = errors.is_some_and(|errors| errors.get(row));
        sink(position, if is_error { ERROR } else { word(row) });
    }
}

fn each_item(facet: Facet<'_>, part: Part<'_>, (lists, ordinals): (&Lists, &[u32]), sink: &mut impl FnMut(usize, u64)) {
    for (position, ordinal) in ordinals.iter().enumerate() {
        let row = row(*ordinal);
        match lists.get(row) {
            _ if part.is_error(row) => sink(position, ERROR),
            [] => sink(position, BLANK),
            list => list.iter().for_each(|item| sink(position, item_word(facet, *item))),
        }
    }
}

/// The word of a list's element.
pub(crate) fn item_word(facet: Facet<'_>, item: u32) -> u64 {
    if facet.view.kind() == Kind::Links { FIRST + item as u64 } else { choice_word(facet, item) }
}

pub(crate) fn choice_word(facet: Facet<'_>, choice: u32) -> u64 {
    FIRST + facet.rank(choice)
}

/// Flips the bits of negative numbers and the sign of the others: then greater numbers are greater words.
fn number_word(number: f64) -> u64 {
    if number.is_nan() {
        return ERROR;
    }
    // Adding 0 makes the two zeros one.
    let bits = (number + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The number of a word.
pub(crate) fn number(word: u64) -> f64 {
    f64::from_bits(if word & SIGN == 0 { !word } else { word & !SIGN })
}

/// The first two moments that 64 bits can name count as the third.
fn time_word(time: i64) -> u64 {
    (time as u64 ^ SIGN).max(FIRST)
}

/// The word of what clocks show at the moment of a word.
pub(crate) fn shown(clocks: &dyn Clocks, word: u64) -> u64 {
    if word <= ERROR { word } else { time_word(clocks.shown((word ^ SIGN) as i64)) }
}

/// The cell of a word; of a list: one element.
pub(crate) fn cell(facet: Facet<'_>, word: u64) -> CellValue {
    match (word, facet.view.kind()) {
        (BLANK, _) => CellValue::Empty,
        (ERROR, _) => CellValue::Error(CellError::Failed),
        (_, Kind::Number) => CellValue::Number(number(word)),
        (_, Kind::Time) => CellValue::Time((word ^ SIGN) as i64),
        (_, Kind::Flag) => CellValue::Flag(true),
        (_, Kind::Links) => CellValue::Links(vec![(word - FIRST) as u32]),
        (_, Kind::Choice | Kind::Choices) => CellValue::Choice(choice_at(facet, word - FIRST)),
        (_, Kind::Text | Kind::Values) => CellValue::Empty,
    }
}

fn choice_at(facet: Facet<'_>, rank: u64) -> u32 {
    let known = facet.ranks.iter().position(|known| *known as u64 == rank && *known != u32::MAX);
    known.map_or_else(|| rank.saturating_sub(u32::MAX as u64) as u32, |choice| choice as u32)
}

impl Bucket {
    fn number(self, number: f64) -> f64 {
        if let Self::Width(width) = self { (number / width).floor() * width } else { number }
    }

    /// A bucket that this one is made of and whose start costs little to find.
    pub(crate) fn parts(self) -> Self {
        match self {
            Self::Week | Self::Month | Self::Quarter | Self::Year => Self::Day,
            part => part,
        }
    }

    /// The word of the bucket that holds the part with this word.
    pub(crate) fn around(self, word: u64) -> u64 {
        if word <= ERROR { word } else { time_word(self.time((word ^ SIGN) as i64)) }
    }

    /// The first moment of the bucket that `time` is in.
    fn time(self, time: i64) -> i64 {
        /// Far beyond any calendar; arithmetic up to here does not overflow.
        const LAST: i64 = 1 << 62;
        const DAY: i64 = 86_400_000_000;
        const WEEK: i64 = 7 * DAY;
        /// Monday, 1969-12-29.
        const MONDAY: i64 = -3 * DAY;
        if matches!(self, Self::Value | Self::Width(_)) {
            return time;
        }
        let time = time.clamp(-LAST, LAST);
        let month = |round: fn(u32) -> u32| {
            let (year, month, _) = Timestamp(time).date();
            Timestamp::from_date(year, round(month) as i64, 1).0
        };
        match self {
            Self::Value | Self::Width(_) => time,
            Self::Day => Timestamp(time).day().0,
            Self::Week => (time - MONDAY).div_euclid(WEEK) * WEEK + MONDAY,
            Self::Month => month(|month| month),
            Self::Quarter => month(|month| (month - 1) / 3 * 3 + 1),
            Self::Year => month(|_| 1),
        }
    }
}
