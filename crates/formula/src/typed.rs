//! Values of several kinds, as `IF` makes them of its branches, turned into what a field of their type holds.

use std::borrow::Cow;

use model::FormulaType;

use crate::eval::{Context, Lanes};
use crate::lane::{Cell, Lane, Values};
use crate::mask::Mask;
use crate::strings::{Builder, Made};
use crate::value::{Scalar, Val};

/// The same values as texts or as points in time, so that a formula is worth what the field is that holds it.
pub(crate) fn typed<'b>(cx: &Context<'b>, result: FormulaType, lane: Lane<'b>, rows: &Mask) -> Lanes<'b> {
    match result {
        FormulaType::Text => texts(cx, lane, rows),
        FormulaType::DateTime => Ok(moments(lane)),
        _ => Ok(lane),
    }
}

/// Nothing where there is no text to show.
fn texts<'b>(cx: &Context<'b>, mut lane: Lane<'b>, rows: &Mask) -> Lanes<'b> {
    match &lane.values {
        Values::Same(scalar) => return Ok(Lane::same(text(scalar))),
        Values::Texts(strings) => {
            let empty = rows.without(&strings.filled()).without(&lane.error);
            lane.blank.add(&empty);
            return Ok(lane);
        }
        _ => {}
    }
    let mut builder = Builder::new(cx.n);
    for row in rows.rows() {
        builder.row(row, |out| match lane.get(row) {
            Val::Error => Made::Error,
            value if value.is_blank() => Made::Blank,
            value => {
                value.write(out);
                Made::Value
            }
        });
    }
    cx.spend(builder.written())?;
    Ok(Lane::texts(builder.finish()))
}

fn text<'b>(scalar: &Scalar<'b>) -> Scalar<'b> {
    match scalar {
        Scalar::Error => Scalar::Error,
        value if value.view().is_blank() => Scalar::Blank,
        Scalar::Text(text) => Scalar::Text(text.clone()),
        other => {
            let mut text = String::new();
            other.view().write(&mut text);
            Scalar::Text(Cow::Owned(text))
        }
    }
}

/// Days become their midnights.
fn moments(mut lane: Lane<'_>) -> Lane<'_> {
    match &mut lane.values {
        Values::Same(Scalar::Time(_, day)) | Values::Times(_, day) => *day = false,
        Values::Mixed(mixed) => {
            for cell in &mut mixed.cells {
                if let Cell::Time(_, day) = cell {
                    *day = false;
                }
            }
        }
        _ => {}
    }
    lane
}
