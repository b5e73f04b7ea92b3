//! The program itself: how it starts, what it refuses, and what survives when it is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

const TOKEN: &str = "patStories0000001.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where `cargo xtask test` built the program")]
    let named = std::env::var("AIRLOOM_PROGRAM");
    named.unwrap_or_else(|_| panic!("AIRLOOM_PROGRAM is not set: run `cargo xtask test`, which builds it")).into()
}

fn airloom(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A server of its own process.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("AIRLOOM_BOOTSTRAP_TOKEN", TOKEN)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address =
            lines.map_while(Result::ok).find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        Self { child, address: address.unwrap() }
    }

    /// One request on a connection of its own; none when the server went away.
    fn send(&self, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, serde_json::from_str(body).ok()?))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have been killed by the story.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

fn base(server: &Served) -> String {
    let workspaces = server.send("GET", "/v0/meta/workspaces", "").unwrap().1;
    let workspace = &workspaces["workspaces"][0]["id"];
    let body = format!(
        r#"{{"name":"K","workspaceId":{workspace},"tables":[{{"name":"T","fields":[{{"name":"Name","type":"singleLineText"}}]}}]}}"#
    );
    server.send("POST", "/v0/meta/bases", &body).unwrap().1["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Served::start(&data);
    let path = data.to_str().unwrap();
    let settings = folder.path().join("airloom.toml");
    std::fs::write(&settings, "[server]\nlisten_on = \"127.0.0.1:0\"\n").unwrap();
    let address = server.address.to_string();
    let other = folder.path().join("other");
    let cases: [(&[&str], i32, &str); 6] = [
        (&["serve", "--listen", "127.0.0.1:0", "--data", path], 1, "is in use by process"),
        (&["serve", "--listen", &address, "--data", other.to_str().unwrap()], 1, "is another server running there?"),
        (&["serve", "--config", settings.to_str().unwrap()], 1, "there is no setting `server.listen_on`"),
        (
            &["serve", "--target", "nope", "--listen", "127.0.0.1:0", "--data", other.to_str().unwrap()],
            1,
            "there is no target `nope`",
        ),
        (&["serve", "--no-such-flag"], 2, "--no-such-flag"),
        (&["export", "csv", "--base", "Nope", "--table", "T", "--data", path], 1, "does not exist"),
    ];
    for (arguments, code, says) in cases {
        let output = airloom(arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(says), "{arguments:?} should say {says}: {text}");
        assert!(code == 2 || text.trim_end().lines().count() == 1, "{arguments:?} says more than a line: {text}");
    }
}

#[test]
fn commands_use_the_running_server_and_then_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "Name,Age\nAnn,31\nBob,27\n").unwrap();
    let (path, file) = (data.to_str().unwrap(), file.to_str().unwrap());
    let server = Served::start(&data);
    let import = ["import", "csv", file, "--base", "B", "--table", "People", "--create", "--data", path];
    let output = airloom(&import);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ask = ["ask", "how many people are there?", "--data", path];
    assert_eq!(String::from_utf8_lossy(&airloom(&ask).stdout).trim(), "There are 2 people.");
    drop(server);
    assert_eq!(String::from_utf8_lossy(&airloom(&ask).stdout).trim(), "There are 2 people.");
    let export = airloom(&["export", "csv", "--base", "B", "--table", "People", "--data", path]);
    assert_eq!(String::from_utf8_lossy(&export.stdout), "Name,Age\r\nAnn,31\r\nBob,27\r\n");
}

/// Eight writers; the server is killed under them again and again.
#[test]
fn what_was_acknowledged_survives_kills() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Served::start(&data);
    let path = format!("/v0/{}/T", base(&server));
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..20 {
        // Killed in the middle: after some writes, at another point each time.
        let wanted = 10 + 3 * round;
        let count = AtomicUsize::new(0);
        let written: Vec<String> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8)
                .map(|writer| {
                    let (server, path, count) = (&server, &path, &count);
                    scope.spawn(move || {
                        let mut known = Vec::new();
                        while let Some((200, answer)) = server.send(
                            "POST",
                            path,
                            &format!(r#"{{"fields":{{"Name":"{round}-{writer}-{}"}}}}"#, known.len()),
                        ) {
                            known.push(answer["id"].as_str().unwrap().to_owned());
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        known
                    })
                })
                .collect();
            let began = Instant::now();
            while count.load(Ordering::Relaxed) < wanted && began.elapsed() < Duration::from_secs(20) {
                std::thread::yield_now();
            }
            let killed = Command::new("kill").args(["-9", &server.child.id().to_string()]).status().unwrap();
            assert!(killed.success());
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });
        acknowledged.extend(written);
        server.child.wait().unwrap();
        let began = Instant::now();
        server = Served::start(&data);
        assert!(began.elapsed() < Duration::from_secs(2), "ready again after {:?}", began.elapsed());
    }
    let mut found: Vec<String> = Vec::new();
    let mut offset = String::new();
    loop {
        let (status, page) = server.send("GET", &format!("{path}?{offset}"), "").unwrap();
        assert_eq!(status, 200, "{page}");
        found
            .extend(page["records"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["offset"].as_str() else { break };
        offset = format!("offset={next}");
    }
    let total = found.len();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found.len(), total, "a record is there twice");
    assert!(acknowledged.len() > 100, "only {} writes were acknowledged", acknowledged.len());
    let lost: Vec<&String> = acknowledged.iter().filter(|id| found.binary_search(id).is_err()).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged records are lost", lost.len(), acknowledged.len());
}
