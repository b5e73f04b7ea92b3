//! The whole house on one page.

use std::sync::Arc;

use anyhow::{Context, bail};
use assistant::{Assistant, Parts};
use authoring::Authoring;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use axum::{Extension, Router};
use blob::Blobs;
use changes::Changes;
use clock::{Clock, Ids};
use comments::Comments;
use db::{Db, Migration, Target};
use files::{Attachments, IsShared};
use futures_util::FutureExt as _;
use generation::Writing;
use identity::Identity;
use jobs::Jobs;
use llm::{Prices, Provider};
use model::{Actor, Caller};
use outbound::{Outbound, Policy};
use records::{Addresses, Files, Generation, Records};
use retention::{Compaction, Forget, Rows};
use runtime::{Check, Hand, Health, Opened, Service, Targets, open};
use schema::Schemas;
use shares::Shares;
use telemetry::Metrics;
use tenancy::{Access, Bootstrap, Installed, Members};
use tokio_util::sync::CancellationToken;
use tools::Registry;
use tower::ServiceBuilder;
use transfer::Transfers;
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use web::{Door, Failure, Kind, RateLimits, Signer, TellRoute, Visits};
use webhooks::Webhooks;

use crate::doors::metrics_door;
use crate::keys;
use crate::settings::Settings;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A built house.
pub struct House {
    /// Its doors, layers included.
    pub router: Router,
    /// The same behind the frame, which hides them: it lists them where it is printed.
    pub routes: Router,
    /// Whether it is ready.
    pub health: Health,
    /// What works in the background, not started.
    pub hands: Vec<Hand>,
    /// What the first start made; none later.
    pub installed: Option<Installed>,
    /// Its database.
    pub db: Db,
    identity: Identity,
    doors: Router,
}

impl House {
    /// Opens the store, brings it up to date and builds every context. `stop` ends long answers.
    ///
    /// # Errors
    /// When the data directory is in use or cannot be opened, a migration fails, or the settings do not fit together.
    pub async fn build(
        settings: &Settings,
        (clock, ids): (Clock, Ids),
        metrics: Option<Metrics>,
        stop: CancellationToken,
    ) -> anyhow::Result<Self> {
        Self::build_with(settings, (clock, ids), metrics, stop, OpenApiRouter::new()).await
    }

    /// As [`build`](Self::build), with more doors behind the token.
    pub(crate) async fn build_with(
        settings: &Settings,
        (clock, ids): (Clock, Ids),
        metrics: Option<Metrics>,
        stop: CancellationToken,
        more: OpenApiRouter,
    ) -> anyhow::Result<Self> {
        let (db, signer) = store(settings).await?;
        db.migrate(&migrations()).await?;
        let identity = Identity::new(db.clone(), clock.clone(), ids.clone());
        let limits = RateLimits::new(&settings.limits, clock.clone());
        let installed = settings.bootstrap.run(&db, &identity, (&clock, &ids)).await?;
        let services = services(settings, &db, &identity, (clock, ids), signer, stop)?;
        let names: Vec<&'static str> = services.iter().map(|service| service.name).collect();
        let targets = Targets::parse(&settings.server.target, &names)?;
        if !targets.is_all() && settings.database.url.is_none() {
            bail!(
                "`--target {targets}` needs PostgreSQL: a store in files belongs to one process, which opens everything; \
                 give --database-url, or leave --target away"
            );
        }
        let Opened { router: doors, open_routes, mut api, hands, checks, .. } = open(services, &targets, head())?;
        let health = Health::new(VERSION, checks);
        let (more, described) = more.split_for_parts();
        api.merge(described);
        // In one go, so that a route is copied once for its request.
        let guard = ServiceBuilder::new()
            .layer(TellRoute)
            .layer(from_fn_with_state(Arc::new(identity.clone()), tenancy::authenticate))
            .layer(from_fn_with_state(limits, web::limited));
        let guarded = doors.clone().merge(more).route_layer(guard);
        let (open_doors, described) = health.router().merge(metrics_door(metrics)).merge(open_routes).split_for_parts();
        let open_doors = open_doors.route_layer(TellRoute);
        api.merge(described);
        let routes = Router::new().merge(guarded).merge(open_doors).merge(web::document(api)?).fallback(not_found);
        // No base is called `meta`.
        let router = web::frame(routes.clone().route("/v0/meta/{*rest}", any(not_found)), &settings.web);
        Ok(Self { router, routes, health, hands, installed, db, identity, doors })
    }

    /// The doors as the owner of the store goes through them: for commands that act on its files.
    ///
    /// # Errors
    /// When the store has no owner or cannot be read.
    pub async fn as_owner(&self) -> anyhow::Result<Router> {
        let owner = Bootstrap::owner(&self.db).await?;
        let (tenant, user) = owner.context("the store has no owner yet: start `airloom serve` once")?;
        let caller = Caller::unlimited(Actor::User(user), tenant, model::Door::Cli);
        Ok(self.doors.clone().fallback(not_found).layer(Extension(caller)))
    }

    /// Makes one more tenant on the same store.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_tenant(&self, chosen: &Bootstrap) -> anyhow::Result<Installed> {
        Ok(chosen.add(&self.db, &self.identity, (&Clock::system(), &Ids::system())).await?)
    }

    /// People and tokens.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }
}

/// What the contexts are made of; each takes a copy of the parts that it needs.
struct Ground {
    db: Db,
    clock: Clock,
    ids: Ids,
    signer: Signer,
    changes: Changes,
    jobs: Jobs,
    outbound: Outbound,
    addresses: Addresses,
    provider: Option<Arc<dyn Provider>>,
    identity: Identity,
    access: Access,
    schemas: Schemas,
    records: Records,
}

impl Ground {
    fn new(
        settings: &Settings,
        db: &Db,
        identity: &Identity,
        (clock, ids): (Clock, Ids),
        signer: Signer,
    ) -> anyhow::Result<Self> {
        let changes = Changes::new(db.clone());
        let access = Access::new(identity.people());
        let schemas = Schemas::new(db.clone(), changes.clone(), access.clone(), clock.clone(), ids.clone())
            .keeping_trash(settings.history.trash())
            .with_formulas_of_airtable(settings.formulas.airtable);
        let jobs = Jobs::new(db.clone(), clock.clone(), ids.clone());
        let outbound = Outbound::new(Policy { allow_private: settings.outbound.allow_private_addresses })?;
        let addresses = Addresses::new(&settings.server.address(), &signer);
        let fetch = files::queue(jobs.clone(), outbound.clone(), addresses.clone(), clock.clone());
        let kept =
            Files::new(addresses.clone(), fetch, files::allowed(outbound.clone(), addresses.clone(), clock.clone()));
        let provider = llm::provider(&settings.llm, &outbound);
        // Without a provider nothing is queued that nobody would do.
        let generation = provider.as_ref().map_or_else(Generation::default, |_| {
            Generation::new(generation::queue(jobs.clone(), clock.clone(), ids.clone()))
        });
        let records = Records::new(
            (db.clone(), changes.clone()),
            access.clone(),
            schemas.clone(),
            (clock.clone(), ids.clone()),
            signer.clone(),
            settings.records.image_memory.0 as usize,
            (comments::counts(db.clone()), kept, generation),
        );
        let (db, identity) = (db.clone(), identity.clone());
        Ok(Self {
            db,
            clock,
            ids,
            signer,
            changes,
            jobs,
            outbound,
            addresses,
            provider,
            identity,
            access,
            schemas,
            records,
        })
    }

    fn comments(&self) -> Comments {
        Comments::new(comments::Parts {
            db: self.db.clone(),
            access: self.access.clone(),
            identity: self.identity.clone(),
            schemas: self.schemas.clone(),
            records: self.records.clone(),
            signer: self.signer.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        })
    }

    fn authoring(&self, settings: &Settings) -> Authoring {
        Authoring::new(authoring::Parts {
            schemas: self.schemas.clone(),
            records: self.records.clone(),
            clock: self.clock.clone(),
            provider: self.provider.clone(),
            model: settings.llm.clone(),
        })
    }

    fn shares(&self, settings: &Settings) -> Shares {
        Shares::new(shares::Parts {
            db: self.db.clone(),
            access: self.access.clone(),
            schemas: self.schemas.clone(),
            records: self.records.clone(),
            signer: self.signer.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            address: settings.server.address(),
            visits: Visits::new(&settings.limits, self.clock.clone()),
        })
    }

    fn files(&self, settings: &Settings, shares: Shares) -> anyhow::Result<Attachments> {
        let is_shared: IsShared = Arc::new(move |share| {
            let shares = shares.clone();
            async move { shares.is_open(share).await.ok() }.boxed()
        });
        let data = &settings.server.data;
        Ok(Attachments::new(files::Parts {
            db: self.db.clone(),
            changes: self.changes.clone(),
            records: self.records.clone(),
            jobs: self.jobs.clone(),
            outbound: self.outbound.clone(),
            sweep_days: settings.blob.sweep_days,
            blobs: Blobs::open(&settings.blob, &data.join("files"))?,
            addresses: self.addresses.clone(),
            is_shared,
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            folder: data.join("fetching"),
        }))
    }

    fn transfers(&self, settings: &Settings) -> Transfers {
        Transfers::new(transfer::Parts {
            db: self.db.clone(),
            jobs: self.jobs.clone(),
            access: self.access.clone(),
            schemas: self.schemas.clone(),
            records: self.records.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            folder: settings.server.data.join("uploads"),
        })
    }

    fn webhooks(&self) -> Webhooks {
        Webhooks::new(webhooks::Parts {
            db: self.db.clone(),
            changes: self.changes.clone(),
            access: self.access.clone(),
            identity: self.identity.clone(),
            schemas: self.schemas.clone(),
            records: self.records.clone(),
            jobs: self.jobs.clone(),
            outbound: self.outbound.clone(),
            signer: self.signer.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        })
    }

    fn compaction(&self, settings: &Settings) -> Compaction {
        let log = (self.db.clone(), self.changes.clone());
        let trash = (self.schemas.clone(), rows(self.db.clone()));
        Compaction::new(log, trash, self.jobs.clone(), self.clock.clone(), &settings.history)
    }

    fn writing(&self, settings: &Settings) -> Writing {
        Writing::new(generation::Parts {
            db: self.db.clone(),
            records: self.records.clone(),
            jobs: self.jobs.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            provider: self.provider.clone(),
            model: settings.llm.clone(),
        })
    }

    fn assistant(&self, settings: &Settings, tools: Registry) -> Assistant {
        Assistant::new(Parts {
            db: self.db.clone(),
            clock: self.clock.clone(),
            tools,
            provider: self.provider.clone(),
            model: settings.llm.clone(),
            prices: Prices::default(),
            config: settings.assistant.clone(),
        })
    }
}

/// Constructs every context and lists its service.
pub(crate) fn services(
    settings: &Settings,
    db: &Db,
    identity: &Identity,
    source: (Clock, Ids),
    signer: Signer,
    stop: CancellationToken,
) -> anyhow::Result<Vec<Service>> {
    let ground = Ground::new(settings, db, identity, source, signer)?;
    let (comments, transfers, webhooks) = (ground.comments(), ground.transfers(settings), ground.webhooks());
    let shares = ground.shares(settings);
    let files = ground.files(settings, shares.clone())?;
    let authoring = ground.authoring(settings);
    let record_tools = record_tools::tools(&ground.records, ground.signer.clone(), ground.clock.clone());
    let tools = [record_tools.clone(), comments::tools(&comments), authoring::tools(&authoring)].concat();
    let tools = Registry::new(tools)?;
    let assistant = ground.assistant(settings, tools);
    let writing = ground.writing(settings);
    let compaction = ground.compaction(settings);
    let Ground { db, clock, ids, identity, access, schemas, records, .. } = ground;
    let members = Members::new(access, identity.clone(), clock, ids);
    Ok(vec![
        Service::new("tenants", "Knows people, workspaces, roles and tokens")
            .routes(tenancy::router(members))
            .hand("tenants.note_uses", move |drain| identity.keep_noting(drain))
            .check(Check::new("database", move || database(db.clone()))),
        Service::new("bases", "Keeps bases, tables and fields").routes(schema::router(schemas)),
        Service::new("records", "Keeps records and answers questions about them")
            .routes(records::router(records.clone()))
            .tools(record_tools)
            .hand("records.compact", move |drain| compaction.run(drain)),
        authoring.service(),
        comments.service(),
        files.service(),
        transfers.service(),
        webhooks.service(),
        shares.service(),
        writing.service(),
        assistant.mcp_service(stop),
        assistant.service(),
    ])
}

async fn database(db: Db) -> Result<(), String> {
    if let Some(reason) = db.is_read_only() {
        return Err(reason);
    }
    db.ping().await.map(drop).map_err(|error| error.to_string())
}

async fn store(settings: &Settings) -> anyhow::Result<(Db, Signer)> {
    let data = &settings.server.data;
    if let Some(url) = &settings.database.url {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        if !["postgres", "postgresql"].contains(&scheme) {
            bail!(
                "the database's address must begin with `postgres://`; leave it away to keep files in `{}`",
                data.display()
            );
        }
        let Some(key) = &settings.master_key else {
            bail!(
                "PostgreSQL is shared by processes, so they need one key: set AIRLOOM_MASTER_KEY to 32 or more \
                 characters that nobody can guess"
            );
        };
        let key = keys::from_master(key)?;
        let db = Db::open(Target::Postgres { url: url.clone(), pool: settings.database.pool }).await?;
        return Ok((db, Signer::new(&key)));
    }
    std::fs::create_dir_all(data).with_context(|| format!("cannot make the data directory `{}`", data.display()))?;
    let path = data.join("airloom.db");
    let target = if settings.unsynced { Target::Unsynced { path } } else { Target::Sqlite { path } };
    let db = Db::open(target).await?;
    Ok((db, Signer::new(&keys::signing(data)?)))
}

fn head() -> OpenApi {
    let info = InfoBuilder::new().title("Airloom").version(VERSION).description(Some(
        "Tables for teams. Under `/v0` the API is Airtable's Web API, errors included; everything else is the \
         platform's own.",
    ));
    OpenApiBuilder::new().info(info.build()).build()
}

async fn not_found(uri: axum::http::Uri) -> Failure {
    let text = format!("there is nothing at `{}`", uri.path());
    Failure::plain(Door::of(uri.path()), Kind::NotFound, "no-such-address", text)
}

/// How the contexts let go of what is removed from the trash.
fn rows(db: Db) -> Rows {
    let payloads: Forget = Arc::new(move |place, ids| {
        let db = db.clone();
        async move { webhooks::forget(&db, place, &ids).await.map_err(|error| error.to_string()) }.boxed()
    });
    let of_table =
        [&records::TABLE_ROWS[..], &comments::TABLE_ROWS, &transfer::TABLE_ROWS, &shares::TABLE_ROWS].concat();
    let (of_links, of_view) = (records::LINK_ROWS.to_vec(), shares::VIEW_ROWS.to_vec());
    Rows { of_base: base_rows(), of_table, of_links, of_view, payloads }
}

/// What removes the rows that every context keeps of a base; its tables go last.
fn base_rows() -> Vec<&'static str> {
    let features = [webhooks::BASE_ROWS, comments::BASE_ROWS, records::BASE_ROWS].concat();
    [features.as_slice(), &transfer::BASE_ROWS, &shares::BASE_ROWS, &tenancy::BASE_ROWS, &schema::BASE_ROWS].concat()
}

/// The tables of every context.
pub(crate) fn migrations() -> Vec<Migration> {
    let mut all = changes::MIGRATIONS.to_vec();
    all.extend(jobs::MIGRATIONS);
    all.extend(identity::MIGRATIONS);
    all.extend(tenancy::MIGRATIONS);
    all.extend(audit::MIGRATIONS);
    all.extend(schema::MIGRATIONS);
    all.extend(records::MIGRATIONS);
    all.extend(assistant::MIGRATIONS);
    all.extend(transfer::MIGRATIONS);
    all.extend(comments::MIGRATIONS);
    all.extend(webhooks::MIGRATIONS);
    all.extend(shares::MIGRATIONS);
    all
}

#[cfg(test)]
mod tests;
