//! Operations as their callers see them, on both databases.

mod counting;
mod listing;
mod mentioning;
mod reacting;
mod rights;
mod writing;

use model::Role;
use testkit::on_every_database;

use crate::error::Error;
use crate::fixture::House;
