use std::sync::Mutex;

use super::*;
use crate::planner::fixture::{Studio, book, done};
use crate::planner::plan::{Pick, Test, Via};
use crate::planner::toolbox::{ToolFuture, Toolbox};

/// Gives the prepared answers in order and keeps the calls.
struct Scripted {
    answers: Mutex<Vec<Value>>,
    calls: Mutex<Vec<(String, Value)>>,
}

impl Toolbox for Scripted {
    fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
        self.calls.lock().unwrap().push((tool.to_owned(), arguments));
        Box::pin(std::future::ready(Ok(self.answers.lock().unwrap().remove(0))))
    }
}

fn run(plan: &Plan, answers: Vec<Value>) -> (Result<Outcome, ToolFailure>, Vec<(String, Value)>) {
    let tools = Scripted { answers: Mutex::new(answers), calls: Mutex::default() };
    let book = book(&Studio::new());
    let outcome = done(Execution::new(&mut Desk::new(&tools), &book, plan).unwrap().run());
    (outcome, tools.calls.into_inner().unwrap())
}

fn plan(ask: Ask) -> Plan {
    Plan { table: "Projects".to_owned(), conditions: vec![], ask, sort: None, limit: None, skip: 0 }
}

fn open() -> Vec<Condition> {
    vec![Condition::is("Status", "=", json!("Open"))]
}

fn record(name: &str, more: &Value) -> Value {
    let mut fields = more.as_object().cloned().unwrap_or_default();
    fields.insert("Name".to_owned(), json!(name));
    json!({ "id": format!("rec{name}"), "fields": fields })
}

fn group(key: &Value, value: &Value) -> Value {
    json!({ "key": [key], "values": [value] })
}

#[test]
fn a_count_is_the_total_of_a_list() {
    let asked = Plan { conditions: open(), ..plan(Ask::Count) };
    let (outcome, calls) = run(&asked, vec![json!({ "records": [record("A", &json!({}))], "total": 7 })]);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.value, Some(json!(7)));
    assert_eq!(outcome.text, "There are 7 projects where Status is Open.");
    assert_eq!(outcome.records, [("Projects".to_owned(), "recA".to_owned())]);
    assert_eq!(calls[0].1["filter"], json!({ "field": "Status", "op": "=", "value": "Open" }));
}

#[test]
fn kinds_are_counted_where_they_repeat() {
    let counted = json!({ "groups": [{ "key": [], "values": [3] }], "matched": 9 });
    let (outcome, calls) = run(&plan(Ask::CountKinds("Name".to_owned())), vec![counted]);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.value, Some(json!(3)));
    assert!(outcome.text.contains("3 different") && outcome.text.contains("9 records"), "{}", outcome.text);
    assert_eq!(calls[0].1["aggregates"], json!([{ "op": "distinct", "field": "Name" }]));

    let all = json!({ "groups": [{ "key": [], "values": [9] }], "matched": 9 });
    let listed = json!({ "records": [], "total": 9 });
    let (outcome, _) = run(&plan(Ask::CountKinds("Name".to_owned())), vec![all, listed]);
    assert_eq!(outcome.unwrap().text, "There are 9 projects.");
}

#[test]
fn numbers_kept_as_text_are_told_other_text_is_counted() {
    let asked = Plan { conditions: open(), ..plan(Ask::CountOf("Phone".to_owned())) };
    let numeric = json!({ "records": [record("A", &json!({ "Phone": "12" }))], "total": 1 });
    let (outcome, _) = run(&asked, vec![numeric.clone(), numeric]);
    assert_eq!(outcome.unwrap().value, Some(json!(["12"])));
    let text = json!({ "records": [record("A", &json!({ "Phone": "none" }))], "total": 1 });
    let (outcome, _) = run(&asked, vec![text]);
    assert_eq!(outcome.unwrap().value, Some(json!(1)));
}

#[test]
fn existence_is_yes_or_no() {
    for (total, says, value) in [(2, "Yes: there are 2 projects", true), (0, "No: there are 0 projects", false)] {
        let asked = Plan { conditions: open(), ..plan(Ask::Exists) };
        let (outcome, _) = run(&asked, vec![json!({ "records": [], "total": total })]);
        let outcome = outcome.unwrap();
        assert_eq!(outcome.value, Some(json!(value)));
        assert!(outcome.text.starts_with(says), "{}", outcome.text);
    }
}

#[test]
fn a_claim_is_confirmed_of_all_records_named() {
    let asked = Plan {
        conditions: vec![Condition::is("Name", "=", json!("A"))],
        ..plan(Ask::Confirm(vec![Condition::is("Status", "=", json!("Open"))]))
    };
    let one = |total: u64| json!({ "records": [record("A", &json!({ "Status": "Open" }))], "total": total });
    let none = json!({ "records": [], "total": 0 });
    let (outcome, calls) = run(&asked, vec![one(1), one(1)]);
    assert_eq!(outcome.unwrap().value, Some(json!(true)));
    assert_eq!(calls[1].1["filter"]["and"].as_array().map(Vec::len), Some(2));
    let (outcome, _) = run(&asked, vec![one(1), none.clone()]);
    assert_eq!(outcome.unwrap().value, Some(json!(false)));
    let (outcome, _) = run(&asked, vec![one(3), one(2)]);
    let outcome = outcome.unwrap();
    assert_eq!((outcome.value, outcome.text.as_str()), (Some(json!(false)), "No: 2 of 3 are."));
    let (outcome, _) = run(&asked, vec![none.clone(), none]);
    assert_eq!(outcome.unwrap().value, None);
}

#[test]
fn an_aggregate_over_nothing_has_no_value() {
    let ask = || plan(Ask::Aggregate { op: Op::Avg, field: "Budget".to_owned() });
    let (outcome, _) = run(&ask(), vec![json!({ "groups": [{ "key": [], "values": [2.5] }], "matched": 4 })]);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.value, Some(json!(2.5)));
    assert_eq!(outcome.text, "The average Budget is $2.5 (over 4 projects).");
    for nothing in [json!({ "groups": [], "matched": 0 }), json!({ "groups": [{ "values": [null] }], "matched": 3 })] {
        let (outcome, _) = run(&ask(), vec![nothing]);
        assert_eq!(outcome.unwrap().value, None);
    }
}

#[test]
fn the_best_are_told_with_their_ties() {
    let ask = Ask::Extreme { by: "Budget".to_owned(), greatest: true, show: vec![Shown::own("Name")] };
    let found = |budgets: &[i64]| {
        let records = budgets.iter().enumerate();
        let records: Vec<Value> =
            records.map(|(at, budget)| record(&format!("P{at}"), &json!({ "Budget": budget }))).collect();
        json!({ "records": records, "total": budgets.len() })
    };
    let (outcome, calls) = run(&plan(ask.clone()), vec![found(&[9, 9, 5])]);
    assert_eq!(outcome.unwrap().value, Some(json!(["P0", "P1"])));
    assert_eq!(calls[0].1["sort"], json!([{ "field": "Budget", "direction": "desc" }]));
    assert_eq!(calls[0].1["filter"], json!({ "field": "Budget", "op": "is_not_empty" }));
    let (outcome, calls) = run(&Plan { limit: Some(3), ..plan(ask.clone()) }, vec![found(&[9, 8, 7])]);
    assert_eq!(outcome.unwrap().value, Some(json!(["P0", "P1", "P2"])));
    assert_eq!(calls[0].1["limit"], 3);
    let (outcome, _) = run(&plan(ask), vec![found(&[])]);
    assert_eq!(outcome.unwrap().value, None);
}

#[test]
fn groups_by_number_and_key() {
    let groups = Groups { by: "Status".to_owned(), bucket: None, op: Op::Count, field: None, pick: None, having: None };
    let found = json!({ "groups": [group(&json!("Open"), &json!(3)), group(&json!(""), &json!(1))] });
    let (outcome, calls) = run(&plan(Ask::Groups(groups.clone())), vec![found]);
    assert_eq!(outcome.unwrap().value, Some(json!([{ "key": "Open", "value": 3 }, { "key": null, "value": 1 }])));
    assert_eq!(calls[0].1["group_by"], json!(["Status"]));
    assert_eq!(calls[0].1["sort"], json!({ "by": 0, "direction": "desc" }));

    let monthly = Groups { by: "Due".to_owned(), bucket: Some("month".to_owned()), ..groups.clone() };
    let (_, calls) = run(&plan(Ask::Groups(monthly)), vec![json!({ "groups": [] })]);
    assert_eq!(calls[0].1["group_by"], json!([{ "field": "Due", "bucket": "month" }]));
    assert_eq!(calls[0].1["sort"]["by"], "key");

    let picked = Groups { pick: Some(Pick { greatest: true, count: 1 }), ..groups.clone() };
    let tied = json!({ "groups": [
        group(&json!(null), &json!(9)), group(&json!("A"), &json!(4)), group(&json!("B"), &json!(4)), group(&json!("C"), &json!(1)),
    ] });
    let (outcome, _) = run(&plan(Ask::Groups(picked)), vec![tied.clone()]);
    assert_eq!(outcome.unwrap().value, Some(json!(["A", "B"])), "blanks are no winner, ties are told");

    let having = Groups { having: Some((">".to_owned(), 2.0)), ..groups };
    let (outcome, _) = run(&plan(Ask::Groups(having)), vec![tied]);
    assert_eq!(outcome.unwrap().value, Some(json!(["A", "B"])));
}

#[test]
fn conditions_over_a_link_become_names() {
    let via = Some(Via { link: "Owner".to_owned(), table: "People".to_owned() });
    let far = Condition { via, ..Condition::is("City", "=", json!("Berlin")) };
    let asked = Plan { conditions: vec![far], ..plan(Ask::Count) };
    let owners = json!({ "records": [record("Ada", &json!({}))], "total": 1 });
    let (_, calls) = run(&asked, vec![owners, json!({ "records": [], "total": 0 })]);
    assert_eq!(calls[0].1["table"], "People");
    assert_eq!(calls[1].1["filter"], json!({ "field": "Owner", "op": "has_any_of", "value": ["Ada"] }));

    let many = json!({ "records": [], "total": 500, "truncated": true });
    let (outcome, _) = run(&asked, vec![many]);
    assert!(outcome.unwrap_err().message.contains("too many"));
}

#[test]
fn cells_over_a_link_are_read_there() {
    let via = Some(Via { link: "Owner".to_owned(), table: "People".to_owned() });
    let asked = plan(Ask::Values(vec![Shown { field: "Email".to_owned(), via }]));
    let listed =
        json!({ "records": [record("A", &json!({ "Owner": [{ "id": "rec7", "text": "Ada" }] }))], "total": 1 });
    let person = json!({ "id": "rec7", "fields": { "Email": "ada@studio.test" } });
    let (outcome, calls) = run(&asked, vec![listed, person]);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.value, Some(json!(["ada@studio.test"])));
    assert_eq!(outcome.text, "The Email of the Owner is ada@studio.test.");
    assert_eq!(calls[1].0, "get_record");
    assert!(outcome.records.contains(&("People".to_owned(), "rec7".to_owned())));
}

#[test]
fn long_lists_are_read_page_by_page() {
    let page = |name: &str, next: Option<&str>| json!({ "records": [record(name, &json!({}))], "total": 3, "next_cursor": next });
    let pages = vec![page("A", Some("c1")), page("B", Some("c2")), page("C", None)];
    let (outcome, calls) = run(&plan(Ask::Records), pages);
    assert_eq!(outcome.unwrap().value, Some(json!(["A", "B", "C"])));
    assert_eq!((&calls[1].1["cursor"], &calls[2].1["cursor"]), (&json!("c1"), &json!("c2")));
}

#[test]
fn sorted_lists_ask_for_their_order() {
    let sort = Some(Sort { field: "Budget".to_owned(), descending: true });
    let (_, calls) = run(&Plan { sort, ..plan(Ask::Records) }, vec![json!({ "records": [], "total": 0 })]);
    assert_eq!(calls[0].1["sort"], json!([{ "field": "Budget", "direction": "desc" }]));
}

#[test]
fn different_values_and_their_number() {
    let (outcome, _) = run(
        &plan(Ask::Distinct("Status".to_owned())),
        vec![json!({ "groups": [{ "key": [], "values": [3] }], "matched": 5 })],
    );
    assert_eq!(outcome.unwrap().value, Some(json!(3)));
    let found =
        json!({ "groups": [group(&json!("Open"), &json!(2)), group(&json!(null), &json!(1))], "total_groups": 2 });
    let (outcome, _) = run(&plan(Ask::Choices("Status".to_owned())), vec![found]);
    assert_eq!(outcome.unwrap().value, Some(json!(["Open"])));
}

#[test]
fn cells_are_opened_into_one_list() {
    let cells = vec![json!(null), json!("a"), json!(["b", "c"]), json!([{ "id": "rec1", "text": "d" }]), json!(5)];
    assert_eq!(flat(cells), [json!("a"), json!("b"), json!("c"), json!("d"), json!(5)]);
    assert_eq!(unique(["a", "b", "a"].map(str::to_owned)), ["a", "b"]);
    assert_eq!(cell(&json!({ "fields": { "A": 1 } }), "A"), json!(1));
    assert_eq!(cell(&json!({}), "A"), Value::Null);
}

#[test]
fn a_plan_for_a_table_that_is_gone_is_not_run() {
    let asked = Plan { table: "Gone".to_owned(), ..plan(Ask::Count) };
    let studio = Studio::new();
    assert!(Execution::new(&mut Desk::new(&studio), &book(&studio), &asked).is_none());
    assert_eq!(Condition::new("A", Test::Empty).filter()["op"], "is_empty");
}
