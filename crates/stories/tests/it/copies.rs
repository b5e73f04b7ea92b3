//! Copies of records, tables and bases.

use hyper::{Method, Request};
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

fn id(of: &Value) -> &str {
    of["id"].as_str().unwrap_or_else(|| panic!("no id: {of}"))
}

async fn field(app: &TestApp, base: &str, table: &str, new: Value) -> Value {
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/{table}/fields"), &new).await
}

async fn make(app: &TestApp, base: &str, table: &str, fields: Value) -> String {
    id(&app.ok(Method::POST, &format!("/v0/{base}/{table}"), &json!({ "fields": fields })).await).to_owned()
}

/// The cells of a record.
async fn cells(app: &TestApp, base: &str, table: &str, record: &str) -> Value {
    app.get(&format!("/v0/{base}/{table}/{record}")).await["fields"].clone()
}

async fn table_id(app: &TestApp, base: &str, name: &str) -> Value {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    tables["tables"].as_array().unwrap().iter().find(|table| table["name"] == name).unwrap()["id"].clone()
}

/// Puts a text file into a cell.
async fn attach(app: &TestApp, base: &str, record: &str, field: &str) {
    let file = json!({ "contentType": "text/plain", "filename": "a.txt", "file": "aGVsbG8=" });
    app.ok(Method::POST, &format!("/v0/{base}/{record}/{field}/uploadAttachment"), &file).await;
}

/// What the address of a file leads to.
async fn read(app: &TestApp, file: &Value) -> Vec<u8> {
    let (status, _, body) = app.fetch(Request::get(file["url"].as_str().unwrap())).await;
    assert_eq!(status, 200);
    body
}

#[on_every_database]
async fn a_record_is_copied_with_links_and_files_and_undone_by_one_undo(app: TestApp) {
    let base = app.plans().await;
    field(&app, &base, "Tasks", json!({ "name": "Files", "type": "multipleAttachments" })).await;
    let tasks = table_id(&app, &base, "Tasks").await;
    let after = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": tasks } });
    field(&app, &base, "Tasks", after).await;
    let house = make(&app, &base, "Projects", json!({ "Title": "House" })).await;
    let first = make(&app, &base, "Tasks", json!({ "Name": "Mow" })).await;
    let original = make(
        &app,
        &base,
        "Tasks",
        json!({ "Name": "Paint", "Points": 3, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-03-01", "Urgent": true,
            "Project": [house], "After": [first] }),
    )
    .await;
    attach(&app, &base, &original, "Files").await;

    let path = format!("/api/v1/bases/{base}/tables/Tasks/records/{original}/duplicate");
    let (status, copy) = app.call(Method::POST, &path, &Value::Null).await;
    assert_eq!((status, copy.get("leftOut")), (201, None), "{copy}");
    let mut expected = cells(&app, &base, "Tasks", &original).await;
    assert_eq!((&expected["No"], &copy["fields"]["No"]), (&json!(2), &json!(3)));
    let (files, held) = (copy["fields"]["Files"].clone(), expected["Files"].clone());
    assert_eq!(files.as_array().map(Vec::len), Some(1));
    assert_ne!(files[0]["id"], held[0]["id"], "each cell names its files by itself");
    assert_eq!((&files[0]["filename"], &files[0]["size"]), (&json!("a.txt"), &json!(5)));
    (expected["No"], expected["Files"]) = (json!(3), files.clone());
    assert_eq!(copy["fields"], expected);
    assert_eq!(cells(&app, &base, "Projects", &house).await["Tasks"], json!([original, copy["id"]]));

    // The file is there as long as one of the cells is.
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{original}"), &Value::Null).await;
    assert_eq!(read(&app, &cells(&app, &base, "Tasks", id(&copy)).await["Files"][0]).await, b"hello");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;

    let undone = app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(undone["records"], 1);
    assert_eq!(app.call(Method::GET, &format!("/v0/{base}/Tasks/{}", id(&copy)), &Value::Null).await.0, 404);
    assert_eq!(cells(&app, &base, "Projects", &house).await["Tasks"], json!([original]));
}

#[on_every_database]
async fn a_link_whose_other_side_is_for_one_record_is_left_out_and_named(app: TestApp) {
    let base = app.plans().await;
    let tasks = table_id(&app, &base, "Tasks").await;
    let link = json!({ "linkedTableId": tasks, "prefersSingleRecordLink": true, "inverseName": "Leads" });
    field(&app, &base, "Projects", json!({ "name": "Lead", "type": "multipleRecordLinks", "options": link })).await;
    let (house, task) = (
        make(&app, &base, "Projects", json!({ "Title": "House" })).await,
        make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await,
    );
    let empty = format!("/api/v1/bases/{base}/tables/Tasks/records/{task}/duplicate");
    assert_eq!(app.call(Method::POST, &empty, &Value::Null).await.1.get("leftOut"), None, "nothing was to be left out");
    let both = json!({ "fields": { "Leads": [house], "Project": [house] } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{task}"), &both).await;
    let (status, copy) = app.call(Method::POST, &empty, &Value::Null).await;
    assert_eq!((status, &copy["leftOut"]), (201, &json!(["Leads"])), "{copy}");
    assert_eq!((copy["fields"].get("Leads"), &copy["fields"]["Project"]), (None, &json!([house])));
    assert_eq!(cells(&app, &base, "Projects", &house).await["Lead"], json!([task]));
    // The side for one record itself is copied.
    let (_, copy) = app
        .call(Method::POST, &format!("/api/v1/bases/{base}/tables/Projects/records/{house}/duplicate"), &Value::Null)
        .await;
    assert_eq!((&copy["fields"]["Lead"], copy.get("leftOut")), (&json!([task]), None), "{copy}");
}

#[on_every_database]
async fn a_record_is_copied_by_those_who_may_read_and_write(app: TestApp) {
    let base = app.plans().await;
    let task = make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await;
    let path = format!("/api/v1/bases/{base}/tables/Tasks/records/{task}/duplicate");
    for (role, wanted) in [("readOnly", 403), ("commenter", 403), ("editor", 201), ("creator", 201)] {
        let (_, token) = app.person(role, role).await;
        let (status, answer) = app.send(Method::POST, &path, Some(&token), String::new()).await;
        assert_eq!(status, wanted, "{role}: {answer}");
    }
    for (scopes, wanted) in [(vec!["data.records:write"], 403), (vec!["data.records:write", "data.records:read"], 201)]
    {
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "t", "scopes": scopes })).await;
        let (status, answer) = app.send(Method::POST, &path, token["token"].as_str(), String::new()).await;
        assert_eq!(status, wanted, "{scopes:?}: {answer}");
    }
    let stranger = app.stranger().await;
    assert_eq!(app.send(Method::POST, &path, Some(&stranger), String::new()).await.0, 404);
    for wrong in [
        format!("/api/v1/bases/{base}/tables/Tasks/records/rec00000000000000/duplicate"),
        format!("/api/v1/bases/{base}/tables/Tasks/records/nothing/duplicate"),
        format!("/api/v1/bases/{base}/tables/Nope/records/{task}/duplicate"),
        format!("/api/v1/bases/{base}/tables/Projects/records/{task}/duplicate"),
        format!("/api/v1/bases/app00000000000000/tables/Tasks/records/{task}/duplicate"),
    ] {
        let (status, answer) = app.call(Method::POST, &wrong, &Value::Null).await;
        assert_eq!(status, 404, "{wrong}: {answer}");
    }
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{task}"), &Value::Null).await;
    assert_eq!(app.call(Method::POST, &path, &Value::Null).await.0, 404, "what is gone is not copied");
}

/// All cells of a table as people read them, but for those that are the records' own: numbers and times of creation.
async fn shown(app: &TestApp, base: &str, table: &str) -> Vec<Value> {
    let path = format!("/v0/{base}/{table}?cellFormat=string&timeZone=utc&userLocale=en");
    let listed = app.get(&path).await;
    let cells = listed["records"].as_array().unwrap().iter().map(|record| record["fields"].clone());
    let without = cells.map(|mut cells| {
        // Addresses of files are made for each cell.
        for own in ["No", "Made", "Files"] {
            cells.as_object_mut().unwrap().remove(own);
        }
        cells
    });
    without.collect()
}

/// A base in which everything leads to something else.
struct Web {
    base: String,
    house: String,
    tasks: [String; 3],
}

async fn web(app: &TestApp) -> Web {
    let base = app.plans().await;
    let ids = [table_id(app, &base, "Tasks").await, table_id(app, &base, "Projects").await];
    let link = |name: &str, to: &Value| json!({ "name": name, "type": "multipleRecordLinks", "options": { "linkedTableId": to } });
    let formula = |name: &str, text: &str| json!({ "name": name, "type": "formula", "options": { "formula": text } });
    let through = |link: &str, field: &str| json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": field });
    field(app, &base, "Projects", json!({ "name": "Budget", "type": "number", "options": { "precision": 0 } })).await;
    field(app, &base, "Tasks", link("After", &ids[0])).await;
    field(app, &base, "Tasks", json!({ "name": "Files", "type": "multipleAttachments" })).await;
    field(app, &base, "Tasks", json!({ "name": "Made", "type": "createdTime" })).await;
    let fields = [
        (
            "Tasks",
            json!({ "name": "Budgets", "type": "multipleLookupValues", "options": through("Project", "Budget") }),
        ),
        ("Tasks", formula("Share", "SUM({Budgets}) / 2 & ' of {Budgets}'")),
        ("Tasks", json!({ "name": "Links", "type": "count", "options": { "recordLinkFieldId": "Project" } })),
        ("Tasks", json!({ "name": "Before", "type": "multipleLookupValues", "options": through("After", "Share") })),
        ("Projects", json!({ "name": "Shares", "type": "multipleLookupValues", "options": through("Tasks", "Share") })),
        ("Projects", formula("Told", "{Title} & ': ' & {Shares}")),
        (
            "Tasks",
            json!({ "name": "Open", "type": "button", "options": { "label": "Go", "formula": "'https://x/' & {Name}" } }),
        ),
    ];
    for (table, mut new) in fields {
        // Fields are named by their ids.
        let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let all = tables["tables"].as_array().unwrap().iter().flat_map(|table| table["fields"].as_array().unwrap());
        for key in ["recordLinkFieldId", "fieldIdInLinkedTable"] {
            let Some(name) = new["options"].get(key).cloned() else { continue };
            new["options"][key] = all.clone().find(|field| field["name"] == name).unwrap()["id"].clone();
        }
        field(app, &base, table, new).await;
    }
    let sum = json!({ "recordLinkFieldId": "Project", "fieldIdInLinkedTable": "Budget", "formula": "SUM(values)" });
    field(app, &base, "Tasks", json!({ "name": "Sum", "type": "rollup", "options": sum })).await;
    let house = make(app, &base, "Projects", json!({ "Title": "House", "Budget": 8 })).await;
    make(app, &base, "Projects", json!({ "Title": "Garden", "Budget": 6 })).await;
    let gone = make(app, &base, "Tasks", json!({ "Name": "gone" })).await;
    let mut tasks = Vec::new();
    for (name, points, status) in [("Mow", 1, "Open"), ("Paint", 5, "Open"), ("Sell", 3, "Done")] {
        let cells =
            json!({ "Name": name, "Points": points, "Status": status, "Tags": ["b", "a"], "Due": "2026-03-01" });
        tasks.push(make(app, &base, "Tasks", cells).await);
    }
    app.ok(Method::DELETE, &format!("/v0/{base}/Tasks/{gone}"), &Value::Null).await;
    let tasks: [String; 3] = tasks.try_into().unwrap();
    // The order of a side that is not that of the other one.
    let of = json!({ "fields": { "Tasks": [tasks[2], tasks[0], tasks[1]] } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Projects/{house}"), &of).await;
    let after = json!({ "fields": { "After": [tasks[1], tasks[0]] } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{}", tasks[2]), &after).await;
    attach(app, &base, &tasks[0], "Files").await;
    let view = json!({ "name": "Left", "filter": { "field": "Status", "op": "=", "value": "Open" },
        "sorts": [{ "field": "Points", "direction": "desc" }], "hiddenFields": ["Due"], "color": { "by": "field", "field": "Status" } });
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), &view).await;
    assert_eq!(status, 201, "{made}");
    Web { base, house, tasks }
}

fn names(table: &Value, key: &str) -> Vec<String> {
    table[key].as_array().unwrap().iter().map(|part| part["name"].as_str().unwrap().to_owned()).collect()
}

/// Every id in a description.
fn ids(of: &Value) -> Vec<String> {
    let mut found = match of {
        Value::String(text) => {
            text.split(['{', '}']).filter(|part| part.len() == 17 && !part.contains(' ')).map(str::to_owned).collect()
        }
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        Value::Object(map) => map.values().flat_map(ids).collect(),
        _ => Vec::new(),
    };
    found.sort();
    found.dedup();
    found
}

#[on_every_database]
async fn a_table_is_copied_and_everything_in_it_is_about_the_copy(app: TestApp) {
    let Web { base, house, tasks } = web(&app).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let (original, projects) = (tables["tables"][0].clone(), tables["tables"][1].clone());
    let before = shown(&app, &base, "Projects").await;
    let path = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    let (status, copy) = app.call(Method::POST, &path, &Value::Null).await;
    assert_eq!((status, &copy["name"]), (201, &json!("Tasks copy")), "{copy}");
    for key in ["fields", "views"] {
        assert_eq!(names(&copy, key), names(&original, key));
    }
    // Of the ids in it only those of the other table are met before.
    let known: Vec<String> = ids(&copy).into_iter().filter(|id| ids(&original).contains(id)).collect();
    let others: Vec<String> = ids(&projects).into_iter().filter(|id| known.contains(id)).collect();
    assert_eq!(known, others, "{copy}");
    assert_eq!(known.len(), 2, "the table and its budget: {known:?}");

    let mut expected = shown(&app, &base, "Tasks").await;
    assert_eq!((expected.len(), expected[2]["After"].as_str()), (3, Some("Paint, Mow")));
    assert_eq!(expected[2]["Before"], "4 of {Budgets}, 4 of {Budgets}");
    assert_eq!(shown(&app, &base, "Tasks%20copy").await, expected);
    let listed = app.get(&format!("/v0/{base}/Tasks%20copy")).await["records"].clone();
    let copies: Vec<&str> = listed.as_array().unwrap().iter().map(id).collect();
    assert_eq!([0, 1, 2].map(|at| listed[at]["fields"]["No"].as_i64().unwrap()), [1, 2, 3], "numbers of their own");
    assert_eq!(listed[2]["fields"]["After"], json!([copies[1], copies[0]]), "the table's links to itself");
    assert!(copies.iter().all(|copy| !tasks.iter().any(|task| task == copy)));
    assert_eq!(read(&app, &listed[0]["fields"]["Files"][0]).await, b"hello");
    let left = app.get(&format!("/v0/{base}/Tasks%20copy?view=Left")).await;
    let left: Vec<&str> = left["records"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(left, [copies[1], copies[0]], "the view's filter and order");

    // The other table has another side for the copy, and is otherwise as it was.
    let linked = cells(&app, &base, "Projects", &house).await;
    assert_eq!(linked["Tasks copy"], json!([copies[2], copies[0], copies[1]]), "in the order of the first one");
    let mut after = shown(&app, &base, "Projects").await;
    for row in &mut after {
        row.as_object_mut().unwrap().remove("Tasks copy");
    }
    assert_eq!(after, before);

    // From here on the two go their own ways.
    let change = json!({ "fields": { "Name": "Dig", "Status": "Done" } });
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks%20copy/{}", copies[0]), &change).await;
    assert_eq!(shown(&app, &base, "Tasks").await, expected);
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/tables/Tasks"), &Value::Null).await;
    expected[0]["Name"] = json!("Dig");
    let kept = shown(&app, &base, "Tasks%20copy").await;
    assert_eq!(
        (&kept[0]["Name"], &kept[2]["After"], &kept[1]["Sum"]),
        (&json!("Dig"), &json!("Paint, Dig"), &json!("8"))
    );
    assert_eq!(read(&app, &cells(&app, &base, "Tasks%20copy", copies[0]).await["Files"][0]).await, b"hello");
}

#[on_every_database]
async fn copies_of_tables_have_names_of_their_own_and_may_be_empty(app: TestApp) {
    let base = app.plans().await;
    make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await;
    let path = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    for (body, name, records) in [
        (Value::Null, "Tasks copy", 1),
        (json!({}), "Tasks copy 2", 1),
        (json!({ "name": " Mine ", "records": false }), "Mine", 0),
        (json!({ "name": null, "records": true }), "Tasks copy 3", 1),
    ] {
        let (status, copy) = app.call(Method::POST, &path, &body).await;
        assert_eq!((status, &copy["name"]), (201, &json!(name)), "{copy}");
        let held = app.get(&format!("/v0/{base}/{}", id(&copy))).await;
        assert_eq!(held["records"].as_array().unwrap().len(), records, "{body}");
    }
    let sides = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    assert_eq!(
        names(&sides["tables"][1], "fields"),
        ["Title", "Tasks", "Tasks copy", "Tasks copy 2", "Mine", "Tasks copy 3"]
    );
    let before = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"][0].clone();
    for (body, status, words) in [
        (json!({ "name": "projects" }), 422, "projects"),
        (json!({ "name": "Tasks" }), 422, "Tasks"),
        (json!({ "name": " " }), 422, "name"),
        (json!({ "name": "a\nb" }), 422, "name"),
        (json!({ "name": "x".repeat(256) }), 422, "name"),
        (json!({ "name": 7 }), 422, "/name: must be a text, not 7"),
        (json!({ "records": "yes" }), 422, "/records: must be `true` or `false`, not the text"),
        (json!({ "record": true }), 422, "record"),
        (json!(7), 422, ""),
    ] {
        let (got, answer) = app.call(Method::POST, &path, &body).await;
        let told = answer.to_string();
        assert!(got == status && told.contains(words), "{body}: {got} {told}");
    }
    assert_eq!(app.get(&format!("/api/v1/bases/{base}/history")).await["changes"][0], before, "nothing was begun");
    for wrong in ["Nope", "tbl00000000000000"] {
        let path = format!("/api/v1/bases/{base}/tables/{wrong}/duplicate");
        assert_eq!(app.call(Method::POST, &path, &Value::Null).await.0, 404);
    }
}

#[on_every_database]
async fn undo_leaves_a_copy_alone_and_takes_back_what_came_before(app: TestApp) {
    let base = app.plans().await;
    let task = make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await;
    app.ok(Method::PATCH, &format!("/v0/{base}/Tasks/{task}"), &json!({ "fields": { "Name": "Mow" } })).await;
    let (_, copy) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/duplicate"), &Value::Null).await;
    let changes = app.get(&format!("/api/v1/bases/{base}/history")).await["changes"].clone();
    let fills = changes.as_array().unwrap().iter().find(|change| change.to_string().contains("created")).unwrap();
    let body = json!({ "change": fills["change"] });
    let (status, answer) = app.call(Method::POST, &format!("/api/v1/bases/{base}/undo"), &body).await;
    assert!(status == 422 && answer.to_string().contains("delete the copy instead"), "{fills}: {answer}");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/undo"), &Value::Null).await;
    assert_eq!(cells(&app, &base, "Tasks", &task).await["Name"], "Paint");
    assert_eq!(app.get(&format!("/v0/{base}/{}", id(&copy))).await["records"][0]["fields"]["Name"], "Mow");
}

#[on_every_database]
async fn a_base_is_copied_whole_and_shares_nothing_with_the_first(app: TestApp) {
    let Web { base, house, tasks } = web(&app).await;
    let said = json!({ "text": "good" });
    app.ok(Method::POST, &format!("/v0/{base}/Tasks/{}/comments", tasks[0]), &said).await;
    let hook = json!({ "specification": { "options": { "filters": { "dataTypes": ["tableData"] } } } });
    app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &hook).await;
    let original = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/duplicate"), &Value::Null).await;
    assert_eq!(status, 201, "{made}");
    let copy = id(&made);
    assert_eq!(app.get(&format!("/v0/meta/bases/{copy}")).await["name"], "Plans copy");
    let tables = app.get(&format!("/v0/meta/bases/{copy}/tables")).await;
    assert_eq!(tables["tables"], made["tables"]);
    assert_eq!(names(&tables, "tables"), ["Tasks", "Projects"]);
    for at in [0, 1] {
        for key in ["fields", "views"] {
            assert_eq!(names(&tables["tables"][at], key), names(&original["tables"][at], key));
        }
    }
    let (old, new) = (ids(&original), ids(&tables));
    assert_eq!((old.len(), new.iter().find(|id| old.contains(id))), (new.len(), None));

    let expected = [shown(&app, &base, "Tasks").await, shown(&app, &base, "Projects").await];
    assert_eq!(expected[1][0]["Told"], "House: 4 of {Budgets}, 4 of {Budgets}, 4 of {Budgets}");
    assert_eq!([shown(&app, copy, "Tasks").await, shown(&app, copy, "Projects").await], expected);
    let listed = app.get(&format!("/v0/{copy}/Tasks?recordMetadata[]=commentCount")).await["records"].clone();
    let copies: Vec<&str> = listed.as_array().unwrap().iter().map(id).collect();
    assert_eq!((&listed[0]["commentCount"], &listed[0]["fields"]["No"]), (&json!(0), &json!(1)), "{listed}");
    let left = app.get(&format!("/v0/{copy}/Tasks?view=Left")).await;
    assert_eq!(left["records"].as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [copies[1], copies[0]]);
    let projects = app.get(&format!("/v0/{copy}/Projects")).await["records"].clone();
    assert_eq!(projects[0]["fields"]["Tasks"], json!([copies[2], copies[0], copies[1]]));
    assert_eq!(app.get(&format!("/v0/bases/{copy}/webhooks")).await["webhooks"], json!([]));
    assert_eq!(app.get("/api/v1/trash/bases").await["bases"], json!([]));

    // Both sides of a link of the copy are in the copy.
    let none = json!({ "fields": { "Tasks": [copies[0]] } });
    app.ok(Method::PATCH, &format!("/v0/{copy}/Projects/{}", id(&projects[0])), &none).await;
    assert_eq!(cells(&app, copy, "Tasks", copies[1]).await.get("Project"), None);
    assert_eq!(cells(&app, &base, "Projects", &house).await["Tasks"], json!([tasks[2], tasks[0], tasks[1]]));
    let theirs = json!({ "records": [{ "id": copies[0], "fields": { "Project": [house] } }] });
    let (status, answer) = app.call(Method::PATCH, &format!("/v0/{copy}/Tasks"), &theirs).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("ROW_DOES_NOT_EXIST")), "{answer}");
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}"), &Value::Null).await;
    assert_eq!(read(&app, &cells(&app, copy, "Tasks", copies[0]).await["Files"][0]).await, b"hello");
    // It is a base like others.
    make(&app, copy, "Tasks", json!({ "Name": "more", "Project": [id(&projects[1])] })).await;
    field(&app, copy, "Projects", json!({ "name": "Notes", "type": "multilineText" })).await;
    let (status, again) = app.call(Method::POST, &format!("/api/v1/bases/{copy}/duplicate"), &Value::Null).await;
    assert_eq!(status, 201, "{again}");
    assert_eq!(shown(&app, id(&again), "Tasks").await, shown(&app, copy, "Tasks").await);
}

#[on_every_database]
async fn copies_of_bases_have_names_and_a_place_where_the_caller_may_make_bases(app: TestApp) {
    let base = app.plans().await;
    make(&app, &base, "Tasks", json!({ "Name": "Paint" })).await;
    let path = format!("/api/v1/bases/{base}/duplicate");
    let workspace = app.workspace().await;
    for (body, name, records) in [
        (Value::Null, "Plans copy", 1),
        (json!({ "workspaceId": workspace }), "Plans copy 2", 1),
        (json!({ "name": "Plans", "records": false }), "Plans", 0),
    ] {
        let (status, made) = app.call(Method::POST, &path, &body).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!(app.get(&format!("/v0/meta/bases/{}", id(&made))).await["name"], name);
        let held = app.get(&format!("/v0/{}/Tasks", id(&made))).await;
        assert_eq!(held["records"].as_array().unwrap().len(), records);
    }
    let stranger = app.stranger().await;
    let theirs = app.send(Method::GET, "/v0/meta/workspaces", Some(&stranger), String::new()).await.1;
    for (body, wanted) in [
        (json!({ "workspaceId": theirs["workspaces"][0]["id"] }), 404),
        (json!({ "workspaceId": "wsp00000000000000" }), 404),
        (json!({ "workspaceId": "nowhere" }), 422),
        (json!({ "name": "" }), 422),
        (json!({ "name": "a\u{202E}b" }), 422),
        (json!({ "records": 2 }), 422),
        (json!({ "tables": [] }), 422),
    ] {
        let (status, answer) = app.call(Method::POST, &path, &body).await;
        assert_eq!(status, wanted, "{body}: {answer}");
    }
    // Theirs cannot be copied, and ours not by them, into whatever workspace.
    for body in [String::new(), json!({ "workspaceId": theirs["workspaces"][0]["id"] }).to_string()] {
        assert_eq!(app.send(Method::POST, &path, Some(&stranger), body).await.0, 404);
    }
    assert_eq!(app.call(Method::POST, "/api/v1/bases/app00000000000000/duplicate", &Value::Null).await.0, 404);
    assert_eq!(app.get("/v0/meta/bases").await["bases"].as_array().unwrap().len(), 4);
    assert_eq!(app.get("/api/v1/trash/bases").await["bases"], json!([]), "nothing was begun");
}

#[on_every_database]
async fn who_may_not_read_or_make_does_not_copy(app: TestApp) {
    let base = app.plans().await;
    let paths = ["tables/Tasks/duplicate", "duplicate"].map(|path| format!("/api/v1/bases/{base}/{path}"));
    for (role, wanted) in [("readOnly", 403), ("commenter", 403), ("editor", 403), ("creator", 201)] {
        let (_, token) = app.person(role, role).await;
        for path in &paths {
            let (status, answer) = app.send(Method::POST, path, Some(&token), String::new()).await;
            assert_eq!(status, wanted, "{role} at {path}: {answer}");
        }
    }
    let all = ["schema.bases:read", "schema.bases:write", "data.records:read", "data.records:write"];
    for without in all {
        let scopes: Vec<&str> = all.into_iter().filter(|scope| *scope != without).collect();
        let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "t", "scopes": scopes })).await;
        for path in &paths {
            let (status, answer) = app.send(Method::POST, path, token["token"].as_str(), String::new()).await;
            assert_eq!(status, 403, "without {without} at {path}: {answer}");
            // Records that are not copied need not be read.
            let empty = json!({ "records": false }).to_string();
            let (status, answer) = app.send(Method::POST, path, token["token"].as_str(), empty).await;
            let wanted = if without.starts_with("data.") { 201 } else { 403 };
            assert_eq!(status, wanted, "without {without} at {path}: {answer}");
        }
    }
}

#[on_every_database]
async fn thousands_of_records_are_copied_in_many_changes_and_appear_at_once(app: TestApp) {
    let base = app.plans().await;
    let mut projects = Vec::new();
    for at in 0..3 {
        projects.push(make(&app, &base, "Projects", json!({ "Title": format!("p{at}") })).await);
    }
    let line = |n: usize| {
        let name = if n.is_multiple_of(400) { "long ".repeat(2_000) } else { format!("task {n}") };
        json!({ "fields": { "Name": name, "Points": n, "Project": projects } }).to_string() + "\n"
    };
    let bulk = format!("/api/v1/bases/{base}/tables/Tasks/records:bulk");
    let (status, _) = app.raw(Method::POST, &bulk, (0..2_300).map(line).collect()).await;
    assert_eq!(status, 200);
    let path = format!("/api/v1/bases/{base}/tables/Tasks/duplicate");
    let (status, table) = app.call(Method::POST, &path, &Value::Null).await;
    assert_eq!((status, &table["name"]), (201, &json!("Tasks copy")));
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/duplicate"), &Value::Null).await;
    assert_eq!(status, 201, "{made}");
    let sums = json!({ "aggregates": [{ "op": "count" }, { "op": "sum", "field": "Points" }, { "op": "sum", "field": "No" }] });
    for (base, table) in
        [(base.as_str(), "Tasks"), (&base, "Tasks copy"), (id(&made), "Tasks"), (id(&made), "Tasks copy")]
    {
        let path = format!("/api/v1/bases/{base}/tables/{}/aggregate", table.replace(' ', "%20"));
        let sums = app.ok(Method::POST, &path, &sums).await;
        assert_eq!(sums["groups"][0]["values"], json!([2_300, 2_643_850, 2_646_150]), "{table} of {base}");
        let projects = app.get(&format!("/v0/{base}/Projects?fields[]={}", table.replace(' ', "%20"))).await;
        for project in projects["records"].as_array().unwrap() {
            assert_eq!(project["fields"][table].as_array().map(Vec::len), Some(2_300));
        }
    }
    // A page ends early where it tells of many links.
    let (mut changes, mut before) = (0, String::new());
    loop {
        let page = app.get(&format!("/api/v1/bases/{}/history?limit=100{before}", id(&made))).await;
        changes += page["changes"].as_array().unwrap().len();
        let Some(next) = page["next"].as_i64() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(changes, 11, "3 of each table of tasks, 1 of projects, 2 of each link");
}

#[on_every_database]
async fn a_copied_filter_names_the_records_of_the_copy(app: TestApp) {
    let base = app.plans().await;
    let tasks = table_id(&app, &base, "Tasks").await;
    let after = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": tasks } });
    field(&app, &base, "Tasks", after).await;
    let house = make(&app, &base, "Projects", json!({ "Title": "House" })).await;
    let first = make(&app, &base, "Tasks", json!({ "Name": "first", "Project": [house] })).await;
    make(&app, &base, "Tasks", json!({ "Name": "second", "After": [first], "Project": [house] })).await;
    let views = format!("/api/v1/bases/{base}/tables/Tasks/views");
    for (name, test) in [
        ("Next", json!({ "not": { "not": { "field": "After", "op": "=", "value": [first] } } })),
        ("Housed", json!({ "field": "Project", "op": "=", "value": [house] })),
    ] {
        let view = json!({ "name": name, "type": "grid", "filter": test });
        let (status, made) = app.call(Method::POST, &views, &view).await;
        assert_eq!(status / 100, 2, "{made}");
    }
    let names = async |base: &str, table: &str, view: &str| -> Vec<String> {
        let listed = app.get(&format!("/v0/{base}/{table}?view={view}")).await;
        let records = listed["records"].as_array().unwrap().iter();
        records.map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()).collect()
    };
    let (status, copy) =
        app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/duplicate"), &json!({})).await;
    assert_eq!(status, 201, "{copy}");
    let (status, whole) = app.call(Method::POST, &format!("/api/v1/bases/{base}/duplicate"), &json!({})).await;
    assert_eq!(status, 201, "{whole}");
    for (base, table) in [(base.as_str(), "Tasks"), (base.as_str(), id(&copy)), (id(&whole), "Tasks")] {
        assert_eq!(names(base, table, "Next").await, ["second"], "{table} of {base}");
        assert_eq!(names(base, table, "Housed").await, ["first", "second"], "{table} of {base}");
    }
}
