//! Small numbers for the different values of a column.

use model::{CellError, CellValue, Chunk, FieldNo, Kind};
use rustc_hash::FxHashMap;

use crate::error::QueryError;
use crate::rows::{BLANK, ERROR, cell, choice_word, each_word_in, row, run, shown};
use crate::source::{Facet, Source, TextKey};
use crate::tree::Bucket;

/// Words below this are looked up in an array.
const SMALL: u64 = 4_096;

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

/// Gives cells codes, chunk by chunk: cells with the same value have the same code.
pub(crate) struct Coder<'a> {
    facet: Facet<'a>,
    bucket: Bucket,
    text_key: TextKey,
    words: Words,
    texts: Texts<'a>,
}

impl<'a> Coder<'a> {
    pub fn new(facet: Facet<'a>, bucket: Bucket, text_key: TextKey) -> Self {
        Self { facet, bucket, text_key, words: Words::default(), texts: Texts::default() }
    }

    /// True when a record may have several codes.
    pub fn has_lists(&self) -> bool {
        matches!(self.facet.view.kind(), Kind::Choices | Kind::Links)
    }

    /// How many codes there are so far.
    pub fn len(&self) -> usize {
        self.words.found.len() + self.texts.found.len()
    }

    /// Writes the codes of the records of a chunk; `positions`: for lists, whose element each code is.
    pub fn code(&mut self, at: (usize, &[u32]), codes: &mut Vec<u32>, positions: &mut Vec<u32>) {
        codes.clear();
        positions.clear();
        if self.facet.view.kind() == Kind::Text {
            self.texts.code(self.facet, at, codes);
            return;
        }
        if let Some(choices) = choices(self.facet, at) {
            self.words.code_choices(self.facet, choices, codes);
            return;
        }
        let (lists, bucket, words) = (self.has_lists(), self.bucket, &mut self.words);
        if let Some(clocks) = self.facet.clocks.filter(|_| bucket != Bucket::Value) {
            let shown = |word| bucket.parts().around(shown(clocks, word));
            each_word_in(self.facet, Bucket::Value, at, |_, word| codes.push(words.code(shown(word), bucket)));
            return;
        }
        each_word_in(self.facet, bucket.parts(), at, |position, word| {
            codes.push(words.code(word, bucket));
            if lists {
                positions.push(position as u32);
            }
        });
    }

    /// By code: the value and its place among the values.
    pub fn values(&self) -> Vec<(CellValue, u32)> {
        if self.facet.view.kind() == Kind::Text {
            self.texts.values(self.text_key)
        } else {
            place(&self.words.found, u64::cmp, |word| self.value(*word))
        }
    }

    /// The value of a word. What clocks showed becomes the moment at which they did.
    fn value(&self, word: u64) -> CellValue {
        match (cell(self.facet, word), self.facet.clocks) {
            (CellValue::Time(shown), Some(clocks)) if self.bucket != Bucket::Value => {
                CellValue::Time(clocks.moment(shown))
            }
            (cell, _) => cell,
        }
    }
}

/// The choices of the records of a chunk that follow one another without a gap.
fn choices<'a>(facet: Facet<'a>, (chunk, ordinals): (usize, &[u32])) -> Option<&'a [u32]> {
    let part = facet.view.part(chunk).filter(|part| part.errors().is_none())?;
    let Chunk::Choice(choices) = part.values else { return None };
    choices.get(run(ordinals)?)
}

/// Codes by word.
#[derive(Default)]
struct Words {
    /// By code: the word of the value, or of its bucket.
    found: Vec<u64>,
    /// Code + 1 by small word; 0 where there is none yet.
    small: Vec<u32>,
    /// The same by choice.
    choices: Vec<u32>,
    large: FxHashMap<u64, u32>,
    /// Codes of buckets that are made of several words.
    whole: FxHashMap<u64, u32>,
}

impl Words {
    #[inline]
    fn code(&mut self, word: u64, bucket: Bucket) -> u32 {
        match self.small.get(word as usize) {
            Some(&known) if known > 0 => known - 1,
            _ => self.find(word, bucket),
        }
    }

    fn code_choices(&mut self, facet: Facet<'_>, choices: &[u32], codes: &mut Vec<u32>) {
        codes.extend(choices.iter().map(|choice| match self.choices.get(*choice as usize) {
            Some(&known) if known > 0 => known - 1,
            _ => self.find_choice(facet, *choice),
        }));
    }

    fn find_choice(&mut self, facet: Facet<'_>, choice: u32) -> u32 {
        let word = if choice == 0 { BLANK } else { choice_word(facet, choice) };
        let code = self.code(word, Bucket::Value);
        if u64::from(choice) < SMALL {
            let room = self.choices.len().max(choice as usize + 1);
            self.choices.resize(room, 0);
            if let Some(slot) = self.choices.get_mut(choice as usize) {
                *slot = code + 1;
            }
        }
        code
    }

    fn find(&mut self, word: u64, bucket: Bucket) -> u32 {
        let Self { found, small, large, whole, .. } = self;
        let mut new = || {
            let next = found.len() as u32;
            if bucket.parts() == bucket {
                found.push(word);
                return next;
            }
            let around = bucket.around(word);
            let code = *whole.entry(around).or_insert(next);
            if code == next {
                found.push(around);
            }
            code
        };
        if word >= SMALL {
            return *large.entry(word).or_insert_with(new);
        }
        if small.is_empty() {
            *small = vec![0; SMALL as usize];
        }
        let code = new();
        if let Some(slot) = small.get_mut(word as usize) {
            *slot = code + 1;
        }
        code
    }
}

/// What a text cell may be; in this order.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Text<'a> {
    Blank,
    Error,
    Some(&'a str),
}

/// Codes by text.
#[derive(Default)]
struct Texts<'a> {
    known: FxHashMap<Text<'a>, u32>,
    /// By code.
    found: Vec<Text<'a>>,
}

impl<'a> Texts<'a> {
    fn code(&mut self, facet: Facet<'a>, (chunk, ordinals): (usize, &[u32]), codes: &mut Vec<u32>) {
        let Self { known, found } = self;
        let part = facet.view.part(chunk);
        for ordinal in ordinals {
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

    fn values(&self, text_key: TextKey) -> Vec<(CellValue, u32)> {
        let keys: Vec<(u64, Vec<u8>, Text<'_>)> = self.found.iter().map(|text| text_place(*text, text_key)).collect();
        let value = |(_, _, text): &(u64, Vec<u8>, Text<'_>)| match text {
            Text::Blank => CellValue::Empty,
            Text::Error => CellValue::Error(CellError::Failed),
            Text::Some(text) => CellValue::Text((*text).to_owned()),
        };
        place(&keys, |left, right| (left.0, &left.1).cmp(&(right.0, &right.1)), value)
    }
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
