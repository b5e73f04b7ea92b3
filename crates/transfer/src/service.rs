//! The descriptor.

use db::Migration;
use runtime::Service;

use crate::ops::Transfers;
use crate::routes::router;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 3] = [
    Migration { name: "2026_03_01_0500_imports", sql: include_str!("../migrations/2026_03_01_0500_imports.sql") },
    Migration {
        name: "2026_11_25_0100_imports_fingerprint",
        sql: include_str!("../migrations/2026_11_25_0100_imports_fingerprint.sql"),
    },
    Migration { name: "2026_11_28_0400_syncs", sql: include_str!("../migrations/2026_11_28_0400_syncs.sql") },
];

impl Transfers {
    /// Imports and exports over HTTP, and the hand that carries imports out.
    pub fn service(self) -> Service {
        let hand = self.clone();
        Service::new("imports", "Brings tables in from CSV files and out to them")
            .routes(router(self))
            .hand("imports.work", move |drain| hand.work(drain))
            .migrations(&MIGRATIONS)
    }
}
