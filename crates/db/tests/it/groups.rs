use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::{Db, Error, Group, Migration, Tx, params};
use testkit::{TestDb, on_every_database};

pub const ITEMS: &[Migration] =
    &[Migration { name: "items", sql: "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, name {id_text})" }];

const INSERT: &str = "INSERT INTO items (id, name) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) FROM items";
const BASE: Group = Group::Base(1);

async fn count(db: &Db) -> i64 {
    db.read(COUNT, []).await.unwrap()[0].get(0).unwrap()
}

fn log_into(tx: &mut Tx, log: &std::sync::mpsc::Sender<String>, name: &str) {
    let hook = |what: &str| {
        let (log, line) = (log.clone(), format!("{what} {name}"));
        Box::new(move || log.send(line).unwrap())
    };
    tx.on_release(hook("release"));
    tx.on_commit(hook("commit"));
    tx.on_abort(hook("abort"));
}

#[on_every_database]
async fn an_operation_sees_its_own_rows_and_others_only_committed_ones(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let mut tx = test.db.begin(BASE).await.unwrap();
    tx.queue(INSERT, params![1, "one"]);
    let rows = tx.query("SELECT name FROM items WHERE id = $1", params![1]).await.unwrap();
    assert_eq!(rows[0].get::<&str>(0).unwrap(), "one");
    assert_eq!(count(&test.db).await, 0);
    tx.commit().await.unwrap();
    assert_eq!(count(&test.db).await, 1);
}

#[on_every_database]
async fn what_is_dropped_or_fails_is_taken_back_alone(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let mut dropped = test.db.begin(BASE).await.unwrap();
    dropped.query(INSERT, params![1, "dropped"]).await.unwrap();
    let db = test.db.clone();
    // These wait for the first and may share its group.
    let failing = async {
        let mut tx = db.begin(BASE).await.unwrap();
        tx.queue(INSERT, params![2, "failing"]);
        let error = tx.query(INSERT, params![2, "failing"]).await.unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }));
        assert!(matches!(tx.query(COUNT, []).await, Err(Error::Ended)));
        assert!(matches!(tx.commit().await, Err(Error::Ended)));
    };
    let kept = async {
        let mut tx = db.begin(BASE).await.unwrap();
        tx.queue(INSERT, params![3, "kept"]);
        tx.commit().await.unwrap();
    };
    let late = async {
        let mut tx = db.begin(BASE).await.unwrap();
        tx.queue(INSERT, params![4, "late"]);
        tx.queue(INSERT, params![3, "twice"]);
        assert!(matches!(tx.commit().await, Err(Error::Conflict { .. })));
    };
    tokio::join!(async { drop(dropped) }, failing, kept, late);
    let rows = test.db.read("SELECT id FROM items", []).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<i64>(0).unwrap()).collect::<Vec<_>>(), [3]);
}

#[on_every_database]
async fn a_statement_that_must_change_a_row_fails_where_there_is_none(test: TestDb) {
    const RENAME: &str = "UPDATE items SET name = $2 WHERE id = $1";
    let test = test.migrated(&[ITEMS]).await;
    let mut tx = test.db.begin(BASE).await.unwrap();
    tx.queue(INSERT, params![1, "one"]);
    tx.queue_must(RENAME, params![1, "first"]);
    tx.commit().await.unwrap();
    for late in [false, true] {
        let mut tx = test.db.begin(BASE).await.unwrap();
        tx.queue(INSERT, params![2, "two"]);
        tx.queue_must(RENAME, params![3, "third"]);
        let outcome = if late { tx.query(COUNT, []).await.map(drop) } else { tx.commit().await };
        assert!(matches!(outcome, Err(Error::Missed)), "{outcome:?}");
    }
    let rows = test.db.read("SELECT id, name FROM items", []).await.unwrap();
    assert_eq!(rows.len(), 1, "nothing of the others is left");
    assert_eq!(rows[0].get::<&str>(1).unwrap(), "first");
}

#[on_every_database]
async fn the_next_operation_may_begin_before_the_last_one_is_synced(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let mut ended = Vec::new();
    for id in 1..=20 {
        let mut tx = test.db.begin(BASE).await.unwrap();
        let seen: i64 = tx.query(COUNT, []).await.unwrap()[0].get(0).unwrap();
        assert_eq!(seen, id - 1, "what went before is there");
        tx.queue(INSERT, params![id, "item"]);
        ended.push(tx.end().unwrap());
    }
    for committing in ended {
        committing.await.unwrap();
    }
    assert_eq!(count(&test.db).await, 20);
}

#[on_every_database]
async fn hooks_of_a_group_run_in_order(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let (log, lines) = std::sync::mpsc::channel();
    let first = test.db.begin(BASE).await.unwrap();
    let operation = |id: i64, name: &'static str| {
        let (db, log) = (test.db.clone(), log.clone());
        async move {
            let mut tx = db.begin(BASE).await.unwrap();
            tx.queue(INSERT, params![id, name]);
            log_into(&mut tx, &log, name);
            tx.commit().await
        }
    };
    let ends_first = async {
        let mut first = first;
        log_into(&mut first, &log, "a");
        // Releases the turn only once the others wait.
        tokio::task::yield_now().await;
        first.queue(INSERT, params![1, "a"]);
        first.commit().await
    };
    let (a, b, c) = tokio::join!(ends_first, operation(2, "b"), operation(3, "c"));
    for result in [a, b, c] {
        result.unwrap();
    }
    let lines: Vec<String> = lines.try_iter().collect();
    // A slow machine may need a second group; the order of each kind of hook stays.
    for (kind, expected) in
        [("release", ["release a", "release b", "release c"]), ("commit", ["commit a", "commit b", "commit c"])]
    {
        let seen: Vec<&str> = lines.iter().filter(|line| line.starts_with(kind)).map(String::as_str).collect();
        assert_eq!(seen, expected, "{lines:?}");
    }
    assert_eq!(lines.first().map(String::as_str), Some("release a"));
}

#[on_every_database]
async fn many_writers_lose_nothing(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let next = Arc::new(AtomicI64::new(0));
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (db, next) = (test.db.clone(), Arc::clone(&next));
        writers.spawn(async move {
            for _ in 0..20 {
                let id = next.fetch_add(1, Ordering::Relaxed);
                let mut tx = db.begin(Group::Base(id % 3)).await.unwrap();
                tx.queue(INSERT, params![id, "x"]);
                if id % 10 == 0 {
                    drop(tx);
                } else {
                    tx.commit().await.unwrap();
                }
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    assert_eq!(count(&test.db).await, 320 - 32);
}

#[on_every_database]
async fn a_closed_database_lets_operations_end_and_takes_no_more(test: TestDb) {
    let test = test.migrated(&[ITEMS]).await;
    let mut tx = test.db.begin(BASE).await.unwrap();
    tx.queue(INSERT, params![1, "last"]);
    let copy = test.db.clone();
    let (closed, committed) = tokio::join!(test.db.clone().close(), tx.commit());
    committed.unwrap();
    let () = closed;
    assert!(matches!(copy.begin(BASE).await, Err(Error::Closed)));
    assert!(matches!(copy.read(COUNT, []).await, Err(Error::Closed)));
    let again = Db::open(test.target.clone()).await.unwrap();
    assert_eq!(count(&again).await, 1);
}
