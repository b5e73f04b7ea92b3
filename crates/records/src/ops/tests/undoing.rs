//! Taking changes back.

use testkit::on_every_database;

use super::*;
use crate::ops::Undone;

async fn undo(house: &House, change: Option<i64>, force: bool) -> Result<Undone, Error> {
    house.records.undo(&house.owner, house.base, change, force).await
}

#[on_every_database]
async fn each_kind_of_change_is_taken_back_and_again(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1, "Project": "P" })]).await;
    let first = shown(&house, "Tasks").await;
    let updated = house.update("Tasks", &ids[0], json!({ "Points": 2, "Notes": "n", "Project": null })).await;
    let second = shown(&house, "Tasks").await;
    let deleted = house.delete("Tasks", &ids).await;

    let undone = undo(&house, Some(deleted), false).await.unwrap();
    assert_eq!((undone.undone, undone.sequence, undone.records, undone.skipped), (deleted, deleted + 1, 1, 0));
    assert_eq!(shown(&house, "Tasks").await, second);
    undo(&house, Some(updated), false).await.unwrap();
    assert_eq!(shown(&house, "Tasks").await, first);
    // Undoing the undoing does it again.
    let again = undo(&house, Some(deleted + 2), false).await.unwrap();
    assert_eq!(shown(&house, "Tasks").await, second);
    undo(&house, Some(again.sequence), false).await.unwrap();
    assert_eq!(shown(&house, "Tasks").await, first);
}

#[on_every_database]
async fn without_a_number_the_callers_newest_is_taken_back_step_by_step(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    for name in ["b", "c", "d"] {
        house.update("Tasks", &ids[0], json!({ "Name": name })).await;
    }
    for name in ["c", "b", "a"] {
        undo(&house, None, false).await.unwrap();
        assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Name"], name);
    }
    undo(&house, None, false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await, None);
    assert!(matches!(undo(&house, None, false).await, Err(Error::NothingToUndo { .. })));
}

#[on_every_database]
async fn somebody_elses_change_is_not_taken_back_unasked(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    let made = sequence(&house).await;
    let bob = house.colleague("bob").await;
    assert!(matches!(house.records.undo(&bob, house.base, None, false).await, Err(Error::NothingToUndo { .. })));
    assert!(house.get("Tasks", &ids[0]).await.is_some());
    let undone = house.records.undo(&bob, house.base, Some(made), false).await.unwrap();
    assert_eq!((undone.undone, house.get("Tasks", &ids[0]).await), (made, None));
}

#[on_every_database]
async fn what_an_undo_would_take_back_is_told_first(house: House) {
    assert!(matches!(
        house.records.check_undo(&house.owner, house.base, None, false).await,
        Err(Error::NothingToUndo { .. })
    ));
    let ids = house.create("Tasks", &[json!({ "Name": "a" }), json!({ "Name": "b" })]).await;
    let made = sequence(&house).await;
    house.update("Tasks", &ids[0], json!({ "Name": "c" })).await;
    let (schema, change) = house.records.check_undo(&house.owner, house.base, Some(made), false).await.unwrap();
    let part = change.body.tables.iter().find(|part| !part.created.is_empty()).unwrap();
    assert_eq!((schema.table_by_no(part.table).unwrap().name.as_str(), part.created.len()), ("Tasks", 2));
    let (_, newest) = house.records.check_undo(&house.owner, house.base, None, false).await.unwrap();
    assert_eq!(newest.sequence, made + 1);
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Name"], "c", "nothing is taken back yet");
}

#[on_every_database]
async fn a_change_is_taken_back_once(house: House) {
    house.create("Tasks", &[json!("a")]).await;
    let made = sequence(&house).await;
    undo(&house, Some(made), false).await.unwrap();
    let again = undo(&house, Some(made), false).await.err().unwrap();
    assert!(matches!(again, Error::TakenBack { change, by } if (change, by) == (made, made + 1)), "{again}");
    assert!(matches!(undo(&house, Some(9_999), false).await, Err(Error::NothingToUndo { .. })));
    assert!(matches!(undo(&house, Some(0), false).await, Err(Error::NothingToUndo { .. })));
}

#[on_every_database]
async fn conflicts_are_named_and_nothing_is_written_unless_forced(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1 }), json!({ "Name": "b", "Points": 1 })]).await;
    let updates = ids.iter().map(|id| crate::UpdateRecord {
        id: id.clone(),
        fields: crate::fixture::cells(json!({ "Points": 2, "Notes": "n" })),
    });
    let updates: Vec<_> = updates.collect();
    let both =
        house.records.update(&house.owner, house.base, "Tasks", &updates, (false, false)).await.unwrap().sequence;
    house.update("Tasks", &ids[0], json!({ "Points": 3 })).await;
    let before = (shown(&house, "Tasks").await, sequence(&house).await);
    let refused = undo(&house, Some(both), false).await.err().unwrap();
    let Error::Conflicts { count: 1, conflicts } = refused else { unreachable!("{refused}") };
    assert_eq!(conflicts, [format!("`Points` of {} has changed", ids[0])]);
    assert_eq!((shown(&house, "Tasks").await, sequence(&house).await), before);

    let forced = undo(&house, Some(both), true).await.unwrap();
    assert_eq!((forced.skipped, forced.records), (1, 2));
    let (first, second) = (house.get("Tasks", &ids[0]).await.unwrap(), house.get("Tasks", &ids[1]).await.unwrap());
    assert_eq!((first["Points"].as_i64(), first.get("Notes")), (Some(3), None));
    assert_eq!((second["Points"].as_i64(), second.get("Notes")), (Some(1), None));
}

#[on_every_database]
async fn a_record_changed_since_it_was_made_or_deleted_is_a_conflict(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" }), json!({ "Name": "b" })]).await;
    let made = sequence(&house).await;
    house.update("Tasks", &ids[0], json!({ "Name": "x" })).await;
    assert!(matches!(undo(&house, Some(made), false).await, Err(Error::Conflicts { count: 1, .. })));
    undo(&house, Some(made), true).await.unwrap();
    assert_eq!(house.column("Tasks", "Name", &ListQuery::default()).await, [json!("x")]);

    let renamed = house.update("Tasks", &ids[0], json!({ "Name": "y" })).await;
    house.delete("Tasks", &ids[..1]).await;
    let refused = undo(&house, Some(renamed), false).await;
    assert!(matches!(refused, Err(Error::NothingLeft { ref conflicts, .. }) if conflicts[0].ends_with("was deleted")));
}

#[on_every_database]
async fn what_was_linked_since_stays_linked(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "A" }), json!({ "Title": "B" })]).await;
    let ids = house.create("Tasks", &[json!({ "Name": "t" })]).await;
    let linked = house.update("Tasks", &ids[0], json!({ "Project": [projects[0]] })).await;
    house.update("Tasks", &ids[0], json!({ "Project": projects })).await;
    undo(&house, Some(linked), false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Project"], json!([projects[1]]));
}

#[on_every_database]
async fn choices_made_by_a_change_stay(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Status": "Fresh" })]).await;
    undo(&house, None, false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await, None);
    house.try_create("Tasks", &[json!({ "Status": "Fresh" })], false).await.unwrap();
}

#[on_every_database]
async fn schema_changes_and_what_is_too_old_are_refused(house: House) {
    let field = serde_json::from_value(json!({ "name": "More", "type": "singleLineText" })).unwrap();
    house.schemas.create_field(&house.owner, house.base, "Tasks", &field).await.unwrap();
    let schema = sequence(&house).await;
    assert!(matches!(undo(&house, Some(schema), false).await, Err(Error::Request { .. })));
    house.create("Tasks", &[json!("a")]).await;
    let made = sequence(&house).await;
    house.create("Tasks", &[json!("b")]).await;
    let mut tx = house.test.db.begin(db::Group::House).await.unwrap();
    tx.queue("UPDATE heads SET oldest = $1", db::params![made + 1]);
    tx.commit().await.unwrap();
    let (_, stranger) = house.stranger();
    let old = stranger.undo(&house.owner, house.base, Some(made), false).await.err().unwrap();
    assert!(matches!(old, Error::TooOld { oldest, .. } if oldest == made + 1), "{old}");
    assert!(old.to_string().starts_with("older than retention"));
}
