//! The program as a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// The token that first starts are given.
pub const TOKEN: &str = "patStories0000001.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub fn program() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "where `cargo xtask test` built the program")]
    let named = std::env::var("AIRLOOM_PROGRAM");
    named.unwrap_or_else(|_| panic!("AIRLOOM_PROGRAM is not set: run `cargo xtask test`, which builds it")).into()
}

/// True in the run of hours.
pub fn long() -> bool {
    std::env::var_os("AIRLOOM_TEST_LONG").is_some()
}

/// Runs a command of the program to its end.
pub fn airloom(arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A server of its own process.
pub struct Served {
    pub child: Child,
    pub address: SocketAddr,
}

impl Served {
    /// On files.
    pub fn start(data: &Path) -> Self {
        Self::under(Command::new(program()), data, &[])
    }

    /// By a command that runs the program, or is it, with more flags.
    pub fn under(mut command: Command, data: &Path, flags: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(flags)
            .env("AIRLOOM_BOOTSTRAP_TOKEN", TOKEN)
            .env("AIRLOOM_MASTER_KEY", "a key of stories, which nobody needs to guess")
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
    pub fn send(&self, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
        Line::open(self.address)?.send(method, path, body)
    }

    /// A base with a table `T` of one field `Name`; answers its id.
    pub fn base(&self) -> String {
        let workspaces = self.send("GET", "/v0/meta/workspaces", "").unwrap().1;
        let workspace = &workspaces["workspaces"][0]["id"];
        let body = format!(
            r#"{{"name":"K","workspaceId":{workspace},"tables":[{{"name":"T","fields":[{{"name":"Name","type":"singleLineText"}}]}}]}}"#
        );
        self.send("POST", "/v0/meta/bases", &body).unwrap().1["id"].as_str().unwrap().to_owned()
    }

    /// The ids of all records at a path.
    pub fn ids(&self, path: &str) -> Vec<String> {
        let (mut found, mut offset) = (Vec::new(), String::new());
        loop {
            let (status, page) = self.send("GET", &format!("{path}?{offset}"), "").unwrap();
            assert_eq!(status, 200, "{page}");
            let records = page["records"].as_array().unwrap().iter();
            found.extend(records.map(|record| record["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["offset"].as_str() else { return found };
            offset = format!("offset={next}");
        }
    }
}

/// A connection for one request after the other.
pub struct Line(BufReader<TcpStream>);

impl Line {
    pub fn open(address: SocketAddr) -> Option<Self> {
        Some(Self(BufReader::new(TcpStream::connect(address).ok()?)))
    }

    /// One request; none when the server went away.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> Option<(u16, Value)> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {TOKEN}\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.0.get_mut().write_all(request.as_bytes()).ok()?;
        let (mut status, mut length, mut line) = (None, 0, String::new());
        while line != "\r\n" {
            line.clear();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.split_once(": ") {
                Some(("content-length", value)) => length = value.trim().parse().ok()?,
                None if status.is_none() => status = line.split(' ').nth(1)?.parse().ok(),
                _ => {}
            }
        }
        let mut answer = vec![0; length];
        self.0.read_exact(&mut answer).ok()?;
        Some((status?, serde_json::from_slice(&answer).ok()?))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have been killed by the story.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}
