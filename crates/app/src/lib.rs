//! The house: builds every context, opens its doors and runs the commands.

mod aliases;
mod catalog;
mod doctor;
mod doors;
mod ephemeral;
mod inside;
mod keys;
mod listing;
mod local;
mod migrate;
mod run_file;
mod sample;
mod seed;
mod serve;
mod settings;

pub use catalog::House;
pub use doctor::{Finding, Verdict, examine};
pub use ephemeral::{Ephemeral, serve_ephemeral};
pub use listing::{Listed, list_services};
pub use local::{Answer, Local, Remote, Server};
pub use migrate::migrate;
pub use run_file::Running;
pub use serve::{Parts, serve};
pub use settings::{Calls, Database, Images, Loaded, Server as ServerSettings, Settings, load};
