//! Moving a base with its ids, as an import from Airtable does.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::{Near, TestApp};

const BASE: &str = "appImported000001";

fn table(id: &str, name: &str, fields: &[Value]) -> Value {
    json!({ "id": id, "name": name, "fields": fields })
}

fn text(id: &str, name: &str) -> Value {
    json!({ "id": id, "name": name, "type": "singleLineText" })
}

async fn moved(app: &TestApp) {
    let state = json!({ "id": "fldState000000001", "name": "State", "type": "singleSelect", "options": { "choices": [
        { "id": "selOpen0000000001", "name": "Open", "color": "redBright" }, { "id": "selDone0000000001", "name": "Done" },
    ]}});
    let body = json!({ "id": BASE, "name": "Moved", "workspaceId": app.workspace().await, "tables": [
        table("tblTasks000000001", "Tasks", &[text("fldName0000000001", "Name"), state]),
        table("tblPeople00000001", "People", &[text("fldName0000000002", "Name")]),
    ]});
    let base = app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    assert_eq!(base["id"], BASE);
    let link = json!({ "id": "fldWho00000000001", "name": "Who", "type": "multipleRecordLinks", "options": {
        "linkedTableId": "tblPeople00000001", "inverseLinkFieldId": "fldTasks000000001", "inverseName": "Their tasks" } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{BASE}/tables/Tasks/fields?keepIds=true"), &link).await;
}

#[on_every_database]
async fn a_base_is_moved_with_every_id(app: TestApp) {
    moved(&app).await;
    let tables = app.get(&format!("/v0/meta/bases/{BASE}/tables")).await;
    let fields = |table: usize| -> Vec<(String, String)> {
        let fields = tables["tables"][table]["fields"].as_array().unwrap().iter();
        let named = |field: &Value, key: &str| field[key].as_str().unwrap().to_owned();
        fields.map(|field| (named(field, "id"), named(field, "name"))).collect()
    };
    let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    assert_eq!(tables["tables"][0]["id"], "tblTasks000000001");
    assert_eq!(tables["tables"][0]["primaryFieldId"], "fldName0000000001");
    let expected =
        [pair("fldName0000000001", "Name"), pair("fldState000000001", "State"), pair("fldWho00000000001", "Who")];
    assert_eq!(fields(0), expected);
    assert_eq!(fields(1), [pair("fldName0000000002", "Name"), pair("fldTasks000000001", "Their tasks")]);
    let choices = &tables["tables"][0]["fields"][1]["options"]["choices"];
    assert_eq!((&choices[0]["id"], &choices[1]["id"]), (&json!("selOpen0000000001"), &json!("selDone0000000001")));

    let people = json!({ "records": [{ "id": "recAnn00000000001", "fields": { "Name": "Ann" } }] });
    app.ok(Method::POST, &format!("/v0/{BASE}/People?keepIds=1"), &people).await;
    let tasks = json!({ "records": [
        { "id": "recTask0000000002", "fields": { "Name": "b", "Who": ["recAnn00000000001"] } },
        { "id": "recTask0000000001", "fields": { "Name": "a", "State": "Open" } },
    ]});
    let made = app.ok(Method::POST, &format!("/v0/{BASE}/tblTasks000000001?keepIds=true"), &tasks).await;
    assert_eq!(made["records"][0]["id"], "recTask0000000002");
    let ann = app.get(&format!("/v0/{BASE}/People/recAnn00000000001")).await;
    assert_eq!(ann["fields"]["Their tasks"], json!(["recTask0000000002"]));
    let found = app.get(&format!("/v0/{BASE}/Tasks?filterByFormula=RECORD_ID()%3D'recTask0000000001'")).await;
    assert_eq!(found["records"][0]["fields"]["State"], "Open");
}

#[on_every_database]
async fn an_id_is_kept_once_and_only_when_asked(app: TestApp) {
    moved(&app).await;
    let record = |id: Value| json!({ "records": [{ "id": id, "fields": { "Name": "x" } }] });
    let tasks = format!("/v0/{BASE}/Tasks");
    let made = app.ok(Method::POST, &tasks, &record(json!("recTask0000000001"))).await;
    assert_ne!(made["records"][0]["id"], "recTask0000000001", "clients that copy records get new ids");
    let kept = format!("{tasks}?keepIds=true");
    app.ok(Method::POST, &kept, &record(json!("recTask0000000001"))).await;
    app.ok(Method::DELETE, &format!("{tasks}/recTask0000000001"), &Value::Null).await;
    let twice = json!({ "records": [
        { "id": "recTask0000000005", "fields": {} }, { "id": "recTask0000000005", "fields": {} },
    ]});
    for (body, words) in [
        (record(json!("recTask0000000001")), "`recTask0000000001` is in use already, or was once"),
        (twice, "`recTask0000000005` is in use already"),
        (record(json!("rec1")), "Record 0: with keepIds every record needs an `id`"),
        (record(Value::Null), "Record 0: with keepIds every record needs an `id`"),
    ] {
        let (status, answer) = app.call(Method::POST, &kept, &body).await;
        assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_RECORDS")), "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let fields = format!("/v0/meta/bases/{BASE}/tables/Tasks/fields?keepIds=true");
    let tables = format!("/v0/meta/bases/{BASE}/tables?keepIds=true");
    let choices =
        json!({ "choices": [{ "id": "selA0000000000001", "name": "a" }, { "id": "selA0000000000001", "name": "b" }] });
    let twice = json!({ "id": "fldOther000000001", "name": "Other", "type": "singleSelect", "options": choices });
    for (path, body, words) in [
        (&fields, text("fldName0000000002", "Other"), "`fldName0000000002` is in use already"),
        (&fields, text("fld", "Other"), "`fld` is not an id of the form `fld` + 14 letters or digits"),
        (&fields, twice, "`selA0000000000001` is in use already"),
        (
            &tables,
            table("tblTasks000000001", "New", &[text("fldNew00000000001", "Name")]),
            "`tblTasks000000001` is in use",
        ),
        (
            &tables,
            table("tblNew00000000001", "New", &[text("fldName0000000001", "Name")]),
            "`fldName0000000001` is in use",
        ),
    ] {
        let (status, answer) = app.call(Method::POST, path, &body).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let again = json!({ "id": BASE, "name": "Again", "workspaceId": app.workspace().await,
        "tables": [table("tblTasks000000001", "Tasks", &[text("fldName0000000001", "Name")])] });
    let (status, answer) = app.call(Method::POST, "/v0/meta/bases?keepIds=true", &again).await;
    assert_eq!(status, 422, "{answer}");
    let made = app.ok(Method::POST, "/v0/meta/bases", &again).await;
    assert_ne!(made["id"], BASE);
    assert_ne!(made["tables"][0]["id"], "tblTasks000000001");
}

#[on_every_database]
async fn views_are_moved_with_their_ids(app: TestApp) {
    moved(&app).await;
    let tables = format!("/v0/meta/bases/{BASE}/tables");
    let mut new = table("tblOther000000001", "Other", &[text("fldOther000000001", "Name")]);
    new["views"] = json!([
        { "id": "viwAll00000000001", "name": "All", "type": "grid" },
        { "id": "viwMonth000000001", "name": "Month", "type": "calendar" },
        { "name": "Cards", "type": "gallery" },
    ]);
    let made = app.ok(Method::POST, &format!("{tables}?keepIds=true"), &new).await;
    assert_eq!((&made["views"][0], &made["views"][1]), (&new["views"][0], &new["views"][1]));
    assert_eq!((made["views"].as_array().map(Vec::len), &made["views"][2]["name"]), (Some(3), &json!("Cards")));
    let listed = app.get(&format!("/v0/{BASE}/Other?view=viwAll00000000001")).await;
    assert_eq!(listed["records"], json!([]));
    let view = |id: &str, name: &str, of: &str| json!({ "id": id, "name": name, "type": of });
    for (views, words) in [
        (json!([view("viwAll00000000001", "A", "grid")]), "`viwAll00000000001` is in use already"),
        (
            json!([view("viwNew00000000001", "A", "grid"), view("viwNew00000000001", "B", "grid")]),
            "`viwNew00000000001` is in use already",
        ),
        (json!([view("viw1", "A", "grid")]), "`viw1` is not an id of the form `viw`"),
        (json!([view("viwNew00000000001", "A", "pyramid")]), "`views/0/type` is one of grid, form"),
        (json!([{ "name": "A", "type": "grid" }, { "name": "a", "type": "grid" }]), "`a`"),
        (json!([{ "name": " ", "type": "grid" }]), "name"),
        (json!([{ "name": "A" }]), "`views`: `type` is missing"),
        (json!([["viwNew00000000001", "A", "grid"]]), "`views`: must be an object, not a list"),
        (json!("grid"), "`views`: must be a list, not the text"),
    ] {
        let mut new = table("tblNew00000000001", "New", &[text("fldNew00000000001", "Name")]);
        new["views"] = views;
        let (status, answer) = app.call(Method::POST, &format!("{tables}?keepIds=true"), &new).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{words}: {answer}");
    }
    let mut more = table("tblMore0000000001", "More", &[text("fldMore0000000001", "Name")]);
    let mut own = view("viwOwn00000000001", "Mine", "grid");
    own["personalForUserId"] = json!("usrElsewhere00001");
    let kinds = ["block", "gantt", "list", "section"];
    let grids = kinds.iter().enumerate().map(|(at, kind)| view(&format!("viwGrid000000000{at}"), kind, kind));
    more["views"] = grids.chain([own]).collect();
    let made = app.ok(Method::POST, &format!("{tables}?keepIds=true"), &more).await;
    let taken = kinds.iter().enumerate().map(|(at, kind)| view(&format!("viwGrid000000000{at}"), kind, "grid"));
    assert_eq!(made["views"], taken.collect::<Value>());
    // Clients that copy a schema send whatever views the other base has.
    let mut copy = table("tblOther000000001", "Copy", &[text("fldOther000000001", "Name")]);
    copy["views"] = json!([view("viwAll00000000001", "All", "block")]);
    let made = app.ok(Method::POST, &tables, &copy).await;
    assert_eq!(made["views"][0]["name"], "Grid view");
}

/// A base with fields of every computed type, some before what they need, and links among tables and within one.
async fn full(app: &TestApp) -> String {
    let base = app.plans().await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let first = app.get(&tables).await["tables"][0]["id"].clone();
    let through = |more: Value| {
        let mut options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Points" });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        options
    };
    for (table, name, kind, options) in [
        ("Projects", "All", "multipleLookupValues", through(json!({}))),
        ("Projects", "Sum", "rollup", through(json!({ "formula": "SUM(values)" }))),
        ("Projects", "Count", "count", json!({ "recordLinkFieldId": "Tasks" })),
        ("Projects", "Early", "formula", json!({ "formula": "1" })),
        ("Projects", "Late", "formula", json!({ "formula": "{Sum} * 2" })),
        ("Tasks", "After", "multipleRecordLinks", json!({ "linkedTableId": first })),
        ("Tasks", "Changed", "lastModifiedTime", json!({ "referencedFieldIds": ["Points"] })),
        ("Tasks", "By", "lastModifiedBy", Value::Null),
        ("Tasks", "Open", "button", json!({ "label": "Open", "formula": "'https://example.org/' & {Name}" })),
        ("Tasks", "Told", "aiText", json!({ "prompt": ["of ", { "field": { "fieldId": "Name" } }] })),
        ("Tasks", "Made", "createdTime", Value::Null),
        ("Tasks", "Files", "multipleAttachments", Value::Null),
    ] {
        let mut field = json!({ "name": name, "type": kind });
        if !options.is_null() {
            field["options"] = options;
        }
        app.ok(Method::POST, &format!("{tables}/{table}/fields"), &field).await;
    }
    for (table, field, options) in [
        ("Projects", "Early", json!({ "formula": "{Late} + 1" })),
        ("Tasks", "Double", json!({ "formula": "IF({Made}, {Points} * 2)" })),
        ("Tasks", "Project", json!({ "prefersSingleRecordLink": true, "viewIdForRecordSelection": "Grid view" })),
    ] {
        app.ok(Method::PATCH, &format!("{tables}/{table}/fields/{field}"), &json!({ "options": options })).await;
    }
    base
}

#[on_every_database]
async fn the_schema_that_is_answered_makes_the_same_base(app: TestApp) {
    let base = full(&app).await;
    let told = app.get(&format!("/v0/meta/bases/{base}/tables?include=visibleFieldIds")).await;
    let other = "appMoved000000001";
    let body = json!({ "id": other, "name": "Moved", "workspaceId": app.workspace().await, "tables": told["tables"] });
    let made = app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    assert_eq!(made["id"], other);
    let moved = app.get(&format!("/v0/meta/bases/{other}/tables?include=visibleFieldIds")).await;
    assert_eq!(moved, told);

    let project = json!({ "fields": { "Title": "House" } });
    let project = app.ok(Method::POST, &format!("/v0/{other}/Projects"), &project).await["id"].clone();
    let task = json!({ "fields": { "Name": "Paint", "Points": 2, "Project": [project] } });
    app.ok(Method::POST, &format!("/v0/{other}/Tasks"), &task).await;
    let project = app.get(&format!("/v0/{other}/Projects/{}", project.as_str().unwrap())).await;
    assert_eq!((&project["fields"]["Early"], &project["fields"]["All"]), (&json!(5), &json!([2])), "{project}");
}

/// Two tables as Airtable's API lists them: of rollups it tells what comes out, and not how.
fn listed() -> Value {
    let number = json!({ "type": "number", "options": { "precision": 0 } });
    let rollup = |id: &str, name: &str, link: &str, field: &str, result: &Value| {
        json!({ "id": id, "name": name, "type": "rollup", "options": { "isValid": true, "recordLinkFieldId": link,
            "fieldIdInLinkedTable": field, "referencedFieldIds": [], "result": result } })
    };
    let formula = |id: &str, name: &str, text: &str, of: &str, result: &Value| {
        json!({ "id": id, "name": name, "type": "formula", "options": { "isValid": true, "formula": text,
            "referencedFieldIds": [of], "result": result } })
    };
    json!([
        table(
            "tblTasks000000001",
            "Tasks",
            &[
                formula(
                    "fldLevel000000001",
                    "Level",
                    "{fldOfAll000000001} & '!'",
                    "fldOfAll000000001",
                    &json!({ "type": "singleLineText" })
                ),
                text("fldName0000000001", "Name"),
                json!({ "id": "fldPoints00000001", "name": "Points", "type": "number", "options": { "precision": 0 } }),
                json!({ "id": "fldProject0000001", "name": "Project", "type": "multipleRecordLinks", "options": {
                "linkedTableId": "tblProjects000001", "isReversed": false, "prefersSingleRecordLink": true,
                "inverseLinkFieldId": "fldTasks000000001" } }),
                json!({ "id": "fldOfAll000000001", "name": "Of all", "type": "multipleLookupValues", "options": { "isValid": true,
                "recordLinkFieldId": "fldProject0000001", "fieldIdInLinkedTable": "fldTwice000000001", "result": number } }),
            ]
        ),
        table(
            "tblProjects000001",
            "Projects",
            &[
                text("fldTitle000000001", "Title"),
                formula("fldTwice000000001", "Twice", "{fldSum00000000001}*2", "fldSum00000000001", &number),
                rollup("fldSum00000000001", "Sum", "fldTasks000000001", "fldPoints00000001", &number),
                rollup("fldWords000000001", "Words", "fldTasks000000001", "fldName0000000001", &Value::Null),
                json!({ "id": "fldTasks000000001", "name": "Tasks", "type": "multipleRecordLinks", "options": {
                "linkedTableId": "tblTasks000000001", "isReversed": true, "prefersSingleRecordLink": false,
                "inverseLinkFieldId": "fldProject0000001" } }),
            ]
        ),
    ])
}

const UNTOLD: &str =
    "Airtable's API does not tell the formula of a rollup: set `options.formula`, such as `SUM(values)`";

/// Makes the base of [`listed`], with a project of five points; answers the address of the project.
async fn waiting(app: &TestApp) -> String {
    let mut body = json!({ "id": BASE, "name": "Moved", "workspaceId": app.workspace().await, "tables": listed() });
    body["tables"][0]["primaryFieldId"] = json!("fldName0000000001");
    app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    let project = json!({ "fields": { "Title": "House" } });
    let project = app.ok(Method::POST, &format!("/v0/{BASE}/Projects"), &project).await["id"].clone();
    for points in [2, 3] {
        let task = json!({ "fields": { "Name": "Paint", "Points": points, "Project": [project] } });
        app.ok(Method::POST, &format!("/v0/{BASE}/Tasks"), &task).await;
    }
    format!("/v0/{BASE}/Projects/{}", project.as_str().unwrap())
}

fn options(told: &Value, (table, field): (usize, usize)) -> Value {
    told[table]["fields"][field]["options"].clone()
}

#[on_every_database]
async fn a_rollup_as_airtable_lists_it_waits_for_its_formula(app: TestApp) {
    let project = waiting(&app).await;
    let tables = format!("/v0/meta/bases/{BASE}/tables");
    let told = app.get(&tables).await["tables"].clone();
    let number = json!({ "type": "number", "options": { "precision": 8 } });
    let sum = json!({ "isValid": false, "error": UNTOLD, "recordLinkFieldId": "fldTasks000000001",
        "fieldIdInLinkedTable": "fldPoints00000001", "formula": null, "referencedFieldIds": [], "result": number });
    assert_eq!(options(&told, (1, 2)), sum);
    assert_eq!(options(&told, (1, 3))["result"], json!({ "type": "singleLineText" }));
    for (place, reason) in [
        ((1, 1), format!("it needs `Sum`, which is not computed: {UNTOLD}")),
        ((0, 4), format!("it needs `Twice` of `Projects`, which is not computed: {UNTOLD}")),
        ((0, 0), format!("it needs `Of all`, which is not computed: {UNTOLD}")),
    ] {
        let options = options(&told, place);
        let said = (&options["isValid"], &options["error"], &options["result"]);
        assert_eq!(said, (&json!(false), &json!(reason), &Value::Null), "{options}");
    }
    let house = app.get(&project).await["fields"].clone();
    for field in ["Sum", "Twice", "Words"] {
        assert_eq!(house[field], json!({ "error": "#ERROR!" }), "{field}");
    }

    // What is told of it makes such a base again.
    let body =
        json!({ "id": "appMoved000000001", "name": "Again", "workspaceId": app.workspace().await, "tables": told });
    app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    assert_eq!(app.get("/v0/meta/bases/appMoved000000001/tables").await["tables"], told);

    let described = json!({ "description": "points" });
    let described = app.ok(Method::PATCH, &format!("{tables}/Projects/fields/Sum"), &described).await;
    assert_eq!(described["options"], sum);
}

#[on_every_database]
async fn its_formula_makes_a_rollup_whole_and_what_is_made_of_it(app: TestApp) {
    let project = waiting(&app).await;
    let tables = format!("/v0/meta/bases/{BASE}/tables");
    let field = format!("{tables}/Projects/fields/Sum");
    for options in [json!({}), json!({ "fieldIdInLinkedTable": "Name" })] {
        let (status, answer) = app.call(Method::PATCH, &field, &json!({ "options": options })).await;
        let said = answer["error"]["message"].as_str().unwrap();
        assert!(status == 422 && said.contains("options.formula is missing: it must be a formula over"), "{said}");
    }
    // What asks for errors has a value all the same.
    let safe = json!({ "name": "Safe", "type": "formula", "options": { "formula": "IFERROR({Sum}, 'none')" } });
    let safe = app.ok(Method::POST, &format!("{tables}/Projects/fields"), &safe).await;
    assert_eq!(
        (&safe["options"]["isValid"], &app.get(&project).await["fields"]["Safe"]),
        (&json!(true), &json!("none"))
    );
    let whole = app.ok(Method::PATCH, &field, &json!({ "options": { "formula": "SUM(values)" } })).await;
    let sum = (&whole["id"], &whole["options"]["isValid"], &whole["options"]["formula"], &whole["options"]["error"]);
    assert_eq!(sum, (&json!("fldSum00000000001"), &json!(true), &json!("SUM(values)"), &Value::Null));
    let told = app.get(&tables).await["tables"].clone();
    for place in [(1, 1), (0, 4), (0, 0)] {
        let options = options(&told, place);
        assert_eq!((&options["isValid"], &options["error"]), (&json!(true), &Value::Null), "{options}");
    }
    let house = app.get(&project).await["fields"].clone();
    assert_eq!((&house["Sum"], &house["Twice"]), (&json!(5), &json!(10)));
    let tasks = app.get(&format!("/v0/{BASE}/Tasks")).await;
    let task = &tasks["records"][0]["fields"];
    assert_eq!((&task["Of all"], &task["Level"]), (&json!([10]), &json!("10!")));
    // What comes out may be of another type than Airtable told.
    let joined = json!({ "options": { "formula": "ARRAYJOIN(values, '+')" } });
    let joined = app.ok(Method::PATCH, &field, &joined).await;
    assert_eq!(joined["options"]["result"]["type"], "singleLineText");
    assert_eq!(app.get(&project).await["fields"]["Sum"], "2+3");
}

#[on_every_database]
async fn only_what_keeps_its_id_may_lack_a_formula(app: TestApp) {
    let base = full(&app).await;
    let tables = format!("/v0/meta/bases/{base}/tables");
    let rollup = json!({ "id": "fldNew00000000001", "name": "New", "type": "rollup", "options": {
        "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Points", "result": { "type": "number" } } });
    let fields = format!("{tables}/Projects/fields");
    let (status, answer) = app.call(Method::POST, &fields, &rollup).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE")), "{answer}");
    let missing = "options.formula is missing: it must be a formula over `values`, such as `SUM(values)`";
    assert!(answer["error"]["message"].as_str().unwrap().contains(missing), "{answer}");
    let convert = format!("/api/v1/bases/{base}/tables/Projects/fields/Early/convert");
    let (status, answer) =
        app.call(Method::POST, &convert, &json!({ "type": "rollup", "options": rollup["options"] })).await;
    assert!(status == 422 && answer.to_string().contains(missing), "{answer}");
    let made = app.ok(Method::POST, &format!("{fields}?keepIds=true"), &rollup).await;
    assert_eq!((&made["id"], &made["options"]["isValid"]), (&json!("fldNew00000000001"), &json!(false)), "{made}");
    let mut empty = rollup.clone();
    (empty["id"], empty["name"], empty["options"]["formula"]) =
        (json!("fldNew00000000002"), json!("Empty"), json!(" "));
    let (status, answer) = app.call(Method::POST, &format!("{fields}?keepIds=true"), &empty).await;
    assert_eq!(status, 422, "{answer}");
}

#[on_every_database]
async fn what_is_wrong_in_a_moved_base_is_named_with_its_place(app: TestApp) {
    let base = full(&app).await;
    let told = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let mut body = json!({ "id": "appMoved000000001", "name": "Moved", "workspaceId": app.workspace().await });
    body["tables"] = told["tables"].clone();
    let fields = body["tables"][1]["fields"].as_array_mut().unwrap();
    let at = fields.iter().position(|field| field["name"] == "Sum").unwrap();
    fields.remove(at);
    let late = fields.iter().position(|field| field["name"] == "Late").unwrap();
    let (status, answer) = app.call(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    assert_eq!((status, &answer["error"]["type"]), (422, &json!("INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE")), "{answer}");
    let said = answer["error"]["message"].as_str().unwrap();
    assert!(said.starts_with(&format!("/tables/1/fields/{late}: invalid formula in `Late`")), "{said}");
}

#[on_every_database]
async fn a_base_that_was_removed_for_good_gives_its_ids_free(app: TestApp) {
    moved(&app).await;
    let people = json!({ "records": [{ "id": "recAnn00000000001", "fields": { "Name": "Ann" } }] });
    app.ok(Method::POST, &format!("/v0/{BASE}/People?keepIds=true"), &people).await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{BASE}"), &Value::Null).await;
    let again = json!({ "id": BASE, "name": "Again", "workspaceId": app.workspace().await,
        "tables": [table("tblTasks000000001", "Tasks", &[text("fldName0000000001", "Name")])] });
    let (status, answer) = app.call(Method::POST, "/v0/meta/bases?keepIds=true", &again).await;
    assert_eq!(status, 422, "{answer}");
    let said = answer["error"]["message"].as_str().unwrap();
    assert!(said.contains("is in use already, by a base that may be in the trash"), "{said}");
    for _ in 0..2 {
        let (status, answer) = app.call(Method::DELETE, &format!("/api/v1/trash/bases/{BASE}"), &Value::Null).await;
        assert_eq!(status / 100, 2, "{answer}");
        moved(&app).await;
        assert_eq!(app.get(&format!("/v0/{BASE}/People")).await["records"], json!([]));
        app.ok(Method::POST, &format!("/v0/{BASE}/People?keepIds=true"), &people).await;
        app.ok(Method::DELETE, &format!("/v0/meta/bases/{BASE}"), &Value::Null).await;
    }
    app.ok(Method::POST, &format!("/api/v1/trash/bases/{BASE}/restore"), &Value::Null).await;
    assert_eq!(app.get(&format!("/v0/{BASE}/People")).await["records"][0]["id"], "recAnn00000000001");
}

#[on_every_database]
async fn records_are_moved_as_they_are_told(app: Near) {
    let app = &app.0;
    moved(app).await;
    let fields = format!("/v0/meta/bases/{BASE}/tables/Tasks/fields");
    for (name, kind, options) in [
        ("Owner", "singleCollaborator", Value::Null),
        ("Others", "multipleCollaborators", Value::Null),
        ("Files", "multipleAttachments", Value::Null),
        ("Told", "formula", json!({ "formula": "CREATED_TIME()" })),
    ] {
        let mut field = json!({ "name": name, "type": kind });
        if !options.is_null() {
            field["options"] = options;
        }
        app.ok(Method::POST, &fields, &field).await;
    }
    let (ann, _) = app.person("ann", "editor").await;
    let told = json!({ "id": "usrElsewhere00001", "email": "ann@example.org", "name": "Ann" });
    let file = json!({ "id": "attElsewhere00001", "url": "https://example.org/a.png", "filename": "a.png", "size": 3 });
    let (first, second) = ("2020-01-01T00:00:00.000Z", "2021-06-01T12:30:00.000Z");
    let task = |id: &str, time: &str| json!({ "id": id, "createdTime": time, "fields": { "Owner": told, "Others": [told], "Files": [file] } });
    let tasks = format!("/v0/{BASE}/Tasks");
    let one = json!({ "records": [task("recTask0000000001", first)] });
    let made = app.ok(Method::POST, &format!("{tasks}?keepIds=true"), &one).await;
    assert_eq!(made["records"][0]["createdTime"], first);
    let line = task("recTask0000000002", second).to_string();
    let bulk = format!("/api/v1/bases/{BASE}/tables/Tasks/records:bulk?keepIds=true");
    let (status, answer) = app.raw(Method::POST, &bulk, line).await;
    assert!(status == 200 && answer.contains("recTask0000000002"), "{answer}");

    let earlier = format!("{tasks}?filterByFormula={}", "CREATED_TIME()%3C'2021-01-01'");
    assert_eq!(app.get(&earlier).await["records"][0]["id"], "recTask0000000001");
    for (id, time) in [("recTask0000000001", first), ("recTask0000000002", second)] {
        let held = app.get(&format!("{tasks}/{id}")).await;
        let cells = &held["fields"];
        assert_eq!((&held["createdTime"], &cells["Told"]), (&json!(time), &json!(time)));
        assert_eq!((&cells["Owner"]["id"], &cells["Others"][0]["id"]), (&json!(ann), &json!(ann)));
        assert_eq!(cells["Files"][0]["filename"], "a.png");
        assert_ne!(cells["Files"][0]["id"], "attElsewhere00001");
    }
    // It is kept in the database, not only in memory.
    if app.is_shared() {
        let other = app.neighbour().await;
        assert_eq!(other.get(&format!("{tasks}/recTask0000000001")).await["createdTime"], first);
    }
    let mut wrong = task("recTask0000000003", "yesterday");
    let body = json!({ "records": [wrong] });
    let (status, answer) = app.call(Method::POST, &format!("{tasks}?keepIds=true"), &body).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("`createdTime` is a time"), "{answer}");
    // Without asking for it, ids are those of here.
    wrong["fields"] = json!({ "Owner": told });
    let (status, answer) = app.call(Method::POST, &tasks, &json!({ "records": [wrong] })).await;
    assert_eq!(status, 422, "{answer}");
}

/// What is computed comes with a record and is computed anew here.
#[on_every_database]
async fn a_single_record_is_moved_with_all_its_cells(app: TestApp) {
    moved(&app).await;
    let fields = format!("/v0/meta/bases/{BASE}/tables/Tasks/fields");
    let prompt = json!({ "prompt": ["Say hello to ", { "field": { "fieldId": "fldName0000000001" } }] });
    let names = json!({ "recordLinkFieldId": "fldWho00000000001", "fieldIdInLinkedTable": "fldName0000000002" });
    for (name, kind, options) in [
        ("Twice", "formula", json!({ "formula": "{Name}&{Name}" })),
        ("No", "autoNumber", Value::Null),
        ("Made", "createdTime", Value::Null),
        ("Their names", "multipleLookupValues", names),
        ("Greeting", "aiText", prompt),
    ] {
        let mut field = json!({ "name": name, "type": kind });
        if !options.is_null() {
            field["options"] = options;
        }
        app.ok(Method::POST, &fields, &field).await;
    }
    let told = json!({
        "Name": "Ann", "Twice": "AnnAnn", "No": 435, "Made": "2020-01-01T00:00:00.000Z", "Their names": ["Bea"],
        "Greeting": { "state": "generated", "isStale": false, "value": "Hello" },
    });
    let record = |id: &str| json!({ "id": id, "createdTime": "2020-01-01T00:00:00.000Z", "fields": told });
    let tasks = format!("/v0/{BASE}/Tasks");
    let made = app.ok(Method::POST, &format!("{tasks}?keepIds=true"), &record("recTask0000000001")).await;
    assert_eq!((&made["id"], &made["createdTime"]), (&json!("recTask0000000001"), &json!("2020-01-01T00:00:00.000Z")));
    let list = json!({ "records": [record("recTask0000000002")] });
    let list = app.ok(Method::POST, &format!("{tasks}?keepIds=true"), &list).await;
    let bulk = format!("/api/v1/bases/{BASE}/tables/Tasks/records:bulk?keepIds=true");
    let (_, answer) = app.raw(Method::POST, &bulk, record("recTask0000000003").to_string()).await;
    assert!(answer.contains("\"created\":1"), "{answer}");
    let held = app.get(&format!("{tasks}/recTask0000000003")).await;
    for (no, record) in [&made, &list["records"][0], &held].into_iter().enumerate() {
        let cells = &record["fields"];
        assert_eq!((&cells["Twice"], &cells["Made"]), (&told["Twice"], &told["Made"]), "{record}");
        // Numbers are those of the order here.
        assert_eq!((&cells["No"], cells.get("Their names")), (&json!(no + 1), None), "{record}");
        assert_ne!(cells["Greeting"]["value"], "Hello", "{record}");
    }

    for (path, record, words) in [
        (&*tasks, record("recTask0000000004"), "cannot accept a value because the field is computed"),
        ("", json!({ "fields": { "Name": "x" } }), "with keepIds every record needs an `id`"),
        ("", record("recTask0000000001"), "`recTask0000000001` is in use already"),
        (
            "",
            json!({ "id": "recTask0000000004", "fields": { "Name": "a", "fldName0000000001": "b" } }),
            "is named twice",
        ),
    ] {
        let path = if path.is_empty() { format!("{tasks}?keepIds=true") } else { path.to_owned() };
        let (status, answer) = app.call(Method::POST, &path, &record).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
}

#[on_every_database]
async fn keeping_ids_needs_a_scope_of_its_own(app: TestApp) {
    moved(&app).await;
    let scopes = ["data.records:read", "data.records:write", "schema.bases:read", "schema.bases:write"];
    let (_, token) = app.call(Method::POST, "/api/v1/tokens", &json!({ "name": "writer", "scopes": scopes })).await;
    let token = token["token"].as_str().unwrap_or_else(|| panic!("{token}"));
    let record = json!({ "records": [{ "id": "recTask0000000001", "fields": { "Name": "x" } }] });
    for (path, body) in [
        (format!("/v0/{BASE}/Tasks?keepIds=true"), record.clone()),
        (format!("/v0/{BASE}/Tasks?keepIds=true"), record["records"][0].clone()),
        (format!("/v0/meta/bases/{BASE}/tables/Tasks/fields?keepIds=true"), text("fldNew00000000001", "New")),
        (
            format!("/v0/meta/bases/{BASE}/tables?keepIds=true"),
            table("tblNew00000000001", "New", &[text("fldNew00000000001", "Name")]),
        ),
    ] {
        let (status, answer) = app.send(Method::POST, &path, Some(token), body.to_string()).await;
        assert_eq!(status, 403, "{path}: {answer}");
    }
    let (status, _) = app.send(Method::POST, &format!("/v0/{BASE}/Tasks"), Some(token), record.to_string()).await;
    assert_eq!(status, 200);
}

#[on_every_database]
async fn what_only_airtable_has_does_not_keep_a_table_from_moving(app: TestApp) {
    moved(&app).await;
    let tables = format!("/v0/meta/bases/{BASE}/tables");
    let order = json!({ "id": "fldOrder000000001", "name": "Order", "type": "manualSort" });
    let choice = |id: &str, name: &str| json!({ "id": id, "name": name, "color": "blueLight2" });
    let source = |choices: &[Value]| json!({ "id": "fldSource00000001", "name": "Source", "type": "externalSyncSource", "options": { "choices": choices } });
    let new = |fields: &[Value]| table("tblSynced00000001", "Synced", fields);
    let name = text("fldSynced00000001", "Name");
    let one = choice("selOne00000000001", "one");
    for (fields, words) in [
        (vec![order.clone()], "manualSort"),
        (vec![order.clone(), name.clone()], "manualSort"),
        (
            vec![name.clone(), source(&[one.clone(), choice("selOne00000000001", "two")])],
            "`selOne00000000001` is in use",
        ),
    ] {
        let (status, answer) = app.call(Method::POST, &format!("{tables}?keepIds=true"), &new(&fields)).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let synced = new(&[name, order, source(std::slice::from_ref(&one))]);
    let made = app.ok(Method::POST, &format!("{tables}?keepIds=true"), &synced).await;
    let fields: Vec<&Value> = made["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(fields, ["Name", "Source"]);
    assert_eq!(made["fields"][1]["options"]["choices"], json!([one]), "{made}");
}
