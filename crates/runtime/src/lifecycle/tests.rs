use std::future::{pending, ready};
use std::time::Duration;

use tokio::time::Instant;

use super::{Ended, Lifecycle};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn tasks_finish_what_is_open() {
    let lifecycle = Lifecycle::new();
    let drain = lifecycle.drain();
    let task = lifecycle.spawn("polite", async move {
        drain.cancelled().await;
        tokio::time::sleep(LIMIT / 2).await;
        7
    });
    let began = Instant::now();
    assert_eq!(lifecycle.shutdown(LIMIT, pending::<()>()).await, Ended::Drained);
    assert_eq!((began.elapsed(), task.await.unwrap()), (LIMIT / 2, Some(7)));
}

#[tokio::test(start_paused = true)]
async fn stuck_tasks_are_dropped_after_the_limit() {
    let lifecycle = Lifecycle::new();
    let task = lifecycle.spawn("stuck", pending::<()>());
    lifecycle.spawn("done", ready(()));
    let began = Instant::now();
    assert_eq!(lifecycle.shutdown(LIMIT, pending::<()>()).await, Ended::Dropped(1));
    assert_eq!((began.elapsed(), task.await.unwrap()), (LIMIT, None));
}

#[tokio::test(start_paused = true)]
async fn a_second_signal_does_not_wait() {
    let lifecycle = Lifecycle::new();
    lifecycle.spawn("stuck", pending::<()>());
    let began = Instant::now();
    assert_eq!(lifecycle.shutdown(LIMIT, tokio::time::sleep(LIMIT / 10)).await, Ended::Dropped(1));
    assert_eq!(began.elapsed(), LIMIT / 10);
}
