use db::{Db, Error, Migration, MigrationError, params};
use testkit::{TestDb, on_every_database};

const FIRST: Migration =
    Migration { name: "1_first", sql: "CREATE TABLE one (id BIGINT); CREATE TABLE two (id BIGINT);" };
const SECOND: Migration = Migration { name: "2_second", sql: "INSERT INTO one (id) VALUES (7)" };

async fn names(db: &Db) -> Vec<String> {
    let rows = db.read("SELECT name FROM migrations ORDER BY name", []).await.unwrap();
    rows.iter().map(|row| row.get(0).unwrap()).collect()
}

#[on_every_database]
async fn each_is_applied_once_in_the_order_of_names(test: TestDb) {
    test.db.migrate(&[SECOND, FIRST]).await.unwrap();
    test.db.migrate(&[FIRST, SECOND]).await.unwrap();
    assert_eq!(names(&test.db).await, ["1_first", "2_second"]);
    let rows = test.db.read("SELECT COUNT(*) FROM one WHERE id = $1", params![7]).await.unwrap();
    assert_eq!(rows[0].get::<i64>(0).unwrap(), 1);
}

#[on_every_database]
async fn a_failing_one_leaves_nothing(test: TestDb) {
    let broken = Migration { name: "3_broken", sql: "INSERT INTO nowhere (id) VALUES (1)" };
    let error = test.db.migrate(&[FIRST, broken]).await.unwrap_err();
    assert_eq!(error.to_string(), "migration `3_broken` failed");
    assert!(test.db.read("SELECT id FROM one", []).await.is_err());
    test.db.migrate(&[FIRST]).await.unwrap();
    assert_eq!(names(&test.db).await, ["1_first"]);
}

#[on_every_database]
async fn what_was_applied_must_not_change(test: TestDb) {
    test.db.migrate(&[FIRST]).await.unwrap();
    let cases = [
        (vec![Migration { sql: "SELECT 1", ..FIRST }], "migration `1_first` was changed after it had been applied"),
        (vec![SECOND, SECOND], "there are two migrations named `2_second`"),
        (vec![Migration { sql: "CREATE TABLE t (a {money})", ..SECOND }], "migration `2_second` cannot be read"),
    ];
    for (migrations, expected) in cases {
        let error = test.db.migrate(&migrations).await.unwrap_err();
        assert!(matches!(error, Error::Migration(_)));
        assert_eq!(error.to_string(), expected);
    }
    assert!(matches!(
        test.db.migrate(&[FIRST, FIRST]).await,
        Err(Error::Migration(MigrationError::Twice { name: "1_first" }))
    ));
}

#[on_every_database]
async fn processes_that_start_together_apply_once(test: TestDb) {
    let (one, two) = tokio::join!(test.db.migrate(&[FIRST, SECOND]), test.db.migrate(&[FIRST, SECOND]));
    one.unwrap();
    two.unwrap();
    assert_eq!(names(&test.db).await.len(), 2);
}
