//! Who you are: users and their personal access tokens.
//!
//! Words: a *token* is `pat` + 14 characters, a dot and 64 hexadecimal digits; only its SHA-256 is kept.
//!
//! Invariants: a token's text is shown once, when it is made; hashes are compared in constant time.

mod error;
mod ops;
mod store;
mod token;

pub use error::Error;
pub use ops::{Identity, KnownToken, NewToken, User};
pub use token::{Secret, TokenText};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 1] =
    [Migration { name: "2026_03_01_0200_identity", sql: include_str!("../migrations/2026_03_01_0200_identity.sql") }];

#[cfg(test)]
mod tests;
