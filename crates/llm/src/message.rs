//! The one message model that every provider is translated to and from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who speaks. Results of tools are spoken by the user's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person, and the tools on their behalf.
    User,
    /// The model.
    Model,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Part {
    /// Plain text.
    Text {
        /// The text.
        text: String,
        /// The provider's seal on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// What the model says it thought.
    Thought {
        /// The summary.
        text: String,
        /// The provider's seal on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// The model wants a tool called.
    Call {
        /// Names the call in its answer; made by us when the provider gave none.
        id: String,
        /// The tool.
        name: String,
        /// Its arguments: an object, or the raw text when that was not JSON.
        arguments: Value,
        /// The provider's seal on it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// What a tool answered.
    Result {
        /// The call's id.
        id: String,
        /// The tool.
        name: String,
        /// The answer.
        value: Value,
    },
}

impl Part {
    /// Plain text without a seal.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), signature: None }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said, in order.
    pub parts: Vec<Part>,
}

impl Message {
    /// A person's message.
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, parts: vec![Part::text(text)] }
    }

    /// A model's message.
    pub fn model(text: impl Into<String>) -> Self {
        Self { role: Role::Model, parts: vec![Part::text(text)] }
    }

    /// The results of all calls of the message before, together.
    pub fn results(parts: Vec<Part>) -> Self {
        Self { role: Role::User, parts }
    }
}

/// A tool as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: String,
    /// What it does and when to call it.
    pub description: String,
    /// JSON schema of its arguments.
    pub schema: Value,
}

/// How much a model may think before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Thinking {
    /// As the model sees fit.
    #[default]
    Auto,
    /// Not at all, or as little as the model can.
    Off,
    /// About so many tokens.
    Budget(u32),
}

impl Thinking {
    /// From the number people set: negative for automatic, 0 for off, else tokens.
    pub fn from_budget(budget: i64) -> Self {
        match u32::try_from(budget) {
            Err(_) if budget < 0 => Self::Auto,
            Err(_) => Self::Budget(u32::MAX),
            Ok(0) => Self::Off,
            Ok(tokens) => Self::Budget(tokens),
        }
    }
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Request {
    /// The model's name; the provider's default when empty.
    pub model: String,
    /// The instruction above the conversation.
    pub system: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// The tools that may be called.
    pub tools: Vec<ToolSpec>,
    /// Most tokens of the answer.
    pub max_tokens: Option<u32>,
    /// How freely words are chosen, 0 to 2.
    pub temperature: Option<f64>,
    /// How much it may think.
    pub thinking: Thinking,
}

/// Who counted the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counted {
    /// The provider.
    Provider,
    /// Nobody: a rule of thumb on the number of characters.
    #[default]
    Estimate,
}

/// Tokens of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usage {
    /// All input, the cached part included.
    pub input: u64,
    /// Input that came from the provider's cache.
    pub cached: u64,
    /// Output without thoughts.
    pub output: u64,
    /// Thoughts, billed as output.
    pub thinking: u64,
    /// Who counted.
    pub counted_by: Counted,
}

impl Usage {
    /// All tokens.
    pub fn total(&self) -> u64 {
        self.input + self.output + self.thinking
    }

    /// Both together; an estimate when either is one.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let both = self.counted_by == Counted::Provider && other.counted_by == Counted::Provider;
        Self {
            input: self.input + other.input,
            cached: self.cached + other.cached,
            output: self.output + other.output,
            thinking: self.thinking + other.thinking,
            counted_by: if both { Counted::Provider } else { Counted::Estimate },
        }
    }
}

/// Why a model stopped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Finish {
    /// It had said everything, or wants tools called.
    #[default]
    Done,
    /// It ran into the token limit.
    Length,
    /// A filter of the provider stopped it; the provider's word for the reason.
    Filtered(String),
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The model that answered, which may be a fallback.
    pub model: String,
    /// What it said, in order.
    pub parts: Vec<Part>,
    /// What it cost in tokens.
    pub usage: Usage,
    /// Why it stopped.
    pub finish: Finish,
}

impl Answer {
    /// The text for the person.
    pub fn text(&self) -> String {
        self.parts
            .iter()
            .filter_map(|part| if let Part::Text { text, .. } = part { Some(&**text) } else { None })
            .collect()
    }

    /// The thoughts, if it told them.
    pub fn thoughts(&self) -> String {
        let thoughts = self.parts.iter();
        thoughts.filter_map(|part| if let Part::Thought { text, .. } = part { Some(&**text) } else { None }).collect()
    }

    /// The tools it wants called.
    pub fn calls(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Call { id, name, arguments, .. } => Some((&**id, &**name, arguments)),
            _ => None,
        })
    }

    /// Adds text or a thought to the last part where no seal stands between.
    pub(crate) fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (Some(Part::Text { text, signature: None }), Part::Text { text: more, signature: None })
            | (Some(Part::Thought { text, signature: None }), Part::Thought { text: more, signature: None }) => {
                text.push_str(&more);
            }
            (_, part) => self.parts.push(part),
        }
    }
}

/// What a stream has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// More text.
    Text(String),
    /// More of a thought.
    Thought(String),
}
