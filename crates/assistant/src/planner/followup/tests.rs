use crate::planner::Session;
use crate::planner::fixture::{answer, told};

/// The plans a conversation comes to.
fn plans(messages: &[&str]) -> Vec<String> {
    let mut session = Session::default();
    let told = |session: &Session| session.plan.as_ref().map_or_else(|| "nothing".to_owned(), told);
    messages
        .iter()
        .map(|message| {
            answer(&mut session, message);
            told(&session)
        })
        .collect()
}

fn assert_last(messages: &[&str], wanted: &str) {
    let all = plans(messages);
    assert_eq!(all.last().map(String::as_str), Some(wanted), "{messages:?}: {all:?}");
}

#[test]
fn another_grouping() {
    assert_last(&["how many projects are there?", "and by owner?"], "Projects: count by Owner");
    assert_last(&["total budget", "by status"], "Projects: sum Budget by Status");
    assert_last(&["total budget by status", "and by owner?"], "Projects: sum Budget by Owner");
    assert_last(&["how many open projects", "per owner?"], "Projects where Status is Open: count by Owner");
}

#[test]
fn another_condition() {
    assert_last(&["how many projects are open?", "and done?"], "Projects where Status is Done: count");
    assert_last(&["how many projects are open?", "what about on hold?"], "Projects where Status is On hold: count");
    assert_last(&["list the projects", "only the open ones"], "Projects where Status is Open: records");
    assert_last(
        &["how many projects are open?", "and with a budget over 5000?"],
        "Projects where Status is Open and Budget is more than 5000: count",
    );
    assert_last(
        &["total budget of open projects", "and last month?"],
        "Projects where Status is Open and Due is from 2026-03-01 and before 2026-04-01: sum Budget",
    );
}

#[test]
fn another_aggregate() {
    assert_last(&["total budget of open projects", "and the average?"], "Projects where Status is Open: avg Budget");
    assert_last(&["average budget by status", "and the median?"], "Projects: median Budget by Status");
    assert_last(&["total budget", "and the highest?"], "Projects: max Budget");
}

#[test]
fn another_field_of_the_same_records() {
    assert_last(&["what is the budget of Apollo?", "and its status?"], "Projects where Name is Apollo: Status");
    assert_last(&["what is the budget of Apollo?", "and of Borealis?"], "Projects where Name is Borealis: Budget");
}

#[test]
fn showing_and_counting_what_was_found() {
    assert_last(&["how many projects are open?", "show them"], "Projects where Status is Open: records");
    assert_last(&["how many projects are open?", "which ones?"], "Projects where Status is Open: records");
    assert_last(&["list the open projects", "how many?"], "Projects where Status is Open: count");
    assert_last(
        &["list the open projects", "sort by budget"],
        "Projects where Status is Open: records sorted by Budget",
    );
}

#[test]
fn a_whole_question_stands_for_itself() {
    assert_last(
        &["how many projects are open?", "how many people live in Berlin?"],
        "People where City is Berlin: count",
    );
    assert_last(&["total budget of open projects", "what is the average salary?"], "People: avg Salary");
}

#[test]
fn what_is_not_understood_leaves_the_last_plan() {
    assert_last(&["how many projects are open?", "and by moonlight?"], "Projects where Status is Open: count");
}

#[test]
fn another_base_forgets() {
    let mut session = Session { base: Some("app0".to_owned()), ..Session::default() };
    let reply = answer(&mut session, "and by owner?");
    assert!(reply.value.is_none() || session.base.as_deref() == Some("app1"));
    assert_eq!(session.base.as_deref(), Some("app1"));
}
