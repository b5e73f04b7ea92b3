//! Bringing tables in and out: CSV files as people have them, and CSV files others can read.
//!
//! The way in has four steps, each usable alone and none needing a database:
//!
//! 1. [`sniff`] looks at the first mebibyte and names the [`Dialect`]: encoding, delimiter, quoting, line ends, and the
//!    [`TableRange`]s found, each with its column names.
//! 2. [`Reader`] streams one table row by row with bounded memory and can start again at a [`Position`].
//! 3. [`profile`] reads the whole table once and answers a [`ColumnPlan`] for each column; [`convert`] turns a cell's text
//!    into a value by that plan.
//! 4. [`Report`] gathers every [`Doubt`] (a guess somebody may want to overrule) and every [`Problem`] (a place where a
//!    row or a cell could not be taken as it stands).
//!
//! The way out is [`Writer`].
//!
//! Words: a *dialect* is how a file is written; a *flaw* is a place where a row breaks its dialect; *surplus* cells stand
//! to the right of the last column; a *plan* is what one column becomes.
//!
//! An *import* carries these steps out for a table of a base, as a job: a pass over the uploaded file that finds out, one
//! more where cells do not fit, and one that writes. It writes changes that share a run, each with the reader's position
//! and with a look at the lease, so that a killed import goes on where it was and two processes never write the same one.
//!
//! A *sync* lets a table follow files that programs send: each is read by the book, with nothing guessed but the types of
//! new columns, and the table holds what it says, in one change, or stays as it was.
//!
//! Invariants: reading and writing files knows no base and no record; no input makes memory grow past [`MAX_RECORD`] and a constant;
//! text is never changed or dropped without a doubt or a problem that names it; what [`Writer`] writes in round-trip mode
//! is read back as the same texts.

mod csv;
mod error;
mod infer;
mod model;
mod ops;
mod report;
mod routes;
mod service;
mod store;
mod words;

pub use csv::{
    Dialect, Doubt, Flaw, HeaderRow, MAX_CELL, MAX_COLUMNS, MAX_RECORD, MAX_ROWS, Newline, Note, Overrides, Position,
    ReadError, Reader, Row, SAMPLE, Sniffed, TableRange, WriteMode, Writer, sniff,
};
pub use error::Error;
pub use infer::{
    CheckboxWords, ColumnKind, ColumnPlan, Converted, DateOrder, DecimalMark, Profile, Reason, TypeMode, convert,
    profile,
};
pub use model::{
    Column, Import, Missing, Outcome, Part, Parts as WantedParts, Progress, Spec, State, Sync, Taken, Target, Waits,
    Wanted,
};
pub use ops::{MAX_FILE, NewSync, Parts, SYNC_BYTES, Transfers};
pub use report::{Problem, ProblemKind, Report};
pub use service::MIGRATIONS;
pub use store::syncs::{BASE_ROWS, TABLE_ROWS};
pub use words::counted;
