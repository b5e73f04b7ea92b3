use serde_json::json;

use super::*;
use crate::planner::fixture::{Studio, book};

fn projects() -> Table {
    book(&Studio::new()).tables.remove(0)
}

#[test]
fn values_as_plain_text() {
    for (given, wanted) in [
        (json!(null), "empty"),
        (json!("Apollo"), "Apollo"),
        (json!(true), "yes"),
        (json!(false), "no"),
        (json!(3), "3"),
        (json!(3.0), "3"),
        (json!(3.25), "3.25"),
        (json!(1234), "1234"),
        (json!(12345), "12,345"),
        (json!(1_234_567.5), "1,234,567.5"),
        (json!(-12345), "-12,345"),
        (json!(0.1 + 0.2), "0.3"),
        (json!(["a", "b"]), "a, b"),
        (json!([]), ""),
        (json!({ "id": "rec1", "text": "Ada" }), "Ada"),
        (json!({ "id": "sel1", "name": "Open" }), "Open"),
        (json!([{ "text": "Ada" }, { "text": "Grace" }]), "Ada, Grace"),
    ] {
        assert_eq!(plain(&given), wanted, "{given}");
    }
}

#[test]
fn cells_look_as_their_field_shows_them() {
    let table = projects();
    for (field, given, wanted) in [
        ("Budget", json!(12000), "$12,000"),
        ("Progress", json!(0.5), "50%"),
        ("Progress", json!(0.125), "12.5%"),
        ("Hours", json!(30.5), "30.5"),
        ("Name", json!("Apollo"), "Apollo"),
        ("Nope", json!(5), "5"),
        ("Due", json!("2026-04-20"), "2026-04-20"),
    ] {
        assert_eq!(value(&table, field, &given), wanted, "{field} {given}");
    }
    let readings = book(&Studio::new()).tables.remove(2);
    assert_eq!(value(&readings, "Year", &json!(12345)), "12345", "years are not set apart");
}

#[test]
fn lists_are_cut() {
    let parts: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    assert_eq!(series(&[], 3), "");
    assert_eq!(series(&parts[..1], 3), "a");
    assert_eq!(series(&parts[..2], 3), "a and b");
    assert_eq!(series(&parts[..3], 3), "a, b and c");
    assert_eq!(series(&parts, 3), "a, b, c and 1 more");
    assert_eq!(series(&parts, 1), "a and 3 more");
}

#[test]
fn conditions_in_words() {
    let within = |from: Option<&str>, until: Option<&str>| {
        Condition::new("Due", Test::Within { from: from.map(str::to_owned), until: until.map(str::to_owned) })
    };
    let not = |condition: Condition| Condition { negated: true, ..condition };
    for (given, wanted) in [
        (Condition::is("Status", "=", json!("Open")), "Status is Open"),
        (not(Condition::is("Status", "=", json!("Open"))), "Status is not Open"),
        (Condition::is("Status", "is_any_of", json!(["Open", "Done"])), "Status is Open or Done"),
        (Condition::is("Status", "is_none_of", json!(["Done"])), "Status is none of Done"),
        (Condition::is("Name", "contains", json!("pol")), "Name contains pol"),
        (Condition::is("Budget", ">", json!(5)), "Budget is more than 5"),
        (Condition::is("Budget", ">=", json!(5)), "Budget is at least 5"),
        (Condition::is("Budget", "<", json!(5.5)), "Budget is less than 5.5"),
        (Condition::is("Budget", "<=", json!(5)), "Budget is at most 5"),
        (Condition::is("Paid", "=", json!(true)), "Paid is checked"),
        (Condition::is("Paid", "=", json!(false)), "Paid is not checked"),
        (Condition::new("Phone", Test::Empty), "Phone is empty"),
        (not(Condition::new("Phone", Test::Empty)), "Phone is not empty"),
        (Condition::new("Hours", Test::Between(1.0, 2.5)), "Hours is between 1 and 2.5"),
        (not(Condition::new("Hours", Test::Between(1.0, 2.5))), "Hours is not between 1 and 2.5"),
        (within(Some("2026-01-01"), Some("2026-02-01")), "Due is from 2026-01-01 and before 2026-02-01"),
        (within(Some("2026-01-01"), None), "Due is 2026-01-01 or later"),
        (within(None, Some("2026-02-01")), "Due is before 2026-02-01"),
        (not(within(None, Some("2026-02-01"))), "Due is not before 2026-02-01"),
        (within(None, None), "Due is set"),
    ] {
        assert_eq!(condition(&given), wanted);
    }
}

#[test]
fn conditions_over_a_link_name_it() {
    let via = Some(super::super::plan::Via { link: "Owner".to_owned(), table: "People".to_owned() });
    let far = Condition { via, ..Condition::is("City", "=", json!("Berlin")) };
    let near = Condition::is("Status", "=", json!("Open"));
    assert_eq!(conditions(&[near, far]), " where Status is Open and City of Owner is Berlin");
    assert_eq!(conditions(&[]), "");
}

#[test]
fn counted_records() {
    let table = projects();
    assert_eq!(counted(0, &table, ""), "There are 0 projects.");
    assert_eq!(counted(1, &table, " where A is b"), "There is 1 project where A is b.");
    assert_eq!(counted(12_000, &table, ""), "There are 12,000 projects.");
}

fn records() -> Vec<Value> {
    vec![
        json!({ "id": "rec0", "fields": { "Name": "Apollo", "Budget": 12000 } }),
        json!({ "id": "rec1", "fields": { "Name": "Borealis", "Budget": 4500 } }),
    ]
}

#[test]
fn extremes_in_words() {
    let table = projects();
    assert_eq!(
        extreme(&table, &records()[..1], "Name", ("Budget", "highest"), " where Status is Open"),
        "The highest Budget where Status is Open: Apollo ($12,000)."
    );
    assert_eq!(
        extreme(&table, &records(), "Name", ("Budget", "lowest"), ""),
        "The lowest Budget: Apollo ($12,000) and Borealis ($4500)."
    );
    assert_eq!(extreme(&table, &[], "Name", ("Budget", "highest"), ""), "No project has a Budget.");
}

#[test]
fn cells_looked_up_in_words() {
    let table = projects();
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let records = records();
    assert_eq!(
        looked_up(&table, &records[..1], 1, &names(&["Budget"]), " where Name is Apollo"),
        "The Budget where Name is Apollo is $12,000."
    );
    assert_eq!(
        looked_up(&table, &records[..1], 1, &names(&["Name", "Budget"]), ""),
        "The Name and Budget are Apollo and $12,000."
    );
    assert_eq!(
        looked_up(&table, &records, 2, &names(&["Budget"]), ""),
        "The Budget of 2 projects: $12,000 (Apollo) and $4500 (Borealis)."
    );
    assert_eq!(looked_up(&table, &[], 0, &names(&["Budget"]), ""), "I found no project.");
}

#[test]
fn groups_in_words() {
    let table = projects();
    let group = |field: Option<&str>, op: Op| Groups {
        by: "Status".to_owned(),
        bucket: None,
        op,
        field: field.map(str::to_owned),
        pick: None,
        having: None,
    };
    let rows = vec![(json!("Open"), json!(2)), (json!(null), json!(1))];
    assert_eq!(
        groups(&table, &group(None, Op::Count), &rows, ""),
        "The number of projects by Status: Open 2 and (empty) 1."
    );
    assert_eq!(
        groups(&table, &group(Some("Budget"), Op::Avg), &rows, " where Paid is checked"),
        "The average Budget by Status where Paid is checked: Open $2 and (empty) $1."
    );
    assert_eq!(groups(&table, &group(None, Op::Count), &[], ""), "No projects to group by Status.");
}

#[test]
fn every_aggregate_has_a_word() {
    let all = [Op::Count, Op::Sum, Op::Avg, Op::Min, Op::Max, Op::Median];
    let mut words: Vec<&str> = all.iter().map(|one| op(*one)).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), all.len());
    assert_eq!(lower_first("There are"), "there are");
    assert_eq!(lower_first(""), "");
}
