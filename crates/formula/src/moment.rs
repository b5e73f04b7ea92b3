//! Arguments that are points in time.

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::time::Unit;
use crate::value::Val;

/// An argument of a date function.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Moment {
    At(i64),
    #[default]
    Blank,
    /// Neither a date nor a text that reads as one.
    Wrong,
}

impl Moment {
    pub fn of(value: Val<'_>) -> Self {
        if value.is_blank() { Self::Blank } else { value.time().map_or(Self::Wrong, Self::At) }
    }

    pub fn map(self, f: impl FnOnce(model::Timestamp) -> f64) -> Out<f64> {
        match self {
            Self::At(time) => Out::Value(f(model::Timestamp(time))),
            Self::Blank => Out::Blank,
            Self::Wrong => Out::Error,
        }
    }
}

impl Unit {
    /// The unit that a value names.
    pub fn of(value: Val<'_>) -> Self {
        Self::named(value.text(&mut String::new()))
    }
}

impl Default for Unit {
    fn default() -> Self {
        Self::Micros(1_000)
    }
}

/// A function of two points in time and something about its third argument; blank when one of them is.
pub(crate) fn two<'b, U: Copy + Default>(
    call: &Call<'_, 'b>,
    third: impl Fn(Val<'_>) -> U,
    f: impl Fn(i64, i64, U) -> f64,
) -> Lanes<'b> {
    let lanes = [call.argument(0)?, call.argument(1)?, call.argument(2)?];
    let extent = call.extent(&lanes);
    let [a, b, unit] = &lanes;
    let (a, b, unit) = (extent.per(a, Moment::of), extent.per(b, Moment::of), extent.per(unit, third));
    Ok(extent.calculate(|row| match (a.at(row), b.at(row)) {
        (Moment::Blank, _) | (_, Moment::Blank) => Out::Blank,
        (Moment::At(a), Moment::At(b)) => Out::Value(f(a, b, unit.at(row))),
        _ => Out::Error,
    }))
}

/// A value in number context.
pub(crate) fn number(value: Val<'_>) -> f64 {
    value.number()
}
