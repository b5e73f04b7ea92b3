//! Groups of a selection and what is told about each.

mod aggregate;
pub(crate) mod code;

#[cfg(test)]
mod tests;

use model::{Bits, CellValue};
use rustc_hash::FxHashMap;

use crate::error::{Bound, QueryError};
use crate::rows::ordinals;
use crate::source::Source;
use crate::tree::{Grouping, MAX_AGGREGATES, MAX_GROUP_KEYS};
use aggregate::Plan;
use code::{Codes, code};

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
    let plans: Vec<Plan<'_>> =
        grouping.aggregates.iter().map(|aggregate| Plan::new(source, *aggregate)).collect::<Result<_, _>>()?;
    let mut parts = Parts::all(ordinals(source, selection));
    for by in &grouping.by {
        let facet = code::facet(source, by.field, by.bucket)?;
        parts.split(code(facet, by.bucket, source.text_key(), &parts.ordinals));
    }
    Ok(parts.finish(&plans))
}

/// The records and the group that each is in. A record with lists stands there once for each element.
struct Parts {
    ordinals: Vec<u32>,
    groups: Vec<u32>,
    /// By group: the code of each field so far.
    keys: Vec<Vec<u32>>,
    /// By field so far: value and place by code.
    codes: Vec<Vec<(CellValue, u32)>>,
}

impl Parts {
    fn all(ordinals: Vec<u32>) -> Self {
        let groups = vec![0; ordinals.len()];
        Self { ordinals, groups, keys: vec![Vec::new()], codes: Vec::new() }
    }

    /// Splits each group by the codes of one more field.
    fn split(&mut self, codes: Codes) {
        if let Some(positions) = &codes.positions {
            let take = |items: &[u32]| -> Vec<u32> {
                positions.iter().filter_map(|position| items.get(*position as usize).copied()).collect()
            };
            self.ordinals = take(&self.ordinals);
            self.groups = take(&self.groups);
        }
        if self.codes.is_empty() {
            self.keys = (0..codes.values.len() as u32).map(|code| vec![code]).collect();
            self.groups = codes.by_position;
        } else {
            self.combine(&codes.by_position);
        }
        self.codes.push(codes.values);
    }

    fn combine(&mut self, codes: &[u32]) {
        let mut known: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut keys: Vec<Vec<u32>> = Vec::new();
        for (group, code) in self.groups.iter_mut().zip(codes) {
            *group = *known.entry((*group, *code)).or_insert_with(|| {
                let mut key = self.keys.get(*group as usize).cloned().unwrap_or_default();
                key.push(*code);
                keys.push(key);
                keys.len() as u32 - 1
            });
        }
        self.keys = keys;
    }

    fn finish(self, plans: &[Plan<'_>]) -> Vec<Group> {
        let mut counts = vec![0; self.keys.len()];
        for group in &self.groups {
            if let Some(count) = counts.get_mut(*group as usize) {
                *count += 1;
            }
        }
        let mut columns: Vec<_> =
            plans.iter().map(|plan| plan.values(&self.ordinals, &self.groups, counts.len()).into_iter()).collect();
        let mut placed: Vec<(Vec<u32>, Group)> = Vec::with_capacity(counts.len());
        for (key, count) in self.keys.iter().zip(counts) {
            let entries: Vec<_> =
                key.iter().zip(&self.codes).filter_map(|(code, values)| values.get(*code as usize)).collect();
            let place = entries.iter().map(|(_, place)| *place).collect();
            let key = entries.iter().map(|(value, _)| value.clone()).collect();
            let values = columns.iter_mut().filter_map(Iterator::next).collect();
            placed.push((place, Group { key, count, values }));
        }
        placed.sort_by(|left, right| left.0.cmp(&right.0));
        placed.into_iter().map(|(_, group)| group).collect()
    }
}
