//! Counting what the cells of a column can be read as, and deciding.

use rustc_hash::FxHashMap;

use super::number::{DecimalMark, Dress};
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
    /// Different texts in order of appearance with their counts; none once there are too many for choices.
    distinct: Option<FxHashMap<Box<str>, usize>>,
    longest: usize,
    has_lines: bool,
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
    fn add(&mut self, found: &number::Number<'_>) {
        match found.dress {
            Dress::Plain => self.plain += 1,
            Dress::Percent => self.percent += 1,
            Dress::Money(symbol) => {
                self.money += 1;
                match &self.symbol {
                    Some(known) => self.other_symbol |= known != symbol,
                    None => self.symbol = Some(symbol.to_owned()),
                }
            }
        }
        self.unfaithful += u64::from(!found.faithful);
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
    fn add(&mut self, text: &str) {
        let Some(split) = date::split(text) else { return };
        let Some(first) = DateOrder::ALL.iter().find_map(|order| split.read(*order)) else { return };
        for (order, fitting) in DateOrder::ALL.iter().zip(&mut self.fitting) {
            *fitting += u64::from(first.certain || split.read(*order).is_some());
        }
        self.open += u64::from(!first.certain);
        self.dotted += u64::from(text.contains('.'));
        self.timed += u64::from(first.has_time);
        self.unzoned += u64::from(first.has_time && !first.zoned);
        self.short_years += u64::from(first.short_year);
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
        if text.len() > self.longest {
            self.longest = self.longest.max(text.chars().count());
        }
        self.has_lines = self.has_lines || memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some();
        if self.mode == TypeMode::Text {
            return;
        }
        self.count_choice(text);
        if text.bytes().any(|byte| byte.is_ascii_digit()) {
            self.count_digits(text);
        }
        if word::is_placeholder(text) {
            self.placeholders += 1;
        } else if let Some(words) = CheckboxWords::of(text) {
            let slot = CheckboxWords::ALL.iter().zip(&mut self.flags).find(|(known, _)| **known == words);
            if let Some((_, count)) = slot {
                *count += 1;
            }
        }
        self.emails += u64::from(text.contains('@') && word::is_email(text));
        self.urls += u64::from(word::is_url(text));
    }

    fn count_digits(&mut self, text: &str) {
        let point = number::parse(text, DecimalMark::Point);
        let comma = number::parse(text, DecimalMark::Comma);
        if let Some(found) = &point {
            self.point.add(found);
        }
        if let Some(found) = &comma {
            self.comma.add(found);
        }
        if let (Some(point), Some(comma)) = (point, comma) {
            self.two_numbers += u64::from(point.value.to_bits() != comma.value.to_bits());
        }
        self.dates.add(text);
        self.phones += u64::from(word::is_phone(text));
    }

    fn count_choice(&mut self, text: &str) {
        let Some(distinct) = &mut self.distinct else { return };
        if distinct.contains_key(text) {
            return;
        }
        let next = distinct.len();
        let plain = text.len() <= LONGEST_CHOICE && text.trim() == text && !text.contains(['\n', '\r', ',']);
        if !plain || next > MOST_CHOICES {
            self.distinct = None;
        } else {
            distinct.insert(text.into(), next);
        }
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
        let mut choices: Vec<(&str, usize)> = distinct.iter().map(|(name, at)| (&**name, *at)).collect();
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
