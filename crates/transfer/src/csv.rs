//! Reading and writing of CSV.

mod decode;
mod dialect;
mod doubt;
mod quotes;
mod reader;
mod record;
mod sniff;
mod strict;
mod write;

pub use dialect::{Dialect, HeaderRow, Newline, Note, Overrides, Sniffed, TableRange};
pub use doubt::Doubt;
pub use reader::{Flaw, MAX_CELL, MAX_COLUMNS, MAX_RECORD, MAX_ROWS, Position, ReadError, Reader, Row};
pub(crate) use sniff::{Known, lines, sniff_for};
pub use sniff::{SAMPLE, sniff};
pub(crate) use strict::Strict;
pub use write::{WriteMode, Writer};
