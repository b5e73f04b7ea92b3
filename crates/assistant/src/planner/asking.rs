//! Decides what a question asks of one table, and how well the table explains it.

mod counted;
mod groups;
mod special;
mod superlatives;
#[cfg(test)]
mod tests;

use super::{
    book::Book,
    choose::{self, Choice, Opener},
    conditions::{Draft, Mark},
    cues::{Cues, Superlative},
    lexicon,
    mentions::Reading,
    plan::{Ask, Condition, Op, Plan, Sort},
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
            other.sureness -= 0.8;
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
    let asks = ["many", "which", "what", "of", "list", "show", "count", "find", "display", "give", "tell", "get"];
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

/// Words that speak of something said before.
const POINTING: &[&str] = &["it", "them", "they", "those", "he", "she", "his", "her"];

/// Words that make another question of it when they are left out.
const TURNING: &[&str] = &[
    "not",
    "never",
    "without",
    "except",
    "excluding",
    "neither",
    "nor",
    "between",
    "difference",
    "ratio",
    "growth",
    "increase",
    "decrease",
    "correlation",
    "summer",
    "winter",
    "spring",
    "autumn",
    "weekend",
    "weekends",
    "weekdays",
];

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
        let ask = ask.map(|ask| self.side_by_side(ask));
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
        if self.ignores_a_field() {
            sureness -= 0.5;
        }
        if self.points_nowhere(ask.as_ref()) {
            sureness -= 0.8;
        }
        if ask.is_none() {
            sureness = 0.0;
        }
        let score = score + 1.5 * sureness.clamp(-1.0, 1.0);
        let conditions = std::mem::take(&mut self.draft.conditions);
        let used = self.cues.superlatives.iter().find(|s| s.skip > 0 && self.used.contains(&s.start));
        let skip = used.filter(|_| matches!(ask, Some(Ask::Extreme { .. }))).map_or(0, |s| s.skip);
        if skip == 0 && self.cues.superlatives.iter().any(|s| s.skip > 0) {
            sureness = 0.0;
        }
        let ask = ask.unwrap_or(Ask::Records);
        let plan = Plan { table: self.draft.table.name.clone(), conditions, ask, sort, limit, skip };
        Understanding { table: self.draft.index, plan, score, sureness, unexplained }
    }

    /// "which missions used it?" of nothing that was said: all records are not what is meant.
    fn points_nowhere(&self, ask: Option<&Ask>) -> bool {
        let points = self.draft.reading.words.iter().any(|w| POINTING.contains(&w.text.as_str()));
        let all = matches!(ask, Some(Ask::Records | Ask::Count | Ask::Values(_) | Ask::Choices(_)));
        points && all && self.draft.conditions.is_empty()
    }

    /// Whether words that are the whole name of another table's field were used for nothing here.
    fn ignores_a_field(&self) -> bool {
        let others = self.draft.reading.links.iter().enumerate().filter(|(table, _)| *table != self.draft.index);
        others.flat_map(|(_, links)| &links.fields).any(|m| {
            let telling = (m.start..m.end).any(|at| {
                let text = self.draft.reading.text(at);
                !lexicon::is_plain(text) && !is_cue_word(text) && !ROWS.contains(&text)
            });
            let here =
                self.draft.links.fields.iter().any(|own| own.start < m.end && m.start < own.end && own.quality > 0.6);
            m.quality > 0.95 && telling && !here && self.all_free(m.start, m.end)
        })
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
            () if TURNING.contains(&word.text.as_str()) => 1.0,
            // "what is the budget of …" without such a field
            () if matches!(ask, Some(Ask::Records)) && (self.is_asked_for(at) || self.is_asked_after_value(at)) => 1.0,
            () if anchored && !(proper && self.is_strange(at)) => 0.17,
            () if self.draft.conditions.is_empty() || describes || stated || proper => 0.75,
            () => 0.25,
        }
    }

    /// Whether the word is neither English the planner knows nor the name of a field.
    fn is_strange(&self, at: usize) -> bool {
        let names = self.draft.links.fields.iter().any(|m| m.start <= at && at < m.end && m.quality > 0.3);
        !names && !lexicon::is_known(self.draft.reading.text(at))
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

    /// "what is the win rate": only a value stands between what asks and the word.
    fn is_asked_after_value(&self, at: usize) -> bool {
        let Opener::What(from) = self.opener else { return false };
        let between = |i: usize| {
            lexicon::is_plain(self.draft.reading.text(i)) || self.draft.marks.get(i) == Some(&Mark::Condition)
        };
        self.draft.reading.is(0, &["what", "whats"]) && from <= at && (from..at).all(between)
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
        for at in (end..self.draft.marks.len()).take(2) {
            if self.draft.reading.is(at, &["descending", "desc", "ascending", "asc"]) {
                self.draft.mark(at, at + 1, Mark::Cue);
            }
        }
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
        if let Some(ask) = self.details().or_else(|| self.beside()).or_else(|| self.share()) {
            return Some(ask);
        }
        if let Some(ask) = self.top_totals() {
            return Some(ask);
        }
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
}

fn is_cue_only(reading: &Reading, start: usize, end: usize) -> bool {
    (start..end).all(|at| is_cue_word(reading.text(at)))
}
