//! Options of the fields that nobody writes.

use serde::{Deserialize, Deserializer, Serialize};

use super::{FieldKind, Watched};
use crate::column::Kind;
use crate::id::{FieldId, FieldNo};

/// Options of count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CountOptions {
    /// The link field of the same table whose records are counted.
    pub link: FieldId,
    /// Its number.
    pub link_no: FieldNo,
}

/// Options of button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ButtonOptions {
    /// What stands on it.
    pub label: String,
    /// The formula of the address that it opens, fields named by id in braces.
    pub formula: String,
    /// The fields that the formula refers to.
    pub references: Vec<FieldId>,
    /// The lists of fields of whose last change it tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<Watched>,
}

/// Options of AI text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AiTextOptions {
    /// What the model is asked, put together of these.
    pub prompt: Vec<PromptPart>,
}

/// A part of what a model is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PromptPart {
    /// These words.
    Text(String),
    /// What this field of the record holds.
    Field(FieldId),
}

impl AiTextOptions {
    /// The fields that the prompt refers to, each once.
    pub fn references(&self) -> Vec<FieldId> {
        let mut references = Vec::new();
        for part in &self.prompt {
            if let PromptPart::Field(id) = part
                && !references.contains(id)
            {
                references.push(*id);
            }
        }
        references
    }
}

/// Options of lookup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LookupOptions {
    /// The link field of the same table.
    pub link: FieldId,
    /// The field of the linked table.
    pub field: FieldId,
    /// The type of a value: that of the field, lookups followed to their end. Values of selects are names; the
    /// choices are left out.
    pub result: Box<FieldKind>,
}

/// Options of rollup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RollupOptions {
    /// The link field of the same table.
    pub link: FieldId,
    /// The field of the linked table.
    pub field: FieldId,
    /// A formula over `values`, such as `SUM(values)`; none where an import did not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// The type of its result, or of each value when it is a list.
    pub result: FormulaType,
    /// True when the result is a list.
    #[serde(default)]
    pub list: bool,
}

/// Options of formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FormulaOptions {
    /// The text, fields named by id in braces.
    pub formula: String,
    /// The fields it refers to.
    pub references: Vec<FieldId>,
    /// The type of its result.
    pub result: FormulaType,
    /// False once a field it needs was deleted.
    pub valid: bool,
    /// The lists of fields of whose last change it tells.
    #[serde(default, deserialize_with = "lists", skip_serializing_if = "Vec::is_empty")]
    pub watched: Vec<Watched>,
}

/// A formula had one list of watched fields once.
fn lists<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Watched>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        One(Vec<FieldId>),
        Several(Vec<Watched>),
    }
    Ok(match Kept::deserialize(input)? {
        Kept::One(fields) => vec![Watched(fields)],
        Kept::Several(lists) => lists,
    })
}

/// The static type of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FormulaType {
    /// Number.
    Number,
    /// 1 or 0.
    Flag,
    /// Text.
    Text,
    /// Day.
    Date,
    /// Point in time.
    DateTime,
}

impl FormulaType {
    /// What kind of value a column of results holds.
    pub fn column(self) -> Kind {
        match self {
            Self::Number | Self::Flag => Kind::Number,
            Self::Text => Kind::Text,
            Self::Date | Self::DateTime => Kind::Time,
        }
    }
}
