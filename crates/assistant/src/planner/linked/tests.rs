use crate::planner::Session;
use crate::planner::fixture::{answer, assert_planned};

#[test]
fn conditions_one_link_away() {
    assert_planned(&[
        ("projects of owners in Berlin", "Projects where City of Owner is Berlin: records"),
        ("how many projects have an owner from Paris", "Projects where City of Owner is Paris: count"),
        ("how many people have projects that are done", "People where Status of Projects is Done: count"),
        ("total budget of projects of Ada", "Projects where Owner is Ada: sum Budget"),
    ]);
}

#[test]
fn cells_one_link_away() {
    assert_planned(&[
        ("what is the email of the owner of Apollo", "People where Projects is Apollo: Email"),
        ("what is the salary of the owner of Borealis?", "People where Projects is Borealis: Salary"),
    ]);
}

#[test]
fn links_are_looked_up_before_they_are_filtered() {
    let reply = answer(&mut Session::default(), "projects of owners in Berlin");
    let calls: Vec<_> = reply.calls.iter().filter(|call| call.tool == "list_records").collect();
    assert_eq!(calls[0].arguments["table"], "People");
    assert_eq!(calls[0].arguments["filter"]["field"], "City");
    let filter = &calls[1].arguments["filter"];
    assert_eq!((&filter["field"], &filter["op"]), (&"Owner".into(), &"has_any_of".into()));
    assert_eq!(filter["value"], serde_json::json!(["Ada", "Linus"]));
}

#[test]
fn groups_and_counts_over_a_link() {
    assert_planned(&[
        ("projects per person", "Projects: count by Owner"),
        ("which person has the most projects", "Projects: count by Owner, most 1"),
        ("which owner has the most projects", "Projects: count by Owner, most 1"),
    ]);
}
