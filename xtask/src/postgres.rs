//! The database server of a test run.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// A server in a temporary folder, on a free port of the loopback. It ends when this is dropped, and when this program
/// ends for whatever reason: a shell waits for its standard input to close.
pub struct Cluster {
    guard: Child,
    url: String,
}

/// Arguments: the folder of the programs and the port.
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
    pub fn start() -> Result<Self> {
        let programs = programs().context("PostgreSQL is not installed")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut guard = shell()
            .args(["-c", GUARD, "guard"])
            .arg(programs)
            .arg(port.to_string())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let said = guard.stdout.take().context("the server has no output")?;
        wait_until_ready(BufReader::new(said))?;
        Ok(Self { guard, url: format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable") })
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
        let _status = self.guard.wait();
    }
}

fn wait_until_ready(said: impl BufRead) -> Result<()> {
    let mut reason = String::new();
    for line in said.lines() {
        let line = line?;
        if line == "ready" {
            return Ok(());
        }
        reason.push_str(&line);
        reason.push('\n');
    }
    bail!("the server does not start: {reason}")
}

/// The server refuses to run as root, so there it is run as its own user.
fn shell() -> Command {
    if !is_root() {
        return Command::new("/bin/sh");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "/bin/sh"]);
    command
}

/// True when this program runs as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The folder of the newest server's programs.
pub fn programs() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    installed
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| has_server(folder))
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder)
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| has_server(folder)))
}

fn has_server(folder: &Path) -> bool {
    folder.join("initdb").exists() && folder.join("pg_ctl").exists()
}
