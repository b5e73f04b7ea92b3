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
