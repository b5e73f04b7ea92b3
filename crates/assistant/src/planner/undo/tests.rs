use serde_json::json;

use crate::planner::fixture::answer;
use crate::planner::{Reply, Session};

fn undo_calls(reply: &Reply) -> Vec<String> {
    reply.calls.iter().filter(|call| call.tool == "undo").map(|call| call.arguments.to_string()).collect()
}

#[test]
fn what_this_conversation_wrote_is_taken_back_at_once_and_named() {
    let mut session = Session::default();
    answer(&mut session, "Delete the project Apollo");
    answer(&mut session, "yes");
    let reply = answer(&mut session, "undo");
    assert_eq!(undo_calls(&reply), [json!({ "base": "app1", "change": 41 }).to_string()]);
    assert!(reply.text.contains("Delete from Projects: Apollo"), "{}", reply.text);
    let again = answer(&mut session, "redo");
    assert_eq!(undo_calls(&again), [json!({ "base": "app1", "change": 42 }).to_string()]);
    assert!(again.text.contains("Delete from Projects: Apollo"), "{}", again.text);
    let back = answer(&mut session, "undo that");
    assert_eq!(undo_calls(&back), [json!({ "base": "app1", "change": 43 }).to_string()]);
}

#[test]
fn what_others_wrote_is_shown_first() {
    let mut session = Session::default();
    let shown = answer(&mut session, "undo");
    assert!(undo_calls(&shown).iter().all(|call| call.contains("\"dry_run\":true")), "{:?}", shown.calls);
    assert!(shown.text.contains("delete 120 records of Orders") && shown.text.contains("import"), "{}", shown.text);
    assert!(shown.pending.is_some());
    let done = answer(&mut session, "yes");
    assert_eq!(undo_calls(&done), [json!({ "base": "app1", "change": 7 }).to_string()]);
    assert!(done.text.contains("120 records of Orders"), "{}", done.text);
    let again = answer(&mut session, "redo");
    assert_eq!(undo_calls(&again), [json!({ "base": "app1", "change": 8 }).to_string()]);
    assert!(again.text.starts_with("Done again: change 7."), "{}", again.text);
}

#[test]
fn a_change_may_be_named_by_its_number() {
    let shown = answer(&mut Session::default(), "undo change 12");
    assert!(shown.pending.is_some_and(|pending| pending.arguments["change"] == 12), "{}", shown.text);
}

#[test]
fn nothing_taken_back_cannot_be_done_again() {
    let mut session = Session::default();
    for message in ["redo", "please redo that", "undo the undo"] {
        let reply = answer(&mut session, message);
        assert!(undo_calls(&reply).is_empty() && reply.text.contains("nothing to do again"), "{}", reply.text);
    }
    answer(&mut session, "Delete the project Apollo");
    answer(&mut session, "yes");
    answer(&mut session, "undo");
    answer(&mut session, "Delete the project Borealis");
    answer(&mut session, "yes");
    assert!(undo_calls(&answer(&mut session, "redo")).is_empty(), "another write came after");
}
