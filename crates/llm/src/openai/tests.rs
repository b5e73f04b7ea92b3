use serde_json::json;

use super::*;
use crate::message::{Counted, Delta, Finish, Message, Part, Role, Thinking, ToolSpec};

const ANSWER: &str = include_str!("../../testdata/openai/answer.json");
const STREAM: &str = include_str!("../../testdata/openai/stream.txt");

fn question() -> Request {
    Request { messages: vec![Message::user("how many tasks?")], ..Request::default() }
}

fn call(id: &str, name: &str, arguments: serde_json::Value) -> Part {
    Part::Call { id: id.to_owned(), name: name.to_owned(), arguments, signature: None }
}

fn read_stream(stream: &str) -> Result<(Answer, Vec<Delta>), Error> {
    let mut splitter = outbound::Splitter::new(10_000);
    assert!(splitter.push(stream.as_bytes()));
    let (mut reader, mut deltas) = (read::Reader::new("m"), Vec::new());
    while let Some(event) = splitter.next_event().filter(|event| event.data != "[DONE]") {
        reader.take(event.data.as_bytes(), &mut |delta| deltas.push(delta))?;
    }
    Ok((reader.finish(&question())?, deltas))
}

#[test]
fn an_answer_with_calls_is_read() {
    let answer = read::whole("gpt-5.6-luna", &question(), ANSWER.as_bytes()).unwrap();
    assert_eq!(
        answer.parts,
        [call("call_a", "get_record", json!({"id": "rec1"})), call("call_b", "list_tables", json!({}))]
    );
    let usage = Usage { input: 200, cached: 128, output: 26, thinking: 64, counted_by: Counted::Provider };
    assert_eq!((answer.usage, answer.finish, answer.model.as_str()), (usage, Finish::Done, "gpt-5.6-luna"));
}

#[test]
fn split_arguments_are_joined_by_their_index() {
    let (answer, deltas) = read_stream(STREAM).unwrap();
    assert_eq!(
        answer.parts,
        [
            Part::Thought { text: "Let me see.".to_owned(), signature: None },
            Part::text("Looking"),
            call("call_a", "list_records", json!({"table": "Tasks"})),
            call("call_b", "list_tables", json!({})),
        ]
    );
    assert_eq!(deltas.last(), Some(&Delta::Text("Looking".to_owned())));
    assert_eq!((answer.usage.input, answer.usage.output), (31, 17));
}

#[test]
fn odd_servers_are_understood() {
    let object = r#"{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]}}]}"#;
    let answer = read::whole("m", &question(), object.as_bytes()).unwrap();
    assert_eq!(answer.parts, [call("own-call-0", "f", json!({"a": 1}))]);
    assert_eq!(answer.usage.counted_by, Counted::Estimate);
    let broken =
        r#"{"choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}}]}"#;
    let answer = read::whole("m", &question(), broken.as_bytes()).unwrap();
    assert_eq!(answer.parts, [call("c", "f", json!("{\"a\":"))]);
    let cut = r#"{"choices":[{"message":{"content":"half"},"finish_reason":"length"}]}"#;
    assert_eq!(read::whole("m", &question(), cut.as_bytes()).unwrap().finish, Finish::Length);
}

#[test]
fn an_error_inside_a_stream_ends_it() {
    let stream =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n";
    let error = read_stream(stream).unwrap_err();
    assert!(matches!(&error, Error::Rejected { message } if message == "overloaded"), "{error}");
    assert!(matches!(read_stream("data: {}\n\n").unwrap_err(), Error::Malformed { .. }));
}

#[test]
fn failures_are_told_apart() {
    let read = |status: u16, body: &str| {
        let retry_after = Some(Duration::from_secs(3));
        failure::read("m", outbound::Error::Status { host: "h".to_owned(), status, body: body.to_owned(), retry_after })
    };
    assert!(matches!(read(401, ""), Error::Unauthorized));
    assert!(matches!(read(404, ""), Error::ModelNotFound { .. }));
    assert!(
        matches!(read(400, "{\"error\":\"no such field\"}"), Error::Rejected { message } if message == "no such field")
    );
    assert_eq!(read(429, "").wait(), Some(Duration::from_secs(3)));
    assert_eq!(read(429, "{\"error\":{\"code\":\"insufficient_quota\"}}").wait(), None);
    assert_eq!(read(503, "").wait(), Some(Duration::from_secs(3)));
}

#[test]
fn a_round_of_calls_has_its_form() {
    let tool = ToolSpec { name: "f".to_owned(), description: "Does.".to_owned(), schema: json!({"type": "object"}) };
    let result = Part::Result { id: "c".to_owned(), name: "f".to_owned(), value: json!({"n": 1}) };
    let request = Request {
        system: "Be brief.".to_owned(),
        messages: vec![
            Message::user("go"),
            Message { role: Role::Model, parts: vec![call("c", "f", json!({"a": 1}))] },
            Message::results(vec![result]),
        ],
        tools: vec![tool],
        max_tokens: Some(9),
        temperature: Some(0.5),
        thinking: Thinking::Budget(100),
        ..Request::default()
    };
    let body = wire::request(&request, "local-model", true);
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "{\"n\":1}"},
        ])
    );
    assert_eq!(
        body["tools"],
        json!([{"type": "function", "function": {"name": "f", "description": "Does.", "parameters": {"type": "object"}}}])
    );
    assert_eq!((&body["max_tokens"], &body["temperature"], &body["stream"]), (&json!(9), &json!(0.5), &json!(true)));
    let body = wire::request(&request, "gpt-5.6-luna", false);
    assert_eq!(
        (&body["max_completion_tokens"], &body["temperature"], &body["reasoning_effort"]),
        (&json!(9), &json!(null), &json!("low"))
    );
    assert!(body.get("stream").is_none());
}
