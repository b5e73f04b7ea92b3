use testkit::{TestDb, on_every_database};

use super::{BASE_ROWS, TABLE_ROWS, TEXTS, VIEW_ROWS};
use crate::MIGRATIONS;

#[on_every_database]
async fn every_text_can_be_prepared(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    for text in TEXTS.into_iter().chain(BASE_ROWS).chain(TABLE_ROWS).chain(VIEW_ROWS) {
        assert!(test.db.check(text).await.is_ok(), "{text}");
    }
}
