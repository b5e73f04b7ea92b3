//! Fields that are not computed any more, what is made of them, and records whose cells are errors.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// A base with a task of the project `House`, one of none, and the project `Boat` without tasks.
struct Bench {
    app: TestApp,
    base: String,
}

impl Bench {
    async fn new(app: TestApp) -> Self {
        let base = app.plans().await;
        let projects = json!({ "records": [{ "fields": { "Title": "House" } }, { "fields": { "Title": "Boat" } }] });
        let made = app.ok(Method::POST, &format!("/v0/{base}/Projects"), &projects).await;
        let tasks = json!({ "records": [
            { "fields": { "Name": "a", "Points": 2, "Project": [made["records"][0]["id"]] } },
            { "fields": { "Name": "b", "Points": 1 } },
        ] });
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &tasks).await;
        Self { app, base }
    }

    async fn add(&self, table: &str, name: &str, kind: &str, options: Value) {
        let body = json!({ "name": name, "type": kind, "options": options });
        self.app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables/{table}/fields", self.base), &body).await;
    }

    async fn formula(&self, name: &str, text: &str) {
        self.add("Tasks", name, "formula", json!({ "formula": text })).await;
    }

    /// Looks at a field of the tasks from their projects; with a formula it is a rollup.
    async fn look(&self, name: &str, at: &str, formula: Option<&str>) {
        let mut options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": at });
        match formula {
            Some(formula) => {
                options["formula"] = json!(formula);
                self.add("Projects", name, "rollup", options).await;
            }
            None => self.add("Projects", name, "multipleLookupValues", options).await,
        }
    }

    async fn table(&self, place: usize) -> Value {
        self.app.get(&format!("/v0/meta/bases/{}/tables", self.base)).await["tables"][place]["id"].clone()
    }

    async fn options(&self, table: usize, name: &str) -> Value {
        let tables = self.app.get(&format!("/v0/meta/bases/{}/tables", self.base)).await;
        let fields = tables["tables"][table]["fields"].as_array().unwrap();
        fields.iter().find(|field| field["name"] == name).unwrap()["options"].clone()
    }

    /// The cells of a field.
    async fn cells(&self, table: &str, name: &str) -> Vec<Value> {
        let listed = self.app.get(&format!("/v0/{}/{table}", self.base)).await;
        listed["records"].as_array().unwrap().iter().map(|record| record["fields"][name].clone()).collect()
    }
}

/// Formulas of a field `FM` that is not computed, which are errors in every record.
const ERRORS: [(&str, &str); 4] = [
    ("X1", "{FM} & ' ISERROR'"),
    ("X2", "{X1} & '!'"),
    ("X3", "IF(ISERROR({FM}), {FM}, 1 + {X2})"),
    ("X4", "LET(x, {FM}, {Points} + x)"),
];

/// What looks at fields of tasks: the field, the formula of a rollup, and whether there may be values.
const SEEN: [(&str, &str, Option<&str>, bool); 5] = [
    ("Seen", "X2", None, false),
    ("Sum", "FM", Some("SUM(values)"), false),
    ("Count", "X2", Some("COUNTALL(values)"), false),
    ("Caught", "FM", Some("IFERROR(SUM(values), 7)"), true),
    ("Some", "V2", None, true),
];

#[on_every_database]
async fn a_field_is_valid_unless_all_of_its_cells_are_errors(app: TestApp) {
    let bench = Bench::new(app).await;
    bench.add("Tasks", "M", "number", json!({ "precision": 0 })).await;
    bench.formula("FM", "{M} * 2").await;
    let error = json!({ "error": "#ERROR!" });
    let values = [
        ("V1", "IF({Points} > 1, {Points}, {FM})", vec![json!(2), error.clone()]),
        ("V2", "SWITCH({Points}, 1, 'one', {FM} & '')", vec![error.clone(), json!("one")]),
        ("V3", "LET(x, {FM}, 5)", vec![json!(5), json!(5)]),
        ("V4", "IFERROR({X2}, 'none')", vec![json!("none"), json!("none")]),
        ("V5", "IF(ISERROR({Points}), 0, {V1})", vec![json!(2), error.clone()]),
        ("V6", "IF({Points} > 5, {FM}, IF({Points} > 1, {X1}, 'few'))", vec![error.clone(), json!("few")]),
    ];
    for (name, text) in ERRORS.into_iter().chain(values.iter().map(|(name, text, _)| (*name, *text))) {
        bench.formula(name, text).await;
    }
    for (name, at, formula, _) in SEEN {
        bench.look(name, at, formula).await;
    }
    bench.add("Projects", "Twice", "formula", json!({ "formula": "{Sum} * 2" })).await;
    for name in ["X2", "V2"] {
        assert_eq!(bench.options(0, name).await["isValid"], true, "{name}");
    }
    let path = format!("/v0/meta/bases/{}/tables/Tasks/fields/M", bench.base);
    let gone = bench.app.ok(Method::DELETE, &path, &Value::Null).await["id"].clone();

    for (name, text) in ERRORS {
        let told = bench.options(0, name).await;
        assert_eq!((&told["isValid"], &told["result"]), (&json!(false), &Value::Null), "{text}");
        assert!(told["error"].as_str().unwrap().contains("the field `M` was deleted"), "{text}: {told}");
        assert_eq!(bench.cells("Tasks", name).await, [error.clone(), error.clone()], "{text}");
    }
    for (name, text, cells) in values {
        let told = bench.options(0, name).await;
        assert_eq!((&told["isValid"], &told["error"]), (&json!(true), &Value::Null), "{text}: {told}");
        assert_eq!(bench.cells("Tasks", name).await, cells, "{text}");
    }
    // What looks at such a field is an error in records without links, too.
    for (name, at, _, is_valid) in SEEN {
        let told = bench.options(1, name).await;
        assert_eq!(told["isValid"], is_valid, "{name} of {at}: {told}");
        let cells = bench.cells("Projects", name).await;
        assert_eq!(cells.iter().all(|cell| *cell == error), !is_valid, "{name} of {at}: {cells:?}");
    }
    assert_eq!(bench.cells("Projects", "Caught").await, [json!(7), json!(0)]);
    assert_eq!(bench.options(1, "Twice").await["isValid"], false);
    assert_eq!(bench.cells("Projects", "Twice").await, [error.clone(), error]);

    let path = format!("/api/v1/bases/{}/trash/{}/restore", bench.base, gone.as_str().unwrap());
    bench.app.ok(Method::POST, &path, &json!({})).await;
    assert_eq!(bench.options(1, "Twice").await["isValid"], true);
    assert_eq!(bench.cells("Projects", "Twice").await, [json!(0), json!(0)]);
}

#[on_every_database]
async fn a_record_with_an_error_is_left_out_by_every_condition(app: TestApp) {
    let bench = Bench::new(app).await;
    bench.formula("Odd", "IF({Points} > 1, ERROR(), {Points})").await;
    bench.formula("Said", "IF({Points} > 1, ERROR(), {Name})").await;
    let term = |field: &str, op: &str, value: Value| json!({ "field": field, "op": op, "value": value });
    let is = |field: &str, op: &str| json!({ "field": field, "op": op });
    for (condition, formula, found) in [
        (term("Odd", "!=", json!(0)), "{Odd} != 0", "b"),
        (term("Odd", "=", json!(1)), "{Odd} = 1", "b"),
        (json!({ "not": term("Odd", "=", json!(0)) }), "NOT({Odd} = 0)", "b"),
        (json!({ "not": { "not": term("Odd", "!=", json!(0)) } }), "NOT(NOT({Odd} != 0))", "b"),
        (is("Odd", "is_not_empty"), "{Odd} != BLANK()", "b"),
        (json!({ "not": is("Odd", "is_empty") }), "NOT({Odd} = BLANK())", "b"),
        (is("Odd", "is_empty"), "{Odd} = BLANK()", ""),
        (term("Said", "not_contains", json!("x")), "FIND('x', {Said}) = 0", "b"),
        (term("Said", "!=", json!("x")), "{Said} != 'x'", "b"),
        (
            json!({ "or": [term("Name", "=", json!("a")), term("Odd", "=", json!(1))] }),
            "OR({Name} = 'a', {Odd} = 1)",
            "b",
        ),
        (
            json!({ "and": [is("Name", "is_not_empty"), { "not": term("Said", "=", json!("x")) }] }),
            "{Said} != 'x'",
            "b",
        ),
        (term("Name", "!=", json!("x")), "{Name} != 'x'", "ab"),
    ] {
        let views = format!("/api/v1/bases/{}/tables/Tasks/views", bench.base);
        let (status, view) =
            bench.app.call(Method::POST, &views, &json!({ "name": "Some", "filter": condition })).await;
        assert_eq!(status, 201, "{view}");
        let path = format!("/v0/{}/Tasks/listRecords", bench.base);
        for asked in [json!({ "view": "Some" }), json!({ "filterByFormula": formula })] {
            let answer = bench.app.ok(Method::POST, &path, &asked).await;
            let names: String = answer["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["fields"]["Name"].as_str().unwrap())
                .collect();
            assert_eq!(names, found, "{condition} {asked}");
        }
        let path = format!("/v0/meta/bases/{}/views/{}", bench.base, view["id"].as_str().unwrap());
        bench.app.ok(Method::DELETE, &path, &Value::Null).await;
    }
    // A search finds what another field of the record holds.
    let asked = json!({ "tool_name": "search_records", "arguments": { "base": bench.base, "text": "a" } });
    let told = bench.app.ok(Method::POST, "/execute-tool", &asked).await["result"].to_string();
    assert!(told.contains(r#""Name":"a""#), "{told}");
}

/// Moves the base of `bench` to another id; answers the tables that it had and those that came out.
async fn moved(bench: &Bench, other: &str) -> (Value, Value) {
    let app = &bench.app;
    let told = app.get(&format!("/v0/meta/bases/{}/tables", bench.base)).await["tables"].clone();
    let body = json!({ "id": other, "name": "Moved", "workspaceId": app.workspace().await, "tables": told });
    app.ok(Method::POST, "/v0/meta/bases?keepIds=true", &body).await;
    (told, app.get(&format!("/v0/meta/bases/{other}/tables")).await["tables"].clone())
}

fn field<'t>(tables: &'t Value, name: &str) -> &'t Value {
    let all = || tables.as_array().unwrap().iter().flat_map(|table| table["fields"].as_array().unwrap());
    all().find(|field| field["name"] == name).unwrap_or_else(|| panic!("{name}: {tables}"))
}

#[on_every_database]
async fn a_base_moves_with_fields_that_are_not_computed(app: TestApp) {
    let bench = Bench::new(app).await;
    let other = "appMoved000000001";
    bench.add("Tasks", "n", "number", json!({ "precision": 0 })).await;
    bench.formula("fo", "{n} + 1").await;
    bench.formula("More", "{fo} * 2").await;
    bench.formula("Some", "IFERROR({fo}, 0) + {Points}").await;
    bench.formula("Since", "LAST_MODIFIED_TIME({n})").await;
    bench.add("Tasks", "Go", "button", json!({ "label": "Go", "formula": "'https://example.org/' & {n}" })).await;
    bench.add("Tasks", "Changed", "lastModifiedTime", json!({ "referencedFieldIds": ["n"] })).await;
    bench.add("Tasks", "Author", "lastModifiedBy", json!({ "referencedFieldIds": ["n"] })).await;
    bench.look("Seen", "n", None).await;
    bench.look("Sum", "n", Some("SUM(values)")).await;
    bench.add("Projects", "Self", "multipleRecordLinks", json!({ "linkedTableId": bench.table(1).await })).await;
    bench.add("Projects", "Count", "count", json!({ "recordLinkFieldId": "Self" })).await;
    let fields = format!("/v0/meta/bases/{}/tables", bench.base);
    let gone = bench.app.ok(Method::DELETE, &format!("{fields}/Tasks/fields/n"), &Value::Null).await["id"].clone();
    bench.app.ok(Method::DELETE, &format!("{fields}/Projects/fields/Self"), &Value::Null).await;

    let (told, moved) = moved(&bench, other).await;
    for name in ["fo", "More", "Since", "Go", "Changed", "Author", "Seen", "Sum", "Count"] {
        let (before, after) = (&field(&told, name)["options"], &field(&moved, name)["options"]);
        assert_eq!((&before["isValid"], &after["isValid"]), (&json!(false), &json!(false)), "{name}: {after}");
        for key in ["formula", "recordLinkFieldId", "fieldIdInLinkedTable", "referencedFieldIds", "result", "label"] {
            assert_eq!(before[key], after[key], "{name}: {key}");
        }
    }
    assert!(field(&moved, "fo")["options"]["error"].as_str().unwrap().contains("was deleted: name another"));
    assert_eq!(field(&moved, "Some")["options"], field(&told, "Some")["options"]);
    let task = json!({ "fields": { "Name": "a", "Points": 2 } });
    let made = bench.app.ok(Method::POST, &format!("/v0/{other}/Tasks"), &task).await;
    assert_eq!((&made["fields"]["fo"], &made["fields"]["Some"]), (&json!({ "error": "#ERROR!" }), &json!(2)), "{made}");

    // What is gone may come by its id, but not as what is made of it.
    let path = format!("/v0/meta/bases/{other}/tables/Tasks/fields?keepIds=true");
    let circle = json!({ "id": gone, "name": "n", "type": "formula", "options": { "formula": "{More}" } });
    let (status, answer) = bench.app.call(Method::POST, &path, &circle).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("More"), "{answer}");
    let number = json!({ "id": gone, "name": "n", "type": "number", "options": { "precision": 0 } });
    bench.app.ok(Method::POST, &path, &number).await;
    let task = json!({ "fields": { "Name": "a", "Points": 2, "n": 5 } });
    let made = bench.app.ok(Method::POST, &format!("/v0/{other}/Tasks"), &task).await;
    assert_eq!((&made["fields"]["fo"], &made["fields"]["More"]), (&json!(6), &json!(12)), "{made}");
}

#[on_every_database]
async fn a_link_that_comes_back_is_counted(app: TestApp) {
    let bench = Bench::new(app).await;
    let other = "appMoved000000001";
    bench.add("Projects", "Self", "multipleRecordLinks", json!({ "linkedTableId": bench.table(1).await })).await;
    bench.add("Projects", "Count", "count", json!({ "recordLinkFieldId": "Self" })).await;
    let path = format!("/v0/meta/bases/{}/tables/Projects/fields/Self", bench.base);
    let gone = bench.app.ok(Method::DELETE, &path, &Value::Null).await["id"].clone();
    let (_, moved) = moved(&bench, other).await;
    let link = json!({ "id": gone, "name": "Self", "type": "multipleRecordLinks",
        "options": { "linkedTableId": moved[1]["id"] } });
    bench.app.ok(Method::POST, &format!("/v0/meta/bases/{other}/tables/Projects/fields?keepIds=true"), &link).await;
    let first = bench.app.ok(Method::POST, &format!("/v0/{other}/Projects"), &json!({ "fields": {} })).await;
    let linked = json!({ "fields": { "Self": [first["id"]] } });
    let second = bench.app.ok(Method::POST, &format!("/v0/{other}/Projects"), &linked).await;
    assert_eq!(second["fields"]["Count"], 1, "{second}");
}

/// A field of an import.
fn of(id: &str, name: &str, kind: &str, options: Value) -> Value {
    let mut field = json!({ "id": id, "name": name, "type": kind });
    if !options.is_null() {
        field["options"] = options;
    }
    field
}

/// Imports a table with a name and these fields.
async fn import(app: &TestApp, fields: &[Value]) -> (u16, Value) {
    let mut all = vec![of("fldName0000000001", "Name", "singleLineText", Value::Null)];
    all.extend_from_slice(fields);
    let body = json!({ "id": "appMoved000000001", "name": "Moved", "workspaceId": app.workspace().await,
        "tables": [{ "id": "tblTasks000000001", "name": "Tasks", "fields": all }] });
    app.call(Method::POST, "/v0/meta/bases?keepIds=true", &body).await
}

#[on_every_database]
async fn a_field_is_made_whole_unless_it_says_that_it_is_not(app: TestApp) {
    for (kind, options, words) in [
        ("formula", json!({ "isValid": true, "formula": "{fldGone0000000001}" }), "fldgone0000000001"),
        ("formula", json!({ "formula": "{fldGone0000000001}" }), "fldgone0000000001"),
        ("formula", json!({ "isValid": false, "formula": "{Gone}" }), "Unknown field names: gone"),
        ("formula", json!({ "isValid": false, "formula": "1 +" }), "formula"),
        ("count", json!({}), "recordLinkFieldId"),
        ("multipleLookupValues", json!({ "recordLinkFieldId": null }), "recordLinkFieldId"),
    ] {
        let broken = of("fldBroken00000001", "Broken", kind, options.clone());
        let (status, answer) = import(&app, &[broken]).await;
        assert_eq!(status, 422, "{options}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{options}: {answer}");
    }
}

#[on_every_database]
async fn what_airtable_tells_of_fields_that_are_not_computed_is_taken(app: TestApp) {
    let gone = json!({ "isValid": false, "recordLinkFieldId": null, "result": null });
    let text = json!({ "type": "singleLineText" });
    let watching = json!({ "isValid": false, "referencedFieldIds": [], "result": null });
    let broken = [
        of("fldLookup00000001", "Lookup", "multipleLookupValues", gone.clone()),
        of("fldRollup00000001", "Rollup", "rollup", gone.clone()),
        of("fldCount000000001", "Count", "count", json!({ "isValid": false })),
        of("fldChanged0000001", "Changed", "lastModifiedTime", watching),
        of(
            "fldFormula0000001",
            "Formula",
            "formula",
            json!({ "isValid": false, "formula": "LET(x, {fldGone0000000001}, x & {Name})", "referencedFieldIds": [], "result": text }),
        ),
    ];
    let (status, answer) = import(&app, &broken).await;
    assert_eq!(status, 200, "{answer}");
    let tables = "/v0/meta/bases/appMoved000000001/tables";
    let told = app.get(tables).await["tables"].clone();
    for name in ["Lookup", "Rollup", "Count", "Changed", "Formula"] {
        let options = &field(&told, name)["options"];
        assert_eq!(options["isValid"], false, "{options}");
        assert!(!options.to_string().contains("fld00000"), "{options}");
    }
    assert_eq!(field(&told, "Lookup")["options"]["recordLinkFieldId"], Value::Null);
    let made = app.ok(Method::POST, "/v0/appMoved000000001/Tasks", &json!({ "fields": { "Name": "a" } })).await;
    assert_eq!(made["fields"]["Lookup"], json!({ "error": "#ERROR!" }), "{made}");

    // They are made whole as others are.
    let whole = json!({ "options": { "referencedFieldIds": ["Name"] } });
    let whole = app.ok(Method::PATCH, &format!("{tables}/Tasks/fields/Changed"), &whole).await;
    assert_eq!(whole["options"]["isValid"], true, "{whole}");
    let link =
        json!({ "name": "Link", "type": "multipleRecordLinks", "options": { "linkedTableId": "tblTasks000000001" } });
    app.ok(Method::POST, &format!("{tables}/Tasks/fields"), &link).await;
    let whole = json!({ "options": { "recordLinkFieldId": "Link", "fieldIdInLinkedTable": "Name" } });
    let whole = app.ok(Method::PATCH, &format!("{tables}/Tasks/fields/Lookup"), &whole).await;
    assert_eq!((&whole["options"]["isValid"], &whole["options"]["result"]), (&json!(true), &text), "{whole}");
    // An id that tells of nothing is nobody's.
    let nobody = of("fld00000000000000", "Nobody", "singleLineText", Value::Null);
    let (status, answer) = app.call(Method::POST, &format!("{tables}/Tasks/fields?keepIds=true"), &nobody).await;
    assert_eq!(status, 422, "{answer}");
}

#[on_every_database]
async fn fields_that_wait_for_each_other_make_no_circle(app: TestApp) {
    let waiting = |id: &str, name: &str, need: &str| {
        of(id, name, "formula", json!({ "isValid": false, "formula": format!("{{{need}}} & '!'") }))
    };
    let (first, second) = ("fldFirst000000001", "fldSecond00000001");
    let (status, answer) = import(&app, &[waiting(first, "First", second)]).await;
    assert_eq!(status, 200, "{answer}");
    let fields = "/v0/meta/bases/appMoved000000001/tables/Tasks/fields";
    let back = waiting(second, "Second", first);
    let (status, answer) = app.call(Method::POST, &format!("{fields}?keepIds=true"), &back).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer.to_string().contains("First → Second → First"), "{answer}");
    // Neither out of the trash.
    app.ok(Method::DELETE, &format!("{fields}/{first}"), &Value::Null).await;
    app.ok(Method::POST, &format!("{fields}?keepIds=true"), &back).await;
    let path = format!("/api/v1/bases/appMoved000000001/trash/{first}/restore");
    let (status, answer) = app.call(Method::POST, &path, &json!({})).await;
    assert_eq!(status, 422, "{answer}");
    assert!(answer.to_string().contains("Second → First → Second"), "{answer}");
}
