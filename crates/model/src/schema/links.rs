//! Fields of links.

use serde::{Deserialize, Serialize};

use crate::id::{FieldId, FieldNo, TableId, TableNo, ViewId};

/// Options of record links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkOptions {
    /// The table linked to.
    pub linked_table: TableId,
    /// Its number.
    pub linked_table_no: TableNo,
    /// The field on the other side; none for a link of a table to itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse: Option<FieldId>,
    /// The number under which link rows are kept: that of the side that was created first.
    pub relation: FieldNo,
    /// True on the side that was created second.
    #[serde(default)]
    pub reversed: bool,
    /// Suggests one record per cell; not enforced.
    #[serde(default)]
    pub prefers_single: bool,
    /// The view of the linked table whose records are offered, deleted or not; not enforced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<ViewId>,
}
