use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};

use super::{COMMIT, Operation, RELEASE, ROLLBACK_TO, SAVEPOINT, Session, TURN_TIME, group};
use crate::batch::{Batch, ROLLBACK};
use crate::{Dialect, Error, Row, Tx};

/// A session that notes what it is told and fails at the statements named.
#[derive(Default, Clone)]
struct Noted {
    failing: Vec<&'static str>,
    statements: Arc<Mutex<Vec<String>>>,
}

impl Noted {
    fn lines(&self) -> Vec<String> {
        self.statements.lock().unwrap().clone()
    }

    fn note(&self, line: &str) {
        self.statements.lock().unwrap().push(line.to_owned());
    }
}

impl Session for Noted {
    const BEGIN: &'static str = "BEGIN";

    async fn run(&mut self, batch: &Batch) -> Result<Vec<Row>, Error> {
        for sql in batch.iter().map(|item| item.sql) {
            self.note(sql);
            if self.failing.contains(&sql) {
                return Err(Error::unavailable(sql));
            }
        }
        Ok(Vec::new())
    }

    async fn script(&mut self, text: &str) -> Result<(), Error> {
        self.note(text);
        Ok(())
    }

    fn rest(&mut self) {
        self.note("rest");
    }
}

/// What an operation of a case does.
#[derive(Clone, Copy)]
enum Does {
    Commits(&'static str),
    Drops(&'static str),
    Queries(&'static str),
    GivesUp,
    Hangs,
}

/// Runs operations that all wait when the writer comes by; returns the outcome of each.
async fn run(session: &Noted, operations: &[Does]) -> Vec<Result<(), Error>> {
    let (queue, mut waiting) = mpsc::unbounded_channel();
    let mut turns = Vec::new();
    for does in operations {
        let (turn, starts) = oneshot::channel();
        assert!(queue.send(Operation { turn, limit: TURN_TIME }).is_ok());
        turns.push((!matches!(does, Does::GivesUp)).then_some(starts));
    }
    let mut driven = session.clone();
    let writer = async move {
        while let Ok(first) = waiting.try_recv() {
            group(&mut driven, first, &mut waiting).await;
        }
    };
    let operations = turns.into_iter().zip(operations).map(|(starts, does)| operate(session, starts, *does));
    let (results, ()) = tokio::join!(futures_util::future::join_all(operations), writer);
    results
}

async fn operate(
    session: &Noted,
    starts: Option<oneshot::Receiver<Result<oneshot::Sender<super::Step>, Error>>>,
    does: Does,
) -> Result<(), Error> {
    let Some(starts) = starts else { return Err(Error::Closed) };
    let mut tx = Tx::new(starts.await.map_err(|_| Error::Closed)??, Dialect::Sqlite);
    let (Does::Commits(sql) | Does::Drops(sql) | Does::Queries(sql)) = does else {
        // Longer than a turn; the clock of the test is not the real one.
        tokio::time::sleep(TURN_TIME * 2).await;
        return tx.commit().await;
    };
    for hook in ["release", "commit", "abort"] {
        let (session, line) = (session.clone(), format!("{hook} {sql}"));
        let boxed = Box::new(move || session.note(&line));
        match hook {
            "release" => tx.on_release(boxed),
            "commit" => tx.on_commit(boxed),
            _ => tx.on_abort(boxed),
        }
    }
    match does {
        Does::Drops(_) => {
            tx.query(sql, []).await?;
            return Ok(());
        }
        Does::Queries(_) => {
            tx.query(sql, []).await?;
        }
        _ => tx.queue(sql, []),
    }
    let result = tx.commit().await;
    session.note(&format!("answer {sql}"));
    result
}

#[tokio::test]
async fn a_group_commits_once_and_answers_last() {
    let session = Noted::default();
    let results = run(&session, &[Does::Commits("a"), Does::Queries("b")]).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(
        session.lines(),
        [
            "BEGIN",
            SAVEPOINT,
            "a",
            RELEASE,
            "release a",
            SAVEPOINT,
            "b",
            RELEASE,
            "release b",
            COMMIT,
            "commit a",
            "commit b",
            "rest",
            "answer a",
            "answer b",
        ]
    );
}

#[tokio::test]
async fn what_fails_is_dropped_or_gave_up_leaves_the_group_alone() {
    let session = Noted { failing: vec!["bad"], ..Noted::default() };
    let operations =
        [Does::Commits("bad"), Does::GivesUp, Does::Commits("good"), Does::Drops("x"), Does::Queries("bad")];
    let results = run(&session, &operations).await;
    assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true, true, false]);
    let lines = session.lines();
    assert_eq!(lines.iter().filter(|line| *line == ROLLBACK_TO).count(), 3);
    assert_eq!(lines.iter().filter(|line| line.starts_with("commit ")).count(), 1);
    assert_eq!(lines.iter().filter(|line| *line == COMMIT).count(), 1);
}

#[tokio::test]
async fn a_failed_commit_fails_everybody_and_undoes_in_reverse() {
    let session = Noted { failing: vec![COMMIT], ..Noted::default() };
    let results = run(&session, &[Does::Commits("a"), Does::Commits("b")]).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::Unavailable { .. }))));
    let lines = session.lines();
    let after = lines.iter().position(|line| line == COMMIT).unwrap();
    assert_eq!(lines[after..after + 5], [COMMIT, ROLLBACK, "abort b", "abort a", "rest"]);
    assert!(!lines.iter().any(|line| line.starts_with("commit ")));
}

#[tokio::test]
async fn a_lost_savepoint_loses_the_group_but_not_the_next() {
    let session = Noted { failing: vec!["bad", ROLLBACK_TO], ..Noted::default() };
    let results = run(&session, &[Does::Commits("a"), Does::Commits("bad"), Does::Commits("c")]).await;
    assert_eq!(results.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true]);
    assert!(session.lines().contains(&"abort a".to_owned()));
}

#[tokio::test]
async fn a_transaction_that_cannot_be_ended_is_not_rested() {
    let session = Noted { failing: vec![COMMIT, ROLLBACK], ..Noted::default() };
    assert!(run(&session, &[Does::Commits("a")]).await[0].is_err());
    assert!(!session.lines().contains(&"rest".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn who_keeps_the_turn_too_long_loses_it() {
    let session = Noted::default();
    let results = run(&session, &[Does::Hangs, Does::Commits("b")]).await;
    assert!(matches!(results[0], Err(Error::Ended)));
    assert!(results[1].is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_group_takes_in_at_most_its_size() {
    let session = Noted::default();
    let results = run(&session, &[Does::Commits("a"); 40]).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(session.lines().iter().filter(|line| *line == COMMIT).count(), 2);
}
