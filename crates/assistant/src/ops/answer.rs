//! What a driver hands back.

use llm::{Cost, Usage};
use serde_json::Value;

use crate::model::PendingWrite;

/// The outcome of a turn before it is kept.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub text: String,
    pub thinking: Option<String>,
    pub value: Option<Value>,
    pub records: Vec<String>,
    pub suggestions: Vec<String>,
    pub state: Option<Value>,
    pub pending: Vec<PendingWrite>,
    /// The driver itself waits for a yes.
    pub awaits: bool,
    pub billed: Option<Billed>,
    pub warnings: Vec<String>,
    /// False when it is only a sentence about what went wrong.
    pub succeeded: bool,
}

/// What a provider counted.
#[derive(Debug)]
pub(super) struct Billed {
    pub model: String,
    pub usage: Usage,
    pub cost: Option<Cost>,
}

impl Answer {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), succeeded: true, ..Self::default() }
    }
}
