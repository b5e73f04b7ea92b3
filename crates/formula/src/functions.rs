//! The table of functions. Adding one is a file with its name and a line here.

mod abs;
mod and;
mod array_compact;
mod array_flatten;
mod array_join;
mod array_slice;
mod array_unique;
mod average;
mod blank;
mod ceiling;
mod concatenate;
mod count;
mod counta;
mod countall;
mod created_time;
mod dateadd;
mod datestr;
mod datetime_diff;
mod datetime_format;
mod datetime_parse;
mod day;
mod encode_url_component;
mod error;
mod even;
mod exp;
mod r#false;
mod find;
mod floor;
mod fromnow;
mod hour;
mod r#if;
mod int;
mod is_after;
mod is_before;
mod is_same;
mod iserror;
mod last_modified_time;
mod left;
mod len;
mod log;
mod lower;
mod max;
mod mid;
mod min;
mod minute;
mod modulo;
mod month;
mod not;
mod now;
mod odd;
mod or;
mod ours;
mod power;
mod record_id;
mod regex_extract;
mod regex_match;
mod regex_replace;
mod replace;
mod rept;
mod right;
mod round;
mod rounddown;
mod roundup;
mod search;
mod second;
mod set_locale;
mod set_timezone;
mod sqrt;
mod substitute;
mod sum;
mod switch;
mod t;
mod timestr;
mod today;
mod tonow;
mod trim;
mod r#true;
mod upper;
mod value;
mod weekday;
mod weeknum;
mod workday;
mod workday_diff;
mod xor;
mod year;

use std::sync::LazyLock;

use model::FormulaType;

pub(crate) use datetime_parse::{BY_THE_DAY, needs_the_day};
pub(crate) use ours::datedif::counted;
pub(crate) use ours::formatdate::{is_strftime, marks, pattern as date_format};
pub(crate) use ours::r#let::FUNCTION as LET;
pub(crate) use ours::xlookup::FUNCTION as XLOOKUP;

use crate::call::Call;
use crate::eval::{Context, Lanes};
use crate::lane::Lane;
use crate::wrong::Wrong;

/// A function: what the evaluator runs and what documentation tells.
pub struct Function {
    /// Name in capitals.
    pub name: &'static str,
    /// How it is called; what stands in brackets may be left out.
    pub usage: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// What it is for.
    pub family: Family,
    /// Formulas and what they show.
    pub examples: &'static [(&'static str, &'static str)],
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// How many of its first arguments may be lists; others are made one value first.
    pub(crate) lists: usize,
    pub(crate) returns: Returns,
    pub(crate) reads: Reads,
    /// Why it makes an error of arguments that are none, if it can.
    pub(crate) fails: Option<Failing>,
    /// What it says of an argument that it can make nothing of.
    pub(crate) wrong: Option<Wrong>,
    pub(crate) run: Run,
}

/// Something that a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// What it is called.
    pub name: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether there may be more of it.
    pub repeats: bool,
}

/// What a function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Several values.
    Array,
    /// Points in time.
    Date,
    /// Conditions.
    Logic,
    /// Arithmetic.
    Number,
    /// What belongs to the record and is in no field.
    Record,
    /// Texts.
    Text,
}

/// Why there is an error, and what would be right.
pub(crate) type Failing = (&'static str, &'static str);

/// An argument is to be a date and is none.
pub(crate) const NO_DATE: Failing = (
    "what it is given is no date",
    "a date is written as `2024-02-29 15:05`, and one in another form is read by DATETIME_PARSE",
);
/// The result does not fit into a cell.
pub(crate) const TOO_LONG: Failing = ("the text becomes too long", "a text has at most 100,000 characters");

/// How it is computed.
pub(crate) enum Run {
    /// Without arguments.
    Plain(for<'b> fn(&Context<'b>) -> Lane<'b>),
    /// Over its arguments.
    Over(for<'b> fn(&Call<'_, 'b>) -> Lanes<'b>),
}

/// The type of a function's result.
pub(crate) enum Returns {
    Always(FormulaType),
    /// That of its branches.
    Branches,
    /// A number; of lists of dates a date, which another function finds.
    Extreme(&'static Function),
    /// A list of what its first argument holds.
    List,
    /// A list of texts.
    Texts,
}

/// What a value depends on beside its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reads {
    Nothing,
    Record,
    /// What day it is, by UTC.
    Day,
    Clock,
}

/// Most arguments of a function that takes any number.
pub(crate) const MANY: usize = 1_000;

/// Airtable's, in alphabetical order.
static FUNCTIONS: &[&Function] = &[
    &abs::FUNCTION,
    &and::FUNCTION,
    &array_compact::FUNCTION,
    &array_flatten::FUNCTION,
    &array_join::FUNCTION,
    &array_slice::FUNCTION,
    &array_unique::FUNCTION,
    &average::FUNCTION,
    &blank::FUNCTION,
    &ceiling::FUNCTION,
    &concatenate::FUNCTION,
    &count::FUNCTION,
    &counta::FUNCTION,
    &countall::FUNCTION,
    &created_time::FUNCTION,
    &dateadd::FUNCTION,
    &datestr::FUNCTION,
    &datetime_diff::FUNCTION,
    &datetime_format::FUNCTION,
    &datetime_parse::FUNCTION,
    &day::FUNCTION,
    &encode_url_component::FUNCTION,
    &error::FUNCTION,
    &even::FUNCTION,
    &exp::FUNCTION,
    &r#false::FUNCTION,
    &find::FUNCTION,
    &floor::FUNCTION,
    &fromnow::FUNCTION,
    &hour::FUNCTION,
    &r#if::FUNCTION,
    &int::FUNCTION,
    &iserror::FUNCTION,
    &is_after::FUNCTION,
    &is_before::FUNCTION,
    &is_same::FUNCTION,
    &last_modified_time::FUNCTION,
    &left::FUNCTION,
    &len::FUNCTION,
    &log::FUNCTION,
    &lower::FUNCTION,
    &max::FUNCTION,
    &mid::FUNCTION,
    &min::FUNCTION,
    &minute::FUNCTION,
    &modulo::FUNCTION,
    &month::FUNCTION,
    &not::FUNCTION,
    &now::FUNCTION,
    &odd::FUNCTION,
    &or::FUNCTION,
    &power::FUNCTION,
    &record_id::FUNCTION,
    &regex_extract::FUNCTION,
    &regex_match::FUNCTION,
    &regex_replace::FUNCTION,
    &replace::FUNCTION,
    &rept::FUNCTION,
    &right::FUNCTION,
    &round::FUNCTION,
    &rounddown::FUNCTION,
    &roundup::FUNCTION,
    &search::FUNCTION,
    &second::FUNCTION,
    &set_locale::FUNCTION,
    &set_timezone::FUNCTION,
    &sqrt::FUNCTION,
    &substitute::FUNCTION,
    &sum::FUNCTION,
    &switch::FUNCTION,
    &t::FUNCTION,
    &timestr::FUNCTION,
    &today::FUNCTION,
    &tonow::FUNCTION,
    &trim::FUNCTION,
    &r#true::FUNCTION,
    &upper::FUNCTION,
    &value::FUNCTION,
    &weekday::FUNCTION,
    &weeknum::FUNCTION,
    &workday::FUNCTION,
    &workday_diff::FUNCTION,
    &xor::FUNCTION,
    &year::FUNCTION,
];

/// Airtable's and ours, by name.
static ALL: LazyLock<Vec<&Function>> = LazyLock::new(|| {
    let mut all: Vec<&Function> = FUNCTIONS.iter().chain(ours::OURS).copied().collect();
    all.sort_by_key(|function| function.name);
    all
});

/// Every function, by name.
pub fn functions() -> &'static [&'static Function] {
    &ALL
}

impl Function {
    /// True for a function that Airtable does not have.
    pub fn is_ours(&self) -> bool {
        ours::OURS.iter().any(|ours| ours.name == self.name)
    }

    /// What it takes, as its usage says.
    pub fn arguments(&self) -> Vec<Argument> {
        let within = self.usage.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or_default();
        let (mut out, mut optional) = (Vec::<Argument>::new(), false);
        let repeated = |argument: &mut Argument| argument.repeats = true;
        for part in within.split(", ").filter(|part| !part.is_empty()) {
            optional |= part.starts_with('[');
            let name = part.trim_matches(['[', ']', '{', '}']);
            match name {
                // Names and patterns come with what they stand for.
                "…" if matches!(self.returns, Returns::Branches) => out.iter_mut().rev().take(2).for_each(repeated),
                "…" => out.iter_mut().rev().take(1).for_each(repeated),
                _ => out.push(Argument { name, optional, repeats: false }),
            }
            optional &= !part.ends_with(']');
        }
        out
    }

    /// The type of its result, and true where it is several values; no type where it is that of what it is given.
    pub fn result(&self) -> (Option<FormulaType>, bool) {
        match self.returns {
            Returns::Always(result) => (Some(result), false),
            Returns::Extreme(_) => (Some(FormulaType::Number), false),
            Returns::Branches => (None, false),
            Returns::List => (None, true),
            Returns::Texts => (Some(FormulaType::Text), true),
        }
    }

    /// The other names of it.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> {
        ours::ALIASES.iter().filter(|(_, of)| *of == self.name).map(|(name, _)| *name)
    }
}

/// The function with this name in capitals.
pub(crate) fn find(name: &str) -> Option<&'static Function> {
    let at = ALL.binary_search_by(|function| function.name.cmp(name)).ok()?;
    ALL.get(at).copied()
}
