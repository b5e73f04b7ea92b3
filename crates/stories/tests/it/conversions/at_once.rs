//! Two conversions of one field at once: one wins, and of the other one nothing is left.

use std::collections::BTreeSet;

use hyper::Method;
use serde_json::{Value, json};
use testkit::on_every_database;

use super::{Plans, notes, table_id};
use crate::app::TestApp;

/// Records of the field, more than one change of a conversion holds.
const RECORDS: usize = 4_500;

/// A base whose notes are seven numbers as texts, over and over.
async fn numbered(app: &TestApp) -> Plans {
    let plans = Plans::new(app, notes(&["0"])).await;
    let bulk = format!("/api/v1/bases/{}/tables/Tasks/records:bulk", plans.base);
    let line = |n: usize| json!({ "fields": { "Notes": (n % 7).to_string() } }).to_string() + "\n";
    assert_eq!(app.raw(Method::POST, &bulk, (1..RECORDS).map(line).collect()).await.0, 200);
    plans
}

/// What no door shows: the numbers of fields that rows hold cells of, and those of links.
async fn stored(app: &TestApp, base: &str) -> (BTreeSet<String>, usize) {
    let db = app.db().await;
    let no: i64 = db.read("SELECT base FROM bases WHERE id = $1", [base.into()]).await.unwrap()[0].get(0).unwrap();
    let rows = db.read("SELECT cells FROM records WHERE base = $1 AND deleted = FALSE", [no.into()]).await.unwrap();
    let cells = rows.iter().map(|row| serde_json::from_str::<Value>(row.get::<&str>(0).unwrap()).unwrap());
    let numbers = cells.flat_map(|cells| cells.as_object().unwrap().keys().cloned().collect::<Vec<_>>()).collect();
    let links = db.read("SELECT COUNT(DISTINCT relation) FROM links WHERE base = $1", [no.into()]).await.unwrap();
    (numbers, links[0].get::<i64>(0).unwrap() as usize)
}

fn number() -> Value {
    json!({ "type": "number", "options": { "precision": 0 } })
}

fn select() -> Value {
    json!({ "type": "singleSelect", "options": { "choices": [] } })
}

fn links(table: &Value) -> Value {
    json!({ "type": "multipleRecordLinks", "makeRecords": true,
        "options": { "linkedTableId": table, "inverseName": "Noted" } })
}

/// Converts notes to both types at once, at two servers where the database has several, until one has to give way.
/// Answers the base and which one won.
async fn race(app: &TestApp, other: &TestApp, one: fn(&Value) -> Value, two: fn(&Value) -> Value) -> (Plans, Value) {
    for _ in 0..10 {
        let plans = numbered(app).await;
        let before = stored(app, &plans.base).await;
        let projects = table_id(app, &plans.base, "Projects").await;
        let (one, two) = (one(&projects), two(&projects));
        let both = tokio::join!(plans.convert(app, "Notes", one.clone()), plans.convert(other, "Notes", two.clone()));
        let (won, lost, wanted) = match both {
            // One was done before the other one began.
            ((200, _), (200, _)) => continue,
            ((200, won), lost) => (won, lost, one),
            (lost, (200, won)) => (won, lost, two),
            neither => panic!("nobody won: {neither:?}"),
        };
        assert_eq!(
            (lost.0, &lost.1["code"], &lost.1["retryable"]),
            (409, &json!("meanwhile"), &json!(true)),
            "{lost:?}"
        );
        assert_eq!((&won["converted"], &won["lost"]), (&json!(RECORDS), &json!(0)), "{won}");
        nothing_is_left(app, &plans, &wanted, before).await;
        return (plans, won);
    }
    panic!("none of ten pairs met");
}

/// There is what a conversion to this type makes, and nothing else.
async fn nothing_is_left(app: &TestApp, plans: &Plans, wanted: &Value, before: (BTreeSet<String>, usize)) {
    let base = &plans.base;
    assert_eq!(app.get(&format!("/api/v1/bases/{base}/trash")).await["fields"], json!([]));
    let tables = app.get(&format!("/v0/meta/bases/{base}/tables")).await["tables"].clone();
    let named = |table: usize| -> Vec<String> {
        let fields = tables[table]["fields"].as_array().unwrap().iter();
        fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    let is_link = wanted["type"] == "multipleRecordLinks";
    let notes = tables[0]["fields"].as_array().unwrap().iter().find(|field| field["name"] == "Notes").unwrap();
    assert_eq!(notes["type"], wanted["type"]);
    let sides = if is_link { vec!["Title", "Tasks", "Noted"] } else { vec!["Title", "Tasks"] };
    assert_eq!(named(1), sides);
    let made = app.get(&format!("/v0/{base}/Projects")).await["records"].clone();
    let titles: BTreeSet<&str> =
        made.as_array().unwrap().iter().map(|record| record["fields"]["Title"].as_str().unwrap()).collect();
    let count = if is_link { 7 } else { 0 };
    assert_eq!((made.as_array().unwrap().len(), titles.len()), (count, count), "{made}");
    let (numbers, relations) = stored(app, base).await;
    let others = numbers.difference(&before.0).count();
    // The titles of projects are a column of theirs.
    assert_eq!((others, relations), (1, usize::from(is_link)), "{numbers:?}");
}

/// The server that writes and, where a database has several, another one.
async fn other(app: &TestApp) -> Option<TestApp> {
    if app.is_shared() { Some(app.neighbour().await) } else { None }
}

#[on_every_database]
async fn of_two_types_for_one_field_one_wins(app: TestApp) {
    let neighbour = other(&app).await;
    let other = neighbour.as_ref().unwrap_or(&app);
    let (plans, _) = race(&app, other, |_| number(), |_| select()).await;
    // Who lost asks again, and sees what became of the field.
    let (status, done) = plans.convert(other, "Notes", select()).await;
    assert_eq!((status, &done["converted"]), (200, &json!(RECORDS)), "{done}");
}

#[on_every_database]
async fn of_two_links_for_one_field_one_wins(app: TestApp) {
    let neighbour = other(&app).await;
    let (plans, _) = race(&app, neighbour.as_ref().unwrap_or(&app), links, links).await;
    let projects = app.get(&format!("/v0/{}/Projects", plans.base)).await["records"].clone();
    let linked = projects.as_array().unwrap().iter().map(|record| record["fields"]["Noted"].as_array().unwrap().len());
    assert_eq!(linked.sum::<usize>(), RECORDS);
}

#[on_every_database]
async fn of_links_and_numbers_for_one_field_one_wins(app: TestApp) {
    let neighbour = other(&app).await;
    let other = neighbour.as_ref().unwrap_or(&app);
    race(&app, other, links, |_| number()).await;
    race(&app, other, |_| number(), links).await;
}
