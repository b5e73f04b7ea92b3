//! What was there then and is in the trash now: it does not come back with its cells, and is told with the way back.

use std::sync::Arc;

use model::{Field, Schema, Table, reads_alike};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Part, wrong};
use crate::error::Error;
use crate::ops::retyped::LeftOut;

/// A table or a field that was there then and is in the trash now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrashedOut {
    /// The id of the table.
    table_id: String,
    /// The name of the table.
    table: String,
    /// The id of the field; of a table as a whole there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field_id: Option<String>,
    /// The name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
    /// What brings it back from the trash, by `POST`. Its cells can be brought back after that.
    restore: String,
}

impl TrashedOut {
    fn new(schema: &Schema, table: &Table, field: Option<&Field>) -> Self {
        let id = field.map_or_else(|| table.id.to_string(), |field| field.id.to_string());
        Self {
            table_id: table.id.to_string(),
            table: table.name.clone(),
            field_id: field.map(|field| field.id.to_string()),
            field: field.map(|field| field.name.clone()),
            restore: format!("/api/v1/bases/{}/trash/{id}/restore", schema.base),
        }
    }

    fn refused(&self) -> Error {
        let name = self.field.as_ref().unwrap_or(&self.table);
        wrong(format!("`{name}` is in the trash: bring it back by POST {}, and its cells after that", self.restore))
    }
}

/// What of a part was there then and is in the trash now.
///
/// # Errors
/// [`Error::Request`] when the part itself is in the trash.
pub(super) fn trashed(now: &Schema, then: &Schema, part: &Part) -> Result<Vec<LeftOut>, Error> {
    let mut found = Vec::new();
    for table in &now.tables {
        let is_named = |name: &String| reads_alike(name, &table.name) || *name == table.id.to_string();
        let Some(old) = then.live_tables().find(|old| old.no == table.no) else { continue };
        if table.deleted {
            let told = TrashedOut::new(now, table, None);
            match &part.table {
                Some(name) if is_named(name) && now.table(name).is_none() => return Err(told.refused()),
                Some(_) => {}
                None => found.push(LeftOut::Trashed(told)),
            }
        } else if part.table.as_ref().is_none_or(|name| now.table(name).is_some_and(|named| named.no == table.no)) {
            for field in table.fields.iter().filter(|field| is_trashed(now, table, old, field)) {
                let told = TrashedOut::new(now, table, Some(field));
                match &part.field {
                    Some(name) if reads_alike(name, &field.name) || *name == field.id.to_string() => {
                        if table.field_exact(name).is_none() {
                            return Err(told.refused());
                        }
                    }
                    Some(_) => {}
                    None => found.push(LeftOut::Trashed(told)),
                }
            }
        }
    }
    Ok(found)
}

/// True for a field that was there then and was deleted by itself: a link that went with the table that it leads to comes
/// back with that, and one that became of another type is told as such.
fn is_trashed(now: &Schema, table: &Table, old: &Table, field: &Arc<Field>) -> bool {
    let linked = field.kind.link().and_then(|link| now.table_by_no(link.linked_table_no));
    field.deleted
        && linked.is_none_or(|linked| !linked.deleted)
        && table.field_by_id(field.id).is_none()
        && old.field_by_id(field.id).is_some_and(|old| old.no == field.no)
}
