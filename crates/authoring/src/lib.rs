//! What helps those who write formulas: the functions there are, mistakes with their places, values, parts with their cost, one
//! form, what can come next, and formulas that a model writes from words.
//!
//! Words: a formula is *tried out* when it belongs to no field; its *context* is the values that are given for fields.
//!
//! Invariants: nothing here writes anything. A formula that is valid here can be saved in the table that it was asked about, and one that is
//! saved comes to the value that was told.
#![deny(missing_docs)]

mod error;
mod given;
mod names;
mod ops;
mod routes;
mod service;
mod suggest;
mod told;
mod tools;

pub use error::Error;
pub use ops::{Authoring, Parts};
pub use tools::tools;
