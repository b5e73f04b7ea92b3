//! What is told of formulas.

use formula::{Diagnostic, What};
use model::FormulaType;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A mistake in a formula.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What would be right; empty where that cannot be said.
    pub advice: String,
    /// The character that it begins at, from 0.
    pub start: usize,
    /// The character behind it.
    pub end: usize,
}

impl Mistake {
    pub fn of(text: &str, problem: &Diagnostic) -> Self {
        let [start, end] = places(text, &problem.span);
        Self { message: problem.message.clone(), advice: problem.advice.clone(), start, end }
    }
}

/// A field that a formula reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FieldTold {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// Whether a formula can be used, and what it is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Checked {
    /// True when nothing is wrong with it.
    pub is_valid: bool,
    /// The first mistake with its place and what would be right, and how many more there are; null without any.
    pub error: Option<String>,
    /// All mistakes, in the order of the text; 100 of more.
    pub diagnostics: Vec<Mistake>,
    /// The names of fields and given values that it reads, as it writes them.
    pub variables: Vec<String>,
    /// The fields that it reads, where it is about a table.
    pub fields: Vec<FieldTold>,
    /// The functions that it calls.
    pub functions: Vec<String>,
    /// The type of its result: `number`, `text`, `boolean`, `date` or `dateTime`; null when it is not known.
    pub result: Option<&'static str>,
    /// Whether the result changes as time goes by.
    pub volatile: bool,
    /// What should be known of it, though it can be used.
    pub warnings: Vec<String>,
    /// How many parts it has.
    pub complexity_score: usize,
}

/// What a formula comes to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Evaluated {
    /// The value, as a formula field tells it; null when it is blank.
    pub value: Value,
    /// The type of the result: `number`, `text`, `boolean`, `date` or `dateTime`; null when the formula cannot be used.
    pub data_type: Option<&'static str>,
    /// False when the formula cannot be used, or comes to an error.
    pub is_valid: bool,
    /// Why it is not.
    pub error_message: Option<String>,
    /// All mistakes in the formula; of one that comes to an error the part where that begins.
    pub diagnostics: Vec<Mistake>,
    /// What should be known of the value.
    pub warnings: Vec<String>,
}

/// A part of a formula.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartTold {
    /// The text of it.
    pub text: String,
    /// The character that it begins at, from 0.
    pub start: usize,
    /// The character behind it.
    pub end: usize,
    /// How many parts it is within.
    pub depth: usize,
    /// `constant`, `name`, `call` or `operation`.
    pub kind: &'static str,
    /// The function, or the operators.
    pub operation: Option<String>,
    /// The field that a name stands for; null for a name that `LET` gives.
    pub field: Option<FieldTold>,
    /// The type of its result; null for a part that means nothing alone, as a name that `LET` gives.
    pub result: Option<&'static str>,
    /// Whether the result is several values.
    pub list: bool,
    /// Whether the result changes as time goes by.
    pub volatile: bool,
    /// How long it takes for a record, all within it included; null where that was not measured.
    pub nanoseconds_per_record: Option<f64>,
}

/// What a formula is made of.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Explained {
    /// The formula as it was sent, in which its parts have their places.
    pub formula: String,
    /// The type of its result.
    pub result: &'static str,
    /// Whether the result changes as time goes by.
    pub volatile: bool,
    /// The fields that it reads, where it is about a table.
    pub fields: Vec<FieldTold>,
    /// The functions that it calls.
    pub functions: Vec<String>,
    /// Its parts, each before those within it.
    pub parts: Vec<PartTold>,
    /// True when it has more parts than are told.
    pub truncated: bool,
    /// How many records its parts were measured on.
    pub records_sampled: usize,
}

/// Where bytes of a text are, in characters.
pub(crate) fn places(text: &str, span: &std::ops::Range<usize>) -> [usize; 2] {
    let start = text.get(..span.start).map_or(0, |before| before.chars().count());
    [start, start + text.get(span.clone()).map_or(0, |within| within.chars().count())]
}

/// The name of a type.
pub(crate) const fn type_name(result: FormulaType) -> &'static str {
    match result {
        FormulaType::Number => "number",
        FormulaType::Flag => "boolean",
        FormulaType::Text => "text",
        FormulaType::Date => "date",
        FormulaType::DateTime => "dateTime",
    }
}

/// What a part is, and its function or operators.
pub(crate) fn kind_of(what: &What) -> (&'static str, Option<String>) {
    match what {
        What::Constant => ("constant", None),
        What::Name(_) | What::Given(_) => ("name", None),
        What::Call(name) => ("call", Some(name.clone())),
        What::Operation(signs) => ("operation", Some(signs.join(" "))),
    }
}

/// A formula that a model wrote, and that can be used.
#[derive(Serialize, ToSchema)]
pub(crate) struct Suggested {
    /// The formula in its one form.
    pub formula: String,
    /// How often the model was asked: twice when its first one could not be used.
    pub attempts: usize,
    /// The model.
    pub model: String,
    /// What it is made of.
    pub checked: Checked,
}
