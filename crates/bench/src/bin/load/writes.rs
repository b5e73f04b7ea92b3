//! Writing: import, single updates, batches of ten.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::Plan;
use crate::data::{FIELDS, Random, Row};
use crate::measure::{Spread, median_ms, rounds, throughput};
use crate::raw_sqlite::Rows;
use crate::report::{Limit, Report};
use crate::server::{Running, Table};

/// Writes behind each median of a latency.
const CALLS: usize = 500;
/// How many imports there are for each round: they vary more than the rest.
const IMPORTS: usize = 3;

/// Imports the file with its types found out, and writes the same rows and log again without us.
pub fn import(plan: &Plan, report: &mut Report, server: &Running, file: &Path, data: &Path) -> Result<()> {
    let (mut times, mut speeds, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..IMPORTS * plan.rounds {
        let base = server.table(&format!("Import {round}"), FIELDS)?;
        let took = server.import(&format!("base={}&table=New&create=true", base.base), file)?;
        let rows = Rows::read(data, &base.base, 0)?;
        anyhow::ensure!(rows.records() == plan.rows, "{} of {} rows were imported", rows.records(), plan.rows);
        let raw: Duration = rows.write(data)?.iter().sum();
        times.push(took.as_secs_f64());
        speeds.push(plan.rows as f64 / took.as_secs_f64());
        limits.push(plan.rows as f64 / raw.as_secs_f64());
    }
    report.put("import a CSV file, types found out, three in a round", Spread::of(times), "s", None);
    let limit = Limit { what: "raw SQLite", value: Spread::of(limits), more_is_better: true };
    report.put("the same", Spread::of(speeds), "rows/s", Some(limit));
    Ok(())
}

pub fn measure(plan: &Plan, report: &mut Report, server: &Running, table: &Table, folder: &Path) -> Result<()> {
    updates(plan, report, server, table, folder)?;
    batches(plan, report, server, folder)
}

fn updates(plan: &Plan, report: &mut Report, server: &Running, table: &Table, folder: &Path) -> Result<()> {
    let page = server.get(&table.path("?pageSize=100"))?;
    let records = page.get("records").and_then(Value::as_array).context("there are no records")?;
    let ids: Vec<&str> = records.iter().filter_map(|record| record.get("id")?.as_str()).collect();
    let number = AtomicUsize::new(1_000);
    let one = |random: &mut Random| -> Result<Vec<u8>> {
        let id = ids.get(random.below(ids.len())).context("there are no records")?;
        let body = format!(r#"{{"fields":{{"Count":{}}}}}"#, number.fetch_add(1, Ordering::Relaxed));
        Ok(server.request("PATCH", &table.path(&format!("/{id}")), &body))
    };
    let (mut ours, mut limits) = (Vec::new(), Vec::new());
    let mut random = Random::new(11);
    for _ in 0..plan.rounds {
        let before = sequence(server, table)?;
        let mut client = server.client()?;
        ours.push(median_ms(CALLS, || client.send(&one(&mut random)?).map(drop))?);
        let times = Rows::read(&folder.join("data"), &table.base, before)?.update(folder)?;
        limits.push(middle(&times));
    }
    let limit = Limit { what: "raw SQLite", value: Spread::of(limits), more_is_better: false };
    report.put("update one record, 1 connection, p50", Spread::of(ours), "ms", Some(limit));
    let speed = rounds(plan.rounds, || {
        let open = |number: usize| Ok((server.client()?, Random::new(number as u64 + 1)));
        throughput(16, plan.seconds, open, |(client, random)| client.send(&one(random)?).map(drop))
    })?;
    report.put("update one record, 16 connections", speed, "records/s", None);
    Ok(())
}

fn batches(plan: &Plan, report: &mut Report, server: &Running, folder: &Path) -> Result<()> {
    let table = server.table("Batches", FIELDS)?;
    let number = AtomicUsize::new(0);
    let one = |random: &mut Random| {
        let rows = (0..10).map(|_| {
            let row = Row::new(random, number.fetch_add(1, Ordering::Relaxed));
            format!(r#"{{"fields":{}}}"#, row.json())
        });
        let body = format!(r#"{{"records":[{}]}}"#, rows.collect::<Vec<_>>().join(","));
        server.request("POST", &table.path(""), &body)
    };
    let (mut ours, mut limits) = (Vec::new(), Vec::new());
    let mut random = Random::new(13);
    for _ in 0..plan.rounds {
        let before = sequence(server, &table)?;
        let mut client = server.client()?;
        ours.push(10e3 / median_ms(CALLS, || client.send(&one(&mut random)).map(drop))?);
        let times = Rows::read(&folder.join("data"), &table.base, before)?.write(folder)?;
        limits.push(10e3 / middle(&times));
    }
    let limit = Limit { what: "raw SQLite", value: Spread::of(limits), more_is_better: true };
    report.put("create batches of ten, 1 connection", Spread::of(ours), "records/s", Some(limit));
    let speed = rounds(plan.rounds, || {
        let open = |number: usize| Ok((server.client()?, Random::new(number as u64 + 101)));
        Ok(10.0 * throughput(16, plan.seconds, open, |(client, random)| client.send(&one(random)).map(drop))?)
    })?;
    report.put("create batches of ten, 16 connections", speed, "records/s", None);
    Ok(())
}

/// The base's sequence, by its history; 0 before the first change.
pub fn sequence(server: &Running, table: &Table) -> Result<i64> {
    let told = server.get(&format!("/api/v1/bases/{}/history?limit=1", table.base))?;
    Ok(told.pointer("/changes/0/change").and_then(Value::as_i64).unwrap_or(0))
}

/// The middle of some times, in milliseconds.
pub fn middle(times: &[Duration]) -> f64 {
    Spread::of(times.iter().map(|time| time.as_secs_f64() * 1e3).collect()).median
}
