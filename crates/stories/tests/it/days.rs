//! Filters that tell days by how far they are from today, while days pass.

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

const HOUR: Duration = Duration::from_hours(1);

/// A house whose clock stands still until it is moved: it is noon of Thursday, the first of January 2026. Its base has tasks
/// that are named by the day of January on which they are due.
struct Timed {
    app: TestApp,
    clock: Clock,
    base: String,
}

impl ForDatabase for Timed {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        clock.advance(12 * HOUR);
        let base = app.plans().await;
        let formats =
            json!({ "dateFormat": { "name": "iso" }, "timeFormat": { "name": "24hour" }, "timeZone": "Asia/Tokyo" });
        let at = json!({ "name": "At", "type": "dateTime", "options": formats });
        app.ok(Method::POST, &format!("/v0/meta/bases/{base}/tables/Tasks/fields"), &at).await;
        let task = |day: u8| {
            let (due, at) = (format!("2026-01-{day:02}"), format!("2026-01-{day:02}T20:00:00Z"));
            json!({ "fields": { "Name": format!("{day} "), "Due": due, "At": at, "Points": day } })
        };
        let tasks: Vec<Value> = [1, 2, 3, 4, 5, 8, 9].map(task).into();
        app.ok(Method::POST, &format!("/v0/{base}/Tasks"), &json!({ "records": tasks })).await;
        Self { app, clock, base }
    }
}

impl Timed {
    async fn view(&self, name: &str, filter: Value) -> Value {
        let path = format!("/api/v1/bases/{}/tables/Tasks/views", self.base);
        let view = json!({ "name": name, "filter": filter });
        let (status, made) = self.app.call(Method::POST, &path, &view).await;
        assert_eq!(status, 201, "{made}");
        made
    }

    async fn tool(&self, name: &str, mut arguments: Value) -> Value {
        arguments["base"] = json!(self.base);
        arguments["table"] = json!("Tasks");
        let body = json!({ "tool_name": name, "arguments": arguments });
        self.app.ok(Method::POST, "/execute-tool", &body).await["result"].clone()
    }

    /// The names of what a view lists.
    async fn listed(&self, view: &str) -> String {
        names(&self.app.get(&format!("/v0/{}/Tasks?view={view}", self.base)).await)
    }
}

fn names(answer: &Value) -> String {
    let records = answer["records"].as_array().unwrap();
    let names: String = records.iter().map(|record| record["fields"]["Name"].as_str().unwrap()).collect();
    names.trim_end().to_owned()
}

fn due(op: &str, value: Value) -> Value {
    json!({ "field": "Due", "op": op, "value": value })
}

#[on_every_database]
async fn a_view_lists_other_records_as_days_pass(timed: Timed) {
    let (app, base) = (&timed.app, &timed.base);
    let counted = |mode: &str, days: u32| json!({ "mode": mode, "numberOfDays": days });
    // The day of January at the time of the list, and what is listed then.
    let cases = [
        ("today", due("=", json!("today")), ["1", "2", "8"]),
        ("late", due("<", json!({ "mode": "today" })), ["", "1", "1 2 3 4 5"]),
        ("not-tomorrow", due("!=", json!("tomorrow")), ["1 3 4 5 8 9", "1 2 4 5 8 9", "1 2 3 4 5 8"]),
        ("ago", due("=", counted("daysAgo", 4)), ["", "", "4"]),
        ("soon", due("is_within", counted("nextNumberOfDays", 2)), ["1 2 3", "2 3 4", "8 9"]),
        ("week", due("is_within", json!("thisCalendarWeek")), ["1 2 3 4", "1 2 3 4", "5 8 9"]),
        ("past", due("is_within", json!("pastWeek")), ["1", "1 2", "1 2 3 4 5 8"]),
        ("not", json!({ "not": due("is_within", json!("nextWeek")) }), ["9", "1", "1 2 3 4 5"]),
        // In Tokyo, whose field it is, twenty hours in UTC are five in the morning of the next day.
        ("there", json!({ "field": "At", "op": "=", "value": "tomorrow" }), ["1", "2", "8"]),
        ("here", json!({ "field": "At", "op": "=", "value": { "mode": "today", "timeZone": "UTC" } }), ["1", "2", "8"]),
    ];
    for (name, filter, _) in &cases {
        let made = timed.view(name, filter.clone()).await;
        let mut kept = filter.clone();
        if kept.get("field").is_some() {
            kept["field"] = made["filter"]["field"].clone();
            assert_eq!(made["filter"], kept, "what is relative stays so");
        }
    }
    for (at, days) in [0, 1, 6].into_iter().enumerate() {
        timed.clock.advance(days * 24 * HOUR);
        for (name, filter, expected) in &cases {
            let expected = expected[at];
            assert_eq!(timed.listed(name).await, expected, "{name}, {at}");
            let listed = timed.tool("list_records", json!({ "filter": filter })).await;
            assert_eq!(names(&listed), expected, "{name}, {at}, by a tool");
            let path = format!("/api/v1/bases/{base}/tables/Tasks/aggregate");
            let summed = app.ok(Method::POST, &path, &json!({ "view": name })).await;
            assert_eq!(summed["matched"], expected.split_whitespace().count(), "{name}, {at}");
            let export = format!("/api/v1/export?base={base}&table=Tasks&view={name}");
            let (_, csv) = app.text(Method::GET, &export).await;
            assert_eq!(csv.lines().count(), 1 + expected.split_whitespace().count(), "{name}, {at}");
        }
    }
}

#[on_every_database]
async fn what_was_listed_yesterday_is_not_listed_today(timed: Timed) {
    timed.view("left", due(">=", json!("today"))).await;
    let page = async |more: &str| {
        timed.app.get(&format!("/v0/{}/Tasks?view=left&sort[0][field]=Points&pageSize=2{more}", timed.base)).await
    };
    // Asked for twice, so that whatever is kept of a list is kept.
    let first = page("").await;
    assert_eq!((names(&first), names(&page("").await)), ("1 2".to_owned(), "1 2".to_owned()));
    timed.clock.advance(11 * HOUR + 59 * HOUR / 60);
    assert_eq!(names(&page("").await), "1 2", "it is a minute to midnight");
    timed.clock.advance(HOUR / 60);
    let today = page("").await;
    assert_eq!(names(&today), "2 3");
    let on = |page: &Value| format!("&offset={}", page["offset"].as_str().unwrap());
    assert_eq!(names(&page(&on(&first)).await), "3 4", "the pages of a list go on as they began");
    assert_eq!(names(&page(&on(&today)).await), "4 5");
}

#[on_every_database]
async fn a_webhook_of_such_a_view_goes_by_the_day_of_the_change(timed: Timed) {
    let (app, base) = (&timed.app, &timed.base);
    let view = timed.view("today", due("=", json!("today"))).await["id"].as_str().unwrap().to_owned();
    let filters = json!({ "dataTypes": ["tableData"], "recordChangeScope": view });
    let specification = json!({ "specification": { "options": { "filters": filters } } });
    let hook = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &specification).await;
    let tasks = format!("/v0/{base}/Tasks");
    let task =
        app.get(&format!("{tasks}?filterByFormula=Points%3D2")).await["records"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("{tasks}/{task}");
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": "not yet" } })).await;
    let new = app.ok(Method::POST, &tasks, &json!({ "fields": { "Name": "new", "Due": "2026-01-01" } })).await;
    timed.clock.advance(24 * HOUR);
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Name": "now" } })).await;
    app.ok(Method::PATCH, &path, &json!({ "fields": { "Due": "2026-01-03" } })).await;
    timed.clock.advance(24 * HOUR);
    let told = app.get(&format!("/v0/bases/{base}/webhooks/{}/payloads", hook["id"].as_str().unwrap())).await;
    let told = told["payloads"].as_array().unwrap().iter().map(|payload| {
        let tables = payload["changedTablesById"].as_object().unwrap();
        tables.values().next().unwrap()["changedViewsById"][&view].clone()
    });
    let told: Vec<Value> = told.collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(told[0]["createdRecordsById"][new["id"].as_str().unwrap()].is_object(), "it was its day: {told:#?}");
    assert!(told[1]["changedRecordsById"][&task].is_object(), "that the day came was told by nobody: {told:#?}");
    assert_eq!(told[2], json!({ "destroyedRecordIds": [task] }));
}

#[on_every_database]
async fn what_is_no_day_is_refused_at_every_door(timed: Timed) {
    let (app, base) = (&timed.app, &timed.base);
    let path = format!("/api/v1/bases/{base}/tables/Tasks/views");
    for (filter, place, says) in [
        (due("=", json!({ "mode": "someday" })), "/filter/value", "`=` has no days named `someday`: there are today"),
        (due("is_within", json!({ "mode": "today" })), "/filter/value", "there are pastWeek"),
        (due("is_within", json!("2026-01-01")), "/filter/value", "the field holds dates"),
        (
            json!({ "and": [due("=", json!({ "mode": "daysAgo", "numberOfDays": 36_501 }))] }),
            "/filter/and/0/value/numberOfDays",
            "a whole number from 0 to 36500, not 36501",
        ),
        (due("=", json!({ "mode": "today", "timeZone": "Tokyo" })), "/filter/value/timeZone", "`Europe/Berlin`, not"),
        (
            json!({ "field": "Points", "op": "is_within", "value": "pastWeek" }),
            "/filter/op",
            "of type number and does not allow `is within`",
        ),
    ] {
        let (status, answer) = app.call(Method::POST, &path, &json!({ "name": "V", "filter": filter })).await;
        assert_eq!((status, &answer["errors"][0]["pointer"]), (422, &json!(place)), "{answer}");
        assert!(answer["detail"].as_str().unwrap().contains(says), "{answer} should say {says}");
        let arguments = json!({ "base": base, "table": "Tasks", "filter": filter });
        let body = json!({ "tool_name": "list_records", "arguments": arguments });
        let (_, answer) = app.call(Method::POST, "/execute-tool", &body).await;
        assert!(answer.to_string().replace("\\\"", "\"").contains(says), "{answer} should say {says}");
    }
    assert_eq!(app.get(&path).await["views"].as_array().unwrap().len(), 1, "nothing was made");
}
