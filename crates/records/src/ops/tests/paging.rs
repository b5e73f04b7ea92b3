//! Lists, a page at a time, while others write.

use std::collections::BTreeSet;
use std::time::Duration;

use testkit::on_every_database;

use super::*;
use crate::fixture::list;
use crate::image::acting::{Act, carry_out, each_history};
use crate::ops::{Page, Records};

async fn page(house: &House, records: &Records, query: &ListQuery) -> Result<Page, Error> {
    records.list(&house.owner, house.base, "Tasks", query).await
}

fn ids(page: &Page) -> Vec<String> {
    page.found.ids().iter().map(ToString::to_string).collect()
}

/// Reads a list to its end, doing something after each page; answers the ids seen in order.
async fn walk(house: &House, mut query: ListQuery, acts: &[Act]) -> Vec<String> {
    let mut seen = Vec::new();
    let mut acts = acts.iter();
    loop {
        let page = page(house, &house.records, &query).await.unwrap();
        seen.extend(ids(&page));
        if let Some(act) = acts.next() {
            carry_out(house, &house.records, act).await;
        }
        match page.offset {
            Some(offset) => query.offset = Some(offset),
            None => return seen,
        }
    }
}

async fn live(house: &House) -> BTreeSet<String> {
    let query = ListQuery { page_size: Some(100), ..ListQuery::default() };
    ids(&page(house, &house.records, &query).await.unwrap()).into_iter().collect()
}

#[test]
fn each_record_that_was_there_and_still_is_is_seen_once() {
    each_history(12, 40, async |house, mut acts| {
        // What comes back after its page was read was not there throughout.
        acts.retain(|act| !matches!(act, Act::Undo { .. }));
        let new: Vec<Value> = (0..12).map(|n| json!({ "Name": format!("t{n}"), "Points": n % 5 })).collect();
        house.create("Tasks", &new).await;
        let queries =
            [list("", &[]), list("", &[("Points", true), ("Name", false)]), list("{No} > 0", &[("Label", false)])];
        for (query, acts) in queries.into_iter().zip(acts.chunks(acts.len().div_ceil(3).max(1))) {
            let before = live(&house).await;
            let seen = walk(&house, ListQuery { page_size: Some(2), ..query }, acts).await;
            let after = live(&house).await;
            let once: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "none twice");
            assert!(once.is_subset(&before), "none that came later");
            assert!(before.intersection(&after).all(|id| once.contains(id)), "all that were there throughout");
        }
    });
}

#[on_every_database]
async fn pages_have_their_sizes_and_the_last_has_no_offset(house: House) {
    let new: Vec<Value> = (0..10).map(|n| json!({ "Name": format!("t{n}") })).collect();
    house.create("Tasks", &new).await;
    // Page size, most records, sizes of the pages.
    let cases: [(Option<usize>, Option<usize>, &[usize]); 7] = [
        (None, None, &[10]),
        (Some(4), None, &[4, 4, 2]),
        (Some(5), None, &[5, 5]),
        (Some(3), Some(7), &[3, 3, 1]),
        (Some(100), Some(3), &[3]),
        (Some(1), Some(2), &[1, 1]),
        (Some(1_000), None, &[10]),
    ];
    for (page_size, max_records, expected) in cases {
        let mut query = ListQuery { max_records, page_size, ..ListQuery::default() };
        let mut sizes = Vec::new();
        loop {
            let page = page(&house, &house.records, &query).await.unwrap();
            sizes.push(page.found.ids().len());
            assert_eq!(page.total, max_records.unwrap_or(10));
            match page.offset {
                Some(offset) => query.offset = Some(offset),
                None => break,
            }
        }
        assert_eq!(sizes, expected, "{page_size:?} {max_records:?}");
    }
}

#[on_every_database]
async fn another_process_goes_on_with_a_list_as_it_was(house: House) {
    let new: Vec<Value> = (0..9).map(|n| json!({ "Name": format!("t{n}"), "Points": 9 - n })).collect();
    let made = house.create("Tasks", &new).await;
    let mut query = ListQuery { page_size: Some(3), ..list("{Points} > 0", &[("Points", false)]) };
    let first = page(&house, &house.records, &query).await.unwrap();
    query.offset = first.offset.clone();
    // The next one's value changes, one goes, one comes.
    house.update("Tasks", &made[5], json!({ "Points": -1 })).await;
    house.delete("Tasks", &made[4..5]).await;
    house.create("Tasks", &[json!({ "Points": 4 })]).await;
    let (_, stranger) = house.stranger();
    let second = page(&house, &stranger, &query).await.unwrap();
    let expected: Vec<String> = [5, 3, 2].map(|at: usize| made[at].clone()).into();
    assert_eq!(ids(&second), expected);
    assert_eq!(told(&second.found)[0]["fields"]["Points"], -1, "cells are the present ones");
    query.offset = second.offset;
    let third = page(&house, &house.records, &query).await.unwrap();
    assert_eq!(ids(&third), [made[1].clone(), made[0].clone()]);
    assert!(third.offset.is_none());
}

#[on_every_database]
async fn an_offset_out_of_reach_says_so(house: House) {
    let new: Vec<Value> = (0..5).map(|n| json!({ "Name": format!("t{n}") })).collect();
    house.create("Tasks", &new).await;
    let mut query = ListQuery { page_size: Some(2), ..list("{Name} != ''", &[]) };
    query.offset = page(&house, &house.records, &query).await.unwrap().offset;
    house.create("Tasks", &[json!("more")]).await;
    let newest = sequence(&house).await;
    let mut tx = house.test.db.begin(db::Group::House).await.unwrap();
    tx.queue("UPDATE heads SET oldest = $1", db::params![newest + 1]);
    tx.commit().await.unwrap();
    let (_, stranger) = house.stranger();
    let gone = page(&house, &stranger, &query).await.err().unwrap();
    assert!(matches!(gone, Error::IteratorGone), "{gone}");
    assert_eq!(web::ApiError::airtable_type(&gone), Some("LIST_RECORDS_ITERATOR_NOT_AVAILABLE"));
    // Whoever still has the order goes on.
    assert!(page(&house, &house.records, &query).await.is_ok());
}

#[on_every_database]
async fn an_offset_older_than_ten_minutes_is_out_of_reach_elsewhere(house: House) {
    let new: Vec<Value> = (0..5).map(|n| json!({ "Name": format!("t{n}") })).collect();
    house.create("Tasks", &new).await;
    let mut query = ListQuery { page_size: Some(2), ..list("", &[("Name", true)]) };
    query.offset = page(&house, &house.records, &query).await.unwrap().offset;
    house.create("Tasks", &[json!("more")]).await;
    house.test.clock.advance(Duration::from_secs(599));
    let (_, stranger) = house.stranger();
    assert!(page(&house, &stranger, &query).await.is_ok());
    house.test.clock.advance(Duration::from_secs(2));
    let (_, stranger) = house.stranger();
    assert!(matches!(page(&house, &stranger, &query).await, Err(Error::IteratorGone)));
}

#[on_every_database]
async fn an_offset_of_another_question_or_nobodys_is_refused(house: House) {
    let new: Vec<Value> = (0..5).map(|n| json!({ "Name": format!("t{n}") })).collect();
    house.create("Tasks", &new).await;
    house.create("Projects", &[json!({}), json!({}), json!({})]).await;
    let query = ListQuery { page_size: Some(2), ..list("", &[("Name", false)]) };
    let offset = page(&house, &house.records, &query).await.unwrap().offset.unwrap();
    let wrong: [ListQuery; 5] = [
        list("", &[("Name", true)]),
        list("{Points} = 1", &[("Name", false)]),
        ListQuery { max_records: Some(4), ..query.clone() },
        ListQuery { offset: Some(format!("{offset}A")), ..query.clone() },
        ListQuery { offset: Some("itr".to_owned()), ..query.clone() },
    ];
    for wrong in wrong {
        let wrong = ListQuery { offset: wrong.offset.clone().or(Some(offset.clone())), ..wrong };
        let refused = page(&house, &house.records, &wrong).await.err().unwrap();
        assert!(matches!(refused, Error::Offset { .. }), "{wrong:?}: {refused}");
    }
    let elsewhere = ListQuery { page_size: Some(2), offset: Some(offset), ..ListQuery::default() };
    let refused = house.records.list(&house.owner, house.base, "Projects", &elsewhere).await;
    assert!(matches!(refused, Err(Error::Offset { .. })));
}
