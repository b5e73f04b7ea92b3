//! Scores the built-in assistant on questions with known answers.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to the one who started it")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use app::{House, ServerSettings, Settings};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use clock::{Clock, Ids};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const USAGE: &str = "usage: eval wikisql [--data FILE] [--misses]\n\nFILE holds one question a line, as JSON with \
    `question`, `table` (`header`, `types`, `rows`) and `answer`; AIRLOOM_WIKISQL names it too. Questions of this form \
    are made from the data of https://github.com/salesforce/WikiSQL (BSD-3-Clause): each question with its table and \
    the rows that its query selects.";

/// One question with its table and answer.
#[derive(Deserialize)]
struct Case {
    id: String,
    question: String,
    table: Table,
    answer: Vec<Value>,
    stratum: String,
}

#[derive(Deserialize)]
struct Table {
    header: Vec<String>,
    types: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// How a question was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Score {
    Right,
    Wrong,
    Declined,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("eval: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this program is its own house")]
fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    if words.next() != Some("wikisql") {
        bail!("{USAGE}");
    }
    let mut data = std::env::var("AIRLOOM_WIKISQL").ok().map(PathBuf::from);
    let mut misses = false;
    while let Some(word) = words.next() {
        match word {
            "--data" => data = Some(words.next().with_context(|| format!("--data needs a file\n\n{USAGE}"))?.into()),
            "--misses" => misses = true,
            other => bail!("`{other}` is not a flag\n\n{USAGE}"),
        }
    }
    let data = data.with_context(|| format!("no data was named\n\n{USAGE}"))?;
    let text =
        std::fs::read_to_string(&data).with_context(|| format!("cannot read `{}`\n\n{USAGE}", data.display()))?;
    let cases = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(at, line)| {
        serde_json::from_str(line).with_context(|| format!("line {} of `{}` is not a question", at + 1, data.display()))
    });
    let cases: Vec<Case> = cases.collect::<Result<_>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(wikisql(&cases, misses))
}

async fn wikisql(cases: &[Case], misses: bool) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = ServerSettings { data: folder.path().to_owned(), ..ServerSettings::default() };
    let settings = Settings { server, ..Settings::default() };
    let house = House::build(&settings, (Clock::system(), Ids::system()), None, CancellationToken::new()).await?;
    let doors = Doors(house.as_owner().await?);
    let workspaces = doors.call(Method::GET, "/v0/meta/workspaces", &Value::Null).await?;
    let workspace = workspaces.pointer("/workspaces/0/id").cloned().context("there is no workspace")?;
    let mut scores: Vec<(&str, Score)> = Vec::new();
    let mut times: Vec<Duration> = Vec::new();
    for case in cases {
        let base = load(&doors, &workspace, case).await?;
        let began = Instant::now();
        let asked = json!({ "message": case.question, "session_id": case.id, "base_id": base });
        let answer = doors.call(Method::POST, "/chat", &asked).await?;
        times.push(began.elapsed());
        let score = score(&case.answer, answer.get("value"));
        if misses && score != Score::Right {
            let word = if score == Score::Declined { "declined" } else { "wrong" };
            println!("{word} {}: {}", case.id, case.question);
            println!("   header: {}", case.table.header.join(" | "));
            println!("   wanted: {}", json!(case.answer));
            println!("   got:    {}  «{}»", json!(answer.get("value")), json!(answer.get("response")));
        }
        scores.push((&case.stratum, score));
    }
    report(&scores, &mut times);
    Ok(())
}

/// Makes the case's table as a base; answers the base's id.
async fn load(doors: &Doors, workspace: &Value, case: &Case) -> Result<String> {
    let mut names: Vec<String> = Vec::new();
    for header in &case.table.header {
        let plain = if header.trim().is_empty() { "Field" } else { header.trim() };
        let taken = |name: &String| names.iter().any(|held| held.to_lowercase() == name.to_lowercase());
        let mut name = plain.to_owned();
        while taken(&name) {
            name.push('\'');
        }
        names.push(name);
    }
    let fields = names.iter().zip(&case.table.types).map(|(name, kind)| match kind.as_str() {
        "real" => json!({ "name": name, "type": "number", "options": { "precision": 8 } }),
        _ => json!({ "name": name, "type": "singleLineText" }),
    });
    let fields: Vec<Value> = fields.collect();
    let new = json!({
        "name": case.id, "workspaceId": workspace, "tables": [{ "name": "t", "fields": fields }],
    });
    let base = doors.call(Method::POST, "/v0/meta/bases", &new).await?;
    let base = base.get("id").and_then(Value::as_str).context("no base was made")?.to_owned();
    let rows = case.table.rows.iter().map(|row| {
        let cells = names.iter().zip(row).map(|(name, cell)| (name.clone(), cell.clone()));
        json!({ "fields": cells.collect::<serde_json::Map<_, _>>() })
    });
    let rows: Vec<Value> = rows.collect();
    for batch in rows.chunks(10) {
        let body = json!({ "records": batch, "typecast": true });
        doors.call(Method::POST, &format!("/v0/{base}/t"), &body).await.with_context(|| case.id.clone())?;
    }
    Ok(base)
}

/// Answers are multisets: texts without regard to case, numbers to a millionth.
fn score(wanted: &[Value], given: Option<&Value>) -> Score {
    let given = match given {
        None | Some(Value::Null) => return Score::Declined,
        Some(Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
    };
    let mut left: Vec<&Value> = given.iter().collect();
    if left.len() != wanted.len() {
        return Score::Wrong;
    }
    for value in wanted {
        match left.iter().position(|held| same(value, held)) {
            Some(at) => drop(left.swap_remove(at)),
            None => return Score::Wrong,
        }
    }
    Score::Right
}

fn same(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return (one - other).abs() <= 1e-6 * one.abs().max(1.0);
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned).trim().to_lowercase();
    text(one) == text(other)
}

fn report(scores: &[(&str, Score)], times: &mut [Duration]) {
    let count = |wanted: Score| scores.iter().filter(|(_, score)| *score == wanted).count();
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let mut strata: Vec<&str> = scores.iter().map(|(stratum, _)| *stratum).collect();
    strata.sort_unstable();
    strata.dedup();
    for stratum in strata {
        let of: Vec<_> = scores.iter().filter(|(held, _)| *held == stratum).collect();
        let right = of.iter().filter(|(_, score)| *score == Score::Right).count();
        println!("{stratum:20} {:5.1} % of {}", share(right, of.len()), of.len());
    }
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "{} questions: {} right, {} wrong, {} declined; median {:.1} ms a question",
        scores.len(),
        count(Score::Right),
        count(Score::Wrong),
        count(Score::Declined),
        middle.as_secs_f64() * 1e3
    );
    println!("execution accuracy: {:.1} %", share(count(Score::Right), scores.len()));
}

/// The doors of the house, entered as its owner.
struct Doors(Router);

impl Doors {
    async fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request =
            Request::builder().method(method).uri(path).header("content-type", "application/json").body(body)?;
        let response = self.0.clone().oneshot(request).await?;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 64 << 20).await?;
        if !status.is_success() {
            bail!("{path} answered {status}: {}", String::from_utf8_lossy(&bytes));
        }
        Ok(serde_json::from_slice(&bytes)?)
    }
}
