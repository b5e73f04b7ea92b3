//! Answers of `chat/completions` in our words.

use serde::Deserialize;
use serde_json::{Value, json};

use super::failure;
use crate::error::Error;
use crate::estimate;
use crate::message::{Answer, Counted, Delta, Finish, Part, Request, Usage};

/// A body or a chunk: a choice has a `message` in the one and a `delta` in the other.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Counts>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(alias = "delta")]
    message: Option<Spoken>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Spoken {
    content: Option<String>,
    #[serde(alias = "reasoning")]
    reasoning_content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<WireCall>>,
}

#[derive(Deserialize)]
struct WireCall {
    index: Option<usize>,
    id: Option<String>,
    function: Option<WireFunction>,
}

#[derive(Deserialize)]
struct WireFunction {
    name: Option<String>,
    arguments: Option<Value>,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<InputDetails>,
    completion_tokens_details: Option<OutputDetails>,
}

#[derive(Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

/// Gathers one answer.
pub(super) struct Reader {
    answer: Answer,
    calls: Vec<OpenCall>,
    usage: Option<Usage>,
    choices: bool,
}

/// A call whose arguments are still coming.
#[derive(Default)]
struct OpenCall {
    index: usize,
    id: String,
    name: String,
    arguments: String,
    object: Option<Value>,
}

/// Reads a whole body.
pub(super) fn whole(model: &str, request: &Request, body: &[u8]) -> Result<Answer, Error> {
    let mut reader = Reader::new(model);
    reader.take(body, &mut |_| {})?;
    reader.finish(request)
}

impl Reader {
    pub(super) fn new(model: &str) -> Self {
        let answer = Answer { model: model.to_owned(), ..Answer::default() };
        Self { answer, calls: Vec::new(), usage: None, choices: false }
    }

    /// Takes a body or a chunk, and hands on its text.
    pub(super) fn take(&mut self, bytes: &[u8], sink: &mut (dyn FnMut(Delta) + Send)) -> Result<(), Error> {
        let chunk: Chunk = serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
            reason: format!("JSON error at line {} column {}", error.line(), error.column()),
        })?;
        if let Some(error) = chunk.error {
            return Err(failure::in_stream(&error));
        }
        self.usage = chunk.usage.map(Counts::usage).or(self.usage);
        for choice in chunk.choices.into_iter().take(1) {
            self.choices = true;
            if let Some(spoken) = choice.message {
                self.spoken(spoken, sink);
            }
            match choice.finish_reason.as_deref() {
                Some("length") => self.answer.finish = Finish::Length,
                Some("content_filter") => self.answer.finish = Finish::Filtered("content_filter".to_owned()),
                _ => {}
            }
        }
        Ok(())
    }

    fn spoken(&mut self, spoken: Spoken, sink: &mut (dyn FnMut(Delta) + Send)) {
        if let Some(text) = spoken.reasoning_content.filter(|text| !text.is_empty()) {
            sink(Delta::Thought(text.clone()));
            self.answer.push(Part::Thought { text, signature: None });
        }
        for text in [spoken.content, spoken.refusal].into_iter().flatten().filter(|text| !text.is_empty()) {
            sink(Delta::Text(text.clone()));
            self.answer.push(Part::text(text));
        }
        for call in spoken.tool_calls.unwrap_or_default() {
            self.call(call);
        }
    }

    /// A piece belongs to the call of its index; without one, to a new call when it brings a new id, else to the last.
    fn call(&mut self, piece: WireCall) {
        let id = piece.id.filter(|id| !id.is_empty());
        let known = match (piece.index, &id) {
            (Some(index), _) => self.calls.iter().position(|call| call.index == index),
            (None, Some(id)) => self.calls.iter().position(|call| call.id == *id),
            (None, None) => self.calls.len().checked_sub(1),
        };
        if known.is_none() {
            let index = piece.index.unwrap_or(self.calls.len());
            self.calls.push(OpenCall { index, ..OpenCall::default() });
        }
        let at = known.unwrap_or(self.calls.len().saturating_sub(1));
        let Some(call) = self.calls.get_mut(at) else { return };
        if let Some(id) = id {
            call.id = id;
        }
        let Some(function) = piece.function else { return };
        call.name.push_str(&function.name.unwrap_or_default());
        match function.arguments {
            Some(Value::String(text)) => call.arguments.push_str(&text),
            Some(object @ Value::Object(_)) => call.object = Some(object),
            _ => {}
        }
    }

    /// The answer, once everything has come.
    pub(super) fn finish(mut self, request: &Request) -> Result<Answer, Error> {
        if !self.choices {
            return Err(Error::Malformed { reason: "no choice".to_owned() });
        }
        for (at, call) in self.calls.into_iter().enumerate() {
            self.answer.push(call.close(at));
        }
        let counted = self.usage.filter(|usage| usage.total() > 0);
        self.answer.usage = counted.unwrap_or_else(|| estimate::usage(request, &self.answer.parts));
        Ok(self.answer)
    }
}

impl OpenCall {
    /// Arguments that are no JSON stay text: the tool's complaint then lets the model correct itself.
    fn close(self, at: usize) -> Part {
        let id = if self.id.is_empty() { format!("own-call-{at}") } else { self.id };
        let text = self.arguments;
        let parsed = || if text.trim().is_empty() { Some(json!({})) } else { serde_json::from_str(&text).ok() };
        let arguments = self.object.or_else(parsed).unwrap_or_else(|| Value::String(text.clone()));
        Part::Call { id, name: self.name, arguments, signature: None }
    }
}

impl Counts {
    /// Here thoughts are counted inside the output.
    fn usage(self) -> Usage {
        let thinking = self.completion_tokens_details.and_then(|details| details.reasoning_tokens).unwrap_or(0);
        Usage {
            input: self.prompt_tokens,
            cached: self.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0),
            output: self.completion_tokens.saturating_sub(thinking),
            thinking,
            counted_by: Counted::Provider,
        }
    }
}
