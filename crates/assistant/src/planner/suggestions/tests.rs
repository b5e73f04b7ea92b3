use super::*;
use crate::planner::Session;
use crate::planner::fixture::{Studio, answer, book, done};

#[test]
fn each_table_has_three_requests_that_work() {
    let studio = Studio::new();
    let book = book(&studio);
    for table in [None, Some(0), Some(1), Some(2)] {
        let found = done(three(&mut Desk::new(&studio), &book, table)).unwrap();
        assert_eq!(found.len(), 3, "{table:?}");
        for request in found {
            let reply = answer(&mut Session::default(), &request);
            assert!(reply.value.is_some(), "{table:?} {request}: {}", reply.text);
        }
    }
}

#[test]
fn an_empty_base_offers_its_tables() {
    let studio = Studio::new();
    let found = done(three(&mut Desk::new(&studio), &Book::default(), None)).unwrap();
    assert_eq!(found, ["What tables are there?"]);
}
