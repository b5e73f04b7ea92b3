//! Acts on a house for property tests: what somebody might do, carried out through a handle.

use std::time::Duration;

use model::Ordinal;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::error::Error;
use crate::fixture::{House, cells};
use crate::ops::{Records, UpdateRecord};
use images::BaseImage;

/// Something that somebody does to the base; numbers choose among what is there.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Create { name: u8, points: i16, status: u8, project: Option<u8> },
    Project { title: u8 },
    Update { at: u8, field: u8, value: i16 },
    Replace { at: u8, name: u8 },
    Link { at: u8, projects: Vec<u8> },
    Backlink { at: u8, tasks: Vec<u8> },
    Delete { at: u8 },
    DeleteProject { at: u8 },
    Undo { force: bool },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (any::<u8>(), -99..99i16, 0..4u8, proptest::option::of(any::<u8>()))
            .prop_map(|(name, points, status, project)| Act::Create { name, points, status, project }),
        2 => (0..6u8).prop_map(|title| Act::Project { title }),
        4 => (any::<u8>(), 0..7u8, -99..99i16).prop_map(|(at, field, value)| Act::Update { at, field, value }),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(at, name)| Act::Replace { at, name }),
        2 => (any::<u8>(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(at, projects)| Act::Link { at, projects }),
        2 => (any::<u8>(), prop::collection::vec(any::<u8>(), 0..4)).prop_map(|(at, tasks)| Act::Backlink { at, tasks }),
        1 => any::<u8>().prop_map(|at| Act::Delete { at }),
        1 => any::<u8>().prop_map(|at| Act::DeleteProject { at }),
        2 => any::<bool>().prop_map(|force| Act::Undo { force }),
    ]
}

fn acts(most: usize) -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(act(), 1..most)
}

/// What exists now, by picture.
pub(crate) fn ids(image: &BaseImage, table: usize) -> Vec<String> {
    let rows = image.table(image.schema.tables[table].no);
    rows.live.ones().map(|ordinal| rows.ids.get(Ordinal(ordinal as u32)).unwrap().to_string()).collect()
}

fn pick(ids: &[String], at: u8) -> Option<&String> {
    ids.get(at as usize % ids.len().max(1))
}

/// Carries an act out through a handle; what cannot be done is not done.
pub(crate) async fn carry_out(house: &House, records: &Records, act: &Act) {
    house.test.clock.advance(Duration::from_secs(1));
    let image = house.image(&house.records).await;
    let (projects, tasks) = (ids(&image, 0), ids(&image, 1));
    let update = async |table: &str, id: Option<&String>, fields: Value, replace: bool| {
        let Some(id) = id else { return };
        let update = UpdateRecord { id: id.clone(), fields: cells(fields) };
        records.update(&house.owner, house.base, table, &[update], (true, replace)).await.unwrap();
    };
    match act {
        Act::Create { name, points, status, project } => {
            let mut new = json!({ "Name": format!("task {name}"), "Points": points, "Status": format!("s{status}"),
                "Notes": "a longer text ".repeat(*name as usize % 9), "Urgent": points % 2 == 0 });
            if let Some(project) = project {
                new["Project"] = json!(format!("Project {}", project % 5));
            }
            records.create(&house.owner, house.base, "Tasks", &[cells(new)], true).await.unwrap();
        }
        Act::Project { title } => {
            let new = [json!({ "Title": format!("Project {title}"), "Budget": title }), json!({})].map(cells);
            records.create(&house.owner, house.base, "Projects", &new, false).await.unwrap();
        }
        Act::Update { at, field, value } => {
            let fields = match field {
                0 => json!({ "Name": format!("renamed {value}") }),
                1 => json!({ "Points": value, "Urgent": value % 3 == 0 }),
                2 => json!({ "Status": format!("s{}", value % 3) }),
                3 => json!({ "Tags": [format!("t{}", value % 5), "a"] }),
                4 => json!({ "Due": format!("2026-01-{:02}", value.unsigned_abs() % 28 + 1) }),
                5 => json!({ "Notes": null, "Points": null }),
                _ => json!({ "Notes": format!("noted {value}"), "Tags": [] }),
            };
            update("Tasks", pick(&tasks, *at), fields, false).await;
        }
        Act::Replace { at, name } => {
            update("Tasks", pick(&tasks, *at), json!({ "Name": format!("n{name}") }), true).await;
        }
        Act::Link { at, projects: to } => {
            let list: Vec<&String> = to.iter().filter_map(|at| pick(&projects, *at)).collect();
            update("Tasks", pick(&tasks, *at), json!({ "Project": list }), false).await;
        }
        Act::Backlink { at, tasks: to } => {
            let list: Vec<&String> = to.iter().filter_map(|at| pick(&tasks, *at)).collect();
            update("Projects", pick(&projects, *at), json!({ "Tasks": list }), false).await;
        }
        Act::Delete { at } => {
            let Some(id) = pick(&tasks, *at).cloned() else { return };
            records.delete(&house.owner, house.base, "Tasks", &[id]).await.unwrap();
        }
        Act::DeleteProject { at } => {
            let Some(id) = pick(&projects, *at).cloned() else { return };
            records.delete(&house.owner, house.base, "Projects", &[id]).await.unwrap();
        }
        Act::Undo { force } => match records.undo(&house.owner, house.base, None, *force).await {
            Ok(_) | Err(Error::Conflicts { .. } | Error::Request { .. }) => {}
            Err(Error::NothingToUndo { .. } | Error::NothingLeft { .. }) => {}
            Err(other) => panic!("{other}"),
        },
    }
}

/// Adds fields that watch others, links on either side among them.
async fn watch(house: &House) {
    for (table, name, kind, watched) in [
        ("Tasks", "Moved", "lastModifiedTime", json!(["Points", "Project"])),
        ("Tasks", "Named by", "lastModifiedBy", json!(["Name"])),
        ("Projects", "Filled", "lastModifiedTime", json!(["Tasks"])),
    ] {
        let field = json!({ "name": name, "type": kind, "options": { "referencedFieldIds": watched } });
        let field = serde_json::from_value(field).unwrap();
        house.schemas.create_field(&house.owner, house.base, table, &field).await.unwrap();
    }
}

/// Adds a formula that does, of two lists.
async fn watch_by_formula(house: &House) {
    let text = "'at ' & LAST_MODIFIED_TIME({Notes}, {Project}) & LAST_MODIFIED_TIME({Points})";
    let field = json!({ "name": "Kept", "type": "formula", "options": { "formula": text } });
    let field = serde_json::from_value(field).unwrap();
    house.schemas.create_field(&house.owner, house.base, "Tasks", &field).await.unwrap();
}

/// Runs a property over acts on a house of their own each, in which some fields watch others.
pub(crate) fn each_history(cases: u32, most: usize, check: impl AsyncFn(House, Vec<Act>)) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(acts in acts(most))| {
        testkit::run(testkit::Engine::Sqlite, async |house: House| {
            watch(&house).await;
            watch_by_formula(&house).await;
            check(house, acts).await;
        });
    });
}
