//! What the history tells of links.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

/// A base of projects and tasks that link to them.
struct Linked {
    app: TestApp,
    base: String,
}

impl ForDatabase for Linked {
    async fn for_database(engine: Engine) -> Self {
        let app = TestApp::for_database(engine).await;
        let base = app.plans().await;
        Self { app, base }
    }
}

impl Linked {
    async fn make(&self, table: &str, fields: Value) -> String {
        let path = format!("/v0/{}/{table}", self.base);
        let made = self.app.ok(Method::POST, &path, &json!({ "fields": fields })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn write(&self, table: &str, record: &str, fields: Value) {
        let path = format!("/v0/{}/{table}/{record}", self.base);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
    }

    async fn delete(&self, table: &str, record: &str) {
        self.app.ok(Method::DELETE, &format!("/v0/{}/{table}/{record}", self.base), &Value::Null).await;
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.app.ok(Method::POST, &format!("/api/v1/bases/{}/{path}", self.base), &body).await
    }

    async fn page(&self, query: &str) -> Value {
        self.app.get(&format!("/api/v1/bases/{}/history?{query}", self.base)).await
    }

    /// Every change that is asked for, the newest first, read so many at a time.
    async fn changes(&self, query: &str, limit: usize) -> Vec<Value> {
        let (mut told, mut before) = (Vec::new(), String::new());
        loop {
            let page = self.page(&format!("{query}&limit={limit}{before}")).await;
            told.extend(page["changes"].as_array().unwrap().iter().cloned());
            match page["next"].as_i64() {
                Some(next) => before = format!("&before={next}"),
                None => return told,
            }
        }
    }

    /// What the history of a record says of a field, the newest first: `[before, after]`, or one list for a record that came
    /// or went.
    async fn told(&self, record: &str, field: &str) -> Vec<Value> {
        let query = format!("record={record}&field={field}");
        let told = self.changes(&query, 100).await;
        assert_eq!(self.changes(&query, 1).await, told, "page by page");
        told.iter().map(|change| cell(change, record, field)).collect()
    }

    /// The links that a record has now.
    async fn links(&self, table: &str, record: &str, field: &str) -> Value {
        self.app.get(&format!("/v0/{}/{table}/{record}", self.base)).await["fields"][field].clone()
    }
}

/// What a change says of a cell.
fn cell(change: &Value, record: &str, field: &str) -> Value {
    let all = |kind: &str| -> Vec<Value> {
        let tables = change["tables"].as_array().unwrap().iter();
        let records = tables.flat_map(|table| table[kind].as_array().unwrap().clone());
        records.filter(|told| told["id"] == record).collect()
    };
    if let Some(updated) = all("updated").first() {
        let cells = updated["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell["field"] == field).unwrap_or_else(|| panic!("{field} in {change}"));
        return json!([cell["before"], cell["after"]]);
    }
    let whole: Vec<Value> = ["created", "deleted", "restored"].into_iter().flat_map(all).collect();
    whole.first().unwrap_or_else(|| panic!("{record} in {change}"))["fields"][field].clone()
}

#[on_every_database]
async fn edits_of_links_are_told_on_both_sides(plans: Linked) {
    let (house, garden) = (plans.make("Projects", json!({ "Title": "House" })).await, "Garden");
    let garden = plans.make("Projects", json!({ "Title": garden })).await;
    let task = plans.make("Tasks", json!({ "Name": "Paint", "Project": [house] })).await;
    plans.write("Tasks", &task, json!({ "Project": [house, garden] })).await;
    plans.write("Tasks", &task, json!({ "Project": [garden, house] })).await;
    plans.write("Tasks", &task, json!({ "Name": "Sand" })).await;
    plans.write("Projects", &house, json!({ "Tasks": [] })).await;
    plans.post("undo", json!({})).await;
    plans.write("Tasks", &task, json!({ "Project": [], "Points": 3 })).await;

    let expected = [
        json!([[garden, house], null]),
        json!([[garden], [garden, house]]),
        json!([[garden, house], [garden]]),
        json!([[house, garden], [garden, house]]),
        json!([[house], [house, garden]]),
        json!([house]),
    ];
    assert_eq!(plans.told(&task, "Project").await, expected);
    let (none, one) = (Value::Null, json!([task]));
    let expected = [json!([one, none]), json!([none, one]), json!([one, none]), json!([none, one])];
    // Where it only went to another place in the list of the task nothing is told of the other side.
    let told: Vec<Value> = plans.told(&house, "Tasks").await.into_iter().filter(|told| told[0] != told[1]).collect();
    assert_eq!(told, expected);
    assert_eq!(plans.told(&garden, "Tasks").await, [json!([one, none]), json!([none, one])]);

    // The history of the records has them beside other cells, with who and when.
    let whole = plans.changes(&format!("record={task}"), 2).await;
    assert_eq!(whole.len(), 7, "each change once: {whole:?}");
    let cells = whole[0]["tables"][0]["updated"][0]["cells"].as_array().unwrap();
    let fields: Vec<&Value> = cells.iter().map(|cell| &cell["field"]).collect();
    assert_eq!(fields, ["Points", "Project"]);
    let other = plans.changes(&format!("record={garden}"), 100).await;
    assert_eq!(other.len(), 3, "made, linked, unlinked: {other:?}");
    assert!(other[0]["by"].as_str().unwrap().starts_with("usr") && other[0]["time"].as_str().unwrap().len() > 10);
    assert_eq!(cell(&other[1], &garden, "Tasks"), json!([none, one]));

    // Names as they are now of what its cells hold, and those of the base's history too.
    plans.write("Projects", &house, json!({ "Title": "Old house" })).await;
    let page = plans.page(&format!("record={task}")).await;
    assert_eq!(page["names"], json!({ house.clone(): "Old house", garden.clone(): "Garden" }));
    let page = plans.page("limit=100").await;
    assert_eq!(cell(&page["changes"][1], &garden, "Tasks"), json!([one, none]));
    assert_eq!(page["names"][&garden], "Garden");
}

#[on_every_database]
async fn links_of_records_that_go_and_come_back_are_told(plans: Linked) {
    let house = plans.make("Projects", json!({ "Title": "House" })).await;
    let (paint, sand) = (json!({ "Name": "Paint", "Project": [house] }), json!({ "Name": "Sand", "Project": [house] }));
    let (paint, sand) = (plans.make("Tasks", paint).await, plans.make("Tasks", sand).await);
    plans.delete("Tasks", &paint).await;
    plans.post("undo", json!({})).await;
    plans.delete("Projects", &house).await;

    // What came back stands where it stood.
    let both = json!([paint, sand]);
    let expected =
        [both.clone(), json!([[sand], both]), json!([both, [sand]]), json!([[paint], both]), json!([null, [paint]])];
    assert_eq!(plans.told(&house, "Tasks").await, expected);
    let housed = json!([house]);
    let expected = [json!([housed, null]), housed.clone(), housed.clone(), housed];
    assert_eq!(plans.told(&paint, "Project").await, expected);
    // What is gone is called what it was called last.
    let page = plans.page(&format!("record={sand}&field=Project")).await;
    assert_eq!(page["names"], json!({ house: "House" }));
}

#[on_every_database]
async fn links_of_a_table_to_itself_are_told_once(plans: Linked) {
    let table = plans.app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await["tables"][0]["id"].clone();
    let field = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": table } });
    plans.app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables/Tasks/fields", plans.base), &field).await;
    let first = plans.make("Tasks", json!({ "Name": "Paint" })).await;
    let second = plans.make("Tasks", json!({ "Name": "Sand", "After": [first] })).await;
    plans.write("Tasks", &second, json!({ "After": [second, first] })).await;
    assert_eq!(plans.told(&second, "After").await, [json!([[first], [second, first]]), json!([first])]);
    assert_eq!(plans.told(&first, "After").await, Vec::<Value>::new());
}

#[on_every_database]
async fn links_are_told_across_conversions(plans: Linked) {
    let house = plans.make("Projects", json!({ "Title": "House" })).await;
    let garden = plans.make("Projects", json!({ "Title": "Garden" })).await;
    let task = plans.make("Tasks", json!({ "Name": "Paint", "Project": [house] })).await;
    plans.write("Tasks", &task, json!({ "Project": [garden, house] })).await;
    let convert = "tables/Tasks/fields/Project/convert";
    plans.post(convert, json!({ "type": "singleLineText" })).await;
    plans.write("Tasks", &task, json!({ "Project": "House" })).await;
    let table = plans.app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await["tables"][1]["id"].clone();
    let link = json!({ "type": "multipleRecordLinks", "options": { "linkedTableId": table } });
    plans.post(convert, link).await;
    plans.write("Tasks", &task, json!({ "Project": [garden] })).await;
    // What is in the trash follows records that go.
    plans.delete("Projects", &garden).await;

    let expected = [
        json!([[garden], null]),
        json!([[house], [garden]]),
        json!(["House", [house]]),
        json!(["Garden, House", "House"]),
        json!([[garden, house], "Garden, House"]),
        json!([[house], [garden, house]]),
        json!([house]),
    ];
    assert_eq!(plans.told(&task, "Project").await, expected);
    let record: Vec<Value> =
        plans.changes(&format!("record={task}"), 3).await.iter().map(|change| cell(change, &task, "Project")).collect();
    assert_eq!(record, expected, "and so does the history of the record");

    // On the other side the links came with the conversion; a record without any has nothing to tell of it.
    let back = plans.app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await["tables"][1].clone();
    let back = back["fields"][1]["name"].as_str().unwrap().to_owned();
    assert_eq!(plans.told(&house, &back).await, [json!([[task], null]), json!([null, [task]])]);
    // And they went with the one before, from both projects.
    let converted = async |record: &String| -> Vec<Value> {
        let told = plans.changes(&format!("record={record}"), 2).await;
        let told = told.iter().filter(|change| !change["converted"].is_null());
        told.map(|change| cell(change, record, "Tasks")).collect()
    };
    assert_eq!(converted(&house).await, [json!([null, [task]]), json!([[task], null])]);
    assert_eq!(converted(&garden).await, [json!([[task], null])]);
    let shed = plans.make("Projects", json!({ "Title": "Shed" })).await;
    assert_eq!(converted(&shed).await, Vec::<Value>::new());
}

#[on_every_database]
async fn pairs_that_only_go_to_another_place_are_no_links_that_changed(plans: Linked) {
    let house = plans.make("Projects", json!({ "Title": "House" })).await;
    let garden = plans.make("Projects", json!({ "Title": "Garden" })).await;
    let task = plans.make("Tasks", json!({ "Name": "Paint", "Project": [house, garden] })).await;
    plans.write("Tasks", &task, json!({ "Project": [garden, house] })).await;
    plans.write("Tasks", &task, json!({ "Project": [house] })).await;
    let told = plans.changes(&format!("record={task}"), 100).await;
    let changed: Vec<&Value> = told.iter().map(|change| &change["tables"][0]["linksChanged"]).collect();
    assert_eq!(changed, [1, 0, 2]);
    assert_eq!(cell(&told[1], &task, "Project"), json!([[house, garden], [garden, house]]), "the move itself is told");
}

#[on_every_database]
async fn a_field_that_the_table_of_the_record_lacks_is_refused(plans: Linked) {
    let house = plans.make("Projects", json!({ "Title": "House" })).await;
    let task = plans.make("Tasks", json!({ "Name": "Paint" })).await;
    for (record, field) in [(&house, "Points"), (&task, "Title"), (&task, "Nope")] {
        let path = format!("/api/v1/bases/{}/history?record={record}&field={field}", plans.base);
        let (status, told) = plans.app.call(Method::GET, &path, &Value::Null).await;
        assert!(status == 422 && told["detail"].as_str().unwrap_or_default().contains(field), "{told}");
    }
    assert_eq!(plans.told(&house, "Title").await, [json!("House")]);
}

#[on_every_database]
async fn long_lists_are_told_by_their_number_and_what_became_different(plans: Linked) {
    let house = plans.make("Projects", json!({ "Title": "House" })).await;
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    let lines: String = (0..150)
        .map(|n| json!({ "fields": { "Name": n.to_string(), "Project": [house] } }).to_string() + "\n")
        .collect();
    assert_eq!(plans.app.raw(Method::POST, &bulk, lines).await.0, 200);
    let all = plans.links("Projects", &house, "Tasks").await;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 150);
    plans.write("Projects", &house, json!({ "Tasks": all[..149] })).await;
    let page = plans.page(&format!("record={house}&field=Tasks&limit=1")).await;
    let part = page["changes"][0]["tables"].as_array().unwrap().iter().find(|part| part["name"] == "Projects").unwrap();
    let told = &part["updated"][0]["cells"][0];
    assert_eq!((&told["beforeCount"], &told["afterCount"]), (&json!(150), &json!(149)));
    assert_eq!((told["before"].as_array().unwrap(), &told["unlinked"]), (&all[..100].to_vec(), &json!([all[149]])));
    assert_eq!(told["linked"], json!([]));
    // A page ends where it would tell of too many link cells, and the next one goes on.
    let mut seen: BTreeMap<i64, usize> = BTreeMap::new();
    for change in plans.changes("", 100).await {
        *seen.entry(change["change"].as_i64().unwrap()).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 1) && *seen.keys().next().unwrap() == 1, "{seen:?}");
}
