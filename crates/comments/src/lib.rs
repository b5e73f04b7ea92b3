//! Comments on records: written by members, answered by replies and reactions.
//!
//! Words: a *comment* is a text about a record by its *author*; a *reply* names the comment that began its thread as its
//! *parent*; a *mention* is `@[usr…]` in a text and points at a member of the workspace; a *reaction* is an emoji that a
//! user has put on a comment.
//!
//! Invariants: comments are kept by the place of their record, so they go and come back with it; who was mentioned is
//! decided when the text is written and never again; nobody's text is changed by anybody else; a comment that is deleted
//! takes its reactions with it and leaves its replies.

mod emoji;
mod error;
mod mention;
mod model;
mod ops;
mod routes;
mod service;
mod store;
mod tools;

#[cfg(test)]
mod fixture;

pub use emoji::Emoji;
pub use error::Error;
pub use model::{Comment, NewComment, Reaction, Subject, Told};
pub use ops::{Comments, MAX_MENTIONS, MAX_REACTIONS, MAX_TEXT, PAGE, Page, Parts, counts};
pub use service::MIGRATIONS;
pub use store::{BASE_ROWS, TABLE_ROWS};
pub use tools::tools;
