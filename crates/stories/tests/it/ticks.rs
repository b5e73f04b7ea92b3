//! What is computed of the time: the same at every door within a tick, another one in the next.

use std::time::Duration;

use clock::Clock;
use hyper::Method;
use serde_json::{Value, json};
use testkit::{Engine, ForDatabase, on_every_database};

use crate::app::TestApp;

const MINUTE: Duration = Duration::from_mins(1);

/// A house whose clock stands still until it is moved: it is midnight at the beginning of 2026. Its tasks are named by the
/// hour of that day at which they are, and all are of one project.
struct Timed {
    app: TestApp,
    clock: Clock,
    base: String,
    tasks: Vec<String>,
}

impl ForDatabase for Timed {
    async fn for_database(engine: Engine) -> Self {
        let (app, clock) = TestApp::timed(engine, |_| {}).await;
        let base = app.plans().await;
        let timed = Self { app, clock, base, tasks: Vec::new() };
        let at = json!({ "name": "At", "type": "dateTime", "options": { "dateFormat": { "name": "iso" },
            "timeFormat": { "name": "24hour" }, "timeZone": "utc" } });
        timed.field("Tasks", at).await;
        timed.formula("Minutes", "DATETIME_DIFF(NOW(), '2026-01-01', 'minutes')").await;
        timed.formula("Away", "ABS(DATETIME_DIFF({At}, NOW(), 'minutes'))").await;
        timed.formula("State", "IF({At} < TODAY(), 'late', IF({At} < NOW(), 'due', 'open'))").await;
        let looks = |field: &str| json!({ "recordLinkFieldId": "Tasks", "fieldIdInLinkedTable": field });
        let lookup = json!({ "name": "States", "type": "multipleLookupValues", "options": looks("State") });
        timed.field("Projects", lookup).await;
        let mut rollup = json!({ "name": "Nearest", "type": "rollup", "options": looks("Away") });
        rollup["options"]["formula"] = json!("MIN(values)");
        timed.field("Projects", rollup).await;
        let task = |hour: u8| {
            let at = format!("2026-01-01T{hour:02}:00:00Z");
            json!({ "fields": { "Name": hour.to_string(), "At": at, "Project": "House" } })
        };
        let tasks: Vec<Value> = [9, 12, 15].map(task).into();
        let made =
            timed.app.ok(Method::POST, &timed.path("Tasks"), &json!({ "records": tasks, "typecast": true })).await;
        let ids = made["records"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned());
        Self { tasks: ids.collect(), ..timed }
    }
}

impl Timed {
    fn path(&self, table: &str) -> String {
        format!("/v0/{}/{table}", self.base)
    }

    async fn field(&self, table: &str, field: Value) -> Value {
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields", self.base);
        self.app.ok(Method::POST, &path, &field).await
    }

    async fn formula(&self, name: &str, formula: &str) -> Value {
        self.field("Tasks", json!({ "name": name, "type": "formula", "options": { "formula": formula } })).await
    }

    async fn view(&self, body: Value) {
        let path = format!("/api/v1/bases/{}/tables/Tasks/views", self.base);
        let (status, made) = self.app.call(Method::POST, &path, &body).await;
        assert_eq!(status, 201, "{made}");
    }

    async fn project(&self) -> Value {
        self.app.get(&self.path("Projects")).await["records"][0]["fields"].clone()
    }

    /// What a list of tasks tells of a field, in its order.
    async fn listed(&self, field: &str, more: &str) -> Vec<Value> {
        let answer = self.app.get(&format!("{}?{more}", self.path("Tasks"))).await;
        answer["records"].as_array().unwrap().iter().map(|record| record["fields"][field].clone()).collect()
    }

    /// How many minutes the year is old, as every door tells it.
    async fn minutes(&self) -> Vec<Value> {
        let (app, base) = (&self.app, &self.base);
        let own = format!("/api/v1/bases/{base}/tables/Tasks");
        let task = format!("{}/{}", self.path("Tasks"), self.tasks[0]);
        let listed = self.listed("Minutes", "").await;
        let sorted = self.listed("Minutes", "sort[0][field]=Minutes&pageSize=1").await;
        let got = app.get(&task).await;
        let written = app.ok(Method::PATCH, &task, &json!({ "fields": { "Points": 1 } })).await;
        let most = json!([{ "op": "max", "field": "Minutes" }]);
        let whole = app.ok(Method::POST, &format!("{own}/aggregate"), &json!({ "aggregates": most })).await;
        let by = json!({ "groupBy": ["Minutes"], "aggregates": most });
        let grouped = app.ok(Method::POST, &format!("{own}/aggregate"), &by).await;
        let (_, csv) = app.text(Method::GET, &format!("/api/v1/export?base={base}&table=Tasks")).await;
        let (head, row) = (csv.lines().next().unwrap(), csv.lines().nth(1).unwrap());
        let at = head.split(',').position(|name| name == "Minutes").unwrap();
        let asked = json!({ "formula": "{Minutes}", "base": base, "table": "Tasks", "record": self.tasks[0] });
        let tried = app.ok(Method::POST, "/api/v1/formulas/evaluate", &asked).await;
        let asked = json!({ "formula": "DATETIME_DIFF(NOW(), '2026-01-01', 'minutes')" });
        let alone = app.ok(Method::POST, "/api/v1/formulas/evaluate", &asked).await;
        vec![
            listed[0].clone(),
            listed[2].clone(),
            sorted[0].clone(),
            got["fields"]["Minutes"].clone(),
            written["fields"]["Minutes"].clone(),
            whole["groups"][0]["values"][0].clone(),
            grouped["groups"][0]["values"][0].clone(),
            json!(row.split(',').nth(at).unwrap().parse::<i64>().unwrap()),
            tried["value"].clone(),
            alone["value"].clone(),
        ]
    }

    /// How many tasks a formula finds.
    async fn found(&self, formula: &str) -> usize {
        let asked = json!({ "filterByFormula": formula });
        let answer = self.app.ok(Method::POST, &format!("{}/listRecords", self.path("Tasks")), &asked).await;
        answer["records"].as_array().unwrap().len()
    }
}

#[on_every_database]
async fn every_door_tells_the_same_time_within_a_tick(timed: Timed) {
    let kept = json!({ "field": "Minutes", "op": "=", "value": 725 });
    timed.view(json!({ "name": "At five past", "filter": kept })).await;
    for (forward, minutes) in
        [(Duration::ZERO, 0), (725 * MINUTE, 725), (4 * MINUTE, 725), (59 * MINUTE / 60, 725), (MINUTE / 60, 730)]
    {
        timed.clock.advance(forward);
        for told in timed.minutes().await {
            assert_eq!(told.as_f64(), Some(f64::from(minutes)), "{told}");
        }
        let now = "DATETIME_DIFF(NOW(), '2026-01-01', 'minutes')";
        assert_eq!(timed.found(&format!("AND({now} = {minutes}, {{Minutes}} = {now})")).await, 3);
        let expected = if minutes == 725 { 3 } else { 0 };
        assert_eq!(timed.listed("Name", "view=At%20five%20past").await.len(), expected, "{minutes}");
    }
}

#[on_every_database]
async fn views_lookups_and_rollups_follow_the_time(timed: Timed) {
    timed.view(json!({ "name": "Near", "sorts": [{ "field": "Away" }] })).await;
    timed.view(json!({ "name": "Due", "filter": { "field": "State", "op": "=", "value": "due" } })).await;
    for (hours, near, due, states, nearest) in [
        (1, ["9", "12", "15"], vec![], ["open", "open", "open"], 480),
        (9, ["9", "12", "15"], vec!["9"], ["due", "open", "open"], 60),
        (2, ["12", "9", "15"], vec!["9"], ["due", "open", "open"], 0),
        (6, ["15", "12", "9"], vec!["9", "12", "15"], ["due", "due", "due"], 180),
        (6, ["15", "12", "9"], vec![], ["late", "late", "late"], 540),
    ] {
        timed.clock.advance(hours * 60 * MINUTE);
        // Asked for twice: what is kept of the first answer is right for the second.
        for _ in 0..2 {
            assert_eq!(timed.listed("Name", "view=Near").await, near, "after {hours} more");
            assert_eq!(timed.listed("Name", "view=Due").await, due, "after {hours} more");
            let project = timed.project().await;
            assert_eq!((&project["States"], &project["Nearest"]), (&json!(states), &json!(nearest)));
        }
    }
    // What is kept within a tick is brought forward by what is written meanwhile.
    timed.clock.advance(MINUTE);
    let task = format!("{}/{}", timed.path("Tasks"), timed.tasks[1]);
    timed.app.ok(Method::PATCH, &task, &json!({ "fields": { "At": "2026-01-02T00:10:00Z" } })).await;
    assert_eq!(timed.listed("Name", "view=Near").await, ["12", "15", "9"]);
    let project = timed.project().await;
    assert_eq!((&project["States"], &project["Nearest"]), (&json!(["late", "open", "late"]), &json!(10)));
}

#[on_every_database]
async fn a_webhook_tells_the_time_of_the_change(timed: Timed) {
    let (app, base) = (&timed.app, &timed.base);
    let same = timed.formula("Same", "{Minutes}").await;
    let minutes = same["options"]["referencedFieldIds"][0].as_str().unwrap();
    let includes = json!({ "includeCellValuesInFieldIds": [minutes] });
    let options = json!({ "filters": { "dataTypes": ["tableData"] }, "includes": includes });
    let specification = json!({ "specification": { "options": options } });
    let hook = app.ok(Method::POST, &format!("/v0/bases/{base}/webhooks"), &specification).await;
    timed.clock.advance(14 * MINUTE);
    let task = format!("{}/{}", timed.path("Tasks"), timed.tasks[0]);
    app.ok(Method::PATCH, &task, &json!({ "fields": { "Points": 3 } })).await;
    let by_id = app.get(&format!("{task}?returnFieldsByFieldId=true")).await;
    timed.clock.advance(60 * MINUTE);
    let told = app.get(&format!("/v0/bases/{base}/webhooks/{}/payloads", hook["id"].as_str().unwrap())).await;
    let table = told["payloads"][0]["changedTablesById"].as_object().unwrap().values().next().unwrap();
    let told = &table["changedRecordsById"][&timed.tasks[0]]["unchanged"]["cellValuesByFieldId"];
    assert_eq!((&by_id["fields"][minutes], &told[minutes]), (&json!(10), &json!(10)), "{told}");
}
