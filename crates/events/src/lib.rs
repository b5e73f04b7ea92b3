//! The published language of the house: what a change of a base says.
//!
//! Words: a *change* is what one write did in a base; its *body* names, per table, the records created, updated,
//! deleted and restored with the before and after of each cell, the pairs of records linked and unlinked, and the
//! schema parts that became different.
//!
//! Invariants: a body can be read without a schema (stored cells name their kind of value); this crate has no
//! behaviour beyond reading and writing a body, turning it around, and taking out of it what was removed for good.
#![deny(missing_docs)]

mod body;
mod change;
mod gone;
mod wire;

pub use body::{
    Body, CellChange, Cells, LastModified, LinkDelta, RecordCells, RecordChange, SchemaChange, TableChange,
};
pub use change::Change;
pub use gone::Gone;
pub use wire::{CreatedText, DecodeError};

#[cfg(test)]
mod tests;
