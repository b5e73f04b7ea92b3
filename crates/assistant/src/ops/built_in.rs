//! A turn driven by the built-in planner.

use serde_json::Value;

use super::answer::Answer;
use super::chat::Asked;
use super::toolbox::Toolbox;
use crate::error::Error;
use crate::events::Sink;
use crate::planner::{self, Planner, ToolFailure, ToolFuture};

impl planner::Toolbox for Toolbox<'_> {
    fn call<'a>(&'a self, tool: &'a str, arguments: Value) -> ToolFuture<'a> {
        Box::pin(async move {
            let answer = Toolbox::call(self, tool, arguments).await;
            answer.map_err(|error| ToolFailure { message: error.to_string(), code: error.tool_code().to_owned() })
        })
    }
}

/// Asks the planner, which keeps its memory in the session's state. A memory of another version begins anew.
pub(super) async fn drive(toolbox: &Toolbox<'_>, sink: &Sink, asked: &Asked<'_>) -> Result<Answer, Error> {
    let memory = asked.session.state.clone().and_then(|state| serde_json::from_value(state).ok());
    let mut memory: planner::Session = memory.unwrap_or_default();
    let mut reply = Planner.answer(toolbox, &mut memory, asked.base, asked.message, asked.now).await;
    if reply.no_such_base && !asked.names_base {
        // The base that the conversation was about is gone.
        memory = planner::Session::default();
        reply = Planner.answer(toolbox, &mut memory, None, asked.message, asked.now).await;
    }
    if reply.no_such_base {
        return Err(Error::BaseNotFound { base: asked.base.unwrap_or_default().to_owned() });
    }
    sink.text(reply.text.clone());
    Ok(Answer {
        text: reply.text,
        value: reply.value,
        records: reply.records.into_iter().map(|record| record.id).collect(),
        suggestions: reply.suggestions,
        state: serde_json::to_value(&memory).ok(),
        awaits: reply.pending.is_some(),
        succeeded: reply.understood,
        ..Answer::default()
    })
}
