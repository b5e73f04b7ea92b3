//! Counting what the cells of a column can be read as, and deciding.

use memchr::memchr2;
use rustc_hash::FxHashMap;

use super::number::{DecimalMark, Dress};
use super::shape::Shape;
use super::word::{self, CheckboxWords};
use super::{ColumnKind, ColumnPlan, DateOrder, TypeMode, date, number};
use crate::csv::Doubt;

/// More different texts than this are no choices.
const MOST_CHOICES: usize = 50;
/// The longest name of a choice, in bytes.
const LONGEST_CHOICE: usize = 60;
/// Longer text than this gets a field for long text.
const LONG: usize = 255;

/// What was counted in one column.
#[derive(Debug)]
pub(super) struct Tally {
    mode: TypeMode,
    filled: u64,
    empty: u64,
    placeholders: u64,
    point: Numbers,
    comma: Numbers,
    /// Cells that are different numbers with the one and the other decimal mark.
    two_numbers: u64,
    dates: Dates,
    emails: u64,
    urls: u64,
    phones: u64,
    flags: [u64; CheckboxWords::ALL.len()],
    /// The different texts, which are weighed at the end; none once there are too many for choices.
    distinct: Option<FxHashMap<Box<str>, Seen>>,
    longest: usize,
    has_lines: bool,
}

/// A text that may be a choice.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// How many others came up before it.
    at: usize,
    cells: u64,
}

#[derive(Debug, Default)]
struct Numbers {
    plain: u64,
    percent: u64,
    money: u64,
    unfaithful: u64,
    symbol: Option<String>,
    other_symbol: bool,
    most_decimals: usize,
    fewest_decimals: Option<usize>,
    trailing_zero: bool,
}

#[derive(Debug, Default)]
struct Dates {
    fitting: [u64; DateOrder::ALL.len()],
    /// Cells that are dates in some order.
    any: u64,
    open: u64,
    dotted: u64,
    timed: u64,
    unzoned: u64,
    short_years: u64,
}

/// What the other columns of the file say where one leaves it open.
#[derive(Debug)]
pub(super) struct Evidence {
    order: Option<DateOrder>,
    told: bool,
    mark: DecimalMark,
}

impl Evidence {
    pub fn gather(tallies: &[Tally], told: Option<DateOrder>) -> Self {
        let seen = tallies.iter().find_map(|tally| tally.dates.only_order(tally.typed()));
        let comma = tallies.iter().any(|tally| tally.enough(tally.comma.all()) && !tally.enough(tally.point.all()));
        let mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
        let habit = comma.then_some(DateOrder::Dmy);
        Self { order: told.or(seen).or(habit), told: told.is_some(), mark }
    }
}

impl Numbers {
    fn add(&mut self, found: &number::Number<'_>, cells: u64) {
        match found.dress {
            Dress::Plain => self.plain += cells,
            Dress::Percent => self.percent += cells,
            Dress::Money(symbol) => {
                self.money += cells;
                match &self.symbol {
                    Some(known) => self.other_symbol |= known != symbol,
                    None => self.symbol = Some(symbol.to_owned()),
                }
            }
        }
        self.unfaithful += count(!found.faithful, cells);
        self.most_decimals = self.most_decimals.max(found.decimals);
        self.fewest_decimals = Some(self.fewest_decimals.map_or(found.decimals, |fewest| fewest.min(found.decimals)));
        self.trailing_zero |= found.trailing_zero;
    }

    fn all(&self) -> u64 {
        self.plain + self.percent + self.money
    }

    fn kind(&self, mark: DecimalMark) -> Option<ColumnKind> {
        let precision = self.most_decimals.min(8) as u8;
        match (self.plain, self.percent, self.money) {
            _ if self.unfaithful > 0 || self.other_symbol => None,
            (_, 0, 0) => Some(ColumnKind::Number { precision, mark }),
            (0, _, 0) => Some(ColumnKind::Percent { precision, mark }),
            (_, 0, _) => Some(ColumnKind::Currency { precision: precision.min(7), mark, symbol: self.symbol.clone()? }),
            _ => None,
        }
    }
}

impl Dates {
    fn add(&mut self, text: &str, cells: u64) {
        let Some(split) = date::split(text) else { return };
        let Some(first) = DateOrder::ALL.iter().find_map(|order| split.read(*order)) else { return };
        for (order, fitting) in DateOrder::ALL.iter().zip(&mut self.fitting) {
            *fitting += count(first.certain || split.read(*order).is_some(), cells);
        }
        self.any += cells;
        self.open += count(!first.certain, cells);
        self.dotted += count(text.contains('.'), cells);
        self.timed += count(first.has_time, cells);
        self.unzoned += count(first.has_time && !first.zoned, cells);
        self.short_years += count(first.short_year, cells);
    }

    fn most(&self) -> u64 {
        self.fitting.iter().copied().max().unwrap_or(0)
    }

    fn best(&self) -> impl Iterator<Item = DateOrder> {
        let most = self.most();
        DateOrder::ALL
            .into_iter()
            .zip(self.fitting)
            .filter(move |(_, fitting)| *fitting == most)
            .map(|(order, _)| order)
    }

    /// The order, when the cells of a date column leave just one.
    fn only_order(&self, typed: u64) -> Option<DateOrder> {
        let mut best = self.best();
        let first = best.next().filter(|_| self.open > 0 && self.most() * 100 >= typed * 95)?;
        best.next().is_none().then_some(first)
    }

    /// The order to read by, and whether the cells allow another one.
    fn order(&self, evidence: &Evidence) -> (DateOrder, bool) {
        let best: Vec<DateOrder> = self.best().collect();
        let first = best.first().copied().unwrap_or(DateOrder::Ymd);
        if self.open == 0 || best.len() < 2 {
            return (first, false);
        }
        let usual = if self.dotted > 0 { DateOrder::Dmy } else { DateOrder::Mdy };
        let chosen = [evidence.order, Some(usual)].into_iter().flatten().find(|order| best.contains(order));
        (chosen.unwrap_or(first), !evidence.told)
    }
}

/// All of the cells, or none.
fn count(fits: bool, cells: u64) -> u64 {
    if fits { cells } else { 0 }
}

impl Tally {
    pub fn new(mode: TypeMode) -> Self {
        Self {
            mode,
            filled: 0,
            empty: 0,
            placeholders: 0,
            point: Numbers::default(),
            comma: Numbers::default(),
            two_numbers: 0,
            dates: Dates::default(),
            emails: 0,
            urls: 0,
            phones: 0,
            flags: [0; CheckboxWords::ALL.len()],
            distinct: Some(FxHashMap::default()),
            longest: 0,
            has_lines: false,
        }
    }

    pub fn add(&mut self, text: &str) {
        if text.is_empty() {
            self.empty += 1;
            return;
        }
        self.filled += 1;
        if self.was_seen(text) {
            return;
        }
        if text.len() > self.longest {
            self.longest = self.longest.max(text.chars().count());
        }
        let shape = Shape::of(text);
        self.has_lines |= shape.has_lines();
        if self.mode == TypeMode::Infer && !self.is_choice(text, shape) {
            self.weigh(text, shape, 1);
        }
    }

    fn was_seen(&mut self, text: &str) -> bool {
        let seen = self.distinct.as_mut().and_then(|distinct| distinct.get_mut(text));
        seen.map(|seen| seen.cells += 1).is_some()
    }

    /// Keeps a text that may be a choice, to be weighed at the end with all its cells.
    fn is_choice(&mut self, text: &str, shape: Shape) -> bool {
        let Some(distinct) = &mut self.distinct else { return false };
        let at = distinct.len();
        let plain = text.len() <= LONGEST_CHOICE && text.trim() == text && !shape.has_lines() && !shape.has_comma();
        if plain && at <= MOST_CHOICES {
            distinct.insert(text.into(), Seen { at, cells: 1 });
            return true;
        }
        self.finish();
        self.distinct = None;
        false
    }

    /// Weighs what was put off.
    pub fn finish(&mut self) {
        let distinct = self.distinct.take();
        let mut texts: Vec<(&str, Seen)> = distinct.iter().flatten().map(|(text, seen)| (&**text, *seen)).collect();
        texts.sort_unstable_by_key(|(_, seen)| seen.at);
        for (text, seen) in texts {
            self.weigh(text, Shape::of(text), seen.cells);
        }
        self.distinct = distinct;
    }

    /// Counts what this text, which stands in so many cells, can be read as.
    fn weigh(&mut self, text: &str, shape: Shape, cells: u64) {
        if shape.has_digits() {
            self.weigh_digits(text, shape, cells);
        }
        if word::is_placeholder(text) {
            self.placeholders += cells;
        } else if let Some(words) = CheckboxWords::of(text) {
            let slot = CheckboxWords::ALL.iter().zip(&mut self.flags).find(|(known, _)| **known == words);
            if let Some((_, flags)) = slot {
                *flags += cells;
            }
        }
        self.emails += count(shape.may_be_email() && word::is_email(text), cells);
        self.urls += count(word::is_url(text), cells);
    }

    fn weigh_digits(&mut self, text: &str, shape: Shape, cells: u64) {
        if shape.may_be_number() {
            let point = number::parse_shaped(text, shape, DecimalMark::Point);
            let marked = memchr2(b'.', b',', text.as_bytes()).is_some();
            let comma = if marked { number::parse_shaped(text, shape, DecimalMark::Comma) } else { point };
            if let Some(found) = &point {
                self.point.add(found, cells);
            }
            if let Some(found) = &comma {
                self.comma.add(found, cells);
            }
            if let (Some(point), Some(comma)) = (point, comma) {
                self.two_numbers += count(point.value.to_bits() != comma.value.to_bits(), cells);
            }
        }
        if shape.may_be_date() {
            self.dates.add(text, cells);
        }
        self.phones += count(shape.may_be_phone() && word::is_phone(text), cells);
    }

    /// Cells that say something.
    fn typed(&self) -> u64 {
        self.filled - self.placeholders
    }

    /// Enough cells to be the column's kind: all, or nearly all of many.
    fn enough(&self, fitting: u64) -> bool {
        let typed = self.typed();
        typed > 0 && (fitting >= typed || typed >= 20 && fitting * 100 >= typed * 95)
    }

    pub fn decide(&self, name: &str, first: bool, evidence: &Evidence, doubts: &mut Vec<Doubt>) -> ColumnPlan {
        let typed = if self.mode == TypeMode::Text { None } else { self.typed_kind(name, evidence, doubts) };
        let kind = typed.or_else(|| self.select(first)).unwrap_or_else(|| self.text());
        let fitting = match &kind {
            ColumnKind::Number { mark, .. } | ColumnKind::Percent { mark, .. } | ColumnKind::Currency { mark, .. } => {
                self.numbers(*mark).all()
            }
            ColumnKind::Date { .. } | ColumnKind::DateTime { .. } => self.dates.most(),
            ColumnKind::Email => self.emails,
            ColumnKind::Url => self.urls,
            ColumnKind::Phone => self.phones,
            _ => self.filled,
        };
        if fitting < self.filled {
            doubts.push(Doubt::NotAll { column: name.to_owned(), fitting, of: self.filled });
        }
        ColumnPlan {
            name: name.to_owned(),
            kind,
            filled: self.filled,
            unfit: self.filled.saturating_sub(fitting),
            longest: self.longest,
        }
    }

    fn numbers(&self, mark: DecimalMark) -> &Numbers {
        match mark {
            DecimalMark::Point => &self.point,
            DecimalMark::Comma => &self.comma,
        }
    }

    fn typed_kind(&self, name: &str, evidence: &Evidence, doubts: &mut Vec<Doubt>) -> Option<ColumnKind> {
        if let Some(words) = self.checkbox() {
            return Some(ColumnKind::Checkbox { words });
        }
        if self.enough(self.dates.most()) {
            return Some(self.date(name, evidence, doubts));
        }
        if self.enough(self.point.all()) || self.enough(self.comma.all()) {
            let kind = self.number(name, evidence, doubts);
            if kind.is_some() {
                return kind;
            }
        }
        if self.enough(self.dates.any) {
            doubts.push(Doubt::MixedDates { column: name.to_owned() });
            return None;
        }
        let words = name.to_lowercase();
        let called = ["phone", "tel", "fax", "mobile", "cell"].iter().any(|word| words.contains(word));
        if self.enough(self.emails) {
            Some(ColumnKind::Email)
        } else if self.enough(self.urls) {
            Some(ColumnKind::Url)
        } else if called && self.enough(self.phones) {
            Some(ColumnKind::Phone)
        } else {
            None
        }
    }

    /// Both words must occur, and no third state: an empty cell would become a plain no.
    fn checkbox(&self) -> Option<CheckboxWords> {
        let distinct = self.distinct.as_ref()?;
        let states = {
            let mut lower: Vec<String> = distinct.keys().map(|text| text.to_lowercase()).collect();
            lower.sort_unstable();
            lower.dedup();
            lower.len()
        };
        CheckboxWords::ALL.into_iter().zip(self.flags).find_map(|(words, count)| {
            let fits = if words.empty_is_no() { self.empty > 0 || states == 2 } else { self.empty == 0 && states == 2 };
            (count == self.filled && self.filled >= 2 && fits).then_some(words)
        })
    }

    fn date(&self, name: &str, evidence: &Evidence, doubts: &mut Vec<Doubt>) -> ColumnKind {
        let (order, open) = self.dates.order(evidence);
        let column = || name.to_owned();
        if open {
            doubts.push(Doubt::DateOrder { column: column(), chosen: order });
        }
        if self.dates.short_years > 0 {
            doubts.push(Doubt::ShortYears { column: column() });
        }
        if self.dates.unzoned > 0 {
            doubts.push(Doubt::NoZone { column: column() });
        }
        if self.dates.timed > 0 { ColumnKind::DateTime { order } } else { ColumnKind::Date { order } }
    }

    fn number(&self, name: &str, evidence: &Evidence, doubts: &mut Vec<Doubt>) -> Option<ColumnKind> {
        let column = name.to_owned();
        let both = self.enough(self.point.all()) && self.enough(self.comma.all());
        let mark = match (both, self.point.all() >= self.comma.all()) {
            (true, _) => evidence.mark,
            (false, true) => DecimalMark::Point,
            (false, false) => DecimalMark::Comma,
        };
        let numbers = self.numbers(mark);
        let lower = name.to_lowercase();
        let version =
            numbers.most_decimals > 0 && ["version", "release", "build"].iter().any(|word| lower.contains(word));
        let Some(kind) = numbers.kind(mark).filter(|_| !version) else {
            doubts.push(Doubt::KeptAsText { column });
            return None;
        };
        if both && self.two_numbers > 0 {
            doubts.push(Doubt::DecimalMark { column: column.clone(), chosen: mark.char() });
        }
        if numbers.trailing_zero && numbers.fewest_decimals != Some(numbers.most_decimals) {
            doubts.push(Doubt::TrailingZeros { column: column.clone() });
        }
        if numbers.most_decimals > 8 {
            doubts.push(Doubt::MoreDigits { column, digits: numbers.most_decimals });
        }
        Some(kind)
    }

    /// Few different texts that come up again and again. The first column names the record and stays text.
    fn select(&self, first: bool) -> Option<ColumnKind> {
        let distinct = self.distinct.as_ref().filter(|_| !first && self.filled >= 8)?;
        let count = distinct.len() as u64;
        let mut lower: Vec<String> = distinct.keys().map(|name| name.to_lowercase()).collect();
        lower.sort_unstable();
        let collide = lower.windows(2).any(|pair| pair.first() == pair.last());
        let numeric = self.point.all() > 0 && self.enough(self.point.all());
        if count == 0 || count * 3 > self.filled || collide || numeric {
            return None;
        }
        let mut choices: Vec<(&str, usize)> = distinct.iter().map(|(name, seen)| (&**name, seen.at)).collect();
        choices.sort_unstable_by_key(|(_, at)| *at);
        Some(ColumnKind::SingleSelect { choices: choices.into_iter().map(|(name, _)| name.to_owned()).collect() })
    }

    fn text(&self) -> ColumnKind {
        if self.has_lines || self.mode == TypeMode::Infer && self.longest > LONG {
            ColumnKind::LongText
        } else {
            ColumnKind::Text
        }
    }
}
