//! The tools of all services.

use std::sync::Arc;

use model::Caller;
use serde_json::Value;

use crate::error::ToolError;
use crate::tool::Tool;

/// Two services offer a tool of the same name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two tools are named `{name}`: one of `{first}`, one of `{second}`")]
pub struct DuplicateTool {
    /// The name.
    pub name: &'static str,
    /// The operation of the one.
    pub first: &'static str,
    /// The operation of the other.
    pub second: &'static str,
}

/// All tools, in the order in which they were given. Copies are the same ones.
#[derive(Debug, Clone, Default)]
pub struct Registry(Arc<[Tool]>);

impl Registry {
    /// A registry of these tools.
    ///
    /// # Errors
    /// [`DuplicateTool`] for a name that comes twice.
    pub fn new(tools: impl IntoIterator<Item = Tool>) -> Result<Self, DuplicateTool> {
        let mut held: Vec<Tool> = Vec::new();
        for tool in tools {
            if let Some(first) = held.iter().find(|held| held.name == tool.name) {
                return Err(DuplicateTool { name: tool.name, first: first.operation, second: tool.operation });
            }
            held.push(tool);
        }
        Ok(Self(held.into()))
    }

    /// The tools in order.
    pub fn list(&self) -> &[Tool] {
        &self.0
    }

    /// The tool of this name.
    pub fn get(&self, name: &str) -> Option<&Tool> {
        self.0.iter().find(|tool| tool.name == name)
    }

    /// Calls the tool of this name.
    ///
    /// # Errors
    /// The tool's own; `unknown-tool` with the most similar name when there is none.
    pub async fn call(&self, name: &str, caller: Caller, arguments: Value) -> Result<Value, ToolError> {
        match self.get(name) {
            Some(tool) => tool.call(caller, arguments).await,
            None => Err(ToolError::unknown(name, self.nearest(name))),
        }
    }

    fn nearest(&self, name: &str) -> Option<&'static str> {
        let similar = |tool: &Tool| (strsim::jaro_winkler(tool.name, name), tool.name);
        let best = self.0.iter().map(similar).max_by(|(one, _), (other, _)| one.total_cmp(other));
        best.filter(|(likeness, _)| *likeness > 0.8).map(|(_, name)| name)
    }
}
