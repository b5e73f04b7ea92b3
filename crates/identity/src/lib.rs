//! Who you are: users and their personal access tokens.
//!
//! Words: a *token* is `pat` + 14 characters, a dot and 64 hexadecimal digits; only its SHA-256 is kept. The *people
//! revision* is a number that every write of users, tokens, members and roles raises; what is kept in memory of them
//! is good at one revision.
//!
//! Invariants: a token's text is shown once, when it is made; hashes are compared in constant time; a token that was
//! taken back is worth nothing from the next request on, in every process.

mod error;
mod ops;
mod people;
mod store;
mod token;

pub use error::Error;
pub use ops::{Identity, KnownToken, NewToken, Times, TokenEntry, USE_NOTED, User};
pub use people::{Kept, People};
pub use token::{Secret, TokenText};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: [Migration; 6] = [
    Migration { name: "2026_03_01_0200_identity", sql: include_str!("../migrations/2026_03_01_0200_identity.sql") },
    Migration { name: "2026_03_01_0205_people", sql: include_str!("../migrations/2026_03_01_0205_people.sql") },
    Migration { name: "2026_03_01_0215_emails", sql: include_str!("../migrations/2026_03_01_0215_emails.sql") },
    Migration {
        name: "2026_11_28_0050_comment_scopes",
        sql: include_str!("../migrations/2026_11_28_0050_comment_scopes.sql"),
    },
    // A token that could do everything shall go on to.
    Migration {
        name: "2026_11_28_0100_webhook_scope",
        sql: include_str!("../migrations/2026_11_28_0100_webhook_scope.sql"),
    },
    // Such a token is for what comes later, too.
    Migration {
        name: "2026_11_28_0200_every_scope",
        sql: include_str!("../migrations/2026_11_28_0200_every_scope.sql"),
    },
];

#[cfg(test)]
mod tests;
