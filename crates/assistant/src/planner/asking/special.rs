//! Questions about one record, its neighbours in time, shares, and totals that are ranked or set side by side.

use super::super::{
    amounts::Bound,
    book::Kind,
    choose::{self, Opener},
    conditions::Mark,
    cues::Superlative,
    lexicon,
    plan::{Ask, Condition, Groups, Op, Pick, Test},
};
use super::{Decision, ROWS};

/// Words that ask for everything about a record.
const ABOUT: &[&str] = &["about", "describe", "details", "detail", "info", "information", "everything"];

impl Decision<'_> {
    /// "Tell me about Apollo 13", "who is Ada?": nothing but the record is named.
    pub(super) fn details(&mut self) -> Option<Ask> {
        self.only_primary()?;
        let reading = self.draft.reading;
        let is =
            |at: usize| reading.is(at, &["is", "was", "are", "were"]) || reading.is(at.wrapping_sub(1), &["whats"]);
        let opens = reading.is(0, &["who", "what"]) && is(1) && !self.cues.any();
        let about = reading.words.iter().any(|w| ABOUT.contains(&w.text.as_str()));
        let rest = (0..reading.words.len()).all(|at| {
            let text = reading.text(at);
            self.draft.marks.get(at) != Some(&Mark::Free) || lexicon::is_plain(text) || ABOUT.contains(&text)
        });
        let alone = (0..reading.words.len()).all(|at| self.draft.marks.get(at) == Some(&Mark::Condition));
        if !(opens || about || alone) || !rest || self.names_a_field() || reading.is(0, &["how"]) {
            return None;
        }
        self.draft.weight += 1.0;
        for at in (0..reading.words.len()).filter(|at| ABOUT.contains(&reading.text(*at))) {
            self.draft.mark(at, at + 1, Mark::Cue);
        }
        Some(Ask::Details)
    }

    /// Whether words that nothing was made of name a field, other than the one that the records are called by.
    pub(super) fn names_a_field(&self) -> bool {
        let others = self.draft.links.fields.iter().filter(|m| m.field != self.draft.table.primary);
        others.into_iter().any(|m| m.quality > 0.8 && self.all_free(m.start, m.end))
    }

    /// The only condition, when it names a record.
    fn only_primary(&self) -> Option<&Condition> {
        let primary = self.draft.name(self.draft.table.primary);
        match self.draft.conditions.as_slice() {
            [one] if one.field == primary && !one.negated && one.via.is_none() => {
                matches!(&one.test, Test::Is { op, .. } if op == "=").then_some(one)
            }
            _ => None,
        }
    }

    /// "Which mission came after Apollo 11?": by the one time that the records have.
    pub(super) fn beside(&mut self) -> Option<Ask> {
        self.only_primary()?;
        let reading = self.draft.reading;
        let at = (0..reading.words.len()).find(|at| {
            reading.is(*at, &["after", "before", "following", "preceding"])
                && self.draft.marks.get(at + 1) == Some(&Mark::Condition)
        })?;
        let dates =
            (0..self.draft.table.fields.len()).filter(|f| self.draft.kind(*f) == Kind::Date).collect::<Vec<_>>();
        let (by, _) = match dates.as_slice() {
            [only] => (*only, None),
            several => self.draft.unmarked_date(several)?,
        };
        if self.cues.count.is_some() || self.cues.op.is_some() || !self.cues.groups.is_empty() {
            return None;
        }
        let said = reading.text(at).to_owned();
        self.draft.lost.retain(|lost| !lost.to_lowercase().starts_with(&said));
        self.draft.mark(at, at + 1, Mark::Cue);
        if let Some(before) = at
            .checked_sub(1)
            .filter(|b| reading.is(*b, &["right", "directly", "immediately", "next", "flew", "launched"]))
        {
            self.draft.mark(before, before + 1, Mark::Cue);
        }
        let plural = |m: &&super::super::mentions::TableMention| m.table == self.draft.index && m.quality > 0.8;
        let all =
            reading.tables.iter().filter(plural).any(|m| {
                m.end.checked_sub(1).and_then(|last| reading.words.get(last)).is_some_and(|w| w.text != w.stem)
            });
        let after = matches!(said.as_str(), "after" | "following");
        Some(Ask::Beside { by: self.draft.name(by), after, all })
    }

    /// "What share of the orders is won?": of all records, when there is one condition.
    pub(super) fn share(&mut self) -> Option<Ask> {
        let reading = self.draft.reading;
        let at = (0..reading.words.len())
            .find(|at| reading.is(*at, &["percentage", "percent", "share", "proportion", "fraction"]))?;
        let named = self.draft.links.fields.iter().any(|m| m.start <= at && m.end > at && m.quality > 0.4);
        let figure = at.checked_sub(1).and_then(|b| reading.words.get(b)).is_some_and(|w| w.number.is_some());
        if named || figure || !self.all_free(at, at + 1) {
            return None;
        }
        if self.draft.conditions.len() != 1 || self.cues.op.is_some() || !self.cues.groups.is_empty() {
            self.draft.lost.push(reading.text(at).to_owned());
            return None;
        }
        self.draft.mark(at, at + 1, Mark::Cue);
        self.cues.count = None;
        Some(Ask::Share)
    }

    /// "Which rep has the highest total amount?": the groups are ranked by their totals, not the records.
    pub(super) fn ranked_totals(&mut self, superlative: &Superlative) -> Option<Ask> {
        let (op, at) = self.cues.op?;
        if superlative.of_time || !superlative.hints.is_empty() || !self.all_free(at, at + 1) || self.is_in_a_name(at) {
            return None;
        }
        let after = self.number_after(superlative.end).filter(|(f, _)| self.draft.kind(*f).is_number());
        let (measure, said) = after.or_else(|| self.number_by(at))?;
        let by = choose::ranked(&self.draft, self.opener).into_iter().find(|choice| {
            let placed = |start: usize| start < superlative.start || start == superlative.end && start < said.0;
            let before = choice.said.map_or(self.opener == Opener::Who, |(start, _)| placed(start));
            let groups = !self.draft.kind(choice.field).is_number() && self.draft.kind(choice.field) != Kind::Date;
            choice.field != measure && choice.score > 0.45 && before && groups
        })?;
        if let Some((start, end)) = by.said {
            self.draft.mark(start, end, Mark::Asked);
        }
        self.draft.mark(superlative.start, superlative.end, Mark::Cue);
        self.draft.mark(said.0, said.1, Mark::Cue);
        self.draft.mark(at, at + 1, Mark::Cue);
        self.used.extend([superlative.start, at]);
        let pick = Some(Pick { greatest: superlative.greatest, count: superlative.count.unwrap_or(1) });
        let (by_name, field) = (self.draft.name(by.field), Some(self.draft.name(measure)));
        self.shown = vec![by];
        self.mark_cues();
        Some(Ask::Groups(Groups { by: by_name, bucket: None, op, field, pick, having: None }))
    }

    /// "top 2 reps by total amount": no grouping by what is added up.
    pub(super) fn top_totals(&mut self) -> Option<Ask> {
        let superlative = self.cues.superlatives.iter().find(|s| s.count.is_some()).cloned()?;
        let (_, at) = self.cues.op?;
        self.number_by(at)?;
        self.ranked_totals(&superlative)
    }

    /// "top 2 reps by total amount": the number after "by" and the word that says how it is put together.
    fn number_by(&self, op: usize) -> Option<(usize, (usize, usize))> {
        let by = op.checked_sub(1).filter(|at| self.draft.reading.is(*at, &["by", "in"]))?;
        let (field, start, end) = self.field_at(by + 2)?;
        self.draft.kind(field).is_number().then_some((field, (start, end)))
    }

    /// Whether the word belongs to the name of a field ("Cost Total").
    fn is_in_a_name(&self, at: usize) -> bool {
        self.draft.links.fields.iter().any(|m| {
            let names = |w: &super::super::text::Word| w.text == self.draft.reading.text(at);
            let field = self.draft.table.fields.get(m.field);
            m.start <= at && m.end > at && m.quality > 0.75 && field.is_some_and(|f| f.words.iter().any(names))
        })
    }

    /// The one field of money, or else the one number, that "the largest order" is about.
    pub(super) fn only_measure(&self) -> Option<usize> {
        let mut numbers = (0..self.draft.table.fields.len())
            .filter(|f| self.draft.kind(*f).is_number() && !self.is_identifier(*f) && *f != self.draft.table.primary);
        let first = numbers.next()?;
        self.draft.money_field().or_else(|| numbers.next().is_none().then_some(first))
    }

    /// "the biggest open order": nothing but conditions stand between the word and the table.
    pub(super) fn unnamed_measure(&self, superlative: &Superlative) -> Option<usize> {
        let sizes = ["highest", "largest", "biggest", "greatest", "smallest", "lowest"];
        let sized = (superlative.start..superlative.end).any(|at| self.draft.reading.is(at, &sizes));
        let top = self.draft.reading.is(superlative.start, &["top"]) && superlative.count.is_some();
        if !(sized || top)
            || self.draft.reading.amounts.iter().any(|a| a.bound != Bound::Bare && a.start == superlative.end)
        {
            return None;
        }
        let conditions = |at: &usize| self.draft.marks.get(*at) == Some(&Mark::Condition);
        let next = (superlative.end..self.draft.marks.len()).find(|at| !conditions(at))?;
        let table = self.draft.marks.get(next) == Some(&Mark::Table) || self.draft.reading.is(next, ROWS);
        table.then(|| self.only_measure()).flatten()
    }

    /// "Ann Lee vs Bob Ray": one value for each.
    pub(super) fn side_by_side(&mut self, ask: Ask) -> Ask {
        let reading = self.draft.reading;
        let Some(at) = (0..reading.words.len()).find(|at| reading.is(*at, &["vs", "versus", "against"])) else {
            return ask;
        };
        let joins = at.checked_sub(1).is_some_and(|b| self.draft.marks.get(b) == Some(&Mark::Condition))
            && self.draft.marks.get(at + 1) == Some(&Mark::Condition);
        let among = self
            .draft
            .conditions
            .iter()
            .find(|c| c.via.is_none() && !c.negated && matches!(&c.test, Test::Is { op, .. } if op == "is_any_of"));
        let Some(by) = among.filter(|_| joins).map(|c| c.field.clone()) else { return ask };
        let (op, field) = match &ask {
            Ask::Aggregate { op, field } => (*op, Some(field.clone())),
            Ask::Count | Ask::CountOf(_) => (Op::Count, None),
            _ => return ask,
        };
        self.draft.mark(at, at + 1, Mark::Cue);
        Ask::Groups(Groups { by, bucket: None, op, field, pick: None, having: None })
    }
}
