//! The descriptor.

use runtime::Service;

use crate::ops::Authoring;
use crate::routes::router;
use crate::tools::tools;

impl Authoring {
    /// Help for those who write formulas, over HTTP and as a tool.
    pub fn service(self) -> Service {
        Service::new("formulas", "Helps those who write formulas").tools(tools(&self)).routes(router(self))
    }
}
