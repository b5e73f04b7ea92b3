//! `airloom import`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use app::Server;
use axum::body::Bytes;
use axum::http::Method;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use super::{Reach, out};

/// How often progress is looked at.
const PACE: Duration = Duration::from_millis(50);
/// Problems that are shown one by one.
const SHOWN: usize = 10;

/// Brings a file in.
#[derive(Subcommand)]
pub(crate) enum Import {
    /// A CSV file, however it is written: delimiter, quotes, encoding and header are found out.
    Csv(Csv),
}

#[derive(Clone, Copy, ValueEnum)]
enum Types {
    /// By what the cells hold.
    Infer,
    /// Everything is text.
    Text,
}

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
pub(crate) struct Csv {
    /// The file.
    file: PathBuf,
    /// The base, by name or id.
    #[arg(long)]
    base: String,
    /// The table, by name or id.
    #[arg(long)]
    table: String,
    /// Makes the base, the table and fields that are missing.
    #[arg(long)]
    create: bool,
    /// Whether columns get types.
    #[arg(long, value_enum, default_value = "infer")]
    types: Types,
    /// Only shows the dialect, fields, types and problems.
    #[arg(long)]
    dry_run: bool,
    /// Keeps cells that do not fit as text, in a field of their own.
    #[arg(long)]
    keep_unfit: bool,
    /// Prints the whole outcome as JSON.
    #[arg(long)]
    json: bool,
    /// The text between two cells; `\t` for a tab.
    #[arg(long)]
    delimiter: Option<String>,
    /// The quote character, or `none`.
    #[arg(long)]
    quote: Option<String>,
    /// Such as utf-8, utf-16le, windows-1252.
    #[arg(long)]
    encoding: Option<String>,
    /// The line of the header, from 1, or `none`.
    #[arg(long)]
    header_row: Option<String>,
    /// ymd, dmy or mdy, where dates leave it open.
    #[arg(long)]
    date_order: Option<String>,
    #[command(flatten)]
    reach: Reach,
}

impl Csv {
    fn query(&self) -> String {
        let mut query = vec![("base", self.base.as_str()), ("table", self.table.as_str())];
        let flags = [("create", self.create), ("dryRun", self.dry_run), ("keepUnfit", self.keep_unfit)];
        query.extend(flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name, "true")));
        query.push(("types", if let Types::Text = self.types { "text" } else { "infer" }));
        let told = [
            ("delimiter", &self.delimiter),
            ("quote", &self.quote),
            ("encoding", &self.encoding),
            ("headerRow", &self.header_row),
            ("dateOrder", &self.date_order),
        ];
        query.extend(told.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        super::encoded(&query)
    }
}

pub(super) async fn run(import: &Import) -> anyhow::Result<()> {
    let Import::Csv(csv) = import;
    let file = std::fs::read(&csv.file).with_context(|| format!("cannot read `{}`", csv.file.display()))?;
    let server = csv.reach.server(&csv.reach.settings()?).await?;
    let ended = follow(csv, &server, Bytes::from(file)).await;
    server.close().await;
    let outcome = ended?;
    if csv.json {
        out::line(&outcome.to_string());
    } else {
        tell(csv, &outcome);
    }
    match outcome.get("error").and_then(Value::as_str) {
        Some(error) => bail!("{error}"),
        None => Ok(()),
    }
}

/// Uploads the file and watches the import to its end.
async fn follow(csv: &Csv, server: &Server, file: Bytes) -> anyhow::Result<Value> {
    let path = format!("/api/v1/imports?{}", csv.query());
    let begun = server.send(Method::POST, &path, &[("content-type", "text/csv")], file).await?.json()?;
    let id = begun.get("id").and_then(Value::as_str).context("the server named no import")?.to_owned();
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos} of {len} rows, {per_sec}, {eta} left")?);
    let began = Instant::now();
    loop {
        let now = server.json(Method::GET, &format!("/api/v1/imports/{id}"), None).await?;
        bar.set_length(now.get("totalRows").and_then(Value::as_u64).unwrap_or_default());
        bar.set_position(now.get("rows").and_then(Value::as_u64).unwrap_or_default());
        if let Some("checked" | "done" | "failed") = now.get("state").and_then(Value::as_str) {
            bar.finish_and_clear();
            let seconds = began.elapsed().as_secs_f64();
            if !csv.json && !csv.dry_run {
                let rows = now.get("rows").and_then(Value::as_u64).unwrap_or_default();
                out::note(&format!("{rows} rows in {seconds:.1} s"));
            }
            return Ok(now);
        }
        tokio::time::sleep(PACE).await;
    }
}

fn tell(csv: &Csv, outcome: &Value) {
    let count = |pointer: &str| outcome.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
    let list = |pointer: &str| outcome.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    if csv.dry_run {
        out::line(&format!("dialect: {}", outcome.pointer("/dialect").cloned().unwrap_or_default()));
        for column in list("/columns") {
            let kind = column.pointer("/kind/kind").and_then(Value::as_str).unwrap_or_default();
            let name = column.get("name").and_then(Value::as_str).unwrap_or_default();
            let (filled, unfit) = (column.get("filled").cloned(), column.get("unfit").cloned());
            out::line(&format!(
                "field: {name} ({kind}), {} cells filled, {} do not fit",
                filled.unwrap_or_default(),
                unfit.unwrap_or_default()
            ));
        }
    }
    for doubt in list("/doubts") {
        out::line(&format!("doubt: {}", doubt.as_str().unwrap_or_default()));
    }
    let problems = list("/report/problems");
    for problem in problems.iter().take(SHOWN) {
        out::line(&format!("problem: {}", problem_text(problem)));
    }
    let totals = outcome.pointer("/report/totals").and_then(Value::as_object).cloned().unwrap_or_default();
    let total: u64 = totals.values().filter_map(Value::as_u64).sum();
    if total > SHOWN as u64 {
        out::line(&format!("and {} more problems; --json shows them", total - SHOWN as u64));
    }
    let state = outcome.get("state").and_then(Value::as_str).unwrap_or_default();
    let written =
        if csv.dry_run { "nothing was written".to_owned() } else { format!("{} rows written", count("/rows")) };
    out::line(&format!("{state}: {written}, {} rows read, {total} problems", count("/report/rows")));
}

/// A problem in words: where, what, and the text it is about.
fn problem_text(problem: &Value) -> String {
    let number = |key: &str| problem.get(key).and_then(Value::as_u64);
    let text = |key: &str| problem.get(key).and_then(Value::as_str).unwrap_or_default();
    let column = number("column").map(|column| format!(", column {column}")).unwrap_or_default();
    let (row, line) = (number("row").unwrap_or_default(), number("line").unwrap_or_default());
    format!("row {row} (line {line}){column}: {}: {}", text("kind"), text("text").escape_debug())
}
