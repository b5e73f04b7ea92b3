//! The words that three or more contexts share: typed ids, cell values and their stored form,
//! columns of a table image, the schema snapshot, and who is asking.
//!
//! Words: a *cell value* is the typed content of one cell; a *column* is one field's values in chunks of
//! [`CHUNK`] records; an *ordinal* is a record's number in creation order inside its table; a *schema* is an
//! immutable picture of a base's tables and fields at one revision.
//!
//! Invariants: nothing here does I/O, reads a clock or knows a product rule; a [`FieldNo`] means one field
//! *and* one kind of value and is never used again.
#![deny(missing_docs)]

mod caller;
mod cell;
mod column;
mod id;
mod name;
mod number;
mod people;
mod schema;
mod table;
mod time;
mod view;

#[cfg(test)]
mod tests;

pub use caller::{Actor, Caller, Door, Origin, Role, Scope};
pub use cell::{
    CellError, CellRef, CellValue, CellsError, Items, decode_cells, encode_cell, encode_cells, write_json_string,
};
pub use column::{
    Bits, CHUNK, Chunk, Column, ComputedChunk, Flags, Kind, Lists, Numbers, Texts, ValueLists, pack_flags,
};
pub use id::{
    AttachmentId, BaseId, BaseNo, ChoiceId, CommentId, EntryId, FieldId, FieldNo, IdError, Ordinal, RecordId, ShareId,
    TableId, TableNo, TenantId, TenantNo, TokenId, UserId, ViewId, WebhookId, WorkspaceId,
};
pub use name::{WantedName, composed, folded_name, is_mark, reads_alike, same_name};
pub use number::push_number;
pub use people::{People, Person, user_ids};
pub use schema::{
    AiTextOptions, AttachmentOptions, ButtonOptions, CheckboxOptions, Choice, CountOptions, CreatedOptions,
    CurrencyOptions, DateFormat, DateOptions, DateTimeOptions, DurationOptions, Field, FieldKind, FormulaOptions,
    FormulaType, Keeper, LinkOptions, LookupOptions, ModifiedOptions, NumberOptions, PromptPart, RatingOptions,
    RollupOptions, Schema, SelectOptions, Table, TimeFormat, Watched,
};
pub use table::{Live, RecordIds, TableImage};
pub use time::Timestamp;
pub use view::{ColorRule, Coloring, Comparison, Condition, View, ViewKey, ViewType};
