//! `airloom export`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use axum::body::Bytes;
use axum::http::Method;
use clap::{Args, Subcommand};

use super::{Reach, out};

/// Brings a table out.
#[derive(Subcommand)]
pub(crate) enum Export {
    /// As a CSV file.
    Csv(Csv),
}

#[derive(Args)]
pub(crate) struct Csv {
    /// The base, by name or id.
    #[arg(long)]
    base: String,
    /// The table, by name or id.
    #[arg(long)]
    table: String,
    /// A view of the table, by name or id.
    #[arg(long)]
    view: Option<String>,
    /// The file; standard output when absent.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Disarms texts that a spreadsheet would run as formulas.
    #[arg(long)]
    spreadsheet_safe: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(export: &Export) -> anyhow::Result<()> {
    let Export::Csv(csv) = export;
    let server = csv.reach.server(&csv.reach.settings()?).await?;
    let mut query = vec![("base", csv.base.as_str()), ("table", csv.table.as_str())];
    query.extend(csv.view.as_deref().map(|view| ("view", view)));
    if csv.spreadsheet_safe {
        query.push(("spreadsheetSafe", "true"));
    }
    let path = format!("/api/v1/export?{}", super::encoded(&query));
    let answer = server.send(Method::GET, &path, &[], Bytes::new()).await;
    server.close().await;
    let answer = answer?;
    if answer.status >= 400 {
        answer.json()?;
    }
    match &csv.output {
        Some(path) => {
            std::fs::write(path, &answer.body).with_context(|| format!("cannot write `{}`", path.display()))?;
            out::note(&format!("{}: {} bytes", path.display(), answer.body.len()));
        }
        // Nobody may be reading any more.
        None => drop(std::io::stdout().write_all(&answer.body)),
    }
    Ok(())
}
