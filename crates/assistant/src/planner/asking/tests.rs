use crate::planner::SURE;
use crate::planner::fixture::{assert_planned, understood};

#[test]
fn counts() {
    assert_planned(&[
        ("How many projects are there?", "Projects: count"),
        ("number of projects", "Projects: count"),
        ("count the projects", "Projects: count"),
        ("what is the total number of projects", "Projects: count"),
        ("How many people do we have?", "People: count"),
        ("how many open projects", "Projects where Status is Open: count"),
        ("How many projects are open?", "Projects where Status is Open: count"),
        ("How many projects are on hold?", "Projects where Status is On hold: count"),
        ("How many projects are not done?", "Projects where Status is not Done: count"),
        ("how many projects arent done", "Projects where Status is not Done: count"),
        ("How many people live in Berlin?", "People where City is Berlin: count"),
        ("How many women are there?", "People where Gender is Female: count"),
        ("how many men live in Berlin", "People where City is Berlin and Gender is Male: count"),
    ]);
}

#[test]
fn counts_by_number_and_date() {
    assert_planned(&[
        ("How many projects have a budget over 10,000?", "Projects where Budget is more than 10000: count"),
        ("how many projects with a budget of at least 10k", "Projects where Budget is at least 10000: count"),
        ("how many projects took less than 50 hours", "Projects where Hours is less than 50: count"),
        (
            "How many projects have a budget between 1,000 and 8,000?",
            "Projects where Budget is between 1000 and 8000: count",
        ),
        ("how many projects are due last month", "Projects where Due is from 2026-03-01 and before 2026-04-01: count"),
        (
            "How many projects are due in April 2026?",
            "Projects where Due is from 2026-04-01 and before 2026-05-01: count",
        ),
        ("how many projects are due since March", "Projects where Due is 2026-03-01 or later: count"),
        ("How many people were born before 1985?", "People where Born is before 1985-01-01: count"),
        ("how many people were born in 1980", "People where Born is from 1980-01-01 and before 1981-01-01: count"),
    ]);
}

#[test]
fn aggregates() {
    assert_planned(&[
        ("What is the average budget?", "Projects: avg Budget"),
        ("average budget of open projects", "Projects where Status is Open: avg Budget"),
        ("avrage budget", "Projects: avg Budget"),
        ("total budget", "Projects: sum Budget"),
        ("What's the total budget of done projects?", "Projects where Status is Done: sum Budget"),
        ("sum of hours", "Projects: sum Hours"),
        ("median salary", "People: median Salary"),
        ("the mean salary in Berlin", "People where City is Berlin: avg Salary"),
        ("What is the highest budget?", "Projects: max Budget"),
        ("what's the lowest salary", "People: min Salary"),
        ("maximum hours", "Projects: max Hours"),
    ]);
}

#[test]
fn superlatives_name_records() {
    assert_planned(&[
        ("Which project has the highest budget?", "Projects: Name with most Budget"),
        ("which project has the lowest budget", "Projects: Name with least Budget"),
        ("Who earns the most?", "People: Name with most Salary"),
        ("who has the highest salary", "People: Name with most Salary"),
        ("What is the most expensive project?", "Projects: Name with most Budget"),
        ("cheapest project", "Projects: Name with least Budget"),
        ("Which project was the longest?", "Projects: Name with most Hours"),
        ("shortest project", "Projects: Name with least Hours"),
        ("top 3 projects by budget", "Projects: Name with most Budget first 3"),
        ("the 2 projects with the lowest budget", "Projects: Name with least Budget first 2"),
        ("Who is the oldest person?", "People: Name with least Born"),
        ("Who is the youngest person?", "People: Name with most Born"),
        ("What is the status of the project with the highest budget?", "Projects: Status with most Budget"),
        ("Which open project has the highest budget?", "Projects where Status is Open: Name with most Budget"),
        ("latest project", "Projects: Name with most Due"),
    ]);
}

#[test]
fn a_superlative_takes_the_field_of_its_end() {
    assert_planned(&[
        ("hottest reading", "Readings: Station with most Temp max"),
        ("What was the hottest station?", "Readings: Station with most Temp max"),
        ("coldest station", "Readings: Station with least Temp min"),
        ("wettest station", "Readings: Station with most Rainfall"),
    ]);
}

#[test]
fn groups() {
    assert_planned(&[
        ("projects by status", "Projects: count by Status"),
        ("How many projects by status?", "Projects: count by Status"),
        ("number of projects per owner", "Projects: count by Owner"),
        ("how many projects are there for each status", "Projects: count by Status"),
        ("total budget by status", "Projects: sum Budget by Status"),
        ("average hours per owner", "Projects: avg Hours by Owner"),
        ("budget by owner", "Projects: sum Budget by Owner"),
        ("projects per month", "Projects: count by Due by month"),
        ("people by city", "People: count by City"),
        ("average salary by city", "People: avg Salary by City"),
        ("number of open projects by owner", "Projects where Status is Open: count by Owner"),
        ("Which status has the most projects?", "Projects: count by Status, most 1"),
        ("which owner has the fewest projects", "Projects: count by Owner, least 1"),
        ("Which city has the most people?", "People: count by City, most 1"),
    ]);
}

#[test]
fn lookups() {
    assert_planned(&[
        ("What is the budget of Apollo?", "Projects where Name is Apollo: Budget"),
        ("whats the status of Borealis", "Projects where Name is Borealis: Status"),
        ("When is Apollo due?", "Projects where Name is Apollo: Due"),
        ("Who is the owner of Apollo?", "Projects where Name is Apollo: Owner"),
        ("What is the email of Ada?", "People where Name is Ada: Email"),
        ("Ada's email", "People where Name is Ada: Email"),
        ("What is the budget and status of Apollo?", "Projects where Name is Apollo: Budget, Status"),
        ("How much is the budget of Delta Works?", "Projects where Name is Delta Works: Budget"),
        (
            "What was the rainfall in North Gate in 1990?",
            "Readings where Year is 1990 and Station is North Gate: Rainfall",
        ),
        ("rainfall of North Gate, 2000", "Readings where Year is 2000 and Station is North Gate: Rainfall"),
    ]);
}

#[test]
fn lists() {
    assert_planned(&[
        ("list the open projects", "Projects where Status is Open: records"),
        ("show projects with a budget over 10000", "Projects where Budget is more than 10000: records"),
        ("Which people live in Berlin?", "People where City is Berlin: records"),
        ("list all cities", "People: choices of City"),
        ("projects due next month", "Projects where Due is from 2026-05-01 and before 2026-06-01: records"),
        ("projects sorted by budget", "Projects: records sorted by Budget"),
        ("open projects sorted by due descending", "Projects where Status is Open: records sorted by Due down"),
    ]);
}

#[test]
fn questions_for_yes_or_no() {
    assert_planned(&[
        ("Is Apollo open?", "Projects where Name is Apollo: whether where Status is Open"),
        ("is Borealis done", "Projects where Name is Borealis: whether where Status is Done"),
        ("Are there any open projects?", "Projects where Status is Open: any"),
        ("do we have people in Paris?", "People where City is Paris: any"),
    ]);
}

#[test]
fn different_values() {
    assert_planned(&[
        ("How many different cities are there?", "People: distinct City"),
        ("number of distinct cities", "People: distinct City"),
        ("how many unique stations", "Readings: distinct Station"),
        ("How many distinct values does Weather have?", "Readings: distinct Weather"),
        ("number of unique weather values", "Readings: distinct Weather"),
    ]);
}

#[test]
fn what_cannot_be_placed_is_not_answered() {
    for message in [
        "colourless green ideas sleep furiously",
        "How many purple projects are there?",
        "how many projects are haunted",
        "What is the average?",
        "which project has the highest karma",
        "What is the budget of Zeus in 2044?",
        "median of open projects",
        "How many projects have more than 3 tails?",
        "worst project",
        "average budget by moon",
        "how many people flew to the moon",
    ] {
        let found = understood(message);
        assert!(found.as_ref().is_none_or(|found| found.sureness < SURE), "{message}: {found:?}");
    }
}

#[test]
fn the_words_that_were_not_understood_are_told() {
    let found = understood("how many projects are haunted").unwrap();
    assert_eq!(found.unexplained, ["haunted"]);
    let found = understood("which open project has the highest karma").unwrap();
    assert!(found.unexplained.contains(&"karma".to_owned()) && found.unexplained.contains(&"highest".to_owned()));
}

#[test]
fn the_table_named_by_what_asks_is_meant() {
    assert_planned(&[
        ("Which people own projects that are open?", "People where Status of Projects is Open: records"),
        ("How many projects does Ada own?", "Projects where Owner is Ada: count"),
        ("projects of Ada", "Projects where Owner is Ada: records"),
        ("how many projects belong to Linus", "Projects where Owner is Linus: count"),
    ]);
}
