//! What was acknowledged stays, whatever happens to the process or the disk.

mod cut;
mod cuts;
mod disk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Engine;

use crate::app::database;
use crate::served::{Served, long, program};
use disk::{Moment, now};

const WRITERS: usize = 8;

/// What eight writers were told until none could write any more.
struct Told {
    /// What was created, and when a writer knew.
    acknowledged: Vec<(String, Moment)>,
    /// The last answer that each writer got, if it got one.
    refused: Vec<Option<(u16, Value)>>,
}

/// Eight writers create records until one after the other is refused; meanwhile `disturb` is done, which gets the
/// count of what was acknowledged.
fn write_until_refused(server: &Served, path: &str, name: &str, disturb: impl FnOnce(&AtomicUsize)) -> Told {
    let count = AtomicUsize::new(0);
    let ended: Vec<_> = std::thread::scope(|scope| {
        let writer = |writer: usize| {
            let count = &count;
            scope.spawn(move || {
                let mut known = Vec::new();
                loop {
                    let body = format!(r#"{{"fields":{{"Name":"{name}-{writer}-{}"}}}}"#, known.len());
                    match server.send("POST", path, &body) {
                        Some((200, answer)) => {
                            known.push((answer["id"].as_str().unwrap().to_owned(), now()));
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        other => return (known, other),
                    }
                }
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(writer).collect();
        disturb(&count);
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let (acknowledged, refused): (Vec<_>, Vec<_>) = ended.into_iter().unzip();
    Told { acknowledged: acknowledged.concat(), refused }
}

impl Told {
    fn ids(self) -> impl Iterator<Item = String> {
        self.acknowledged.into_iter().map(|(id, _)| id)
    }
}

/// Waits until so much was acknowledged.
fn wait_for(count: &AtomicUsize, wanted: usize) {
    let began = Instant::now();
    while count.load(Ordering::Relaxed) < wanted && began.elapsed() < Duration::from_secs(20) {
        std::thread::yield_now();
    }
}

/// Kills a process, if it still runs.
fn kill(process: &str) {
    Command::new("kill").args(["-9", process]).stderr(Stdio::null()).status().unwrap();
}

/// Every acknowledged record is there, none twice.
fn assert_kept(server: &Served, path: &str, acknowledged: &[String]) {
    let mut found = server.ids(path);
    let total = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), total, "a record is there twice");
    let lost = acknowledged.iter().filter(|id| found.binary_search(id).is_err()).count();
    assert_eq!(lost, 0, "of {} acknowledged records so many are lost", acknowledged.len());
}

/// Kills the server under eight writers again and again, and starts it again.
fn survive_kills(start: impl Fn() -> Served) {
    let mut server = start();
    let base = server.base();
    let path = format!("/v0/{base}/T");
    let payloads = watch(&server, &base, "null");
    let sevens = r#"{"name":"Sevens","filter":{"field":"Name","op":"ends_with","value":"7"}}"#;
    let view = server.send("POST", &format!("/api/v1/bases/{base}/tables/T/views"), sevens).unwrap().1["id"].clone();
    let of_view = watch(&server, &base, &view.to_string());
    let mut acknowledged = Vec::new();
    let rounds = if long() { 200 } else { 20 };
    for round in 0..rounds {
        // Killed in the middle: after some writes, at another point each time.
        let told = write_until_refused(&server, &path, &round.to_string(), |count| {
            wait_for(count, 10 + 3 * (round % 20));
            kill(&server.child.id().to_string());
        });
        acknowledged.extend(told.ids());
        server.child.wait().unwrap();
        let began = Instant::now();
        server = start();
        assert!(began.elapsed() < Duration::from_secs(2), "ready again after {:?}", began.elapsed());
    }
    assert!(acknowledged.len() > 100, "only {} writes were acknowledged", acknowledged.len());
    println!("{rounds} kills, {} acknowledged", acknowledged.len());
    assert_kept(&server, &path, &acknowledged);
    let told = assert_told(&server, &payloads, server.ids(&path));
    let sevens: BTreeMap<String, String> = told.into_iter().filter(|(_, name)| name.ends_with('7')).collect();
    assert!(!sevens.is_empty());
    assert_eq!(self::told(&server, &of_view).1, sevens, "what a view lists is told as surely");
}

/// A webhook that wants to know of every record of a table or view, or of all; answers the address of what it is told.
fn watch(server: &Served, base: &str, scope: &str) -> String {
    let hooks = format!("/v0/bases/{base}/webhooks");
    let filters = format!(r#"{{"dataTypes":["tableData"],"recordChangeScope":{scope}}}"#);
    let watching = format!(r#"{{"specification":{{"options":{{"filters":{filters}}}}}}}"#);
    let hook = server.send("POST", &hooks, &watching).unwrap().1["id"].as_str().unwrap().to_owned();
    format!("{hooks}/{hook}/payloads")
}

/// The webhook tells of every record once, in the order of the log; answers their names by id.
fn assert_told(server: &Served, path: &str, records: Vec<String>) -> BTreeMap<String, String> {
    let (sequences, told) = told(server, path);
    assert!(sequences.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{sequences:?}");
    let records: BTreeSet<String> = records.into_iter().collect();
    assert!(told.keys().eq(&records), "{} records, {} told", records.len(), told.len());
    told
}

/// The numbers of the changes that a webhook tells, and the names of new records by id: each is told once.
fn told(server: &Served, path: &str) -> (Vec<i64>, BTreeMap<String, String>) {
    let (mut told, mut sequences, mut cursor) = (BTreeMap::new(), Vec::new(), 1);
    loop {
        let (status, page) = server.send("GET", &format!("{path}?cursor={cursor}"), "").unwrap();
        assert_eq!(status, 200, "{page}");
        for payload in page["payloads"].as_array().unwrap() {
            sequences.push(payload["baseTransactionNumber"].as_i64().unwrap());
            for table in payload["changedTablesById"].as_object().unwrap().values() {
                let views = table["changedViewsById"].as_object();
                let part = views.map_or(table, |views| views.values().next().unwrap());
                for (id, record) in part["createdRecordsById"].as_object().unwrap() {
                    let cells = record["cellValuesByFieldId"].as_object().unwrap();
                    let name = cells.values().next().unwrap().as_str().unwrap().to_owned();
                    assert!(told.insert(id.clone(), name).is_none(), "{id} is told twice");
                }
            }
        }
        cursor = page["cursor"].as_i64().unwrap();
        if page["mightHaveMore"] == false {
            break;
        }
    }
    assert_eq!(cursor, sequences.len() as i64 + 1, "numbers have no gaps");
    (sequences, told)
}

mod what_was_acknowledged_survives_kills {
    use super::{Command, Engine, Served, database, program, survive_kills};

    #[test]
    fn sqlite() {
        let folder = tempfile::tempdir().unwrap();
        survive_kills(|| Served::start(&folder.path().join("data")));
    }

    #[test]
    fn postgres() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let url = runtime.block_on(database(Engine::Postgres)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let flags = ["--database-url", url.as_str()];
        survive_kills(|| Served::under(Command::new(program()), &folder.path().join("data"), &flags));
    }
}

/// The program with a disk whose syncs fail after this many.
fn on_a_failing_disk(after: u32) -> Command {
    let mut command = Command::new("strace");
    let failing = format!("inject=fsync,fdatasync:error=EIO:when={after}+");
    command.args(["--follow-forks", "--output=/dev/null", "--trace=fsync,fdatasync", "-e", &failing, "--"]);
    command.arg(program());
    command
}

/// The server that runs below another process.
fn pid_below(data: &Path) -> String {
    let running: Value = serde_json::from_slice(&std::fs::read(data.join("run.json")).unwrap()).unwrap();
    running["pid"].to_string()
}

#[test]
fn nothing_is_acknowledged_when_syncing_fails() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Served::start(&data);
    let path = format!("/v0/{}/T", server.base());
    drop(server);
    for after in [12, 25, 60] {
        let mut server = Served::under(on_a_failing_disk(after), &data, &[]);
        let before = server.ids(&path);
        let told = write_until_refused(&server, &path, &after.to_string(), |_| ());
        assert!(!told.acknowledged.is_empty(), "the disk failed before the first write");
        for refused in &told.refused {
            let (status, answer) = refused.as_ref().unwrap_or_else(|| panic!("the server went away"));
            assert_eq!((*status, &answer["error"]["type"]), (503, &Value::from("RETRIABLE_ERROR")), "{answer}");
        }
        let (status, answer) = server.send("POST", &path, r#"{"fields":{"Name":"late"}}"#).unwrap();
        let text = answer["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(status == 503 && text.contains("read-only until the next start"), "{status} {answer}");
        let (status, health) = server.send("GET", "/readyz", "").unwrap();
        assert_eq!((status, &health["checks"]["database"]), (503, &Value::from("failed")), "{health}");
        let known: Vec<String> = before.into_iter().chain(told.ids()).collect();
        assert_kept(&server, &path, &known);
        kill(&pid_below(&data));
        server.child.wait().unwrap();
        let server = Served::start(&data);
        assert_kept(&server, &path, &known);
        assert_eq!(server.send("POST", &path, r#"{"fields":{"Name":"after"}}"#).unwrap().0, 200);
    }
}
