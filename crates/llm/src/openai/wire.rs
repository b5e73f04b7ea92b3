//! Our request in the words of `chat/completions`.

use serde_json::{Map, Value, json};

use crate::message::{Message, Part, Request, Role, Thinking};

/// The body of a request.
pub(super) fn request(request: &Request, model: &str, streams: bool) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    body.insert("messages".to_owned(), json!(messages(request)));
    if !request.tools.is_empty() {
        let tools: Vec<Value> = request.tools.iter().map(tool).collect();
        body.insert("tools".to_owned(), json!(tools));
    }
    limits(&mut body, request, model);
    if streams {
        body.insert("stream".to_owned(), json!(true));
        body.insert("stream_options".to_owned(), json!({ "include_usage": true }));
    }
    Value::Object(body)
}

fn tool(tool: &crate::message::ToolSpec) -> Value {
    let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.schema });
    json!({ "type": "function", "function": function })
}

/// The thinking models of `OpenAI` refuse a temperature and the old name of the limit; other servers know only that one.
fn limits(body: &mut Map<String, Value>, request: &Request, model: &str) {
    let thinks = ["gpt-5", "o1", "o3", "o4"].iter().any(|family| model.starts_with(family));
    if let Some(tokens) = request.max_tokens {
        let name = if thinks { "max_completion_tokens" } else { "max_tokens" };
        body.insert(name.to_owned(), json!(tokens));
    }
    if !thinks {
        if let Some(temperature) = request.temperature {
            body.insert("temperature".to_owned(), json!(temperature));
        }
        return;
    }
    let effort = match request.thinking {
        Thinking::Auto => return,
        Thinking::Off | Thinking::Budget(0..=1_024) => "low",
        Thinking::Budget(1_025..=8_192) => "medium",
        Thinking::Budget(_) => "high",
    };
    body.insert("reasoning_effort".to_owned(), json!(effort));
}

fn messages(request: &Request) -> Vec<Value> {
    let mut out = Vec::new();
    if !request.system.is_empty() {
        out.push(json!({ "role": "system", "content": request.system }));
    }
    for message in &request.messages {
        match message.role {
            Role::Model => out.push(spoken(message)),
            Role::User => asked(message, &mut out),
        }
    }
    out
}

/// A model's message: text and calls together.
fn spoken(message: &Message) -> Value {
    let text = text(message);
    let calls: Vec<Value> = message
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Call { id, name, arguments, .. } => {
                let arguments = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
                Some(json!({ "id": id, "type": "function", "function": { "name": name, "arguments": arguments } }))
            }
            _ => None,
        })
        .collect();
    let content = if text.is_empty() && !calls.is_empty() { Value::Null } else { json!(text) };
    let mut out = json!({ "role": "assistant", "content": content });
    if let (false, Value::Object(out)) = (calls.is_empty(), &mut out) {
        out.insert("tool_calls".to_owned(), json!(calls));
    }
    out
}

/// Results each have a message of their own.
fn asked(message: &Message, out: &mut Vec<Value>) {
    for part in &message.parts {
        if let Part::Result { id, value, .. } = part {
            out.push(json!({ "role": "tool", "tool_call_id": id, "content": value.to_string() }));
        }
    }
    let text = text(message);
    if !text.is_empty() {
        out.push(json!({ "role": "user", "content": text }));
    }
}

fn text(message: &Message) -> String {
    message
        .parts
        .iter()
        .filter_map(|part| if let Part::Text { text, .. } = part { Some(&**text) } else { None })
        .collect()
}
