//! Dates and times, all in UTC.

use std::cmp::Ordering;

use model::Timestamp;

use super::all;
use crate::check::Expr;
use crate::eval::Row;
use crate::value::{Val, parse_time};

const SECOND: i64 = 1_000_000;

/// A unit of time: a fixed length in microseconds, or a number of months.
#[derive(Clone, Copy)]
enum Unit {
    Micros(i64),
    Months(i64),
}

fn unit(name: &str) -> Unit {
    match name {
        "seconds" | "second" | "s" => Unit::Micros(SECOND),
        "minutes" | "minute" | "m" => Unit::Micros(60 * SECOND),
        "hours" | "hour" | "h" => Unit::Micros(3_600 * SECOND),
        "days" | "day" | "d" => Unit::Micros(86_400 * SECOND),
        "weeks" | "week" | "w" => Unit::Micros(7 * 86_400 * SECOND),
        "months" | "month" | "M" => Unit::Months(1),
        "quarters" | "quarter" | "Q" => Unit::Months(3),
        "years" | "year" | "y" => Unit::Months(12),
        _ => Unit::Micros(1_000),
    }
}

fn with_date<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(Timestamp) -> Val<'b>) -> Val<'b> {
    match arguments.first().map_or(Val::Blank, |argument| row.eval(argument)) {
        Val::Error => Val::Error,
        value if value.is_blank() => Val::Blank,
        value => value.time().map_or(Val::Error, |time| answer(Timestamp(time))),
    }
}

fn with_two<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(i64, i64, &str) -> Val<'b>) -> Val<'b> {
    let Some(values) = all(row, arguments) else { return Val::Error };
    let [first, second, rest @ ..] = &values[..] else { return Val::Error };
    if first.is_blank() || second.is_blank() {
        return Val::Blank;
    }
    let unit = rest.first().map_or_else(String::new, |unit| unit.text().into_owned());
    match (first.time(), second.time()) {
        (Some(a), Some(b)) => answer(a, b, &unit),
        _ => Val::Error,
    }
}

pub(crate) fn year<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_date(row, arguments, |time| Val::Number(time.date().0 as f64))
}

pub(crate) fn month<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_date(row, arguments, |time| Val::Number(f64::from(time.date().1)))
}

pub(crate) fn day<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_date(row, arguments, |time| Val::Number(f64::from(time.date().2)))
}

pub(crate) fn text<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_date(row, arguments, |time| Val::owned(Val::Time(time.0, true).text().into_owned()))
}

pub(crate) fn parse<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    match arguments.first().map_or(Val::Blank, |argument| row.eval(argument)) {
        Val::Text(text) if !text.is_empty() => parse_time(&text).map_or(Val::Error, |time| Val::Time(time.0, false)),
        Val::Time(time, _) => Val::Time(time, false),
        Val::Error => Val::Error,
        _ => Val::Blank,
    }
}

pub(crate) fn now<'b>(row: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::Time(row.batch.now.0, false)
}

pub(crate) fn today<'b>(row: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::Time(row.batch.now.day().0, true)
}

pub(crate) fn created<'b>(row: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    row.system(row.batch.created)
}

pub(crate) fn modified<'b>(row: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    row.system(row.batch.modified)
}

pub(crate) fn add<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    let Some(values) = all(row, arguments) else { return Val::Error };
    let [date, count, name] = &values[..] else { return Val::Error };
    if date.is_blank() {
        return Val::Blank;
    }
    let (Some(time), count) = (date.time(), count.number()) else { return Val::Error };
    if !count.is_finite() {
        return Val::Error;
    }
    let day = matches!(date, Val::Time(_, true));
    match unit(&name.text()) {
        Unit::Micros(length) => Val::Time(time.saturating_add((count * length as f64) as i64), day),
        Unit::Months(months) => Val::Time(add_months(time, (count as i64).saturating_mul(months)), day),
    }
}

/// The same day some months on, or the month's last day.
fn add_months(time: i64, months: i64) -> i64 {
    let (year, month, day) = Timestamp(time).date();
    let total =
        year.saturating_mul(12).saturating_add(i64::from(month) - 1).saturating_add(months).clamp(-120_000, 240_000);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    let first = Timestamp::from_date(year, month, 1);
    let next = Timestamp::from_date(year, month + 1, 1);
    let days = (next.0 - first.0) / (86_400 * SECOND);
    let clock = time - Timestamp(time).day().0;
    Timestamp::from_date(year, month, i64::from(day).min(days)).0 + clock
}

pub(crate) fn diff<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_two(row, arguments, |a, b, name| {
        let name = if name.is_empty() { "seconds" } else { name };
        Val::Number(match unit(name) {
            Unit::Micros(length) => ((a - b) / length) as f64,
            Unit::Months(months) => (months_between(a, b) / months) as f64,
        })
    })
}

/// Whole months from `b` to `a`, towards zero.
fn months_between(a: i64, b: i64) -> i64 {
    let index = |time: i64| {
        let (year, month, _) = Timestamp(time).date();
        year * 12 + i64::from(month)
    };
    let months = index(a) - index(b);
    let reached = add_months(b, months).cmp(&a);
    match (months.cmp(&0), reached) {
        (Ordering::Greater, Ordering::Greater) => months - 1,
        (Ordering::Less, Ordering::Less) => months + 1,
        _ => months,
    }
}

pub(crate) fn after<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_two(row, arguments, |a, b, _| Val::flag(a > b))
}

pub(crate) fn before<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_two(row, arguments, |a, b, _| Val::flag(a < b))
}

pub(crate) fn same<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    with_two(row, arguments, |a, b, name| {
        Val::flag(match name {
            "" => a == b,
            name => floor(a, unit(name)) == floor(b, unit(name)),
        })
    })
}

/// The start of the unit that a time is in; weeks start on Sunday.
fn floor(time: i64, unit: Unit) -> i64 {
    match unit {
        Unit::Micros(length) => {
            // 1970-01-01 was a Thursday: four days after a Sunday.
            let shift = if length > 86_400 * SECOND { 4 * 86_400 * SECOND } else { 0 };
            (time + shift).div_euclid(length)
        }
        Unit::Months(months) => {
            let (year, month, _) = Timestamp(time).date();
            (year * 12 + i64::from(month) - 1).div_euclid(months)
        }
    }
}
