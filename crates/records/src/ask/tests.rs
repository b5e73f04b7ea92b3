use serde_json::{Value, json};
use testkit::on_every_database;

use super::*;
use crate::fixture::House;
use crate::ops::{AggregateQuery, ListQuery};

async fn filled(house: &House) {
    house
        .create(
            "Tasks",
            &[
                json!({ "Name": "Paint fence", "Notes": "before winter", "Points": 3, "Status": "Open", "Tags": ["a"], "Due": "2026-02-03", "Urgent": true, "Project": "Garden" }),
                json!({ "Name": "paint door", "Points": 1.5, "Status": "Done", "Tags": ["a", "b"], "Due": "2026-03-01", "Project": ["Garden", "House"] }),
                json!({ "Name": "Fix roof", "Points": -2, "Status": "Open", "Tags": ["b"], "Project": "House" }),
                json!({ "Name": "Rest", "Notes": "100% sure" }),
            ],
        )
        .await;
}

async fn names(house: &House, tree: Value) -> Result<Vec<String>, Error> {
    let query = ListQuery { tree: Some(tree), ..ListQuery::default() };
    let page = house.records.list(&house.owner, house.base, "Tasks", &query).await?;
    let told = crate::fixture::told(&page.found);
    Ok(told.iter().map(|record| record["fields"]["Name"].as_str().unwrap().to_owned()).collect())
}

/// In which table, for what, at most how many; the tables with how many are shown and how many there are.
type Search = (Option<&'static str>, &'static str, usize, Vec<(String, usize, usize)>);

const FENCE: &str = "Paint fence";
const DOOR: &str = "paint door";
const ROOF: &str = "Fix roof";
const REST: &str = "Rest";

#[on_every_database]
async fn every_operator_finds_its_records(house: House) {
    filled(&house).await;
    let cases: &[(&str, &str, Value, &[&str])] = &[
        ("Name", "=", json!("paint fence"), &[FENCE]),
        ("Name", "!=", json!("Rest"), &[FENCE, DOOR, ROOF]),
        ("name", "contains", json!("PAINT"), &[FENCE, DOOR]),
        ("Name", "not_contains", json!("paint"), &[ROOF, REST]),
        ("Name", "starts_with", json!("fix"), &[ROOF]),
        ("Name", "ends_with", json!("OOF"), &[ROOF]),
        ("Name", "is_any_of", json!(["Rest", "Fix roof"]), &[ROOF, REST]),
        ("Name", "is_none_of", json!(["Rest", "Fix roof"]), &[FENCE, DOOR]),
        ("Notes", "contains", json!("100%"), &[REST]),
        ("Notes", "is_empty", Value::Null, &[DOOR, ROOF]),
        ("Notes", "is_not_empty", Value::Null, &[FENCE, REST]),
        ("Points", "=", json!(3), &[FENCE]),
        ("Points", "=", json!("1.5"), &[DOOR]),
        ("Points", "<", json!(1.5), &[ROOF]),
        ("Points", "<=", json!(1.5), &[DOOR, ROOF]),
        ("Points", ">", json!("1"), &[FENCE, DOOR]),
        ("Points", ">=", json!(3), &[FENCE]),
        ("Points", "!=", json!(3), &[DOOR, ROOF, REST]),
        ("Points", "is_empty", Value::Null, &[REST]),
        ("Double", ">", json!(5), &[FENCE]),
        ("Label", "contains", json!("garden"), &[FENCE, DOOR]),
        ("Status", "=", json!("open"), &[FENCE, ROOF]),
        ("Status", "!=", json!("Open"), &[DOOR, REST]),
        ("Status", "contains", json!("on"), &[DOOR]),
        ("Status", "is_any_of", json!(["Done", "Nope"]), &[DOOR]),
        ("Status", "is_empty", Value::Null, &[REST]),
        ("Tags", "has_any_of", json!(["a"]), &[FENCE, DOOR]),
        ("Tags", "has_all_of", json!(["a", "b"]), &[DOOR]),
        ("Tags", "is_none_of", json!(["a", "b"]), &[REST]),
        ("Urgent", "=", json!(true), &[FENCE]),
        ("Urgent", "=", json!("yes"), &[FENCE]),
        ("Urgent", "=", json!(false), &[DOOR, ROOF, REST]),
        ("Due", "=", json!("2026-02-03"), &[FENCE]),
        ("Due", ">", json!("2026-02-03"), &[DOOR]),
        ("Due", ">=", json!("2026-02-03T00:00:00Z"), &[FENCE, DOOR]),
        ("Due", "<", json!("2026-02-03"), &[]),
        ("Project", "=", json!("House"), &[DOOR, ROOF]),
        ("Project", "contains", json!("gard"), &[FENCE, DOOR]),
        ("Project", "has_all_of", json!(["Garden", "House"]), &[DOOR]),
        ("Project", "is_empty", Value::Null, &[REST]),
        ("Project", "=", json!("Nowhere"), &[]),
    ];
    for (field, op, value, expected) in cases {
        let found = names(&house, json!({ "field": field, "op": op, "value": value })).await.unwrap();
        assert_eq!(found, *expected, "{field} {op} {value}");
    }
}

#[on_every_database]
async fn trees_are_joined_turned_around_and_nested(house: House) {
    filled(&house).await;
    let open = json!({ "field": "Status", "value": "Open" });
    let paint = json!({ "field": "Name", "op": "contains", "value": "paint" });
    let cases: [(Value, &[&str]); 7] = [
        (json!({ "and": [open, paint] }), &[FENCE]),
        (json!({ "or": [open, paint] }), &[FENCE, DOOR, ROOF]),
        (json!({ "not": open }), &[DOOR, REST]),
        (json!({ "not": { "not": open } }), &[FENCE, ROOF]),
        (json!({ "and": [] }), &[FENCE, DOOR, ROOF, REST]),
        (json!({ "or": [] }), &[]),
        (json!({ "and": [{ "or": [open, { "field": "Urgent", "value": true }] }, { "not": paint }] }), &[ROOF]),
    ];
    for (tree, expected) in cases {
        assert_eq!(names(&house, tree.clone()).await.unwrap(), expected, "{tree}");
    }
    // A formula and a tree must both hold.
    let query = ListQuery { filter: Some("{Points} > 0".to_owned()), tree: Some(open), ..ListQuery::default() };
    assert_eq!(house.column("Tasks", "Name", &query).await, [json!(FENCE)]);
}

#[on_every_database]
async fn trees_that_cannot_be_used_say_what_would_be_right(house: House) {
    filled(&house).await;
    let deep = (0..200).fold(json!({ "field": "Name", "value": "x" }), |tree, _| json!({ "not": tree }));
    let many: Vec<String> = (0..1_001).map(|n| n.to_string()).collect();
    let cases: [(Value, &str); 12] = [
        (json!("x"), "a filter is"),
        (json!([]), "a filter is"),
        (json!({}), "a filter is"),
        (json!({ "and": {} }), "a filter is"),
        (json!({ "and": [], "or": [] }), "a filter is"),
        (json!({ "field": 3 }), "a filter is"),
        (json!({ "field": "Name", "op": "like", "value": "x" }), "there is no filter operator `like`; there are =, !="),
        (
            json!({ "field": "Points", "value": "many" }),
            "`Points` = \"many\" cannot be compared: the field holds numbers",
        ),
        (json!({ "field": "Due", "value": "soon" }), "written 2026-03-01"),
        (json!({ "field": "Urgent", "value": 3 }), "true and false"),
        (deep, "nests too deeply"),
        (json!({ "field": "Name", "op": "is_any_of", "value": many }), "at most 1000 values"),
    ];
    for (tree, part) in cases {
        let error = names(&house, tree.clone()).await.err().unwrap();
        assert!(matches!(error, Error::Filter { .. }) && error.to_string().contains(part), "{error}");
    }
    let unknown = names(&house, json!({ "field": "Pionts", "value": 1 })).await.err().unwrap();
    assert!(matches!(unknown, Error::UnknownField { ref hint, .. } if hint.contains("`Points`")));
}

#[on_every_database]
async fn formulas_that_cannot_be_used_are_refused(house: House) {
    for formula in ["{Nope}", "1 +", "NOSUCH()", "(((("] {
        let query = ListQuery { filter: Some(formula.to_owned()), ..ListQuery::default() };
        let refused = house.records.list(&house.owner, house.base, "Tasks", &query).await.err().unwrap();
        assert!(matches!(refused, Error::Formula { .. }), "{formula}: {refused}");
    }
    filled(&house).await;
    for blank in ["", "   "] {
        let query = ListQuery { filter: Some(blank.to_owned()), ..ListQuery::default() };
        assert_eq!(house.column("Tasks", "Name", &query).await.len(), 4);
    }
}

#[on_every_database]
async fn records_are_grouped_and_their_cells_summed_up(house: House) {
    use query::{Bucket, Function};
    filled(&house).await;
    let asked = |by: &[(&str, Bucket)], aggregates: &[Option<(Function, &str)>]| AggregateQuery {
        by: by.iter().map(|(name, bucket)| ((*name).to_owned(), *bucket)).collect(),
        aggregates: aggregates.iter().map(|a| a.map(|(function, name)| (function, name.to_owned()))).collect(),
        ..AggregateQuery::default()
    };
    let run = async |query: AggregateQuery| {
        let answer = house.records.aggregate(&house.owner, house.base, "Tasks", &query).await.unwrap();
        let told = answer.groups.into_iter().map(|group| json!([group.key, group.values]));
        (told.collect::<Value>(), answer.total, answer.matched)
    };
    let all = asked(
        &[],
        &[None, Some((Function::Sum, "Points")), Some((Function::Average, "Double")), Some((Function::Max, "Due"))],
    );
    let (groups, total, matched) = run(all).await;
    assert_eq!((groups, total, matched), (json!([[[], [4, 2.5, 1.25, "2026-03-01"]]]), 1, 4));
    let by_status = asked(&[("Status", Bucket::Value)], &[None, Some((Function::Sum, "Points"))]);
    let (groups, ..) = run(by_status.clone()).await;
    assert_eq!(
        groups,
        json!([[[null], [1, 0]], [["Open"], [2, 1]], [["Done"], [1, 1.5]]]),
        "in the order of the choices"
    );
    let largest = AggregateQuery { sort: Some((1, true)), limit: Some(1), ..by_status.clone() };
    let (groups, total, _) = run(largest).await;
    assert_eq!((groups, total), (json!([[["Done"], [1, 1.5]]]), 3));
    let backwards = AggregateQuery { keys_descending: true, ..by_status.clone() };
    assert_eq!(run(backwards).await.0[0][0], json!(["Done"]));
    let open = AggregateQuery { formula: Some("{Status} = 'Open'".to_owned()), ..by_status };
    assert_eq!((run(open.clone()).await.1, run(open).await.2), (1, 2));
    let (by_project, total, _) = run(asked(&[("Project", Bucket::Value)], &[None])).await;
    let texts: Vec<&Value> = by_project.as_array().unwrap().iter().map(|group| &group[0][0]["text"]).collect();
    assert_eq!((texts.len(), total), (3, 3));
    assert!(texts.contains(&&json!("Garden")) && texts.contains(&&json!("House")), "{by_project}");
    let (by_month, ..) = run(asked(&[("Due", Bucket::Month)], &[None])).await;
    assert_eq!(by_month[1], json!([["2026-02-01"], [1]]));
    let wrong = asked(&[], &[Some((Function::Sum, "Name"))]);
    let refused = house.records.aggregate(&house.owner, house.base, "Tasks", &wrong).await.err().unwrap();
    assert!(refused.to_string().starts_with("field `Name` is of type singleLineText and does not allow"), "{refused}");
}

#[on_every_database]
async fn words_are_searched_everywhere_and_found_among_values(house: House) {
    filled(&house).await;
    let search = async |table: Option<&str>, text: &str, limit: usize| {
        let hits = house.records.search(&house.owner, house.base, table, text, limit).await.unwrap();
        hits.iter().map(|hit| (hit.found.table.name.clone(), hit.found.ids().len(), hit.total)).collect::<Vec<_>>()
    };
    let told = |name: &str, shown, total| (name.to_owned(), shown, total);
    // The number, in a name, in a note and by a linked record's name.
    let cases: [Search; 8] = [
        (None, "garden", 9, vec![told("Projects", 1, 1), told("Tasks", 2, 2)]),
        (Some("Tasks"), "PAINT", 9, vec![told("Tasks", 2, 2)]),
        (Some("Tasks"), "paint", 1, vec![told("Tasks", 1, 2)]),
        (None, " winter ", 9, vec![told("Tasks", 1, 1)]),
        (None, "1.5", 9, vec![told("Tasks", 1, 1)]),
        (None, "done", 9, vec![told("Tasks", 1, 1)]),
        (None, "nowhere", 9, vec![]),
        (None, "house", 2, vec![told("Projects", 1, 1), told("Tasks", 1, 2)]),
    ];
    for (table, text, limit, expected) in cases {
        assert_eq!(search(table, text, limit).await, expected, "{text}");
    }
    assert!(matches!(house.records.search(&house.owner, house.base, None, "  ", 9).await, Err(Error::Filter { .. })));
    let values = async |word: &str| {
        let found = house.records.find_values(&house.owner, house.base, None, &[word.to_owned()], 9).await.unwrap();
        found
            .into_iter()
            .map(|f| (f.field, f.value.as_str().unwrap_or_default().to_owned(), f.count, f.exact))
            .collect::<Vec<_>>()
    };
    assert!(values("Open").await.contains(&("Status".to_owned(), "Open".to_owned(), 2, true)));
    assert!(values("paint").await.iter().any(|(field, value, _, exact)| field == "Name" && value == FENCE && !exact));
    assert!(values("gardn").await.iter().any(|(field, value, ..)| field == "Title" && value == "Garden"), "one slip");
    assert!(values("zebra").await.is_empty());
}

#[on_every_database]
async fn a_number_in_a_name_is_never_a_slip(house: House) {
    house
        .create(
            "Tasks",
            &[json!({ "Name": "Apollo 9" }), json!({ "Name": "Apollo 10" }), json!({ "Name": "Saturn V" })],
        )
        .await;
    let values = async |word: &str| {
        let found = house.records.find_values(&house.owner, house.base, None, &[word.to_owned()], 9).await.unwrap();
        found.into_iter().map(|found| found.value.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert!(values("apollo 9").await.iter().all(|value| value.starts_with("Apollo 9")));
    assert!(values("apolo 10").await.contains(&"Apollo 10".to_owned()), "a slip beside the number");
    for other in ["Apollo 99", "Apollo 1", "Apollo 18", "Saturn IV", "Saturn X"] {
        assert_eq!(values(other).await, Vec::<String>::new(), "{other}");
    }
}
