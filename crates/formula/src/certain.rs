//! Whether a formula is an error whatever the record holds, told without running it.

use rustc_hash::FxHashSet;

use crate::expr::{Expr, Subject};
use crate::functions::{Function, Run};
use crate::value::Scalar;

/// What is known to be an error in every record.
pub(crate) struct Certain<'f> {
    /// The fields, by their places among the references.
    slots: &'f dyn Fn(usize) -> bool,
    /// The names of `LET` whose values are.
    bound: FxHashSet<usize>,
}

impl<'f> Certain<'f> {
    pub fn new(slots: &'f dyn Fn(usize) -> bool) -> Self {
        Self { slots, bound: FxHashSet::default() }
    }

    /// True when the expression is an error in every record; false where that is not certain.
    pub fn fails(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::Constant(scalar) => *scalar == Scalar::Error,
            Expr::Slot(slot, _) | Expr::Among(Subject::Slot(slot, _), _) => (self.slots)(*slot),
            Expr::Among(Subject::Record, _) => false,
            Expr::Bound(place) => self.bound.contains(place),
            Expr::Call(function, arguments) => self.call(function, arguments),
            Expr::Negate(_) | Expr::Flat(_) | Expr::Typed(..) | Expr::Chain(..) | Expr::Join(_) | Expr::Shared(..) => {
                expr.parts().into_iter().any(|part| self.fails(part))
            }
        }
    }

    /// Most functions come to an error where one of their arguments is; these look at errors, or at some of their arguments in some
    /// records only.
    fn call(&mut self, function: &Function, arguments: &[Expr]) -> bool {
        match (function.name, arguments) {
            ("ERROR", _) => true,
            ("ISERROR" | "ISNUMBER", _) => false,
            ("IF", [condition, branches @ ..]) => self.fails(condition) || branches.len() == 2 && self.all(branches),
            ("IFERROR", both) => self.all(both),
            ("SWITCH", [value, cases @ ..]) => self.fails(value) || self.cases(cases),
            ("XLOOKUP", [what, keys, values, ..]) => [what, keys, values].into_iter().any(|part| self.fails(part)),
            ("LET", [Expr::Constant(Scalar::Number(place)), value, body]) => {
                if self.fails(value) {
                    self.bound.insert(*place as usize);
                }
                self.fails(body)
            }
            _ => matches!(function.run, Run::Over(_)) && arguments.iter().any(|argument| self.fails(argument)),
        }
    }

    fn all(&mut self, parts: &[Expr]) -> bool {
        parts.iter().all(|part| self.fails(part))
    }

    /// Patterns with their results in order, and what comes where no pattern is equal.
    fn cases(&mut self, cases: &[Expr]) -> bool {
        let (pairs, otherwise) = cases.as_chunks::<2>();
        for [pattern, result] in pairs {
            // No record gets further.
            if self.fails(pattern) {
                return true;
            }
            if !self.fails(result) {
                return false;
            }
        }
        otherwise.first().is_some_and(|otherwise| self.fails(otherwise))
    }
}
