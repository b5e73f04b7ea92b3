use std::time::Duration;

use serde_json::json;
use testkit::on_every_database;

use super::*;
use crate::fixture::{House, cells};
use crate::ops::ListQuery;

/// The page as the door writes it, which must be as it is written without keeping any.
async fn page(house: &House, table: &str, shape: &Shape) -> String {
    let page = house.records.list(&house.owner, house.base, table, &ListQuery::default()).await.unwrap();
    let (mut out, mut anew) = (Vec::new(), Vec::new());
    house.records.write_page(&page.found, shape, &mut out).unwrap();
    page.found.write_all(shape, &mut anew).unwrap();
    assert_eq!(out, anew);
    String::from_utf8(out).unwrap()
}

async fn create(house: &House, title: &str) {
    let new = [cells(json!({ "Title": title }))];
    house.records.create(&house.owner, house.base, "Projects", &new, false).await.unwrap();
}

fn kept(house: &House) -> usize {
    house.records.pages.kept.lock().len()
}

#[on_every_database]
async fn a_page_is_kept_when_it_is_asked_for_again_and_until_something_changes(house: House) {
    let shape = Shape::default();
    create(&house, "Apollo").await;
    let first = page(&house, "Projects", &shape).await;
    assert_eq!(kept(&house), 0);
    for _ in 0..3 {
        assert_eq!(page(&house, "Projects", &shape).await, first);
        assert_eq!(kept(&house), 1);
    }
    create(&house, "Gemini").await;
    let second = page(&house, "Projects", &shape).await;
    assert!(second.contains("Apollo") && second.contains("Gemini"));
    assert!(house.records.pages.shed(false) > 0);
    assert_eq!(house.records.pages.shed(true), 0);
    assert_eq!(page(&house, "Projects", &shape).await, second);
}

#[on_every_database]
async fn another_table_or_shape_is_another_page(house: House) {
    create(&house, "Apollo").await;
    let title = json!({ "name": "Only", "fields": [{ "name": "Title", "type": "singleLineText" }] });
    let new = serde_json::from_value(title).unwrap();
    house.schemas.create_table(&house.owner, house.base, &new).await.unwrap();
    let new = [cells(json!({ "Title": "Apollo" }))];
    house.records.create(&house.owner, house.base, "Only", &new, false).await.unwrap();
    let by_id = Shape { by_id: true, ..Shape::default() };
    let mut seen = Vec::new();
    for _ in 0..3 {
        for (table, shape) in [("Projects", &Shape::default()), ("Projects", &by_id), ("Only", &Shape::default())] {
            seen.push(page(&house, table, shape).await);
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), kept(&house)), (3, 3));
}

#[on_every_database]
async fn what_time_changes_is_written_anew_with_its_tick_or_day(house: House) {
    create(&house, "Apollo").await;
    let shape = Shape::default();
    let formula = async |name: &str, formula: &str| {
        let field = json!({ "name": name, "type": "formula", "options": { "formula": formula } });
        let field = serde_json::from_value(field).unwrap();
        house.schemas.create_field(&house.owner, house.base, "Projects", &field).await.unwrap();
    };
    // Twice, so that it is kept, and in the end another one.
    let ages = async |fresh: u64, stale: u64| {
        let before = page(&house, "Projects", &shape).await;
        let pages = kept(&house);
        assert_eq!(page(&house, "Projects", &shape).await, before);
        assert_eq!(kept(&house), pages + 1);
        house.test.clock.advance(Duration::from_mins(fresh));
        assert_eq!(page(&house, "Projects", &shape).await, before);
        assert_eq!(kept(&house), pages + 1, "the one that is kept");
        house.test.clock.advance(Duration::from_mins(stale));
        assert_ne!(page(&house, "Projects", &shape).await, before);
    };
    formula("Day", "TODAY()").await;
    ages(40, 24 * 60).await;
    formula("Now", "NOW()").await;
    ages(3, 3).await;
}
