//! Days and times in people's own forms, read by the field that they are for.

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use crate::app::TestApp;
use crate::imports::{base_of, import};
use crate::syncs::{follow, held, send};

fn date(name: &str, format: &str) -> Value {
    json!({ "name": name, "type": "date", "options": { "dateFormat": { "name": format } } })
}

fn time(name: &str, format: &str, zone: &str) -> Value {
    let options = json!({ "dateFormat": { "name": format }, "timeFormat": { "name": "24hour" }, "timeZone": zone });
    json!({ "name": name, "type": "dateTime", "options": options })
}

/// A base with one table of a name and these fields.
async fn days(app: &TestApp, fields: &[Value]) -> String {
    let mut all = vec![json!({ "name": "Name", "type": "singleLineText" })];
    all.extend_from_slice(fields);
    let body = json!({ "name": "Days", "workspaceId": app.workspace().await,
        "tables": [{ "name": "Days", "fields": all }] });
    app.ok(Method::POST, "/v0/meta/bases", &body).await["id"].as_str().unwrap().to_owned()
}

/// The cells of a field in the order of the records.
async fn column(app: &TestApp, base: &str, field: &str) -> Vec<Value> {
    held(app, base, "Days").await.0.iter().map(|cells| cells[field].clone()).collect()
}

async fn type_of(app: &TestApp, base: &str, field: &str) -> Value {
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await;
    let fields = tables["tables"][0]["fields"].as_array().unwrap().clone();
    fields.into_iter().find(|held| held["name"] == field).unwrap()
}

/// What a text is in a European field, and in one of any other format.
const READ: [(&str, &str, &str); 12] = [
    ("03/02/2026", "2026-02-03", "2026-03-02"),
    ("3.2.26", "2026-02-03", "2026-03-02"),
    ("03-02-2026", "2026-02-03", "2026-03-02"),
    ("25/12/2026", "2026-12-25", "2026-12-25"),
    ("12/25/2026", "2026-12-25", "2026-12-25"),
    ("2026-02-03", "2026-02-03", "2026-02-03"),
    ("2026/2/3", "2026-02-03", "2026-02-03"),
    ("3 Feb 2026", "2026-02-03", "2026-02-03"),
    ("March 2nd, 2026", "2026-03-02", "2026-03-02"),
    ("29/2/2024", "2024-02-29", "2024-02-29"),
    ("2026-02-03T23:30:00Z", "2026-02-03", "2026-02-03"),
    ("03/02/2026 3pm", "2026-02-03", "2026-03-02"),
];

#[on_every_database]
async fn typecast_reads_days_by_the_format_of_their_field(app: TestApp) {
    let formats = ["european", "us", "local", "friendly", "iso"];
    let fields: Vec<Value> = formats.iter().map(|name| date(name, name)).collect();
    let base = days(&app, &fields).await;
    for (text, european, other) in READ {
        let cells: serde_json::Map<_, _> = formats.iter().map(|name| ((*name).to_owned(), json!(text))).collect();
        let body = json!({ "fields": cells, "typecast": true });
        let made = app.ok(Method::POST, &format!("/v0/{base}/Days"), &body).await;
        for name in formats {
            let expected = if name == "european" { european } else { other };
            assert_eq!(made["fields"][name], expected, "{text} in a field of the format {name}");
        }
    }
    for text in ["31/31/2026", "30/2/2026", "3/2", "soon", "2026-13-01", "3/2-2026"] {
        let body = json!({ "fields": { "european": text, "us": text }, "typecast": true });
        let made = app.ok(Method::POST, &format!("/v0/{base}/Days"), &body).await;
        assert_eq!(made["fields"], json!({}), "{text} is no day");
        // Without typecast nothing is read but the one form.
        let strict = json!({ "fields": { "european": text } });
        assert_eq!(app.call(Method::POST, &format!("/v0/{base}/Days"), &strict).await.0, 422, "{text}");
    }
}

#[on_every_database]
async fn typecast_reads_times_in_the_zone_of_their_field(app: TestApp) {
    let base = days(
        &app,
        &[
            time("Berlin", "european", "Europe/Berlin"),
            time("Tokyo", "us", "Asia/Tokyo"),
            time("Mine", "iso", "client"),
        ],
    )
    .await;
    for (text, berlin, tokyo, mine) in [
        ("03/02/2026 10:00", "2026-02-03T09:00:00.000Z", "2026-03-02T01:00:00.000Z", "2026-03-02T10:00:00.000Z"),
        ("03/07/2026 9 pm", "2026-07-03T19:00:00.000Z", "2026-03-07T12:00:00.000Z", "2026-03-07T21:00:00.000Z"),
        ("25.12.2026 10:00", "2026-12-25T09:00:00.000Z", "2026-12-25T01:00:00.000Z", "2026-12-25T10:00:00.000Z"),
        ("03/02/2026 10:00 UTC", "2026-02-03T10:00:00.000Z", "2026-03-02T10:00:00.000Z", "2026-03-02T10:00:00.000Z"),
        ("2026-02-03T10:00+02:00", "2026-02-03T08:00:00.000Z", "2026-02-03T08:00:00.000Z", "2026-02-03T08:00:00.000Z"),
    ] {
        let body = json!({ "fields": { "Berlin": text, "Tokyo": text, "Mine": text }, "typecast": true });
        let cells = app.ok(Method::POST, &format!("/v0/{base}/Days"), &body).await["fields"].clone();
        assert_eq!(cells, json!({ "Berlin": berlin, "Tokyo": tokyo, "Mine": mine }), "{text}");
    }
}

#[on_every_database]
async fn a_sync_reads_days_and_times_by_the_field(app: TestApp) {
    let fields = [date("Eu", "european"), date("Us", "us"), time("At", "european", "Europe/Berlin")];
    let base = days(&app, &fields).await;
    let path = follow(&app, &base, "Days", &json!({ "name": "Days", "keyField": "Name" })).await;
    // Whatever else the file holds: one cell means the same in each.
    for (row, file) in [
        ("alone", "Name,Eu,Us,At\na,03/02/2026,03/02/2026,03/02/2026 10:00\n"),
        ("day", "Name,Eu,Us,At\na,03/02/2026,03/02/2026,03/02/2026 10:00\nb,25/12/2026,25/12/2026,25/12/2026 10:00\n"),
        (
            "month",
            "Name,Eu,Us,At\na,03/02/2026,03/02/2026,03/02/2026 10:00\nb,12/25/2026,12/25/2026,12/25/2026 10:00\n",
        ),
    ] {
        send(&app, &path, file).await;
        let (cells, _) = held(&app, &base, "Days").await;
        let first = json!({ "Name": "a", "Eu": "2026-02-03", "Us": "2026-03-02", "At": "2026-02-03T09:00:00.000Z" });
        assert_eq!(cells[0], first, "{row}");
        if let Some(second) = cells.get(1) {
            let day = json!({ "Name": "b", "Eu": "2026-12-25", "Us": "2026-12-25", "At": "2026-12-25T09:00:00.000Z" });
            assert_eq!(*second, day, "{row}");
        }
    }
    let (status, answer) = app.upload(&path, b"Name,Eu\na,31/31/2026\n".to_vec()).await;
    let said = "row 1 (line 2), column `Eu`: `31/31/2026` does not fit";
    assert!(status == 422 && answer["error"]["message"].as_str().unwrap().contains(said), "{answer}");
}

#[on_every_database]
async fn a_time_that_is_the_key_keeps_its_records(app: TestApp) {
    let base = days(&app, &[time("At", "iso", "Europe/Berlin")]).await;
    let written = json!({ "records": [
        { "fields": { "Name": "by hand", "At": "2026-07-01T10:00:00" } },
        { "fields": { "Name": "later", "At": "2026-07-01T10:00:00.000Z" } },
    ]});
    app.ok(Method::POST, &format!("/v0/{base}/Days"), &written).await;
    let (_, before) = held(&app, &base, "Days").await;
    let path = follow(&app, &base, "Days", &json!({ "name": "Days", "keyField": "At" })).await;
    send(&app, &path, "At,Name\n2026-07-01 10:00,same\n2026-07-01 12:00,second\n").await;
    let (cells, ids) = held(&app, &base, "Days").await;
    assert_eq!(ids, before, "both are found by their time");
    assert_eq!((&cells[0]["Name"], &cells[1]["Name"]), (&json!("same"), &json!("second")));
}

/// A field that a sync makes says how its days were written, and the next file is read alike.
#[on_every_database]
async fn a_field_that_a_sync_makes_keeps_the_form_that_was_found(app: TestApp) {
    let base = days(&app, &[]).await;
    let path = follow(&app, &base, "Days", &json!({ "name": "Days", "keyField": "Name" })).await;
    let first = "Name,Eu,Us,Iso,At\na,03/02/2026,02/03/2026,2026-02-03,3.2.2026 10:00\n\
                 b,25/12/2026,12/25/2026,2026-12-25,25.12.2026 10:00\n";
    send(&app, &path, first).await;
    for (field, kind, format) in
        [("Eu", "date", "european"), ("Us", "date", "us"), ("Iso", "date", "iso"), ("At", "dateTime", "european")]
    {
        let held = type_of(&app, &base, field).await;
        assert_eq!((&held["type"], &held["options"]["dateFormat"]["name"]), (&json!(kind), &json!(format)), "{held}");
    }
    let day = json!("2026-02-03");
    let cells = json!({ "Name": "a", "Eu": day, "Us": day, "Iso": day, "At": "2026-02-03T10:00:00.000Z" });
    assert_eq!(held(&app, &base, "Days").await.0[0], cells);
    // The next file leaves open what the first one showed.
    send(&app, &path, first.split_inclusive('\n').take(2).collect::<String>().as_str()).await;
    assert_eq!(held(&app, &base, "Days").await.0, [cells]);
    // No format says that years of two digits come first: such days stay the texts that they are.
    send(&app, &path, "Name,Short\na,24-12-31\nb,24-11-30\n").await;
    assert_eq!(type_of(&app, &base, "Short").await["type"], "multilineText");
    assert_eq!(column(&app, &base, "Short").await, ["24-12-31", "24-11-30"]);
}

/// A format that names no order: the file may not leave open how it is meant where its own cells speak against the usual.
#[on_every_database]
async fn a_sync_turns_no_days_over_where_the_field_says_nothing(app: TestApp) {
    let base = days(&app, &[date("Due", "iso"), date("Local", "local")]).await;
    let path = follow(&app, &base, "Days", &json!({ "name": "Days", "keyField": "Name" })).await;
    send(&app, &path, "Name,Due,Local\na,03/02/2026,25/12/2026\nb,2026-02-03,3 Feb 2026\n").await;
    assert_eq!(column(&app, &base, "Due").await, ["2026-03-02", "2026-02-03"]);
    assert_eq!(column(&app, &base, "Local").await, ["2026-12-25", "2026-02-03"], "no other order would fit either");
    for file in ["Name,Due\na,25/12/2026\nb,03/02/2026\n", "Name,Due\na,03/02/2026\nb,25/12/2026\n"] {
        let (status, answer) = app.upload(&path, file.as_bytes().to_vec()).await;
        let message = answer["error"]["message"].as_str().unwrap();
        for said in ["column `Due`", "`25/12/2026`", "`03/02/2026`", "`european`", "YYYY-MM-DD"] {
            assert!(status == 422 && message.contains(said), "{message}");
        }
    }
    assert_eq!(column(&app, &base, "Due").await, ["2026-03-02", "2026-02-03"], "nothing was written");
    let field = type_of(&app, &base, "Due").await["id"].as_str().unwrap().to_owned();
    let european = json!({ "options": { "dateFormat": { "name": "european" } } });
    app.ok(Method::PATCH, &format!("/v0/meta/bases/{base}/tables/Days/fields/{field}"), &european).await;
    send(&app, &path, "Name,Due\na,25/12/2026\nb,03/02/2026\n").await;
    assert_eq!(column(&app, &base, "Due").await, ["2026-12-25", "2026-02-03"]);
}

#[on_every_database]
async fn an_import_reads_days_and_times_by_the_field_that_is_there(app: TestApp) {
    let fields = [date("Eu", "european"), date("Us", "us"), date("Iso", "iso"), time("At", "iso", "Europe/Berlin")];
    let base = days(&app, &fields).await;
    let query = format!("base={base}&table=Days");
    let file = "Name,Eu,Us,At\na,03/02/2026,03/02/2026,2026-07-01 10:00\n".as_bytes().to_vec();
    let dry = import(&app, &format!("{query}&dryRun=true"), file.clone()).await;
    let doubts = dry["doubts"].to_string();
    assert!(!doubts.contains("two orders") && !doubts.contains("as UTC"), "the fields leave nothing open: {doubts}");
    let done = import(&app, &query, file.clone()).await;
    assert_eq!(done["state"], "done", "{done}");
    let cells = held(&app, &base, "Days").await.0[0].clone();
    assert_eq!(cells, json!({ "Name": "a", "Eu": "2026-02-03", "Us": "2026-03-02", "At": "2026-07-01T08:00:00.000Z" }));
    // Where the field says nothing the file does, and then what somebody says about the file, of all fields.
    let open = "Name,Iso\nb,03/02/2026\nc,25/12/2026\n".as_bytes().to_vec();
    import(&app, &query, open).await;
    assert_eq!(column(&app, &base, "Iso").await[1..], ["2026-02-03", "2026-12-25"]);
    let told = import(&app, &format!("{query}&dateOrder=mdy"), file).await;
    assert_eq!(told["state"], "done", "{told}");
    let cells = held(&app, &base, "Days").await.0[3].clone();
    assert_eq!((&cells["Eu"], &cells["Us"]), (&json!("2026-03-02"), &json!("2026-03-02")));
    let open = import(&app, &format!("{query}&dryRun=true"), b"Name,Iso\nb,03/02/2026\n".to_vec()).await;
    assert!(open["doubts"].to_string().contains("month-day-year was taken"), "{open}");
    // What is no day of the field's is named.
    let unfit = import(&app, &format!("{query}&dryRun=true"), b"Name,Eu\nb,03/02/2026\nc,31/31/2026\n".to_vec()).await;
    assert_eq!(unfit["report"]["problems"][0]["row"], 2, "{unfit}");
}

#[on_every_database]
async fn a_field_that_an_import_makes_keeps_the_form_that_was_found(app: TestApp) {
    let file = |eu: &str, us: &str| format!("Name,Eu,Us,At\n{eu},{us}\n").into_bytes();
    let query = "base=Kept&table=Days&create=true";
    let first = file("a,03/02/2026,02/03/2026,3.2.2026 10:00\nb,25/12/2026", "12/25/2026,25.12.2026 10:00");
    import(&app, query, first).await;
    let base = base_of(&app, "Kept").await;
    for (field, format) in [("Eu", "european"), ("Us", "us"), ("At", "european")] {
        assert_eq!(type_of(&app, &base, field).await["options"]["dateFormat"]["name"], format, "{field}");
    }
    import(&app, query, file("c,03/02/2026", "02/03/2026,3.2.2026 10:00")).await;
    for field in ["Eu", "Us", "At"] {
        let cells = column(&app, &base, field).await;
        assert_eq!(cells[0], cells[2], "{field} of the second file");
        assert!(cells[0].as_str().unwrap().starts_with("2026-02-03"), "{field}: {}", cells[0]);
    }
}

#[on_every_database]
async fn texts_become_days_by_the_format_that_is_asked_for(app: TestApp) {
    for (format, european) in [("european", true), ("us", false), ("iso", false)] {
        let base = days(&app, &[json!({ "name": "Day", "type": "singleLineText" })]).await;
        let records: Vec<Value> = READ[..10].iter().map(|(text, ..)| json!({ "fields": { "Day": text } })).collect();
        app.ok(Method::POST, &format!("/v0/{base}/Days"), &json!({ "records": records })).await;
        let convert = format!("/api/v1/bases/{base}/tables/Days/fields/Day/convert");
        let new = json!({ "type": "date", "options": { "dateFormat": { "name": format } } });
        let done = app.ok(Method::POST, &convert, &new).await;
        assert_eq!((&done["converted"], &done["lost"]), (&json!(10), &json!(0)), "{done}");
        let expected: Vec<&str> = READ[..10].iter().map(|(_, eu, other)| if european { *eu } else { *other }).collect();
        assert_eq!(column(&app, &base, "Day").await, expected, "{format}");
    }
    let base = days(&app, &[json!({ "name": "At", "type": "singleLineText" })]).await;
    app.ok(Method::POST, &format!("/v0/{base}/Days"), &json!({ "fields": { "At": "03/07/2026 10:00" } })).await;
    let convert = format!("/api/v1/bases/{base}/tables/Days/fields/At/convert");
    let mut new = time("At", "european", "Europe/Berlin");
    new.as_object_mut().unwrap().remove("name");
    app.ok(Method::POST, &convert, &new).await;
    assert_eq!(column(&app, &base, "At").await, ["2026-07-03T08:00:00.000Z"]);
}

#[on_every_database]
async fn a_time_of_day_that_a_day_loses_is_told(app: TestApp) {
    let at = time("At", "iso", "America/New_York");
    let base = days(&app, &[at, json!({ "name": "Text", "type": "singleLineText" })]).await;
    // In New York it is the day before, midnight, a second after, and nothing.
    let rows = [
        (json!("2026-03-02T03:30:00.000Z"), "2026-03-02 10:00"),
        (json!("2026-03-02T05:00:00.000Z"), "2026-03-02 00:00"),
        (json!("2026-07-01T04:00:01.000Z"), "3 pm"),
        (json!(null), "2026-03-02T23:30:00+02:00"),
    ];
    let records: Vec<Value> = rows.iter().map(|(at, text)| json!({ "fields": { "At": at, "Text": text } })).collect();
    app.ok(Method::POST, &format!("/v0/{base}/Days"), &json!({ "records": records })).await;
    let convert = |field: &str| format!("/api/v1/bases/{base}/tables/Days/fields/{field}/convert");
    let day = |key: &str| json!({ "type": "date", "options": { "dateFormat": { "name": "iso" } }, key: true });
    for (field, kept, lost, examples, expected) in [
        (
            "At",
            3,
            2,
            ["2026-03-01T22:30:00.000", "2026-07-01T00:00:01.000"].as_slice(),
            json!(["2026-03-01", "2026-03-02", "2026-07-01", null]),
        ),
        (
            "Text",
            3,
            3,
            &["2026-03-02 10:00", "3 pm", "2026-03-02T23:30:00+02:00"],
            json!(["2026-03-02", "2026-03-02", null, "2026-03-02"]),
        ),
    ] {
        let told = app.ok(Method::POST, &convert(field), &day("dryRun")).await;
        assert_eq!((&told["converted"], &told["lost"]), (&json!(kept), &json!(lost)), "{field}: {told}");
        let named: Vec<&Value> = told["examples"].as_array().unwrap().iter().map(|lost| &lost["value"]).collect();
        assert_eq!(named, examples.to_vec(), "{field}");
        let (status, refused) =
            app.call(Method::POST, &convert(field), &json!({ "type": "date", "options": day("x")["options"] })).await;
        assert_eq!((status, &refused["code"]), (409, &json!("loss")), "{refused}");
        let done = app.ok(Method::POST, &convert(field), &day("allowLoss")).await;
        assert_eq!(
            (&done["converted"], &done["lost"], &done["examples"]),
            (&json!(kept), &json!(lost), &told["examples"])
        );
        assert_eq!(json!(column(&app, &base, field).await), expected, "{field}");
    }
}

#[on_every_database]
async fn a_time_past_the_last_year_is_told_and_not_dropped(app: TestApp) {
    let base =
        days(&app, &[time("West", "european", "America/New_York"), time("East", "european", "Asia/Tokyo")]).await;
    let path = format!("/v0/{base}/Days");
    // The first and the last hours of all are of another year in UTC.
    for (field, text, there) in [
        ("West", "31/12/9999 18:59", true),
        ("West", "31/12/9999 19:00", false),
        ("West", "31/12/9999 23:59", false),
        ("East", "31/12/9999 23:59", true),
        ("East", "1/1/0000 08:00", false),
    ] {
        let body = json!({ "fields": { field: text }, "typecast": true });
        let (status, answer) = app.call(Method::POST, &path, &body).await;
        assert_eq!(status == 200 && answer["fields"].get(field).is_some(), there, "{field} {text}: {answer}");
        assert!(there || status == 422 && answer.to_string().contains(text), "{field} {text}: {answer}");
        let file = format!("Name,{field}\na,{text}\n").into_bytes();
        let told = import(&app, &format!("base={base}&table=Days&dryRun=true"), file).await;
        let problems = told["report"]["problems"].as_array().map_or(0, Vec::len);
        assert_eq!(problems == 0, there, "{field} {text}: {told}");
    }
    // So it is with days of later years.
    let day = json!({ "name": "Day", "type": "date", "options": { "dateFormat": { "name": "european" } } });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Days/fields"), &day).await;
    for text in ["10000-01-01", "31/12/10000", "29 Feb 12000", "+010000-01-01T00:00:00.000Z"] {
        for field in ["Day", "West"] {
            let body = json!({ "fields": { field: text }, "typecast": true });
            let (status, answer) = app.call(Method::POST, &path, &body).await;
            assert!(status == 422 && answer.to_string().contains(text), "{field} {text}: {answer}");
        }
    }
    // What is no day at all stays blank, as before.
    for text in ["soon", "12345", "1/40/12345", "3/12345"] {
        let body = json!({ "fields": { "West": text, "Day": text }, "typecast": true });
        assert_eq!(app.ok(Method::POST, &path, &body).await["fields"], json!({}), "{text}");
    }
    // A text is not lost in silence either.
    let field = json!({ "name": "Text", "type": "singleLineText" });
    app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Days/fields"), &field).await;
    app.ok(Method::POST, &path, &json!({ "fields": { "Text": "31/12/9999 23:00" } })).await;
    let mut new = time("Text", "european", "America/New_York");
    new.as_object_mut().unwrap().remove("name");
    new["dryRun"] = json!(true);
    let told = app.ok(Method::POST, &format!("/api/v1/bases/{base}/tables/Days/fields/Text/convert"), &new).await;
    assert_eq!((&told["lost"], &told["examples"][0]["value"]), (&json!(1), &json!("31/12/9999 23:00")), "{told}");
}
