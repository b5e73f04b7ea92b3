//! The providers against the `llmock` server of the npm package `@copilotkit/aimock`.
//!
//! `AIRLOOM_AIMOCK` names the program; the test command sets it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "an integration test")]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use llm::{Answer, Counted, Delta, Error, Gemini, Message, OpenAi, Part, Provider, Request, Role, ToolSpec};
use outbound::{Outbound, Policy, Trust};
use serde_json::json;

/// A running mock, stopped when dropped.
struct Mock {
    child: Child,
    url: String,
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Mock {
    async fn start(outbound: &Outbound) -> Self {
        let program = std::env::var_os("AIRLOOM_AIMOCK").unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/aimock.json");
        let child = Command::new(program)
            .args(["-p", &port.to_string(), "-f", fixtures, "--strict", "--log-level", "warn"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mock = Self { child, url: format!("http://127.0.0.1:{port}") };
        for _ in 0..200 {
            match outbound.get(&format!("{}/health", mock.url)).trust(Trust::Operator).send().await {
                Ok(_) | Err(outbound::Error::Status { .. }) => return mock,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("the mock did not start");
    }
}

fn ask(text: &str) -> Request {
    let schema = json!({"type": "object", "properties": {"table": {"type": "string"}, "function": {"type": "string"}}});
    let tool = ToolSpec { name: "aggregate".to_owned(), description: "Counts and sums.".to_owned(), schema };
    Request { messages: vec![Message::user(text)], tools: vec![tool], max_tokens: Some(500), ..Request::default() }
}

async fn answers(provider: &dyn Provider) {
    let answer = provider.answer(&ask("hello there")).await.unwrap();
    assert_eq!(answer.text(), "Hello! Twelve tasks are open.");
    assert_eq!((answer.usage.input, answer.usage.output, answer.usage.counted_by), (21, 9, Counted::Provider));
}

async fn streams(provider: &dyn Provider) {
    let (request, mut deltas) = (ask("hello there"), Vec::new());
    let answer = provider.stream(&request, &mut |delta| deltas.push(delta)).await.unwrap();
    assert!(deltas.len() > 1, "{deltas:?}");
    let joined: String = deltas.iter().map(|delta| if let Delta::Text(text) = delta { &**text } else { "" }).collect();
    assert_eq!((joined.as_str(), answer.text().as_str()), ("Hello! Twelve tasks are open.", joined.as_str()));
}

async fn calls_a_tool(provider: &dyn Provider, streamed: bool) {
    let mut request = ask("count the tasks");
    let asked = async |request: &Request| -> Answer {
        if streamed {
            provider.stream(request, &mut |_| {}).await.unwrap()
        } else {
            provider.answer(request).await.unwrap()
        }
    };
    let answer = asked(&request).await;
    let results: Vec<Part> = answer
        .calls()
        .map(|(id, name, arguments)| {
            assert_eq!((name, arguments), ("aggregate", &json!({"table": "Tasks", "function": "count"})));
            Part::Result { id: id.to_owned(), name: name.to_owned(), value: json!({"count": 12}) }
        })
        .collect();
    assert_eq!(results.len(), 1);
    request.messages.push(Message { role: Role::Model, parts: answer.parts });
    request.messages.push(Message::results(results));
    assert_eq!(asked(&request).await.text(), "There are 12 tasks.");
}

async fn is_limited(provider: &dyn Provider) {
    let error = provider.answer(&ask("too much")).await.unwrap_err();
    let Error::Limited { wait, .. } = error else { panic!("{error}") };
    assert!(wait.is_some_and(|wait| wait >= Duration::from_secs(1)), "{wait:?}");
}

#[tokio::test]
async fn providers_work_against_an_independent_server() {
    let outbound = Outbound::new(Policy::default()).unwrap();
    let mock = Mock::start(&outbound).await;
    let gemini = Gemini::new(outbound.clone(), "test-key", Some(&mock.url), None);
    let openai = OpenAi::new(outbound.clone(), Some("test-key"), Some(&format!("{}/v1", mock.url)), None);
    for provider in [&gemini as &dyn Provider, &openai] {
        answers(provider).await;
        streams(provider).await;
        calls_a_tool(provider, false).await;
        calls_a_tool(provider, true).await;
        is_limited(provider).await;
    }
    // The mock has no count route, so the count falls back to an estimate.
    let usage = gemini.count(&ask("hello there")).await;
    assert!(usage.input > 5 && usage.counted_by == Counted::Estimate);
}
