//! Conversations about bases: who drives them, the tools they call, and the doors to both.
//!
//! Words: a *conversation* is what one person says to the assistant under one session name; a *message* is one
//! utterance; a *turn* is a question and its answer; a *driver* answers a turn, a model provider or the built-in
//! planner; a *tool call* is one use of a tool of the house.
//!
//! Invariants: a tool runs under the caller's own rights; a conversation is seen by its owner only; a driver never
//! writes: a write is shown, and a plain yes in the next message carries it out, once; what stands in cells reaches a
//! model marked as data.

mod config;
mod error;
mod events;
#[cfg(test)]
mod fake;
pub mod mcp;
mod model;
mod ops;
pub mod planner;
mod routes;
mod service;
mod store;

pub use config::Config;
pub use error::Error;
pub use events::{Event, Sink};
pub use model::{ChatIn, ChatOut, CostBreakdown, CostSummary, StoredMessage, TokenDetails, ToolUse, TurnCost};
pub use ops::{Assistant, Parts};
pub use routes::router;

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_03_01_0400_assistant", sql: include_str!("../migrations/2026_03_01_0400_assistant.sql") }];
