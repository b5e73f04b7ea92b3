//! A picture brought forward is the picture built fresh, and one walked back is the one that was.

use changes::Since;
use model::{CellRef, Ordinal};
use testkit::on_every_database;

use super::*;
use crate::fixture::{list, told};
use images::View;

#[test]
fn a_picture_brought_forward_equals_one_built_fresh() {
    each_history(24, 24, async |house, acts| {
        house.image(&house.records).await;
        for act in &acts {
            carry_out(&house, &house.records, act).await;
        }
        let forward = house.image(&house.records).await;
        let (_, stranger) = house.stranger();
        let fresh = house.image(&stranger).await;
        assert_eq!(forward.sequence, fresh.sequence);
        assert_eq!(forward.schema.revision, fresh.schema.revision);
        assert_eq!(forward.schema.tables, fresh.schema.tables);
        assert_eq!(dump(&forward), dump(&fresh));
        assert_eq!(times(&forward), times(&fresh));
    });
}

#[test]
fn a_picture_walked_back_is_the_one_that_was() {
    each_history(16, 16, async |house, acts| {
        let mut were = vec![house.image(&house.records).await];
        for act in &acts {
            carry_out(&house, &house.records, act).await;
            were.push(house.image(&house.records).await);
        }
        let tenant = house.owner.tenant;
        let (_, stranger) = house.stranger();
        for was in &were {
            for records in [&house.records, &stranger] {
                let walked = records.images.at(tenant, was.schema.base_no, was.sequence).await.unwrap();
                assert_eq!(walked.schema.tables, was.schema.tables);
                assert_eq!(dump(&walked), dump(was), "at {}", was.sequence);
                assert_eq!(times(&walked), times(was), "at {}", was.sequence);
            }
        }
    });
}

#[on_every_database]
async fn a_picture_far_behind_reads_the_log_to_its_end(house: House) {
    let (_, stranger) = house.stranger();
    house.image(&stranger).await;
    let ids = house.create("Tasks", &[json!({ "Name": "first" })]).await;
    for turn in 0..300 {
        house.update("Tasks", &ids[0], json!({ "Points": turn })).await;
    }
    // Another process reads the head, and the log in several pieces.
    let (changes, other) = house.stranger();
    let base_no = house.image(&house.records).await.schema.base_no;
    let mut image = BaseImage::new(0, house.schemas.snapshot(house.owner.tenant, base_no).await.unwrap());
    assert!(other.images.catch_up(base_no, &mut image).await.unwrap());
    assert_eq!(image.sequence, changes.head(base_no).await.unwrap().sequence);
    let walked = other.images.at(house.owner.tenant, base_no, 10).await.unwrap();
    assert_eq!(walked.sequence, 10);
}

#[on_every_database]
async fn applying_a_change_twice_does_no_harm(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "one", "Project": "Apollo" }), json!({ "Name": "two" })]).await;
    house.delete("Tasks", &ids[1..]).await;
    let image = house.image(&house.records).await;
    let Since::Changes(log) = house.changes.since(image.schema.base_no, 0).await.unwrap() else { panic!("too old") };
    let mut again = BaseImage::clone(&image);
    // As when rows were read that are newer than the picture.
    again.sequence = 0;
    let changes: Vec<_> = log.iter().filter(|change| change.body.schema.is_empty()).collect();
    for change in &changes {
        again.apply(change);
    }
    assert_eq!(dump(&again), dump(&image));
}

#[on_every_database]
async fn computed_cells_of_a_walked_back_picture_stay_its_own(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "one", "Points": 1 })]).await;
    let before = house.image(&house.records).await.sequence;
    house.update("Tasks", &ids[0], json!({ "Points": 2 })).await;
    let double = |image: std::sync::Arc<BaseImage>| {
        let view = View::new(image, house.test.clock.now());
        let table = view.image.schema.table("Tasks").unwrap().clone();
        let rows = view.image.table(table.no);
        let mut text = String::new();
        view.plain_cell(&table, &rows, table.field("Double").unwrap(), Ordinal(0), &mut text).unwrap();
        text
    };
    let base_no = house.image(&house.records).await.schema.base_no;
    let walked = house.records.images.at(house.owner.tenant, base_no, before).await.unwrap();
    assert_eq!(double(walked.into()), "2");
    house.update("Tasks", &ids[0], json!({ "Points": 3 })).await;
    assert_eq!(double(house.image(&house.records).await), "6");
}

#[on_every_database]
async fn a_failed_operation_leaves_nothing_in_the_private_picture(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "one" })]).await;
    let base_no = house.image(&house.records).await.schema.base_no;
    let mut tx = house.changes.begin(house.owner.tenant, base_no).await.unwrap();
    let private = house.records.images.private(house.owner.tenant, base_no, &mut tx).await.unwrap();
    assert_eq!(private.image.sequence, tx.head().sequence);
    drop((private, tx));
    let gone = house.try_update("Tasks", "recNOSUCHRECORD00", json!({ "Name": "x" }), (false, false)).await;
    assert!(matches!(gone, Err(Error::RowDoesNotExist { .. })));
    house.update("Tasks", &ids[0], json!({ "Name": "two" })).await;
    assert_eq!(house.get("Tasks", &ids[0]).await.unwrap()["Name"], "two");
}

#[on_every_database]
async fn an_operation_keeps_its_picture_when_the_image_leaves_memory(house: House) {
    let ids = house.create("Tasks", &[json!({ "Name": "one", "Points": 1 })]).await;
    let base_no = house.image(&house.records).await.schema.base_no;
    let mut tx = house.changes.begin(house.owner.tenant, base_no).await.unwrap();
    let private = house.records.images.private(house.owner.tenant, base_no, &mut tx).await.unwrap();
    house.records.images.drop_image(base_no);
    let table = private.image.schema.table("Tasks").unwrap().no;
    assert_eq!(private.image.table(table).live.count(), 1);
    drop((private, tx));
    house.update("Tasks", &ids[0], json!({ "Points": 5 })).await;
    assert_eq!(house.column("Tasks", "Double", &list("", &[])).await, [json!(10)]);
}

#[on_every_database]
async fn a_picture_that_begins_behind_a_hard_gap_keeps_ordinals(house: House) {
    let ids = house.create("Tasks", &[json!("a"), json!("b"), json!("c")]).await;
    // Rows that retention took for good.
    let mut tx = house.test.db.begin(db::Group::House).await.unwrap();
    tx.queue("DELETE FROM records WHERE ordinal = $1", db::params![0]);
    tx.commit().await.unwrap();
    let (_, stranger) = house.stranger();
    let image = house.image(&stranger).await;
    let rows = image.table(image.schema.table("Tasks").unwrap().no);
    assert_eq!((rows.len(), rows.live.count()), (3, 2));
    assert_eq!(rows.find(ids[2].parse().unwrap()), Some(Ordinal(2)));
    assert!(matches!(rows.created.cell(1), CellRef::Time(_)));
    let found = stranger.get(&house.owner, house.base, "Tasks", &ids[1]).await.unwrap();
    assert_eq!(told(&found)[0]["fields"]["Name"], "b");
}
