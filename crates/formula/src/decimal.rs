//! Rounding of decimals that are kept as binary fractions.

use crate::call::Call;
use crate::eval::Lanes;

/// A power of ten that is exact, and so is a division by it.
const EXACT: f64 = 1e22;
/// From here on every number is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// How much a product or quotient of decimals may be off: `1.005 * 100` is a little less than 100.5 and means it.
#[inline]
fn noise(number: f64) -> f64 {
    (number.abs() * 1e-13).min(1e-6)
}

/// The numbers of the first argument rounded to the places of the second.
pub(crate) fn rounded<'b>(call: &Call<'_, 'b>, round: impl Fn(f64, f64) -> f64) -> Lanes<'b> {
    call.numbers(0.0, |number, places| {
        if places.is_nan() {
            return places;
        }
        let power = 10f64.powi(places.clamp(-400.0, 400.0) as i32);
        round_to(number, power, &round)
    })
}

#[inline]
pub(crate) fn round_to(number: f64, power: f64, round: impl Fn(f64, f64) -> f64) -> f64 {
    let scaled = number * power;
    if scaled.abs() < WHOLE && power >= 1.0 {
        // A whole number divided by an exact power of ten is the nearest number to its decimal.
        round(scaled, noise(scaled)) / power
    } else if power < 1.0 {
        let step = 1.0 / power;
        let scaled = number / step;
        if step > EXACT && number.is_finite() { 0.0 } else { round(scaled, noise(scaled)) * step }
    } else {
        number
    }
}

/// A multiple of `step` near `number`; a step below zero has the multiples of the one above.
pub(crate) fn multiple(number: f64, step: f64, round: impl Fn(f64, f64) -> f64) -> f64 {
    let step = step.abs();
    let quotient = number / step;
    let count = round(quotient, noise(quotient));
    // A step with few decimals is a whole number divided by a power of ten, and so are its multiples.
    let power = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6].into_iter().find(|power| {
        let scaled = step * power;
        scaled.round() / power == step
    });
    power.map_or(count * step, |power| count * (step * power).round() / power)
}
