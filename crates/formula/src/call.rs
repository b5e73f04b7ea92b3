//! What functions are made of: arguments, and loops over the rows.

use std::borrow::Cow;

use model::Chunk;

use crate::arithmetic::{binary, errors, unary};
use crate::eval::{Context, Lanes, Spent};
use crate::expr::Expr;
use crate::lane::{Cell, Lane, Mixed, Numbers, Values};
use crate::lists::values;
use crate::mask::Mask;
use crate::strings::{Builder, Made};
use crate::value::{Scalar, Val};

/// A call of a function for some rows.
pub(crate) struct Call<'c, 'b> {
    pub cx: &'c Context<'b>,
    pub arguments: &'b [Expr],
    pub rows: &'c Mask,
}

/// The rows that a function has to look at: one, where all arguments are the same everywhere.
pub(crate) struct Extent {
    pub n: usize,
    /// Without the rows where an argument is an error.
    pub rows: Mask,
    error: Mask,
    same: bool,
}

/// What a row comes out as.
pub(crate) enum Out<T> {
    Value(T),
    Blank,
    Error,
}

/// Something about each row, or about all of them.
pub(crate) enum Per<T> {
    Same(T),
    Each(Vec<T>),
}

impl<T: Copy + Default> Per<T> {
    #[inline]
    pub fn at(&self, row: usize) -> T {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values.get(row).copied().unwrap_or_default(),
        }
    }
}

impl Extent {
    /// All rows that are asked for.
    pub fn of(n: usize, rows: &Mask) -> Self {
        Self { n, rows: rows.clone(), error: Mask::default(), same: false }
    }

    /// Turns the only row back into all.
    pub fn finish<'b>(&self, mut lane: Lane<'b>) -> Lane<'b> {
        if self.same {
            let failed = self.rows.is_empty();
            return Lane::same(if failed { Scalar::Error } else { lane.get(0).to_scalar() });
        }
        if !self.error.is_empty() {
            lane.error.add(&self.error);
        }
        lane
    }

    /// Looks at each value once.
    pub fn per<T: Copy + Default>(&self, lane: &Lane<'_>, look: impl Fn(Val<'_>) -> T) -> Per<T> {
        if let Values::Same(scalar) = &lane.values {
            return Per::Same(look(scalar.view()));
        }
        let mut values = vec![T::default(); self.n];
        for row in self.rows.rows() {
            if let Some(slot) = values.get_mut(row) {
                *slot = look(lane.get(row));
            }
        }
        Per::Each(values)
    }

    /// A number for each row.
    pub fn calculate<'b>(&self, mut f: impl FnMut(usize) -> Out<f64>) -> Lane<'b> {
        let mut numbers = vec![0.0; self.n];
        let (mut blank, mut error) = (Mask::default(), Mask::default());
        for row in self.rows.rows() {
            match f(row) {
                Out::Value(number) => {
                    if let Some(slot) = numbers.get_mut(row) {
                        *slot = number;
                    }
                }
                Out::Blank => blank.set(row),
                Out::Error => error.set(row),
            }
        }
        self.finish(Lane { values: Values::Numbers(Cow::Owned(numbers)), blank, error })
    }

    /// A point in time for each row.
    pub fn moments<'b>(&self, mut f: impl FnMut(usize) -> Out<(i64, bool)>) -> Lane<'b> {
        let mut times = vec![(Chunk::NO_TIME, false); self.n];
        let (mut blank, mut error) = (Mask::default(), Mask::default());
        let (mut days, mut moments) = (false, false);
        for row in self.rows.rows() {
            match f(row) {
                Out::Value((time, day)) => {
                    days |= day;
                    moments |= !day;
                    if let Some(slot) = times.get_mut(row) {
                        *slot = (time, day);
                    }
                }
                Out::Blank => blank.set(row),
                Out::Error => error.set(row),
            }
        }
        let values = if days && moments {
            let cells = times.iter().map(|(time, day)| Cell::Time(*time, *day)).collect();
            Values::Mixed(Mixed { cells, arena: String::new() })
        } else {
            Values::Times(times.iter().map(|(time, _)| *time).collect(), days)
        };
        self.finish(Lane { values, blank, error })
    }
}

impl<'b> Call<'_, 'b> {
    /// The values of an argument; blank when it is left out.
    pub fn argument(&self, index: usize) -> Lanes<'b> {
        self.argument_for(index, self.rows)
    }

    /// The values of an argument for some of the rows.
    pub fn argument_for(&self, index: usize, rows: &Mask) -> Lanes<'b> {
        self.arguments.get(index).map_or_else(|| Ok(Lane::same(Scalar::Blank)), |expr| self.cx.read(expr, rows))
    }

    /// The values of all arguments.
    pub fn all(&self) -> Result<Vec<Lane<'b>>, Spent> {
        self.arguments.iter().map(|expr| self.cx.read(expr, self.rows)).collect()
    }

    /// The rows to look at.
    pub fn extent(&self, lanes: &[Lane<'_>]) -> Extent {
        let error = errors(&lanes.iter().collect::<Vec<_>>());
        let same = error.is_none() || lanes.iter().all(|lane| matches!(lane.values, Values::Same(_)));
        let (n, rows) = if same { (1, Mask::all(1)) } else { (self.cx.n, self.rows.clone()) };
        let error = error.unwrap_or_else(|| rows.clone());
        Extent { n, rows: rows.without(&error), error: if same { Mask::default() } else { error }, same }
    }

    /// A function of one number.
    pub fn number(&self, f: impl Fn(f64) -> f64) -> Lanes<'b> {
        Ok(unary(self.argument(0)?, self.cx.n, f))
    }

    /// A function of two numbers of which the second may be left out.
    pub fn numbers(&self, default: f64, f: impl Fn(f64, f64) -> f64) -> Lanes<'b> {
        let second = if self.arguments.len() > 1 { self.argument(1)? } else { Lane::same(Scalar::Number(default)) };
        Ok(binary(self.argument(0)?, second, self.cx.n, f))
    }

    /// Folds the arguments that are numbers; blanks, texts and dates are left out.
    pub fn fold<S: Copy>(&self, start: S, step: impl Fn(S, f64) -> S, end: impl Fn(S) -> f64) -> Lanes<'b> {
        let lanes = self.all()?;
        let extent = self.extent(&lanes);
        let mut states = vec![start; extent.n];
        for lane in &lanes {
            let dense = lane.blank.is_empty() && matches!(lane.values, Values::Numbers(_) | Values::Flags(_));
            if dense && let Numbers::Each(numbers) = lane.as_numbers(extent.n) {
                for (state, number) in states.iter_mut().zip(numbers.iter()) {
                    *state = step(*state, *number);
                }
                continue;
            }
            for row in extent.rows.rows() {
                let Some(state) = states.get_mut(row) else { continue };
                for value in values(lane, row) {
                    if let Val::Number(number) = value {
                        *state = step(*state, number);
                    }
                }
            }
        }
        Ok(extent.finish(Lane::numbers(states.into_iter().map(end).collect(), Mask::default())))
    }

    /// The number that is better than all others, 0 without any; `NaN` where one is.
    pub fn extreme(&self, better: impl Fn(f64, f64) -> f64) -> Lanes<'b> {
        let step = |best: Option<f64>, number: f64| match best {
            Some(best) if !number.is_nan() => Some(if best.is_nan() { best } else { better(best, number) }),
            _ => Some(number),
        };
        self.fold(None, step, |best| best.unwrap_or(0.0))
    }

    /// A text for each row.
    pub fn write(&self, extent: &Extent, mut f: impl FnMut(usize, &mut String) -> Made) -> Lanes<'b> {
        let left = self.cx.left();
        let mut builder = Builder::new(extent.n);
        for row in extent.rows.rows() {
            builder.row(row, |out| f(row, out));
            if builder.written() > left {
                return Err(Spent);
            }
        }
        self.cx.spend(builder.written())?;
        Ok(extent.finish(Lane::texts(builder.finish())))
    }
}

/// A count: whole and not negative; none of what is no number.
pub(crate) fn count(value: Val<'_>) -> Option<usize> {
    Some(value.number()).filter(|number| !number.is_nan()).map(|number| number.max(0.0) as usize)
}

/// The rows of `rows` that are an error, not a number or infinite.
pub(crate) fn wrong(lane: &Lane<'_>, rows: &Mask, n: usize) -> Mask {
    let mut found = lane.errors(n).and(rows);
    let odd = |value| matches!(value, Val::Number(number) if !number.is_finite());
    match &lane.values {
        Values::Same(_) if odd(lane.get(0)) => return rows.clone(),
        Values::Numbers(numbers) => found.add(&Mask::pack(numbers, |number| !number.is_finite()).and(rows)),
        Values::Mixed(_) => rows.rows().filter(|row| odd(lane.get(*row))).for_each(|row| found.set(row)),
        _ => {}
    }
    found
}
