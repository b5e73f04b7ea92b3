//! What webhooks tell beside the cells that were written: what comes into a view and leaves it, and what changed through
//! links.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::{hook, payloads};
use crate::app::TestApp;

/// A base of projects and tasks.
struct Plans<'a> {
    app: &'a TestApp,
    base: String,
}

impl<'a> Plans<'a> {
    async fn new(app: &'a TestApp) -> Self {
        Self { app, base: app.plans().await }
    }

    async fn add_field(&self, table: &str, name: &str, kind: &str, options: Value) {
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields", self.base);
        self.app.ok(Method::POST, &path, &json!({ "name": name, "type": kind, "options": options })).await;
    }

    async fn look(&self, table: &str, name: &str, (link, at): (&str, &str)) {
        let options = json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": at });
        self.add_field(table, name, "multipleLookupValues", options).await;
    }

    /// Makes a view of the tasks.
    async fn view(&self, view: &Value) -> String {
        let path = format!("/api/v1/bases/{}/tables/Tasks/views", self.base);
        let (status, made) = self.app.call(Method::POST, &path, view).await;
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    async fn table(&self, name: &str) -> Value {
        let tables = self.app.get(&format!("/v0/meta/bases/{}/tables", self.base)).await;
        tables["tables"].as_array().unwrap().iter().find(|table| table["name"] == name).unwrap().clone()
    }

    async fn field(&self, table: &str, name: &str) -> String {
        let table = self.table(table).await;
        let fields = table["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn hook(&self, filters: Value, includes: Value) -> Value {
        let specification = json!({ "options": { "filters": filters, "includes": includes } });
        hook(self.app, &self.base, None, &specification.to_string()).await
    }

    /// A webhook of a view.
    async fn hook_of(&self, view: &str) -> Value {
        self.hook(json!({ "dataTypes": ["tableData"], "recordChangeScope": view }), json!({})).await
    }

    async fn create(&self, table: &str, fields: Value) -> String {
        let path = format!("/v0/{}/{table}", self.base);
        let made = self.app.ok(Method::POST, &path, &json!({ "fields": fields })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn write(&self, table: &str, id: &str, fields: Value) {
        let path = format!("/v0/{}/{table}/{id}", self.base);
        self.app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
    }

    /// What a webhook tells of a table, payload by payload, with fields by name.
    async fn told(&self, hook: &Value, table: &str) -> Vec<Value> {
        let table = self.table(table).await;
        let told = payloads(self.app, &self.base, hook).await;
        let part = |payload: &Value| payload["changedTablesById"][table["id"].as_str().unwrap()].clone();
        told.iter().map(|payload| named(&part(payload), &table)).collect()
    }

    /// What a webhook of a view tells.
    async fn told_of(&self, hook: &Value, view: &str) -> Vec<Value> {
        self.told(hook, "Tasks").await.iter().map(|part| part["changedViewsById"][view].clone()).collect()
    }
}

/// The same with names of fields for their ids.
fn named(value: &Value, table: &Value) -> Value {
    let name = |id: &str| {
        let field = table["fields"].as_array().unwrap().iter().find(|field| field["id"] == id);
        field.map_or(id, |field| field["name"].as_str().unwrap()).to_owned()
    };
    match value {
        Value::Object(parts) => parts.iter().map(|(key, part)| (name(key), named(part, table))).collect(),
        value => value.clone(),
    }
}

fn cells(cells: Value) -> Value {
    json!({ "cellValuesByFieldId": cells })
}

fn keys(part: &Value) -> Vec<String> {
    part.as_object().map(|part| part.keys().cloned().collect()).unwrap_or_default()
}

/// What a lookup through one linked record is told as.
fn looked(id: &str, values: Value) -> Value {
    json!({ "valuesByLinkedRecordId": { id: values }, "linkedRecordIds": [id] })
}

#[on_every_database]
async fn a_webhook_of_a_view_tells_what_comes_changes_and_leaves(app: TestApp) {
    let plans = Plans::new(&app).await;
    let filter = json!({ "field": "Double", "op": ">=", "value": 10 });
    let view = json!({ "name": "Large", "filter": filter, "hiddenFields": ["Status", "Tags", "No"] });
    let view = plans.view(&view).await;
    let hook = plans.hook_of(&view).await;
    let small = plans.create("Tasks", json!({ "Name": "small", "Points": 1 })).await;
    let large = plans.create("Tasks", json!({ "Name": "large", "Points": 5, "Tags": ["a"] })).await;
    plans.write("Tasks", &small, json!({ "Name": "still small" })).await;
    plans.write("Tasks", &small, json!({ "Points": 6, "Status": "Open" })).await;
    plans.write("Tasks", &large, json!({ "Points": 7, "Status": "Done" })).await;
    plans.write("Tasks", &large, json!({ "Status": "Open" })).await;
    plans.write("Tasks", &small, json!({ "Points": 2 })).await;
    let path = format!("/v0/{}/Tasks", plans.base);
    app.ok(Method::DELETE, &format!("{path}/{small}"), &Value::Null).await;
    app.ok(Method::DELETE, &format!("{path}/{large}"), &Value::Null).await;
    app.ok(Method::POST, &format!("/api/v1/bases/{}/undo", plans.base), &Value::Null).await;

    let told = plans.told_of(&hook, &view).await;
    let created = |id: &str, fields: Value| {
        let time = &told.iter().find_map(|part| part["createdRecordsById"][id].as_object()).unwrap()["createdTime"];
        json!({ "createdRecordsById": { id: { "createdTime": time, "cellValuesByFieldId": fields } } })
    };
    let all = [
        created(&large, json!({ "Name": "large", "Points": 5, "Double": 10 })),
        created(&small, json!({ "Name": "still small", "Points": 6, "Double": 12 })),
        json!({ "changedRecordsById": { &large: { "current": cells(json!({ "Points": 7, "Double": 14 })) } } }),
        json!({ "destroyedRecordIds": [small] }),
        json!({ "destroyedRecordIds": [large] }),
        created(&large, json!({ "Name": "large", "Points": 7, "Double": 14 })),
    ];
    assert_eq!(told, all);
}

#[on_every_database]
async fn hidden_fields_are_told_when_they_are_named(app: TestApp) {
    let plans = Plans::new(&app).await;
    let view = plans.view(&json!({ "name": "Bare", "hiddenFields": ["Status", "Points", "Double", "No"] })).await;
    let with = |more: Value| {
        let mut filters = json!({ "dataTypes": ["tableData"], "recordChangeScope": view });
        filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        filters
    };
    let points = plans.field("Tasks", "Points").await;
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let plain = plans.hook(with(json!({})), json!({ "includePreviousCellValues": true })).await;
    let watching = plans.hook(with(json!({ "watchDataInFieldIds": [points] })), json!({})).await;
    let including = plans.hook(with(json!({})), json!({ "includeCellValuesInFieldIds": [points] })).await;
    let leaving = plans.hook(with(json!({ "changeTypes": ["remove"] })), json!({})).await;
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    plans.write("Tasks", &task, json!({ "Name": "b", "Points": 3 })).await;

    let changed = |part: Value| json!({ "changedRecordsById": { &task: part } });
    let renamed = json!({ "current": cells(json!({ "Name": "b" })), "previous": cells(json!({ "Name": "a" })) });
    assert_eq!(plans.told_of(&plain, &view).await, [changed(renamed)], "what is hidden only is not told");
    let points = |points: i64| changed(json!({ "current": cells(json!({ "Points": points })) }));
    assert_eq!(plans.told_of(&watching, &view).await, [points(2), points(3)]);
    let both = json!({ "current": cells(json!({ "Name": "b", "Points": 3 })), "unchanged": cells(json!({})) });
    assert_eq!(plans.told_of(&including, &view).await, [changed(both)]);
    assert!(plans.told_of(&leaving, &view).await.is_empty());
}

#[on_every_database]
async fn a_view_that_looks_through_links_is_judged_on_both_sides_of_a_change(app: TestApp) {
    let plans = Plans::new(&app).await;
    plans.look("Tasks", "Title there", ("Project", "Title")).await;
    let view = |name: &str, field: &str| json!({ "name": name, "filter": { "field": field, "op": "contains", "value": "roof" } });
    let by_lookup = plans.view(&view("By lookup", "Title there")).await;
    let by_name = plans.view(&view("By name", "Project")).await;
    let project = plans.create("Projects", json!({ "Title": "Wall" })).await;
    let nail = plans.create("Tasks", json!({ "Name": "nail", "Project": [project] })).await;
    plans.create("Tasks", json!({ "Name": "alone" })).await;
    let hooks = [(plans.hook_of(&by_lookup).await, by_lookup), (plans.hook_of(&by_name).await, by_name)];
    for title in ["Roof", "Roof and wall", "Wall"] {
        plans.write("Projects", &project, json!({ "Title": title })).await;
    }
    for (hook, view) in &hooks {
        let told = plans.told_of(hook, view).await;
        let first = &told[0]["createdRecordsById"][&nail]["cellValuesByFieldId"];
        assert_eq!(first["Project"], json!([{ "id": project, "name": "Roof" }]));
        assert_eq!(first["Title there"], looked(&project, json!(["Roof"])));
        let current = cells(json!({ "Title there": looked(&project, json!(["Roof and wall"])) }));
        assert_eq!(told[1], json!({ "changedRecordsById": { &nail: { "current": current } } }));
        assert_eq!(told[2], json!({ "destroyedRecordIds": [nail] }));
        assert_eq!(told.len(), 3, "{told:#?}");
    }
}

#[on_every_database]
async fn a_view_that_changes_tells_what_it_lists_and_no_longer_lists(app: TestApp) {
    let plans = Plans::new(&app).await;
    let filter = |field: &str, op: &str, value: i64| json!({ "filter": { "field": field, "op": op, "value": value } });
    let mut view = filter("Double", ">", 3);
    view["name"] = json!("Some");
    let view = plans.view(&view).await;
    let one = plans.create("Tasks", json!({ "Name": "one", "Points": 1 })).await;
    let two = plans.create("Tasks", json!({ "Name": "two", "Points": 2 })).await;
    let hook = plans.hook_of(&view).await;
    let path = format!("/api/v1/bases/{}/views/{view}", plans.base);
    app.ok(Method::PATCH, &path, &filter("Double", ">", 1)).await;
    app.ok(Method::PATCH, &path, &filter("Points", "<", 2)).await;
    app.ok(Method::PATCH, &path, &json!({ "name": "Others" })).await;
    let told = plans.told_of(&hook, &view).await;
    assert_eq!(keys(&told[0]["createdRecordsById"]), [one.as_str()]);
    assert_eq!(told[1..], [json!({ "destroyedRecordIds": [two] })]);

    app.call(Method::DELETE, &path, &Value::Null).await;
    plans.write("Tasks", &one, json!({ "Name": "x" })).await;
    let told = payloads(&app, &plans.base, &hook).await;
    let last = told.last().unwrap();
    assert_eq!((&last["error"], &last["code"]), (&json!(true), &json!("INVALID_FILTERS")), "{told:#?}");
}

#[on_every_database]
async fn computed_cells_that_change_through_links_are_told(app: TestApp) {
    let plans = Plans::new(&app).await;
    let sum = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Points", "formula": "SUM(values)" });
    plans.add_field("Projects", "Sum", "rollup", sum).await;
    plans.look("Projects", "Tags there", ("Tasks", "Tags")).await;
    plans.add_field("Projects", "How many", "count", json!({ "recordLinkFieldId": "Tasks" })).await;
    plans.add_field("Projects", "Twice", "formula", json!({ "formula": "{Sum}*2" })).await;
    plans.look("Tasks", "Of all", ("Project", "Twice")).await;
    plans.look("Tasks", "All tags", ("Project", "Tags there")).await;
    let roof = plans.create("Projects", json!({ "Title": "Roof" })).await;
    let nail = plans.create("Tasks", json!({ "Name": "nail", "Points": 1, "Tags": ["a"], "Project": [roof] })).await;
    let saw = plans.create("Tasks", json!({ "Name": "saw", "Points": 2, "Project": [roof] })).await;
    let hook = plans.hook(json!({ "dataTypes": ["tableData"] }), json!({ "includePreviousCellValues": true })).await;
    let twice = plans.field("Projects", "Twice").await;
    let narrow = plans.hook(json!({ "dataTypes": ["tableData"], "watchDataInFieldIds": [twice] }), json!({})).await;

    plans.write("Tasks", &nail, json!({ "Points": 5 })).await;
    plans.write("Tasks", &nail, json!({ "Tags": ["b", "a"] })).await;
    plans.write("Tasks", &saw, json!({ "Project": [] })).await;
    plans.write("Tasks", &nail, json!({ "Name": "hammer" })).await;
    let (projects, tasks) = (plans.told(&hook, "Projects").await, plans.told(&hook, "Tasks").await);
    let changed = |current: Value, previous: Value| json!({ "current": cells(current), "previous": cells(previous) });
    let first = changed(json!({ "Sum": 7, "Twice": 14 }), json!({ "Sum": 3, "Twice": 6 }));
    assert_eq!(projects[0]["changedRecordsById"], json!({ &roof: first }));
    assert_eq!(keys(&tasks[0]["changedRecordsById"]).len(), 2, "the other task sees it too");
    let of_all = |all: i64| json!({ "Of all": looked(&roof, json!([all])) });
    assert_eq!(tasks[0]["changedRecordsById"][&saw], changed(of_all(14), of_all(6)));

    let current = |part: &Value, id: &str| part["changedRecordsById"][id]["current"]["cellValuesByFieldId"].clone();
    let names =
        |list: &Value| -> Vec<Value> { list.as_array().unwrap().iter().map(|one| one["name"].clone()).collect() };
    let there = &current(&projects[1], &roof)["Tags there"];
    assert_eq!(names(&there["valuesByLinkedRecordId"][&nail]), ["b", "a"]);
    assert_eq!(there["valuesByLinkedRecordId"][&saw], json!([]), "a record without a value has none");
    assert_eq!(there["linkedRecordIds"], json!([nail, saw]));
    let through = &current(&tasks[1], &saw)["All tags"];
    assert_eq!(names(&through["valuesByLinkedRecordId"][&roof]), ["b", "a"], "a lookup of a lookup is a plain list");

    let left = current(&projects[2], &roof);
    assert_eq!((&left["How many"], &left["Sum"], &left["Twice"]), (&json!(1), &json!(5), &json!(10)));
    let gone = current(&tasks[2], &saw);
    assert_eq!((gone.get("Project"), gone.get("Of all")), (Some(&Value::Null), Some(&Value::Null)), "{gone}");
    assert_eq!((&projects[3], projects.len()), (&Value::Null, 4), "nobody looks at the name");

    let told = plans.told(&narrow, "Projects").await;
    let twice =
        |value: i64| json!({ "changedRecordsById": { &roof: { "current": cells(json!({ "Twice": value })) } } });
    assert_eq!(told, [twice(14), twice(10)]);
}

#[on_every_database]
async fn a_table_that_links_to_itself_tells_what_looks_at_it(app: TestApp) {
    let plans = Plans::new(&app).await;
    let tasks = plans.table("Tasks").await["id"].clone();
    plans.add_field("Tasks", "After", "multipleRecordLinks", json!({ "linkedTableId": tasks })).await;
    plans.look("Tasks", "Before", ("After", "Name")).await;
    let first = plans.create("Tasks", json!({ "Name": "dig" })).await;
    let second = plans.create("Tasks", json!({ "Name": "build", "After": [first] })).await;
    let hook = plans.hook(json!({ "dataTypes": ["tableData"] }), json!({})).await;
    plans.write("Tasks", &first, json!({ "Name": "dig deep" })).await;
    let told = plans.told(&hook, "Tasks").await;
    let changed = &told[0]["changedRecordsById"];
    assert_eq!(changed[&first]["current"], cells(json!({ "Name": "dig deep" })));
    assert_eq!(changed[&second]["current"], cells(json!({ "Before": looked(&first, json!(["dig deep"])) })));
}

#[on_every_database]
async fn what_moves_too_many_records_is_told_as_such(app: TestApp) {
    let plans = Plans::new(&app).await;
    plans.look("Tasks", "Title there", ("Project", "Title")).await;
    let project = plans.create("Projects", json!({ "Title": "Wall" })).await;
    let filter = json!({ "field": "Title there", "op": "=", "value": "Roof" });
    let view = plans.view(&json!({ "name": "Roofs", "filter": filter })).await;
    let row = |row: i32| json!({ "fields": { "Name": format!("{row}"), "Project": [project] } }).to_string();
    let rows: Vec<String> = (0..4_097).map(row).collect();
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    assert_eq!(app.raw(Method::POST, &bulk, rows.join("\n")).await.0, 200);
    let of_view = plans.hook_of(&view).await;
    let all = plans.hook(json!({ "dataTypes": ["tableData"] }), json!({})).await;
    plans.write("Projects", &project, json!({ "Title": "Roof" })).await;
    let list = app.get(&format!("/v0/{}/Tasks?view=Roofs&maxRecords=1", plans.base)).await;
    let id = list["records"][0]["id"].as_str().unwrap();
    plans.write("Tasks", id, json!({ "Name": "x" })).await;

    let told = payloads(&app, &plans.base, &of_view).await;
    assert_eq!((&told[0]["error"], &told[0]["code"]), (&json!(true), &json!("INTERNAL_ERROR")));
    let told = plans.told_of(&of_view, &view).await;
    let renamed = json!({ "changedRecordsById": { id: { "current": cells(json!({ "Name": "x" })) } } });
    assert_eq!(told[1..], [renamed], "it goes on all the same");
    let told = plans.told(&all, "Tasks").await;
    assert_eq!(told[0], Value::Null, "thousands that look at a record are not told");
    assert_eq!(keys(&told[1]["changedRecordsById"]), [id.to_owned()]);
}

#[on_every_database]
async fn when_and_by_whom_a_cell_was_changed_is_told_among_unchanged_cells_only(app: TestApp) {
    let plans = Plans::new(&app).await;
    for (name, kind) in [("Scored", "lastModifiedTime"), ("Scored by", "lastModifiedBy")] {
        plans.add_field("Tasks", name, kind, json!({ "referencedFieldIds": ["Points"] })).await;
    }
    let task = plans.create("Tasks", json!({ "Name": "a", "Points": 1 })).await;
    let made = app.get(&format!("/v0/{}/Tasks/{task}", plans.base)).await["fields"].clone();
    let filters = json!({ "dataTypes": ["tableData"] });
    let hook = plans.hook(filters, json!({ "includeCellValuesInFieldIds": "all" })).await;
    plans.write("Tasks", &task, json!({ "Name": "b" })).await;
    plans.write("Tasks", &task, json!({ "Points": 2 })).await;
    let told = plans.told(&hook, "Tasks").await;
    let part = |at: usize, side: &str| told[at]["changedRecordsById"][&task][side]["cellValuesByFieldId"].clone();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(part(0, "current"), json!({ "Name": "b" }));
    assert_eq!(part(1, "current"), json!({ "Points": 2, "Double": 4 }));
    let now = app.get(&format!("/v0/{}/Tasks/{task}", plans.base)).await["fields"].clone();
    assert_eq!(part(1, "unchanged")["Scored"], now["Scored"]);
    assert_eq!(part(1, "unchanged")["Scored by"]["id"], now["Scored by"]["id"]);
    assert_eq!(part(0, "unchanged")["Scored"], made["Scored"]);
}

/// Name and points of records, by id.
fn short(records: &Value) -> Value {
    let short = |cells: &Value| json!([cells["Name"], cells["Points"]]);
    let records = records.as_object().unwrap().iter();
    records.map(|(id, record)| (id.clone(), short(&record["cellValuesByFieldId"]))).collect()
}

#[on_every_database]
async fn tables_that_appear_are_told_with_their_records(app: TestApp) {
    let plans = Plans::new(&app).await;
    for (name, points) in [("Mow", 1), ("Paint", 2)] {
        plans.create("Tasks", json!({ "Name": name, "Points": points })).await;
    }
    let every = json!({ "dataTypes": ["tableData", "tableFields", "tableMetadata"] });
    let whole = plans.hook(every, json!({})).await;
    let data = plans.hook(json!({ "dataTypes": ["tableData"] }), json!({})).await;
    let updates = plans.hook(json!({ "dataTypes": ["tableData"], "changeTypes": ["update"] }), json!({})).await;

    let base = &plans.base;
    let duplicate = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    let (status, copy) = app.call(Method::POST, &duplicate, &Value::Null).await;
    assert_eq!(status, 201, "{copy}");
    let id = copy["id"].as_str().unwrap();
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/{id}"), &Value::Null).await;
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{id}/restore"), &Value::Null).await;

    let listed = app.get(&format!("/v0/{base}/{id}")).await["records"].as_array().unwrap().clone();
    let cells = |record: &Value| json!([record["fields"]["Name"], record["fields"]["Points"]]);
    let there: Value = listed.iter().map(|record| (record["id"].as_str().unwrap().to_owned(), cells(record))).collect();
    assert_eq!(listed.len(), 2);
    let told = payloads(&app, base, &whole).await;
    let table = plans.table("Tasks copy").await;
    let appeared: Vec<Value> = told
        .iter()
        .map(|payload| named(&payload["createdTablesById"][id], &table))
        .filter(|part| !part.is_null())
        .collect();
    assert_eq!(appeared.len(), 2, "as a copy and from the trash: {told:?}");
    for part in &appeared {
        assert_eq!((&part["metadata"]["name"], short(&part["recordsById"])), (&json!("Tasks copy"), there.clone()));
    }
    assert!(told.iter().all(|payload| payload["changedTablesById"][id].is_null()), "records are told once: {told:?}");
    let told = plans.told(&data, "Tasks copy").await;
    let told: Vec<Value> = told.iter().map(|part| short(&part["createdRecordsById"])).collect();
    assert_eq!(told, [there.clone(), there], "without wanting to know of tables");
    assert_eq!(payloads(&app, base, &updates).await, [Value::Null; 0]);
}

#[on_every_database]
async fn tables_that_appear_with_thousands_of_records_are_told_as_such(app: TestApp) {
    let plans = Plans::new(&app).await;
    let rows: Vec<String> =
        (0..4_097).map(|row| json!({ "fields": { "Name": format!("{row}") } }).to_string()).collect();
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    assert_eq!(app.raw(Method::POST, &bulk, rows.join("\n")).await.0, 200);
    let whole = plans.hook(json!({ "dataTypes": ["tableData", "tableFields"] }), json!({})).await;
    let data = plans.hook(json!({ "dataTypes": ["tableData"] }), json!({})).await;
    let duplicate = format!("/api/v1/bases/{}/tables/Tasks/duplicate", plans.base);
    let (status, copy) = app.call(Method::POST, &duplicate, &Value::Null).await;
    assert_eq!(status, 201, "{copy}");
    let told = payloads(&app, &plans.base, &whole).await;
    let part = &told.last().unwrap()["createdTablesById"][copy["id"].as_str().unwrap()];
    assert_eq!((part["fieldsById"].is_object(), part.get("recordsById")), (true, None), "{part}");
    let told = payloads(&app, &plans.base, &data).await;
    assert_eq!(told.iter().map(|payload| &payload["code"]).collect::<Vec<_>>(), ["INTERNAL_ERROR"]);
}
