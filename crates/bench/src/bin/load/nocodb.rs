//! The same work done by NocoDB, through its own HTTP API (v2; groups through v1), on its SQLite.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Plan;
use crate::client::{Client, request_as};
use crate::data::{Random, Row};
use crate::measure::{median_ms, rounds, throughput};
use crate::report::Report;

const EMAIL: &str = "bench@example.org";
const PASSWORD: &str = "Measured.4-Once";
/// Records of a request that loads the table.
const LOAD: usize = 500;
/// Calls behind each median.
const CALLS: usize = 100;

/// A server of NocoDB with a table of the same fields, until dropped.
struct Peer {
    child: Child,
    address: SocketAddr,
    /// The header that says who asks.
    header: String,
    base: String,
    table: String,
}

pub fn measure(plan: &Plan, report: &mut Report, installed: &Path, folder: &Path) -> Result<()> {
    let peer = Peer::start(installed, folder)?;
    let mut random = Random::new(0x5eed);
    for first in (0..plan.rows).step_by(LOAD) {
        let rows: Vec<String> =
            (first..plan.rows.min(first + LOAD)).map(|number| Row::new(&mut random, number).nocodb_json()).collect();
        peer.client()?.send(&peer.create(&rows))?;
    }
    reads(plan, report, &peer)?;
    writes(plan, report, &peer)
}

fn reads(plan: &Plan, report: &mut Report, peer: &Peer) -> Result<()> {
    let mut random = Random::new(7);
    let one: Vec<Vec<u8>> = (0..1_000).map(|_| peer.get(&format!("/{}", 1 + random.below(plan.rows)))).collect();
    both(plan, report, peer, "get one record", &one)?;
    both(plan, report, peer, "first page of 100", &[peer.get("?limit=100")])?;
    let middle = peer.get(&format!("?limit=100&offset={}", plan.rows / 200 * 100));
    both(plan, report, peer, "page of 100 from the middle", &[middle])?;
    let questions: Vec<Vec<u8>> = (0..CALLS)
        .map(|number| {
            let wanted = format!("where=(Count,gt,900.{number:05})~and(Status,eq,Done)");
            peer.get(&format!("?{wanted}&sort=Due&limit=100"))
        })
        .collect();
    let time = rounds(plan.rounds, || latency(peer, &questions))?;
    report.put_nocodb("filter (number and select) and sort by date, first 100, p50", time, false);
    // It counts groups; a sum beside it would be another request.
    let group = format!("/api/v1/db/data/noco/{}/{}/groupby?column_name=Status&limit=100", peer.base, peer.table);
    let groups = [peer.request("GET", &group, "")];
    let time = rounds(plan.rounds, || latency(peer, &groups))?;
    report.put_nocodb("group by select: count and sum, p50", time, false);
    Ok(())
}

fn writes(plan: &Plan, report: &mut Report, peer: &Peer) -> Result<()> {
    let update = |random: &mut Random| {
        let change = json!({ "Id": 1 + random.below(plan.rows), "Count": random.below(1_000) });
        peer.request("PATCH", &peer.path(""), &change.to_string())
    };
    let create = |random: &mut Random| {
        let rows: Vec<String> = (0..10).map(|number| Row::new(random, number).nocodb_json()).collect();
        peer.create(&rows)
    };
    let mut random = Random::new(11);
    let time = rounds(plan.rounds, || {
        let mut client = peer.client()?;
        median_ms(CALLS, || client.send(&update(&mut random)).map(drop))
    })?;
    report.put_nocodb("update one record, 1 connection, p50", time, false);
    let open = |number: usize| Ok((peer.client()?, Random::new(number as u64 + 1)));
    let speed = rounds(plan.rounds, || {
        throughput(16, plan.seconds, open, |(client, random)| client.send(&update(random)).map(drop))
    })?;
    report.put_nocodb("update one record, 16 connections", speed, true);
    for (connections, name) in
        [(1, "create batches of ten, 1 connection"), (16, "create batches of ten, 16 connections")]
    {
        let speed = rounds(plan.rounds, || {
            let one = |(client, random): &mut (Client, Random)| client.send(&create(random)).map(drop);
            Ok(10.0 * throughput(connections, plan.seconds, open, one)?)
        })?;
        report.put_nocodb(name, speed, true);
    }
    Ok(())
}

fn both(plan: &Plan, report: &mut Report, peer: &Peer, name: &str, requests: &[Vec<u8>]) -> Result<()> {
    let time = rounds(plan.rounds, || latency(peer, requests))?;
    report.put_nocodb(&format!("{name}, 1 connection, p50"), time, false);
    let open = |number: usize| Ok((peer.client()?, Random::new(number as u64 + 1)));
    let speed = rounds(plan.rounds, || {
        throughput(16, plan.seconds, open, |(client, random)| {
            let request = requests.get(random.below(requests.len())).context("there is no request")?;
            client.send(request).map(drop)
        })
    })?;
    report.put_nocodb(&format!("{name}, 16 connections"), speed, true);
    Ok(())
}

fn latency(peer: &Peer, requests: &[Vec<u8>]) -> Result<f64> {
    let (mut client, mut turn) = (peer.client()?, requests.iter().cycle());
    median_ms(CALLS, || client.send(turn.next().context("there is no request")?).map(drop))
}

impl Peer {
    fn start(installed: &Path, folder: &Path) -> Result<Self> {
        let data = folder.join("nocodb");
        std::fs::create_dir_all(&data)?;
        let mut child = Command::new("node")
            .arg(installed.join("serve.js"))
            .current_dir(&data)
            .env("NC_ADMIN_EMAIL", EMAIL)
            .env("NC_ADMIN_PASSWORD", PASSWORD)
            .env("NC_DISABLE_TELE", "true")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("NocoDB has no output")?).lines();
        let found = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        // It goes on to talk, and would wait for somebody to listen.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let mut peer = Self {
            child,
            address: found.context("NocoDB does not start")?,
            header: "accept: */*".to_owned(),
            base: String::new(),
            table: String::new(),
        };
        let told = peer.post("/api/v1/auth/user/signin", &json!({ "email": EMAIL, "password": PASSWORD }))?;
        peer.header = format!("xc-auth: {}", text(&told, "token")?);
        peer.base = text(&peer.post("/api/v2/meta/bases", &json!({ "title": "Load" }))?, "id")?;
        let table = json!({ "title": "Load", "table_name": "load", "columns": columns() });
        peer.table = text(&peer.post(&format!("/api/v2/meta/bases/{}/tables", peer.base), &table)?, "id")?;
        let formula = json!({ "title": "Total", "uidt": "Formula", "formula": "{Count} * {Price}", "formula_raw": "{Count} * {Price}" });
        peer.post(&format!("/api/v2/meta/tables/{}/columns", peer.table), &formula)?;
        Ok(peer)
    }

    fn client(&self) -> Result<Client> {
        Client::connect(self.address)
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        request_as(&self.header, method, path, body)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        Ok(serde_json::from_slice(self.client()?.send(&self.request("POST", path, &body.to_string()))?)?)
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v2/tables/{}/records{rest}", self.table)
    }

    fn get(&self, rest: &str) -> Vec<u8> {
        self.request("GET", &self.path(rest), "")
    }

    fn create(&self, rows: &[String]) -> Vec<u8> {
        self.request("POST", &self.path(""), &format!("[{}]", rows.join(",")))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _told = self.child.kill();
        let _status = self.child.wait();
    }
}

fn text(value: &Value, key: &str) -> Result<String> {
    let found = value.get(key).and_then(Value::as_str);
    Ok(found.with_context(|| format!("NocoDB told no `{key}`: {value}"))?.to_owned())
}

/// The fields of the table, as NocoDB makes them.
fn columns() -> Value {
    let plain = [
        ("Name", "SingleLineText"),
        ("Notes", "LongText"),
        ("Count", "Number"),
        ("Price", "Currency"),
        ("Due", "Date"),
        ("Ready", "Checkbox"),
        ("Mail", "Email"),
        ("Site", "URL"),
        ("Stars", "Rating"),
    ];
    let column = |name: &str, kind: &str| json!({ "title": name, "column_name": name, "uidt": kind });
    let mut columns = vec![json!({ "title": "Id", "column_name": "id", "uidt": "ID" })];
    columns.extend(plain.map(|(name, kind)| column(name, kind)));
    for (name, kind, choices) in
        [("Status", "SingleSelect", &crate::data::STATUS[..]), ("Tags", "MultiSelect", &crate::data::TAGS[..])]
    {
        let options: Vec<Value> = choices.iter().map(|choice| json!({ "title": choice })).collect();
        let options = json!({ "options": options });
        columns.push(json!({ "title": name, "column_name": name, "uidt": kind, "colOptions": options }));
    }
    Value::Array(columns)
}
