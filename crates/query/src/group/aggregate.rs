//! What is told about each group.

use model::{CellValue, Kind};
use rustc_hash::FxHashSet;

use super::code::code;
use crate::error::QueryError;
use crate::rows::{BLANK, ERROR, by_chunk, cell, each_word, number, row};
use crate::source::{Facet, Source, TextKey};
use crate::tree::{Aggregate, Bucket, Function};

/// An aggregate whose column was looked up and checked.
pub(super) struct Plan<'a> {
    facet: Facet<'a>,
    function: Function,
    text_key: TextKey,
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
        Ok(Self { facet, function, text_key: source.text_key() })
    }

    /// The value of each of the first `count` groups, for records at ascending ordinals in `groups`.
    pub fn values(&self, ordinals: &[u32], groups: &[u32], count: usize) -> Vec<CellValue> {
        match self.function {
            Function::Filled => self.filled(ordinals, groups, count, true),
            Function::Empty => self.filled(ordinals, groups, count, false),
            Function::Sum => {
                self.sums(ordinals, groups, count).iter().map(|sum| CellValue::Number(sum.total())).collect()
            }
            Function::Average => self.sums(ordinals, groups, count).iter().map(Sum::mean).collect(),
            Function::Min => self.extreme(ordinals, groups, count, u64::min),
            Function::Max => self.extreme(ordinals, groups, count, u64::max),
            Function::Median => self.medians(ordinals, groups, count),
            Function::Distinct => self.distinct(ordinals, groups, count),
        }
    }

    /// Hands out the group and the word of each cell that has a value.
    fn each(&self, ordinals: &[u32], groups: &[u32], mut sink: impl FnMut(usize, u64)) {
        each_word(self.facet, Bucket::Value, ordinals, |position, word| {
            if word > ERROR {
                sink(groups.get(position).map_or(usize::MAX, |group| *group as usize), word);
            }
        });
    }

    fn filled(&self, ordinals: &[u32], groups: &[u32], count: usize, wanted: bool) -> Vec<CellValue> {
        let mut counts = vec![0u32; count];
        for (chunk, range) in by_chunk(ordinals) {
            let part = self.facet.view.part(chunk);
            let pairs = ordinals.get(range.clone()).into_iter().flatten().zip(groups.get(range).into_iter().flatten());
            for (ordinal, group) in pairs {
                let is_filled = part.is_some_and(|part| part.is_filled(row(*ordinal)));
                if let Some(slot) = counts.get_mut(*group as usize) {
                    *slot += u32::from(is_filled == wanted);
                }
            }
        }
        counts.into_iter().map(|count| CellValue::Number(count as f64)).collect()
    }

    fn sums(&self, ordinals: &[u32], groups: &[u32], count: usize) -> Vec<Sum> {
        let mut sums = vec![Sum::default(); count];
        self.each(ordinals, groups, |group, word| {
            if let Some(sum) = sums.get_mut(group) {
                sum.add(number(word));
            }
        });
        sums
    }

    fn extreme(&self, ordinals: &[u32], groups: &[u32], count: usize, pick: fn(u64, u64) -> u64) -> Vec<CellValue> {
        let mut words = vec![BLANK; count];
        self.each(ordinals, groups, |group, word| {
            if let Some(slot) = words.get_mut(group) {
                *slot = if *slot == BLANK { word } else { pick(*slot, word) };
            }
        });
        words.into_iter().map(|word| cell(self.facet, word)).collect()
    }

    fn medians(&self, ordinals: &[u32], groups: &[u32], count: usize) -> Vec<CellValue> {
        let mut words = vec![Vec::new(); count];
        self.each(ordinals, groups, |group, word| {
            if let Some(words) = words.get_mut(group) {
                words.push(word);
            }
        });
        words.iter_mut().map(|words| median(words)).collect()
    }

    fn distinct(&self, ordinals: &[u32], groups: &[u32], count: usize) -> Vec<CellValue> {
        let codes = code(self.facet, Bucket::Value, self.text_key, ordinals);
        let has_value: Vec<bool> =
            codes.values.iter().map(|(value, _)| !matches!(value, CellValue::Empty | CellValue::Error(_))).collect();
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        let mut counts = vec![0u32; count];
        for (index, code) in codes.by_position.iter().enumerate() {
            let position = codes.positions.as_ref().map_or(Some(index as u32), |all| all.get(index).copied());
            let Some(group) = position.and_then(|position| groups.get(position as usize)) else { continue };
            let is_new = has_value.get(*code as usize) == Some(&true) && seen.insert((*group, *code));
            if let Some(slot) = counts.get_mut(*group as usize) {
                *slot += u32::from(is_new);
            }
        }
        counts.into_iter().map(|count| CellValue::Number(count as f64)).collect()
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
