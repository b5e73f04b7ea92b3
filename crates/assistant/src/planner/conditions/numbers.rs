//! Placing comparisons, years and bare numbers on number fields.

use serde_json::Value;

use super::super::{
    amounts::{self, Amount, Bound},
    book::Kind,
    cues, lexicon,
    mentions::{FieldMention, ValueMention},
    plan::{Condition, Test, number},
};
use super::{Draft, Mark};

/// What may follow a number without being what it counts.
const UNITS: &[&str] = &[
    "minute", "min", "hour", "hr", "day", "week", "month", "year", "second", "sec", "km", "mile", "meter", "metre",
    "kg", "lb", "pound", "dollar", "euro", "usd", "eur", "degree", "foot", "feet", "knot", "percent", "unit",
];

impl<'a> Draft<'a> {
    pub(super) fn place_compared(&mut self) {
        self.place_pairs();
        for amount in &self.reading.amounts {
            if amount.bound == Bound::Bare || !self.free(amount.start, amount.end) || self.inside_value(amount) {
                continue;
            }
            let named = self.number_named_before(amount.start).is_some();
            let dated = is_year(amount) && !self.has_year_number() && !named && is_timely(amount);
            if self.has_dates() && (dated || self.inside_date(amount) && !named) {
                continue;
            }
            if let Some((field, mention)) = self.field_of(amount) {
                self.compare(amount, field, mention);
            }
        }
        self.place_prefixed();
    }

    /// "more than 20 but less than 40 units": both are of the field that is named beside the pair.
    fn place_pairs(&mut self) {
        for pair in self.reading.amounts.windows(2) {
            let [first, second] = pair else { continue };
            let joined = second.start == first.end + 1 && self.reading.is(first.end, &["and", "but"]);
            let bounded = |a: &Amount| !matches!(a.bound, Bound::Bare | Bound::Equal) && !self.inside_date(a);
            if !joined || !bounded(first) || !bounded(second) || !self.free(first.start, second.end) {
                continue;
            }
            let numeric = (0..self.table.fields.len()).filter(|f| self.kind(*f).is_number());
            let named = numeric.filter_map(|f| {
                let beside = [self.close_left(f, first.start), self.close_right(f, second.end)];
                let best = beside.into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))?;
                Some((f, best))
            });
            let named = named.filter(|(_, (strength, _))| *strength > 1.2).collect();
            let Some((Some(field), mention)) = self.clearest(named) else { continue };
            self.compare(second, field, Some((mention.start, mention.end)));
            self.compare(first, field, None);
        }
    }

    /// "selected in 1966": the number field whose whole name stands right before.
    pub(super) fn number_named_before(&self, start: usize) -> Option<&'a FieldMention> {
        self.links.fields.iter().find(|m| {
            let dated = |other: &FieldMention| {
                self.kind(other.field) == Kind::Date && other.end == m.end && other.quality > 0.8
            };
            m.end == start && m.quality > 0.9 && self.kind(m.field).is_number() && !self.links.fields.iter().any(dated)
        })
    }

    /// Whether the number is part of a written date ("after 1 January 2022").
    pub(super) fn inside_date(&self, amount: &Amount) -> bool {
        self.reading.dates.iter().any(|d| d.bare_year.is_none() && d.start <= amount.at && d.end >= amount.end)
    }

    /// Whether a longer cell text holds the number ("70-70=140").
    pub(super) fn inside_value(&self, amount: &Amount) -> bool {
        self.links
            .values
            .iter()
            .any(|v| v.exact && v.start <= amount.start && v.end >= amount.end && v.end - v.start > 1)
    }

    /// A comparison that no field took is a condition lost.
    pub(super) fn note_lost_comparisons(&mut self) {
        for amount in &self.reading.amounts {
            if amount.bound != Bound::Bare && self.free(amount.start, amount.end) {
                self.lost.push(self.reading.slice(amount.start, amount.end).to_owned());
            }
        }
    }

    /// Whether the mention is only the number of a comparison.
    pub(super) fn is_compared(&self, mention: &ValueMention) -> bool {
        let compared = |a: &Amount| {
            !matches!(a.bound, Bound::Bare | Bound::Equal) && a.start <= mention.start && a.end >= mention.end
        };
        self.reading.amounts.iter().any(compared)
    }

    /// "before round 6": the name stands between the comparison and the number.
    pub(super) fn place_prefixed(&mut self) {
        for amount in &self.reading.amounts {
            if amount.bound != Bound::Bare || !self.free(amount.start, amount.end) {
                continue;
            }
            let numeric = (0..self.table.fields.len()).filter(|f| self.kind(*f).is_number());
            let named = numeric
                .filter_map(|f| self.close_left(f, amount.start).map(|(strength, m)| (f, strength, m)))
                .filter(|(_, strength, _)| *strength > 1.2)
                .max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((field, _, mention)) = named else { continue };
            let Some((start, bound)) = amounts::before(&self.reading.words, mention.start) else { continue };
            let compared = Amount { start, bound, ..amount.clone() };
            self.compare(&compared, field, Some((mention.start, mention.end)));
            self.mark(start, amount.end, Mark::Condition);
        }
    }

    pub(super) fn compare(&mut self, amount: &Amount, field: usize, mention: Option<(usize, usize)>) {
        self.mark(amount.start, amount.end, Mark::Condition);
        self.weight += 2.0;
        if let Some((start, end)) = mention {
            self.mark(start, end, Mark::ConditionField);
        }
        let from = mention.map_or(amount.start, |(start, _)| start.min(amount.start));
        let negation = self.negation(amount.start).or_else(|| self.negation(from));
        if let Some(at) = negation {
            self.mark(at, at + 1, Mark::Cue);
        }
        let condition = self.one_of(amount, field);
        self.push(field, Condition { negated: negation.is_some(), ..condition });
        if let Some((start, _)) = mention.filter(|(start, _)| *start < amount.start) {
            self.share_comparison(amount, start);
        }
    }

    /// "1955 or 1980": the numbers joined to the first one are other values of the same field.
    pub(super) fn one_of(&mut self, amount: &Amount, field: usize) -> Condition {
        let condition = self.comparison(amount, field);
        if !matches!(amount.bound, Bound::Bare | Bound::Equal) {
            return condition;
        }
        let mut values = match &condition.test {
            Test::Is { value, .. } => vec![value.clone()],
            _ => return condition,
        };
        let mut end = amount.end;
        loop {
            let joined = self.reading.is(end, &["or", "and"]);
            let listed = end.checked_sub(1).and_then(|at| self.reading.words.get(at)).is_some_and(|w| w.stop);
            let next = end + usize::from(joined);
            let found = self.reading.amounts.iter().find(|a| a.start == next && a.bound == Bound::Bare);
            let Some(found) = found.filter(|a| (joined || listed) && self.free(a.start, a.end)) else { break };
            if let Test::Is { value, .. } = self.comparison(found, field).test {
                values.push(value);
            }
            self.mark(end, found.end, Mark::Condition);
            end = found.end;
        }
        while let Some(found) = self.joined_before(amount.start) {
            if let Test::Is { value, .. } = self.comparison(&found, field).test {
                values.insert(0, value);
            }
            self.mark(found.start, amount.start, Mark::Condition);
        }
        if values.len() < 2 {
            return condition;
        }
        Condition::is(&self.name(field), "is_any_of", Value::Array(values))
    }

    /// "80 or 55 hours": the nearest bare number before, that only "or" sets apart.
    fn joined_before(&self, start: usize) -> Option<Amount> {
        let mut at = start;
        while at > 0 && self.marks.get(at - 1) == Some(&Mark::Condition) {
            at -= 1;
        }
        let end = at.checked_sub(1).filter(|at| self.reading.is(*at, &["or"]))?;
        let bare = |a: &&Amount| a.end == end && a.bound == Bound::Bare && self.free(a.start, a.end);
        self.reading.amounts.iter().find(bare).cloned()
    }

    /// "in 1990" where the years stand in a number field.
    pub(super) fn place_years(&mut self) {
        let Some(field) = self.year_field() else { return };
        for amount in &self.reading.amounts {
            let year = amount.bound == Bound::Bare && is_year(amount) && amount.end == amount.at + 1;
            if !year || !self.free(amount.start, amount.end) || self.inside_value(amount) || self.claimed(amount, field)
            {
                continue;
            }
            let named = self.close_left(field, amount.start).map(|(_, m)| (m.start, m.end));
            self.compare(amount, field, named);
        }
    }

    /// The one number field that holds years.
    pub(super) fn year_field(&self) -> Option<usize> {
        let holds = |f: &usize| {
            self.kind(*f).is_number()
                && self.table.fields.get(*f).and_then(|f| f.words.first()).is_some_and(|w| w.stem == "year")
                && self.table.fields.get(*f).is_some_and(|f| f.weights.iter().filter(|w| **w > 0.5).count() == 1)
        };
        let mut all = (0..self.table.fields.len()).filter(holds);
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }

    /// Whether the number rather belongs to what stands beside it: another field, or a text that holds it.
    pub(super) fn claimed(&self, amount: &Amount, year: usize) -> bool {
        let before = amount.start.checked_sub(1);
        // "founded in 1863"
        let of_time = |m: &FieldMention| {
            let timely = self.table.fields.get(m.field).is_some_and(|f| lexicon::hinted(&f.stems(), lexicon::TIMES));
            m.field != year && m.end + 1 == amount.start && m.quality > 0.8 && timely && self.kind(m.field).is_number()
        };
        if self.links.fields.iter().any(of_time) {
            return true;
        }
        if before.is_some_and(|at| self.reading.is(at, &["in", "for", "during", "from", "year"])) {
            return false;
        }
        let number = |m: &&FieldMention| m.field != year && self.kind(m.field).is_number() && m.quality > 0.6;
        let beside = |m: &&FieldMention| {
            m.end == amount.start
                || m.start == amount.end
                || m.end + 1 == amount.start && before.is_some_and(|at| self.reading.is(at, &["is", "of", "was", "="]))
        };
        let text = self.links.values.iter().any(|v| v.exact && v.start <= amount.start && v.end >= amount.end);
        text || self.links.fields.iter().any(|m| number(&m) && beside(&m))
    }

    /// "Bronze and Silver smaller than 1" compares both.
    pub(super) fn share_comparison(&mut self, amount: &Amount, start: usize) {
        if !start.checked_sub(1).is_some_and(|at| self.reading.is(at, &["and"])) {
            return;
        }
        let both =
            self.links.fields.iter().find(|m| m.end + 1 == start && m.quality > 0.9 && self.kind(m.field).is_number());
        if let Some(mention) = both {
            if self.tested.contains(&mention.field) || !self.free(mention.start, mention.end) {
                return;
            }
            let condition = self.comparison(amount, mention.field);
            self.push(mention.field, condition);
            self.mark(mention.start, mention.end, Mark::ConditionField);
        }
    }

    pub(super) fn comparison(&self, amount: &Amount, field: usize) -> Condition {
        let scale = |value: f64| match self.kind(field) {
            Kind::Percent if amount.percent || value > 1.0 => value / 100.0,
            _ => value,
        };
        let name = self.name(field);
        let op = match amount.bound {
            Bound::Between(second) => {
                let (low, high) = (scale(amount.value.min(second)), scale(amount.value.max(second)));
                return Condition::new(&name, Test::Between(low, high));
            }
            Bound::Bare | Bound::Equal => "=",
            Bound::More => ">",
            Bound::AtLeast => ">=",
            Bound::Less => "<",
            Bound::AtMost => "<=",
        };
        Condition::is(&name, op, number(scale(amount.value)))
    }

    pub(super) fn has_year_number(&self) -> bool {
        self.table.fields.iter().any(|f| f.kind.is_number() && f.stems().contains(&"year"))
    }

    /// The field an amount is about, with the words that name it.
    pub(super) fn field_of(&self, amount: &Amount) -> Option<(usize, Option<(usize, usize)>)> {
        let numeric: Vec<usize> = (0..self.table.fields.len()).filter(|f| self.kind(*f).is_number()).collect();
        let of_time =
            matches!(amount.cue.as_deref(), Some("before" | "after" | "earlier" | "later" | "since" | "prior"));
        if of_time
            && is_year(amount)
            && let Some(field) = self.hinted_field(amount, &numeric)
        {
            return Some((field, None));
        }
        let named = numeric
            .iter()
            .filter_map(|field| {
                let left = self.close_left(*field, amount.start);
                let right = self.close_right(*field, amount.end);
                let best = [left, right].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))?;
                Some((*field, best))
            })
            .filter(|(_, (strength, _))| *strength > 0.6)
            .collect::<Vec<_>>();
        if let Some((field, mention)) = self.clearest(named) {
            return Some((field?, Some((mention.start, mention.end))));
        }
        let hinted = self.hinted_field(amount, &numeric).map(|field| (field, None));
        if hinted.is_some() || self.counts_something(amount) {
            return hinted;
        }
        let of_time = amount.cue.as_deref().is_some_and(|cue| TIMELY.contains(&cue));
        let money = || self.money_field().filter(|_| !of_time).map(|field| (field, None));
        self.distant_field(amount, &numeric).or_else(money)
    }

    /// The one field of money, which a number without a name is about.
    pub fn money_field(&self) -> Option<usize> {
        let mut all = (0..self.table.fields.len())
            .filter(|f| self.kind(*f).is_number() && self.table.fields.get(*f).is_some_and(|f| f.symbol.is_some()));
        let first = all.next()?;
        all.next().is_none().then_some(first)
    }

    /// The field named best; of several named by the same words the one whose name is said elsewhere too, or none.
    pub(super) fn clearest(
        &self,
        mut named: Vec<(usize, (f32, &'a FieldMention))>,
    ) -> Option<(Option<usize>, &'a FieldMention)> {
        named.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
        let (field, (strength, mention)) = *named.first()?;
        let rivals: Vec<usize> = named
            .iter()
            .filter(|(_, (other, m))| strength - other < 0.05 && m.start == mention.start && m.end == mention.end)
            .map(|(field, _)| *field)
            .collect();
        if rivals.len() < 2 {
            return Some((Some(field), mention));
        }
        let elsewhere = |field: usize| {
            let apart = |m: &&FieldMention| m.field == field && (m.end <= mention.start || m.start >= mention.end);
            self.links.fields.iter().filter(apart).map(|m| m.quality).fold(0.0, f32::max)
        };
        let best = rivals.iter().copied().max_by(|a, b| elsewhere(*a).total_cmp(&elsewhere(*b)))?;
        let clear = rivals.iter().all(|f| *f == best || elsewhere(best) - elsewhere(*f) > 0.1);
        Some((clear.then_some(best), mention))
    }

    /// "more than 2 missions": the number counts what follows it, which no number field is called.
    pub(super) fn counts_something(&self, amount: &Amount) -> bool {
        let Some(word) = self.reading.words.get(amount.end) else { return false };
        let ended = amount.end.checked_sub(1).and_then(|at| self.reading.words.get(at)).is_some_and(|w| w.stop);
        let small = lexicon::is_plain(&word.text) || cues::is_cue_word(&word.text) || word.number.is_some();
        !ended && !small && !UNITS.contains(&word.stem.as_str()) && self.free(amount.end, amount.end + 1)
    }

    pub(super) fn close_left(&self, field: usize, start: usize) -> Option<(f32, &'a FieldMention)> {
        let mut at = start;
        for skipped in 0..4_u8 {
            let mentions = self
                .links
                .fields
                .iter()
                .filter(|m| m.field == field && m.end == at && !m.dominated && self.free(m.start, m.end));
            if let Some(mention) = mentions.max_by(|a, b| a.quality.total_cmp(&b.quality)) {
                return Some((3.0 * mention.quality.min(1.0) - 0.4 * skipped as f32, mention));
            }
            at = at.checked_sub(1)?;
            let bridge = [
                "is", "are", "was", "were", "of", "that", "which", "a", "the", "being", "be", "has", "value", "with",
                "at", "to", "from", "it", "not",
            ];
            if !self.reading.is(at, &bridge) {
                return None;
            }
        }
        None
    }

    pub(super) fn close_right(&self, field: usize, end: usize) -> Option<(f32, &'a FieldMention)> {
        for (at, skipped) in (end..).zip(0..3_u8) {
            if at.checked_sub(1).and_then(|i| self.reading.words.get(i)).is_some_and(|w| w.stop) {
                return None;
            }
            let mentions = self
                .links
                .fields
                .iter()
                .filter(|m| m.field == field && m.start == at && !m.dominated && self.free(m.start, m.end));
            if let Some(mention) = mentions.max_by(|a, b| a.quality.total_cmp(&b.quality)) {
                return Some((3.2 * mention.quality.min(1.0) - 0.4 * skipped as f32, mention));
            }
            let unit =
                self.reading.is(at, &["of", "in", "total", "dollars", "euros", "usd", "eur", "the", "as", "an", "a"]);
            if !unit {
                return None;
            }
        }
        None
    }

    /// A field hinted at by the comparing word or a unit.
    pub(super) fn hinted_field(&self, amount: &Amount, numeric: &[usize]) -> Option<usize> {
        let hints: &[&str] = match amount.cue.as_deref().unwrap_or_default() {
            "before" | "after" | "earlier" | "later" | "since" | "prior" => &["year", "season", "founded", "from"],
            "older" | "younger" => &["age"],
            "taller" | "shorter" | "higher" => &["height", "elevation"],
            "heavier" | "lighter" => &["weight", "mass"],
            "longer" => &["length", "duration"],
            "faster" | "slower" => &["speed"],
            "cheaper" => &["price", "cost", "budget"],
            "more" if self.reading.is(amount.start + 1, &["expensive"]) => &["price", "cost", "budget"],
            _ => &[],
        };
        let mut fitting = numeric.iter().copied().filter(|f| {
            self.table.fields.get(*f).is_some_and(|field| {
                lexicon::hinted(&field.stems(), hints)
                    || amount.percent && field.kind == Kind::Percent
                    || self.money_before(amount) && field.symbol.is_some()
            })
        });
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    pub(super) fn money_before(&self, amount: &Amount) -> bool {
        let at = self.reading.words.get(amount.at).map_or(0, |w| w.start);
        let sign = self.reading.message.get(..at).and_then(|t| t.chars().next_back());
        sign.is_some_and(|c| "$€£¥".contains(c))
    }

    /// The only number field, or the only one named anywhere.
    pub(super) fn distant_field(&self, amount: &Amount, numeric: &[usize]) -> Option<(usize, Option<(usize, usize)>)> {
        let mut named: Vec<&FieldMention> = self
            .links
            .fields
            .iter()
            .filter(|m| numeric.contains(&m.field) && m.quality > 0.6 && self.free(m.start, m.end))
            .collect();
        named.sort_by_key(|m| m.start.abs_diff(amount.start));
        let distinct = |m: &&FieldMention| named.iter().all(|other| other.field == m.field);
        if let Some(mention) = named.first().filter(|m| distinct(m)) {
            return Some((mention.field, Some((mention.start, mention.end))));
        }
        match numeric {
            [only] => Some((*only, None)),
            _ => None,
        }
    }

    /// Numbers that no cell text explained: by the name beside them.
    pub(super) fn place_bare_numbers(&mut self) {
        for amount in &self.reading.amounts {
            if amount.bound != Bound::Bare || !self.free(amount.start, amount.end) {
                continue;
            }
            let numeric = (0..self.table.fields.len()).filter(|f| self.kind(*f).is_number());
            let named = numeric
                .filter_map(|f| {
                    let left = self.left_of(f, amount.start);
                    let right = self.close_right(f, amount.end);
                    let best = [left, right].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0))?;
                    Some((f, best))
                })
                .filter(|(_, (strength, _))| *strength > 1.2)
                .collect();
            if let Some((Some(field), mention)) = self.clearest(named) {
                self.compare(amount, field, Some((mention.start, mention.end)));
            }
        }
    }
}

/// Comparing words that speak of time.
const TIMELY: &[&str] = &["before", "after", "since", "earlier", "later", "prior"];

/// Whether the comparison may be one of years.
fn is_timely(amount: &Amount) -> bool {
    amount.cue.as_deref().is_none_or(|cue| TIMELY.contains(&cue))
}

fn is_year(amount: &Amount) -> bool {
    amount.value.fract() == 0.0 && (1500.0..=2200.0).contains(&amount.value)
}
