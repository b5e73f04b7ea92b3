//! The language once more, as simply as it can be said: one row at a time, straight from the tree, every value its
//! own. Slow and without any of the evaluator's loops, so that the two do not share their mistakes.

use std::cmp::Ordering;

use datetime::{Locale, Pattern, Zone};
use model::{CellRef, Chunk, FormulaType, Timestamp};

use super::civil;
use super::kinds::Known;
use super::ours::{apart, format_date, json_extract, ours, similarity, split, text_join};
use super::print::print;
use super::table::{Table, resolve};
use crate::arithmetic::logarithm;
use crate::decimal::{multiple, round_to};
use crate::distance::distance;
use crate::regex::compile;
use crate::tree::{Node, NodeKind};
use crate::{Shape, compile_rollup, functions};

const LONGEST: usize = 100_000;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plain {
    Blank,
    Number(f64),
    Text(String),
    Time(i64, bool),
    /// Several values, and whether they are dates.
    List(Vec<Plain>, bool),
    Error,
}

use Plain::{Blank, Error, List, Number, Text, Time};

impl Plain {
    fn flag(flag: bool) -> Self {
        Number(f64::from(u8::from(flag)))
    }

    pub fn number(&self) -> f64 {
        match self {
            Blank => 0.0,
            Text(text) if text.is_empty() => 0.0,
            Number(number) => *number,
            _ => f64::NAN,
        }
    }

    pub fn text(&self) -> String {
        match self {
            Blank | Error => String::new(),
            Text(text) => text.clone(),
            Number(number) if number.is_nan() => "NaN".to_owned(),
            Number(number) if number.is_infinite() => format!("{}Infinity", if *number < 0.0 { "-" } else { "" }),
            Number(0.0) => "0".to_owned(),
            Number(number) if (1e-6..1e21).contains(&number.abs()) => shortest(*number),
            Number(number) if number.abs() < 1.0 => format!("{number:e}"),
            Number(number) => format!("{number:e}").replace('e', "e+"),
            Time(time, true) => Timestamp(*time).iso().split('T').next().unwrap().to_owned(),
            Time(time, false) => Timestamp(*time).iso(),
            List(values, _) => values.iter().map(Self::text).collect::<Vec<_>>().join(", "),
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Blank | Error => false,
            Number(number) => *number != 0.0 && !number.is_nan(),
            Text(text) => !text.is_empty(),
            Time(..) => true,
            List(values, _) => !values.is_empty(),
        }
    }

    pub fn time(&self) -> Option<i64> {
        match self {
            Time(time, _) => Some(*time),
            Text(text) => civil::read(text),
            _ => None,
        }
    }

    pub fn is_blank(&self) -> bool {
        *self == Blank || *self == Text(String::new())
    }

    /// What a formula's column holds of it.
    pub fn shown(self, result: FormulaType) -> Self {
        match (result, self) {
            (_, Blank) => Blank,
            (FormulaType::Number | FormulaType::Flag, value @ Number(_)) => value,
            (FormulaType::Date | FormulaType::DateTime, Time(time, _)) => Time(time, false),
            (FormulaType::Text, Error) => Error,
            (FormulaType::Text, value) => match value.text() {
                text if text.is_empty() => Blank,
                text => bounded(text),
            },
            (_, value) if value.is_blank() => Blank,
            _ => Error,
        }
    }
}

pub(super) fn bounded(text: String) -> Plain {
    if text.chars().count() > LONGEST { Error } else { Text(text) }
}

/// One row of a table.
pub(super) struct Row<'t> {
    pub table: &'t Table,
    pub index: usize,
    /// What names stand for, the last one first.
    pub bound: Vec<(String, Plain, Known)>,
}

impl Row<'_> {
    /// One value: of a list the only one, or the text of all.
    pub fn value(&self, node: &Node) -> Plain {
        match self.raw(node) {
            List(values, _) if values.contains(&Error) => Error,
            List(values, _) if values.is_empty() => Blank,
            List(mut values, _) if values.len() == 1 => values.remove(0),
            List(values, dates) => bounded(List(values, dates).text()),
            value => value,
        }
    }

    fn raw(&self, node: &Node) -> Plain {
        match &node.kind {
            NodeKind::Number(number) => Number(*number),
            NodeKind::Text(text) => Text(text.clone()),
            NodeKind::Field(name) | NodeKind::Word(name) => self.field(name, node),
            NodeKind::Unary("-", inner) => match self.value(inner) {
                Error => Error,
                value => Number(-value.number()),
            },
            NodeKind::Unary(_, inner) => self.raw(inner),
            NodeKind::Chain(first, rest) if rest[0].0 == "&" => {
                let parts: Vec<Plain> =
                    std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).map(|n| self.value(n)).collect();
                join(&parts)
            }
            NodeKind::Chain(first, rest) => {
                let start = (self.value(first), self.known(first), Some(&**first));
                let whole = rest.iter().fold(start, |(left, known, node), (sign, right)| {
                    let value = self.beside(right, self.value(right), (sign, known));
                    let left = match node {
                        Some(node) => self.beside(node, left, (sign, self.known(right))),
                        None => left,
                    };
                    (binary(sign, &left, &value), (FormulaType::Number, false), None)
                });
                whole.0
            }
            NodeKind::Call(name, arguments) => self.settled(node, self.call(name, arguments)),
            NodeKind::Missing | NodeKind::Wrong(_) => panic!("no formula: {node:?}"),
        }
    }

    /// What a name of `LET` stands for.
    pub fn bound_to(&self, node: &Node) -> Option<&(String, Plain, Known)> {
        let NodeKind::Word(name) = &node.kind else { return None };
        let bound = || self.bound.iter().rev();
        let other = || bound().find(|(held, ..)| held.to_lowercase() == name.to_lowercase());
        bound().find(|(held, ..)| held == name).or_else(other)
    }

    fn field(&self, name: &str, node: &Node) -> Plain {
        if let Some((_, value, _)) = self.bound_to(node) {
            return value.clone();
        }
        let reference = resolve(name).unwrap();
        let (chunk, errors) = self.table.column(reference.no.0 as usize);
        if errors.is_some_and(|errors| errors.get(self.index)) {
            return Error;
        }
        let name = |no: u32| self.table.select.by_no(no).map(|choice| choice.name.clone());
        let dates = reference.shape == Shape::List(FormulaType::Date);
        let item = |cell: CellRef<'_>| match cell {
            CellRef::Empty => Blank,
            CellRef::Text(text) => Text(text.to_owned()),
            CellRef::Number(number) => Number(number),
            CellRef::Time(time) => Time(time, dates),
            _ => Error,
        };
        match chunk.cell(self.index) {
            CellRef::Values(items) => List(items.iter().map(item).collect(), dates),
            CellRef::Empty if matches!(reference.shape, Shape::List(_)) => List(Vec::new(), dates),
            CellRef::Empty if reference.shape == Shape::Flag => Number(0.0),
            CellRef::Empty => Blank,
            CellRef::Text(text) => Text(text.to_owned()),
            CellRef::Number(number) => Number(number),
            CellRef::Flag(flag) => Plain::flag(flag),
            CellRef::Time(time) => Time(time, reference.shape == Shape::Date),
            CellRef::Choice(no) => name(no).map_or(Blank, Text),
            CellRef::Choices(list) => Text(list.iter().filter_map(|no| name(*no)).collect::<Vec<_>>().join(", ")),
            _ => Error,
        }
    }

    fn system(&self, chunk: &Chunk) -> Plain {
        match chunk.cell(self.index) {
            CellRef::Time(time) => Time(time, false),
            _ => Blank,
        }
    }

    fn call(&self, name: &str, nodes: &[Node]) -> Plain {
        let value = |index: usize| nodes.get(index).map_or(Blank, |node| self.value(node));
        match name {
            "BLANK" => return Blank,
            "TRUE" => return Number(1.0),
            "FALSE" => return Number(0.0),
            "ERROR" => return Error,
            "NOW" => return Time(self.table.now.0, false),
            "TODAY" => return Time(self.table.now.day().0, true),
            "CREATED_TIME" => return self.system(&self.table.created),
            "LAST_MODIFIED_TIME" => return self.system(&self.table.modified),
            "RECORD_ID" => return Text(Table::id(self.index).to_string()),
            "ISERROR" => return Plain::flag(is_wrong(&self.unsettled(&nodes[0]))),
            "ISNUMBER" => return Plain::flag(matches!(value(0), Number(number) if number.is_finite())),
            "IF" => {
                return match value(0) {
                    Error => Error,
                    condition => value(if condition.is_true() { 1 } else { 2 }),
                };
            }
            "SWITCH" => return self.switch(nodes),
            "DATETIME_FORMAT" => return self.format(nodes),
            "LET" => return self.within(nodes, Self::raw),
            "XLOOKUP" => return self.looked_up(nodes),
            "IFERROR" => return self.unless_wrong(nodes),
            _ => {}
        }
        let lists = functions().iter().find(|function| function.name == name).unwrap().lists;
        let value = |(index, node): (usize, &Node)| if index < lists { self.raw(node) } else { self.value(node) };
        let values: Vec<Plain> = nodes.iter().enumerate().map(value).collect();
        let is_error = |value: &Plain| matches!(value, List(values, _) if values.contains(&Error)) || *value == Error;
        if values.iter().any(is_error) || miscounts(name, &values) {
            return Error;
        }
        let dates = values.iter().any(|value| matches!(value, List(_, true)));
        let spread = |values: &[Plain]| -> Vec<Plain> {
            let parts = values.iter().cloned();
            parts.flat_map(|value| if let List(values, _) = value { values } else { vec![value] }).collect()
        };
        if name.starts_with("ARRAY") {
            let of = compile_rollup(&print(&nodes[0]), &resolve).unwrap().result();
            let of_dates = matches!(of, FormulaType::Date | FormulaType::DateTime);
            return array(name, spread(&values[..1]), &values[1..], of_dates);
        }
        match name {
            "DATETIME_PARSE" | "SET_TIMEZONE" | "SET_LOCALE" | "FROMNOW" | "TONOW" => self.dated(name, &values),
            "MAX" | "MIN" if dates => {
                let moments = spread(&values).into_iter().filter(|value| matches!(value, Time(..)));
                let key = |value: &Plain| if let Time(time, day) = value { (*time, *day) } else { (0, false) };
                if name == "MAX" { moments.max_by_key(key) } else { moments.min_by_key(key) }.unwrap_or(Blank)
            }
            "MEDIAN" | "STDEV" => ours(name, &spread(&values), &Blank),
            "COUNTIF" | "SUMIF" | "AVERAGEIF" | "PERCENTILE" => ours(name, &spread(&values[..1]), &values[1]),
            "SPLIT" => List(split(&values[0].text(), &values[1].text()), false),
            "JSON_EXTRACT" => json_extract(&values[0].text(), &values[1].text()),
            "SIMILARITY" => similarity(&values[0].text(), &values[1].text()),
            "FORMATDATE" => format_date(&values),
            "TEXTJOIN" => text_join(&self.value(&nodes[0]), self.value(&nodes[1]).is_true(), &spread(&values[2..])),
            _ => strict(name, &spread(&values)),
        }
    }

    /// Functions that know zones, locales or the present.
    fn dated(&self, name: &str, values: &[Plain]) -> Plain {
        let said = |index: usize| values.get(index).map(Plain::text).filter(|text| !text.is_empty());
        let known = said(1).is_none_or(|mark| match name {
            "SET_TIMEZONE" => Zone::named(&mark).is_some(),
            "SET_LOCALE" => Locale::named(&mark).is_some(),
            _ => true,
        });
        match (name, &values[0]) {
            ("DATETIME_PARSE", Text(_) | Number(_)) if !values[0].is_blank() => {
                let text = &values[0].text();
                let locale = said(2).map_or(Some(Locale::english()), |name| Locale::named(&name));
                let time = match said(1) {
                    None => civil::read(text),
                    Some(format) => locale
                        .and_then(|locale| Pattern::new(&format, locale))
                        .and_then(|pattern| pattern.read(text, self.table.now))
                        .map(|time| time.0),
                };
                time.map_or(Error, |time| Time(time, false))
            }
            ("DATETIME_PARSE", Time(time, _)) => Time(*time, false),
            ("DATETIME_PARSE", _) => Blank,
            (_, date) if date.is_blank() => Blank,
            (_, date) => match date.time() {
                Some(time) if name.ends_with("NOW") => Text(distance(time, self.table.now.0)),
                Some(time) if known => Time(time, false),
                _ => Error,
            },
        }
    }

    /// `DATETIME_FORMAT` with what `SET_TIMEZONE` and `SET_LOCALE` around its date say.
    fn format(&self, nodes: &[Node]) -> Plain {
        let (mut date, mut zone, mut locale) = (&nodes[0], Blank, Blank);
        let (mut zoned, mut spoken) = (false, false);
        while let NodeKind::Call(name, arguments) = &date.kind
            && let ("SET_TIMEZONE" | "SET_LOCALE", [inner, mark]) = (name.as_str(), arguments.as_slice())
        {
            if name == "SET_TIMEZONE" && !zoned {
                (zone, zoned) = (self.value(mark), true);
            } else if name == "SET_LOCALE" && !spoken {
                (locale, spoken) = (self.value(mark), true);
            }
            date = inner;
        }
        let (date, format) = (self.value(date), nodes.get(1).map_or(Blank, |format| self.value(format)));
        if [&date, &format, &zone, &locale].contains(&&Error) {
            return Error;
        }
        if date.is_blank() {
            return Blank;
        }
        let (zone, locale, format) = (zone.text(), locale.text(), format.text());
        let found = if zone.is_empty() { None } else { Zone::named(&zone) };
        let locale = if locale.is_empty() { Some(Locale::english()) } else { Locale::named(&locale) };
        let elsewhere = found.as_ref().zip(date.time()).is_some_and(|(zone, time)| zone.offset(time) != 0);
        let usual = if elsewhere { "YYYY-MM-DDTHH:mm:ssZ" } else { "YYYY-MM-DDTHH:mm:ss[Z]" };
        let pattern = locale.and_then(|locale| Pattern::new(if format.is_empty() { usual } else { &format }, locale));
        match (date.time(), pattern) {
            (Some(time), Some(pattern)) if zone.is_empty() || found.is_some() => {
                let mut out = String::new();
                pattern.write(time, found.as_ref(), &mut out);
                bounded(out)
            }
            _ => Error,
        }
    }

    fn unless_wrong(&self, nodes: &[Node]) -> Plain {
        let value = self.unsettled(&nodes[0]);
        if is_wrong(&value) { self.value(&nodes[1]) } else { value }
    }

    /// One value, as it was before its kind was settled.
    fn unsettled(&self, node: &Node) -> Plain {
        match &node.kind {
            NodeKind::Unary(sign, inner) if *sign != "-" => self.unsettled(inner),
            NodeKind::Call(name, nodes) if self.settles_as_text(node) => self.call(name, nodes),
            _ => self.value(node),
        }
    }

    /// What the last of the arguments of `LET` is, where the names before it stand for their values.
    pub fn within<T>(&self, nodes: &[Node], of: impl FnOnce(&Self, &Node) -> T) -> T {
        let [Node { kind: NodeKind::Word(name), .. }, value, rest @ ..] = nodes else { return of(self, &nodes[0]) };
        if rest.is_empty() {
            return of(self, &nodes[0]);
        }
        let mut bound = self.bound.clone();
        bound.push((name.clone(), self.raw(value), self.known(value)));
        Self { bound, ..*self }.within(rest, of)
    }

    /// What is compared with something of this type: a text is one where it shows nothing, too, in `=` beside a number and in `<` beside a text.
    fn beside(&self, node: &Node, value: Plain, (sign, other): (&str, Known)) -> Plain {
        let differs = match sign {
            "=" | "!=" => matches!(other, (FormulaType::Number | FormulaType::Flag, false)),
            "<" | "<=" | ">" | ">=" => matches!(other, (FormulaType::Text, _) | (_, true)),
            _ => false,
        };
        let is_text = differs && self.known(node) == (FormulaType::Text, false) && !self.is_known_before(node);
        if is_text && value != Error { Text(value.text()) } else { value }
    }

    fn looked_up(&self, nodes: &[Node]) -> Plain {
        let list = |node: &Node| match self.raw(node) {
            List(values, _) => values,
            Blank => Vec::new(),
            one => vec![one],
        };
        let (what, keys, held) = (self.value(&nodes[0]), list(&nodes[1]), list(&nodes[2]));
        if what == Error || keys.contains(&Error) || held.contains(&Error) || keys.len() != held.len() {
            return Error;
        }
        match keys.iter().position(|key| !key.is_blank() && !what.is_blank() && equal(key, &what)) {
            Some(at) => held[at].clone(),
            None => nodes.get(3).map_or(Blank, |node| self.value(node)),
        }
    }

    fn switch(&self, nodes: &[Node]) -> Plain {
        let mut value = self.value(&nodes[0]);
        if value == Error {
            return Error;
        }
        let mut rest = &nodes[1..];
        let known = self.known(&nodes[0]);
        for pattern in rest.chunks_exact(2).map(|case| &case[0]) {
            value = self.beside(&nodes[0], value, ("=", self.known(pattern)));
        }
        while let [pattern, result, more @ ..] = rest {
            match self.value(pattern) {
                Error => return Error,
                held if equal(&value, &self.beside(pattern, held.clone(), ("=", known))) => return self.value(result),
                _ => rest = more,
            }
        }
        rest.first().map_or(Blank, |default| self.value(default))
    }
}

fn is_wrong(value: &Plain) -> bool {
    match value {
        Error => true,
        Number(number) => !number.is_finite(),
        _ => false,
    }
}

fn array(name: &str, values: Vec<Plain>, places: &[Plain], dates: bool) -> Plain {
    let len = values.len() as f64;
    let place = |index: usize, default: f64| {
        let place = places.get(index).map_or(default, Plain::number);
        if place < 0.0 { len + place + 1.0 } else { place }
    };
    let kept: Vec<Plain> = match name {
        "ARRAYJOIN" => {
            let between = places.first().map_or_else(|| ", ".to_owned(), Plain::text);
            return bounded(values.iter().map(Plain::text).collect::<Vec<_>>().join(&between));
        }
        "ARRAYCOMPACT" => values.into_iter().filter(|value| !value.is_blank()).collect(),
        "ARRAYUNIQUE" => values.into_iter().fold(Vec::new(), |mut seen, value| {
            let same = |held: &Plain| match (held, &value) {
                (Number(a), Number(b)) => a == b || a.is_nan() && b.is_nan(),
                (Time(a, _), Time(b, _)) => a == b,
                (held, value) => held == value || held.is_blank() && value.is_blank(),
            };
            if !seen.iter().any(same) {
                seen.push(value);
            }
            seen
        }),
        "ARRAYSLICE" => {
            let (first, last) = (place(0, 1.0).max(1.0), place(1, -1.0).min(len));
            let within = |(index, value): (usize, Plain)| {
                let at = index as f64 + 1.0;
                (first.floor() <= at && at <= last.floor() && first <= last).then_some(value)
            };
            values.into_iter().enumerate().filter_map(within).collect()
        }
        _ => values,
    };
    List(kept, dates)
}

fn join(values: &[Plain]) -> Plain {
    if values.contains(&Error) {
        return Error;
    }
    bounded(values.iter().map(Plain::text).collect())
}

fn binary(sign: &str, left: &Plain, right: &Plain) -> Plain {
    if *left == Error || *right == Error {
        return Error;
    }
    let (a, b) = (left.number(), right.number());
    let order = |test: fn(Ordering) -> bool| Plain::flag(compare(left, right).is_some_and(test));
    match sign {
        "+" => Number(a + b),
        "-" => Number(a - b),
        "*" => Number(a * b),
        "/" => Number(a / b),
        "=" => Plain::flag(equal(left, right)),
        "!=" => Plain::flag(!equal(left, right)),
        "<" => order(Ordering::is_lt),
        "<=" => order(Ordering::is_le),
        ">" => order(Ordering::is_gt),
        _ => order(Ordering::is_ge),
    }
}

pub(super) fn equal(left: &Plain, right: &Plain) -> bool {
    match (left, right) {
        (Number(a), Number(b)) => a == b,
        (Blank, other) | (other, Blank) => other.is_blank() || *other == Number(0.0),
        (Time(a, _), Time(b, _)) => a.div_euclid(1_000) == b.div_euclid(1_000),
        (Time(..), Text(_)) | (Text(_), Time(..)) => {
            let read = [left, right].map(|value| value.time().map(|time| time.div_euclid(1_000)));
            read[0].is_some() && read[0] == read[1]
        }
        _ => left.text() == right.text(),
    }
}

pub(super) fn compare(left: &Plain, right: &Plain) -> Option<Ordering> {
    match (left, right) {
        (Time(a, _), Time(b, _)) => Some(a.cmp(b)),
        (Time(a, _), Text(_)) => Some(a.cmp(&right.time()?)),
        (Text(_), Time(b, _)) => Some(left.time()?.cmp(b)),
        (Time(..), _) | (_, Time(..)) => None,
        (Text(a), Text(b)) => Some(a.cmp(b)),
        _ => left.number().partial_cmp(&right.number()),
    }
}

fn count(value: Option<&Plain>, default: usize) -> usize {
    value.map_or(default, |value| value.number().max(0.0) as usize)
}

/// What counts is a number.
fn miscounts(name: &str, values: &[Plain]) -> bool {
    let counts = match name {
        "LEFT" | "RIGHT" | "REPT" => 1..2,
        "MID" | "REPLACE" | "SUBSTRING" | "ARRAYSLICE" => 1..3,
        "FIND" | "SEARCH" => 2..3,
        "SUBSTITUTE" => 3..4,
        _ => 0..0,
    };
    counts.filter_map(|at| values.get(at)).any(|value| value.number().is_nan())
}

/// Functions that are errors where one of their arguments is.
fn strict(name: &str, values: &[Plain]) -> Plain {
    let number = |index: usize, default: f64| values.get(index).map_or(default, Plain::number);
    let yes = values.iter().filter(|value| value.is_true()).count();
    let given: Vec<f64> =
        values.iter().filter_map(|value| if let Number(number) = value { Some(*number) } else { None }).collect();
    let sum = given.iter().fold(0.0, |sum, number| sum + number);
    let (a, b) = (number(0, 0.0), number(1, 0.0));
    let half_up = |scaled: f64, noise: f64| (scaled + 0.5 + noise).floor();
    let away = |scaled: f64, noise: f64| (scaled.abs() - noise).ceil().copysign(scaled);
    let towards = |scaled: f64, noise: f64| (scaled.abs() + noise).floor().copysign(scaled);
    let power = 10f64.powi(b.clamp(-400.0, 400.0) as i32);
    match name {
        "AND" => Plain::flag(yes == values.len()),
        "OR" => Plain::flag(yes > 0),
        "XOR" => Plain::flag(yes % 2 == 1),
        "NOT" => Plain::flag(yes == 0),
        "COUNT" => Number(given.len() as f64),
        "COUNTA" => Number(values.iter().filter(|value| !value.is_blank()).count() as f64),
        "COUNTALL" => Number(values.len() as f64),
        "SUM" => Number(sum),
        "AVERAGE" => Number(sum / given.len() as f64),
        "MIN" | "MAX" if given.iter().any(|number| number.is_nan()) => Number(f64::NAN),
        "MIN" => Number(given.into_iter().reduce(f64::min).unwrap_or(0.0)),
        "MAX" => Number(given.into_iter().reduce(f64::max).unwrap_or(0.0)),
        "ABS" => Number(a.abs()),
        "INT" => Number(a.floor()),
        "SQRT" => Number(a.sqrt()),
        "POWER" => Number(a.powf(b)),
        // The rest is the same for numbers without their signs, or what is missing to the next multiple.
        "MOD" => match a.abs() % b.abs() {
            0.0 => Number(0.0),
            rest if (a < 0.0) == (b < 0.0) => Number(rest.copysign(b)),
            rest => Number((b.abs() - rest).copysign(b)),
        },
        "EXP" => Number(a.exp()),
        "LOG" => Number(logarithm(a, number(1, 10.0))),
        "LOG10" => Number(logarithm(a, 10.0)),
        "ISEMPTY" | "ISBLANK" => Plain::flag(values.iter().all(Plain::is_blank)),
        "EVEN" => Number(whole_away(a, |whole| whole % 2.0 == 0.0)),
        "ODD" => Number(whole_away(a, |whole| whole % 2.0 == 1.0)),
        "ROUND" | "ROUNDUP" | "ROUNDDOWN" if b.is_nan() => Number(b),
        "ROUND" => Number(round_to(a, power, half_up)),
        "ROUNDUP" => Number(round_to(a, power, away)),
        "ROUNDDOWN" => Number(round_to(a, power, towards)),
        "CEILING" => Number(multiple(a, number(1, 1.0), |quotient, noise| (quotient - noise).ceil())),
        "FLOOR" => Number(multiple(a, number(1, 1.0), |quotient, noise| (quotient + noise).floor())),
        _ => texts(name, values),
    }
}

fn texts(name: &str, values: &[Plain]) -> Plain {
    let text = |index: usize| values.get(index).map_or_else(String::new, Plain::text);
    match name {
        "CONCATENATE" => join(values),
        "LEN" | "LENGTH" => Number(text(0).chars().count() as f64),
        "CONTAINS" => Plain::flag(text(0).contains(&text(1))),
        "EXACT" => Plain::flag(text(0) == text(1)),
        "SUBSTRING" => {
            let given = text(0);
            let rest = given.chars().skip(count(values.get(1), 0));
            Text(if values.len() > 2 { rest.take(count(values.get(2), 0)).collect() } else { rest.collect() })
        }
        "LOWER" => bounded(text(0).to_lowercase()),
        "UPPER" => bounded(text(0).to_uppercase()),
        "TRIM" => Text(text(0).trim().to_owned()),
        "LEFT" => Text(text(0).chars().take(count(values.get(1), 1)).collect()),
        "RIGHT" => {
            let skip = text(0).chars().count().saturating_sub(count(values.get(1), 1));
            Text(text(0).chars().skip(skip).collect())
        }
        "MID" => {
            let skip = count(values.get(1), 1).saturating_sub(1);
            Text(text(0).chars().skip(skip).take(count(values.get(2), 0)).collect())
        }
        "REPT" => match count(values.get(1), 0) {
            times if text(0).chars().count().saturating_mul(times) > LONGEST => Error,
            times => Text(text(0).repeat(times)),
        },
        "FIND" => Number(place(values).unwrap_or(0) as f64),
        "SEARCH" => place(values).map_or(Blank, |place| Number(place as f64)),
        "SUBSTITUTE" => substitute(values),
        "REPLACE" => {
            let (given, at) = (text(0), count(values.get(1), 1).saturating_sub(1));
            let before = given.chars().take(at).collect::<String>();
            let after = given.chars().skip(at.saturating_add(count(values.get(2), 0))).collect::<String>();
            bounded(format!("{before}{}{after}", text(3)))
        }
        "ENCODE_URL_COMPONENT" => {
            let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
            let told = |byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
            bounded(text(0).bytes().map(told).collect())
        }
        "REGEX_MATCH" | "REGEX_EXTRACT" | "REGEX_REPLACE" => {
            let Some(regex) = compile(&text(1)) else { return Error };
            match name {
                "REGEX_MATCH" => Plain::flag(regex.is_match(&text(0))),
                "REGEX_EXTRACT" => regex.find(&text(0)).map_or(Error, |found| Text(found.as_str().to_owned())),
                _ => bounded(regex.replace_all(&text(0), template(&text(2))).into_owned()),
            }
        }
        "T" => match &values[0] {
            Text(text) => Text(text.clone()),
            _ => Blank,
        },
        "VALUE" => {
            let kept: String = text(0).chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
            if kept.is_empty() { Blank } else { kept.parse().map_or(Error, Number) }
        }
        _ => dates(name, values),
    }
}

/// The first whole number from this one on, away from zero, that fits.
fn whole_away(number: f64, fits: impl Fn(f64) -> bool) -> f64 {
    let start = number.abs().ceil();
    // Large numbers are even, and nothing is next to them.
    let found = [start, start + 1.0].into_iter().find(|whole| fits(*whole)).unwrap_or(start);
    found.copysign(number)
}

/// A replacement as the crate has it, where only a number behind a dollar sign is a group.
fn template(new: &str) -> String {
    let mut template = String::new();
    let mut rest = new.chars().peekable();
    while let Some(c) = rest.next() {
        template.push(c);
        if c == '$' && rest.peek().is_some_and(char::is_ascii_digit) {
            template.push('{');
            while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                template.push(digit);
            }
            template.push('}');
        } else if c == '$' {
            template.push('$');
        }
    }
    template
}

/// The shortest text that reads as this number; of two that are as near the even one, as JavaScript has it.
fn shortest(number: f64) -> String {
    let text = number.to_string();
    let exact = format!("{number:.40}");
    let next_to = |by: i8| {
        let (rest, digit) = text.split_at(text.len() - 1);
        let digit = digit.parse::<i8>().unwrap() + by;
        format!("{rest}{digit}")
    };
    match text.chars().last() {
        Some('1' | '3' | '5' | '7') if exact.trim_end_matches('0') == format!("{text}5") => next_to(1),
        Some('1' | '3' | '5' | '7' | '9') if exact.trim_end_matches('0') == format!("{}5", next_to(-1)) => next_to(-1),
        _ => text,
    }
}

fn place(values: &[Plain]) -> Option<usize> {
    let (what, place): (Vec<char>, Vec<char>) =
        (values[0].text().chars().collect(), values[1].text().chars().collect());
    let start = count(values.get(2), 1).saturating_sub(1).min(place.len());
    (start..=place.len()).find(|at| place[*at..].starts_with(&what)).map(|at| at + 1)
}

fn substitute(values: &[Plain]) -> Plain {
    let [text, old, new, ..] = values else { return Error };
    let (text, old, new) = (text.text(), old.text(), new.text());
    if old.is_empty() {
        return Text(text);
    }
    let Some(which) = values.get(3) else { return bounded(text.replace(&old, &new)) };
    let at = count(Some(which), 1).checked_sub(1).and_then(|which| text.match_indices(&old).nth(which));
    match at {
        Some((at, _)) => bounded(format!("{}{new}{}", &text[..at], &text[at + old.len()..])),
        None => Text(text),
    }
}

/// Day by day.
fn workdays(name: &str, values: &[Plain]) -> Plain {
    const DAY: i64 = 86_400_000_000;
    if values[0].is_blank() || name == "WORKDAY_DIFF" && values[1].is_blank() {
        return Blank;
    }
    let Some(start) = values[0].time().map(|time| time.div_euclid(DAY)) else { return Error };
    let listed = values.get(2).map_or_else(String::new, Plain::text);
    let mut holidays = Vec::new();
    for part in listed.split(',').filter(|part| !part.trim().is_empty()) {
        let Some(time) = civil::read(part) else { return Error };
        holidays.push(time.div_euclid(DAY));
    }
    let works = |day: i64| !matches!((day + 4).rem_euclid(7), 0 | 6) && !holidays.contains(&day);
    if name == "WORKDAY_DIFF" {
        let Some(end) = values[1].time().map(|time| time.div_euclid(DAY)) else { return Error };
        let count = (start.min(end)..=start.max(end)).filter(|day| works(*day)).count() as f64;
        return Number(if end < start { -count } else { count });
    }
    let days = values[1].number();
    if days.is_nan() || days.abs() > 1_000_000.0 {
        return Error;
    }
    let (mut day, mut left) = (start, days.trunc());
    while left != 0.0 {
        day += left.signum() as i64;
        left -= if works(day) { left.signum() } else { 0.0 };
    }
    Time(day * DAY, true)
}

fn dates(name: &str, values: &[Plain]) -> Plain {
    let part = |part: fn(Timestamp) -> Plain| match &values[0] {
        value if value.is_blank() => Blank,
        value => value.time().map_or(Error, |time| part(Timestamp(time))),
    };
    match name {
        "YEAR" => return part(|time| Number(time.date().0 as f64)),
        "MONTH" => return part(|time| Number(f64::from(time.date().1))),
        "DAY" => return part(|time| Number(f64::from(time.date().2))),
        "HOUR" => return part(|time| Number(f64::from(time.clock().0))),
        "MINUTE" => return part(|time| Number(f64::from(time.clock().1))),
        "SECOND" => return part(|time| Number(f64::from(time.clock().2))),
        "TIMESTR" => return part(|time| Text(time.iso().split_once('T').unwrap().1[..8].to_owned())),
        "WORKDAY" | "WORKDAY_DIFF" => return workdays(name, values),
        "WEEKDAY" | "WEEKNUM" => {
            let monday = values.get(1).is_some_and(|start| start.text().to_lowercase() == "monday");
            let Some(time) = values[0].time().map(|time| Timestamp(time).day()) else {
                return if values[0].is_blank() { Blank } else { Error };
            };
            // Sunday the fourth of January 1970, or the Monday after it.
            let begin = if monday { 4 } else { 3 };
            let day = (time.0 / 86_400_000_000 - begin).rem_euclid(7);
            if name == "WEEKDAY" {
                return Number(day as f64);
            }
            let mut last = Timestamp(time.0 + (6 - day) * 86_400_000_000);
            let (year, mut weeks) = (last.date().0, 0.0);
            while last.date().0 == year {
                last = Timestamp(last.0 - 7 * 86_400_000_000);
                weeks += 1.0;
            }
            return Number(weeks);
        }
        "DATESTR" => return part(|time| Text(Time(time.0, true).text())),
        "DATEADD" => {
            return match (values[0].time(), values[1].number()) {
                _ if values[0].is_blank() => Blank,
                (Some(time), count) if count.is_finite() => {
                    civil::moved(time, count, &values[2].text()).map_or(Error, |time| Time(time, false))
                }
                _ => Error,
            };
        }
        _ => {}
    }
    if values[0].is_blank() || values[1].is_blank() {
        return Blank;
    }
    let (Some(a), Some(b)) = (values[0].time(), values[1].time()) else { return Error };
    let unit = values.get(2).map_or_else(String::new, Plain::text);
    match (name, unit.as_str()) {
        ("IS_AFTER", _) => Plain::flag(a > b),
        ("IS_BEFORE", _) => Plain::flag(a < b),
        ("IS_SAME", "") => Plain::flag(a == b),
        ("IS_SAME", unit) => Plain::flag(civil::is_same(a, b, unit)),
        ("DATETIME_DIFF", "") => Number(civil::apart(a, b, "seconds")),
        ("DATETIME_DIFF", unit) => Number(civil::apart(a, b, unit)),
        ("DATEDIFF" | "DATEDIF", unit) => apart(name, a, b, unit),
        _ => panic!("the reference does not know {name}"),
    }
}
