//! A connection that a writer drives.

use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::Object;
use futures_util::{StreamExt, pin_mut, poll};
use tokio_postgres::{Statement, types};

use super::bind::{self, Bound};
use crate::batch::{Batch, Item};
use crate::{Error, Row, RowRef, Value, writer};

pub(super) struct Session {
    /// Absent only while it is dropped.
    client: Option<Object>,
    /// Whether a transaction may be open.
    busy: bool,
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + Send + 'a>>;

/// A statement on its way.
enum Sent<'a> {
    Running(Running<'a>),
    Done(Result<Vec<Row>, Error>),
}

/// Waits for all: the rows of the last, or the first error, which is the cause of those after it.
async fn outcome(sent: Vec<Sent<'_>>) -> Result<Vec<Row>, Error> {
    let mut outcome = Ok(Vec::new());
    for statement in sent {
        let result = match statement {
            Sent::Running(running) => running.await,
            Sent::Done(result) => result,
        };
        if outcome.is_ok() {
            outcome = result;
        }
    }
    outcome
}

impl Session {
    pub(super) const fn new(client: Object) -> Self {
        Self { client: Some(client), busy: false }
    }

    fn client(&self) -> Result<&Object, Error> {
        self.client.as_ref().ok_or(Error::Closed)
    }
}

/// Prepares a statement once per connection, with the types of its values, so that the server need not guess.
pub(super) async fn prepare<'v>(
    client: &Object,
    sql: &'static str,
    values: impl Iterator<Item = &'v Value>,
) -> Result<Statement, Error> {
    let types: Vec<types::Type> = values.map(bind::parameter_type).collect();
    client.prepare_typed_cached(sql, &types).await.map_err(bind::error)
}

async fn execute(client: &Object, statement: Statement, item: Item<'_>, wanted: bool) -> Result<Vec<Row>, Error> {
    let stream = client.query_raw(&statement, item.params().map(Bound)).await.map_err(bind::error)?;
    pin_mut!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.next().await {
        let row = row.map_err(bind::error)?;
        if wanted {
            rows.push(RowRef::postgres(&row).to_row()?);
        }
    }
    if item.must && stream.rows_affected() == Some(0) {
        return Err(Error::Missed);
    }
    Ok(rows)
}

impl writer::Session for Session {
    const BEGIN: &'static str = "BEGIN";

    /// Sends the statements one behind the other without waiting for their results: the first poll of each
    /// puts it on the wire, so they arrive in order.
    async fn run(&mut self, batch: &Batch) -> Result<Vec<Row>, Error> {
        self.busy = true;
        let client = self.client()?;
        let mut sent = Vec::with_capacity(batch.len());
        let last = batch.len().saturating_sub(1);
        for (index, item) in batch.iter().enumerate() {
            let wanted = batch.wants_rows && index == last;
            let statement = match prepare(client, item.sql, item.params()).await {
                Ok(statement) => statement,
                Err(error) => {
                    sent.push(Sent::Done(Err(error)));
                    break;
                }
            };
            let mut running: Running<'_> = Box::pin(execute(client, statement, item, wanted));
            sent.push(match poll!(&mut running) {
                Poll::Pending => Sent::Running(running),
                Poll::Ready(result) => Sent::Done(result),
            });
        }
        outcome(sent).await
    }

    async fn script(&mut self, text: &str) -> Result<(), Error> {
        self.busy = true;
        self.client()?.batch_execute(text).await.map_err(bind::error)
    }

    fn rest(&mut self) {
        self.busy = false;
    }
}

impl Drop for Session {
    /// A connection whose transaction was not ended does not go back to the pool.
    fn drop(&mut self) {
        if self.busy
            && let Some(client) = self.client.take()
        {
            drop(Object::take(client));
        }
    }
}
