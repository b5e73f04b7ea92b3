use model::{Actor, Door, UserId};

use testkit::{TestDb, on_every_database};

use super::{DOORS, actor, actor_text, door, door_name, texts};
use crate::MIGRATIONS;

#[test]
fn actors_and_doors_come_back() {
    let user: UserId = "usr00000000000001".parse().unwrap();
    for case in [Actor::User(user), Actor::System("nightly: sweep".to_owned())] {
        assert_eq!(actor(&actor_text(&case)), Some(case));
    }
    assert_eq!(actor("nobody"), None);
    for case in [Door::PublicApi, Door::Tool, Door::Import, Door::Sync, Door::Cli, Door::System] {
        assert_eq!(door(door_name(case)), Some(case));
    }
    assert_eq!(DOORS.len(), 6);
}

#[on_every_database]
async fn every_text_is_understood(test: TestDb) {
    let test = test.migrated(&[MIGRATIONS]).await;
    for text in texts(test.db.dialect()) {
        test.db.check(text).await.unwrap_or_else(|error| panic!("{error:?}: {text}"));
    }
}
