//! The house: builds every context, opens its doors and runs the commands.

mod catalog;
mod keys;
mod serve;

pub use catalog::{House, Settings};
pub use serve::serve;
