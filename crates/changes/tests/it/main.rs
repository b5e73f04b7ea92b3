//! The change log on both databases.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;

use changes::{BaseTx, Body, Change, Changes, Error, MIGRATIONS, NewChange, Since};
use db::{Db, Group, Migration, params};
use model::{Actor, BaseNo, Door, TenantNo, Timestamp};
use testkit::{TestDb, on_every_database};

const TENANT: TenantNo = TenantNo(1);
const BASE: BaseNo = BaseNo(7);
const NOTES: &[Migration] =
    &[Migration { name: "9_notes", sql: "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)" }];

struct Log {
    test: TestDb,
    changes: Changes,
}

impl testkit::ForDatabase for Log {
    async fn for_database(engine: testkit::Engine) -> Self {
        let test = TestDb::for_database(engine).await.migrated(&[MIGRATIONS, NOTES]).await;
        let mut tx = test.db.begin(Group::House).await.unwrap();
        Changes::create_head(&mut tx, TENANT, BASE, test.clock.now());
        tx.commit().await.unwrap();
        let changes = Changes::new(test.db.clone());
        Self { test, changes }
    }
}

fn new(run: Option<&str>, at: i64, schema_changed: bool) -> NewChange {
    NewChange {
        run: run.map(str::to_owned),
        actor: Actor::System("test".to_owned()),
        door: Door::Cli,
        time: Timestamp::from_millis(at),
        body: Body::default(),
        schema_changed,
    }
}

async fn write(changes: &Changes) -> Arc<Change> {
    let mut tx = changes.begin(TENANT, BASE).await.unwrap();
    tx.append(new(None, 5, false));
    tx.commit().await.unwrap().pop().unwrap()
}

fn sequences(since: Since) -> Vec<i64> {
    match since {
        Since::Changes(changes) => changes.iter().map(|change| change.sequence).collect(),
        Since::TooOld { oldest } => panic!("too old: {oldest}"),
    }
}

/// The stored sequences, in order.
async fn stored(db: &Db) -> Vec<i64> {
    let rows = db.read("SELECT sequence FROM changes WHERE base = $1 ORDER BY sequence", params![BASE]).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

#[on_every_database]
async fn a_change_moves_the_head_and_can_be_read(log: Log) {
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    assert_eq!(tx.head().sequence, 0);
    tx.append(new(None, 10, true));
    tx.append(new(Some("run"), 20, false));
    tx.change_access();
    let appended = tx.commit().await.unwrap();
    assert_eq!(appended.iter().map(|change| change.sequence).collect::<Vec<_>>(), [1, 2]);
    let head = log.changes.head(BASE).await.unwrap();
    assert_eq!((head.sequence, head.schema_revision, head.access_revision), (2, 2, 2));
    assert_eq!(head.changed, log.test.clock.now(), "time does not run backwards");
    // Another process: nothing in memory.
    let other = Changes::new(log.test.db.clone());
    assert_eq!(other.head(BASE).await.unwrap(), head);
    assert_eq!(sequences(other.since(BASE, 0).await.unwrap()), [1, 2]);
    let found = other.find(BASE, 2).await.unwrap().unwrap();
    assert_eq!((found.run.as_deref(), found.door, found.time), (Some("run"), Door::Cli, Timestamp::from_millis(20)));
    assert!(other.find(BASE, 3).await.unwrap().is_none());
    assert_eq!(other.list_run(BASE, "run", 0).await.unwrap().len(), 1);
    let newest = other.list_newest(BASE, None, 1).await.unwrap();
    assert_eq!(newest[0].sequence, 2);
    assert_eq!(other.list_newest(BASE, Some(2), 9).await.unwrap()[0].sequence, 1);
}

#[on_every_database]
async fn a_base_of_another_tenant_is_not_there(log: Log) {
    assert!(matches!(log.changes.begin(TenantNo(2), BASE).await, Err(Error::NoBase { .. })));
    assert!(matches!(log.changes.begin(TENANT, BaseNo(8)).await, Err(Error::NoBase { .. })));
    assert!(matches!(log.changes.head(BaseNo(8)).await, Err(Error::NoBase { .. })));
}

#[on_every_database]
async fn sequences_have_no_gaps_under_many_writers(log: Log) {
    // Two processes' worth of memory on PostgreSQL; a file has one owner.
    let changes = match log.test.db.dialect() {
        db::Dialect::Sqlite => [log.changes.clone(), log.changes.clone()],
        db::Dialect::Postgres => {
            let other = Db::open(log.test.target.clone()).await.unwrap();
            [log.changes.clone(), Changes::new(other)]
        }
    };
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let changes = changes[writer % 2].clone();
        writers.spawn(async move {
            for step in 0..10 {
                let mut tx = changes.begin(TENANT, BASE).await.unwrap();
                tx.append(new(None, step, false));
                if (writer + step as usize).is_multiple_of(5) {
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
    let expected: Vec<i64> = (1..=128).collect();
    assert_eq!(stored(&log.test.db).await, expected);
    for changes in changes {
        assert_eq!(changes.head(BASE).await.unwrap().sequence, 128);
        assert_eq!(sequences(changes.since(BASE, 0).await.unwrap()), expected);
        assert_eq!(sequences(changes.since(BASE, 120).await.unwrap()), expected[120..]);
    }
}

/// Runs one operation while another one waits behind it, so that both share a group.
async fn behind(log: &Log, first: BaseTx, second: impl AsyncFnOnce(BaseTx)) {
    let waiting = async {
        let tx = log.changes.begin(TENANT, BASE).await.unwrap();
        second(tx).await;
    };
    let ending = async {
        tokio::task::yield_now().await;
        first.commit().await
    };
    // Polled in this order: the second waits before the first ends.
    let ((), ended) = tokio::join!(waiting, ending);
    ended.unwrap();
}

#[on_every_database]
async fn an_operation_sees_the_pending_changes_of_its_group(log: Log) {
    write(&log.changes).await;
    let mut first = log.changes.begin(TENANT, BASE).await.unwrap();
    first.append(new(None, 6, true));
    let changes = log.changes.clone();
    behind(&log, first, async |mut second| {
        assert_eq!((second.head().sequence, second.head().schema_revision), (2, 2));
        assert_eq!(sequences(second.changes_after(0).await.unwrap()), [1, 2]);
        assert_eq!(sequences(second.changes_after(2).await.unwrap()), Vec::<i64>::new());
        // Nobody outside sees them yet.
        assert_eq!(changes.head(BASE).await.unwrap().sequence, 1);
        second.append(new(None, 7, false));
        second.commit().await.unwrap();
    })
    .await;
    assert_eq!(stored(&log.test.db).await, [1, 2, 3]);
}

#[on_every_database]
async fn what_fails_leaves_no_trace(log: Log) {
    write(&log.changes).await;
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    tx.append(new(None, 6, false));
    tx.queue("INSERT INTO notes (id) VALUES ($1)", params![1]);
    tx.queue("INSERT INTO notes (id) VALUES ($1)", params![1]);
    assert!(matches!(tx.commit().await, Err(Error::Db(db::Error::Conflict { .. }))));
    assert_eq!(log.changes.head(BASE).await.unwrap().sequence, 1);
    assert_eq!(write(&log.changes).await.sequence, 2);
    assert_eq!(stored(&log.test.db).await, [1, 2]);
}

#[on_every_database]
async fn what_is_no_longer_kept_is_said(log: Log) {
    for _ in 0..5 {
        write(&log.changes).await;
    }
    let mut tx = log.test.db.begin(Group::Base(BASE.0)).await.unwrap();
    tx.queue("UPDATE heads SET oldest = 4 WHERE base = $1", params![BASE]);
    tx.commit().await.unwrap();
    let later = Changes::new(log.test.db.clone());
    assert!(matches!(later.since(BASE, 2).await.unwrap(), Since::TooOld { oldest: 4 }));
    assert_eq!(sequences(later.since(BASE, 3).await.unwrap()), [4, 5]);
    let mut tx = later.begin(TENANT, BASE).await.unwrap();
    assert!(matches!(tx.changes_after(0).await.unwrap(), Since::TooOld { oldest: 4 }));
}

#[on_every_database]
async fn cursors_move_forward_only(log: Log) {
    write(&log.changes).await;
    write(&log.changes).await;
    assert_eq!(log.changes.find_cursor(BASE, "search").await.unwrap(), None);
    for (to, expected) in [(1, 1), (2, 2), (1, 2)] {
        let mut tx = log.test.db.begin(Group::House).await.unwrap();
        Changes::advance(&mut tx, BASE, "search", to);
        tx.commit().await.unwrap();
        assert_eq!(log.changes.find_cursor(BASE, "search").await.unwrap(), Some(expected));
    }
    assert!(log.changes.list_behind("search", 10).await.unwrap().is_empty());
    let behind = log.changes.list_behind("audit", 10).await.unwrap();
    assert_eq!((behind[0].base, behind[0].sequence), (BASE, 2));
}

#[on_every_database]
async fn a_commit_wakes_and_bases_changed_lately_are_found(log: Log) {
    let wake = log.changes.subscribe();
    assert!(!wake.has_changed().unwrap());
    write(&log.changes).await;
    assert!(wake.has_changed().unwrap());
    let now = log.test.clock.now();
    let lately = log.changes.list_lately(now, 10).await.unwrap();
    assert_eq!((lately[0].tenant, lately[0].base, lately[0].sequence), (TENANT, BASE, 1));
    assert!(log.changes.list_lately(Timestamp(now.0 + 1), 10).await.unwrap().is_empty());
}

#[on_every_database]
async fn readers_share_a_head_but_never_an_old_one(log: Log) {
    let other = Changes::new(log.test.db.clone());
    for expected in 1..=20 {
        write(&log.changes).await;
        let reader = if log.test.db.dialect() == db::Dialect::Sqlite { &log.changes } else { &other };
        let (a, b, c) = tokio::join!(reader.head(BASE), reader.head(BASE), reader.head(BASE));
        for head in [a, b, c] {
            assert_eq!(head.unwrap().sequence, expected);
        }
    }
}
