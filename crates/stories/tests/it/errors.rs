//! The table of errors that clients of Airtable know, row by row; what needs a clock, a disk or a client of its own has a story
//! elsewhere (`limits`, `durability`, `comments`).

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

/// A request, and the status, type and words of its answer; without words the error is its bare name.
struct Row {
    method: Method,
    path: String,
    body: String,
    answer: (u16, &'static str, &'static str),
}

/// What the rows are about.
struct Scene {
    app: TestApp,
    base: String,
    tasks: String,
    /// A record of `Tasks` and one of `Projects`.
    task: String,
    project: String,
}

const MODEL: &str = "Invalid permissions, or the requested model was not found. Check that both your user and your token have \
     the required permissions, and that the model names and/or ids are correct.";
const ABSENT: &str = "rec00000000000000";

async fn scene(app: TestApp) -> Scene {
    let base = app.plans().await;
    let tasks = format!("/v0/{base}/Tasks");
    let files = json!({ "name": "Files", "type": "multipleAttachments" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &files).await;
    let make = async |path: &str, fields: Value| {
        let made = app.ok(Method::POST, path, &json!({ "fields": fields })).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let task = make(&tasks, json!({ "Name": "twin" })).await;
    make(&tasks, json!({ "Name": "twin" })).await;
    let project = make(&format!("/v0/{base}/Projects"), json!({})).await;
    Scene { app, base, tasks, task, project }
}

fn row(method: Method, path: impl Into<String>, body: impl ToString, answer: (u16, &'static str, &'static str)) -> Row {
    let body = Some(body.to_string()).filter(|body| body != "null").unwrap_or_default();
    Row { method, path: path.into(), body, answer }
}

fn reads(scene: &Scene) -> Vec<Row> {
    let get = |path: String, status, name, words| row(Method::GET, path, Value::Null, (status, name, words));
    let list = |query: &str, name, words| get(format!("{}?{query}", scene.tasks), 422, name, words);
    let formula = "The formula for filtering records is invalid: ";
    vec![
        get("/v0/app00000000000000/Tasks".to_owned(), 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", MODEL),
        get(format!("/v0/{}/Nope", scene.base), 403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND", MODEL),
        get(format!("{}/{ABSENT}", scene.tasks), 404, "NOT_FOUND", ""),
        get("/v0/a/b/c/d/e".to_owned(), 404, "NOT_FOUND", ""),
        get(format!("/v0/{}/%ff", scene.base), 400, "INVALID_REQUEST_UNKNOWN", "UTF-8"),
        get("/v0/meta/bases/app1/tables/T".to_owned(), 405, "INVALID_REQUEST_UNKNOWN", "this address takes"),
        list("fields[]=X", "UNKNOWN_FIELD_NAME", "Unknown field name: \"X\""),
        list("sort[0][field]=X", "UNKNOWN_FIELD_NAME", "Unknown field name: \"X\""),
        list("filterByFormula=x", "INVALID_FILTER_BY_FORMULA", "is invalid: Unknown field names: x"),
        list("filterByFormula=(", "INVALID_FILTER_BY_FORMULA", formula),
        list("view=X", "VIEW_NAME_NOT_FOUND", "View X not found"),
        list("view=viw00000000000000", "VIEW_ID_NOT_FOUND", "View viw00000000000000 not found"),
        list("offset=X", "INVALID_OFFSET_VALUE", "The value of offset X is invalid"),
        list("sort[0][field]=Name&sort[0][direction]=up", "INVALID_REQUEST_UNKNOWN", "`asc` or `desc`"),
        list("sort=Name", "INVALID_REQUEST_UNKNOWN", "a sort key is written `sort[0][field]=Name`"),
        list("sort[0]=Name", "INVALID_REQUEST_UNKNOWN", "a sort key is written `sort[0][field]=Name`"),
        list("sort[0][direction]=asc", "INVALID_REQUEST_UNKNOWN", "every sort key needs a `field`"),
        list("maxRecords=0", "INVALID_REQUEST_UNKNOWN", "`maxRecords` must be at least 1"),
        list("pageSize=101", "INVALID_REQUEST_UNKNOWN", "`pageSize` must be from 1 to 100"),
        list("cellFormat=string", "INVALID_REQUEST_UNKNOWN", "both `timeZone` and `userLocale`"),
    ]
}

fn bodies(scene: &Scene) -> Vec<Row> {
    let one = format!("{}/{}", scene.tasks, scene.task);
    let eleven = |record: Value| json!({ "records": vec![record; 11] });
    let many = "You must provide an array of up to 10 record objects, each with a \"fields\" object for cell values.";
    let named = "You must provide an array of up to 10 record objects, each with an \"id\" ID field and a \"fields\" object for \
                 cell values.";
    let missing = "Could not find field \"fields\" in the request body";
    let tasks = &*scene.tasks;
    let upsert = |on: Value| {
        json!({ "performUpsert": { "fieldsToMergeOn": on }, "records": [{ "fields": { "Name": "twin" } }] }).to_string()
    };
    let gone = "Could not find a record with ID \"rec00000000000000\".";
    vec![
        row(Method::POST, tasks, "{\"fields\":", (400, "INVALID_JSON", "the body is not JSON")),
        row(Method::POST, tasks, "hello", (400, "INVALID_JSON", "the body is not JSON")),
        row(Method::POST, tasks, String::new(), (400, "INVALID_JSON", "the body is not JSON")),
        row(Method::POST, tasks, "[{}]", (422, "INVALID_REQUEST_BODY", "Could not parse request body")),
        row(Method::PATCH, &one, "\"a\"", (422, "INVALID_REQUEST_BODY", "Could not parse request body")),
        row(Method::POST, tasks, "{}", (422, "INVALID_REQUEST_MISSING_FIELDS", missing)),
        row(Method::PATCH, &one, "{}", (422, "INVALID_REQUEST_MISSING_FIELDS", missing)),
        row(Method::POST, tasks, " ".repeat(3 << 20), (413, "REQUEST_TOO_LARGE", "larger than 2097152 bytes")),
        row(Method::POST, tasks, eleven(json!({ "fields": {} })).to_string(), (422, "INVALID_RECORDS", many)),
        row(Method::POST, tasks, "{\"records\":[{}]}", (422, "INVALID_RECORDS", many)),
        row(Method::PATCH, tasks, "{\"records\":[{\"fields\":{}}]}", (422, "INVALID_RECORDS", named)),
        row(
            Method::PUT,
            tasks,
            eleven(json!({ "id": scene.task, "fields": {} })).to_string(),
            (422, "INVALID_RECORDS", named),
        ),
        row(
            Method::DELETE,
            tasks,
            String::new(),
            (422, "INVALID_RECORDS", "You must provide an array of up to 10 record IDs."),
        ),
        row(Method::DELETE, format!("{tasks}/{ABSENT}"), String::new(), (404, "NOT_FOUND", gone)),
        row(Method::DELETE, format!("{tasks}?records[]={ABSENT}"), String::new(), (404, "NOT_FOUND", gone)),
        row(Method::PATCH, format!("{tasks}/{ABSENT}"), "{\"fields\":{}}", (404, "NOT_FOUND", "")),
        row(
            Method::PATCH,
            tasks,
            upsert(json!(["Name"])),
            (422, "INVALID_REQUEST_UNKNOWN", "2 records match in \"Name\""),
        ),
        row(
            Method::PATCH,
            tasks,
            upsert(json!([])),
            (422, "INVALID_REQUEST_UNKNOWN", "names 1 to 3 fields; 0 were given"),
        ),
        row(
            Method::PATCH,
            tasks,
            upsert(json!(["Name", "Points", "Status", "Due"])),
            (422, "INVALID_REQUEST_UNKNOWN", "names 1 to 3 fields; 4 were given"),
        ),
    ]
}

fn cells(scene: &Scene) -> Vec<Row> {
    let value = "INVALID_VALUE_FOR_COLUMN";
    let cells = [
        (json!({ "X": 1 }), "UNKNOWN_FIELD_NAME", "Unknown field name: \"X\""),
        (json!({ "Points": [1] }), value, "Field \"Points\" cannot accept the provided value"),
        (json!({ "Points": "v" }), value, "Cannot parse value \"v\" for field Points"),
        (json!({ "Due": "v" }), value, "Cannot parse date value \"v\" for field Due"),
        (json!({ "Double": 1 }), value, "Field \"Double\" cannot accept a value because the field is computed"),
        (json!({ "No": 1 }), value, "Field \"No\" cannot accept a value because the field is computed"),
        (
            json!({ "Status": "v" }),
            "INVALID_MULTIPLE_CHOICE_OPTIONS",
            "Insufficient permissions to create new select option \"\"v\"\"",
        ),
        (json!({ "Project": ["x"] }), "INVALID_RECORD_ID", "Value \"x\" is not a valid record ID."),
        (
            json!({ "Project": [ABSENT] }),
            "ROW_DOES_NOT_EXIST",
            "Record ID rec00000000000000 does not exist in this table",
        ),
        (json!({ "Project": [scene.task] }), "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE", "is of table Tasks"),
        (
            json!({ "Files": [{ "id": "att00000000000000" }] }),
            "INVALID_ATTACHMENT_OBJECT",
            "give a `url` for a new one",
        ),
        (json!({ "Files": [{}] }), "INVALID_ATTACHMENT_OBJECT", "it needs a `url`"),
        (
            json!({ "Files": [{ "url": "https://example.org/a", "filename": "x".repeat(2_000) }] }),
            "INVALID_ATTACHMENT_OBJECT",
            "`filename` has at most 255 characters, not 2000",
        ),
        (json!({ "Files": [{ "url": "data:,x" }] }), "INVALID_ATTACHMENT_OBJECT", "`https://` or `http://`"),
        (
            json!({ "Files": [{ "url": "http://example.com/a b" }] }),
            "INVALID_ATTACHMENT_OBJECT",
            "a blank in it is written `%20`",
        ),
    ];
    let post = |(fields, name, words): (Value, _, _)| {
        row(Method::POST, &*scene.tasks, json!({ "fields": fields }), (422, name, words))
    };
    let mut rows: Vec<Row> = cells.into_iter().map(post).collect();
    for (id, words) in
        [(ABSENT, "Record ID rec00000000000000 does not exist"), (&*scene.project, "does not exist in this table")]
    {
        let body = json!({ "records": [{ "id": id, "fields": {} }] });
        rows.push(row(Method::PATCH, &*scene.tasks, body, (422, "ROW_DOES_NOT_EXIST", words)));
    }
    rows
}

/// One record by its address, and fields that are named twice.
fn single(scene: &Scene) -> Vec<Row> {
    let mut rows = Vec::new();
    // Only the record of the address is not found.
    let linked = json!({ "fields": { "Project": [ABSENT] } });
    for method in [Method::PATCH, Method::PUT] {
        let words = "Record ID rec00000000000000 does not exist";
        let (one, absent) = (format!("{}/{}", scene.tasks, scene.task), format!("{}/{ABSENT}", scene.tasks));
        rows.push(row(method.clone(), one, &linked, (422, "ROW_DOES_NOT_EXIST", words)));
        rows.push(row(method, absent, &linked, (404, "NOT_FOUND", "")));
    }
    for body in [
        r#"{"fields":{"Name":"a","Points":1,"Name":"b"}}"#,
        r#"{"records":[{"fields":{}},{"fields":{"Name":"a","Name":"a"}}]}"#,
    ] {
        let answer = (422, "INVALID_REQUEST_UNKNOWN", "names `Name` twice");
        rows.push(row(Method::POST, &*scene.tasks, body, answer));
    }
    rows
}

/// Bodies that are JSON of another form, and what is no JSON at all: what is wrong, where, and what would be right.
fn forms(scene: &Scene) -> Vec<Row> {
    let (tasks, base) = (&*scene.tasks, &scene.base);
    let lists = format!("{tasks}/listRecords");
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let long = format!("{tasks}?filterByFormula={}", "1".repeat(21 << 10));
    let unknown = "INVALID_REQUEST_UNKNOWN";
    let other_type = "`type`: `Points` is of type `number`; it becomes one of type `singleLineText` by `POST \
                      /api/v1/bases/{base}/tables/{table}/fields/{field}/convert`";
    let post = |path: &str, body: Value, words| row(Method::POST, path, body, (422, unknown, words));
    let patch = |path: &str, body: Value, words| row(Method::PATCH, path, body, (422, unknown, words));
    let raw = |body: &str, words| row(Method::POST, tasks, body, (400, "INVALID_JSON", words));
    vec![
        post(&lists, json!({ "sort": { "field": "Name" } }), "/sort: must be a list, not an object"),
        post(&lists, json!({ "fields": "Name" }), "/fields: must be a list, not the text \"Name\""),
        post(&lists, json!({ "sort": [{ "field": 1 }] }), "/sort/0/field: must be a text, not 1"),
        post(&lists, json!({ "pageSize": "9" }), "/pageSize: must be a whole number, not the text \"9\""),
        post(&lists, json!({ "returnFieldsByFieldId": "maybe" }), "must be `true` or `false`, not the text \"maybe\""),
        post(tasks, json!({ "fields": 1 }), "/fields: must be an object, not 1"),
        post(tasks, json!({ "records": [["rec00000000000000", "", {}]] }), "/records/0: must be an object, not a list"),
        post(tasks, json!({ "fields": {}, "typecast": 2 }), "/typecast: must be `true` or `false`, not 2"),
        post(tasks, json!({ "records": [{ "fields": [] }] }), "/records/0/fields: must be an object, not a list"),
        patch(tasks, json!({ "records": [{ "id": 7, "fields": {} }] }), "/records/0/id: must be a text, not 7"),
        patch(tasks, json!({ "records": [], "performUpsert": {} }), "/performUpsert: `fieldsToMergeOn` is missing"),
        patch(
            tasks,
            json!({ "records": [{ "fields": { "Name": "new" } }], "performUpsert": [["Name"]] }),
            "/performUpsert: must be an object, not a list",
        ),
        post(&lists, json!({ "sort": [["Name", "asc"]] }), "/sort/0: must be an object, not a list"),
        patch(&format!("{fields}/Points"), json!({ "type": "singleLineText" }), other_type),
        patch(&format!("{fields}/Points"), json!({ "name": "Score", "type": "singleLineText" }), other_type),
        patch(
            &format!("{fields}/Status"),
            json!({ "type": "multipleSelects", "options": { "choices": [] } }),
            "`type`: `Status` is of type `singleSelect`; it becomes one of type `multipleSelects` by",
        ),
        patch(&format!("{fields}/Points"), json!({}), "give at least one of `name`, `description`, `options`"),
        row(
            Method::POST,
            fields,
            json!({ "name": "F", "type": "number", "options": { "precision": "1" } }),
            (422, "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE", "a whole number from 0 to 8, not the text `1`"),
        ),
        row(
            Method::GET,
            long,
            Value::Null,
            (
                414,
                unknown,
                "20480 are the most; a list takes its parameters in the body of `POST /v0/{base}/{table}/listRecords`",
            ),
        ),
        raw("{\"fields\":}", "the body is not JSON: a value is expected at line 1 column 11"),
        raw("{fields:{}}", "the body is not JSON: a key in double quotes is expected at line 1 column 2"),
        raw("", "the body is not JSON: it ends where a value is expected"),
    ]
}

fn endless(scene: &Scene) -> Vec<Row> {
    let name = format!("E{}", "\u{301}\u{316}".repeat(150_000));
    let told = (422, "UNKNOWN_FIELD_NAME", "Unknown field name: \"E\u{301}\u{316}");
    vec![row(Method::POST, &*scene.tasks, json!({ "fields": { name: "x" } }), told)]
}

fn schemas(scene: &Scene) -> Vec<Row> {
    let tables = format!("/v0/meta/bases/{}/tables", scene.base);
    let fields = format!("{tables}/Tasks/fields");
    let text = json!([{ "name": "N", "type": "singleLineText" }]);
    let base = |workspace: Value| json!({ "name": "B", "workspaceId": workspace, "tables": [{ "name": "T", "fields": text }] });
    let unsupported =
        (422, "UNSUPPORTED_FIELD_TYPE_FOR_CREATE", "`nope` is not a field type; the types are: singleLineText");
    let options = "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE";
    let (field, table) = ("DUPLICATE_OR_EMPTY_FIELD_NAME", "DUPLICATE_TABLE_NAME");
    let post = |path: &str, body: Value, answer| row(Method::POST, path, body, answer);
    let patch = |path: String, body: Value, answer| row(Method::PATCH, path, body, answer);
    let long = json!({ "name": "D", "type": "singleLineText", "description": "x".repeat(20_001) });
    let too_long = (422, "INVALID_REQUEST_UNKNOWN", "a description of 20001 characters is too long: the most is 20000");
    let not_kept = "`dateDependencySettings` is not kept here: give at least one of `name`, `description`";
    let not_kept = (422, "INVALID_REQUEST_UNKNOWN", not_kept);
    vec![
        post("/v0/meta/bases", base(Value::Null), (422, "INVALID_REQUEST", "`workspaceId` is missing")),
        post(
            "/v0/meta/bases",
            base(json!("wsp00000000000000")),
            (404, "MODEL_ID_NOT_FOUND", "`workspaceId` is of no workspace"),
        ),
        post("/v0/meta/bases", base(json!("x")), (404, "MODEL_ID_NOT_FOUND", "`workspaceId` is of no workspace")),
        post(
            &fields,
            json!({ "name": "F", "type": "number" }),
            (422, options, "Failed schema validation: <Field>.options is missing"),
        ),
        post(&fields, json!({ "name": "F", "type": "nope" }), unsupported),
        post(&fields, json!({ "name": "name", "type": "singleLineText" }), (422, field, "exists already")),
        post(&fields, json!({ "name": "", "type": "singleLineText" }), (422, field, "needs a name of 1 to 255")),
        patch(format!("{fields}/Points"), json!({ "name": "NAME" }), (422, field, "exists already")),
        post(&tables, json!({ "name": "tasks", "fields": text }), (422, table, "exists already")),
        patch(format!("{tables}/Tasks"), json!({ "name": "projects" }), (422, table, "exists already")),
        post(&fields, long.clone(), too_long),
        patch(format!("{fields}/Points"), json!({ "description": long["description"] }), too_long),
        patch(format!("{tables}/Tasks"), json!({ "description": long["description"] }), too_long),
        patch(format!("{tables}/Tasks"), json!({ "dateDependencySettings": {} }), not_kept),
    ]
}

#[on_every_database]
async fn every_row_of_the_table_is_answered_so(app: TestApp) {
    let scene = scene(app).await;
    let tables = format!("/v0/meta/bases/{}/tables", scene.base);
    let before = (scene.app.get(&scene.tasks).await, scene.app.get(&tables).await);
    let mut wrong = Vec::new();
    for Row { method, path, body, answer } in
        [reads(&scene), bodies(&scene), forms(&scene), cells(&scene), single(&scene), endless(&scene), schemas(&scene)]
            .into_iter()
            .flatten()
    {
        let shown: String = format!("{method} {path} {body}").chars().take(160).collect();
        let (status, got) = scene.app.send(method, &path, Some(&scene.app.token), body).await;
        let (expected, name, words) = answer;
        let fits = match &got["error"] {
            Value::String(bare) => words.is_empty() && bare == name,
            told => told["type"] == name && !words.is_empty() && told["message"].as_str().unwrap_or("").contains(words),
        };
        if status != expected || !fits {
            wrong.push(format!("{shown}: {status} {got}, not {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((scene.app.get(&scene.tasks).await, scene.app.get(&tables).await), before, "nothing was changed");
}

#[on_every_database]
async fn a_body_may_begin_with_the_mark_of_its_encoding(app: TestApp) {
    let base = app.plans().await;
    let body = "\u{FEFF}{\"fields\":{\"Name\":\"a\"}}".to_owned();
    let (status, made) = app.send(Method::POST, &format!("/v0/{base}/Tasks"), Some(&app.token), body).await;
    assert_eq!((status, &made["fields"]["Name"]), (200, &json!("a")), "{made}");
}

#[on_every_database]
async fn who_may_not_write_is_told_so(app: TestApp) {
    let Scene { app, base, tasks, task, .. } = scene(app).await;
    let (_, token) = app.person("gus", "readOnly").await;
    let meta = format!("/v0/meta/bases/{base}/tables");
    let own = format!("/api/v1/bases/{base}");
    let workspace = app.workspace().await;
    let table = app.get(&meta).await["tables"][0]["id"].as_str().unwrap().to_owned();
    let (in_table, in_base) = (format!("in table Tasks ({table})"), format!("in base Plans ({base})"));
    let one = json!({ "fields": {} });
    let both = json!({ "performUpsert": { "fieldsToMergeOn": ["Name"] }, "records": [{ "fields": { "Name": "x" } }] });
    let new = json!({ "name": "New", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    let base_of = json!({ "name": "New", "workspaceId": workspace, "tables": [new] });
    let by_id = format!("/v0/{base}/{table}");
    let refused = [
        (Method::POST, &tasks, &one, format!("create records {in_table}")),
        (Method::POST, &by_id, &one, format!("create records {in_table}")),
        (Method::PATCH, &format!("{tasks}/{task}"), &one, format!("update records {in_table}")),
        (Method::PATCH, &tasks, &both, format!("create and update records {in_table}")),
        (Method::DELETE, &format!("{tasks}/{task}"), &Value::Null, format!("delete records {in_table}")),
        (Method::POST, &format!("/v0/{base}/Nope"), &one, format!("create records {in_base}")),
        (
            Method::POST,
            &format!("{tasks}/{task}/comments"),
            &json!({ "text": "a" }),
            format!("comment on records {in_table}"),
        ),
        (Method::POST, &meta, &new, format!("create, change or delete tables and fields {in_base}")),
        (
            Method::POST,
            &format!("{own}/tables/Tasks/views"),
            &json!({ "name": "V", "type": "grid" }),
            format!("create, change or delete views {in_base}"),
        ),
        (Method::GET, &format!("/v0/bases/{base}/webhooks"), &Value::Null, format!("manage webhooks {in_base}")),
        (Method::POST, &format!("{own}/undo"), &Value::Null, format!("create, change or delete records {in_base}")),
    ];
    for (method, path, body, words) in &refused {
        let (status, answer) = app.call_as(&token, method.clone(), path, body).await;
        let said = answer["error"]["message"].as_str().or_else(|| answer["detail"].as_str()).unwrap_or_default();
        assert_eq!(
            (status, said),
            (403, format!("You are not permitted to {words}").as_str()),
            "{method} {path}: {answer}"
        );
    }
    let (_, answer) = app.call_as(&token, Method::POST, "/v0/meta/bases", &base_of).await;
    assert_eq!(answer["error"]["type"], "INVALID_PERMISSIONS");
    let said = answer["error"]["message"].as_str().unwrap();
    assert!(
        said.starts_with("You are not permitted to create bases in workspace ") && said.contains(&workspace),
        "{said}"
    );
}

#[on_every_database]
async fn what_a_role_does_not_permit_is_told_in_sentences(app: TestApp) {
    let (base, gone) = (app.plans().await, app.plans().await);
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{gone}"), &Value::Null).await;
    let (ed, editor) = app.person("ed", "editor").await;
    let workspace = app.workspace().await;
    let name = app.get(&format!("/v0/meta/workspaces/{workspace}")).await["name"].as_str().unwrap().to_owned();
    let (in_base, in_workspace) = (format!("in base Plans ({base})"), format!("in workspace {name} ({workspace})"));
    let account = app.get("/api/v1/users").await["enterpriseAccountId"].as_str().unwrap().to_owned();
    let account = format!("/v0/meta/enterpriseAccounts/{account}");
    let role = json!({ "collaborators": [{ "user": { "id": ed }, "permissionLevel": "edit" }] });
    let kept = json!({ "records": [{ "id": ABSENT, "fields": {} }] });
    let (meta, trash) = (format!("/v0/meta/bases/{base}"), format!("/api/v1/trash/bases/{gone}"));
    let part = format!("/api/v1/bases/{base}/trash/fld00000000000000");
    let roles = format!("/v0/meta/workspaces/{workspace}/collaborators");
    let (remove, give) = ("remove anything for good from the trash", "give or take away roles and links");
    let refused = [
        (Method::DELETE, meta.clone(), &Value::Null, "delete this base".to_owned()),
        (Method::POST, format!("{trash}/restore"), &Value::Null, format!("delete or bring back bases {in_workspace}")),
        (Method::DELETE, trash, &Value::Null, format!("{remove} {in_workspace}")),
        (Method::DELETE, part, &Value::Null, format!("{remove} {in_base}")),
        (
            Method::POST,
            format!("/v0/{base}/Tasks?keepIds=true"),
            &kept,
            format!("choose the ids of what you create {in_base}"),
        ),
        (Method::POST, format!("{meta}/collaborators"), &role, format!("{give} in base {base}")),
        (Method::POST, roles, &role, format!("{give} {in_workspace}")),
        (Method::GET, "/api/v1/users".to_owned(), &Value::Null, format!("add or list people {in_workspace}")),
        (Method::GET, account.clone(), &Value::Null, "read about the enterprise account".to_owned()),
        (
            Method::GET,
            format!("{account}/users?id={ed}"),
            &Value::Null,
            "read about the people of the enterprise account".to_owned(),
        ),
        (Method::GET, format!("{account}/auditLogEvents"), &Value::Null, "read the audit trail".to_owned()),
    ];
    let mut wrong = Vec::new();
    for (method, path, body, words) in refused {
        let (status, answer) = app.call_as(&editor, method.clone(), &path, body).await;
        let said = answer["error"]["message"].as_str().or_else(|| answer["detail"].as_str()).unwrap_or_default();
        if (status, said) != (403, &format!("You are not permitted to {words}")) {
            wrong.push(format!("{method} {path}: {status} {answer}, not {words}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[on_every_database]
async fn who_may_not_see_what_there_is_hears_no_names(app: TestApp) {
    let base = app.plans().await;
    let workspace = app.workspace().await;
    let scopes = json!({ "name": "narrow", "scopes": ["data.records:write"] });
    let (nan, token) = app.person("nan", "owner").await;
    let narrow = app.call_as(&token, Method::POST, "/api/v1/tokens", &scopes).await.1["token"].clone();
    let place = format!("/v0/meta/workspaces/{workspace}/collaborators/{nan}");
    app.ok(Method::PATCH, &place, &json!({ "permissionLevel": "read" })).await;
    let (status, answer) = app
        .call_as(narrow.as_str().unwrap(), Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": {} }))
        .await;
    let words = format!("You are not permitted to create records in base {base}");
    assert_eq!((status, &answer["error"]["message"]), (403, &json!(words)));
}

#[on_every_database]
async fn an_eleventh_webhook_is_refused(app: TestApp) {
    let base = app.plans().await;
    let hooks = format!("/v0/bases/{base}/webhooks");
    let body = json!({ "specification": { "options": { "filters": { "dataTypes": ["tableData"] } } } });
    for _ in 0..10 {
        app.ok(Method::POST, &hooks, &body).await;
    }
    let (status, answer) = app.call(Method::POST, &hooks, &body).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_REQUEST_UNKNOWN")), "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("10 webhooks already"), "{answer}");
}

/// A house whose clock stands still until it is moved.
struct Waiting {
    app: TestApp,
    clock: Clock,
}

impl ForDatabase for Waiting {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        Self { app, clock }
    }
}

#[on_every_database]
async fn a_list_that_nobody_went_on_with_is_over(waiting: Waiting) {
    let Waiting { app, clock } = waiting;
    let Scene { app, tasks, .. } = scene(app).await;
    let list = format!("{tasks}?pageSize=1&sort[0][field]=Name");
    let offset = app.get(&list).await["offset"].as_str().unwrap().to_owned();
    app.ok(Method::POST, &tasks, &json!({ "fields": {} })).await;
    // Others' lists push out the order that was kept for this one.
    for other in 0..256 {
        app.get(&format!("{tasks}?pageSize=1&filterByFormula=No%3C{}", 100 + other)).await;
    }
    let next = format!("{list}&offset={offset}");
    clock.advance(Duration::from_secs(601));
    let (status, answer) = app.call(Method::GET, &next, &Value::Null).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("LIST_RECORDS_ITERATOR_NOT_AVAILABLE")), "{answer}");
}

/// The largest that is taken, and the first that is not.
#[on_every_database]
async fn every_bound_is_where_it_is_said_to_be(app: TestApp) {
    let Scene { app, base, tasks, .. } = scene(app).await;
    let list = format!("{tasks}/listRecords");
    let filter = |formula: String| json!({ "filterByFormula": formula }).to_string();
    let sorts = |count: usize| json!({ "sort": vec![json!({ "field": "Name" }); count] }).to_string();
    let name = |length: usize| json!({ "fields": { "Name": "x".repeat(length) } }).to_string();
    let nested =
        |depth: usize| format!("{{\"fields\":{{}},\"more\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    let keys = |count: usize| {
        let keys: Vec<String> = (0..count - 2).map(|n| format!("\"k{n}\":1")).collect();
        format!("{{\"fields\":{{}},\"more\":{{{}}}}}", keys.join(","))
    };
    let padded = |length: usize| format!("{{\"fields\":{{}}}}{}", " ".repeat(length - 13));
    let terms = |count: usize| {
        let term = json!({ "field": "Name", "op": "=", "value": "x" });
        json!({ "name": format!("v{count}"), "type": "grid", "filter": { "and": vec![term; count] } }).to_string()
    };
    let views = format!("/api/v1/bases/{base}/tables/Tasks/views");
    let cases = [
        (
            "text of a formula",
            &list,
            filter(format!("'{}'", "x".repeat(65_534))),
            filter(format!("'{}'", "x".repeat(65_535))),
            422,
        ),
        (
            "depth of a formula",
            &list,
            filter(format!("{}1{}", "(".repeat(100), ")".repeat(100))),
            filter(format!("{}1{}", "(".repeat(129), ")".repeat(129))),
            422,
        ),
        ("sort keys", &list, sorts(10), sorts(11), 422),
        ("text of a cell", &tasks, name(100_000), name(100_001), 422),
        ("depth of a body", &tasks, nested(64), nested(65), 400),
        ("keys of a body", &tasks, keys(10_000), keys(10_001), 400),
        ("length of a body", &tasks, padded(2 << 20), padded((2 << 20) + 1), 413),
        ("terms of a filter", &views, terms(100), terms(101), 422),
    ];
    for (bound, path, most, more, refused) in cases {
        let (status, answer) = app.send(Method::POST, path, Some(&app.token), most).await;
        assert!(status < 300, "{bound}: {status} {answer}");
        let (status, answer) = app.send(Method::POST, path, Some(&app.token), more).await;
        assert_eq!(status, refused, "{bound}: {answer}");
    }
    // What a formula makes is cut off as an error of its cell.
    let rept = |count: usize| format!("{tasks}?filterByFormula=LEN(REPT('x',{count}))={count}&maxRecords=1");
    let found = async |count: usize| app.get(&rept(count)).await["records"].as_array().unwrap().len();
    assert_eq!((found(100_000).await, found(100_001).await), (1, 0), "text that a formula makes");
}

#[on_every_database]
async fn what_the_meta_api_lacks_is_not_taken_for_a_base(app: TestApp) {
    for path in ["/v0/meta/groups/ugp00000000000000", "/v0/meta/nothing", "/v0/meta/nothing/at/all"] {
        let (status, answer) = app.call(Method::GET, path, &Value::Null).await;
        assert_eq!((status, &answer["error"]), (404, &json!("NOT_FOUND")), "{path}: {answer}");
    }
}
