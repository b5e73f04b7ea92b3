//! Our request in Gemini's words.

use serde_json::{Map, Value, json};

use crate::message::{Message, Part, Request, Role, Thinking};

/// Ids that we made for calls without one; the provider never sees them.
pub(super) const OWN_ID: &str = "own-call-";

/// The body of `generateContent`.
pub(super) fn request(request: &Request, model: &str) -> Value {
    let mut body = content(request);
    body.insert("generationConfig".to_owned(), Value::Object(config(request, model)));
    Value::Object(body)
}

/// The body of `countTokens`.
pub(super) fn count(request: &Request, model: &str) -> Value {
    let mut body = content(request);
    body.insert("model".to_owned(), json!(format!("models/{model}")));
    json!({ "generateContentRequest": body })
}

fn content(request: &Request) -> Map<String, Value> {
    let mut body = Map::new();
    let contents: Vec<Value> = request.messages.iter().map(message).collect();
    body.insert("contents".to_owned(), json!(contents));
    if !request.system.is_empty() {
        body.insert("systemInstruction".to_owned(), json!({ "parts": [{ "text": request.system }] }));
    }
    if !request.tools.is_empty() {
        let tools: Vec<Value> = request
            .tools
            .iter()
            .map(|tool| json!({ "name": tool.name, "description": tool.description, "parametersJsonSchema": tool.schema }))
            .collect();
        body.insert("tools".to_owned(), json!([{ "functionDeclarations": tools }]));
    }
    body
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::User => "user",
        Role::Model => "model",
    };
    let parts: Vec<Value> = message.parts.iter().filter_map(part).collect();
    json!({ "role": role, "parts": parts })
}

/// A thought goes back only when it is sealed; without a seal the provider has no use for it.
fn part(part: &Part) -> Option<Value> {
    let (mut out, signature) = match part {
        Part::Text { text, signature } => (json!({ "text": text }), signature.as_ref()),
        Part::Thought { signature: None, .. } => return None,
        Part::Thought { text, signature } => (json!({ "text": text, "thought": true }), signature.as_ref()),
        Part::Call { id, name, arguments, signature } => {
            let arguments = if arguments.is_object() { arguments.clone() } else { json!({}) };
            (json!({ "functionCall": with_id(json!({ "name": name, "args": arguments }), id) }), signature.as_ref())
        }
        Part::Result { id, name, value } => {
            let response = if value.is_object() { value.clone() } else { json!({ "result": value }) };
            (json!({ "functionResponse": with_id(json!({ "name": name, "response": response }), id) }), None)
        }
    };
    if let (Some(seal), Value::Object(out)) = (signature, &mut out) {
        out.insert("thoughtSignature".to_owned(), json!(seal));
    }
    Some(out)
}

fn with_id(mut out: Value, id: &str) -> Value {
    if let (false, Value::Object(out)) = (id.starts_with(OWN_ID), &mut out) {
        out.insert("id".to_owned(), json!(id));
    }
    out
}

fn config(request: &Request, model: &str) -> Map<String, Value> {
    let mut config = Map::new();
    if let Some(tokens) = request.max_tokens {
        config.insert("maxOutputTokens".to_owned(), json!(tokens));
    }
    // From 3.x on the provider no longer wants the sampling knobs.
    if let (Some(temperature), Generation::Two(_)) = (request.temperature, generation(model)) {
        config.insert("temperature".to_owned(), json!(temperature));
    }
    if let Some(thinking) = thinking(request.thinking, model) {
        config.insert("thinkingConfig".to_owned(), thinking);
    }
    config
}

/// Which dialect of the thinking knobs a model speaks.
enum Generation {
    /// Up to 2.5; with the range of the budget where the model thinks.
    Two(Option<(u32, u32)>),
    /// From 3 on, and the aliases.
    Three,
}

fn generation(model: &str) -> Generation {
    if model.contains("2.5-flash-lite") {
        return Generation::Two(Some((512, 24_576)));
    }
    if model.contains("2.5-pro") {
        return Generation::Two(Some((128, 32_768)));
    }
    if model.contains("2.5") {
        return Generation::Two(Some((1, 24_576)));
    }
    let is_old = ["gemini-1", "gemini-2", "gemma"].iter().any(|old| model.starts_with(old));
    if is_old { Generation::Two(None) } else { Generation::Three }
}

fn thinking(thinking: Thinking, model: &str) -> Option<Value> {
    match (generation(model), thinking) {
        (Generation::Two(None), _) | (Generation::Three, Thinking::Auto) => None,
        (Generation::Two(Some(_)), Thinking::Auto) => Some(json!({ "thinkingBudget": -1 })),
        (Generation::Two(Some((least, _))), Thinking::Off) => {
            // Pro cannot stop thinking.
            Some(json!({ "thinkingBudget": if least == 128 { least } else { 0 } }))
        }
        (Generation::Two(Some((least, most))), Thinking::Budget(tokens)) => {
            Some(json!({ "thinkingBudget": tokens.clamp(least, most), "includeThoughts": true }))
        }
        (Generation::Three, Thinking::Off) => Some(json!({ "thinkingLevel": "minimal" })),
        (Generation::Three, Thinking::Budget(tokens)) => {
            let level = match tokens {
                0..=1_024 => "low",
                1_025..=8_192 => "medium",
                _ => "high",
            };
            Some(json!({ "thinkingLevel": level, "includeThoughts": true }))
        }
    }
}
