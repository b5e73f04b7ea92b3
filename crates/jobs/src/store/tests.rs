use testkit::{TestDb, on_every_database};

use super::texts;
use crate::MIGRATIONS;

#[on_every_database]
async fn every_text_is_understood(test: TestDb) {
    let test = test.migrated(&[MIGRATIONS]).await;
    for text in texts(test.db.dialect()) {
        test.db.check(text).await.unwrap_or_else(|error| panic!("{error:?}: {text}"));
    }
}
