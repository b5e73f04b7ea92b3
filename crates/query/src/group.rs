//! Groups of a selection and what is told about each.

mod aggregate;
pub(crate) mod code;

#[cfg(test)]
mod tests;

use model::{Bits, CellValue};
use rustc_hash::FxHashMap;

use crate::error::{Bound, QueryError};
use crate::rows::each_chunk;
use crate::source::Source;
use crate::tree::{GroupBy, Grouping, MAX_AGGREGATES, MAX_GROUP_KEYS};
use aggregate::Plan;
use code::Coder;

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The value of each field grouped by: of a bucket its start, of a list one element (a choice, or one link).
    pub key: Vec<CellValue>,
    /// How many records are in it.
    pub count: usize,
    /// The aggregates, in the order asked for; empty where there was nothing to compute from.
    pub values: Vec<CellValue>,
}

/// The groups of the selected records, ordered by their keys, blanks first. Without fields to group by, one group,
/// even of no records.
///
/// # Errors
/// [`QueryError`] when a bound is passed, a field is not there, or its values cannot be used in that way.
pub fn group(source: &Source<'_>, selection: &Bits, grouping: &Grouping) -> Result<Vec<Group>, QueryError> {
    Bound::GroupKeys.check(grouping.by.len(), MAX_GROUP_KEYS)?;
    Bound::Aggregates.check(grouping.aggregates.len(), MAX_AGGREGATES)?;
    let mut plans: Vec<Plan<'_>> =
        grouping.aggregates.iter().map(|aggregate| Plan::new(source, *aggregate)).collect::<Result<_, _>>()?;
    let coder = |by: &GroupBy| {
        let facet = code::facet(source, by.field, by.bucket)?;
        Ok(Coder::new(facet, by.bucket, source.text_key()))
    };
    let mut parts = Parts::by(grouping.by.iter().map(coder).collect::<Result<_, QueryError>>()?);
    let mut counts = vec![0; parts.len()];
    for plan in &mut plans {
        plan.grow(counts.len());
    }
    each_chunk(source, selection, |chunk, ordinals| {
        parts.split(chunk, ordinals);
        count(&parts.groups, parts.len(), &mut counts);
        for plan in &mut plans {
            plan.grow(counts.len());
            plan.add((chunk, &parts.ordinals), &parts.groups);
        }
    });
    Ok(parts.finish(plans, counts))
}

/// Counts numbers below `len`.
pub(crate) fn count(numbers: &[u32], len: usize, counts: &mut Vec<usize>) {
    counts.resize(len, 0);
    for number in numbers {
        if let Some(count) = counts.get_mut(*number as usize) {
            *count += 1;
        }
    }
}

/// The groups so far, and which of them each record of the chunk at hand is in. A record with lists stands there once
/// for each element.
struct Parts<'a> {
    levels: Vec<Level<'a>>,
    ordinals: Vec<u32>,
    groups: Vec<u32>,
    /// Room for the codes of a field.
    codes: Vec<u32>,
    positions: Vec<u32>,
}

/// One field that is grouped by, and the groups by it and those before.
struct Level<'a> {
    coder: Coder<'a>,
    /// By group: the group by the fields before, and the code. Groups by the first field are its codes.
    pairs: Vec<(u32, u32)>,
    known: FxHashMap<(u32, u32), u32>,
}

impl<'a> Parts<'a> {
    fn by(coders: Vec<Coder<'a>>) -> Self {
        let level = |coder| Level { coder, pairs: Vec::new(), known: FxHashMap::default() };
        let (ordinals, groups, codes, positions) = Default::default();
        Self { levels: coders.into_iter().map(level).collect(), ordinals, groups, codes, positions }
    }

    /// How many groups there are.
    fn len(&self) -> usize {
        match self.levels.as_slice() {
            [] => 1,
            [first] => first.coder.len(),
            [.., last] => last.pairs.len(),
        }
    }

    /// Takes the records of a chunk in hand.
    fn split(&mut self, chunk: usize, ordinals: &[u32]) {
        let Self { levels, ordinals: all, groups, codes, positions } = self;
        all.clear();
        all.extend_from_slice(ordinals);
        groups.clear();
        groups.resize(all.len(), 0);
        for (depth, level) in levels.iter_mut().enumerate() {
            level.coder.code((chunk, all), codes, positions);
            if level.coder.has_lists() {
                let take = |items: &[u32]| -> Vec<u32> {
                    positions.iter().filter_map(|position| items.get(*position as usize).copied()).collect()
                };
                *all = take(all);
                *groups = take(groups);
            }
            if depth == 0 {
                std::mem::swap(groups, codes);
            } else {
                level.combine(groups, codes);
            }
        }
    }

    fn finish(self, plans: Vec<Plan<'_>>, counts: Vec<usize>) -> Vec<Group> {
        let values: Vec<Vec<(CellValue, u32)>> = self.levels.iter().map(|level| level.coder.values()).collect();
        let mut columns: Vec<_> = plans.into_iter().map(|plan| plan.values(counts.len()).into_iter()).collect();
        let mut placed: Vec<(Vec<u32>, Group)> = Vec::with_capacity(counts.len());
        for (group, count) in counts.into_iter().enumerate() {
            let codes = self.codes_of(group as u32);
            let entries: Vec<_> =
                codes.iter().zip(&values).filter_map(|(code, values)| values.get(*code as usize)).collect();
            let place = entries.iter().map(|(_, place)| *place).collect();
            let key = entries.iter().map(|(value, _)| value.clone()).collect();
            let values = columns.iter_mut().filter_map(Iterator::next).collect();
            placed.push((place, Group { key, count, values }));
        }
        placed.sort_by(|left, right| left.0.cmp(&right.0));
        placed.into_iter().map(|(_, group)| group).collect()
    }

    /// The code of each field in the key of a group.
    fn codes_of(&self, group: u32) -> Vec<u32> {
        let mut codes = Vec::with_capacity(self.levels.len());
        let mut group = group;
        for level in self.levels.iter().skip(1).rev() {
            let (before, code) = level.pairs.get(group as usize).copied().unwrap_or_default();
            codes.push(code);
            group = before;
        }
        if !self.levels.is_empty() {
            codes.push(group);
        }
        codes.reverse();
        codes
    }
}

impl Level<'_> {
    /// Turns the groups by the fields before into those by this one too.
    fn combine(&mut self, groups: &mut [u32], codes: &[u32]) {
        let Self { pairs, known, .. } = self;
        for (group, code) in groups.iter_mut().zip(codes) {
            let pair = (*group, *code);
            *group = *known.entry(pair).or_insert_with(|| {
                pairs.push(pair);
                pairs.len() as u32 - 1
            });
        }
    }
}
