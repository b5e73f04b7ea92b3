//! One entry of the change log.

use model::{Actor, Door, Timestamp};

use crate::body::Body;

/// What one write did in a base.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its number in the base, from 1 without gaps.
    pub sequence: i64,
    /// The larger piece of work it belongs to: an import, a bulk delete.
    pub run: Option<String>,
    /// Who did it.
    pub actor: Actor,
    /// Through which door.
    pub door: Door,
    /// When: one clock reading in the writer.
    pub time: Timestamp,
    /// What it did.
    pub body: Body,
}
