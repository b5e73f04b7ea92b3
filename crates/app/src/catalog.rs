//! The whole house on one page.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use changes::Changes;
use clock::{Clock, Ids};
use db::{Db, Migration, Target};
use identity::Identity;
use records::Records;
use schema::Schemas;
use tenancy::{Access, Bootstrap, Installed};
use web::{Door, Failure, Kind, Signer};

use crate::keys;

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// What the house is built from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// Bytes for the images of all bases.
    pub image_memory: usize,
    /// What the installer chose for the first start.
    pub bootstrap: Bootstrap,
}

/// A built house.
pub struct House {
    /// Its doors, layers included.
    pub router: Router,
    /// What the first start made; none later.
    pub installed: Option<Installed>,
}

impl House {
    /// Opens the store, brings it up to date and builds every context.
    ///
    /// # Errors
    /// When the data directory is in use or cannot be opened, or a migration fails.
    pub async fn build(settings: &Settings, clock: Clock, ids: Ids) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&settings.data)
            .with_context(|| format!("cannot make the data directory `{}`", settings.data.display()))?;
        let db = Db::open(Target::Sqlite { path: settings.data.join("airloom.db") }).await?;
        db.migrate(&migrations()).await?;
        let signer = Signer::new(&keys::signing(&settings.data)?);
        let changes = Changes::new(db.clone());
        let access = Access::new(db.clone());
        let identity = Identity::new(db.clone(), clock.clone(), ids.clone());
        let installed = settings.bootstrap.run(&db, &identity, (&clock, &ids)).await?;
        let schemas = Schemas::new(db.clone(), changes.clone(), access.clone(), clock.clone(), ids.clone());
        let records =
            Records::new((db, changes), access.clone(), schemas.clone(), (clock, ids), signer, settings.image_memory);
        let doors = Router::new()
            .merge(tenancy::router(access, identity.clone()))
            .merge(schema::router(schemas))
            .merge(records::router(records))
            .route_layer(from_fn_with_state(identity, tenancy::authenticate));
        let router = Router::new()
            .merge(doors)
            .route("/livez", get(|| async { "ok" }))
            .route("/readyz", get(|| async { "ok" }))
            .fallback(not_found);
        Ok(Self { router: web::layers(router, TIME_LIMIT), installed })
    }
}

async fn not_found(uri: axum::http::Uri) -> Failure {
    let door = if uri.path().starts_with("/v0") { Door::Airtable } else { Door::Problem };
    Failure::plain(door, Kind::NotFound, "no-such-address", format!("there is nothing at `{}`", uri.path()))
}

fn migrations() -> Vec<Migration> {
    let mut all = changes::MIGRATIONS.to_vec();
    all.extend(identity::MIGRATIONS);
    all.extend(tenancy::MIGRATIONS);
    all.extend(schema::MIGRATIONS);
    all.extend(records::MIGRATIONS);
    all
}
