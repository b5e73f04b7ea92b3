use super::*;
use crate::planner::fixture::{Studio, book};

#[test]
fn a_base_is_read_with_its_fields() {
    let book = book(&Studio::new());
    let names: Vec<&str> = book.tables.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["Projects", "People", "Readings"]);
    let projects = &book.tables[0];
    assert_eq!((projects.record_count, projects.primary), (5, 0));
    let kinds: Vec<Kind> = projects.fields.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Text,
            Kind::Select,
            Kind::Number,
            Kind::Number,
            Kind::Percent,
            Kind::Date,
            Kind::Checkbox,
            Kind::MultiSelect,
            Kind::Link,
            Kind::Text
        ]
    );
    assert_eq!(projects.fields[1].choices, ["Open", "On hold", "Done"]);
    assert_eq!(projects.fields[2].symbol.as_deref(), Some("$"));
    assert_eq!(book.linked(&projects.fields[8]), Some(1));
    assert_eq!(book.linked(&projects.fields[0]), None);
}

#[test]
fn types_become_kinds() {
    let plain = json!({});
    for (name, kind) in [
        ("singleLineText", Kind::Text),
        ("multilineText", Kind::Text),
        ("number", Kind::Number),
        ("currency", Kind::Number),
        ("rating", Kind::Number),
        ("autoNumber", Kind::Number),
        ("percent", Kind::Percent),
        ("duration", Kind::Duration),
        ("date", Kind::Date),
        ("dateTime", Kind::Date),
        ("createdTime", Kind::Date),
        ("checkbox", Kind::Checkbox),
        ("singleSelect", Kind::Select),
        ("multipleSelects", Kind::MultiSelect),
        ("multipleRecordLinks", Kind::Link),
        ("somethingNew", Kind::Text),
    ] {
        assert_eq!(Kind::parse(name, &plain), kind, "{name}");
    }
}

#[test]
fn formulas_are_what_they_result_in() {
    for (result, kind) in [
        (json!("number"), Kind::Number),
        (json!({ "type": "number" }), Kind::Number),
        (json!({ "type": "date" }), Kind::Date),
        (json!({ "type": "checkbox" }), Kind::Checkbox),
        (json!({ "type": "percent" }), Kind::Percent),
        (json!("singleLineText"), Kind::Text),
        (json!(null), Kind::Text),
    ] {
        assert_eq!(Kind::parse("formula", &json!({ "result": result })), kind, "{result}");
    }
}

#[test]
fn names_are_cut_into_words_that_count_more_or_less() {
    let parsed = |name: &str| {
        let (words, weights) = name_words(name);
        words.into_iter().map(|w| w.text).zip(weights).collect::<Vec<_>>()
    };
    let word = |text: &str, weight: f32| (text.to_owned(), weight);
    assert_eq!(parsed("unit_price"), [word("unit", 1.0), word("price", 1.0)]);
    assert_eq!(parsed("unitPrice"), [word("unit", 1.0), word("price", 1.0)]);
    assert_eq!(parsed("Date of birth"), [word("date", 1.0), word("of", 0.2), word("birth", 1.0)]);
    assert_eq!(parsed("Weight (kg)"), [word("weight", 1.0), word("kg", 0.25)]);
    assert_eq!(parsed("(kg)"), [word("kg", 1.0)]);
    assert_eq!(parsed("ID"), [word("id", 1.0)]);
}

#[test]
fn tables_and_fields_are_found_by_name() {
    let book = book(&Studio::new());
    assert_eq!(book.table_named("people"), Some(1));
    assert_eq!(book.table_named("tblPeople"), Some(1));
    assert_eq!(book.table_named("Nobody"), None);
    assert_eq!(book.tables[2].field_named("temp MAX"), Some(2));
    assert_eq!(book.tables[2].field_named("Temp"), None);
    assert_eq!(book.field(2, 2).map(|f| f.name.as_str()), Some("Temp max"));
    assert!(book.field(9, 0).is_none());
}

#[test]
fn nouns_agree_with_their_number() {
    let book = book(&Studio::new());
    assert_eq!((book.tables[0].noun(1), book.tables[0].noun(2)), ("project".to_owned(), "projects".to_owned()));
    assert_eq!(book.tables[1].noun(1), "person");
    assert_eq!(book.tables[1].noun(0), "people");
}

#[test]
fn kinds_of_cells() {
    assert!(Kind::Percent.is_number() && Kind::Duration.is_number() && !Kind::Date.is_number());
    assert!(Kind::Link.is_list() && Kind::MultiSelect.is_list() && !Kind::Select.is_list());
}

#[test]
fn what_is_absent_is_empty() {
    assert_eq!(items(&json!({}), "x").count(), 0);
    assert_eq!(items(&json!({ "x": [1, 2] }), "x").count(), 2);
    assert_eq!(string(&json!({ "x": 1 }), "x"), "");
    assert_eq!(string(&json!({ "x": "y" }), "x"), "y");
}
