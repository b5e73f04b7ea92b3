//! The log is cut at its old end while writers write and processes are killed.

use std::path::{Path, PathBuf};
use std::process::Command;

use db::{Db, Group, Target, params};
use testkit::{Chance, Engine};
use tokio::runtime::Runtime;

use super::{assert_kept, kill, wait_for, write_until_refused};
use crate::app::database;
use crate::served::{Served, program};

const ROUNDS: usize = 10;
/// Two days, in microseconds: twice as long as changes are kept.
const OLDER: i64 = 2 * 86_400_000_000;

/// Where a log begins and ends, and how many changes it holds.
#[derive(Debug, Clone, Copy)]
struct Log {
    oldest: i64,
    sequence: i64,
    held: i64,
    first: Option<i64>,
    kept_since: i64,
}

/// Looks at the log of the only base that somebody wrote to, then makes all of it older and has the removal come at once.
async fn age(target: Target) -> Log {
    let db = Db::open(target).await.unwrap();
    let read = "SELECT base, oldest, sequence, kept_since FROM heads ORDER BY sequence DESC LIMIT 1";
    let rows = db.read(read, params![]).await.unwrap();
    let row = rows.first().unwrap();
    let base: i64 = row.get(0).unwrap();
    let counted = db.read("SELECT COUNT(*), MIN(sequence) FROM changes WHERE base = $1", params![base]).await.unwrap();
    let log = Log {
        oldest: row.get(1).unwrap(),
        sequence: row.get(2).unwrap(),
        held: counted[0].get(0).unwrap(),
        first: counted[0].get(1).unwrap(),
        kept_since: row.get(3).unwrap(),
    };
    let mut tx = db.begin(Group::House).await.unwrap();
    tx.queue("UPDATE changes SET time = time - $1", params![OLDER]);
    tx.queue("UPDATE jobs SET run_at = 0, lease = 0 WHERE kind = $1", params!["records.compact"]);
    tx.commit().await.unwrap();
    db.close().await;
    log
}

/// Kills the first of the servers under eight writers again and again, with the others.
fn cut_under_kills(start: impl Fn() -> Vec<Served>, target: &Target) {
    let runtime = Runtime::new().unwrap();
    let mut chance = Chance(Chance::seed());
    let mut servers = start();
    let base = servers[0].base();
    let path = format!("/v0/{base}/T");
    let (mut acknowledged, mut before): (Vec<String>, Option<Log>) = (Vec::new(), None);
    let mut cut = 0;
    for round in 0..ROUNDS {
        let told = write_until_refused(&servers[0], &path, &round.to_string(), |count| {
            wait_for(count, 100 + chance.below(400));
            for server in &servers {
                kill(&server.child.id().to_string());
            }
        });
        acknowledged.extend(told.ids());
        for server in &mut servers {
            server.child.wait().unwrap();
        }
        let log = runtime.block_on(age(target.clone()));
        assert_eq!(log.held, log.sequence - log.oldest + 1, "the log has gaps: {log:?}");
        assert!(log.held == 0 || log.first == Some(log.oldest), "{log:?}");
        if let Some(before) = before {
            assert!(log.oldest >= before.oldest && log.kept_since >= before.kept_since, "{before:?}, {log:?}");
            assert!(log.sequence > before.sequence, "{before:?}, {log:?}");
            cut += usize::from(log.oldest > before.oldest);
        }
        before = Some(log);
        servers = start();
    }
    assert!(cut > ROUNDS / 2, "the log was cut in {cut} rounds only");
    assert_kept(&servers[0], &path, &acknowledged);
    // What is left of the log is told, and what is gone is refused with words.
    let history = format!("/api/v1/bases/{base}/history?limit=1");
    let (status, page) = servers[0].send("GET", &history, "").unwrap();
    assert_eq!(status, 200, "{page}");
    let (status, refused) = servers[0].send("GET", &format!("{path}?at=2"), "").unwrap();
    assert!(status == 422 && refused.to_string().contains("older than retention"), "{status} {refused}");
    for server in &mut servers {
        kill(&server.child.id().to_string());
        server.child.wait().unwrap();
    }
}

/// The program, which keeps changes for a day.
fn forgetful() -> Command {
    let mut command = Command::new(program());
    command.env("AIRLOOM_HISTORY__RETENTION_DAYS", "1");
    command
}

fn file(data: &Path) -> PathBuf {
    data.join("airloom.db")
}

#[test]
fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    cut_under_kills(|| vec![Served::under(forgetful(), &data, &[])], &Target::Sqlite { path: file(&data) });
}

/// Two processes, each of which may have the removal.
#[test]
fn postgres() {
    let url = Runtime::new().unwrap().block_on(database(Engine::Postgres)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let start = |name: &str| Served::under(forgetful(), &folder.path().join(name), &["--database-url", url.as_str()]);
    let target = Target::Postgres { url: url.clone(), pool: 2 };
    cut_under_kills(|| vec![start("one"), start("other")], &target);
}
