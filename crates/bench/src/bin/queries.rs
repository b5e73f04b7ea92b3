//! Questions to a table of 100,000 records, through all doors but the network: from the request to the bytes of the
//! reply, one after the other.
#![expect(clippy::print_stdout, reason = "this program talks to the one who started it")]

use std::fmt::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use app::{House, ServerSettings, Settings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use clock::{Clock, Ids};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const ROWS: usize = 100_000;
const RUNS: usize = 201;
const STATUSES: [&str; 8] = ["x", "Open", "Waiting", "In review", "Blocked", "Done", "Dropped", "Later"];
const FORMULA: &str = r#"IF({n}>500, ROUND({n}*1.2,2)&" "&UPPER({title}), BLANK())"#;

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = ServerSettings { data: folder.path().to_owned(), ..ServerSettings::default() };
    let settings = Settings { server, ..Settings::default() };
    let house = House::build(&settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await?;
    let doors = Doors(house.as_owner().await?);
    let base = load(&doors).await?;
    println!("| question | p50 ms | p99 ms | fastest ms |\n|---|---|---|---|");
    let table = format!("/v0/{base}/t");
    for (name, query) in [
        ("first page", "pageSize=100".to_owned()),
        (
            "filter number and select (1.2 % match), by date, first 100",
            format!("filterByFormula={}&{BY_DATE}", code("AND({n}>900,{status}='x')")),
        ),
        ("by date, first 100 of all", BY_DATE.to_owned()),
        ("filter text (FIND), first 100", format!("filterByFormula={}", code("FIND('99',{title})>0"))),
    ] {
        let path = format!("{table}?{query}");
        ask(&doors, name, Method::GET, &path, &Value::Null, |_| Ok(())).await?;
    }
    ids(&doors, &table).await?;
    groups(&doors, &base).await?;
    formula_field(&doors, &base).await?;
    edits(&doors, &table).await
}

const BY_DATE: &str = "sort%5B0%5D%5Bfield%5D=due&sort%5B0%5D%5Bdirection%5D=desc&pageSize=100";

/// A text as part of a query.
fn code(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// Makes the table; answers its base.
async fn load(doors: &Doors) -> Result<String> {
    let workspaces = doors.call(Method::GET, "/v0/meta/workspaces", Body::empty()).await?;
    let choices: Vec<Value> = STATUSES.iter().map(|name| json!({ "name": name })).collect();
    let fields = json!([
        { "name": "title", "type": "singleLineText" },
        { "name": "n", "type": "number", "options": { "precision": 2 } },
        { "name": "status", "type": "singleSelect", "options": { "choices": choices } },
        { "name": "due", "type": "date", "options": { "dateFormat": { "name": "iso" } } },
        { "name": "amount", "type": "number", "options": { "precision": 2 } },
        { "name": "notes", "type": "multilineText" },
    ]);
    let new = json!({
        "name": "b", "workspaceId": workspaces.pointer("/workspaces/0/id"), "tables": [{ "name": "t", "fields": fields }],
    });
    let base = doors.call(Method::POST, "/v0/meta/bases", Body::from(new.to_string())).await?;
    let base = base.get("id").and_then(Value::as_str).context("no base was made")?.to_owned();
    let path = format!("/v0/{base}/t");
    for batch in records().chunks(10) {
        doors.call(Method::POST, &path, Body::from(json!({ "records": batch }).to_string())).await?;
    }
    Ok(base)
}

/// The same records on every run.
fn records() -> Vec<Value> {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % below
    };
    let record = |_| {
        let status = STATUSES.get(next(8) as usize).copied().unwrap_or_default();
        let (title, n, amount) = (next(100_000), next(100_000) as f64 / 100.0, next(1_000_000) as f64 / 100.0);
        let (year, month, day) = (2015 + next(10), 1 + next(12), 1 + next(28));
        json!({ "fields": {
            "title": format!("Project {title}"), "n": n, "status": status, "due": format!("{year}-{month:02}-{day:02}"),
            "amount": amount, "notes": format!("Some words about project {title}, and more"),
        } })
    };
    (0..ROWS).map(record).collect()
}

/// Five hundred records by their ids.
async fn ids(doors: &Doors, table: &str) -> Result<()> {
    let mut terms = Vec::new();
    let mut offset = String::new();
    while terms.len() < 500 {
        let page = doors.call(Method::GET, &format!("{table}?pageSize=100{offset}"), Body::empty()).await?;
        let records = page.get("records").and_then(Value::as_array).context("no records")?;
        terms
            .extend(records.iter().filter_map(|record| Some(format!("RECORD_ID()='{}'", record.get("id")?.as_str()?))));
        offset = format!("&offset={}", page.get("offset").and_then(Value::as_str).context("too few records")?);
    }
    let body = json!({ "filterByFormula": format!("OR({})", terms.join(",")) });
    let path = format!("{table}/listRecords");
    let found = |answer: &Value| {
        let found = answer.get("records").and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(found == 100, "{found} records on the first page");
        Ok(())
    };
    ask(doors, "OR of 500 record ids, first 100", Method::POST, &path, &body, found).await
}

async fn groups(doors: &Doors, base: &str) -> Result<()> {
    let group = json!({ "tool_name": "aggregate", "arguments": {
        "base": base, "table": "t", "group_by": ["status"],
        "aggregates": [{ "op": "count" }, { "op": "sum", "field": "amount" }],
    } });
    let groups = |answer: &Value| {
        let groups = answer.pointer("/result/groups").and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(groups == STATUSES.len(), "{groups} groups: {answer}");
        Ok(())
    };
    ask(doors, "group by select: count and sum", Method::POST, "/execute-tool", &group, groups).await
}

/// From asking for a formula field until all its values are there.
async fn formula_field(doors: &Doors, base: &str) -> Result<()> {
    let mut times = Vec::new();
    let fields = format!("/v0/meta/bases/{base}/tables/t/fields");
    for run in 0..9 {
        let field = json!({ "name": format!("f{run}"), "type": "formula", "options": { "formula": FORMULA } });
        let start = Instant::now();
        doors.bytes(Method::POST, &fields, Body::from(field.to_string())).await?;
        let filter = format!("/v0/{base}/t?filterByFormula={}", code(&format!("{{f{run}}}='none'")));
        doors.bytes(Method::GET, &filter, Body::empty()).await?;
        times.push(start.elapsed());
    }
    print("formula field added until all values are read", times);
    Ok(())
}

/// A number is written and the list that is sorted by a formula over it is read.
async fn edits(doors: &Doors, table: &str) -> Result<()> {
    let first = doors.call(Method::GET, &format!("{table}?pageSize=1"), Body::empty()).await?;
    let id = first.pointer("/records/0/id").and_then(Value::as_str).context("no record")?.to_owned();
    let filter = format!("{table}?filterByFormula={}", code("{f0}='none'"));
    let mut times = Vec::new();
    for run in 0..50 {
        let body = json!({ "fields": { "n": 600 + run } }).to_string();
        doors.bytes(Method::PATCH, &format!("{table}/{id}"), Body::from(body)).await?;
        let start = Instant::now();
        doors.bytes(Method::GET, &filter, Body::empty()).await?;
        times.push(start.elapsed());
    }
    print("filter by a formula field after an edit", times);
    Ok(())
}

async fn ask(
    doors: &Doors,
    name: &str,
    method: Method,
    path: &str,
    body: &Value,
    check: impl Fn(&Value) -> Result<()>,
) -> Result<()> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    check(&doors.call(method.clone(), path, Body::from(body.clone())).await.with_context(|| name.to_owned())?)?;
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        doors.bytes(method.clone(), path, Body::from(body.clone())).await?;
        times.push(start.elapsed());
    }
    print(name, times);
    Ok(())
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at =
        |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    println!("| {name} | {:.3} | {:.3} | {:.3} |", at(50), at(99), at(0));
}

/// The doors of the house, entered as its owner.
struct Doors(Router);

impl Doors {
    async fn bytes(&self, method: Method, path: &str, body: Body) -> Result<Vec<u8>> {
        let request =
            Request::builder().method(method).uri(path).header("content-type", "application/json").body(body)?;
        let response = self.0.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 64 << 20).await?;
        ensure!(status.is_success(), "{path} answered {status}: {}", String::from_utf8_lossy(&bytes));
        Ok(bytes.to_vec())
    }

    async fn call(&self, method: Method, path: &str, body: Body) -> Result<Value> {
        Ok(serde_json::from_slice(&self.bytes(method, path, body).await?)?)
    }
}
