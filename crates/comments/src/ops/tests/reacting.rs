//! Emojis are put on comments and taken back.

use super::*;
use crate::ops::MAX_REACTIONS;
use crate::{Comment, Emoji};

fn shown(comment: &Comment) -> Vec<&str> {
    comment.reactions.iter().map(|reaction| reaction.emoji.as_str()).collect()
}

#[on_every_database]
async fn a_reaction_is_its_users_own(house: House) {
    let bob = house.user("bob", Some(Role::Commenter)).await;
    let (one, other) = (house.say(&house.owner, "a").await, house.say(&house.owner, "b").await);
    let (one, other) = (one.id.to_string(), other.id.to_string());
    let comments = &house.comments;
    for _ in 0..2 {
        let told = comments.react(&house.owner, house.task(), &one, "👍").await.unwrap();
        assert_eq!(shown(&told.what), ["1f44d"]);
    }
    house.test.clock.advance(std::time::Duration::from_secs(1));
    let told = comments.react(&bob, house.task(), &one, "1F44D").await.unwrap();
    let users: Vec<_> = told.what.reactions.iter().map(|reaction| reaction.user).collect();
    assert_eq!(users, [house.owner.user().unwrap(), bob.user().unwrap()]);
    assert_eq!(told.people[&bob.user().unwrap()].name, "bob");
    comments.react(&bob, house.task(), &other, "🎉").await.unwrap();
    let all = house.all().await;
    assert_eq!((shown(&all[0]), shown(&all[1])), (vec!["1f389"], vec!["1f44d", "1f44d"]));

    let told = comments.take_back(&bob, house.task(), &one, "🎉").await.unwrap();
    assert_eq!(shown(&told.what), ["1f44d", "1f44d"], "one that is not there");
    let told = comments.take_back(&bob, house.task(), &one, "👍").await.unwrap();
    assert_eq!(told.what.reactions[0].user, house.owner.user().unwrap());
    let changed = comments.update(&house.owner, house.task(), &one, "c").await.unwrap();
    assert_eq!(shown(&changed.what), ["1f44d"], "a new text keeps them");
}

#[on_every_database]
async fn reactions_go_with_their_comment(house: House) {
    let made = house.say(&house.owner, "a").await;
    house.comments.react(&house.owner, house.task(), &made.id.to_string(), "👍").await.unwrap();
    house.delete(&house.owner, made.id).await.unwrap();
    let rows = house.test.db.read("SELECT COUNT(*) FROM comment_reactions", []).await.unwrap();
    assert_eq!(rows[0].get::<i64>(0).unwrap(), 0);
    let refused = house.comments.react(&house.owner, house.task(), &made.id.to_string(), "👍").await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
}

#[on_every_database]
async fn what_cannot_be_put_on_a_comment_is_refused(house: House) {
    let made = house.say(&house.owner, "a").await;
    let id = made.id.to_string();
    for emoji in ["", "a", "thumbsup", "👍👍", "1f44d-"] {
        let refused = house.comments.react(&house.owner, house.task(), &id, emoji).await;
        assert!(matches!(refused, Err(Error::Emoji { .. })), "{emoji}");
        let refused = house.comments.take_back(&house.owner, house.task(), &id, emoji).await;
        assert!(matches!(refused, Err(Error::Emoji { .. })), "{emoji}");
    }
    let emojis = (0x1f300..).filter_map(char::from_u32).map(String::from).filter(|text| Emoji::parse(text).is_some());
    let emojis: Vec<String> = emojis.take(MAX_REACTIONS + 1).collect();
    let (last, all) = emojis.split_last().unwrap();
    for emoji in all {
        house.comments.react(&house.owner, house.task(), &id, emoji).await.unwrap();
    }
    let refused = house.comments.react(&house.owner, house.task(), &id, last).await;
    assert!(matches!(refused, Err(Error::Crowded)));
    let again = house.comments.react(&house.owner, house.task(), &id, &all[0]).await.unwrap();
    assert_eq!(again.what.reactions.len(), MAX_REACTIONS);
}
