//! Who may read, write, change and delete.

use model::{Caller, Scope};
use tenancy::{Bootstrap, Denied, Grant};

use super::*;
use crate::fixture::caller;
use crate::{NewComment, Subject};

#[on_every_database]
async fn roles_decide_who_may_write(house: House) {
    let made = house.say(&house.owner, "a").await;
    let id = made.id.to_string();
    for (name, role, writes, moderates) in [
        ("ray", Role::ReadOnly, false, false),
        ("cleo", Role::Commenter, true, false),
        ("ed", Role::Editor, true, false),
        ("cris", Role::Creator, true, true),
        ("olga", Role::Owner, true, true),
    ] {
        let who = house.user(name, Some(role)).await;
        let listed = house.comments.list(&who, house.task(), None, None).await.unwrap();
        assert!(!listed.what.comments.is_empty(), "{name} reads");
        let said = house.try_say(&who, name).await;
        let reacted = house.comments.react(&who, house.task(), &id, "👍").await;
        if !writes {
            assert!(matches!(said, Err(Error::Denied(Denied::Role { .. }))), "{name}");
            assert!(matches!(reacted, Err(Error::Denied(Denied::Role { .. }))), "{name}");
            continue;
        }
        assert!(reacted.is_ok());
        let changed = house.comments.update(&who, house.task(), &id, "mine").await;
        assert!(matches!(changed, Err(Error::NotAuthor)), "{name}: only the author changes a text");
        let other = house.say(&house.owner, "to be deleted").await;
        assert_eq!(house.delete(&who, other.id).await.is_ok(), moderates, "{name}");
        house.delete(&who, said.unwrap().what.id).await.unwrap();
    }
    assert_eq!(house.all().await.last().unwrap().text, "a");
}

#[on_every_database]
async fn who_became_a_reader_no_longer_changes_their_own(house: House) {
    let bob = house.user("bob", Some(Role::Commenter)).await;
    let made = house.say(&bob, "a").await;
    house.grant(bob.user().unwrap(), Grant::Give(Role::ReadOnly)).await;
    let id = made.id.to_string();
    let refused = house.comments.update(&bob, house.task(), &id, "b").await;
    assert!(matches!(refused, Err(Error::Denied(Denied::Role { .. }))));
    assert!(matches!(house.delete(&bob, made.id).await, Err(Error::Denied(Denied::Role { .. }))));
}

#[on_every_database]
async fn a_token_needs_the_scopes_of_comments(house: House) {
    let with = |scopes: &[Scope]| Caller { scopes: scopes.to_vec(), ..house.owner.clone() };
    let records = with(&[Scope::RecordsRead, Scope::RecordsWrite, Scope::SchemaRead]);
    let (reads, writes) = (with(&[Scope::CommentsRead]), with(&[Scope::CommentsWrite]));
    let missing = |error: Option<Error>| matches!(error, Some(Error::Denied(Denied::Scope { .. })));
    assert!(missing(house.try_say(&records, "a").await.err()));
    assert!(missing(house.try_say(&reads, "a").await.err()));
    house.say(&writes, "a").await;
    assert!(missing(house.comments.list(&records, house.task(), None, None).await.err()));
    assert!(missing(house.comments.list(&writes, house.task(), None, None).await.err()));
    assert_eq!(house.comments.list(&reads, house.task(), None, None).await.unwrap().what.comments.len(), 1);
}

#[on_every_database]
async fn another_tenants_base_is_as_if_it_were_not(house: House) {
    let made = house.say(&house.owner, "a").await;
    let id = made.id.to_string();
    let sources = (&house.test.clock, &house.test.ids);
    let other = Bootstrap::default().add(&house.test.db, &house.identity, sources).await.unwrap();
    let known = house.identity.authenticate(other.token.reveal()).await.unwrap().unwrap();
    let stranger = caller(&other.owner, known.tenant);
    let nowhere = Subject { base: house.test.ids.base(house.test.clock.now()), ..house.task() };
    let (comments, new) = (&house.comments, NewComment { text: "b", parent: Some(&id) });
    let mut answers = Vec::new();
    for (who, subject) in [(&stranger, house.task()), (&stranger, nowhere), (&house.owner, nowhere)] {
        answers.push(comments.list(who, subject, None, None).await.err());
        answers.push(comments.create(who, subject, new).await.err());
        answers.push(comments.update(who, subject, &id, "b").await.err());
        answers.push(comments.delete(who, subject, &id).await.err());
        answers.push(comments.react(who, subject, &id, "👍").await.err());
        answers.push(comments.take_back(who, subject, &id, "👍").await.err());
    }
    for answer in answers {
        assert!(matches!(answer, Some(Error::Denied(Denied::NotFound))), "{answer:?}");
    }
    assert_eq!(house.all().await, [made]);
}

#[on_every_database]
async fn the_house_itself_says_nothing(house: House) {
    let system = Caller::system(house.owner.tenant, "a test");
    assert!(matches!(house.try_say(&system, "a").await, Err(Error::NoUser)));
    assert_eq!(house.comments.list(&system, house.task(), None, None).await.unwrap().what.comments, []);
}
