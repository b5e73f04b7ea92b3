//! Arithmetic over whole batches.

use std::borrow::Cow;

use crate::expr::Arithmetic;
use crate::lane::{Lane, Numbers, Values};
use crate::mask::Mask;
use crate::value::Scalar;

/// Numbers that go through all operations of a chain before the next ones do, so that they stay in the fastest cache.
const BLOCK: usize = 256;

/// Operations from left to right, all operands in number context.
pub(crate) fn chain<'a>(first: Lane<'a>, rest: Vec<(Arithmetic, Lane<'a>)>, n: usize) -> Lane<'a> {
    let lanes: Vec<&Lane<'_>> = std::iter::once(&first).chain(rest.iter().map(|(_, lane)| lane)).collect();
    let Some(error) = errors(&lanes) else { return Lane::same(Scalar::Error) };
    let mut operations = Vec::with_capacity(rest.len());
    for (operation, lane) in rest {
        operations.push((operation, lane.into_numbers(n)));
    }
    let numbers = match first.into_numbers(n) {
        Numbers::Same(number) => {
            let same = |(_, right): &(Arithmetic, Numbers<'_>)| matches!(right, Numbers::Same(_));
            if error.is_empty() && operations.iter().all(same) {
                let mut number = [number];
                for (operation, right) in &operations {
                    update(&mut number, *operation, right, 0);
                }
                return Lane::same(Scalar::Number(number[0]));
            }
            in_place(vec![number; n], &operations)
        }
        Numbers::Each(Cow::Owned(numbers)) => in_place(numbers, &operations),
        Numbers::Each(Cow::Borrowed(numbers)) => copied(numbers, &operations),
    };
    Lane::numbers(numbers, error)
}

fn in_place(mut numbers: Vec<f64>, operations: &[(Arithmetic, Numbers<'_>)]) -> Vec<f64> {
    for (index, block) in numbers.chunks_mut(BLOCK).enumerate() {
        for (operation, right) in operations {
            update(block, *operation, right, index * BLOCK);
        }
    }
    numbers
}

fn copied(numbers: &[f64], operations: &[(Arithmetic, Numbers<'_>)]) -> Vec<f64> {
    let Some(((first, right), later)) = operations.split_first() else { return numbers.to_vec() };
    let mut out = Vec::with_capacity(numbers.len());
    for block in numbers.chunks(BLOCK) {
        let start = out.len();
        extend(&mut out, block, *first, right);
        for (operation, right) in later {
            update(out.get_mut(start..).unwrap_or_default(), *operation, right, start);
        }
    }
    out
}

fn extend(out: &mut Vec<f64>, block: &[f64], operation: Arithmetic, right: &Numbers<'_>) {
    match operation {
        Arithmetic::Add => extend_by(out, block, right, |a, b| a + b),
        Arithmetic::Subtract => extend_by(out, block, right, |a, b| a - b),
        Arithmetic::Multiply => extend_by(out, block, right, |a, b| a * b),
        Arithmetic::Divide => extend_by(out, block, right, |a, b| a / b),
    }
}

#[inline]
fn extend_by(out: &mut Vec<f64>, block: &[f64], right: &Numbers<'_>, f: impl Fn(f64, f64) -> f64) {
    match right {
        Numbers::Same(right) => out.extend(block.iter().map(|left| f(*left, *right))),
        Numbers::Each(rights) => {
            let rights = rights.get(out.len()..).unwrap_or_default();
            out.extend(block.iter().zip(rights).map(|(left, right)| f(*left, *right)));
        }
    }
}

fn update(block: &mut [f64], operation: Arithmetic, right: &Numbers<'_>, start: usize) {
    match operation {
        Arithmetic::Add => update_by(block, right, start, |a, b| a + b),
        Arithmetic::Subtract => update_by(block, right, start, |a, b| a - b),
        Arithmetic::Multiply => update_by(block, right, start, |a, b| a * b),
        Arithmetic::Divide => update_by(block, right, start, |a, b| a / b),
    }
}

#[inline]
fn update_by(block: &mut [f64], right: &Numbers<'_>, start: usize, f: impl Fn(f64, f64) -> f64) {
    match right {
        Numbers::Same(right) => block.iter_mut().for_each(|left| *left = f(*left, *right)),
        Numbers::Each(rights) => {
            for (left, right) in block.iter_mut().zip(rights.get(start..).unwrap_or_default()) {
                *left = f(*left, *right);
            }
        }
    }
}

/// A function of two operands in number context.
pub(crate) fn binary<'a>(left: Lane<'a>, right: Lane<'a>, n: usize, f: impl Fn(f64, f64) -> f64) -> Lane<'a> {
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

/// A function of one operand in number context.
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

/// A logarithm, exact for the bases that people use.
pub(crate) fn logarithm(number: f64, base: f64) -> f64 {
    if base == 10.0 {
        number.log10()
    } else if base == 2.0 {
        number.log2()
    } else {
        number.ln() / base.ln()
    }
}
