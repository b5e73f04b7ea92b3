use serde_json::json;

use super::*;
use crate::message::{Delta, Finish, Message, Part, Thinking, ToolSpec};

const ANSWER: &str = include_str!("../../testdata/gemini/answer.json");
const STREAM: &str = include_str!("../../testdata/gemini/stream.txt");
const BLOCKED: &str = include_str!("../../testdata/gemini/blocked.json");
const MAX_TOKENS: &str = include_str!("../../testdata/gemini/max_tokens.json");
const QUOTA_DAY: &str = include_str!("../../testdata/gemini/quota_day.json");
const QUOTA_MINUTE: &str = include_str!("../../testdata/gemini/quota_minute.json");
const RETRY_INFO: &str = include_str!("../../testdata/gemini/retry_info.json");
const MODEL_GONE: &str = include_str!("../../testdata/gemini/model_gone.json");
const BAD_KEY: &str = include_str!("../../testdata/gemini/bad_key.json");

fn question() -> Request {
    Request { system: "Be brief.".to_owned(), messages: vec![Message::user("how many tasks?")], ..Request::default() }
}

fn read_whole(body: &str) -> Result<Answer, Error> {
    let mut reader = read::Reader::new("gemini-flash-latest");
    reader.take(body.as_bytes(), &mut |_| {})?;
    reader.finish(&question())
}

fn status(status: u16, body: &str) -> Error {
    let error = outbound::Error::Status { host: "h".to_owned(), status, body: body.to_owned(), retry_after: None };
    failure::read("gemini-2.5-flash", error)
}

#[test]
fn an_answer_is_read_with_its_seals_and_counts() {
    let answer = read_whole(ANSWER).unwrap();
    assert_eq!(answer.text(), "I will look.");
    assert_eq!(answer.thoughts(), "The person wants a count.");
    let calls: Vec<_> = answer.calls().map(|(id, name, arguments)| (id.to_owned(), name, arguments.clone())).collect();
    assert_eq!(calls[0], ("call_7".to_owned(), "aggregate", json!({"table": "Tasks", "function": "count"})));
    assert_eq!(calls[1].1, "list_tables");
    assert!(calls[1].0.starts_with(wire::OWN_ID));
    let usage = Usage { input: 125, cached: 100, output: 30, thinking: 45, counted_by: Counted::Provider };
    assert_eq!((answer.usage, answer.finish), (usage, Finish::Done));
}

#[test]
fn every_sealed_part_goes_back_byte_for_byte() {
    let answer = read_whole(ANSWER).unwrap();
    let own = answer.calls().nth(1).map(|(id, ..)| id.to_owned()).unwrap();
    let results = vec![
        Part::Result { id: "call_7".to_owned(), name: "aggregate".to_owned(), value: json!({"count": 12}) },
        Part::Result { id: own, name: "list_tables".to_owned(), value: json!(["Tasks"]) },
    ];
    let mut request = question();
    request.messages.push(Message { role: crate::Role::Model, parts: answer.parts });
    request.messages.push(Message::results(results));
    let body = wire::request(&request, "gemini-flash-latest");
    assert_eq!(
        body["contents"][1],
        json!({"role": "model", "parts": [
            {"text": "I will look.", "thoughtSignature": "c2VhbC1vbi10ZXh0+/=="},
            {"functionCall": {"id": "call_7", "name": "aggregate", "args": {"table": "Tasks", "function": "count"}}, "thoughtSignature": "c2VhbC1vbi1jYWxs"},
            {"functionCall": {"name": "list_tables", "args": {}}},
        ]})
    );
    assert_eq!(
        body["contents"][2],
        json!({"role": "user", "parts": [
            {"functionResponse": {"id": "call_7", "name": "aggregate", "response": {"count": 12}}},
            {"functionResponse": {"name": "list_tables", "response": {"result": ["Tasks"]}}},
        ]})
    );
}

#[test]
fn a_stream_is_joined_and_its_last_counts_win() {
    let mut splitter = outbound::Splitter::new(10_000);
    assert!(splitter.push(STREAM.as_bytes()));
    let mut reader = read::Reader::new("gemini-flash-latest");
    let mut deltas = Vec::new();
    while let Some(event) = splitter.next_event() {
        reader.take(event.data.as_bytes(), &mut |delta| deltas.push(delta)).unwrap();
    }
    let answer = reader.finish(&question()).unwrap();
    let text = |text: &str| Delta::Text(text.to_owned());
    let thought = |text: &str| Delta::Thought(text.to_owned());
    assert_eq!(deltas, [thought("Thinking about "), thought("it."), text("Zwölf "), text("tasks.")]);
    assert_eq!(
        answer.parts,
        [
            Part::Thought { text: "Thinking about it.".to_owned(), signature: None },
            Part::text("Zwölf tasks."),
            Part::Text { text: String::new(), signature: Some("bGFzdA==".to_owned()) },
        ]
    );
    assert_eq!((answer.usage.input, answer.usage.output, answer.usage.thinking), (12, 3, 9));
}

#[test]
fn a_blocked_prompt_and_a_lost_answer_are_told_apart() {
    let error = read_whole(BLOCKED).unwrap_err();
    assert!(matches!(&error, Error::Blocked { reason } if reason == "PROHIBITED_CONTENT"), "{error}");
    let answer = read_whole(MAX_TOKENS).unwrap();
    assert_eq!((answer.text().as_str(), &answer.finish, answer.usage.thinking), ("", &Finish::Length, 4_000));
    assert!(matches!(read_whole("{}").unwrap_err(), Error::Malformed { .. }));
    assert!(matches!(read_whole("<html>").unwrap_err(), Error::Malformed { .. }));
}

#[test]
fn missing_counts_are_estimated_and_marked() {
    let body =
        r#"{"candidates":[{"content":{"parts":[{"text":"12345678"}]},"finishReason":"STOP"}],"usageMetadata":{}}"#;
    let usage = read_whole(body).unwrap().usage;
    assert_eq!((usage.output, usage.counted_by), (2, Counted::Estimate));
}

#[test]
fn quotas_are_told_apart() {
    let seconds = |seconds: f64| Some(Duration::from_secs_f64(seconds));
    let told = r#"{"error":{"code":429,"message":"Slow down. Please retry in 900ms."}}"#;
    let far = r#"{"error":{"code":429,"details":[{"retryDelay":"3600s"}]}}"#;
    let cases = [
        (QUOTA_DAY, None, true),
        (QUOTA_MINUTE, seconds(60.0), false),
        (RETRY_INFO, seconds(34.07), false),
        (told, seconds(0.9), false),
        (far, seconds(3_600.0), true),
        ("no json", None, false),
    ];
    for (body, wanted, wanted_daily) in cases {
        let Error::Limited { wait, daily } = status(429, body) else { panic!("{body}") };
        assert_eq!((wait, daily), (wanted, wanted_daily), "{body}");
    }
}

#[test]
fn other_failures_are_told_apart() {
    assert!(matches!(status(404, MODEL_GONE), Error::ModelNotFound { model } if model == "gemini-2.5-flash"));
    assert!(matches!(status(400, BAD_KEY), Error::Unauthorized));
    assert!(matches!(status(403, ""), Error::Unauthorized));
    let rejected = status(400, r#"{"error":{"message":"bad schema"}}"#);
    assert!(matches!(rejected, Error::Rejected { message } if message == "bad schema"));
    assert!(status(503, "").wait().is_some());
}

#[test]
fn knobs_fit_the_generation_of_the_model() {
    let cases = [
        ("gemini-2.5-flash", Thinking::Auto, json!({"thinkingBudget": -1})),
        ("gemini-2.5-flash", Thinking::Off, json!({"thinkingBudget": 0})),
        ("gemini-2.5-flash", Thinking::Budget(5), json!({"thinkingBudget": 5, "includeThoughts": true})),
        ("gemini-2.5-flash-lite", Thinking::Budget(5), json!({"thinkingBudget": 512, "includeThoughts": true})),
        ("gemini-2.5-pro", Thinking::Off, json!({"thinkingBudget": 128})),
        ("gemini-2.5-pro", Thinking::Budget(99_999), json!({"thinkingBudget": 32_768, "includeThoughts": true})),
        ("gemini-2.0-flash", Thinking::Budget(5), json!(null)),
        ("gemini-flash-latest", Thinking::Auto, json!(null)),
        ("gemini-flash-latest", Thinking::Off, json!({"thinkingLevel": "minimal"})),
        ("gemini-3.5-flash", Thinking::Budget(5), json!({"thinkingLevel": "low", "includeThoughts": true})),
        ("gemini-3.5-flash", Thinking::Budget(5_000), json!({"thinkingLevel": "medium", "includeThoughts": true})),
        ("gemini-3.5-flash", Thinking::Budget(20_000), json!({"thinkingLevel": "high", "includeThoughts": true})),
    ];
    for (model, thinking, wanted) in cases {
        let request = Request { thinking, temperature: Some(0.5), max_tokens: Some(100), ..question() };
        let config = wire::request(&request, model)["generationConfig"].clone();
        assert_eq!(config["thinkingConfig"], wanted, "{model} {thinking:?}");
        assert_eq!(
            config["temperature"].is_null(),
            wanted.get("thinkingLevel").is_some() || model.contains("latest"),
            "{model}"
        );
        assert_eq!(config["maxOutputTokens"], 100);
    }
}

#[test]
fn tools_and_counts_have_their_form() {
    let schema = json!({"type": "object", "properties": {"table": {"type": "string"}}});
    let tool = ToolSpec { name: "list_records".to_owned(), description: "Lists.".to_owned(), schema: schema.clone() };
    let request = Request { tools: vec![tool], ..question() };
    let body = wire::request(&request, "gemini-flash-latest");
    let declared = json!([{"functionDeclarations": [{"name": "list_records", "description": "Lists.", "parametersJsonSchema": schema}]}]);
    assert_eq!(body["tools"], declared);
    assert_eq!(body["systemInstruction"], json!({"parts": [{"text": "Be brief."}]}));
    let count = wire::count(&request, "gemini-flash-latest");
    assert_eq!(count["generateContentRequest"]["model"], "models/gemini-flash-latest");
    assert_eq!(count["generateContentRequest"]["tools"], declared);
}

#[test]
fn a_model_that_is_gone_is_not_asked_again() {
    let outbound = Outbound::new(outbound::Policy::default()).unwrap();
    let gemini = Gemini::new(outbound, "key", None, Some("models/gemini-2.5-flash"));
    assert_eq!(gemini.models(&question())[..2], ["gemini-2.5-flash", DEFAULT_MODEL]);
    gemini.gone.lock().insert("gemini-2.5-flash".to_owned());
    assert_eq!(gemini.models(&question())[0], DEFAULT_MODEL);
    assert!(!format!("{gemini:?}").contains("\"key\""));
}
