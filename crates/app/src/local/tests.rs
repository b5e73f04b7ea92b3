use axum::body::Bytes;
use axum::http::Method;
use clock::{Clock, Ids};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{Answer, Server};
use crate::catalog::House;
use crate::run_file::Running;
use crate::settings::{Server as Place, Settings};

fn settings(folder: &tempfile::TempDir) -> Settings {
    Settings { server: Place { data: folder.path().join("data"), ..Place::default() }, ..Settings::default() }
}

async fn house(settings: &Settings) -> House {
    House::build(settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await.unwrap()
}

/// Makes a store and answers its first token.
async fn store(settings: &Settings) -> String {
    let house = house(settings).await;
    let token = house.installed.as_ref().unwrap().token.reveal().to_owned();
    house.db().clone().close().await;
    token
}

async fn error(settings: &Settings, url: Option<&str>, token: Option<&str>) -> String {
    match Server::find(settings, url.map(str::to_owned), token.map(str::to_owned)).await {
        Ok(_) => panic!("a server was found"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn without_a_store_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    assert!(error(&settings, None, None).await.starts_with("there is no store in"));
    assert!(error(&settings, Some("http://127.0.0.1:1"), None).await.contains("--token"));
    assert!(!settings.server.data.exists(), "looking made a store");
}

#[tokio::test]
async fn the_files_are_opened_as_their_owner_or_by_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    let token = store(&settings).await;
    for token in [None, Some(token)] {
        let server = Server::find(&settings, None, token).await.unwrap();
        let answer = server.json(Method::GET, "/v0/meta/workspaces", None).await;
        server.close().await;
        assert_eq!(answer.unwrap()["workspaces"][0]["permissionLevel"], "owner");
    }
    let wrong = format!("pat00000000000000.{}", "0".repeat(64));
    let server = Server::find(&settings, None, Some(wrong)).await.unwrap();
    let answer = server.json(Method::GET, "/v0/meta/workspaces", None).await;
    server.close().await;
    assert_eq!(answer.unwrap_err().to_string(), "Authentication required");
}

#[tokio::test]
async fn a_held_store_whose_server_is_silent_is_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    let house = house(&settings).await;
    assert!(error(&settings, None, None).await.contains("is in use by process"));
    house.db().clone().close().await;
}

#[tokio::test]
async fn what_a_killed_server_left_does_not_mislead() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder);
    store(&settings).await;
    // Another process has the number now, and nobody listens at the address.
    let left = Running { address: "127.0.0.1:1".parse().unwrap(), pid: std::process::id(), token: "pat".to_owned() };
    left.write(&settings.server.data).unwrap();
    let server = Server::find(&settings, None, None).await.unwrap();
    let answer = server.send(Method::GET, "/v0/meta/bases", &[], Bytes::new()).await;
    server.close().await;
    assert_eq!(answer.unwrap().status, 200);
}

#[test]
fn answers_that_say_no_become_what_they_say() {
    let answer = |status, body: serde_json::Value| Answer { status, body: Bytes::from(body.to_string()) }.json();
    assert_eq!(answer(200, json!({ "a": 1 })).unwrap(), json!({ "a": 1 }));
    for (status, body, told) in [
        (422, json!({ "detail": "too long" }), "too long"),
        (403, json!({ "error": { "message": "no such base" } }), "no such base"),
        (404, json!({ "error": "NOT_FOUND" }), "the server answered 404"),
    ] {
        assert_eq!(answer(status, body).unwrap_err().to_string(), told);
    }
    let empty = Answer { status: 204, body: Bytes::new() };
    assert!(empty.json().unwrap().is_null());
}
