//! Fields of AI text: a model is asked the prompt of a field with the values of a record, and its answer is the cell.
//!
//! Words: a cell is *unwritten* while what it holds was not written for what its prompt comes to now.
//!
//! Invariants: a model is asked in jobs only, never inside a write; what it says is text, whatever the values of a record
//! tell it to do: it has no tools; a cell says for which prompt it was written, so nothing is asked twice and an answer that
//! comes late is seen to be out of date.

mod error;
mod ops;
mod routes;
mod service;

pub use error::Error;
pub use ops::{Parts, Writing, queue};
