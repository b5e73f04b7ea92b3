use std::sync::Arc;

use model::{FieldNo, TableNo};
use proptest::prelude::*;
use schema::Copied;
use serde_json::json;
use testkit::on_every_database;

use super::merged;
use crate::fixture::{House, WIDE, list};
use crate::ops::Records;
use images::BaseImage;

/// The lists of both sides that come of pairs linked in this order.
fn lists(pairs: &[(u32, u32)]) -> (Vec<Vec<u32>>, Vec<Vec<u32>>) {
    let (mut one, mut other) = (vec![Vec::new(); 8], vec![Vec::new(); 8]);
    for (from, to) in pairs {
        if !one[*from as usize].contains(to) {
            one[*from as usize].push(*to);
            other[*to as usize].push(*from);
        }
    }
    (one, other)
}

fn borrowed(lists: &[Vec<u32>]) -> Vec<&[u32]> {
    lists.iter().map(Vec::as_slice).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn pairs_come_in_the_order_of_both_sides(pairs in prop::collection::vec((0..8_u32, 0..8_u32), 0..40)) {
        let (one, other) = lists(&pairs);
        prop_assert_eq!(lists(&merged(&borrowed(&one), &borrowed(&other))), (one.clone(), other));
        // A link of a table to itself has one side.
        prop_assert_eq!(lists(&merged(&borrowed(&one), &[])).0, one);
    }
}

#[test]
fn lists_that_do_not_agree_lose_no_pair() {
    let pairs = merged(&[&[0, 1], &[1, 0]], &[&[0, 1], &[0, 1]]);
    assert_eq!(lists(&pairs).0[..2], [vec![0, 1], vec![1, 0]]);
    let circle = merged(&[&[0, 1], &[1, 0]], &[&[1, 0], &[0, 1]]);
    assert_eq!(lists(&circle).0[..2], [vec![0, 1], vec![1, 0]]);
}

/// A table whose copy was begun, and everything that it takes to fill it.
struct Begun {
    image: Arc<BaseImage>,
    target: Arc<model::Schema>,
    copied: Copied,
    permit: tenancy::Permit,
}

async fn begin(house: &House) -> Begun {
    house.create("Projects", &[json!({ "Title": "House" })]).await;
    house.create("Tasks", &[json!({ "Name": "a", "Project": ["House"] }), json!({ "Name": "b" })]).await;
    let image = house.image(&house.records).await;
    let begun = house.schemas.begin_table_copy(&house.owner, house.base, (&image.schema, "Tasks"), None).await;
    let (target, copied) = begun.unwrap().unwrap();
    let permit = house.access.permit(&house.owner, tenancy::Action::WriteRecords, house.base).await.unwrap();
    Begun { image, target, copied, permit }
}

impl Begun {
    async fn fill(&self, house: &House) -> Result<(), crate::Error> {
        house.records.fill(&house.owner, &self.image, (&self.permit, &self.target, &self.copied)).await
    }

    fn copy(&self) -> Arc<model::Table> {
        Arc::clone(self.target.table_by_no(self.copied.tables[0].1).unwrap())
    }
}

#[on_every_database]
async fn nobody_sees_a_copy_before_it_is_whole(house: House) {
    let begun = begin(&house).await;
    let id = begun.copy().id.to_string();
    let unseen = async || {
        let schema = house.schemas.describe(&house.owner, house.base).await.unwrap();
        assert_eq!(schema.live_tables().count(), 2);
        assert_eq!(schema.tables[0].live_fields().count(), 3, "no other side either");
        let listed = house.records.list(&house.owner, house.base, &id, &list("", &[])).await;
        assert!(matches!(listed, Err(crate::Error::TableNotFound { .. })));
    };
    unseen().await;
    begun.fill(&house).await.unwrap();
    unseen().await;
    house.schemas.restore(&house.owner, house.base, &id).await.unwrap();
    assert_eq!(house.column("Tasks copy", "Label", &list("", &[])).await, [json!("a in House"), json!("b in ")]);
}

#[on_every_database]
async fn a_copy_that_somebody_takes_out_of_the_trash_early_is_theirs(house: House) {
    let begun = begin(&house).await;
    house.schemas.restore(&house.owner, house.base, &begun.copy().id.to_string()).await.unwrap();
    house.create("Tasks copy", &[json!({ "Name": "mine" })]).await;
    let error = begun.fill(&house).await.unwrap_err().to_string();
    assert!(error.contains("before it was whole"), "{error}");
    assert_eq!(house.column("Tasks copy", "Name", &list("", &[])).await, [json!("mine")]);
}

#[on_every_database]
async fn a_copy_is_begun_only_of_the_schema_that_was_seen(house: House) {
    let image = house.image(&house.records).await;
    let field = serde_json::from_value(json!({ "name": "Late", "type": "email" })).unwrap();
    house.schemas.create_field(&house.owner, house.base, "Tasks", &field).await.unwrap();
    let begun = house.schemas.begin_table_copy(&house.owner, house.base, (&image.schema, "Tasks"), None).await;
    assert!(begun.unwrap().is_none());
    let schema = house.schemas.describe(&house.owner, house.base).await.unwrap();
    assert_eq!((schema.tables.len(), schema.revision), (2, image.schema.revision + 1), "nothing was written");
}

/// Every stored cell of a base, by table, place and field of the first one.
async fn all(house: &House, records: &Records, base: model::BaseId) -> Vec<String> {
    let (_, view) = records.view(&house.owner, base).await.unwrap();
    let mut cells = Vec::new();
    for table in view.image.schema.live_tables() {
        let rows = view.image.table(table.no);
        for ordinal in rows.live.ones() {
            for field in table.live_fields() {
                let cell = rows.cell(field.no, model::Ordinal(ordinal as u32));
                cells.push(format!("{} {ordinal} {} {cell:?}", table.name, field.name));
            }
        }
    }
    cells
}

#[on_every_database]
async fn a_base_that_is_not_in_memory_is_copied_all_the_same(house: House) {
    house.create("Projects", &(0..9).map(|n| json!({ "Title": format!("p{n}") })).collect::<Vec<_>>()).await;
    let task = |n: usize| {
        json!({ "Name": format!("task {n}"), "Notes": "long ".repeat(n), "Points": n, "Status": "Done", "Tags": ["b", "a"],
            "Project": [format!("p{}", n % 9), format!("p{}", n % 4)] })
    };
    house.create("Tasks", &(0..300).map(task).collect::<Vec<_>>()).await;
    let tight = house.with_memory(1);
    let (_, view) = tight.view(&house.owner, house.base).await.unwrap();
    assert!(view.image.need(TableNo(2), [FieldNo(3)]).is_err(), "its columns are not in memory");
    let made = tight.duplicate_base(&house.owner, house.base, None, (None, true)).await.unwrap();
    let wide = house.with_memory(WIDE);
    assert_eq!(all(&house, &wide, made.base).await, all(&house, &wide, house.base).await);
    let (schema, no) = tight.duplicate_table(&house.owner, made.base, "Tasks", (None, true)).await.unwrap();
    assert_eq!(schema.table_by_no(no).unwrap().name, "Tasks copy");
    let (before, after) = (all(&house, &wide, house.base).await, all(&house, &wide, made.base).await);
    let names: Vec<&String> = after.iter().filter(|cell| cell.starts_with("Tasks copy")).collect();
    let expected = before.iter().filter(|cell| cell.starts_with("Tasks "));
    assert_eq!(
        names,
        expected.map(|cell| cell.replacen("Tasks", "Tasks copy", 1)).collect::<Vec<_>>().iter().collect::<Vec<_>>()
    );
}
