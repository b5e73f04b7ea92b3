use std::time::Duration;

use serde_json::{Value, json};
use testkit::on_every_database;

use super::mac;
use crate::fixture::{House, Receiver, data};

#[test]
fn a_signature_is_that_of_the_standard() {
    // RFC 4231, test case 2.
    let expected = "hmac-sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    assert_eq!(mac(b"Jefe", b"what do ya want for nothing?"), expected);
}

/// A name that leads elsewhere than it did, or another policy: the address counts at each call.
#[on_every_database]
async fn a_private_address_is_not_called(house: House) {
    let receiver = Receiver::start(&[200]).await;
    house.try_hook(Some(&receiver.url), data()).await.unwrap();
    write(&house).await;
    assert!(house.webhooks.round().await);
    house.guarded().worker().run_until_idle().await.unwrap();
    let result = house.only().await.last_result.unwrap();
    assert_eq!(result.error.unwrap().message, "call refused: `127.0.0.1` is a loopback address");
    assert_eq!((result.success, receiver.count()), (false, 0));
}

/// Follows the log and pings until nothing is due.
async fn settle(house: &House) {
    assert!(house.webhooks.round().await);
    house.webhooks.ping_missed().await.unwrap();
    house.webhooks.worker().run_until_idle().await.unwrap();
}

async fn write(house: &House) {
    house.create("Tasks", &[json!({ "Name": "x" })]).await;
}

#[on_every_database]
async fn a_ping_says_only_that_there_is_something(house: House) {
    let receiver = Receiver::start(&[204]).await;
    let created = house.try_hook(Some(&receiver.url), data()).await.unwrap();
    settle(&house).await;
    assert_eq!(receiver.count(), 0, "nothing has happened");
    for _ in 0..3 {
        write(&house).await;
    }
    settle(&house).await;
    assert_eq!(receiver.count(), 1, "one ping tells of all three");
    let (head, body) = receiver.calls.lock().unwrap()[0].clone();
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["base"], json!({ "id": house.base }));
    assert_eq!(told["webhook"], json!({ "id": created.id }));
    assert_eq!(told["timestamp"], "2026-01-01T00:00:00.000Z");
    assert_eq!(told.as_object().unwrap().len(), 3, "{body}");
    let signed = format!("x-airtable-content-mac: {}", mac(&created.secret, body.as_bytes()));
    assert!(head.contains(&signed), "{head}");
    let kept = house.only().await;
    assert_eq!((kept.next, kept.pinged, kept.failures), (4, 4, 0));
    assert_eq!(kept.last_success, Some(house.test.clock.now()));
    let result = serde_json::to_value(kept.last_result).unwrap();
    assert_eq!((&result["success"], &result["retryNumber"], &result["error"]), (&json!(true), &json!(0), &Value::Null));
    settle(&house).await;
    assert_eq!(receiver.count(), 1);
}

#[on_every_database]
async fn a_ping_that_fails_is_tried_again_later(house: House) {
    let receiver = Receiver::start(&[503, 302, 200]).await;
    house.try_hook(Some(&receiver.url), data()).await.unwrap();
    write(&house).await;
    settle(&house).await;
    settle(&house).await;
    assert_eq!(receiver.count(), 1, "not before its time");
    let kept = house.only().await;
    let result = serde_json::to_value(&kept.last_result).unwrap();
    let message = "The HTTP request returned a 503 status code instead of 200 or 204";
    assert_eq!(result["error"]["message"], message, "{result}");
    assert_eq!((&result["success"], &result["willBeRetried"]), (&json!(false), &json!(true)));
    assert_eq!((kept.failures, kept.last_success), (1, None));
    for count in 2..=3 {
        house.test.clock.advance(Duration::from_secs(11));
        settle(&house).await;
        assert_eq!(receiver.count(), count);
    }
    let kept = house.only().await;
    assert_eq!((kept.failures, kept.last_result.unwrap().retry_number), (0, 2));
    assert!(kept.last_success.is_some());
}

#[on_every_database]
async fn a_receiver_that_never_answers_well_is_left_alone(house: House) {
    let receiver = Receiver::start(&[500]).await;
    house.try_hook(Some(&receiver.url), data()).await.unwrap();
    write(&house).await;
    for _ in 0..14 {
        settle(&house).await;
        house.test.clock.advance(Duration::from_hours(7));
    }
    assert_eq!(receiver.count(), 12);
    let kept = house.only().await;
    assert!(!kept.notifies);
    assert_eq!(kept.last_result.unwrap().will_be_retried, Some(false));
    write(&house).await;
    settle(&house).await;
    assert_eq!(receiver.count(), 12, "nobody is pinged, but the payload is there");
    let id = kept.id.to_string();
    assert_eq!(house.payloads(&id).await.len(), 2);
    house.webhooks.enable_notifications(&house.owner, house.base, &id, true).await.unwrap();
    settle(&house).await;
    assert_eq!(receiver.count(), 13, "what was missed meanwhile is made up for");
}

#[on_every_database]
async fn who_wants_no_pings_gets_none(house: House) {
    let receiver = Receiver::start(&[200]).await;
    let id = house.try_hook(Some(&receiver.url), data()).await.unwrap().id.to_string();
    house.webhooks.enable_notifications(&house.owner, house.base, &id, false).await.unwrap();
    write(&house).await;
    settle(&house).await;
    assert_eq!((receiver.count(), house.payloads(&id).await.len()), (0, 1));
    house.test.clock.advance(Duration::from_hours(24 * 8));
    house.webhooks.enable_notifications(&house.owner, house.base, &id, true).await.unwrap();
    settle(&house).await;
    assert_eq!(receiver.count(), 0, "it has expired");
}

#[on_every_database]
async fn a_receiver_that_is_gone_is_a_failed_ping(house: House) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    house.try_hook(Some(&url), data()).await.unwrap();
    write(&house).await;
    settle(&house).await;
    let result = house.only().await.last_result.unwrap();
    let message = result.error.unwrap().message;
    assert!(!result.success && message.starts_with("`127.0.0.1` cannot be reached"), "{message}");
}
