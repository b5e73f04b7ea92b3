//! Members of the workspace are mentioned, and nobody else.

use model::{Caller, UserId};
use tenancy::Grant;

use super::*;
use crate::ops::MAX_MENTIONS;

fn id(caller: &Caller) -> UserId {
    caller.user().unwrap()
}

#[on_every_database]
async fn members_are_mentioned_by_id_and_address(house: House) {
    let bob = id(&house.user("bob", Some(Role::ReadOnly)).await);
    let ann = id(&house.owner);
    let told = house.try_say(&house.owner, &format!("@[Bob@Example.org] and @[{ann}], @[{bob}]")).await.unwrap();
    assert_eq!(told.what.text, format!("@[{bob}] and @[{ann}], @[{bob}]"));
    assert_eq!(told.what.mentions, [bob, ann]);
    assert_eq!((told.people[&bob].name.as_str(), told.people[&ann].name.as_str()), ("bob", "ann"));
    assert_eq!(house.all().await, std::slice::from_ref(&told.what));
    let id = told.what.id.to_string();
    let changed = house.comments.update(&house.owner, house.task(), &id, "nobody").await.unwrap();
    assert_eq!(changed.what.mentions, []);
    let changed = house.comments.update(&house.owner, house.task(), &id, "@[bob@example.org]").await.unwrap();
    assert_eq!((changed.what.text, changed.what.mentions), (format!("@[{bob}]"), vec![bob]));
}

#[on_every_database]
async fn who_is_no_member_stays_as_it_was_written(house: House) {
    let eve = house.user("eve", None).await;
    let nobody = UserId::ordered(1, 1);
    let text = format!("@[eve@example.org] @[{}] @[{nobody}] @[x@y] @[all] @[]", id(&eve));
    let made = house.try_say(&house.owner, &text).await.unwrap();
    assert_eq!((made.what.text.as_str(), made.what.mentions.as_slice()), (text.as_str(), &[][..]));
    assert!(!made.people.contains_key(&id(&eve)), "nothing is told of her");
    house.grant(id(&eve), Grant::Give(Role::ReadOnly)).await;
    assert_eq!(house.all().await[0].mentions, [], "what was written is not read again");
    assert_eq!(house.say(&house.owner, &text).await.mentions, [id(&eve)]);
}

#[on_every_database]
async fn who_was_mentioned_stays_so(house: House) {
    let bob = house.user("bob", Some(Role::Editor)).await;
    house.say(&house.owner, "@[bob@example.org]").await;
    house.say(&bob, "yes?").await;
    house.grant(id(&bob), Grant::Take).await;
    let told = house.comments.list(&house.owner, house.task(), None, None).await.unwrap();
    assert_eq!(told.what.comments[1].mentions, [id(&bob)]);
    assert_eq!(told.people[&told.what.comments[0].author].name, "bob");
}

#[on_every_database]
async fn mentions_have_a_bound(house: House) {
    let ann = id(&house.owner);
    let others = |count: usize| (0..count).map(|n| format!("@[u{n}@example.org]")).collect::<Vec<_>>().concat();
    let within = house.say(&house.owner, &format!("{}@[{ann}]", others(MAX_MENTIONS - 1))).await;
    assert_eq!(within.mentions, [ann]);
    let past = house.say(&house.owner, &format!("{}@[ann@example.org]", others(MAX_MENTIONS))).await;
    assert_eq!(past.mentions, []);
    assert!(past.text.ends_with("@[ann@example.org]"));
}
