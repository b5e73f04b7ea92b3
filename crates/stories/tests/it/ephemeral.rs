//! `serve --ephemeral`: a server for the tests of others.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::clients::setting;
use crate::served::{Served, TOKEN, airloom, program};

const SEED: &str = r#"{ "bases": [{ "name": "Plans", "tables": [
  { "name": "Tasks", "fields": [
      { "name": "Name", "type": "singleLineText" },
      { "name": "Points", "type": "number", "options": { "precision": 0 } },
      { "name": "Twice", "type": "formula", "options": { "formula": "{Points} * 2" } },
      { "name": "Project", "type": "multipleRecordLinks", "options": { "linkedTableId": "Projects" } } ],
    "records": [{ "fields": { "Name": "Paint", "Points": 3, "Project": ["House"] } }] },
  { "name": "Projects", "fields": [{ "name": "Title", "type": "singleLineText" }],
    "records": [{ "fields": { "Title": "House" } }] } ] }] }"#;

/// An ephemeral server whose temporary folder is in `folder`, and the line that it says first.
fn start(folder: &Path, flags: &[&str]) -> (Served, Value) {
    start_with(folder, SEED, flags)
}

fn start_with(folder: &Path, seed: &str, flags: &[&str]) -> (Served, Value) {
    let path = folder.join("seed.json");
    std::fs::write(&path, seed).unwrap();
    let mut child = ephemeral(folder).arg("--seed").arg(path).args(flags).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = told["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    (Served { child, address }, told)
}

fn ephemeral(folder: &Path) -> Command {
    let mut command = Command::new(program());
    command.args(["serve", "--ephemeral", "--port", "0"]);
    // A database of somebody else's is none of its business.
    command.env("TMPDIR", folder).env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// The temporary folders of servers.
fn left(folder: &Path) -> usize {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().starts_with("airloom-ephemeral-")).count()
}

fn stop(child: &mut Child) {
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn it_begins_with_the_seed_is_reset_to_it_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut server, told) = start(folder.path(), &["--token", TOKEN]);
    assert_eq!((&told["token"], &told["bases"][0]["name"]), (&json!(TOKEN), &json!("Plans")));
    let base = told["bases"][0]["id"].as_str().unwrap();
    let tasks = format!("/v0/{base}/Tasks");
    let list = || server.send("GET", &tasks, "").unwrap().1["records"].clone();
    let first = list();
    assert_eq!(first[0]["fields"]["Twice"], 6);
    assert_eq!(first[0]["fields"]["Project"].as_array().unwrap().len(), 1);
    let (status, bob) = server.send("POST", "/api/v1/users", r#"{"email":"bob@example.org","role":"owner"}"#).unwrap();
    assert_eq!(status, 201, "{bob}");
    for round in 0..3 {
        let record = first[0]["id"].as_str().unwrap();
        let change = r#"{"fields":{"Name":"changed"}}"#;
        assert_eq!(server.send("PATCH", &format!("{tasks}/{record}"), change).unwrap().0, 200);
        assert_eq!(server.send("POST", &tasks, change).unwrap().0, 200);
        assert_eq!(server.send("DELETE", &format!("/v0/meta/bases/{base}/tables/Projects"), "").unwrap().0, 200);
        server.base();
        let (status, answer) = server.send("POST", "/api/v1/reset", "").unwrap();
        assert_eq!((status, &answer["bases"]), (200, &told["bases"]), "round {round}: {answer}");
        assert_eq!(list(), first);
        let bases = server.send("GET", "/v0/meta/bases", "").unwrap().1;
        assert_eq!(bases["bases"].as_array().unwrap().len(), 1, "{bases}");
        let users = server.send("GET", "/api/v1/users", "").unwrap().1;
        assert!(!users.to_string().contains("bob"), "{users}");
    }
    let document = server.send("GET", "/openapi.json", "").unwrap().1;
    assert_eq!(document["paths"]["/api/v1/reset"]["post"]["operationId"], "store.reset");
    assert_eq!(server.send("GET", "/readyz", "").unwrap().0, 200);
    assert_eq!(left(folder.path()), 1);
    stop(&mut server.child);
    assert_eq!(left(folder.path()), 0);
}

#[test]
fn what_has_an_id_in_the_seed_has_it_in_every_run() {
    let folder = tempfile::tempdir().unwrap();
    let seed = r#"{ "bases": [{ "id": "appPlans000000001", "name": "Plans", "tables": [
      { "id": "tblTasks000000001", "name": "Tasks", "views": [{ "id": "viwAll00000000001", "name": "All", "type": "grid" }],
        "fields": [{ "id": "fldName0000000001", "name": "Name", "type": "singleLineText" },
          { "id": "fldState000000001", "name": "State", "type": "singleSelect",
            "options": { "choices": [{ "id": "selOpen0000000001", "name": "Open" }] } }],
        "records": [{ "id": "recPaint000000001", "fields": { "Name": "Paint", "State": "Open" } }] }] }] }"#;
    let seen = || {
        let (mut server, told) = start_with(folder.path(), seed, &["--token", TOKEN]);
        assert_eq!(told["bases"], json!([{ "id": "appPlans000000001", "name": "Plans" }]));
        let get = |path: &str| server.send("GET", path, "").unwrap().1;
        let tables = get("/v0/meta/bases/appPlans000000001/tables");
        let record = get("/v0/appPlans000000001/tblTasks000000001?view=viwAll00000000001")["records"][0].clone();
        stop(&mut server.child);
        (tables, record["id"].clone(), record["fields"].clone())
    };
    let first = seen();
    assert_eq!((&first.1, &first.2["State"]), (&json!("recPaint000000001"), &json!("Open")));
    assert_eq!(first.0["tables"][0]["fields"][1]["options"]["choices"][0]["id"], "selOpen0000000001");
    assert_eq!(seen(), first);
}

/// As [`Served::send`] with another token, or none.
fn send_as(server: &Served, token: &str, path: &str) -> u16 {
    let mut stream = std::net::TcpStream::connect(server.address).unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\n{token}connection: close\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let line = BufReader::new(stream).lines().next().unwrap().unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn only_the_owner_resets_and_only_there() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = start(folder.path(), &["--token", TOKEN]);
    let bob = server.send("POST", "/api/v1/users", r#"{"email":"bob@example.org","role":"owner"}"#).unwrap().1;
    let bob = format!("authorization: Bearer {}\r\n", bob["token"].as_str().unwrap());
    assert_eq!(send_as(&server, "", "/api/v1/reset"), 401);
    assert_eq!(send_as(&server, &bob, "/api/v1/reset"), 403);
    let lasting = Served::start(&folder.path().join("data"));
    assert_eq!(lasting.send("POST", "/api/v1/reset", "").unwrap().0, 404);
}

#[test]
fn what_a_killed_server_leaves_the_next_one_removes() {
    let folder = tempfile::tempdir().unwrap();
    let (killed, _) = start(folder.path(), &[]);
    let (mut living, _) = start(folder.path(), &["--token", TOKEN]);
    drop(killed);
    assert_eq!(left(folder.path()), 2);
    let (mut next, told) = start(folder.path(), &[]);
    assert_eq!(left(folder.path()), 2, "the killed one's is gone, the living one's is not");
    assert_ne!(told["token"], TOKEN, "a token is made up");
    assert_eq!(living.send("POST", "/api/v1/reset", "").unwrap().0, 200);
    stop(&mut living.child);
    stop(&mut next.child);
    assert_eq!(left(folder.path()), 0);
}

#[test]
fn airtables_limits_begin_anew_with_a_reset() {
    let folder = tempfile::tempdir().unwrap();
    let (server, told) = start(folder.path(), &["--token", TOKEN, "--airtable-limits"]);
    let tasks = format!("/v0/{}/Tasks", told["bases"][0]["id"].as_str().unwrap());
    // More than come through in a second, however slow the machine is.
    let refused = (0..5_000).any(|_| server.send("GET", &tasks, "").unwrap().0 == 429);
    assert!(refused);
    assert_eq!(server.send("GET", &tasks, "").unwrap().0, 429);
    assert_eq!(server.send("POST", "/api/v1/reset", "").unwrap().0, 200);
    assert_eq!(server.send("GET", &tasks, "").unwrap().0, 200);
}

#[test]
fn what_cannot_begin_says_why_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("wrong.json");
    let table = r#"{"name":"T","fields":[{"name":"N","type":"singleLineText"},{"name":"F","type":"formula"}]}"#;
    for (text, says) in [
        (
            "{\"bases\": [\n nothing",
            "wrong.json` is not JSON: `true`, `false` or `null` is expected at line 2 column 3",
        ),
        (r#"{"bases":[{"name":"B","tables":{}}]}"#, "wrong.json`: /bases/0/tables: must be a list, not an object"),
        (
            &format!(r#"{{"bases":[{{"name":"B","tables":[{table}]}}]}}"#),
            "cannot be planted: /bases/0/tables/0/fields/1: ",
        ),
        (
            r#"{"bases":[{"id":"appA","name":"B","tables":[]}]}"#,
            "cannot be planted: /bases/0/id: `appA` is not an id of the form `app` + 14 letters or digits",
        ),
    ] {
        std::fs::write(&seed, text).unwrap();
        let output = ephemeral(folder.path()).arg("--seed").arg(&seed).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len(), told.trim().lines().count()), (Some(1), 0, 1), "{told}");
        assert!(told.contains(says), "should say {says}: {told}");
    }
    let output = ephemeral(folder.path()).args(["--token", "secret"]).stderr(Stdio::piped()).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("a token has the form `pat` + 14"));
    assert_eq!(left(folder.path()), 0);
    for wrong in [
        &["serve", "--seed", "x.json"][..],
        &["serve", "--token", TOKEN],
        &["serve", "--ephemeral", "--data", "x"],
        &["serve", "--ephemeral", "--database-url", "postgres://x"],
        &["serve", "--port", "0", "--listen", "127.0.0.1:0"],
    ] {
        assert_eq!(airloom(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

/// The code of the README's section about tests, by its language.
fn from_readme(language: &str) -> String {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let section = readme.split("\n## In your tests\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let (_, rest) = section.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned() + "\n"
}

/// Runs the README's tests in a folder as its readers would, with the program in the path.
fn readers_tests(file: &str, language: &str, mut command: Command) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("seed.json"), from_readme("json")).unwrap();
    std::fs::write(folder.path().join(file), from_readme(language)).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let near = std::iter::once(program().parent().unwrap().to_owned());
    let path = std::env::join_paths(near.chain(std::env::split_paths(&path))).unwrap();
    let output = command.env("PATH", path).env("TMPDIR", folder.path()).current_dir(folder.path()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert_eq!(left(folder.path()), 0, "{said}");
}

#[test]
fn the_python_tests_of_the_readme_pass() {
    let mut command = Command::new(setting("AIRLOOM_PYTHON"));
    command.args(["-m", "unittest", "-v", "test_plans"]);
    readers_tests("test_plans.py", "python", command);
}

#[test]
fn the_node_tests_of_the_readme_pass() {
    let mut command = Command::new("node");
    command.args(["--test", "plans.test.js"]).env("NODE_PATH", setting("AIRLOOM_NODE_MODULES"));
    readers_tests("plans.test.js", "js", command);
}
