//! Texts with their letters changed.

use std::borrow::Cow;

use crate::call::Call;
use crate::eval::Lanes;
use crate::lane::{Lane, Values};
use crate::mask::Mask;
use crate::strings::{Made, Strings};
use crate::text::Text;

/// An arena is changed as a whole when it holds at most so many bytes for each row that is wanted.
const WORTH: usize = 64;

/// The first argument with other letters; `plain` is for texts of ASCII and keeps their length.
pub(crate) fn recase<'b>(call: &Call<'_, 'b>, plain: fn(&str) -> String, full: fn(&str) -> String) -> Lanes<'b> {
    let lanes = [call.argument(0)?];
    let extent = call.extent(&lanes);
    if let [Lane { values: Values::Texts(strings), .. }] = &lanes
        && strings.arena.len() <= WORTH * extent.rows.count()
        && strings.arena.is_ascii()
    {
        call.cx.spend(strings.arena.len())?;
        let arena = Cow::Owned(plain(&strings.arena));
        let strings = Strings { arena, spans: Cow::Owned(strings.spans.to_vec()) };
        return Ok(extent.finish(Lane::texts((strings, Mask::default(), Mask::default()))));
    }
    let [text] = &lanes;
    let mut text = Text::new(text);
    call.write(&extent, |row, out| {
        let text = text.at(row);
        out.push_str(&if text.is_ascii() { plain(text) } else { full(text) });
        Made::Value
    })
}
