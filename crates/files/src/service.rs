//! The descriptor.

use runtime::Service;

use crate::ops::Attachments;
use crate::routes::{downloads, uploads};

impl Attachments {
    /// Files over HTTP, and the hand that fetches them.
    pub fn service(self) -> Service {
        let (fetching, sweeping) = (self.clone(), self.clone());
        Service::new("files", "Keeps files of cells, fetches them and hands them out")
            .routes(uploads(self.clone()))
            .open_routes(downloads(self))
            .hand("files.fetch", move |drain| fetching.keep_fetching(drain))
            .hand("files.sweep", move |drain| sweeping.keep_sweeping(drain))
    }
}
