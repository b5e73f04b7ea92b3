//! A database per test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use clock::{Clock, Ids};
use db::{Db, Migration, Target};
use model::Timestamp;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::cluster::Cluster;

/// The kind of database that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

/// What a test of [`on_every_database`](crate::on_every_database) can ask for.
pub trait ForDatabase: Sized {
    /// Sets it up on a database of its own.
    fn for_database(engine: Engine) -> impl Future<Output = Self>;
}

/// An empty database, a clock that stands still, ids that repeat.
#[derive(Debug)]
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Stands at the first moment of 2026 until it is moved.
    pub clock: Clock,
    /// The same in every run.
    pub ids: Ids,
    /// Where the database is, to open it once more.
    pub target: Target,
    /// The folder of the file; removed at the end.
    _folder: Option<TempDir>,
}

impl TestDb {
    /// On a file in a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite { path: folder.path().join("test.db") };
        Self::open(target, Some(folder)).await
    }

    /// In a new database of the server.
    pub async fn postgres() -> Self {
        let target = Target::Postgres { url: create_database().await, pool: 8 };
        Self::open(target, None).await
    }

    async fn open(target: Target, folder: Option<TempDir>) -> Self {
        let db = Db::open(target.clone()).await.unwrap();
        let clock = Clock::fixed(Timestamp::from_date(2026, 1, 1));
        Self { db, clock, ids: Ids::seeded(1), target, _folder: folder }
    }

    /// Applies migrations.
    #[must_use]
    pub async fn migrated(self, migrations: &[&[Migration]]) -> Self {
        self.db.migrate(&migrations.concat()).await.unwrap();
        self
    }
}

impl ForDatabase for TestDb {
    async fn for_database(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::sqlite().await,
            Engine::Postgres => Self::postgres().await,
        }
    }
}

/// Runs a test on an engine, on a runtime of its own.
pub fn run<T: ForDatabase>(engine: Engine, test: impl AsyncFnOnce(T)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { test(T::for_database(engine).await).await });
}

/// The server of this test program: the one that was named, or one of its own.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no settings; the variable is the contract with the test runner"
)]
fn server() -> &'static str {
    static SERVER: OnceLock<(Option<Cluster>, String)> = OnceLock::new();
    let (_, url) = SERVER.get_or_init(|| {
        if let Ok(url) = std::env::var("AIRLOOM_TEST_PG") {
            return (None, url);
        }
        let cluster = Cluster::start();
        let url = cluster.url().to_owned();
        (Some(cluster), url)
    });
    url
}

async fn create_database() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let server = tokio::task::spawn_blocking(server).await.unwrap();
    let name = format!("test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let (client, connection) = tokio_postgres::connect(server, NoTls).await.unwrap();
    let running = tokio::runtime::Handle::current().spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    drop(client);
    running.await.unwrap().unwrap();
    with_database(server, &name)
}

/// The address of another database of the same server.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, String::new()), |(a, o)| (a, format!("?{o}")));
    let (server, _) = address.rsplit_once('/').unwrap_or((address, ""));
    format!("{server}/{name}{options}")
}
