//! Running a checked expression over a row.

use std::borrow::Cow;
use std::cmp::Ordering;

use model::{CellRef, Chunk};

use crate::check::{Expr, Shape};
use crate::program::{Batch, Input};
use crate::value::Val;

/// One row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct Row<'b, 'a> {
    pub batch: &'b Batch<'a>,
    pub row: usize,
}

impl<'b> Row<'b, '_> {
    /// The value of an expression.
    pub fn eval(self, expr: &'b Expr) -> Val<'b> {
        match expr {
            Expr::Number(number) => Val::Number(*number),
            Expr::Text(text) => Val::Text(Cow::Borrowed(text)),
            Expr::Slot(slot, shape) => self.slot(*slot, *shape),
            Expr::Call(function, arguments) => (function.run)(self, arguments),
            Expr::Negate(inner) => match self.eval(inner) {
                Val::Error => Val::Error,
                value => Val::Number(-value.number()),
            },
            Expr::Binary(sign, left, right) => {
                let (left, right) = (self.eval(left), self.eval(right));
                if left == Val::Error || right == Val::Error { Val::Error } else { binary(sign, &left, &right) }
            }
        }
    }

    fn slot(self, slot: usize, shape: Shape) -> Val<'b> {
        match self.batch.inputs.get(slot) {
            None | Some(Input::Missing) => blank(shape),
            Some(Input::Computed(chunk)) => cell(chunk.cell(self.row), shape),
            Some(Input::Stored(chunk)) => cell(chunk.cell(self.row), shape),
            Some(Input::Choice { chunk, select }) => match chunk.cell(self.row) {
                CellRef::Choice(no) => {
                    select.by_no(no).map_or(Val::Blank, |choice| Val::Text(Cow::Borrowed(&choice.name)))
                }
                CellRef::Choices(list) => {
                    let names: Vec<&str> =
                        list.iter().filter_map(|no| select.by_no(*no)).map(|choice| choice.name.as_str()).collect();
                    Val::owned(names.join(", "))
                }
                _ => Val::Blank,
            },
        }
    }

    /// A system time of the row.
    pub fn system(self, chunk: Option<&'b Chunk>) -> Val<'b> {
        chunk.map_or(Val::Blank, |chunk| cell(chunk.cell(self.row), Shape::DateTime))
    }
}

fn blank(shape: Shape) -> Val<'static> {
    if shape == Shape::Flag { Val::Number(0.0) } else { Val::Blank }
}

fn cell(cell: CellRef<'_>, shape: Shape) -> Val<'_> {
    match cell {
        CellRef::Empty => blank(shape),
        CellRef::Text(text) => Val::Text(Cow::Borrowed(text)),
        CellRef::Number(number) => Val::Number(number),
        CellRef::Flag(flag) => Val::flag(flag),
        CellRef::Time(time) => Val::Time(time, shape == Shape::Date),
        _ => Val::Error,
    }
}

fn binary(sign: &str, left: &Val<'_>, right: &Val<'_>) -> Val<'static> {
    let numbers = || (left.number(), right.number());
    match sign {
        "&" => Val::owned(format!("{}{}", left.text(), right.text())),
        "+" => Val::Number(numbers().0 + numbers().1),
        "-" => Val::Number(numbers().0 - numbers().1),
        "*" => Val::Number(numbers().0 * numbers().1),
        "/" => Val::Number(numbers().0 / numbers().1),
        "=" => Val::flag(equal(left, right)),
        "!=" => Val::flag(!equal(left, right)),
        _ => {
            let order = compare(left, right);
            Val::flag(order.is_some_and(|order| match sign {
                "<" => order == Ordering::Less,
                "<=" => order != Ordering::Greater,
                ">" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }))
        }
    }
}

/// Equality: blank equals the empty text and zero, times are equal to the millisecond, the rest as text or number.
pub(crate) fn equal(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Number(a), Val::Number(b)) => a == b,
        (Val::Blank, other) | (other, Val::Blank) => other.is_blank() || matches!(other, Val::Number(n) if *n == 0.0),
        (Val::Time(a, _), Val::Time(b, _)) => a.div_euclid(1_000) == b.div_euclid(1_000),
        _ => left.text() == right.text(),
    }
}

fn compare(left: &Val<'_>, right: &Val<'_>) -> Option<Ordering> {
    match (left, right) {
        (Val::Time(a, _), Val::Time(b, _)) => Some(a.cmp(b)),
        (Val::Time(a, _), Val::Text(_)) => Some(a.cmp(&right.time()?)),
        (Val::Text(_), Val::Time(b, _)) => Some(left.time()?.cmp(b)),
        (Val::Time(..), _) | (_, Val::Time(..)) => None,
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        _ => left.number().partial_cmp(&right.number()),
    }
}
