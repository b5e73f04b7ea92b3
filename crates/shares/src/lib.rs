//! Shares: what of a base is shown to everybody who has the link.
//!
//! Words: a *share* is a view or a whole base that is shown; its *link* holds its *token*, the share's id and a secret derived
//! from it, which is therefore stored nowhere and the same whenever it is asked for.
//!
//! Invariants: whoever comes by a link reads what the share shows and nothing else: of a view its fields and records alone, cells as people see
//! them, so neither ids of linked records nor addresses of people. No link tells whether a share is turned off or never was. A share of a view that
//! is in the trash, or of a base that is, shows nothing until that comes back.
#![deny(missing_docs)]

mod error;
mod model;
mod ops;
mod routes;
mod service;
mod store;

pub use error::Error;
pub use model::{Share, Shown};
pub use ops::{Parts, Shares};
pub use service::MIGRATIONS;
pub use store::{BASE_ROWS, TABLE_ROWS, VIEW_ROWS};
