//! Arithmetic.

use super::all;
use crate::check::Expr;
use crate::eval::Row;
use crate::value::Val;

/// The arguments as numbers; blank ones and texts are left out.
fn numbers<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Option<Vec<f64>> {
    let values = all(row, arguments)?;
    Some(values.iter().filter_map(|value| if let Val::Number(number) = value { Some(*number) } else { None }).collect())
}

fn fold<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(&[f64]) -> f64) -> Val<'b> {
    numbers(row, arguments).map_or(Val::Error, |numbers| Val::Number(answer(&numbers)))
}

pub(crate) fn sum<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    fold(row, arguments, |numbers| numbers.iter().sum())
}

pub(crate) fn average<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    fold(row, arguments, |numbers| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

pub(crate) fn min<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    fold(row, arguments, |numbers| numbers.iter().copied().reduce(f64::min).unwrap_or(0.0))
}

pub(crate) fn max<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    fold(row, arguments, |numbers| numbers.iter().copied().reduce(f64::max).unwrap_or(0.0))
}

fn one<'b>(row: Row<'b, '_>, arguments: &'b [Expr], answer: impl Fn(f64) -> f64) -> Val<'b> {
    two(row, arguments, 0.0, |number, _| answer(number))
}

fn two<'b>(row: Row<'b, '_>, arguments: &'b [Expr], default: f64, answer: impl Fn(f64, f64) -> f64) -> Val<'b> {
    let Some(values) = all(row, arguments) else { return Val::Error };
    let first = values.first().map_or(0.0, Val::number);
    Val::Number(answer(first, values.get(1).map_or(default, Val::number)))
}

pub(crate) fn abs<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    one(row, arguments, f64::abs)
}

pub(crate) fn int<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    one(row, arguments, f64::floor)
}

pub(crate) fn sqrt<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    one(row, arguments, f64::sqrt)
}

pub(crate) fn power<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 1.0, f64::powf)
}

pub(crate) fn modulo<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 1.0, |a, b| a - b * (a / b).floor())
}

/// Takes away the noise that a product or quotient of decimals carries in its last bits.
fn clean(number: f64) -> f64 {
    format!("{number:.12e}").parse().unwrap_or(number)
}

fn scaled(number: f64, places: f64, round: fn(f64) -> f64) -> f64 {
    let scale = 10f64.powi(places.trunc() as i32);
    clean(round(clean(number * scale)) / scale)
}

pub(crate) fn round<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 0.0, |number, places| scaled(number, places, |n| (n + 0.5).floor()))
}

pub(crate) fn round_up<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 0.0, |number, places| scaled(number, places, |n| n.abs().ceil().copysign(n)))
}

pub(crate) fn round_down<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 0.0, |number, places| scaled(number, places, f64::trunc))
}

pub(crate) fn ceiling<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 1.0, |number, step| clean(clean(number / step).ceil() * step))
}

pub(crate) fn floor<'b>(row: Row<'b, '_>, arguments: &'b [Expr]) -> Val<'b> {
    two(row, arguments, 1.0, |number, step| clean(clean(number / step).floor() * step))
}
