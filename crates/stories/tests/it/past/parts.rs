//! Tables and fields that were deleted or made since the state that is brought back.

use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

/// Tasks with a project, through which they are told its title and how many there are; and a change after which all that is so.
struct Past {
    app: TestApp,
    base: String,
    at: i64,
    task: String,
    project: String,
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap()
}

impl ForDatabase for Past {
    async fn for_database(engine: Engine) -> Self {
        let app = TestApp::for_database(engine).await;
        let base = app.plans().await;
        let mut past = Self { app, base, at: 0, task: String::new(), project: String::new() };
        let title = past.field("Projects", "Title").await;
        let link = past.field("Tasks", "Project").await;
        for (name, kind, options) in [
            ("Of", "multipleLookupValues", json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": title })),
            ("Projects", "count", json!({ "recordLinkFieldId": link })),
        ] {
            past.make("Tasks", json!({ "name": name, "type": kind, "options": options })).await;
        }
        let own = past.app.get(&format!("/v0/meta/bases/{}/tables", past.base)).await["tables"][0]["id"].clone();
        past.make(
            "Tasks",
            json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": own } }),
        )
        .await;
        past.project = past.create("Projects", json!({ "Title": "House" })).await;
        let garden = past.create("Projects", json!({ "Title": "Garden" })).await;
        let first = past.create("Tasks", json!({ "Name": "Plan", "Points": 1, "Project": [garden] })).await;
        let links = json!([past.project, garden]);
        past.task =
            past.create("Tasks", json!({ "Name": "Paint", "Points": 3, "Project": links, "After": [first] })).await;
        past.create("Tasks", json!({ "Name": "Sand", "Project": [past.project] })).await;
        past.at = past.newest().await;
        past
    }
}

impl Past {
    async fn tables(&self) -> Vec<Value> {
        let told = self.app.get(&format!("/v0/meta/bases/{}/tables", self.base)).await;
        told["tables"].as_array().unwrap().clone()
    }

    /// The id of a field.
    async fn field(&self, table: &str, name: &str) -> String {
        let tables = self.tables().await;
        let table = tables.iter().find(|held| held["name"] == table).unwrap();
        let field = table["fields"].as_array().unwrap().iter().find(|held| held["name"] == name).unwrap();
        text_of(field, "id").to_owned()
    }

    async fn make(&self, table: &str, field: Value) -> String {
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields", self.base);
        text_of(&self.app.ok(Method::POST, &path, &field).await, "id").to_owned()
    }

    async fn create(&self, table: &str, fields: Value) -> String {
        let path = format!("/v0/{}/{table}", self.base);
        text_of(&self.app.ok(Method::POST, &path, &json!({ "fields": fields })).await, "id").to_owned()
    }

    async fn update(&self, table: &str, record: &str, fields: Value) {
        let path = format!("/v0/{}/{table}/{record}", self.base);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
    }

    async fn newest(&self) -> i64 {
        let history = self.app.get(&format!("/api/v1/bases/{}/history?limit=1", self.base)).await;
        history["changes"][0]["change"].as_i64().unwrap()
    }

    /// Moves a table, or a field (`Tasks/fields/Name`), to the trash; answers its id.
    async fn delete(&self, part: &str) -> String {
        let path = format!("/v0/meta/bases/{}/tables/{part}", self.base);
        text_of(&self.app.ok(Method::DELETE, &path, &Value::Null).await, "id").to_owned()
    }

    async fn remove(&self, id: &str) {
        let path = format!("/api/v1/bases/{}/trash/{id}", self.base);
        self.app.ok(Method::DELETE, &path, &Value::Null).await;
    }

    async fn trash(&self) -> Value {
        self.app.get(&format!("/api/v1/bases/{}/trash", self.base)).await
    }

    /// Brings a part back.
    async fn restore(&self, part: Value) -> Value {
        let mut body = part;
        body["at"] = json!(self.at);
        self.app.ok(Method::POST, &format!("/api/v1/bases/{}/restore", self.base), &body).await
    }

    /// Why a part is not brought back.
    async fn refused(&self, part: Value) -> String {
        let mut body = part;
        body["at"] = json!(self.at);
        let path = format!("/api/v1/bases/{}/restore", self.base);
        let (status, answer) = self.app.call(Method::POST, &path, &body).await;
        assert_eq!(status, 422, "{answer}");
        text_of(&answer, "detail").to_owned()
    }

    async fn now(&self, table: &str) -> Value {
        self.app.get(&format!("/v0/{}/{table}", self.base)).await
    }

    async fn then(&self, table: &str) -> Value {
        self.app.get(&format!("/v0/{}/{table}?at={}", self.base, self.at)).await
    }
}

/// The names of parts, with those of their fields.
fn names(parts: &Value) -> Vec<String> {
    let name = |part: &Value| match part["field"].as_str() {
        Some(field) => format!("{}.{field}", text_of(part, "table")),
        None => text_of(part, "table").to_owned(),
    };
    parts.as_array().unwrap().iter().map(name).collect()
}

fn reasons(parts: &Value) -> Vec<&str> {
    parts.as_array().unwrap().iter().map(|part| text_of(part, "reason")).collect()
}

#[on_every_database]
async fn fields_come_back_with_their_table(past: Past) {
    let (points, project) = (past.field("Tasks", "Points").await, past.field("Tasks", "Project").await);
    past.update("Tasks", &past.task, json!({ "Points": 9, "Name": "Painted" })).await;
    past.update("Tasks", &past.task, json!({ "Project": [past.project], "After": [] })).await;
    for field in ["Points", "Project", "Of", "After"] {
        past.delete(&format!("Tasks/fields/{field}")).await;
    }
    past.create("Tasks", json!({ "Name": "new" })).await;
    let before = (past.now("Tasks").await, past.trash().await, past.newest().await);
    let told = past.restore(json!({ "table": "Tasks", "dryRun": true })).await;
    assert_eq!((past.now("Tasks").await, past.trash().await, past.newest().await), before, "nothing is done");
    let back = ["Tasks.Points", "Tasks.Project", "Tasks.Of", "Tasks.After", "Projects.Tasks"];
    assert_eq!(names(&told["fromTrash"]), back, "{told}");
    let ids: Vec<&str> = told["fromTrash"].as_array().unwrap().iter().map(|part| text_of(part, "fieldId")).collect();
    assert_eq!(ids[..2], [&points, &project]);
    assert_eq!((&told["cells"], &told["deleted"], &told["change"]), (&json!(4), &json!(1), &Value::Null), "{told}");

    let mut done = past.restore(json!({ "table": "Tasks" })).await;
    assert_eq!(done["change"], past.newest().await);
    done["change"] = Value::Null;
    assert_eq!(done, told);
    for table in ["Tasks", "Projects"] {
        assert_eq!(past.now(table).await, past.then(table).await);
    }
    assert_eq!(past.now("Tasks").await["records"][1]["fields"]["Of"], json!(["House", "Garden"]));
    let again = past.restore(json!({ "table": "Tasks" })).await;
    assert_eq!((&again["change"], &again["fromTrash"], &again["leftOut"]), (&Value::Null, &json!([]), &json!([])));

    // Cells are taken back, what came from the trash stays.
    past.app.ok(Method::POST, &format!("/api/v1/bases/{}/undo", past.base), &Value::Null).await;
    let task = past.now("Tasks").await["records"][1]["fields"].clone();
    assert_eq!((&task["Name"], &task["Points"], &task["Of"]), (&json!("Painted"), &json!(9), &json!(["House"])));
    past.app.ok(Method::POST, &format!("/api/v1/bases/{}/redo", past.base), &Value::Null).await;
    assert_eq!(past.now("Tasks").await, past.then("Tasks").await);
}

#[on_every_database]
async fn tables_come_back_with_their_base(past: Past) {
    let later = json!({ "name": "Later", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    past.app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables", past.base), &later).await;
    past.update("Projects", &past.project, json!({ "Title": "Barn", "Tasks": [] })).await;
    past.update("Tasks", &past.task, json!({ "Points": 9 })).await;
    past.delete("Tasks/fields/Points").await;
    past.delete("Tasks/fields/Project").await;
    past.delete("Projects").await;
    past.delete("Tasks").await;
    let told = past.restore(json!({ "dryRun": true })).await;
    let back = ["Tasks", "Tasks.Points", "Tasks.Project", "Projects", "Projects.Tasks"];
    assert_eq!(names(&told["fromTrash"]), back, "{told}");
    assert_eq!(past.tables().await.len(), 1, "nothing is done");
    let mut done = past.restore(json!({})).await;
    done["change"] = Value::Null;
    assert_eq!(done, told);
    assert_eq!(
        (names(&done["leftOut"]), reasons(&done["leftOut"])),
        (vec!["Later".into()], vec!["`Later` was made after that"])
    );
    for table in ["Tasks", "Projects"] {
        assert_eq!(past.now(table).await, past.then(table).await);
    }
    assert_eq!(past.trash().await, json!({ "tables": [], "fields": [], "views": [] }));
}

#[on_every_database]
async fn a_table_comes_back_by_itself_without_those_that_it_leads_to(past: Past) {
    let projects = past.delete("Projects").await;
    let later = json!({ "name": "Later", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    past.app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables", past.base), &later).await;
    let tasks = past.delete("Tasks").await;
    let done = past.restore(json!({ "table": "Tasks" })).await;
    assert_eq!(
        (names(&done["fromTrash"]), names(&done["leftOut"])),
        (vec!["Tasks".into()], vec!["Tasks.Project".into()])
    );
    assert_eq!(reasons(&done["leftOut"]), ["`Project` leads to `Projects`, which is in the trash"]);
    let way = format!("/api/v1/bases/{}/trash/{projects}/restore", past.base);
    assert_eq!(text_of(&done["leftOut"][0], "restore"), way);
    assert_eq!(done["fromTrash"][0], json!({ "tableId": tasks, "table": "Tasks" }));
    let said = past.refused(json!({ "table": "Tasks", "field": "Project" })).await;
    assert_eq!(said, format!("`Project` leads to `Projects`, which is in the trash: POST {way} brings it back"));
    let done = past.restore(json!({ "table": projects })).await;
    assert_eq!(names(&done["fromTrash"]), ["Tasks.Project", "Projects"]);
    for table in ["Tasks", "Projects"] {
        assert_eq!(past.now(table).await, past.then(table).await);
    }
}

#[on_every_database]
async fn a_field_comes_back_by_its_name_or_id(past: Past) {
    past.update("Tasks", &past.task, json!({ "Points": 9, "Name": "Painted" })).await;
    let points = past.delete("Tasks/fields/Points").await;
    let said = past.refused(json!({ "table": "Tasks", "record": past.task, "field": "Points" })).await;
    let way = format!("/api/v1/bases/{}/trash/{points}/restore", past.base);
    assert_eq!(
        said,
        format!("`Points` is in the trash, and a record does not take it along: POST {way} brings it back")
    );
    let record = past.restore(json!({ "table": "Tasks", "record": past.task })).await;
    assert_eq!((&record["cells"], &record["fromTrash"]), (&json!(1), &json!([])), "the name is back: {record}");
    assert_eq!(text_of(&record["leftOut"][0], "restore"), way);
    // A field that has its name by now goes on with it.
    past.make("Tasks", json!({ "name": "points", "type": "singleLineText" })).await;
    let told = past.restore(json!({ "table": "Tasks", "field": "Points", "dryRun": true })).await;
    let done = past.restore(json!({ "table": "Tasks", "field": points })).await;
    assert_eq!((&done["cells"], &done["fromTrash"]), (&told["cells"], &told["fromTrash"]));
    assert_eq!(names(&done["fromTrash"]), ["Tasks.Points 2"]);
    let task = past.now("Tasks").await["records"][1]["fields"].clone();
    assert_eq!((&task["Points 2"], &task["Double"]), (&json!(3), &json!(6)));
    // One that is computed has no cells of its own.
    past.delete("Tasks/fields/Of").await;
    let done = past.restore(json!({ "table": "Tasks", "field": "Of" })).await;
    assert_eq!((names(&done["fromTrash"]), &done["cells"]), (vec!["Tasks.Of".into()], &json!(0)));
    assert!(past.refused(json!({ "table": "Tasks", "field": "Of" })).await.starts_with("`Of` is computed"));
}

#[on_every_database]
async fn what_was_made_since_stays_as_it_is(past: Past) {
    past.make("Tasks", json!({ "name": "Notes", "type": "singleLineText" })).await;
    past.update("Tasks", &past.task, json!({ "Notes": "since", "Points": 9 })).await;
    let later = json!({ "name": "Later", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    past.app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables", past.base), &later).await;
    past.create("Later", json!({ "Name": "a" })).await;
    let done = past.restore(json!({})).await;
    assert_eq!((&done["cells"], &done["deleted"], &done["fromTrash"]), (&json!(1), &json!(0), &json!([])), "{done}");
    assert_eq!(names(&done["leftOut"]), ["Tasks.Notes", "Later"]);
    assert_eq!(reasons(&done["leftOut"]), ["`Notes` was made after that", "`Later` was made after that"]);
    let task = past.now("Tasks").await["records"][1]["fields"].clone();
    assert_eq!((&task["Notes"], &task["Points"]), (&json!("since"), &json!(3)));
    assert_eq!(past.now("Later").await["records"][0]["fields"]["Name"], "a");
    for (part, said) in [
        (json!({ "table": "Later" }), "`Later` was made after that"),
        (json!({ "table": "Tasks", "field": "Notes" }), "`Notes` was made after that"),
    ] {
        assert_eq!(past.refused(part).await, said);
    }
    // In the trash it is nothing that was there then.
    past.delete("Later").await;
    past.delete("Tasks/fields/Notes").await;
    let done = past.restore(json!({})).await;
    assert_eq!((&done["fromTrash"], &done["leftOut"]), (&json!([]), &json!([])));
}

/// Of what was in the trash then nobody knows what it would have held.
#[on_every_database]
async fn what_was_in_the_trash_then_stays_as_it_is(mut past: Past) {
    let gone = [past.delete("Tasks/fields/Points").await, past.delete("Projects").await];
    past.at = past.newest().await;
    for id in gone.iter().rev() {
        let path = format!("/api/v1/bases/{}/trash/{id}/restore", past.base);
        past.app.ok(Method::POST, &path, &json!({})).await;
    }
    past.create("Projects", json!({ "Title": "New" })).await;
    past.update("Tasks", &past.task, json!({ "Name": "Painted", "Points": 9 })).await;
    let done = past.restore(json!({})).await;
    assert_eq!((&done["cells"], &done["deleted"], &done["fromTrash"]), (&json!(1), &json!(0), &json!([])), "{done}");
    assert_eq!(names(&done["leftOut"]), ["Tasks.Points", "Tasks.Project", "Projects"]);
    assert_eq!(reasons(&done["leftOut"])[2], "`Projects` was in the trash then");
    let task = past.now("Tasks").await["records"][1]["fields"].clone();
    assert_eq!((&task["Name"], &task["Points"]), (&json!("Paint"), &json!(9)));
    assert_eq!(task["Project"].as_array().unwrap().len(), 2);
    assert_eq!(past.now("Projects").await["records"].as_array().unwrap().len(), 3);
    assert_eq!(past.refused(json!({ "table": "Projects" })).await, "`Projects` was in the trash then");
}

#[on_every_database]
async fn what_was_removed_for_good_stays_away(past: Past) {
    let points = past.delete("Tasks/fields/Points").await;
    past.update("Tasks", &past.task, json!({ "Name": "Painted" })).await;
    past.remove(&points).await;
    let projects = past.delete("Projects").await;
    past.remove(&projects).await;
    for dry in [true, false] {
        let done = past.restore(json!({ "dryRun": dry })).await;
        assert_eq!((&done["cells"], &done["fromTrash"]), (&json!(1), &json!([])), "{done}");
        assert_eq!(names(&done["leftOut"]), ["Tasks.Points", "Tasks.Project", "Projects"]);
        for told in done["leftOut"].as_array().unwrap() {
            assert!(text_of(told, "reason").ends_with("was removed from the trash for good"), "{told}");
            assert_eq!(told.get("restore"), None);
        }
    }
    assert_eq!(past.now("Tasks").await["records"][1]["fields"]["Name"], "Paint");
    for (part, name) in [
        (json!({ "table": "Projects" }), "Projects"),
        (json!({ "table": projects }), "Projects"),
        (json!({ "table": "Tasks", "field": points }), "Points"),
    ] {
        assert_eq!(past.refused(part).await, format!("`{name}` was removed from the trash for good"));
    }
    // What was in the trash then is not missed.
    past.delete("Tasks/fields/Tags").await;
    let then = Past { at: past.newest().await, ..past };
    let tags = text_of(&then.trash().await["fields"][0], "id").to_owned();
    then.remove(&tags).await;
    assert_eq!(then.restore(json!({})).await["leftOut"], json!([]));
}

#[on_every_database]
async fn who_may_not_change_fields_is_told_what_is_in_the_trash(past: Past) {
    past.update("Tasks", &past.task, json!({ "Points": 9, "Name": "Painted" })).await;
    let points = past.delete("Tasks/fields/Points").await;
    let projects = past.delete("Projects").await;
    let (_, editor) = past.app.person("eve", "editor").await;
    let restore = format!("/api/v1/bases/{}/restore", past.base);
    let (status, done) = past.app.call_as(&editor, Method::POST, &restore, &json!({ "at": past.at })).await;
    assert_eq!((status, &done["cells"], &done["fromTrash"]), (200, &json!(1), &json!([])), "{done}");
    assert_eq!(names(&done["leftOut"]), ["Tasks.Points", "Tasks.Project", "Projects"]);
    let way = |id: &str| format!("/api/v1/bases/{}/trash/{id}/restore", past.base);
    let ways: Vec<&str> = done["leftOut"].as_array().unwrap().iter().map(|told| text_of(told, "restore")).collect();
    assert_eq!(ways, [way(&points), way(&projects), way(&projects)]);
    assert_eq!(past.now("Tasks").await["records"][1]["fields"]["Name"], "Paint", "what they may is done");
    for (part, name) in [
        (json!({ "at": past.at, "table": "Projects" }), "Projects"),
        (json!({ "at": past.at, "table": "Tasks", "field": "Points" }), "Points"),
    ] {
        let (status, answer) = past.app.call_as(&editor, Method::POST, &restore, &part).await;
        let words = format!("`{name}` is in the trash, and you may not change tables and fields: POST");
        assert!(status == 422 && text_of(&answer, "detail").starts_with(&words), "{answer}");
    }
    // A creator may.
    let (_, creator) = past.app.person("cid", "creator").await;
    let (status, done) = past.app.call_as(&creator, Method::POST, &restore, &json!({ "at": past.at })).await;
    assert_eq!((status, &done["leftOut"]), (200, &json!([])), "{done}");
    for table in ["Tasks", "Projects"] {
        assert_eq!(past.now(table).await, past.then(table).await);
    }
}

#[on_every_database]
async fn who_may_not_read_tables_and_fields_hears_their_ids(past: Past) {
    let points = past.delete("Tasks/fields/Points").await;
    let projects = past.delete("Projects").await;
    let restore = format!("/api/v1/bases/{}/restore", past.base);
    for (scopes, told) in
        [(&["data.records:write"][..], "leftOut"), (&["data.records:write", "schema.bases:write"], "fromTrash")]
    {
        let made = json!({ "name": told, "scopes": scopes });
        let (_, made) = past.app.call(Method::POST, "/api/v1/tokens", &made).await;
        let token = text_of(&made, "token");
        let (status, done) = past.app.call_as(token, Method::POST, &restore, &json!({ "at": past.at })).await;
        let said = done[told].to_string();
        assert!(status == 200 && said.contains(&points) && said.contains(&projects), "{done}");
        assert!(!["Points", "Project", "Tasks"].iter().any(|name| said.contains(name)), "{done}");
    }
    assert_eq!(past.now("Projects").await, past.then("Projects").await);
}

#[on_every_database]
async fn a_conversion_is_not_taken_back_from_the_trash(past: Past) {
    let convert = format!("/api/v1/bases/{}/tables/Tasks/fields/Project/convert", past.base);
    let loss = json!({ "type": "singleLineText", "allowLoss": true });
    past.app.ok(Method::POST, &convert, &loss).await;
    let done = past.restore(json!({})).await;
    assert_eq!(done["fromTrash"], json!([]), "{done}");
    assert_eq!(names(&done["leftOut"]), ["Projects.Tasks", "Tasks.Project"]);
    let why = "`Tasks` is in the trash, since its other side was made one of another type";
    assert_eq!(
        (text_of(&done["leftOut"][0], "reason"), &done["leftOut"][1]["before"]),
        (why, &json!("multipleRecordLinks"))
    );
    // A field that was converted and deleted comes back as what it is.
    past.delete("Tasks/fields/Project").await;
    let done = past.restore(json!({ "table": "Tasks" })).await;
    assert_eq!(
        (names(&done["fromTrash"]), names(&done["leftOut"])),
        (vec!["Tasks.Project".into()], vec!["Tasks.Project".into()])
    );
    assert_eq!(past.now("Tasks").await["records"][2]["fields"]["Project"], "House");
}

#[on_every_database]
async fn nothing_comes_back_where_the_rest_is_refused(past: Past) {
    past.delete("Tasks/fields/Points").await;
    let trash = past.trash().await;
    for part in [
        json!({ "table": "Tasks", "field": "Double" }),
        json!({ "table": "Tasks", "field": "Nope" }),
        json!({ "table": "Nope" }),
    ] {
        let mut body = part;
        body["at"] = json!(past.at);
        let path = format!("/api/v1/bases/{}/restore", past.base);
        let (status, answer) = past.app.call(Method::POST, &path, &body).await;
        assert!((400..500).contains(&status), "{answer}");
    }
    assert_eq!(past.trash().await, trash);
}
