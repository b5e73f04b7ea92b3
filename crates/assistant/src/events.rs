//! What happens during a turn, told while it happens.

use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::model::{ChatOut, ToolUse};

/// Something that happened in a turn. The names are those of the event stream.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// More of the answer.
    Delta {
        /// The text.
        text: String,
    },
    /// A tool is called.
    ToolCall {
        /// The tool.
        tool: String,
        /// What it is given.
        arguments: Value,
    },
    /// A tool has answered.
    ToolResult(Box<ToolUse>),
    /// The turn is over.
    Done(Box<ChatOut>),
    /// The turn failed.
    Error {
        /// The failure's stable name.
        code: &'static str,
        /// The failure, for people.
        message: String,
    },
}

impl Event {
    /// Its name in an event stream.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delta { .. } => "delta",
            Self::ToolCall { .. } => "tool_call",
            Self::ToolResult(_) => "tool_result",
            Self::Done(_) => "done",
            Self::Error { .. } => "error",
        }
    }
}

/// Where events go: to somebody who listens, or nowhere. A turn makes few enough of them to need no bound.
#[derive(Debug, Clone, Default)]
pub struct Sink(Option<UnboundedSender<Event>>);

impl Sink {
    /// A sink and its listener.
    pub fn channel() -> (Self, UnboundedReceiver<Event>) {
        let (sender, receiver) = unbounded_channel();
        (Self(Some(sender)), receiver)
    }

    /// Tells an event; a listener who has left does not stop the turn.
    pub(crate) fn tell(&self, event: Event) {
        if let Some(sender) = &self.0 {
            let _left = sender.send(event);
        }
    }

    pub(crate) fn text(&self, text: String) {
        self.tell(Event::Delta { text });
    }
}
