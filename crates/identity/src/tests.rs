use std::time::Duration;

use db::Group;
use model::{Caller, Scope, TenantNo, Timestamp, TokenId, UserId};
use testkit::{ForDatabase, TestDb, on_every_database};

use crate::{Error, Identity, MIGRATIONS, NewToken, TokenText, User, store};

const TENANT: TenantNo = TenantNo(1);

struct House {
    test: TestDb,
    identity: Identity,
}

impl ForDatabase for House {
    async fn for_database(engine: testkit::Engine) -> Self {
        let test = TestDb::for_database(engine).await.migrated(&[&MIGRATIONS, &audit::MIGRATIONS]).await;
        let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
        Self { test, identity }
    }
}

impl House {
    fn new_token(expires: Option<Timestamp>) -> NewToken {
        let owner: UserId = UserId::ordered(1, 1);
        NewToken { tenant: TENANT, owner, name: "phone".to_owned(), scopes: vec![Scope::RecordsRead], expires }
    }

    async fn token(&self) -> TokenText {
        self.create(&Self::new_token(None)).await
    }

    async fn create(&self, new: &NewToken) -> TokenText {
        create(&self.test, &self.identity, new).await
    }

    async fn revoke(&self, by: &Identity, tenant: TenantNo, id: TokenId) -> Result<(), Error> {
        let mut tx = self.test.db.begin(Group::House).await.unwrap();
        by.take_token(&mut tx, &Caller::system(tenant, "a test"), id).await?;
        Ok(tx.commit().await?)
    }

    async fn knows(&self, text: &str) -> bool {
        self.identity.authenticate(text).await.unwrap().is_some()
    }
}

async fn create(test: &TestDb, identity: &Identity, new: &NewToken) -> TokenText {
    let mut tx = test.db.begin(Group::House).await.unwrap();
    let token = identity.insert_token(&mut tx, &Caller::system(TENANT, "a test"), new, None).unwrap();
    tx.commit().await.unwrap();
    token
}

#[on_every_database]
async fn a_token_is_known_until_it_is_taken_back(house: House) {
    let (token, other) = (house.token().await, house.token().await);
    let known = house.identity.authenticate(token.reveal()).await.unwrap().unwrap();
    assert_eq!((known.id, known.tenant, known.scopes), (token.id().unwrap(), TENANT, vec![Scope::RecordsRead]));
    let swapped = format!("{}{}", &other.reveal()[..17], &token.reveal()[17..]);
    assert!(!house.knows(&swapped).await, "the secret of another token");
    let id = token.id().unwrap();
    let error = house.revoke(&house.identity, TenantNo(2), id).await.unwrap_err();
    assert!(matches!(error, Error::TokenNotFound { .. }), "another tenant's token: {error}");
    assert!(house.knows(token.reveal()).await);
    house.revoke(&house.identity, TENANT, id).await.unwrap();
    assert!(!house.knows(token.reveal()).await);
    assert!(house.knows(other.reveal()).await);
    assert!(house.revoke(&house.identity, TENANT, id).await.is_err(), "taken back twice");
}

#[on_every_database]
async fn another_handle_sees_a_revocation(house: House) {
    let token = house.token().await;
    assert!(house.knows(token.reveal()).await);
    let revision = house.identity.people().revision().await.unwrap();
    // On PostgreSQL a second handle is as good as a second process; SQLite has only this one.
    let second = if house.test.db.dialect() == db::Dialect::Postgres {
        Identity::new(house.test.db.clone(), house.test.clock.clone(), house.test.ids.clone())
    } else {
        house.identity.clone()
    };
    house.revoke(&second, TENANT, token.id().unwrap()).await.unwrap();
    assert!(house.identity.people().revision().await.unwrap() > revision);
    assert!(!house.knows(token.reveal()).await);
}

#[on_every_database]
async fn a_write_that_is_rolled_back_raises_nothing(house: House) {
    let people = house.identity.people();
    let before = people.revision().await.unwrap();
    let mut tx = house.test.db.begin(Group::House).await.unwrap();
    people.raise(&mut tx);
    drop(tx);
    assert_eq!(people.revision().await.unwrap(), before);
}

#[on_every_database]
async fn a_token_ends_when_it_expires(house: House) {
    let at = Timestamp(house.test.clock.now().0 + 60_000_000);
    let token = house.create(&House::new_token(Some(at))).await;
    house.test.clock.advance(Duration::from_secs(59));
    assert!(house.knows(token.reveal()).await);
    house.test.clock.advance(Duration::from_secs(1));
    assert!(!house.knows(token.reveal()).await);
}

#[on_every_database]
async fn a_list_tells_of_use_but_not_of_secrets(house: House) {
    let (token, _unused) = (house.token().await, house.token().await);
    let owner = House::new_token(None).owner;
    house.test.clock.advance(Duration::from_secs(5));
    assert!(house.knows(token.reveal()).await);
    house.identity.note_uses().await.unwrap();
    house.identity.note_uses().await.unwrap();
    let list = house.identity.list_tokens(TENANT, owner).await.unwrap();
    let used: Vec<_> = list.iter().map(|entry| (entry.name.as_str(), entry.last_used)).collect();
    assert_eq!(used, [("phone", Some(house.test.clock.now())), ("phone", None)]);
    assert!(!format!("{list:?}").contains(&token.reveal()[18..]));
    assert_eq!(house.identity.list_tokens(TenantNo(2), owner).await.unwrap(), []);
}

#[on_every_database]
async fn users_are_found_many_at_a_time(house: House) {
    let now = house.test.clock.now();
    let users: Vec<User> = (0..130)
        .map(|n| User { id: house.test.ids.user(now), email: format!("u{n}@example.org"), name: format!("u{n}") })
        .collect();
    let stranger = User { id: house.test.ids.user(now), email: "u0@example.org".to_owned(), name: "eve".to_owned() };
    let mut tx = house.test.db.begin(Group::House).await.unwrap();
    for user in &users {
        house.identity.insert_user(&mut tx, TENANT, user);
    }
    house.identity.insert_user(&mut tx, TenantNo(2), &stranger);
    tx.commit().await.unwrap();
    let mut ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    ids.push(stranger.id);
    let mut found = house.identity.find_users(TENANT, &ids).await.unwrap();
    found.sort_by_key(|user| user.id);
    assert_eq!(found, users);
    assert_eq!(house.identity.find_users(TENANT, &[]).await.unwrap(), []);
    let emails = ["u7@example.org", "u0@example.org", "nobody@example.org"].map(str::to_owned);
    let found = house.identity.find_users_by_email(TENANT, &emails).await.unwrap();
    let names: Vec<_> = found.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["u0", "u7"]);
}

/// A store from before comments and webhooks knew fewer scopes.
#[on_every_database]
async fn a_token_for_everything_stays_one(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS[..3], &audit::MIGRATIONS]).await;
    let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
    let all =
        [Scope::RecordsRead, Scope::RecordsWrite, Scope::SchemaRead, Scope::SchemaWrite, Scope::EmailRead].to_vec();
    let all = create(&test, &identity, &NewToken { scopes: all, ..House::new_token(None) }).await;
    let narrow = create(&test, &identity, &House::new_token(None)).await;
    let test = test.migrated(&[&MIGRATIONS, &audit::MIGRATIONS]).await;
    let identity = Identity::new(test.db.clone(), test.clock.clone(), test.ids.clone());
    assert_eq!(identity.authenticate(all.reveal()).await.unwrap().unwrap().scopes, Scope::ALL);
    assert_eq!(identity.authenticate(narrow.reveal()).await.unwrap().unwrap().scopes, [Scope::RecordsRead]);
}

#[on_every_database]
async fn every_statement_is_understood(house: House) {
    for statement in store::STATEMENTS {
        house.test.db.check(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
    }
}

#[test]
fn what_is_kept_is_good_at_one_revision() {
    let kept = crate::Kept::<Vec<u8>>::default();
    let read = |revision| kept.get(revision, |held| held.first().copied());
    kept.put(2, |held| held.push(7));
    assert_eq!((read(2), read(1), read(3)), (Some(7), None, None));
    kept.put(1, |held| held.insert(0, 6));
    assert_eq!(read(2), Some(7), "what was read before the last write is not kept");
    kept.put(3, |held| held.push(8));
    assert_eq!((read(3), read(2)), (Some(8), None));
}

#[test]
fn tokens_have_one_form() {
    let id = TokenId::ordered(5, 6);
    let text = TokenText::generate(id).unwrap();
    assert_eq!(TokenText::parse(text.reveal()).unwrap(), text);
    assert_eq!(text.id().unwrap(), id);
    assert!(!format!("{text:?}").contains(text.reveal()));
    let hex = "a".repeat(64);
    for wrong in [
        "",
        "pat",
        "pat12345678901234",
        &format!("pat1234567890123.{hex}"),
        &format!("key12345678901234.{hex}"),
        &format!("pat12345678901234.{}g", &hex[1..]),
        &format!("pat12345678901234.{hex}0"),
    ] {
        assert!(TokenText::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn another_token_does_not_match() {
    let one = TokenText::generate(TokenId::ordered(1, 1)).unwrap();
    let other = TokenText::generate(TokenId::ordered(1, 1)).unwrap();
    assert!(one.secret().matches(&one.secret()));
    assert!(!one.secret().matches(&other.secret()));
}
