//! The descriptor.

use db::Migration;
use runtime::Service;

use crate::ops::Shares;
use crate::routes::{links, managing};

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 2] = [
    Migration { name: "2026_11_28_0700_shares", sql: include_str!("../migrations/2026_11_28_0700_shares.sql") },
    Migration {
        name: "2026_11_29_0300_share_fields",
        sql: include_str!("../migrations/2026_11_29_0300_share_fields.sql"),
    },
];

impl Shares {
    /// Shares over HTTP: for those who manage them, and for those who have a link.
    pub fn service(self) -> Service {
        Service::new("shares", "Shows views and bases to whoever has a link")
            .routes(managing(self.clone()))
            .open_routes(links(self))
            .migrations(&MIGRATIONS)
    }
}
