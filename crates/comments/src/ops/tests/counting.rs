//! Lists of records tell how many comments each has.

use model::Ordinal;
use records::ListQuery;

use super::*;
use crate::{NewComment, Subject};

async fn counts(house: &House, query: ListQuery) -> Option<Vec<i64>> {
    let query = ListQuery { comment_counts: true, ..query };
    let page = house.records.list(&house.owner, house.base, "Tasks", &query).await.unwrap();
    let counts = page.counts?;
    Some((0..2).map(|ordinal| counts.get(&Ordinal(ordinal)).copied().unwrap_or(0)).collect())
}

#[on_every_database]
async fn comments_and_replies_are_counted_by_record(house: House) {
    assert_eq!(counts(&house, ListQuery::default()).await, Some(vec![0, 0]));
    let start = house.say(&house.owner, "a").await;
    house.try_reply(&house.owner, "b", &start.id.to_string()).await.unwrap();
    let new = NewComment { text: "c", parent: None };
    let other = Subject { record: &house.tasks[1], ..house.task() };
    house.comments.create(&house.owner, other, new).await.unwrap();
    let project = Subject { table: "Projects", record: &house.project, ..house.task() };
    house.comments.create(&house.owner, project, new).await.unwrap();
    assert_eq!(counts(&house, ListQuery::default()).await, Some(vec![2, 1]));
    let second = ListQuery { filter: Some("{Name} = 'Mow'".to_owned()), ..ListQuery::default() };
    assert_eq!(counts(&house, second).await, Some(vec![0, 1]), "only those of the page");
    house.delete(&house.owner, start.id).await.unwrap();
    assert_eq!(counts(&house, ListQuery::default()).await, Some(vec![1, 1]));
    let plain = house.records.list(&house.owner, house.base, "Tasks", &ListQuery::default()).await.unwrap();
    assert!(plain.counts.is_none());
}
