//! Shares: views and bases shown to whoever has a link.

mod files;
mod limits;
mod since;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// Asks as somebody who has nothing but the link.
async fn visit(app: &TestApp, link: &str, rest: &str) -> (u16, Value) {
    let path = &link[link.find("/api/v1/").unwrap()..];
    app.send(Method::GET, &format!("{path}{rest}"), None, String::new()).await
}

async fn share(app: &TestApp, base: &str, wanted: &Value) -> Value {
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/shares"), wanted).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// A base with a view of the open tasks, which shows three fields in an order of its own; answers both ids.
async fn board(app: &TestApp) -> (String, String) {
    let base = app.plans().await;
    let person = json!({ "name": "Owner", "type": "singleCollaborator" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &person).await;
    let me = app.get("/v0/meta/whoami").await["id"].clone();
    let project =
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let task = |name: &str, points: i64, status: &str| json!({ "fields": { "Name": name, "Points": points, "Status": status, "Owner": { "id": me }, "Project": [project["id"]] } });
    let tasks = json!({ "records": [task("Paint", 3, "Open"), task("Nail", 1, "Open"), task("Rest", 9, "Done")] });
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &tasks).await;
    let view = json!({
        "name": "Board", "filter": { "field": "Status", "op": "=", "value": "Open" },
        "sorts": [{ "field": "Points", "direction": "asc" }],
        "hiddenFields": ["Points", "Status", "Tags", "Due", "Urgent", "Double", "No"],
    });
    let (status, view) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), &view).await;
    assert_eq!(status, 201, "{view}");
    (base, view["id"].as_str().unwrap().to_owned())
}

#[on_every_database]
async fn a_link_shows_the_records_and_fields_of_its_view_and_nothing_else(app: TestApp) {
    let (base, view) = board(&app).await;
    let shared = share(&app, &base, &json!({ "type": "view", "viewId": view })).await;
    let link = shared["url"].as_str().unwrap();
    assert!(link.ends_with(shared["token"].as_str().unwrap()), "{shared}");
    let (status, told) = visit(&app, link, "").await;
    assert_eq!(status, 200, "{told}");
    assert_eq!((&told["type"], &told["name"]), (&json!("view"), &json!("Board")));
    let table = &told["tables"][0];
    let fields: Vec<_> = table["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert_eq!(json!(fields), json!(["Name", "Project", "Owner"]));
    for named in [table["id"].as_str().unwrap(), "Tasks"] {
        let (status, page) = visit(&app, link, &format!("/tables/{named}/records?pageSize=1")).await;
        assert_eq!(status, 200, "{page}");
        let fields = json!({ "Name": "Nail", "Project": "House", "Owner": "owner" });
        assert_eq!(page["records"][0]["fields"], fields, "in the order of the view");
        let offset = page["offset"].as_str().unwrap();
        let (_, page) = visit(&app, link, &format!("/tables/{named}/records?pageSize=1&offset={offset}")).await;
        assert_eq!((&page["records"][0]["fields"]["Name"], &page["offset"]), (&json!("Paint"), &Value::Null));
    }
    let (_, page) = visit(&app, link, "/tables/Tasks/records").await;
    let text = format!("{told}{page}");
    for secret in ["Points", "Rest", "localhost", "usr", &base] {
        assert!(!text.contains(secret), "`{secret}` is not shown: {text}");
    }
    // Neither other tables nor questions about hidden fields.
    assert_eq!(visit(&app, link, "/tables/Projects/records").await.0, 404);
    for query in
        ["?filterByFormula=Points%3E2", "?sort[0][field]=Points&sort[0][direction]=desc", "?fields[]=Points", "?view=x"]
    {
        assert_eq!(visit(&app, link, &format!("/tables/Tasks/records{query}")).await.1, page);
    }
    let (_, by_id) = visit(&app, link, "/tables/Tasks/records?returnFieldsByFieldId=true").await;
    assert_eq!(by_id["records"][0]["fields"][table["fields"][0]["id"].as_str().unwrap()], "Nail");
}

#[on_every_database]
async fn a_link_follows_what_it_shows_until_it_is_turned_off(app: TestApp) {
    let (base, view) = board(&app).await;
    let shared = share(&app, &base, &json!({ "type": "view", "viewId": view })).await;
    let (link, id) = (shared["url"].as_str().unwrap(), shared["shareId"].as_str().unwrap());
    let own = format!("/api/v1/bases/{base}/views/{view}");
    app.ok(Method::PATCH, &own, &json!({ "hiddenFields": ["Owner"], "filter": null })).await;
    let (_, page) = visit(&app, link, "/tables/Tasks/records?pageSize=1").await;
    // A page that began before does not go on with what is hidden by now.
    let offset = page["offset"].as_str().unwrap();
    let few = json!({ "filter": { "field": "Name", "op": "=", "value": "Nail" } });
    app.ok(Method::PATCH, &own, &few).await;
    let (status, answer) = visit(&app, link, &format!("/tables/Tasks/records?offset={offset}")).await;
    assert_eq!((status, &answer["code"]), (422, &json!("offset")), "{answer}");
    app.ok(Method::PATCH, &own, &json!({ "filter": null })).await;
    let (_, page) = visit(&app, link, "/tables/Tasks/records").await;
    let first = &page["records"][0]["fields"];
    assert_eq!(
        (&first["Points"], &first["Owner"], page["records"].as_array().unwrap().len()),
        (&json!("1.0"), &Value::Null, 3)
    );
    let state = format!("/v0/meta/bases/{base}/shares/{id}");
    let nowhere = visit(&app, "/api/v1/shared/shr00000000000000.AAAAAAAAAAAAAAAAAAAAAA", "").await;
    assert_eq!(nowhere.0, 404);
    let is_gone = async || {
        let mut answers = Vec::new();
        for rest in ["", "/tables/Tasks/records"] {
            let (status, answer) = visit(&app, link, rest).await;
            answers.push((status, answer["code"].clone(), answer["detail"].clone()));
        }
        let expected = (404, nowhere.1["code"].clone(), nowhere.1["detail"].clone());
        assert_eq!(answers, [expected.clone(), expected], "as if it never was");
    };
    let listed = async || app.get(&format!("/v0/meta/bases/{base}/shares")).await["shares"].as_array().unwrap().len();
    let changed = app.ok(Method::PATCH, &state, &json!({ "state": "disabled" })).await;
    assert_eq!(changed["state"], "disabled");
    is_gone().await;
    app.ok(Method::PATCH, &state, &json!({ "state": "enabled" })).await;
    assert_eq!(visit(&app, link, "").await.0, 200, "the link is the same");
    // A view in the trash, and a base.
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/views/{view}"), &Value::Null).await;
    is_gone().await;
    assert_eq!(listed().await, 0);
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{view}/restore"), &Value::Null).await;
    assert_eq!((visit(&app, link, "").await.0, listed().await), (200, 1));
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    is_gone().await;
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{base}/restore"), &Value::Null).await;
    assert_eq!(visit(&app, link, "").await.0, 200);
    let gone = app.ok(Method::DELETE, &state, &Value::Null).await;
    assert_eq!(gone, json!({ "id": id, "deleted": true }));
    is_gone().await;
    assert_eq!((app.call(Method::DELETE, &state, &Value::Null).await.0, listed().await), (404, 0));
    let log = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    let log = app.get(&format!("/v0/meta/enterpriseAccounts/{log}/auditLogEvents?category=shares")).await;
    let told: Vec<_> = log["events"].as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
    assert_eq!(json!(told), json!(["shares.delete", "shares.update", "shares.update", "shares.create"]));
}

#[on_every_database]
async fn a_whole_base_is_shown_table_by_table(app: TestApp) {
    let (base, _) = board(&app).await;
    let shared = share(&app, &base, &json!({ "type": "base" })).await;
    let link = shared["url"].as_str().unwrap();
    let (_, told) = visit(&app, link, "").await;
    let names: Vec<_> = told["tables"].as_array().unwrap().iter().map(|table| table["name"].clone()).collect();
    assert_eq!((&told["name"], json!(names)), (&json!("Plans"), json!(["Tasks", "Projects"])));
    let (_, page) = visit(&app, link, "/tables/Projects/records").await;
    assert_eq!(page["records"][0]["fields"], json!({ "Title": "House", "Tasks": "Paint, Nail, Rest" }));
    let (_, page) = visit(&app, link, "/tables/Tasks/records").await;
    assert_eq!(
        (page["records"].as_array().unwrap().len(), page.to_string().contains("localhost")),
        (3, false),
        "{page}"
    );
    assert_eq!(
        app.get(&format!("/v0/meta/bases/{base}/shares")).await["shares"],
        json!([{
            "shareId": shared["shareId"], "shareTokenPrefix": shared["shareId"], "type": "base",
            "state": "enabled", "createdByUserId": app.get("/v0/meta/whoami").await["id"],
            "createdTime": shared["createdTime"], "isPasswordProtected": false, "restrictedToEmailDomains": [],
            "restrictedToEnterpriseMembers": false,
        }])
    );

    // An id comes before a name, whichever table comes first.
    let id = told["tables"][1]["id"].as_str().unwrap();
    app.ok(Method::PATCH, &format!("/v0/meta/bases/{base}/tables/Tasks"), &json!({ "name": id })).await;
    let (_, page) = visit(&app, link, &format!("/tables/{id}/records")).await;
    assert_eq!(page["records"][0]["fields"]["Title"], "House", "{page}");
}

#[on_every_database]
async fn only_creators_share_and_links_are_not_guessed(app: TestApp) {
    let (base, view) = board(&app).await;
    let (_, editor) = app.person("eve", "editor").await;
    let (_, creator) = app.person("carl", "creator").await;
    let shares = format!("/api/v1/bases/{base}/shares");
    let wanted = json!({ "type": "view", "viewId": view });
    let (status, answer) = app.call_as(&editor, Method::POST, &shares, &wanted).await;
    assert_eq!(status, 403, "{answer}");
    let (status, made) = app.call_as(&creator, Method::POST, &shares, &wanted).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        app.call_as(&editor, Method::GET, &shares, &Value::Null).await.0,
        403,
        "links are for those who may share"
    );
    let one = format!("/v0/meta/bases/{base}/shares/{}", made["shareId"].as_str().unwrap());
    assert_eq!(app.call_as(&editor, Method::PATCH, &one, &json!({ "state": "disabled" })).await.0, 403);
    assert_eq!(app.call_as(&editor, Method::DELETE, &one, &Value::Null).await.0, 403);
    assert_eq!(app.get(&shares).await["shares"][0]["url"], made["url"]);
    // Who may not read the base learns no link to it.
    let scopes = json!({ "name": "roles", "scopes": ["workspacesAndBases:read", "workspacesAndBases:write"] });
    let roles = app.call(Method::POST, "/api/v1/tokens", &scopes).await.1["token"].as_str().unwrap().to_owned();
    assert_eq!(app.call_as(&roles, Method::POST, &shares, &wanted).await.0, 403);
    assert_eq!(app.call_as(&roles, Method::GET, &shares, &Value::Null).await.0, 403);
    let token = made["token"].as_str().unwrap();
    let (id, secret) = token.split_once('.').unwrap();
    let other = format!("{}{}", if secret.starts_with('A') { 'B' } else { 'A' }, &secret[1..]);
    for wrong in [
        id.to_owned(),
        format!("{id}."),
        format!("{id}.{other}"),
        format!("{id}.{}", &secret[..20]),
        format!("{token}A"),
        ".".to_owned(),
        "%00".to_owned(),
        "é.é".replace('é', "%C3%A9"),
    ] {
        let (status, answer) = visit(&app, &format!("/api/v1/shared/{wrong}"), "").await;
        assert_eq!((status, &answer["code"]), (404, &json!("link-not-found")), "{wrong}");
    }
}

#[on_every_database]
async fn what_cannot_be_shared_and_asked_is_named(app: TestApp) {
    let (base, view) = board(&app).await;
    let shares = format!("/api/v1/bases/{base}/shares");
    let made = share(&app, &base, &json!({ "type": "view", "viewId": view })).await;
    let one = format!("/v0/meta/bases/{base}/shares/{}", made["shareId"].as_str().unwrap());
    let form = app
        .call(
            Method::POST,
            &format!("/api/v1/bases/{base}/tables/Tasks/views"),
            &json!({ "name": "Ask", "type": "form" }),
        )
        .await
        .1;
    for (body, expected) in [
        (json!({ "type": "view", "viewId": form["id"] }), "`Ask` is a form, which people fill in"),
        (json!({ "type": "view" }), "`viewId`: name the view to share"),
        (json!({ "type": "base", "viewId": view }), "`viewId` belongs to a share of the `type` `view`"),
        (json!({ "type": "view", "viewId": "viw00000000000000" }), "the base has no view `viw00000000000000`"),
        (json!({ "type": "table" }), "must be `view` or `base`, not `table`"),
        (json!({ "type": 1 }), "/type: must be a text, not 1"),
        (json!({ "type": "base", "password": "x" }), "there is no `password` here"),
    ] {
        let (status, answer) = app.call(Method::POST, &shares, &body).await;
        assert!(status == 422 && answer["detail"].as_str().unwrap().contains(expected), "{body}: {status} {answer}");
    }
    let (status, answer) = app.call(Method::PATCH, &one, &json!({ "state": "off" })).await;
    assert_eq!(status, 422, "{answer}");
    for (query, expected) in [
        ("pageSize=0", "`pageSize` must be from 1 to 100"),
        ("pageSize=x", "`pageSize` must be from 1 to 100"),
        ("timeZone=Mars", "`timeZone` is a name of the IANA database"),
        ("offset=itrx", "offset"),
    ] {
        let (status, answer) =
            visit(&app, made["url"].as_str().unwrap(), &format!("/tables/Tasks/records?{query}")).await;
        assert!(status == 422 && answer["detail"].as_str().unwrap().contains(expected), "{query}: {status} {answer}");
    }
    for _ in 0..99 {
        share(&app, &base, &json!({ "type": "base" })).await;
    }
    let (status, answer) = app.call(Method::POST, &shares, &json!({ "type": "base" })).await;
    assert!(status == 422 && answer["detail"].as_str().unwrap().contains("at most 100 shares"), "{answer}");
}

/// The view goes on without the condition; a link must not show what it kept back.
#[on_every_database]
async fn a_link_whose_view_lost_a_condition_leads_nowhere(app: TestApp) {
    let (base, _) = board(&app).await;
    let add = async |name: &str, filter: Value| {
        let view = json!({ "name": name, "filter": filter });
        let (status, view) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), &view).await;
        assert_eq!(status, 201, "{view}");
        share(&app, &base, &json!({ "type": "view", "viewId": view["id"] })).await
    };
    let open = json!({ "field": "Status", "op": "=", "value": "Open" });
    let of_status = add("Open ones", json!({ "and": [open, { "field": "Name", "op": "!=", "value": "" }] })).await;
    let of_double = add("Large ones", json!({ "field": "Double", "op": ">", "value": 3 })).await;
    let links = [&of_status, &of_double].map(|shared| shared["url"].as_str().unwrap().to_owned());
    let leads = async || {
        let mut all = Vec::new();
        for link in &links {
            let (status, _) = visit(&app, link, "/tables/Tasks/records").await;
            all.push((status, visit(&app, link, "").await.0));
        }
        all
    };
    assert_eq!(leads().await, [(200, 200); 2]);
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    app.ok(Method::DELETE, &format!("{fields}/Status"), &Value::Null).await;
    let text = json!({ "options": { "formula": "{Points} & ''" } });
    app.ok(Method::PATCH, &format!("{fields}/Double"), &text).await;
    assert_eq!(leads().await, [(404, 404); 2]);
    let told = app.get(&format!("/api/v1/bases/{base}/shares")).await;
    assert_eq!(told["shares"].as_array().unwrap().iter().filter(|share| share["conditionLost"] == true).count(), 2);

    let number = json!({ "options": { "formula": "{Points} * 3" } });
    app.ok(Method::PATCH, &format!("{fields}/Double"), &number).await;
    assert_eq!(leads().await, [(404, 404), (200, 200)]);
    let own = format!("/api/v1/bases/{base}/views/{}", of_status["viewId"].as_str().unwrap());
    app.ok(Method::PATCH, &own, &json!({ "filter": null })).await;
    assert_eq!(leads().await, [(200, 200); 2]);
}
