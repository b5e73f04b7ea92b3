//! What a conversation is made of.

use llm::{Cost, Counted, Usage};
use model::{Caller, TenantNo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::error::Error;

/// A turn that a person asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ChatIn {
    /// What they say.
    pub message: String,
    /// The conversation; a new name begins a new one.
    pub session_id: String,
    /// The base it is about, by id or name; all bases when absent.
    #[serde(default)]
    pub base_id: Option<String>,
    /// Tokens that a model may think: negative for automatic, 0 for none.
    #[serde(default)]
    pub thinking_budget: Option<i64>,
}

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChatOut {
    /// The answer, for people.
    pub response: String,
    /// What the model says it thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_process: Option<String>,
    /// The tools that were called, each once.
    pub tools_used: Vec<String>,
    /// The conversation.
    pub session_id: String,
    /// When, in UTC.
    pub timestamp: String,
    /// What it cost; absent where no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_info: Option<TurnCost>,
    /// Each call of a tool, in order.
    pub tool_calls: Vec<ToolUse>,
    /// The answer as a value, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Ids of the records it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<String>,
    /// Requests that would work, where this one was not understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// True when a write was shown and waits for a plain yes or no.
    pub awaits_confirmation: bool,
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolUse {
    /// The tool.
    pub tool: String,
    /// What it was given.
    pub arguments: Value,
    /// What it answered, shortened.
    pub result: Value,
    /// False when it refused.
    pub success: bool,
    /// How long it took, in milliseconds.
    pub millis: i64,
}

/// What a turn cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TurnCost {
    /// `tracked`, or `unknown` for a model without a known price.
    pub tracking_status: String,
    /// US dollars; absent when unknown.
    pub total_cost: Option<f64>,
    /// The tokens.
    pub token_details: TokenDetails,
    /// US dollars by kind of token; absent when unknown.
    pub cost_breakdown: Option<CostBreakdown>,
    /// What the person should know about budgets.
    pub budget_warnings: Vec<String>,
    /// The model that answered.
    pub model: String,
}

/// Tokens of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenDetails {
    /// In.
    pub input: u64,
    /// Out, without thoughts.
    pub output: u64,
    /// Thoughts.
    pub thinking: u64,
    /// `provider` or `estimate`.
    pub counting_method: String,
}

/// US dollars of a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CostBreakdown {
    /// For input.
    pub input: f64,
    /// For output.
    pub output: f64,
    /// For thoughts.
    pub thinking: f64,
}

impl TurnCost {
    pub(crate) fn new(model: &str, usage: &Usage, cost: Option<Cost>, budget_warnings: Vec<String>) -> Self {
        let counting_method = match usage.counted_by {
            Counted::Provider => "provider",
            Counted::Estimate => "estimate",
        };
        Self {
            tracking_status: if cost.is_some() { "tracked" } else { "unknown" }.to_owned(),
            total_cost: cost.map(|cost| cost.total()),
            token_details: TokenDetails {
                input: usage.input,
                output: usage.output,
                thinking: usage.thinking,
                counting_method: counting_method.to_owned(),
            },
            cost_breakdown: cost.map(|cost| CostBreakdown {
                input: cost.input,
                output: cost.output,
                thinking: cost.thinking,
            }),
            budget_warnings,
            model: model.to_owned(),
        }
    }
}

/// A message of a conversation as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoredMessage {
    /// Its place in the conversation, from 1.
    pub sequence: i64,
    /// `user` or `assistant`.
    pub role: String,
    /// The text.
    pub content: String,
    /// What the model says it thought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking: Option<String>,
    /// The tools that were called.
    pub tools_used: Vec<String>,
    /// The model that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Tokens in, out and thought.
    pub token_count: i64,
    /// US dollars; absent when unknown or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// When, in UTC.
    pub timestamp: String,
}

/// What a conversation cost so far.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CostSummary {
    /// The conversation.
    pub session_id: String,
    /// Turns.
    pub total_calls: i64,
    /// Turns that brought an answer.
    pub successful_calls: i64,
    /// Tokens.
    pub total_tokens: i64,
    /// US dollars of the turns with a known price.
    pub total_cost: f64,
    /// Turns without a known price.
    pub unpriced_calls: i64,
    /// Milliseconds, on average.
    pub avg_response_time_ms: f64,
    /// `no_budget`: none is set.
    pub budget_status: String,
}

/// Whose conversation it is: the key of everything stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionKey {
    pub tenant: TenantNo,
    pub owner: String,
    pub session: String,
}

impl SessionKey {
    /// Longest name of a session.
    const LONGEST: usize = 128;

    /// A session of the caller.
    pub fn new(caller: &Caller, session: &str) -> Result<Self, Error> {
        let fits = (1..=Self::LONGEST).contains(&session.chars().count());
        if !fits || session.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Error::SessionName);
        }
        let owner = caller.user().map_or_else(|| "system".to_owned(), |user| user.to_string());
        Ok(Self { tenant: caller.tenant, owner, session: session.to_owned() })
    }
}

/// A write that was shown and waits for a yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PendingWrite {
    pub tool: String,
    /// The arguments that make it happen.
    pub arguments: Value,
}
