//! How often whoever has a link may ask.

use std::time::Duration;

use clock::Clock;
use hyper::Request;
use serde_json::json;
use testkit::{Engine, ForDatabase, on_every_database};

use super::share;
use crate::app::TestApp;

/// A house behind a proxy, with few requests for visitors and links.
struct Frugal {
    app: TestApp,
    clock: Clock,
}

impl ForDatabase for Frugal {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |settings| {
            settings.web.proxies = 1;
            settings.limits.visits_per_minute = 3;
            settings.limits.link_visits_per_minute = 5;
        })
        .await;
        Self { app, clock }
    }
}

/// The status of a visit, and after how many seconds another one may come.
async fn visit(app: &TestApp, url: &str, from: &str) -> (u16, Option<String>) {
    let url = format!("{}{}", app.url(), &url[url.find("/api/v1/").unwrap()..]);
    let (status, headers, _) = app.fetch(Request::get(url).header("x-forwarded-for", from)).await;
    (status, headers.get("retry-after").map(|after| after.to_str().unwrap().to_owned()))
}

#[on_every_database]
async fn visitors_and_links_have_shares_of_their_own(frugal: Frugal) {
    let Frugal { app, clock } = frugal;
    let base = app.plans().await;
    let made = share(&app, &base, &json!({ "type": "base" })).await;
    let other = share(&app, &base, &json!({ "type": "base" })).await;
    let (link, other) = (made["url"].as_str().unwrap(), other["url"].as_str().unwrap());
    let refused = |seconds: &str| (429, Some(seconds.to_owned()));
    // What a client says itself stands before what the proxy says of it.
    for from in ["192.0.2.1", "10.0.0.1, 192.0.2.1", "192.0.2.9,192.0.2.1"] {
        assert_eq!(visit(&app, link, from).await, (200, None));
    }
    assert_eq!(visit(&app, link, "192.0.2.1").await, refused("20"));
    assert_eq!(visit(&app, other, "192.0.2.1").await, refused("20"), "whatever the link");
    let records = format!("{link}/tables/Tasks/records");
    for from in ["192.0.2.2", "192.0.2.3"] {
        assert_eq!(visit(&app, &records, from).await.0, 200);
    }
    assert_eq!(visit(&app, link, "192.0.2.4").await, refused("12"), "whoever the visitor");
    assert_eq!(visit(&app, other, "192.0.2.4").await.0, 200);
    // Who has no link uses up none, but may not go on guessing.
    let id = other.rsplit('/').next().unwrap().split_once('.').unwrap().0;
    let wrong = format!("/api/v1/shared/{id}.AAAAAAAAAAAAAAAAAAAAAA");
    for status in [404, 404, 404, 429] {
        assert_eq!(visit(&app, &wrong, "192.0.2.5").await.0, status);
    }
    for from in ["192.0.2.6", "192.0.2.7", "192.0.2.8", "192.0.2.10"] {
        assert_eq!(visit(&app, other, from).await.0, 200);
    }
    assert_eq!(visit(&app, other, "192.0.2.11").await.0, 429);
    clock.advance(Duration::from_mins(1));
    assert_eq!(visit(&app, link, "192.0.2.1").await, (200, None));
    // The audit trail tells of where the proxy was called from, too.
    let log = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    let state = format!("{}/v0/meta/bases/{base}/shares/{}", app.url(), made["shareId"].as_str().unwrap());
    let delete = Request::delete(state).header("authorization", format!("Bearer {}", app.token));
    assert_eq!(app.fetch(delete.header("x-forwarded-for", "192.0.2.1")).await.0, 200);
    let log = app.get(&format!("/v0/meta/enterpriseAccounts/{log}/auditLogEvents?category=shares")).await;
    assert_eq!(log["events"][0]["origin"]["ipAddress"], "192.0.2.1", "{}", log["events"][0]);
}
