//! `serve --ephemeral`: a server for the tests of others. Its store lives in a temporary folder and ends with it.
//!
//! The seed is planted once, into a store that is closed then; each run is a house on a copy of it. So a reset gives back
//! the same ids and the same token, and no state of a house has to be undone.

mod door;
mod folder;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use clock::{Clock, Ids};
use model::UserId;
use runtime::Lifecycle;
use serde_json::{Value, json};
use telemetry::Metrics;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;

use self::door::{Asked, Resets};
use self::folder::Folder;
use crate::catalog::House;
use crate::inside::Inside;
use crate::seed::{self, Seed};
use crate::serve::{Parts, listen};
use crate::settings::Settings;

/// How long the work of a run that was reset may take to stop.
const DRAIN: Duration = Duration::from_secs(1);

/// What an ephemeral server begins with.
#[derive(Debug, Clone, Default)]
pub struct Ephemeral {
    /// A file that describes bases.
    pub seed: Option<PathBuf>,
    /// The owner's token.
    pub token: Option<String>,
}

/// Serves until a signal to stop. `say` gets one line of JSON first: `url`, `token`, `bases`.
///
/// # Errors
/// When the address is in use, the seed cannot be planted or there is no temporary folder.
pub async fn serve_ephemeral(
    settings: &Settings,
    begin: &Ephemeral,
    parts: Parts,
    say: impl Fn(&str),
) -> anyhow::Result<()> {
    let listener = listen(settings.server.listen).await?;
    let metrics = settings.telemetry.metrics.then(Metrics::install).transpose()?;
    let mut settings = settings.clone();
    // Where the system chose the port, addresses of files name it.
    settings.server.listen = listener.local_addr()?;
    let stage = Stage::set(&settings, begin, metrics, parts).await?;
    let lifecycle = Lifecycle::new();
    let (resets, asked) = mpsc::channel(1);
    let run = stage.run(0, &resets).await?;
    let address = listener.local_addr()?;
    let line = stage.told(address);
    let (shows, shown) = watch::channel(run.house.router.clone());
    let served = web::serve(listener, showing(shown), settings.web.limits(), lifecycle.drain());
    lifecycle.spawn("http", async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "serving ended");
        }
    });
    say(&line.to_string());
    say(&format!("listening on http://{address}"));
    let drain = lifecycle.drain();
    let playing = lifecycle.spawn("ephemeral", stage.play(run, (asked, resets), shows, drain));
    Lifecycle::signal().await?;
    lifecycle.shutdown(settings.web.limits().drain + DRAIN * 2, Lifecycle::signal()).await;
    // Nobody asks any more; the folder goes with the stage.
    if let Ok(Some((stage, last))) = playing.await {
        stage.end(last).await;
    }
    Ok(())
}

/// Hands each request to the house that runs now.
fn showing(shown: watch::Receiver<Router>) -> Router {
    Router::new().fallback(move |request: Request| {
        let now = shown.borrow().clone();
        async move { now.oneshot(request).await }
    })
}

/// Where houses are built, one after another.
struct Stage {
    settings: Settings,
    metrics: Option<Metrics>,
    parts: Parts,
    folder: Folder,
    owner: UserId,
    token: String,
    bases: Value,
}

/// A house that runs.
struct Run {
    no: usize,
    house: House,
    lifecycle: Lifecycle,
}

impl Run {
    /// Ends long answers and the work in the background.
    fn stop(&self) -> impl Future<Output = ()> + use<> {
        self.house.health.set_ready(false);
        let lifecycle = self.lifecycle.clone();
        async move {
            lifecycle.shutdown(DRAIN, std::future::pending::<()>()).await;
        }
    }
}

impl Stage {
    /// Plants the seed into the store that every run begins with.
    async fn set(
        settings: &Settings,
        begin: &Ephemeral,
        metrics: Option<Metrics>,
        parts: Parts,
    ) -> anyhow::Result<Self> {
        let folder = Folder::make()?;
        let mut settings = Settings { unsynced: true, ..settings.clone() };
        settings.database.url = None;
        settings.blob = blob::Settings::default();
        "all".clone_into(&mut settings.server.target);
        settings.bootstrap.token = begin.token.clone().or(settings.bootstrap.token);
        settings.server.data = folder.seed();
        let source = (Clock::system(), Ids::system());
        let house = House::build(&settings, source, None, CancellationToken::new()).await?;
        let bases = planted(&house, begin.seed.as_deref(), parts).await;
        let installed = house.installed.as_ref().map(|made| (made.owner.id, made.token.reveal().to_owned()));
        house.db().clone().close().await;
        let (bases, (owner, token)) = (bases?, installed.context("the store was not empty")?);
        Ok(Self { settings, metrics, parts, folder, owner, token, bases })
    }

    /// The line for whoever started the server.
    fn told(&self, address: SocketAddr) -> Value {
        json!({ "url": format!("http://{address}"), "token": self.token, "bases": self.bases })
    }

    /// A house on a fresh copy of the seed.
    async fn run(&self, no: usize, resets: &mpsc::Sender<Asked>) -> anyhow::Result<Run> {
        let mut settings = self.settings.clone();
        settings.server.data = self.folder.copy(no)?;
        let lifecycle = Lifecycle::new();
        let source = (Clock::system(), Ids::system());
        let resets = Resets::new(self.owner, resets.clone());
        let door: OpenApiRouter = door::router(resets);
        let mut house = House::build_with(&settings, source, self.metrics.clone(), lifecycle.drain(), door).await?;
        let hands = std::mem::take(&mut house.hands);
        for hand in hands.into_iter().filter(|_| !self.parts.no_jobs) {
            hand.start(&lifecycle);
        }
        house.health.set_ready(true);
        Ok(Run { no, house, lifecycle })
    }

    /// Replaces the run whenever somebody asks for it, until the server stops; answers the last one, whose work has
    /// stopped and whose store is open.
    async fn play(
        self,
        mut run: Run,
        (mut asked, resets): (mpsc::Receiver<Asked>, mpsc::Sender<Asked>),
        shows: watch::Sender<Router>,
        drain: CancellationToken,
    ) -> (Self, Run) {
        while let Some(Some(answer)) = drain.run_until_cancelled(asked.recv()).await {
            match self.run(run.no + 1, &resets).await {
                Ok(next) => {
                    drop(shows.send_replace(next.house.router.clone()));
                    // Who asked may have gone.
                    drop(answer.send(Ok(self.bases.clone())));
                    self.end(std::mem::replace(&mut run, next)).await;
                }
                Err(error) => drop(answer.send(Err(format!("{error:#}")))),
            }
        }
        run.stop().await;
        (self, run)
    }

    async fn end(&self, run: Run) {
        run.stop().await;
        run.house.db().clone().close().await;
        self.folder.remove(run.no);
    }
}

/// Makes what the seed says; answers the bases.
async fn planted(house: &House, seed: Option<&Path>, parts: Parts) -> anyhow::Result<Value> {
    if let Some(path) = seed {
        let planted = seed::plant(house, &Seed::read(path)?).await;
        planted.with_context(|| format!("the seed `{}` cannot be planted", path.display()))?;
    }
    if parts.sample {
        crate::sample::load(house).await?;
    }
    let answer = Inside::new(house).await?.call(axum::http::Method::GET, "/v0/meta/bases", &Value::Null).await?;
    let bases = answer.get("bases").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(bases.iter().map(|base| json!({ "id": base.get("id"), "name": base.get("name") })).collect())
}
