mod answers;
use serde_json::json;

use super::fixture::answer;
use super::*;

#[test]
fn greetings_are_answered_with_requests_that_work() {
    for message in ["hi", "Hello!", "hey there", "good morning hello", "help", "thanks", "what can you do?"] {
        let reply = answer(&mut Session::default(), message);
        assert!(reply.understood && reply.suggestions.len() == 3, "{message}: {}", reply.text);
        assert_eq!(reply.value, None, "{message}");
    }
}

#[test]
fn what_is_not_understood_is_said_with_three_requests() {
    for message in ["colourless green ideas", "how many projects are haunted?", "why?", "?"] {
        let reply = answer(&mut Session::default(), message);
        assert_eq!((reply.value.clone(), reply.understood, reply.suggestions.len()), (None, false, 3), "{message}");
        for suggestion in &reply.suggestions {
            let next = answer(&mut Session::default(), suggestion);
            assert!(next.value.is_some(), "{suggestion}: {}", next.text);
        }
    }
    let reply = answer(&mut Session::default(), "how many projects are haunted?");
    assert!(reply.text.contains("Projects") && reply.text.contains("haunted"), "{}", reply.text);
}

#[test]
fn talk_before_the_question_is_passed_over() {
    for message in [
        "I have a meeting soon. How many projects are there?",
        "Good morning! How many projects are there?",
        "My boss wants this; how many projects are there?",
    ] {
        assert_eq!(answer(&mut Session::default(), message).value, Some(json!(5)), "{message}");
    }
}

#[test]
fn talk_that_restricts_is_not_passed_over() {
    for message in [
        "Look at the open ones in Paris. How many projects are haunted?",
        "What was the worst project? Give me the owner.",
        "We lost something with Grace. How many projects are there?",
    ] {
        let reply = answer(&mut Session::default(), message);
        assert_ne!(reply.value, Some(json!(5)), "{message}: {}", reply.text);
    }
}

#[test]
fn an_answer_names_its_records_and_calls() {
    let reply = answer(&mut Session::default(), "list the open projects");
    assert_eq!(reply.value, Some(json!(["Apollo", "Delta Works"])));
    let ids: Vec<&str> = reply.records.iter().map(|used| used.id.as_str()).collect();
    assert_eq!(ids, ["rec0", "rec3"]);
    assert!(reply.records.iter().all(|used| used.table == "Projects"));
    let tools: Vec<&str> = reply.calls.iter().map(|call| call.tool.as_str()).collect();
    assert_eq!(tools.first(), Some(&"list_tables"));
    assert_eq!(tools.last(), Some(&"list_records"));
}

#[test]
fn the_only_base_is_taken() {
    let mut session = Session::default();
    let studio = fixture::Studio::new();
    let reply =
        fixture::done(Planner.answer(&studio, &mut session, None, "how many projects are there?", fixture::now()));
    assert_eq!(reply.value, Some(json!(5)));
}

#[test]
fn a_session_survives_being_kept() {
    let mut session = Session::default();
    answer(&mut session, "how many projects are open?");
    let kept = serde_json::to_string(&session).unwrap();
    let mut back: Session = serde_json::from_str(&kept).unwrap();
    assert_eq!(back, session);
    assert_eq!(answer(&mut back, "show them").value, Some(json!(["Apollo", "Delta Works"])));
    assert_eq!(serde_json::from_str::<Session>("{}").unwrap(), Session::default());
}

#[test]
fn a_tool_that_fails_is_told() {
    struct Broken;
    impl Toolbox for Broken {
        fn call<'a>(&'a self, _: &'a str, _: Value) -> ToolFuture<'a> {
            Box::pin(std::future::ready(Err(ToolFailure::new("the base is gone"))))
        }
    }
    let reply =
        fixture::done(Planner.answer(&Broken, &mut Session::default(), Some("app1"), "how many?", fixture::now()));
    assert!(reply.text.contains("the base is gone") && reply.value.is_none(), "{}", reply.text);
    assert_eq!(reply.calls.len(), 1);
}

#[test]
fn a_long_message_is_read_and_an_endless_one_is_refused_at_once() {
    let talk = "the customer wanted several unusual things delivered quickly before lunch and nobody remembered why. ";
    let long = format!("{}How many projects are there?", talk.repeat(7));
    assert!((95..=130).contains(&long.split_whitespace().count()));
    let reply = answer(&mut Session::default(), &long);
    let looked_up = reply.calls.iter().filter(|call| call.tool == "find_values").count();
    assert_eq!((reply.value, looked_up), (Some(json!(5)), 1), "{}", reply.text);
    for endless in ["lorem ipsum dolor ".repeat(1_000), "x".repeat(32_000), "a ".repeat(200)] {
        let reply = answer(&mut Session::default(), &endless);
        assert!(reply.calls.is_empty() && reply.text.contains("too long"), "{}", reply.text);
    }
}

#[test]
fn no_message_looks_up_more_phrases_than_the_tool_takes() {
    struct Counting(fixture::Studio, std::sync::atomic::AtomicUsize);
    impl Toolbox for Counting {
        fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
            if tool == "find_values" {
                let words = arguments["words"].as_array().map_or(0, Vec::len);
                self.1.store(words, std::sync::atomic::Ordering::Relaxed);
            }
            self.0.call(tool, arguments)
        }
    }
    let counting = Counting(fixture::Studio::new(), std::sync::atomic::AtomicUsize::new(0));
    let message = (0..118).map(|at| format!("Wörd-{at}ing \"Thing{at}s\"")).collect::<Vec<_>>().join(" ");
    for message in [message.split_whitespace().take(118).collect::<Vec<_>>().join(" "), "Zebras ".repeat(118)] {
        fixture::done(Planner.answer(&counting, &mut Session::default(), Some("app1"), &message, fixture::now()));
        let words = counting.1.load(std::sync::atomic::Ordering::Relaxed);
        assert!((1..=1_000).contains(&words), "{words}");
    }
}

#[test]
fn a_confirmation_that_has_ended_is_told_in_plain_words() {
    struct Late(fixture::Studio);
    impl Toolbox for Late {
        fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
            if arguments.get("confirm").is_some() {
                let failure =
                    ToolFailure { message: "`confirm` has ended".to_owned(), code: "confirmation".to_owned() };
                return Box::pin(std::future::ready(Err(failure)));
            }
            self.0.call(tool, arguments)
        }
    }
    let (late, mut session) = (Late(fixture::Studio::new()), Session::default());
    let mut say =
        |message: &str| fixture::done(Planner.answer(&late, &mut session, Some("app1"), message, fixture::now())).text;
    say("Delete the project Apollo");
    let text = say("yes");
    assert!(text.contains("Delete from Projects: Apollo") && !text.contains("confirm`"), "{text}");
}
