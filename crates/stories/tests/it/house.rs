//! The house as a whole: several processes, health, documents.

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

#[test]
fn two_servers_on_one_postgres_agree() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let one = TestApp::for_database(Engine::Postgres).await;
        let two = one.neighbour().await;
        let base = one.plans().await;
        let path = format!("/v0/{base}/Tasks");
        for round in 0..20 {
            let (writer, reader) = if round % 2 == 0 { (&one, &two) } else { (&two, &one) };
            let made = writer.ok(Method::POST, &path, &json!({ "fields": { "Name": format!("{round}") } })).await;
            let id = made["id"].as_str().unwrap();
            let read = reader.get(&format!("{path}/{id}")).await;
            assert_eq!(read["fields"]["Name"], format!("{round}"));
            let listed = reader.get(&path).await;
            assert_eq!(listed["records"].as_array().unwrap().len(), round + 1);
        }
        let field = json!({ "name": "Owner", "type": "singleLineText" });
        one.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
        two.ok(Method::POST, &path, &json!({ "fields": { "Name": "last", "Owner": "ann" } })).await;
        let found = one.get(&format!("{path}?filterByFormula=Owner%3D%27ann%27")).await;
        assert_eq!(found["records"].as_array().unwrap().len(), 1);
    });
}

#[on_every_database]
async fn the_house_says_how_it_is_and_what_it_offers(app: TestApp) {
    let (status, health) = app.send(Method::GET, "/health", None, String::new()).await;
    assert_eq!(
        (status, &health["checks"]["database"]),
        (503, &json!("ok")),
        "not ready before the doors open: {health}"
    );
    let (status, document) = app.send(Method::GET, "/openapi.json", None, String::new()).await;
    assert_eq!(status, 200);
    assert!(document["paths"]["/chat"]["post"].is_object(), "{document}");
    let (status, answer) = app.send(Method::GET, "/nowhere", None, String::new()).await;
    assert_eq!((status, &answer["code"]), (404, &json!("no-such-address")));
    let (status, answer) = app.send(Method::GET, "/tools", None, String::new()).await;
    assert_eq!((status, &answer["code"]), (401, &json!("authentication-required")), "{answer}");
    let (_, listed) = app.call(Method::GET, "/tools", &Value::Null).await;
    assert!(listed.to_string().contains("find_values"), "{listed}");
}

#[on_every_database]
async fn who_is_here_keeps_their_role_unless_another_is_given(app: TestApp) {
    let add = async |email: &str, role: Value| {
        let body = json!({ "email": email, "role": role });
        let (status, added) = app.call(Method::POST, "/api/v1/users", &body).await;
        assert_eq!(status, 201, "{added}");
        added["role"].clone()
    };
    assert_eq!(add("ann@example.org", Value::Null).await, "editor");
    assert_eq!(add("bob@example.org", json!("owner")).await, "owner");
    assert_eq!(add("BOB@example.org", Value::Null).await, "owner");
    assert_eq!(add("bob@example.org", json!("editor")).await, "editor");
    assert_eq!(add("bob@example.org", Value::Null).await, "editor");
    let listed = app.get("/api/v1/users").await;
    let bob = listed["users"].as_array().unwrap().iter().find(|user| user["email"] == "bob@example.org").unwrap();
    assert_eq!(bob["roles"][0]["role"], "editor", "{bob}");
}
