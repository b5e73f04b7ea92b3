//! `airloom export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use app::Server;
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
    let written = match &csv.output {
        Some(file) => to_file(&server, &path, file).await,
        // Nobody may be reading any more, which ends it.
        None => server.download(&path, |piece| std::io::stdout().write_all(piece)).await,
    };
    server.close().await;
    let bytes = written?;
    if let Some(file) = &csv.output {
        out::note(&format!("{}: {bytes} bytes", file.display()));
    }
    Ok(())
}

/// Writes beside the file and puts that in its place at the end, so that nobody finds half a file.
async fn to_file(server: &Server, path: &str, file: &Path) -> anyhow::Result<u64> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let failed = || format!("cannot write `{}`", file.display());
    let mut out = BufWriter::new(File::create(&beside).with_context(failed)?);
    let written = server.download(path, |piece| out.write_all(piece)).await;
    let written = written.and_then(|bytes| {
        out.flush().with_context(failed)?;
        std::fs::rename(&beside, file).with_context(failed)?;
        Ok(bytes)
    });
    if written.is_err() {
        // What was written of it is of no use.
        let _ = std::fs::remove_file(&beside);
    }
    written
}
