//! "highest", "oldest", "top five": what is ranked, by what, and what of it is shown.

use super::super::{
    book::{self, Kind},
    choose::{self, Choice, Opener},
    conditions::Mark,
    cues::Superlative,
    lexicon, mentions,
    plan::{Ask, Groups, Op, Pick, Shown},
};
use super::{Decision, Said};

impl Decision<'_> {
    pub(super) fn superlative(&mut self) -> Option<Ask> {
        for superlative in self.cues.superlatives.clone() {
            if self.names_field(&superlative) {
                continue;
            }
            if let Some(ask) = self.most_of_table(&superlative) {
                return Some(ask);
            }
            if let Some(ask) = self.ranked_totals(&superlative) {
                return Some(ask);
            }
            let Some((by, said, greatest)) = self.superlative_field(&superlative) else { continue };
            if said.is_none() && self.ranks_a_text(superlative.end) {
                continue;
            }
            self.used.push(superlative.start);
            return Some(self.extreme(&Superlative { greatest, ..superlative }, by, said));
        }
        None
    }

    /// "the longest call sign": what follows is no number, and texts are not measured.
    fn ranks_a_text(&self, at: usize) -> bool {
        self.draft.links.fields.iter().any(|m| {
            let kind = self.draft.kind(m.field);
            let text = matches!(kind, Kind::Text | Kind::Select | Kind::MultiSelect);
            let table = self
                .draft
                .reading
                .tables
                .iter()
                .any(|t| t.table == self.draft.index && t.start == at && t.quality > 0.8);
            m.start == at && m.end > at + 1 && m.quality > 0.9 && text && !table
        })
    }

    /// Whether the word is part of a field's own name ("Lowest", "First elected").
    pub(super) fn names_field(&self, superlative: &Superlative) -> bool {
        let marked = self.draft.marks.get(superlative.start..superlative.end);
        if superlative.count.is_none() && !marked.is_some_and(|m| m.iter().all(|m| *m == Mark::Free)) {
            return true;
        }
        let own = |m: &&mentions::FieldMention| {
            m.start <= superlative.start
                && m.end >= superlative.end
                && m.quality > 0.75
                && self
                    .draft
                    .table
                    .fields
                    .get(m.field)
                    .is_some_and(|f| f.words.iter().any(|w| w.text == self.draft.reading.text(superlative.start)))
        };
        let Some(mention) = self.draft.links.fields.iter().filter(own).max_by_key(|m| m.end - m.start) else {
            return false;
        };
        // "the lowest average" with fields Lowest and Average: the word is the superlative of the next field.
        mention.end - mention.start > superlative.end - superlative.start
            || self.number_after(superlative.end).is_none()
    }

    pub(super) fn number_after(&self, at: usize) -> Option<(usize, (usize, usize))> {
        self.draft
            .links
            .fields
            .iter()
            .filter(|m| m.start >= at && m.start <= at + 3 && m.quality >= 0.34 && self.all_free(m.start, m.end))
            .filter(|m| self.draft.kind(m.field).is_number() || self.draft.kind(m.field) == Kind::Date)
            .max_by(|a, b| {
                let value = |m: &mentions::FieldMention| {
                    m.quality + 0.2 * (m.end - m.start) as f32 - 0.25 * (m.start - at) as f32
                };
                value(a).total_cmp(&value(b))
            })
            .map(|m| (m.field, (m.start, m.end)))
    }

    /// "which owner has the most tasks": groups, not records.
    pub(super) fn most_of_table(&mut self, superlative: &Superlative) -> Option<Ask> {
        if !superlative.hints.is_empty() || superlative.of_time {
            return None;
        }
        let after = self.draft.marks.iter().enumerate().skip(superlative.end).take(3);
        let table_follows = after.clone().any(|(_, m)| *m == Mark::Table)
            || self
                .draft
                .reading
                .is(superlative.end, &["records", "rows", "entries", "items", "often", "common", "frequent", "times"]);
        let word = self.draft.reading.text(superlative.start).to_owned();
        if !table_follows
            || !matches!(word.as_str(), "most" | "fewest" | "least")
            || self.number_after(superlative.end).is_some()
        {
            return None;
        }
        self.draft.mark(superlative.start, superlative.end, Mark::Cue);
        let common = self.draft.reading.is(superlative.end, &["often", "common", "frequent"]);
        if common {
            self.draft.mark(superlative.end, superlative.end + 1, Mark::Cue);
        }
        let best = choose::ranked(&self.draft, self.opener)
            .into_iter()
            .find(|c| c.score > 0.45 && (c.field != self.draft.table.primary || c.said.is_some()))?;
        self.used.push(superlative.start);
        if let Some((start, end)) = best.said {
            self.draft.mark(start, end, Mark::Asked);
            // "which astronaut flew the most missions": the verb tells nothing more.
            if end < superlative.start && superlative.start - end <= 3 {
                self.draft.mark(end, superlative.start, Mark::Cue);
            }
        }
        let by = self.draft.name(best.field);
        self.shown = vec![best];
        let pick = Some(Pick { greatest: superlative.greatest, count: superlative.count.unwrap_or(1) });
        Some(Ask::Groups(Groups { by, bucket: None, op: Op::Count, field: None, pick, having: None }))
    }

    /// The field a superlative ranks by and whether its greatest is meant: named after it, hinted by it, the one of
    /// time, or one spoken of elsewhere.
    pub(super) fn superlative_field(&self, superlative: &Superlative) -> Option<(usize, Said, bool)> {
        let greatest = superlative.greatest;
        let after = self.number_after(superlative.end);
        let word = self.draft.reading.text(superlative.start);
        if matches!(word, "oldest" | "youngest") {
            return self.by_age(word == "oldest");
        }
        if !superlative.hints.is_empty() {
            let hinted = |f: &book::Field| lexicon::hinted(&f.stems(), superlative.hints);
            if let Some((field, said)) = after.filter(|(f, _)| self.draft.table.fields.get(*f).is_some_and(hinted)) {
                return Some((field, Some(said), greatest));
            }
            if self.draft.table.fields.iter().any(|f| f.kind.is_number() && hinted(f)) {
                return self.hinted_number(superlative.hints, greatest).map(|f| (f, None, greatest));
            }
            let timely = |f: usize| {
                let named = |f: &book::Field| lexicon::hinted(&f.stems(), lexicon::TIMES);
                self.draft.kind(f) == Kind::Date || self.draft.table.fields.get(f).is_some_and(named)
            };
            let (field, said) = after.filter(|(f, said)| said.0 == superlative.end && !timely(*f))?;
            return Some((field, Some(said), greatest));
        }
        if let Some((field, said)) = after {
            return Some((field, Some(said), greatest));
        }
        // "top 5 projects by budget"
        let by = self.cues.groups.iter().find_map(|(next, _)| self.field_at(*next));
        if let Some((field, start, end)) = by.filter(|by| self.draft.kind(by.0).is_number()) {
            return Some((field, Some((start, end)), greatest));
        }
        if superlative.of_time {
            return self.time_field().map(|f| (f, None, greatest));
        }
        // "in which year did epidemics kill the most people"
        let vague = matches!(word, "most" | "fewest" | "least")
            && (lexicon::is_person(self.draft.reading.text(superlative.end))
                || superlative.end == self.draft.marks.len());
        let spoken = |m: &&mentions::FieldMention| {
            self.draft.kind(m.field).is_number()
                && m.quality >= 0.6
                && self.all_free(m.start, m.end)
                && !m.dominated
                && !self.is_asked_for(m.start)
        };
        let best = self.draft.links.fields.iter().filter(spoken).max_by(|a, b| a.quality.total_cmp(&b.quality));
        best.filter(|_| vague)
            .map(|m| (m.field, Some((m.start, m.end)), greatest))
            .or_else(|| self.unnamed_measure(superlative).map(|field| (field, None, greatest)))
    }

    /// The oldest have the greatest age, or were born first.
    pub(super) fn by_age(&self, oldest: bool) -> Option<(usize, Said, bool)> {
        if let Some(age) = self.hinted_number(&["age"], oldest) {
            return Some((age, None, oldest));
        }
        let born = |f: &usize| {
            let hinted = |f: &book::Field| lexicon::hinted(&f.stems(), &["birth", "born", "birthdate", "birthday"]);
            self.draft.kind(*f) == Kind::Date && self.draft.table.fields.get(*f).is_some_and(hinted)
        };
        let field = (0..self.draft.table.fields.len()).find(born).or_else(|| self.time_field())?;
        Some((field, None, !oldest))
    }

    /// The field of time: one called so, else the only date.
    pub(super) fn time_field(&self) -> Option<usize> {
        let called = |f: &usize| {
            let kind = self.draft.kind(*f);
            (kind.is_number() || kind == Kind::Date)
                && self
                    .draft
                    .table
                    .fields
                    .get(*f)
                    .is_some_and(|f| lexicon::hinted(&f.stems(), &["year", "date", "season"]))
        };
        let date = |f: &usize| self.draft.kind(*f) == Kind::Date;
        let all = || 0..self.draft.table.fields.len();
        all().find(called).or_else(|| all().find(date))
    }

    /// The number field a word hints at: the first hint that any field is called by decides. Of several fields it is
    /// the one of totals, or the one whose name says the same end of the scale.
    pub(super) fn hinted_number(&self, hints: &[&str], greatest: bool) -> Option<usize> {
        let ends: &[&str] =
            if greatest { &["max", "maximum", "high", "highest"] } else { &["min", "minimum", "low", "lowest"] };
        let called = |f: &usize, names: &[&str]| {
            self.draft.table.fields.get(*f).is_some_and(|field| lexicon::hinted(&field.stems(), names))
        };
        let of = |hint: &&str| -> Vec<usize> {
            let numbers = (0..self.draft.table.fields.len()).filter(|f| self.draft.kind(*f).is_number());
            numbers.filter(|f| called(f, &[hint])).collect()
        };
        let found = hints.iter().map(of).find(|found| !found.is_empty())?;
        let narrowed = |names: &[&str]| {
            let mut fitting = found.iter().copied().filter(|f| called(f, names));
            let first = fitting.next()?;
            fitting.next().is_none().then_some(first)
        };
        match found.as_slice() {
            [only] => Some(*only),
            _ => narrowed(&["total", "overall"]).or_else(|| narrowed(ends)),
        }
    }

    /// "… Give me the airport.": a field asked for in a sentence of its own.
    pub(super) fn requested_after(&self, from: usize, by: usize) -> Option<Choice> {
        let asks = (from..self.draft.marks.len())
            .find(|at| self.draft.reading.is(*at, &["give", "show", "tell", "need", "want", "name"]))?;
        let ended = self.draft.reading.words.iter().take(asks).skip(from.saturating_sub(1)).any(|w| w.stop);
        let at = (asks + 1..self.draft.marks.len()).find(|at| !lexicon::is_plain(self.draft.reading.text(*at)))?;
        let fitting = self.draft.links.fields.iter().filter(|m| m.start == at && m.quality >= 0.45 && !m.dominated);
        let best = fitting.filter(|_| ended).max_by(|a, b| a.quality.total_cmp(&b.quality))?;
        (best.field != by && self.all_free(best.start, best.end)).then_some(Choice {
            field: best.field,
            score: 1.0,
            said: Some((best.start, best.end)),
        })
    }

    /// Whether the table is named other than between the superlative and its field ("the longest flight distance").
    pub(super) fn has_table_beside(&self, superlative: &Superlative, said: Said) -> bool {
        let between = |at: usize| said.is_some_and(|(start, _)| superlative.end <= at && at < start);
        self.draft.marks.iter().enumerate().any(|(at, mark)| *mark == Mark::Table && !between(at))
    }

    /// "who" is answered by a field of persons, one that was said, or records that are persons.
    pub(super) fn doubt_who(&mut self, show: Option<&Choice>) {
        let persons = |stems: &[&str]| stems.iter().any(|s| *s != "name" && lexicon::PERSONS.contains(s));
        let table: Vec<&str> = self.draft.table.words.iter().map(|w| w.stem.as_str()).collect();
        let fits = |f: &book::Field| persons(&f.stems());
        let shown = show.is_some_and(|c| c.said.is_some() || self.draft.table.fields.get(c.field).is_some_and(fits));
        let born =
            self.draft.table.fields.iter().any(|f| lexicon::hinted(&f.stems(), &["age", "birth", "born", "birthday"]));
        if !shown && !persons(&table) && !born {
            self.draft.sureness -= 0.8;
        }
    }

    /// The words that name what is ranked are explained.
    fn mark_ranked(&mut self, superlative: &Superlative, said: Said) {
        if let Some((start, end)) = said {
            self.draft.mark(
                start.saturating_sub(usize::from(self.draft.reading.is(start.saturating_sub(1), &["by"]))),
                end,
                Mark::Cue,
            );
        }
        if self.draft.reading.is(superlative.end, &["number", "amount", "total"]) {
            self.draft.mark(superlative.end, superlative.end + 1, Mark::Cue);
        }
    }

    pub(super) fn extreme(&mut self, superlative: &Superlative, by: usize, said: Option<(usize, usize)>) -> Ask {
        self.draft.mark(superlative.start, superlative.end, Mark::Cue);
        self.mark_ranked(superlative, said);
        let op = if superlative.greatest { Op::Max } else { Op::Min };
        let by_choice = Choice { field: by, score: if said.is_some() { 1.0 } else { 0.3 }, said };
        let by_name = self.draft.name(by);
        // "when was the last launch": the time itself is asked for.
        let itself = self.opener == Opener::When && self.draft.kind(by) == Kind::Date;
        let best = choose::ranked(&self.draft, self.opener).into_iter().find(|c| (c.field == by) == itself);
        let table_asked = self.named > 0.0 && self.has_table_beside(superlative, said);
        let wants = match self.opener {
            Opener::Who | Opener::Where | Opener::When | Opener::Which(_) => 0.45,
            _ => 0.8,
        };
        let show = self.requested_after(superlative.end, by).or_else(|| {
            best.filter(|c| {
                let before = c.said.is_none_or(|(start, _)| start < superlative.start);
                c.score > if before { wants } else { wants + 0.3 }
            })
        });
        if self.opener == Opener::Who {
            self.doubt_who(show.as_ref());
        }
        let by_follows = said.is_some_and(|(start, _)| start == superlative.end);
        let direct =
            said.is_some() && matches!(self.opener, Opener::What(at) if self.small_between(at, superlative.start));
        let bare = said.is_none()
            && matches!(self.opener, Opener::What(at) if self.small_between(at, superlative.start))
            && (superlative.end == self.draft.marks.len()
                || self.draft.reading.is(superlative.end, &["it", "ever", "that"]));
        if (direct || bare) && !table_asked && superlative.count.is_none() {
            self.take(Choice { field: by, score: 1.0, said });
            return Self::edge(superlative, op, by_name);
        }
        match show {
            Some(choice) => {
                if let Some((start, end)) = choice.said {
                    self.draft.mark(start, end, Mark::Asked);
                }
                let shown = vec![Shown::own(&self.draft.name(choice.field))];
                self.shown = vec![choice, by_choice];
                Ask::Extreme { by: by_name, greatest: superlative.greatest, show: shown }
            }
            None if superlative.count.is_some()
                || table_asked && !(by_follows && matches!(self.opener, Opener::What(_)))
                || said.is_none() =>
            {
                self.shown = vec![by_choice];
                let primary = self.draft.name(self.draft.table.primary);
                Ask::Extreme { by: by_name, greatest: superlative.greatest, show: vec![Shown::own(&primary)] }
            }
            None => {
                self.shown = vec![by_choice];
                Self::edge(superlative, op, by_name)
            }
        }
    }

    /// The greatest or least value itself, or the one after it.
    fn edge(superlative: &Superlative, op: Op, field: String) -> Ask {
        if superlative.skip == 0 {
            return Ask::Aggregate { op, field };
        }
        let show = vec![Shown::own(&field)];
        Ask::Extreme { by: field, greatest: superlative.greatest, show }
    }
}
