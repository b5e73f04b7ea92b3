//! What the numbers of a row say together, where it takes all of them at once.

use crate::call::{Call, Out};
use crate::eval::Lanes;
use crate::lists::values;
use crate::value::Val;

impl<'b> Call<'_, 'b> {
    /// A number made of the numbers among the values of the first `count` arguments, in order of size; blank, texts
    /// and dates are left out.
    pub fn sample(&self, count: usize, f: impl Fn(usize, &[f64]) -> Out<f64>) -> Lanes<'b> {
        let lanes = self.all()?;
        let extent = self.extent(&lanes);
        let mut numbers = Vec::new();
        Ok(extent.calculate(|row| {
            numbers.clear();
            let held = lanes.iter().take(count).flat_map(|lane| values(lane, row));
            numbers.extend(held.filter_map(|value| if let Val::Number(number) = value { Some(number) } else { None }));
            numbers.sort_by(f64::total_cmp);
            if numbers.iter().any(|number| number.is_nan()) { Out::Value(f64::NAN) } else { f(row, &numbers) }
        }))
    }
}

/// The number that so large a share of the numbers is below, between two of them in proportion; they are in order.
pub(crate) fn quantile(numbers: &[f64], share: f64) -> Option<f64> {
    let place = share * numbers.len().checked_sub(1)? as f64;
    let (below, above) = (numbers.get(place.floor() as usize)?, numbers.get(place.ceil() as usize)?);
    let part = place.fract();
    Some(if part == 0.0 { *below } else { below + (above - below) * part })
}

/// How far the numbers are from their mean, as of a sample; none of fewer than two.
pub(crate) fn deviation(numbers: &[f64]) -> Option<f64> {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    (count > 1.0).then(|| (squares / (count - 1.0)).sqrt())
}
