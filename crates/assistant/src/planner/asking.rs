//! Decides what a question asks of one table, and how well the table explains it.

mod groups;

use super::{
    book::{Book, Kind},
    choose::{self, Choice, Opener},
    conditions::{Draft, Mark},
    cues::{Cues, Superlative},
    lexicon,
    mentions::Reading,
    plan::{Ask, Condition, Groups, Op, Pick, Plan, Shown, Sort},
};

pub use super::cues::is_cue_word;

/// One way to understand a question.
#[derive(Debug, Clone)]
pub struct Understanding {
    pub table: usize,
    pub plan: Plan,
    /// Higher is better, to compare tables.
    pub score: f32,
    /// 0 to 1: whether to answer at all.
    pub sureness: f32,
    /// Telling words nothing was made of.
    pub unexplained: Vec<String>,
}

/// The best reading of the question over all tables; none when nothing in it is known.
pub fn understand(reading: &Reading, book: &Book) -> Option<Understanding> {
    let mut all: Vec<Understanding> = (0..book.tables.len()).filter_map(|t| within(reading, book, t)).collect();
    if let Some(head) = subject(reading, book) {
        for other in all.iter_mut().filter(|u| u.table != head) {
            other.score -= 2.0;
            other.sureness -= 0.4;
        }
    }
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut best = all.first()?.clone();
    if let Some(second) = all.get(1)
        && best.score - second.score < 0.15
    {
        best.sureness -= 0.3;
    }
    Some(best)
}

/// The table that the question is about by its words: named right after what asks ("how many missions …"), or
/// counted ("the most missions").
fn subject(reading: &Reading, book: &Book) -> Option<usize> {
    let named = |at: usize| {
        let fitting = reading.tables.iter().filter(|m| m.start == at && m.quality > 0.9);
        let best = fitting.max_by(|a, b| a.quality.total_cmp(&b.quality).then(a.end.cmp(&b.end)))?;
        book.tables.get(best.table).map(|_| best.table)
    };
    let counted = (0..reading.words.len()).find(|at| reading.is(*at, &["most", "fewest", "least"]));
    if let Some(table) = counted.and_then(|at| named(at + 1)) {
        return Some(table);
    }
    let asks = ["many", "which", "what", "of", "list", "show", "count", "find", "display"];
    let opener = (0..reading.words.len().min(4)).find(|at| reading.is(*at, &asks));
    let Some(opener) = opener else { return named(0) };
    let small = |at: usize| lexicon::is_plain(reading.text(at)) || is_cue_word(reading.text(at));
    let valued = |at: usize| {
        reading.links.iter().flat_map(|l| &l.values).any(|v| v.exact && v.start <= at && v.end > at)
            || reading.words.get(at).is_some_and(|w| w.number.is_some())
    };
    let from = opener + 1;
    (from..from + 4).take_while(|at| (from..*at).all(|i| small(i) || valued(i))).find_map(named)
}

/// Reads the question against one table.
pub fn within(reading: &Reading, book: &Book, table: usize) -> Option<Understanding> {
    let cues = Cues::of(reading);
    let mut draft = Draft::new(reading, book, table)?;
    for superlative in cues.superlatives.iter().filter(|s| s.count.is_some()) {
        let is_value =
            |v: &super::mentions::ValueMention| v.exact && v.start <= superlative.start && v.end >= superlative.end;
        if draft.links.values.iter().any(is_value) {
            continue;
        }
        draft.mark(superlative.start, superlative.end, Mark::Cue);
    }
    let mut cues = cues;
    count_before_table(&mut cues, &mut draft);
    draft.place_all();
    draft.place_linked();
    let opener = choose::opener(&draft);
    Some(Decision { cues, opener, draft, shown: vec![], named: 0.0, used: vec![] }.decide())
}

/// "the 2 projects with the lowest budget": the number says how many.
fn count_before_table(cues: &mut Cues, draft: &mut Draft<'_>) {
    let Some(superlative) = cues.superlatives.iter_mut().find(|s| s.count.is_none()) else { return };
    let reading = draft.reading;
    let counting = reading.amounts.iter().find(|a| {
        a.bound == super::amounts::Bound::Bare
            && (1.0..=1000.0).contains(&a.value)
            && a.value.fract() == 0.0
            && (reading.tables.iter().any(|m| m.table == draft.index && m.start == a.end) || reading.is(a.end, ROWS))
    });
    if let Some(amount) = counting {
        superlative.count = Some(amount.value as u64);
        draft.mark(amount.start, amount.end, Mark::Cue);
    }
}

/// What records are called in any table.
pub(super) const ROWS: &[&str] =
    &["record", "records", "row", "rows", "entry", "entries", "item", "items", "line", "lines"];

/// Where a field was named.
type Said = Option<(usize, usize)>;

/// The question while what it asks is being decided.
struct Decision<'a> {
    draft: Draft<'a>,
    cues: Cues,
    opener: Opener,
    shown: Vec<Choice>,
    /// How well the table itself was named.
    named: f32,
    /// Where the cues stand that the ask was made of.
    used: Vec<usize>,
}

impl Decision<'_> {
    fn decide(mut self) -> Understanding {
        self.mark_table();
        let sort = self.sort();
        let ask = self.ask();
        let limit = self.cues.superlatives.iter().find_map(|s| s.count);
        self.finish(ask, sort, limit)
    }

    fn finish(mut self, ask: Option<Ask>, sort: Option<Sort>, limit: Option<u64>) -> Understanding {
        self.note_lost_cues(ask.as_ref());
        let left = self.unexplained();
        let lost = self.draft.lost.len() as f32;
        let cost: f32 = left.iter().map(|at| self.cost(*at, ask.as_ref())).sum();
        let mut unexplained: Vec<String> = left.iter().map(|at| self.draft.reading.text(*at).to_owned()).collect();
        unexplained.append(&mut self.draft.lost);
        let said: f32 = self.shown.iter().map(|c| c.score.clamp(0.0, 2.0)).sum();
        let first = self.draft.reading.tables.iter().filter(|m| m.quality > 0.8).min_by_key(|m| m.start);
        let leads = if first.is_some_and(|m| m.table == self.draft.index) { 0.5 } else { 0.0 };
        let score = leads + self.named * 1.5 + self.draft.weight + said - 0.6 * unexplained.len() as f32;
        let mut sureness = self.draft.sureness - lost - cost;
        if ask.is_none() {
            sureness = 0.0;
        }
        let score = score + 1.5 * sureness.clamp(-1.0, 1.0);
        let conditions = std::mem::take(&mut self.draft.conditions);
        let plan =
            Plan { table: self.draft.table.name.clone(), conditions, ask: ask.unwrap_or(Ask::Records), sort, limit };
        Understanding { table: self.draft.index, plan, score, sureness, unexplained }
    }

    /// A word that says what is asked and that nothing was made of would make the answer one to another question.
    fn note_lost_cues(&mut self, ask: Option<&Ask>) {
        let summed = matches!(ask, Some(Ask::Count | Ask::CountOf(_) | Ask::CountKinds(_) | Ask::Groups(_)));
        let mut places: Vec<usize> = self.cues.superlatives.iter().map(|s| s.start).collect();
        // "the lowest overall amount"
        let beside = |at: usize| self.used.iter().any(|used| at.abs_diff(*used) <= 2);
        let op = self.cues.op.filter(|(op, at)| *op != Op::Sum || !summed && !beside(*at));
        places.extend(op.map(|(_, at)| at));
        let different = matches!(ask, Some(Ask::Distinct(_) | Ask::Choices(_) | Ask::CountKinds(_)));
        places.extend(self.cues.distinct.filter(|_| !different && self.cues.count.is_some()));
        let named: Vec<usize> =
            self.cues.superlatives.iter().filter(|s| self.is_field_name(s)).map(|s| s.start).collect();
        for at in places.into_iter().filter(|at| !named.contains(at)) {
            let held = matches!(
                self.draft.marks.get(at),
                Some(Mark::Condition | Mark::ConditionField | Mark::Asked | Mark::Table)
            );
            let counted = self.cues.count.is_some_and(|(start, end)| start <= at && at < end);
            if !held && !counted && !self.used.contains(&at) && !self.is_part_of_shown(at) {
                self.draft.lost.push(self.draft.reading.text(at).to_owned());
            }
        }
    }

    /// Whether a field is called just so ("Highest"), and no other field follows that the word could rank.
    fn is_field_name(&self, superlative: &Superlative) -> bool {
        let whole = |m: &super::mentions::FieldMention| {
            m.start == superlative.start && m.end == superlative.end && m.quality > 0.95
        };
        self.draft.links.fields.iter().any(whole) && self.number_after(superlative.end).is_none()
    }

    /// Whether the word belongs to the name of a field that is shown or tested ("First elected").
    fn is_part_of_shown(&self, at: usize) -> bool {
        let Some(said) = self.draft.reading.words.get(at) else { return false };
        let shown = self.shown.iter().map(|c| c.field).chain(self.draft.tested.iter().copied());
        shown.filter_map(|f| self.draft.table.fields.get(f)).any(|f| f.words.iter().any(|w| w.stem == said.stem))
    }

    /// What leaving an unexplained word out would cost: much where it may restrict the records.
    fn cost(&self, at: usize, ask: Option<&Ask>) -> f32 {
        let Some(word) = self.draft.reading.words.get(at) else { return 0.0 };
        let anchored = matches!(ask, Some(Ask::Values(_) | Ask::CountOf(_))) && !self.draft.conditions.is_empty();
        let stated = at.checked_sub(1).is_some_and(|b| {
            self.draft.reading.is(b, &["is", "are", "was", "were", "be", "been", "not", "still", "yet"])
        });
        let describes = matches!(self.draft.marks.get(at + 1), Some(Mark::Table | Mark::Asked)) && !word.stop;
        let proper = (word.capital && at > 0 || word.quoted) && !self.draft.reading.shouts();
        match () {
            () if word.text.starts_with(|c: char| c.is_ascii_digit()) => 1.0,
            () if anchored => 0.17,
            () if self.draft.conditions.is_empty() || describes || stated || proper => 0.75,
            () => 0.25,
        }
    }

    fn mark_table(&mut self) {
        let mentions: Vec<_> =
            self.draft.reading.tables.iter().filter(|m| m.table == self.draft.index).cloned().collect();
        for mention in mentions {
            let free =
                self.draft.marks.get(mention.start..mention.end).is_some_and(|m| m.iter().all(|m| *m == Mark::Free));
            let named_field = self.draft.links.fields.iter().any(|f| {
                f.start <= mention.start
                    && f.end >= mention.end
                    && (f.quality > mention.quality.max(0.85) && f.end - f.start > mention.end - mention.start
                        || f.quality > mention.quality + 0.2
                        || f.quality > 0.9 && self.is_asked_for(mention.start))
            });
            if free && named_field {
                self.named = self.named.max(mention.quality.min(0.5));
            }
            if free && !named_field {
                self.draft.mark(mention.start, mention.end, Mark::Table);
                self.named = self.named.max(mention.quality);
            }
        }
    }

    /// "which country …": the word right after what asks.
    fn is_asked_for(&self, at: usize) -> bool {
        let (Opener::Which(from) | Opener::What(from)) = self.opener else { return false };
        from <= at && self.small_between(from, at) && self.cues.count.is_none()
    }

    /// "sorted by X"
    fn sort(&mut self) -> Option<Sort> {
        let (next, cue) = self.cues.sort?;
        let (field, start, end) = self.field_at(next)?;
        self.draft.mark(cue, start, Mark::Cue);
        self.draft.mark(start, end, Mark::Cue);
        Some(Sort { field: self.draft.name(field), descending: self.cues.descending })
    }

    /// The field whose name begins right at `at`.
    fn field_at(&self, at: usize) -> Option<(usize, usize, usize)> {
        self.draft
            .links
            .fields
            .iter()
            .filter(|m| m.start == at && m.quality >= 0.5)
            .filter(|m| !self.draft.marks.get(m.start..m.end).is_some_and(|s| s.contains(&Mark::Condition)))
            .max_by(|a, b| (a.quality, a.end).partial_cmp(&(b.quality, b.end)).unwrap_or(std::cmp::Ordering::Equal))
            .map(|m| (m.field, m.start, m.end))
    }

    fn ask(&mut self) -> Option<Ask> {
        if let Some(ask) = self.groups() {
            return Some(ask);
        }
        if let Some(ask) = self.yes_no() {
            return Some(ask);
        }
        if let Some(ask) = self.superlative() {
            return Some(ask);
        }
        if let Some(ask) = self.counted() {
            return Some(ask);
        }
        if let Some(ask) = self.aggregate() {
            return Some(ask);
        }
        self.values()
    }

    /// "by owner", "per region", "for each status".
    fn groups(&mut self) -> Option<Ask> {
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
    fn bucket(&self, next: usize) -> Option<(String, usize, usize)> {
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

    fn grouped(&mut self, by: usize, bucket: Option<String>) -> Ask {
        let op = self.cues.op.map(|(op, _)| op).or(self.extreme_op());
        self.used.extend(self.cues.op.map(|(_, at)| at).or(self.cues.superlatives.first().map(|s| s.start)));
        let mut field = None;
        let mut op = op.unwrap_or(Op::Sum);
        if let Some((start, end)) = self.cues.count {
            self.draft.mark(start, end, Mark::Cue);
        }
        if let Some((measure, start, end)) = self.measure(by) {
            self.draft.mark(start, end, Mark::Cue);
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

    fn extreme_op(&self) -> Option<Op> {
        let superlative = self.cues.superlatives.first()?;
        Some(if superlative.greatest { Op::Max } else { Op::Min })
    }

    fn mark_cues(&mut self) {
        let mut at = 0;
        while at < self.draft.marks.len() {
            if is_cue_word(self.draft.reading.text(at)) && self.draft.free(at, at + 1) {
                self.draft.mark(at, at + 1, Mark::Cue);
            }
            at += 1;
        }
    }

    /// The number field that is spoken of, other than `except`.
    fn measure(&self, except: usize) -> Option<(usize, usize, usize)> {
        self.draft
            .links
            .fields
            .iter()
            .filter(|m| m.field != except && m.quality >= 0.5 && self.draft.kind(m.field).is_number())
            .filter(|m| self.all_free(m.start, m.end) && !m.dominated)
            .filter(|m| !is_cue_only(self.draft.reading, m.start, m.end) || self.is_measured(m.start))
            .max_by(|a, b| a.quality.total_cmp(&b.quality).then(b.start.cmp(&a.start)))
            .map(|m| (m.field, m.start, m.end))
    }

    /// "total count": a word that asks is the name of a field when another one stands before it.
    fn is_measured(&self, start: usize) -> bool {
        let Some(before) = start.checked_sub(1) else { return false };
        self.cues.op.is_some_and(|(_, at)| at == before) || self.cues.superlatives.iter().any(|s| s.end == start)
    }

    fn all_free(&self, start: usize, end: usize) -> bool {
        self.draft.marks.get(start..end).is_some_and(|m| m.iter().all(|m| *m == Mark::Free))
    }

    fn yes_no(&mut self) -> Option<Ask> {
        if !self.cues.yes_no || self.draft.conditions.is_empty() {
            return None;
        }
        let primary = self.draft.name(self.draft.table.primary);
        let any = self
            .draft
            .reading
            .words
            .iter()
            .take(4)
            .any(|w| matches!(w.text.as_str(), "any" | "there" | "we" | "some" | "anything"));
        let (anchors, checks): (Vec<Condition>, Vec<Condition>) =
            self.draft.conditions.drain(..).partition(|c| c.field == primary && !c.negated);
        if any || anchors.is_empty() || checks.is_empty() {
            self.draft.conditions = anchors.into_iter().chain(checks).collect();
            self.cues.count = None;
            return Some(if any || self.named > 0.0 {
                Ask::Exists
            } else {
                self.draft.lost.push("what is asked".to_owned());
                Ask::Exists
            });
        }
        self.draft.conditions = anchors;
        Some(Ask::Confirm(checks))
    }

    fn superlative(&mut self) -> Option<Ask> {
        for superlative in self.cues.superlatives.clone() {
            if self.names_field(&superlative) {
                continue;
            }
            if let Some(ask) = self.most_of_table(&superlative) {
                return Some(ask);
            }
            let Some((by, said, greatest)) = self.superlative_field(&superlative) else { continue };
            self.used.push(superlative.start);
            return Some(self.extreme(&Superlative { greatest, ..superlative }, by, said));
        }
        None
    }

    /// Whether the word is part of a field's own name ("Lowest", "First elected").
    fn names_field(&self, superlative: &Superlative) -> bool {
        let marked = self.draft.marks.get(superlative.start..superlative.end);
        if superlative.count.is_none() && !marked.is_some_and(|m| m.iter().all(|m| *m == Mark::Free)) {
            return true;
        }
        let own = |m: &&super::mentions::FieldMention| {
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

    fn number_after(&self, at: usize) -> Option<(usize, (usize, usize))> {
        self.draft
            .links
            .fields
            .iter()
            .filter(|m| m.start >= at && m.start <= at + 3 && m.quality >= 0.34 && self.all_free(m.start, m.end))
            .filter(|m| self.draft.kind(m.field).is_number() || self.draft.kind(m.field) == Kind::Date)
            .max_by(|a, b| {
                let value = |m: &super::mentions::FieldMention| {
                    m.quality + 0.2 * (m.end - m.start) as f32 - 0.25 * (m.start - at) as f32
                };
                value(a).total_cmp(&value(b))
            })
            .map(|m| (m.field, (m.start, m.end)))
    }

    /// "which owner has the most tasks": groups, not records.
    fn most_of_table(&mut self, superlative: &Superlative) -> Option<Ask> {
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
    fn superlative_field(&self, superlative: &Superlative) -> Option<(usize, Said, bool)> {
        let greatest = superlative.greatest;
        let after = self.number_after(superlative.end);
        let word = self.draft.reading.text(superlative.start);
        if matches!(word, "oldest" | "youngest") {
            return self.by_age(word == "oldest");
        }
        if !superlative.hints.is_empty() {
            let hinted = |f: &super::book::Field| lexicon::hinted(&f.stems(), superlative.hints);
            if let Some((field, said)) = after.filter(|(f, _)| self.draft.table.fields.get(*f).is_some_and(hinted)) {
                return Some((field, Some(said), greatest));
            }
            if self.draft.table.fields.iter().any(|f| f.kind.is_number() && hinted(f)) {
                return self.hinted_number(superlative.hints, greatest).map(|f| (f, None, greatest));
            }
            let timely = |f: usize| {
                let named = |f: &super::book::Field| lexicon::hinted(&f.stems(), lexicon::TIMES);
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
        let spoken = |m: &&super::mentions::FieldMention| {
            self.draft.kind(m.field).is_number()
                && m.quality >= 0.6
                && self.all_free(m.start, m.end)
                && !m.dominated
                && !self.is_asked_for(m.start)
        };
        let best = self.draft.links.fields.iter().filter(spoken).max_by(|a, b| a.quality.total_cmp(&b.quality));
        best.filter(|_| vague).map(|m| (m.field, Some((m.start, m.end)), greatest))
    }

    /// The oldest have the greatest age, or were born first.
    fn by_age(&self, oldest: bool) -> Option<(usize, Said, bool)> {
        if let Some(age) = self.hinted_number(&["age"], oldest) {
            return Some((age, None, oldest));
        }
        let born = |f: &usize| {
            let hinted =
                |f: &super::book::Field| lexicon::hinted(&f.stems(), &["birth", "born", "birthdate", "birthday"]);
            self.draft.kind(*f) == Kind::Date && self.draft.table.fields.get(*f).is_some_and(hinted)
        };
        let field = (0..self.draft.table.fields.len()).find(born).or_else(|| self.time_field())?;
        Some((field, None, !oldest))
    }

    /// The field of time: one called so, else the only date.
    fn time_field(&self) -> Option<usize> {
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
    fn hinted_number(&self, hints: &[&str], greatest: bool) -> Option<usize> {
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
    fn requested_after(&self, from: usize, by: usize) -> Option<Choice> {
        let asks = (from..self.draft.marks.len())
            .find(|at| self.draft.reading.is(*at, &["give", "show", "tell", "need", "want", "name"]))?;
        let ended = self.draft.reading.words.iter().take(asks).skip(from.saturating_sub(1)).any(|w| w.stop);
        let at = (asks + 1..self.draft.marks.len()).find(|at| !lexicon::is_plain(self.draft.reading.text(*at)))?;
        let fitting = self.draft.links.fields.iter().filter(|m| m.start == at && m.quality >= 0.45 && !m.dominated);
        let best = fitting.filter(|_| ended).max_by(|a, b| a.quality.total_cmp(&b.quality))?;
        (best.field != by && self.all_free(best.start, best.end)).then(|| Choice {
            field: best.field,
            score: 1.0,
            said: Some((best.start, best.end)),
        })
    }

    /// Whether the table is named other than between the superlative and its field ("the longest flight distance").
    fn has_table_beside(&self, superlative: &Superlative, said: Said) -> bool {
        let between = |at: usize| said.is_some_and(|(start, _)| superlative.end <= at && at < start);
        self.draft.marks.iter().enumerate().any(|(at, mark)| *mark == Mark::Table && !between(at))
    }

    fn extreme(&mut self, superlative: &Superlative, by: usize, said: Option<(usize, usize)>) -> Ask {
        self.draft.mark(superlative.start, superlative.end, Mark::Cue);
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
        let by_follows = said.is_some_and(|(start, _)| start == superlative.end);
        let direct =
            said.is_some() && matches!(self.opener, Opener::What(at) if self.small_between(at, superlative.start));
        let bare = said.is_none()
            && matches!(self.opener, Opener::What(at) if self.small_between(at, superlative.start))
            && (superlative.end == self.draft.marks.len()
                || self.draft.reading.is(superlative.end, &["it", "ever", "that"]));
        if (direct || bare) && !table_asked && superlative.count.is_none() {
            self.take(Choice { field: by, score: 1.0, said });
            return Ask::Aggregate { op, field: by_name };
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
                Ask::Aggregate { op, field: by_name }
            }
        }
    }
}

fn is_cue_only(reading: &Reading, start: usize, end: usize) -> bool {
    (start..end).all(|at| is_cue_word(reading.text(at)))
}
