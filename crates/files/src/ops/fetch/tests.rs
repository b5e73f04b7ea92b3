use std::time::Duration;

use serde_json::{Map, Value, json};
use testkit::on_every_database;

use super::*;
use crate::fixture::{House, Library};

#[on_every_database]
async fn what_may_pass_is_tried_again_and_given_up_at_last(house: House) {
    let library = Library::open().await;
    library.tell("503 Busy", "");
    let record = house.given(&library.url).await;
    for _ in 1..TRIES {
        assert_eq!(house.work().await, 1);
        assert!(house.file(&record).await["error"].is_null(), "it is still waited for");
        house.test.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(house.work().await, 1);
    let told = house.file(&record).await;
    assert!(told["error"].as_str().unwrap().contains("answered 503"), "{told}");
    assert_eq!(told["url"], library.url);
    house.test.clock.advance(Duration::from_hours(9));
    assert_eq!(house.work().await, 0, "it is over");
    assert!(house.objects().is_empty());
}

#[on_every_database]
async fn a_file_that_breaks_off_is_fetched_anew(house: House) {
    let library = Library::open().await;
    library.break_off();
    let record = house.given(&library.url).await;
    house.work().await;
    assert!(house.objects().is_empty(), "half a file is none");
    library.tell("200 OK", "whole");
    house.test.clock.advance(Duration::from_hours(1));
    house.work().await;
    let told = house.file(&record).await;
    assert_eq!((&told["size"], &told["type"]), (&json!(5), &json!("application/octet-stream")), "{told}");
    assert_eq!(house.objects(), [Digest::of(b"whole")]);
    assert_eq!(std::fs::read_dir(house.folder.path().join("fetching")).unwrap().count(), 0);
}

#[on_every_database]
async fn the_same_bytes_are_kept_once(house: House) {
    let library = Library::open().await;
    library.tell("200 OK", "same");
    let (one, two) = (house.given(&library.url).await, house.given(&library.url).await);
    house.work().await;
    assert_eq!((&house.file(&one).await["size"], &house.file(&two).await["size"]), (&json!(4), &json!(4)));
    assert_eq!(house.objects().len(), 1);
}

#[on_every_database]
async fn what_went_meanwhile_is_not_fetched(house: House) {
    let library = Library::open().await;
    library.tell("200 OK", "late");
    let (cleared, deleted) = (house.given(&library.url).await, house.given(&library.url).await);
    let cells: Map<String, Value> = serde_json::from_value(json!({ "Files": [] })).unwrap();
    let update = records::UpdateRecord { id: cleared.clone(), fields: cells };
    house.records.update(&house.owner, house.base, "Tasks", &[update], (false, false)).await.unwrap();
    house.records.delete(&house.owner, house.base, "Tasks", &[deleted]).await.unwrap();
    assert_eq!(house.work().await, 2);
    assert!(house.objects().is_empty());
    assert_eq!(house.file(&cleared).await, Value::Null);
    house.test.clock.advance(Duration::from_hours(9));
    assert_eq!(house.work().await, 0, "nobody asks again");
}
