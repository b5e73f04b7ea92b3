//! The table of all field types.

use model::{CellRef, FieldKind};

use crate::field_type::{FieldType, Texting};
use crate::kinds::{
    AiText, AutoNumber, Barcode, Button, Checkbox, Count, CreatedBy, CreatedTime, Currency, Date, DateTime, Duration,
    Email, ExternalSyncSource, Formula, LastModifiedBy, LastModifiedTime, MultilineText, MultipleAttachments,
    MultipleCollaborators, MultipleLookupValues, MultipleRecordLinks, MultipleSelects, Number, Percent, PhoneNumber,
    Rating, RichText, Rollup, SingleCollaborator, SingleLineText, SingleSelect, Url,
};

static ALL: [&dyn FieldType; 33] = [
    &SingleLineText,
    &MultilineText,
    &RichText,
    &Email,
    &Url,
    &PhoneNumber,
    &Number,
    &Percent,
    &Currency,
    &Duration,
    &Rating,
    &Checkbox,
    &SingleSelect,
    &MultipleSelects,
    &Date,
    &DateTime,
    &CreatedTime,
    &LastModifiedTime,
    &AutoNumber,
    &MultipleAttachments,
    &SingleCollaborator,
    &MultipleCollaborators,
    &CreatedBy,
    &LastModifiedBy,
    &Barcode,
    &Button,
    &AiText,
    &ExternalSyncSource,
    &MultipleRecordLinks,
    &Count,
    &MultipleLookupValues,
    &Rollup,
    &Formula,
];

/// Every field type, in the order of the documentation.
pub fn all() -> &'static [&'static dyn FieldType] {
    &ALL
}

/// The type with this API name.
pub fn by_name(api_name: &str) -> Option<&'static dyn FieldType> {
    ALL.into_iter().find(|each| each.name() == api_name)
}

/// The type of a field.
pub fn of(kind: &FieldKind) -> &'static dyn FieldType {
    match kind {
        FieldKind::SingleLineText => &SingleLineText,
        FieldKind::MultilineText => &MultilineText,
        FieldKind::RichText => &RichText,
        FieldKind::Email => &Email,
        FieldKind::Url => &Url,
        FieldKind::PhoneNumber => &PhoneNumber,
        FieldKind::Number(_) => &Number,
        FieldKind::Percent(_) => &Percent,
        FieldKind::Currency(_) => &Currency,
        FieldKind::Duration(_) => &Duration,
        FieldKind::Rating(_) => &Rating,
        FieldKind::Checkbox(_) => &Checkbox,
        FieldKind::SingleSelect(_) => &SingleSelect,
        FieldKind::MultipleSelects(_) => &MultipleSelects,
        FieldKind::Date(_) => &Date,
        FieldKind::DateTime(_) => &DateTime,
        FieldKind::CreatedTime(_) => &CreatedTime,
        FieldKind::LastModifiedTime(_) => &LastModifiedTime,
        FieldKind::AutoNumber => &AutoNumber,
        FieldKind::MultipleAttachments(_) => &MultipleAttachments,
        FieldKind::SingleCollaborator => &SingleCollaborator,
        FieldKind::MultipleCollaborators => &MultipleCollaborators,
        FieldKind::CreatedBy => &CreatedBy,
        FieldKind::LastModifiedBy(_) => &LastModifiedBy,
        FieldKind::Barcode => &Barcode,
        FieldKind::Button(_) => &Button,
        FieldKind::AiText(_) => &AiText,
        FieldKind::ExternalSyncSource(_) => &ExternalSyncSource,
        FieldKind::MultipleRecordLinks(_) => &MultipleRecordLinks,
        FieldKind::Count(_) => &Count,
        FieldKind::MultipleLookupValues(_) => &MultipleLookupValues,
        FieldKind::Rollup(_) => &Rollup,
        FieldKind::Formula(_) => &Formula,
    }
}

/// Appends what a person sees of a cell: [`FieldType::text`] of the field's type.
pub fn text_cell(kind: &FieldKind, cell: CellRef<'_>, cx: &Texting, out: &mut String) {
    of(kind).text(kind, cell, cx, out);
}
