//! The sample base: crewed missions of Mercury, Gemini and Apollo (`sample/README.md` names source and licence).

use anyhow::Context;
use axum::http::Method;
use serde_json::{Map, Value, json};

use crate::catalog::House;
use crate::inside::Inside;

const NAME: &str = "Space program";
const ROCKETS: &str = include_str!("../sample/rockets.tsv");
const ASTRONAUTS: &str = include_str!("../sample/astronauts.tsv");
const MISSIONS: &str = include_str!("../sample/missions.tsv");
/// Records of one request.
const BATCH: usize = 10;

/// Loads the sample base unless there is a base of its name; says what it did.
pub(crate) async fn load(house: &House) -> anyhow::Result<Option<String>> {
    let doors = Inside::new(house).await?;
    let bases = doors.call(Method::GET, "/v0/meta/bases", &Value::Null).await?;
    let held = bases.get("bases").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if held.iter().any(|base| base.get("name").and_then(Value::as_str) == Some(NAME)) {
        return Ok(None);
    }
    let workspaces = doors.call(Method::GET, "/v0/meta/workspaces", &Value::Null).await?;
    let workspace = workspaces.pointer("/workspaces/0/id").context("there is no workspace for the sample base")?;
    let body = json!({ "name": NAME, "workspaceId": workspace, "tables": tables() });
    let base = doors.call(Method::POST, "/v0/meta/bases", &body).await?;
    let id = base.get("id").and_then(Value::as_str).context("the sample base was not made")?;
    for (name, linked) in [("Rocket", 1), ("Crew", 2)] {
        let table = base.pointer(&format!("/tables/{linked}/id")).cloned().unwrap_or_default();
        let link = json!({ "name": name, "type": "multipleRecordLinks", "options": { "linkedTableId": table } });
        doors.call(Method::POST, &format!("/v0/meta/bases/{id}/tables/Missions/fields"), &link).await?;
    }
    let mut count = 0;
    for (table, text) in [("Rockets", ROCKETS), ("Astronauts", ASTRONAUTS), ("Missions", MISSIONS)] {
        let records = records(text);
        for batch in records.chunks(BATCH) {
            let body = json!({ "records": batch, "typecast": true });
            doors.call(Method::POST, &format!("/v0/{id}/{table}"), &body).await?;
        }
        count += records.len();
    }
    Ok(Some(format!("sample base `{NAME}`: {count} records in 3 tables")))
}

fn tables() -> Value {
    let iso = json!({ "dateFormat": { "name": "iso" } });
    let choices = ["Mercury", "Gemini", "Apollo"].map(|name| json!({ "name": name }));
    let check = json!({ "icon": "check", "color": "greenBright" });
    json!([
        { "name": "Missions", "fields": [
            { "name": "Name", "type": "singleLineText" },
            { "name": "Program", "type": "singleSelect", "options": { "choices": choices } },
            { "name": "Call sign", "type": "singleLineText" },
            { "name": "Launched", "type": "date", "options": iso },
            { "name": "Hours", "type": "number", "options": { "precision": 2 } },
            { "name": "Moon landing", "type": "checkbox", "options": check },
            { "name": "Landing site", "type": "singleLineText" },
            { "name": "Days", "type": "formula", "options": { "formula": "ROUND({Hours} / 24, 1)" } },
        ] },
        { "name": "Rockets", "fields": [
            { "name": "Name", "type": "singleLineText" },
            { "name": "Height", "type": "number", "options": { "precision": 1 } },
            { "name": "Maker", "type": "singleLineText" },
        ] },
        { "name": "Astronauts", "fields": [
            { "name": "Name", "type": "singleLineText" },
            { "name": "Born", "type": "date", "options": iso },
            { "name": "Selected", "type": "number", "options": { "precision": 0 } },
            { "name": "Moonwalker", "type": "checkbox", "options": check },
        ] },
    ])
}

/// The lines below the header as records; several linked names stand apart by semicolons.
fn records(text: &str) -> Vec<Value> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let record = |line: &str| {
        let cells = names.iter().zip(line.split('\t')).filter(|(_, cell)| !cell.is_empty());
        let cells = cells.map(|(name, cell)| {
            let value = match *name {
                "Crew" | "Rocket" => cell.split("; ").map(Value::from).collect(),
                "Hours" | "Height" | "Selected" => json!(cell.parse::<f64>().unwrap_or_default()),
                "Moon landing" | "Moonwalker" => json!(true),
                _ => json!(cell),
            };
            ((*name).to_owned(), value)
        });
        json!({ "fields": cells.collect::<Map<_, _>>() })
    };
    lines.map(record).collect()
}

#[cfg(test)]
mod tests;
