//! What depends on nothing is computed while a formula is read. All of it together has so many steps, and may have a time to end.

use std::time::Instant;

use model::Timestamp;

use crate::eval::{Context, STEP, STEPS, TEXT};
use crate::expr::Expr;
use crate::functions::Reads;
use crate::mask::Mask;
use crate::mistakes::Mistake;
use crate::patterns::{Patterns, Room};
use crate::program::Batch;

/// Steps that constants of a formula may take while it is compiled, all together: about a millisecond. What takes more is computed with the
/// rows, once for all of a batch.
const COMPILING: usize = 16_384;

/// What folding may still take.
pub(crate) struct Folding {
    /// In bytes made.
    left: usize,
    until: Option<Instant>,
    tells: bool,
}

impl Folding {
    /// For a formula that is compiled. What takes longer is no mistake.
    pub fn compiling() -> Self {
        Self { left: STEP * COMPILING, until: None, tells: false }
    }

    /// For somebody who writes the formula and waits until then: constants take no more steps than a cell may, or it is told.
    pub fn asked(until: Option<Instant>) -> Self {
        Self { left: TEXT, until, tells: true }
    }

    /// What patterns may take, where somebody is told.
    pub fn room(&self) -> Option<Room> {
        self.tells.then(|| Room::new(self.until))
    }

    /// An expression, computed where it depends on nothing; and what is wrong, told once, when that takes too long.
    pub fn fold(&mut self, expr: Expr) -> (Expr, Option<Mistake>) {
        if matches!(expr, Expr::Constant(_)) || expr.reads() != Reads::Nothing || self.left == 0 {
            return (expr, None);
        }
        let patterns = Patterns::default();
        let batch = Batch {
            rows: 0..1,
            inputs: &[],
            ids: &|_| None,
            created: None,
            modified: None,
            watched: &[],
            now: Timestamp(0),
            until: self.until,
        };
        let context = Context::within(&batch, &patterns, self.left);
        let value = context.eval(&expr, &Mask::all(1)).map(|lane| lane.get(0).to_scalar());
        let is_late = batch.is_over();
        match value {
            Ok(value) if !is_late => {
                self.left = context.left();
                (Expr::Constant(value), None)
            }
            _ => {
                // What it is a part of would take no less.
                self.left = 0;
                let told = self.tells.then(|| slow(is_late));
                (expr, told)
            }
        }
    }
}

fn slow(is_late: bool) -> Mistake {
    let message = if is_late {
        "this takes longer than whoever asks waits".to_owned()
    } else {
        format!("with this the constants of the formula take more than {STEPS} steps, which is the most for a cell")
    };
    let advice = "make shorter texts, and search them by patterns that repeat less: a search takes a step for each byte of its text and each \
                  sixteen places of its pattern";
    (message, advice.to_owned())
}
