//! How services become a running process: their description, the choice of targets, settings, health and the end.
//!
//! Words: a *service* is data: doors (routes, tools), hands (futures that work in the background), migrations and
//! checks; a *target* is a service that this process opens; the *lifecycle* holds every task of the process and ends
//! them in two stages, *drain* (finish what is open) and *drop*; an *origin* says which source gave a setting its
//! value.
//!
//! Invariants: which targets are open decides only which doors open and which hands work, never which code runs; no
//! task outlives [`Lifecycle::shutdown`]; an unknown setting is an error that names its source.
#![deny(missing_docs)]

mod health;
mod lifecycle;
mod service;
mod settings;
mod targets;

pub use health::{Check, Health};
pub use lifecycle::{Ended, Lifecycle};
pub use service::{Hand, Opened, Service, open};
pub use settings::{ByteSize, Explained, Origin, Settings, SettingsError, Sources};
pub use targets::{Targets, TargetsError};
