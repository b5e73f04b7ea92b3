use super::*;
use crate::planner::fixture::{Studio, book, now, reading};

fn read(message: &str) -> Reading {
    let studio = Studio::new();
    let book = book(&studio);
    reading(&studio, &book, message)
}

/// Fields of a table that the message names, best quality each.
fn fields(message: &str, table: usize) -> Vec<(String, f32)> {
    let book = book(&Studio::new());
    let reading = read(message);
    let mut out: Vec<(String, f32)> = Vec::new();
    for mention in reading.links[table].fields.iter().filter(|m| m.quality > 0.4 && !m.dominated) {
        let name = book.tables[table].fields[mention.field].name.clone();
        match out.iter_mut().find(|(known, _)| *known == name) {
            Some((_, quality)) => *quality = quality.max(mention.quality),
            None => out.push((name, mention.quality)),
        }
    }
    out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    out
}

fn best_field(message: &str, table: usize) -> Option<String> {
    fields(message, table).into_iter().next().map(|(name, _)| name)
}

/// Exact values: field, value.
fn values(message: &str, table: usize) -> Vec<(String, String)> {
    let book = book(&Studio::new());
    let reading = read(message);
    let exact = reading.links[table].values.iter().filter(|v| v.exact);
    let mut out: Vec<(String, String)> = exact
        .map(|v| (book.tables[table].fields[v.field].name.clone(), v.value.as_str().unwrap().to_owned()))
        .collect();
    out.sort();
    out.dedup();
    out
}

#[test]
fn fields_are_named_in_other_words() {
    for (message, table, wanted) in [
        ("the budget", 0, "Budget"),
        ("the budgets", 0, "Budget"),
        ("what does it cost", 0, "Budget"),
        ("the deadline", 0, "Due"),
        ("who is responsible", 0, "Owner"),
        ("the telephone", 0, "Phone"),
        ("the stage", 0, "Status"),
        ("their wage", 1, "Salary"),
        ("the mail", 1, "Email"),
        ("which town", 1, "City"),
        ("the sex", 1, "Gender"),
        ("the temp max", 2, "Temp max"),
        ("precipitation", 2, "Rainfall"),
        ("budgt", 0, "Budget"),
        ("which people", 0, "Owner"),
    ] {
        assert_eq!(best_field(message, table).as_deref(), Some(wanted), "{message}");
    }
    assert_eq!(best_field("green ideas sleep", 0), None);
}

#[test]
fn a_longer_name_hides_a_part_of_it() {
    let reading = read("the temp max of the north gate");
    let hidden = reading.links[2].fields.iter().filter(|m| m.field == 3 && m.start == 1);
    assert!(hidden.clone().count() > 0 && hidden.into_iter().all(|m| m.dominated));
}

#[test]
fn tables_are_named_in_singular_and_plural() {
    for (message, wanted) in
        [("projects", 0), ("project", 0), ("people", 1), ("person", 1), ("persons", 1), ("reading", 2)]
    {
        let tables: Vec<usize> = read(message).tables.iter().map(|m| m.table).collect();
        assert!(tables.contains(&wanted), "{message}: {tables:?}");
    }
}

#[test]
fn values_are_found_whole() {
    let pair = |field: &str, value: &str| (field.to_owned(), value.to_owned());
    assert_eq!(values("what is delta works?", 0), [pair("Name", "Delta Works")]);
    assert_eq!(values("is it on hold", 0), [pair("Status", "On hold")]);
    assert_eq!(values("in Berlin", 1), [pair("City", "Berlin")]);
    assert_eq!(values("ada@studio.test", 1), [pair("Email", "ada@studio.test"), pair("Name", "Ada")]);
    assert_eq!(values("nothing here", 0), []);
}

#[test]
fn primary_values_are_values_of_the_links_to_them() {
    let pair = |field: &str, value: &str| (field.to_owned(), value.to_owned());
    assert_eq!(values("of Ada", 0), [pair("Owner", "Ada")]);
    assert_eq!(values("of Apollo", 1), [pair("Projects", "Apollo")]);
}

#[test]
fn other_forms_are_near_values() {
    let near = |message: &str, table: usize| {
        let reading = read(message);
        reading.links[table].values.iter().filter(|v| !v.exact).map(|v| v.value.clone()).collect::<Vec<_>>()
    };
    assert!(near("sunny weather", 2).contains(&json!("sun")));
    assert!(near("foggy", 2).contains(&json!("fog")));
    assert!(near("how many women", 1).contains(&json!("Female")));
    assert!(near("brelin", 1).contains(&json!("Berlin")));
}

#[test]
fn sentences() {
    let start = |message: &str| read(message).sentence_start();
    assert_eq!(start("One thing. How many?"), Some(2));
    assert_eq!(start("How many projects?"), None);
    assert_eq!(start("A. B. C d"), Some(2));
    assert_eq!(start("version 1.5 is out"), None);
    assert_eq!(start(""), None);
}

#[test]
fn what_a_sentence_before_tells() {
    for message in [
        "Look at Apollo. How many?",
        "Since 2020. How many?",
        "More than 5. How many?",
        "Which is the highest? Tell me.",
        "The budget matters. How many?",
    ] {
        let reading = read(message);
        assert!(reading.tells_before(reading.sentence_start().unwrap()), "{message}");
    }
    for message in ["Hello there. How many?", "I am in a hurry. How many?"] {
        let reading = read(message);
        assert!(!reading.tells_before(reading.sentence_start().unwrap()), "{message}");
    }
}

#[test]
fn a_reading_from_a_word_on() {
    let whole = read("Good morning. How many projects are open?");
    let part = whole.from(whole.sentence_start().unwrap());
    assert_eq!(part.text(0), "how");
    assert_eq!(part.slice(2, 3), "projects");
    assert_eq!(part.tables.iter().find(|m| m.table == 0).map(|m| m.start), Some(2));
    assert!(part.is(4, &["open", "done"]) && !part.is(9, &["open"]));
    assert_eq!(part.text(99), "");
}

#[test]
fn shouting() {
    assert!(read("HOW MANY PROJECTS").shouts());
    assert!(!read("How many projects").shouts());
}

#[test]
fn squeezing() {
    for (text, wanted) in [("On-hold!", "on hold"), ("  A  b ", "a b"), ("É.C.", "e c"), ("", ""), ("!!", "")] {
        assert_eq!(squeeze(text), wanted, "{text}");
    }
}

#[test]
fn long_messages_are_read_too() {
    let message = "project ".repeat(400);
    assert!(read(&message).words.len() == 400);
    let bare = Reading::without_values(&Book::default(), "anything at all", now());
    assert!(bare.links.is_empty() && bare.tables.is_empty());
}
