use std::time::Duration;

use changes::{Changes, Horizon};
use model::{BaseNo, Caller, Scope, TenantNo};
use serde_json::json;
use testkit::on_every_database;

use super::Webhooks;
use crate::Error;
use crate::fixture::{House, data, spec};

const DAY: Duration = Duration::from_hours(24);
const PLACE: (TenantNo, BaseNo) = (TenantNo(1), BaseNo(1));

async fn numbers(house: &House, id: &str) -> Vec<i64> {
    let payloads = house.payloads(id).await;
    payloads.iter().map(|payload| payload["baseTransactionNumber"].as_i64().unwrap()).collect()
}

#[on_every_database]
async fn a_webhook_tells_what_comes_after_it(house: House) {
    house.create("Tasks", &[json!({ "Name": "before" })]).await;
    let first = house.hook(data()).await;
    house.create("Tasks", &[json!({ "Name": "one" })]).await;
    let second = house.hook(data()).await;
    house.create("Tasks", &[json!({ "Name": "two" })]).await;
    let (told, later) = (numbers(&house, &first).await, numbers(&house, &second).await);
    assert_eq!((told.len(), &later[..]), (2, &told[1..]));
    let (all, _) = house.webhooks.list(&house.owner, house.base).await.unwrap();
    let next: Vec<_> = all.iter().map(|webhook| (webhook.id.to_string(), webhook.next)).collect();
    assert_eq!(next, [(first.clone(), 3), (second, 2)]);
    house.webhooks.delete(&house.owner, house.base, &first).await.unwrap();
    let gone = house.webhooks.delete(&house.owner, house.base, &first).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
}

#[on_every_database]
async fn pages_go_on_where_the_last_one_ended(house: House) {
    let hook = house.hook(data()).await;
    for name in 0..7 {
        house.create("Tasks", &[json!({ "Name": name.to_string() })]).await;
    }
    let page = async |cursor, limit| {
        let page = house.webhooks.list_payloads(&house.owner, house.base, &hook, cursor, limit).await?;
        Ok::<_, Error>((page.payloads.len(), page.cursor, page.more))
    };
    assert_eq!(page(None, Some(3)).await.unwrap(), (3, 4, true));
    assert_eq!(page(Some(4), Some(3)).await.unwrap(), (3, 7, true));
    assert_eq!(page(Some(7), Some(3)).await.unwrap(), (1, 8, false));
    assert_eq!(page(Some(8), None).await.unwrap(), (0, 8, false));
    for (cursor, limit, says) in [
        (Some(0), None, "`cursor` must be a whole number from 1, not `0`"),
        (Some(9), None, "`cursor` must be a whole number from 1 to 8, not `9`"),
        (None, Some(0), "`limit` must be a whole number from 1 to 50, not `0`"),
        (None, Some(51), "`limit` must be a whole number from 1 to 50, not `51`"),
    ] {
        assert_eq!(page(cursor, limit).await.unwrap_err().to_string(), says);
    }
}

#[on_every_database]
async fn followers_that_meet_tell_everything_once(house: House) {
    let hook = house.hook(data()).await;
    let mut expected = Vec::new();
    for round in 0..5 {
        for name in 0..4 {
            house.create("Tasks", &[json!({ "Name": format!("{round} {name}") })]).await;
        }
        let mut followers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let webhooks: Webhooks = house.webhooks.clone();
            followers.spawn(async move { webhooks.catch_up(PLACE).await });
        }
        while let Some(follower) = followers.join_next().await {
            follower.unwrap().unwrap();
        }
    }
    let told = numbers(&house, &hook).await;
    expected.extend(told[0]..told[0] + 20);
    assert_eq!(told, expected);
}

#[on_every_database]
async fn a_webhook_expires_and_lives_again(house: House) {
    let hook = house.hook(data()).await;
    house.create("Tasks", &[json!({ "Name": "seen" })]).await;
    house.webhooks.catch_up(PLACE).await.unwrap();
    house.test.clock.advance(DAY * 7);
    assert!(!house.only().await.is_live(house.test.clock.now()));
    house.create("Tasks", &[json!({ "Name": "not seen" })]).await;
    house.webhooks.catch_up(PLACE).await.unwrap();
    assert_eq!(house.only().await.next, 2, "nothing is made for it");
    let expires = house.webhooks.refresh(&house.owner, house.base, &hook).await.unwrap();
    assert_eq!(expires, crate::model::later(house.test.clock.now(), DAY * 7));
    house.create("Tasks", &[json!({ "Name": "seen again" })]).await;
    let told = numbers(&house, &hook).await;
    assert_eq!(told[1], told[0] + 2);
    // To read is to live on.
    house.test.clock.advance(DAY * 6);
    house.payloads(&hook).await;
    house.test.clock.advance(DAY * 6);
    assert!(house.only().await.is_live(house.test.clock.now()));
}

#[on_every_database]
async fn a_reader_revives_an_expired_webhook(house: House) {
    let hook = house.hook(data()).await;
    house.test.clock.advance(DAY * 8);
    house.create("Tasks", &[json!({ "Name": "not seen" })]).await;
    assert!(house.payloads(&hook).await.is_empty());
    house.create("Tasks", &[json!({ "Name": "seen" })]).await;
    assert_eq!(house.payloads(&hook).await.len(), 1);
}

#[on_every_database]
async fn what_has_passed_its_time_is_cleared_away(house: House) {
    let hook = house.hook(data()).await;
    house.create("Tasks", &[json!({ "Name": "old" })]).await;
    house.payloads(&hook).await;
    house.test.clock.advance(DAY * 5);
    house.webhooks.refresh(&house.owner, house.base, &hook).await.unwrap();
    house.create("Tasks", &[json!({ "Name": "newer" })]).await;
    house.payloads(&hook).await;
    house.test.clock.advance(DAY * 3);
    house.webhooks.sweep().await.unwrap();
    let page = house.webhooks.list_payloads(&house.owner, house.base, &hook, Some(1), None).await.unwrap();
    assert_eq!((page.payloads.len(), page.cursor), (1, 3), "numbers stay what they were");
    house.test.clock.advance(DAY * 13);
    house.webhooks.sweep().await.unwrap();
    assert!(!house.only().await.is_live(house.test.clock.now()), "listed for seven days after it expired");
    house.test.clock.advance(DAY * 2);
    house.webhooks.sweep().await.unwrap();
    assert!(house.webhooks.list(&house.owner, house.base).await.unwrap().0.is_empty());
    let cursor = Changes::new(house.test.db.clone()).find_cursor(PLACE.1, super::SUBSCRIBER).await.unwrap();
    assert_eq!(cursor, None, "nobody follows the base any more");
}

#[on_every_database]
async fn a_webhook_learns_that_changes_went_before_it_had_followed_them(house: House) {
    let hook = house.hook(data()).await;
    for name in ["gone", "gone too"] {
        house.create("Tasks", &[json!({ "Name": name })]).await;
    }
    house.test.clock.advance(DAY);
    let later = house.hook(data()).await;
    let now = house.test.clock.now();
    let removed = house.webhooks.parts.changes.compact(PLACE, Horizon { before: now, at_latest: now }).await.unwrap();
    assert!(removed >= 2, "{removed}");
    house.create("Tasks", &[json!({ "Name": "kept" })]).await;
    let told = house.payloads(&hook).await;
    let missed = json!({ "error": true, "code": "INTERNAL_ERROR", "payloadFormat": "v0", "timestamp": now.iso() });
    assert_eq!((told.len(), &told[0]), (2, &missed));
    assert!(told[1]["changedTablesById"].is_object(), "{told:?}");
    assert_eq!(house.payloads(&later).await, told[1..], "it missed nothing");
    house.webhooks.sweep().await.unwrap();
    assert_eq!(house.payloads(&hook).await, told, "told once, and kept as long as others are");
}

#[on_every_database]
async fn a_base_has_at_most_ten(house: House) {
    for _ in 0..10 {
        house.hook(data()).await;
    }
    let error = house.try_hook(None, data()).await.unwrap_err();
    assert!(matches!(error, Error::TooMany { limit: 10 }), "{error}");
}

#[on_every_database]
async fn a_token_needs_the_scopes_of_what_is_told(house: House) {
    let hook = house.hook(data()).await;
    let with = |scopes: &[Scope]| Caller { scopes: scopes.to_vec(), ..house.owner.clone() };
    let only = with(&[Scope::WebhookManage]);
    assert!(house.webhooks.list(&only, house.base).await.is_ok());
    for (caller, fields) in [(&only, false), (&with(&[Scope::WebhookManage, Scope::RecordsRead]), true)] {
        let wanted = if fields { spec(json!({ "dataTypes": ["tableFields"] })) } else { data() };
        let refused = house.webhooks.create(caller, house.base, None, serde_json::from_value(wanted).unwrap()).await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    }
    let read = house.webhooks.list_payloads(&only, house.base, &hook, None, None).await;
    assert!(matches!(read, Err(Error::Denied(_))));
    let reader = with(&[Scope::WebhookManage, Scope::RecordsRead]);
    assert!(house.webhooks.list_payloads(&reader, house.base, &hook, None, None).await.is_ok());
    let none = with(&[Scope::RecordsRead]);
    assert!(matches!(house.webhooks.list(&none, house.base).await, Err(Error::Denied(_))));
}
