//! The descriptor of a service, and what a process makes of the chosen ones.

use std::fmt;

use axum::Router;
use db::Migration;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tools::{DuplicateTool, Registry, Tool};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::health::Check;
use crate::lifecycle::Lifecycle;
use crate::targets::Targets;

/// Work in the background, started once per process that works for its service.
pub struct Hand {
    /// Its name: `records.compute`.
    pub name: &'static str,
    start: Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>,
}

impl Hand {
    /// Starts the work within the lifecycle; its token is cancelled when nothing new shall be begun.
    pub fn start(self, lifecycle: &Lifecycle) {
        lifecycle.spawn(self.name, (self.start)(lifecycle.drain()));
    }
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hand").field(&self.name).finish()
    }
}

/// A service: what it is called, which doors it opens, which hands work for it, what it keeps.
pub struct Service {
    /// The target's name.
    pub name: &'static str,
    /// One line for `airloom services`.
    pub description: &'static str,
    /// Doors over HTTP with their description.
    pub routes: OpenApiRouter,
    /// Doors that ask nobody who they are, with their description: their addresses are what lets in.
    pub open_routes: OpenApiRouter,
    /// Doors for models and workflow steps.
    pub tools: Vec<Tool>,
    /// Work in the background.
    pub hands: Vec<Hand>,
    /// Tables.
    pub migrations: Vec<Migration>,
    /// What must be well.
    pub checks: Vec<Check>,
}

impl Service {
    /// A service without doors and hands.
    pub fn new(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            routes: OpenApiRouter::new(),
            open_routes: OpenApiRouter::new(),
            tools: Vec::new(),
            hands: Vec::new(),
            migrations: Vec::new(),
            checks: Vec::new(),
        }
    }

    /// With routes that are part of the API document.
    #[must_use]
    pub fn routes(mut self, routes: OpenApiRouter) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// With routes that the API document does not show.
    #[must_use]
    pub fn plain_routes(self, routes: Router) -> Self {
        self.routes(OpenApiRouter::from(routes))
    }

    /// With routes that ask nobody who they are.
    #[must_use]
    pub fn open_routes(mut self, routes: OpenApiRouter) -> Self {
        self.open_routes = self.open_routes.merge(routes);
        self
    }

    /// With tools.
    #[must_use]
    pub fn tools(mut self, tools: impl IntoIterator<Item = Tool>) -> Self {
        self.tools.extend(tools);
        self
    }

    /// With work in the background.
    #[must_use]
    pub fn hand<F, Fut>(mut self, name: &'static str, start: F) -> Self
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.hands.push(Hand { name, start: Box::new(|drain| start(drain).boxed()) });
        self
    }

    /// With tables.
    #[must_use]
    pub fn migrations(mut self, migrations: &[Migration]) -> Self {
        self.migrations.extend_from_slice(migrations);
        self
    }

    /// With something that must be well.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }
}

/// What the chosen services come to.
pub struct Opened {
    /// Their routes, without layers.
    pub router: Router,
    /// Those that ask nobody who they are, with their description.
    pub open_routes: OpenApiRouter,
    /// The document of these routes.
    pub api: OpenApi,
    /// The tools of *all* services: a tool is a library call, which every process can make.
    pub tools: Registry,
    /// Their hands, not started.
    pub hands: Vec<Hand>,
    /// Their checks.
    pub checks: Vec<Check>,
}

/// Keeps the doors, hands and checks of the chosen services. `api` is the head of the document: title, version.
///
/// # Errors
/// [`DuplicateTool`] when two services, chosen or not, offer a tool of one name.
pub fn open(services: Vec<Service>, targets: &Targets, api: OpenApi) -> Result<Opened, DuplicateTool> {
    let mut routes = OpenApiRouter::with_openapi(api);
    let mut open_routes = OpenApiRouter::new();
    let (mut tools, mut hands, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    for service in services {
        tools.extend(service.tools);
        if targets.contains(service.name) {
            routes = routes.merge(service.routes);
            open_routes = open_routes.merge(service.open_routes);
            hands.extend(service.hands);
            checks.extend(service.checks);
        }
    }
    let (router, api) = routes.split_for_parts();
    Ok(Opened { router, open_routes, api, tools: Registry::new(tools)?, hands, checks })
}

#[cfg(test)]
mod tests;
