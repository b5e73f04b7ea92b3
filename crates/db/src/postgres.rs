//! PostgreSQL: a pool of connections; a writer per base that has something to write.

mod bind;
mod session;

use std::sync::Arc;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use futures_util::{StreamExt, pin_mut};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use tokio::sync::mpsc;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::task::TaskTracker;

pub(crate) use bind::value;

use crate::writer::{self, Operation};
use crate::{Error, Group, RowRef, Value};

/// For every connection: no lock is waited for and no transaction left idle for much longer than a turn.
const OPTIONS: &str = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s";

/// The server.
pub(crate) struct Store {
    pool: Pool,
    groups: Groups,
    tasks: TaskTracker,
}

/// The queues of the bases whose writers are running.
type Groups = Arc<Mutex<FxHashMap<i64, mpsc::UnboundedSender<Operation>>>>;

impl Store {
    pub(crate) async fn open(url: &str, connections: usize) -> Result<Self, Error> {
        let pool = pool(url, connections)?;
        let store = Self { pool, groups: Groups::default(), tasks: TaskTracker::new() };
        store.refuse_without_sync().await?;
        Ok(store)
    }

    /// A server that answers before it has synced would make every answer of ours untrue.
    async fn refuse_without_sync(&self) -> Result<(), Error> {
        let client = client(&self.pool).await?;
        for setting in ["fsync", "synchronous_commit"] {
            let row = client.query_one(&format!("SHOW {setting}"), &[]).await.map_err(bind::error)?;
            if row.try_get::<_, &str>(0).map_err(bind::error)? == "off" {
                return Err(Error::unavailable(format!("the server's setting `{setting}` is off")));
            }
        }
        Ok(())
    }

    pub(crate) fn begin(&self, group: Group, operation: Operation) -> Result<(), Error> {
        if self.tasks.is_closed() {
            return Err(Error::Closed);
        }
        match group {
            Group::House => {
                self.tasks.spawn(write_alone(self.pool.clone(), operation));
            }
            Group::Base(base) => self.begin_in(base, operation),
        }
        Ok(())
    }

    /// Gives the operation to the base's writer, which is started if it is not running.
    fn begin_in(&self, base: i64, operation: Operation) {
        let mut groups = self.groups.lock();
        let rejected = match groups.get(&base) {
            Some(queue) => queue.send(operation).err().map(|error| error.0),
            None => Some(operation),
        };
        if let Some(operation) = rejected {
            let (queue, waiting) = mpsc::unbounded_channel();
            // The receiver is at hand, so this cannot fail.
            drop(queue.send(operation));
            groups.insert(base, queue);
            self.tasks.spawn(write(self.pool.clone(), Arc::clone(&self.groups), base, waiting));
        }
    }

    pub(crate) async fn each<S, F>(
        &self,
        sql: &'static str,
        params: Vec<Value>,
        mut state: S,
        mut f: F,
    ) -> Result<S, Error>
    where
        F: FnMut(&mut S, &RowRef<'_>) -> Result<(), Error>,
    {
        let client = client(&self.pool).await?;
        let statement = session::prepare(&client, sql, params.iter()).await?;
        let rows = client.query_raw(&statement, params.iter().map(bind::Bound)).await.map_err(bind::error)?;
        pin_mut!(rows);
        while let Some(row) = rows.next().await {
            f(&mut state, &RowRef::postgres(&row.map_err(bind::error)?))?;
        }
        Ok(state)
    }

    pub(crate) async fn check(&self, sql: &'static str) -> Result<(), Error> {
        client(&self.pool).await?.prepare(sql).await.map(drop).map_err(bind::error)
    }

    pub(crate) async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.pool.close();
    }
}

fn pool(url: &str, connections: usize) -> Result<Pool, Error> {
    let mut config: Config = url.parse().map_err(bind::error)?;
    let options = config.get_options().map_or_else(|| OPTIONS.to_owned(), |given| format!("{OPTIONS} {given}"));
    config.options(options).application_name("airloom");
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if config.get_ssl_mode() == SslMode::Disable {
        Manager::from_config(config, NoTls, recycling)
    } else {
        // Fails when the program has chosen a provider already, which is as good.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        Manager::from_config(config, MakeRustlsConnect::with_webpki_roots(), recycling)
    };
    Pool::builder(manager).max_size(connections.max(1)).build().map_err(Error::internal)
}

async fn client(pool: &Pool) -> Result<Object, Error> {
    pool.get().await.map_err(|error| match error {
        PoolError::Closed => Error::Closed,
        PoolError::Backend(error) => bind::connection_error(error),
        other => Error::unavailable(other),
    })
}

/// An operation that shares its transaction with nobody.
async fn write_alone(pool: Pool, operation: Operation) {
    let (_, mut nobody) = mpsc::unbounded_channel();
    write_group(&pool, operation, &mut nobody).await;
}

/// A base's writer. It ends when nothing waits; the queue is looked at under the lock, so nothing is lost.
async fn write(pool: Pool, groups: Groups, base: i64, mut waiting: mpsc::UnboundedReceiver<Operation>) {
    loop {
        let Some(first) = next_or_leave(&groups, base, &mut waiting) else { return };
        write_group(&pool, first, &mut waiting).await;
    }
}

fn next_or_leave(groups: &Groups, base: i64, waiting: &mut mpsc::UnboundedReceiver<Operation>) -> Option<Operation> {
    let mut groups = groups.lock();
    let next = waiting.try_recv().ok();
    if next.is_none() {
        groups.remove(&base);
    }
    next
}

async fn write_group(pool: &Pool, first: Operation, waiting: &mut mpsc::UnboundedReceiver<Operation>) {
    match client(pool).await {
        Ok(client) => writer::group(&mut session::Session::new(client), first, waiting).await,
        Err(error) => first.refuse(error),
    }
}
