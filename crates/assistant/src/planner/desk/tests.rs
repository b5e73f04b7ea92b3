use super::*;
use crate::planner::fixture::{Studio, done};

#[test]
fn calls_are_noted_with_what_came_of_them() {
    let studio = Studio::new();
    let mut desk = Desk::new(&studio);
    done(desk.ask("list_tables", json!({ "base": "app1" }))).unwrap();
    done(desk.ask("describe_table", json!({ "table": "People" }))).unwrap();
    done(desk.ask("list_records", json!({ "table": "Projects", "limit": 2 }))).unwrap();
    done(desk.ask("delete_records", json!({ "dry_run": true }))).unwrap();
    done(desk.ask("undo", json!({}))).unwrap();
    done(desk.ask("fly", json!({}))).unwrap_err();
    let results: Vec<&str> = desk.calls.iter().map(|call| call.result.as_str()).collect();
    assert_eq!(
        results,
        [
            "3 tables",
            "`People`, 7 fields",
            "2 records, 5 records match",
            "preview of 0 records",
            "done",
            "failed: there is no tool `fly`"
        ]
    );
}

#[test]
fn long_lists_of_words_are_cut() {
    let words: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let cut = shortened(json!({ "words": words }));
    let shown = cut["words"].as_array().unwrap();
    assert_eq!((shown.len(), shown[12].as_str()), (13, Some("… 8 more")));
    assert_eq!(shortened(json!({ "words": ["a"] })), json!({ "words": ["a"] }));
    assert_eq!(shortened(json!({ "table": "T" })), json!({ "table": "T" }));
}
