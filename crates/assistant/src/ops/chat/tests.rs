use llm::{Answer as Spoken, Error as ModelError, Finish, Message, Part, Request, Scripted};
use model::Caller;
use serde_json::{Value, json};
use testkit::{TestDb, on_every_database};

use super::*;
use crate::events::Event;
use crate::fake::{assistant, call, caller};
use crate::{Config, MIGRATIONS};

fn text(text: &str) -> Spoken {
    Scripted::says(vec![Part::text(text)])
}

fn delete(names: &[&str]) -> Spoken {
    Scripted::says(vec![call("c1", "delete_tasks", json!({ "names": names }))])
}

async fn ask(assistant: &Assistant, who: &Caller, message: &str) -> Result<ChatOut, Error> {
    let asked =
        ChatIn { message: message.to_owned(), session_id: "s1".to_owned(), base_id: None, thinking_budget: None };
    assistant.chat(who, asked, &Sink::default()).await
}

/// The results that the last message of a request brings.
fn results(request: &Request) -> Vec<Value> {
    let Some(Message { parts, .. }) = request.messages.last() else { return Vec::new() };
    parts
        .iter()
        .filter_map(|part| if let Part::Result { value, .. } = part { Some(value.clone()) } else { None })
        .collect()
}

#[on_every_database]
async fn a_model_calls_tools_until_it_answers(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let both = vec![call("c1", "list_tasks", json!({})), call("c2", "who_asks", json!({}))];
    let (assistant, script) =
        assistant(&test, vec![Scripted::says(both), text("There are two tasks.")], Config::default());
    let out = ask(&assistant, &caller(1, 1), "how many tasks?").await.unwrap();
    assert_eq!(out.response, "There are two tasks.");
    assert_eq!(out.tools_used, ["list_tasks", "who_asks"]);
    assert_eq!(out.tool_calls[0].millis, 7);
    assert_eq!(out.tool_calls[1].result["door"], "tool");
    let cost = out.cost_info.unwrap();
    assert_eq!((cost.token_details.input, cost.token_details.output), (20, 10));
    assert_eq!((cost.tracking_status.as_str(), cost.total_cost), ("unknown", None));
    let requests = script.requests();
    let sent = &requests[1].messages[1].parts[0];
    assert_eq!(sent, &call("c1", "list_tasks", json!({})), "the seal goes back");
    let brought = results(&requests[1]);
    assert_eq!(brought[0]["untrusted_data"]["total"], 2);
    assert_eq!(brought.len(), 2);
}

#[on_every_database]
async fn what_was_said_before_is_shown_and_kept_apart(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let config = Config { context_messages: 3, ..Config::default() };
    let answers = ["one", "two", "three", "four"].map(text);
    let (assistant, script) = assistant(&test, answers.into(), config);
    for message in ["a", "b", "c"] {
        ask(&assistant, &caller(1, 1), message).await.unwrap();
    }
    ask(&assistant, &caller(2, 1), "d").await.unwrap();
    let shown = |at: usize| script.requests()[at].messages.len();
    assert_eq!((shown(0), shown(1), shown(2), shown(3)), (1, 3, 4, 1), "another tenant begins anew");
    let history = assistant.history(&caller(1, 1), "s1").await.unwrap();
    let said: Vec<(i64, &str, &str)> = history.iter().map(|m| (m.sequence, &*m.role, &*m.content)).collect();
    assert_eq!(said[..3], [(1, "user", "a"), (2, "assistant", "one"), (3, "user", "b")]);
    assert!(matches!(assistant.history(&caller(1, 2), "s1").await, Err(Error::SessionNotFound { .. })));
    let summary = assistant.cost_summary(&caller(1, 1), "s1").await.unwrap();
    assert_eq!((summary.total_calls, summary.total_tokens, summary.unpriced_calls), (3, 45, 3));
    assistant.delete_session(&caller(1, 1), "s1").await.unwrap();
    assert!(assistant.delete_session(&caller(1, 1), "s1").await.is_err());
    assert_eq!(assistant.history(&caller(2, 1), "s1").await.unwrap().len(), 2);
}

#[on_every_database]
async fn a_write_is_shown_first_and_a_yes_carries_it_out_once(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let (assistant, script) = assistant(&test, vec![delete(&["paint"]), text("Delete 1 task?")], Config::default());
    let who = caller(1, 1);
    let out = ask(&assistant, &who, "delete paint").await.unwrap();
    assert!(out.awaits_confirmation);
    assert_eq!(out.tool_calls[0].arguments, json!({ "names": ["paint"], "dryRun": true }));
    assert!(results(&script.requests()[1])[0]["status"].as_str().unwrap().contains("not carried out"));
    let out = ask(&assistant, &who, "Yes.").await.unwrap();
    assert_eq!(out.response, "Done: `delete_tasks`, 1 record.");
    let wanted = json!({ "names": ["paint"], "dryRun": false, "confirmationToken": "t-1" });
    assert_eq!(out.tool_calls[0].arguments, wanted);
    assert!(!out.awaits_confirmation && out.cost_info.is_none());
    // There is nothing left to confirm, so a second yes goes to the model, whose script has ended.
    let again = ask(&assistant, &who, "yes").await;
    assert!(matches!(again, Err(Error::Model(ModelError::ScriptEnded))));
}

#[on_every_database]
async fn two_answers_to_one_question_act_once(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let (assistant, _) = assistant(&test, vec![delete(&["paint"]), text("Sure?")], Config::default());
    let who = caller(1, 1);
    ask(&assistant, &who, "delete paint").await.unwrap();
    let key = SessionKey::new(&who, "s1").unwrap();
    let session = store::session(&test.db, &key).await.unwrap();
    assert!(store::claim(&test.db, &key, session.revision).await.unwrap());
    assert!(!store::claim(&test.db, &key, session.revision).await.unwrap());
}

#[on_every_database]
async fn a_no_or_anything_else_forgets_the_write(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let answers =
        vec![delete(&["paint"]), text("Sure?"), delete(&["paint"]), text("Sure?"), text("Two tasks."), text("What?")];
    let (assistant, _) = assistant(&test, answers, Config::default());
    let who = caller(1, 1);
    ask(&assistant, &who, "delete paint").await.unwrap();
    let out = ask(&assistant, &who, "no").await.unwrap();
    assert_eq!((out.response.as_str(), out.tool_calls.len()), ("Cancelled; nothing was changed.", 0));
    ask(&assistant, &who, "delete paint").await.unwrap();
    assert_eq!(ask(&assistant, &who, "how many are there?").await.unwrap().response, "Two tasks.");
    assert_eq!(ask(&assistant, &who, "yes").await.unwrap().response, "What?");
}

#[tokio::test]
async fn a_write_without_a_dry_run_is_shown_by_its_arguments() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let answers = vec![Scripted::says(vec![call("c1", "note_down", json!({}))]), text("Note it?")];
    let (assistant, script) = assistant(&test, answers, Config::default());
    let out = ask(&assistant, &caller(1, 1), "note").await.unwrap();
    assert!(out.tool_calls.is_empty() && out.awaits_confirmation);
    assert_eq!(results(&script.requests()[1])[0]["untrusted_data"]["would_call"], "note_down");
    let out = ask(&assistant, &caller(1, 1), "ok").await.unwrap();
    assert_eq!(out.tool_calls[0].result, json!({ "noted": true }));
}

#[tokio::test]
async fn what_cells_say_reaches_the_model_as_data() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let answers = vec![Scripted::says(vec![call("c1", "list_tasks", json!({}))]), text("Two.")];
    let (assistant, script) = assistant(&test, answers, Config::default());
    ask(&assistant, &caller(1, 1), "tasks?").await.unwrap();
    let requests = script.requests();
    let brought = results(&requests[1]);
    assert_eq!(brought[0]["untrusted_data"]["records"][1], crate::fake::TASKS[1]);
    assert!(requests[1].system.contains("`untrusted_data`") && !requests[1].system.contains(crate::fake::TASKS[1]));
}

#[tokio::test]
async fn a_wrong_call_is_told_to_the_model_with_a_way_out() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let wrong = vec![call("c1", "list_taks", json!({})), call("c2", "list_tasks", json!({ "x": 1 }))];
    let (assistant, script) = assistant(&test, vec![Scripted::says(wrong), text("Sorry.")], Config::default());
    let out = ask(&assistant, &caller(1, 1), "tasks?").await.unwrap();
    assert!(out.tool_calls.iter().all(|made| !made.success));
    let brought = results(&script.requests()[1]);
    assert!(brought[0]["error"].as_str().unwrap().contains("did you mean `list_tasks`?"), "{brought:?}");
    assert!(brought[1]["error"].as_str().unwrap().contains("input schema"), "{brought:?}");
}

#[tokio::test]
async fn the_loop_ends_by_rounds_and_by_tokens() {
    let looping = || Scripted::says(vec![call("c", "list_tasks", json!({}))]);
    let cases = [
        (Config { max_rounds: 3, ..Config::default() }, 3, 0),
        (Config { turn_tokens: 15, ..Config::default() }, 2, 1),
    ];
    for (config, asked, warnings) in cases {
        let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
        let mut answers: Vec<_> = (1..asked).map(|_| looping()).collect();
        answers.push(text("As far as I saw: two."));
        let (assistant, script) = assistant(&test, answers, config);
        let out = ask(&assistant, &caller(1, 1), "tasks?").await.unwrap();
        assert_eq!(out.response, "As far as I saw: two.");
        let requests = script.requests();
        assert_eq!(requests.len(), asked);
        assert!(requests[asked - 1].tools.is_empty() && !requests[0].tools.is_empty());
        assert_eq!(out.cost_info.unwrap().budget_warnings.len(), warnings);
    }
}

#[tokio::test]
async fn a_model_that_only_thought_is_reported() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let spoken = Spoken { finish: Finish::Length, ..Scripted::says(Vec::new()) };
    let (assistant, _) = assistant(&test, vec![spoken], Config::default());
    let out = ask(&assistant, &caller(1, 1), "hard question").await.unwrap();
    assert!(out.response.contains("used all its tokens"), "{}", out.response);
    assert_eq!(assistant.cost_summary(&caller(1, 1), "s1").await.unwrap().successful_calls, 0);
}

#[tokio::test]
async fn events_tell_the_turn_as_it_happens() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let answers = vec![Scripted::says(vec![call("c1", "list_tasks", json!({}))]), text("Two tasks.")];
    let (assistant, _) = assistant(&test, answers, Config::default());
    let (sink, mut events) = Sink::channel();
    let asked = ChatIn {
        message: "tasks?".to_owned(),
        session_id: "s1".to_owned(),
        base_id: Some("Plans".to_owned()),
        thinking_budget: Some(0),
    };
    assistant.chat(&caller(1, 1), asked, &sink).await.unwrap();
    let mut names = Vec::new();
    while let Ok(event) = events.try_recv() {
        names.push(match event {
            Event::Delta { text } => text,
            other => other.name().to_owned(),
        });
    }
    assert_eq!(names, ["tool_call", "tool_result", "Two ", "tasks."]);
}

#[tokio::test]
async fn bad_input_is_refused() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let (assistant, _) = assistant(&test, vec![text("fine")], Config { message_bytes: 10, ..Config::default() });
    let who = caller(1, 1);
    assert!(matches!(ask(&assistant, &who, "  \n").await, Err(Error::EmptyMessage)));
    assert!(matches!(ask(&assistant, &who, "01234567890").await, Err(Error::MessageTooLong { limit: 10 })));
    for name in ["", "a b", "a\n", &"x".repeat(129)] {
        assert!(matches!(SessionKey::new(&who, name), Err(Error::SessionName)), "{name:?}");
    }
    ask(&assistant, &who, "nul\0here").await.unwrap();
}

#[on_every_database]
async fn without_a_provider_the_planner_answers_through_the_same_tools(test: TestDb) {
    let test = test.migrated(&[&MIGRATIONS]).await;
    let assistant = crate::fake::built_in(&test);
    let who = caller(1, 1);
    let out = ask(&assistant, &who, "which bases do I have?").await.unwrap();
    assert!(!out.response.is_empty() && out.cost_info.is_none());
    assert!(!out.tool_calls.is_empty(), "{out:?}");
    let key = SessionKey::new(&who, "s1").unwrap();
    assert!(store::session(&test.db, &key).await.unwrap().state.is_some(), "the planner remembers");
}

#[tokio::test]
async fn a_base_that_does_not_exist_is_an_error_of_the_caller() {
    let test = TestDb::sqlite().await.migrated(&[&MIGRATIONS]).await;
    let assistant = crate::fake::without_bases(&test);
    let asked = ChatIn {
        message: "how many tasks are there?".to_owned(),
        session_id: "s1".to_owned(),
        base_id: Some("Nope".to_owned()),
        thinking_budget: None,
    };
    let refused = assistant.chat(&caller(1, 1), asked, &Sink::default()).await.err().unwrap();
    assert!(matches!(&refused, Error::BaseNotFound { base } if base == "Nope"), "{refused}");
    assert_eq!(web::ApiError::kind(&refused), web::Kind::NotFound);
    assert!(!refused.to_string().contains("list_bases"), "{refused}");
    let key = SessionKey::new(&caller(1, 1), "s1").unwrap();
    assert_eq!(store::session(&test.db, &key).await.unwrap().revision, 0, "nothing is kept of it");
}
