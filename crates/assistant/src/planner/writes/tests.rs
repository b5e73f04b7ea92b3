use serde_json::json;

use crate::planner::fixture::house::{House, ask};
use crate::planner::fixture::{answer, pending_fields};
use crate::planner::{Reply, Session};

fn shown(message: &str) -> Reply {
    answer(&mut Session::default(), message)
}

/// Tool, records by id, cells.
fn written(message: &str) -> (String, Vec<String>, String) {
    let reply = shown(message);
    let Some(pending) = reply.pending.as_ref() else { return ("none".to_owned(), vec![], reply.text) };
    let ids = pending.arguments["records"].as_array().unwrap().iter();
    let ids = ids.filter_map(|r| r.as_str().or_else(|| r["id"].as_str()).map(str::to_owned)).collect();
    let cells =
        if pending.tool == "delete_records" { String::new() } else { json!(pending_fields(&reply)).to_string() };
    (pending.tool.clone(), ids, cells)
}

#[test]
fn records_are_created_with_the_cells_that_were_said() {
    let cases = [
        ("Add a project called Zephyr", r#"{"Name":"Zephyr"}"#),
        ("add project Zephyr", r#"{"Name":"Zephyr"}"#),
        ("create a new project named \"Big Bang\"", r#"{"Name":"Big Bang"}"#),
        ("add a project Zephyr with status Open", r#"{"Name":"Zephyr","Status":"Open"}"#),
        (
            "add a project Zephyr with status on hold and budget 5,000",
            r#"{"Budget":5000,"Name":"Zephyr","Status":"On hold"}"#,
        ),
        ("create a project Zephyr with due 2026-05-01", r#"{"Due":"2026-05-01","Name":"Zephyr"}"#),
        ("add project Zephyr, due tomorrow", r#"{"Due":"2026-04-16","Name":"Zephyr"}"#),
        ("please add a project called Zephyr with budget 12k", r#"{"Budget":12000,"Name":"Zephyr"}"#),
    ];
    for (message, cells) in cases {
        assert_eq!(written(message), ("create_records".to_owned(), vec![], cells.to_owned()), "{message}");
    }
}

#[test]
fn records_are_changed_one_cell_at_a_time() {
    let cases = [
        ("Set the status of Apollo to Done", "rec0", r#"{"Status":"Done"}"#),
        ("change status of Borealis to open", "rec1", r#"{"Status":"Open"}"#),
        ("mark Apollo as done", "rec0", r#"{"Status":"Done"}"#),
        ("set the budget of Cassini to 35,000", "rec2", r#"{"Budget":35000}"#),
        ("set Apollo's budget to 20k", "rec0", r#"{"Budget":20000}"#),
        ("rename Borealis to Aurora", "rec1", r#"{"Name":"Aurora"}"#),
        ("set the due of Apollo to 2026-06-01", "rec0", r#"{"Due":"2026-06-01"}"#),
        ("mark Apollo as paid", "rec0", r#"{"Paid":true}"#),
        ("set progress of Apollo to 80%", "rec0", r#"{"Progress":0.8}"#),
        ("assign Apollo to Grace", "rec0", r#"{"Owner":["Grace"]}"#),
    ];
    for (message, id, cells) in cases {
        assert_eq!(written(message), ("update_records".to_owned(), vec![id.to_owned()], cells.to_owned()), "{message}");
    }
}

#[test]
fn records_are_deleted_by_name_or_condition() {
    let cases: [(&str, &[&str]); 5] = [
        ("Delete the project Apollo", &["rec0"]),
        ("delete Borealis", &["rec1"]),
        ("remove project Delta Works", &["rec3"]),
        ("delete all done projects", &["rec1", "rec4"]),
        ("please delete the projects with status On hold", &["rec2"]),
    ];
    for (message, ids) in cases {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        assert_eq!(written(message), ("delete_records".to_owned(), ids, String::new()), "{message}");
    }
}

#[test]
fn cells_are_cleared() {
    assert_eq!(
        written("clear the due of Apollo"),
        ("update_records".to_owned(), vec!["rec0".to_owned()], r#"{"Due":null}"#.to_owned())
    );
}

#[test]
fn what_is_unclear_is_never_written() {
    for message in [
        "delete",
        "delete everything haunted",
        "delete the haunted project",
        "set the status of Apollo to Purple",
        "set the budget of Apollo to many",
        "set the due of Apollo to someday",
        "change Zeus to Done",
        "add a project",
        "add Zephyr",
        "delete the project Zeus",
        "set the karma of Apollo to 5",
    ] {
        let reply = shown(message);
        assert!(reply.pending.is_none(), "{message}: {}", reply.text);
        assert!(
            reply.calls.iter().all(|call| !call.tool.ends_with("_records") || call.tool == "list_records"),
            "{message}"
        );
    }
}

#[test]
fn a_refusal_says_what_would_be_right() {
    for (message, says) in [
        ("set the status of Apollo to Purple", "Open, On hold and Done"),
        ("set the budget of Apollo to many", "a number"),
        ("add a project", "called"),
        ("add Zephyr", "which table"),
        ("delete the project Zeus", "nothing was changed"),
    ] {
        let text = shown(message).text;
        assert!(text.contains(says), "{message}: {text}");
    }
}

fn in_space(message: &str) -> Reply {
    ask(&House::space(), &mut Session::default(), message)
}

#[test]
fn only_records_that_were_named_are_written() {
    for (message, said, near) in [
        ("delete Apollo 99", "“Apollo 99”", "Apollo 9"),
        ("delete Apollo 1", "“Apollo 1”", "Apollo 1"),
        ("delete Gemini 13", "“Gemini 13”", "Gemini 1"),
        ("change Apollo 18 hours to 5", "“Apollo 18”", "Apollo 1"),
        ("set hours of Apollo 71 to 3", "“Apollo 71”", "Apollo"),
        ("set the maker of Saturn to Airbus", "“Saturn”", "Saturn V"),
        ("add Jim Lovel to the crew of Apollo 11", "“Jim Lovel”", "Jim Lovell"),
    ] {
        let reply = in_space(message);
        assert!(reply.pending.is_none() && reply.text.contains(said), "{message}: {}", reply.text);
        assert!(reply.suggestions.iter().any(|other| other.contains(near)), "{message}: {:?}", reply.suggestions);
    }
    for message in ["delete apollo 13", "delete Apollo-13", "please delete the mission “Apollo 13”"] {
        let reply = in_space(message);
        assert!(reply.text.starts_with("Delete from Missions: Apollo 13."), "{message}: {}", reply.text);
    }
    assert!(in_space("set the crew of Apollo 11 to Nil Armstrong").pending.is_none());
    let reply = in_space("delete missions launched in December");
    assert!(reply.pending.is_none() && reply.text.contains("which year"), "{}", reply.text);
}

#[test]
fn no_value_is_cut() {
    let cells = |message: &str| serde_json::Value::Object(pending_fields(&in_space(message))).to_string();
    assert_eq!(cells("create a mission Test with hours 1,5"), r#"{"Hours":1.5,"Name":"Test"}"#);
    assert_eq!(
        cells("Add an astronaut named Sally Ride born 1951-05-26 selected 1978"),
        r#"{"Born":"1951-05-26","Name":"Sally Ride","Selected":1978}"#
    );
    for message in [
        "create a mission Test with hours 1.234,5",
        "create a mission Test with hours 1 000",
        "set the hours of Apollo 11 to 5 or 6",
        "set the hours of Apollo 11 to 5 apples",
        "add an astronaut named Sally Ride moonwalker",
        "create astronaut \"Sally Ride\" born 1951",
        "set the launch date of Apollo 11 to March",
        "set the launch date of Apollo 11 to next week",
        "create astronaut \"Sally Ride\" wearing blue",
        "set the launch date of Apollo 11 to 1969-07-16 and 1969-07-17",
    ] {
        let reply = in_space(message);
        assert!(reply.pending.is_none(), "{message}: {}", reply.text);
    }
}

#[test]
fn a_day_that_may_be_read_two_ways_is_asked_for() {
    let reply = in_space("set the launch date of Apollo 11 to 03/04/2020");
    assert!(reply.pending.is_none(), "{}", reply.text);
    assert!(reply.text.contains("2020-04-03 or 2020-03-04"), "{}", reply.text);
    let clear = in_space("set the launch date of Apollo 11 to 16/07/1969");
    assert_eq!(pending_fields(&clear)["Launched"], "1969-07-16");
}

#[test]
fn several_cells_are_set_by_one_request() {
    let reply = in_space("set the hours of Apollo 11 to 5, the call sign to Bird and the landing site to Nowhere");
    let cells = json!({ "Hours": 5, "Call sign": "Bird", "Landing site": "Nowhere" });
    assert_eq!(serde_json::Value::Object(pending_fields(&reply)), cells, "{}", reply.text);
}

#[test]
fn a_link_called_as_its_table_is_set() {
    let cells = |message: &str| serde_json::Value::Object(pending_fields(&in_space(message)));
    assert_eq!(cells("set the rocket of Apollo 7 to Saturn V"), json!({ "Rocket": ["Saturn V"] }));
    let reply = in_space("assign Saturn V to Apollo 7");
    assert!(reply.pending.is_none() && reply.text.contains("add … to the Missions of Saturn V"), "{}", reply.text);
}

#[test]
fn linked_records_are_added_and_removed_one_by_one() {
    let reply = in_space("add Alan Shepard to the crew of Apollo 11");
    let crew = ["Neil Armstrong", "Buzz Aldrin", "Michael Collins"].map(|name| format!("rec{name}"));
    let with = |names: &[String]| json!({ "Crew": names }).to_string();
    let mut more: Vec<String> = crew.to_vec();
    let held = ask(&House::space(), &mut Session::default(), "what is the crew of Apollo 11?").value.unwrap();
    more.sort_by_key(|id| held.as_array().unwrap().iter().position(|name| *name == id["rec".len()..]));
    let fewer: Vec<String> = more.iter().filter(|id| !id.ends_with("Collins")).cloned().collect();
    more.push("recAlan Shepard".to_owned());
    assert_eq!(json!(pending_fields(&reply)).to_string(), with(&more));
    let reply = in_space("remove Michael Collins from the crew of Apollo 11");
    assert_eq!(json!(pending_fields(&reply)).to_string(), with(&fewer));
    let reply = in_space("remove Alan Shepard from the crew of Apollo 11");
    assert!(reply.pending.is_none() && reply.text.contains("not in Crew of Apollo 11"), "{}", reply.text);
}

#[test]
fn yes_carries_it_out_with_the_token_of_the_dry_run() {
    let mut session = Session::default();
    let asked = answer(&mut session, "Delete the project Apollo");
    assert!(asked.text.contains("Delete from Projects: Apollo") && asked.text.contains("yes or no"), "{}", asked.text);
    let done = answer(&mut session, "yes");
    let call = done.calls.iter().find(|call| call.tool == "delete_records").unwrap();
    assert_eq!(call.arguments["confirm"], "token of delete_records");
    assert!(done.text.starts_with("Done."), "{}", done.text);
    assert!(done.calls.iter().all(|call| call.arguments.get("dry_run").is_none()));
    let again = answer(&mut session, "yes");
    assert!(again.calls.iter().all(|call| call.tool != "delete_records"), "it is done once");
}

#[test]
fn no_and_anything_else_drop_it() {
    for message in ["no", "undo", "never mind", "how many projects are there?"] {
        let mut session = Session::default();
        answer(&mut session, "Delete the project Apollo");
        let reply = answer(&mut session, message);
        assert!(reply.calls.iter().all(|call| call.tool != "delete_records"), "{message}");
        let late = answer(&mut session, "yes");
        assert!(late.calls.iter().all(|call| call.tool != "delete_records"), "{message}, then yes");
    }
}

#[test]
fn a_yes_after_something_else_says_that_it_was_dropped() {
    let mut session = Session::default();
    answer(&mut session, "Delete the project Apollo");
    answer(&mut session, "how many projects are there?");
    let late = answer(&mut session, "yes");
    assert!(late.text.contains("Delete from Projects: Apollo") && late.text.contains("dropped"), "{}", late.text);
}

#[test]
fn a_yes_that_asks_leaves_it_waiting() {
    let mut session = Session::default();
    answer(&mut session, "Delete the project Apollo");
    let asked = answer(&mut session, "yes?");
    assert!(asked.pending.is_some() && asked.calls.is_empty(), "{}", asked.text);
    assert!(answer(&mut session, "yes").text.starts_with("Done."));
}

#[test]
fn undo_takes_the_last_change_back() {
    for message in ["undo", "Undo!", "please undo", "undo the last change", "undo that", "revert the last edit"] {
        let reply = shown(message);
        assert!(reply.calls.iter().any(|call| call.tool == "undo"), "{message}: {}", reply.text);
    }
    for message in ["how do I undo Apollo?", "delete undo", "what is undo"] {
        let reply = shown(message);
        assert!(reply.calls.iter().all(|call| call.tool != "undo"), "{message}: {}", reply.text);
    }
}

#[test]
fn questions_are_no_writes() {
    for message in ["how many projects were added", "what changed", "which projects are new?", "show deleted projects"]
    {
        assert!(shown(message).pending.is_none(), "{message}");
    }
}
