//! Conditions and constants.

use super::all;
use crate::check::Expr;
use crate::eval::{Row, equal};
use crate::value::Val;

fn truths<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(usize, usize) -> bool) -> Val<'b> {
    let Some(values) = all(row, arguments) else { return Val::Error };
    Val::flag(answer(values.iter().filter(|value| value.truth()).count(), values.len()))
}

pub(crate) fn and<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    truths(row, arguments, |yes, of| yes == of)
}

pub(crate) fn or<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    truths(row, arguments, |yes, _| yes > 0)
}

pub(crate) fn xor<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    truths(row, arguments, |yes, _| yes % 2 == 1)
}

pub(crate) fn not<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    truths(row, arguments, |yes, _| yes == 0)
}

pub(crate) fn blank<'b>(_: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::Blank
}

pub(crate) fn yes<'b>(_: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::flag(true)
}

pub(crate) fn no<'b>(_: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::flag(false)
}

pub(crate) fn error<'b>(_: Row<'b, '_>, _: &'b [Expr]) -> Val<'b> {
    Val::Error
}

pub(crate) fn is_error<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    let value = arguments.first().map_or(Val::Blank, |argument| row.eval(argument));
    Val::flag(value == Val::Error || matches!(value, Val::Number(number) if !number.is_finite()))
}

pub(crate) fn choose<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    let [condition, branches @ ..] = arguments else { return Val::Error };
    match row.eval(condition) {
        Val::Error => Val::Error,
        value => branches.get(usize::from(!value.truth())).map_or(Val::Blank, |branch| row.eval(branch)),
    }
}

pub(crate) fn switch<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    let [value, cases @ ..] = arguments else { return Val::Error };
    let value = row.eval(value);
    if value == Val::Error {
        return Val::Error;
    }
    let mut rest = cases;
    while let [pattern, result, more @ ..] = rest {
        if equal(&value, &row.eval(pattern)) {
            return row.eval(result);
        }
        rest = more;
    }
    rest.first().map_or(Val::Blank, |default| row.eval(default))
}
