//! Statements that ask for any of several values.

use crate::Value;

/// How many values [`among!`](crate::among!) takes: a page.
pub const AMONG: usize = 100;

/// A statement that is about rows with one of [`AMONG`] values, `$1` to `$100`; its other values are `$101` and on:
/// `among!("SELECT … WHERE id IN ", " AND tenant = $101")`. The values come from [`among()`].
#[macro_export]
macro_rules! among {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, ",
            "$23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, ",
            "$43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, ",
            "$63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, ",
            "$83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100)",
            $after
        )
    };
}

/// The values of one statement for each [`AMONG`] of these: the last one is repeated where there are fewer.
pub fn among(values: &[Value]) -> impl Iterator<Item = Vec<Value>> {
    values.chunks(AMONG).map(|some| {
        let last = some.last().into_iter().flat_map(|last| std::iter::repeat_n(last, AMONG - some.len()));
        some.iter().chain(last).cloned().collect()
    })
}

#[cfg(test)]
mod tests;
