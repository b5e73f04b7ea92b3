//! Computed cells: an edit that ten formulas and a rollup over a thousand links follow.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Plan;
use crate::measure::{Spread, median_ms};
use crate::raw_sqlite::Rows;
use crate::report::{Limit, Report};
use crate::server::Running;
use crate::writes::{middle, sequence};

/// Edits behind each median.
const CALLS: usize = 300;
/// Records that one is linked to.
const LINKS: usize = 1_000;
const FIELDS: &str =
    r#"[{"name":"Name","type":"singleLineText"},{"name":"Price","type":"number","options":{"precision":2}}]"#;

pub fn measure(plan: &Plan, report: &mut Report, server: &Running, folder: &Path) -> Result<()> {
    let items = server.table("Computed", FIELDS)?;
    let meta = format!("/v0/meta/bases/{}/tables", items.base);
    let field = |table: &str, body: Value| server.post(&format!("{meta}/{table}/fields"), &body.to_string());
    for n in 0..10 {
        let of = if n == 0 { "Price".to_owned() } else { format!("F{}", n - 1) };
        let formula = format!("{{{of}}} * 2 + 1");
        field(&items.table, json!({ "name": format!("F{n}"), "type": "formula", "options": { "formula": formula } }))?;
    }
    let orders = json!({ "name": "Orders", "fields": [{ "name": "Name", "type": "singleLineText" }] });
    let orders = server.post(&meta, &orders.to_string())?;
    let orders = orders.get("id").and_then(Value::as_str).context("no table was made")?.to_owned();
    let link = json!({ "linkedTableId": orders, "inverseName": "Items" });
    field(&items.table, json!({ "name": "Order", "type": "multipleRecordLinks", "options": link }))?;
    let sum = json!({ "recordLinkFieldId": "Items", "fieldIdInLinkedTable": "F9", "formula": "SUM(values)" });
    field(&orders, json!({ "name": "Sum", "type": "rollup", "options": sum }))?;

    let order = format!("/v0/{}/{orders}", items.base);
    let made = server.post(&order, r#"{"fields":{"Name":"all"}}"#)?;
    let order = format!("{order}/{}", made.get("id").and_then(Value::as_str).context("no record was made")?);
    let id = made.get("id").cloned().unwrap_or_default();
    let mut ids = Vec::new();
    for _ in 0..LINKS / 10 {
        let ten: Vec<Value> = (0..10).map(|n| json!({ "fields": { "Price": n, "Order": [id] } })).collect();
        let made = server.post(&items.path(""), &json!({ "records": ten }).to_string())?;
        let records = made.get("records").and_then(Value::as_array).cloned().unwrap_or_default();
        ids.extend(records.iter().filter_map(|record| record.get("id")?.as_str().map(str::to_owned)));
    }

    let (mut ours, mut limits, mut number) = (Vec::new(), Vec::new(), 0);
    let read = server.request("GET", &format!("{order}?returnFieldsByFieldId=false"), "");
    for _ in 0..plan.rounds {
        let before = sequence(server, &items)?;
        let mut client = server.client()?;
        ours.push(median_ms(CALLS, || {
            number += 1;
            let id = ids.get(number % ids.len()).context("there are no records")?;
            let body = format!(r#"{{"fields":{{"Price":{number}.5}}}}"#);
            client.send(&server.request("PATCH", &items.path(&format!("/{id}")), &body))?;
            client.send(&read).map(drop)
        })?);
        let times = Rows::read(&folder.join("data"), &items.base, before)?.update(folder)?;
        limits.push(middle(&times));
    }
    let limit = Limit { what: "raw SQLite, the edit alone", value: Spread::of(limits), more_is_better: false };
    report.put("edit under ten formulas, and read a rollup over 1,000 links, p50", Spread::of(ours), "ms", Some(limit));
    Ok(())
}
