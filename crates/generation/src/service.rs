//! The descriptor.

use runtime::Service;

use crate::ops::Writing;
use crate::routes::router;

impl Writing {
    /// The door, and the hand that has cells written.
    pub fn service(self) -> Service {
        let writing = self.clone();
        Service::new("generation", "Has a model write the cells of AI text fields")
            .routes(router(self))
            .hand("generation.write", move |drain| writing.keep_writing(drain))
    }
}
