//! A checked expression.

use model::{FormulaType, RecordId};
use rustc_hash::FxHashSet;

use crate::check::Shape;
use crate::constants::{Names, named_by};
use crate::functions::{Function, Reads};
use crate::value::Scalar;

pub(crate) enum Expr {
    Constant(Scalar<'static>),
    /// A field, by its place among the references.
    Slot(usize, Shape),
    Call(&'static Function, Vec<Expr>),
    /// What a name stands for that `LET` has given to a value.
    Bound(usize),
    Negate(Box<Expr>),
    /// One value out of a list of them.
    Flat(Box<Expr>),
    /// Values of several kinds as a field of this type holds them.
    Typed(FormulaType, Box<Expr>),
    /// Operators from left to right.
    Chain(Box<Expr>, Vec<(Op, Expr)>),
    /// Texts one after the other.
    Join(Vec<Expr>),
    /// Equal to one of many constants.
    Among(Subject, Set),
    /// What stands in the formula more than once, and where its values are kept.
    Shared(usize, Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    Arithmetic(Arithmetic),
    Compare(Comparison),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Op {
    /// The operator of this sign; joining has none.
    pub fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "+" => Self::Arithmetic(Arithmetic::Add),
            "-" => Self::Arithmetic(Arithmetic::Subtract),
            "*" => Self::Arithmetic(Arithmetic::Multiply),
            "/" => Self::Arithmetic(Arithmetic::Divide),
            "=" => Self::Compare(Comparison::Equal),
            "!=" => Self::Compare(Comparison::Unequal),
            "<" => Self::Compare(Comparison::Less),
            "<=" => Self::Compare(Comparison::LessOrEqual),
            ">" => Self::Compare(Comparison::Greater),
            ">=" => Self::Compare(Comparison::GreaterOrEqual),
            _ => return None,
        })
    }
}

/// What is looked for in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The id of the record.
    Record,
    Slot(usize, Shape),
}

/// Constants that something is compared with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Set {
    pub texts: FxHashSet<Box<str>>,
    pub ids: FxHashSet<RecordId>,
}

impl Set {
    pub fn add(&mut self, text: &str) {
        self.texts.insert(text.into());
        self.ids.extend(text.parse::<RecordId>());
    }
}

impl Expr {
    /// What it is made of, in order.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Constant(_) | Self::Slot(..) | Self::Bound(_) | Self::Among(..) => Vec::new(),
            Self::Call(_, parts) | Self::Join(parts) => parts.iter().collect(),
            Self::Negate(inner) | Self::Flat(inner) | Self::Typed(_, inner) | Self::Shared(_, inner) => vec![inner],
            Self::Chain(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect(),
        }
    }

    /// The same, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Constant(_) | Self::Slot(..) | Self::Bound(_) | Self::Among(..) => Vec::new(),
            Self::Call(_, parts) | Self::Join(parts) => parts.iter_mut().collect(),
            Self::Negate(inner) | Self::Flat(inner) | Self::Typed(_, inner) | Self::Shared(_, inner) => vec![inner],
            Self::Chain(first, rest) => {
                std::iter::once(&mut **first).chain(rest.iter_mut().map(|(_, part)| part)).collect()
            }
        }
    }

    /// What the value depends on.
    pub fn reads(&self) -> Reads {
        let all = |parts: &[Self]| parts.iter().map(Self::reads).max().unwrap_or(Reads::Nothing);
        match self {
            Self::Constant(_) => Reads::Nothing,
            Self::Slot(..) | Self::Among(..) | Self::Bound(_) => Reads::Record,
            Self::Call(function, arguments) => function.reads.max(all(arguments)),
            Self::Negate(inner) | Self::Flat(inner) | Self::Typed(_, inner) | Self::Shared(_, inner) => inner.reads(),
            Self::Join(parts) => all(parts),
            Self::Chain(first, rest) => rest.iter().map(|(_, part)| part.reads()).fold(first.reads(), Reads::max),
        }
    }

    /// True when a row may come out as an error, given which fields hold errors.
    pub fn may_fail(&self, slot: &dyn Fn(usize) -> bool) -> bool {
        let any = |parts: &[Self]| parts.iter().any(|part| part.may_fail(slot));
        match self {
            Self::Constant(scalar) => *scalar == Scalar::Error,
            Self::Slot(at, _) | Self::Among(Subject::Slot(at, _), _) => slot(*at),
            Self::Among(Subject::Record, _) => false,
            Self::Call(function, arguments) => {
                function.fails.is_some() || any(arguments) || miscounts(function, arguments)
            }
            Self::Negate(inner) | Self::Flat(inner) | Self::Typed(_, inner) | Self::Shared(_, inner) => {
                inner.may_fail(slot)
            }
            // A text may come out too long.
            Self::Join(_) | Self::Bound(_) => true,
            Self::Chain(first, rest) => first.may_fail(slot) || rest.iter().any(|(_, part)| part.may_fail(slot)),
        }
    }
}

/// True where something is counted by what may be no number.
fn miscounts(function: &Function, arguments: &[Expr]) -> bool {
    let is_number = |expr: &Expr| matches!(expr, Expr::Constant(scalar) if !scalar.view().number().is_nan());
    let counted = |(at, expr): (usize, &Expr)| named_by(function, at) == Some(Names::Count) && !is_number(expr);
    arguments.iter().enumerate().any(counted)
}
