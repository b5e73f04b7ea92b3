//! What can be wrong with a cell or with options. The texts are part of the API: clients match on them.

use model::Field;
use serde_json::Value;

/// How many characters of a value an error repeats.
const SHOWN: usize = 100;

/// A write form was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CellProblem {
    /// The value has a wrong JSON type.
    #[error("Field \"{field}\" cannot accept the provided value")]
    Rejected {
        /// The field's name.
        field: String,
    },
    /// The value cannot be read as the field's type.
    #[error("Cannot parse value \"{value}\" for field {field}")]
    Unreadable {
        /// The field's name.
        field: String,
        /// What was given.
        value: String,
    },
    /// The value cannot be read as a date.
    #[error("Cannot parse date value \"{value}\" for field {field}")]
    UnreadableDate {
        /// The field's name.
        field: String,
        /// What was given.
        value: String,
    },
    /// Nobody writes this field.
    #[error("Field \"{field}\" cannot accept a value because the field is computed")]
    Computed {
        /// The field's name.
        field: String,
    },
    /// A rating outside its range.
    #[error("Field \"{field}\" cannot accept the value {value}: a rating is a whole number from 0 to {max}")]
    OutsideRating {
        /// The field's name.
        field: String,
        /// What was given.
        value: String,
        /// The field's greatest rating.
        max: u8,
    },
    /// A text longer than the bound.
    #[error("Field \"{field}\" cannot accept a text of {length} characters: the most is {most}")]
    TooLong {
        /// The field's name.
        field: String,
        /// How many characters were given.
        length: usize,
        /// How many there may be.
        most: usize,
    },
    /// A text with U+0000.
    #[error("Field \"{field}\" cannot accept a text that contains the character U+0000")]
    Nul {
        /// The field's name.
        field: String,
    },
    /// No such choice, and none is made without typecast.
    #[error("Insufficient permissions to create new select option \"\"{name}\"\"")]
    UnknownChoice {
        /// What was given.
        name: String,
    },
    /// An item is no file that can be fetched, and none that the cell holds.
    #[error("Invalid attachment object for field \"{field}\": {reason}")]
    Attachment {
        /// The field's name.
        field: String,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// Nobody of the workspace has this id, address or name.
    #[error(
        "Field \"{field}\" cannot accept \"{value}\": it is no id and no e-mail address of a member of the workspace"
    )]
    UnknownPerson {
        /// The field's name.
        field: String,
        /// What was given.
        value: String,
    },
    /// More people than a cell holds.
    #[error("Field \"{field}\" cannot accept {count} people: the most is {most}")]
    TooManyPeople {
        /// The field's name.
        field: String,
        /// How many were given.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A link to what is not a record id.
    #[error("Value \"{value}\" is not a valid record ID.")]
    NotARecord {
        /// What was given.
        value: String,
    },
}

impl CellProblem {
    /// The error type of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownChoice { .. } => "INVALID_MULTIPLE_CHOICE_OPTIONS",
            Self::NotARecord { .. } => "INVALID_RECORD_ID",
            Self::Attachment { .. } => "INVALID_ATTACHMENT_OBJECT",
            _ => "INVALID_VALUE_FOR_COLUMN",
        }
    }

    pub(crate) fn rejected(field: &Field) -> Self {
        Self::Rejected { field: field.name.clone() }
    }

    pub(crate) fn unreadable(field: &Field, text: &str) -> Self {
        Self::Unreadable { field: field.name.clone(), value: cut(text) }
    }

    pub(crate) fn unreadable_date(field: &Field, text: &str) -> Self {
        Self::UnreadableDate { field: field.name.clone(), value: cut(text) }
    }

    pub(crate) fn unknown_choice(name: &str) -> Self {
        Self::UnknownChoice { name: cut(name) }
    }

    pub(crate) fn unknown_person(field: &Field, text: &str) -> Self {
        Self::UnknownPerson { field: field.name.clone(), value: cut(text) }
    }

    pub(crate) fn not_a_record(value: &Value) -> Self {
        Self::NotARecord { value: value.as_str().map_or_else(|| cut(&value.to_string()), cut) }
    }
}

/// Options were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// Something needed was not given.
    #[error("Failed schema validation: <Field>.{path} is missing: it must be {expected}")]
    Missing {
        /// Where, from `options`.
        path: String,
        /// What would be right.
        expected: String,
    },
    /// Something is not what it must be.
    #[error("Failed schema validation: <Field>.{path} must be {expected}, not {found}")]
    Wrong {
        /// Where, from `options`.
        path: String,
        /// What would be right.
        expected: String,
        /// What was given.
        found: String,
    },
    /// An option that the type does not have.
    #[error("Failed schema validation: <Field>.{path} is not known here: {allowed}")]
    Unknown {
        /// Where, from `options`.
        path: String,
        /// What there is, as a sentence.
        allowed: String,
    },
    /// Two choices have one name.
    #[error("Failed schema validation: <Field>.options.choices names `{name}` twice: every choice needs its own name")]
    DuplicateChoice {
        /// The name.
        name: String,
    },
    /// A choice id that the field does not have, or twice.
    #[error(
        "Failed schema validation: <Field>.options.choices has no choice `{id}` left to keep: leave `id` out for a new choice"
    )]
    NoSuchChoice {
        /// The id.
        id: String,
    },
}

impl OptionsError {
    /// The error type of the API.
    pub fn code(&self) -> &'static str {
        "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE"
    }

    pub(crate) fn wrong(path: impl Into<String>, expected: impl Into<String>, found: &Value) -> Self {
        Self::Wrong { path: path.into(), expected: expected.into(), found: shown(found) }
    }
}

/// A value as an error repeats it: a text bare, all else as JSON. What looks like something else, as `"1"`, is called a text.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.parse::<f64>().is_ok() || matches!(text.as_str(), "true" | "false" | "null") => {
            format!("the text `{}`", cut(text))
        }
        Value::String(text) => format!("`{}`", cut(text)),
        other => format!("`{}`", cut(&other.to_string())),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
