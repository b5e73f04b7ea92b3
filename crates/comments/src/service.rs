//! The descriptor.

use db::Migration;
use runtime::Service;

use crate::ops::Comments;
use crate::routes::router;
use crate::tools::tools;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_11_28_0100_comments", sql: include_str!("../migrations/2026_11_28_0100_comments.sql") }];

impl Comments {
    /// Comments over HTTP and for models.
    pub fn service(self) -> Service {
        Service::new("comments", "Keeps what people say about records")
            .tools(tools(&self))
            .routes(router(self))
            .migrations(&MIGRATIONS)
    }
}
