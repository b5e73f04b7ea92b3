//! The field types: what their options mean, what may be written into their cells, and how cells read.
//!
//! Every type is one file under `kinds`, an implementation of [`FieldType`], listed in one table ([`all`]).
//!
//! Words: the *write form* is the JSON that a client sends for a cell, the *read form* the JSON it gets back;
//! *text* is what a person sees (fixed precision, currency sign, date format), *plain* is what a CSV file holds
//! and reads back without loss; *typecast* asks for best effort where a write form does not fit. A *shape* is how a
//! formula sees a cell.
//!
//! Invariants: writing and then reading a stored cell gives the same cell; an empty cell is never written; nothing
//! here knows other records, so choices that do not exist yet and linked records are handed back by name or id
//! ([`Incoming`]); reading a cell without typecast never guesses.
#![deny(missing_docs)]

mod attachment;
mod calendar;
mod field_type;
pub mod guess;
mod json;
mod kinds;
mod list;
mod options;
mod order;
mod palette;
mod plain;
mod problem;
mod shape;
mod table;
mod whole;

pub use attachment::{
    Addresses, Attachment, Content, Kept, RENDITIONS, Rendition, attachment_names, attachments, attachments_cell,
    attachments_text, same_attachments, write_attachment, write_attachments,
};
pub use calendar::{date_format, date_order, day_format, from_local, own_zone, show_local, time_format, to_local};
pub use field_type::{
    AttachmentIn, ChoiceIn, FieldType, Incoming, LinkIn, OptionsIn, PromptIn, Reading, RollupIn, Texting,
};
pub use json::{write_cell, write_number, write_text};
pub use kinds::{
    MAX_ATTACHMENTS, MAX_CHOICE_NAME, MAX_CHOICES, MAX_FILENAME, MAX_TEXT, Written, add_choice, barcode_kind, person,
    push_names, same_name, shown_text, write_ai_text,
};
pub use list::{join_names, split_names};
pub use order::{ChoiceRanks, compare_cells, compare_text, text_key};
pub use palette::{BRIGHT_COLORS, CHECKBOX_ICONS, CHOICE_COLORS, RATING_ICONS};
pub use plain::plain_cell;
pub use problem::{CellProblem, OptionsError};
pub use shape::{Shape, item_type, shape};
pub use table::{all, by_name, of, text_cell};
pub use whole::is_whole;
