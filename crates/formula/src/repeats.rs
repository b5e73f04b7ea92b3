//! Parts that stand in a formula more than once are computed once.

use std::mem::replace;

use model::FormulaType;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::expr::{Expr, Op};
use crate::value::Scalar;

/// What a part is, but for its own parts.
#[derive(PartialEq, Eq, Hash)]
enum What {
    Number(u64),
    Text(String),
    Time(i64, bool),
    Blank,
    Error,
    Slot(usize),
    Bound(usize),
    Call(&'static str),
    Negate,
    Flat,
    Typed(FormulaType),
    Chain(Vec<Op>),
    Join,
    /// A look-up in a set, by its address: equal to itself only.
    Among(usize),
}

/// A part and its own parts by number: equal parts have equal numbers.
struct Numbered {
    number: usize,
    parts: Vec<Numbered>,
    is_worth_it: bool,
}

/// The expression, in which parts that are worth it and stand in it more than once are shared.
pub(crate) fn share(mut expr: Expr) -> Expr {
    let numbered = number(&expr, &mut FxHashMap::default());
    let (mut seen, mut places) = (FxHashSet::default(), FxHashMap::default());
    find(&numbered, &mut seen, &mut places);
    if !places.is_empty() {
        mark(&mut expr, &numbered, &places);
    }
    expr
}

fn number(expr: &Expr, known: &mut FxHashMap<(What, Vec<usize>), usize>) -> Numbered {
    let parts: Vec<Numbered> = expr.parts().into_iter().map(|part| number(part, known)).collect();
    let next = known.len();
    let key = (what(expr), parts.iter().map(|part| part.number).collect());
    // Fields are borrowed, and a copy of numbers costs what arithmetic does.
    let is_worth_it = matches!(expr, Expr::Call(..) | Expr::Join(_)) && !parts.is_empty();
    Numbered { number: *known.entry(key).or_insert(next), parts, is_worth_it }
}

fn what(expr: &Expr) -> What {
    match expr {
        Expr::Constant(Scalar::Number(number)) => What::Number(number.to_bits()),
        Expr::Constant(Scalar::Text(text)) => What::Text(text.clone().into_owned()),
        Expr::Constant(Scalar::Time(time, day)) => What::Time(*time, *day),
        Expr::Constant(Scalar::Blank) => What::Blank,
        Expr::Constant(Scalar::Error) => What::Error,
        Expr::Slot(slot, _) => What::Slot(*slot),
        Expr::Bound(place) | Expr::Shared(place, _) => What::Bound(*place),
        Expr::Call(function, _) => What::Call(function.name),
        Expr::Negate(_) => What::Negate,
        Expr::Flat(_) => What::Flat,
        Expr::Typed(result, _) => What::Typed(*result),
        Expr::Chain(_, rest) => What::Chain(rest.iter().map(|(op, _)| *op).collect()),
        Expr::Join(_) => What::Join,
        Expr::Among(_, set) => What::Among(std::ptr::from_ref(set).addr()),
    }
}

/// Gives a place to each part that is met again. The parts of such a part are met once, unless they stand elsewhere too.
fn find(part: &Numbered, seen: &mut FxHashSet<usize>, places: &mut FxHashMap<usize, usize>) {
    if part.is_worth_it && !seen.insert(part.number) {
        let next = places.len();
        places.entry(part.number).or_insert(next);
        return;
    }
    part.parts.iter().for_each(|part| find(part, seen, places));
}

fn mark(expr: &mut Expr, numbered: &Numbered, places: &FxHashMap<usize, usize>) {
    for (part, numbered) in expr.parts_mut().into_iter().zip(&numbered.parts) {
        mark(part, numbered, places);
    }
    if let Some(place) = places.get(&numbered.number) {
        let part = replace(expr, Expr::Constant(Scalar::Blank));
        *expr = Expr::Shared(*place, Box::new(part));
    }
}
