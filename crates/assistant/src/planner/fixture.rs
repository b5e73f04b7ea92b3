//! A base of a small studio in memory, for tests of the planner.

pub(super) mod house;

use std::cmp::Ordering;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use model::Timestamp;
use serde_json::{Map, Value, json};

use super::asking::{self, Understanding};
use super::book::{Book, items, string};
use super::desk::Desk;
use super::mentions::{Reading, squeeze};
use super::plan::{Ask, Plan, Shown};
use super::toolbox::{ToolFailure, ToolFuture, Toolbox};
use super::{Planner, Reply, SURE, Session, text, wording};

/// Wednesday.
pub(super) fn now() -> Timestamp {
    Timestamp::from_date(2026, 4, 15)
}

/// Runs what never waits.
pub(super) fn done<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a tool of memory does not wait"),
    }
}

/// Field: name, type, options.
type FieldOf = (&'static str, &'static str, Value);

pub(super) struct Studio {
    tables: Vec<(&'static str, Vec<FieldOf>, Vec<Value>)>,
}

fn plain(name: &'static str, kind: &'static str) -> FieldOf {
    (name, kind, json!({}))
}

fn select(name: &'static str, kind: &'static str, choices: &[&str]) -> FieldOf {
    (name, kind, json!({ "choices": choices }))
}

fn link(name: &'static str, table: &str) -> FieldOf {
    (name, "multipleRecordLinks", json!({ "linked_table": table }))
}

impl Studio {
    pub fn new() -> Self {
        Self { tables: vec![projects(), people(), readings()] }
    }

    fn table(&self, arguments: &Value) -> &(&'static str, Vec<FieldOf>, Vec<Value>) {
        let name = string(arguments, "table");
        self.tables.iter().find(|(table, ..)| *table == name || format!("tbl{table}") == name).unwrap()
    }

    fn describe(&self, arguments: &Value) -> Value {
        let (name, fields, rows) = self.table(arguments);
        let fields: Vec<Value> = fields
            .iter()
            .map(|(name, kind, options)| json!({ "name": name, "type": kind, "options": options }))
            .collect();
        let primary = fields[0]["name"].clone();
        json!({ "id": format!("tbl{name}"), "name": name, "record_count": rows.len(), "primary_field": primary, "fields": fields })
    }

    fn list(&self, arguments: &Value) -> Value {
        let (_, _, rows) = self.table(arguments);
        let filter = arguments.get("filter");
        let met: Vec<Value> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| filter.is_none_or(|filter| meets(row, filter)))
            .map(|(at, row)| json!({ "id": format!("rec{at}"), "fields": row }))
            .collect();
        let limit = arguments.get("limit").and_then(Value::as_u64).unwrap_or(100);
        let total = met.len();
        json!({ "records": met.into_iter().take(limit as usize).collect::<Vec<_>>(), "total": total })
    }

    /// Texts and choices that are the words, or hold them.
    fn find(&self, arguments: &Value) -> Value {
        let mut matches = Vec::new();
        for word in items(arguments, "words") {
            let said = squeeze(word.as_str().unwrap());
            for (table, fields, rows) in &self.tables {
                let texts = fields.iter().filter(|(_, kind, _)| {
                    matches!(*kind, "singleLineText" | "email" | "singleSelect" | "multipleSelects")
                });
                for (field, ..) in texts {
                    let mut values: Vec<&Value> =
                        rows.iter().filter_map(|row| row.get(*field)).flat_map(opened).collect();
                    values.sort_by_key(ToString::to_string);
                    values.dedup();
                    for value in values {
                        let held = squeeze(value.as_str().unwrap());
                        let part = said.len() > 3 && format!(" {held} ").contains(&format!(" {said} "));
                        let slip = held.len() > 4 && text::typo(&said, &held);
                        if held == said || part || slip {
                            let score = if held == said {
                                1.0
                            } else if part {
                                0.85
                            } else {
                                0.77
                            };
                            matches.push(json!({
                                "word": word, "table": table, "field": field, "value": value,
                                "exact": held == said, "score": score, "count": 1,
                            }));
                        }
                    }
                }
            }
        }
        json!({ "matches": matches })
    }
}

fn opened(cell: &Value) -> Vec<&Value> {
    cell.as_array().map_or_else(|| vec![cell], |parts| parts.iter().collect())
}

/// Whether a row meets a filter tree.
fn meets(row: &Value, filter: &Value) -> bool {
    if let Some(all) = filter.get("and") {
        return all.as_array().unwrap().iter().all(|part| meets(row, part));
    }
    if let Some(any) = filter.get("or") {
        return any.as_array().unwrap().iter().any(|part| meets(row, part));
    }
    if let Some(part) = filter.get("not") {
        return !meets(row, part);
    }
    let held = row.get(string(filter, "field")).cloned().unwrap_or_default();
    let wanted = &filter["value"];
    let order = || match (held.as_f64(), wanted.as_f64()) {
        (Some(held), Some(wanted)) => held.partial_cmp(&wanted),
        _ => Some(held.as_str()?.cmp(wanted.as_str()?)),
    };
    let among = || {
        opened(&held).iter().any(|one| opened(wanted).iter().any(|other| wording::plain(one) == wording::plain(other)))
    };
    match filter["op"].as_str().unwrap() {
        "=" if wanted == false => held != true,
        "=" | "is_any_of" | "has_any_of" => among(),
        "has_all_of" => {
            opened(wanted).iter().all(|one| opened(&held).iter().any(|o| wording::plain(o) == wording::plain(one)))
        }
        "!=" | "is_none_of" => !among(),
        "contains" => wording::plain(&held).to_lowercase().contains(&wanted.as_str().unwrap().to_lowercase()),
        "starts_with" => wording::plain(&held).to_lowercase().starts_with(&wanted.as_str().unwrap().to_lowercase()),
        "ends_with" => wording::plain(&held).to_lowercase().ends_with(&wanted.as_str().unwrap().to_lowercase()),
        ">" => order().is_some_and(Ordering::is_gt),
        ">=" => order().is_some_and(Ordering::is_ge),
        "<" => order().is_some_and(Ordering::is_lt),
        "<=" => order().is_some_and(Ordering::is_le),
        "is_empty" => held.is_null(),
        "is_not_empty" => !held.is_null(),
        other => panic!("no row is tested by `{other}`"),
    }
}

impl Toolbox for Studio {
    fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
        let answer = match tool {
            "list_bases" => Ok(json!({ "bases": [{ "id": "app1", "name": "Studio" }] })),
            "list_tables" => {
                let tables = self.tables.iter().map(|(name, ..)| json!({ "id": format!("tbl{name}"), "name": name }));
                Ok(json!({ "tables": tables.collect::<Vec<_>>() }))
            }
            "describe_table" => Ok(self.describe(&arguments)),
            "find_values" => Ok(self.find(&arguments)),
            "list_records" => Ok(self.list(&arguments)),
            "get_record" => Ok(self.list(&json!({ "table": arguments["table"] }))["records"]
                .as_array()
                .and_then(|all| all.iter().find(|record| record["id"] == arguments["record"]).cloned())
                .unwrap_or_default()),
            "aggregate" => Ok(json!({ "groups": [{ "key": [], "values": [1] }], "matched": 1 })),
            "create_records" | "update_records" | "delete_records" if arguments.get("dry_run").is_some() => {
                Ok(json!({ "preview": [], "confirm": format!("token of {tool}") }))
            }
            "create_records" | "update_records" | "delete_records" => Ok(json!({ "records": ["rec0"], "change": 41 })),
            "undo" if arguments.get("dry_run").is_some() => Ok(json!({
                "change": arguments["change"].as_i64().unwrap_or(7), "time": "2026-04-14T10:11:12.000Z", "door": "import",
                "tables": [{ "table": "Orders", "created": 120, "updated": 0, "deleted": 1, "links": 0 }],
            })),
            "undo" => {
                let undone = arguments["change"].as_i64().unwrap_or(7);
                Ok(json!({ "undone": undone, "change": undone + 1, "records": 1, "skipped": 0 }))
            }
            other => Err(ToolFailure::new(format!("there is no tool `{other}`"))),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// What a table of some other people's house looks like: a `readings` table of measures by year.
fn readings() -> (&'static str, Vec<FieldOf>, Vec<Value>) {
    let fields = vec![
        plain("Station", "singleLineText"),
        plain("Year", "number"),
        plain("Temp max", "number"),
        plain("Temp min", "number"),
        plain("Rainfall", "number"),
        plain("Origin", "singleLineText"),
        plain("Destination", "singleLineText"),
        plain("Weather", "singleLineText"),
    ];
    let row = |station: &str, year: i64, max: f64, min: f64, rain: f64, weather: &str| {
        json!({ "Station": station, "Year": year, "Temp max": max, "Temp min": min, "Rainfall": rain,
            "Origin": "Oslo", "Destination": "Rome", "Weather": weather })
    };
    let rows = vec![
        row("North Gate", 1990, 31.0, -4.0, 600.0, "sun"),
        row("North Gate", 2000, 33.0, -2.0, 650.0, "fog"),
        row("South Gate", 1990, 35.0, 1.0, 400.0, "sun"),
    ];
    ("Readings", fields, rows)
}

fn people() -> (&'static str, Vec<FieldOf>, Vec<Value>) {
    let fields = vec![
        plain("Name", "singleLineText"),
        plain("Email", "email"),
        plain("City", "singleLineText"),
        plain("Born", "date"),
        ("Salary", "currency", json!({ "symbol": "$" })),
        select("Gender", "singleSelect", &["Female", "Male"]),
        link("Projects", "Projects"),
    ];
    let row = |name: &str, city: &str, born: &str, salary: i64, gender: &str| {
        json!({ "Name": name, "Email": format!("{}@studio.test", name.to_lowercase()), "City": city, "Born": born,
            "Salary": salary, "Gender": gender })
    };
    let rows = vec![
        row("Ada", "Berlin", "1980-05-01", 70_000, "Female"),
        row("Grace", "Paris", "1990-06-02", 80_000, "Female"),
        row("Linus", "Berlin", "1985-07-03", 60_000, "Male"),
    ];
    ("People", fields, rows)
}

fn projects() -> (&'static str, Vec<FieldOf>, Vec<Value>) {
    let fields = vec![
        plain("Name", "singleLineText"),
        select("Status", "singleSelect", &["Open", "On hold", "Done"]),
        ("Budget", "currency", json!({ "symbol": "$" })),
        plain("Hours", "number"),
        plain("Progress", "percent"),
        plain("Due", "date"),
        plain("Paid", "checkbox"),
        select("Tags", "multipleSelects", &["web", "print", "film"]),
        link("Owner", "People"),
        plain("Phone", "phoneNumber"),
    ];
    let row = |name: &str, status: &str, budget: i64, hours: f64, due: &str, owner: &str| {
        json!({ "Name": name, "Status": status, "Budget": budget, "Hours": hours, "Due": due, "Progress": 0.5,
            "Tags": ["web"], "Owner": [{ "id": format!("rec{owner}"), "text": owner }] })
    };
    let rows = vec![
        row("Apollo", "Open", 12_000, 80.0, "2026-04-20", "Ada"),
        row("Borealis", "Done", 4_500, 30.5, "2026-03-10", "Grace"),
        row("Cassini", "On hold", 30_000, 200.0, "2026-05-01", "Ada"),
        row("Delta Works", "Open", 7_250, 55.0, "2026-04-10", "Linus"),
        row("Old Apollo", "Done", 900, 5.0, "2025-12-31", "Linus"),
    ];
    ("Projects", fields, rows)
}

pub(super) fn book(studio: &Studio) -> Book {
    done(Book::read(&mut Desk::new(studio), "app1")).unwrap()
}

pub(super) fn reading(studio: &Studio, book: &Book, message: &str) -> Reading {
    done(Reading::of(&mut Desk::new(studio), book, message, now())).unwrap()
}

pub(super) fn understood(message: &str) -> Option<Understanding> {
    let studio = Studio::new();
    let book = book(&studio);
    asking::understand(&reading(&studio, &book, message), &book)
}

/// The plan a question comes to in words, or `declines`.
pub(super) fn planned(message: &str) -> String {
    match understood(message) {
        Some(found) if found.sureness >= SURE => told(&found.plan),
        _ => "declines".to_owned(),
    }
}

/// Asks in a conversation; the session is kept by the caller.
pub(super) fn answer(session: &mut Session, message: &str) -> Reply {
    done(Planner.answer(&Studio::new(), session, Some("app1"), message, now()))
}

/// A plan in one line: table, conditions, what is asked.
pub(super) fn told(plan: &Plan) -> String {
    let conditions = wording::conditions(&plan.conditions);
    let shown = |all: &[Shown]| {
        let name = |one: &Shown| match &one.via {
            Some(via) => format!("{} via {}", one.field, via.link),
            None => one.field.clone(),
        };
        all.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let edge = |greatest: bool| if greatest { "most" } else { "least" };
    let ask = match &plan.ask {
        Ask::Count => "count".to_owned(),
        Ask::CountOf(field) => format!("count of {field}"),
        Ask::CountKinds(field) => format!("kinds of {field}"),
        Ask::CountParts(field) => format!("parts of {field}"),
        Ask::Share => "share".to_owned(),
        Ask::Details => "details".to_owned(),
        Ask::Beside { by, after, .. } => format!("{} by {by}", if *after { "after" } else { "before" }),
        Ask::Exists => "any".to_owned(),
        Ask::Confirm(checks) => format!("whether{}", wording::conditions(checks)),
        Ask::Distinct(field) => format!("distinct {field}"),
        Ask::Choices(field) => format!("choices of {field}"),
        Ask::Aggregate { op, field } => format!("{} {field}", op.name()),
        Ask::Extreme { by, greatest, show } => format!("{} with {} {by}", shown(show), edge(*greatest)),
        Ask::Values(all) => shown(all),
        Ask::Records => "records".to_owned(),
        Ask::Groups(groups) => {
            let bucket = groups.bucket.as_ref().map(|bucket| format!(" by {bucket}")).unwrap_or_default();
            let field = groups.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
            let pick = groups.pick.map(|pick| format!(", {} {}", edge(pick.greatest), pick.count)).unwrap_or_default();
            format!("{}{field} by {}{bucket}{pick}", groups.op.name(), groups.by)
        }
    };
    let sort = plan.sort.as_ref().map(|s| format!(" sorted by {}{}", s.field, if s.descending { " down" } else { "" }));
    let limit = plan.limit.map(|limit| format!(" first {limit}")).unwrap_or_default();
    format!("{}{conditions}: {ask}{}{limit}", plan.table, sort.unwrap_or_default())
}

/// Checks a table of questions and plans; all that differ are told at once.
pub(super) fn assert_planned(cases: &[(&str, &str)]) {
    let differ: Vec<String> = cases
        .iter()
        .map(|(message, wanted)| (message, wanted, planned(message)))
        .filter(|(_, wanted, got)| **wanted != got)
        .map(|(message, wanted, got)| format!("{message}\n  wanted {wanted}\n  got    {got}"))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The cells of a write that is waiting for a yes.
pub(super) fn pending_fields(reply: &Reply) -> Map<String, Value> {
    let pending = reply.pending.as_ref().unwrap_or_else(|| panic!("nothing waits: {}", reply.text));
    let record = items(&pending.arguments, "records").next().unwrap();
    record["fields"].as_object().cloned().unwrap_or_default()
}
