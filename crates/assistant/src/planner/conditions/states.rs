//! Placing times, checkboxes, emptiness and what is overdue.

use serde_json::{Value, json};

use super::super::{
    book::Kind,
    dates, lexicon,
    mentions::FieldMention,
    plan::{Condition, Test},
    text,
};
use super::{Draft, Mark};

impl Draft<'_> {
    /// A day that may be read two ways is no condition, and its figures are none either.
    pub(super) fn note_unclear_days(&mut self) {
        for unclear in &self.reading.unclear_days {
            if !self.free(unclear.start, unclear.end) {
                continue;
            }
            self.mark(unclear.start, unclear.end, Mark::Condition);
            let [one, other] = &unclear.either;
            let said = self.reading.slice(unclear.start, unclear.end);
            self.lost.push(format!("{said} (say {one} or {other})"));
        }
    }

    pub(super) fn place_dates(&mut self) {
        for mention in &self.reading.dates {
            if !self.free(mention.start, mention.end) {
                continue;
            }
            if mention.bare_year.is_some()
                && (self.value_covers(mention.start, mention.end) || self.number_named_before(mention.start).is_some())
                || self.is_said_value(mention)
            {
                continue;
            }
            let Some((field, name)) = self.date_field(mention.start, mention.end) else {
                self.lost.push(self.reading.slice(mention.start, mention.end).to_owned());
                continue;
            };
            self.mark(mention.start, mention.end, Mark::Condition);
            if let Some((start, end)) = name {
                self.mark(start, end, Mark::ConditionField);
            }
            self.weight += 2.0;
            let span = mention.span.clone();
            let test = match mention.yearly {
                Some((month, day)) => Test::Yearly { month, day, spans: vec![] },
                None => Test::Within { from: span.from, until: span.until },
            };
            let condition = Condition::new(&self.name(field), test);
            let negation = self.negation(mention.start);
            if let Some(at) = negation {
                self.mark(at, at + 1, Mark::Cue);
            }
            if negation.is_none() && self.joins_span(mention, &condition) {
                continue;
            }
            self.push(field, Condition { negated: negation.is_some(), ..condition });
        }
    }

    /// "in 1965 or 1966": another span of the same field, not a second test.
    fn joins_span(&mut self, mention: &dates::Mention, condition: &Condition) -> bool {
        let Some(before) = mention.start.checked_sub(1) else { return false };
        let joint = self.reading.is(before, &["or", "and"]);
        let listed = self.reading.words.get(before).is_some_and(|w| w.stop);
        let end = before + usize::from(!joint);
        let beside = self.reading.dates.iter().any(|d| d.end == end);
        let Test::Within { from: Some(from), until: Some(until) } = &condition.test else { return false };
        let Some(known) = self.conditions.last_mut().filter(|c| c.field == condition.field && !c.negated) else {
            return false;
        };
        if !(joint || listed) || !beside {
            return false;
        }
        let mut spans = match &known.test {
            Test::Within { from: Some(from), until: Some(until) } => vec![(from.clone(), until.clone())],
            Test::Among(spans) => spans.clone(),
            _ => return false,
        };
        spans.push((from.clone(), until.clone()));
        known.test = Test::Among(spans);
        if joint {
            self.mark(before, before + 1, Mark::Cue);
        }
        true
    }

    /// Whether the word for a day or month is a cell's text here ("weather is sun").
    fn is_said_value(&self, mention: &dates::Mention) -> bool {
        let Some(last) = mention.end.checked_sub(1) else { return false };
        let word = self.reading.words.get(last).is_some_and(|w| w.text.chars().all(char::is_alphabetic));
        word && self.links.values.iter().any(|v| v.exact && v.start <= last && v.end == mention.end)
    }

    /// Whether a longer cell text holds these words.
    pub(super) fn value_covers(&self, start: usize, end: usize) -> bool {
        self.links.values.iter().any(|v| v.exact && v.start <= start && v.end >= end && v.end - v.start > end - start)
            || self.links.values.iter().any(|v| v.exact && v.end == end && self.kind(v.field).is_number())
    }

    /// The date field a time is about: named beside, named anywhere, or the only one.
    pub(super) fn date_field(&self, start: usize, end: usize) -> Option<(usize, Option<(usize, usize)>)> {
        let dates: Vec<usize> = (0..self.table.fields.len()).filter(|f| self.kind(*f) == Kind::Date).collect();
        let mut named: Vec<(f32, &FieldMention)> = self
            .links
            .fields
            .iter()
            .filter(|m| dates.contains(&m.field) && self.free(m.start, m.end) && (m.end <= start || m.start >= end))
            .map(|m| {
                let gap = if m.end <= start { start - m.end } else { m.start - end };
                (m.quality - 0.08 * gap as f32, m)
            })
            .collect();
        named.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let Some((score, best)) = named.first() {
            let rival = named.iter().find(|(_, m)| m.field != best.field).map_or(-1.0, |(s, _)| *s);
            if score - rival > 0.05 {
                return Some((best.field, Some((best.start, best.end))));
            }
        }
        match dates.as_slice() {
            [only] => Some((*only, None)),
            _ => self.unmarked_date(&dates),
        }
    }

    /// Of several dates the one that is not about a record's making, when there is one such.
    pub fn unmarked_date(&self, dates: &[usize]) -> Option<(usize, Option<(usize, usize)>)> {
        let own = |f: &&usize| {
            self.table
                .fields
                .get(**f)
                .is_some_and(|f| !lexicon::hinted(&f.stems(), &["created", "modified", "updated", "add"]))
        };
        let mut left = dates.iter().filter(own);
        let first = left.next()?;
        left.next().is_none().then_some((*first, None))
    }

    /// "people who died", where there is a date of death: it is there.
    pub(super) fn place_happened(&mut self) {
        if !self.reading.dates.is_empty() {
            return;
        }
        for mention in &self.links.fields {
            let verb = self.reading.words.get(mention.start).is_some_and(|w| w.text.ends_with("ed"));
            // "Who closed …" asks, "people who died" describes.
            let said =
                mention.start.checked_sub(1).is_some_and(|at| at > 0 && self.reading.is(at, &["who", "that", "which"]));
            let one =
                mention.end == mention.start + 1 && mention.quality > 0.3 && self.kind(mention.field) == Kind::Date;
            let taken = self.tested.contains(&mention.field) || !self.free(mention.start, mention.end);
            if !verb || !said || !one || taken {
                continue;
            }
            self.mark(mention.start, mention.end, Mark::Condition);
            let condition = Condition::new(&self.name(mention.field), Test::Empty);
            self.push(mention.field, Condition { negated: true, ..condition });
        }
    }

    /// Checkboxes: "active users", "not done", "which are completed".
    pub(super) fn place_flags(&mut self) {
        for mention in &self.links.fields {
            if self.kind(mention.field) != Kind::Checkbox
                || mention.quality < 0.55
                || mention.dominated
                || self.tested.contains(&mention.field)
            {
                continue;
            }
            let taken = !self.free(mention.start, mention.end) || self.asks_for(mention.start);
            if taken || mention.quality < 0.8 && self.is_name_of_another(mention) {
                continue;
            }
            let negation = self.negation(mention.start).or_else(|| self.negation_of_verb(mention.start));
            if let Some(at) = negation {
                self.mark(at, at + 1, Mark::Cue);
            }
            self.mark(mention.start, mention.end, Mark::Condition);
            self.weight += 1.2;
            let condition = Condition::is(&self.name(mention.field), "=", json!(negation.is_none()));
            self.push(mention.field, condition);
        }
        self.place_opposites();
    }

    /// "never walked on the moon": the negation stands before a verb of the same clause.
    fn negation_of_verb(&self, start: usize) -> Option<usize> {
        for back in 1..=5 {
            let at = start.checked_sub(back)?;
            if self.reading.words.get(at)?.stop || !self.free(at, at + 1) {
                return None;
            }
            if self.reading.is(at, &["not", "never"]) && !self.names(at) {
                return Some(at);
            }
        }
        None
    }

    /// Whether some table has a field that is called just as these words, which only resemble this one ("salary", "Paid").
    fn is_name_of_another(&self, mention: &FieldMention) -> bool {
        let called = |m: &FieldMention| m.start == mention.start && m.end == mention.end && m.quality > 0.95;
        self.reading.links.iter().flat_map(|links| &links.fields).any(called)
    }

    /// "inactive", "unpaid", "incomplete": the opposite of a checkbox.
    pub(super) fn place_opposites(&mut self) {
        for (at, word) in self.reading.words.iter().enumerate() {
            if !self.free(at, at + 1) {
                continue;
            }
            let Some(rest) = ["un", "in", "non"].iter().find_map(|p| word.text.strip_prefix(p)).filter(|r| r.len() > 2)
            else {
                continue;
            };
            let said = text::words(rest);
            let hit = (0..self.table.fields.len()).find(|f| {
                let same = |w: &text::Word| said.first().is_some_and(|s| text::alike(s, w) > 0.65);
                self.kind(*f) == Kind::Checkbox && self.table.fields.get(*f).is_some_and(|f| f.words.iter().any(same))
            });
            if let Some(field) = hit {
                self.mark(at, at + 1, Mark::Condition);
                self.weight += 1.2;
                let condition = Condition::is(&self.name(field), "=", json!(false));
                self.push(field, condition);
            }
        }
    }

    /// Whether the words before `at` ask for the field itself ("by X", "group by X").
    pub(super) fn asks_for(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.reading.is(before, &["by", "per", "each", "every"]))
    }

    /// "without email", "has no phone", "missing a due date", "with an email".
    pub(super) fn place_emptiness(&mut self) {
        for mention in &self.links.fields {
            let unfit = mention.quality < 0.6 || mention.dominated || self.tested.contains(&mention.field);
            if unfit || !self.free(mention.start, mention.end) {
                continue;
            }
            let value_follows =
                self.links.values.iter().any(|v| {
                    v.field == mention.field && v.score > 0.6 && v.start >= mention.end && v.start <= mention.end + 3
                }) || self.reading.amounts.iter().any(|a| a.start >= mention.end && a.start <= mention.end + 2)
                    || self.links.values.iter().any(|v| v.exact && v.end == mention.start && v.field == mention.field);
            if value_follows || self.kind(mention.field) == Kind::Checkbox {
                continue;
            }
            let Some((start, end, empty)) = self.emptiness(mention) else { continue };
            self.mark(start, end, Mark::Cue);
            self.mark(mention.start, mention.end, Mark::ConditionField);
            self.weight += 1.5;
            let condition = Condition::new(&self.name(mention.field), Test::Empty);
            self.push(mention.field, Condition { negated: !empty, ..condition });
        }
    }

    pub(super) fn emptiness(&self, mention: &FieldMention) -> Option<(usize, usize, bool)> {
        let reading = self.reading;
        let mut at = mention.start;
        while at > 0 && reading.is(at - 1, &["a", "an", "any", "the", "its", "their", "set", "have"]) {
            at -= 1;
        }
        let before = at.checked_sub(1)?;
        if reading.is(before, &["without", "missing", "lack", "lacks", "lacking"]) {
            return Some((before, mention.start, true));
        }
        if reading.is(before, &["no"]) && !self.names(before) && !reading.is(before + 1, &["more", "less"]) {
            return Some((before, mention.start, true));
        }
        if reading.is(before, &["not"]) && reading.is(before + 1, &["have"]) {
            return Some((before, mention.start, true));
        }
        let table = reading.tables.iter().any(|m| m.table == self.index && m.end <= before && m.quality > 0.8);
        let last = mention.end == reading.words.len() && !self.kind(mention.field).is_number();
        if reading.is(before, &["with"]) && table && last {
            return Some((before, mention.start, false));
        }
        let after = mention.end + usize::from(reading.is(mention.end, &["is", "are", "was"]));
        if reading.is(after, &["empty", "missing", "blank", "unset", "unknown"]) {
            return Some((after, after + 1, true));
        }
        if reading.is(after, &["not"]) && reading.is(after + 1, &["empty", "blank", "missing"]) {
            return Some((after, after + 2, false));
        }
        if reading.is(after, &["not"]) && reading.is(after + 1, &["set", "filled"]) {
            return Some((after, after + 2, true));
        }
        None
    }

    /// "overdue": past its date and not finished.
    pub(super) fn place_overdue(&mut self) {
        let Some(at) = self.reading.words.iter().position(|w| matches!(w.text.as_str(), "overdue" | "late")) else {
            return;
        };
        if !self.free(at, at + 1) {
            return;
        }
        let due = (0..self.table.fields.len()).find(|f| {
            self.kind(*f) == Kind::Date
                && self.table.fields.get(*f).is_some_and(|f| lexicon::hinted(&f.stems(), &["due", "deadline"]))
        });
        let Some(due) = due else { return };
        let negated = self.negation(at);
        self.mark(at, at + 1, Mark::Condition);
        self.weight += 1.5;
        let today = dates::today(self.reading.now);
        let before = Test::Within { from: None, until: Some(today) };
        if let Some(negation) = negated {
            self.mark(negation, negation + 1, Mark::Cue);
        }
        let condition = Condition::new(&self.name(due), before);
        self.push(due, Condition { negated: negated.is_some(), ..condition });
        if negated.is_none() {
            self.exclude_finished();
        }
    }

    pub(super) fn exclude_finished(&mut self) {
        const FINISHED: &[&str] =
            &["done", "complete", "completed", "closed", "finished", "cancelled", "canceled", "shipped"];
        let finished = |name: &str| FINISHED.contains(&name.to_lowercase().as_str());
        for at in 0..self.table.fields.len() {
            let Some(field) = self.table.fields.get(at) else { continue };
            if self.tested.contains(&at) {
                continue;
            }
            if field.kind == Kind::Checkbox && lexicon::hinted(&field.stems(), FINISHED) {
                self.push(at, Condition::is(&field.name.clone(), "=", json!(false)));
                return;
            }
            let choices: Vec<Value> = field.choices.iter().filter(|c| finished(c)).map(|c| json!(c)).collect();
            if field.kind == Kind::Select && !choices.is_empty() {
                self.push(at, Condition::is(&field.name.clone(), "is_none_of", Value::Array(choices)));
                return;
            }
        }
    }
}
