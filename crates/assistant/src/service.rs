//! The descriptors: conversations, and the MCP door beside them.

use runtime::Service;
use tokio_util::sync::CancellationToken;

use crate::ops::Assistant;
use crate::routes::{alias, router};
use crate::{MIGRATIONS, mcp};

impl Assistant {
    /// Conversations and tools over HTTP. The routes stand at the top, where the predecessor's clients look, and under
    /// `/api/v1`; the API document shows the first.
    pub fn service(self) -> Service {
        Service::new("assistant", "Answers questions about bases and changes them, by calling tools")
            .routes(router(self.clone()))
            .plain_routes(alias(self))
            .migrations(&MIGRATIONS)
    }

    /// The MCP door at `/mcp`; its requests end when `stop` is cancelled.
    pub fn mcp_service(&self, stop: CancellationToken) -> Service {
        let door = mcp::router(self.tools().clone(), self.config(), stop);
        Service::new("mcp", "Serves the tools over the Model Context Protocol").routes(mcp::described(door))
    }
}
