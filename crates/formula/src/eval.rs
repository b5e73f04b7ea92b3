//! Running a checked expression over the rows of a batch.

use std::cell::{Cell, RefCell};

use crate::among::among;
use crate::arithmetic::{self, negate};
use crate::call::Call;
use crate::compare::compare;
use crate::expr::{Expr, Op};
use crate::functions::Run;
use crate::input::read;
use crate::lane::Lane;
use crate::lists::flat;
use crate::mask::Mask;
use crate::patterns::Patterns;
use crate::program::Batch;
use crate::strings::Builder;
use crate::text::{Part, write_parts};
use crate::typed::typed;
use crate::value::Scalar;

/// Bytes of text that one batch may make: a batch that makes more is cut into smaller ones, and the one row that
/// still makes more is an error. A byte counts for a sixteenth of a step, of which a cell has two millions.
pub(crate) const TEXT: usize = STEP * STEPS;
/// Steps of a cell.
pub(crate) const STEPS: usize = 2_000_000;
/// Work after which the clock is looked at, in bytes of text that could be made meanwhile: about a millisecond.
const GRAIN: usize = 1_000_000;
/// What a step is worth, in bytes.
pub(crate) const STEP: usize = 16;

/// The batch needs more than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent;

/// The values of an expression, unless they cost too much.
pub(crate) type Lanes<'b> = Result<Lane<'b>, Spent>;

/// A batch while it runs.
pub(crate) struct Context<'b> {
    pub batch: &'b Batch<'b>,
    /// The constant patterns of the program.
    pub patterns: &'b Patterns,
    /// How many rows it has.
    pub n: usize,
    left: Cell<usize>,
    /// Work since the clock was looked at.
    worked: Cell<usize>,
    /// No more work may be done.
    spent: Cell<bool>,
    /// What names stand for, by their places.
    bound: RefCell<Vec<Option<Lane<'b>>>>,
    /// The values of shared parts by their places, and the rows that they are known for.
    shared: RefCell<Vec<Option<(Mask, Lane<'b>)>>>,
}

impl<'b> Context<'b> {
    pub fn new(batch: &'b Batch<'b>, patterns: &'b Patterns) -> Self {
        Self::within(batch, patterns, TEXT)
    }

    /// The same with fewer bytes that may be made.
    pub fn within(batch: &'b Batch<'b>, patterns: &'b Patterns, left: usize) -> Self {
        Self {
            batch,
            patterns,
            n: batch.rows.len(),
            left: Cell::new(left),
            worked: Cell::new(0),
            spent: Cell::new(false),
            bound: RefCell::default(),
            shared: RefCell::default(),
        }
    }

    /// Bytes that may still be made.
    pub fn left(&self) -> usize {
        self.left.get()
    }

    /// Counts made bytes.
    pub fn spend(&self, bytes: usize) -> Result<(), Spent> {
        self.left.set(self.left.get().checked_sub(bytes).ok_or(Spent)?);
        Ok(())
    }

    /// Counts work that makes no text, before it is done, and looks at the clock now and then. False when it is too much or
    /// too late: the batch is given up, so what its rows come out as does not matter any more.
    pub fn work(&self, bytes: usize) -> bool {
        let worked = self.worked.get().saturating_add(bytes);
        self.worked.set(worked % GRAIN);
        let is_late = || worked >= GRAIN && self.batch.is_over();
        if self.spent.get() || self.spend(bytes).is_err() || is_late() {
            self.spent.set(true);
        }
        !self.spent.get()
    }

    /// Keeps what a name stands for.
    pub fn bind(&self, place: usize, lane: Lane<'b>) {
        let mut bound = self.bound.borrow_mut();
        if bound.len() <= place {
            bound.resize(place + 1, None);
        }
        if let Some(slot) = bound.get_mut(place) {
            *slot = Some(lane);
        }
    }

    /// What a name stands for; a copy costs what making it did.
    fn bound(&self, place: usize) -> Lanes<'b> {
        let held = self.bound.borrow().get(place).cloned().flatten();
        let lane = held.unwrap_or_else(|| Lane::same(Scalar::Error));
        self.spend(lane.bytes())?;
        Ok(lane)
    }

    /// The values of a part that stands in the formula more than once: computed where they are not known yet.
    fn shared(&self, place: usize, part: &'b Expr, rows: &Mask) -> Lanes<'b> {
        if let Some(Some((known, lane))) = self.shared.borrow().get(place)
            && known.covers(rows)
        {
            self.spend(lane.bytes())?;
            return Ok(lane.clone());
        }
        let lane = self.eval(part, rows)?;
        self.spend(lane.bytes())?;
        let mut shared = self.shared.borrow_mut();
        if shared.len() <= place {
            shared.resize(place + 1, None);
        }
        if let Some(slot) = shared.get_mut(place) {
            *slot = Some((rows.clone(), lane.clone()));
        }
        Ok(lane)
    }

    /// The values of an expression for these rows, for what reads them: a byte that is read counts as one that is made.
    pub fn read(&self, expr: &'b Expr, rows: &Mask) -> Lanes<'b> {
        let lane = self.eval(expr, rows)?;
        self.spend(lane.read(rows, self.n))?;
        Ok(lane)
    }

    /// The values of an expression for these rows.
    pub fn eval(&self, expr: &'b Expr, rows: &Mask) -> Lanes<'b> {
        match expr {
            Expr::Constant(scalar) => Ok(Lane::same(borrowed(scalar))),
            Expr::Bound(place) => self.bound(*place),
            Expr::Slot(slot, shape) => read(self, *slot, *shape, rows),
            // Some calls take long and make little text, of which there is no other bound.
            Expr::Call(..) if self.batch.is_over() => Ok(Lane::same(Scalar::Error)),
            Expr::Call(function, arguments) => match function.run {
                Run::Plain(run) => Ok(run(self)),
                Run::Over(run) => {
                    let lane = run(&Call { cx: self, arguments, rows })?;
                    if self.spent.get() { Err(Spent) } else { Ok(lane) }
                }
            },
            Expr::Negate(inner) => Ok(negate(self.eval(inner, rows)?, self.n)),
            Expr::Flat(inner) => flat(self, self.eval(inner, rows)?, rows),
            Expr::Typed(result, inner) => typed(self, *result, self.eval(inner, rows)?, rows),
            Expr::Chain(first, rest) => self.chain(first, rest, rows),
            Expr::Join(parts) => {
                let parts: Vec<Lane<'b>> = parts.iter().map(|part| self.eval(part, rows)).collect::<Result<_, _>>()?;
                self.join(&parts, rows)
            }
            Expr::Shared(place, part) => self.shared(*place, part, rows),
            Expr::Among(subject, set) => among(self, subject, set, rows),
        }
    }

    fn chain(&self, first: &'b Expr, mut rest: &'b [(Op, Expr)], rows: &Mask) -> Lanes<'b> {
        let mut left = self.read(first, rows)?;
        while let Some(((op, right), more)) = rest.split_first() {
            match op {
                Op::Compare(how) => {
                    left = compare(*how, &left, &self.read(right, rows)?, rows, self.n);
                    rest = more;
                }
                // Arithmetic is done together up to the next comparison.
                Op::Arithmetic(_) => {
                    let mut operations = Vec::new();
                    while let Some(((Op::Arithmetic(operation), right), more)) = rest.split_first() {
                        operations.push((*operation, self.eval(right, rows)?));
                        rest = more;
                    }
                    left = arithmetic::chain(left, operations, self.n);
                }
            }
        }
        Ok(left)
    }

    /// The texts of the parts, one after the other.
    pub fn join(&self, lanes: &[Lane<'b>], rows: &Mask) -> Lanes<'b> {
        let extent = Call { cx: self, arguments: &[], rows }.extent(lanes);
        let parts: Vec<Part<'_>> = lanes.iter().map(Part::new).collect();
        let mut builder = Builder::new(extent.n);
        builder.reserve(extent.rows.count() * 16);
        let left = self.left();
        for row in extent.rows.rows() {
            builder.row(row, |out| write_parts(&parts, row, out));
            if builder.written() > left {
                return Err(Spent);
            }
        }
        self.spend(builder.written())?;
        Ok(extent.finish(Lane::texts(builder.finish())))
    }
}

fn borrowed<'s>(scalar: &'s Scalar<'static>) -> Scalar<'s> {
    match scalar {
        Scalar::Text(text) => Scalar::Text(std::borrow::Cow::Borrowed(text)),
        other => other.clone(),
    }
}
