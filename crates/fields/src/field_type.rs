//! The faces that every field type has.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{AttachmentId, CellRef, CellValue, ChoiceId, Field, FieldKind, FormulaType, People, RecordId, TableId};
use serde_json::Value;

use crate::calendar::date_order;
use crate::guess::DateOrder;
use crate::problem::{CellProblem, OptionsError};

/// A field type with all its faces.
pub trait FieldType: Send + Sync {
    /// The API name, such as `singleLineText`.
    fn name(&self) -> &'static str;

    /// One line for documentation.
    fn description(&self) -> &'static str;

    /// True when a field of this type may be the primary field of a table.
    fn can_be_primary(&self) -> bool {
        false
    }

    /// True when nobody can write the cells.
    fn is_computed(&self) -> bool {
        false
    }

    /// Reads API options. `old` is the present kind when a field is updated: options that are not given keep their
    /// value, and choices keep their number by id or name. `ids` makes ids for new choices.
    ///
    /// # Errors
    /// [`OptionsError`] says what is wrong and what would be right.
    fn read_options(
        &self,
        given: Option<&Value>,
        old: Option<&FieldKind>,
        ids: &mut dyn FnMut() -> ChoiceId,
    ) -> Result<OptionsIn, OptionsError>;

    /// The API options of a field; none for types without options.
    fn write_options(&self, kind: &FieldKind) -> Option<Value> {
        let _ = kind;
        None
    }

    /// Reads the write form of a cell that is not being cleared. Callers use [`FieldType::read`].
    ///
    /// # Errors
    /// [`CellProblem`] when the value does not fit.
    fn read_present(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let _ = (value, cx);
        Err(CellProblem::Computed { field: field.name.clone() })
    }

    /// Reads the write form of a cell; `null`, `""` and `[]` clear it.
    ///
    /// # Errors
    /// [`CellProblem`] when the value does not fit, or when the cell is computed.
    fn read(&self, field: &Field, value: &Value, cx: &Reading) -> Result<Incoming, CellProblem> {
        let clears = match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if clears && !self.is_computed() { Ok(Incoming::EMPTY) } else { self.read_present(field, value, cx) }
    }

    /// True for a text that says that a cell has no value, which typecast reads as well as those that do not fit: `no` for
    /// a checkbox.
    fn says_nothing(&self, text: &str) -> bool {
        text.trim().is_empty()
    }

    /// Appends the read form of a cell; false when the cell is empty and nothing was written. Links are not written
    /// here: they need the ids of the records.
    fn write(&self, kind: &FieldKind, cell: CellRef<'_>, out: &mut Vec<u8>) -> bool {
        crate::json::write_cell(kind, cell, out)
    }

    /// Appends what a person sees (`cellFormat=string`). Nothing for links: they need names.
    fn text(&self, kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String);

    /// Appends the text that a CSV file holds; it reads back without loss. Nothing for links.
    fn plain(&self, kind: &FieldKind, cell: CellRef<'_>, out: &mut String) {
        crate::plain::plain_cell(kind, cell, out);
    }
}

/// Options as a client gave them.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionsIn {
    /// Complete.
    Kind(FieldKind),
    /// A link: the rest is known only with the schema.
    Link {
        /// The table to link to.
        linked_table: TableId,
        /// Suggests one record per cell.
        prefers_single: bool,
        /// The view of that table whose records are offered, by id or name.
        view: Option<String>,
        /// The name wanted for the field on the other side.
        inverse_name: Option<String>,
    },
    /// The time or the author of the last change of some fields.
    Modified {
        /// Complete but for the fields.
        kind: FieldKind,
        /// These fields, by id or name; none: every field.
        watched: Vec<String>,
    },
    /// A count over a link field, by its id or name.
    Count {
        /// The link field.
        link: String,
    },
    /// A button with the formula of its address, not parsed.
    Button {
        /// What stands on it.
        label: String,
        /// The formula's text.
        text: String,
    },
    /// Text that a model writes, asked these together.
    AiText {
        /// The parts of the prompt.
        prompt: Vec<PromptIn>,
    },
    /// A look through a link field, fields by id or name.
    Lookup {
        /// The link field.
        link: String,
        /// The field of the linked table.
        field: String,
    },
    /// The same with what brings the values down.
    Rollup {
        /// The link field.
        link: String,
        /// The field of the linked table.
        field: String,
        /// How that is done.
        by: RollupIn,
    },
    /// A formula, not parsed.
    Formula {
        /// Its text.
        text: String,
    },
}

/// How a rollup brings its values down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RollupIn {
    /// By this formula, not parsed.
    Formula(String),
    /// By one that is not told, to values of this type: so Airtable's API lists rollups.
    Untold(FormulaType),
}

impl RollupIn {
    /// What the formula must be.
    pub(crate) const EXPECTED: &str = "a formula over `values`, such as `SUM(values)`";

    /// The formula's text.
    ///
    /// # Errors
    /// [`OptionsError::Missing`] where it is not told.
    pub fn formula(&self) -> Result<&str, OptionsError> {
        match self {
            Self::Formula(text) => Ok(text),
            Self::Untold(_) => {
                Err(OptionsError::Missing { path: "options.formula".to_owned(), expected: Self::EXPECTED.to_owned() })
            }
        }
    }
}

/// A part of a prompt that a client gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptIn {
    /// These words.
    Text(String),
    /// A field, by its id or name.
    Field(String),
}

/// How cells are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Best effort instead of errors.
    pub typecast: bool,
    /// As another place tells cells: people have ids of that place, and files are fetched from there.
    pub moved: bool,
    /// The zone of date-times without offset in a field whose zone is `client`.
    pub time_zone: TimeZone,
    /// The order of day, month and year, where somebody says it.
    pub date_order: Option<DateOrder>,
    /// Who may be named.
    pub people: Arc<People>,
}

impl Default for Reading {
    fn default() -> Self {
        Self { typecast: false, moved: false, time_zone: TimeZone::UTC, date_order: None, people: Arc::default() }
    }
}

impl Reading {
    /// In which order a field reads days that leave it open: as somebody says, else as it shows them, else the month
    /// first.
    pub(crate) fn date_order(&self, kind: &FieldKind) -> DateOrder {
        self.date_order.or_else(|| date_order(kind)).unwrap_or_default()
    }
}

/// How cells are shown.
#[derive(Debug, Clone)]
pub struct Texting {
    /// The zone of date-times in fields whose zone is `client`.
    pub time_zone: TimeZone,
    /// A locale such as `en-us`, in any case; it orders day, month and year of `local` and `friendly` dates.
    pub locale: String,
}

impl Default for Texting {
    fn default() -> Self {
        Self { time_zone: TimeZone::UTC, locale: "en-us".to_owned() }
    }
}

/// What a write form asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// This cell.
    Cell(CellValue),
    /// These choices, in order and each once; a single select has one.
    Choices(Vec<ChoiceIn>),
    /// These records, in order and each once.
    Links(Vec<LinkIn>),
    /// These files, in order.
    Attachments(Vec<AttachmentIn>),
}

impl Incoming {
    /// A cleared cell.
    pub const EMPTY: Self = Self::Cell(CellValue::Empty);
}

/// A choice that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceIn {
    /// The choice with this number.
    No(u32),
    /// A choice to be made, with this name; only with typecast.
    New(String),
}

/// A record that a client asks to link.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LinkIn {
    /// By id.
    Id(RecordId),
    /// By the text of its primary field; only with typecast.
    Text(String),
    /// Several by a text of names with commas between them, or one whose name has commas; only with typecast.
    Names(String),
}

impl LinkIn {
    /// A record by its id, or else by its name.
    pub fn named(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Text(text.to_owned()), Self::Id)
    }
}

/// A file that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentIn {
    /// One that the cell holds already.
    Held {
        /// Its id.
        id: AttachmentId,
        /// Its new name.
        filename: Option<String>,
    },
    /// One to fetch.
    Fetched {
        /// From where.
        url: String,
        /// Its name.
        filename: String,
    },
}
