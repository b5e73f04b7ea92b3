//! Making fields of another type.

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
    let cells = app.get(&path).await["fields"].clone();
    assert_eq!((&cells["Name"], &cells["Points"]), (&json!("5"), &json!("2")));
    let one = json!({ "at": before.to_string(), "table": "Tasks", "field": "Points" });
    let (status, refused) = app.call(Method::POST, &restore, &one).await;
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
        ("Project", links(), "no links between records are made of other values"),
        ("Notes", links(), "write the names of records to it with `typecast`"),
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
    let (status, done) = plans.convert(&app, "Project", json!({ "type": "singleLineText" })).await;
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
