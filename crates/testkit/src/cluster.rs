//! A PostgreSQL server for a test run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A server in a temporary folder, on a free port of the loopback, syncing as a real one does.
///
/// A shell keeps guard over it: it starts the server, waits until its standard input is closed, which happens when
/// this process ends for whatever reason, then stops the server and removes the folder.
#[derive(Debug)]
pub struct Cluster {
    guard: Child,
    url: String,
}

/// Arguments: the folder of the binaries and the port.
const GUARD: &str = r#"
trap '' INT TERM HUP
folder=$(mktemp -d "${TMPDIR:-/tmp}/airloom-pg.XXXXXX") || exit 1
"$1/initdb" -D "$folder/db" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$folder/log" 2>&1 &&
"$1/pg_ctl" -D "$folder/db" -w -t 60 -l "$folder/log" \
    -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300" start >/dev/null 2>&1 &&
echo ready || { cat "$folder/log"; rm -rf "$folder"; exit 1; }
read _
"$1/pg_ctl" -D "$folder/db" -m immediate stop >/dev/null 2>&1
rm -rf "$folder"
"#;

impl Cluster {
    /// Starts a server and waits until it answers.
    ///
    /// # Panics
    /// When there are no binaries or the server does not start.
    pub fn start() -> Self {
        let binaries = binaries();
        let port = free_port();
        let guard = as_user("/bin/sh".as_ref())
            .args(["-c", GUARD, "guard"])
            .arg(&binaries)
            .arg(port.to_string())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut cluster = Self { guard, url: format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable") };
        cluster.wait_until_ready();
        cluster
    }

    fn wait_until_ready(&mut self) {
        let mut said = String::new();
        for line in BufReader::new(self.guard.stdout.take().unwrap()).lines().map_while(Result::ok) {
            if line == "ready" {
                return;
            }
            said.push_str(&line);
            said.push('\n');
        }
        panic!("the test server did not start: {said}");
    }

    /// How to reach it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Nothing is lost if it cannot be waited for: the guard stops the server all the same.
        let _ = self.guard.wait();
    }
}

/// A port that nobody listens on.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One of the server's programs, to be run by the user that may run it.
///
/// # Panics
/// When there are no binaries.
#[must_use]
pub fn installed(program: &str) -> Command {
    as_user(&binaries().join(program))
}

/// The server refuses to run as root, so there it is run as its own user.
fn as_user(program: &Path) -> Command {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| {
        use std::os::unix::fs::MetadataExt;
        process.uid() == 0
    });
    if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn binaries() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| has_server(folder))
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder);
    newest.or_else(in_path).unwrap_or_else(|| {
        panic!("no PostgreSQL binaries: install `postgresql`, or name a server in `AIRLOOM_TEST_PG`")
    })
}

fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| has_server(folder))
}

fn has_server(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}
