//! Imports of the program itself: killed, gone on with, taken back, and fed what does not fit into memory.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::Engine;

use crate::app::database;
use crate::served::{Served, airloom, program};

/// The file of a story: rows that can be told apart.
fn numbered(rows: usize) -> String {
    (0..rows).fold("name,amount,day\n".to_owned(), |file, row| {
        file + &format!("name {row},{}.5,2021-{:02}-{:02}\n", row, row % 12 + 1, row % 28 + 1)
    })
}

/// Uploads a file; the answer names the import.
fn upload(server: &Served, query: &str, file: &str) -> Value {
    let (status, answer) = server.send("POST", &format!("/api/v1/imports?{query}"), file).unwrap();
    assert_eq!(status, 202, "{answer}");
    answer
}

/// Looks at an import until `enough` of it is done.
fn watch(server: &Served, id: &str, enough: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let (status, now) = server.send("GET", &format!("/api/v1/imports/{id}"), "").unwrap();
        assert_eq!(status, 200, "{now}");
        if enough(&now) {
            return now;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "it takes too long: {now}");
        std::thread::yield_now();
    }
}

#[test]
fn an_import_that_was_killed_goes_on_and_every_row_is_there_once() {
    const ROWS: usize = 30_000;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Served::start(&data);
    let file = numbered(ROWS);
    let id = upload(&server, "base=B&table=T&create=true", &file)["id"].as_str().unwrap().to_owned();
    let mut reached = 0;
    for _ in 0..3 {
        let now = watch(&server, &id, |now| now["rows"].as_u64().unwrap() > reached || now["state"] == "done");
        assert_eq!(now["error"], Value::Null);
        reached = now["rows"].as_u64().unwrap();
        let killed = Command::new("kill").args(["-9", &server.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        server.child.wait().unwrap();
        server = Served::start(&data);
    }
    let done = watch(&server, &id, |now| now["state"] == "done" || now["state"] == "failed");
    assert_eq!((&done["state"], &done["rows"]), (&Value::from("done"), &Value::from(ROWS)), "{done}");
    let path = data.to_str().unwrap();
    let out = airloom(&["export", "csv", "--base", "B", "--table", "T", "--data", path]);
    assert_eq!(String::from_utf8_lossy(&out.stdout), file.replace('\n', "\r\n"), "every row once and in order");
}

/// A file lies with the server that took it: others say so, and leave the import to that one.
#[test]
fn an_import_waits_for_the_server_that_has_its_file() {
    const ROWS: usize = 30_000;
    let url = tokio::runtime::Runtime::new().unwrap().block_on(database(Engine::Postgres)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let start = |name: &str| {
        Served::under(Command::new(program()), &folder.path().join(name), &["--database-url", url.as_str()])
    };
    let (one, mut other) = (start("one"), start("other"));
    let file = numbered(ROWS);
    let id = upload(&other, "base=B&table=T&create=true", &file)["id"].as_str().unwrap().to_owned();
    watch(&one, &id, |now| now["rows"].as_u64().unwrap() > 0);
    assert!(Command::new("kill").arg(other.child.id().to_string()).status().unwrap().success());
    other.child.wait().unwrap();
    let waiting = watch(&one, &id, |now| !now["waitsFor"].is_null());
    assert_eq!(
        (&waiting["waitsFor"], &waiting["state"]),
        (&Value::from("server"), &Value::from("writing")),
        "{waiting}"
    );
    let fingerprint = waiting["fingerprint"].as_str().unwrap();
    let listed = one.send("GET", &format!("/api/v1/imports?fingerprint={fingerprint}"), "").unwrap().1;
    assert_eq!(listed["imports"][0]["waitsFor"], "server");
    // What can be done without the file is done by whoever is there.
    let small = upload(&one, "base=C&table=T&create=true", &numbered(3))["id"].as_str().unwrap().to_owned();
    watch(&one, &small, |now| now["state"] == "done");
    assert_eq!(watch(&one, &id, |_| true)["waitsFor"], "server");
    let _other = start("other");
    let done = watch(&one, &id, |now| now["state"] == "done" || now["state"] == "failed");
    assert_eq!((&done["state"], &done["rows"]), (&Value::from("done"), &Value::from(ROWS)), "{done}");
    assert_eq!(done["waitsFor"], Value::Null);
    let ids = one.ids(&format!("/v0/{}/T", done["base"].as_str().unwrap()));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ROWS, "every row once");
    assert_eq!(ids.len(), ROWS);
}

#[test]
fn the_command_goes_on_with_an_import_and_takes_it_back() {
    const ROWS: usize = 30_000;
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("rows.csv"));
    std::fs::write(&file, numbered(ROWS)).unwrap();
    let mut server = Served::start(&data);
    let begun = upload(&server, "base=B&table=T&create=true&types=infer", &numbered(ROWS));
    let id = begun["id"].as_str().unwrap().to_owned();
    watch(&server, &id, |now| now["rows"].as_u64().unwrap() > 0);
    let killed = Command::new("kill").args(["-9", &server.child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    server.child.wait().unwrap();
    let (path, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let command = ["import", "csv", file, "--base", "B", "--table", "T", "--create", "--json", "--data", path];
    let output = airloom(&command);
    let done: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(
        (&done["id"], &done["state"], &done["rows"]),
        (&Value::from(id), &Value::from("done"), &Value::from(ROWS))
    );
    server = Served::start(&data);
    let cancel = ["import", "csv", file, "--base", "B", "--table", "T", "--cancel", "--data", path];
    let output = airloom(&cancel);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("30000 rows taken back, 0 left"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let out = airloom(&["export", "csv", "--base", "B", "--table", "T", "--data", path]);
    assert_eq!(String::from_utf8_lossy(&out.stdout), "name,amount,day\r\n");
    let output = airloom(&cancel);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("left to cancel"));
    drop(server);
}

/// A line of 200 MB neither fits into a record nor into the memory that the program may have.
#[test]
fn a_line_of_two_hundred_megabytes_is_named_within_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("long.csv"));
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    out.write_all(b"name,note\nann,first\nbob,").unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..200 {
        out.write_all(&piece).unwrap();
    }
    out.write_all(b"\ncid,last\n").unwrap();
    drop(out);
    let server = Served::start(&data);
    let (path, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let output = airloom(&["import", "csv", file, "--base", "B", "--table", "T", "--create", "--json", "--data", path]);
    let done: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!((&done["state"], &done["rows"]), (&Value::from("done"), &Value::from(3)), "{done}");
    let totals = &done["report"]["totals"];
    assert_eq!(
        (&totals["longRecord"], &totals["longCell"], &totals["tooLong"]),
        (&1.into(), &1.into(), &1.into()),
        "{totals}"
    );
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
    let peak: u64 = peak.unwrap();
    assert!(peak < 180_000, "the server took {peak} kB");
}
