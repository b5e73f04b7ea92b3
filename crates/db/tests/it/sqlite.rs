use db::{Db, Error, Target};
use testkit::TestDb;

#[tokio::test]
async fn a_second_opening_is_refused_with_the_holder() {
    let test = TestDb::sqlite().await;
    let error = Db::open(test.target.clone()).await.unwrap_err();
    let Error::Locked { holder, path } = &error else { panic!("{error}") };
    assert_eq!(*holder, std::process::id().to_string());
    assert!(error.to_string().contains(&path.display().to_string()));
    test.db.clone().close().await;
    Db::open(test.target.clone()).await.unwrap();
}

#[tokio::test]
async fn every_commit_is_synced_and_the_log_is_allocated() {
    let test = TestDb::sqlite().await;
    let mut tx = test.db.begin(db::Group::House).await.unwrap();
    for (pragma, expected) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1)] {
        assert_eq!(tx.query(pragma, []).await.unwrap()[0].get::<i64>(0).unwrap(), expected);
    }
    assert_eq!(tx.query("PRAGMA journal_mode", []).await.unwrap()[0].get::<&str>(0).unwrap(), "wal");
    tx.commit().await.unwrap();
    let Target::Sqlite { path } = &test.target else { panic!() };
    let log = std::fs::metadata(format!("{}-wal", path.display())).unwrap();
    assert!(log.len() >= 8 << 20);
}

#[tokio::test]
async fn a_file_that_nobody_needs_later_is_not_synced() {
    let test = TestDb::sqlite().await;
    let Target::Sqlite { path } = &test.target else { panic!() };
    let path = path.with_file_name("short.db");
    let db = Db::open(Target::Unsynced { path: path.clone() }).await.unwrap();
    let mut tx = db.begin(db::Group::House).await.unwrap();
    for (pragma, expected) in [("PRAGMA synchronous", 0), ("PRAGMA foreign_keys", 1)] {
        assert_eq!(tx.query(pragma, []).await.unwrap()[0].get::<i64>(0).unwrap(), expected);
    }
    tx.commit().await.unwrap();
    db.migrate(&[db::Migration { name: "t", sql: "CREATE TABLE t (a BIGINT)" }]).await.unwrap();
    assert!(std::fs::metadata(format!("{}-wal", path.display())).unwrap().len() < 1 << 20, "nothing is allocated");
    db.close().await;
    let again = Db::open(Target::Sqlite { path }).await.unwrap();
    assert_eq!(again.read("SELECT a FROM t", []).await.unwrap().len(), 0);
}

#[tokio::test]
async fn readers_cannot_write() {
    let test = TestDb::sqlite().await;
    assert!(test.db.read("CREATE TABLE t (a BIGINT)", []).await.is_err());
}

#[tokio::test]
async fn the_log_stays_bounded_under_steady_writing() {
    let test = TestDb::sqlite().await;
    test.db.migrate(&[db::Migration { name: "big", sql: "CREATE TABLE big (a {blob})" }]).await.unwrap();
    for _ in 0..300 {
        let mut tx = test.db.begin(db::Group::House).await.unwrap();
        tx.queue("INSERT INTO big (a) VALUES ($1)", db::params![vec![7_u8; 400_000]]);
        tx.commit().await.unwrap();
    }
    let Target::Sqlite { path } = &test.target else { panic!() };
    let log = std::fs::metadata(format!("{}-wal", path.display())).unwrap();
    assert!(log.len() < 64 << 20, "{}", log.len());
}

#[tokio::test]
async fn a_file_that_cannot_be_trusted_is_written_no_more() {
    let test = TestDb::sqlite().await;
    let items = db::Migration { name: "items", sql: "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY)" };
    test.db.migrate(&[items]).await.unwrap();
    test.db.clone().close().await;
    let Target::Sqlite { path } = &test.target else { panic!() };
    // Whatever the log still holds goes into the file, so that what is damaged is what is read.
    let direct = rusqlite::Connection::open(path).unwrap();
    direct.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(direct);
    let mut bytes = std::fs::read(path).unwrap();
    bytes[4_096..].fill(0xEE);
    std::fs::write(path, bytes).unwrap();

    let db = Db::open(test.target.clone()).await.unwrap();
    assert_eq!(db.is_read_only(), None);
    let mut tx = db.begin(db::Group::House).await.unwrap();
    tx.queue("INSERT INTO items (id) VALUES ($1)", db::params![1]);
    assert!(matches!(tx.commit().await, Err(Error::ReadOnly { .. })));
    assert!(db.is_read_only().is_some());
    let error = db.begin(db::Group::House).await.unwrap_err();
    assert!(error.to_string().starts_with("the database is read-only until the next start: "), "{error}");
    assert_eq!(db.read("SELECT 1", []).await.unwrap().len(), 1, "reading goes on");
}
