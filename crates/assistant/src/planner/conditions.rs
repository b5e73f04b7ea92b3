//! Finds the conditions of a question within one table.

mod affixes;
mod numbers;
mod placing;
mod states;
#[cfg(test)]
mod tests;

use super::{
    book::{Book, Kind, Table},
    lexicon,
    mentions::{FieldMention, Links, Reading},
    plan::Condition,
};

/// What a word was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Free,
    /// A value, number or date of a condition.
    Condition,
    /// The name of a condition's field.
    ConditionField,
    /// A word that says what is asked (how many, highest, by).
    Cue,
    /// The name of the table.
    Table,
    /// The name of a field that is asked for.
    Asked,
}

/// A table's view of a question while it is being understood.
pub struct Draft<'a> {
    pub reading: &'a Reading,
    pub book: &'a Book,
    pub index: usize,
    pub table: &'a Table,
    pub links: &'a Links,
    pub marks: Vec<Mark>,
    pub conditions: Vec<Condition>,
    /// Fields the conditions test, in order.
    pub tested: Vec<usize>,
    /// Something that should be a condition could not be placed.
    pub lost: Vec<String>,
    /// How sure the placement is; lowered by ties.
    pub sureness: f32,
    /// Sum of what the conditions explain.
    pub weight: f32,
}

/// Words that may stand between a field and its value.
const BRIDGES: [&str; 41] = [
    "is", "was", "are", "were", "of", "the", "a", "an", "named", "called", "=", "being", "be", "equal", "to", "as",
    "at", "in", "for", "with", "had", "has", "have", "by", "from", "that", "on", "equals", "shows", "value", "not",
    "s", "number", "exactly", "reads", "either", "set", "under", "against", "it", "#",
];

impl<'a> Draft<'a> {
    pub fn new(reading: &'a Reading, book: &'a Book, index: usize) -> Option<Self> {
        Some(Self {
            reading,
            book,
            index,
            table: book.tables.get(index)?,
            links: reading.links.get(index)?,
            marks: vec![Mark::Free; reading.words.len()],
            conditions: Vec::new(),
            tested: Vec::new(),
            lost: Vec::new(),
            sureness: 1.0,
            weight: 0.0,
        })
    }

    pub fn mark(&mut self, start: usize, end: usize, mark: Mark) {
        for slot in self.marks.iter_mut().take(end).skip(start) {
            *slot = mark;
        }
    }

    pub fn free(&self, start: usize, end: usize) -> bool {
        self.marks.get(start..end).is_some_and(|m| m.iter().all(|m| matches!(m, Mark::Free | Mark::Table)))
    }

    pub fn name(&self, field: usize) -> String {
        self.table.fields.get(field).map(|f| f.name.clone()).unwrap_or_default()
    }

    pub fn kind(&self, field: usize) -> Kind {
        self.table.fields.get(field).map_or(Kind::Text, |f| f.kind)
    }

    /// Whether the table has fields of dates.
    fn has_dates(&self) -> bool {
        self.table.fields.iter().any(|f| f.kind == Kind::Date)
    }

    /// Places every value, number and date.
    pub fn place_all(&mut self) {
        self.note_unclear_days();
        self.place_affixes();
        self.place_emptiness();
        self.place_years();
        self.place_compared();
        if self.has_dates() {
            self.place_dates();
        }
        self.place_values();
        self.note_lost_comparisons();
        self.place_bare_numbers();
        self.place_flags();
        self.place_overdue();
        self.place_happened();
    }

    pub fn push(&mut self, field: usize, condition: Condition) {
        self.tested.push(field);
        self.conditions.push(condition);
    }

    /// The best mention of `field` beside words `start..end`, with its strength.
    fn beside(&self, field: usize, start: usize, end: usize) -> Option<(f32, &'a FieldMention)> {
        let left = self.left_of(field, start);
        let right = self.right_of(field, end);
        match (left, right) {
            (Some(l), Some(r)) => Some(if l.0 >= r.0 { l } else { r }),
            (l, r) => l.or(r),
        }
    }

    fn left_of(&self, field: usize, start: usize) -> Option<(f32, &'a FieldMention)> {
        let mut at = start;
        for skipped in 0..5 {
            let found = self
                .links
                .fields
                .iter()
                .filter(|m| m.field == field && m.end == at && !m.dominated && self.free(m.start, m.end))
                .max_by(|a, b| a.quality.total_cmp(&b.quality));
            if let Some(mention) = found {
                let asked = if self.opens(mention.start) { 0.4 } else { 1.0 };
                return Some((asked * (3.0 * mention.quality.min(1.0) - 0.25 * skipped as f32), mention));
            }
            at = at.checked_sub(1)?;
            let word = self.reading.words.get(at)?;
            let bridge = BRIDGES.contains(&word.text.as_str());
            if !bridge {
                return None;
            }
        }
        None
    }

    /// Whether the message opens by asking for what stands at `at` ("name the F for V").
    fn opens(&self, at: usize) -> bool {
        let asks = |word: &str| matches!(word, "what" | "which" | "name" | "list" | "give" | "show" | "tell" | "whats");
        let opener = self.reading.words.iter().take(at).rposition(|w| asks(&w.text));
        opener.is_some_and(|o| (o + 1..at).all(|i| lexicon::is_plain(self.reading.text(i))))
    }

    fn right_of(&self, field: usize, end: usize) -> Option<(f32, &'a FieldMention)> {
        for (at, skipped) in (end..).zip(0..4_u8) {
            if at.checked_sub(1).and_then(|i| self.reading.words.get(i)).is_some_and(|w| w.stop) {
                return None;
            }
            let found = self
                .links
                .fields
                .iter()
                .filter(|m| m.field == field && m.start == at && !m.dominated && self.free(m.start, m.end))
                .max_by(|a, b| a.quality.total_cmp(&b.quality));
            if let Some(mention) = found {
                return Some((2.6 * mention.quality.min(1.0) - 0.3 * skipped as f32, mention));
            }
            if !self.reading.is(at, &["for", "as", "is", "the", "in", "was", "a", "an", "their", "of", "total"]) {
                return None;
            }
        }
        None
    }

    /// Whether a word of negation stands right before `start`, and where.
    fn negation(&self, start: usize) -> Option<usize> {
        for back in 1..=5 {
            let at = start.checked_sub(back)?;
            let word = self.reading.words.get(at)?;
            let negates = matches!(
                word.text.as_str(),
                "not" | "except" | "excluding" | "besides" | "without" | "non" | "never" | "no" | "neither" | "nor"
            );
            if negates && !self.names(at) {
                return Some(at);
            }
            if word.text == "than" && self.reading.is(at.checked_sub(1)?, &["other", "rather"]) {
                return Some(at - 1);
            }
            let named = self.marks.get(at).is_some_and(|m| *m == Mark::ConditionField);
            let bridge = matches!(
                word.text.as_str(),
                "in" | "the"
                    | "a"
                    | "an"
                    | "be"
                    | "have"
                    | "status"
                    | "from"
                    | "is"
                    | "of"
                    | "by"
                    | "to"
                    | "been"
                    | "for"
                    | "assigned"
                    | "marked"
                    | "as"
                    | "set"
                    | "yet"
                    | "live"
                    | "work"
                    | "based"
                    | "located"
                    | "owned"
                    | "with"
                    | "any"
            );
            if word.stop || !(named || bridge) {
                return None;
            }
        }
        None
    }

    /// Whether the word belongs to the name of a field ("Tie no").
    fn names(&self, at: usize) -> bool {
        let own = |m: &&FieldMention| {
            m.start <= at
                && m.end > at
                && m.quality > 0.45
                && self
                    .table
                    .fields
                    .get(m.field)
                    .is_some_and(|f| f.words.iter().any(|w| w.text == self.reading.text(at)))
        };
        self.links.fields.iter().any(|m| own(&m))
    }
}

fn is_equality(op: &str) -> bool {
    matches!(op, "=" | "is_any_of" | "has_any_of")
}
