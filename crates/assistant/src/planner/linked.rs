//! Conditions and answers one link away: "projects of companies in Berlin", "the email of Apollo's owner".

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::{
    book::Kind,
    conditions::{Draft, Mark},
    mentions::{FieldMention, ValueMention},
    plan::{Condition, Shown, Test, Via},
};

impl Draft<'_> {
    /// The links of this table: field, other table.
    fn linked_tables(&self) -> Vec<(usize, usize)> {
        let fields = self.table.fields.iter().enumerate().filter(|(_, f)| f.kind == Kind::Link);
        fields.filter_map(|(at, f)| Some((at, self.book.linked(f)?))).collect()
    }

    /// Values nothing here has, but a linked table does.
    pub fn place_linked(&mut self) {
        for (link, other) in self.linked_tables() {
            let Some(links) = self.reading.links.get(other) else { continue };
            let mut values: Vec<&ValueMention> = links.values.iter().filter(|v| v.exact).collect();
            values.sort_by_key(|v| v.start.wrapping_sub(v.end));
            for mention in values {
                if self.book.tables.get(other).is_some_and(|t| t.primary == mention.field)
                    || !self.free(mention.start, mention.end)
                {
                    continue;
                }
                if self.is_name_here(mention.start, mention.end) {
                    continue;
                }
                self.mark(mention.start, mention.end, Mark::Condition);
                self.weight += 0.8 * (mention.end - mention.start) as f32;
                let value = mention.value.clone();
                self.push_linked(link, other, mention.field, &value);
                self.mark_link_words(link, other, mention.field);
            }
        }
    }

    /// Whether the words name a field or table rather than a value of another table.
    fn is_name_here(&self, start: usize, end: usize) -> bool {
        let capital = self.reading.words.get(start..end).unwrap_or_default().iter().any(|w| w.capital || w.quoted);
        let named = self.links.fields.iter().any(|m| m.start <= start && m.end >= end && m.quality > 0.8)
            || self.reading.tables.iter().any(|m| m.start <= start && m.end >= end && m.quality > 0.9)
            || super::cues::is_cue_word(self.reading.text(start));
        !capital && (named || !self.says_other(start, end))
    }

    /// Whether the message names a linked table or link besides these words, so that a common word may be its value.
    fn says_other(&self, start: usize, end: usize) -> bool {
        let linked = self.linked_tables();
        let apart = |from: usize, to: usize| to <= start || from >= end;
        self.reading
            .tables
            .iter()
            .any(|m| linked.iter().any(|(_, t)| *t == m.table) && m.quality > 0.8 && apart(m.start, m.end))
    }

    fn push_linked(&mut self, link: usize, other: usize, field: usize, value: &Value) {
        let Some(entry) = self.book.field(other, field) else { return };
        let condition = if entry.kind.is_list() {
            Condition::is(&entry.name, "has_any_of", json!([value]))
        } else {
            Condition {
                field: entry.name.clone(),
                test: Test::Is { op: "=".to_owned(), value: value.clone() },
                via: None,
                negated: false,
            }
        };
        let table = self.book.tables.get(other).map(|t| t.name.clone()).unwrap_or_default();
        let via = Some(Via { link: self.name(link), table });
        self.conditions.push(Condition { via, ..condition });
        self.tested.push(link);
    }

    /// The words that name the link, the other table or the tested field are explained by the condition.
    fn mark_link_words(&mut self, link: usize, other: usize, field: usize) {
        let own = self.links.fields.iter().filter(|m| m.field == link && m.quality > 0.6).map(|m| (m.start, m.end));
        let tables =
            self.reading.tables.iter().filter(|m| m.table == other && m.quality > 0.6).map(|m| (m.start, m.end));
        let far = self.reading.links.get(other).into_iter().flat_map(|l| &l.fields);
        let far = far.filter(|m| m.field == field && m.quality > 0.6).map(|m| (m.start, m.end));
        let all: Vec<(usize, usize)> = own.chain(tables).chain(far).collect();
        for (start, end) in all {
            if self.free(start, end) {
                self.mark(start, end, Mark::ConditionField);
            }
        }
    }

    /// A field of a linked table that is asked for through the link: "the email of the owner of Apollo".
    pub fn shown_beyond(&mut self) -> Option<Shown> {
        for (link, other) in self.linked_tables() {
            let Some(link_words) = self.link_words(link, other) else { continue };
            let Some(mention) = self.far_field(other, link_words) else { continue };
            let field = self.book.field(other, mention.field)?.name.clone();
            let table = self.book.tables.get(other)?.name.clone();
            let (start, end) = (mention.start, mention.end);
            self.mark(start, end, Mark::Asked);
            self.mark(link_words.0, link_words.1, Mark::Asked);
            return Some(Shown { field, via: Some(Via { link: self.name(link), table }) });
        }
        None
    }

    fn link_words(&self, link: usize, other: usize) -> Option<(usize, usize)> {
        let own = self.links.fields.iter().filter(|m| m.field == link && m.quality > 0.6).map(|m| (m.start, m.end));
        let tables =
            self.reading.tables.iter().filter(|m| m.table == other && m.quality > 0.8).map(|m| (m.start, m.end));
        own.chain(tables).find(|(start, end)| self.unused(*start, *end))
    }

    fn unused(&self, start: usize, end: usize) -> bool {
        self.marks.get(start..end).is_some_and(|m| m.iter().all(|m| *m == Mark::Free))
    }

    /// A field of the other table, said in words this table's own fields do not say as well.
    fn far_field(&self, other: usize, link_words: (usize, usize)) -> Option<FieldMention> {
        let own = |m: &FieldMention| {
            self.links.fields.iter().any(|o| o.start == m.start && o.end == m.end && o.quality >= m.quality)
        };
        let links = self.reading.links.get(other)?;
        let fitting = links.fields.iter().filter(|m| {
            m.quality > 0.6
                && (m.end <= link_words.0 || m.start >= link_words.1)
                && self.unused(m.start, m.end)
                && !own(m)
        });
        fitting.max_by(|a, b| a.quality.total_cmp(&b.quality)).cloned()
    }
}
