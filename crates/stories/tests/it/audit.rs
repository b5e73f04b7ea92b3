//! The audit trail: who did what to people, rights and structure.

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

async fn log(app: &TestApp) -> String {
    let id = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    format!("/v0/meta/enterpriseAccounts/{id}/auditLogEvents")
}

/// What a page tells: what was done, and to what.
fn told(page: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    page["events"].as_array().unwrap().iter().map(|event| (text(&event["action"]), text(&event["modelId"]))).collect()
}

fn actions(page: &Value) -> Vec<String> {
    told(page).into_iter().map(|(action, _)| action).collect()
}

/// One base with everything that can happen to it, by two people.
async fn history(app: &TestApp) -> (String, String, String) {
    let (bob, his) = app.person("bob", "creator").await;
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let field = json!({ "name": "Note", "type": "singleLineText" });
    let made = app.call_as(&his, Method::POST, &format!("{tables}/Projects/fields"), &field).await;
    let field = made.1["id"].as_str().unwrap().to_owned();
    app.ok(Method::PATCH, &format!("{tables}/Projects/fields/{field}"), &json!({ "name": "Notes" })).await;
    app.ok(Method::DELETE, &format!("{tables}/Projects/fields/{field}"), &Value::Null).await;
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{field}/restore"), &Value::Null).await;
    let grant = json!({ "collaborators": [{ "user": { "id": bob }, "permissionLevel": "edit" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/collaborators"), &grant).await;
    app.ok(Method::PATCH, &format!("/v0/meta/bases/{base}/collaborators/{bob}"), &json!({ "permissionLevel": "read" }))
        .await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/collaborators/{bob}"), &Value::Null).await;
    // Choices that a write adds are structure; what cells hold is not.
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "secret" } })).await;
    let open = json!({ "typecast": true, "fields": { "Status": "Waiting" } });
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &open).await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{base}/restore"), &Value::Null).await;
    (base, bob, field)
}

#[on_every_database]
async fn what_was_done_is_told_with_who_did_it_and_from_where(app: TestApp) {
    let (base, bob, field) = history(&app).await;
    let log = log(&app).await;
    let page = app.get(&format!("{log}?modelId={base}")).await;
    let by_time: Vec<String> = actions(&page).into_iter().rev().collect();
    assert_eq!(
        by_time,
        [
            "bases.create",
            // A link and its other side.
            "fields.create",
            "fields.create",
            "fields.create",
            "fields.update",
            "fields.delete",
            "fields.restore",
            "collaborators.add",
            "collaborators.change",
            "collaborators.remove",
            "fields.update",
            "bases.delete",
            "bases.restore",
        ],
        "{page}"
    );
    assert!(!page.to_string().contains("secret"), "what cells hold is no part of it");
    let his = app.get(&format!("{log}?originatingUserId={bob}&eventType=fields.create")).await;
    let event = &his["events"][0];
    let account = log.split('/').nth(4).unwrap();
    assert_eq!(
        his["events"],
        json!([{
            "id": event["id"], "timestamp": event["timestamp"], "action": "fields.create",
            "actor": { "type": "user", "user": { "id": bob, "email": "bob@example.org", "name": "bob" } },
            "modelId": field, "modelType": "field", "payloadVersion": "1.0",
            "payload": { "name": "Note", "type": "singleLineText", "tableId": event["payload"]["tableId"] },
            "context": { "actionId": event["context"]["actionId"], "enterpriseAccountId": account, "baseId": base,
                "workspaceId": app.workspace().await },
            "origin": {
                "ipAddress": "127.0.0.1", "userAgent": "", "source": "publicApi",
                "personalAccessTokenId": event["origin"]["personalAccessTokenId"],
            },
        }])
    );
    let renamed = app.get(&format!("{log}?modelId={field}&eventType=fields.update")).await;
    let payload = &renamed["events"][0]["payload"];
    assert_eq!((&payload["name"], &payload["previousName"]), (&json!("Notes"), &json!("Note")), "{renamed}");
    let roles = app.get(&format!("{log}?category[]=collaborators&category[]=users&sortOrder=descending")).await;
    // The last of them is the owner, at the first start.
    let expected = ["collaborators.remove", "collaborators.change", "collaborators.add", "users.add", "users.add"];
    assert_eq!(actions(&roles), expected);
    let payloads: Vec<&Value> = (0..3).map(|at| &roles["events"][at]["payload"]).collect();
    let changed = json!({ "permissionLevel": "read", "previousPermissionLevel": "edit" });
    let expected = [&json!({ "previousPermissionLevel": "read" }), &changed, &json!({ "permissionLevel": "edit" })];
    assert_eq!(payloads, expected);
    let whole = json!({ "email": "bob@example.org", "role": "owner" });
    assert_eq!(app.call(Method::POST, "/api/v1/users", &whole).await.0, 201);
    let payload = &app.get(&format!("{log}?eventType=users.add&modelId={bob}")).await["events"][0]["payload"];
    let expected = json!({ "permissionLevel": "owner", "previousPermissionLevel": "create", "isNew": false });
    assert_eq!(payload, &expected);
}

#[on_every_database]
async fn tokens_webhooks_and_removed_bases_are_in_it(app: TestApp) {
    let base = app.plans().await;
    let (_, token) =
        app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "x", "scopes": ["user.email:read"] })).await;
    let id = token["token"].as_str().unwrap().split('.').next().unwrap().to_owned();
    app.call(Method::DELETE, &format!("/api/v1/tokens/{id}"), &Value::Null).await;
    let specification = json!({ "options": { "filters": { "dataTypes": ["tableData"] } } });
    let url = "https://example.org/hook?key=mine";
    let hook = json!({ "notificationUrl": url, "specification": specification });
    let hook =
        app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &hook).await["id"].as_str().unwrap().to_owned();
    let payloads = format!("/v0/bases/{base}/webhooks/{hook}/payloads");
    app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks/{hook}/refresh"), &Value::Null).await;
    // Whoever reads payloads lets the webhook live on, which is no change that somebody asked for.
    app.get(&payloads).await;
    app.call(Method::DELETE, &format!("/v0/bases/{base}/webhooks/{hook}"), &Value::Null).await;
    let syncs = format!("/api/v1/bases/{base}/tables/Tasks/syncs");
    let sync = app.call(Method::POST, &syncs, &json!({ "name": "Stock", "keyField": "Name" })).await.1;
    let sync = sync["id"].as_str().unwrap().to_owned();
    app.call(Method::DELETE, &format!("{syncs}/{sync}"), &Value::Null).await;
    app.call(Method::DELETE, &format!("{syncs}/{sync}"), &Value::Null).await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    app.call(Method::DELETE, &format!("/api/v1/trash/bases/{base}"), &Value::Null).await;
    app.call(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    // What is refused is not in it.
    app.call(Method::DELETE, &format!("/api/v1/trash/bases/{base}"), &Value::Null).await;
    app.call(Method::DELETE, &format!("/api/v1/tokens/{id}"), &Value::Null).await;
    let page = app.get(&format!("{}?category=tokens&category=webhooks&eventType=bases.remove", log(&app).await)).await;
    assert_eq!(told(&page), [], "each condition counts");
    let page = app.get(&log(&app).await).await;
    let entry = |action: &str, id: &str| (action.to_owned(), id.to_owned());
    let expected = [
        entry("bases.remove", &base),
        entry("bases.delete", &base),
        entry("syncs.delete", &sync),
        entry("syncs.create", &sync),
        entry("webhooks.delete", &hook),
        entry("webhooks.refresh", &hook),
        entry("webhooks.create", &hook),
        entry("tokens.revoke", &id),
        entry("tokens.create", &id),
    ];
    assert_eq!(told(&page)[..9], expected);
    assert_eq!(page["events"][2]["payload"]["name"], "Stock");
    assert_eq!(page["events"][8]["payload"], json!({ "name": "x", "scopes": ["user.email:read"] }));
    let text = page.to_string();
    let secret = token["token"].as_str().unwrap().split('.').nth(1).unwrap();
    assert!(!text.contains(secret) && !text.contains("mine"), "no secrets");
}

/// Follows the trail from an entry on, page after page.
async fn follow(app: &TestApp, log: &str, mut next: Option<String>) -> (Vec<String>, Option<String>) {
    let mut found = Vec::new();
    loop {
        let from = next.as_ref().map(|next| format!("&next={next}")).unwrap_or_default();
        let page = app.get(&format!("{log}&sortOrder=ascending&pageSize=2{from}")).await;
        next = page["pagination"]["next"].as_str().map(str::to_owned);
        if page["events"].as_array().unwrap().is_empty() {
            return (found, next);
        }
        found.extend(told(&page).into_iter().map(|(_, id)| id));
    }
}

/// A house whose clock stands still until it is moved.
struct Timed(TestApp, Clock);

impl ForDatabase for Timed {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| ()).await;
        Self(app, clock)
    }
}

#[on_every_database]
async fn whoever_follows_it_misses_nothing_and_sees_nothing_twice(Timed(app, clock): Timed) {
    let log = format!("{}?category=users", log(&app).await);
    let mut people = vec![app.get("/v0/meta/whoami").await["id"].as_str().unwrap().to_owned()];
    for name in ["ada", "ben", "cid", "dan", "eva"] {
        people.push(app.person(name, "readOnly").await.0);
        clock.advance(Duration::from_secs(1));
    }
    // An older entry could still come beside what is newer than half a minute.
    assert_eq!(follow(&app, &log, None).await, (vec![], None));
    clock.advance(Duration::from_secs(26));
    let (first, next) = follow(&app, &log, None).await;
    assert_eq!(first, people[..3]);
    clock.advance(Duration::from_mins(1));
    let (rest, next) = follow(&app, &log, next).await;
    assert_eq!(rest, people[3..]);
    assert_eq!(follow(&app, &log, next.clone()).await, (vec![], next));
    // From the newest on, at once.
    let newest = app.person("fay", "readOnly").await.0;
    let page = app.get(&format!("{log}&pageSize=4")).await;
    let ids = |page: &Value| told(page).into_iter().map(|(_, id)| id).collect::<Vec<_>>();
    assert_eq!(ids(&page), [&newest, &people[5], &people[4], &people[3]].map(String::clone));
    let previous = page["pagination"]["previous"].as_str().unwrap();
    let older = app.get(&format!("{log}&pageSize=4&previous={previous}")).await;
    assert_eq!(ids(&older), [&people[2], &people[1], &people[0]].map(String::clone));
    // The page before, in the order that is asked for.
    let older = app.get(&format!("{log}&pageSize=4&sortOrder=ascending&previous={previous}")).await;
    assert_eq!(ids(&older), people[..3]);
    let between = app.get(&format!("{log}&startTime=2026-01-01T00:00:01Z&endTime=2026-01-01T00:00:03")).await;
    assert_eq!(ids(&between), [&people[4], &people[3], &people[2]].map(String::clone));
    assert_eq!(ids(&app.get(&format!("{log}&endTime=2025-12-31")).await), Vec::<String>::new());
    assert_eq!(ids(&app.get(&format!("{log}&endTime=2026-01-01")).await).len(), 7, "a day lasts until its end");
}

#[on_every_database]
async fn an_import_is_told_with_the_token_that_asked_for_it(app: TestApp) {
    let base = app.plans().await;
    let path = format!("/api/v1/imports?base={base}&table=Read&create=true");
    let import = app.upload(&path, b"Name,Kind\na,b\n".to_vec()).await.1["id"].as_str().unwrap().to_owned();
    app.text(Method::GET, &format!("/api/v1/imports/{import}/events")).await;
    let page = app.get(&format!("{}?eventType=tables.create&modelId={base}", log(&app).await)).await;
    let event = &page["events"][0];
    assert_eq!(told(&page).len(), 1, "{page}");
    assert_eq!((&event["payload"]["name"], &event["origin"]["source"]), (&json!("Read"), &json!("import")));
    assert_eq!((&event["context"]["actionId"], &event["origin"]["ipAddress"]), (&json!(import), &json!("127.0.0.1")));
    assert!(app.token.starts_with(event["origin"]["personalAccessTokenId"].as_str().unwrap()), "{event}");
}

#[on_every_database]
async fn what_happens_at_once_is_told_once_each_time_that_it_happens(app: TestApp) {
    let base = app.plans().await;
    let path = format!("/v0/meta/bases/{base}");
    let delete = || app.call(Method::DELETE, &path, &Value::Null);
    let (one, two, three, four) = tokio::join!(delete(), delete(), delete(), delete());
    let all = [one, two, three, four];
    let done = all.iter().filter(|(status, _)| *status == 200).count();
    let page = app.get(&format!("{}?eventType=bases.delete", log(&app).await)).await;
    assert_eq!((done, actions(&page)), (1, vec!["bases.delete".to_owned()]), "{all:?}");
    assert_eq!(page["events"][0]["payload"], json!({ "name": "Plans" }));
}

#[on_every_database]
async fn the_trail_begins_with_the_first_token(app: TestApp) {
    let log = log(&app).await;
    let page = app.get(&log).await;
    assert_eq!(actions(&page), ["tokens.create", "users.add"]);
    assert_eq!(page["events"][0]["actor"], json!({ "type": "system", "reason": "the first start" }));
    let id = page["events"][0]["modelId"].as_str().unwrap();
    assert!(app.token.starts_with(id), "{page}");
    let (bob, his) = app.person("bob", "editor").await;
    let page = app.get(&format!("{log}?eventType=tokens.create&pageSize=1")).await;
    assert!(his.starts_with(page["events"][0]["modelId"].as_str().unwrap()), "{page}");
    assert_eq!(page["events"][0]["payload"], json!({ "name": "First token", "owner": bob }));
}

#[on_every_database]
async fn only_owners_with_the_scope_read_it(app: TestApp) {
    let (_, his) = app.person("bob", "creator").await;
    let log = log(&app).await;
    let token = async |scope: &str| {
        let (_, made) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": scope, "scopes": [scope] })).await;
        made["token"].as_str().unwrap().to_owned()
    };
    let (right, wrong) = (token("enterprise.auditLogs:read").await, token("enterprise.account:read").await);
    for (token, expected) in [(right.clone(), 200), (wrong, 403), (his, 403), (app.stranger().await, 403)] {
        let answer = app.call_as(&token, Method::GET, &log, &Value::Null).await;
        assert_eq!(answer.0, expected, "{}", answer.1);
    }
    let other =
        app.call_as(&right, Method::GET, "/v0/meta/enterpriseAccounts/ent00000000000000/auditLogEvents", &Value::Null);
    assert_eq!(other.await.0, 403);
}

#[on_every_database]
async fn what_cannot_be_asked_is_named(app: TestApp) {
    let log = log(&app).await;
    let many = vec!["modelId[]=x"; 101].join("&");
    let wrong = [
        ("pageSize=0", "`0` is no `pageSize`: give a number from 1 to 100"),
        ("pageSize=101", "`101` is no `pageSize`"),
        ("pageSize=ten", "`ten` is no `pageSize`"),
        ("sortOrder=up", "`up` is no `sortOrder`: give `ascending` or `descending`"),
        ("next=1", "`1` is no `next`: give that of a page before"),
        ("previous=rec00000000000000", "`rec00000000000000` is no `previous`"),
        ("next=aud00000000000000&previous=aud00000000000001", "not both"),
        ("startTime=yesterday", "`yesterday` is no `startTime`: give a time such as"),
        ("endTime=2026-13-01", "`2026-13-01` is no `endTime`"),
        (many.as_str(), "at most 100 of `modelId`"),
        ("eventType=tables.made", "`tables.made` is no `eventType`: give one of `bases.create`, `bases.update`, "),
        ("category=table", "`table` is no `category`: give one of `bases`, `tables`, `fields`, "),
    ];
    for (query, expected) in wrong {
        let (status, answer) = app.call(Method::GET, &format!("{log}?{query}"), &Value::Null).await;
        assert!(status == 422 && answer.to_string().contains(expected), "{query}: {status} {answer}");
    }
}

#[on_every_database]
async fn what_happened_in_a_workspace_is_found_by_it(app: TestApp) {
    let base = app.plans().await;
    let (log, workspace) = (log(&app).await, app.workspace().await);
    let field = json!({ "name": "Note", "type": "singleLineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let table = json!({ "name": "More", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &table).await;
    let tables = app.get(&format!("{log}?modelId={workspace}&category=tables")).await;
    assert_eq!(actions(&tables), ["tables.create"]);
    let fields = app.get(&format!("{log}?modelId={workspace}&category=fields")).await;
    for event in tables["events"].as_array().unwrap().iter().chain(fields["events"].as_array().unwrap()) {
        let context = &event["context"];
        assert_eq!((&context["workspaceId"], &context["baseId"]), (&json!(workspace), &json!(base)), "{event}");
    }
    assert_eq!(actions(&fields).last().unwrap(), "fields.create");
    assert_eq!(app.get(&format!("{log}?modelId=wspNobody00000001&category=tables")).await["events"], json!([]));
}
