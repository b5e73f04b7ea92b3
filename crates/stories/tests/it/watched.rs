//! Fields of the last change that watch some fields.

mod before;
mod lists;

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

/// A base of projects and tasks in a house whose clock stands still until it is moved.
struct Plans {
    app: TestApp,
    clock: Clock,
    base: String,
}

impl ForDatabase for Plans {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        let base = app.plans().await;
        Self { app, clock, base }
    }
}

impl Plans {
    fn fields(&self, table: &str) -> String {
        format!("/v0/meta/bases/{}/tables/{table}/fields", self.base)
    }

    async fn watch(&self, table: &str, name: &str, kind: &str, watched: Value) -> Value {
        let body = json!({ "name": name, "type": kind, "options": { "referencedFieldIds": watched } });
        self.app.ok(Method::POST, &self.fields(table), &body).await
    }

    async fn field(&self, table: &str, name: &str) -> Value {
        let tables = self.app.get(&format!("/v0/meta/bases/{}/tables", self.base)).await;
        let table = tables["tables"].as_array().unwrap().iter().find(|held| held["name"] == table).unwrap();
        table["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
    }

    async fn create(&self, table: &str, fields: Value) -> String {
        let path = format!("/v0/{}/{table}", self.base);
        let made = self.app.ok(Method::POST, &path, &json!({ "fields": fields })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Writes cells a minute later; answers the record's cells.
    async fn write(&self, table: &str, id: &str, fields: Value) -> Value {
        self.later();
        let path = format!("/v0/{}/{table}/{id}", self.base);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await["fields"].clone()
    }

    async fn cells(&self, table: &str, id: &str) -> Value {
        self.app.get(&format!("/v0/{}/{table}/{id}", self.base)).await["fields"].clone()
    }

    fn later(&self) {
        self.clock.advance(Duration::from_mins(1));
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.app.ok(Method::POST, &format!("/api/v1/bases/{}/{path}", self.base), &body).await
    }
}

#[on_every_database]
async fn only_what_is_watched_moves_the_time(plans: Plans) {
    let app = &plans.app;
    let old = plans.create("Tasks", json!({ "Name": "old", "Points": 1 })).await;
    plans.write("Tasks", &old, json!({ "Points": 2 })).await;
    let all = plans.watch("Tasks", "Changed", "lastModifiedTime", json!([])).await;
    assert_eq!((&all["options"]["referencedFieldIds"], &all["options"]["isValid"]), (&json!([]), &json!(true)));
    let made = plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points", "Points"])).await;
    let points = plans.field("Tasks", "Points").await["id"].clone();
    assert_eq!(made["options"]["referencedFieldIds"], json!([points]));
    assert_eq!(plans.field("Tasks", "Scored").await, made);
    let minutes = json!({ "formula": "DATETIME_DIFF({Changed}, {Scored}, 'minutes')" });
    let since = json!({ "name": "Since", "type": "formula", "options": minutes });
    app.ok(Method::POST, &plans.fields("Tasks"), &since).await;

    // A record that was there before shows its own last change, and goes on to.
    let first = plans.cells("Tasks", &old).await;
    assert_eq!(first["Scored"], first["Changed"]);
    let named = plans.write("Tasks", &old, json!({ "Name": "older" })).await;
    assert_eq!((&named["Scored"], &named["Since"], &first["Since"]), (&first["Scored"], &json!(1), &json!(0)));
    assert!(named["Changed"].as_str() > named["Scored"].as_str(), "{named}");
    let same = plans.write("Tasks", &old, json!({ "Points": 2, "Name": "oldest" })).await;
    assert_eq!(same["Scored"], first["Scored"], "the cell holds what it held");
    let scored = plans.write("Tasks", &old, json!({ "Points": 3 })).await;
    assert_eq!(scored["Scored"], scored["Changed"]);
    assert_eq!(scored["Since"], 0);
    plans.later();
    let new = plans.create("Tasks", json!({ "Name": "new" })).await;
    let new = plans.cells("Tasks", &new).await;
    assert_eq!(new["Scored"], new["Changed"]);

    // It is sorted and filtered by, and no one writes it.
    plans.write("Tasks", &old, json!({ "Name": "newest" })).await;
    let names = async |query: &str| -> Vec<Value> {
        let list = app.get(&format!("/v0/{}/Tasks?{query}", plans.base)).await;
        list["records"].as_array().unwrap().iter().map(|record| record["fields"]["Name"].clone()).collect()
    };
    let by = "sort[0][direction]=desc&sort[0][field]=";
    assert_eq!(names(&format!("{by}Scored")).await, ["new", "newest"]);
    assert_eq!(names(&format!("{by}Changed")).await, ["newest", "new"]);
    assert_eq!(names("filterByFormula=IS_BEFORE(Scored%2CChanged)").await, ["newest"]);
    let path = format!("/v0/{}/Tasks/{old}", plans.base);
    let (status, _) = app.call(Method::PATCH, &path, &json!({ "fields": { "Scored": "2026-01-01" } })).await;
    assert_eq!(status, 422);
}

#[on_every_database]
async fn whoever_changed_what_is_watched_is_told(plans: Plans) {
    let app = &plans.app;
    let made = plans.watch("Tasks", "Scored by", "lastModifiedBy", json!(["Points"])).await;
    let points = plans.field("Tasks", "Points").await["id"].clone();
    assert_eq!(made["options"], json!({ "isValid": true, "referencedFieldIds": [points] }));
    let id = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let (_, bo) = app.person("bo", "editor").await;
    let as_bo = async |fields: Value| {
        let path = format!("/v0/{}/Tasks/{id}", plans.base);
        let body = json!({ "fields": fields }).to_string();
        app.send(Method::PATCH, &path, Some(&bo), body).await.1["fields"]["Scored by"]["email"].clone()
    };
    assert_ne!(as_bo(json!({ "Name": "b" })).await, "bo@example.org");
    assert_eq!(as_bo(json!({ "Points": 2 })).await, "bo@example.org");
    let cells = plans.write("Tasks", &id, json!({ "Name": "c" })).await;
    assert_eq!(cells["Scored by"]["email"], "bo@example.org");
    let found = app.get(&format!("/v0/{}/Tasks?filterByFormula=FIND('bo'%2C%20%7BScored%20by%7D)", plans.base)).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1);
    let cells = plans.write("Tasks", &id, json!({ "Points": 3 })).await;
    assert_ne!(cells["Scored by"]["email"], "bo@example.org");
}

#[on_every_database]
async fn links_are_watched_from_either_side_and_undo_is_a_change(plans: Plans) {
    let app = &plans.app;
    plans.watch("Tasks", "Moved", "lastModifiedTime", json!(["Project"])).await;
    plans.watch("Projects", "Filled", "lastModifiedTime", json!(["Tasks"])).await;
    let house = plans.create("Projects", json!({ "Title": "House" })).await;
    let task = plans.create("Tasks", json!({ "Name": "Paint" })).await;
    let made = plans.cells("Tasks", &task).await["Moved"].clone();
    let moved = plans.write("Tasks", &task, json!({ "Project": [house] })).await["Moved"].clone();
    assert_ne!(moved, made);
    assert_eq!(plans.cells("Projects", &house).await["Filled"], moved);
    assert_eq!(plans.write("Projects", &house, json!({ "Title": "Hut" })).await["Filled"], moved);
    plans.later();
    let sequence =
        app.get(&format!("/api/v1/bases/{}/history?limit=1", plans.base)).await["changes"][0]["change"].clone();
    plans.post("undo", json!({})).await;
    let hut = plans.cells("Projects", &house).await;
    assert_eq!((&hut["Title"], &hut["Filled"]), (&json!("House"), &moved));
    // What a change did to them is told of the record, not as something that somebody wrote.
    let history = app.get(&format!("/api/v1/bases/{}/history?record={task}", plans.base)).await;
    assert!(!history.to_string().contains("Moved"), "{history}");
    let emptied = plans.write("Projects", &house, json!({ "Tasks": [] })).await["Filled"].clone();
    assert_eq!(plans.cells("Tasks", &task).await["Moved"], emptied);
    let undone = plans.post("undo", json!({})).await;
    assert_eq!(undone["skipped"], 0);
    assert_eq!(plans.cells("Tasks", &task).await["Project"], json!([house]));
    // The past shows what it showed.
    let past = app.get(&format!("/v0/{}/Projects?at={sequence}", plans.base)).await;
    assert_eq!(past["records"][0]["fields"]["Filled"], moved);
    let back = plans.post("restore", json!({ "at": sequence, "table": "Projects" })).await;
    assert_eq!(back["cells"], 1, "only the title is another: {back}");
    // The project can still be taken back: what watches is no change of it.
    let made = app.get(&format!("/api/v1/bases/{}/history?record={house}", plans.base)).await;
    assert_eq!(made["changes"].as_array().unwrap().last().unwrap()["tables"][0]["created"][0]["id"], house);
}

#[on_every_database]
async fn the_option_is_changed_kept_and_copied(plans: Plans) {
    let app = &plans.app;
    let scored = plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points", "Status"])).await;
    let [points, status] = ["Points", "Status"].map(|name| plans.field("Tasks", name));
    let (points, status) = (points.await["id"].clone(), status.await["id"].clone());
    let field = format!("{}/{}", plans.fields("Tasks"), scored["id"].as_str().unwrap());
    let id = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let scored = plans.write("Tasks", &id, json!({ "Points": 2 })).await["Scored"].clone();
    let named = plans.write("Tasks", &id, json!({ "Name": "b" })).await;
    assert_eq!(named["Scored"], scored);

    // Another way to show it is the same field; other fields make it begin anew.
    let day = json!({ "options": { "result": { "type": "date" } } });
    let told = app.ok(Method::PATCH, &field, &day).await;
    assert_eq!(told["options"]["referencedFieldIds"], json!([points, status]));
    assert_eq!(plans.cells("Tasks", &id).await["Scored"].as_str().unwrap(), &scored.as_str().unwrap()[..10]);
    let other = json!({ "options": { "referencedFieldIds": [points], "result": { "type": "dateTime" } } });
    let told = app.ok(Method::PATCH, &field, &other).await;
    assert_eq!(told["options"]["referencedFieldIds"], json!([points]));
    let anew = plans.cells("Tasks", &id).await["Scored"].clone();
    assert!(anew.as_str() > scored.as_str(), "the record's own last change: {anew}");
    assert_eq!(plans.write("Tasks", &id, json!({ "Status": "Done" })).await["Scored"], anew);

    // What is watched may be in the trash and come back, and become of another type.
    let path = |id: &Value| format!("{}/{}", plans.fields("Tasks"), id.as_str().unwrap());
    app.ok(Method::DELETE, &path(&points), &Value::Null).await;
    let told = plans.field("Tasks", "Scored").await;
    assert_eq!((&told["options"]["isValid"], &told["options"]["referencedFieldIds"]), (&json!(false), &json!([])));
    assert_eq!(app.ok(Method::PATCH, &field, &json!({ "options": {} })).await["options"]["isValid"], false);
    assert_eq!(plans.cells("Tasks", &id).await["Scored"], anew);
    plans.post(&format!("trash/{}/restore", points.as_str().unwrap()), json!({})).await;
    assert_eq!(plans.field("Tasks", "Scored").await["options"]["referencedFieldIds"], json!([points]));
    plans.later();
    plans.post("tables/Tasks/fields/Points/convert", json!({ "type": "singleLineText" })).await;
    assert_eq!(plans.cells("Tasks", &id).await["Scored"], anew, "nobody changed a cell");
    let scored = plans.write("Tasks", &id, json!({ "Points": "many" })).await["Scored"].clone();
    assert!(scored.as_str() > anew.as_str());

    let path = format!("/api/v1/bases/{}/tables/Tasks/duplicate", plans.base);
    let (status, copy) = app.call(Method::POST, &path, &json!({ "records": true })).await;
    assert_eq!(status, 201, "{copy}");
    let fields = copy["fields"].as_array().unwrap();
    let named = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    assert_eq!(named("Scored")["options"]["referencedFieldIds"], json!([named("Points")["id"]]));
    assert_ne!(named("Points")["id"], points);
}

#[on_every_database]
async fn what_cannot_be_watched_says_why(plans: Plans) {
    let app = &plans.app;
    let title = plans.field("Projects", "Title").await["id"].clone();
    for kind in ["lastModifiedTime", "lastModifiedBy"] {
        for (watched, words) in [
            (json!(["Double"]), "`Double` is of type `formula`, which nobody writes"),
            (json!(["No"]), "`No` is of type `autoNumber`"),
            (json!([title]), "does not exist in this table"),
            (json!(["Nope"]), "`Nope` does not exist in this table"),
            (json!("Points"), "a list of at most 1000 ids or names"),
            (json!([["Points"]]), "a list of at most 1000 ids or names"),
            (json!({ "Points": true }), "a list of at most 1000 ids or names"),
        ] {
            let body = json!({ "name": "X", "type": kind, "options": { "referencedFieldIds": watched } });
            let (status, answer) = app.call(Method::POST, &plans.fields("Tasks"), &body).await;
            assert_eq!(status, 422, "{answer}");
            assert_eq!(answer["error"]["type"], "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE");
            assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
        }
    }
}

#[on_every_database]
async fn what_became_computed_is_watched_no_longer_until_it_is_written_again(plans: Plans) {
    let app = &plans.app;
    let scored = plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points", "Status"])).await;
    plans.watch("Tasks", "Pointed", "lastModifiedTime", json!(["Points"])).await;
    plans.watch("Tasks", "By", "lastModifiedBy", json!(["Points"])).await;
    let [points, status] = ["Points", "Status"].map(|name| plans.field("Tasks", name));
    let (points, status) = (points.await["id"].clone(), status.await["id"].clone());
    let id = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let first = plans.write("Tasks", &id, json!({ "Points": 2 })).await;
    let convert = "tables/Tasks/fields/Points/convert";
    for body in [
        json!({ "type": "formula", "options": { "formula": "LEN({Name})" }, "allowLoss": true }),
        json!({ "type": "count", "options": { "recordLinkFieldId": "Project" }, "allowLoss": true }),
    ] {
        plans.later();
        plans.post(convert, body).await;
        let told = plans.field("Tasks", "Scored").await["options"].clone();
        assert_eq!((&told["isValid"], &told["referencedFieldIds"]), (&json!(true), &json!([status])));
        for name in ["Pointed", "By"] {
            let told = plans.field("Tasks", name).await["options"].clone();
            assert_eq!((&told["isValid"], &told["referencedFieldIds"]), (&json!(false), &json!([])), "{name}");
        }
        let cells = plans.write("Tasks", &id, json!({ "Name": "bb" })).await;
        assert_eq!((&cells["Scored"], &cells["Pointed"]), (&first["Scored"], &first["Pointed"]));
    }
    // It cannot be named anew, and what is not named stays.
    let path = |field: &Value| format!("{}/{}", plans.fields("Tasks"), field["id"].as_str().unwrap());
    for watched in [json!([points]), json!(["Points", "Status", "Name"])] {
        let body = json!({ "options": { "referencedFieldIds": watched } });
        let (status, answer) = app.call(Method::PATCH, &path(&scored), &body).await;
        assert!(status == 422 && answer.to_string().contains("is of type `count`, which nobody writes"), "{answer}");
    }
    let pointed = plans.field("Tasks", "Pointed").await;
    let told = app.ok(Method::PATCH, &path(&pointed), &json!({ "options": { "result": { "type": "date" } } })).await;
    assert_eq!(told["options"]["isValid"], false);
    let told =
        app.ok(Method::PATCH, &path(&pointed), &json!({ "options": { "result": { "type": "dateTime" } } })).await;
    assert_eq!(told["options"]["referencedFieldIds"], json!([]));
    // Written by people again, it counts again, and nothing has moved meanwhile.
    plans.later();
    plans.post(convert, json!({ "type": "number", "options": { "precision": 0 } })).await;
    let told = plans.field("Tasks", "Scored").await["options"].clone();
    assert_eq!(told["referencedFieldIds"], json!([points, status]));
    let cells = plans.cells("Tasks", &id).await;
    assert_eq!((&cells["Scored"], &cells["Pointed"]), (&first["Scored"], &first["Pointed"]));
    let cells = plans.write("Tasks", &id, json!({ "Points": 9 })).await;
    assert!(cells["Pointed"].as_str() > first["Pointed"].as_str(), "{cells}");
}

#[on_every_database]
async fn links_move_the_last_change_of_the_record_that_they_were_written_in(plans: Plans) {
    let app = &plans.app;
    for table in ["Tasks", "Projects"] {
        plans.watch(table, "Changed", "lastModifiedTime", json!([])).await;
    }
    let by = json!({ "name": "By", "type": "lastModifiedBy" });
    app.ok(Method::POST, &plans.fields("Tasks"), &by).await;
    plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points"])).await;
    let [house, hut] = ["House", "Hut"].map(|title| plans.create("Projects", json!({ "Title": title })));
    let (house, hut) = (house.await, hut.await);
    let task = plans.create("Tasks", json!({ "Name": "Paint", "Points": 1 })).await;
    let changed = async |table: &str, id: &str| plans.cells(table, id).await["Changed"].as_str().unwrap().to_owned();
    let (made, of_house) = (changed("Tasks", &task).await, changed("Projects", &house).await);
    let (_, bo) = app.person("bo", "editor").await;

    // Written in the task by somebody else: it is theirs, and what watches a cell shows what it showed.
    plans.later();
    let path = format!("/v0/{}/Tasks/{task}", plans.base);
    let body = json!({ "fields": { "Project": [house, hut] } }).to_string();
    let cells = app.send(Method::PATCH, &path, Some(&bo), body).await.1["fields"].clone();
    assert!(cells["Changed"].as_str().unwrap() > made.as_str(), "{cells}");
    assert_eq!((&cells["By"]["email"], &cells["Scored"]), (&json!("bo@example.org"), &json!(made)));
    assert_eq!(changed("Projects", &house).await, of_house, "nobody wrote in the project");
    // It is found by it, and stands in the history of the record.
    let since = format!("filterByFormula=IS_AFTER(Changed%2C'{made}')&fields[]=Name");
    let found = app.get(&format!("/v0/{}/Tasks?{since}", plans.base)).await;
    assert_eq!(found["records"].as_array().unwrap().len(), 1);
    let history = app.get(&format!("/api/v1/bases/{}/history?record={task}", plans.base)).await;
    assert_eq!(history["changes"].as_array().unwrap().len(), 2, "{history}");

    // What the list holds already is no change, another order is one.
    let linked = cells["Changed"].clone();
    assert_eq!(plans.write("Tasks", &task, json!({ "Project": [house, hut] })).await["Changed"], linked);
    let turned = plans.write("Tasks", &task, json!({ "Project": [hut, house] })).await["Changed"].clone();
    assert!(turned.as_str() > linked.as_str());
    // Written in the project it is the project that was changed.
    let emptied = plans.write("Projects", &house, json!({ "Tasks": [] })).await["Changed"].clone();
    assert!(emptied.as_str().unwrap() > of_house.as_str());
    assert_eq!(plans.cells("Tasks", &task).await["Project"], json!([hut]));
    assert_eq!(plans.cells("Tasks", &task).await["Changed"], turned);
    // Taken back it is a change of the project once more; a record that is deleted was not written in others.
    plans.later();
    assert_eq!(plans.post("undo", json!({})).await["records"], 1);
    assert!(changed("Projects", &house).await.as_str() > emptied.as_str().unwrap());
    assert_eq!(plans.cells("Tasks", &task).await["Changed"], turned);
    plans.later();
    app.ok(Method::DELETE, &format!("/v0/{}/Projects/{hut}", plans.base), &Value::Null).await;
    let cells = plans.cells("Tasks", &task).await;
    assert_eq!((&cells["Changed"], &cells["Project"]), (&turned, &json!([house])));
    // Links beside cells, in an upsert and when they are brought back.
    let now = plans.write("Tasks", &task, json!({ "Project": [], "Points": 2 })).await;
    assert_eq!(now["Scored"], now["Changed"]);
    plans.later();
    let upsert = json!({ "performUpsert": { "fieldsToMergeOn": ["Name"] },
        "records": [{ "fields": { "Name": "Paint", "Project": [house] } }] });
    let told = app.ok(Method::PATCH, &format!("/v0/{}/Tasks", plans.base), &upsert).await;
    let cells = told["records"][0]["fields"].clone();
    assert!(cells["Changed"].as_str() > now["Changed"].as_str() && cells["Scored"] == now["Scored"], "{cells}");
    let at = app.get(&format!("/api/v1/bases/{}/history?limit=1", plans.base)).await["changes"][0]["change"].clone();
    plans.write("Tasks", &task, json!({ "Project": [] })).await;
    plans.later();
    let restored = plans.post("restore", json!({ "at": at, "table": "Tasks" })).await;
    assert_eq!(restored["cells"], 1, "{restored}");
    let back = plans.cells("Tasks", &task).await;
    assert!(back["Changed"].as_str() > cells["Changed"].as_str() && back["Project"] == json!([house]), "{back}");
}

impl Plans {
    async fn formula(&self, name: &str, text: &str) -> (u16, Value) {
        let body = json!({ "name": name, "type": "formula", "options": { "formula": text } });
        self.app.call(Method::POST, &self.fields("Tasks"), &body).await
    }
}

#[on_every_database]
async fn a_formula_tells_when_some_fields_were_last_changed(plans: Plans) {
    let app = &plans.app;
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points", "Project"])).await;
    plans.watch("Tasks", "Changed", "lastModifiedTime", json!([])).await;
    let (status, made) = plans.formula("Moved", "LAST_MODIFIED_TIME({Points}, Project)").await;
    assert_eq!((status, &made["options"]["isValid"]), (200, &json!(true)), "{made}");
    let late =
        "IF(DATETIME_DIFF(LAST_MODIFIED_TIME(), LAST_MODIFIED_TIME(Points, {Project}), 'minutes')>0, 'later', 'now')";
    let (status, late) = plans.formula("Late", late).await;
    assert_eq!(status, 200, "{late}");
    let (status, twice) = plans.formula("Twice", "{Moved}=LAST_MODIFIED_TIME(Project,Points,Points)").await;
    assert_eq!(status, 200, "{twice}");

    // It goes with the field that watches the same, whatever is changed, and by whom.
    let told = async |expected: &str| {
        let cells = plans.cells("Tasks", &task).await;
        assert_eq!((&cells["Moved"], &cells["Twice"]), (&cells["Scored"], &json!(1)), "{cells}");
        assert_eq!(cells["Late"], expected, "{cells}");
        cells
    };
    let first = told("now").await;
    plans.write("Tasks", &task, json!({ "Name": "b" })).await;
    assert_eq!(told("later").await["Moved"], first["Moved"]);
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    let second = told("now").await;
    assert!(second["Moved"].as_str() > first["Moved"].as_str());
    let house = plans.create("Projects", json!({ "Title": "House" })).await;
    plans.write("Projects", &house, json!({ "Tasks": [task] })).await;
    let cells = plans.cells("Tasks", &task).await;
    assert!(cells["Moved"].as_str() > second["Moved"].as_str() && cells["Moved"] == cells["Scored"], "{cells}");
    plans.write("Tasks", &task, json!({ "Status": "Done" })).await;
    told("later").await;
    plans.later();
    let new = plans.create("Tasks", json!({ "Name": "new", "Points": 5 })).await;
    plans.write("Tasks", &new, json!({ "Name": "newer" })).await;
    let list = app.get(&format!("/v0/{}/Tasks?sort[0][field]=Moved&sort[0][direction]=desc", plans.base)).await;
    assert_eq!(list["records"][0]["id"], new);
    let filter = "filterByFormula=AND(Late%3D'later'%2CIS_BEFORE(Moved%2CChanged))";
    assert_eq!(app.get(&format!("/v0/{}/Tasks?{filter}", plans.base)).await["records"].as_array().unwrap().len(), 2);

    // It is no change that history tells, and undoing one puts it back as it puts back others.
    plans.write("Tasks", &task, json!({ "Points": 3 })).await;
    let history = app.get(&format!("/api/v1/bases/{}/history?record={task}", plans.base)).await;
    assert!(!history.to_string().contains("Moved") && !history.to_string().contains("Late"), "{history}");
    plans.later();
    assert_eq!(plans.post("undo", json!({})).await["skipped"], 0);
    let undone = told("now").await;
    let sequence = history["changes"][0]["change"].as_i64().unwrap();
    let past = app.get(&format!("/v0/{}/Tasks/{task}?at={}", plans.base, sequence - 1)).await["fields"].clone();
    assert_eq!((&past["Moved"], &past["Points"]), (&past["Scored"], &json!(2)));
    assert!(past["Moved"].as_str() < undone["Moved"].as_str());
}

#[on_every_database]
async fn a_copy_of_a_formula_watches_fields_of_its_own(plans: Plans) {
    let app = &plans.app;
    plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    plans.watch("Tasks", "Scored", "lastModifiedTime", json!(["Points"])).await;
    let (status, made) = plans.formula("Moved", "LAST_MODIFIED_TIME({Points})").await;
    assert_eq!(status, 200, "{made}");
    let path = format!("/api/v1/bases/{}/tables/Tasks/duplicate", plans.base);
    plans.later();
    let (status, copy) = app.call(Method::POST, &path, &json!({ "name": "Copy", "records": true })).await;
    assert_eq!(status, 201, "{copy}");
    let copied = app.get(&format!("/v0/{}/Copy", plans.base)).await["records"][0].clone();
    let id = copied["id"].as_str().unwrap().to_owned();
    plans.write("Copy", &id, json!({ "Name": "c" })).await;
    assert_eq!(plans.cells("Copy", &id).await["Moved"], copied["fields"]["Moved"]);
    plans.write("Copy", &id, json!({ "Points": 8 })).await;
    let cells = plans.cells("Copy", &id).await;
    assert!(
        cells["Moved"].as_str() > copied["fields"]["Moved"].as_str() && cells["Moved"] == cells["Scored"],
        "{cells}"
    );
}

#[on_every_database]
async fn a_formula_that_watches_is_edited_and_loses_what_it_watches(plans: Plans) {
    let app = &plans.app;
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let (_, made) = plans.formula("Moved", "LAST_MODIFIED_TIME(Points)").await;
    let path = format!("{}/{}", plans.fields("Tasks"), made["id"].as_str().unwrap());
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    let moved = plans.write("Tasks", &task, json!({ "Name": "b" })).await["Moved"].clone();
    // Another formula about the same fields goes on; about others it begins anew.
    let edit = async |text: &str| app.ok(Method::PATCH, &path, &json!({ "options": { "formula": text } })).await;
    edit("DATETIME_DIFF(LAST_MODIFIED_TIME(), LAST_MODIFIED_TIME({Points}), 'minutes')").await;
    assert_eq!(plans.cells("Tasks", &task).await["Moved"], 1);
    edit("LAST_MODIFIED_TIME({Points})").await;
    assert_eq!(plans.cells("Tasks", &task).await["Moved"], moved);
    edit("LAST_MODIFIED_TIME({Status}, {Points})").await;
    let anew = plans.cells("Tasks", &task).await["Moved"].clone();
    assert!(anew.as_str() > moved.as_str(), "the last change of the record");
    assert_eq!(plans.write("Tasks", &task, json!({ "Name": "c" })).await["Moved"], anew);
    // What is in the trash or computed by now is an error until it is back.
    let valid = async || plans.field("Tasks", "Moved").await["options"]["isValid"].clone();
    let points = format!("{}/{}", plans.fields("Tasks"), plans.field("Tasks", "Points").await["id"].as_str().unwrap());
    let error = json!({ "error": "#ERROR!" });
    app.ok(Method::DELETE, &points, &Value::Null).await;
    assert_eq!((valid().await, &plans.cells("Tasks", &task).await["Moved"]), (json!(false), &error));
    let id = points.rsplit('/').next().unwrap();
    plans.post(&format!("trash/{id}/restore"), json!({})).await;
    assert_eq!((valid().await, &plans.cells("Tasks", &task).await["Moved"]), (json!(true), &anew));
    let length = json!({ "type": "formula", "options": { "formula": "LEN({Name})" }, "allowLoss": true });
    plans.post("tables/Tasks/fields/Points/convert", length).await;
    assert_eq!((valid().await, &plans.cells("Tasks", &task).await["Moved"]), (json!(false), &error));
    plans.post("tables/Tasks/fields/Points/convert", json!({ "type": "number", "options": { "precision": 0 } })).await;
    assert_eq!((valid().await, &plans.cells("Tasks", &task).await["Moved"]), (json!(true), &anew));
    // As a date it stays what it showed.
    let date = json!({ "type": "dateTime", "options": { "dateFormat": { "name": "iso" }, "timeFormat": { "name": "24hour" }, "timeZone": "utc" } });
    plans.post("tables/Tasks/fields/Moved/convert", date).await;
    let shown = plans.cells("Tasks", &task).await["Moved"].clone();
    assert_eq!(shown.as_str().unwrap()[..16], anew.as_str().unwrap()[..16]);
    assert_eq!(plans.write("Tasks", &task, json!({ "Status": "Done" })).await["Moved"], shown);
}

#[on_every_database]
async fn filters_ask_when_fields_were_changed_that_a_field_watches(plans: Plans) {
    let app = &plans.app;
    let (status, made) = plans.formula("Moved", "LAST_MODIFIED_TIME({Points}, {Status})").await;
    assert_eq!(status, 200, "{made}");
    let tasks = format!("/v0/{}/Tasks", plans.base);
    let records = ["a", "b", "c"].map(|name| json!({ "fields": { "Name": name, "Points": 1 } }));
    let made = app.ok(Method::POST, &tasks, &json!({ "records": records })).await;
    let id = |no: usize| made["records"][no]["id"].as_str().unwrap().to_owned();
    plans.clock.advance(Duration::from_hours(1));
    plans.write("Tasks", &id(0), json!({ "Name": "a too" })).await;
    plans.write("Tasks", &id(1), json!({ "Points": 2 })).await;
    let list = format!("{tasks}/listRecords");
    let asked = |text: &str| json!({ "filterByFormula": text });
    let later = "DATETIME_DIFF(LAST_MODIFIED_TIME({Status}, {Points}), CREATED_TIME(), 'minutes') > 30";
    for filter in [later.to_owned(), later.replace("LAST_MODIFIED_TIME({Status}, {Points})", "{Moved}")] {
        let found = app.ok(Method::POST, &list, &asked(&filter)).await;
        let names: Vec<&Value> = found["records"].as_array().unwrap().iter().map(|r| &r["fields"]["Name"]).collect();
        assert_eq!(names, ["b"], "{filter}");
    }
    let (status, told) = app.call(Method::POST, &list, &asked("LAST_MODIFIED_TIME({Points})")).await;
    assert_eq!(status, 422, "it watches one more: {told}");
}

#[on_every_database]
async fn what_a_formula_cannot_watch_is_refused(plans: Plans) {
    let app = &plans.app;
    for (text, words) in [
        ("LAST_MODIFIED_TIME({Double})", "`Double` is of type `formula`, which nobody writes"),
        ("LAST_MODIFIED_TIME({Points}, {No})", "`No` is of type `autoNumber`"),
        ("LAST_MODIFIED_TIME({Points} & 'x')", "takes fields, and nothing that is made of them"),
        ("LAST_MODIFIED_TIME('Points')", "takes fields"),
        ("LAST_MODIFIED_TIME({Nope})", "Unknown field names: nope"),
        ("LAST_MODIFIED_TIME(Points) & LAST_MODIFIED_TIME(Status, Double)", "which nobody writes (at character 57)"),
    ] {
        let (status, answer) = plans.formula("X", text).await;
        assert!(status == 422 && answer.to_string().contains(words), "{text}: {status} {answer}");
    }
    let rollup = json!({ "name": "R", "type": "rollup", "options": { "recordLinkFieldId": "Tasks",
        "fieldIdInLinkedTable": "Points", "formula": "LAST_MODIFIED_TIME(values)" } });
    let (status, answer) = app.call(Method::POST, &plans.fields("Projects"), &rollup).await;
    assert!(status == 422 && answer.to_string().contains("takes fields"), "{status} {answer}");
    let path = format!("/v0/{}/Tasks?filterByFormula=LAST_MODIFIED_TIME(Points)", plans.base);
    let (status, answer) = app.call(Method::GET, &path, &Value::Null).await;
    let none =
        "no field of the table keeps when just these fields were last changed (at character 20); make a field of";
    assert!(status == 422 && answer.to_string().contains(none), "{status} {answer}");
    let own = json!({ "type": "formula", "options": { "formula": "LAST_MODIFIED_TIME({Points})" } });
    let path = format!("/api/v1/bases/{}/tables/Tasks/fields/Points/convert", plans.base);
    let (status, answer) = app.call(Method::POST, &path, &own).await;
    assert_eq!(status, 422, "{answer}");
}
