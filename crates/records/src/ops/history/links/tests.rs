use serde_json::{Value, json};
use testkit::on_every_database;

use super::*;
use crate::fixture::House;
use crate::ops::BACK;

#[on_every_database]
async fn what_lies_too_far_back_is_told_by_what_became_different(house: House) {
    let project = house.create("Projects", &[json!({ "Title": "A" })]).await.remove(0);
    let task = house.create("Tasks", &[json!("t")]).await.remove(0);
    let linked = house.update("Tasks", &task, json!({ "Project": [project] })).await;
    // The log is read by pages, and never a part of one.
    for turn in 0..300 {
        house.update("Tasks", &task, json!({ "Points": turn })).await;
    }
    house.update("Tasks", &task, json!({ "Project": [] })).await;

    let (_, view) = house.records.view(&house.owner, house.base).await.unwrap();
    let image = &view.image;
    let table = image.schema.table("Tasks").unwrap();
    let cell = (table.no, Ordinal(0), table.field_exact("Project").unwrap().no);
    let wanted = Wanted::from([(linked, vec![cell]), (image.sequence, vec![cell])]);
    for (most, reached) in [(BACK, 2), (257, 2), (256, 1), (1, 1), (0, 0)] {
        let lists = house.records.lists(image.schema.base_no, image, &wanted, most).await.unwrap();
        assert_eq!(lists.len(), reached, "{most}");
        for ((change, _), both) in lists {
            let (empty, full) = (Linked::default(), Linked { ids: vec![project.parse().unwrap()], count: 1 });
            let expected = if change == linked { (&empty, &full) } else { (&full, &empty) };
            assert_eq!((&both.before, &both.after), expected, "change {change}");
        }
    }
    let mut changes = vec![house.records.changes.find(image.schema.base_no, linked).await.unwrap().unwrap()];
    let edits = edits(image, &mut changes, None);
    let (_, edit) = edits.iter().find(|(of, _)| *of == cell).unwrap();
    assert!(edit.lists.is_none() && edit.unlinked.ids.is_empty());
    assert_eq!(json!(edit.linked.ids), Value::from(vec![project]));
}
