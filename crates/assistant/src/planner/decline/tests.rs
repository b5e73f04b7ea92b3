use super::super::Session;
use super::super::fixture::house::{House, ask};

#[test]
fn what_was_understood_is_named() {
    for (message, says) in [
        ("colourless green ideas", "Missions, Rockets and Astronauts"),
        ("Hours of Apollo 18?", "no record called “Apollo 18”"),
        ("what is the budget of Apollo?", "no field called “budget”"),
    ] {
        let reply = ask(&House::space(), &mut Session::default(), message);
        assert!(
            !reply.understood && reply.value.is_none() && reply.suggestions.len() == 3,
            "{message}: {}",
            reply.text
        );
        assert!(reply.text.contains(says), "{message}: {}", reply.text);
    }
    let reply = ask(&House::sales(), &mut Session::default(), "amount by status and region");
    assert!(reply.text.contains("one field at a time") && reply.value.is_none(), "{}", reply.text);
}
