use axum::http::Method;
use clock::{Clock, Ids};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Seed, plant};
use crate::catalog::House;
use crate::inside::Inside;
use crate::settings::{Server, Settings};

/// Plants a seed into a house of its own and answers each table's records, by field names.
async fn planted(seed: &Value) -> anyhow::Result<Vec<(String, Value)>> {
    looked_at(seed, records).await
}

/// Plants a seed into a house of its own and looks at it.
async fn looked_at<T>(seed: &Value, look: impl AsyncFnOnce(&House) -> T) -> anyhow::Result<T> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("seed.json");
    std::fs::write(&path, seed.to_string())?;
    let seed = Seed::read(&path)?;
    let server = Server { data: folder.path().join("data"), ..Server::default() };
    let settings = Settings { server, unsynced: true, ..Settings::default() };
    let source = (Clock::system(), Ids::system());
    let house = House::build(&settings, source, None, CancellationToken::new()).await?;
    let made = plant(&house, &seed).await;
    let seen = look(&house).await;
    house.db().clone().close().await;
    made.map(|()| seen)
}

async fn records(house: &House) -> Vec<(String, Value)> {
    let doors = Inside::new(house).await.unwrap();
    let bases = doors.call(Method::GET, "/v0/meta/bases", &Value::Null).await.unwrap();
    let mut all = Vec::new();
    for base in bases["bases"].as_array().unwrap() {
        let base = base["id"].as_str().unwrap();
        let tables = doors.call(Method::GET, &format!("/v0/meta/bases/{base}/tables"), &Value::Null).await.unwrap();
        for table in tables["tables"].as_array().unwrap() {
            let (id, name) = (table["id"].as_str().unwrap(), table["name"].as_str().unwrap());
            let path = format!("/v0/{base}/{id}?cellFormat=string&timeZone=utc&userLocale=en");
            let listed = doors.call(Method::GET, &path, &Value::Null).await.unwrap();
            let rows = listed["records"].as_array().unwrap().iter().map(|row| row["fields"].clone()).collect();
            all.push((name.to_owned(), Value::Array(rows)));
        }
    }
    all
}

fn text(name: &str) -> Value {
    json!({ "name": name, "type": "singleLineText" })
}

#[tokio::test]
async fn names_are_enough_in_whatever_order() {
    let seed = json!({ "bases": [{ "name": "Plans", "tables": [
        { "name": "Tasks", "fields": [
            text("Name"),
            { "name": "Twice", "type": "formula", "options": { "formula": "{Next} * 2" } },
            { "name": "Next", "type": "formula", "options": { "formula": "{Points} + 1" } },
            { "name": "Points", "type": "number", "options": { "precision": 0 } },
            { "name": "Project", "type": "multipleRecordLinks", "options": { "linkedTableId": "Projects" } },
        ], "records": [
            { "fields": { "Name": "Paint", "Points": 3, "Project": ["House"] } },
            { "fields": { "Name": "Mow", "Points": 4, "Project": "House" } },
            { "fields": {} },
        ] },
        { "name": "Projects", "fields": [
            text("Title"),
            { "name": "Sum", "type": "rollup", "options": {
                "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Twice", "formula": "SUM(values)" } },
        ], "records": [{ "fields": { "Title": "House" } }] },
    ] }, { "name": "Empty", "tables": [{ "name": "T", "fields": [text("Name")] }] }] });
    let made = planted(&seed).await.unwrap();
    let tasks = json!([
        { "Name": "Paint", "Points": "3", "Next": "4", "Twice": "8", "Project": "House" },
        { "Name": "Mow", "Points": "4", "Next": "5", "Twice": "10", "Project": "House" },
        {},
    ]);
    assert_eq!(made[0].1[0], tasks[0]);
    assert_eq!(made[0].1[1], tasks[1]);
    assert_eq!(made[1], ("Projects".to_owned(), json!([{ "Title": "House", "Tasks": "Paint, Mow", "Sum": "18" }])));
    assert_eq!(made[2], ("T".to_owned(), json!([])));
}

#[tokio::test]
async fn answers_of_airtables_api_are_a_seed() {
    let seed = json!({ "bases": [{ "id": "appOLD00000000001", "name": "Plans", "permissionLevel": "create", "tables": [
        { "id": "tblOLD00000000001", "name": "Tasks", "primaryFieldId": "fldOLD00000000002",
            "views": [{ "id": "viwOLD00000000001", "name": "All", "type": "grid", "visibleFieldIds": ["fldOLD00000000002"] }],
            "fields": [
                { "id": "fldOLD00000000001", "name": "Points", "type": "number", "options": { "precision": 0 } },
                { "id": "fldOLD00000000002", "name": "Name", "type": "singleLineText", "description": "what" },
                { "id": "fldOLD00000000003", "name": "In", "type": "multipleRecordLinks", "options": {
                    "linkedTableId": "tblOLD00000000002", "isReversed": false, "prefersSingleRecordLink": true,
                    "inverseLinkFieldId": "fldOLD00000000007" } },
                { "id": "fldOLD00000000004", "name": "Twice", "type": "formula", "options": {
                    "isValid": true, "formula": "{fldOLD00000000001}*2", "referencedFieldIds": ["fldOLD00000000001"],
                    "result": { "type": "number", "options": { "precision": 0 } } } },
            ],
            "records": [
                { "id": "recOLD00000000001", "createdTime": "2026-01-01T00:00:00.000Z", "commentCount": 0,
                    "fields": { "Name": "Paint", "Points": 3, "Twice": 6, "In": ["recOLD00000000009"] } },
            ] },
        { "id": "tblOLD00000000002", "name": "Projects", "primaryFieldId": "fldOLD00000000006", "fields": [
            { "id": "fldOLD00000000006", "name": "Title", "type": "singleLineText" },
            { "id": "fldOLD00000000007", "name": "All tasks", "type": "multipleRecordLinks", "options": {
                "linkedTableId": "tblOLD00000000001", "inverseLinkFieldId": "fldOLD00000000003" } },
            { "id": "fldOLD00000000008", "name": "Points", "type": "multipleLookupValues", "options": {
                "recordLinkFieldId": "fldOLD00000000007", "fieldIdInLinkedTable": "fldOLD00000000004" } },
            { "id": "fldOLD00000000009", "name": "Sum", "type": "rollup", "options": { "isValid": true,
                "recordLinkFieldId": "fldOLD00000000007", "fieldIdInLinkedTable": "fldOLD00000000004",
                "referencedFieldIds": [], "result": { "type": "number", "options": { "precision": 0 } } } },
        ], "records": [
            { "id": "recOLD00000000009", "fields": {
                "Title": "House", "All tasks": ["recOLD00000000001"], "Points": [6], "Sum": 6 } },
        ] },
    ] }] });
    let made = planted(&seed).await.unwrap();
    assert_eq!(made[0].1, json!([{ "Name": "Paint", "Points": "3", "Twice": "6", "In": "House" }]));
    assert_eq!(made[1].1, json!([{ "Title": "House", "All tasks": "Paint", "Points": "6", "Sum": "#ERROR!" }]));
}

/// Everything that has an id, with it.
async fn with_ids(house: &House) -> Value {
    let doors = Inside::new(house).await.unwrap();
    let get = async |path: String| doors.call(Method::GET, &path, &Value::Null).await.unwrap();
    let mut all = Vec::new();
    for base in get("/v0/meta/bases".to_owned()).await["bases"].as_array().unwrap() {
        let id = base["id"].as_str().unwrap();
        let tables = get(format!("/v0/meta/bases/{id}/tables")).await["tables"].clone();
        let mut records = Vec::new();
        for table in tables.as_array().unwrap() {
            let listed = get(format!("/v0/{id}/{}?returnFieldsByFieldId=true", table["id"].as_str().unwrap())).await;
            let rows = listed["records"].as_array().unwrap().iter();
            records.push(rows.map(|row| json!([row["id"], row["fields"]])).collect::<Vec<_>>());
        }
        all.push(json!({ "base": base, "tables": tables, "records": records }));
    }
    Value::Array(all)
}

#[tokio::test]
async fn what_has_an_id_keeps_it_in_every_run() {
    let choices = json!([{ "id": "selOpen0000000001", "name": "Open" }, { "id": "selDone0000000001", "name": "Done" }]);
    let seed = json!({ "bases": [{ "id": "appPlans000000001", "name": "Plans", "tables": [
        { "id": "tblTasks000000001", "name": "Tasks",
            "views": [{ "id": "viwAll00000000001", "name": "All", "type": "grid" }, { "id": "viwBoard000000001", "name": "Board", "type": "kanban" }],
            "fields": [
                { "id": "fldName0000000001", "name": "Name", "type": "singleLineText" },
                { "id": "fldState000000001", "name": "State", "type": "singleSelect", "options": { "choices": choices } },
                { "id": "fldTold0000000001", "name": "Told", "type": "formula", "options": {
                    "formula": "{fldName0000000001} & {fldState000000001}" } },
                { "id": "fldProject0000001", "name": "Project", "type": "multipleRecordLinks", "options": {
                    "linkedTableId": "tblProjects000001", "inverseLinkFieldId": "fldTasks000000001",
                    "viewIdForRecordSelection": "viwProjects000001" } },
                { "id": "fldAfter000000001", "name": "After", "type": "multipleRecordLinks", "options": {
                    "linkedTableId": "tblTasks000000001", "viewIdForRecordSelection": "viwElsewhere00001" } },
            ],
            "records": [
                { "id": "recTask0000000001", "fields": { "Name": "Paint", "fldState000000001": "Open", "After": ["recTask0000000002"] } },
                { "id": "recTask0000000002", "fields": { "Name": "Mow", "Project": ["recHouse000000001"] } },
            ] },
        { "id": "tblProjects000001", "name": "Projects", "views": [{ "id": "viwProjects000001", "name": "Grid view", "type": "grid" }],
            "fields": [
                { "id": "fldTitle000000001", "name": "Title", "type": "singleLineText" },
                { "id": "fldTasks000000001", "name": "All tasks", "type": "multipleRecordLinks", "options": {
                    "linkedTableId": "tblTasks000000001", "inverseLinkFieldId": "fldProject0000001",
                    "viewIdForRecordSelection": "viwBoard000000001" } },
            ],
            "records": [{ "id": "recHouse000000001", "fields": { "Title": "House" } }] },
    ] }] });
    let first = looked_at(&seed, with_ids).await.unwrap();
    assert_eq!(looked_at(&seed, with_ids).await.unwrap(), first);
    let given = &seed["bases"][0];
    assert_eq!(first[0]["base"]["id"], given["id"]);
    for (at, table) in given["tables"].as_array().unwrap().iter().enumerate() {
        let made = &first[0]["tables"][at];
        assert_eq!((&made["id"], &made["primaryFieldId"]), (&table["id"], &table["fields"][0]["id"]));
        assert_eq!(made["views"], table["views"]);
        let of = |table: &Value| -> Vec<Value> {
            table["fields"].as_array().unwrap().iter().map(|f| json!([f["id"], f["name"]])).collect()
        };
        assert_eq!(of(made), of(table));
    }
    let made = &first[0]["tables"][0]["fields"];
    assert_eq!(
        (&made[1]["options"]["choices"][0]["id"], &made[1]["options"]["choices"][1]["id"]),
        (&choices[0]["id"], &choices[1]["id"])
    );
    assert_eq!(made[3]["options"]["inverseLinkFieldId"], "fldTasks000000001");
    let other_side = &first[0]["tables"][1]["fields"][1];
    let offered = [&made[3], &made[4], other_side].map(|field| &field["options"]["viewIdForRecordSelection"]);
    assert_eq!(offered, [&json!("viwProjects000001"), &Value::Null, &json!("viwBoard000000001")]);
    assert_eq!(
        first[0]["records"],
        json!([
            [["recTask0000000001", { "fldName0000000001": "Paint", "fldState000000001": "Open", "fldAfter000000001": ["recTask0000000002"], "fldTold0000000001": "PaintOpen" }],
             ["recTask0000000002", { "fldName0000000001": "Mow", "fldProject0000001": ["recHouse000000001"], "fldTold0000000001": "Mow" }]],
            [["recHouse000000001", { "fldTitle000000001": "House", "fldTasks000000001": ["recTask0000000002"] }]],
        ])
    );
}

#[tokio::test]
async fn fields_that_watch_others_are_made_after_them() {
    let watched = json!({ "isValid": true, "referencedFieldIds": ["fldOLD00000000001", "Away"] });
    let watch = |kind: &str| json!({ "name": kind, "type": kind, "options": watched });
    let points =
        json!({ "id": "fldOLD00000000001", "name": "Points", "type": "number", "options": { "precision": 0 } });
    let away = json!({ "name": "Away", "type": "multipleRecordLinks", "options": { "linkedTableId": "U" } });
    let fields = json!([text("N"), watch("lastModifiedTime"), watch("lastModifiedBy"), points, away]);
    let seed = base(json!([
        { "name": "T", "fields": fields, "records": [{ "fields": { "N": "a", "lastModifiedTime": "2020-01-01" } }] },
        { "name": "U", "fields": [text("N")], "records": [] },
    ]));
    let made = looked_at(&seed, with_ids).await.unwrap();
    let fields = made[0]["tables"][0]["fields"].as_array().unwrap();
    let named = |name: &str| fields.iter().find(|field| field["name"] == name).unwrap();
    let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["N", "lastModifiedTime", "lastModifiedBy", "Points", "Away"], "they stand as in the file");
    let expected = json!([named("Points")["id"], named("Away")["id"]]);
    for kind in ["lastModifiedTime", "lastModifiedBy"] {
        assert_eq!(named(kind)["options"]["referencedFieldIds"], expected);
    }
    let nowhere =
        json!([text("N"), { "name": "L", "type": "lastModifiedBy", "options": { "referencedFieldIds": ["Nope"] } }]);
    let seed = base(json!([{ "name": "T", "fields": nowhere, "records": [] }]));
    let problem = format!("{:#}", planted(&seed).await.unwrap_err());
    assert!(problem.contains("/bases/0/tables/0/fields/1") && problem.contains("`Nope` does not exist"), "{problem}");
}

#[tokio::test]
async fn what_has_no_id_gets_one_beside_what_has() {
    let choices = json!([{ "id": "selOpen0000000001", "name": "Open" }, { "name": "Done" }]);
    let rows = json!([{ "fields": { "N": "a" } }, { "id": "recB0000000000001", "fields": { "N": "b" } }, { "fields": { "N": "c", "L": ["recB0000000000001", "a"] } }]);
    let link = json!({ "name": "L", "type": "multipleRecordLinks", "options": { "linkedTableId": "T", "inverseLinkFieldId": "fldOther000000001" } });
    let select = json!({ "name": "S", "type": "singleSelect", "options": { "choices": choices } });
    let away = json!({ "name": "A", "type": "multipleRecordLinks", "options": { "linkedTableId": "U", "inverseLinkFieldId": "fldOther000000002" } });
    let seed = base(json!([
        { "name": "T", "fields": [text("N"), select, link, away], "records": rows, "views": [{ "name": "Mine", "type": "gallery" }] },
        { "name": "U", "fields": [text("N")] },
    ]));
    let made = looked_at(&seed, with_ids).await.unwrap();
    let table = &made[0]["tables"][0];
    assert_eq!(table["fields"][1]["options"]["choices"][0]["id"], "selOpen0000000001");
    assert_eq!(made[0]["tables"][1]["fields"][1]["id"], "fldOther000000002");
    assert_eq!((&table["views"][0]["name"], &table["views"][0]["type"]), (&json!("Mine"), &json!("gallery")));
    assert_eq!(made[0]["tables"][1]["views"][0]["name"], "Grid view");
    let records = &made[0]["records"][0];
    let link = table["fields"][2]["id"].as_str().unwrap();
    assert_eq!(
        (&records[1][0], &records[2][1][link]),
        (&json!("recB0000000000001"), &json!(["recB0000000000001", records[0][0]]))
    );
}

/// A seed of one base with these tables.
fn base(tables: Value) -> Value {
    json!({ "bases": [{ "name": "B", "tables": tables }] })
}

/// A seed of one table with these fields and records.
fn table(fields: Value, records: Value) -> Value {
    base(json!([{ "name": "T", "fields": fields, "records": records }]))
}

async fn refused(cases: &[(Value, &str)]) {
    for (seed, says) in cases {
        let error = planted(seed).await.err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(error.contains(says), "{seed} should say {says}: {error}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_place() {
    let link = |to: &str| json!({ "name": "L", "type": "multipleRecordLinks", "options": { "linkedTableId": to } });
    let formula = json!({ "name": "F", "type": "formula", "options": { "formula": "{L}" } });
    let rows = |count: usize| (0..count).map(|n| json!({ "fields": { "N": n.to_string() } })).collect::<Vec<_>>();
    let with = |mut rows: Vec<Value>, at: usize, cells: Value| {
        rows[at]["fields"] = cells;
        Value::Array(rows)
    };
    let number = json!({ "name": "P", "type": "number", "options": { "precision": 0 } });
    let cases = [
        (json!({}), "seed.json`: `bases` is missing"),
        (json!({ "bases": [], "more": 1 }), "seed.json`: /more: there is no `more` here, only `bases`"),
        (json!({ "bases": [{ "name": "B" }] }), "seed.json`: /bases/0: `tables` is missing"),
        (
            base(json!([{ "name": "T", "feilds": [] }])),
            "seed.json`: /bases/0/tables/0/feilds: there is no `feilds` here, only `id`, `name`",
        ),
        (base(json!([])), "/bases/0/tables: a base needs a table"),
        (table(json!([]), json!([])), "/bases/0/tables/0: the table has no primary field"),
        (table(json!([{ "name": "N", "type": "nope" }]), json!([])), "/bases/0/tables/0/fields/0: `nope` is not"),
        (table(json!([text("N"), { "name": "P", "type": "number" }]), json!([])), "/bases/0/tables/0/fields/1: "),
        (
            table(json!([text("N"), text("N")]), json!([])),
            "/bases/0/tables/0/fields/1: a field named `N` exists already",
        ),
        (
            table(json!([text("N"), formula, link("X")]), json!([])),
            "/fields/2: `options.linkedTableId`: there is no table `X`",
        ),
        (table(json!([text("N")]), json!([{ "fields": { "M": 1 } }])), "/records/0: there is no field `M` in `T`"),
        (
            table(json!([text("N"), number]), with(rows(25), 17, json!({ "P": { "a": 1 } }))),
            "/bases/0/tables/0/records/17: ",
        ),
        (
            table(json!([text("N"), link("T")]), with(rows(25), 13, json!({ "L": ["0", "99"] }))),
            "/bases/0/tables/0/records/13/fields/L: no record there has the id or the name `99`",
        ),
        (
            table(json!([text("N"), link("T")]), with(rows(1), 0, json!({ "L": [7] }))),
            "a list of ids or names of records",
        ),
    ];
    refused(&cases).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.json");
    for (text, says) in [
        ("{ \"bases\": [\n  oops\n] }", "seed.json` is not JSON: a value is expected at line 2 column 3"),
        (r#"{"bases":[{"name":7,"tables":[]}]}"#, "seed.json`: /bases/0/name: must be a text, not 7"),
        (r#"{"bases":[["appB0000000000001","B",[],null]]}"#, "seed.json`: /bases/0: must be an object, not a list"),
        ("[]", "seed.json`: must be an object, not a list"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = format!("{:#}", Seed::read(&path).unwrap_err());
        assert!(error.ends_with(says), "should say {says}: {error}");
    }
    std::fs::write(&path, "\u{FEFF}{\"bases\":[]}").unwrap();
    assert!(Seed::read(&path).is_ok(), "with the mark that some programs write first");
    assert!(format!("{:#}", Seed::read(&folder.path().join("none")).unwrap_err()).contains("cannot read the seed"));
}

#[tokio::test]
async fn ids_that_are_none_or_given_twice_are_named_with_their_places() {
    let cases = [
        (
            json!({ "bases": [{ "id": "plans", "name": "B", "tables": [] }] }),
            "/bases/0/id: `plans` is not an id of the form `app`",
        ),
        (
            json!({ "bases": [
                { "id": "appB0000000000001", "name": "A", "tables": [] }, { "id": "appB0000000000001", "name": "B", "tables": [] }] }),
            "/bases/1/id: the id `appB0000000000001` is given twice, first at /bases/0/id",
        ),
        (
            base(json!([{ "id": "fldT0000000000001", "name": "T", "fields": [text("N")] }])),
            "/bases/0/tables/0/id: `fldT0000000000001` is not an id of the form `tbl`",
        ),
        (
            base(json!([
                { "name": "T", "fields": [{ "id": "fldN0000000000001", "name": "N", "type": "email" }] },
                { "name": "U", "fields": [text("N"), { "id": "fldN0000000000001", "name": "M", "type": "email" }] }])),
            "/bases/0/tables/1/fields/1/id: the id `fldN0000000000001` is given twice, first at /bases/0/tables/0/fields/0/id",
        ),
        (
            table(
                json!([text("N"), { "name": "S", "type": "singleSelect", "options": { "choices": [
                { "id": "selA0000000000001", "name": "a" }, { "id": "selA0000000000001", "name": "b" }] } }]),
                json!([]),
            ),
            "/fields/1/options/choices/1/id: the id `selA0000000000001` is given twice",
        ),
        (
            table(json!([text("N")]), json!([{ "fields": {} }, { "id": "rec1", "fields": {} }])),
            "/bases/0/tables/0/records/1/id: `rec1` is not an id of the form `rec`",
        ),
        (
            table(
                json!([text("N")]),
                json!([{ "id": "recA0000000000001", "fields": {} }, { "id": "recA0000000000001", "fields": {} }]),
            ),
            "/records/1/id: the id `recA0000000000001` is given twice, first at /bases/0/tables/0/records/0/id",
        ),
        (
            base(
                json!([{ "name": "T", "fields": [text("N")], "views": [{ "id": "viw1", "name": "V", "type": "grid" }] }]),
            ),
            "/bases/0/tables/0/views/0/id: `viw1` is not an id",
        ),
        (
            base(json!([{ "name": "T", "fields": [text("N")], "views": [{ "name": "V", "type": "chart" }] }])),
            "/bases/0/tables/0: `views/0/type` is one of grid, form, calendar, gallery, kanban, timeline, not `chart`",
        ),
        (
            base(
                json!([{ "name": "T", "fields": [text("N")], "views": [{ "name": "V", "type": "grid" }, { "name": "v", "type": "grid" }] }]),
            ),
            "/bases/0/tables/0: ",
        ),
    ];
    refused(&cases).await;
}
