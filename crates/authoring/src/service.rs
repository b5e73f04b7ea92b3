//! The descriptor.

use runtime::Service;

use crate::ops::Authoring;
use crate::routes::router;

impl Authoring {
    /// Help for those who write formulas, over HTTP.
    pub fn service(self) -> Service {
        Service::new("formulas", "Helps those who write formulas").routes(router(self))
    }
}
