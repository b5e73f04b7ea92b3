use model::{CellValue, Ordinal};
use serde_json::json;
use testkit::on_every_database;

use crate::fixture::House;

#[on_every_database]
async fn a_picture_stays_and_moves_on_by_changes(house: House) {
    let project = house.create("Projects", &[json!({ "Title": "Roof" })]).await;
    let task = house.create("Tasks", &[json!({ "Name": "Nail", "Points": 2, "Project": project })]).await;
    let scope = house.access.scope(&house.owner, house.base).await.unwrap();
    let before = house.changes.head(scope.base_no()).await.unwrap().sequence;
    house.update("Tasks", &task[0], json!({ "Points": 5, "Project": [] })).await;
    house.update("Projects", &project[0], json!({ "Title": "Wall" })).await;

    let mut picture = house.records.picture(&scope, before).await.unwrap();
    let schema = picture.schema().clone();
    let (tasks, projects) = (schema.table("Tasks").unwrap(), schema.table("Projects").unwrap());
    let (double, link) = (tasks.field("Double").unwrap(), tasks.field("Project").unwrap());
    let first = Ordinal(0);
    let doubled = house.records.look(&scope, &mut picture, |seen| seen.cell(tasks, double, first)).await.unwrap();
    assert_eq!(doubled, CellValue::Number(4.0));
    assert_eq!(picture.links(tasks.no, link.no, first), [0]);
    assert_eq!(picture.title(projects.no, first).unwrap(), "Roof");
    assert_eq!(picture.id(tasks.no, first).unwrap().to_string(), task[0]);
    assert_eq!(picture.created(tasks.no, first), house.test.clock.now());

    let changes::Since::Changes(later) = house.changes.since(scope.base_no(), before).await.unwrap() else {
        panic!("the log reaches back");
    };
    for change in &later {
        picture.apply(change);
    }
    assert_eq!(picture.cell(tasks, double, first).unwrap(), CellValue::Number(10.0));
    assert!(picture.links(tasks.no, link.no, first).is_empty());
    assert_eq!(picture.title(projects.no, first).unwrap(), "Wall");
}

#[on_every_database]
async fn a_picture_brings_in_what_is_not_in_memory(house: House) {
    house.create("Projects", &[json!({ "Title": "Roof" })]).await;
    let tight = house.with_memory(1);
    let scope = house.access.scope(&house.owner, house.base).await.unwrap();
    let head = house.changes.head(scope.base_no()).await.unwrap().sequence;
    let mut picture = tight.picture(&scope, head).await.unwrap();
    let projects = picture.schema().table("Projects").unwrap().no;
    let title = tight.look(&scope, &mut picture, |seen| seen.title(projects, Ordinal(0))).await;
    assert!(title.is_err() || title.unwrap() == "Roof", "refused for want of memory, or right");
}
