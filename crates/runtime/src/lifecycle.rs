//! Every task of the process, and how they end.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every task finished what it had begun.
    Drained,
    /// This many tasks were dropped, after the time limit or a second signal.
    Dropped(usize),
}

/// The tasks of the process. Copies are the same one.
///
/// The end has two stages: on *drain* tasks take nothing new and finish what is open; on *drop* they are abandoned
/// where they stand, which is safe because nothing is acknowledged before it is durable.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    tasks: TaskTracker,
    drain: CancellationToken,
    drop: CancellationToken,
}

impl Lifecycle {
    /// A lifecycle without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when nothing new shall be begun.
    pub fn drain(&self) -> CancellationToken {
        self.drain.clone()
    }

    /// Spawns a task that [`shutdown`](Self::shutdown) waits for. `None` comes back from one that was dropped.
    pub fn spawn<F>(&self, name: &'static str, task: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let drop = self.drop.clone();
        self.tasks.spawn(async move {
            let ended = drop.run_until_cancelled_owned(task).await;
            if ended.is_none() {
                tracing::warn!(task = name, "a task was dropped");
            }
            ended
        })
    }

    /// Returns at the first signal to stop (SIGTERM, or SIGINT as of Ctrl-C).
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub async fn signal() -> std::io::Result<()> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }

    /// Drains; drops what has not ended after `limit`, or as soon as `hurry` returns (a second signal).
    pub async fn shutdown(&self, limit: Duration, hurry: impl Future) -> Ended {
        self.drain.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => return Ended::Drained,
            () = tokio::time::sleep(limit) => {}
            _ = hurry => {}
        }
        let left = self.tasks.len();
        self.drop.cancel();
        self.tasks.wait().await;
        Ended::Dropped(left)
    }
}

#[cfg(test)]
mod tests;
