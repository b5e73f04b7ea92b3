//! The server that is measured, as its users start it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::client::{Client, request};
use crate::data;

const TOKEN: &str = "patBench000000001.0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// Longer than any import that is not broken.
const PATIENCE: Duration = Duration::from_mins(10);

/// A server, until dropped.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the program to its first answer.
    pub started: Duration,
}

impl Running {
    pub fn start(program: &Path, data: &Path) -> Result<Self> {
        Self::by(Command::new(program).args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data))
    }

    /// With a store that ends with it, in a folder of temporary files.
    pub fn ephemeral(program: &Path, folder: &Path) -> Result<Self> {
        Self::by(Command::new(program).args(["serve", "--ephemeral", "--port", "0"]).env("TMPDIR", folder))
    }

    fn by(command: &mut Command) -> Result<Self> {
        let began = Instant::now();
        let mut child = command
            .env("AIRLOOM_BOOTSTRAP_TOKEN", TOKEN)
            // Counted as always, but never refused.
            .env("RATE_LIMIT_RPM", u32::MAX.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let lines = BufReader::new(child.stdout.take().context("the server has no output")?).lines();
        let address =
            lines.map_while(Result::ok).find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        let mut running =
            Self { child, address: address.context("the server does not start")?, started: began.elapsed() };
        running.get("/v0/meta/whoami")?;
        running.started = began.elapsed();
        Ok(running)
    }

    pub fn client(&self) -> Result<Client> {
        Client::connect(self.address)
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn get(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(self.client()?.send(&self.request("GET", path, ""))?)?)
    }

    pub fn post(&self, path: &str, body: &str) -> Result<Value> {
        Ok(serde_json::from_slice(self.client()?.send(&self.request("POST", path, body))?)?)
    }

    #[expect(clippy::unused_self, reason = "the token is this server's")]
    pub fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        request(method, path, TOKEN, body)
    }

    /// Resident memory in MB, as the kernel counts it.
    pub fn resident(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes / 1e3)
    }

    /// Makes a base with one table.
    pub fn table(&self, name: &str, fields: &str) -> Result<Table> {
        let workspaces = self.get("/v0/meta/workspaces")?;
        let workspace = workspaces.pointer("/workspaces/0/id").context("there is no workspace")?;
        let body =
            format!(r#"{{"name":"{name}","workspaceId":{workspace},"tables":[{{"name":"Table","fields":{fields}}}]}}"#);
        let made = self.post("/v0/meta/bases", &body)?;
        let text = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let base = text("/id").context("no base was made")?;
        let table = text("/tables/0/id").context("no table was made")?;
        Ok(Table { base, table })
    }

    /// Imports a file and waits for its end; returns the time from the first byte sent to the end.
    pub fn import(&self, query: &str, file: &Path) -> Result<Duration> {
        let text = std::fs::read_to_string(file)?;
        let mut client = self.client()?;
        let began = Instant::now();
        let told: Value =
            serde_json::from_slice(client.send(&self.request("POST", &format!("/api/v1/imports?{query}"), &text))?)?;
        let id = told.get("id").and_then(Value::as_str).context("no import was made")?;
        let ask = self.request("GET", &format!("/api/v1/imports/{id}"), "");
        loop {
            let told: Value = serde_json::from_slice(client.send(&ask)?)?;
            match told.get("state").and_then(Value::as_str) {
                Some("done") => return Ok(began.elapsed()),
                Some("failed") => bail!("the import failed: {told}"),
                _ => {}
            }
            ensure!(began.elapsed() < PATIENCE, "the import does not end: {told}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // As an operator stops it, so that its log is folded in.
        let _told = Command::new("kill").arg(self.child.id().to_string()).status();
        let _status = self.child.wait();
    }
}

/// A table on a server.
pub struct Table {
    pub base: String,
    pub table: String,
}

impl Table {
    pub fn path(&self, rest: &str) -> String {
        format!("/v0/{}/{}{rest}", self.base, self.table)
    }

    /// Imports the file into it.
    pub fn fill(&self, server: &Running, file: &Path) -> Result<()> {
        server.import(&format!("base={}&table={}", self.base, self.table), file).map(drop)
    }

    /// Adds the formula field.
    pub fn add_formula(&self, server: &Running) -> Result<()> {
        let body = serde_json::json!({ "name": "Total", "type": "formula", "options": { "formula": data::FORMULA } });
        server.post(&format!("/v0/meta/bases/{}/tables/{}/fields", self.base, self.table), &body.to_string())?;
        Ok(())
    }
}
