//! "by owner", "per month", "for each status".

use super::super::{
    book::Kind,
    choose::Choice,
    conditions::Mark,
    plan::{Ask, Groups, Op},
};
use super::Decision;

impl Decision<'_> {
    /// "by owner", "per region", "for each status".
    pub(super) fn groups(&mut self) -> Option<Ask> {
        for (next, cue) in self.cues.groups.clone() {
            if !self.draft.free(cue, cue + 1) {
                continue;
            }
            if let Some((bucket, field, end)) = self.bucket(next) {
                self.draft.mark(cue, end, Mark::Cue);
                return Some(self.grouped(field, Some(bucket)));
            }
            let Some((field, _, end)) = self.field_at(next) else { continue };
            if self.draft.kind(field).is_number() && self.cues.count.is_none() && self.cues.op.is_none() {
                continue;
            }
            if self.draft.marks.get(next..end).is_some_and(|m| m.contains(&Mark::ConditionField)) {
                continue;
            }
            self.draft.mark(cue, end, Mark::Cue);
            return Some(self.grouped(field, None));
        }
        None
    }

    /// "per month" over the table's date field.
    pub(super) fn bucket(&self, next: usize) -> Option<(String, usize, usize)> {
        let bucket = ["year", "month", "week", "day"].into_iter().find(|b| self.draft.reading.is(next, &[b]))?;
        if self.draft.table.fields.iter().any(|f| f.stems().contains(&bucket)) {
            return None;
        }
        let dates: Vec<usize> =
            (0..self.draft.table.fields.len()).filter(|f| self.draft.kind(*f) == Kind::Date).collect();
        let mut end = next + 1;
        if self.draft.reading.is(end, &["of", "by"])
            && let Some((field, _, stop)) =
                self.field_at(end + 1 + usize::from(self.draft.reading.is(end + 1, &["the"])))
        {
            end = stop;
            return Some((bucket.to_owned(), field, end));
        }
        let named = self.draft.links.fields.iter().filter(|m| dates.contains(&m.field) && m.quality > 0.3);
        let field =
            named.max_by(|a, b| a.quality.total_cmp(&b.quality)).map(|m| m.field).or(match dates.as_slice() {
                [only] => Some(*only),
                _ => None,
            })?;
        Some((bucket.to_owned(), field, end))
    }

    pub(super) fn grouped(&mut self, by: usize, bucket: Option<String>) -> Ask {
        let op = self.cues.op.map(|(op, _)| op).or(self.extreme_op());
        self.used.extend(self.cues.op.map(|(_, at)| at).or(self.cues.superlatives.first().map(|s| s.start)));
        let mut field = None;
        let mut op = op.unwrap_or(Op::Sum);
        if let Some((start, end)) = self.cues.count {
            self.draft.mark(start, end, Mark::Cue);
        }
        let counted = self.cues.count.is_some_and(|(_, end)| self.draft.marks.get(end) == Some(&Mark::Table));
        if let Some((measure, start, end)) = self.measure(by) {
            if counted {
                // "number of people hired per year": no sum of what stands beside the table.
                self.draft.sureness -= 0.8;
            }
            self.draft.mark(start, end, Mark::Cue);
            self.shown.push(Choice { field: measure, score: 0.4, said: None });
            field = Some(self.draft.name(measure));
            if self.cues.op.is_none() && self.extreme_op().is_none() && self.cues.count.is_none() && !self.cues.how_much
            {
                // "budget by owner": the sum is what is meant, and is said.
                op = Op::Sum;
            }
        } else {
            op = Op::Count;
        }
        self.mark_cues();
        self.shown.push(Choice { field: by, score: 0.4, said: None });
        let by = self.draft.name(by);
        Ask::Groups(Groups { by, bucket, op, field, pick: None, having: None })
    }

    pub(super) fn extreme_op(&self) -> Option<Op> {
        let superlative = self.cues.superlatives.first()?;
        Some(if superlative.greatest { Op::Max } else { Op::Min })
    }
}
