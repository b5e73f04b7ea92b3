//! Clearing away what rows hold of tables and fields that were removed from the trash for good.

use std::collections::BTreeSet;

use db::{Db, Group, params};
use model::{BaseNo, FieldNo, TableNo, TenantNo, decode_cells, encode_cells};
use sql::Value;

use crate::error::Error;

/// What removes the records of a table, by [`sql::part_rows!`].
pub const TABLE_ROWS: [&str; 1] = [sql::part_rows!("records", "tbl", "ordinal")];
/// What removes the pairs of a relation, by [`sql::part_rows!`].
pub const LINK_ROWS: [&str; 1] = [sql::part_rows!("links", "relation", "from_ordinal, to_ordinal")];

const ROWS: &str = "SELECT ordinal, sequence, cells FROM records WHERE tenant = $1 AND base = $2 AND tbl = $3 \
     AND ordinal > $4 ORDER BY ordinal LIMIT 256";
// A row that somebody has written meanwhile is without them: the writer's picture does not know them any more.
const STRIP: &str = "UPDATE records SET cells = $6 WHERE tenant = $1 AND base = $2 AND tbl = $3 AND ordinal = $4 \
     AND sequence = $5";

#[cfg(test)]
pub(crate) const TEXTS: [&str; 4] = [TABLE_ROWS[0], LINK_ROWS[0], ROWS, STRIP];

/// Takes the cells with these numbers out of the rows of a table behind an ordinal, as many as are read at a time; answers the
/// last of them, and nothing at the end.
///
/// # Errors
/// [`Error::Db`] when the database fails, and then no row has become another.
pub async fn strip_cells(
    db: &Db,
    (tenant, base, table): (TenantNo, BaseNo, TableNo),
    numbers: &BTreeSet<FieldNo>,
    after: i64,
) -> Result<Option<i64>, Error> {
    let rows = db.read(ROWS, params![tenant, base, table.0, after]).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let last: i64 = last.get(0)?;
    let mut stripped = Vec::new();
    for row in &rows {
        if let Some(cells) = without(row.get(2)?, numbers) {
            stripped.push((row.get::<i64>(0)?, row.get::<i64>(1)?, cells));
        }
    }
    if !stripped.is_empty() {
        let mut tx = db.begin(Group::Base(base.0)).await?;
        for (ordinal, sequence, cells) in stripped {
            tx.queue(STRIP, params![tenant, base, table.0, ordinal, sequence, Value::Json(cells)]);
        }
        tx.commit().await?;
    }
    Ok(Some(last))
}

/// Stored cells without those of these numbers; none where they have none, or cannot be read.
fn without(text: &str, numbers: &BTreeSet<FieldNo>) -> Option<String> {
    let (mut kept, mut found) = (Vec::new(), false);
    let read = decode_cells(text, |no, cell| {
        if numbers.contains(&no) {
            found = true;
        } else {
            kept.push((no, cell.to_value()));
        }
    });
    if read.is_err() || !found {
        return None;
    }
    let mut out = Vec::with_capacity(text.len());
    encode_cells(kept.iter().map(|(no, cell)| (*no, cell.view())), &mut out);
    String::from_utf8(out).ok()
}
