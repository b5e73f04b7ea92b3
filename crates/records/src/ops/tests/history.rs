//! What happened, the newest first.

use testkit::on_every_database;

use super::*;

#[on_every_database]
async fn the_history_of_a_base_is_walked_page_by_page(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    for turn in 0..7 {
        house.update("Tasks", &ids[0], json!({ "Points": turn })).await;
    }
    let newest = sequence(&house).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = house.records.history(&house.owner, house.base, (None, None), before, 3).await.unwrap();
        seen.extend(page.changes.iter().map(|change| change.sequence));
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (1..=newest).rev().collect::<Vec<_>>());
}

#[on_every_database]
async fn the_history_of_a_record_has_its_changes_and_no_others(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 0 }), json!({ "Name": "b" })]).await;
    let made = sequence(&house).await;
    let mut expected = vec![made];
    for turn in 1..5 {
        expected.push(house.update("Tasks", &ids[0], json!({ "Points": turn })).await);
        house.update("Tasks", &ids[1], json!({ "Points": turn })).await;
    }
    expected.push(house.delete("Tasks", &ids[..1]).await);
    expected.push(house.records.undo(&house.owner, house.base, None, false).await.unwrap().sequence);
    expected.reverse();
    let page = house.records.history(&house.owner, house.base, (Some(&ids[0]), None), None, 100).await.unwrap();
    assert_eq!(page.changes.iter().map(|change| change.sequence).collect::<Vec<_>>(), expected);
    // Each names the one before, so that the history of a record is a walk.
    let id = ids[0].parse().unwrap();
    let previous = page.changes.iter().map(|change| {
        let part = &change.body.tables[0];
        let whole =
            part.created.iter().chain(&part.deleted).chain(&part.restored).map(|record| (record.id, record.previous));
        let all = whole.chain(part.updated.iter().map(|record| (record.id, record.previous)));
        all.into_iter().find(|(of, _)| *of == id).unwrap().1
    });
    let mut walk = expected.split_off(1);
    walk.push(0);
    assert_eq!(previous.collect::<Vec<_>>(), walk);
}

#[on_every_database]
async fn a_change_tells_before_and_after(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 1 })]).await;
    house.update("Tasks", &ids[0], json!({ "Points": null, "Name": "b" })).await;
    let page = house.records.history(&house.owner, house.base, (Some(&ids[0]), None), None, 1).await.unwrap();
    let table = page.schema.table("Tasks").unwrap();
    let mut cells: Vec<(String, String)> = Vec::new();
    for cell in &page.changes[0].body.tables[0].updated[0].cells {
        let name = table.field_by_no(cell.field).unwrap().name.clone();
        cells.push((name, format!("{:?} > {:?}", cell.before, cell.after)));
    }
    cells.sort();
    let told = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    assert_eq!(cells, [told("Name", "Text(\"a\") > Text(\"b\")"), told("Points", "Number(1.0) > Empty")]);
    let actor = &page.changes[0].actor;
    assert_eq!((*actor == house.owner.actor, page.changes[0].door), (true, house.owner.door));
    let nobody = house.records.history(&house.owner, house.base, (Some("nonsense"), None), None, 1).await;
    assert!(matches!(nobody, Err(Error::RecordNotFound { .. })));
}

#[on_every_database]
async fn what_a_conversion_left_behind_is_read_from_the_rows(house: House) {
    let long = |n: usize| json!({ "Name": n.to_string(), "Notes": format!("{n} {}", "note ".repeat(100)) });
    let ids = house.create("Tasks", &(0..200).map(long).collect::<Vec<_>>()).await;
    let line = crate::ops::NewType { name: "singleLineText".to_owned(), options: None };
    let how = crate::ops::How { loss: true, ..Default::default() };
    let place = ("Tasks", "Notes");
    let done = house.records.convert(&house.owner, house.base, place, &line, how).await.unwrap();
    // Another process, and one with less memory than both columns take.
    let image = house.image(&house.records).await;
    let (_, stranger) = house.stranger();
    let tight = house.with_memory(image.memory() * 2 / 3);
    assert!(!house.image(&tight).await.is_whole(), "something is not in memory");
    for records in [&house.records, &stranger, &tight] {
        let asked = (Some(ids[7].as_str()), Some("Notes"));
        let page = records.history(&house.owner, house.base, asked, None, 100).await.unwrap();
        let sequences: Vec<i64> = page.changes.iter().map(|change| change.sequence).collect();
        assert_eq!((sequences.len(), sequences[0]), (2, done.change.unwrap()));
        let [cell] = page.converted.as_slice() else { panic!("one conversion") };
        let crate::ops::CellHeld::Value(model::CellValue::Text(before)) = &cell.before else { panic!("a text") };
        assert!(before.starts_with("7 note") && cell.record.1.to_string() == ids[7], "{before}");
    }
}
