//! "call signs that start with C", "names ending in s", "notes that mention glue".

use serde_json::json;

use super::super::{book::Kind, mentions::FieldMention, plan::Condition};
use super::{Draft, Mark};

impl Draft<'_> {
    pub(super) fn place_affixes(&mut self) {
        for at in 0..self.reading.words.len() {
            let Some((op, next)) = self.affix(at) else { continue };
            let Some(end) = self.affix_end(next) else { continue };
            let field = self.affix_field(at);
            let Some((field, said)) = field.filter(|_| self.free(at, end)) else {
                self.lost.push(self.reading.slice(at, end).to_owned());
                continue;
            };
            let negation = self.negation(at);
            if let Some(negation) = negation {
                self.mark(negation, negation + 1, Mark::Cue);
            }
            if let Some(mention) = said {
                self.mark(mention.start, mention.end, Mark::ConditionField);
            }
            self.mark(at, end, Mark::Condition);
            self.weight += 1.5;
            let condition = Condition::is(&self.name(field), op, json!(self.reading.slice(next, end)));
            self.push(field, Condition { negated: negation.is_some(), ..condition });
        }
    }

    /// The test that the word at `at` names, and where what it tests for begins.
    fn affix(&self, at: usize) -> Option<(&'static str, usize)> {
        let follows = |words: &[&str]| self.reading.is(at + 1, words).then_some(at + 2);
        match self.reading.text(at) {
            "start" | "starts" | "starting" | "started" | "begin" | "begins" | "beginning" => {
                Some(("starts_with", follows(&["with"])?))
            }
            "end" | "ends" | "ending" => Some(("ends_with", follows(&["with", "in"])?)),
            "contain" | "contains" | "containing" => Some(("contains", at + 1)),
            _ => None,
        }
    }

    /// Where the text tested for ends: the quoted words, or one word that is neither a number nor a date.
    fn affix_end(&self, next: usize) -> Option<usize> {
        let word = self.reading.words.get(next)?;
        if word.quoted {
            let quoted = self.reading.words.iter().skip(next).take_while(|w| w.quoted).count();
            return Some(next + quoted);
        }
        let dated = self.reading.dates.iter().any(|d| d.start <= next && next < d.end);
        (!dated && word.number.is_none()).then_some(next + 1)
    }

    /// The text field named before, or the one that names the records.
    fn affix_field(&self, at: usize) -> Option<(usize, Option<FieldMention>)> {
        let texts = |m: &&FieldMention| {
            let near = m.end <= at && at - m.end <= 3 && m.quality > 0.6 && !m.dominated;
            near && matches!(self.kind(m.field), Kind::Text | Kind::Select) && self.free(m.start, m.end)
        };
        let named = self
            .links
            .fields
            .iter()
            .filter(texts)
            .max_by(|a, b| a.end.cmp(&b.end).then(a.quality.total_cmp(&b.quality)));
        if let Some(mention) = named {
            return Some((mention.field, Some(mention.clone())));
        }
        let table = self
            .reading
            .tables
            .iter()
            .any(|m| m.table == self.index && m.end <= at && at - m.end <= 2 && m.quality > 0.8);
        let primary = self.table.primary;
        (table && self.kind(primary) == Kind::Text).then_some((primary, None))
    }
}
