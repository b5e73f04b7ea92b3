//! The writer: takes the waiting operations, runs each in a savepoint, commits them together, answers all.
//!
//! The same code drives both databases; a [`Session`] is what differs.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::batch::{Batch, ROLLBACK};
use crate::tx::Hook;
use crate::{Error, Row};

/// The most operations of a group; PostgreSQL slows down past 64 subtransactions.
const GROUP_SIZE: usize = 32;
/// How long a group takes in further operations.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// How long an operation may keep its turn.
pub(crate) const TURN_TIME: Duration = Duration::from_secs(5);

const SAVEPOINT: &str = "SAVEPOINT operation";
const RELEASE: &str = "RELEASE SAVEPOINT operation";
const ROLLBACK_TO: &str = "ROLLBACK TO SAVEPOINT operation";
const COMMIT: &str = "COMMIT";

/// A connection that the writer drives.
pub(crate) trait Session: Send {
    /// The statement that begins a group.
    const BEGIN: &'static str;

    /// Runs the statements in order until one fails; returns the rows of the last one if they are wanted.
    fn run(&mut self, batch: &Batch) -> impl Future<Output = Result<Vec<Row>, Error>> + Send;

    /// Runs a text of several statements without values.
    fn script(&mut self, text: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// Says that no transaction is open any more and everybody has been answered.
    fn rest(&mut self);
}

/// What an operation does when its work is released, committed or aborted.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) release: Vec<Hook>,
    pub(crate) commit: Vec<Hook>,
    pub(crate) abort: Vec<Hook>,
}

/// The answer to a query: its rows, and how the next step is told.
pub(crate) struct Reply {
    pub(crate) rows: Vec<Row>,
    pub(crate) next: oneshot::Sender<Step>,
}

/// The answer to a commit, with the statements: whoever has put them together frees them, the writer has other work.
pub(crate) type Committed = Result<Batch, Error>;

/// What an operation asks of the writer during its turn. Dropping the sender rolls back.
pub(crate) enum Step {
    Query { batch: Batch, reply: oneshot::Sender<Result<Reply, Error>> },
    Script { batch: Batch, text: String, reply: oneshot::Sender<Result<Reply, Error>> },
    Commit { batch: Batch, hooks: Hooks, reply: oneshot::Sender<Committed> },
}

/// An operation that waits for its turn.
pub(crate) struct Operation {
    /// How long it may keep its turn.
    pub(crate) limit: Duration,
    pub(crate) turn: oneshot::Sender<Result<oneshot::Sender<Step>, Error>>,
}

impl Operation {
    pub(crate) fn refuse(self, error: Error) {
        // The operation may have stopped waiting, and then nobody needs the answer.
        drop(self.turn.send(Err(error)));
    }
}

/// Runs one group, beginning with `first` and taking in what waits in `queue`.
pub(crate) async fn group<S: Session>(
    session: &mut S,
    first: Operation,
    queue: &mut mpsc::UnboundedReceiver<Operation>,
) {
    let closes = Instant::now() + GROUP_TIME;
    let mut group = Group { session, begun: false, released: Vec::new() };
    let mut next = Some(first);
    let mut taken = 0;
    while let Some(operation) = next.take() {
        if let Err(error) = group.operation(operation).await {
            return group.abort(&error).await;
        }
        taken += 1;
        if taken < GROUP_SIZE && Instant::now() < closes {
            next = queue.try_recv().ok();
        }
    }
    group.commit().await;
}

/// A group under way.
struct Group<'a, S: Session> {
    session: &'a mut S,
    begun: bool,
    released: Vec<Released>,
}

/// An operation whose work is part of the group and waits for the commit.
struct Released {
    commit: Vec<Hook>,
    abort: Vec<Hook>,
    batch: Batch,
    reply: oneshot::Sender<Committed>,
}

impl<S: Session> Group<'_, S> {
    /// Gives an operation its turn. An error means that the whole group is lost.
    async fn operation(&mut self, operation: Operation) -> Result<(), Error> {
        let (sender, mut steps) = oneshot::channel();
        if operation.turn.send(Ok(sender)).is_err() {
            return Ok(());
        }
        let deadline = Instant::now() + operation.limit;
        let mut open = false;
        loop {
            match timeout_at(deadline, steps).await {
                Ok(Ok(Step::Query { mut batch, reply })) => {
                    let result = self.run(&mut batch, &mut open).await;
                    steps = match self.answer(result, reply, open).await {
                        ControlFlow::Continue(next) => next,
                        ControlFlow::Break(undone) => return undone,
                    };
                }
                Ok(Ok(Step::Script { batch, text, reply })) => {
                    let result = self.script(batch, &text, &mut open).await;
                    steps = match self.answer(result, reply, open).await {
                        ControlFlow::Continue(next) => next,
                        ControlFlow::Break(undone) => return undone,
                    };
                }
                Ok(Ok(Step::Commit { batch, hooks, reply })) => return self.release(batch, open, hooks, reply).await,
                Ok(Err(_)) | Err(_) => return self.undo(open).await,
            }
        }
    }

    /// Answers a query: with its rows and a way to tell the next step, or with its error, after which the
    /// operation has ended.
    async fn answer(
        &mut self,
        result: Result<Vec<Row>, Error>,
        reply: oneshot::Sender<Result<Reply, Error>>,
        open: bool,
    ) -> ControlFlow<Result<(), Error>, oneshot::Receiver<Step>> {
        match result {
            Ok(rows) => {
                let (next, steps) = oneshot::channel();
                // A query that is no longer awaited drops `next`, which the next round sees.
                drop(reply.send(Ok(Reply { rows, next })));
                ControlFlow::Continue(steps)
            }
            Err(error) => {
                let undone = self.undo(open).await;
                drop(reply.send(Err(error)));
                ControlFlow::Break(undone)
            }
        }
    }

    async fn script(&mut self, mut batch: Batch, text: &str, open: &mut bool) -> Result<Vec<Row>, Error> {
        self.run(&mut batch, open).await?;
        self.session.script(text).await?;
        Ok(Vec::new())
    }

    /// Runs statements inside the operation's savepoint, which the first of them opens.
    async fn run(&mut self, batch: &mut Batch, open: &mut bool) -> Result<Vec<Row>, Error> {
        if !*open {
            batch.prepend(if self.begun { &[SAVEPOINT] } else { &[S::BEGIN, SAVEPOINT] });
            (self.begun, *open) = (true, true);
        }
        self.session.run(batch).await
    }

    /// Makes the operation's work a part of the group.
    async fn release(
        &mut self,
        mut batch: Batch,
        mut open: bool,
        hooks: Hooks,
        reply: oneshot::Sender<Committed>,
    ) -> Result<(), Error> {
        if open || !batch.is_empty() {
            batch.push(RELEASE, []);
            if let Err(error) = self.run(&mut batch, &mut open).await {
                let undone = self.undo(open).await;
                drop(reply.send(Err(error)));
                return undone;
            }
        }
        call(hooks.release);
        self.released.push(Released { commit: hooks.commit, abort: hooks.abort, batch, reply });
        Ok(())
    }

    /// Takes the operation's work back.
    async fn undo(&mut self, open: bool) -> Result<(), Error> {
        if open {
            let mut batch = Batch::of(ROLLBACK_TO);
            batch.push(RELEASE, []);
            self.session.run(&batch).await?;
        }
        Ok(())
    }

    async fn commit(self) {
        if self.begun
            && let Err(error) = self.session.run(&Batch::of(COMMIT)).await
        {
            return self.abort(&error).await;
        }
        let mut replies = Vec::with_capacity(self.released.len());
        for Released { commit, batch, reply, .. } in self.released {
            call(commit);
            replies.push((reply, batch));
        }
        for (reply, batch) in replies {
            drop(reply.send(Ok(batch)));
        }
        self.session.rest();
    }

    /// Takes everything back and fails everybody.
    async fn abort(self, error: &Error) {
        let rolled_back = self.session.run(&Batch::of(ROLLBACK)).await;
        let mut replies = Vec::with_capacity(self.released.len());
        for Released { abort, reply, .. } in self.released.into_iter().rev() {
            call(abort.into_iter().rev());
            replies.push(reply);
        }
        for reply in replies {
            drop(reply.send(Err(error.clone())));
        }
        if rolled_back.is_ok() {
            self.session.rest();
        }
    }
}

fn call(hooks: impl IntoIterator<Item = Hook>) {
    for hook in hooks {
        hook();
    }
}

#[cfg(test)]
mod tests;
