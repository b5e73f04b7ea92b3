//! `airloom doctor`: what a server needs of its machine, looked at one by one. Nothing is changed.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use clock::Clock;
use db::{Db, Target};
use model::Timestamp;
use outbound::{Outbound, Policy, Trust};

use crate::catalog;
use crate::run_file::Running;
use crate::settings::Settings;

/// Less free space than this is a failure: a checkpoint of the log may not fit.
const LEAST: u64 = 256 << 20;
/// Less than this is worth a word.
const LOW: u64 = 2 << 30;
/// How far a clock may be behind what it wrote.
const DRIFT: Duration = Duration::from_mins(5);

/// What a look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is well.
    Well,
    /// It works, but should be known.
    Warning,
    /// It does not work.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// What it came to.
    pub verdict: Verdict,
    /// What was seen, and what to do about it.
    pub seen: String,
}

fn well(what: &'static str, seen: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Well, seen: seen.into() }
}

fn warning(what: &'static str, seen: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Warning, seen: seen.into() }
}

fn failed(what: &'static str, seen: impl Into<String>) -> Finding {
    Finding { what, verdict: Verdict::Failed, seen: seen.into() }
}

/// Looks at the data directory, the lock, the database, its migrations, the place of attachments, the disk,
/// certificates and the clock.
pub async fn examine(settings: &Settings, time: &Clock) -> Vec<Finding> {
    let data = &settings.server.data;
    let mut findings = vec![directory(data)];
    findings.extend(store(settings).await);
    findings.push(attachments(settings));
    findings.push(space(data));
    findings.push(certificates());
    findings.push(clock(data, time.now()));
    findings
}

fn directory(data: &Path) -> Finding {
    let what = "data directory";
    let shown = data.display();
    if !data.exists() {
        let parent = data.ancestors().skip(1).find(|folder| folder.exists() || folder.as_os_str().is_empty());
        return match parent.map(|folder| try_write(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }))
        {
            Some(Ok(())) => well(what, format!("`{shown}` does not exist yet; the first `airloom serve` makes it")),
            _ => failed(what, format!("`{shown}` does not exist and cannot be made: give another --data")),
        };
    }
    match try_write(data) {
        Ok(()) => well(what, format!("`{shown}` can be written")),
        Err(error) => failed(what, format!("`{shown}` cannot be written: {error}")),
    }
}

fn try_write(folder: &Path) -> std::io::Result<()> {
    tempfile::Builder::new().prefix(".airloom-doctor").tempfile_in(folder).map(drop)
}

/// The lock, the database and its migrations.
async fn store(settings: &Settings) -> Vec<Finding> {
    let Some(url) = &settings.database.url else { return files(settings).await };
    let mut findings = vec![match &settings.master_key {
        Some(_) => well("master key", "AIRLOOM_MASTER_KEY is set"),
        None => {
            failed("master key", "PostgreSQL needs AIRLOOM_MASTER_KEY: 32 or more characters that nobody can guess")
        }
    }];
    match Db::open(Target::Postgres { url: url.clone(), pool: 1 }).await {
        Ok(db) => findings.extend(opened(db, "the PostgreSQL server answers").await),
        Err(error) => {
            findings.push(failed("database", format!("the PostgreSQL server cannot be used: {}", told(&error))));
        }
    }
    findings
}

async fn files(settings: &Settings) -> Vec<Finding> {
    let path = settings.server.data.join("airloom.db");
    if !path.exists() {
        return vec![well("database", "there is none yet; the first `airloom serve` makes it")];
    }
    match Db::open(Target::Sqlite { path }).await {
        Ok(db) => {
            let mut findings = vec![well("lock", "no other process holds the store")];
            findings.extend(opened(db, "the files can be opened").await);
            findings
        }
        Err(db::Error::Locked { holder, .. }) => vec![locked(settings, &holder).await],
        Err(error) => vec![failed("database", format!("the files cannot be opened: {}", told(&error)))],
    }
}

async fn opened(db: Db, seen: &str) -> Vec<Finding> {
    let mut findings = vec![match db.ping().await {
        Ok(()) => well("database", seen),
        Err(error) => failed("database", told(&error)),
    }];
    findings.push(match db.pending(&catalog::migrations()).await {
        Ok(pending) if pending.is_empty() => well("migrations", "all are applied"),
        Ok(pending) => warning(
            "migrations",
            format!("{} wait; `airloom migrate` or the next `airloom serve` applies them", pending.len()),
        ),
        Err(error) => failed("migrations", told(&error)),
    });
    db.close().await;
    findings
}

/// Where attachments are kept: processes on one database must find each other's.
fn attachments(settings: &Settings) -> Finding {
    let (what, folder) = ("attachments", settings.server.data.join("files"));
    match (&settings.blob.url, &settings.database.url) {
        (Some(url), _) => well(what, format!("kept in `{url}`")),
        (None, None) => well(what, format!("kept in `{}`", folder.display())),
        (None, Some(_)) => warning(
            what,
            format!(
                "kept in `{}`, where other processes on the same database do not find them: \
                 where there are others, set `blob.url` to a place that all reach",
                folder.display()
            ),
        ),
    }
}

/// The store is held by another process: well, if that is a server which answers.
async fn locked(settings: &Settings, holder: &str) -> Finding {
    let what = "lock";
    let Some(running) = Running::find(&settings.server.data).filter(|running| running.pid.to_string() == holder) else {
        return failed(
            what,
            format!("process {holder} holds the store and tells no address; is it starting or stuck?"),
        );
    };
    let address = running.address;
    let Ok(client) = Outbound::new(Policy { allow_private: true }) else {
        return failed(what, format!("process {holder} holds the store and could not be asked"));
    };
    let url = format!("http://{address}/readyz");
    let asked = client.call(axum::http::Method::GET, &url).trust(Trust::Operator).time_limit(Duration::from_secs(5));
    match asked.send().await {
        Ok(_) => well(what, format!("the server of process {holder} holds the store and is ready at http://{address}")),
        Err(outbound::Error::Status { status, .. }) => {
            failed(what, format!("the server of process {holder} is not ready ({status}); see http://{address}/health"))
        }
        Err(error) => {
            failed(what, format!("the server of process {holder} does not answer at http://{address}: {error}"))
        }
    }
}

fn space(data: &Path) -> Finding {
    let what = "disk space";
    let place = data.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let Ok(system) = rustix::fs::statvfs(place) else {
        return warning(what, format!("the file system of `{}` does not say", place.display()));
    };
    let free = system.f_bavail.saturating_mul(system.f_frsize);
    let seen = format!("{:.1} GB free where `{}` is", free as f64 / 1e9, data.display());
    if free < LEAST {
        failed(what, format!("{seen}: too little to write safely"))
    } else if free < LOW {
        warning(what, format!("{seen}: little"))
    } else {
        well(what, seen)
    }
}

/// Outgoing calls over TLS need roots to trust.
fn certificates() -> Finding {
    let what = "CA roots";
    let loaded = rustls_native_certs::load_native_certs();
    match (loaded.certs.len(), loaded.errors.first()) {
        (0, Some(error)) => warning(what, format!("none can be read ({error}): model providers cannot be called")),
        (0, None) => warning(what, "none are installed: model providers cannot be called; install `ca-certificates`"),
        (count, _) => well(what, format!("{count} are installed")),
    }
}

/// A clock that is behind what it has stamped already gives records wrong times.
fn clock(data: &Path, now: Timestamp) -> Finding {
    let what = "clock";
    let written = |path: &Path| {
        let modified = fs::metadata(path).and_then(|file| file.modified()).ok()?;
        Some(modified.duration_since(UNIX_EPOCH).ok()?.as_micros() as i64)
    };
    let program = std::env::current_exe().ok().and_then(|path| written(&path));
    let newest = program.into_iter().chain(written(&data.join("airloom.db"))).max().unwrap_or(0);
    let behind = newest - now.0;
    if behind > DRIFT.as_micros() as i64 {
        failed(what, format!("it is {} s behind files that were written here", behind / 1_000_000))
    } else {
        well(what, "it is not behind what was written")
    }
}

/// An error with its reasons, in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests;
