//! Webhooks: whoever keeps one on a base is told by a ping that something changed, and reads what it was.
//!
//! Words: a *webhook* watches a base by its *specification*; a *payload* is one change as far as a webhook wants to know
//! it, with a number of its own from 1; a *ping* is the call to the notification URL, which says that there are payloads
//! and nothing else; the *feed* is how far the payloads of a base have followed its change log.
//!
//! Invariants: a change makes at most one payload of a webhook, in the order of the log, and neither its number nor its
//! text ever changes; payloads, numbers and the feed move in one transaction; a ping holds no data of the base; the
//! secret of a webhook is derived from the house's key and stored nowhere.

mod cells;
mod error;
mod happened;
mod jobs;
mod model;
mod ops;
mod payload;
mod routes;
mod service;
mod spec;
mod store;
mod subscribe;

#[cfg(test)]
mod fixture;

pub use error::Error;
pub use model::{Created, Page, Webhook};
pub use ops::{Parts, Webhooks, forget};
pub use service::MIGRATIONS;
pub use spec::{
    ChangeType, DataType, FieldChoice, Filters, FormPage, FormView, Includes, Options, Source, SourceOptions,
    Specification,
};
pub use store::BASE_ROWS;
