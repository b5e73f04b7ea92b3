//! Tokens of one's own: who may make them, and that none makes itself more.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

const TOKENS: &str = "/api/v1/tokens";

/// The token that somebody makes by another one of theirs; without scopes for everything.
async fn make(app: &TestApp, by: &str, name: &str, scopes: Option<&[&str]>) -> (u16, Value) {
    let mut body = json!({ "name": name });
    if let Some(scopes) = scopes {
        body["scopes"] = json!(scopes);
    }
    app.call_as(by, Method::POST, TOKENS, &body).await
}

async fn made(app: &TestApp, by: &str, name: &str, scopes: Option<&[&str]>) -> String {
    let (status, answer) = make(app, by, name, scopes).await;
    assert_eq!(status, 201, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

fn names(listed: &Value) -> Vec<&str> {
    listed["tokens"].as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap()).collect()
}

#[on_every_database]
async fn everybody_makes_lists_and_revokes_tokens_of_their_own(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    for role in ["readOnly", "commenter", "editor", "creator"] {
        let (user, first) = app.person(role, role).await;
        let phone = made(&app, &first, "phone", Some(&["schema.bases:read", "data.records:read"])).await;
        let (_, who) = app.call_as(&phone, Method::GET, "/v0/meta/whoami", &Value::Null).await;
        assert_eq!((who["id"].as_str(), who["scopes"].as_array().map(Vec::len)), (Some(user.as_str()), Some(2)));
        assert_eq!(app.call_as(&phone, Method::GET, &tasks, &Value::Null).await.0, 200);
        let (_, listed) = app.call_as(&first, Method::GET, TOKENS, &Value::Null).await;
        assert_eq!(names(&listed), ["First token", "phone"]);
        assert_eq!(listed["tokens"][1]["scopes"], json!(["data.records:read", "schema.bases:read"]));
        let id = phone.split('.').next().unwrap();
        // Nobody else takes it back, be it the owner of the tenant.
        assert_eq!(app.call(Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await.0, 404);
        assert_eq!(app.call_as(&first, Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await.0, 204);
        assert_eq!(app.call_as(&phone, Method::GET, &tasks, &Value::Null).await.0, 401);
        let account = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
        let log =
            format!("/v0/meta/enterpriseAccounts/{account}/auditLogEvents?category=tokens&originatingUserId={user}");
        let told = app.get(&log).await;
        let told: Vec<_> = told["events"].as_array().unwrap().iter().map(|event| &event["action"]).collect();
        assert_eq!(told, ["tokens.revoke", "tokens.create"]);
    }
}

/// Somebody who reads tries to become more by the tokens that they may make.
#[on_every_database]
async fn a_token_allows_no_more_than_the_role_and_makes_none_for_more(app: TestApp) {
    let base = app.plans().await;
    let (user, first) = app.person("eve", "readOnly").await;
    let task = json!({ "fields": { "Name": "mine" } });
    let workspace = app.workspace().await;
    let raise = json!({ "collaborators": [{ "user": { "id": user }, "permissionLevel": "create" }] });
    let more = json!({ "email": "eve2@example.org", "role": "owner" });
    let attempts = [
        (format!("/v0/{base}/Tasks"), task.clone()),
        (format!("/v0/meta/bases/{base}/collaborators"), raise.clone()),
        (format!("/v0/meta/workspaces/{workspace}/collaborators"), raise),
        ("/api/v1/users".to_owned(), more),
    ];
    let whole = made(&app, &first, "whole", None).await;
    let writes = made(&app, &whole, "writes", Some(&["data.records:write", "workspacesAndBases:write"])).await;
    for token in [&whole, &writes] {
        for (path, body) in &attempts {
            assert_eq!(app.call_as(token, Method::POST, path, body).await.0, 403, "{path}");
        }
    }
    // What was made for less makes none: neither for more, nor for as much, nor one that outlives it.
    let reads = ["data.records:read", "schema.bases:read"];
    let narrow = made(&app, &whole, "narrow", Some(&reads)).await;
    for scopes in [None, Some(&reads[..]), Some(&reads[..1]), Some(&["data.records:write"][..])] {
        let (status, refused) = make(&app, &narrow, "more", scopes).await;
        assert_eq!((status, &refused["code"]), (403, &json!("missing-scope")), "{refused}");
        let said = refused["detail"].as_str().unwrap();
        assert!(said.starts_with("the token lacks the scopes `data.records:write`, "), "{said}");
    }
    // Nor does it learn of the others, or take them away.
    assert_eq!(app.call_as(&narrow, Method::GET, TOKENS, &Value::Null).await.0, 403);
    let id = whole.split('.').next().unwrap();
    assert_eq!(app.call_as(&narrow, Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await.0, 403);
    let (_, listed) = app.call_as(&whole, Method::GET, TOKENS, &Value::Null).await;
    assert_eq!(names(&listed), ["First token", "whole", "writes", "narrow"]);

    // The role counts when a token is used, whatever it was when the token was made.
    let place = format!("/v0/meta/workspaces/{workspace}/collaborators/{user}");
    let level = |level: &str| json!({ "permissionLevel": level });
    app.ok(Method::PATCH, &place, &level("edit")).await;
    let path = format!("/v0/{base}/Tasks");
    assert_eq!(app.call_as(&writes, Method::POST, &path, &task).await.0, 200);
    app.ok(Method::PATCH, &place, &level("read")).await;
    assert_eq!(app.call_as(&writes, Method::POST, &path, &task).await.0, 403);
    // Who has no role any more makes none for later.
    app.ok(Method::DELETE, &place, &Value::Null).await;
    let (status, refused) = make(&app, &whole, "later", None).await;
    assert_eq!((status, &refused["code"]), (403, &json!("role")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("no role in a workspace or a base"), "{refused}");
    assert_eq!(app.call_as(&whole, Method::GET, &path, &Value::Null).await.0, 403);
}

#[on_every_database]
async fn a_role_in_one_base_is_enough_for_tokens_of_it(app: TestApp) {
    let (base, other) = (app.plans().await, app.plans().await);
    let (user, first) = app.person("bob", "readOnly").await;
    let place = format!("/v0/meta/workspaces/{}/collaborators/{user}", app.workspace().await);
    app.ok(Method::DELETE, &place, &Value::Null).await;
    let grant = json!({ "collaborators": [{ "user": { "id": user }, "permissionLevel": "edit" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/collaborators"), &grant).await;
    let token = made(&app, &first, "phone", None).await;
    let task = json!({ "fields": { "Name": "paint" } });
    assert_eq!(app.call_as(&token, Method::POST, &format!("/v0/{base}/Tasks"), &task).await.0, 200);
    assert_eq!(app.call_as(&token, Method::POST, &format!("/v0/{other}/Tasks"), &task).await.0, 403);
}

#[on_every_database]
async fn nobody_has_tokens_without_end(app: TestApp) {
    let (_, first) = app.person("eve", "readOnly").await;
    let mut last = String::new();
    for at in 1..100 {
        last = made(&app, &first, &format!("{at}"), Some(&["data.records:read"])).await;
    }
    let (status, refused) = make(&app, &first, "one more", None).await;
    assert_eq!((status, &refused["code"]), (422, &json!("too-many")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("more than 100 tokens: take one back first"), "{refused}");
    let id = last.split('.').next().unwrap();
    assert_eq!(app.call_as(&first, Method::DELETE, &format!("{TOKENS}/{id}"), &Value::Null).await.0, 204);
    made(&app, &first, "one more", None).await;
}
