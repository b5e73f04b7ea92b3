use testkit::{TestDb, on_every_database};

use super::{TEXTS, syncs};
use crate::MIGRATIONS;

#[on_every_database]
async fn every_text_can_be_prepared(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    for sql in TEXTS.into_iter().chain(syncs::TEXTS).chain(syncs::BASE_ROWS).chain(syncs::TABLE_ROWS) {
        assert!(test.db.check(sql).await.is_ok(), "{sql}");
    }
}
