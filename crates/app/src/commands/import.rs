//! `airloom import`.

mod told;

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use app::Server;
use aws_lc_rs::digest::{Context, SHA256};
use axum::http::Method;
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use tokio::io::AsyncReadExt;

use super::{Reach, out};

/// How often progress is looked at, at first and later.
const FIRST_PACE: Duration = Duration::from_millis(10);
const PACE: Duration = Duration::from_millis(200);

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
    /// Which table of a file that holds several, from 1, or `all`; the largest unless said otherwise.
    #[arg(long)]
    part: Option<String>,
    /// Takes back what an import of this file has written, and stops it if it is still running.
    #[arg(long, conflicts_with = "dry_run")]
    cancel: bool,
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
            ("part", &self.part),
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
    let file = tokio::fs::File::open(&csv.file).await;
    let file = file.with_context(|| format!("cannot read `{}`", csv.file.display()))?;
    let server = csv.reach.server(&csv.reach.settings()?).await?;
    let ended = if csv.cancel { cancel(csv, &server, file).await } else { begin(csv, &server, file).await };
    server.close().await;
    let outcome = ended?;
    if csv.json {
        out::line(&outcome.to_string());
    } else {
        for line in told::lines(&outcome, csv.dry_run) {
            out::line(&line);
        }
    }
    match outcome.get("error").and_then(Value::as_str) {
        Some(error) => bail!("{error}"),
        None => Ok(()),
    }
}

fn bar(template: &str) -> anyhow::Result<ProgressBar> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template(template)?);
    Ok(bar)
}

/// Uploads the file and watches the import to its end.
async fn begin(csv: &Csv, server: &Server, file: tokio::fs::File) -> anyhow::Result<Value> {
    let sending = bar("{bar:40} {bytes} of {total_bytes} sent, {bytes_per_sec}, {eta} left")?;
    sending.set_length(file.metadata().await?.len());
    let (began, told) = (Instant::now(), sending.clone());
    let path = format!("/api/v1/imports?{}", csv.query());
    let begun = server.upload(&path, file, move |bytes| told.inc(bytes as u64)).await;
    sending.finish_and_clear();
    let begun = begun?.json()?;
    if !csv.json && begun.get("rows").and_then(Value::as_u64).is_some_and(|rows| rows > 0) {
        out::note("this file was imported in part before; the import goes on");
    }
    let ended = follow(server, &begun).await?;
    if !csv.json && !csv.dry_run {
        let rows = ended.get("rows").and_then(Value::as_u64).unwrap_or_default();
        out::note(&format!("{} in {:.1} s", transfer::counted(rows, "row"), began.elapsed().as_secs_f64()));
    }
    Ok(ended)
}

/// Takes the newest import of this file into this base and table back.
async fn cancel(csv: &Csv, server: &Server, mut file: tokio::fs::File) -> anyhow::Result<Value> {
    let mut digest = Context::new(&SHA256);
    let mut piece = vec![0; 256 << 10];
    loop {
        let read = file.read(&mut piece).await?;
        if read == 0 {
            break;
        }
        digest.update(piece.get(..read).unwrap_or_default());
    }
    let mut fingerprint = String::new();
    for byte in digest.finish().as_ref() {
        write!(fingerprint, "{byte:02x}")?;
    }
    let query = super::encoded(&[
        ("fingerprint", fingerprint.as_str()),
        ("base", csv.base.as_str()),
        ("table", csv.table.as_str()),
    ]);
    let found = server.json(Method::GET, &format!("/api/v1/imports?{query}"), None).await?;
    let imports = found.get("imports").and_then(Value::as_array).cloned().unwrap_or_default();
    let open = |import: &&Value| !matches!(state(import), "checked" | "cancelled");
    let Some(import) = imports.iter().find(open) else {
        bail!(
            "no import of `{}` into table `{}` of base `{}` is left to cancel",
            csv.file.display(),
            csv.table,
            csv.base
        )
    };
    let begun = if state(import) == "cancelling" {
        import.clone()
    } else {
        server.json(Method::DELETE, &format!("/api/v1/imports/{}", id(import)?), None).await?
    };
    follow(server, &begun).await
}

fn state(import: &Value) -> &str {
    import.get("state").and_then(Value::as_str).unwrap_or_default()
}

fn id(import: &Value) -> anyhow::Result<&str> {
    import.get("id").and_then(Value::as_str).with_context(|| "the server named no import")
}

/// Watches an import to its end.
async fn follow(server: &Server, begun: &Value) -> anyhow::Result<Value> {
    let path = format!("/api/v1/imports/{}", id(begun)?);
    let bar = bar("{bar:40} {pos} of {len} rows, {per_sec}, {eta} left{msg}")?;
    let mut pace = FIRST_PACE;
    loop {
        let now = server.json(Method::GET, &path, None).await?;
        bar.set_length(now.get("totalRows").and_then(Value::as_u64).unwrap_or_default());
        bar.set_position(now.get("rows").and_then(Value::as_u64).unwrap_or_default());
        if matches!(state(&now), "checked" | "done" | "failed" | "cancelled") {
            bar.finish_and_clear();
            return Ok(now);
        }
        bar.set_message(match now.get("waitsFor").and_then(Value::as_str) {
            Some("server") => ", waits for the server that has its file",
            Some(_) => ", waits for its turn",
            None => "",
        });
        tokio::time::sleep(pace).await;
        // A small file is done at once, a large one is worth fewer looks.
        pace = (pace * 2).min(PACE);
    }
}
