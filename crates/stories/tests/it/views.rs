//! Views: which records in which order, and which fields; and bases as a whole.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// A base with five tasks; answers its id.
async fn planned(app: &TestApp) -> String {
    let base = app.plans().await;
    let task = |name: &str, points: i64, status: &str| json!({ "fields": { "Name": name, "Points": points, "Status": status } });
    let tasks =
        [task("a", 3, "Open"), task("b", 1, "Done"), task("c", 5, "Open"), task("d", 2, "Done"), task("e", 4, "Open")];
    app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": tasks })).await;
    base
}

async fn add(app: &TestApp, base: &str, view: &Value) -> Value {
    let (status, made) = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), view).await;
    assert_eq!(status, 201, "{made}");
    made
}

fn open_ones() -> Value {
    let fields = ["Status", "Tags", "Due", "Urgent", "Double", "No", "Project"];
    json!({ "name": "Open", "filter": { "field": "Status", "op": "=", "value": "Open" },
        "sorts": [{ "field": "Points", "direction": "desc" }], "hiddenFields": fields, "fieldOrder": ["Points", "Name"] })
}

fn names(answer: &Value) -> String {
    let records = answer["records"].as_array().unwrap();
    records.iter().map(|record| record["fields"]["Name"].as_str().unwrap()).collect()
}

#[on_every_database]
async fn a_view_chooses_records_their_order_and_the_fields_of_an_export(app: TestApp) {
    let base = planned(&app).await;
    let view = add(&app, &base, &open_ones()).await;
    let (tasks, id) = (format!("/v0/{base}/Tasks"), view["id"].as_str().unwrap());
    for (query, expected) in [
        ("view=Open".to_owned(), "cea"),
        (format!("view={id}"), "cea"),
        ("view=Grid%20view".to_owned(), "abcde"),
        (format!("view={id}&filterByFormula=%7BPoints%7D%3C5"), "ea"),
        (format!("view={id}&sort[0][field]=Name"), "ace"),
        (format!("view={id}&maxRecords=2"), "ce"),
    ] {
        assert_eq!(names(&app.get(&format!("{tasks}?{query}")).await), expected, "{query}");
    }
    let told = app.get(&format!("{tasks}?view=Open&maxRecords=1")).await;
    assert_eq!(told["records"][0]["fields"]["Status"], "Open", "hidden fields are told");
    let body = json!({ "view": "Open", "pageSize": 2 });
    let first = app.ok(Method::POST, &format!("{tasks}/listRecords"), &body).await;
    let body = json!({ "view": "Open", "pageSize": 2, "offset": first["offset"] });
    let second = app.ok(Method::POST, &format!("{tasks}/listRecords"), &body).await;
    assert_eq!(names(&first) + &names(&second), "cea");
    assert!(second.get("offset").is_none());

    let tool = async |name: &str, arguments: Value| {
        let body = json!({ "tool_name": name, "arguments": arguments });
        app.ok(Method::POST, "/execute-tool", &body).await["result"].clone()
    };
    let listed = tool("list_records", json!({ "base": base, "table": "Tasks", "view": "Open" })).await;
    assert_eq!((names(&listed), &listed["total"]), ("cea".to_owned(), &json!(3)), "{listed}");
    let sum = json!([{ "op": "sum", "field": "Points" }]);
    let summed =
        tool("aggregate", json!({ "base": base, "table": "Tasks", "view": "Open", "aggregates": sum.clone() })).await;
    assert_eq!(summed["groups"][0]["values"], json!([12]), "{summed}");

    let path = format!("/api/v1/bases/{base}/tables/Tasks/aggregate");
    let summed = app.ok(Method::POST, &path, &json!({ "view": "Open", "aggregates": sum })).await;
    assert_eq!((&summed["groups"][0]["values"], &summed["matched"]), (&json!([12]), &json!(3)));
    let told = tool("describe_table", json!({ "base": base, "table": "Tasks" })).await;
    assert_eq!(told["views"][1], json!({ "name": "Open", "type": "grid" }));

    let (status, csv) = app.text(Method::GET, &format!("/api/v1/export?base={base}&table=Tasks&view=Open")).await;
    assert_eq!(status, 200);
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines, ["Name,Points", "c,5", "e,4", "a,3"]);
}

#[on_every_database]
async fn a_view_is_made_changed_copied_deleted_and_brought_back(app: TestApp) {
    let base = planned(&app).await;
    let views = format!("/api/v1/bases/{base}/views");
    let made = add(&app, &base, &open_ones()).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables?include[]=visibleFieldIds")).await;
    let field = |name: &str| {
        let fields = tables["tables"][0]["fields"].as_array().unwrap().iter();
        fields.clone().find(|field| field["name"] == name).unwrap()["id"].clone()
    };
    assert_eq!((&made["type"], &made["tableId"]), (&json!("grid"), &tables["tables"][0]["id"]));
    assert_eq!(made["filter"]["field"], field("Status"), "fields are kept by id");
    assert_eq!(made["sorts"], json!([{ "field": field("Points"), "direction": "desc" }]));
    assert_eq!(made["visibleFieldIds"], json!([field("Name"), field("Points")]));
    let id = made["id"].as_str().unwrap();
    assert_eq!(app.get(&format!("{views}/{id}")).await, made);
    assert_eq!(app.get(&format!("{views}/Open")).await, made);

    // Airtable's doors tell id, name, type and, of grids, the fields.
    let kanban = add(&app, &base, &json!({ "name": "Board", "type": "kanban", "stackField": "Status" })).await;
    let listed = &tables["tables"][0]["views"][1];
    assert_eq!(listed["visibleFieldIds"], made["visibleFieldIds"]);
    let told = app.get(&format!("/v0/meta/bases/{base}/views?include[]=visibleFieldIds")).await;
    assert_eq!((told["views"].as_array().unwrap().len(), &told["views"][1]), (4, listed));
    assert_eq!(told["views"][2], json!({ "id": kanban["id"], "name": "Board", "type": "kanban" }));
    let one = app.get(&format!("/v0/meta/bases/{base}/views/{id}")).await;
    assert_eq!(one, json!({ "id": id, "name": "Open", "type": "grid" }));

    let change =
        json!({ "name": "Left", "filter": null, "groups": [{ "field": "Status" }], "description": "what is left" });
    let changed = app.ok(Method::PATCH, &format!("{views}/{id}"), &change).await;
    assert_eq!(
        (&changed["filter"], &changed["name"], &changed["sorts"]),
        (&Value::Null, &json!("Left"), &made["sorts"])
    );
    assert_eq!(names(&app.get(&format!("/v0/{base}/Tasks?view=Left")).await), "ceadb");
    let (status, copy) = app.call(Method::POST, &format!("{views}/{id}/duplicate"), &Value::Null).await;
    assert_eq!((status, &copy["name"], &copy["groups"]), (201, &json!("Left copy"), &changed["groups"]));
    let gone = app.ok(Method::DELETE, &format!("/v0/meta/bases/{base}/views/{id}"), &Value::Null).await;
    assert_eq!(gone, json!({ "id": id, "deleted": true }));
    let (status, answer) = app.call(Method::GET, &format!("/v0/{base}/Tasks?view={id}"), &Value::Null).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("VIEW_ID_NOT_FOUND")));
    assert_eq!(app.call(Method::GET, &format!("/v0/meta/bases/{base}/views/{id}"), &Value::Null).await.0, 403);
    let trash = app.get(&format!("/api/v1/bases/{base}/trash")).await;
    assert_eq!((&trash["views"][0]["id"], &trash["views"][0]["name"]), (&json!(id), &json!("Left")));
    app.ok(Method::PATCH, &format!("{views}/Left%20copy"), &json!({ "name": "left" })).await;
    let back = app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{id}/restore"), &Value::Null).await;
    assert_eq!(back, json!({ "id": id, "name": "Left 2", "restored": true }));
    let all = app.get(&format!("/api/v1/bases/{base}/tables/Tasks/views")).await;
    let all: Vec<&str> = all["views"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect();
    assert_eq!(all, ["Grid view", "Board", "left", "Left 2"]);
    app.ok(Method::DELETE, &format!("{views}/{id}"), &Value::Null).await;
    // The last one of a table stays.
    let projects = app.get(&format!("/api/v1/bases/{base}/tables/Projects/views")).await;
    let last = format!("{views}/{}", projects["views"][0]["id"].as_str().unwrap());
    let (status, answer) = app.call(Method::DELETE, &last, &Value::Null).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("at least one view"), "{answer}");
}

#[on_every_database]
async fn fields_go_and_come_and_change_their_names_under_a_view(app: TestApp) {
    let base = planned(&app).await;
    add(&app, &base, &open_ones()).await;
    let (tasks, fields) = (format!("/v0/{base}/Tasks?view=Open"), format!("/v0/meta/bases/{base}/tables/Tasks/fields"));
    app.ok(Method::PATCH, &format!("{fields}/Status"), &json!({ "name": "State" })).await;
    assert_eq!(names(&app.get(&tasks).await), "cea");
    let gone = app.ok(Method::DELETE, &format!("{fields}/State"), &Value::Null).await;
    assert_eq!(names(&app.get(&tasks).await), "ceadb", "the condition is ignored");
    app.ok(Method::DELETE, &format!("{fields}/Points"), &Value::Null).await;
    assert_eq!(names(&app.get(&tasks).await), "abcde");
    let restore = format!("/api/v1/bases/{base}/trash/{}/restore", gone["id"].as_str().unwrap());
    app.ok(Method::POST, &restore, &Value::Null).await;
    assert_eq!(names(&app.get(&tasks).await), "ace");
}

#[on_every_database]
async fn what_no_longer_fits_a_field_of_another_type_is_ignored(app: TestApp) {
    let base = planned(&app).await;
    let few = json!({ "name": "Few", "filter": { "field": "Points", "op": "<", "value": 3 }, "sorts": [{ "field": "Points" }] });
    add(&app, &base, &few).await;
    let (tasks, table) = (format!("/v0/{base}/Tasks?view=Few"), format!("/api/v1/bases/{base}/tables/Tasks"));
    assert_eq!(names(&app.get(&tasks).await), "bd");
    let text = json!({ "type": "singleLineText", "allowLoss": true });
    app.ok(Method::POST, &format!("{table}/fields/Points/convert"), &text).await;
    assert_eq!(names(&app.get(&tasks).await), "bdaec", "texts know no `<`");
    let number = json!({ "type": "number", "options": { "precision": 0 } });
    app.ok(Method::POST, &format!("{table}/fields/Points/convert"), &number).await;
    assert_eq!(names(&app.get(&tasks).await), "bd");
}

#[on_every_database]
async fn a_view_places_records_by_no_field_of_another_type(app: TestApp) {
    let base = planned(&app).await;
    let board = add(&app, &base, &json!({ "name": "Board", "type": "kanban", "stackField": "Status" })).await;
    let days = add(&app, &base, &json!({ "name": "Days", "type": "calendar", "startField": "Due" })).await;
    let (status, due) = (board["stackField"].clone(), days["startField"].clone());
    assert!(status.is_string() && due.is_string(), "{board} {days}");
    let place = async |name: &str, key: &str| app.get(&format!("/api/v1/bases/{base}/views/{name}")).await[key].clone();
    let choices = json!({ "type": "singleSelect", "options": { "choices": [{ "name": "Open" }, { "name": "Done" }] } });
    let dates = json!({ "type": "date", "options": { "dateFormat": { "name": "iso" } } });
    for (field, view, key, held, back) in
        [("Status", "Board", "stackField", status, choices), ("Due", "Days", "startField", due, dates)]
    {
        let convert = format!("/api/v1/bases/{base}/tables/Tasks/fields/{field}/convert");
        app.ok(Method::POST, &convert, &json!({ "type": "singleLineText" })).await;
        assert_eq!(place(view, key).await, Value::Null, "{field} is a text");
        let named = json!({ "name": format!("{view} too") });
        app.ok(Method::PATCH, &format!("/api/v1/bases/{base}/views/{view}"), &named).await;
        app.ok(Method::POST, &convert, &back).await;
        assert_eq!(place(&format!("{view}%20too"), key).await, held);
    }
}

#[on_every_database]
async fn pages_of_a_view_go_on_as_they_began(app: TestApp) {
    let base = planned(&app).await;
    add(&app, &base, &open_ones()).await;
    let first = app.get(&format!("/v0/{base}/Tasks?view=Open&pageSize=1")).await;
    let change = json!({ "filter": null, "sorts": [] });
    app.ok(Method::PATCH, &format!("/api/v1/bases/{base}/views/Open"), &change).await;
    let rest = format!("/v0/{base}/Tasks?view=Open&pageSize=1&offset={}", first["offset"].as_str().unwrap());
    assert_eq!(names(&first) + &names(&app.get(&rest).await), "ce");
    if app.is_shared() {
        let other = app.neighbour().await;
        assert_eq!(names(&other.get(&rest).await), "e", "another server knows what the view was");
    }
    assert_eq!(names(&app.get(&format!("/v0/{base}/Tasks?view=Open")).await), "abcde");
}

#[on_every_database]
async fn what_a_view_cannot_be_is_told_with_its_place(app: TestApp) {
    let base = planned(&app).await;
    add(&app, &base, &open_ones()).await;
    let many: Vec<Value> = (0..101).map(|n| json!({ "field": "Points", "value": n })).collect();
    let cases = [
        (json!({}), "view", "/name"),
        (json!({ "name": "open" }), "view-name", ""),
        (json!({ "name": "" }), "view-name", ""),
        (json!({ "name": "a\nb" }), "invalid", ""),
        (json!({ "name": "V", "type": "list" }), "json-form", "/type"),
        (json!({ "name": "V", "type": 1 }), "json-form", "/type"),
        (json!({ "name": "V", "type": ["grid"] }), "json-form", "/type"),
        (json!({ "name": "V", "fliter": {} }), "json-form", "/fliter"),
        (json!({ "name": "V", "filter": { "and": [{ "field": "Stauts" }] } }), "view", "/filter/and/0/field"),
        (json!({ "name": "V", "filter": { "field": "Status", "value": "Opne" } }), "view", "/filter/value"),
        (json!({ "name": "V", "filter": { "field": "Points", "op": "like" } }), "view", "/filter/op"),
        (json!({ "name": "V", "filter": { "and": many } }), "view", "/filter"),
        (json!({ "name": "V", "filter": "Points > 1" }), "view", "/filter"),
        (json!({ "name": "V", "sorts": [{ "field": "Nope" }] }), "view", "/sorts/0/field"),
        (json!({ "name": "V", "sorts": [{ "field": "Name", "direction": "up" }] }), "json-form", "/sorts/0/direction"),
        (json!({ "name": "V", "sorts": [{ "field": "Name", "direction": null }] }), "json-form", "/sorts/0/direction"),
        (json!({ "name": "V", "hiddenFields": ["Name"] }), "view", "/hiddenFields"),
        (json!({ "name": "V", "type": "timeline", "startField": "Due" }), "view", "/endField"),
        (json!({ "name": "V", "color": { "by": "mood" } }), "json-form", "/color/by"),
    ];
    let mut wrong = Vec::new();
    let path = format!("/api/v1/bases/{base}/tables/Tasks/views");
    for (body, code, place) in cases {
        let (status, answer) = app.call(Method::POST, &path, &body).await;
        let pointer = answer["errors"][0]["pointer"].as_str().unwrap_or_default();
        if (status, answer["code"].as_str()) != (422, Some(code)) || pointer != place {
            let shown: String = format!("{body}: {status} {answer}, not {code} at {place}").chars().take(400).collect();
            wrong.push(shown);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (_, answer) = app.call(Method::POST, &path, &json!({ "name": "V", "filter": { "field": "Stauts" } })).await;
    assert!(answer["detail"].as_str().unwrap().contains("the closest are `Status`"), "{answer}");
    let views = format!("/api/v1/bases/{base}/views");
    for (method, path, status) in [
        (Method::GET, format!("{views}/Opne"), 404),
        (Method::PATCH, format!("{views}/Grid%20view"), 422),
        (Method::POST, format!("{views}/viw00000000000000/duplicate"), 404),
        (Method::DELETE, format!("{views}/viw00000000000000"), 404),
        (Method::GET, format!("/api/v1/bases/{base}/tables/Nope/views"), 404),
        (Method::DELETE, format!("/v0/meta/bases/{base}/views/viw00000000000000"), 403),
        (Method::GET, format!("/v0/{base}/Tasks?view=Opne"), 422),
    ] {
        let (got, answer) = app.call(method.clone(), &path, &json!({})).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
    }
    assert_eq!(app.get(&path).await["views"].as_array().unwrap().len(), 2);
}

#[on_every_database]
async fn what_gives_colours_is_an_object_with_its_parts(app: TestApp) {
    let base = planned(&app).await;
    let path = format!("/api/v1/bases/{base}/tables/Tasks/views");
    let filter = json!({ "field": "Name" });
    for (color, pointer, reason) in [
        (json!(["field", "Status"]), "/color", "must be an object, not a list"),
        (json!({ "by": "field" }), "/color", "colours by field have a `field` and no `rules`"),
        (
            json!({ "by": "conditions", "field": "Status", "rules": [] }),
            "/color",
            "colours by conditions have `rules` and no `field`",
        ),
        (
            json!({ "by": "conditions", "rules": [["redBright", filter]] }),
            "/color/rules/0",
            "must be an object, not a list",
        ),
    ] {
        let (status, answer) = app.call(Method::POST, &path, &json!({ "name": "V", "color": color })).await;
        let told = (answer["errors"][0]["pointer"].as_str(), answer["errors"][0]["detail"].as_str());
        assert_eq!((status, told), (422, (Some(pointer), Some(reason))), "{answer}");
    }
}

#[on_every_database]
async fn editors_make_views_and_commenters_do_not(app: TestApp) {
    let base = planned(&app).await;
    let view = json!({ "name": "Mine", "hiddenFields": ["Due"] }).to_string();
    let path = format!("/api/v1/bases/{base}/tables/Tasks/views");
    for (role, status) in [("commenter", 403), ("editor", 201)] {
        let body = json!({ "email": format!("{role}@example.org"), "role": role });
        let (_, added) = app.call(Method::POST, "/api/v1/users", &body).await;
        let token = added["token"].as_str().unwrap();
        let (got, answer) = app.send(Method::POST, &path, Some(token), view.clone()).await;
        assert_eq!(got, status, "{role}: {answer}");
        assert_eq!(app.send(Method::GET, &path, Some(token), String::new()).await.0, 200);
        let delete = format!("/v0/meta/bases/{base}");
        assert_eq!(app.send(Method::DELETE, &delete, Some(token), String::new()).await.0, 403, "{role}");
    }
}

#[on_every_database]
async fn a_deleted_base_is_as_if_it_were_not_until_it_is_brought_back(app: TestApp) {
    let base = planned(&app).await;
    let meta = format!("/v0/meta/bases/{base}");
    let told = app.get(&format!("{meta}?include=collaborators&include=inviteLinks&include=interfaces")).await;
    assert_eq!(
        (&told["id"], &told["name"], &told["permissionLevel"]),
        (&json!(base), &json!("Plans"), &json!("create"))
    );
    assert_eq!(told["workspaceId"], app.workspace().await);
    assert!(told["createdTime"].as_str().unwrap().ends_with('Z'), "{told}");
    assert_eq!(told["groupCollaborators"], json!({ "baseCollaborators": [], "workspaceCollaborators": [] }));
    assert_eq!(app.get(&format!("{meta}/shares")).await, json!({ "shares": [] }));
    let hooks = format!("/v0/bases/{base}/webhooks");
    let specification = json!({ "options": { "filters": { "dataTypes": ["tableData"] } } });
    app.ok(Method::POST, &hooks, &json!({ "specification": specification })).await;

    let gone = app.ok(Method::DELETE, &meta, &Value::Null).await;
    assert_eq!(gone, json!({ "id": base, "deleted": true }));
    assert_eq!(app.get("/v0/meta/bases").await["bases"], json!([]));
    let paths = [
        (Method::GET, meta.clone(), 403),
        (Method::DELETE, meta.clone(), 403),
        (Method::GET, format!("{meta}/tables"), 403),
        (Method::GET, format!("{meta}/views"), 403),
        (Method::GET, format!("{meta}/shares"), 403),
        (Method::GET, format!("/v0/{base}/Tasks"), 403),
        (Method::GET, hooks.clone(), 403),
        (Method::GET, format!("/api/v1/bases/{base}/history"), 404),
        (Method::GET, format!("/api/v1/bases/{base}/trash"), 404),
        (Method::GET, format!("/api/v1/export?base={base}&table=Tasks"), 404),
        (Method::POST, "/api/v1/trash/bases/app00000000000000/restore".to_owned(), 404),
    ];
    for (method, path, status) in paths {
        let (got, answer) = app.call(method.clone(), &path, &Value::Null).await;
        assert_eq!(got, status, "{method} {path}: {answer}");
    }
    let trash = app.get("/api/v1/trash/bases").await;
    assert_eq!((&trash["bases"][0]["id"], &trash["bases"][0]["name"]), (&json!(base), &json!("Plans")));
    let table = json!({ "name": "T", "fields": [{ "name": "N", "type": "singleLineText" }] });
    let again = json!({ "id": base, "name": "Again", "workspaceId": app.workspace().await, "tables": [table] });
    let (status, answer) = app.call(Method::POST, "/v0/meta/bases?keepIds=true", &again).await;
    assert_eq!(status, 422, "its id is taken: {answer}");
    let back = app.ok(Method::POST, &format!("/api/v1/trash/bases/{base}/restore"), &Value::Null).await;
    assert_eq!(back, json!({ "id": base, "name": "Plans", "restored": true }));
    assert_eq!(names(&app.get(&format!("/v0/{base}/Tasks")).await), "abcde");
    assert_eq!(app.get(&hooks).await["webhooks"].as_array().unwrap().len(), 1);
    assert_eq!(app.get("/api/v1/trash/bases").await, json!({ "bases": [] }));
}

#[on_every_database]
async fn a_list_of_choices_is_asked_for_exactly(app: TestApp) {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let record = |name: &str, tags: Value| json!({ "fields": { "Name": name, "Tags": tags } });
    let lists = [("a", json!(["a"])), ("ab", json!(["a", "b"])), ("ba", json!(["b", "a"])), ("none", Value::Null)];
    let records: Vec<Value> = lists.into_iter().map(|(name, tags)| record(name, tags)).collect();
    app.ok(Method::POST, &tasks, &json!({ "records": records })).await;
    for (op, value, expected) in [
        ("=", json!(["b", "A"]), vec!["ab", "ba"]),
        ("=", json!(["a"]), vec!["a"]),
        ("!=", json!(["a"]), vec!["ab", "ba", "none"]),
        ("=", json!([]), vec![]),
        ("=", json!("a"), vec!["a", "ab", "ba"]),
        ("has_any_of", json!(["a"]), vec!["a", "ab", "ba"]),
        ("has_all_of", json!(["a", "b"]), vec!["ab", "ba"]),
    ] {
        let filter = json!({ "field": "Tags", "op": op, "value": value });
        let view = json!({ "name": format!("{op} {value}"), "filter": filter });
        let made = app.call(Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/views"), &view).await;
        assert_eq!(made.0, 201, "{}", made.1);
        let list = app.get(&format!("{tasks}?view={}", made.1["id"].as_str().unwrap())).await;
        let names: Vec<_> = list["records"].as_array().unwrap().iter().map(|r| r["fields"]["Name"].clone()).collect();
        assert_eq!(json!(names), json!(expected), "{op} {value}");
    }
}

#[on_every_database]
async fn null_takes_away_what_a_view_has(app: TestApp) {
    let base = planned(&app).await;
    let mut open = open_ones();
    open["groups"] = json!([{ "field": "Status" }]);
    open["fieldWidths"] = json!({ "Name": 200 });
    let view = add(&app, &base, &open).await;
    let path = format!("/api/v1/bases/{base}/views/{}", view["id"].as_str().unwrap());
    let keys = ["hiddenFields", "sorts", "groups", "fieldOrder", "fieldWidths", "filter"];
    for key in keys {
        let told = app.ok(Method::PATCH, &path, &json!({ key: null })).await;
        assert!(told.get(key).is_none_or(|left| left.is_null() || *left == json!([]) || *left == json!({})), "{told}");
        assert_ne!(view[key], told[key], "{told}");
    }
    for key in ["name", "type"] {
        let (status, answer) = app.call(Method::PATCH, &path, &json!({ key: null })).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer.to_string().contains(&format!("/{key}: must be a text, not null")), "{answer}");
    }
}
