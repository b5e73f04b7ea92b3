//! Removing what a table holds of one base, or of a part of it, step by step.

/// A statement that removes at most `$3` rows of the base `$2` of the tenant `$1` and answers a row for each: of the table
/// of the first name, whose rows within a base are told apart by the columns of the second.
/// `base_rows!("records", "tbl, ordinal")`.
#[macro_export]
macro_rules! base_rows {
    ($table:literal, $key:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE tenant = $1 AND base = $2 AND (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE tenant = $1 AND base = $2 LIMIT $3) RETURNING base"
        )
    };
}

/// As [`base_rows!`] of at most `$4` rows of a part of the base, which the column of the second name tells from others: `$3`.
/// `part_rows!("records", "tbl", "ordinal")`.
#[macro_export]
macro_rules! part_rows {
    ($table:literal, $part:literal, $key:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " WHERE tenant = $1 AND base = $2 AND ",
            $part,
            " = $3 AND (",
            $key,
            ") IN (SELECT ",
            $key,
            " FROM ",
            $table,
            " WHERE tenant = $1 AND base = $2 AND ",
            $part,
            " = $3 LIMIT $4) RETURNING base"
        )
    };
}
