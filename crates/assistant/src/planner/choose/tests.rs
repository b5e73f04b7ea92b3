use super::*;
use crate::planner::fixture::{Studio, book, reading};

/// The opener of a message and the best field of a table.
fn choice(message: &str, table: usize) -> (Opener, String) {
    let studio = Studio::new();
    let book = book(&studio);
    let reading = reading(&studio, &book, message);
    let draft = Draft::new(&reading, &book, table).unwrap();
    let opener = opener(&draft);
    let best = ranked(&draft, opener).remove(0);
    (opener, book.tables[table].fields[best.field].name.clone())
}

#[test]
fn messages_open_in_different_ways() {
    for (message, wanted) in [
        ("who owns it", Opener::Who),
        ("where is it", Opener::Where),
        ("when is it due", Opener::When),
        ("how old is she", Opener::How(1)),
        ("how much does it cost", Opener::How(1)),
        ("what is the budget", Opener::What(1)),
        ("whats the budget", Opener::What(1)),
        ("which city is it", Opener::Which(1)),
        ("what city is it", Opener::Which(1)),
        ("whose project is it", Opener::Which(1)),
        ("show the budget", Opener::What(1)),
        ("please list the budgets", Opener::What(2)),
        ("budget of it", Opener::None),
        ("projects where the owner is new", Opener::None),
    ] {
        assert_eq!(choice(message, 0).0, wanted, "{message}");
    }
}

#[test]
fn the_field_that_is_asked_for_comes_first() {
    for (message, table, wanted) in [
        ("what is the budget", 0, "Budget"),
        ("when is it", 0, "Due"),
        ("when was she born", 1, "Born"),
        ("where does she live", 1, "City"),
        ("which city does Ada live in", 1, "City"),
        ("what is the email of the person in the city", 1, "Email"),
        ("how much does she earn", 1, "Salary"),
        ("who is the owner", 0, "Owner"),
        ("what was the temp min", 2, "Temp min"),
        ("what was the rainfall", 2, "Rainfall"),
    ] {
        assert_eq!(choice(message, table).1, wanted, "{message}");
    }
}
