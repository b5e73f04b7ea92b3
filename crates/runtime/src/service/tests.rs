use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tokio::sync::oneshot;
use tower::ServiceExt as _;
use utoipa::openapi::{InfoBuilder, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Service, open};
use crate::{Check, Ended, Lifecycle, Targets};

/// Says hello.
#[utoipa::path(get, path = "/hello", operation_id = "hello.say", responses((status = 200, description = "A greeting")))]
async fn hello() -> &'static str {
    "hello"
}

fn services() -> Vec<Service> {
    let greeter = Service::new("greeter", "Greets")
        .routes(OpenApiRouter::new().routes(routes!(hello)))
        .check(Check::new("mood", || async { Ok(()) }));
    let other =
        Service::new("other", "Does nothing").plain_routes(axum::Router::new().route("/other", get(|| async {})));
    vec![greeter, other]
}

async fn status(router: &axum::Router, path: &str) -> u16 {
    router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn only_chosen_services_open_their_doors() {
    let api = || OpenApiBuilder::new().info(InfoBuilder::new().title("House").version("1").build()).build();
    let all = open(services(), &Targets::All, api()).unwrap();
    assert_eq!((status(&all.router, "/hello").await, status(&all.router, "/other").await), (200, 200));
    assert_eq!((all.api.info.title.as_str(), all.checks.len()), ("House", 1));
    let paths: Vec<_> = all.api.paths.paths.keys().collect();
    assert_eq!(paths, ["/hello"]);

    let other = open(services(), &Targets::Only(vec!["other"]), api()).unwrap();
    assert_eq!((status(&other.router, "/hello").await, status(&other.router, "/other").await), (404, 200));
    assert!(other.api.paths.paths.is_empty() && other.checks.is_empty());
}

#[tokio::test]
async fn hands_work_until_the_end() {
    let (said, hears) = oneshot::channel();
    let service = Service::new("worker", "Works").hand("worker.work", |drain| async move {
        drain.cancelled().await;
        let _ = said.send("drained");
    });
    let lifecycle = Lifecycle::new();
    for hand in service.hands {
        hand.start(&lifecycle);
    }
    let ended = lifecycle.shutdown(std::time::Duration::from_mins(1), std::future::pending::<()>()).await;
    assert_eq!((ended, hears.await), (Ended::Drained, Ok("drained")));
}
