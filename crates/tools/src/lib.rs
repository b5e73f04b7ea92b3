//! Tools: what the assistant, MCP clients and workflow steps may call, each described well enough to be called.
//!
//! Words: a *tool* is an operation with a `verb_noun` name, a text that a model reads and a JSON schema of its
//! arguments; a *hint* says what a call may change; the *registry* holds the tools of all services.
//!
//! Invariants: names are unique and the order is the order of registration, so that what a model is shown does not
//! move; a tool calls an operation as the caller who asks, so it can do no more than that caller; an internal
//! failure leaves only a fixed sentence.
#![deny(missing_docs)]

mod error;
mod registry;
mod tool;

pub use error::ToolError;
pub use registry::{DuplicateTool, Registry};
pub use tool::{Hints, Run, Text, Tool};
