//! Reading: one record, pages, the whole table, filter and sort, groups.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Plan;
use crate::client::{Client, request};
use crate::data::{Random, filter};
use crate::measure::{Spread, median_ms, rounds, throughput};
use crate::one_core::OneCore;
use crate::raw_http::Raw;
use crate::report::{Limit, Report};
use crate::server::{Running, Table};

/// Calls behind each median of a latency.
const CALLS: usize = 2_000;
/// The same for slow calls.
const FEW_CALLS: usize = 200;

pub fn measure(plan: &Plan, report: &mut Report, server: &Running, table: &Table) -> Result<()> {
    let ids = walk(plan, report, server, table)?;
    one_record(plan, report, server, table, &ids)?;
    pages(plan, report, server, table)?;
    questions(plan, report, server, table)
}

/// Pages by cursor to the end; the ids of all records.
fn walk(plan: &Plan, report: &mut Report, server: &Running, table: &Table) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    let speed = rounds(plan.rounds.min(3), || {
        ids.clear();
        let mut client = server.client()?;
        let began = std::time::Instant::now();
        let mut offset = String::new();
        loop {
            let page = client.send(&server.request("GET", &table.path(&format!("?pageSize=100{offset}")), ""))?;
            let page = std::str::from_utf8(page)?;
            // Cheaper than reading the whole page as JSON: the client must not be what is measured.
            ids.extend(
                page.match_indices("{\"id\":\"").filter_map(|(at, _)| page.get(at + 7..at + 24)).map(str::to_owned),
            );
            let Some((_, rest)) = page.rsplit_once(",\"offset\":\"") else { break };
            offset = format!("&offset={}", rest.trim_end_matches("\"}"));
        }
        Ok(ids.len() as f64 / began.elapsed().as_secs_f64())
    })?;
    anyhow::ensure!(ids.len() == plan.rows, "the walk found {} of {} records", ids.len(), plan.rows);
    report.put("walk the whole table by cursor", speed, "records/s", None);
    Ok(ids)
}

/// A measure of the server beside the raw route that sends the same bytes.
fn beside(
    plan: &Plan,
    report: &mut Report,
    (name, calls): (&str, usize),
    server: &Running,
    requests: &[Vec<u8>],
) -> Result<()> {
    let first = requests.first().context("there is no request")?;
    let raw = Raw::start(server.client()?.send(first)?)?;
    let plain = [request("GET", "/", "none", "")];
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        ours.push(latency(server.client()?, requests, calls)?);
        theirs.push(latency(Client::connect(raw.address)?, &plain, calls)?);
    }
    let limit = Limit { what: "raw route", value: Spread::of(theirs), more_is_better: false };
    report.put(&format!("{name}, 1 connection, p50"), Spread::of(ours), "ms", Some(limit));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        ours.push(latency_on_one_core(server.process(), server.client()?, requests, calls)?);
        theirs.push(latency_on_one_core(raw.process(), Client::connect(raw.address)?, &plain, calls)?);
    }
    let limit = Limit { what: "raw route", value: Spread::of(theirs), more_is_better: false };
    report.put(&format!("{name}, client and server on one core, p50"), Spread::of(ours), "ms", Some(limit));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        ours.push(speed(plan, |_| server.client(), requests)?);
        theirs.push(speed(plan, |_| Client::connect(raw.address), &plain)?);
    }
    let limit = Limit { what: "raw route", value: Spread::of(theirs), more_is_better: true };
    report.put(&format!("{name}, 16 connections"), Spread::of(ours), "requests/s", Some(limit));
    Ok(())
}

fn latency(mut client: Client, requests: &[Vec<u8>], calls: usize) -> Result<f64> {
    let mut turn = requests.iter().cycle();
    median_ms(calls, || client.send(turn.next().context("there is no request")?).map(drop))
}

fn latency_on_one_core(process: u32, client: Client, requests: &[Vec<u8>], calls: usize) -> Result<f64> {
    let _one = OneCore::with(process)?;
    latency(client, requests, calls)
}

fn speed(plan: &Plan, open: impl Fn(usize) -> Result<Client>, requests: &[Vec<u8>]) -> Result<f64> {
    let open = |number: usize| Ok((open(number)?, Random::new(number as u64 + 1)));
    throughput(16, plan.seconds, open, |(client, random)| {
        let request = requests.get(random.below(requests.len())).context("there is no request")?;
        client.send(request).map(drop)
    })
}

fn one_record(plan: &Plan, report: &mut Report, server: &Running, table: &Table, ids: &[String]) -> Result<()> {
    let mut random = Random::new(7);
    let requests: Vec<Vec<u8>> = (0..1_000)
        .filter_map(|_| ids.get(random.below(ids.len())))
        .map(|id| server.request("GET", &table.path(&format!("/{id}")), ""))
        .collect();
    beside(plan, report, ("get one record", CALLS), server, &requests)
}

fn pages(plan: &Plan, report: &mut Report, server: &Running, table: &Table) -> Result<()> {
    let first = server.request("GET", &table.path("?pageSize=100"), "");
    beside(plan, report, ("first page of 100", CALLS), server, &[first])?;
    let mut pages = Vec::new();
    let mut offset = String::new();
    loop {
        let path = table.path(&format!("?pageSize=100{offset}"));
        pages.push(server.request("GET", &path, ""));
        let page = server.get(&path)?;
        let Some(next) = page.get("offset").and_then(Value::as_str) else { break };
        offset = format!("&offset={next}");
    }
    let middle = pages.get(pages.len() / 2).context("there is no page")?.clone();
    beside(plan, report, ("page of 100 from the middle", CALLS), server, &[middle])?;
    // The server keeps a few pages that are asked for again and again, which those above are.
    let mut random = Random::new(17);
    let shuffled: Vec<Vec<u8>> =
        (0..pages.len()).filter_map(|_| pages.get(random.below(pages.len()))).cloned().collect();
    beside(plan, report, ("any page of 100", FEW_CALLS), server, &shuffled)
}

fn questions(plan: &Plan, report: &mut Report, server: &Running, table: &Table) -> Result<()> {
    // The order of a question is kept for its next pages, so each call asks another one.
    let mut number = 0;
    for (kind, field) in [("date", "Due"), ("text", "Name")] {
        let time = rounds(plan.rounds, || {
            let ask = |number: usize| {
                let asked = json!({ "filterByFormula": filter(number), "sort": [{ "field": field }], "pageSize": 100 });
                server.request("POST", &table.path("/listRecords"), &asked.to_string())
            };
            let questions: Vec<Vec<u8>> = (number..number + FEW_CALLS).map(ask).collect();
            number += FEW_CALLS;
            latency(server.client()?, &questions, FEW_CALLS)
        })?;
        report.put(&format!("filter (number and select) and sort by {kind}, first 100, p50"), time, "ms", None);
    }

    let arguments = json!({
        "base": table.base, "table": table.table, "group_by": ["Status"],
        "aggregates": [{ "op": "count" }, { "op": "sum", "field": "Price" }],
    });
    let asked = json!({ "tool_name": "aggregate", "arguments": arguments });
    let request = server.request("POST", "/execute-tool", &asked.to_string());
    let time = rounds(plan.rounds, || latency(server.client()?, std::slice::from_ref(&request), FEW_CALLS))?;
    report.put("group by select: count and sum, p50", time, "ms", None);
    Ok(())
}
