//! Small numbers for the different values of a column.

use model::{CellError, CellValue, Chunk, FieldNo, Kind};
use rustc_hash::FxHashMap;

use crate::error::QueryError;
use crate::rows::{BLANK, ERROR, by_chunk, cell, each_word, row};
use crate::source::{Facet, Source, TextKey};
use crate::tree::Bucket;

/// Words below this are looked up in an array.
const SMALL: u64 = 4_096;

/// A column as codes: records with the same value have the same code.
pub(crate) struct Codes {
    /// The code at each position.
    pub by_position: Vec<u32>,
    /// For lists: whose element each code is, as a position of the records asked for.
    pub positions: Option<Vec<u32>>,
    /// By code: the value and its place among the values.
    pub values: Vec<(CellValue, u32)>,
}

/// The column of `field`, if it can be grouped by `bucket`.
pub(crate) fn facet<'a>(source: &'a Source<'_>, field: FieldNo, bucket: Bucket) -> Result<Facet<'a>, QueryError> {
    let facet = source.facet(field)?;
    let kind = facet.view.kind();
    let fits = match bucket {
        Bucket::Value => true,
        Bucket::Width(width) => kind == Kind::Number && width > 0.0 && width.is_finite(),
        _ => kind == Kind::Time,
    };
    if fits { Ok(facet) } else { Err(QueryError::Mismatch { field, kind, asked: bucket.name() }) }
}

/// Gives the cells at ascending ordinals their codes.
pub(crate) fn code(facet: Facet<'_>, bucket: Bucket, text_key: TextKey, ordinals: &[u32]) -> Codes {
    if facet.view.kind() == Kind::Text {
        code_texts(facet, text_key, ordinals)
    } else {
        code_words(facet, bucket, ordinals)
    }
}

fn code_words(facet: Facet<'_>, bucket: Bucket, ordinals: &[u32]) -> Codes {
    let lists = matches!(facet.view.kind(), Kind::Choices | Kind::Links);
    let mut known = Words::default();
    let mut codes = Vec::with_capacity(ordinals.len());
    let mut positions = Vec::new();
    each_word(facet, bucket.parts(), ordinals, |position, word| {
        codes.push(known.code(word));
        if lists {
            positions.push(position as u32);
        }
    });
    if bucket.parts() != bucket {
        known = known.merge(&mut codes, |word| bucket.around(word));
    }
    let values = place(&known.found, u64::cmp, |word| cell(facet, *word));
    Codes { by_position: codes, positions: lists.then_some(positions), values }
}

/// Codes by word.
#[derive(Default)]
struct Words {
    found: Vec<u64>,
    /// Code + 1 by small word; 0 where there is none yet.
    small: Vec<u32>,
    large: FxHashMap<u64, u32>,
}

impl Words {
    #[inline]
    fn code(&mut self, word: u64) -> u32 {
        match self.small.get(word as usize) {
            Some(&known) if known > 0 => known - 1,
            _ => self.find(word),
        }
    }

    /// Makes one of all words that are the same `whole`.
    fn merge(self, codes: &mut [u32], whole: impl Fn(u64) -> u64) -> Self {
        let mut merged = Self::default();
        let new: Vec<u32> = self.found.into_iter().map(|word| merged.code(whole(word))).collect();
        for code in codes {
            *code = new.get(*code as usize).copied().unwrap_or_default();
        }
        merged
    }

    fn find(&mut self, word: u64) -> u32 {
        let next = self.found.len() as u32;
        if word < SMALL {
            if self.small.is_empty() {
                self.small = vec![0; SMALL as usize];
            }
            if let Some(slot) = self.small.get_mut(word as usize) {
                *slot = next + 1;
            }
        } else {
            let code = *self.large.entry(word).or_insert(next);
            if code != next {
                return code;
            }
        }
        self.found.push(word);
        next
    }
}

/// What a text cell may be; in this order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Text<'a> {
    Blank,
    Error,
    Some(&'a str),
}

fn code_texts(facet: Facet<'_>, text_key: TextKey, ordinals: &[u32]) -> Codes {
    let mut known: FxHashMap<Text<'_>, u32> = FxHashMap::default();
    let mut found = Vec::new();
    let mut codes = Vec::with_capacity(ordinals.len());
    for (chunk, range) in by_chunk(ordinals) {
        let part = facet.view.part(chunk);
        for ordinal in ordinals.get(range).unwrap_or_default() {
            let row = row(*ordinal);
            let text = match part.map(|part| (part.is_error(row), part.values)) {
                Some((true, _)) => Text::Error,
                Some((false, Chunk::Text(texts))) => texts.get(row).map_or(Text::Blank, Text::Some),
                _ => Text::Blank,
            };
            codes.push(*known.entry(text).or_insert_with(|| {
                found.push(text);
                found.len() as u32 - 1
            }));
        }
    }
    let keys: Vec<(u64, Vec<u8>, Text<'_>)> = found.into_iter().map(|text| text_place(text, text_key)).collect();
    let values = place(
        &keys,
        |left, right| (left.0, &left.1).cmp(&(right.0, &right.1)),
        |(_, _, text)| match text {
            Text::Blank => CellValue::Empty,
            Text::Error => CellValue::Error(CellError::Failed),
            Text::Some(text) => CellValue::Text((*text).to_owned()),
        },
    );
    Codes { by_position: codes, positions: None, values }
}

fn text_place(text: Text<'_>, text_key: TextKey) -> (u64, Vec<u8>, Text<'_>) {
    match text {
        Text::Blank => (BLANK, Vec::new(), text),
        Text::Error => (ERROR, Vec::new(), text),
        Text::Some(some) => {
            let mut key = Vec::new();
            text_key(some, &mut key);
            (ERROR + 1, key, text)
        }
    }
}

/// Turns what was found, by code, into values with their places.
fn place<T>(
    found: &[T],
    compare: impl Fn(&T, &T) -> std::cmp::Ordering,
    value: impl Fn(&T) -> CellValue,
) -> Vec<(CellValue, u32)> {
    let mut order: Vec<(usize, &T)> = found.iter().enumerate().collect();
    order.sort_by(|left, right| compare(left.1, right.1));
    let mut values: Vec<(CellValue, u32)> = found.iter().map(|item| (value(item), 0)).collect();
    for (place, (code, _)) in order.into_iter().enumerate() {
        if let Some(slot) = values.get_mut(code) {
            slot.1 = place as u32;
        }
    }
    values
}
