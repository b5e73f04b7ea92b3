//! A table that links to itself, where a link has no other side.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::{Near, TestApp};

/// Tasks that come after others, with what is computed of those.
struct Chain<'a> {
    app: &'a TestApp,
    base: String,
}

impl Chain<'_> {
    async fn new(app: &TestApp) -> Chain<'_> {
        let base = app.plans().await;
        let table = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0]["id"].clone();
        let after = |at: &str, formula: Option<&str>| json!({ "recordLinkFieldId": "After", "fieldIdInLinkedTable": at, "formula": formula });
        for (name, kind, options) in [
            ("After", "multipleRecordLinks", json!({ "linkedTableId": table })),
            ("How many", "count", json!({ "recordLinkFieldId": "After" })),
            ("Sum", "rollup", after("Points", Some("SUM(values)"))),
            ("Names", "formula", json!({ "formula": "{After} & ''" })),
        ] {
            let field = json!({ "name": name, "type": kind, "options": options });
            app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
        }
        Chain { app, base }
    }

    async fn make(&self, name: &str, after: &[&str]) -> String {
        let fields = json!({ "Name": name, "Points": 1, "After": after });
        let made = self.app.ok(Method::POST, &format!("/v0/{}/Tasks", self.base), &json!({ "fields": fields })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// What a task is after, how many that are, the sum of their points, and their names.
    async fn told(&self, app: &TestApp, task: &str, query: &str) -> Value {
        let page = app.get(&format!("/v0/{}/Tasks{query}", self.base)).await;
        let record = page["records"].as_array().unwrap().iter().find(|record| record["id"] == task).unwrap();
        json!(["After", "How many", "Sum", "Names"].map(|name| record["fields"][name].clone()))
    }
}

#[on_every_database]
async fn a_deleted_record_is_linked_from_nowhere(app: Near) {
    let chain = Chain::new(&app.0).await;
    let (app, base) = (chain.app, &chain.base);
    let (one, two, three) = (chain.make("1", &[]).await, chain.make("2", &[]).await, chain.make("3", &[]).await);
    let last = chain.make("last", &[&one, &three, &two]).await;
    let whole = json!([[one, three, two], 3, 3, "1, 3, 2"]);
    assert_eq!(chain.told(app, &last, "").await, whole);
    let modified = json!({ "name": "Changed", "type": "lastModifiedTime" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &modified).await;
    let before = app.get(&format!("/v0/{base}/Tasks/{last}")).await["fields"]["Changed"].clone();

    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{three}"), &Value::Null).await;
    let rest = json!([[one, two], 2, 2, "1, 2"]);
    assert_eq!(chain.told(app, &last, "").await, rest);
    let changed = app.get(&format!("/v0/{base}/Tasks/{last}")).await["fields"]["Changed"].clone();
    assert_eq!(changed, before, "nobody has written the record that led there");
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{one}"), &json!({ "fields": { "Points": 5 } })).await;
    assert_eq!(chain.told(app, &last, "").await, json!([[one, two], 2, 6, "1, 2"]));
    if app.is_shared() {
        assert_eq!(chain.told(&app.neighbour().await, &last, "").await, json!([[one, two], 2, 6, "1, 2"]));
    }
    let page = app.get(&format!("/api/v1/bases/{base}/history?record={last}&field=After")).await;
    assert_eq!(page["changes"].as_array().map(Vec::len), Some(2), "made, and left by a deletion: {page}");

    // It comes back to where it was, and goes again.
    for wanted in [rest.clone(), whole.clone()] {
        app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &json!({})).await;
        assert_eq!(chain.told(app, &last, "").await, wanted);
    }
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/redo"), &json!({})).await;
    assert_eq!(chain.told(app, &last, "").await, rest);
}

#[on_every_database]
async fn deleted_together_with_what_leads_there(app: Near) {
    let chain = Chain::new(&app.0).await;
    let (app, base) = (chain.app, &chain.base);
    let one = chain.make("1", &[]).await;
    let two = chain.make("2", &[&one]).await;
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{one}"), &json!({ "fields": { "After": [one, two] } })).await;
    let last = chain.make("last", &[&two, &one]).await;
    let all =
        async || [chain.told(app, &one, "").await, chain.told(app, &two, "").await, chain.told(app, &last, "").await];
    let before = all().await;
    let path = format!("/v0/{base}/Tasks?records[]={one}&records[]={two}");
    app.ok(Method::DELETE, &path, &Value::Null).await;
    assert_eq!(chain.told(app, &last, "").await, json!([null, 0, 0, null]));
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &json!({})).await;
    assert_eq!(all().await, before);
    // A list that is written while its records are deleted keeps the others.
    let lines = format!("{{\"id\":\"{last}\",\"fields\":{{\"After\":[\"{one}\",\"{two}\"]}}}}\n");
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk?action=update");
    let (status, told) = app.raw(Method::POST, &bulk, lines).await;
    assert_eq!(status, 200, "{told}");
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{one}"), &Value::Null).await;
    assert_eq!(chain.told(app, &last, "").await[0], json!([two]));
}
