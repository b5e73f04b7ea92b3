//! What undo, redo and history tell of fields that became of another type.

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

/// A base of projects and tasks, with a task to change.
struct Plans {
    app: TestApp,
    base: String,
    task: String,
}

impl ForDatabase for Plans {
    async fn for_database(engine: Engine) -> Self {
        let app = TestApp::for_database(engine).await;
        let base = app.plans().await;
        let fields = json!({ "fields": { "Name": "Paint", "Points": 1 } });
        let task = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &fields).await["id"].as_str().unwrap().to_owned();
        Self { app, base, task }
    }
}

impl Plans {
    async fn call(&self, path: &str, body: Value) -> (u16, Value) {
        self.app.call(Method::POST, &format!("/api/v1/bases/{}/{path}", self.base), &body).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Asks for what is refused; answers status and reason.
    async fn refused(&self, path: &str, body: Value) -> (u16, String) {
        let (status, answer) = self.call(path, body).await;
        (status, answer["detail"].as_str().unwrap_or_default().to_owned())
    }

    async fn tool(&self, arguments: Value) -> (u16, Value) {
        let mut arguments = arguments;
        arguments["base"] = json!(self.base);
        let call = json!({ "tool_name": "undo", "arguments": arguments });
        self.app.call(Method::POST, "/execute-tool", &call).await
    }

    /// Writes cells; answers the number of the change.
    async fn write(&self, fields: Value) -> i64 {
        let path = format!("/v0/{}/Tasks/{}", self.base, self.task);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
        self.newest().await
    }

    async fn newest(&self) -> i64 {
        let history = self.app.get(&format!("/api/v1/bases/{}/history?limit=1", self.base)).await;
        history["changes"][0]["change"].as_i64().unwrap()
    }

    /// Makes a field one of another type; answers the number of the change.
    async fn convert(&self, field: &str, body: Value) -> i64 {
        self.post(&format!("tables/Tasks/fields/{field}/convert"), body).await["change"].as_i64().unwrap()
    }

    async fn project(&self, title: &str) -> String {
        let body = json!({ "fields": { "Title": title } });
        let made = self.app.ok(Method::POST, &format!("/v0/{}/Projects", self.base), &body).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn cells(&self) -> Value {
        self.app.get(&format!("/v0/{}/Tasks/{}", self.base, self.task)).await["fields"].clone()
    }
}

fn text() -> Value {
    json!({ "type": "singleLineText" })
}

/// True when all of this is said.
fn says(told: &str, words: &[&str]) -> bool {
    words.iter().all(|word| told.contains(word))
}

#[on_every_database]
async fn the_newest_change_is_not_passed_over_where_it_is_a_conversion(plans: Plans) {
    let named = plans.write(json!({ "Name": "Painted" })).await;
    let converted = plans.convert("Points", text()).await;
    let number = converted.to_string();
    let words = ["`Points` of `Tasks`", "`number`", "`singleLineText`", &number, "convert it again"];
    let (status, told) = plans.refused("undo", json!({})).await;
    assert!(status == 422 && says(&told, &words), "{status} {told}");
    let (status, forced) = plans.refused("undo", json!({ "force": true })).await;
    assert_eq!((status, &forced), (422, &told));
    let (status, answer) = plans.refused("undo", json!({ "change": converted })).await;
    assert!(status == 422 && says(&answer, &words), "{status} {answer}");
    for arguments in [json!({}), json!({ "dry_run": true }), json!({ "change": converted })] {
        let (status, answer) = plans.tool(arguments).await;
        assert!(status == 422 && says(&answer.to_string(), &words), "{status} {answer}");
    }
    assert_eq!(plans.cells().await["Name"], "Painted", "nothing was taken back");

    // What it says is true: the value of then is there, and an older change can be named.
    let then = plans.app.get(&format!("/v0/{}/Tasks?at={}", plans.base, converted - 1)).await;
    assert_eq!(then["records"][0]["fields"]["Points"], 1);
    assert!(says(&told, &[&format!("`at={}`", converted - 1)]), "{told}");
    assert_eq!(plans.post("undo", json!({ "change": named })).await["records"], 1);
    assert_eq!(plans.cells().await["Name"], "Paint");

    // A change after it is the newest, and what somebody else converts is no change of one's own.
    plans.write(json!({ "Name": "Sand" })).await;
    plans.post("undo", json!({})).await;
    assert_eq!(plans.cells().await["Name"], "Paint");
    let (_, bo) = plans.app.person("bo", "creator").await;
    let path = format!("/api/v1/bases/{}", plans.base);
    let one = format!("/v0/{}/Tasks/{}", plans.base, plans.task);
    plans.app.call_as(&bo, Method::PATCH, &one, &json!({ "fields": { "Name": "Bo's" } })).await;
    plans.convert("Due", text()).await;
    let (status, answer) = plans.app.call_as(&bo, Method::POST, &format!("{path}/undo"), &json!({})).await;
    assert_eq!((status, &plans.cells().await["Name"]), (200, &json!("Paint")), "{answer}");
}

#[on_every_database]
async fn what_was_written_before_a_conversion_is_not_taken_back_without_a_word(plans: Plans) {
    let only = plans.write(json!({ "Points": 2 })).await;
    let mixed = plans.write(json!({ "Points": 3, "Name": "Painted" })).await;
    let converted = plans.convert("Points", text()).await;
    let words = ["`Points` of `Tasks`", "`number`", "`singleLineText`", &converted.to_string()];
    for change in [only, mixed] {
        let (status, told) = plans.refused("undo", json!({ "change": change })).await;
        assert!(status == 409 && says(&told, &words), "{status} {told}");
        assert_eq!(says(&told, &["`force`"]), change == mixed, "{told}");
        assert!(says(&told, &[&format!("`at={}`", change - 1)]), "{told}");
        for dry in [true, false] {
            let (status, answer) = plans.tool(json!({ "change": change, "dry_run": dry })).await;
            assert!(status == 409 && says(&answer.to_string(), &words), "{status} {answer}");
        }
    }
    // With `force` the rest is taken back, where there is any.
    let (status, told) = plans.refused("undo", json!({ "change": only, "force": true })).await;
    assert!(status == 409 && says(&told, &words), "{status} {told}");
    let undone = plans.post("undo", json!({ "change": mixed, "force": true })).await;
    assert_eq!((&undone["records"], &undone["skipped"]), (&json!(1), &json!(1)));
    let cells = plans.cells().await;
    assert_eq!((&cells["Name"], &cells["Points"]), (&json!("Paint"), &json!("3")));

    // A second conversion changes nothing of that, nor does one back.
    plans.convert("Points", json!({ "type": "number", "options": { "precision": 0 } })).await;
    let (status, told) = plans.refused("undo", json!({ "change": only })).await;
    assert!(status == 409 && says(&told, &words), "{status} {told}");
    let (again, name) = (plans.write(json!({ "Points": 9 })).await, plans.write(json!({ "Name": "Sand" })).await);
    assert_eq!(plans.post("undo", json!({ "change": name })).await["skipped"], 0);
    assert_eq!(plans.post("undo", json!({ "change": again })).await["records"], 1);
    assert_eq!(plans.cells().await["Points"], 3);
}

#[on_every_database]
async fn records_made_and_deleted_before_a_conversion_are_told_of(plans: Plans) {
    let (app, list) = (&plans.app, format!("/v0/{}/Tasks", plans.base));
    let new = |fields: Value| json!({ "fields": fields });
    let made = app.ok(Method::POST, &list, &new(json!({ "Name": "Roof", "Points": 5 }))).await["id"].clone();
    let creation = plans.newest().await;
    let gone = app.ok(Method::POST, &list, &new(json!({ "Name": "Door", "Points": 6 }))).await["id"].clone();
    let gone = format!("{list}/{}", gone.as_str().unwrap());
    app.ok(Method::DELETE, &gone, &Value::Null).await;
    let deletion = plans.newest().await;
    let bare = app.ok(Method::POST, &list, &new(json!({ "Name": "Bare" }))).await["id"].clone();
    let bare_creation = plans.newest().await;
    plans.convert("Points", text()).await;
    let (status, told) = plans.refused("undo", json!({ "change": deletion })).await;
    assert!(status == 409 && says(&told, &["`Points` of `Tasks`", "`number`"]), "{status} {told}");
    // There it has its value.
    let then = app.get(&format!("{list}?at={}", deletion - 1)).await["records"].clone();
    assert!(says(&told, &[&format!("`at={}`", deletion - 1)]) && says(&then.to_string(), &["Door"]), "{told} {then}");
    // Nothing of a record without a value is lost.
    plans.post("undo", json!({ "change": bare_creation })).await;
    assert_eq!(app.call(Method::GET, &format!("{list}/{}", bare.as_str().unwrap()), &Value::Null).await.0, 404);
    let undone = plans.post("undo", json!({ "change": deletion, "force": true })).await;
    assert_eq!((&undone["records"], &undone["skipped"]), (&json!(1), &json!(1)));
    let left = undone["leftOut"].as_array().unwrap();
    assert_eq!(
        (left.len(), &left[0]["field"], &left[0]["before"]),
        (1, &json!("Points"), &json!("number")),
        "{undone}"
    );
    assert_eq!(app.get(&gone).await["fields"]["Name"], "Door");
    // What made a record is taken back whatever its fields have become, as long as it is as it was.
    let made = format!("{list}/{}", made.as_str().unwrap());
    assert_eq!(app.get(&made).await["fields"]["Points"], "5");
    app.ok(Method::PATCH, &made, &json!({ "fields": { "Points": "7" } })).await;
    let (status, told) = plans.refused("undo", json!({ "change": creation })).await;
    assert!(
        status == 409 && says(&told, &[&format!("{} has changed;", made.rsplit_once('/').unwrap().1)]),
        "{status} {told}"
    );
    plans.post("undo", json!({})).await;
    let (status, told) = plans.refused("undo", json!({ "change": creation })).await;
    assert!(status == 409, "an undo is a change, too: {told}");
    assert_eq!(app.get(&made).await["fields"]["Points"], "5");
}

#[on_every_database]
async fn what_made_a_record_is_taken_back_after_conversions(plans: Plans) {
    let (app, list) = (&plans.app, format!("/v0/{}/Tasks", plans.base));
    let house = plans.project("House").await;
    let fields = json!({ "fields": { "Name": "Roof", "Points": 5, "Project": [house], "Status": "Done" } });
    let made = app.ok(Method::POST, &list, &fields).await["id"].as_str().unwrap().to_owned();
    let creation = plans.newest().await;
    for field in ["Points", "Project", "Status"] {
        plans.convert(field, text()).await;
    }
    plans.convert("Points", json!({ "type": "number", "options": { "precision": 0 } })).await;
    let undone = plans.post("undo", json!({ "change": creation })).await;
    assert_eq!((&undone["records"], &undone["skipped"], &undone["leftOut"]), (&json!(1), &json!(0), &json!([])));
    assert_eq!(app.call(Method::GET, &format!("{list}/{made}"), &Value::Null).await.0, 404);
    // And it comes back by the same way, with all that it had.
    plans.post("redo", json!({})).await;
    let cells = app.get(&format!("{list}/{made}")).await["fields"].clone();
    assert_eq!((&cells["Points"], &cells["Project"], &cells["Status"]), (&json!(5), &json!("House"), &json!("Done")));
}

#[on_every_database]
async fn records_that_a_restore_brings_back_name_the_fields_that_they_are_without(plans: Plans) {
    let (app, list) = (&plans.app, format!("/v0/{}/Tasks", plans.base));
    let made = app.ok(Method::POST, &list, &json!({ "fields": { "Name": "Roof", "Points": 5 } })).await["id"].clone();
    let then = plans.newest().await;
    app.ok(Method::DELETE, &format!("{list}/{}", made.as_str().unwrap()), &Value::Null).await;
    let change = plans.convert("Points", text()).await;
    let done = plans.post("restore", json!({ "at": then, "table": "Tasks", "record": made })).await;
    assert_eq!((&done["restored"], &done["leftOut"][0]["change"]), (&json!(1), &json!(change)), "{done}");
    let cells = app.get(&format!("{list}/{}", made.as_str().unwrap())).await["fields"].clone();
    assert_eq!((&cells["Name"], cells.get("Points")), (&json!("Roof"), None));
}

#[on_every_database]
async fn links_of_before_a_conversion_are_not_written_in_the_trash(plans: Plans) {
    let (house, garden) = (plans.project("House").await, plans.project("Garden").await);
    let linked = plans.write(json!({ "Project": [house] })).await;
    let moved = plans.write(json!({ "Project": [garden] })).await;
    let back = format!("/v0/{}/Projects/{garden}", plans.base);
    plans.app.ok(Method::PATCH, &back, &json!({ "fields": { "Tasks": [] } })).await;
    let emptied = plans.newest().await;
    let converted = plans.convert("Project", text()).await;
    let words = ["`Project` of `Tasks`", "`multipleRecordLinks`", "`singleLineText`", &converted.to_string()];
    for change in [linked, moved, emptied] {
        let (status, told) = plans.refused("undo", json!({ "change": change })).await;
        assert!(status == 409 && says(&told, &words) && says(&told, &["trash"]), "{status} {told}");
        let (status, told) = plans.refused("undo", json!({ "change": change, "force": true })).await;
        assert!(status == 409 && says(&told, &words), "{status} {told}");
    }
    // The links are as they were, and once the field is back they are taken back like any others.
    let trash = plans.app.get(&format!("/api/v1/bases/{}/trash", plans.base)).await;
    let field = trash["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Project").unwrap();
    plans.post(&format!("trash/{}/restore", field["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(plans.cells().await.get("Project 2"), None);
    plans.post("undo", json!({ "change": emptied })).await;
    assert_eq!(plans.cells().await["Project 2"], json!([garden]));
}

#[on_every_database]
async fn the_other_side_of_a_link_is_converted_with_it(plans: Plans) {
    let house = plans.project("House").await;
    let linked = plans.write(json!({ "Project": [house] })).await;
    let path = "tables/Projects/fields/Tasks/convert";
    plans.post(path, text()).await;
    let (status, told) = plans.refused("undo", json!({ "change": linked })).await;
    assert!(status == 409 && says(&told, &["`Tasks` of `Projects`", "`multipleRecordLinks`"]), "{status} {told}");
}

#[on_every_database]
async fn what_was_undone_before_a_conversion_is_not_done_again_without_a_word(plans: Plans) {
    plans.write(json!({ "Points": 2 })).await;
    let undo = plans.post("undo", json!({})).await["change"].clone();
    let (_, bo) = plans.app.person("bo", "creator").await;
    let path = format!("/api/v1/bases/{}/tables/Tasks/fields/Points/convert", plans.base);
    let (status, done) = plans.app.call_as(&bo, Method::POST, &path, &text()).await;
    assert_eq!(status, 200, "{done}");
    let (status, told) = plans.refused("redo", json!({})).await;
    assert!(status == 409 && says(&told, &["`Points` of `Tasks`", "`number`"]), "{status} {told}");
    // After a conversion of one's own the undo is not the newest change.
    let converted = plans.convert("Name", json!({ "type": "multilineText" })).await.to_string();
    let (status, told) = plans.refused("redo", json!({})).await;
    let words = ["`Name` of `Tasks`", "`multilineText`", &converted, &format!("`change` {undo}")];
    assert!(status == 422 && says(&told, &words), "{status} {told}");
    let (status, told) = plans.refused("redo", json!({ "force": true })).await;
    assert!(status == 422 && says(&told, &words), "{status} {told}");
}

impl Plans {
    /// The history of a cell of the task, page by page; of each change the types of a conversion, before and after.
    async fn history(&self, query: &str, limit: usize) -> Vec<Value> {
        let (mut told, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/bases/{}/history?{query}&limit={limit}{before}", self.base);
            let page = self.app.get(&path).await;
            told.extend(page["changes"].as_array().unwrap().iter().map(|change| {
                let part = &change["tables"][0];
                let cell = &part["updated"][0]["cells"][0];
                match (&change["converted"], part["created"].get(0)) {
                    (Value::Null, Some(made)) => made["fields"].clone(),
                    (Value::Null, None) => json!([cell["before"], cell["after"]]),
                    (converted, _) => {
                        assert_eq!(part["updated"][0]["id"], self.task, "{change}");
                        assert_eq!(cell["fieldId"], converted["fieldId"], "{change}");
                        json!([converted["before"], converted["after"], cell["before"], cell["after"]])
                    }
                }
            }));
            match page["next"].as_i64() {
                Some(next) => before = format!("&before={next}"),
                None => return told,
            }
        }
    }

    async fn history_of(&self, field: &str) -> Vec<Value> {
        let query = format!("record={}&field={field}", self.task);
        let told = self.history(&query, 100).await;
        assert_eq!(self.history(&query, 1).await, told, "page by page");
        told
    }
}

#[on_every_database]
async fn the_history_of_a_cell_goes_on_beyond_conversions(plans: Plans) {
    plans.write(json!({ "Points": 2.5 })).await;
    plans.write(json!({ "Name": "Paint it" })).await;
    plans.convert("Points", text()).await;
    plans.write(json!({ "Points": "many" })).await;
    let number = json!({ "type": "number", "options": { "precision": 0 }, "allowLoss": true });
    plans.convert("Points", number).await;
    plans.write(json!({ "Points": 7 })).await;
    let expected = [
        json!([null, 7]),
        json!(["singleLineText", "number", "many", null]),
        json!(["2.5", "many"]),
        json!(["number", "singleLineText", 2.5, "2.5"]),
        json!([1, 2.5]),
        json!({ "Name": "Paint", "Points": 1 }),
    ];
    assert_eq!(plans.history_of("Points").await, expected);
    // The history of the record tells the same.
    let record = plans.history(&format!("record={}", plans.task), 2).await;
    let mut expected = expected.to_vec();
    expected.insert(4, json!(["Paint", "Paint it"]));
    assert_eq!(record, expected);

    // A record that was made later has nothing to tell of them.
    let list = format!("/v0/{}/Tasks", plans.base);
    let new = plans.app.ok(Method::POST, &list, &json!({ "fields": { "Name": "New" } })).await["id"].clone();
    let path = format!("/api/v1/bases/{}/history?record={}", plans.base, new.as_str().unwrap());
    assert_eq!(plans.app.get(&path).await["changes"].as_array().unwrap().len(), 1);
    // The base tells which change made the field another.
    let history = plans.app.get(&format!("/api/v1/bases/{}/history", plans.base)).await;
    let changes = history["changes"].as_array().unwrap().iter();
    let converted: Vec<&Value> = changes.map(|change| &change["converted"]).filter(|told| !told.is_null()).collect();
    assert_eq!(converted.len(), 2);
    assert_eq!((&converted[0]["table"], &converted[0]["field"]), (&json!("Tasks"), &json!("Points")));
    assert_eq!((&converted[0]["before"], &converted[0]["after"]), (&json!("singleLineText"), &json!("number")));
}

#[on_every_database]
async fn values_before_a_conversion_are_told_as_those_of_their_type(plans: Plans) {
    let (house, garden) = (plans.project("House").await, plans.project("Garden").await);
    plans.write(json!({ "Project": [garden, house], "Status": "Done", "Tags": ["a", "b"], "Urgent": true })).await;
    for (field, kind, before, after) in [
        ("Project", "multipleRecordLinks", json!([garden, house]), json!("Garden, House")),
        ("Status", "singleSelect", json!("Done"), json!("Done")),
        ("Tags", "multipleSelects", json!(["a", "b"]), json!("a, b")),
        ("Urgent", "checkbox", json!(true), json!("true")),
        ("Due", "date", Value::Null, Value::Null),
        ("Double", "formula", Value::Null, json!("2")),
    ] {
        plans.convert(field, text()).await;
        let told = plans.history_of(field).await;
        assert_eq!(told[0], json!([kind, "singleLineText", before, after]), "{field}");
    }
    // What a record that is gone held is told too.
    plans.app.ok(Method::DELETE, &format!("/v0/{}/Tasks/{}", plans.base, plans.task), &Value::Null).await;
    let told = plans.history_of("Status").await;
    assert_eq!(told[1], json!(["singleSelect", "singleLineText", "Done", "Done"]));
}

#[on_every_database]
async fn a_conversion_that_others_write_into_is_told_once(plans: Plans) {
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    let lines: String = (0..4_500).map(|n| json!({ "fields": { "Points": n } }).to_string() + "\n").collect();
    assert_eq!(plans.app.raw(Method::POST, &bulk, lines).await.0, 200);
    let path = format!("/v0/{}/Tasks/{}", plans.base, plans.task);
    let writing = async {
        for points in 10..60 {
            // A number before the change, a text after it.
            let body = json!({ "fields": { "Points": points.to_string() }, "typecast": true });
            plans.app.ok(Method::PATCH, &path, &body).await;
        }
    };
    let ((), converted) = tokio::join!(writing, plans.convert("Points", text()));
    let told = plans.history_of("Points").await;
    let at = told.iter().position(|told| told[0] == "number").unwrap();
    assert_eq!(told.len(), 52, "fifty edits, the conversion and the creation");
    assert_eq!(told[at][2].to_string().replace(".0", ""), told[at][3].as_str().unwrap(), "of change {converted}");
    assert_eq!(told.iter().filter(|told| told[0] == "number").count(), 1);
    let mut values: Vec<String> = told
        .iter()
        .rev()
        .skip(1)
        .map(|told| told.as_array().unwrap())
        .filter(|told| told.len() == 2)
        .map(|told| told[1].to_string().replace(['"'], "").replace(".0", ""))
        .collect();
    values.dedup();
    assert_eq!(values, (10..60).map(|points| points.to_string()).collect::<Vec<_>>());
}
