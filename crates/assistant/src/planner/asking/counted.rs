//! Counts, aggregates and cells asked for.

use super::super::cues::is_cue_word;
use super::super::{
    book::Kind,
    choose::{self, Choice, Opener},
    conditions::Mark,
    lexicon,
    plan::{Ask, Condition, Op, Shown, Test},
};
use super::{Decision, ROWS, is_cue_only};

impl Decision<'_> {
    pub(super) fn small_between(&self, start: usize, end: usize) -> bool {
        start <= end && (start..end).all(|at| lexicon::is_plain(self.draft.reading.text(at)))
    }

    /// "how many …", "number of …".
    pub(super) fn counted(&mut self) -> Option<Ask> {
        let (start, end) = self.cues.count?;
        if self.whole_name_at(start, end) || self.number_is_name(start) || self.is_called_count(start, end) {
            return None;
        }
        self.draft.mark(start, end, Mark::Cue);
        let mut noun = end;
        while self.draft.reading.is(noun, &["the", "all", "of", "those", "these", "my", "our"]) {
            noun += 1;
        }
        let rows = self.draft.reading.is(noun, ROWS);
        if let Some(at) = self.cues.distinct {
            self.draft.mark(at, at + 1, Mark::Cue);
        }
        if rows && self.cues.distinct.is_none() || self.draft.reading.is(end, &["time", "times"]) {
            self.mark_cues();
            return Some(Ask::Count);
        }
        self.doubt_people(noun);
        if let Some(field) = self.noun_field(end) {
            self.mark_cues();
            let name = self.draft.name(field);
            self.shown.push(Choice { field, score: 1.0, said: None });
            return Some(if self.cues.distinct.is_some() { Ask::Distinct(name) } else { Ask::CountKinds(name) });
        }
        Some(match self.head(end) {
            Some(choice) => self.counted_field(choice),
            None => self.counted_records(),
        })
    }

    /// A field was named right after "how many".
    fn counted_field(&mut self, choice: Choice) -> Ask {
        let name = self.draft.name(choice.field);
        if self.cues.distinct.is_some() {
            self.take(choice);
            return Ask::Distinct(name);
        }
        if self.draft.kind(choice.field).is_list()
            && self.named == 0.0
            && !self.draft.conditions.is_empty()
            && !self.draft.tested.contains(&choice.field)
        {
            self.take(choice);
            self.mark_cues();
            return Ask::CountParts(name);
        }
        if self.draft.kind(choice.field).is_number() && !self.is_identifier(choice.field) {
            self.take(choice);
            if let Some((op, at)) = self.cues.op {
                self.draft.mark(at, at + 1, Mark::Cue);
                self.used.extend((op == Op::Sum).then_some(at));
            }
            return Ask::Aggregate { op: Op::Sum, field: name };
        }
        let other = choice.field != self.draft.table.primary;
        if let (true, Some((start, _))) = (other && self.named > 0.0, choice.said) {
            self.filled(choice.field, start);
        }
        self.take(choice);
        self.mark_cues();
        match (other, self.draft.conditions.is_empty()) {
            (true, true) if self.named == 0.0 => Ask::Distinct(name),
            (true, false) if self.named == 0.0 => Ask::CountOf(name),
            _ => Ask::Count,
        }
    }

    /// No field was named right after "how many".
    fn counted_records(&mut self) -> Ask {
        self.mark_cues();
        if let Some(field) = self.tallied().filter(|_| !self.draft.conditions.is_empty()) {
            self.shown.push(Choice { field, score: 1.0, said: None });
            return Ask::Aggregate { op: Op::Sum, field: self.draft.name(field) };
        }
        self.measured()
    }

    /// "how many missions have a landing site": the field must hold something.
    fn filled(&mut self, field: usize, start: usize) {
        let had = (start.saturating_sub(3)..start).any(|at| self.draft.reading.is(at, &["have", "has", "had", "with"]));
        if self.draft.tested.contains(&field) {
            return;
        }
        if had {
            let condition = Condition::new(&self.draft.name(field), Test::Empty);
            self.draft.push(field, Condition { negated: true, ..condition });
        } else {
            self.draft.lost.push(self.draft.name(field));
        }
    }

    /// Whether "count of" or "number of" is the whole name of a field that is asked for.
    fn is_called_count(&self, start: usize, end: usize) -> bool {
        let summed = end == start + 3;
        let Some(word) = end.checked_sub(2).map(|at| self.draft.reading.text(at)).filter(|word| *word != "how") else {
            return false;
        };
        let ranked = start.checked_sub(1).is_some_and(|b| {
            self.draft.reading.is(b, &["average", "mean", "avg", "median", "highest", "lowest", "largest", "smallest"])
        });
        if ranked && self.draft.table.fields.iter().any(|f| matches!(f.words.as_slice(), [only] if only.text == word)) {
            return true;
        }
        let counts = self.draft.marks.get(end).is_some_and(|m| *m == Mark::Table) || self.draft.reading.is(end, ROWS);
        (summed || end == start + 2 && !counts)
            && self.cues.distinct.is_none()
            && self.draft.table.fields.iter().any(|f| matches!(f.words.as_slice(), [only] if only.text == word))
    }

    /// The field with the very name of the table, when that is what is counted ("how many countries").
    fn noun_field(&self, end: usize) -> Option<usize> {
        let small =
            |at: usize| lexicon::is_plain(self.draft.reading.text(at)) || is_cue_word(self.draft.reading.text(at));
        let at = (end..end + 4).take_while(|at| (end..*at).all(small)).find(|at| {
            self.draft.reading.tables.iter().any(|m| m.table == self.draft.index && m.start == *at && m.quality > 0.9)
        })?;
        let named = self.draft.links.fields.iter().find(|m| m.start == at && m.quality > 0.9)?;
        let kind = self.draft.kind(named.field);
        (!kind.is_number() && !kind.is_list()).then_some(named.field)
    }

    /// The number field that says how many each record stands for ("count", "quantity").
    fn tallied(&self) -> Option<usize> {
        let tallies = |f: &usize| {
            self.draft.kind(*f).is_number() && self.draft.table.fields.get(*f).is_some_and(|f| {
                matches!(f.words.as_slice(), [only] if matches!(
                    only.stem.as_str(), "count" | "quantity" | "qty" | "frequency" | "freq" | "population" | "person"
                ))
            })
        };
        let mut all = (0..self.draft.table.fields.len()).filter(tallies);
        let first = all.next()?;
        (self.named < 0.8 && all.next().is_none()).then_some(first)
    }

    /// "how many people" of a table whose records are not people is not answered by counting records.
    fn doubt_people(&mut self, at: usize) {
        let people = lexicon::is_person(self.draft.reading.text(at));
        let table = self.draft.table;
        let of_people = table.words.iter().any(|w| lexicon::PERSONS.contains(&w.stem.as_str()) && w.stem != "name")
            || table.fields.iter().any(|f| {
                let stems = f.stems();
                let person =
                    |stem: &&str| lexicon::PERSONS.contains(stem) && !matches!(*stem, "name" | "team" | "club" | "by");
                lexicon::hinted(&stems, &["age", "sex", "gender", "born", "birthday", "birth", "salary"])
                    || f.kind != Kind::Link && stems.iter().any(person)
            });
        let counted = self.tallied().is_some();
        let said = self.draft.links.fields.iter().any(|m| {
            m.quality > 0.6 && self.draft.kind(m.field).is_number() && self.all_free(m.start, m.end) && m.start > at
        });
        if people && !of_people && !counted && !said && self.draft.book.tables.len() + self.draft.conditions.len() > 1 {
            self.draft.sureness -= 0.8;
        }
    }

    /// "how many square miles of water": a number field is spoken of further on.
    pub(super) fn measured(&mut self) -> Ask {
        let best = choose::ranked(&self.draft, Opener::None).into_iter().next();
        let measure = best.filter(|c| {
            c.score > 0.8 && c.said.is_some() && self.draft.kind(c.field).is_number() && !self.is_identifier(c.field)
        });
        let Some(choice) = measure.filter(|_| !self.draft.conditions.is_empty() && self.named == 0.0) else {
            return Ask::Count;
        };
        let name = self.draft.name(choice.field);
        self.take(choice);
        Ask::Values(vec![Shown::own(&name)])
    }

    /// Whether "number" ends a field's name ("Model number of X").
    pub(super) fn number_is_name(&self, start: usize) -> bool {
        self.draft.marks.get(start) == Some(&Mark::ConditionField)
            || self.draft.links.fields.iter().any(|m| {
                m.start < start
                    && m.end > start
                    && m.quality > 0.6
                    && self
                        .draft
                        .table
                        .fields
                        .get(m.field)
                        .is_some_and(|f| f.words.iter().any(|w| w.text == self.draft.reading.text(start)))
            })
    }

    /// A number that names rather than measures: counting it counts records.
    pub(super) fn is_identifier(&self, field: usize) -> bool {
        self.draft.table.fields.get(field).is_some_and(|f| {
            lexicon::hinted(&f.stems(), &["id", "number", "no", "year", "#"]) && !lexicon::hinted(&f.stems(), &["of"])
        })
    }

    /// Whether a field is called just so ("Number of seasons").
    pub(super) fn whole_name_at(&self, start: usize, end: usize) -> bool {
        self.draft.links.fields.iter().any(|m| {
            m.start <= start
                && m.end > end
                && m.quality > 0.8
                && self.all_free(m.start, m.end)
                && self.draft.table.fields.get(m.field).is_some_and(|f| {
                    f.words
                        .first()
                        .is_some_and(|w| matches!(w.text.as_str(), "number" | "no" | "#" | "count" | "amount"))
                })
        })
    }

    /// The field named right after "how many".
    pub(super) fn head(&self, end: usize) -> Option<Choice> {
        let small = |i: usize| {
            let text = self.draft.reading.text(i);
            lexicon::is_plain(text)
                || is_cue_word(text)
                || matches!(text, "value" | "values")
                || matches!(self.draft.marks.get(i), Some(Mark::Condition | Mark::Table))
        };
        self.draft
            .links
            .fields
            .iter()
            .filter(|m| {
                m.start >= end && m.quality >= 0.45 && self.all_free(m.start, m.end) && (end..m.start).all(small)
            })
            .filter(|m| !is_cue_only(self.draft.reading, m.start, m.end))
            .max_by(|a, b| {
                (a.quality + 0.1 * (a.end - a.start) as f32).total_cmp(&(b.quality + 0.1 * (b.end - b.start) as f32))
            })
            .map(|m| Choice { field: m.field, score: m.quality, said: Some((m.start, m.end)) })
    }

    pub(super) fn take(&mut self, choice: Choice) {
        if let Some((start, end)) = choice.said {
            self.draft.mark(start, end, Mark::Asked);
        }
        self.shown.push(choice);
    }

    /// "average X", "total X".
    pub(super) fn aggregate(&mut self) -> Option<Ask> {
        let (op, at) = self.cues.op?;
        if !self.all_free(at, at + 1) {
            return None;
        }
        let named = self.draft.links.fields.iter().any(|m| {
            m.start <= at
                && m.end > at
                && m.quality > 0.8
                && self.all_free(m.start, m.end)
                && self
                    .draft
                    .table
                    .fields
                    .get(m.field)
                    .is_some_and(|f| f.words.iter().any(|w| w.text == self.draft.reading.text(at)))
        });
        let follows = self.number_after(at + 1);
        if named && follows.is_none_or(|(_, said)| said.0 > at + 2) {
            return None;
        }
        let spoken = follows.or_else(|| self.measure(usize::MAX).map(|(f, s, e)| (f, (s, e))));
        // "the total for Gadgets": of what is measured in money.
        let open = op == Op::Sum && !self.draft.conditions.is_empty() && !self.names_a_field();
        let unnamed = || self.only_measure().filter(|_| open);
        let field = spoken.map(|(field, _)| field).or_else(unnamed)?;
        if !self.draft.kind(field).is_number() {
            return None;
        }
        self.draft.mark(at, at + 1, Mark::Cue);
        self.used.push(at);
        self.take(Choice { field, score: 1.0, said: spoken.map(|(_, said)| said) });
        self.mark_cues();
        Some(Ask::Aggregate { op, field: self.draft.name(field) })
    }

    /// Cells of the asked field, or the records.
    pub(super) fn values(&mut self) -> Option<Ask> {
        let ranked = choose::ranked(&self.draft, self.opener);
        let best = ranked.first()?.clone();
        if self.opener == Opener::None && best.score < 0.8 && self.draft.conditions.is_empty() && self.named == 0.0 {
            return None;
        }
        if let Some(shown) = self.draft.shown_beyond() {
            return Some(Ask::Values(vec![shown]));
        }
        let verb = best.said.filter(|said| self.is_dated_verb(best.field, *said));
        if let Some((start, end)) = verb.filter(|_| self.asks_for_records()) {
            self.draft.mark(start, end, Mark::Cue);
            return self.records(best.score);
        }
        let table_asked = self.named > 0.8;
        if best.score < if table_asked { 0.9 } else { 0.42 } {
            return self.records(best.score);
        }
        if let Some(second) = ranked.get(1).filter(|second| best.score - second.score < 0.05) {
            self.draft.sureness -= if best.said.is_some() && best.said == second.said { 0.75 } else { 0.12 };
        }
        if let Some(at) = self.cues.distinct {
            self.draft.mark(at, at + 1, Mark::Cue);
        }
        let named = self.draft.tested.contains(&self.draft.table.primary);
        if self.cues.how_much && self.draft.kind(best.field).is_number() && !named && !self.draft.conditions.is_empty()
        {
            let field = self.draft.name(best.field);
            self.take(best);
            return Some(Ask::Aggregate { op: Op::Sum, field });
        }
        if self.opener == Opener::Who {
            self.doubt_who(Some(&best));
            let linked = self.draft.conditions.iter().all(|c| c.via.is_some());
            if best.said.is_none() && linked && self.named == 0.0 {
                self.draft.sureness -= 0.8;
            }
        }
        let names = self.with_joined(best);
        let primary = self.draft.name(self.draft.table.primary);
        let only_primary = matches!(names.as_slice(), [one] if one.field == primary);
        if self.draft.conditions.is_empty() {
            return match names.as_slice() {
                [one] if !only_primary => Some(Ask::Choices(one.field.clone())),
                _ => Some(Ask::Values(names)),
            };
        }
        Some(if only_primary { Ask::Records } else { Ask::Values(names) })
    }

    /// "which missions …": the table stands right after the word that asks.
    fn asks_for_records(&self) -> bool {
        let Opener::Which(at) = self.opener else { return false };
        (at..self.draft.marks.len())
            .find(|i| !lexicon::is_plain(self.draft.reading.text(*i)))
            .is_some_and(|i| self.draft.marks.get(i) == Some(&Mark::Table))
    }

    /// "launched" before "by Saturn IB" says what happened, it does not ask when.
    fn is_dated_verb(&self, field: usize, (start, end): (usize, usize)) -> bool {
        self.draft.kind(field) == Kind::Date && end == start + 1 && self.draft.reading.text(start).ends_with("ed")
    }

    /// The best field and those joined to it by "and".
    pub(super) fn with_joined(&mut self, best: Choice) -> Vec<Shown> {
        let mut names = vec![Shown::own(&self.draft.name(best.field))];
        let mut end = best.said.map(|(_, end)| end);
        self.take(best);
        while let Some(stop) = end {
            let next = stop + usize::from(self.draft.reading.is(stop, &["and", "&", "or"]));
            let comma = stop.checked_sub(1).and_then(|at| self.draft.reading.words.get(at)).is_some_and(|w| w.stop);
            if next == stop && !comma {
                break;
            }
            let next = next + usize::from(self.draft.reading.is(next, &["the", "its", "their"]));
            let found = self.field_at(next).filter(|(field, start, stop)| {
                self.all_free(*start, *stop)
                    && !self.shown.iter().any(|s| s.field == *field)
                    && self.draft.links.fields.iter().any(|m| m.field == *field && m.start == *start && m.quality > 0.8)
            });
            end = found.map(|(field, start, stop)| {
                names.push(Shown::own(&self.draft.name(field)));
                self.take(Choice { field, score: 0.5, said: Some((start, stop)) });
                stop
            });
        }
        names
    }

    pub(super) fn records(&mut self, best: f32) -> Option<Ask> {
        let conditioned = !self.draft.conditions.is_empty();
        let primary_tested = self.draft.tested.contains(&self.draft.table.primary);
        if primary_tested && self.named == 0.0 && best < 0.3 {
            self.draft.sureness -= 0.35;
        }
        if self.named == 0.0 {
            let asks_other = matches!(self.opener, Opener::Who | Opener::Where | Opener::When | Opener::How(_));
            self.draft.sureness -= if asks_other { 0.8 } else { 0.15 };
        }
        (conditioned || self.named > 0.0).then_some(Ask::Records)
    }

    /// Telling words that were used for nothing, by where they stand.
    pub(super) fn unexplained(&self) -> Vec<usize> {
        let words = self.draft.reading.words.iter().zip(&self.draft.marks).enumerate();
        words
            .filter(|(_, (word, mark))| **mark == Mark::Free && !lexicon::is_neutral(&word.stem, &word.text))
            .filter(|(_, (word, _))| !is_cue_word(&word.text) && word.text.chars().any(char::is_alphanumeric))
            .filter(|(_, (word, _))| !self.shown.iter().any(|choice| self.explains(choice.field, word)))
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a word belongs to a name of what was asked or tested.
    pub(super) fn explains(&self, field: usize, word: &super::super::text::Word) -> bool {
        let name = |f: usize| self.draft.table.fields.get(f).into_iter().flat_map(|f| &f.words);
        name(field).any(|w| super::super::text::alike(w, word) > 0.6)
            || self.draft.tested.iter().any(|f| name(*f).any(|w| super::super::text::alike(w, word) > 0.6))
    }
}
