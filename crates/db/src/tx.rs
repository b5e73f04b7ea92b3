//! The side of an operation.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::batch::Batch;
use crate::writer::{Committed, Hooks, Reply, Step};
use crate::{Dialect, Error, Row, Value};

/// A function that the writer runs. It must be quick and must not wait.
pub type Hook = Box<dyn FnOnce() + Send>;

type Answer = Result<Reply, Error>;

/// An operation's turn with the writer. Dropped without [`commit`](Tx::commit), it is rolled back.
///
/// After an error of any call the operation has ended: it is rolled back and every later call answers
/// [`Error::Ended`]. A conflict that is expected is therefore met with `ON CONFLICT`.
pub struct Tx {
    /// How the writer is told the next step; absent once the operation has ended.
    turn: Option<oneshot::Sender<Step>>,
    batch: Batch,
    hooks: Hooks,
    dialect: Dialect,
}

impl Tx {
    pub(crate) fn new(turn: oneshot::Sender<Step>, dialect: Dialect) -> Self {
        Self { turn: Some(turn), batch: Batch::default(), hooks: Hooks::default(), dialect }
    }

    /// Which database it is.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Queues a statement whose result nobody needs. It is sent with the next query or with the commit, which
    /// is also where its error appears.
    pub fn queue(&mut self, sql: &'static str, params: impl IntoIterator<Item = Value>) {
        self.batch.push(sql, params);
    }

    /// As [`queue`](Self::queue), of a statement that must change a row: where it changes none, the operation fails with
    /// [`Error::Missed`].
    pub fn queue_must(&mut self, sql: &'static str, params: impl IntoIterator<Item = Value>) {
        self.batch.push_must(sql, params);
    }

    /// Queues a statement as often as there are values for it, `width` for each time; `shared` are those behind them, the
    /// same each time.
    pub fn queue_each(&mut self, sql: &'static str, (width, values): (usize, Vec<Value>), shared: Vec<Value>) {
        self.batch.push_each(sql, width, values, shared);
    }

    /// Sends what is queued and this statement, and returns its rows.
    pub async fn query(
        &mut self,
        sql: &'static str,
        params: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, Error> {
        self.batch.push(sql, params);
        let mut batch = std::mem::take(&mut self.batch);
        batch.wants_rows = true;
        self.ask(|reply| Step::Query { batch, reply }).await
    }

    /// Sends what is queued and a text of several statements without values.
    pub(crate) async fn script(&mut self, text: String) -> Result<(), Error> {
        let batch = std::mem::take(&mut self.batch);
        self.ask(|reply| Step::Script { batch, text, reply }).await.map(drop)
    }

    async fn ask(&mut self, step: impl FnOnce(oneshot::Sender<Answer>) -> Step) -> Result<Vec<Row>, Error> {
        let (reply, answer) = oneshot::channel();
        let turn = self.turn.take().ok_or(Error::Ended)?;
        turn.send(step(reply)).map_err(|_| Error::Ended)?;
        let Reply { rows, next } = answer.await.map_err(|_| Error::Ended)??;
        self.turn = Some(next);
        Ok(rows)
    }

    /// Runs `hook` as soon as the operation is part of its group: the next operations of the group see its
    /// work, but it is not committed yet.
    pub fn on_release(&mut self, hook: Hook) {
        self.hooks.release.push(hook);
    }

    /// Runs `hook` after the group was committed and synced, before anybody is answered.
    pub fn on_commit(&mut self, hook: Hook) {
        self.hooks.commit.push(hook);
    }

    /// Runs `hook` when the operation was released and its group then failed; in the reverse order of release.
    pub fn on_abort(&mut self, hook: Hook) {
        self.hooks.abort.push(hook);
    }

    /// Sends what is queued and ends the turn; returns after the sync.
    pub async fn commit(self) -> Result<(), Error> {
        self.end()?.await
    }

    /// As [`commit`](Self::commit), without waiting for the sync: an operation that is begun meanwhile has its turn next.
    pub fn end(mut self) -> Result<Committing, Error> {
        let turn = self.turn.take().ok_or(Error::Ended)?;
        let (reply, answer) = oneshot::channel();
        let step =
            Step::Commit { batch: std::mem::take(&mut self.batch), hooks: std::mem::take(&mut self.hooks), reply };
        turn.send(step).map_err(|_| Error::Ended)?;
        Ok(Committing(answer))
    }
}

/// An operation whose turn is over: ready after the sync of its group.
#[derive(Debug)]
pub struct Committing(oneshot::Receiver<Committed>);

impl Future for Committing {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(Error::Closed)).map(Batch::free))
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx")
            .field("open", &self.turn.is_some())
            .field("queued", &self.batch.len())
            .finish_non_exhaustive()
    }
}
