//! Processes that open some services only, on one PostgreSQL.

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase};

use crate::app::TestApp;

/// On PostgreSQL: a store in files belongs to one process, which opens everything.
fn on_postgres(story: impl AsyncFnOnce(TestApp)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { story(TestApp::for_database(Engine::Postgres).await).await });
}

/// Every door of an app's document: `GET /path (operation)`.
async fn doors(app: &TestApp) -> Vec<String> {
    let document = app.get("/openapi.json").await;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            found.push(format!("{} {path} ({id})", method.to_uppercase()));
        }
    }
    found.sort();
    found
}

#[test]
fn every_target_alone_is_ready_and_opens_its_doors_on_postgres() {
    on_postgres(async |all| {
        let everything = doors(&all).await;
        let services = app::list_services().await.unwrap();
        let of_house: Vec<&String> =
            everything.iter().filter(|door| !services.iter().any(|service| service.doors.contains(door))).collect();
        assert_eq!(of_house.len(), 6, "health, metrics and the document are open everywhere: {of_house:?}");
        for service in &services {
            let alone = all.neighbour_for(service.name).await;
            alone.set_ready().await;
            let (status, health) = alone.send(Method::GET, "/readyz", None, String::new()).await;
            assert_eq!((status, &health["status"]), (200, &json!("ok")), "{}: {health}", service.name);
            let mut expected: Vec<String> = service.doors.iter().chain(of_house.iter().copied()).cloned().collect();
            expected.sort();
            assert_eq!(doors(&alone).await, expected, "{}", service.name);
            for door in everything.iter().filter(|door| !expected.contains(door)) {
                let (method, path) = door.split_once(' ').unwrap();
                let path = path.split(' ').next().unwrap().replace(['{', '}'], "");
                let (status, answer) = alone.call(method.parse().unwrap(), &path, &Value::Null).await;
                // Another method of the same path may be the service's own.
                assert!([403, 404, 405].contains(&status), "{} opens {door}: {status} {answer}", service.name);
                assert!(status != 403 || path.starts_with("/v0/"), "{} opens {door}: {answer}", service.name);
            }
        }
    });
}

#[test]
fn a_house_of_several_processes_is_one_house_on_postgres() {
    on_postgres(async |all| {
        let (tenants, bases) = (all.neighbour_for("tenants").await, all.neighbour_for("bases").await);
        let (records, assistant) = (all.neighbour_for("records").await, all.neighbour_for("assistant,mcp").await);
        let workspace = tenants.workspace().await;
        let table = json!({ "name": "Tasks", "fields": [{ "name": "Name", "type": "singleLineText" }] });
        let body = json!({ "name": "Split", "workspaceId": workspace, "tables": [table] });
        let base = bases.ok(Method::POST, "/v0/meta/bases", &body).await["id"].as_str().unwrap().to_owned();
        let path = format!("/v0/{base}/Tasks");
        for name in ["one", "two", "three"] {
            records.ok(Method::POST, &path, &json!({ "fields": { "Name": name } })).await;
        }
        let asked = json!({ "message": "how many tasks are there?", "session_id": "split" });
        assert_eq!(assistant.ok(Method::POST, "/chat", &asked).await["value"], 3);
        let field = json!({ "name": "Due", "type": "date", "options": { "dateFormat": { "name": "iso" } } });
        bases.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
        records.ok(Method::POST, &path, &json!({ "fields": { "Name": "four", "Due": "2026-05-01" } })).await;
        assert_eq!(all.get(&path).await, records.get(&path).await);
        let revoked = tenants.call(Method::POST, "/api/v1/tokens", &json!({ "name": "t" })).await.1;
        let token = revoked["token"].as_str().unwrap();
        assert_eq!(records.send(Method::GET, &path, Some(token), String::new()).await.0, 200);
        tenants.call(Method::DELETE, &format!("/api/v1/tokens/{token}"), &Value::Null).await;
        assert_eq!(
            records.send(Method::GET, &path, Some(token), String::new()).await.0,
            401,
            "from the next request on"
        );
    });
}
