//! What the house consists of, for `airloom services`.

use clock::{Clock, Ids};
use db::{Db, Target};
use identity::Identity;
use runtime::Service;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::path::PathItem;
use web::Signer;

use crate::catalog;
use crate::settings::Settings;

/// A service as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The target's name.
    pub name: &'static str,
    /// One line.
    pub description: &'static str,
    /// Doors over HTTP, as `GET /path (operation)`.
    pub doors: Vec<String>,
    /// Tools.
    pub tools: Vec<&'static str>,
    /// Work in the background.
    pub jobs: Vec<&'static str>,
    /// What must be well.
    pub checks: Vec<&'static str>,
}

/// Every service. They are built on an empty store of their own, so that nothing is opened or changed.
///
/// # Errors
/// When no temporary store can be made.
pub async fn list_services() -> anyhow::Result<Vec<Listed>> {
    let folder = tempfile::tempdir()?;
    let mut settings = Settings::default();
    settings.server.data = folder.path().to_owned();
    let db = Db::open(Target::Sqlite { path: folder.path().join("empty.db") }).await?;
    let source = (Clock::system(), Ids::system());
    let identity = Identity::new(db.clone(), source.0.clone(), source.1.clone());
    let stop = CancellationToken::new();
    let services = catalog::services(&settings, &db, &identity, source, Signer::new(&[0; 32]), stop)?;
    let listed = services.into_iter().map(list).collect();
    db.close().await;
    Ok(listed)
}

fn list(service: Service) -> Listed {
    let api = service.routes.merge(service.open_routes).into_openapi();
    Listed {
        name: service.name,
        description: service.description,
        doors: api.paths.paths.iter().flat_map(|(path, item)| doors(path, item)).collect(),
        tools: service.tools.iter().map(|tool| tool.name).collect(),
        jobs: service.hands.iter().map(|hand| hand.name).collect(),
        checks: service.checks.iter().map(|check| check.name).collect(),
    }
}

fn doors(path: &str, item: &PathItem) -> Vec<String> {
    let all = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    let open = all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)));
    open.map(|(method, operation)| {
        format!("{method} {path} ({})", operation.operation_id.as_deref().unwrap_or_default())
    })
    .collect()
}
