//! Lookups and rollups, through the doors.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;

/// A base of tasks and projects, two of each: `House` has both tasks, `Boat` none.
struct Plans {
    base: String,
    tasks: Vec<String>,
    projects: Vec<String>,
}

fn ids(made: &Value) -> Vec<String> {
    made["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

async fn plans(app: &TestApp) -> Plans {
    let base = app.plans().await;
    let made = json!({ "records": [{ "fields": { "Title": "House" } }, { "fields": { "Title": "Boat" } }] });
    let projects = ids(&app.ok(Method::POST, &format!("/v0/{base}/Projects"), &made).await);
    let made = json!({ "records": [
        { "fields": { "Name": "Dig", "Points": 2.5, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-03-01", "Urgent": true,
            "Project": [projects[0]] } },
        { "fields": { "Name": "Build", "Points": 4, "Project": [projects[0]] } },
    ]});
    let tasks = ids(&app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &made).await);
    Plans { base, tasks, projects }
}

impl Plans {
    async fn add(&self, app: &TestApp, table: &str, name: &str, kind: &str, options: Value) -> Value {
        let body = json!({ "name": name, "type": kind, "options": options });
        app.ok(Method::POST, &format!("/v0/meta/bases/{}/tables/{table}/fields", self.base), &body).await
    }

    async fn look(&self, app: &TestApp, name: &str, at: &str) -> Value {
        let options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": at });
        self.add(app, "Projects", name, "multipleLookupValues", options).await
    }

    async fn roll(&self, app: &TestApp, name: &str, at: &str, formula: &str) -> Value {
        let options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": at, "formula": formula });
        self.add(app, "Projects", name, "rollup", options).await
    }

    /// The cells of both projects.
    async fn told(&self, app: &TestApp, query: &str) -> [Value; 2] {
        let list = app.get(&format!("/v0/{}/Projects?{query}", self.base)).await;
        [0, 1].map(|at| list["records"][at]["fields"].clone())
    }

    async fn write(&self, app: &TestApp, task: usize, fields: Value) {
        let path = format!("/v0/{}/Tasks/{}", self.base, self.tasks[task]);
        app.ok(Method::PATCH, &path, &json!({ "fields": fields })).await;
    }
}

#[on_every_database]
async fn a_lookup_shows_what_linked_records_hold(app: TestApp) {
    let plans = plans(&app).await;
    for field in ["Name", "Points", "Status", "Tags", "Due", "Urgent", "Double", "No", "Project"] {
        plans.look(&app, &format!("{field} there"), field).await;
    }
    let [house, boat] = plans.told(&app, "").await;
    let expected = json!({
        "Title": "House", "Tasks": plans.tasks,
        "Name there": ["Dig", "Build"], "Points there": [2.5, 4], "Status there": ["Open"], "Tags there": ["b", "a"],
        "Due there": ["2026-03-01"], "Urgent there": [true], "Double there": [5, 8], "No there": [1, 2],
        "Project there": [plans.projects[0], plans.projects[0]],
    });
    assert_eq!(house, expected);
    assert_eq!(boat, json!({ "Title": "Boat" }));
    let [house, _] = plans.told(&app, "cellFormat=string&timeZone=UTC&userLocale=en-us").await;
    for (field, text) in
        [("Points there", "2.5, 4.0"), ("Tags there", "b, a"), ("Due there", "2026-03-01"), ("Urgent there", "checked")]
    {
        assert_eq!(house[field], text, "{field}");
    }
    assert_eq!(house["Project there"], "House, House");
}

#[on_every_database]
async fn a_lookup_follows_what_it_looks_at(app: TestApp) {
    let plans = plans(&app).await;
    plans.look(&app, "Names", "Name").await;
    plans.roll(&app, "Sum", "Points", "SUM(values)").await;
    let options = json!({ "recordLinkFieldId": "Project", "fieldIdInLinkedTable": "Sum" });
    plans.add(&app, "Tasks", "Of all", "multipleLookupValues", options).await;
    let share = json!({ "formula": "{Points}/{Of all}" });
    plans.add(&app, "Tasks", "Share", "formula", share).await;
    let seen = async |names: Value, sum: f64, share: f64| {
        let [house, _] = plans.told(&app, "").await;
        assert_eq!((&house["Names"], house["Sum"].as_f64()), (&names, Some(sum)));
        let task = app.get(&format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[0])).await;
        assert_eq!(task["fields"]["Share"].as_f64(), Some(share));
    };
    seen(json!(["Dig", "Build"]), 6.5, 2.5 / 6.5).await;
    plans.write(&app, 1, json!({ "Name": "Raise", "Points": 7.5 })).await;
    seen(json!(["Dig", "Raise"]), 10.0, 0.25).await;
    plans.write(&app, 1, json!({ "Project": [plans.projects[1]] })).await;
    seen(json!(["Dig"]), 2.5, 1.0).await;
    let order = json!({ "fields": { "Tasks": [plans.tasks[1], plans.tasks[0]] } });
    let house = format!("/v0/{}/Projects/{}", plans.base, plans.projects[0]);
    let answer = app.ok(Method::PATCH, &house, &order).await;
    assert_eq!(answer["fields"]["Names"], json!(["Raise", "Dig"]), "the answer to a write is the state after it");
    seen(json!(["Raise", "Dig"]), 10.0, 0.25).await;
    app.ok(Method::DELETE, &format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[1]), &Value::Null).await;
    seen(json!(["Dig"]), 2.5, 1.0).await;
}

#[on_every_database]
async fn a_rollup_brings_values_down(app: TestApp) {
    let plans = plans(&app).await;
    for (name, at, formula) in [
        ("Sum", "Points", "SUM(values)"),
        ("Mean", "Points", "AVERAGE(values)"),
        ("Most", "Points", "MAX(values)"),
        ("Last", "Due", "MAX(values)"),
        ("Filled", "Status", "COUNTA(values)"),
        ("All", "Status", "COUNTALL(values)"),
        ("Urgent too", "Urgent", "AND(values)"),
        ("Any urgent", "Urgent", "OR(values)"),
        ("Joined", "Name", "ARRAYJOIN(values, ' + ')"),
        ("Tags once", "Tags", "ARRAYUNIQUE(values)"),
        ("Rated", "Points", "IF(SUM(values)>6, 'large', 'small')"),
    ] {
        let made = plans.roll(&app, name, at, formula).await;
        assert_eq!((made["type"].as_str(), made["options"]["formula"].as_str()), (Some("rollup"), Some(formula)));
    }
    let [house, boat] = plans.told(&app, "").await;
    let expected = json!({
        "Title": "House", "Tasks": plans.tasks, "Sum": 6.5, "Mean": 3.25, "Most": 4, "Last": "2026-03-01", "Filled": 1,
        "All": 2, "Urgent too": 0, "Any urgent": 1, "Joined": "Dig + Build", "Tags once": ["b", "a", null], "Rated": "large",
    });
    assert_eq!(house, expected);
    let nothing = json!({ "specialValue": "NaN" });
    let expected = json!({
        "Title": "Boat", "Sum": 0, "Mean": nothing, "Most": 0, "Filled": 0, "All": 0, "Urgent too": 1, "Any urgent": 0,
        "Rated": "small",
    });
    assert_eq!(boat, expected);
}

/// Each level looks twice at the one before: what a field needs is found once, not once for each way there.
#[on_every_database]
async fn many_ways_to_the_same_field_are_walked_once(app: TestApp) {
    let plans = plans(&app).await;
    app.ok(Method::DELETE, &format!("/v0/{}/Tasks/{}", plans.base, plans.tasks[1]), &Value::Null).await;
    let mut at = "Points".to_owned();
    for level in 0..24 {
        let (table, link) = if level % 2 == 0 { ("Projects", "Tasks") } else { ("Tasks", "Project") };
        for formula in ["SUM", "MAX"] {
            let options = json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": at, "formula": format!("{formula}(values)") });
            plans.add(&app, table, &format!("{formula} {level}"), "rollup", options).await;
        }
        at = format!("Mean {level}");
        let options = json!({ "formula": format!("{{SUM {level}}}/2+{{MAX {level}}}/2") });
        plans.add(&app, table, &at, "formula", options).await;
    }
    let seen = async || app.get(&format!("/v0/{}/Tasks", plans.base)).await["records"][0]["fields"][&at].clone();
    assert_eq!(seen().await, 2.5);
    plans.write(&app, 0, json!({ "Points": 7 })).await;
    assert_eq!(seen().await, 7);
}

#[on_every_database]
async fn lookups_order_filter_and_group_records(app: TestApp) {
    let plans = plans(&app).await;
    plans.look(&app, "Names", "Name").await;
    plans.look(&app, "Points there", "Points").await;
    plans.roll(&app, "Sum", "Points", "SUM(values)").await;
    let titles = async |query: &str| {
        let list = app.get(&format!("/v0/{}/Projects?{query}", plans.base)).await;
        let titles = list["records"].as_array().unwrap().iter().map(|record| record["fields"]["Title"].clone());
        titles.collect::<Vec<_>>()
    };
    for (query, expected) in [
        ("sort[0][field]=Sum", json!(["Boat", "House"])),
        ("sort[0][field]=Sum&sort[0][direction]=desc", json!(["House", "Boat"])),
        ("sort[0][field]=Names&sort[0][direction]=desc", json!(["House", "Boat"])),
        ("sort[0][field]=Points%20there", json!(["Boat", "House"])),
        ("filterByFormula=FIND('Build',ARRAYJOIN(Names))", json!(["House"])),
        ("filterByFormula=%7BPoints%20there%7D%3D''", json!(["Boat"])),
        ("filterByFormula=Sum%3E6", json!(["House"])),
    ] {
        assert_eq!(json!(titles(query).await), expected, "{query}");
    }
    let ask = async |tool: &str, input: Value| {
        let body = json!({ "tool_name": tool, "arguments": input });
        app.call(Method::POST, "/execute-tool", &body).await.1
    };
    let base = &plans.base;
    let filter = json!({ "field": "Names", "op": "contains", "value": "dig" });
    let found = ask("list_records", json!({ "base": base, "table": "Projects", "filter": filter })).await;
    assert_eq!(found["result"]["total"], 1, "{found}");
    let sum = json!({ "op": "sum", "field": "Points there" });
    let refused = ask("aggregate", json!({ "base": base, "table": "Projects", "aggregates": [sum] })).await;
    assert!(refused.to_string().contains("make a rollup of them, such as `SUM(values)`"), "{refused}");
    let sum = json!({ "op": "sum", "field": "Sum" });
    let told = ask("aggregate", json!({ "base": base, "table": "Projects", "aggregates": [sum] })).await;
    assert!(told.to_string().contains("6.5"), "{told}");
}

#[on_every_database]
async fn the_schema_tells_what_a_lookup_shows(app: TestApp) {
    let plans = plans(&app).await;
    let made = plans.look(&app, "States", "Status").await;
    let options = &made["options"];
    assert_eq!((&options["isValid"], &options["result"]["type"]), (&json!(true), &json!("singleSelect")));
    let choices = options["result"]["options"]["choices"].as_array().unwrap();
    assert_eq!(choices.iter().map(|choice| choice["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Open", "Done"]);
    let options = json!({ "recordLinkFieldId": "Project", "fieldIdInLinkedTable": "States" });
    let again = plans.add(&app, "Tasks", "States there", "multipleLookupValues", options).await;
    assert_eq!(again["options"]["result"], made["options"]["result"], "a lookup of a lookup shows its values");
    let made = plans.roll(&app, "Sum", "Points", "SUM(values)").await;
    assert_eq!(made["options"]["result"]["type"], "number");

    // What is looked at goes to the trash and comes back.
    let status = options_field(&app, &plans, "Tasks", "Status").await;
    app.ok(Method::DELETE, &format!("/v0/meta/bases/{}/tables/Tasks/fields/{status}", plans.base), &Value::Null).await;
    let broken = field(&app, &plans, "Projects", "States").await;
    assert_eq!(broken["options"]["isValid"], false);
    assert_eq!(broken["options"]["result"], Value::Null);
    let [house, _] = plans.told(&app, "fields[]=States").await;
    assert_eq!(house, json!({ "States": { "error": "#ERROR!" } }));
    let restore = format!("/api/v1/bases/{}/trash/{status}/restore", plans.base);
    app.ok(Method::POST, &restore, &Value::Null).await;
    let [house, _] = plans.told(&app, "fields[]=States").await;
    assert_eq!(house, json!({ "States": ["Open"] }));
}

async fn field(app: &TestApp, plans: &Plans, table: &str, name: &str) -> Value {
    let tables = app.get(&format!("/v0/meta/bases/{}/tables", plans.base)).await;
    let tables = tables["tables"].as_array().unwrap();
    let table = tables.iter().find(|held| held["name"] == table).unwrap();
    table["fields"].as_array().unwrap().iter().find(|field| field["name"] == name).unwrap().clone()
}

async fn options_field(app: &TestApp, plans: &Plans, table: &str, name: &str) -> String {
    field(app, plans, table, name).await["id"].as_str().unwrap().to_owned()
}

#[on_every_database]
async fn what_cannot_be_looked_at_is_refused(app: TestApp) {
    let plans = plans(&app).await;
    let made = plans.roll(&app, "Sum", "Points", "SUM(values)").await;
    let fields = format!("/v0/meta/bases/{}/tables/Projects/fields", plans.base);
    let through = |link: &str, at: &str| json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": at });
    for (kind, options, words) in [
        ("multipleLookupValues", json!({}), "recordLinkFieldId"),
        ("multipleLookupValues", json!({ "recordLinkFieldId": "Tasks" }), "fieldIdInLinkedTable"),
        ("multipleLookupValues", through("Title", "Name"), "`Title` is of type `singleLineText`"),
        ("multipleLookupValues", through("Tasks", "Title"), "`Title` does not exist there"),
        ("multipleLookupValues", json!({ "recordLinkFieldId": 3, "fieldIdInLinkedTable": 4 }), "a link field"),
        ("rollup", through("Tasks", "Points"), "SUM(values)"),
        (
            "rollup",
            {
                let mut o = through("Tasks", "Points");
                o["formula"] = json!("SUM({Title})");
                o
            },
            "Unknown field names: title",
        ),
        (
            "rollup",
            {
                let mut o = through("Tasks", "Points");
                o["formula"] = json!("SUM(values");
                o
            },
            "formula",
        ),
    ] {
        let body = json!({ "name": "X", "type": kind, "options": options });
        let (status, answer) = app.call(Method::POST, &fields, &body).await;
        assert_eq!(status, 422, "{answer}");
        assert_eq!(answer["error"]["type"], "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE", "{answer}");
        assert!(answer["error"]["message"].as_str().unwrap().contains(words), "{answer}");
    }
    let written = json!({ "fields": { "Sum": 3 } });
    let (status, answer) = app.call(Method::POST, &format!("/v0/{}/Projects", plans.base), &written).await;
    assert_eq!((status, answer["error"]["type"].as_str()), (422, Some("INVALID_VALUE_FOR_COLUMN")));

    // A circle through both tables.
    let shown = json!({ "recordLinkFieldId": "Project", "fieldIdInLinkedTable": "Sum" });
    plans.add(&app, "Tasks", "Of all", "multipleLookupValues", shown).await;
    let change = json!({ "options": { "fieldIdInLinkedTable": "Of all" } });
    let (status, answer) =
        app.call(Method::PATCH, &format!("{fields}/{}", made["id"].as_str().unwrap()), &change).await;
    assert_eq!(status, 422);
    assert!(answer["error"]["message"].as_str().unwrap().contains("Sum → Of all of `Tasks` → Sum"), "{answer}");
}

/// Two lookups through the same link are read record by record, blanks and all.
#[on_every_database]
async fn a_value_is_looked_up_among_linked_records(app: TestApp) {
    let plans = plans(&app).await;
    for (name, at) in [("Names", "Name"), ("Points", "Points"), ("Days", "Due"), ("Tags", "Tags")] {
        plans.look(&app, name, at).await;
    }
    let formula = |text: &str| json!({ "formula": text });
    for (name, text) in [
        ("Found", "XLOOKUP('Build', {Names}, {Points}, -1)"),
        ("Day", "XLOOKUP('Build', {Names}, {Days})"),
        ("By", "XLOOKUP(4, {Points}, {Names}, 'none')"),
        ("Several", "XLOOKUP('Build', {Names}, {Tags})"),
        ("Twice", "XLOOKUP('Build', {Names}, {Points}) + SUM({Points})"),
    ] {
        plans.add(&app, "Projects", name, "formula", formula(text)).await;
    }
    plans.roll(&app, "Own", "Points", "XLOOKUP(4, values, values, 0)").await;
    let [house, boat] = plans.told(&app, "").await;
    // `Build` has no day, and comes behind one that has: nothing is taken from its neighbour.
    assert_eq!((&house["Found"], &house["Day"], &house["By"]), (&json!(4), &Value::Null, &json!("Build")));
    assert_eq!((&house["Several"]["error"], &house["Twice"]), (&json!("#ERROR!"), &json!(10.5)));
    assert_eq!((&boat["Found"], &boat["Day"], &boat["By"]), (&json!(-1), &Value::Null, &json!("none")));
    assert_eq!((&house["Own"], &boat["Own"]), (&json!(4), &json!(0)));
    // The first of several with the same key counts, as links are ordered; a record without a key is never found.
    plans.write(&app, 0, json!({ "Name": "Build", "Tags": ["b"] })).await;
    let [house, _] = plans.told(&app, "").await;
    assert_eq!((&house["Found"], &house["Day"]), (&json!(2.5), &json!("2026-03-01")));
    assert_eq!((&house["Several"], &house["Twice"]), (&json!("b"), &json!(9)));
    plans.write(&app, 0, json!({ "Name": null, "Due": null })).await;
    plans.write(&app, 1, json!({ "Due": "2026-05-09" })).await;
    let [house, boat] = plans.told(&app, "filterByFormula=XLOOKUP('Build',{Names},{Points})=4").await;
    assert_eq!((&house["Found"], &house["Day"]), (&json!(4), &json!("2026-05-09")));
    assert_eq!(boat, Value::Null, "a filter looks up too");

    plans.add(&app, "Projects", "Label", "singleLineText", Value::Null).await;
    let options =
        json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Name", "formula": "ARRAYUNIQUE(values)" });
    plans.add(&app, "Projects", "Once", "rollup", options).await;
    for (text, told) in [
        ("XLOOKUP(1, {Once}, {Points})", "`Once` is of type `rollup`, `Points` looks through `Tasks`"),
        ("XLOOKUP(1, ARRAYUNIQUE({Names}), {Points})", "XLOOKUP takes lookup fields as they are"),
        ("LET(x, {Names}, XLOOKUP(1, x, {Points}))", "XLOOKUP takes lookup fields as they are"),
        ("XLOOKUP(1, {Names})", "XLOOKUP takes 3 or 4 arguments, not 2"),
        ("SUM(values)", "`values` is known to the formulas of rollups only: name a lookup field here"),
    ] {
        let field = json!({ "name": "F", "type": "formula", "options": { "formula": text } });
        let fields = format!("/v0/meta/bases/{}/tables/Projects/fields", plans.base);
        let list = format!("/v0/{}/Projects/listRecords", plans.base);
        for (path, body) in [(fields, field), (list, json!({ "filterByFormula": text }))] {
            let (status, answer) = app.call(Method::POST, &path, &body).await;
            assert!(status == 422 && answer.to_string().contains(told), "{text}: {status} {answer}");
        }
    }
    let options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Name", "formula": "XLOOKUP(1, {Points}, values)" });
    let body = json!({ "name": "R", "type": "rollup", "options": options });
    let path = format!("/v0/meta/bases/{}/tables/Projects/fields", plans.base);
    let (status, answer) = app.call(Method::POST, &path, &body).await;
    assert!(status == 422 && answer.to_string().contains("Unknown field names: points"), "{status} {answer}");
}

/// Two tables, each record of one linked to all of the other, and lookups that read each other by turns.
async fn halls(app: &TestApp, records: usize, name: &str) -> (String, [String; 2]) {
    let fields = json!([{ "name": "Name", "type": "multilineText" }]);
    let tables = json!([{ "name": "T", "fields": fields }, { "name": "X", "fields": fields }]);
    let body = json!({ "name": "Halls", "workspaceId": app.workspace().await, "tables": tables });
    let base = app.ok(Method::POST, "/v0/meta/bases", &body).await;
    let (id, linked) = (base["id"].as_str().unwrap().to_owned(), &base["tables"][1]["id"]);
    let tables = [0, 1].map(|at| base["tables"][at]["id"].as_str().unwrap().to_owned());
    let link = json!({ "name": "L", "type": "multipleRecordLinks", "options": { "linkedTableId": linked } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{id}/tables/T/fields"), &link).await;
    let bulk = |table: &str| format!("/api/v1/bases/{id}/tables/{table}/records:bulk");
    let lines = |cells: Value| format!("{}\n", json!({ "fields": cells })).repeat(records);
    app.raw(Method::POST, &bulk("X"), lines(json!({ "Name": name }))).await;
    let held = app.get(&format!("/v0/{id}/X")).await;
    let all: Vec<&Value> = held["records"].as_array().unwrap().iter().map(|record| &record["id"]).collect();
    app.raw(Method::POST, &bulk("T"), lines(json!({ "Name": "t", "L": all }))).await;
    (id, tables)
}

/// The next of the lookups: the odd ones are of `T`, and the first one reads names.
async fn hop(app: &TestApp, (base, tables): (&str, &[String; 2]), at: usize) -> (u16, Value) {
    let (table, link) = if at % 2 == 1 { (&tables[0], "L") } else { (&tables[1], "T") };
    let looked = if at == 1 { "Name".to_owned() } else { format!("c{}", at - 1) };
    let options = json!({ "recordLinkFieldId": link, "fieldIdInLinkedTable": looked });
    let body = json!({ "name": format!("c{at}"), "type": "multipleLookupValues", "options": options });
    app.call(Method::POST, &format!("/v0/meta/bases/{base}/tables/{table}/fields"), &body).await
}

#[on_every_database]
async fn five_lookups_follow_each_other_and_no_more(app: TestApp) {
    let (base, tables) = halls(&app, 2, "x").await;
    for at in 1..=5 {
        let (status, answer) = hop(&app, (&base, &tables), at).await;
        assert_eq!(status, 200, "{answer}");
    }
    let held = app.get(&format!("/v0/{base}/T")).await;
    assert_eq!(held["records"][0]["fields"]["c5"], json!(vec!["x"; 32]));
    let (status, answer) = hop(&app, (&base, &tables), 6).await;
    assert!(status == 422 && answer.to_string().contains("would look through 5 lookups"), "{status} {answer}");

    // A rollup makes one value of them, from which others may look on.
    let options = json!({ "recordLinkFieldId": "T", "fieldIdInLinkedTable": "c5", "formula": "COUNTA(values)" });
    let body = json!({ "name": "Sum", "type": "rollup", "options": options });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/X/fields"), &body).await;
    let options = json!({ "recordLinkFieldId": "L", "fieldIdInLinkedTable": "Sum" });
    let body = json!({ "name": "Sums", "type": "multipleLookupValues", "options": options });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/T/fields"), &body).await;
    let held = app.get(&format!("/v0/{base}/T")).await;
    assert_eq!(held["records"][0]["fields"]["Sums"], json!([64, 64]));
}

/// 30 records that are linked to 30, whose names have 10,000 letters: through two lookups a cell would have 9 MB.
#[on_every_database]
async fn a_cell_with_too_many_values_is_an_error(app: TestApp) {
    let name = "x".repeat(10_000);
    let (base, tables) = halls(&app, 30, &name).await;
    for at in 1..=2 {
        let (status, answer) = hop(&app, (&base, &tables), at).await;
        assert_eq!(status, 200, "{answer}");
    }
    let held = app.get(&format!("/v0/{base}/X?fields[]=c2&pageSize=1")).await;
    assert_eq!(held["records"][0]["fields"], json!({ "c2": { "error": "#ERROR!" } }));
    let held = app.get(&format!("/v0/{base}/T?fields[]=c1&pageSize=1")).await;
    assert!(held["records"][0]["fields"]["c1"] == json!(vec![name; 30]), "what one lookup reads is all there");
}

/// An unchecked box is one that is not checked, whatever the boxes beside it are.
#[on_every_database]
async fn rollups_count_unchecked_boxes(app: TestApp) {
    let plans = plans(&app).await;
    let formulas = [
        ("Share", "AVERAGE(values)"),
        ("All", "COUNT(values)"),
        ("Open", "COUNTIF(values, 0)"),
        ("Told", "ARRAYJOIN(values, ';')"),
    ];
    for (name, formula) in formulas {
        plans.roll(&app, name, "Urgent", formula).await;
    }
    let told = async || {
        let [house, boat] = plans.told(&app, "fields[]=Share&fields[]=All&fields[]=Open&fields[]=Told").await;
        assert_eq!((&boat["All"], &boat["Open"]), (&json!(0), &json!(0)), "{boat}");
        house
    };
    assert_eq!(told().await, json!({ "Share": 0.5, "All": 2, "Open": 1, "Told": "1;0" }));
    plans.write(&app, 0, json!({ "Urgent": false })).await;
    assert_eq!(told().await, json!({ "Share": 0, "All": 2, "Open": 2, "Told": "0;0" }));
}
