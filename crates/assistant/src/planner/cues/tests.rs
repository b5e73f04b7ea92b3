use super::*;
use crate::planner::book::Book;
use crate::planner::fixture::now;

fn cues(message: &str) -> Cues {
    Cues::of(&Reading::without_values(&Book::default(), message, now()))
}

#[test]
fn counting() {
    for (message, wanted) in [
        ("how many tasks are there", Some((0, 2))),
        ("number of tasks", Some((0, 2))),
        ("what is the total number of tasks", Some((3, 6))),
        ("count the tasks", Some((0, 1))),
        ("the count of tasks", Some((1, 3))),
        ("list the tasks", None),
        ("phone number", None),
    ] {
        assert_eq!(cues(message).count, wanted, "{message}");
    }
    assert!(cues("how much did it cost").how_much);
}

#[test]
fn aggregates() {
    for (message, op) in [
        ("average budget", Op::Avg),
        ("the mean budget", Op::Avg),
        ("avg budget", Op::Avg),
        ("median budget", Op::Median),
        ("sum of budget", Op::Sum),
        ("total budget", Op::Sum),
        ("budget altogether", Op::Sum),
    ] {
        assert_eq!(cues(message).op.map(|(op, _)| op), Some(op), "{message}");
    }
    assert_eq!(cues("show the budget").op, None);
}

#[test]
fn superlatives_with_their_direction() {
    for (message, greatest) in [
        ("highest budget", true),
        ("largest budget", true),
        ("most tasks", true),
        ("maximum", true),
        ("latest task", true),
        ("hottest day", true),
        ("deadliest year", true),
        ("lowest budget", false),
        ("fewest tasks", false),
        ("cheapest", false),
        ("coldest night", false),
        ("earliest task", false),
        ("least", false),
    ] {
        let found = cues(message).superlatives;
        assert_eq!(found.iter().map(|s| s.greatest).collect::<Vec<_>>(), [greatest], "{message}");
    }
}

#[test]
fn superlatives_with_a_number() {
    for (message, count, span) in [
        ("top 5 projects", Some(5), (0, 2)),
        ("top five projects", Some(5), (0, 2)),
        ("the 3 largest projects", Some(3), (1, 3)),
        ("first 10 tasks", Some(10), (0, 2)),
        ("largest project", None, (0, 1)),
    ] {
        let found = &cues(message).superlatives[0];
        assert_eq!((found.count, (found.start, found.end)), (count, span), "{message}");
    }
}

#[test]
fn two_words_make_one_superlative() {
    let found = &cues("the most expensive task").superlatives[0];
    assert_eq!((found.start, found.end, found.greatest), (1, 3, true));
    assert!(found.hints.contains(&"price"));
    assert!(cues("the least expensive task").superlatives.iter().any(|s| !s.greatest && s.hints.contains(&"price")));
    assert!(cues("the most recent task").superlatives[0].of_time);
    assert!(cues("most populous").superlatives[0].hints.contains(&"population"));
}

#[test]
fn words_that_only_look_like_superlatives() {
    for message in
        ["last week", "last name", "first name", "at most 5", "at least 5", "top", "first quarter", "last 3 days"]
    {
        assert!(cues(message).superlatives.is_empty(), "{message}");
    }
}

#[test]
fn groups_and_orders() {
    for (message, next) in [
        ("tasks by owner", Some(2)),
        ("tasks per owner", Some(2)),
        ("tasks for each owner", Some(3)),
        ("tasks in every city", Some(3)),
        ("tasks by the owner", Some(3)),
        ("books written by Ann", None),
        ("games won by Ann", None),
    ] {
        assert_eq!(cues(message).groups.first().map(|(next, _)| *next), next, "{message}");
    }
    let sorted = cues("tasks sorted by budget descending");
    assert_eq!((sorted.sort.map(|(next, _)| next), sorted.descending), (Some(3), true));
    assert!(!cues("tasks ordered by budget").descending);
}

#[test]
fn questions_for_yes_or_no() {
    for message in ["is Apollo done?", "are there open tasks", "does Ann own it", "did it end", "has it begun"] {
        assert!(cues(message).yes_no, "{message}");
    }
    for message in ["what is done?", "how many are done", "are you there", "is what done"] {
        assert!(!cues(message).yes_no, "{message}");
    }
}

#[test]
fn different_values() {
    for message in ["how many different owners", "distinct owners", "unique owners"] {
        assert!(cues(message).distinct.is_some(), "{message}");
    }
    assert!(cues("how many owners").distinct.is_none());
}

#[test]
fn whether_anything_is_asked() {
    assert!(cues("how many").any() && cues("average").any() && cues("by owner").any() && cues("highest").any());
    assert!(!cues("good morning to you").any());
}
