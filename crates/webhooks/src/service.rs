//! The descriptor.

use db::Migration;
use runtime::Service;

use crate::ops::Webhooks;
use crate::routes::router;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_11_28_0200_webhooks", sql: include_str!("../migrations/2026_11_28_0200_webhooks.sql") }];

impl Webhooks {
    /// Webhooks over HTTP, the hand that makes payloads of changes, and the one that pings.
    pub fn service(self) -> Service {
        let (following, pinging) = (self.clone(), self.clone());
        Service::new("webhooks", "Tells notification URLs that something changed, and what")
            .routes(router(self))
            .hand("webhooks.follow", move |drain| following.follow_log(drain))
            .hand("webhooks.ping", move |drain| pinging.keep_pinging(drain))
            .migrations(&MIGRATIONS)
    }
}
