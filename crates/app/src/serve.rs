//! The `serve` command.

use std::net::SocketAddr;

use anyhow::Context;
use clock::{Clock, Ids};
use db::Group;
use identity::NewToken;
use model::{Caller, Scope, TenantNo, TokenId};
use runtime::{Ended, Lifecycle};
use telemetry::Metrics;
use tenancy::Bootstrap;
use tokio::net::TcpListener;

use crate::catalog::House;
use crate::run_file::Running;
use crate::settings::Settings;

/// The name of tokens that `run.json` holds.
const RUN: &str = "This run of the server";

/// How much of a process is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct Parts {
    /// No work in the background.
    pub no_jobs: bool,
    /// No doors.
    pub no_http: bool,
    /// Loads the sample base first, once.
    pub sample: bool,
}

/// Serves until a signal to stop; `say` prints what a person at the terminal shall read.
///
/// # Errors
/// When the address is in use or the house cannot be built.
pub async fn serve(settings: &Settings, parts: Parts, say: impl Fn(&str)) -> anyhow::Result<()> {
    let listener = if parts.no_http { None } else { Some(listen(settings.server.listen).await?) };
    let mut settings = settings.clone();
    if let Some(listener) = &listener {
        // Where the system chose the port, addresses of files name it.
        settings.server.listen = listener.local_addr()?;
    }
    let settings = &settings;
    let metrics = settings.telemetry.metrics.then(Metrics::install).transpose()?;
    let lifecycle = Lifecycle::new();
    let mut house = House::build(settings, (Clock::system(), Ids::system()), metrics, lifecycle.drain()).await?;
    if let Some(installed) = &house.installed {
        say(&format!("owner: {}", installed.owner.email));
        say(&format!("token: {} (shown only now)", installed.token.reveal()));
    }
    if parts.sample
        && let Some(line) = crate::sample::load(&house).await?
    {
        say(&line);
    }
    if !parts.no_jobs {
        for hand in std::mem::take(&mut house.hands) {
            hand.start(&lifecycle);
        }
    }
    let run = if let Some(listener) = listener {
        open_doors(settings, &house, listener, &lifecycle, &say).await?
    } else {
        say("working in the background, without doors");
        None
    };
    Lifecycle::signal().await?;
    house.health.set_ready(false);
    let limit = settings.web.limits().drain + std::time::Duration::from_secs(1);
    if let Ended::Dropped(tasks) = lifecycle.shutdown(limit, Lifecycle::signal()).await {
        tracing::warn!(tasks, "stopped before everything had ended");
    }
    if let Some(token) = run {
        Running::remove(&settings.server.data);
        let mut tx = house.db().begin(Group::House).await?;
        house.identity().take_token(&mut tx, &Caller::system(token.0, "serve"), token.1).await?;
        tx.commit().await?;
    }
    house.db().clone().close().await;
    Ok(())
}

pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; is another server running there? (give another --listen)")
    })
}

/// Serves; answers the token that commands on the same files use meanwhile.
async fn open_doors(
    settings: &Settings,
    house: &House,
    listener: TcpListener,
    lifecycle: &Lifecycle,
    say: &impl Fn(&str),
) -> anyhow::Result<Option<(TenantNo, TokenId)>> {
    let address = listener.local_addr()?;
    let run = run_file(settings, house, address).await?;
    let served = web::serve(listener, house.router.clone(), settings.web.limits(), lifecycle.drain());
    lifecycle.spawn("http", async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "serving ended");
        }
    });
    house.health.set_ready(true);
    say(&format!("listening on http://{address}"));
    say(&format!("the API is explained at http://{address}/docs"));
    Ok(run)
}

/// Tells commands on the same files where this server is.
async fn run_file(
    settings: &Settings,
    house: &House,
    address: SocketAddr,
) -> anyhow::Result<Option<(TenantNo, TokenId)>> {
    if settings.database.url.is_some() {
        return Ok(None);
    }
    let Some((tenant, owner)) = Bootstrap::owner(house.db()).await? else { return Ok(None) };
    let (held, by) = (house.identity().list_tokens(tenant, owner).await?, Caller::system(tenant, "serve"));
    let mut tx = house.db().begin(Group::House).await?;
    // A server that was killed leaves its token behind.
    for token in held {
        if token.name == RUN && token.revoked.is_none() {
            house.identity().take_token(&mut tx, &by, token.id).await?;
        }
    }
    let new = NewToken { tenant, owner, name: RUN.to_owned(), scopes: Scope::ALL.to_vec(), expires: None };
    let token = house.identity().insert_token(&mut tx, &by, &new, None)?;
    let id = token.id()?;
    tx.commit().await?;
    let running = Running { address, pid: std::process::id(), token: token.reveal().to_owned() };
    running.write(&settings.server.data)?;
    Ok(Some((tenant, id)))
}
