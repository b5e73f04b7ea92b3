//! The tools of one turn: called for one caller, told to the listener, written down.

use llm::ToolSpec;
use model::{Caller, Door};
use parking_lot::Mutex;
use serde_json::Value;
use tools::Tool;

use super::{Assistant, limit};
use crate::error::Error;
use crate::events::{Event, Sink};
use crate::model::ToolUse;

/// Most tokens of a tool's answer that are written down.
const KEPT_TOKENS: usize = 1_000;

/// Calls tools for one turn.
pub(crate) struct Toolbox<'a> {
    assistant: &'a Assistant,
    caller: Caller,
    sink: &'a Sink,
    uses: Mutex<Vec<ToolUse>>,
}

impl<'a> Toolbox<'a> {
    pub(super) fn new(assistant: &'a Assistant, caller: &Caller, sink: &'a Sink) -> Self {
        let caller = Caller { door: Door::Tool, ..caller.clone() };
        Self { assistant, caller, sink, uses: Mutex::default() }
    }

    /// The tools as a model sees them, in their stable order.
    pub(super) fn specs(&self) -> Vec<ToolSpec> {
        let spec = |tool: &Tool| ToolSpec {
            name: tool.name.to_owned(),
            description: tool.text.description.to_owned(),
            schema: tool.input.clone(),
        };
        self.assistant.tools().list().iter().map(spec).collect()
    }

    /// True for a tool that changes something; unknown ones change nothing.
    pub(super) fn is_write(&self, name: &str) -> bool {
        self.assistant.tools().get(name).is_some_and(|tool| !tool.hints.read_only)
    }

    /// The first of these names under which a tool takes an argument.
    pub(super) fn argument(&self, tool: &str, names: &[&'static str]) -> Option<&'static str> {
        let known = self.assistant.tools().get(tool)?.input.get("properties")?;
        names.iter().copied().find(|name| known.get(name).is_some())
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> Result<Value, Error> {
        self.sink.tell(Event::ToolCall { tool: name.to_owned(), arguments: arguments.clone() });
        let began = self.assistant.0.clock.now();
        let answer =
            self.assistant.tools().call(name, self.caller.clone(), arguments.clone()).await.map_err(Error::Tool);
        let millis = self.assistant.0.clock.now().millis() - began.millis();
        let result = match &answer {
            Ok(value) => limit::cut(value.clone(), KEPT_TOKENS),
            Err(error) => Value::String(error.to_string()),
        };
        let made = ToolUse { tool: name.to_owned(), arguments, result, success: answer.is_ok(), millis };
        self.sink.tell(Event::ToolResult(Box::new(made.clone())));
        self.uses.lock().push(made);
        answer
    }

    /// The calls made so far.
    pub(super) fn into_uses(self) -> Vec<ToolUse> {
        self.uses.into_inner()
    }
}
