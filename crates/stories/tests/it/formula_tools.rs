//! Formulas while they are written: what they come to, what is wrong with them, and what they are made of.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::ai_text::{Model, said};
use crate::app::TestApp;

/// A base with one task, whose time stands still.
struct Bench {
    app: TestApp,
    base: String,
    task: String,
}

impl ForDatabase for Bench {
    async fn for_database(engine: Engine) -> Self {
        let (app, _) = TestApp::timed(engine, |_| {}).await;
        let base = app.plans().await;
        let project =
            app.ok(Method::POST, &format!("/v0/{base}/Projects"), &json!({ "fields": { "Title": "House" } })).await;
        let task = json!({ "fields": { "Name": "Dig", "Points": 2.5, "Status": "Open", "Tags": ["b", "a"], "Due": "2026-01-05",
            "Urgent": true, "Project": [project["id"]] } });
        let task = app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &task).await["id"].as_str().unwrap().to_owned();
        Self { app, base, task }
    }
}

impl Bench {
    async fn ask(&self, what: &str, body: &Value) -> Value {
        self.app.ok(Method::POST, &format!("/api/v1/formulas/{what}"), body).await
    }

    /// Asks about a formula of the table of tasks.
    async fn of_tasks(&self, what: &str, formula: &str) -> Value {
        self.ask(what, &json!({ "formula": formula, "base": self.base, "table": "Tasks" })).await
    }

    async fn value(&self, formula: &str, record: Option<&str>, context: Value) -> Value {
        let body =
            json!({ "formula": formula, "base": self.base, "table": "Tasks", "record": record, "context": context });
        let answer = self.ask("evaluate", &body).await;
        assert_eq!(answer["is_valid"], true, "{formula}: {answer}");
        answer["value"].clone()
    }
}

#[on_every_database]
async fn functions_are_listed(app: TestApp) {
    let listed = app.get("/api/v1/formulas/functions").await;
    let all = listed["functions"].as_array().unwrap();
    assert_eq!(all.iter().filter(|function| function["airtable"] == true).count(), 84);
    let named = |name: &str| all.iter().find(|function| function["name"] == name).unwrap();
    assert_eq!(
        *named("LEFT"),
        json!({
            "name": "LEFT", "signature": "LEFT(text, [count])", "result": "text", "list": false, "category": "text",
            "arguments": [
                { "name": "text", "optional": false, "repeats": false },
                { "name": "count", "optional": true, "repeats": false },
            ],
            "description": "The first characters; one without a count.", "airtable": true, "aliases": [],
            "examples": [{ "formula": "LEFT(\"quick brown fox\", 5)", "value": "\"quick\"" }],
        })
    );
    assert_eq!((&named("LEN")["aliases"], &named("LENGTH")["airtable"]), (&json!(["LENGTH"]), &json!(false)));
    // What is told is so.
    let mut seen = 0;
    for example in all.iter().flat_map(|function| function["examples"].as_array().unwrap()) {
        let answer = app.ok(Method::POST, "/api/v1/formulas/evaluate", &json!({ "formula": example["formula"] })).await;
        let shown = match &answer["value"] {
            Value::Null => "blank".to_owned(),
            Value::Object(error) if error.contains_key("error") => "#ERROR!".to_owned(),
            Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
            // Points in time are told without quotes, with all their digits, and days as they are.
            Value::String(time) if !example["value"].as_str().unwrap().starts_with('"') => time.clone(),
            text => text.to_string(),
        };
        assert_eq!(shown, example["value"], "{example}: {answer}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[on_every_database]
async fn formulas_are_evaluated(bench: Bench) {
    let task = Some(bench.task.as_str());
    for (formula, told) in [
        ("{Points} * 2", json!(5)),
        ("{Name} & ' ' & {Status} & ' ' & {Tags} & ' ' & {Project}", json!("Dig Open b, a House")),
        ("IF({Urgent}, {Due})", json!("2026-01-05")),
        ("RECORD_ID()", json!(bench.task)),
        ("CREATED_TIME()", json!("2026-01-01T00:00:00.000Z")),
        ("DATETIME_DIFF({Due}, NOW(), 'days')", json!(4)),
        ("{Double} + 1", json!(6)),
        ("BLANK()", Value::Null),
        ("0/0", json!({ "specialValue": "NaN" })),
    ] {
        assert_eq!(bench.value(formula, task, json!({})).await, told, "{formula}");
    }
    // Given values come before the record's, and without a record everything else is blank.
    let given = json!({ "Points": 10, "Status": "Done", "Tags": ["x", "y"], "Due": "2026-02-01", "Urgent": false, "Project": ["Boat"] });
    let formula = "{Points} & {Status} & {Tags} & DATESTR({Due}) & {Urgent} & {Project} & {Name}";
    assert_eq!(bench.value(formula, task, given.clone()).await, json!("10Donex, y2026-02-010BoatDig"));
    assert_eq!(bench.value(formula, None, given).await, json!("10Donex, y2026-02-010Boat"));

    // Without a table names are those of the values.
    for (formula, context, told, data_type) in [
        ("{a} + b", json!({ "a": 1, "b": 2 }), json!(3), "number"),
        ("SUM({list}) & MEDIAN({list})", json!({ "list": [1, 2, 6] }), json!("92"), "text"),
        // Names in other letters are found, and those that are written just so come first.
        ("{NAME} & {name} & LET(name, 3, {Name} & NAME)", json!({ "Name": "a", "name": "b" }), json!("aba3"), "text"),
        ("IF({yes}, UPPER({t}))", json!({ "yes": true, "t": "ü" }), json!("Ü"), "text"),
        ("XLOOKUP('b', {k}, {v})", json!({ "k": ["a", "b"], "v": [1, 2] }), json!(2), "number"),
        ("1 = 1", json!({}), json!(1), "boolean"),
        ("DATEADD('2026-01-31', 1, 'month')", json!(null), json!("2026-02-28T00:00:00.000Z"), "dateTime"),
    ] {
        let body = json!({ "expression": formula, "context": context });
        let answer = bench.ask("evaluate", &body).await;
        assert_eq!((&answer["value"], &answer["data_type"]), (&told, &json!(data_type)), "{formula}: {answer}");
        assert_eq!((&answer["is_valid"], &answer["error_message"]), (&json!(true), &Value::Null));
    }
    let answer = bench.ask("evaluate", &json!({ "formula": "NOW()" })).await;
    assert_eq!(answer["warnings"], json!(["the value changes as time goes by"]));
    let answer = bench.ask("evaluate", &json!({ "formula": "ERROR()" })).await;
    assert_eq!((&answer["value"], &answer["is_valid"]), (&json!({ "error": "#ERROR!" }), &json!(false)));
    let answer = bench.ask("evaluate", &json!({ "formula": "1 + {c} + {d}", "context": { "x": 1 } })).await;
    assert_eq!((&answer["is_valid"], answer["diagnostics"].as_array().unwrap().len()), (&json!(false), 2));
    assert_eq!(
        answer["error_message"],
        "Unknown field names: c, d (at character 5); give a value for it in `context`, or `base` and `table`"
    );
}

#[on_every_database]
async fn formulas_are_checked(bench: Bench) {
    let told = bench.of_tasks("validate", "IF({Points} > 1, LET(x, {Due}, x), TODAY())").await;
    assert_eq!((&told["is_valid"], &told["error"], &told["result"]), (&json!(true), &Value::Null, &json!("date")));
    assert_eq!((&told["variables"], &told["functions"]), (&json!(["Due", "Points"]), &json!(["IF", "LET", "TODAY"])));
    assert_eq!((&told["volatile"], &told["complexity_score"]), (&json!(true), &json!(9)));
    assert_eq!((&told["fields"][0]["name"], &told["fields"][0]["type"]), (&json!("Points"), &json!("number")));

    // Airtable takes units that are none here, and so formulas that came from there.
    let taken = "DATETIME_DIFF('2024-01-02', '2024-01-01', 'hors')";
    let told = bench.of_tasks("validate", taken).await;
    let unit = "`hors` is no unit of time, so milliseconds are counted (at character 43); units are milliseconds";
    assert!(told["is_valid"] == true && told["warnings"][0].as_str().unwrap().starts_with(unit), "{told}");
    let told = bench.ask("evaluate", &json!({ "formula": taken })).await;
    assert!(told["value"] == 86_400_000 && told["warnings"][0].as_str().unwrap().starts_with(unit), "{told}");

    let told = bench.of_tasks("validate", "'ü' & {Poinst} & LEFT({Name}, 1, 2) & NOP(1)").await;
    let mistakes = told["diagnostics"].as_array().unwrap();
    let spans: Vec<_> =
        mistakes.iter().map(|told| (told["start"].as_u64().unwrap(), told["end"].as_u64().unwrap())).collect();
    assert_eq!(spans, [(6, 14), (17, 35), (38, 41)], "{told}");
    assert!(mistakes[0]["advice"].as_str().unwrap().contains("`Points`"), "{told}");
    assert_eq!(mistakes[1]["advice"], "it is written LEFT(text, [count])");
    assert_eq!((&told["is_valid"], &told["result"]), (&json!(false), &Value::Null));

    let told = bench.of_tasks("validate", "IF({Points}").await;
    assert_eq!(told["diagnostics"][0]["advice"], "add `)`");
    let told = bench.of_tasks("validate", "XLOOKUP(1, {Points}, {Points}) & LAST_MODIFIED_TIME({Double})").await;
    assert!(
        told["error"]
            .as_str()
            .unwrap()
            .contains("`Double` is of type `formula`, which nobody writes (at character 53)"),
        "{told}"
    );
    let told = bench.of_tasks("validate", "{Points + {Due} & {Poinst}").await;
    assert_eq!(told["diagnostics"][0]["advice"], "a `}` is missing before the second `{`", "{told}");

    // All at once, and nothing that only follows.
    let text = "IF({Points} == 1, Poinst Tag, SUMM({Poinst}), DATEADD({Due}, 1, 'dayz')";
    let told = bench.of_tasks("validate", text).await;
    let mistakes = told["diagnostics"].as_array().unwrap();
    let span = |told: &Value| text.get(told["start"].as_u64()? as usize..told["end"].as_u64()? as usize);
    let places: Vec<_> = mistakes.iter().filter_map(span).collect();
    assert_eq!(places, [text, "==", "Tag", "SUMM", "{Poinst}", "'dayz'"], "{told}");
    assert_eq!(told["error"], "the bracket of `IF(` is not closed (at character 1); add `)` (and 5 more mistakes)");
    let advice = |index: usize| mistakes[index]["advice"].as_str().unwrap();
    assert!(
        advice(2).contains("`{Poinst Tag}`") && advice(3) == "did you mean SUM?" && advice(4).contains("`Points`"),
        "{told}"
    );
    assert_eq!(
        (&told["variables"], &told["functions"]),
        (&json!(["Due", "Poinst", "Points"]), &json!(["DATEADD", "IF", "SUMM"]))
    );

    // Without a table any name may be one.
    let told = bench.ask("validate", &json!({ "formula": "LET(x, {a}, DATEADD(X, 1, 'dayz') & {b})" })).await;
    assert_eq!((&told["is_valid"], &told["variables"]), (&json!(false), &json!(["a", "b"])));
    assert_eq!(
        (told["diagnostics"].as_array().unwrap().len(), &told["diagnostics"][0]["start"]),
        (1, &json!(26)),
        "{told}"
    );
    let told = bench.ask("validate", &json!({ "formula": "SUM({a}, b) + NOP()" })).await;
    assert_eq!((&told["is_valid"], &told["variables"]), (&json!(false), &json!(["a", "b"])));
    let told = bench.ask("validate", &json!({ "formula": "SUM({a}, b)" })).await;
    assert_eq!((&told["is_valid"], &told["result"], &told["functions"]), (&json!(true), &Value::Null, &json!(["SUM"])));
}

#[on_every_database]
async fn formulas_are_explained_and_written(bench: Bench) {
    let told = bench.of_tasks("explain", "if({Points}>1,'ü',LET(x,{Due},x&{Double}))").await;
    // Parts have their places in what was sent.
    assert_eq!(told["formula"], "if({Points}>1,'ü',LET(x,{Due},x&{Double}))");
    let formula: Vec<char> = told["formula"].as_str().unwrap().chars().collect();
    for part in told["parts"].as_array().unwrap() {
        let [start, end] = ["start", "end"].map(|place| part[place].as_u64().unwrap() as usize);
        assert_eq!(part["text"], formula[start..end].iter().collect::<String>(), "{part}");
    }
    let parts = told["parts"].as_array().unwrap();
    let part = |text: &str| parts.iter().find(|part| part["text"] == text).unwrap();
    let points = part("{Points}>1");
    assert_eq!(
        (&points["kind"], &points["operation"], &points["result"]),
        (&json!("operation"), &json!(">"), &json!("boolean"))
    );
    assert_eq!((&points["start"], &points["end"], &points["depth"]), (&json!(3), &json!(13), &json!(1)));
    assert_eq!((&part("{Due}")["field"]["type"], &part("{Due}")["result"]), (&json!("date"), &json!("date")));
    assert_eq!((&part("x&{Double}")["result"], &part("'ü'")["result"]), (&Value::Null, &json!("text")));
    assert!(parts[0]["nanoseconds_per_record"].as_f64().unwrap() > 0.0);
    assert_eq!(
        (&told["records_sampled"], &told["truncated"], &told["volatile"]),
        (&json!(1), &json!(false), &json!(false))
    );
    // A name of `LET` is no field, whatever fields there are.
    let told = bench.of_tasks("explain", "LET(points, 1, (points + 2) * {Points})").await;
    let parts = told["parts"].as_array().unwrap();
    let part = |text: &str| parts.iter().find(|part| part["text"] == text).unwrap();
    assert_eq!((&part("points")["field"], &part("points")["result"]), (&Value::Null, &Value::Null), "{told}");
    assert_eq!(
        (&part("points + 2")["result"], &part("{Points}")["field"]["name"]),
        (&Value::Null, &json!("Points")),
        "{told}"
    );
    assert_eq!(parts[3]["text"], "(points + 2) * {Points}");
    let many = bench.of_tasks("explain", &format!("CONCATENATE({})", vec!["{Points}"; 300].join(","))).await;
    assert_eq!((many["parts"].as_array().unwrap().len(), &many["truncated"]), (200, &json!(true)));

    let told = bench.ask("format", &json!({ "formula": " sum( {a},1 )" })).await;
    assert_eq!(told, json!({ "formula": "SUM({a}, 1)", "changed": true }));
    assert_eq!(bench.of_tasks("format", " sum( {a},1 )").await, told, "about a table the form is the same");
    let told = bench.ask("format", &json!({ "expression": told["formula"] })).await;
    assert_eq!(told["changed"], false);

    let offered = async |formula: &str, cursor: Option<usize>| {
        let body = json!({ "formula": formula, "cursor": cursor, "base": bench.base, "table": "Tasks" });
        let told = bench.ask("complete", &body).await;
        let labels: Vec<String> = told["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|held| held["insert"].as_str().unwrap().to_owned())
            .collect();
        (told["from"].as_u64().unwrap(), labels)
    };
    assert_eq!(offered("'ü' & {poi", None).await, (6, vec!["{Points}".to_owned()]));
    assert_eq!(
        offered("dateti + 1", Some(6)).await,
        (0, ["DIFF", "FORMAT", "PARSE"].map(|name| format!("DATETIME_{name}(")).to_vec())
    );
    assert_eq!(offered("'text", None).await, (5, vec![]));
    let (from, all) = offered("SUM(", None).await;
    assert!(from == 4 && all.contains(&"{Points}".to_owned()) && all.contains(&"ABS(".to_owned()) && all.len() == 50);
}

#[on_every_database]
async fn wrong_questions_about_formulas_are_refused(bench: Bench) {
    let long = "1+".repeat(40_000);
    for (what, body, status, told) in [
        ("evaluate", json!({ "formula": "1", "base": bench.base }), 422, "`base` and `table` go together"),
        ("evaluate", json!({ "formula": "1", "record": bench.task }), 422, "`record` goes with `base` and `table`"),
        (
            "evaluate",
            json!({ "formula": "1", "base": bench.base, "table": "Nope" }),
            404,
            "table `Nope` does not exist",
        ),
        ("evaluate", json!({ "formula": "1", "base": "appNope0000000000", "table": "Tasks" }), 404, ""),
        (
            "evaluate",
            json!({ "formula": "1", "base": bench.base, "table": "Tasks", "record": "rec" }),
            404,
            "record `rec`",
        ),
        (
            "evaluate",
            json!({ "formula": "1", "base": bench.base, "table": "Tasks", "context": { "Points": "two" } }),
            422,
            "`Points` of `context` takes a number",
        ),
        (
            "evaluate",
            json!({ "formula": "1", "base": bench.base, "table": "Tasks", "context": { "Due": "soon" } }),
            422,
            "`Due` of `context` takes a day",
        ),
        (
            "validate",
            json!({ "formula": "1", "base": bench.base, "table": "Tasks", "context": { "Poinst": 1 } }),
            422,
            "Unknown field name",
        ),
        (
            "evaluate",
            json!({ "formula": "1", "rollup": { "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": "Points" } }),
            422,
            "`rollup` goes with `base` and `table`",
        ),
        ("evaluate", json!({ "formula": "1", "more": 1 }), 422, "more"),
        ("explain", json!({ "formula": "1 +" }), 422, "the formula ends where a value is missing"),
        ("format", json!({ "formula": "SUM(1" }), 422, "add `)`"),
        ("format", json!({ "formula": long }), 422, "a formula has at most 65536 bytes"),
        ("format", json!({}), 422, "formula"),
    ] {
        let (code, answer) = bench.app.call(Method::POST, &format!("/api/v1/formulas/{what}"), &body).await;
        let body: String = body.to_string().chars().take(200).collect();
        assert!(
            code == StatusCode::from_u16(status).unwrap() && answer["detail"].to_string().contains(told),
            "{body}: {code} {answer}"
        );
    }
}

#[on_every_database]
async fn what_a_formula_is_about_must_be_there(bench: Bench) {
    let nobody = json!({ "formula": "1", "base": bench.base, "table": "Tasks", "record": "recNobody00000001" });
    for (what, body, status, told) in [
        ("validate", nobody.clone(), StatusCode::NOT_FOUND, "recNobody00000001"),
        ("evaluate", nobody.clone(), StatusCode::NOT_FOUND, "recNobody00000001"),
        ("explain", nobody, StatusCode::NOT_FOUND, "recNobody00000001"),
        (
            "format",
            json!({ "formula": "1", "base": bench.base }),
            StatusCode::UNPROCESSABLE_ENTITY,
            "`base` and `table` go together",
        ),
        (
            "format",
            json!({ "formula": "1", "base": bench.base, "table": "Task" }),
            StatusCode::NOT_FOUND,
            "table `Task` does not exist",
        ),
    ] {
        let (code, answer) = bench.app.call(Method::POST, &format!("/api/v1/formulas/{what}"), &body).await;
        assert!(code == status && answer["detail"].to_string().contains(told), "{what} {body}: {code} {answer}");
    }
}

#[on_every_database]
async fn values_in_the_context_that_are_none_are_refused(bench: Bench) {
    let many: serde_json::Map<String, Value> = (0..1_001).map(|n| (format!("f{n}"), json!(1))).collect();
    for (context, told) in [
        (json!({ "a": { "b": 1 } }), "`a` of `context` is an object"),
        (json!({ "a": ["x", 1] }), "`a` of `context` takes a list, each value a text"),
        (
            json!({ "a": [{ "specialValue": "NaN" }] }),
            "`a` of `context` takes a list of numbers, of texts, or of true and false",
        ),
        (json!({ "a": [1, [2]] }), "`a` of `context` takes a list of numbers"),
        (json!(many), "at most 1000 values"),
    ] {
        let body = json!({ "formula": "1", "context": context });
        let (status, answer) = bench.app.call(Method::POST, "/api/v1/formulas/evaluate", &body).await;
        assert!(status == 422 && answer["detail"].to_string().contains(told), "{told}: {status} {answer}");
    }
}

/// An error of a cell tells which part it comes from, why, and what would be right.
#[on_every_database]
async fn errors_of_cells_tell_where_they_come_from(bench: Bench) {
    let Bench { app, base, task } = &bench;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    for (name, formula) in [("Code", "VALUE({Name} & '.1.2')"), ("Shown", "{Code} & '!'")] {
        let field = json!({ "name": name, "type": "formula", "options": { "formula": formula } });
        app.ok(Method::POST, &fields, &field).await;
    }
    let error = json!({ "error": "#ERROR!" });
    for (formula, part, told) in [
        (
            "1 + VALUE({Name} & '.1.2')",
            "VALUE({Name} & '.1.2')",
            "VALUE(\"Dig.1.2\") is an error: no number can be read from the text (at character 5); a number has digits",
        ),
        (
            "REGEX_EXTRACT({Name}, '[0-9]+') & '!'",
            "REGEX_EXTRACT({Name}, '[0-9]+')",
            "no part of the text fits the pattern (at character 1); `IF(REGEX_MATCH(text, pattern), ",
        ),
        (
            "IF({Urgent}, YEAR({Name}), VALUE('.'))",
            "{Name}",
            "`Dig` is no date (at character 19); a date is written as `2024-02-29 15:05`",
        ),
        (
            "REPT({Name}, 90000)",
            "REPT({Name}, 90000)",
            "the text becomes too long (at character 1); a text has at most 100,000 characters",
        ),
        (
            "{Shown} & 1",
            "{Shown}",
            "the value of `Shown` is an error (at character 1); evaluate its own formula for this record",
        ),
        ("LET(x, {Code}, x + 1)", "{Code}", "the value of `Code` is an error (at character 8)"),
    ] {
        let asked = json!({ "formula": formula, "base": base, "table": "Tasks", "record": task });
        let answer = bench.ask("evaluate", &asked).await;
        assert_eq!((&answer["value"], &answer["is_valid"]), (&error, &json!(false)), "{answer}");
        assert!(answer["error_message"].as_str().unwrap().contains(told), "{formula}: {answer}");
        let [found] = answer["diagnostics"].as_array().unwrap().as_slice() else { panic!("{answer}") };
        let place = found["start"].as_u64().unwrap() as usize..found["end"].as_u64().unwrap() as usize;
        assert_eq!(&formula[place], part, "{answer}");
    }
    // Given values, too, and what is too much work.
    let given = json!({ "formula": "XLOOKUP('b', {k}, {v})", "context": { "k": ["a", "b"], "v": [1] } });
    let answer = bench.ask("evaluate", &given).await;
    assert!(
        answer["error_message"].as_str().unwrap().contains("there are not as many keys as values (at character 1)"),
        "{answer}"
    );
    let parts = vec!["SPLIT(REPT({t}, 20000), ' ')"; 150].join(", ");
    let heavy = json!({ "formula": format!("COUNTALL({parts}) + 1"), "context": { "t": "a " } });
    let answer = bench.ask("evaluate", &heavy).await;
    assert_eq!(
        answer["error_message"],
        "COUNTALL takes more steps than a cell may (at character 1); give it shorter texts, or fewer of them"
    );
}

/// What was computed from a field that is gone tells so, in the schema and where it is tried out, until the field is back.
#[on_every_database]
async fn fields_that_are_broken_say_why(bench: Bench) {
    let Bench { app, base, task } = &bench;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let made = async |name: &str, kind: &str, options: Value| {
        let field = json!({ "name": name, "type": kind, "options": options });
        app.ok(Method::POST, &fields, &field).await["id"].as_str().unwrap().to_owned()
    };
    let gone = made("Tmp", "number", json!({ "precision": 0 })).await;
    made("Uses", "formula", json!({ "formula": "{Name} & {Tmp}" })).await;
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let id = |name: &str| {
        let mut all = tables["tables"].as_array().unwrap().iter().flat_map(|table| table["fields"].as_array().unwrap());
        all.find(|field| field["name"] == name).unwrap()["id"].clone()
    };
    made(
        "Titles",
        "multipleLookupValues",
        json!({ "recordLinkFieldId": id("Project"), "fieldIdInLinkedTable": id("Title") }),
    )
    .await;
    made("How many", "count", json!({ "recordLinkFieldId": id("Project") })).await;
    let options = async |name: &str| {
        let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
        let fields = tables["tables"][0]["fields"].as_array().unwrap().clone();
        fields.into_iter().find(|field| field["name"] == name).unwrap()["options"].clone()
    };
    assert_eq!(options("Uses").await["error"], Value::Null);
    app.ok(Method::DELETE, &format!("{fields}/{gone}"), &json!({})).await;
    app.ok(Method::DELETE, &format!("{fields}/Project"), &json!({})).await;
    let told = "the field `Tmp` was deleted: bring it back, or name another";
    let at = options("Uses").await["formula"].as_str().unwrap().find(&gone).unwrap();
    let uses = options("Uses").await;
    assert_eq!(
        (&uses["isValid"], &uses["error"]),
        (&json!(false), &json!(format!("{told} (at character {at} of the formula)")))
    );
    for name in ["Titles", "How many"] {
        let told = options(name).await;
        let reason = json!("the field `Project` was deleted: bring it back, or name another");
        assert_eq!((&told["isValid"], &told["error"]), (&json!(false), &reason), "{name}");
    }
    let asked = json!({ "formula": "{Uses} & '!'", "base": base, "table": "Tasks", "record": task });
    let answer = bench.ask("evaluate", &asked).await;
    assert!(answer["error_message"].as_str().unwrap().contains(told), "{answer}");
    // What was read can be sent back, and a field that is back works again.
    let (status, answer) = app.call(Method::PATCH, &format!("{fields}/Uses"), &json!({ "options": uses })).await;
    assert!(status == 422 && answer.to_string().contains("the field `Tmp` was deleted"), "{status} {answer}");
    app.ok(Method::POST, &format!("/api/v1/bases/{base}/trash/{gone}/restore"), &json!({})).await;
    let uses = options("Uses").await;
    assert_eq!((&uses["isValid"], &uses["error"]), (&json!(true), &Value::Null));
}

/// Whoever makes a mistake is told the same of it, wherever a formula is written.
#[on_every_database]
async fn a_mistake_is_told_the_same_everywhere(bench: Bench) {
    let Bench { app, base, .. } = &bench;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    let made =
        |name: &str, formula: &str| json!({ "name": name, "type": "formula", "options": { "formula": formula } });
    let gone = app.ok(Method::POST, &fields, &made("Gone", "1")).await["id"].as_str().unwrap().to_owned();
    app.ok(Method::DELETE, &format!("{fields}/{gone}"), &json!({})).await;
    for (formula, told) in [
        ("1 + {Poinst}", "Unknown field names: poinst (at character 5); did you mean `Points`?"),
        (
            "{Name} & values",
            "Unknown field names: values (at character 10); `values` is known to the formulas of rollups only: name a lookup field here",
        ),
        ("{Qty}", "Unknown field names: qty (at character 1); no field of `Tasks` has a name like it"),
        ("é & {cyc}", "Unknown field names: é, cyc (at character 1); no field of `Tasks` has a name like it"),
        ("IF({Urgent}, null)", "Unknown field names: null (at character 14); nothing is written `BLANK()`"),
        ("{fldAAAAAAAAAAAAAA}", "(at character 1); no field of `Tasks` has this id"),
        (&format!("{{{gone}}}"), "(at character 1); the field `Gone` was deleted: bring it back, or name another"),
        ("{Points} AND {Urgent}", "`AND` is no operator (at character 10); that both hold is written `AND(a, b)`"),
        (
            "JSON_EXTRACT({Name}, 'a[')",
            "`a[` is no path into JSON (at character 22); a path is written as `a.b[0].c` or `$[\"a key\"]`",
        ),
        (
            "PERCENTILE({Points}, 5)",
            "`5` is no share (at character 22); a share is a number from 0 to 1, as 0.9 for ninety of a hundred",
        ),
        (
            "LAST_MODIFIED_TIME({Double})",
            "LAST_MODIFIED_TIME is asked about fields that people write, and `Double` is of type `formula`, which nobody writes (at character 20); name the fields that it is made of",
        ),
    ] {
        let asked = json!({ "formula": formula, "base": base, "table": "Tasks" });
        let checked = bench.ask("validate", &asked).await["error"].clone();
        let evaluated = bench.ask("evaluate", &asked).await["error_message"].clone();
        let (_, explained) = app.call(Method::POST, "/api/v1/formulas/explain", &asked).await;
        let (_, saved) = app.call(Method::POST, &fields, &made("Odd", formula)).await;
        let filter = json!({ "filterByFormula": formula });
        let (_, filtered) = app.call(Method::POST, &format!("/v0/{base}/Tasks/listRecords"), &filter).await;
        let (saved, filtered) = (&saved["error"]["message"], &filtered["error"]["message"]);
        for said in [&checked, &evaluated, &explained["detail"], saved, filtered] {
            assert!(said.as_str().is_some_and(|said| said.ends_with(told)), "{formula}: {said}");
        }
    }
}

/// A field or a filter that is refused says how many more mistakes there are.
#[on_every_database]
async fn refusals_say_how_many_mistakes_there_are(bench: Bench) {
    let Bench { app, base, .. } = &bench;
    let field = |formula: &str| json!({ "name": "Odd", "type": "formula", "options": { "formula": formula } });
    for (formula, told) in [
        ("1 == 2", "equality is written `=`\""),
        ("1 == 2 && SUMM(3", "equality is written `=` (and 3 more mistakes)\""),
        ("{Poinst} == {Nope}", "Unknown field names: poinst, nope (at character 1); did you mean `Points`?"),
        ("{Poinst} == {Nope}", "(and 1 more mistake)\""),
    ] {
        let path = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
        let (status, answer) = app.call(Method::POST, &path, &field(formula)).await;
        assert!(
            status == 422 && answer.to_string().replace("\\\"", "'").contains(told),
            "{formula}: {status} {answer}"
        );
        let (status, answer) = app
            .call(Method::POST, &format!("/v0/{base}/Tasks/listRecords"), &json!({ "filterByFormula": formula }))
            .await;
        assert!(status == 422 && answer.to_string().contains(told), "{formula}: {status} {answer}");
    }
}

#[on_every_database]
async fn what_is_no_formula_is_not_written_and_not_explained(bench: Bench) {
    for (what, formula, told) in [
        ("format", "1 == {} && SUM(".to_owned(), "equality is written `=` (and 3 more mistakes)"),
        ("format", vec!["a"; 9_000].join("+"), "in its one form it has 89993 bytes"),
        ("explain", "1 == NOP()".to_owned(), "(and 1 more mistake)"),
    ] {
        let path = format!("/api/v1/formulas/{what}");
        let (status, answer) = bench.app.call(Method::POST, &path, &json!({ "formula": formula })).await;
        assert!(status == 422 && answer["detail"].to_string().contains(told), "{what}: {status} {answer}");
    }
}

/// `values` are those of the linked records, as the rollup would read them.
#[on_every_database]
async fn formulas_of_rollups_are_tried_out(bench: Bench) {
    let Bench { app, base, .. } = &bench;
    let project = app.get(&format!("/v0/{base}/Projects")).await["records"][0]["id"].clone();
    for task in [
        json!({ "Name": "Rake", "Points": 4, "Due": "2026-02-03", "Project": [project] }),
        json!({ "Name": "Rest", "Project": [project] }),
    ] {
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "fields": task })).await;
    }
    let about = |field: &str, formula: &str, context: Value| {
        json!({ "formula": formula, "base": base, "table": "Projects", "record": project, "context": context,
            "rollup": { "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": field } })
    };
    for (field, formula, value, data_type) in [
        ("Points", "SUM(values) & '/' & COUNTALL(VALUES)", json!("6.5/3"), "text"),
        ("Points", "ARRAYUNIQUE(values)", json!([2.5, 4, null]), "number"),
        ("Due", "MAX(values)", json!("2026-02-03"), "date"),
        ("Name", "ARRAYJOIN(values, '; ')", json!("Dig; Rake; Rest"), "text"),
        ("Double", "MEDIAN(values)", json!(5), "number"),
    ] {
        let told = bench.ask("evaluate", &about(field, formula, json!({}))).await;
        assert_eq!((&told["value"], &told["data_type"]), (&value, &json!(data_type)), "{formula}: {told}");
        // What is told is what a rollup field shows.
        let options = json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": field, "formula": formula });
        let name = format!("{field} rolled up by {data_type}");
        let body = json!({ "name": name, "type": "rollup", "options": options });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Projects/fields"), &body).await;
        let shown = app.get(&format!("/v0/{base}/Projects/{}", project.as_str().unwrap())).await;
        assert_eq!(shown["fields"][&name], value, "{formula}: {shown}");
    }
    let given = bench.ask("evaluate", &about("Points", "SUM(values)", json!({ "values": [1, 2] }))).await;
    assert_eq!(given["value"], 3, "{given}");
    let told = bench.ask("validate", &about("Due", "MAX(values)", json!({}))).await;
    assert_eq!((&told["result"], &told["fields"][0]["name"]), (&json!("date"), &json!("Due")), "{told}");
    let told = bench.ask("validate", &about("Due", "MAX({Due}) + SUMM(values)", json!({}))).await;
    assert_eq!(told["diagnostics"][0]["advice"], "the formula of a rollup names `values` and nothing else", "{told}");
    assert_eq!(told["diagnostics"].as_array().unwrap().len(), 2);
    let told = bench.ask("explain", &about("Due", "DATESTR(MAX(values))", json!({}))).await;
    let parts: Vec<_> = told["parts"].as_array().unwrap().iter().map(|part| (&part["result"], &part["list"])).collect();
    assert_eq!(
        parts,
        [(&json!("text"), &json!(false)), (&json!("date"), &json!(false)), (&json!("date"), &json!(true))]
    );
    for (link, field, context, told) in [
        ("Title", "Points", json!({}), "a rollup looks through a link, and `Title` is of type `singleLineText`"),
        ("Nope", "Points", json!({}), "Nope"),
        ("Tasks", "Poinst", json!({}), "Unknown field name: \\\"Poinst\\\""),
        ("Tasks", "Points", json!({ "Title": 1 }), "`values` and nothing else"),
    ] {
        let mut body = about(field, "1", context);
        body["rollup"]["recordLinkFieldId"] = json!(link);
        let (status, answer) = app.call(Method::POST, "/api/v1/formulas/evaluate", &body).await;
        assert!(status == 422 && answer["detail"].to_string().contains(told), "{link}: {status} {answer}");
    }
}

/// The last change of some fields is known where a field of the table watches just these.
#[on_every_database]
async fn last_changes_are_told_where_they_are_kept(bench: Bench) {
    let Bench { app, base, task } = &bench;
    let formula = "LAST_MODIFIED_TIME({Status}, {Points})";
    let blank = bench.of_tasks("evaluate", formula).await;
    assert_eq!((&blank["is_valid"], &blank["value"]), (&json!(true), &Value::Null), "{blank}");
    let about = json!({ "formula": formula, "base": base, "table": "Tasks", "record": task });
    let told = bench.ask("evaluate", &about).await;
    assert_eq!((&told["is_valid"], &told["data_type"]), (&json!(false), &json!("dateTime")), "{told}");
    let said = "no field of the table keeps when just these fields were last changed";
    let advice = "make a field of the last modified time that watches them";
    assert!(told["error_message"].as_str().unwrap().starts_with(&format!("{said} (at character ")), "{told}");
    let mistake = &told["diagnostics"][0];
    assert!(mistake["message"] == said && mistake["advice"] == advice && mistake["start"].as_u64() > Some(0), "{told}");
    let field = json!({ "name": "Touched", "type": "formula", "options": { "formula": "LAST_MODIFIED_TIME({Points}, {Status})" } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &field).await;
    let path = format!("/v0/{base}/Tasks/{task}");
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Points": 3 } })).await;
    let shown = app.get(&path).await["fields"]["Touched"].clone();
    let told = bench.ask("evaluate", &about).await;
    assert!(shown.is_string() && told["value"] == shown, "{shown} {told}");
}

#[on_every_database]
async fn formulas_are_checked_by_a_tool(bench: Bench) {
    let check = async |formula: &str| {
        let arguments = json!({ "formula": formula, "base": "Plans", "table": "Tasks" });
        let body = json!({ "tool_name": "check_formula", "arguments": arguments });
        bench.app.ok(Method::POST, "/execute-tool", &body).await["result"].clone()
    };
    let told = check("{Points} == 1 && {Poinst}").await;
    assert_eq!((&told["is_valid"], told["diagnostics"].as_array().unwrap().len()), (&json!(false), 3), "{told}");
    let told = check("{Points} > 1").await;
    assert_eq!(
        (&told["is_valid"], &told["result"], &told["fields"][0]["name"]),
        (&json!(true), &json!("boolean"), &json!("Points"))
    );
}

#[on_every_database]
async fn what_is_no_formula_has_no_value(bench: Bench) {
    let long = "1+".repeat(40_000);
    for (formula, told) in [("", "there is no formula"), (&*long, "a formula has at most 65536 bytes")] {
        let answer = bench.ask("evaluate", &json!({ "formula": formula })).await;
        assert!(answer["is_valid"] == false && answer["error_message"].to_string().contains(told), "{answer}");
    }
}

/// A house whose formulas have only what Airtable has.
struct Strict(TestApp);

impl ForDatabase for Strict {
    async fn for_database(engine: Engine) -> Self {
        Self(TestApp::timed(engine, |settings| settings.formulas.airtable = true).await.0)
    }
}

#[on_every_database]
async fn functions_of_ours_are_not_known_where_only_airtables_may_be(strict: Strict) {
    let app = &strict.0;
    let listed = app.get("/api/v1/formulas/functions").await;
    assert_eq!(listed["functions"].as_array().unwrap().len(), 84);
    let formula = json!({ "formula": "1 + median(1, 2)" });
    for what in ["validate", "evaluate"] {
        let told = app.ok(Method::POST, &format!("/api/v1/formulas/{what}"), &formula).await;
        let mistake = &told["diagnostics"][0];
        assert_eq!(
            (&told["is_valid"], &mistake["start"], &mistake["end"]),
            (&json!(false), &json!(4), &json!(10)),
            "{told}"
        );
        assert!(mistake["message"].as_str().unwrap().starts_with("Airtable has no function MEDIAN"), "{told}");
        assert!(mistake["advice"].as_str().unwrap().contains("leave it out"), "{told}");
    }
    for what in ["explain", "format"] {
        let (status, told) = app.call(Method::POST, &format!("/api/v1/formulas/{what}"), &formula).await;
        assert!(status == 422 && told.to_string().contains("Airtable has no function MEDIAN"), "{status} {told}");
    }
    let told = app.ok(Method::POST, "/api/v1/formulas/complete", &json!({ "formula": "medi" })).await;
    assert_eq!(told["candidates"], json!([]));
}

/// A model that writes formulas, not always at once.
fn writes(prompt: &str, _again: bool) -> (u16, Value) {
    match prompt {
        "twice the points" => (200, said("```airtable\n{points}*2\n```", "stop")),
        "one more" => (200, said("{Poinst} + 1", "stop")),
        mistake if mistake.contains("Unknown field names: poinst") && mistake.contains("`Points`") => {
            (200, said(" = {Points} + 1\n", "stop"))
        }
        "half" => (200, said("{Points} +", "length")),
        "crowded" => {
            (429, json!({ "error": { "message": "slow down", "type": "requests", "code": "rate_limit_exceeded" } }))
        }
        _ => (200, said("I would add (", "stop")),
    }
}

/// A house with such a model.
struct Helped {
    bench: Bench,
    model: Model,
}

impl ForDatabase for Helped {
    async fn for_database(engine: Engine) -> Self {
        let model = Model::start(writes).await;
        let url = Some(model.url.clone());
        let (app, _) = TestApp::timed(engine, |settings| settings.llm.openai_base_url = url).await;
        let base = app.plans().await;
        Self { bench: Bench { app, base, task: String::new() }, model }
    }
}

#[on_every_database]
async fn a_model_writes_formulas_that_are_checked_before_they_are_told(Helped { bench, model }: Helped) {
    let about = |request: &str| json!({ "request": request, "base": bench.base, "table": "Tasks" });
    let told = bench.ask("suggest", &about(" twice the points ")).await;
    assert_eq!((&told["formula"], &told["attempts"]), (&json!("{points} * 2"), &json!(1)));
    assert!(told["model"].is_string(), "{told}");
    assert_eq!((&told["checked"]["is_valid"], &told["checked"]["result"]), (&json!(true), &json!("number")), "{told}");
    let told = bench.ask("suggest", &about("one more")).await;
    assert_eq!(
        (&told["formula"], &told["attempts"]),
        (&json!("{Points} + 1"), &json!(2)),
        "with what was wrong it knew better"
    );
    let ask = async |body: Value| bench.app.call(Method::POST, "/api/v1/formulas/suggest", &body).await;
    for (body, status, code, words) in [
        (about("tell me"), 422, "no-formula", "the model wrote no formula that can be used"),
        (about("half"), 422, "no-formula", "it broke off"),
        (about("crowded"), 429, "model-provider", "limit is reached"),
        (about("  "), 422, "context", "`request` says in 1 to 2000 characters"),
        (about(&"ü".repeat(2_001)), 422, "context", "`request` says in 1 to 2000 characters"),
        (json!({ "request": "x", "base": bench.base, "table": "Nope" }), 404, "table-not-found", "Nope"),
    ] {
        let (found, answer) = ask(body).await;
        assert_eq!((found, &answer["code"]), (status, &json!(code)), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
    }
    let heard = model.asked();
    assert_eq!(heard.iter().filter(|prompt| prompt.starts_with("That formula cannot be used")).count(), 2, "{heard:?}");
}
