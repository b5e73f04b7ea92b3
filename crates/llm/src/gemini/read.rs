//! Gemini's answer in our words.

use serde::Deserialize;
use serde_json::Value;

use super::{failure, wire};
use crate::error::Error;
use crate::estimate;
use crate::message::{Answer, Counted, Delta, Finish, Part, Request, Usage};

/// Gathers one answer from one body or the chunks of a stream.
pub(super) struct Reader {
    answer: Answer,
    usage: Option<Usage>,
    blocked: Option<String>,
    candidates: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk {
    #[serde(default)]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Counts>,
    model_version: Option<String>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    parts: Vec<WirePart>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePart {
    text: Option<String>,
    #[serde(default)]
    thought: bool,
    thought_signature: Option<String>,
    function_call: Option<WireCall>,
}

#[derive(Deserialize)]
struct WireCall {
    id: Option<String>,
    name: String,
    #[serde(default)]
    args: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Counts {
    #[serde(rename = "promptTokenCount")]
    prompt: u64,
    #[serde(rename = "toolUsePromptTokenCount")]
    tool_use_prompt: u64,
    #[serde(rename = "cachedContentTokenCount")]
    cached_content: u64,
    #[serde(rename = "candidatesTokenCount")]
    candidates: u64,
    #[serde(rename = "thoughtsTokenCount")]
    thoughts: u64,
}

impl Reader {
    pub(super) fn new(model: &str) -> Self {
        let answer = Answer { model: model.to_owned(), ..Answer::default() };
        Self { answer, usage: None, blocked: None, candidates: false }
    }

    /// Takes a body or a chunk, and hands on its text.
    pub(super) fn take(&mut self, bytes: &[u8], sink: &mut (dyn FnMut(Delta) + Send)) -> Result<(), Error> {
        let chunk: Chunk = serde_json::from_slice(bytes).map_err(|error| Error::Malformed {
            reason: format!("JSON error at line {} column {}", error.line(), error.column()),
        })?;
        if let Some(error) = chunk.error {
            return Err(failure::in_stream(&self.answer.model, &error));
        }
        // The price table knows the aliases, so the name asked for is kept unless it stands for another.
        if let Some(version) = chunk.model_version.filter(|_| self.answer.model.is_empty()) {
            self.answer.model = version;
        }
        self.blocked = chunk.prompt_feedback.and_then(|feedback| feedback.block_reason).or(self.blocked.take());
        self.usage = chunk.usage_metadata.map(Counts::usage).or(self.usage);
        for candidate in chunk.candidates.into_iter().take(1) {
            self.candidates = true;
            for part in candidate.content.map(|content| content.parts).unwrap_or_default() {
                self.part(part, sink);
            }
            if let Some(reason) = candidate.finish_reason {
                self.answer.finish = finish(reason);
            }
        }
        Ok(())
    }

    fn part(&mut self, part: WirePart, sink: &mut (dyn FnMut(Delta) + Send)) {
        let signature = part.thought_signature;
        if let Some(call) = part.function_call {
            let id = call.id.filter(|id| !id.is_empty());
            let id = id.unwrap_or_else(|| format!("{}{}", wire::OWN_ID, self.answer.parts.len()));
            let arguments = if call.args.is_null() { Value::Object(serde_json::Map::new()) } else { call.args };
            self.answer.push(Part::Call { id, name: call.name, arguments, signature });
            return;
        }
        let text = part.text.unwrap_or_default();
        if text.is_empty() && signature.is_none() {
            return;
        }
        if part.thought {
            sink(Delta::Thought(text.clone()));
            self.answer.push(Part::Thought { text, signature });
        } else {
            if !text.is_empty() {
                sink(Delta::Text(text.clone()));
            }
            self.answer.push(Part::Text { text, signature });
        }
    }

    /// The answer, once everything has come.
    pub(super) fn finish(mut self, request: &Request) -> Result<Answer, Error> {
        if let (Some(reason), true) = (self.blocked, self.answer.parts.is_empty()) {
            return Err(Error::Blocked { reason });
        }
        if !self.candidates {
            return Err(Error::Malformed { reason: "no candidate".to_owned() });
        }
        let counted = self.usage.filter(|usage| usage.total() > 0);
        self.answer.usage = counted.unwrap_or_else(|| estimate::usage(request, &self.answer.parts));
        Ok(self.answer)
    }
}

impl Counts {
    fn usage(self) -> Usage {
        Usage {
            input: self.prompt + self.tool_use_prompt,
            cached: self.cached_content,
            output: self.candidates,
            thinking: self.thoughts,
            counted_by: Counted::Provider,
        }
    }
}

/// Unknown reasons mean that it stopped; a call is seen by its part, not here.
fn finish(reason: String) -> Finish {
    match &*reason {
        "MAX_TOKENS" => Finish::Length,
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => Finish::Filtered(reason),
        _ => Finish::Done,
    }
}
