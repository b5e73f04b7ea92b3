//! Arithmetic over whole batches.

use std::borrow::Cow;

use crate::lane::{Lane, Numbers, Values};
use crate::mask::Mask;
use crate::value::Scalar;

/// Both operands in number context.
pub(crate) fn arithmetic<'a>(left: Lane<'a>, right: Lane<'a>, n: usize, f: impl Fn(f64, f64) -> f64) -> Lane<'a> {
    let Some(error) = errors(&[&left, &right]) else { return Lane::same(Scalar::Error) };
    let numbers = match (left.into_numbers(n), right.into_numbers(n)) {
        (Numbers::Same(a), Numbers::Same(b)) if error.is_empty() => return Lane::same(Scalar::Number(f(a, b))),
        (Numbers::Same(a), Numbers::Same(b)) => vec![f(a, b); n],
        (Numbers::Each(a), Numbers::Same(b)) => map(a, |a| f(a, b)),
        (Numbers::Same(a), Numbers::Each(b)) => map(b, |b| f(a, b)),
        (Numbers::Each(a), Numbers::Each(b)) => zip(a, b, f),
    };
    Lane::numbers(numbers, error)
}

/// One operand in number context.
pub(crate) fn unary(lane: Lane<'_>, n: usize, f: impl Fn(f64) -> f64) -> Lane<'_> {
    let Some(error) = errors(&[&lane]) else { return Lane::same(Scalar::Error) };
    match lane.into_numbers(n) {
        Numbers::Same(number) => Lane::same(Scalar::Number(f(number))),
        Numbers::Each(numbers) => Lane::numbers(map(numbers, f), error),
    }
}

pub(crate) fn negate(lane: Lane<'_>, n: usize) -> Lane<'_> {
    unary(lane, n, |number| -number)
}

/// The rows where one of the lanes is an error; none when all rows are.
pub(crate) fn errors(lanes: &[&Lane<'_>]) -> Option<Mask> {
    let mut error = Mask::default();
    for lane in lanes {
        if let Values::Same(Scalar::Error) = lane.values {
            return None;
        }
        if !lane.error.is_empty() {
            error.add(&lane.error);
        }
    }
    Some(error)
}

/// In place where the numbers are ours.
fn map(numbers: Cow<'_, [f64]>, f: impl Fn(f64) -> f64) -> Vec<f64> {
    match numbers {
        Cow::Owned(mut numbers) => {
            for number in &mut numbers {
                *number = f(*number);
            }
            numbers
        }
        Cow::Borrowed(numbers) => numbers.iter().map(|number| f(*number)).collect(),
    }
}

fn zip(left: Cow<'_, [f64]>, right: Cow<'_, [f64]>, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    match (left, right) {
        (Cow::Owned(mut left), right) => {
            for (left, right) in left.iter_mut().zip(right.iter()) {
                *left = f(*left, *right);
            }
            left
        }
        (left, Cow::Owned(mut right)) => {
            for (left, right) in left.iter().zip(&mut right) {
                *right = f(*left, *right);
            }
            right
        }
        (left, right) => left.iter().zip(right.iter()).map(|(left, right)| f(*left, *right)).collect(),
    }
}
