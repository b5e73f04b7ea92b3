use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use utoipa::OpenApi as _;

use super::document;

/// Changes a thing.
#[utoipa::path(
    patch, path = "/v0/{id}", operation_id = "thing.update", params(("id" = String, Path)), request_body = String,
    responses((status = 200, description = "The thing"), (status = 409, description = "Changed meanwhile"))
)]
#[expect(dead_code, reason = "only described")]
fn update() {}

/// Greets.
#[utoipa::path(get, path = "/hello", operation_id = "hello.say", security(()), responses((status = 200, description = "Hi")))]
#[expect(dead_code, reason = "only described")]
fn hello() {}

#[derive(utoipa::OpenApi)]
#[openapi(paths(update, hello))]
struct Described;

async fn served() -> Value {
    let router = document(Described::openapi()).unwrap();
    let answer = router.oneshot(Request::get("/openapi.json").body(Body::empty()).unwrap()).await.unwrap();
    serde_json::from_slice(&to_bytes(answer.into_body(), 1 << 20).await.unwrap()).unwrap()
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn every_operation_gets_the_answers_of_its_kind() {
    let api = served().await;
    let update = &api["paths"]["/v0/{id}"]["patch"];
    assert_eq!(statuses(update), ["200", "400", "401", "403", "404", "409", "413", "422", "429", "500", "503"]);
    let shape = &update["responses"]["422"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(shape, "#/components/schemas/AirtableError");
    let shape = &update["responses"]["429"]["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(shape, "#/components/schemas/RateLimited");
    assert_eq!(update["responses"]["409"]["description"], "Changed meanwhile");
    assert_eq!(api["security"], json!([{ "token": [] }]));
    assert!(api["components"]["schemas"]["Problem"]["properties"]["detail"].is_object());
}

#[tokio::test]
async fn an_open_door_asks_for_no_token() {
    let api = served().await;
    let hello = &api["paths"]["/hello"]["get"];
    assert_eq!((statuses(hello), &hello["security"]), (vec!["200"], &json!([])));
    assert_eq!(api["paths"]["/openapi.json"]["get"]["operationId"], "document.get");
}

#[tokio::test]
async fn the_page_is_whole_by_itself() {
    let router = document(Described::openapi()).unwrap();
    let answer = router.oneshot(Request::get("/docs").body(Body::empty()).unwrap()).await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    let page = String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
    for outside in ["http://", "https://", "<link", " src=", "@import", " url(", ":url("] {
        assert!(!page.contains(outside), "the page asks for `{outside}`");
    }
    for kind in crate::Kind::ALL {
        assert!(
            page.contains(&format!("[\"{}\", {}", kind.code(), kind.status().as_u16())),
            "{kind:?} is not explained"
        );
    }
}
