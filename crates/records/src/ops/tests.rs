//! Operations as their callers see them, on both databases.

mod history;
mod links;
mod locating;
mod paging;
mod past;
mod racing;
mod undoing;
mod views;
mod writing;

use serde_json::{Value, json};

use crate::error::Error;
use crate::fixture::{House, told};
use crate::ops::ListQuery;

/// Everything that a table shows, by field `Name` or `Title`.
async fn shown(house: &House, table: &str) -> Vec<Value> {
    let page = house.records.list(&house.owner, house.base, table, &ListQuery::default()).await.unwrap();
    told(&page.found).into_iter().map(|mut record| record["fields"].take()).collect()
}

/// The newest sequence of the base.
async fn sequence(house: &House) -> i64 {
    house.image(&house.records).await.sequence
}
