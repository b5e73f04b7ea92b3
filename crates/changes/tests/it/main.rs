//! The change log on both databases.
#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod linking;

use std::sync::Arc;

use changes::{BaseTx, Body, Change, Changes, Error, Horizon, Kept, MIGRATIONS, NewChange, Since};
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
        Since::TooOld { oldest, .. } => panic!("too old: {oldest}"),
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
async fn the_ends_of_runs_are_found_by_the_beginning_of_their_ids(log: Log) {
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    for run in [Some("copy-a"), Some("copy-b"), Some("copy-a"), None, Some("copy"), Some("copyist"), Some("copy-b")] {
        tx.append(new(run, 1, false));
    }
    tx.commit().await.unwrap();
    let ends = async |runs: &str, before: Option<i64>| -> Vec<i64> {
        let ends = log.changes.list_ends(BASE, runs, before).await.unwrap();
        ends.iter().map(|change| change.sequence).collect()
    };
    assert_eq!(ends("copy-", None).await, [7, 3]);
    assert_eq!(ends("copy-", Some(7)).await, [3]);
    assert_eq!(ends("copy-a", None).await, [3]);
    assert_eq!(ends("copy", None).await, [7, 6, 5, 3]);
    assert_eq!(ends("d", None).await, [0_i64; 0]);
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
    let mut hidden = false;
    // A group takes in what comes within its time: on a busy machine the second one may come too late.
    for before in (1..40).step_by(2) {
        let mut first = log.changes.begin(TENANT, BASE).await.unwrap();
        first.append(new(None, 6, true));
        let changes = log.changes.clone();
        behind(&log, first, async |mut second| {
            assert_eq!(second.head().sequence, before + 1);
            let seen = sequences(second.changes_after(0).await.unwrap());
            assert_eq!(seen, (1..=before + 1).collect::<Vec<_>>());
            assert_eq!(sequences(second.changes_after(before + 1).await.unwrap()), Vec::<i64>::new());
            // Nobody outside sees them yet.
            hidden = changes.head(BASE).await.unwrap().sequence == before;
            second.append(new(None, 7, false));
            second.commit().await.unwrap();
        })
        .await;
        assert_eq!(stored(&log.test.db).await, (1..=before + 2).collect::<Vec<_>>());
        if hidden {
            break;
        }
    }
    assert!(hidden, "no group has ever held two operations");
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
    assert!(matches!(later.since(BASE, 2).await.unwrap(), Since::TooOld { oldest: 4, .. }));
    assert_eq!(sequences(later.since(BASE, 3).await.unwrap()), [4, 5]);
    let mut tx = later.begin(TENANT, BASE).await.unwrap();
    assert!(matches!(tx.changes_after(0).await.unwrap(), Since::TooOld { oldest: 4, .. }));
}

/// Changes up to so many, each made at the millisecond of its number.
async fn dated(log: &Log, count: i64) {
    for at in 1..=count {
        let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
        tx.append(new(None, at, false));
        tx.commit().await.unwrap();
    }
}

fn horizon(before: i64, at_latest: i64) -> Horizon {
    Horizon { before: Timestamp::from_millis(before), at_latest: Timestamp::from_millis(at_latest) }
}

#[on_every_database]
async fn old_changes_go_step_by_step_and_what_is_left_is_whole(log: Log) {
    dated(&log, 150).await;
    let place = (TENANT, BASE);
    assert_eq!(log.changes.compact(place, horizon(1, 1)).await.unwrap(), 0);
    assert_eq!(log.changes.count_kept().await.unwrap(), Kept { changes: 150, since: Timestamp(0) });
    for (gone, oldest) in [(64, 65), (64, 129), (11, 140), (0, 140)] {
        assert_eq!(log.changes.compact(place, horizon(140, 1)).await.unwrap(), gone);
        // Each step stands by itself, so that the process may end after any of them.
        assert_eq!(stored(&log.test.db).await, (oldest..=150).collect::<Vec<_>>());
        let later = Changes::new(log.test.db.clone());
        for changes in [&later, &log.changes] {
            let head = changes.head(BASE).await.unwrap();
            assert_eq!((head.sequence, head.oldest), (150, oldest));
            assert_eq!(head.kept_since, Timestamp::from_millis(oldest - 1));
            assert!(
                matches!(changes.since(BASE, oldest - 2).await.unwrap(), Since::TooOld { oldest: at, .. } if at == oldest)
            );
            assert_eq!(sequences(changes.since(BASE, oldest - 1).await.unwrap()), (oldest..=150).collect::<Vec<_>>());
        }
    }
    let at = async |millis| log.changes.sequence_at(BASE, Timestamp::from_millis(millis)).await.unwrap();
    assert_eq!((at(138).await, at(139).await, at(140).await, at(999).await), (None, Some(139), Some(140), Some(150)));
    let kept = Kept { changes: 11, since: Timestamp::from_millis(139) };
    assert_eq!(log.changes.count_kept().await.unwrap(), kept);
    assert_eq!(log.changes.list_kept(BaseNo(0), 9).await.unwrap(), [place]);
    // All may go, and the next change has the next number.
    assert_eq!(log.changes.compact(place, horizon(999, 1)).await.unwrap(), 11);
    assert_eq!(log.changes.list_kept(BaseNo(0), 9).await.unwrap(), []);
    assert_eq!(log.changes.sequence_at(BASE, Timestamp::from_millis(999)).await.unwrap(), Some(150));
    assert_eq!(write(&log.changes).await.sequence, 151);
    assert_eq!(log.changes.head(BASE).await.unwrap().oldest, 151);
}

#[on_every_database]
async fn a_step_removes_no_more_bytes_than_a_few_large_changes_have(log: Log) {
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    for megabytes in [1, 2, 1, 1, 9, 9, 0] {
        // Two bytes a letter: bytes count.
        tx.append_encoded(new(None, 1, false), format!("{{\"{}\":0}}", "é".repeat(megabytes * 500_000)));
    }
    tx.commit().await.unwrap();
    for gone in [3, 1, 1, 1, 1, 0] {
        assert_eq!(log.changes.compact((TENANT, BASE), horizon(2, 1)).await.unwrap(), gone);
    }
}

#[on_every_database]
async fn whoever_removes_at_once_removes_each_change_once(log: Log) {
    dated(&log, 300).await;
    let (place, until) = ((TENANT, BASE), horizon(290, 1));
    let mut removing = tokio::task::JoinSet::new();
    for _ in 0..4 {
        // On PostgreSQL a log of its own each, as another process has; SQLite belongs to one.
        let changes = match log.test.db.dialect() {
            db::Dialect::Sqlite => log.changes.clone(),
            db::Dialect::Postgres => Changes::new(log.test.db.clone()),
        };
        removing.spawn(async move {
            let mut removed = 0;
            while changes.head(BASE).await.unwrap().oldest < 290 {
                removed += changes.compact(place, until).await.unwrap();
            }
            removed
        });
    }
    let removed: usize = removing.join_all().await.into_iter().sum();
    assert_eq!(removed, 289);
    assert_eq!(stored(&log.test.db).await, (290..=300).collect::<Vec<_>>());
    let head = log.changes.head(BASE).await.unwrap();
    assert_eq!((head.oldest, head.kept_since), (290, Timestamp::from_millis(289)));
}

#[on_every_database]
async fn a_cursor_holds_changes_back_up_to_a_bound(log: Log) {
    dated(&log, 10).await;
    let place = (TENANT, BASE);
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    Changes::advance(&mut tx, BASE, "webhooks", 3);
    Changes::advance(&mut tx, BASE, "search", 9);
    tx.commit().await.unwrap();
    assert_eq!(log.changes.compact(place, horizon(9, 1)).await.unwrap(), 3);
    assert_eq!(log.changes.compact(place, horizon(9, 6)).await.unwrap(), 2);
    assert_eq!(stored(&log.test.db).await, [6, 7, 8, 9, 10]);
}

#[on_every_database]
async fn who_knows_an_older_head_misses_nothing_without_a_word(log: Log) {
    dated(&log, 5).await;
    let other = Changes::new(log.test.db.clone());
    assert_eq!(other.head(BASE).await.unwrap().oldest, 1);
    assert_eq!(log.changes.compact((TENANT, BASE), horizon(4, 1)).await.unwrap(), 3);
    assert!(matches!(other.since(BASE, 1).await.unwrap(), Since::TooOld { oldest: 4, .. }));
    assert_eq!(log.changes.compact((TENANT, BASE), horizon(9, 1)).await.unwrap(), 2);
    assert!(matches!(other.since(BASE, 3).await.unwrap(), Since::TooOld { .. }));
    assert!(sequences(other.since(BASE, 5).await.unwrap()).is_empty());
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
async fn a_follower_that_was_overtaken_does_nothing(log: Log) {
    write(&log.changes).await;
    write(&log.changes).await;
    assert!(log.changes.list_followed("webhooks", 10).await.unwrap().is_empty(), "without a cursor nobody follows");
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    Changes::advance(&mut tx, BASE, "webhooks", 0);
    tx.commit().await.unwrap();
    let followed = log.changes.list_followed("webhooks", 10).await.unwrap();
    assert_eq!((followed[0].base, followed[0].sequence), (BASE, 2));
    for (from, to, moved) in [(0, 1, true), (0, 2, false), (1, 2, true)] {
        let mut tx = log.test.db.begin(Group::House).await.unwrap();
        assert_eq!(Changes::advance_from(&mut tx, BASE, "webhooks", (from, to)).await.unwrap(), moved);
        tx.commit().await.unwrap();
    }
    assert!(log.changes.list_followed("webhooks", 10).await.unwrap().is_empty());
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    Changes::forget(&mut tx, BASE, "webhooks");
    tx.commit().await.unwrap();
    assert_eq!(log.changes.find_cursor(BASE, "webhooks").await.unwrap(), None);
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

#[on_every_database]
async fn a_long_log_is_read_in_pieces_without_gaps(log: Log) {
    for _ in 0..6 {
        let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
        for step in 0..100 {
            tx.append(new(Some(if step % 2 == 0 { "even" } else { "odd" }), step, false));
        }
        tx.commit().await.unwrap();
    }
    let other = Changes::new(log.test.db.clone());
    let (mut reached, mut pieces) = (0, 0);
    while reached < 600 {
        let read = sequences(other.since(BASE, reached).await.unwrap());
        assert_eq!(read.first(), Some(&(reached + 1)));
        assert!(read.windows(2).all(|pair| pair[0] + 1 == pair[1]));
        reached = *read.last().unwrap();
        pieces += 1;
    }
    assert_eq!((reached, pieces), (600, 3), "256 at a time");
    assert!(sequences(other.since(BASE, 600).await.unwrap()).is_empty());
    // A run is read in pieces too, and newest first is the same log.
    let (mut after, mut run) = (0, Vec::new());
    loop {
        let read = other.list_run(BASE, "odd", after).await.unwrap();
        let Some(last) = read.last() else { break };
        after = last.sequence;
        run.extend(read.iter().map(|change| change.sequence));
    }
    assert_eq!(run, (1..=600).filter(|n| n % 2 == 0).collect::<Vec<i64>>());
    let newest = other.list_newest(BASE, Some(301), 1_000).await.unwrap();
    assert_eq!((newest.len(), newest[0].sequence, newest[255].sequence), (256, 300, 45));
}

#[on_every_database]
async fn an_operation_reads_all_of_a_long_log(log: Log) {
    for _ in 0..3 {
        let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
        for step in 0..200 {
            tx.append(new(None, step, false));
        }
        tx.commit().await.unwrap();
    }
    let other = Changes::new(log.test.db.clone());
    let mut tx = other.begin(TENANT, BASE).await.unwrap();
    assert_eq!(sequences(tx.changes_after(0).await.unwrap()), (1..=600).collect::<Vec<_>>());
    assert_eq!(sequences(tx.changes_after(599).await.unwrap()), [600]);
}

#[on_every_database]
async fn bases_count_for_themselves(log: Log) {
    let other = BaseNo(8);
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    Changes::create_head(&mut tx, TENANT, other, log.test.clock.now());
    tx.commit().await.unwrap();
    write(&log.changes).await;
    write(&log.changes).await;
    let mut tx = log.changes.begin(TENANT, other).await.unwrap();
    assert_eq!(tx.append(new(None, 1, true)).sequence, 1);
    tx.commit().await.unwrap();
    let (first, second) = (log.changes.head(BASE).await.unwrap(), log.changes.head(other).await.unwrap());
    assert_eq!((first.sequence, first.schema_revision), (2, 1));
    assert_eq!((second.sequence, second.schema_revision), (1, 2));
    assert_eq!(sequences(log.changes.since(other, 0).await.unwrap()), [1]);
}

#[on_every_database]
async fn a_cursor_moves_with_what_was_made_of_the_changes_or_not_at_all(log: Log) {
    write(&log.changes).await;
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    tx.queue("INSERT INTO notes (id) VALUES ($1)", params![1]);
    Changes::advance(&mut tx, BASE, "search", 1);
    drop(tx);
    assert_eq!(log.changes.find_cursor(BASE, "search").await.unwrap(), None);
    let mut tx = log.test.db.begin(Group::House).await.unwrap();
    Changes::advance(&mut tx, BASE, "search", 1);
    tx.queue("INSERT INTO notes (id) VALUES ($1)", params![1]);
    tx.commit().await.unwrap();
    assert_eq!(log.changes.find_cursor(BASE, "search").await.unwrap(), Some(1));
    assert_eq!(log.changes.find_cursor(BASE, "audit").await.unwrap(), None);
}

#[on_every_database]
async fn an_operation_that_only_looks_appends_nothing(log: Log) {
    write(&log.changes).await;
    let tx = log.changes.begin(TENANT, BASE).await.unwrap();
    assert!(tx.commit().await.unwrap().is_empty());
    assert_eq!(log.changes.head(BASE).await.unwrap().sequence, 1);
    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    tx.change_access();
    tx.change_access();
    tx.commit().await.unwrap();
    let head = log.changes.head(BASE).await.unwrap();
    assert_eq!((head.sequence, head.access_revision), (1, 2), "once an operation");
}

#[on_every_database]
async fn a_damaged_body_is_named_and_hides_no_other(log: Log) {
    for _ in 0..3 {
        write(&log.changes).await;
    }
    let mut tx = log.test.db.begin(Group::Base(BASE.0)).await.unwrap();
    tx.queue("UPDATE changes SET body = $2 WHERE base = $1 AND sequence = 2", params![BASE, "{"]);
    tx.commit().await.unwrap();
    let other = Changes::new(log.test.db.clone());
    let read = other.since(BASE, 0).await;
    assert!(matches!(read, Err(Error::Unreadable { base: BASE, sequence: 2, .. })), "{read:?}");
    assert!(other.find(BASE, 1).await.unwrap().is_some() && other.find(BASE, 3).await.unwrap().is_some());
}

#[on_every_database]
async fn a_removed_base_takes_no_more_changes_and_its_log_goes(log: Log) {
    let other = Changes::new(log.test.db.clone());
    for _ in 0..100 {
        write(&log.changes).await;
    }
    assert_eq!(other.head(BASE).await.unwrap().sequence, 100);
    let mut tx = log.test.db.begin(Group::Base(BASE.0)).await.unwrap();
    Changes::advance(&mut tx, BASE, "follower", 3);
    tx.commit().await.unwrap();
    assert!(!log.changes.sweep((TENANT, BASE)).await.unwrap());
    assert_eq!(stored(&log.test.db).await.len(), 100, "a base that is there keeps its log");
    assert_eq!(log.changes.list_followed("follower", 9).await.unwrap().len(), 1);

    let mut tx = log.changes.begin(TENANT, BASE).await.unwrap();
    tx.remove_base();
    // Its group is not committed yet.
    let committing = tx.end().unwrap();
    if log.test.db.dialect() == db::Dialect::Sqlite {
        assert!(matches!(log.changes.begin(TENANT, BASE).await, Err(Error::NoBase { .. })));
    }
    committing.await.unwrap();
    // SQLite has one process, whose memory is right.
    let another = if log.test.db.dialect() == db::Dialect::Sqlite { &log.changes } else { &other };
    for changes in [&log.changes, another, &Changes::new(log.test.db.clone())] {
        assert!(matches!(changes.begin(TENANT, BASE).await, Err(Error::NoBase { .. })));
        assert!(matches!(changes.head(BASE).await, Err(Error::NoBase { .. })));
    }
    assert!(log.changes.list_followed("follower", 9).await.unwrap().is_empty());
    assert!(log.changes.list_behind("another", 9).await.unwrap().is_empty());
    assert!(log.changes.list_lately(Timestamp(0), 9).await.unwrap().is_empty());
    assert!(log.changes.list_kept(BaseNo(0), 9).await.unwrap().is_empty());

    // Two processes may sweep it.
    let mut steps = 0;
    while log.changes.sweep((TENANT, BASE)).await.unwrap() {
        steps += 1;
        Changes::new(log.test.db.clone()).sweep((TENANT, BASE)).await.unwrap();
    }
    assert!(steps > 0 && stored(&log.test.db).await.is_empty());
    assert_eq!(log.changes.find_cursor(BASE, "follower").await.unwrap(), None);
    assert_eq!(log.changes.count_kept().await.unwrap(), Kept { changes: 0, since: Timestamp(0) });
    assert!(matches!(Changes::new(log.test.db.clone()).begin(TENANT, BASE).await, Err(Error::NoBase { .. })));
}
