//! What a share is.

use ::model::{BaseId, BaseNo, Field, FieldId, ShareId, Table, TableNo, TenantNo, Timestamp, UserId, ViewId};

/// A share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// The tenant.
    pub tenant: TenantNo,
    /// The base.
    pub base: BaseId,
    /// The base's number.
    pub base_no: BaseNo,
    /// What of it is shown.
    pub shown: Shown,
    /// False for one that is turned off.
    pub enabled: bool,
    /// Who made it.
    pub by: UserId,
    /// When.
    pub created: Timestamp,
    /// Of a whole base, the fields that were there when it was shared, or renewed: others are not shown. None of a view,
    /// which says itself what it shows, and of a share from before they were noted.
    pub fields: Option<Vec<FieldId>>,
}

impl Share {
    /// Whether it may show this field, as far as it says that itself.
    pub fn has(&self, field: FieldId) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(&field))
    }

    /// The fields of a table that it does not show, because they were made, or came back from the trash, since.
    pub(crate) fn lacks<'t>(&self, table: &'t Table) -> impl Iterator<Item = &'t Field> + use<'t, '_> {
        table.live_fields().map(AsRef::as_ref).filter(|field| !self.has(field.id))
    }
}

/// What a share shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Every table of the base.
    Base,
    /// A view of a table.
    View(TableNo, ViewId),
}
