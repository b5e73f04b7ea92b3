//! How a formula sees a field.

#[cfg(test)]
mod tests;

use model::{FieldKind, FormulaType};

/// The kind of value that a formula finds in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A number.
    Number,
    /// Text.
    Text,
    /// 1 or 0, from a checkbox.
    Flag,
    /// A day.
    Date,
    /// A point in time.
    DateTime,
    /// The name of a choice.
    Choice,
    /// The names of choices.
    Choices,
    /// The names of linked records.
    Links,
    /// Several values.
    List(FormulaType),
}

/// How a formula sees a field of this kind. A formula that answers 1 or 0 is a number: so it is kept.
pub fn shape(kind: &FieldKind) -> Shape {
    match kind {
        FieldKind::SingleLineText
        | FieldKind::MultilineText
        | FieldKind::RichText
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::PhoneNumber
        | FieldKind::MultipleAttachments(_)
        | FieldKind::SingleCollaborator
        | FieldKind::MultipleCollaborators
        | FieldKind::CreatedBy
        | FieldKind::LastModifiedBy(_)
        | FieldKind::Barcode
        | FieldKind::Button(_)
        | FieldKind::AiText(_) => Shape::Text,
        FieldKind::Number(_)
        | FieldKind::Percent(_)
        | FieldKind::Currency(_)
        | FieldKind::Duration(_)
        | FieldKind::Rating(_)
        | FieldKind::AutoNumber
        | FieldKind::Count(_) => Shape::Number,
        FieldKind::Checkbox(_) => Shape::Flag,
        FieldKind::SingleSelect(_) | FieldKind::ExternalSyncSource(_) => Shape::Choice,
        FieldKind::MultipleSelects(_) => Shape::Choices,
        FieldKind::Date(_) => Shape::Date,
        FieldKind::DateTime(_) => Shape::DateTime,
        FieldKind::CreatedTime(options) => day_or_time(options.date_only),
        FieldKind::LastModifiedTime(options) => day_or_time(options.date_only),
        FieldKind::MultipleRecordLinks(_) => Shape::Links,
        FieldKind::MultipleLookupValues(lookup) => Shape::List(item_type(&lookup.result)),
        FieldKind::Rollup(rollup) if rollup.list => Shape::List(rollup.result),
        FieldKind::Rollup(rollup) => one(rollup.result),
        FieldKind::Formula(formula) => one(formula.result),
    }
}

fn one(result: FormulaType) -> Shape {
    match result {
        FormulaType::Number | FormulaType::Flag => Shape::Number,
        FormulaType::Text => Shape::Text,
        FormulaType::Date => Shape::Date,
        FormulaType::DateTime => Shape::DateTime,
    }
}

/// What a value of this kind is as one of a list.
pub fn item_type(kind: &FieldKind) -> FormulaType {
    match shape(kind) {
        Shape::Number => FormulaType::Number,
        Shape::Text | Shape::Choice | Shape::Choices | Shape::Links => FormulaType::Text,
        Shape::Flag => FormulaType::Flag,
        Shape::Date => FormulaType::Date,
        Shape::DateTime => FormulaType::DateTime,
        Shape::List(item) => item,
    }
}

fn day_or_time(date_only: bool) -> Shape {
    if date_only { Shape::Date } else { Shape::DateTime }
}
