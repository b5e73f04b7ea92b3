//! What is told about each group.

use model::{CellValue, Kind};
use rustc_hash::FxHashSet;

use super::code::Coder;
use crate::error::QueryError;
use crate::rows::{BLANK, ERROR, cell, each_number, each_word_in, number, row};
use crate::source::{Facet, Source};
use crate::tree::{Aggregate, Bucket, Function};

/// An aggregate whose column was looked up and checked, and what is known of each group so far.
pub(super) struct Plan<'a> {
    facet: Facet<'a>,
    known: Known<'a>,
}

/// By group, what an aggregate is made of.
enum Known<'a> {
    Counts { filled: bool, counts: Vec<usize> },
    Sums { mean: bool, sums: Vec<Sum> },
    Extremes { pick: fn(u64, u64) -> u64, words: Vec<u64> },
    Medians(Vec<Vec<u64>>),
    Distinct(Box<Distinct<'a>>),
}

/// The different values of each group.
struct Distinct<'a> {
    coder: Coder<'a>,
    /// Group and code.
    seen: FxHashSet<(u32, u32)>,
    codes: Vec<u32>,
    positions: Vec<u32>,
}

impl<'a> Plan<'a> {
    pub fn new(source: &'a Source<'_>, aggregate: Aggregate) -> Result<Self, QueryError> {
        let Aggregate { field, function } = aggregate;
        let facet = source.facet(field)?;
        let kind = facet.view.kind();
        let fits = match function {
            Function::Filled | Function::Empty | Function::Distinct => true,
            Function::Sum | Function::Average | Function::Median => kind == Kind::Number,
            Function::Min | Function::Max => matches!(kind, Kind::Number | Kind::Time),
        };
        if !fits {
            return Err(QueryError::Mismatch { field, kind, asked: function.name() });
        }
        let known = match function {
            Function::Filled | Function::Empty => {
                Known::Counts { filled: function == Function::Filled, counts: Vec::new() }
            }
            Function::Sum | Function::Average => Known::Sums { mean: function == Function::Average, sums: Vec::new() },
            Function::Min => Known::Extremes { pick: u64::min, words: Vec::new() },
            Function::Max => Known::Extremes { pick: u64::max, words: Vec::new() },
            Function::Median => Known::Medians(Vec::new()),
            Function::Distinct => {
                let coder = Coder::new(facet, Bucket::Value, source.text_key());
                let (seen, codes, positions) = Default::default();
                Known::Distinct(Box::new(Distinct { coder, seen, codes, positions }))
            }
        };
        Ok(Self { facet, known })
    }

    /// Makes room for this many groups.
    pub fn grow(&mut self, count: usize) {
        match &mut self.known {
            Known::Counts { counts, .. } => counts.resize(count, 0),
            Known::Sums { sums, .. } => sums.resize(count, Sum::default()),
            Known::Extremes { words, .. } => words.resize(count, BLANK),
            Known::Medians(words) => words.resize(count, Vec::new()),
            Known::Distinct(_) => {}
        }
    }

    /// Adds the records of a chunk, each in a group that there is room for.
    pub fn add(&mut self, at: (usize, &[u32]), groups: &[u32]) {
        let facet = self.facet;
        let group = |position: usize| groups.get(position).map_or(usize::MAX, |group| *group as usize);
        match &mut self.known {
            Known::Counts { filled, counts } => {
                let part = facet.view.part(at.0);
                for (ordinal, group) in at.1.iter().zip(groups) {
                    let is_filled = part.is_some_and(|part| part.is_filled(row(*ordinal)));
                    if let Some(slot) = counts.get_mut(*group as usize) {
                        *slot += usize::from(is_filled == *filled);
                    }
                }
            }
            Known::Sums { sums, .. } => {
                each_number(facet, at, groups, |group, number| {
                    if let Some(sum) = sums.get_mut(group as usize) {
                        sum.add(number);
                    }
                });
            }
            Known::Extremes { pick, words } => {
                each_value(facet, at, |position, word| {
                    if let Some(slot) = words.get_mut(group(position)) {
                        *slot = if *slot == BLANK { word } else { pick(*slot, word) };
                    }
                });
            }
            Known::Medians(words) => {
                each_value(facet, at, |position, word| {
                    if let Some(words) = words.get_mut(group(position)) {
                        words.push(word);
                    }
                });
            }
            Known::Distinct(distinct) => distinct.add(at, groups),
        }
    }

    /// The value of each of the first `count` groups.
    pub fn values(self, count: usize) -> Vec<CellValue> {
        let number = |count: usize| CellValue::Number(count as f64);
        match self.known {
            Known::Counts { counts, .. } => counts.into_iter().map(number).collect(),
            Known::Sums { mean: true, sums } => sums.iter().map(Sum::mean).collect(),
            Known::Sums { mean: false, sums } => sums.iter().map(|sum| CellValue::Number(sum.total())).collect(),
            Known::Extremes { words, .. } => words.into_iter().map(|word| cell(self.facet, word)).collect(),
            Known::Medians(mut words) => words.iter_mut().map(|words| median(words)).collect(),
            Known::Distinct(distinct) => distinct.counts(count).into_iter().map(number).collect(),
        }
    }
}

/// Hands out the word of each cell that has a value.
#[inline]
fn each_value(facet: Facet<'_>, at: (usize, &[u32]), mut sink: impl FnMut(usize, u64)) {
    each_word_in(facet, Bucket::Value, at, |position, word| {
        if word > ERROR {
            sink(position, word);
        }
    });
}

impl Distinct<'_> {
    fn add(&mut self, at: (usize, &[u32]), groups: &[u32]) {
        self.coder.code(at, &mut self.codes, &mut self.positions);
        for (index, code) in self.codes.iter().enumerate() {
            let position = if self.coder.has_lists() { self.positions.get(index).copied() } else { Some(index as u32) };
            if let Some(group) = position.and_then(|position| groups.get(position as usize)) {
                self.seen.insert((*group, *code));
            }
        }
    }

    fn counts(&self, count: usize) -> Vec<usize> {
        let is_value = |(value, _): &(CellValue, u32)| !matches!(value, CellValue::Empty | CellValue::Error(_));
        let has_value: Vec<bool> = self.coder.values().iter().map(is_value).collect();
        let mut counts = vec![0; count];
        for (group, code) in &self.seen {
            if let Some(slot) = counts.get_mut(*group as usize) {
                *slot += usize::from(has_value.get(*code as usize) == Some(&true));
            }
        }
        counts
    }
}

/// The middle of words that order as their numbers.
fn median(words: &mut [u64]) -> CellValue {
    let middle = words.len() / 2;
    if words.is_empty() {
        return CellValue::Empty;
    }
    let even = words.len().is_multiple_of(2);
    let (below, upper, _) = words.select_nth_unstable(middle);
    let upper = number(*upper);
    let lower = below.iter().max().filter(|_| even).map_or(upper, |word| number(*word));
    CellValue::Number(f64::midpoint(lower, upper))
}

/// A sum with the part that its additions lost (T. Ogita, S. Rump, S. Oishi, "Accurate sum and dot product", 2005),
/// so that the order of records does not show in it.
#[derive(Clone, Copy, Default)]
struct Sum {
    rounded: f64,
    lost: f64,
    count: usize,
}

impl Sum {
    #[inline]
    fn add(&mut self, number: f64) {
        let sum = self.rounded + number;
        let virtual_part = sum - self.rounded;
        self.lost += (self.rounded - (sum - virtual_part)) + (number - virtual_part);
        self.rounded = sum;
        self.count += 1;
    }

    fn total(&self) -> f64 {
        // Infinite numbers lose NaN.
        if self.lost.is_finite() { self.rounded + self.lost } else { self.rounded }
    }

    fn mean(&self) -> CellValue {
        if self.count == 0 { CellValue::Empty } else { CellValue::Number(self.total() / self.count as f64) }
    }
}
