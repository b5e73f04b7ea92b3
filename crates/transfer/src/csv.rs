//! Reading and writing of CSV.

mod decode;
mod dialect;
mod reader;
mod record;
mod sniff;
mod write;

pub use dialect::{Dialect, Doubt, HeaderRow, Newline, Note, Overrides, Sniffed, TableRange};
pub use reader::{Flaw, MAX_CELL, MAX_COLUMNS, MAX_RECORD, MAX_ROWS, Position, ReadError, Reader, Row};
pub use sniff::{SAMPLE, sniff};
pub use write::{WriteMode, Writer};
