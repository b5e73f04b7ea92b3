//! Model providers behind one trait: Gemini, every OpenAI-compatible endpoint, and a scripted one for tests.
//!
//! Words: a *request* is a conversation with the tools that may be called; a *part* is a piece of a message: text, a
//! thought, a call of a tool, a result; an *answer* is the parts a model gave, with its *usage* and why it
//! *finished*; a *delta* is what a stream has brought so far, in order.
//!
//! Invariants: a part that carries a provider's signature goes back byte for byte and is never merged with another;
//! usage comes from the provider wherever it gives one, and an estimate is marked as such; a model without a price
//! has an unknown cost, never zero; keys appear in no error and no debug text.
#![deny(missing_docs)]

mod error;
mod estimate;
mod gemini;
mod message;
mod openai;
mod price;
mod provider;
mod retry;
mod scripted;
mod settings;

pub use error::Error;
pub use estimate::estimate;
pub use gemini::Gemini;
pub use message::{Answer, Counted, Delta, Finish, Message, Part, Request, Role, Thinking, ToolSpec, Usage};
pub use openai::OpenAi;
pub use price::{Cost, Price, PriceError, Prices};
pub use provider::{Provider, Sink, provider};
pub use scripted::Scripted;
pub use settings::Settings;
