//! What a share is.

use ::model::{BaseId, BaseNo, ShareId, TableNo, TenantNo, Timestamp, UserId, ViewId};

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
}

/// What a share shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Every table of the base.
    Base,
    /// A view of a table.
    View(TableNo, ViewId),
}
