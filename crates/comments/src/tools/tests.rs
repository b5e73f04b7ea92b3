use model::Role;
use serde_json::{Value, json};
use testkit::on_every_database;
use tools::{Registry, ToolError};

use super::tools;
use crate::fixture::House;

async fn call(house: &House, tool: &str, arguments: Value) -> Result<Value, ToolError> {
    let mut all = json!({ "base": "Plans", "table": "Tasks", "record": house.tasks[0] });
    let given: serde_json::Map<String, Value> = serde_json::from_value(arguments).unwrap();
    all.as_object_mut().unwrap().extend(given);
    Registry::new(tools(&house.comments)).unwrap().call(tool, house.owner.clone(), all).await
}

#[on_every_database]
async fn a_comment_is_shown_then_written_then_listed(house: House) {
    let bob = house.user("bob", Some(Role::ReadOnly)).await.user().unwrap();
    let shown = call(&house, "add_comment", json!({ "text": "@[bob@example.org]?", "dry_run": true })).await.unwrap();
    let after = &shown["preview"][0]["after"];
    assert_eq!(after["text"], format!("@[{bob}]?"));
    assert_eq!((&after["mentioned"], after.get("id")), (&json!([{ "id": bob, "name": "bob" }]), None));
    assert_eq!(house.texts().await, [""; 0]);

    let made = call(&house, "add_comment", json!({ "text": "@[bob@example.org]?" })).await.unwrap();
    let id = made["comment"]["id"].as_str().unwrap();
    call(&house, "add_comment", json!({ "text": "well", "reply_to": id, "base": house.base })).await.unwrap();
    house.comments.react(&house.owner, house.task(), id, "1f44d").await.unwrap();
    let listed = call(&house, "list_comments", json!({ "limit": 1 })).await.unwrap();
    assert_eq!((&listed["comments"][0]["reply_to"], &listed["truncated"]), (&json!(id), &json!(true)));
    let next = call(&house, "list_comments", json!({ "cursor": listed["next_cursor"] })).await.unwrap();
    assert_eq!(next["comments"][0]["reactions"], json!([{ "emoji": "👍", "user": "ann" }]));
    assert_eq!((&next["comments"][0]["author"]["name"], next.get("next_cursor")), (&json!("ann"), None));
}

#[on_every_database]
async fn what_cannot_be_is_said(house: House) {
    for (tool, arguments, code) in [
        ("add_comment", json!({ "text": " " }), "comment-text"),
        ("add_comment", json!({ "text": " ", "dry_run": true }), "comment-text"),
        ("add_comment", json!({ "text": "a", "reply_to": "com00000000000000", "dry_run": true }), "comment-parent"),
        ("add_comment", json!({ "text": "a", "record": "rec00000000000000", "dry_run": true }), "record-not-found"),
        ("add_comment", json!({ "text": "a", "table": "Nope" }), "table-not-found"),
        ("add_comment", json!({ "text": "a", "base": "Nope" }), "not-found"),
        ("add_comment", json!({ "txt": "a" }), "bad-arguments"),
        ("list_comments", json!({ "base": "Nope" }), "not-found"),
        ("list_comments", json!({ "cursor": "nonsense" }), "offset"),
    ] {
        let refused = call(&house, tool, arguments.clone()).await.unwrap_err();
        assert_eq!(refused.code, code, "{tool} {arguments}: {refused}");
    }
    assert_eq!(house.texts().await, [""; 0]);
}
