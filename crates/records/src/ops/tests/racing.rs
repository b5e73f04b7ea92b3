//! Several writers at the same records; on PostgreSQL as two processes.

use std::sync::Arc;

use events::Change;
use model::CellValue;
use testkit::on_every_database;

use super::*;
use crate::fixture::cells;
use crate::ops::{Records, UpdateRecord};

/// The whole log, oldest first.
async fn log(house: &House) -> Vec<Arc<Change>> {
    let base = house.image(&house.records).await.schema.base_no;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let read = house.changes.list_newest(base, before, 256).await.unwrap();
        let Some(last) = read.last() else { break };
        before = Some(last.sequence);
        all.extend(read);
    }
    all.reverse();
    all
}

#[on_every_database]
async fn two_processes_at_the_same_records_keep_one_history(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 0 }), json!({ "Name": "b", "Points": 0 })]).await;
    let projects = house.create("Projects", &[json!({ "Title": "P" }), json!({ "Title": "Q" })]).await;
    let processes = house.processes().await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..6_usize {
        let (records, owner, base) = (processes[writer % 2].clone(), house.owner.clone(), house.base);
        let (ids, projects) = (ids.clone(), projects.clone());
        writers.spawn(async move {
            for turn in 0..8_usize {
                let fields = json!({ "Points": writer * 100 + turn, "Notes": format!("{writer}"), "Status": format!("s{}", turn % 3),
                    "Project": [projects[turn % 2]] });
                let update = UpdateRecord { id: ids[turn % 2].clone(), fields: cells(fields) };
                records.update(&owner, base, "Tasks", &[update], (true, false)).await.unwrap();
                let new = cells(json!({ "Name": format!("{writer}-{turn}"), "Status": format!("s{}", turn % 4) }));
                records.create(&owner, base, "Tasks", &[new], true).await.unwrap();
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    // Every record once, numbered without gaps, and both processes and the rows agree.
    let mut pictures = Vec::new();
    for records in [processes[0].clone(), processes[1].clone(), house.stranger().1] {
        let query = ListQuery { page_size: Some(100), ..ListQuery::default() };
        let page = records.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
        pictures.push(told(&page.found));
    }
    assert_eq!(pictures[0].len(), 50);
    let numbers: Vec<i64> = pictures[0].iter().map(|record| record["fields"]["No"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=50).collect::<Vec<_>>());
    assert_eq!(pictures[0], pictures[1]);
    assert_eq!(pictures[0], pictures[2]);
    // What each change found is what the one before left.
    let mut cells: std::collections::BTreeMap<(u32, u32), CellValue> = std::collections::BTreeMap::new();
    for (at, change) in log(&house).await.iter().enumerate() {
        assert_eq!(change.sequence, at as i64 + 1);
        for part in &change.body.tables {
            for record in &part.created {
                cells.extend(record.cells.iter().map(|(no, cell)| ((record.ordinal.0, no.0), cell.clone())));
            }
            for record in &part.updated {
                for cell in &record.cells {
                    let held = cells.insert((record.ordinal.0, cell.field.0), cell.after.clone());
                    assert_eq!(held.unwrap_or_default(), cell.before, "change {}", change.sequence);
                }
            }
        }
    }
}

#[on_every_database]
async fn what_one_process_writes_the_other_reads_at_once(house: House) {
    let [mine, theirs] = house.processes().await;
    let ids = house.create("Tasks", &[json!({ "Name": "a", "Points": 0 })]).await;
    for turn in 1..15 {
        let (writer, reader) = if turn % 2 == 0 { (&mine, &theirs) } else { (&theirs, &mine) };
        let update = UpdateRecord { id: ids[0].clone(), fields: cells(json!({ "Points": turn })) };
        writer.update(&house.owner, house.base, "Tasks", &[update], (false, false)).await.unwrap();
        let found = reader.get(&house.owner, house.base, "Tasks", &ids[0]).await.unwrap();
        assert_eq!(told(&found)[0]["fields"]["Double"], turn * 2);
    }
}

#[on_every_database]
async fn a_record_is_deleted_by_one_of_many(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "a" })]).await;
    let [mine, theirs] = house.processes().await;
    let delete = |records: Records| {
        let (owner, base, ids) = (house.owner.clone(), house.base, ids.clone());
        async move { records.delete(&owner, base, "Tasks", &ids).await }
    };
    let answers: [_; 4] =
        tokio::join!(delete(mine.clone()), delete(theirs.clone()), delete(mine), delete(theirs)).into();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers.iter().filter_map(|answer| answer.as_ref().err()).all(|e| matches!(e, Error::RowDoesNotExist { .. }))
    );
}
