use testkit::{TestDb, on_every_database};

use super::*;
use crate::MIGRATIONS;

#[on_every_database]
async fn every_statement_is_understood(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let all = [
        SESSION,
        RECENT,
        HISTORY,
        CLAIM,
        SAVE_SESSION,
        INSERT_MESSAGE,
        INSERT_EXECUTION,
        DELETE_SESSION,
        DELETE_MESSAGES,
        DELETE_EXECUTIONS,
        SUMMARY,
    ];
    for statement in all {
        test.db.check(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}
