use serde_json::{Value, json};

use super::super::fixture::{done, house::House, now};
use super::super::{Planner, Reply, Session, ToolFailure, ToolFuture, Toolbox};

/// Two bases, `space` and `sales`.
struct Both(House, House);

impl Toolbox for Both {
    fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
        let bases =
            json!({ "bases": [{ "id": "space", "name": "Space program" }, { "id": "sales", "name": "Sales" }] });
        match (tool, arguments["base"].as_str()) {
            ("list_bases", _) => Box::pin(std::future::ready(Ok(bases))),
            (_, Some("space")) => self.0.call(tool, arguments),
            (_, Some("sales")) => self.1.call(tool, arguments),
            _ => {
                let failure =
                    ToolFailure { message: "not found; call `list_bases`".to_owned(), code: "not-found".to_owned() };
                Box::pin(std::future::ready(Err(failure)))
            }
        }
    }
}

fn ask(base: Option<&str>, message: &str) -> Reply {
    let both = Both(House::space(), House::sales());
    done(Planner.answer(&both, &mut Session::default(), base, message, now()))
}

#[test]
fn the_base_that_has_what_is_named_is_taken() {
    for (message, value) in [
        ("how many missions are there?", json!(27)),
        ("how many orders are there?", json!(8)),
        ("Hours of Apollo 11?", json!([195.31])),
        ("total units of Ann Lee", json!(57.0)),
    ] {
        let reply = ask(None, message);
        assert_eq!(reply.value, Some(value), "{message}: {}", reply.text);
    }
    let asked = ask(None, "how many are there?");
    assert!(asked.text.contains("Which base") && asked.text.contains("Sales"), "{}", asked.text);
}

#[test]
fn an_unknown_base_is_told_to_the_caller_without_talk_of_tools() {
    let reply = ask(Some("Nope"), "how many missions are there?");
    assert!(reply.no_such_base && !reply.text.contains("list_bases") && reply.text.contains("Nope"), "{}", reply.text);
}
