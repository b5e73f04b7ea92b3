//! The one thing the planner needs from outside: a way to call a tool.

use std::{future::Future, pin::Pin};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a tool call comes to.
pub type ToolFuture<'a> = Pin<Box<dyn Future<Output = Result<Value, ToolFailure>> + Send + 'a>>;

/// Calls tools by name, and hears of each call as it is made and answered.
pub trait Toolbox: Send + Sync {
    fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a>;

    /// Called before a tool runs.
    fn started(&self, _tool: &str, _arguments: &Value) {}

    /// Called after a tool has answered.
    fn finished(&self, _call: &CallMade) {}
}

/// Why a tool refused, in words fit for the person asking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ToolFailure {
    pub message: String,
    /// A stable name of the reason, empty when there is none.
    pub code: String,
}

impl ToolFailure {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: String::new() }
    }
}

/// One tool call as it is told to the person asking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallMade {
    pub tool: String,
    pub arguments: Value,
    /// One short line on what came back.
    pub result: String,
}
