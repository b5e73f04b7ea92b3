//! Texts in texts. Places count characters, from 1.

use crate::call::{Call, Out, count};
use crate::eval::Lanes;
use crate::lane::Lane;
use crate::text::{Text, split};
use crate::value::Scalar;

/// The place of the first argument in the second from the third on.
pub(crate) fn find<'b>(call: &Call<'_, 'b>, absent: impl Fn() -> Out<f64>) -> Lanes<'b> {
    let start = if call.arguments.len() > 2 { call.argument(2)? } else { Lane::same(Scalar::Number(1.0)) };
    let lanes = [call.argument(0)?, call.argument(1)?, start];
    let extent = call.extent(&lanes);
    let [what, place, start] = &lanes;
    let (mut what, mut place, start) = (Text::new(what), Text::new(place), extent.per(start, count));
    Ok(extent.calculate(|row| {
        let (place, Some(start)) = (place.at(row), start.at(row)) else { return Out::Error };
        let (before, rest) = split(place, start.saturating_sub(1));
        match rest.find(what.at(row)) {
            Some(at) => {
                let at = place.get(..before.len() + at).map_or(0, |before| before.chars().count());
                Out::Value(at as f64 + 1.0)
            }
            None => absent(),
        }
    }))
}
