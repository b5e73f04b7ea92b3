//! Placing the values of a question on fields.

use super::super::{
    book::Kind,
    lexicon,
    mentions::{FieldMention, ValueMention},
    plan::{Condition, Test},
    text,
};
use super::{Draft, Mark, is_equality};
use serde_json::{Value, json};

/// What words mean that are no whole value.
enum Near {
    /// These values, written a little otherwise.
    Values(Vec<Value>),
    /// Every value that holds the words.
    Contained,
}

impl<'a> Draft<'a> {
    pub(super) fn place_values(&mut self) {
        let mut ranked: Vec<(f32, &'a ValueMention)> =
            self.links.values.iter().map(|v| (self.value_weight(v), v)).filter(|(w, _)| *w > 0.45).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.field.cmp(&b.1.field)));
        let mut placed: Vec<(usize, usize)> = Vec::new();
        for at in 0..ranked.len() {
            let Some((weight, mention)) = ranked.get(at).copied() else { break };
            if placed.iter().any(|(s, e)| mention.start < *e && *s < mention.end)
                || !self.free(mention.start, mention.end)
            {
                continue;
            }
            self.note_ties(&ranked, at);
            placed.push((mention.start, mention.end));
            self.place_value(weight, mention, &ranked);
        }
        self.join_lists();
    }

    /// "with Ada and Grace": of a list all are meant, unless they are told apart by "or".
    fn join_lists(&mut self) {
        let condition = |at: usize| self.marks.get(at) == Some(&Mark::Condition);
        let joins = |word: &str| {
            (1..self.reading.words.len())
                .any(|at| self.reading.is(at, &[word]) && condition(at - 1) && condition(at + 1))
        };
        if !joins("and") || joins("or") || joins("vs") || joins("versus") {
            return;
        }
        for condition in self.conditions.iter_mut().filter(|c| !c.negated && c.via.is_none()) {
            if let Test::Is { op, value: Value::Array(parts) } = &mut condition.test
                && op == "has_any_of"
                && parts.len() > 1
            {
                "has_all_of".clone_into(op);
            }
        }
    }

    /// The same words in another field of about the same weight make the reading less sure.
    pub(super) fn note_ties(&mut self, ranked: &[(f32, &ValueMention)], at: usize) {
        let Some((weight, mention)) = ranked.get(at) else { return };
        let rival = ranked.iter().skip(at + 1).any(|(other_weight, other)| {
            other.start == mention.start
                && other.end == mention.end
                && other.field != mention.field
                && *weight - *other_weight < 0.12
                && !self.links.fields.iter().any(|m| m.field == other.field && m.quality > 0.8 && self.opens(m.start))
        });
        if rival {
            self.sureness -= 0.75;
        }
    }

    pub(super) fn value_weight(&self, mention: &ValueMention) -> f32 {
        let Some(span) = self.reading.words.get(mention.start..mention.end) else { return 0.0 };
        if self.is_header(mention) || self.is_compared(mention) || !mention.exact && self.names_something(mention) {
            return 0.0;
        }
        let content: f32 = span.iter().map(|w| if lexicon::is_plain(&w.text) { 0.35 } else { 1.0 }).sum();
        let mut weight = content * if mention.exact { 1.0 } else { 0.62 * mention.score };
        if mention.exact && span.len() > 1 {
            weight += 0.4;
        }
        let capital = span.iter().any(|w| w.capital || w.quoted) && (mention.start > 0 || span.len() > 1);
        let beside = self.beside(mention.field, mention.start, mention.end).map_or(0.0, |(s, _)| s.max(0.0));
        weight += 0.3 * beside + if capital { 0.25 } else { 0.0 };
        weight += self.preposition_hint(mention);
        if beside <= 1.0 {
            weight += self.spoken_of(mention);
        }
        if mention.value.as_str() == Some(self.reading.slice(mention.start, mention.end)) {
            weight += 0.01;
        }
        if mention.field == self.table.primary {
            weight += 0.15;
        }
        if span.len() == 1 && !capital {
            weight -= self.name_penalty(mention, beside);
        }
        if beside < 1.5 && self.inside_name(mention) {
            weight -= 1.0;
        }
        weight
    }

    /// A field whose name is said elsewhere, even in part, is rather meant ("Arsenal at home" for Home team), the more
    /// the nearer it is said; but not the field that is asked for.
    fn spoken_of(&self, mention: &ValueMention) -> f32 {
        let near = |m: &FieldMention| {
            let gap = if m.end <= mention.start { mention.start - m.end } else { m.start - mention.end };
            m.quality.min(1.0) * (1.0 - 0.1 * gap as f32).max(0.2)
        };
        let apart = |m: &&FieldMention| m.end <= mention.start || m.start >= mention.end;
        let own = self.links.fields.iter().filter(|m| m.field == mention.field).filter(apart);
        0.4 * own.filter(|m| !self.opens(m.start)).map(near).fold(0.0, f32::max)
    }

    /// A header repeated as a cell is never what is meant.
    pub(super) fn is_header(&self, mention: &ValueMention) -> bool {
        let Some(text) = mention.value.as_str() else { return false };
        self.table.fields.get(mention.field).is_some_and(|f| f.name.eq_ignore_ascii_case(text))
    }

    /// Words that nearly are a value, but rather name a field or table, or are no name at all.
    pub(super) fn names_something(&self, mention: &ValueMention) -> bool {
        let span = self.reading.words.get(mention.start..mention.end).unwrap_or_default();
        let inside = |start: usize, end: usize| start < mention.end && mention.start < end;
        let field = self.links.fields.iter().any(|m| inside(m.start, m.end) && m.quality > 0.3);
        let table = self.reading.tables.iter().any(|m| inside(m.start, m.end));
        let marked = span.iter().any(|w| w.capital || w.quoted || w.number.is_some());
        let lower = mention.score < 0.8 && !marked && !Self::is_slip(mention, span);
        (field || table || lower) && mention.score < 0.94 && !span.iter().any(|w| w.quoted)
    }

    /// A word that is no English the planner knows and one letter away from the value ("germny").
    fn is_slip(mention: &ValueMention, span: &[text::Word]) -> bool {
        let [word] = span else { return false };
        let value = mention.value.as_str().map(text::fold).unwrap_or_default();
        !lexicon::is_known(&word.text) && word.text.len() >= 5 && text::typo(&word.text, &value)
    }

    /// Whether the words are a part of a field's longer name ("Part 2").
    pub(super) fn inside_name(&self, mention: &ValueMention) -> bool {
        self.links.fields.iter().any(|m| {
            m.start <= mention.start
                && m.end >= mention.end
                && m.end - m.start > mention.end - mention.start
                && m.quality > 0.85
                && self.table.fields.get(m.field).is_some_and(|f| {
                    let said = self.reading.words.get(mention.start..mention.end).unwrap_or_default();
                    said.iter().all(|w| f.words.iter().any(|n| n.stem == w.stem))
                })
        })
    }

    /// "by X" is a person, "in X" a place or a year.
    pub(super) fn preposition_hint(&self, mention: &ValueMention) -> f32 {
        let Some(field) = self.table.fields.get(mention.field) else { return 0.0 };
        let Some(mut before) = mention.start.checked_sub(1) else { return 0.0 };
        if self.reading.is(before, &["the"]) {
            before = before.saturating_sub(1);
        }
        let stems = field.stems();
        match self.reading.text(before) {
            "from" | "left" | "leaving" | "departing" if lexicon::hinted(&stems, lexicon::SOURCES) => return 0.5,
            "of" if before > 0
                && self.reading.is(before - 1, &["out"])
                && lexicon::hinted(&stems, lexicon::SOURCES) =>
            {
                return 0.5;
            }
            "to" | "into" | "reaching" if lexicon::hinted(&stems, lexicon::GOALS) => return 0.5,
            _ => {}
        }
        let fits = match self.reading.text(before) {
            "by" => lexicon::hinted(&stems, lexicon::PERSONS),
            "in" | "at" => lexicon::hinted(&stems, lexicon::PLACES) || lexicon::hinted(&stems, lexicon::TIMES),
            "on" | "during" => lexicon::hinted(&stems, lexicon::TIMES),
            "from" => lexicon::hinted(&stems, lexicon::PLACES),
            _ => false,
        };
        if fits { 0.2 } else { 0.0 }
    }

    /// A lone small word that also names a field or table, or says what is asked, is rarely a value.
    pub(super) fn name_penalty(&self, mention: &ValueMention, beside: f32) -> f32 {
        let text = self.reading.text(mention.start);
        let short =
            text.chars().count() <= 1 && self.reading.words.get(mention.start).is_some_and(|w| w.number.is_none());
        let names_field =
            self.links.fields.iter().any(|m| m.start == mention.start && m.end == mention.end && m.quality > 0.85);
        let names_table =
            self.reading.tables.iter().any(|m| m.start == mention.start && m.table == self.index && m.quality > 0.9);
        let cue = super::super::asking::is_cue_word(text);
        if beside > 1.5 {
            return 0.0;
        }
        f32::from(u8::from(short)) * 0.5
            + if names_field || names_table { 0.7 } else { 0.0 }
            + if cue { 0.7 } else { 0.0 }
    }

    pub(super) fn place_value(&mut self, weight: f32, mention: &'a ValueMention, ranked: &[(f32, &ValueMention)]) {
        self.weight += weight;
        self.mark(mention.start, mention.end, Mark::Condition);
        if let Some((strength, field)) = self.beside(mention.field, mention.start, mention.end)
            && strength > 0.5
        {
            self.mark(field.start, field.end, Mark::ConditionField);
        }
        let negation = self.negation(mention.start);
        if let Some(at) = negation {
            self.mark(at, at + 1, Mark::Cue);
        }
        self.note_order(mention);
        if mention.exact {
            self.add_value(mention.field, vec![mention.value.clone()], negation.is_some());
            return;
        }
        self.sureness -= 0.1;
        match self.near_values(mention, ranked) {
            Near::Values(values) => self.add_value(mention.field, values, negation.is_some()),
            Near::Contained => self.add_contained(mention, negation.is_some()),
        }
    }

    /// Of several values that hold the words all are meant, also those that were not told.
    fn add_contained(&mut self, mention: &ValueMention, negated: bool) {
        let said = self.reading.slice(mention.start, mention.end).to_owned();
        if said.chars().count() < 4 || !matches!(self.kind(mention.field), Kind::Text | Kind::Link) {
            self.lost.push(said);
            return;
        }
        let condition = Condition::is(&self.name(mention.field), "contains", json!(said));
        self.push(mention.field, Condition { negated, ..condition });
    }

    /// Whether the words stand in the value as they are.
    fn holds(&self, mention: &ValueMention) -> bool {
        let said = text::fold(self.reading.slice(mention.start, mention.end));
        mention.value.as_str().is_some_and(|value| text::fold(value).contains(&said))
    }

    /// The values the same words of a field nearly say.
    fn near_values(&self, mention: &ValueMention, ranked: &[(f32, &ValueMention)]) -> Near {
        let alike = |v: &&ValueMention| v.start == mention.start && v.end == mention.end && v.field == mention.field;
        let all: Vec<&ValueMention> = ranked.iter().map(|(_, v)| *v).filter(alike).collect();
        let holding = all.iter().filter(|v| self.holds(v)).count();
        if holding > 1 && self.kind(mention.field) != Kind::Select && self.kind(mention.field) != Kind::MultiSelect {
            return Near::Contained;
        }
        let equal = |v: &&&ValueMention| (v.score - mention.score).abs() < 0.02 && (holding == 0 || self.holds(v));
        Near::Values(all.iter().filter(equal).map(|v| v.value.clone()).take(20).collect())
    }

    /// "after Apollo 11" is not Apollo 11 itself.
    fn note_order(&mut self, mention: &ValueMention) {
        let Some(at) = mention.start.checked_sub(1) else { return };
        let than = self.reading.is(at, &["than"])
            && !at.checked_sub(1).is_some_and(|b| self.reading.is(b, &["other", "rather"]));
        let order = than || self.reading.is(at, &["after", "before", "following", "preceding"]);
        if order && self.free(at, at + 1) && self.kind(mention.field) != Kind::Date {
            self.mark(at, at + 1, Mark::Cue);
            self.lost.push(self.reading.slice(at, mention.end).to_owned());
        }
    }

    /// Adds a test for equality; a second value of one field widens the first.
    pub(super) fn add_value(&mut self, field: usize, values: Vec<Value>, negated: bool) {
        let name = self.name(field);
        let list = self.kind(field).is_list();
        let known = self.conditions.iter_mut().find(|c| {
            c.field == name
                && c.via.is_none()
                && c.negated == negated
                && matches!(&c.test, Test::Is { op, .. } if is_equality(op))
        });
        if let Some(Condition { test: Test::Is { op, value }, .. }) = known {
            let mut all = match value.take() {
                Value::Array(all) => all,
                single => vec![single],
            };
            all.extend(values);
            all.dedup();
            if list { "has_any_of" } else { "is_any_of" }.clone_into(op);
            *value = Value::Array(all);
            return;
        }
        let condition = match (list, values.as_slice()) {
            (true, _) => Condition::is(&name, "has_any_of", Value::Array(values)),
            (false, [single]) => Condition::is(&name, "=", single.clone()),
            (false, _) => Condition::is(&name, "is_any_of", Value::Array(values)),
        };
        self.push(field, Condition { negated, ..condition });
    }
}
