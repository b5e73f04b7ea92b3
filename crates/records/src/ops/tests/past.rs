//! The base as it was, and bringing it back.

use testkit::on_every_database;

use super::*;
use crate::fixture::told;
use crate::image::acting::{carry_out, each_history};
use crate::ops::{At, Found, Part, Records, Restored};
use model::Ordinal;

async fn told_at(house: &House, records: &Records, at: Option<i64>) -> Vec<Vec<Value>> {
    let mut tables = Vec::new();
    for table in ["Projects", "Tasks"] {
        let query = ListQuery { at: at.map(At::Sequence), ..ListQuery::default() };
        let page = records.list(&house.owner, house.base, table, &query).await.unwrap();
        // Beyond one page.
        let live = page.found.view.image.table(page.found.table.no).live.ones().map(|o| Ordinal(o as u32)).collect();
        tables.push(told(&Found { ordinals: live, ..page.found }));
    }
    tables
}

async fn restore(house: &House, at: i64, part: Part, dry: bool) -> Result<Restored, Error> {
    house.records.restore(&house.owner, house.base, At::Sequence(at), &part, dry).await
}

/// Records by id: what comes back is linked in the same order, but lists of the other side may not be.
fn sorted(mut tables: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    for record in tables.iter_mut().flatten() {
        for links in ["Tasks", "Project"] {
            if let Some(list) = record["fields"].get_mut(links).and_then(Value::as_array_mut) {
                list.sort_by_key(ToString::to_string);
            }
        }
        let fields = record["fields"].as_object_mut().unwrap();
        // The names of linked records are in their order; and to be brought back is a change of its own.
        for moved in ["Label", "Moved", "Filled", "Kept"] {
            fields.remove(moved);
        }
    }
    tables
}

/// Moves fields, a table or nothing to the trash.
async fn delete_some(house: &House, which: usize) {
    let fields: &[_] = if which % 3 == 1 { &["Points", "Project", "Notes"] } else { &[] };
    for field in fields {
        house.schemas.delete_field(&house.owner, house.base, ("Tasks", field)).await.unwrap();
    }
    if which % 3 == 2 {
        house.schemas.delete_table(&house.owner, house.base, "Projects").await.unwrap();
    }
}

#[test]
fn whatever_happens_the_past_is_read_and_brought_back() {
    each_history(12, 30, async |house, acts| {
        let mut states = vec![told_at(&house, &house.records, None).await];
        let mut sequences = vec![sequence(&house).await];
        for act in &acts {
            carry_out(&house, &house.records, act).await;
            states.push(told_at(&house, &house.records, None).await);
            sequences.push(sequence(&house).await);
        }
        let at = acts.len() / 3;
        assert_eq!(told_at(&house, &house.records, Some(sequences[at])).await, states[at]);
        let (_, stranger) = house.stranger();
        assert_eq!(told_at(&house, &stranger, Some(sequences[at])).await, states[at]);
        delete_some(&house, acts.len()).await;
        let last = sequence(&house).await;
        let told = restore(&house, sequences[at], Part::default(), true).await.unwrap();
        assert_eq!(sequence(&house).await, last, "a dry run writes nothing");
        let done = restore(&house, sequences[at], Part::default(), false).await.unwrap();
        assert_eq!((done.revived, done.deleted, &done.from_trash), (told.revived, told.deleted, &told.from_trash));
        let now = told_at(&house, &house.records, None).await;
        assert_eq!(sorted(now), sorted(states[at].clone()));
        let again = restore(&house, sequences[at], Part::default(), false).await.unwrap();
        assert_eq!((again.revived, again.deleted), (0, 0));
    });
}

#[on_every_database]
async fn links_stand_in_the_past_where_they_stood(house: House) {
    let project = house.create("Projects", &[json!({ "Title": "House" })]).await.remove(0);
    let task = |name: &str| json!({ "Name": name, "Project": [project] });
    let tasks = house.create("Tasks", &[task("a"), task("b"), task("c")]).await;
    let at = sequence(&house).await;
    house.update("Tasks", &tasks[0], json!({ "Project": [] })).await;
    house.delete("Tasks", &tasks[1..2]).await;
    house.update("Projects", &project, json!({ "Tasks": [tasks[0], tasks[2]] })).await;
    for records in [&house.records, &house.stranger().1] {
        let then = told_at(&house, records, Some(at)).await;
        assert_eq!(then[0][0]["fields"]["Tasks"], json!(tasks));
    }
    assert_eq!(house.get("Projects", &project).await.unwrap()["Tasks"], json!([tasks[0], tasks[2]]));
}

#[on_every_database]
async fn a_cell_a_field_and_a_record_come_back_by_themselves(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1, "Notes": "n" }), json!({ "Name": "b" })]).await;
    let at = sequence(&house).await;
    house.update("Tasks", &ids[0], json!({ "Name": "a2", "Points": 2 })).await;
    house.update("Tasks", &ids[1], json!({ "Name": "b2", "Points": 3 })).await;
    house.delete("Tasks", &ids[1..]).await;
    house.create("Tasks", &[json!("c")]).await;
    let part = |record: Option<&str>, field: Option<&str>| Part {
        table: Some("Tasks".to_owned()),
        record: record.map(str::to_owned),
        field: field.map(str::to_owned),
    };
    let done = restore(&house, at, part(Some(&ids[0]), Some("Points")), false).await.unwrap();
    assert_eq!((done.cells, done.revived, done.deleted), (1, 0, 0));
    let first = house.get("Tasks", &ids[0]).await.unwrap();
    assert_eq!((&first["Name"], &first["Points"]), (&json!("a2"), &json!(1)));
    restore(&house, at, part(None, Some("Name")), false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Name"], "a");
    assert_eq!(house.get("Tasks", &ids[1]).await, None, "a field brings back no records");
    restore(&house, at, part(Some(&ids[1]), None), false).await.unwrap();
    let second = house.get("Tasks", &ids[1]).await.unwrap();
    assert_eq!((&second["Name"], second.get("Points")), (&json!("b"), None));
    assert_eq!(shown(&house, "Tasks").await.len(), 3, "the new one is not touched");
    let done = restore(&house, at, part(None, None), false).await.unwrap();
    assert_eq!((done.cells, done.revived, done.deleted), (0, 0, 1));
    assert_eq!(restore(&house, at, part(None, None), false).await.unwrap().change, None);
}

#[on_every_database]
async fn what_is_not_in_memory_is_as_it_was(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Notes": "n" })]).await;
    let at = sequence(&house).await;
    house.update("Tasks", &ids[0], json!({ "Name": "b", "Notes": "o" })).await;
    let later =
        crate::fixture::table(&json!({ "name": "Later", "fields": [{ "name": "Name", "type": "singleLineText" }] }));
    house.schemas.create_table(&house.owner, house.base, &later).await.unwrap();
    house.create("Later", &[json!("x")]).await;
    house.schemas.delete_field(&house.owner, house.base, ("Tasks", "Notes")).await.unwrap();
    let forget = async || {
        let image = house.image(&house.records).await;
        for table in &image.schema.tables {
            table.fields.iter().for_each(|field| {
                house.records.images.drop_column(image.schema.base_no, (table.no, field.no));
            });
        }
    };
    forget().await;
    for filter in ["", "{Name}='x'"] {
        let query = ListQuery { at: Some(At::Sequence(at)), ..crate::fixture::list(filter, &[]) };
        let page = house.records.list(&house.owner, house.base, "Later", &query).await.unwrap();
        assert_eq!(told(&page.found), [] as [Value; 0], "it was not there yet");
        forget().await;
    }
    let dry = restore(&house, at, Part::default(), true).await.unwrap();
    forget().await;
    let done = restore(&house, at, Part::default(), false).await.unwrap();
    assert_eq!((dry.cells, dry.from_trash, done.cells, done.deleted), (2, done.from_trash, 2, 0));
    let task = house.get("Tasks", &ids[0]).await.unwrap();
    assert_eq!((&task["Name"], &task["Notes"]), (&json!("a"), &json!("n")));
}

#[on_every_database]
async fn what_cannot_be_brought_back_says_why(house: House) {
    let ids = house.create("Tasks", &[json!("a")]).await;
    let at = sequence(&house).await;
    let refused = async |at: i64, table: Option<&str>, record: Option<&str>, field: Option<&str>| {
        let part = Part { table: table.map(Into::into), record: record.map(Into::into), field: field.map(Into::into) };
        restore(&house, at, part, false).await.unwrap_err().to_string()
    };
    assert!(refused(at + 1, None, None, None).await.contains("the last change of the base is"));
    assert!(refused(at, None, Some(&ids[0]), None).await.contains("need a `table`"));
    assert!(refused(at, Some("Nope"), None, None).await.contains("Nope"));
    assert!(refused(at, Some("Tasks"), None, Some("Double")).await.contains("`Double` is computed"));
    assert!(refused(at, Some("Tasks"), None, Some("Nope")).await.to_lowercase().contains("nope"));
    assert!(!refused(at, Some("Tasks"), Some("rec"), None).await.is_empty());
    for text in ["yesterday", "-1", "", "2026-13-01"] {
        assert!(At::parse(text).unwrap_err().to_string().contains("`at` is the number"), "{text}");
    }
    assert_eq!(At::parse(" 12 ").unwrap(), At::Sequence(12));
    assert!(matches!(At::parse("2026-03-01T12:00:00Z").unwrap(), At::Time(_)));
}

#[on_every_database]
async fn undone_changes_are_done_again_until_something_else_is_done(house: House) {
    let ids = house.create("Tasks", &[json!("a")]).await;
    for name in ["b", "c"] {
        house.update("Tasks", &ids[0], json!({ "Name": name })).await;
    }
    let name = async || house.get("Tasks", &ids[0]).await.unwrap()["Name"].clone();
    let undo = async || house.records.undo(&house.owner, house.base, None, false).await;
    let redo = async || house.records.redo(&house.owner, house.base, false).await;
    assert!(matches!(redo().await, Err(Error::NothingToRedo)));
    undo().await.unwrap();
    undo().await.unwrap();
    assert_eq!(name().await, "a");
    redo().await.unwrap();
    assert_eq!(name().await, "b");
    redo().await.unwrap();
    assert_eq!(name().await, "c");
    assert!(matches!(redo().await, Err(Error::NothingToRedo)));
    undo().await.unwrap();
    assert_eq!(name().await, "b", "what was done again can be undone again");
    redo().await.unwrap();
    undo().await.unwrap();
    house.update("Tasks", &ids[0], json!({ "Name": "d" })).await;
    assert!(matches!(redo().await, Err(Error::NothingToRedo)));
    let bob = house.colleague("bob").await;
    undo().await.unwrap();
    assert!(matches!(house.records.redo(&bob, house.base, false).await, Err(Error::NothingToRedo)));
    assert_eq!(name().await, "b");
}

#[on_every_database]
async fn the_history_of_one_cell(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1 })]).await;
    house.update("Tasks", &ids[0], json!({ "Notes": "n" })).await;
    let named = house.update("Tasks", &ids[0], json!({ "Points": 2 })).await;
    let history = async |field: &str| {
        let of = (Some(ids[0].as_str()), Some(field));
        let page = house.records.history(&house.owner, house.base, of, None, 10).await?;
        Ok::<_, Error>(page.changes.iter().map(|change| change.sequence).collect::<Vec<_>>())
    };
    assert_eq!(history("Points").await.unwrap(), [named, named - 2]);
    assert_eq!(history("Notes").await.unwrap(), [named - 1]);
    assert!(history("Nope").await.is_err());
    assert!(house.records.history(&house.owner, house.base, (None, Some("Points")), None, 10).await.is_err());
}
