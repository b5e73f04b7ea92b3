use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, header};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{Config, Door, Failure, JsonBody, Kind};

fn router() -> Router {
    let limited = || async { Failure::plain(Door::Problem, Kind::Limited, "quota", "wait") };
    let read = |body: Body| async {
        JsonBody::read(Door::Problem, body).await?.parse::<BTreeMap<String, u8>>(Door::Problem).map(drop)
    };
    let long = || async { axum::Json(vec!["text"; 1_000]) };
    let events = || async { ([(header::CONTENT_TYPE, "text/event-stream")], "data: x\n\n".repeat(1_000)) };
    let router = Router::new()
        .route("/limited", get(limited))
        .route("/v0/panic", get(|| async { panic!("a test of panics") as () }))
        .route("/stuck", get(std::future::pending::<&str>))
        .route("/read", post(read))
        .route("/long", get(long))
        .route("/v0/long", get(long))
        .route("/v0/short", get(|| async { axum::Json("text") }).put(|| async {}))
        .route("/short", get(|| async { axum::Json("text") }))
        .route("/events", get(events));
    let config = Config { cors_origins: vec!["https://ours.test".to_owned()], ..Config::default() };
    crate::frame(router, &config)
}

async fn send(request: http::request::Builder, body: &str) -> Response<Body> {
    router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
}

async fn json_of(response: Response<Body>) -> Value {
    let bytes = to_bytes(response.into_body(), 100_000).await.unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&bytes)))
}

fn header_of<'r>(response: &'r Response<Body>, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn problems_name_the_request() {
    let response = send(Request::get("/limited").header("x-request-id", "mine-1"), "").await;
    assert_eq!((response.status().as_u16(), header_of(&response, "x-request-id")), (429, "mine-1"));
    assert_eq!(header_of(&response, "content-type"), "application/problem+json");
    let expected = json!({
        "type": "/docs#problem-limited", "title": "Too many requests", "status": 429, "detail": "wait",
        "code": "quota", "retryable": true, "instance": "mine-1",
    });
    assert_eq!(json_of(response).await, expected);
}

#[tokio::test]
async fn an_id_that_is_not_plain_is_replaced() {
    for id in ["", "a b", "x\u{e9}", &"x".repeat(65)] {
        let response = send(Request::get("/short").header("x-request-id", id), "").await;
        let made = header_of(&response, "x-request-id");
        assert!(uuid::Uuid::parse_str(made).is_ok_and(|id| id.get_version_num() == 7), "{id:?} gave {made}");
    }
}

#[tokio::test]
async fn what_the_framework_answers_has_the_shape_of_the_door() {
    let response = send(Request::get("/v0/nothing"), "").await;
    assert_eq!((response.status().as_u16(), json_of(response).await), (404, json!({ "error": "NOT_FOUND" })));
    let response = send(Request::get("/v0/panic"), "").await;
    assert_eq!(response.status(), 500);
    assert_eq!(json_of(response).await["error"]["type"], "SERVER_ERROR");
    let response = send(Request::get("/nothing"), "").await;
    assert_eq!((response.status().as_u16(), json_of(response).await["code"].take()), (404, json!("not-found")));
    let response = send(Request::delete("/short"), "").await;
    assert_eq!((response.status().as_u16(), header_of(&response, "allow")), (405, "GET,HEAD"));
    assert_eq!(json_of(response).await["status"], 405);
    let response = send(Request::delete("/v0/short"), "").await;
    let message = json_of(response).await["error"]["message"].take();
    assert_eq!(message, "method not allowed: this address takes GET, HEAD, PUT");
}

#[tokio::test]
async fn the_encoding_of_what_airtable_answers_is_told() {
    for (path, expected) in [("/v0/short", "application/json; charset=utf-8"), ("/short", "application/json")] {
        assert_eq!(header_of(&send(Request::get(path), "").await, "content-type"), expected, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_answer_is_given_up() {
    let response = send(Request::get("/stuck"), "").await;
    assert_eq!(response.status(), 503);
    assert_eq!(json_of(response).await["retryable"], true);
}

#[tokio::test]
async fn errors_of_bodies_carry_pointers() {
    let response = send(Request::post("/read"), "{\"a\": 1, \"b\": 300}").await;
    assert_eq!(response.status(), 422);
    let fault = json!([{ "pointer": "/b", "detail": "must be a whole number from 0 to 255, not 300" }]);
    assert_eq!(json_of(response).await["errors"], fault);
    let response = send(Request::post("/read"), "{\"a\": 1, ").await;
    assert_eq!((response.status().as_u16(), json_of(response).await["code"].take()), (400, json!("json-syntax")));
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    for (encoding, status) in [("gzip", 415), (" Br", 415), ("", 422), ("identity", 422)] {
        let response = send(Request::post("/read").header("content-encoding", encoding), r#"{"n":"x"}"#).await;
        let told = json_of(response).await;
        assert_eq!(told["status"], status, "{told}");
        let words =
            format!("the body is compressed with `{}`; send it as it is, without `Content-Encoding`", encoding.trim());
        assert!(status == 422 || told["detail"] == words, "{told}");
    }
    // A script of another origin may read that.
    let request = Request::put("/v0/short").header("content-encoding", "gzip").header("origin", "https://any.example");
    let response = send(request, "").await;
    assert_eq!(response.status(), 415);
    assert_eq!(header_of(&response, "access-control-allow-origin"), "https://any.example");
}

#[tokio::test]
async fn long_json_is_compressed_when_asked_for() {
    for (path, accept, encoding) in [
        ("/long", "gzip", "gzip"),
        ("/long", "br, gzip", "br"),
        ("/long", "identity", ""),
        ("/short", "gzip", ""),
        ("/events", "gzip", ""),
    ] {
        let response = send(Request::get(path).header("accept-encoding", accept), "").await;
        assert_eq!(header_of(&response, "content-encoding"), encoding, "{path} {accept}");
        assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn the_airtable_door_is_open_to_all_origins() {
    for (path, origin, allowed) in [
        ("/v0/long", "https://any.test", "https://any.test"),
        ("/long", "https://any.test", ""),
        ("/long", "https://ours.test", "https://ours.test"),
        ("/v0evil", "https://any.test", ""),
    ] {
        let preflight = Request::options(path)
            .header("origin", origin)
            .header("access-control-request-method", "PATCH")
            .header("access-control-request-headers", "authorization,x-api-version");
        let response = send(preflight, "").await;
        assert_eq!(header_of(&response, "access-control-allow-origin"), allowed, "{path} {origin}");
        assert_eq!(response.status(), 200);
        assert_eq!(header_of(&response, "access-control-allow-methods"), "DELETE,GET,OPTIONS,PATCH,POST,PUT");
        assert_eq!(header_of(&response, "access-control-allow-headers"), "authorization,x-api-version");
    }
}

#[tokio::test]
async fn the_document_is_served_with_its_page() {
    let info = utoipa::openapi::InfoBuilder::new().title("Test").version("1").build();
    let api = utoipa::openapi::OpenApiBuilder::new().info(info).build();
    let router = crate::frame(crate::document(api).unwrap(), &Config::default());
    let get = |path: &str| router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
    let response = get("/openapi.json").await.unwrap();
    assert_eq!(json_of(response).await["info"]["title"], "Test");
    let response = get("/docs").await.unwrap();
    assert!(header_of(&response, "content-security-policy").contains("connect-src 'self'"));
    let page = to_bytes(response.into_body(), 1_000_000).await.unwrap();
    let page = String::from_utf8_lossy(&page);
    assert!(!page.contains("http://") && !page.contains("https://"), "the page asks somebody else");
    for kind in Kind::ALL {
        assert!(
            page.contains(&format!("[\"{}\", {},", kind.code(), kind.status().as_u16())),
            "{kind:?} is not explained"
        );
    }
}
