//! What formulas show, in cells and in filters, while time passes.

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

const DAY: Duration = Duration::from_hours(24);

/// A house whose clock stands still until it is moved, and in its base one task that is due at the fifth of January 2026;
/// it is midnight of the first.
struct Timed {
    app: TestApp,
    clock: Clock,
    base: String,
}

impl ForDatabase for Timed {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        let base = app.plans().await;
        let task = json!({ "fields": { "Name": "4 de mayo de 2026, 9:30", "Due": "2026-01-05" } });
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &task).await;
        Self { app, clock, base }
    }
}

impl Timed {
    async fn field(&self, name: &str, formula: &str) -> Value {
        let path = format!("/v0/meta/bases/{}/tables/Tasks/fields", self.base);
        let field = json!({ "name": name, "type": "formula", "options": { "formula": formula } });
        self.app.ok(Method::POST, &path, &field).await
    }

    async fn cells(&self) -> Value {
        self.app.get(&format!("/v0/{}/Tasks", self.base)).await["records"][0]["fields"].clone()
    }

    /// How many records a formula finds.
    async fn found(&self, formula: &str) -> usize {
        let path = format!("/v0/{}/Tasks/listRecords", self.base);
        let found = self.app.ok(Method::POST, &path, &json!({ "filterByFormula": formula })).await;
        found["records"].as_array().unwrap().len()
    }
}

#[on_every_database]
async fn dates_are_shown_and_read_by_formats(timed: Timed) {
    for (name, formula, shown) in [
        (
            "Said",
            "DATETIME_FORMAT({Due}, 'dddd, Do MMMM YYYY [at] h:mm a')",
            json!("Monday, 5th January 2026 at 12:00 am"),
        ),
        (
            "There",
            "DATETIME_FORMAT(SET_TIMEZONE({Due}, 'America/New_York'), 'ddd D MMM H:mm Z')",
            json!("Sun 4 Jan 19:00 -05:00"),
        ),
        ("Dicho", "DATETIME_FORMAT(SET_LOCALE({Due}, 'es'), 'LLLL')", json!("lunes, 5 de enero de 2026 0:00")),
        ("Plain", "DATETIME_FORMAT({Due})", json!("2026-01-05T00:00:00Z")),
        ("Read", "DATETIME_PARSE({Name}, 'LL, H:mm', 'es')", json!("2026-05-04T09:30:00.000Z")),
        ("Same", "SET_TIMEZONE({Due}, 'Asia/Tokyo')", json!("2026-01-05T00:00:00.000Z")),
        ("Lost", "DATETIME_FORMAT(SET_TIMEZONE({Due}, {Name}), 'L')", json!({ "error": "#ERROR!" })),
        ("Unread", "DATETIME_PARSE({Name}, 'D MMMM', 'fr')", json!({ "error": "#ERROR!" })),
    ] {
        timed.field(name, formula).await;
        assert_eq!(timed.cells().await[name], shown, "{formula}");
    }
    assert_eq!(timed.found("DATETIME_FORMAT({Due}, 'MMMM') = 'January'").await, 1);
    assert_eq!(timed.found("DATETIME_FORMAT(SET_LOCALE({Due}, 'de'), 'MMMM') = 'January'").await, 0);
    assert_eq!(timed.found("DATETIME_FORMAT(SET_LOCALE({Due}, 'de'), 'MMMM') = 'Januar'").await, 1);
    assert_eq!(timed.found("DATETIME_FORMAT(SET_LOCALE({Due}, {Name}), 'MMMM')").await, 0, "an error finds nothing");
}

/// A house whose formulas have only what Airtable has.
struct Strict(TestApp);

impl ForDatabase for Strict {
    async fn for_database(engine: Engine) -> Self {
        Self(TestApp::timed(engine, |settings| settings.formulas.airtable = true).await.0)
    }
}

#[on_every_database]
async fn functions_of_ours_work_where_they_may(timed: Timed) {
    for (name, formula, shown) in [
        ("Safe", "IFERROR({Points}/0, 'none')", json!("none")),
        ("Middle", "MEDIAN(1, 9, 2)", json!(2.0)),
        (
            "Named",
            "LET(parts, SPLIT({Name}, ' '), Due, ARRAYSLICE(Parts, 3, 3), Due & ' of ' & COUNTALL(parts))",
            json!("mayo of 6"),
        ),
        (
            "Joined",
            "TEXTJOIN(' / ', TRUE(), {Name}, '', DATESTR({Due}))",
            json!("4 de mayo de 2026, 9:30 / 2026-01-05"),
        ),
        ("Long", "LENGTH({Name})", json!(23)),
        ("Part", "SUBSTRING({Name}, 5, 4) & SUBSTRING({Name}, 17)", json!("mayo, 9:30")),
        ("Held", "CONTAINS({Name}, 'mayo') + EXACT({Name}, 'Mayo')", json!(1)),
        ("Apart", "DATEDIFF({Due}, '2026-01-01') + DATEDIF({Due}, '2027-01-05', 'M')", json!(16)),
        ("Shown", "FORMATDATE({Due}, '%d.%m.%Y') & FORMATDATE({Due}, ' MMM')", json!("05.01.2026 Jan")),
        ("Absent", "ISEMPTY({Points}) & ISBLANK({Name}) & ISNUMBER({Points}) & ISNUMBER(LOG10(100))", json!("1001")),
    ] {
        timed.field(name, formula).await;
        let cell = timed.cells().await[name].clone();
        assert!(cell == shown || cell.as_f64() == shown.as_f64() && cell.is_number(), "{formula}: {cell}");
    }
    assert_eq!(timed.found("COUNTIF({Name}, '4 de mayo de 2026, 9:30')").await, 1);
}

#[on_every_database]
async fn functions_of_ours_are_refused_where_only_airtables_may_be(strict: Strict) {
    let app = &strict.0;
    let base = app.plans().await;
    let (fields, tables) =
        (format!("/v0/meta/bases/{base}/tables/Tasks/fields"), format!("/v0/meta/bases/{base}/tables"));
    let field = |formula: &str| json!({ "name": "F", "type": "formula", "options": { "formula": formula } });
    let table = json!({ "name": "T", "fields": [{ "name": "N", "type": "singleLineText" }, field("1 + median (2)")] });
    let rollup =
        json!({ "recordLinkFieldId": "Project", "fieldIdInLinkedTable": "Title", "formula": "MEDIAN(values)" });
    let button = json!({ "label": "Go", "formula": "'https://x/' & MEDIAN({Points})" });
    let converted = json!({ "type": "formula", "options": { "formula": "MEDIAN({Points})" } });
    for (method, path, body, at) in [
        (Method::POST, &fields, field("IF({Name}, MEDIAN({Points}))"), 12),
        (Method::POST, &fields, json!({ "name": "B", "type": "button", "options": button }), 16),
        (Method::POST, &fields, json!({ "name": "R", "type": "rollup", "options": rollup }), 1),
        (Method::POST, &tables, table, 5),
        (
            Method::PATCH,
            &format!("{fields}/Double"),
            json!({ "options": { "formula": "Points + MEDIAN({Points})" } }),
            10,
        ),
        (Method::POST, &format!("/api/v1/bases/{base}/tables/Tasks/fields/Urgent/convert"), converted, 1),
        (
            Method::POST,
            &format!("/v0/{base}/Tasks/listRecords"),
            json!({ "filterByFormula": "MEDIAN({Points}) > 1" }),
            1,
        ),
    ] {
        let (status, answer) = app.call(method, path, &body).await;
        let told = format!(
            "Airtable has no function MEDIAN, and this house has only Airtable's (`formulas.airtable`) (at character {at}); it has nothing like it"
        );
        assert!(status == 422 && answer.to_string().contains(&told), "{path} {body}: {status} {answer}");
    }
    for formula in ["LENGTH({Name})", "ISEMPTY({Name})", "FORMATDATE({Due})", "CONTAINS({Name}, 'a')"] {
        let (status, answer) = app.call(Method::POST, &fields, &field(formula)).await;
        let told = format!("Airtable has no function {}", formula.split('(').next().unwrap());
        assert!(status == 422 && answer.to_string().contains(&told), "{status} {answer}");
    }
    let told = [
        ("DATEDIF({Due}, {Due}, 'M')", r#"`DATETIME_DIFF(end, start, \"months\")` comes near it"#),
        ("ISBLANK({Name})", r#"it is written `value & \"\" = \"\"`"#),
        ("EXACT({Name}, {Name})", r#"it is written `a & \"\" = b & \"\"`"#),
    ];
    for (formula, advice) in told {
        let (status, answer) = app.call(Method::POST, &fields, &field(formula)).await;
        assert!(status == 422 && answer.to_string().contains(advice), "{formula}: {status} {answer}");
    }
    // A text that names one is none, and Airtable's own work.
    app.ok(Method::POST, &fields, &field("'MEDIAN(1)' & SUM({Points})")).await;
    app.ok(Method::PATCH, &format!("{fields}/F"), &json!({ "name": "MEDIAN" })).await;
    let listed = json!({ "filterByFormula": "{MEDIAN} = 'MEDIAN(1)0'" });
    app.ok(Method::POST, &format!("/v0/{base}/Tasks/listRecords"), &listed).await;
}

/// A formula that is none is refused with what is wrong, where, and what would be right.
#[on_every_database]
async fn mistakes_are_told_with_their_place(timed: Timed) {
    let fields = format!("/v0/meta/bases/{}/tables/Tasks/fields", timed.base);
    let list = format!("/v0/{}/Tasks/listRecords", timed.base);
    for (formula, told) in [
        ("IF({Points} > 1, 'a', 'b'", "the bracket of `IF(` is not closed (at character 1); add `)`"),
        (
            "IF({Points} > 1, “a”, “b”)",
            "curly quotes mean nothing here (at character 18); a text stands in `\"` or `'`",
        ),
        ("IF({Points} > 1; 1; 2)", "`;` separates nothing (at character 16); arguments are separated by `,`"),
        (
            "DATETIME_DIF({Due}, NOW())",
            "there is no function DATETIME_DIF (at character 1); did you mean DATETIME_DIFF?",
        ),
        ("'ü' & {Poinst} & {Nam}", "Unknown field names: poinst, nam (at character 7); did you mean `Points`?"),
        (
            "LEFT({Name}, 1, 2)",
            "LEFT takes 1 or 2 arguments, not 3 (at character 1); it is written LEFT(text, [count])",
        ),
        ("{Points} == 1", "`==` is no operator (at character 10); equality is written `=`"),
        ("{Points} <> 1", "`<>` is no operator (at character 10); inequality is written `!=`"),
        ("{Points} && {Due}", "`&&` is no operator (at character 10); that both hold is written `AND(a, b)`"),
        (
            "'it's late'",
            "the text ends before this (at character 5); a quote within a text is written with `\\` before it",
        ),
        ("1 + LEN", "LEN is a function, and its brackets are missing (at character 5); it is written LEN(text)"),
        (
            "DATETIME_FORMAT(SET_TIMEZONE({Due}, 'Europe/Berln'), 'L')",
            "`Europe/Berln` is no time zone (at character 37); did you mean Europe/Berlin?",
        ),
        ("SET_LOCALE({Due}, 'none')", "`none` is no locale (at character 19); a locale is named as `de` or `en-gb`"),
        ("DATEADD({Due}, 1, 'fortnight')", "`fortnight` is no unit of time (at character 19); units are milliseconds"),
        ("REGEX_MATCH({Name}, '(')", "this pattern cannot be read: unclosed group (at character 21)"),
        ("Full Name", "the name of a field with spaces stands in braces: `{Full Name}`"),
    ] {
        let field = json!({ "name": "F", "type": "formula", "options": { "formula": formula } });
        for (path, body) in [(&fields, field), (&list, json!({ "filterByFormula": formula }))] {
            let (status, answer) = timed.app.call(Method::POST, path, &body).await;
            let message = answer["error"]["message"].as_str().unwrap_or_default();
            assert!(status == 422 && message.contains(told), "{formula}: {answer}");
        }
    }
}

#[on_every_database]
async fn what_is_told_from_now_ages(timed: Timed) {
    timed.field("Left", "FROMNOW({Due})").await;
    timed.field("Until", "TONOW({Due})").await;
    // What a text does not say of a date is today's.
    timed.field("Morning", "DATETIME_PARSE('6:15', 'H:mm')").await;
    // And what is computed of what ages.
    timed.field("Late", "IF({Due} < TODAY(), 'late', 'in time')").await;
    timed.field("Called", "UPPER({Late}) & ' at ' & DATETIME_FORMAT(NOW(), 'D MMM')").await;
    for (days, told, morning, near, called) in [
        (0, "4 days", "2026-01-01T06:15:00.000Z", 0, "IN TIME at 1 Jan"),
        (3, "a day", "2026-01-04T06:15:00.000Z", 1, "IN TIME at 4 Jan"),
        (2, "a day", "2026-01-06T06:15:00.000Z", 1, "LATE at 6 Jan"),
        (27, "a month", "2026-02-02T06:15:00.000Z", 0, "LATE at 2 Feb"),
    ] {
        timed.clock.advance(DAY * days);
        let cells = timed.cells().await;
        assert_eq!((&cells["Left"], &cells["Until"]), (&json!(told), &json!(told)));
        assert_eq!(cells["Morning"], morning);
        assert_eq!(cells["Called"], called);
        assert_eq!(timed.found(&format!("{{Called}} = '{called}'")).await, 1);
        assert_eq!(timed.found("FROMNOW({Due}) = 'a day'").await, near, "{told}");
        assert_eq!(timed.found("{Left} = 'a day'").await, near, "{told}");
    }
}

#[on_every_database]
async fn a_formula_is_worth_what_the_field_is_that_holds_it(timed: Timed) {
    let full = json!({ "fields": { "Name": "full", "Points": 3, "Due": "2026-01-09", "Urgent": true } });
    timed.app.ok(Method::POST, &format!("/v0/{}/Tasks", timed.base), &full).await;
    let mixed = [
        "IF({Points}, {Points}, 'none')",
        "IF({Points}, {Points}, '')",
        "IF({Urgent}, {Due}, CREATED_TIME())",
        "IF({Urgent}, {Due}, 'never')",
        "SWITCH({Name}, 'full', {Points}, {Due})",
    ];
    let uses = ["?+1", "?&'!'", "SUM(?, 1)", "?>2", "LEN(?)", "IF(?, 'some', 'nothing')", "?=3", "DAY(?)"];
    let pairs: Vec<(String, String, String)> = (0..mixed.len())
        .flat_map(|at| (0..uses.len()).map(move |of| (at, of)))
        .map(|(at, of)| (format!("Held {at}"), format!("Within {at} {of}"), format!("Through {at} {of}")))
        .collect();
    for (at, formula) in mixed.iter().enumerate() {
        timed.field(&format!("Held {at}"), formula).await;
    }
    for (index, (held, within, through)) in pairs.iter().enumerate() {
        let (formula, of) = (mixed[index / uses.len()], uses[index % uses.len()]);
        timed.field(within, &of.replace('?', formula)).await;
        timed.field(through, &of.replace('?', &format!("{{{held}}}"))).await;
    }
    let found = timed.app.get(&format!("/v0/{}/Tasks", timed.base)).await;
    for record in found["records"].as_array().unwrap() {
        for (_, within, through) in &pairs {
            assert_eq!(record["fields"][within], record["fields"][through], "{within}: {record}");
        }
        let is_full = record["fields"]["Name"] == "full";
        let nan = json!({ "specialValue": "NaN" });
        assert_eq!(record["fields"]["Within 1 0"], if is_full { nan } else { json!(1) });
        assert_eq!(record["fields"]["Within 3 1"], if is_full { "2026-01-09!" } else { "never!" });
    }
}

#[on_every_database]
async fn dates_are_read_as_people_write_them(timed: Timed) {
    for (name, formula, shown) in [
        ("Evening", "DATETIME_PARSE('1/5/2026 7:31 PM')", json!("2026-01-05T19:31:00.000Z")),
        ("Day", "DATESTR('Jan 5, 2026')", json!("2026-01-05")),
        ("Digits", "DATETIME_PARSE(20260105, 'YYYYMMDD')", json!("2026-01-05T00:00:00.000Z")),
        ("Later", "DATEADD({Due}, 1.5, 'months')", json!("2026-03-05T00:00:00.000Z")),
        ("Nonsense", "HOUR('2026-01-05 1e1:30')", json!({ "error": "#ERROR!" })),
        ("Far", "DATEADD({Due}, 999999999, 'days')", json!({ "error": "#ERROR!" })),
    ] {
        timed.field(name, formula).await;
        assert_eq!(timed.cells().await[name], shown, "{formula}");
    }
    assert_eq!(timed.found("{Due} < 'Jan 6, 2026'").await, 1);
    assert_eq!(timed.found("IS_SAME({Due}, '5 January 2026', 'day')").await, 1);
    assert_eq!(timed.found("{Due} < '2026-01-06 1.5:00'").await, 0);
}

/// Names of `LET` are words of the formula, and what fields are called by then does not matter.
#[on_every_database]
async fn renaming_a_field_changes_no_value(timed: Timed) {
    let Timed { app, base, .. } = &timed;
    let made = timed.field("total", "LET(Price, 1, price + 1 + {No})").await;
    let fields = format!("/v0/meta/bases/{base}/tables/Tasks/fields");
    assert_eq!(made["options"]["referencedFieldIds"].as_array().unwrap().len(), 1, "{made}");
    let path = format!("{fields}/{}", made["id"].as_str().unwrap());
    app.ok(Method::PATCH, &path, &json!({ "name": "price" })).await;
    assert_eq!(timed.cells().await["price"], 3);
    timed.field("PRICE too", "{price} * 2").await;
    let points = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"][0]["fields"][1]["id"].clone();
    app.ok(Method::PATCH, &path, &json!({ "name": "total" })).await;
    app.ok(Method::PATCH, &format!("{fields}/{}", points.as_str().unwrap()), &json!({ "name": "price" })).await;
    let cells = timed.cells().await;
    assert_eq!((&cells["total"], &cells["PRICE too"]), (&json!(3), &json!(6)));

    // In braces it is the field.
    let both = timed.field("Both", "LET(price, 7, price & '/' & {PRICE TOO} & '/' & {price})").await;
    assert_eq!(both["options"]["referencedFieldIds"].as_array().unwrap().len(), 2, "{both}");
    assert_eq!(timed.cells().await["Both"], "7/6/");
    let braces = json!({ "name": "X", "type": "formula", "options": { "formula": "LET({price}, 1, 2)" } });
    let (status, told) = app.call(Method::POST, &fields, &braces).await;
    assert!(status == 422 && told.to_string().contains("what stands in braces is a field"), "{status} {told}");
}
