//! Making fields of another type.

mod at_once;
mod readers;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

struct Plans {
    base: String,
}

impl Plans {
    async fn new(app: &TestApp, records: Value) -> Self {
        let base = app.plans().await;
        let notes = json!({ "name": "Notes", "type": "multilineText" });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &notes).await;
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": records, "typecast": true })).await;
        Self { base }
    }

    async fn convert(&self, app: &TestApp, field: &str, body: Value) -> (u16, Value) {
        let path = format!("/api/v1/bases/{}/tables/Tasks/fields/{field}/convert", self.base);
        app.call(Method::POST, &path, &body).await
    }

    /// The cells of a field, in the order of the records.
    async fn told(&self, app: &TestApp, field: &str) -> Value {
        let list = app.get(&format!("/v0/{}/Tasks?fields[]={field}", self.base)).await;
        list["records"].as_array().unwrap().iter().map(|record| record["fields"][field].clone()).collect()
    }
}

fn notes(texts: &[&str]) -> Value {
    texts.iter().map(|text| json!({ "fields": { "Name": text, "Notes": text } })).collect()
}

#[on_every_database]
async fn restoring_what_was_before_a_conversion_leaves_the_converted_field(app: TestApp) {
    let base = app.plans().await;
    let task =
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": { "Name": "5", "Points": 1 } })).await;
    let path = format!("/v0/{base}/Tasks/{}", task["id"].as_str().unwrap());
    let history = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await;
    let before = history["changes"][0]["change"].as_i64().unwrap();
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Points": 2 } })).await;
    let text = json!({ "type": "singleLineText" });
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/Points/convert"), &text).await;
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": "6" } })).await;
    let restore = format!("/api/v1/bases/{base}/restore");
    let whole = app.ok(Method::POST, &restore, &json!({ "at": before.to_string(), "table": "Tasks" })).await;
    assert_eq!(whole["cells"], 1, "{whole}");
    // What was left out is named, with the conversion.
    let left = whole["leftOut"].as_array().unwrap();
    let converted = app.get(&format!("/api/v1/bases/{base}/history?limit=100")).await["changes"].clone();
    let converted = converted.as_array().unwrap().iter().find(|change| !change["converted"].is_null()).unwrap().clone();
    let told = |key: &str| &left[0][key];
    assert_eq!((left.len(), told("table"), told("field")), (1, &json!("Tasks"), &json!("Points")), "{whole}");
    assert_eq!((told("before"), told("after")), (&json!("number"), &json!("singleLineText")));
    assert_eq!((told("change"), told("time")), (&converted["change"], &converted["time"]));
    let record = json!({ "at": before, "table": "Tasks", "record": task["id"], "dryRun": true });
    let base_dry = json!({ "at": before, "dryRun": true });
    for part in [record, base_dry] {
        assert_eq!(app.ok(Method::POST, &restore, &part).await["leftOut"], whole["leftOut"], "{part}");
    }
    let other = json!({ "at": before, "table": "Projects", "dryRun": true });
    assert_eq!(app.ok(Method::POST, &restore, &other).await["leftOut"], json!([]));
    let name = json!({ "at": before, "table": "Tasks", "field": "Name", "dryRun": true });
    assert_eq!(app.ok(Method::POST, &restore, &name).await["leftOut"], json!([]));
    let since = json!({ "at": converted["change"], "table": "Tasks", "dryRun": true });
    assert_eq!(app.ok(Method::POST, &restore, &since).await["leftOut"], json!([]));
    let cells = app.get(&path).await["fields"].clone();
    assert_eq!((&cells["Name"], &cells["Points"]), (&json!("5"), &json!("2")));
    let one = json!({ "at": before.to_string(), "table": "Tasks", "field": "Points" });
    let (status, refused) = app.call(Method::POST, &restore, &one).await;
    assert!(status == 422 && refused.to_string().contains("was of another type then"), "{status} {refused}");
}

/// The other side of links that a conversion made is new, and what it holds is what the converted field does.
#[on_every_database]
async fn restoring_leaves_both_sides_of_links_that_a_conversion_made(app: TestApp) {
    let base = app.plans().await;
    for title in ["House", "Boat"] {
        app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": title } })).await;
    }
    let tasks = json!({ "records": [{ "fields": { "Name": "House" } }, { "fields": { "Name": "Boat" } }] });
    let tables = format!("/v0/meta/bases/{base}/tables");
    app.ok(Method::POST, &format!("{tables}/Tasks/fields"), &json!({ "name": "For", "type": "singleLineText" })).await;
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &tasks).await;
    let named = app.get(&format!("/v0/{base}/Tasks")).await["records"].as_array().unwrap().clone();
    for task in &named {
        let path = format!("/v0/{base}/Tasks/{}", task["id"].as_str().unwrap());
        app.ok(Method::PATCH, &path, &json!({ "fields": { "For": task["fields"]["Name"] } })).await;
    }
    let before = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();
    let schema = app.get(&tables).await;
    let links = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": schema["tables"][1]["id"], "inverseName": "Used by" } });
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/For/convert"), &links).await;
    let held = async || {
        let records = app.get(&format!("/v0/{base}/Tasks")).await["records"].clone();
        records.as_array().unwrap().iter().map(|record| record["fields"]["For"].clone()).collect::<Vec<_>>()
    };
    let linked = held().await;
    assert!(linked.iter().all(|links| links.as_array().is_some_and(|links| links.len() == 1)), "{linked:?}");
    let project = linked[0][0].clone();
    let restore = format!("/api/v1/bases/{base}/restore");
    for part in [
        json!({ "at": before }),
        json!({ "at": before, "table": "Projects" }),
        json!({ "at": before, "table": "Projects", "record": project }),
        json!({ "at": before, "table": "Tasks" }),
    ] {
        let done = app.ok(Method::POST, &restore, &part).await;
        let left = done["leftOut"].as_array().unwrap();
        assert_eq!((left.len(), &left[0]["field"], &done["cells"]), (1, &json!("For"), &json!(0)), "{part}: {done}");
        assert_eq!(held().await, linked, "{part}");
    }
    let side = json!({ "at": before, "table": "Projects", "field": "Used by" });
    let (status, refused) = app.call(Method::POST, &restore, &side).await;
    assert!(status == 422 && refused.to_string().contains("was of another type then"), "{status} {refused}");
}

#[on_every_database]
async fn texts_become_what_they_say(app: TestApp) {
    let texts = ["12", " 7.5 ", "$1,000", "2026-03-01", "a, b", "true", "ann@example.org", ""];
    for (kind, options, expected) in [
        ("number", json!({ "precision": 2 }), json!([12, 7.5, 1000, null, null, null, null, null])),
        (
            "date",
            json!({ "dateFormat": { "name": "iso" } }),
            json!([null, null, null, "2026-03-01", null, null, null, null]),
        ),
        (
            "singleSelect",
            json!({ "choices": [{ "name": "12" }] }),
            json!(["12", "7.5", "$1,000", "2026-03-01", "a, b", "true", "ann@example.org", null]),
        ),
        (
            "multipleSelects",
            json!({ "choices": [] }),
            json!([["12"], ["7.5"], ["$1", "000"], ["2026-03-01"], ["a", "b"], ["true"], ["ann@example.org"], null]),
        ),
        (
            "singleLineText",
            Value::Null,
            json!(["12", " 7.5 ", "$1,000", "2026-03-01", "a, b", "true", "ann@example.org", null]),
        ),
    ] {
        let plans = Plans::new(&app, notes(&texts)).await;
        let lossy = json!({ "type": kind, "options": options, "allowLoss": true });
        let dry = json!({ "type": kind, "options": options, "dryRun": true });
        let (status, told) = plans.convert(&app, "Notes", dry).await;
        assert_eq!(status, 200, "{kind}: {told}");
        let before = plans.told(&app, "Notes").await;
        let (status, done) = plans.convert(&app, "Notes", lossy).await;
        assert_eq!(status, 200, "{kind}: {done}");
        assert_eq!((&done["converted"], &done["lost"]), (&told["converted"], &told["lost"]), "a dry run tells it");
        assert_ne!(before, json!([]));
        let seen = plans.told(&app, "Notes").await;
        let numbers = |value: &Value| serde_json::to_string(value).unwrap().replace(".0", "");
        if kind == "number" {
            // Texts that are more than a number may become one, but nothing that is none.
            assert_eq!(numbers(&seen[0]), "12");
            assert_eq!(numbers(&seen[1]), "7.5");
            assert_eq!(numbers(&seen[2]), "1000");
            continue;
        }
        assert_eq!(seen, expected, "{kind}");
    }
}

#[on_every_database]
async fn values_are_lost_only_when_that_is_asked_for(app: TestApp) {
    let plans = Plans::new(&app, notes(&["2026-03-01", "soon", "later"])).await;
    let date = json!({ "type": "date", "options": { "dateFormat": { "name": "iso" } } });
    let (status, refused) = plans.convert(&app, "Notes", date.clone()).await;
    assert_eq!(status, 409, "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("2 cells cannot be of the new type, `soon` of rec") && detail.contains("allowLoss"),
        "{detail}"
    );
    assert_eq!(plans.told(&app, "Notes").await, json!(["2026-03-01", "soon", "later"]));
    let mut dry = date.clone();
    dry["dryRun"] = json!(true);
    let (_, told) = plans.convert(&app, "Notes", dry).await;
    assert_eq!((&told["converted"], &told["lost"], &told["change"]), (&json!(1), &json!(2), &Value::Null));
    assert_eq!(told["examples"][1]["value"], "later");
}

#[on_every_database]
async fn what_only_some_of_is_kept_is_told_as_lost(app: TestApp) {
    let (name, _) = app.person("ann", "editor").await;
    assert!(name.starts_with("usr"));
    for (kind, options, texts, lost) in [
        (
            "number",
            json!({ "precision": 0 }),
            vec!["12345678901234567890", "0049301234", "$1,200.50", "12 pieces"],
            json!(["12345678901234567890", "0049301234", "12 pieces"]),
        ),
        (
            "multipleCollaborators",
            Value::Null,
            vec!["ann@example.org, nobody", "ann@example.org"],
            json!(["ann@example.org, nobody"]),
        ),
        ("singleSelect", json!({ "choices": [] }), vec!["x", "X", "x "], json!(["X"])),
        ("multipleSelects", json!({ "choices": [{ "name": "Red" }] }), vec!["red, blue", "Red"], json!(["red, blue"])),
    ] {
        let plans = Plans::new(&app, notes(&texts)).await;
        let dry = json!({ "type": kind, "options": options, "dryRun": true });
        let (status, told) = plans.convert(&app, "Notes", dry).await;
        let examples: Value = told["examples"].as_array().unwrap().iter().map(|lost| lost["value"].clone()).collect();
        assert_eq!((status, &examples), (200, &lost), "{kind}: {told}");
        assert_eq!(plans.convert(&app, "Notes", json!({ "type": kind, "options": options })).await.0, 409);
        assert_eq!(plans.told(&app, "Notes").await, json!(texts), "nothing is done");
    }
    let plans = Plans::new(&app, notes(&["4006381333931"])).await;
    let barcode = json!({ "type": "barcode" });
    assert_eq!(plans.convert(&app, "Notes", barcode).await.0, 200);
    let list = app.get(&format!("/v0/{}/Tasks", plans.base)).await;
    let path = format!("/v0/{}/Tasks/{}", plans.base, list["records"][0]["id"].as_str().unwrap());
    let kind = json!({ "fields": { "Notes": { "text": "4006381333931", "type": "ean13" } } });
    app.ok(Method::PATCH, &path, &kind).await;
    let (status, refused) = plans.convert(&app, "Notes", json!({ "type": "singleLineText" })).await;
    assert!(status == 409 && refused["detail"].as_str().unwrap().contains("1 cell cannot be"), "{refused}");
}

#[on_every_database]
async fn what_looks_through_a_link_is_not_valid_once_it_leads_elsewhere(app: TestApp) {
    let plans = Plans::new(&app, notes(&["t"])).await;
    let tables = format!("/v0/meta/bases/{}/tables", plans.base);
    let text = json!([{ "name": "Title", "type": "singleLineText" }]);
    let other = app.ok(Method::POST, &tables, &json!({ "name": "Other", "fields": text })).await;
    let schema = app.get(&tables).await;
    let (tasks, projects) = (&schema["tables"][0], &schema["tables"][1]);
    let link = tasks["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Project").unwrap();
    let options = json!({ "recordLinkFieldId": link["id"], "fieldIdInLinkedTable": projects["fields"][0]["id"] });
    let lookup = json!({ "name": "Titles", "type": "multipleLookupValues", "options": options });
    app.ok(Method::POST, &format!("{tables}/Tasks/fields"), &lookup).await;
    let valid = async || {
        let schema = app.get(&tables).await;
        let mut fields = schema["tables"][0]["fields"].as_array().unwrap().iter();
        fields.find(|field| field["name"] == "Titles").unwrap()["options"]["isValid"].clone()
    };
    assert_eq!(valid().await, true);
    for (new, is_valid) in [
        (json!({ "type": "singleLineText", "allowLoss": true }), false),
        (json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": other["id"] } }), false),
        (json!({ "type": "singleLineText" }), false),
        (json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": projects["id"] } }), true),
    ] {
        let (status, told) = plans.convert(&app, "Project", new).await;
        assert_eq!((status, valid().await), (200, json!(is_valid)), "{told}");
    }
}

#[on_every_database]
async fn views_that_would_lose_a_filter_are_told_first(app: TestApp) {
    let plans = Plans::new(&app, notes(&["1", "5"])).await;
    let number = json!({ "type": "number", "options": { "precision": 0 } });
    assert_eq!(plans.convert(&app, "Notes", number).await.0, 200);
    let views = format!("/api/v1/bases/{}/tables/Tasks/views", plans.base);
    for (name, filter) in [
        ("Large", json!({ "field": "Notes", "op": ">", "value": 2 })),
        ("Open", json!({ "field": "Status", "op": "is_any_of", "value": ["Open"] })),
        ("Named", json!({ "field": "Name", "op": "is_not_empty" })),
    ] {
        let (status, made) = app.call(Method::POST, &views, &json!({ "name": name, "filter": filter })).await;
        assert_eq!(status, 201, "{made}");
    }
    for (field, view) in [("Notes", "Large"), ("Status", "Open")] {
        let (_, told) = plans.convert(&app, field, json!({ "type": "singleLineText", "dryRun": true })).await;
        assert_eq!((&told["lost"], &told["views"]), (&json!(0), &json!([view])), "{told}");
        let (status, refused) = plans.convert(&app, field, json!({ "type": "singleLineText" })).await;
        let wanted = format!("the filter of `{view}` does not fit the new type");
        assert!(status == 409 && refused["detail"].as_str().unwrap().starts_with(&wanted), "{refused}");
        let lossy = json!({ "type": "singleLineText", "allowLoss": true });
        assert_eq!(plans.convert(&app, field, lossy).await.0, 200);
    }
}

#[on_every_database]
async fn numbers_that_no_rating_can_be_are_told_as_lost(app: TestApp) {
    let plans = Plans::new(&app, notes(&["3", "3.7", "-2", "99", "0", "$4"])).await;
    let rating = |key: &str| json!({ "type": "rating", "options": { "icon": "star", "color": "redBright", "max": 5 }, key: true });
    let (_, told) = plans.convert(&app, "Notes", rating("dryRun")).await;
    assert_eq!(told["lost"], 4, "{told}");
    let lost: Vec<&Value> = told["examples"].as_array().unwrap().iter().map(|lost| &lost["value"]).collect();
    assert_eq!(lost, ["3.7", "-2", "99", "0"]);
    assert_eq!(plans.convert(&app, "Notes", rating("none")).await.0, 422, "an unknown key");
    let (status, done) = plans.convert(&app, "Notes", rating("allowLoss")).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(plans.told(&app, "Notes").await, json!([3, 4, null, 5, null, 4]));
}

#[on_every_database]
async fn what_is_made_of_a_field_follows_its_type(app: TestApp) {
    let plans = Plans::new(&app, notes(&["3", "40", "5"])).await;
    let fields = format!("/v0/meta/bases/{}/tables/Tasks/fields", plans.base);
    let sum = json!({ "name": "More", "type": "formula", "options": { "formula": "{Notes}+1" } });
    app.ok(Method::POST, &fields, &sum).await;
    let same = json!({ "name": "Same", "type": "formula", "options": { "formula": "{Notes}" } });
    let same = app.ok(Method::POST, &fields, &same).await;
    assert_eq!(same["options"]["result"]["type"], "singleLineText");
    let (status, done) = plans.convert(&app, "Notes", json!({ "type": "number", "options": { "precision": 0 } })).await;
    assert_eq!((status, &done["converted"], &done["lost"]), (200, &json!(3), &json!(0)), "{done}");
    assert_eq!(plans.told(&app, "More").await, json!([4, 41, 6]));
    assert_eq!(plans.told(&app, "Same").await, json!([3, 40, 5]));
    let ordered = app.get(&format!("/v0/{}/Tasks?sort[0][field]=Notes&fields[]=Notes", plans.base)).await;
    assert_eq!(ordered["records"][2]["fields"]["Notes"], 40);
    // Writes and undo go on with the new type.
    let id = ordered["records"][0]["id"].as_str().unwrap();
    let (status, _) = app
        .call(Method::PATCH, &format!("/v0/{}/Tasks/{id}", plans.base), &json!({ "fields": { "Notes": "x" } }))
        .await;
    assert_eq!(status, 422);
    app.ok(Method::PATCH, &format!("/v0/{}/Tasks/{id}", plans.base), &json!({ "fields": { "Notes": 8 } })).await;
    let undo = format!("/api/v1/bases/{}/undo", plans.base);
    app.ok(Method::POST, &undo, &Value::Null).await;
    assert_eq!(plans.told(&app, "Notes").await, json!([3, 40, 5]));
    let (status, answer) = app.call(Method::POST, &undo, &json!({ "change": done["change"] })).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("convert it again"), "{answer}");
    // A formula's values stay behind as values.
    let (status, done) = plans.convert(&app, "More", json!({ "type": "number", "options": { "precision": 0 } })).await;
    assert_eq!((status, &done["converted"]), (200, &json!(3)));
    assert_eq!(plans.told(&app, "More").await, json!([4, 41, 6]));
}

#[on_every_database]
async fn large_tables_are_converted_while_others_write(app: TestApp) {
    let plans = Plans::new(&app, notes(&["0"])).await;
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    let lines: String = (1..5_000)
        .map(|n| json!({ "fields": { "Name": n.to_string(), "Notes": n.to_string() } }).to_string() + "\n")
        .collect();
    assert_eq!(app.raw(Method::POST, &bulk, lines).await.0, 200);
    let list = app.get(&format!("/v0/{}/Tasks?pageSize=100", plans.base)).await;
    let ids: Vec<&str> = list["records"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let writing = async {
        for (n, id) in ids.iter().enumerate() {
            // Before the change as a text, after it as a number: what is typed in is cast either way.
            let body = json!({ "fields": { "Notes": (100_000 + n).to_string() }, "typecast": true });
            app.ok(Method::PATCH, &format!("/v0/{}/Tasks/{id}", plans.base), &body).await;
        }
    };
    let number = json!({ "type": "number", "options": { "precision": 0 } });
    let ((), (status, done)) = tokio::join!(writing, plans.convert(&app, "Notes", number));
    assert_eq!(status, 200, "{done}");
    let sum = json!({ "tool_name": "aggregate", "arguments": { "base": plans.base, "table": "Tasks", "aggregates": [
        { "op": "sum", "field": "Notes" }, { "op": "count" } ] } });
    let sum = app.ok(Method::POST, "/execute-tool", &sum).await;
    let expected: usize = (100_000..100_100).sum::<usize>() + (100..5_000).sum::<usize>();
    assert!(sum.to_string().contains(&expected.to_string()), "{expected}: {sum}");
}

#[on_every_database]
async fn what_cannot_be_converted_says_why(app: TestApp) {
    let plans = Plans::new(&app, notes(&["a"])).await;
    let tables = app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await;
    let links = || json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": tables["tables"][1]["id"] } });
    for (field, body, words) in [
        ("Project", links(), "is a field of links already: make it a text first"),
        ("Name", links(), "first field"),
        (
            "Notes",
            json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": "tblAAAAAAAAAAAAAA" } }),
            "linked table `tblAAAAAAAAAAAAAA` does not exist",
        ),
        ("Notes", json!({ "type": "multipleRecordLinks" }), "linkedTableId"),
        ("Notes", json!({ "type": "nothing" }), "nothing"),
        ("Notes", json!({ "type": "number" }), "precision"),
        ("Notes", json!({ "type": "formula", "options": { "formula": "{Notes}" } }), "Notes → Notes"),
        ("Name", json!({ "type": "checkbox", "options": { "icon": "check", "color": "redBright" } }), "first field"),
        ("Nope", json!({ "type": "number", "options": { "precision": 0 } }), "nope"),
        ("Notes", json!({ "typ": "number" }), "typ"),
    ] {
        let (status, answer) = plans.convert(&app, field, body).await;
        assert!((400..500).contains(&status), "{answer}");
        assert!(answer["detail"].as_str().unwrap().to_lowercase().contains(&words.to_lowercase()), "{answer}");
    }
}

/// The fields of a table by name, with type and options.
async fn fields(app: &TestApp, base: &str, table: &str) -> Vec<(String, Value)> {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let table = tables["tables"].as_array().unwrap().iter().find(|held| held["name"] == table).unwrap();
    let fields = table["fields"].as_array().unwrap().iter();
    fields.map(|field| (field["name"].as_str().unwrap().to_owned(), field.clone())).collect()
}

#[on_every_database]
async fn links_become_the_names_of_records_and_go_to_the_trash(app: TestApp) {
    let plans = Plans { base: app.plans().await };
    let base = &plans.base;
    let projects = json!({ "records": [{ "fields": { "Title": "House" } }, { "fields": { "Title": "Garden" } }] });
    let projects = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &projects).await["records"].clone();
    let (house, garden) = (&projects[0]["id"], &projects[1]["id"]);
    let tasks = json!({ "records": [
        { "fields": { "Name": "a", "Project": [garden, house] } }, { "fields": { "Name": "b" } },
        { "fields": { "Name": "c", "Project": [house] } },
    ]});
    let tasks = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &tasks).await["records"].clone();
    let path = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let count = json!({ "name": "Pairs", "type": "count", "options": { "recordLinkFieldId": "Project" } });
    app.ok(Method::POST, &path, &count).await;
    let said = json!({ "name": "Said", "type": "formula", "options": { "formula": "'in ' & {Project}" } });
    app.ok(Method::POST, &path, &said).await;
    let then = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();

    let text = json!({ "type": "singleLineText", "dryRun": true });
    let (status, told) = plans.convert(&app, "Project", text).await;
    assert_eq!((status, &told["converted"], &told["lost"], &told["change"]), (200, &json!(2), &json!(0), &Value::Null));
    // What counts the links would no longer.
    let (status, done) = plans.convert(&app, "Project", json!({ "type": "singleLineText", "allowLoss": true })).await;
    assert_eq!((status, &done["converted"]), (200, &json!(2)), "{done}");
    let names = json!(["Garden, House", null, "House"]);
    assert_eq!(plans.told(&app, "Project").await, names);
    assert_eq!(plans.told(&app, "Said").await, json!(["in Garden, House", "in ", "in House"]));
    // The other side is gone, and what counted its pairs says so.
    assert!(fields(&app, base, "Projects").await.iter().all(|(name, _)| name != "Tasks"));
    let count = fields(&app, base, "Tasks").await.into_iter().find(|(name, _)| name == "Pairs").unwrap().1;
    assert_eq!(count["options"]["isValid"], false);
    assert_eq!(plans.told(&app, "Pairs").await[0], json!({ "error": "#ERROR!" }));
    // It is a text like any other.
    let one = format!("/v0/{base}/Tasks/{}", tasks[1]["id"].as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Project": "Shed" } })).await;
    assert_eq!(plans.told(&app, "Project").await[1], "Shed");

    // The links are in the trash, and in the past.
    let past = app.get(&format!("/v0/{base}/Tasks?at={then}")).await;
    assert_eq!(past["records"][0]["fields"]["Project"], json!([garden, house]));
    let trash = app.get(&format!("/api/v1/bases/{base}/trash")).await;
    let trashed = trash["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Project").unwrap();
    let restore = format!("/api/v1/bases/{base}/trash/{}/restore", trashed["id"].as_str().unwrap());
    app.ok(Method::POST, &restore, &Value::Null).await;
    let list = app.get(&format!("/v0/{base}/Tasks?fields[]=Project%202")).await["records"].clone();
    let links: Vec<_> = list.as_array().unwrap().iter().map(|task| task["fields"]["Project 2"].clone()).collect();
    assert_eq!(links, [json!([garden, house]), Value::Null, json!([house])]);
    let house = app.get(&format!("/v0/{base}/Projects/{}", house.as_str().unwrap())).await;
    assert_eq!(house["fields"]["Tasks"].as_array().unwrap().len(), 2);
}

#[on_every_database]
async fn links_of_either_side_and_of_a_table_to_itself_are_converted(app: TestApp) {
    let plans = Plans { base: app.plans().await };
    let base = &plans.base;
    let (tasks, path) = (format!("/v0/{base}/Tasks"), format!("/v0/meta/bases/{base}/tables/Tasks/fields"));
    let own = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0]["id"].clone();
    let after = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": own } });
    app.ok(Method::POST, &path, &after).await;
    let house = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
    let first = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "a", "Project": [house["id"]] } })).await;
    app.ok(
        Method::POST,
        &tasks,
        &json!({ "fields": { "Name": "b", "After": [first["id"]], "Project": [house["id"]] } }),
    )
    .await;
    let (status, done) = plans.convert(&app, "After", json!({ "type": "multilineText" })).await;
    assert_eq!((status, &done["converted"]), (200, &json!(1)), "{done}");
    assert_eq!(plans.told(&app, "After").await, json!([null, "a"]));
    let other = format!("/api/v1/bases/{base}/tables/Projects/fields/Tasks/convert");
    let choices = json!({ "type": "multipleSelects", "options": { "choices": [{ "name": "b" }] } });
    let done = app.ok(Method::POST, &other, &choices).await;
    assert_eq!(done["converted"], 1);
    let told = app.get(&format!("/v0/{base}/Projects/{}", house["id"].as_str().unwrap())).await;
    assert_eq!(told["fields"]["Tasks"], json!(["a", "b"]));
    assert!(fields(&app, base, "Tasks").await.iter().all(|(name, _)| name != "Project"));
    // Numbers are not made of names.
    let (status, refused) = {
        let link = json!({ "name": "Again", "type": "multipleRecordLinks", "options": { "linkedTableId": own } });
        app.ok(Method::POST, &path, &link).await;
        let one = format!("{tasks}/{}", first["id"].as_str().unwrap());
        app.ok(Method::PATCH, &one, &json!({ "fields": { "Again": [first["id"]] } })).await;
        plans.convert(&app, "Again", json!({ "type": "number", "options": { "precision": 0 } })).await
    };
    assert_eq!(status, 409, "{refused}");
    assert_eq!(plans.told(&app, "Again").await, json!([[first["id"]], null]), "nothing was done");
}

#[on_every_database]
async fn files_become_their_names(app: TestApp) {
    let plans = Plans::new(&app, notes(&["a", "b"])).await;
    let base = &plans.base;
    let files = json!({ "name": "Files", "type": "multipleAttachments" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &files).await;
    let list = app.get(&format!("/v0/{base}/Tasks")).await;
    let record = list["records"][0]["id"].as_str().unwrap();
    for name in ["a.txt", "b.txt"] {
        let file = json!({ "contentType": "text/plain", "filename": name, "file": "aGVsbG8=" });
        app.ok(Method::POST, &format!("/v0/{base}/{record}/Files/uploadAttachment"), &file).await;
    }
    let (status, done) = plans.convert(&app, "Files", json!({ "type": "multilineText" })).await;
    assert_eq!((status, &done["converted"], &done["lost"]), (200, &json!(1), &json!(0)), "{done}");
    assert_eq!(plans.told(&app, "Files").await, json!(["a.txt, b.txt", null]));
}

/// The id of a table.
async fn table_id(app: &TestApp, base: &str, table: &str) -> Value {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    tables["tables"].as_array().unwrap().iter().find(|held| held["name"] == table).unwrap()["id"].clone()
}

/// A base with tasks whose notes are these, and projects of these titles; answers the ids of the projects.
async fn noted(app: &TestApp, texts: &[&str], titles: &[&str]) -> (Plans, Vec<Value>) {
    let plans = Plans::new(app, notes(texts)).await;
    let records: Vec<Value> = titles.iter().map(|title| json!({ "fields": { "Title": title } })).collect();
    let body = json!({ "records": records });
    let made = app.ok(Method::POST, &format!("/v0/{}/Projects", plans.base), &body).await;
    let ids = made["records"].as_array().unwrap().iter().map(|record| record["id"].clone()).collect();
    (plans, ids)
}

/// The titles of projects, and the tasks that a field of theirs leads to, by name.
async fn led_to(app: &TestApp, base: &str, field: &str) -> Vec<(String, Vec<String>)> {
    let names = |list: &Value, key: &str| -> Vec<(String, String)> {
        let records = list["records"].as_array().unwrap().iter();
        let pair = |record: &Value| {
            (record["id"].as_str().unwrap().to_owned(), record["fields"][key].as_str().unwrap_or_default().to_owned())
        };
        records.map(pair).collect()
    };
    let tasks = names(&app.get(&format!("/v0/{base}/Tasks")).await, "Name");
    let projects = app.get(&format!("/v0/{base}/Projects")).await;
    let of = |record: &Value| {
        let ids = record["fields"][field].as_array().cloned().unwrap_or_default();
        let name = |id: &Value| tasks.iter().find(|(held, _)| *held == *id.as_str().unwrap()).unwrap().1.clone();
        (record["fields"]["Title"].as_str().unwrap().to_owned(), ids.iter().map(name).collect())
    };
    projects["records"].as_array().unwrap().iter().map(of).collect()
}

#[on_every_database]
async fn texts_become_links_to_the_records_that_they_name(app: TestApp) {
    let texts = ["House", " house , Garden", "\"Shed, old\", House", "Shed, old", "", "  "];
    let (plans, ids) = noted(&app, &texts, &["House", "Garden", "Shed, old", "HOUSE", "House"]).await;
    let base = &plans.base;
    let options = json!({ "linkedTableId": table_id(&app, base, "Projects").await, "inverseName": "Noted in" });
    let new = json!({ "type": "multipleRecordLinks", "options": options });
    let before = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let mut dry = new.clone();
    dry["dryRun"] = json!(true);
    let (status, told) = plans.convert(&app, "Notes", dry).await;
    assert_eq!((status, &told["converted"], &told["lost"], &told["made"]), (200, &json!(4), &json!(0), &json!(0)));
    assert_eq!(app.get(&format!("/v0/meta/bases/{base}/tables")).await, before, "nothing was done");
    let (status, done) = plans.convert(&app, "Notes", new).await;
    assert_eq!((status, &done["converted"], &done["lost"], &done["made"]), (200, &json!(4), &json!(0), &json!(0)));
    let (house, garden, shed) = (&ids[0], &ids[1], &ids[2]);
    let expected = json!([[house], [house, garden], [shed, house], [shed], null, null]);
    assert_eq!(plans.told(&app, "Notes").await, expected);
    // It is the same field, in the same place, with another side.
    let tasks = |tables: &Value| tables["tables"][0]["fields"].clone();
    let after = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let place = |tables: &Value| {
        let held = tasks(tables);
        let at = held.as_array().unwrap().iter().position(|field| field["name"] == "Notes").unwrap();
        (at, held[at]["id"].clone(), held.as_array().unwrap().len())
    };
    assert_eq!(place(&after), place(&before));
    let expected =
        [("House", vec!["House", " house , Garden", "\"Shed, old\", House"]), ("Garden", vec![" house , Garden"])];
    let led = led_to(&app, base, "Noted in").await;
    for (at, (title, tasks)) in expected.iter().enumerate() {
        assert_eq!(
            (led[at].0.as_str(), led[at].1.iter().map(String::as_str).collect::<Vec<_>>()),
            (*title, tasks.clone())
        );
    }
    assert!(
        led[3].1.is_empty() && led[4].1.is_empty(),
        "of several the oldest, and the letters as they are first: {led:?}"
    );
    if app.is_shared() {
        let neighbour = app.neighbour().await;
        assert_eq!(plans.told(&neighbour, "Notes").await, plans.told(&app, "Notes").await, "as it is stored");
        assert_eq!(led_to(&neighbour, base, "Noted in").await, led);
    }
}

#[on_every_database]
async fn links_that_texts_became_go_on_as_links(app: TestApp) {
    let (plans, ids) = noted(&app, &["House", "House, Garden", "Shed"], &["House", "Garden", "Shed"]).await;
    let base = &plans.base;
    let options = json!({ "linkedTableId": table_id(&app, base, "Projects").await, "inverseName": "Noted in" });
    let then = app.get(&format!("/api/v1/bases/{base}/history?limit=1")).await["changes"][0]["change"].clone();
    let (_, done) = plans.convert(&app, "Notes", json!({ "type": "multipleRecordLinks", "options": options })).await;
    let (garden, shed) = (&ids[1], &ids[2]);
    let tasks = app.get(&format!("/v0/{base}/Tasks")).await["records"].clone();
    let first = format!("/v0/{base}/Tasks/{}", tasks[0]["id"].as_str().unwrap());
    app.ok(Method::PATCH, &first, &json!({ "fields": { "Notes": [garden] } })).await;
    let one = format!("/v0/{base}/Projects/{}", shed.as_str().unwrap());
    app.ok(Method::PATCH, &one, &json!({ "fields": { "Noted in": [] } })).await;
    assert_eq!(plans.told(&app, "Notes").await, json!([[garden], [ids[0], garden], null]));
    assert_eq!(led_to(&app, base, "Noted in").await[1].1, ["House, Garden", "House"]);
    // The trash holds nothing of it, and undo leaves it alone.
    let trash = app.get(&format!("/api/v1/bases/{base}/trash")).await;
    assert_eq!(trash["fields"], json!([]), "{trash}");
    let undo = json!({ "change": done["change"] });
    let (status, answer) = app.call(Method::POST, &format!("/api/v1/bases/{base}/undo"), &undo).await;
    assert!(status == 422 && answer["detail"].as_str().unwrap().contains("convert it again"), "{answer}");
    // What it was can be read in the past, and the links become names again.
    let past = app.get(&format!("/v0/{base}/Tasks?at={then}")).await;
    assert_eq!(past["records"][1]["fields"]["Notes"], "House, Garden");
    plans.convert(&app, "Notes", json!({ "type": "singleLineText" })).await;
    assert_eq!(plans.told(&app, "Notes").await, json!(["Garden", "House, Garden", null]));
}

#[on_every_database]
async fn names_without_a_record_are_lost_or_made(app: TestApp) {
    let texts = ["House, Barn", "Barn", "Mill,\"Well, deep\"", "House", ", ,"];
    let (plans, ids) = noted(&app, &texts, &["House"]).await;
    let base = &plans.base;
    let options = json!({ "linkedTableId": table_id(&app, base, "Projects").await });
    let new = json!({ "type": "multipleRecordLinks", "options": options });
    let with = |key: &str, value: bool| {
        let mut new = new.clone();
        new[key] = json!(value);
        new
    };
    let (_, told) = plans.convert(&app, "Notes", with("dryRun", true)).await;
    assert_eq!((&told["converted"], &told["lost"], &told["made"]), (&json!(2), &json!(4), &json!(0)), "{told}");
    let named: Vec<&str> =
        told["examples"].as_array().unwrap().iter().map(|lost| lost["value"].as_str().unwrap()).collect();
    assert_eq!(named, ["House, Barn", "Barn", "Mill,\"Well, deep\"", ", ,"]);
    let (status, refused) = plans.convert(&app, "Notes", new.clone()).await;
    assert!(
        status == 409 && refused["detail"].as_str().unwrap().contains("4 cells cannot be of the new type"),
        "{refused}"
    );
    assert_eq!(plans.told(&app, "Notes").await, json!(texts));
    // Where records are made the commas alone are still nothing.
    let mut make = with("makeRecords", true);
    make["dryRun"] = json!(true);
    let (_, told) = plans.convert(&app, "Notes", make.clone()).await;
    assert_eq!((&told["converted"], &told["lost"], &told["made"]), (&json!(4), &json!(1), &json!(3)), "{told}");
    assert_eq!(led_to(&app, base, "Tasks").await.len(), 1, "a dry run makes none");
    make["dryRun"] = json!(false);
    assert_eq!(plans.convert(&app, "Notes", make.clone()).await.0, 409);
    assert_eq!(led_to(&app, base, "Tasks").await.len(), 1, "nor does what is refused");
    make["allowLoss"] = json!(true);
    let (status, done) = plans.convert(&app, "Notes", make).await;
    assert_eq!((status, &done["converted"], &done["lost"], &done["made"]), (200, &json!(4), &json!(1), &json!(3)));
    let titles = app.get(&format!("/v0/{base}/Projects")).await["records"].clone();
    let titles: Vec<(Value, Value)> = titles
        .as_array()
        .unwrap()
        .iter()
        .map(|record| (record["fields"]["Title"].clone(), record["id"].clone()))
        .collect();
    let id = |title: &str| titles.iter().find(|(held, _)| held == title).unwrap().1.clone();
    assert_eq!((titles.len(), &titles[0].1), (4, &ids[0]));
    let (house, barn) = (id("House"), id("Barn"));
    let expected = json!([[house, barn], [barn], [id("Mill"), id("Well, deep")], [house], null]);
    assert_eq!(plans.told(&app, "Notes").await, expected);
    // `Tasks` was the other side of another link.
    assert_eq!(led_to(&app, base, "Tasks 2").await[0].1, ["House, Barn", "House"]);
}

#[on_every_database]
async fn what_has_no_names_to_give_makes_no_records(app: TestApp) {
    let (plans, _) = noted(&app, &["7", "8", "rec00000000000000"], &["x"]).await;
    let base = &plans.base;
    let number =
        json!({ "name": "Numbers", "fields": [{ "name": "N", "type": "number", "options": { "precision": 0 } }] });
    let numbers = app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables"), &number).await["id"].clone();
    let seven =
        app.ok(Method::POST, &format!("/v0/{base}/Numbers"), &json!({ "fields": { "N": 7 } })).await["id"].clone();
    let new = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": numbers },
        "makeRecords": true, "allowLoss": true });
    let (status, done) = plans.convert(&app, "Notes", new).await;
    assert_eq!((status, &done["converted"], &done["lost"], &done["made"]), (200, &json!(1), &json!(2), &json!(0)));
    assert_eq!(plans.told(&app, "Notes").await, json!([[seven], null, null]));
    // A table may link to itself, and ids are names too.
    let texts = json!({ "name": "After", "type": "singleLineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &texts).await;
    let tasks = app.get(&format!("/v0/{base}/Tasks")).await["records"].clone();
    let path = |at: usize| format!("/v0/{base}/Tasks/{}", tasks[at]["id"].as_str().unwrap());
    app.ok(Method::PATCH, &path(0), &json!({ "fields": { "After": "8, 7" } })).await;
    app.ok(Method::PATCH, &path(1), &json!({ "fields": { "After": tasks[2]["id"] } })).await;
    let own =
        json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": table_id(&app, base, "Tasks").await } });
    let (status, done) = plans.convert(&app, "After", own).await;
    assert_eq!((status, &done["converted"]), (200, &json!(2)), "{done}");
    let id = |at: usize| tasks[at]["id"].clone();
    assert_eq!(plans.told(&app, "After").await, json!([[id(1), id(0)], [id(2)], null]));
}

#[on_every_database]
async fn links_are_made_while_others_write(app: TestApp) {
    let (plans, ids) = noted(&app, &["House"], &["House", "Garden", "Shed"]).await;
    let base = &plans.base;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let lines: String = (0..5_000)
        .map(|n| {
            json!({ "fields": { "Name": n.to_string(), "Notes": if n % 2 == 0 { "House" } else { "Garden" } } })
                .to_string()
                + "\n"
        })
        .collect();
    assert_eq!(app.raw(Method::POST, &bulk, lines).await.0, 200);
    let list = app.get(&format!("/v0/{base}/Tasks?pageSize=100")).await["records"].clone();
    let writing = async {
        for at in 0..60 {
            // Before the change as a text, after it as the name of a record.
            let one = format!("/v0/{base}/Tasks/{}", list[at]["id"].as_str().unwrap());
            app.ok(Method::PATCH, &one, &json!({ "fields": { "Notes": "Shed" }, "typecast": true })).await;
        }
        app.ok(Method::DELETE, &format!("/v0/{base}/Projects/{}", ids[1].as_str().unwrap()), &Value::Null).await;
    };
    let new = json!({ "type": "multipleRecordLinks", "allowLoss": true,
        "options": { "linkedTableId": table_id(&app, base, "Projects").await, "inverseName": "Noted" } });
    let ((), (status, done)) = tokio::join!(writing, plans.convert(&app, "Notes", new));
    assert_eq!(status, 200, "{done}");
    let projects = app.get(&format!("/v0/{base}/Projects")).await["records"].clone();
    let count = |at: usize| projects[at]["fields"]["Noted"].as_array().unwrap().len();
    assert_eq!(projects.as_array().unwrap().len(), 2);
    // The first record and every second one of the others, of which the first sixty are somewhere else.
    assert_eq!((count(0), count(1)), (1 + 2_500 - 1 - 30, 60), "{done}");
}

#[on_every_database]
async fn what_loses_against_a_change_of_the_schema_leaves_nothing_behind(app: TestApp) {
    let (plans, ids) = noted(&app, &["House", "New"], &["House"]).await;
    let base = &plans.base;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let line = |n: usize| json!({ "fields": { "Name": n.to_string(), "Notes": "House, Shed" } }).to_string() + "\n";
    assert_eq!(app.raw(Method::POST, &bulk, (0..5_000).map(line).collect()).await.0, 200);
    let link = json!({ "type": "multipleRecordLinks", "makeRecords": true,
        "options": { "linkedTableId": table_id(&app, base, "Projects").await, "inverseName": "Noted" } });
    let tables = format!("/v0/meta/bases/{base}/tables");
    let (before, projects) = (app.get(&tables).await["tables"].clone(), format!("/v0/{base}/Projects"));
    let mut lost = 0;
    let trash = format!("/api/v1/bases/{base}/trash");
    for turn in 0..10 {
        let held = app.get(&trash).await["fields"].clone();
        let converted = plans.convert(&app, "Notes", link.clone());
        let meanwhile = async {
            while app.get(&trash).await["fields"] == held {}
            let other = json!({ "description": format!("changed {turn} times") });
            app.ok(Method::PATCH, &format!("{tables}/{}", before[0]["id"].as_str().unwrap()), &other).await;
        };
        let ((status, answer), ()) = tokio::join!(converted, meanwhile);
        if status == 200 {
            // It was faster: back, and again.
            plans.convert(&app, "Notes", json!({ "type": "singleLineText" })).await;
            continue;
        }
        assert_eq!(
            (status, &answer["code"], &answer["retryable"]),
            (409, &json!("meanwhile"), &json!(true)),
            "{answer}"
        );
        lost += 1;
        assert_eq!(app.get(&trash).await["fields"], held);
        let records = app.get(&projects).await["records"].clone();
        assert_eq!((records.as_array().unwrap().len(), &records[0]["id"]), (1, &ids[0]), "{records}");
        break;
    }
    assert_eq!(lost, 1, "the schema was changed while links were filled");
    let after = app.get(&tables).await["tables"].clone();
    assert_eq!((&after[0]["fields"], &after[1]["fields"]), (&before[0]["fields"], &before[1]["fields"]));
    // Nothing of it is in the past of a record, and asking again is enough.
    let told = app.get(&format!("/api/v1/bases/{base}/history?record={}", ids[0].as_str().unwrap())).await;
    assert_eq!(told["changes"].as_array().unwrap().len(), 1, "{told}");
    let (status, done) = plans.convert(&app, "Notes", link).await;
    assert_eq!((status, &done["made"], &done["converted"]), (200, &json!(2), &json!(5_002)), "{done}");
    let projects = app.get(&projects).await["records"].clone();
    assert_eq!(projects.as_array().unwrap().len(), 3, "{projects}");
}

#[on_every_database]
async fn conversions_to_links_at_once_do_not_take_records_from_each_other(app: TestApp) {
    let (plans, _) = noted(&app, &["Shed"], &["House"]).await;
    let base = &plans.base;
    let field = json!({ "name": "Other", "type": "singleLineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let line = |n: usize| {
        json!({ "fields": { "Name": n.to_string(), "Notes": "Shed", "Other": "Shed, Barn" } }).to_string() + "\n"
    };
    assert_eq!(app.raw(Method::POST, &bulk, (0..4_500).map(line).collect()).await.0, 200);
    let table = table_id(&app, base, "Projects").await;
    let link = |name: &str| {
        json!({ "type": "multipleRecordLinks", "makeRecords": true,
            "options": { "linkedTableId": table, "inverseName": name } })
    };
    let both = tokio::join!(plans.convert(&app, "Notes", link("Noted")), plans.convert(&app, "Other", link("Othered")));
    for ((status, answer), (field, name)) in
        [both.0, both.1].into_iter().zip([("Notes", "Noted"), ("Other", "Othered")])
    {
        if status != 200 {
            assert_eq!((status, &answer["retryable"]), (409, &json!(true)), "{answer}");
            let (status, answer) = plans.convert(&app, field, link(name)).await;
            assert_eq!(status, 200, "{answer}");
        }
    }
    assert_eq!(app.get(&format!("/api/v1/bases/{base}/trash")).await["fields"], json!([]));
    // Whoever lost, each text has become what it says.
    let projects = app.get(&format!("/v0/{base}/Projects")).await["records"].clone();
    let links = |field: &str| -> usize {
        let records = projects.as_array().unwrap().iter();
        records.filter_map(|record| Some(record["fields"][field].as_array()?.len())).sum()
    };
    assert_eq!((links("Noted"), links("Othered")), (4_501, 9_000));
}

#[on_every_database]
async fn a_name_for_the_other_side_that_is_taken_is_refused(app: TestApp) {
    let (plans, _) = noted(&app, &["House"], &["House"]).await;
    let base = &plans.base;
    let table = table_id(&app, base, "Projects").await;
    let link = |name: &str, dry: bool| json!({ "type": "multipleRecordLinks", "dryRun": dry, "options": { "linkedTableId": table, "inverseName": name } });
    for name in ["Title", "tasks", " TITLE "] {
        for dry in [true, false] {
            let (status, refused) = plans.convert(&app, "Notes", link(name, dry)).await;
            let detail = refused["detail"].as_str().unwrap();
            let holder = if name == "tasks" { "`Tasks` (fld" } else { "`Title` (fld" };
            assert!(status == 422 && detail.contains("inverseName") && detail.contains(holder), "{status} {detail}");
            assert!(detail.contains("`Projects`"), "{detail}");
        }
    }
    // So it is where a field of links is made.
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let made =
        |name: &str| json!({ "name": "Also", "type": "multipleRecordLinks", "options": link(name, false)["options"] });
    let (status, refused) = app.call(Method::POST, &fields, &made(" TITLE ")).await;
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(status == 422 && message.contains("inverseName") && message.contains("`Title` (fld"), "{status} {message}");
    assert_eq!(plans.told(&app, "Notes").await, json!(["House"]));
    assert_eq!(plans.convert(&app, "Notes", link("Noted", false)).await.0, 200);
    // Of names that the house itself finds a free one is taken, as before.
    assert_eq!(plans.convert(&app, "Notes", json!({ "type": "singleLineText" })).await.0, 200);
    let unnamed = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": table } });
    assert_eq!(plans.convert(&app, "Notes", unnamed).await.0, 200);
    assert_eq!(led_to(&app, base, "Tasks 2").await.len(), 1);
}

#[on_every_database]
async fn names_in_other_letters_are_one_record_wherever_links_are_made(app: TestApp) {
    let (plans, ids) = noted(&app, &["new1, New1", "NEW1", "Über", "ÜBER"], &["House", "HOUSE"]).await;
    let base = &plans.base;
    let options = json!({ "linkedTableId": table_id(&app, base, "Projects").await, "inverseName": "Noted" });
    let make = json!({ "type": "multipleRecordLinks", "options": options, "makeRecords": true });
    let (status, done) = plans.convert(&app, "Notes", make).await;
    assert_eq!((status, &done["made"], &done["lost"]), (200, &json!(2), &json!(0)), "{done}");
    let titles: Vec<String> = led_to(&app, base, "Noted").await.into_iter().map(|(title, _)| title).collect();
    let mut made = titles[2..].to_vec();
    made.sort();
    assert_eq!(
        (&titles[..2], made),
        (&["House".to_owned(), "HOUSE".to_owned()][..], vec!["new1".into(), "Über".into()])
    );

    // So does typecast: the letters as they are first, else in others, else a new record, one for a request.
    let cast = |names: Value| json!({ "fields": { "Notes": names }, "typecast": true });
    let tasks = format!("/v0/{base}/Tasks");
    for (names, expected) in [(json!("HOUSE"), &ids[1]), (json!(["House"]), &ids[0]), (json!(" house "), &ids[0])] {
        let made = app.ok(Method::POST, &tasks, &cast(names.clone())).await;
        assert_eq!(made["fields"]["Notes"], json!([expected]), "{names}");
    }
    let records = json!({ "records": [{ "fields": { "Notes": "Barn" } }, { "fields": { "Notes": ["BARN", "uber"] } }], "typecast": true });
    let made = app.ok(Method::POST, &tasks, &records).await["records"].clone();
    assert_eq!(made[0]["fields"]["Notes"][0], made[1]["fields"]["Notes"][0]);
    assert_eq!(led_to(&app, base, "Noted").await.len(), 6, "Barn and uber are new");
}
