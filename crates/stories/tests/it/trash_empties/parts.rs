//! Tables, fields and views that are removed from the trash for good.

use std::time::Duration;

use db::{Db, params};
use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::{Month, Timed, later};
use crate::app::TestApp;
use crate::webhooks::until;

/// What nobody may find once it was removed.
const SECRET: &str = "swordfish";

/// A base with two tasks of a project, whose notes are secret, and somebody who listens.
struct Plans {
    base: String,
    tasks: Vec<String>,
}

impl Plans {
    async fn new(app: &TestApp, project: &str) -> Self {
        let base = app.plans().await;
        let notes = json!({ "name": "Notes", "type": "singleLineText" });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &notes).await;
        let hook = json!({ "specification": { "options": { "filters": { "dataTypes": ["tableData"] } } } });
        let hook = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &hook).await["id"].clone();
        let house = json!({ "fields": { "Title": project } });
        let house = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &house).await["id"].clone();
        let task = |name: &str| json!({ "fields": { "Name": name, "Notes": SECRET, "Project": [house] } });
        let made = json!({ "records": [task("Paint"), task("Mow")] });
        let made = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &made).await;
        let ids = made["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned());
        let payloads = format!("/v0/bases/{base}/webhooks/{}/payloads", hook.as_str().unwrap());
        until(async || app.get(&payloads).await["payloads"].as_array().unwrap().len() >= 2).await;
        Self { base, tasks: ids.collect() }
    }

    fn at(&self, rest: &str) -> String {
        format!("/api/v1/bases/{}{rest}", self.base)
    }

    async fn delete(&self, app: &TestApp, part: &str) -> String {
        let gone = app.ok(Method::DELETE, &format!("/v0/meta/bases/{}/{part}", self.base), &Value::Null).await;
        gone["id"].as_str().unwrap().to_owned()
    }

    async fn trash(&self, app: &TestApp) -> Vec<String> {
        let told = app.get(&self.at("/trash")).await;
        let lists = ["tables", "fields", "views"].into_iter().flat_map(|kind| told[kind].as_array().unwrap().clone());
        lists.map(|held| held["name"].as_str().unwrap().to_owned()).collect()
    }

    /// The number of the newest change.
    async fn newest(&self, app: &TestApp) -> i64 {
        app.get(&self.at("/history?limit=1")).await["changes"][0]["change"].as_i64().unwrap()
    }
}

/// How many rows of a base still hold the secret, by table.
async fn left(db: &Db, base: &str) -> Vec<i64> {
    let found = db.read("SELECT base FROM bases WHERE id = $1", params![base.to_owned()]).await.unwrap();
    let no: i64 = found[0].get(0).unwrap();
    let mut left = Vec::new();
    for text in [
        "SELECT COUNT(*) FROM records WHERE base = $1 AND cells LIKE '%swordfish%'",
        "SELECT COUNT(*) FROM changes WHERE base = $1 AND body LIKE '%swordfish%'",
        "SELECT COUNT(*) FROM webhook_payloads WHERE base = $1 AND body LIKE '%swordfish%'",
        "SELECT COUNT(*) FROM links WHERE base = $1",
    ] {
        left.push(db.read(text, params![no]).await.unwrap()[0].get(0).unwrap());
    }
    left
}

/// Fields that were removed, and what still told of them: a change that wrote to one, and a formula that names it.
struct Hidden<'p> {
    plans: &'p Plans,
    ids: [&'p str; 2],
    written: i64,
    broken: Value,
}

impl Hidden<'_> {
    /// Looks for them at each server.
    async fn at(&self, servers: impl Iterator<Item = &TestApp>) {
        let (plans, written) = (self.plans, self.written);
        let one = format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[0]);
        for server in servers {
            assert_eq!(plans.trash(server).await, [] as [String; 0]);
            for id in self.ids {
                let restore = plans.at(&format!("/trash/{id}/restore"));
                assert_eq!(server.call(Method::POST, &restore, &Value::Null).await.0, 404);
            }
            for path in [
                one.clone(),
                format!("/v0/{}/Tasks?at={written}", plans.base),
                plans.at("/history?limit=100"),
                plans.at(&format!("/history?record={}", plans.tasks[0])),
            ] {
                let told = server.get(&path).await;
                assert!(!told.to_string().contains(SECRET), "{path}: {told}");
            }
            assert_eq!(server.get(&one).await["fields"]["Long"], self.broken, "a formula is as broken as it was");
            let undo = server.call(Method::POST, &plans.at("/undo"), &json!({ "change": written })).await;
            let why = "wrote to field `Notes` of `Tasks`, which was removed from the trash for good";
            assert!(undo.0 == 409 && undo.1["detail"].as_str().unwrap().contains(why), "{undo:?}");
        }
    }
}

#[on_every_database]
async fn a_field_that_is_removed_leaves_no_cell_and_no_history(house: Timed) {
    let app = &house.app;
    let plans = Plans::new(app, "House").await;
    let (base, one) = (&plans.base, format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[0]));
    let long = json!({ "name": "Long", "type": "formula", "options": { "formula": "LEN({Notes})" } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &long).await;
    // A field keeps what it held when it was of another type.
    let convert = plans.at("/tables/Tasks/fields/Notes/convert");
    app.ok(Method::POST, &convert, &json!({ "type": "multilineText" })).await;
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Notes": "swordfish again", "Points": 1 } })).await;
    let written = plans.newest(app).await;
    let field = plans.delete(app, "tables/Tasks/fields/Notes").await;
    let links = plans.delete(app, "tables/Tasks/fields/Project").await;
    let broken = app.get(&one).await["fields"]["Long"].clone();
    let (_, creator) = app.person("cid", "creator").await;
    let own = |id: &str| plans.at(&format!("/trash/{id}"));
    assert_eq!(app.call_as(&creator, Method::DELETE, &own(&field), &Value::Null).await.0, 403);
    let stranger = app.stranger().await;
    assert_eq!(app.call_as(&stranger, Method::DELETE, &own(&field), &Value::Null).await.0, 404);
    assert_eq!(app.call(Method::DELETE, &own("fld00000000000000"), &Value::Null).await.0, 404);
    let other =
        if app.is_shared() { Some(app.neighbour_set(("all", house.clock.clone()), |_| {}).await) } else { None };
    let servers = || [Some(app), other.as_ref()].into_iter().flatten();
    for server in servers() {
        assert_eq!(server.get(&one).await["fields"]["Points"], 1, "each has a picture of the base");
    }
    for id in [&field, &links] {
        assert_eq!(app.ok(Method::DELETE, &own(id), &Value::Null).await, json!({ "id": id, "deleted": true }));
        assert_eq!(app.call(Method::DELETE, &own(id), &Value::Null).await.0, 404, "once");
    }

    // From then on nobody sees it, whatever is not cleared away yet.
    let hidden = Hidden { plans: &plans, ids: [&field, &links], written, broken };
    hidden.at(servers()).await;
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Name": "Paint it" } })).await;
    let db = app.db().await;
    house.clock.advance(Duration::from_hours(1));
    until(async || left(&db, base).await == [0; 4] || later(&house.clock)).await;
    hidden.at(servers()).await;
    for server in servers() {
        let told = server.get(&one).await["fields"].clone();
        assert_eq!((&told["Name"], &told["Points"]), (&json!("Paint it"), &json!(1)), "the rest is as it was");
    }
    let undone = json!({ "change": written, "force": true });
    app.ok(Method::POST, &plans.at("/undo"), &undone).await;
    assert_eq!(app.get(&one).await["fields"]["Points"], Value::Null, "the rest can be taken back");
    let log = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    let log = app.get(&format!("/v0/meta/enterpriseAccounts/{log}/auditLogEvents?eventType[]=fields.remove")).await;
    let told: Vec<&Value> = log["events"].as_array().unwrap().iter().map(|event| &event["payload"]["name"]).collect();
    assert_eq!(told.len(), 3, "a field, and both sides of the links: {log}");
}

#[on_every_database]
async fn a_table_that_is_removed_leaves_no_record_and_no_links(house: Timed) {
    let app = &house.app;
    let plans = Plans::new(app, SECRET).await;
    let (base, one) = (&plans.base, format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[0]));
    plans.delete(app, "tables/Tasks/fields/Notes").await;
    let written = plans.newest(app).await - 1;
    let notes = app.get(&plans.at("/trash")).await["fields"][0]["id"].as_str().unwrap().to_owned();
    app.ok(Method::DELETE, &plans.at(&format!("/trash/{notes}")), &Value::Null).await;
    let project = app.get(&format!("/v0/{base}/Projects")).await["records"][0]["id"].as_str().unwrap().to_owned();
    app.ok(Method::POST, &format!("/v0/{base}/Projects/{project}/comments"), &json!({ "text": SECRET })).await;
    let table = plans.delete(app, "tables/Projects").await;
    app.ok(Method::DELETE, &plans.at(&format!("/trash/{table}")), &Value::Null).await;
    assert_eq!(plans.trash(app).await, [] as [String; 0]);
    assert_eq!(app.call(Method::POST, &plans.at(&format!("/trash/{table}/restore")), &Value::Null).await.0, 404);
    let db = app.db().await;
    house.clock.advance(Duration::from_hours(1));
    let rest = "SELECT (SELECT COUNT(*) FROM comments) + (SELECT COUNT(*) FROM records WHERE tbl = 2)";
    let is_swept =
        async || left(&db, base).await == [0; 4] && db.read(rest, []).await.unwrap()[0].get::<i64>(0).unwrap() == 0;
    until(async || is_swept().await || later(&house.clock)).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    assert!(!tables.to_string().contains("Project"), "{tables}");
    for path in [format!("/v0/{base}/Tasks?at={written}"), plans.at("/history?limit=100"), one.clone()] {
        let told = app.get(&path).await;
        assert!(!told.to_string().contains(SECRET), "{path}: {told}");
    }
    assert_eq!(app.get(&one).await["fields"]["Name"], "Paint");
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Points": 3 } })).await;
    // Its name is free, its number is not.
    let again = json!({ "name": "Projects", "fields": [{ "name": "Title", "type": "singleLineText" }] });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &again).await;
    assert_eq!(app.get(&format!("/v0/{base}/Projects")).await["records"], json!([]));
    // It is looked at for a day, then no more.
    house.clock.advance(Duration::from_hours(25));
    let noted = async || db.read("SELECT COUNT(*) FROM removals", []).await.unwrap()[0].get::<i64>(0).unwrap();
    until(async || noted().await == 0 || later(&house.clock)).await;
}

#[on_every_database]
async fn what_lies_in_the_trash_of_a_base_goes_when_its_time_has_passed(Month(house): Month) {
    let app = &house.app;
    let plans = Plans::new(app, SECRET).await;
    let days = |days: u64| house.clock.advance(Duration::from_hours(24 * days));
    let view = json!({ "name": "Old view" });
    let (_, view) = app.call(Method::POST, &plans.at("/tables/Tasks/views"), &view).await;
    let (_, shared) =
        app.call(Method::POST, &plans.at("/shares"), &json!({ "type": "view", "viewId": view["id"] })).await;
    let shared = format!("/api/v1/shared/{}", shared["token"].as_str().unwrap());
    plans.delete(app, "tables/Tasks/fields/Notes").await;
    plans.delete(app, "tables/Projects").await;
    plans.delete(app, &format!("views/{}", view["id"].as_str().unwrap())).await;
    let told = app.get(&plans.at("/trash")).await;
    for part in [&told["tables"][0], &told["fields"][0], &told["views"][0]] {
        assert_eq!(part["expiresTime"], "2026-01-31T00:00:00.000Z", "{part}");
    }
    days(20);
    // What comes back and goes again begins anew.
    let notes = told["fields"][0]["id"].as_str().unwrap();
    app.ok(Method::POST, &plans.at(&format!("/trash/{notes}/restore")), &Value::Null).await;
    plans.delete(app, "tables/Tasks/fields/Notes").await;
    plans.delete(app, "tables/Tasks/fields/Points").await;
    days(11);
    until(async || plans.trash(app).await.len() == 2 || later(&house.clock)).await;
    assert_eq!(plans.trash(app).await, ["Points", "Notes"]);
    let db = app.db().await;
    let shares = async || db.read("SELECT COUNT(*) FROM shares", []).await.unwrap()[0].get::<i64>(0).unwrap();
    until(async || left(&db, &plans.base).await[3] == 0 && shares().await == 0 || later(&house.clock)).await;
    assert_eq!(app.send(Method::GET, &shared, None, String::new()).await.0, 404);
    app.ok(Method::POST, &plans.at(&format!("/trash/{notes}/restore")), &Value::Null).await;
    let one = app.get(&format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[0])).await;
    assert_eq!(one["fields"]["Notes"], SECRET, "what is not due stays whole");
}
