//! Creating, updating, replacing and deleting.

use testkit::on_every_database;

use super::*;
use crate::fixture::cells;
use crate::ops::UpdateRecord;

#[on_every_database]
async fn a_batch_is_written_whole_or_not_at_all(house: House) {
    let ids = house.create("Tasks", &[json!("a"), json!("b")]).await;
    let before = (shown(&house, "Tasks").await, sequence(&house).await);
    let wrong = json!({ "Name": "d", "Points": "many" });
    let created = house.try_create("Tasks", &[json!("c"), wrong, json!("e")], false).await;
    assert!(matches!(created, Err(Error::Cell { ref pointer, .. }) if pointer == "/records/1/fields/Points"));
    let unlinked = json!({ "Name": "d", "Project": ["rec00000000000000"] });
    let created = house.try_create("Tasks", &[json!("c"), unlinked], false).await;
    assert!(matches!(created, Err(Error::RowDoesNotExist { ref id }) if id == "rec00000000000000"));
    let updates = [(&ids[0], json!("x")), (&"rec00000000000000".to_owned(), json!("y"))]
        .map(|(id, fields)| UpdateRecord { id: id.clone(), fields: cells(fields) });
    let updated = house.records.update(&house.owner, house.base, "Tasks", &updates, (false, false)).await;
    assert!(matches!(updated, Err(Error::RowDoesNotExist { .. })));
    let deleted =
        house.records.delete(&house.owner, house.base, "Tasks", &[ids[0].clone(), "nonsense".to_owned()]).await;
    assert!(matches!(deleted, Err(Error::RowDoesNotExist { ref id }) if id == "nonsense"));
    assert_eq!((shown(&house, "Tasks").await, sequence(&house).await), before);
}

#[on_every_database]
async fn answers_come_in_the_order_of_the_request(house: House) {
    let ids = house.create("Tasks", &[json!("a"), json!("b"), json!("c")]).await;
    let updates: Vec<UpdateRecord> =
        [2, 0, 1].map(|at: usize| UpdateRecord { id: ids[at].clone(), fields: cells(json!({ "Points": at })) }).into();
    let written = house.records.update(&house.owner, house.base, "Tasks", &updates, (false, false)).await.unwrap();
    let points: Vec<Value> = told(&written.found).iter().map(|record| record["fields"]["Points"].clone()).collect();
    assert_eq!(points, [2, 0, 1].map(|n| json!(n)));
    let backwards: Vec<String> = ids.iter().rev().cloned().collect();
    let deleted = house.records.delete(&house.owner, house.base, "Tasks", &backwards).await.unwrap();
    assert_eq!(deleted.ids.iter().map(ToString::to_string).collect::<Vec<_>>(), backwards);
}

#[on_every_database]
async fn a_record_named_twice_in_a_batch_takes_both_changes(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1 })]).await;
    let updates: Vec<UpdateRecord> =
        [json!({ "Name": "b", "Status": "Open" }), json!({ "Points": 2, "Status": "Done" })]
            .map(|fields| UpdateRecord { id: ids[0].clone(), fields: cells(fields) })
            .into();
    house.records.update(&house.owner, house.base, "Tasks", &updates, (false, false)).await.unwrap();
    let expected = json!({ "Name": "b", "Points": 2, "Status": "Done", "No": 1, "Double": 4, "Label": "b in " });
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap(), expected);
    let (_, stranger) = house.stranger();
    let stored = stranger.get(&house.owner, house.base, "Tasks", &ids[0]).await.unwrap();
    assert_eq!(told(&stored)[0]["fields"], expected, "the row says the same");
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Points"], 1);
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap().get("Status"), None);
    let twice = [ids[0].clone(), ids[0].clone()];
    house.records.delete(&house.owner, house.base, "Tasks", &twice).await.unwrap();
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Name"], "a");
}

#[on_every_database]
async fn writing_what_is_there_already_changes_nothing(house: House) {
    let fields = json!({ "Name": "a", "Points": 1, "Tags": ["a", "b"], "Due": "2026-02-03", "Urgent": true });
    let ids = house.create("Tasks", std::slice::from_ref(&fields)).await;
    let before = sequence(&house).await;
    assert_eq!(house.update("Tasks", &ids[0], fields).await, before);
    assert_eq!(house.update("Tasks", &ids[0], json!({})).await, before);
    assert_eq!(house.update("Tasks", &ids[0], json!({ "Points": 2 })).await, before + 1);
}

#[on_every_database]
async fn a_replacement_clears_what_it_does_not_name_but_nothing_computed(house: House) {
    let fields = json!({ "Name": "a", "Notes": "n", "Points": 1.5, "Status": "Open", "Tags": ["a"], "Due": "2026-02-03",
        "Urgent": true, "Project": "Apollo" });
    let ids = house.create("Tasks", &[fields]).await;
    house.try_update("Tasks", &ids[0], json!({ "Points": 2 }), (false, true)).await.unwrap();
    let left = house.get("Tasks", &ids[0]).await.unwrap();
    assert_eq!(left, json!({ "Points": 2, "No": 1, "Double": 4, "Label": " in " }));
    assert_eq!(shown(&house, "Projects").await, [json!({ "Title": "Apollo" })]);
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    let back = house.get("Tasks", &ids[0]).await.unwrap();
    assert_eq!((back["Notes"].as_str(), back["Label"].as_str()), (Some("n"), Some("a in Apollo")));
}

#[on_every_database]
async fn new_choices_come_only_with_typecast_and_once(house: House) {
    let refused = house.try_create("Tasks", &[json!({ "Status": "Waiting" })], false).await;
    assert!(matches!(refused, Err(Error::Cell { airtable_type: "INVALID_MULTIPLE_CHOICE_OPTIONS", .. })));
    let revision = house.image(&house.records).await.schema.revision;
    let new =
        [json!({ "Status": "Waiting", "Tags": ["x", "y"] }), json!({ "Status": "Waiting", "Tags": ["y", "x", "a"] })];
    house.create("Tasks", &new).await;
    let image = house.image(&house.records).await;
    assert_eq!(image.schema.revision, revision + 1, "one change, one revision");
    let table = image.schema.table("Tasks").unwrap();
    let names = |field: &str| -> Vec<String> {
        table.field(field).unwrap().kind.select().unwrap().choices.iter().map(|choice| choice.name.clone()).collect()
    };
    assert_eq!(names("Status"), ["Open", "Done", "Waiting"]);
    assert_eq!(names("Tags"), ["a", "b", "x", "y"]);
    let (_, stranger) = house.stranger();
    let stored = stranger.view(&house.owner, house.base).await.unwrap().1.image;
    assert_eq!(stored.schema.tables, image.schema.tables);
    assert_eq!(stored.schema.revision, image.schema.revision);
}

#[on_every_database]
async fn writers_who_add_the_same_choice_at_once_add_one(house: House) {
    let new = [json!({ "Status": "New" })];
    let make = || house.try_create("Tasks", &new, true);
    let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
    assert!([a, b, c, d].iter().all(Result::is_ok));
    let image = house.image(&house.records).await;
    let field = image.schema.table("Tasks").unwrap().field("Status").unwrap().clone();
    assert_eq!(field.kind.select().unwrap().choices.len(), 3);
    assert_eq!(house.column("Tasks", "Status", &ListQuery::default()).await, vec![json!("New"); 4]);
}

#[on_every_database]
async fn an_operation_that_fails_in_a_group_leaves_the_others(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 0 })]).await;
    let before = sequence(&house).await;
    let (good, bad) = (json!({ "Points": 1 }), json!({ "Project": ["rec00000000000000"] }));
    let third = [json!({ "Name": "b", "Status": "Later" })];
    let fourth = [json!({ "Name": "c" }), json!({ "Project": ["rec00000000000000"] })];
    let (first, second, third, fourth) = tokio::join!(
        house.try_update("Tasks", &ids[0], good, (false, false)),
        house.try_update("Tasks", &ids[0], bad, (false, false)),
        house.try_create("Tasks", &third, true),
        house.try_create("Tasks", &fourth, false),
    );
    assert!(first.is_ok() && third.is_ok());
    assert!(
        matches!(second, Err(Error::RowDoesNotExist { .. })) && matches!(fourth, Err(Error::RowDoesNotExist { .. }))
    );
    assert_eq!(sequence(&house).await, before + 2, "no number is lost");
    assert_eq!(house.column("Tasks", "Name", &ListQuery::default()).await, ["a", "b"].map(|name| json!(name)));
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Points"], 1);
}

#[on_every_database]
async fn auto_numbers_go_on_after_deletions(house: House) {
    let ids = house.create("Tasks", &[json!("a"), json!("b"), json!("c")]).await;
    house.delete("Tasks", &ids[1..]).await;
    house.create("Tasks", &[json!("d")]).await;
    assert_eq!(house.column("Tasks", "No", &ListQuery::default()).await, [json!(1), json!(4)]);
    let (_, stranger) = house.stranger();
    let page = stranger.list(&house.owner, house.base, "Tasks", &ListQuery::default()).await.unwrap();
    assert_eq!(told(&page.found)[1]["fields"]["No"], 4);
}

#[on_every_database]
async fn the_nul_character_is_refused_in_every_text(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    let before = (shown(&house, "Tasks").await, sequence(&house).await);
    for fields in [
        json!({ "Name": "a\u{0}b" }),
        json!({ "Notes": "\u{0}" }),
        json!({ "Status": "a\u{0}" }),
        json!({ "Tags": ["b\u{0}"] }),
        json!({ "Project": "c\u{0}" }),
        json!({ "Project": ["d\u{0}"] }),
    ] {
        let created = house.try_create("Tasks", std::slice::from_ref(&fields), true).await;
        assert!(matches!(created, Err(Error::Cell { .. })), "created with {fields}");
        let updated = house.try_update("Tasks", &ids[0], fields.clone(), (true, false)).await;
        assert!(matches!(updated, Err(Error::Cell { .. })), "updated with {fields}");
    }
    assert_eq!((shown(&house, "Tasks").await, sequence(&house).await), before);
}

#[on_every_database]
async fn what_is_only_checked_is_not_written(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Status": "Open" })]).await;
    let before = (shown(&house, "Tasks").await, sequence(&house).await);
    let (records, owner, base) = (&house.records, &house.owner, house.base);
    let new = [cells(json!({ "Name": "b", "Status": "Never" }))];
    records.check_create(owner, base, "Tasks", &new, true).await.unwrap();
    let update = UpdateRecord { id: ids[0].clone(), fields: cells(json!({ "Name": "z" })) };
    let found = records.check_update(owner, base, "Tasks", &[update], false).await.unwrap();
    assert_eq!(told(&found)[0]["fields"]["Name"], "a");
    let found = records.check_delete(owner, base, "Tasks", &ids).await.unwrap();
    assert_eq!(found.ids().len(), 1);
    assert!(records.check_create(owner, base, "Tasks", &[cells(json!({ "Nope": 1 }))], true).await.is_err());
    assert_eq!((shown(&house, "Tasks").await, sequence(&house).await), before);
}

#[on_every_database]
async fn a_field_made_between_reading_and_writing_is_known(house: House) {
    let field =
        serde_json::from_value(json!({ "name": "Extra", "type": "number", "options": { "precision": 0 } })).unwrap();
    let new = [json!({ "Name": "a" })];
    let (made, written) = tokio::join!(
        house.schemas.create_field(&house.owner, house.base, "Tasks", &field),
        house.try_create("Tasks", &new, false),
    );
    made.unwrap();
    written.unwrap();
    let ids = house.create("Tasks", &[json!({ "Extra": 5 })]).await;
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Extra"], 5);
}

#[on_every_database]
async fn unknown_names_are_answered_with_the_closest(house: House) {
    let unknown = house.try_create("Tasks", &[json!({ "Pionts": 1 })], false).await.err().unwrap();
    assert!(matches!(&unknown, Error::UnknownField { name, hint } if name == "Pionts" && hint.contains("`Points`")));
    let unknown = house.try_create("Task", &[json!({})], false).await.err().unwrap();
    assert!(matches!(&unknown, Error::TableNotFound { hint, .. } if hint.contains("`Tasks`")), "{unknown}");
}
