//! Addresses of files that a link tells end with it.

use hyper::{Method, Request};
use serde_json::{Value, json};
use testkit::on_every_database;

use super::{share, visit};
use crate::app::TestApp;

/// What an address answers whoever has it, and for how long that may be kept.
async fn follow(app: &TestApp, url: &str) -> (u16, String) {
    let (status, headers, body) = app.fetch(Request::get(url)).await;
    let kept = headers.get("cache-control").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(status == 200, body == b"a secret", "{status}");
    (status, kept)
}

/// The address in a text of files, such as `note.txt (http://…)`.
fn address(text: &Value) -> String {
    let text = text.as_str().unwrap();
    text[text.find("(http").unwrap() + 1..text.len() - 1].to_owned()
}

#[on_every_database]
async fn addresses_of_files_end_with_the_link_that_told_them(app: TestApp) {
    let base = app.plans().await;
    let fields = format!("/v0/meta/bases/{base}/tables/Projects/fields");
    app.ok(Method::POST, &fields, &json!({ "name": "Files", "type": "multipleAttachments" })).await;
    let told = json!({ "name": "Told", "type": "formula", "options": { "formula": "{Files}" } });
    app.ok(Method::POST, &fields, &told).await;
    let made = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let record = format!("/v0/{base}/Projects/{}", made["id"].as_str().unwrap());
    let upload = format!("/v0/{base}/{}/Files/uploadAttachment", made["id"].as_str().unwrap());
    let file = json!({ "contentType": "text/plain", "filename": "note.txt", "file": "YSBzZWNyZXQ=" });
    app.ok(Method::POST, &upload, &file).await;
    let text = format!("{record}?cellFormat=string&timeZone=UTC&userLocale=en");
    // An owner's address is of no share, also where a visitor has looked at the same cells since.
    let own = address(&app.get(&text).await["fields"]["Told"]);

    let shares =
        [share(&app, &base, &json!({ "type": "base" })).await, share(&app, &base, &json!({ "type": "base" })).await];
    let mut links = Vec::new();
    for shared in &shares {
        let (status, page) = visit(&app, shared["url"].as_str().unwrap(), "/tables/Projects/records").await;
        assert_eq!(status, 200, "{page}");
        let cells = &page["records"][0]["fields"];
        links.push([address(&cells["Files"]), address(&cells["Told"])]);
    }
    let own = [own, address(&app.get(&text).await["fields"]["Told"])];
    for url in links.iter().flatten() {
        assert_eq!(follow(&app, url).await, (200, "private, no-cache".to_owned()));
    }
    let state = format!("/v0/meta/bases/{base}/shares/{}", shares[0]["shareId"].as_str().unwrap());
    let ends = async |urls: &[String; 2]| {
        for url in urls {
            assert_eq!(follow(&app, url).await.0, 404, "{url}");
        }
    };
    app.ok(Method::PATCH, &state, &json!({ "state": "disabled" })).await;
    ends(&links[0]).await;
    app.ok(Method::PATCH, &state, &json!({ "state": "enabled" })).await;
    assert_eq!(follow(&app, &links[0][0]).await.0, 200);
    app.ok(Method::DELETE, &state, &Value::Null).await;
    ends(&links[0]).await;
    for url in links[1].iter().chain(&own) {
        assert_eq!(follow(&app, url).await.0, 200, "of another share, and of none");
    }
    assert_eq!(follow(&app, &own[0]).await.1, "private, max-age=7200, immutable");
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    ends(&links[1]).await;
}
