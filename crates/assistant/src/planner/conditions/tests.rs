use crate::planner::fixture::assert_planned;

#[test]
fn choices_and_texts() {
    assert_planned(&[
        ("projects with status Done", "Projects where Status is Done: records"),
        ("projects whose status is on hold", "Projects where Status is On hold: records"),
        ("projects where status is \"On hold\"", "Projects where Status is On hold: records"),
        ("projects that are open or done", "Projects where Status is Open or Done: records"),
        ("how many projects have the tag web", "Projects where Tags is web: count"),
        ("how many people are from Berlin or Paris", "People where City is Berlin or Paris: count"),
        ("how many people live in berlin", "People where City is Berlin: count"),
        ("how many people live in BERLIN", "People where City is Berlin: count"),
        ("how many people live in Brelin", "People where City is Berlin: count"),
    ]);
}

#[test]
fn negations() {
    assert_planned(&[
        ("how many projects are not open", "Projects where Status is not Open: count"),
        ("projects except Apollo", "Projects where Name is not Apollo: records"),
        ("how many projects don't have status Done", "Projects where Status is not Done: count"),
        ("how many projects dont have status Done", "Projects where Status is not Done: count"),
        ("how many people do not live in Berlin", "People where City is not Berlin: count"),
        ("how many people have a city other than Berlin", "People where City is not Berlin: count"),
        ("how many readings don't have year 1990", "Readings where Year is not 1990: count"),
        ("how many readings where year is not 1990", "Readings where Year is not 1990: count"),
    ]);
}

#[test]
fn comparisons() {
    assert_planned(&[
        ("projects with a budget above 5000", "Projects where Budget is more than 5000: records"),
        ("projects with budget > 5,000", "Projects where Budget is more than 5000: records"),
        ("projects with budget <= 5k", "Projects where Budget is at most 5000: records"),
        ("projects under 60 hours", "Projects where Hours is less than 60: records"),
        ("projects with exactly 80 hours", "Projects where Hours is 80: records"),
        ("projects over $5,000", "Projects where Budget is more than 5000: records"),
        ("projects with progress over 40%", "Projects where Progress is more than 0.4: records"),
        ("projects with progress of at least 40 percent", "Projects where Progress is at least 0.4: records"),
        ("how many people have a salary of 60000", "People where Salary is 60000: count"),
        ("people who earn more than 60000", "People where Salary is more than 60000: records"),
        (
            "projects with budget over 1000 and hours below 100",
            "Projects where Budget is more than 1000 and Hours is less than 100: records",
        ),
    ]);
}

#[test]
fn numbers_in_a_row() {
    assert_planned(&[
        ("how many readings have year 1990 or 2000", "Readings where Year is 1990 or 2000: count"),
        ("how many readings have year 1990, 1995 or 2000", "Readings where Year is 1990 or 1995 or 2000: count"),
        ("projects with 80 or 55 hours", "Projects where Hours is 80 or 55: records"),
    ]);
}

#[test]
fn years_of_number_fields() {
    assert_planned(&[
        ("how many readings in 1990", "Readings where Year is 1990: count"),
        ("how many readings since 1995", "Readings where Year is at least 1995: count"),
        ("average rainfall in 1990", "Readings where Year is 1990: avg Rainfall"),
        ("total rainfall after 1995", "Readings where Year is more than 1995: sum Rainfall"),
        ("rainfall between 1990 and 2000", "Readings where Rainfall is between 1990 and 2000: records"),
    ]);
}

#[test]
fn dates() {
    assert_planned(&[
        ("projects due today", "Projects where Due is from 2026-04-15 and before 2026-04-16: records"),
        ("projects due this week", "Projects where Due is from 2026-04-13 and before 2026-04-20: records"),
        ("projects due before May", "Projects where Due is before 2026-05-01: records"),
        ("projects due after 2026-04-15", "Projects where Due is 2026-04-16 or later: records"),
        (
            "projects due between March 2026 and April 2026",
            "Projects where Due is from 2026-03-01 and before 2026-05-01: records",
        ),
        ("projects due in the last 30 days", "Projects where Due is from 2026-03-16 and before 2026-04-16: records"),
        ("how many projects in 2025", "Projects where Due is from 2025-01-01 and before 2026-01-01: count"),
    ]);
}

#[test]
fn checkboxes() {
    assert_planned(&[
        ("how many projects are paid", "Projects where Paid is checked: count"),
        ("paid projects", "Projects where Paid is checked: records"),
        ("unpaid projects", "Projects where Paid is not checked: records"),
        ("how many projects are not paid", "Projects where Paid is not checked: count"),
        ("which projects are not yet paid", "Projects where Paid is not checked: records"),
        ("open projects that are paid", "Projects where Status is Open and Paid is checked: records"),
    ]);
}

#[test]
fn empty_and_filled() {
    assert_planned(&[
        ("projects without a phone", "Projects where Phone is empty: records"),
        ("how many projects have no phone", "Projects where Phone is empty: count"),
        ("how many projects don't have a phone", "Projects where Phone is empty: count"),
        ("projects where phone is empty", "Projects where Phone is empty: records"),
        ("projects where phone is not empty", "Projects where Phone is not empty: records"),
        ("how many projects have a phone", "Projects where Phone is not empty: count"),
        ("people missing an email", "People where Email is empty: records"),
    ]);
}

#[test]
fn overdue_leaves_out_what_is_finished() {
    assert_planned(&[
        ("overdue projects", "Projects where Due is before 2026-04-15 and Status is none of Done: records"),
        ("how many projects are overdue", "Projects where Due is before 2026-04-15 and Status is none of Done: count"),
    ]);
}

#[test]
fn one_word_of_several_fields_needs_a_hint() {
    assert_planned(&[
        ("how many readings from Oslo", "Readings where Origin is Oslo: count"),
        ("how many readings went to Rome", "Readings where Destination is Rome: count"),
        ("readings out of Oslo", "Readings where Origin is Oslo: records"),
    ]);
}

#[test]
fn the_weather_is_no_weekday() {
    assert_planned(&[
        ("how many readings where weather is sun", "Readings where Weather is sun: count"),
        ("how many readings had sunny weather", "Readings where Weather is sun: count"),
        ("average rainfall when foggy", "Readings where Weather is fog: avg Rainfall"),
    ]);
}

#[test]
fn a_number_that_counts_something_else_is_not_placed() {
    assert_planned(&[
        ("how many people have more than 2 projects", "declines"),
        ("projects with over 3 owners", "declines"),
    ]);
}

#[test]
fn words_inside_longer_values() {
    assert_planned(&[
        ("what is the budget of Delta", "Projects where Name is Delta Works: Budget"),
        ("what is the budget of Apollo", "Projects where Name is Apollo: Budget"),
        ("rainfall of North in 1990", "Readings where Year is 1990 and Station is North Gate: Rainfall"),
        ("how many readings are from a gate", "Readings where Station contains gate: count"),
    ]);
}
