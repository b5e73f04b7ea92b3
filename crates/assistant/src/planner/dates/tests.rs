use super::*;
use crate::planner::text::words;

/// Wednesday, 15 April 2026.
fn now() -> Timestamp {
    Timestamp::from_date(2026, 4, 15)
}

/// The spans in a message as `from..until`, an open end empty.
fn read(message: &str) -> Vec<String> {
    let end = |day: Option<String>| day.unwrap_or_default();
    let found = mentions(&words(message), message, now());
    found.into_iter().map(|m| format!("{}..{}", end(m.span.from), end(m.span.until))).collect()
}

fn assert_read(cases: &[(&str, &str)]) {
    for (message, span) in cases {
        assert_eq!(read(message), [*span], "{message}");
    }
}

#[test]
fn days_near_today() {
    assert_read(&[
        ("due today", "2026-04-15..2026-04-16"),
        ("due yesterday", "2026-04-14..2026-04-15"),
        ("due tomorrow", "2026-04-16..2026-04-17"),
        ("before today", "..2026-04-15"),
        ("after today", "2026-04-16.."),
        ("since yesterday", "2026-04-14.."),
        ("until tomorrow", "..2026-04-17"),
    ]);
}

#[test]
fn weeks_begin_on_monday() {
    assert_read(&[
        ("this week", "2026-04-13..2026-04-20"),
        ("last week", "2026-04-06..2026-04-13"),
        ("next week", "2026-04-20..2026-04-27"),
        ("previous week", "2026-04-06..2026-04-13"),
        ("this weekend", "2026-04-18..2026-04-20"),
        ("next weekend", "2026-04-25..2026-04-27"),
    ]);
}

#[test]
fn months_quarters_and_years() {
    assert_read(&[
        ("this month", "2026-04-01..2026-05-01"),
        ("last month", "2026-03-01..2026-04-01"),
        ("next month", "2026-05-01..2026-06-01"),
        ("this quarter", "2026-04-01..2026-07-01"),
        ("last quarter", "2026-01-01..2026-04-01"),
        ("next quarter", "2026-07-01..2026-10-01"),
        ("this year", "2026-01-01..2027-01-01"),
        ("last year", "2025-01-01..2026-01-01"),
        ("next year", "2027-01-01..2028-01-01"),
        ("Q1", "2026-01-01..2026-04-01"),
        ("in Q3 2024", "2024-07-01..2024-10-01"),
        ("in Q4 of 2024", "2024-10-01..2025-01-01"),
        ("third quarter of 2024", "2024-07-01..2024-10-01"),
    ]);
}

#[test]
fn counted_spans_end_today_or_begin_there() {
    assert_read(&[
        ("in the last 30 days", "2026-03-16..2026-04-16"),
        ("in the past two weeks", "2026-04-01..2026-04-16"),
        ("last 3 months", "2026-01-15..2026-04-16"),
        ("last 2 years", "2024-04-15..2026-04-16"),
        ("next 7 days", "2026-04-15..2026-04-23"),
        ("in the next three weeks", "2026-04-15..2026-05-07"),
        ("5 days ago", "2026-04-10..2026-04-11"),
        ("two weeks ago", "2026-04-01..2026-04-02"),
        ("a task from 3 months ago", "2026-01-15.."),
    ]);
}

#[test]
fn written_days_and_months() {
    assert_read(&[
        ("on 2024-03-01", "2024-03-01..2024-03-02"),
        ("in 2024-03", "2024-03-01..2024-04-01"),
        ("on 3 March 2024", "2024-03-03..2024-03-04"),
        ("on March 3, 2024", "2024-03-03..2024-03-04"),
        ("on March 3rd 2024", "2024-03-03..2024-03-04"),
        ("on the 3rd of March 2024", "2024-03-03..2024-03-04"),
        ("on 1st May", "2026-05-01..2026-05-02"),
        ("in March 2024", "2024-03-01..2024-04-01"),
        ("in mar 2024", "2024-03-01..2024-04-01"),
        ("in Sept 2023", "2023-09-01..2023-10-01"),
        ("in December", "2026-12-01..2027-01-01"),
        ("in february of 2023", "2023-02-01..2023-03-01"),
        ("in December 2023", "2023-12-01..2024-01-01"),
        ("on 29 February 2024", "2024-02-29..2024-03-01"),
        ("last March", "2026-03-01..2026-04-01"),
        ("last May", "2025-05-01..2025-06-01"),
        ("next May", "2026-05-01..2026-06-01"),
        ("next March", "2027-03-01..2027-04-01"),
    ]);
}

#[test]
fn bounds_before_a_time() {
    assert_read(&[
        ("before March 2024", "..2024-03-01"),
        ("prior to March 2024", "..2024-03-01"),
        ("earlier than 2024-03-05", "..2024-03-05"),
        ("until March 2024", "..2024-04-01"),
        ("by 2024-03-05", "..2024-03-06"),
        ("up to 2024-03-05", "..2024-03-06"),
        ("after March 2024", "2024-04-01.."),
        ("later than 2024-03-05", "2024-03-06.."),
        ("since March 2024", "2024-03-01.."),
        ("since March", "2026-03-01.."),
        ("starting from 2024-03-05", "2024-03-05.."),
        ("from 2024-03-05", "2024-03-05.."),
        ("> 2024-03-05", "2024-03-06.."),
        (">= 2024-03-05", "2024-03-05.."),
        ("< 2024-03-05", "..2024-03-05"),
        ("<= 2024-03-05", "..2024-03-06"),
        ("before 2020", "..2020-01-01"),
        ("after 2020", "2021-01-01.."),
        ("since 2020", "2020-01-01.."),
    ]);
}

#[test]
fn ranges_hold_both_ends() {
    assert_read(&[
        ("between 2020 and 2022", "2020-01-01..2023-01-01"),
        ("from March 2024 to May 2024", "2024-03-01..2024-06-01"),
        ("between 2024-01-05 and 2024-01-09", "2024-01-05..2024-01-10"),
        ("from Monday to Friday", "2026-04-20..2026-04-18"),
        ("between 1 March 2024 and 3 March 2024", "2024-03-01..2024-03-04"),
        ("from January 2024 through March 2024", "2024-01-01..2024-04-01"),
    ]);
}

#[test]
fn weekdays_are_the_coming_ones() {
    assert_read(&[
        ("on Friday", "2026-04-17..2026-04-18"),
        ("due wednesday", "2026-04-15..2026-04-16"),
        ("on tue", "2026-04-21..2026-04-22"),
        ("last friday", "2026-04-10..2026-04-11"),
        ("next friday", "2026-04-17..2026-04-18"),
        ("last wednesday", "2026-04-08..2026-04-09"),
        ("next wednesday", "2026-04-22..2026-04-23"),
        ("this friday", "2026-04-17..2026-04-18"),
        ("before Friday", "..2026-04-17"),
    ]);
}

#[test]
fn words_that_are_rather_something_else() {
    for message in [
        "weather is sun",
        "the mon channel",
        "you may march on",
        "12 apples",
        "number 3000",
        "last name",
        "first 5 tasks",
        "in 31 projects",
        "5 days",
        "top 3",
    ] {
        assert_eq!(read(message), [] as [&str; 0], "{message}");
    }
}

#[test]
fn a_bare_year_is_told_apart() {
    let year = |message: &str| mentions(&words(message), message, now())[0].bare_year;
    assert_eq!(year("2011"), Some(2011));
    assert_eq!(year("in 2011"), Some(2011));
    assert_eq!(year("before 2011"), None);
    assert_eq!(year("March 2011"), None);
    assert_eq!(year("on 2011-03-04"), None);
}

#[test]
fn several_times_in_one_message() {
    assert_eq!(read("due in May 2024, started before 2023-01-05"), ["2024-05-01..2024-06-01", "..2023-01-05"]);
}

#[test]
fn turns_of_the_year() {
    let at = |year, month, day, message: &str| {
        let found = mentions(&words(message), message, Timestamp::from_date(year, month, day));
        (found[0].span.from.clone().unwrap(), found[0].span.until.clone().unwrap())
    };
    let pair = |from: &str, until: &str| (from.to_owned(), until.to_owned());
    assert_eq!(at(2026, 1, 10, "last month"), pair("2025-12-01", "2026-01-01"));
    assert_eq!(at(2026, 12, 10, "next month"), pair("2027-01-01", "2027-02-01"));
    assert_eq!(at(2026, 2, 10, "last quarter"), pair("2025-10-01", "2026-01-01"));
    assert_eq!(at(2026, 11, 10, "next quarter"), pair("2027-01-01", "2027-04-01"));
    assert_eq!(at(2024, 2, 28, "tomorrow"), pair("2024-02-29", "2024-03-01"));
    assert_eq!(at(2026, 1, 1, "yesterday"), pair("2025-12-31", "2026-01-01"));
    assert_eq!(at(2026, 1, 1, "last week"), pair("2025-12-22", "2025-12-29"));
}

#[test]
fn today_in_iso() {
    assert_eq!(today(now()), "2026-04-15");
}
