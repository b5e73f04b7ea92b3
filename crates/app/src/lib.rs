//! The house: builds every context, opens its doors and runs the commands.

mod catalog;
mod doors;
mod keys;
mod local;
mod people;
mod run_file;
mod sample;
mod serve;
mod settings;

pub use catalog::House;
pub use local::{Answer, Local, Remote, Server};
pub use people::{create_token, list_tokens, migrate, revoke_token};
pub use run_file::Running;
pub use serve::{Parts, serve};
pub use settings::{Calls, Database, Images, Loaded, Server as ServerSettings, Settings, load};
