//! How dates are said in a language: the tables of `moment`, which Airtable's are.

use std::sync::LazyLock;

use regex::Regex;

/// Written by `data/locales.js`.
const TABLES: &str = include_str!("../data/locales.txt");
/// The formats that are named in formats.
const FORMATS: [&str; 10] = ["LTS", "LT", "LLLL", "LLL", "LL", "L", "llll", "lll", "ll", "l"];

static LOCALES: LazyLock<Locales> = LazyLock::new(read);

/// All of them by name.
#[derive(Debug, Default)]
struct Locales {
    /// The first of the tables: what another language does not say otherwise is said so.
    english: Locale,
    others: Vec<(&'static str, Locale)>,
}

/// A language, or what a region makes of it.
#[derive(Debug, Clone, Default)]
pub struct Locale {
    months: Names,
    months_short: Names,
    weekdays: Names,
    weekdays_short: Names,
    weekdays_min: Names,
    formats: [&'static str; FORMATS.len()],
    /// The day that weeks start on, and which week is the first of a year: the one with the day of January that
    /// comes so many days after the start of a week, less seven.
    pub week: (i64, i64),
    /// By what is counted; that of everything else has no name.
    ordinals: Vec<(&'static str, Ordinals)>,
    /// From which minute of a day on it is called what, in capitals and not.
    meridiem: Vec<(u32, &'static str, &'static str)>,
    /// Signs that are written otherwise.
    signs: Vec<(char, char)>,
}

/// Names in their order: those that are usual, and others for formats that an expression finds itself in.
#[derive(Debug, Clone, Default)]
struct Names {
    usual: List,
    within: Vec<(Regex, List)>,
}

type List = Vec<&'static str>;

/// `%d.`, and other forms with the numbers that have them.
#[derive(Debug, Clone, Default)]
struct Ordinals {
    usual: &'static str,
    others: Vec<(&'static str, Vec<u32>)>,
}

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Months,
    MonthsShort,
    Weekdays,
    WeekdaysShort,
    WeekdaysMin,
}

impl Locale {
    /// English.
    pub fn english() -> &'static Self {
        &LOCALES.english
    }

    /// The locale of this name, or that of its language: `es-CL` is `es`.
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = name.trim().to_ascii_lowercase().replace('_', "-");
        let mut name = name.as_str();
        loop {
            if name == "en" {
                return Some(Self::english());
            }
            if let Some((_, locale)) = LOCALES.others.iter().find(|(held, _)| *held == name) {
                return Some(locale);
            }
            name = name.rsplit_once('-')?.0;
        }
    }

    /// True for the name of a locale, or of a language that locales are of: `zh` is that of `zh-cn`.
    pub fn is_known(name: &str) -> bool {
        let language = |name: &str| name.trim().split(['-', '_']).next().map(str::to_ascii_lowercase);
        Self::named(name).is_some() || LOCALES.others.iter().any(|(held, _)| language(held) == language(name))
    }

    fn names(&self, what: Named) -> &Names {
        match what {
            Named::Months => &self.months,
            Named::MonthsShort => &self.months_short,
            Named::Weekdays => &self.weekdays,
            Named::WeekdaysShort => &self.weekdays_short,
            Named::WeekdaysMin => &self.weekdays_min,
        }
    }

    fn names_mut(&mut self, what: &str) -> Option<&mut Names> {
        Some(match what {
            "months" => &mut self.months,
            "monthsShort" => &mut self.months_short,
            "weekdays" => &mut self.weekdays,
            "weekdaysShort" => &mut self.weekdays_short,
            "weekdaysMin" => &mut self.weekdays_min,
            _ => return None,
        })
    }

    /// The names as this format shows them.
    pub(crate) fn names_in(&self, what: Named, format: &str) -> &[&'static str] {
        let names = self.names(what);
        let within = names.within.iter().find(|(expression, _)| expression.is_match(format));
        within.map_or(&names.usual, |(_, list)| list)
    }

    /// The number of the name that a text begins with, and how long that is: the longest of all forms.
    pub(crate) fn name_at(&self, whats: &[Named], text: &str) -> Option<(usize, usize)> {
        let lists = whats.iter().map(|what| self.names(*what));
        let lists = lists.flat_map(|names| names.within.iter().map(|(_, list)| list).chain([&names.usual]));
        let found = lists.flat_map(|list| list.iter().enumerate()).filter_map(|(index, name)| {
            // `Jan.` may be written `Jan`.
            let name = name.trim_end_matches('.');
            let len = text.char_indices().nth(name.chars().count()).map_or(text.len(), |(at, _)| at);
            let same = text.get(..len).is_some_and(|start| start.to_lowercase() == name.to_lowercase());
            (same && !name.is_empty()).then_some((index, len))
        });
        found.max_by_key(|(index, len)| (*len, usize::MAX - index))
    }

    /// The format that a format begins with the name of, and how long the name is.
    pub(crate) fn format_at(&self, text: &str) -> Option<(&'static str, usize)> {
        let index = FORMATS.iter().position(|name| text.starts_with(name))?;
        Some((self.formats.get(index)?, FORMATS.get(index)?.len()))
    }

    /// Appends a number as one of a row.
    pub(crate) fn write_ordinal(&self, number: u32, what: &str, out: &mut String) {
        let of = |what: &str| self.ordinals.iter().find(|(held, _)| *held == what);
        let Some((_, ordinals)) = of(what).or_else(|| of("")) else { return };
        let other = ordinals.others.iter().find(|(_, numbers)| numbers.contains(&number));
        let form = other.map_or(ordinals.usual, |(form, _)| form);
        let (before, after) = form.split_once("%d").unwrap_or((form, ""));
        out.push_str(before);
        if form.contains("%d") {
            out.push_str(itoa::Buffer::new().format(number));
        }
        out.push_str(after);
    }

    /// How much a text begins with of what stands behind numbers that are one of a row.
    pub(crate) fn ordinal_ending(&self, text: &str) -> usize {
        let all = self.ordinals.iter().map(|(_, ordinals)| ordinals);
        let forms = all.flat_map(|ordinals| ordinals.others.iter().map(|(form, _)| *form).chain([ordinals.usual]));
        let endings = forms.filter_map(|form| form.split_once("%d")).map(|(_, ending)| ending);
        endings.filter(|ending| text.starts_with(ending)).map(str::len).max().unwrap_or(0)
    }

    /// What a minute of the day is called, in capitals or not.
    pub(crate) fn meridiem(&self, minute: u32, capitals: bool) -> &'static str {
        let part = self.meridiem.iter().rev().find(|(from, ..)| *from <= minute);
        part.map_or("", |(_, upper, lower)| if capitals { upper } else { lower })
    }

    /// What parts of the day are called.
    pub(crate) fn meridiems(&self) -> impl Iterator<Item = &'static str> {
        self.meridiem.iter().flat_map(|(_, upper, lower)| [*upper, *lower])
    }

    /// True when the halves of the day are called as in English.
    pub(crate) fn says_am(&self) -> bool {
        self.meridiem.first().is_some_and(|(_, upper, _)| *upper == "AM")
    }

    /// Writes the signs from `start` on as the language does.
    pub(crate) fn set_signs(&self, out: &mut String, start: usize) {
        if !self.signs.is_empty() {
            let written = out.split_off(start);
            out.extend(
                written.chars().map(|c| self.signs.iter().find(|(sign, _)| *sign == c).map_or(c, |(_, to)| *to)),
            );
        }
    }

    /// A text with its signs as elsewhere.
    pub(crate) fn usual_signs(&self, text: &str) -> String {
        text.chars().map(|c| self.signs.iter().find(|(_, to)| *to == c).map_or(c, |(sign, _)| *sign)).collect()
    }

    /// Takes in a line of its table.
    fn set(&mut self, line: &'static str) {
        let Some((key, value)) = line.rsplit_once('=') else { return };
        let list = || value.split('|').collect::<List>();
        let (key, detail) = key.split_once(['?', ' ']).unwrap_or((key, ""));
        if let Some(names) = self.names_mut(key) {
            match Regex::new(detail) {
                Ok(expression) if !detail.is_empty() => names.within.push((expression, list())),
                _ => *names = Names { usual: list(), within: Vec::new() },
            }
            return;
        }
        match key {
            "week" => {
                let (first, year) = value.split_once(',').unwrap_or_default();
                self.week = (first.parse().unwrap_or_default(), year.parse().unwrap_or_default());
            }
            "ordinal" => {
                self.ordinals.retain(|(what, _)| *what != detail);
                self.ordinals.push((detail, Ordinals::read(value)));
            }
            "meridiem" => self.meridiem = value.split('|').filter_map(part_of_day).collect(),
            "signs" => {
                let signs: Vec<char> = value.chars().collect();
                self.signs = signs.chunks_exact(2).filter_map(|two| Some((*two.first()?, *two.last()?))).collect();
            }
            format => {
                if let Some(index) = FORMATS.iter().position(|name| *name == format)
                    && let Some(slot) = self.formats.get_mut(index)
                {
                    *slot = value;
                }
            }
        }
    }
}

impl Ordinals {
    fn read(value: &'static str) -> Self {
        let mut parts = value.split('|');
        let usual = parts.next().unwrap_or_default();
        let others = parts.filter_map(|part| part.rsplit_once(':'));
        let numbers = |list: &str| list.split(',').filter_map(|number| number.parse().ok()).collect();
        Self { usual, others: others.map(|(form, list)| (form, numbers(list))).collect() }
    }
}

fn part_of_day(part: &'static str) -> Option<(u32, &'static str, &'static str)> {
    let mut parts = part.split('\t');
    Some((parts.next()?.parse().ok()?, parts.next()?, parts.next()?))
}

fn read() -> Locales {
    let mut locales = Locales::default();
    for line in TABLES.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some("en") => {}
            Some(name) => locales.others.push((name, locales.english.clone())),
            None => locales.others.last_mut().map_or(&mut locales.english, |(_, locale)| locale).set(line),
        }
    }
    locales
}
