//! Texts. Places and lengths count characters, from 1.

use super::all;
use crate::check::Expr;
use crate::eval::Row;
use crate::value::Val;

/// Longest repeated text in characters.
const LONGEST: usize = 100_000;

fn texts<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(&[String]) -> Val<'b>) -> Val<'b> {
    let Some(values) = all(row, arguments) else { return Val::Error };
    let texts: Vec<String> = values.iter().map(|value| value.text().into_owned()).collect();
    answer(&texts)
}

fn first(texts: &[String]) -> &str {
    texts.first().map_or("", String::as_str)
}

/// A count argument: whole and not negative.
fn count(texts: &[String], at: usize, default: usize) -> usize {
    texts.get(at).map_or(default, |text| text.parse::<f64>().map_or(0, |number| number.max(0.0) as usize))
}

pub(crate) fn concatenate<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::owned(texts.concat()))
}

pub(crate) fn len<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::Number(first(texts).chars().count() as f64))
}

pub(crate) fn lower<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::owned(first(texts).to_lowercase()))
}

pub(crate) fn upper<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::owned(first(texts).to_uppercase()))
}

pub(crate) fn trim<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::owned(first(texts).trim().to_owned()))
}

pub(crate) fn left<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::owned(first(texts).chars().take(count(texts, 1, 1)).collect()))
}

pub(crate) fn right<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| {
        let skip = first(texts).chars().count().saturating_sub(count(texts, 1, 1));
        Val::owned(first(texts).chars().skip(skip).collect())
    })
}

pub(crate) fn mid<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| {
        let skip = count(texts, 1, 1).saturating_sub(1);
        Val::owned(first(texts).chars().skip(skip).take(count(texts, 2, 0)).collect())
    })
}

pub(crate) fn repeat<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| {
        let times = count(texts, 1, 0);
        if first(texts).len().saturating_mul(times) > LONGEST {
            Val::Error
        } else {
            Val::owned(first(texts).repeat(times))
        }
    })
}

/// The place of `what` in `text` from character `start` on.
fn place(texts: &[String]) -> Option<usize> {
    let [what, text, ..] = texts else { return None };
    let skip = count(texts, 2, 1).saturating_sub(1);
    let from = text.char_indices().nth(skip).map_or(text.len(), |(at, _)| at);
    let at = from + text.get(from..)?.find(what.as_str())?;
    Some(text.get(..at)?.chars().count() + 1)
}

pub(crate) fn find<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| Val::Number(place(texts).unwrap_or(0) as f64))
}

pub(crate) fn search<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| place(texts).map_or(Val::Blank, |place| Val::Number(place as f64)))
}

pub(crate) fn substitute<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| {
        let [text, old, new, ..] = texts else { return Val::Error };
        if old.is_empty() {
            return Val::owned(text.clone());
        }
        if texts.len() < 4 {
            return Val::owned(text.replace(old.as_str(), new));
        }
        match count(texts, 3, 1).checked_sub(1).and_then(|which| text.match_indices(old.as_str()).nth(which)) {
            Some((at, _)) => {
                let (head, tail) = (text.get(..at).unwrap_or_default(), text.get(at + old.len()..).unwrap_or_default());
                Val::owned(format!("{head}{new}{tail}"))
            }
            None => Val::owned(text.clone()),
        }
    })
}

pub(crate) fn only_text<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    match arguments.first().map_or(Val::Blank, |argument| row.eval(argument)) {
        value @ (Val::Text(_) | Val::Error) => value,
        _ => Val::Blank,
    }
}

pub(crate) fn value<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    texts(row, arguments, |texts| {
        let kept: String = first(texts).chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        if kept.is_empty() { Val::Blank } else { kept.parse().map_or(Val::Error, Val::Number) }
    })
}

pub(crate) fn record_id<'b>(row: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    (row.batch.ids)(row.row).map_or(Val::Blank, |id| Val::owned(id.to_string()))
}
