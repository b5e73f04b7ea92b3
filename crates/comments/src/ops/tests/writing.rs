//! Comments and replies are written, changed and deleted.

use std::time::Duration;

use super::*;
use crate::ops::MAX_TEXT;

#[on_every_database]
async fn a_comment_is_written_changed_and_deleted(house: House) {
    let made = house.say(&house.owner, "  so\nit is 🙂 ").await;
    assert_eq!((made.text.as_str(), made.author), ("  so\nit is 🙂 ", house.owner.user().unwrap()));
    assert_eq!((made.created, made.updated, made.parent), (house.test.clock.now(), None, None));
    assert_eq!(house.all().await, std::slice::from_ref(&made));

    house.test.clock.advance(Duration::from_mins(1));
    let id = made.id.to_string();
    let changed = house.comments.update(&house.owner, house.task(), &id, "so it was").await.unwrap();
    assert_eq!(changed.what.text, "so it was");
    assert_eq!((changed.what.created, changed.what.updated), (made.created, Some(house.test.clock.now())));
    assert_eq!(changed.people[&made.author].email, "ann@example.org");
    assert_eq!(house.all().await, [changed.what]);

    assert_eq!(house.delete(&house.owner, made.id).await.unwrap(), made.id);
    assert_eq!(house.all().await, []);
    let again = house.delete(&house.owner, made.id).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
}

#[on_every_database]
async fn a_text_has_bounds(house: House) {
    for text in ["", " ", "\n\t\u{3000}", "\u{7}"] {
        let refused = house.try_say(&house.owner, text).await;
        assert!(matches!(refused, Err(Error::Empty)), "{text:?}");
    }
    let longest = "é".repeat(MAX_TEXT);
    let made = house.say(&house.owner, &longest).await;
    assert_eq!(made.text, longest);
    let longer = longest + "x";
    let refused = house.try_say(&house.owner, &longer).await;
    assert!(matches!(refused, Err(Error::TooLong { length }) if length == MAX_TEXT + 1));
    let refused = house.comments.update(&house.owner, house.task(), &made.id.to_string(), &longer).await;
    assert!(matches!(refused, Err(Error::TooLong { .. })));
    let refused = house.comments.update(&house.owner, house.task(), &made.id.to_string(), " ").await;
    assert!(matches!(refused, Err(Error::Empty)));
    assert_eq!(house.all().await, [made]);
}

#[on_every_database]
async fn a_reply_names_what_it_replies_to_and_stays_without_it(house: House) {
    let bob = house.user("bob", Some(Role::Commenter)).await;
    let start = house.say(&house.owner, "shall we?").await;
    let reply = house.try_reply(&bob, "yes", &start.id.to_string()).await.unwrap();
    assert_eq!(reply.parent, Some(start.id));
    for (parent, because) in [
        (reply.id.to_string(), "is a reply itself"),
        ("com00000000000000".to_owned(), "does not exist on this record"),
        ("nonsense".to_owned(), "does not exist on this record"),
        (String::new(), "does not exist on this record"),
    ] {
        let refused = house.try_reply(&bob, "no", &parent).await.unwrap_err();
        assert!(matches!(refused, Error::Parent { .. }) && refused.to_string().contains(because), "{refused}");
    }
    house.delete(&house.owner, start.id).await.unwrap();
    assert_eq!(house.all().await, [reply], "nobody's words go with those of another");
}

#[on_every_database]
async fn a_comment_is_reached_through_its_record_only(house: House) {
    let made = house.say(&house.owner, "here").await;
    let id = made.id.to_string();
    for (table, record) in [("Tasks", &house.tasks[1]), ("Projects", &house.project)] {
        let elsewhere = crate::Subject { base: house.base, table, record };
        let refused = house.comments.update(&house.owner, elsewhere, &id, "there").await;
        assert!(matches!(refused, Err(Error::NotFound { .. })), "{table}");
        assert!(matches!(house.comments.delete(&house.owner, elsewhere, &id).await, Err(Error::NotFound { .. })));
        let reply = crate::NewComment { text: "there", parent: Some(&id) };
        assert!(matches!(house.comments.create(&house.owner, elsewhere, reply).await, Err(Error::Parent { .. })));
        let listed = house.comments.list(&house.owner, elsewhere, None, None).await.unwrap();
        assert_eq!(listed.what.comments, []);
    }
    let mixed = crate::Subject { base: house.base, table: "Projects", record: &house.tasks[0] };
    let refused = house.comments.list(&house.owner, mixed, None, None).await;
    assert!(matches!(refused, Err(Error::Records(records::Error::RecordNotFound { .. }))));
    assert_eq!(house.all().await, [made]);
}

#[on_every_database]
async fn comments_go_and_come_back_with_their_record(house: House) {
    let made = house.say(&house.owner, "still here").await;
    let deleted = house.records.delete(&house.owner, house.base, "Tasks", &house.tasks[..1]).await.unwrap();
    let gone = |error: Option<Error>| {
        assert!(matches!(error, Some(Error::Records(records::Error::RecordNotFound { .. }))), "{error:?}");
    };
    gone(house.page(10, None).await.err());
    gone(house.try_say(&house.owner, "hello?").await.err());
    gone(house.delete(&house.owner, made.id).await.err());
    gone(house.comments.react(&house.owner, house.task(), &made.id.to_string(), "👍").await.err());
    house.records.undo(&house.owner, house.base, Some(deleted.sequence), false).await.unwrap();
    assert_eq!(house.all().await, [made]);
}

#[on_every_database]
async fn concurrent_comments_are_all_kept_in_one_order(house: House) {
    let say = |text: &'static str| house.try_say(&house.owner, text);
    let (a, b, c) = tokio::join!(say("a"), say("b"), say("c"));
    let mut made = [a, b, c].map(|told| told.unwrap().what);
    made.sort_by_key(|comment| std::cmp::Reverse(comment.id));
    assert_eq!(house.all().await, made);
}
