use super::*;

#[test]
fn conditions_become_filters() {
    let leaf = |op: &str, value: Value| json!({ "field": "A", "op": op, "value": value });
    let not = |condition: Condition| Condition { negated: true, ..condition };
    let within = |from: Option<&str>, until: Option<&str>| {
        Condition::new("A", Test::Within { from: from.map(str::to_owned), until: until.map(str::to_owned) })
    };
    let cases = [
        (Condition::is("A", "=", json!("x")), leaf("=", json!("x"))),
        (not(Condition::is("A", "=", json!("x"))), leaf("!=", json!("x"))),
        (Condition::is("A", "is_any_of", json!(["x", "y"])), leaf("is_any_of", json!(["x", "y"]))),
        (not(Condition::is("A", "is_any_of", json!(["x"]))), leaf("is_none_of", json!(["x"]))),
        (not(Condition::is("A", ">", json!(3))), json!({ "not": leaf(">", json!(3)) })),
        (not(Condition::is("A", "contains", json!("x"))), json!({ "not": leaf("contains", json!("x")) })),
        (
            Condition::new("A", Test::Between(1.0, 2.5)),
            json!({ "and": [leaf(">=", json!(1)), leaf("<=", json!(2.5))] }),
        ),
        (Condition::new("A", Test::Empty), json!({ "field": "A", "op": "is_empty" })),
        (not(Condition::new("A", Test::Empty)), json!({ "field": "A", "op": "is_not_empty" })),
        (
            within(Some("2026-01-01"), Some("2026-02-01")),
            json!({ "and": [leaf(">=", json!("2026-01-01")), leaf("<", json!("2026-02-01"))] }),
        ),
        (within(Some("2026-01-01"), None), leaf(">=", json!("2026-01-01"))),
        (within(None, Some("2026-02-01")), leaf("<", json!("2026-02-01"))),
        (not(within(None, Some("2026-02-01"))), json!({ "not": leaf("<", json!("2026-02-01")) })),
    ];
    for (condition, filter) in cases {
        assert_eq!(condition.filter(), filter, "{condition:?}");
    }
}

#[test]
fn filters_are_joined_by_and() {
    assert_eq!(all(vec![]), None);
    assert_eq!(all(vec![json!(1)]), Some(json!(1)));
    assert_eq!(all(vec![json!(1), json!(2)]), Some(json!({ "and": [1, 2] })));
}

#[test]
fn whole_numbers_have_no_point() {
    assert_eq!(number(3.0).to_string(), "3");
    assert_eq!(number(-3.0).to_string(), "-3");
    assert_eq!(number(3.5).to_string(), "3.5");
    assert!(number(1e16).is_f64());
}

#[test]
fn plans_survive_being_kept() {
    let plan = Plan {
        table: "Projects".to_owned(),
        conditions: vec![Condition::new("Hours", Test::Between(1.0, 2.0))],
        ask: Ask::Extreme { by: "Budget".to_owned(), greatest: true, show: vec![Shown::own("Name")] },
        sort: Some(Sort { field: "Due".to_owned(), descending: true }),
        limit: Some(3),
        skip: 0,
    };
    let kept = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&kept).unwrap(), plan);
}

#[test]
fn aggregates_have_the_names_of_the_tools() {
    let all = [Op::Count, Op::Sum, Op::Avg, Op::Min, Op::Max, Op::Median];
    assert_eq!(all.map(Op::name), ["count", "sum", "avg", "min", "max", "median"]);
}
