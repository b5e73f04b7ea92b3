//! Building an image from rows, streamed and without a value in between.

use db::Db;
use model::{CellRef, FieldNo, Ordinal, RecordId, TableNo, TenantNo, decode_cells};

use super::{BaseImage, kind_of};
use crate::error::Error;
use crate::store;

pub(super) async fn build(db: &Db, tenant: TenantNo, image: BaseImage) -> Result<BaseImage, Error> {
    let base = image.schema.base_no;
    let mut image = store::each_record(db, tenant, base, image, |image, row| {
        add_record(image, row);
        Ok(())
    })
    .await?;
    for table in image.schema.tables.clone() {
        for field in &table.fields {
            let Some(link) = field.kind.link().filter(|link| !link.reversed) else { continue };
            let pairs = store::links(db, tenant, base, link.relation).await?;
            for (from, to) in pairs {
                let delta = events::LinkDelta { relation: link.relation, from, to, added: true };
                image.apply_link(table.no, &delta);
            }
        }
    }
    Ok(image)
}

/// A record as its row says.
pub(crate) struct StoredRecord<'r> {
    pub table: TableNo,
    pub ordinal: Ordinal,
    pub id: RecordId,
    pub created: i64,
    pub modified: i64,
    pub sequence: i64,
    pub deleted: bool,
    pub cells: &'r str,
}

fn add_record(image: &mut BaseImage, row: &StoredRecord<'_>) {
    let table = image.table_mut(row.table);
    super::grow(table, row.ordinal, row.id);
    let index = row.ordinal.0 as usize;
    table.created.set(index, CellRef::Time(row.created));
    table.modified.set(index, CellRef::Time(row.modified));
    table.changed.set(index, CellRef::Time(row.sequence));
    std::sync::Arc::make_mut(&mut table.live).set(index, !row.deleted);
    // A row that cannot be read is kept empty rather than hiding the table; the log names it.
    let read = decode_cells(row.cells, |field: FieldNo, cell| {
        if let Some(kind) = kind_of(cell) {
            table.set(field, kind, row.ordinal, cell);
        }
    });
    if let Err(error) = read {
        tracing::error!(record = %row.id, %error, "stored cells of record {} cannot be read", row.id);
    }
}
