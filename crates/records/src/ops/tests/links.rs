//! Links, seen from both sides.

use testkit::on_every_database;

use super::*;

async fn projects_of(house: &House, id: &str) -> Value {
    house.get("Tasks", id).await.unwrap().get("Project").cloned().unwrap_or_default()
}

async fn tasks_of(house: &House, id: &str) -> Value {
    house.get("Projects", id).await.unwrap().get("Tasks").cloned().unwrap_or_default()
}

#[on_every_database]
async fn a_link_shows_on_both_sides_and_leaves_both(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "A" }), json!({ "Title": "B" })]).await;
    let tasks =
        house.create("Tasks", &[json!({ "Name": "t", "Project": [projects[0], projects[1]] }), json!("u")]).await;
    assert_eq!(projects_of(&house, &tasks[0]).await, json!(projects));
    house.update("Projects", &projects[1], json!({ "Tasks": [tasks[1], tasks[0]] })).await;
    assert_eq!(tasks_of(&house, &projects[1]).await, json!([tasks[1], tasks[0]]));
    assert_eq!(projects_of(&house, &tasks[1]).await, json!([projects[1]]));
    house.update("Projects", &projects[0], json!({ "Tasks": null })).await;
    assert_eq!(projects_of(&house, &tasks[0]).await, json!([projects[1]]));
    house.update("Tasks", &tasks[0], json!({ "Project": [] })).await;
    assert_eq!(tasks_of(&house, &projects[1]).await, json!([tasks[1]]));
}

#[on_every_database]
async fn records_made_together_link_to_one_new_record(house: House) {
    let new = [json!({ "Name": "t", "Project": "New" }), json!({ "Name": "u", "Project": ["New", "Other"] })];
    let tasks = house.create("Tasks", &new).await;
    let projects = shown(&house, "Projects").await;
    assert_eq!(projects, [json!({ "Title": "New", "Tasks": tasks }), json!({ "Title": "Other", "Tasks": [tasks[1]] })]);
    // One undo takes records and links away together.
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    assert!(shown(&house, "Tasks").await.is_empty() && shown(&house, "Projects").await.is_empty());
}

#[on_every_database]
async fn a_name_of_a_linked_record_is_looked_up_before_one_is_made(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "Apollo" }), json!({ "Title": "Gemini" })]).await;
    let tasks = house.create("Tasks", &[json!({ "Name": "t", "Project": " Gemini " })]).await;
    assert_eq!(projects_of(&house, &tasks[0]).await, json!([projects[1]]));
    let refused = house.try_create("Tasks", &[json!({ "Project": ["Gemini"] })], false).await;
    assert!(matches!(refused, Err(Error::Cell { .. })), "names need typecast");
}

#[on_every_database]
async fn a_link_named_twice_is_one_link(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "A" })]).await;
    let tasks = house.create("Tasks", &[json!({ "Project": [projects[0], projects[0]] })]).await;
    assert_eq!(projects_of(&house, &tasks[0]).await, json!([projects[0]]));
    assert_eq!(tasks_of(&house, &projects[0]).await, json!([tasks[0]]));
}

#[on_every_database]
async fn deleting_a_record_unlinks_it_and_undoing_links_it_again(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "A" }), json!({ "Title": "B" })]).await;
    let tasks = house
        .create(
            "Tasks",
            &[json!({ "Name": "t", "Project": projects }), json!({ "Name": "u", "Project": [projects[0]] })],
        )
        .await;
    house.delete("Projects", &projects[..1]).await;
    assert_eq!(projects_of(&house, &tasks[0]).await, json!([projects[1]]));
    assert_eq!(projects_of(&house, &tasks[1]).await, Value::Null);
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    assert_eq!(tasks_of(&house, &projects[0]).await, json!(tasks));
    let mut back = projects_of(&house, &tasks[0]).await;
    back.as_array_mut().unwrap().sort_by_key(ToString::to_string);
    assert_eq!(back, json!(projects));
    let (_, stranger) = house.stranger();
    let stored = stranger.get(&house.owner, house.base, "Projects", &projects[0]).await.unwrap();
    assert_eq!(told(&stored)[0]["fields"]["Tasks"], json!(tasks));
}

#[on_every_database]
async fn deleting_both_ends_at_once_and_undoing_brings_the_link_back(house: House) {
    let projects = house.create("Projects", &[json!({ "Title": "A" })]).await;
    let tasks = house
        .create("Tasks", &[json!({ "Name": "t", "Project": projects }), json!({ "Name": "u", "Project": projects })])
        .await;
    house.delete("Tasks", &tasks).await;
    assert_eq!(tasks_of(&house, &projects[0]).await, Value::Null);
    house.records.undo(&house.owner, house.base, None, false).await.unwrap();
    assert_eq!(tasks_of(&house, &projects[0]).await, json!(tasks));
}

#[on_every_database]
async fn a_table_may_link_to_itself(house: House) {
    let image = house.image(&house.records).await;
    let tasks = image.schema.table("Tasks").unwrap().id;
    let field = json!({ "name": "After", "type": "multipleRecordLinks", "options": { "linkedTableId": tasks } });
    let field = serde_json::from_value(field).unwrap();
    house.schemas.create_field(&house.owner, house.base, "Tasks", &field).await.unwrap();
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    let more =
        house.create("Tasks", &[json!({ "Name": "b", "After": ids }), json!({ "Name": "c", "After": "a" })]).await;
    assert_eq!(house.get("Tasks", &more[0]).await.unwrap()["After"], json!(ids));
    assert_eq!(house.get("Tasks", &more[1]).await.unwrap()["After"], json!(ids));
    house.update("Tasks", &ids[0], json!({ "After": ids })).await;
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["After"], json!(ids));
    house.delete("Tasks", &ids).await;
    assert_eq!(house.get("Tasks", &more[0]).await.unwrap().get("After"), None);
    let (_, stranger) = house.stranger();
    let stored = stranger.get(&house.owner, house.base, "Tasks", &more[1]).await.unwrap();
    assert_eq!(told(&stored)[0]["fields"].get("After"), None);
}
