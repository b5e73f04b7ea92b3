//! How the cells of a column become values.

use std::borrow::Cow;
use std::sync::Arc;

use fields::{ChoiceIn, Incoming, Reading};
use model::{CellValue, Field, FieldKind, Table};
use records::BulkRows;
use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::csv::Row;
use crate::error::Error;
use crate::infer::{ColumnKind, Converted, DateOrder, Reason, convert};
use crate::model::Target;

/// The longest text of a cell, in characters.
const LONGEST: usize = fields::MAX_TEXT;

/// One column's place.
pub(super) struct Place {
    /// The field; none while there is none yet.
    field: Option<Arc<Field>>,
    /// How texts become values; by the field's own rules when absent.
    kind: Option<ColumnKind>,
    /// The order of days, where these rules leave it open or somebody says it.
    order: Option<DateOrder>,
    /// The field that keeps what does not fit.
    keep: Option<Arc<Field>>,
    /// Numbers of the field's choices.
    choices: FxHashMap<String, u32>,
}

/// What a text comes to.
pub(super) struct Read {
    pub incoming: Incoming,
    /// Why it is not the whole text.
    pub reason: Option<Reason>,
}

impl Place {
    /// A column that goes to a field still to be made.
    pub fn planned(kind: ColumnKind) -> Self {
        Self { field: None, kind: Some(kind), order: None, keep: None, choices: FxHashMap::default() }
    }

    pub fn new(
        field: &Arc<Field>,
        kind: Option<ColumnKind>,
        order: Option<DateOrder>,
        keep: Option<Arc<Field>>,
    ) -> Self {
        let choices = field.kind.select().map(|select| select.choices.as_slice()).unwrap_or_default();
        let choices = choices.iter().map(|choice| (choice.name.clone(), choice.no)).collect();
        Self { field: Some(Arc::clone(field)), kind, order, keep, choices }
    }

    /// The fields that its cells may go to.
    pub fn fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.field.iter().chain(&self.keep)
    }

    /// Reads a text that is not empty.
    ///
    /// # Errors
    /// [`Reason`] when nothing of it fits.
    pub fn read(&self, text: &str) -> Result<Read, Reason> {
        let whole = |incoming| Ok(Read { incoming, reason: None });
        match self.kind.as_ref().map(|kind| convert(kind, text)) {
            None => whole(self.by_field(text)?),
            Some(Ok(Converted::Value(value))) => whole(Incoming::Cell(value)),
            Some(Ok(Converted::Choice(name))) => whole(self.choice(name)),
            Some(Err(Reason::TooLong)) if self.is_text() => {
                let incoming = Incoming::Cell(CellValue::Text(shortened(text).into_owned()));
                Ok(Read { incoming, reason: Some(Reason::TooLong) })
            }
            Some(Err(reason)) => Err(reason),
        }
    }

    /// True when the column becomes what was found to hold all its cells.
    pub fn is_planned_as(&self, kind: &ColumnKind) -> bool {
        self.kind.as_ref() == Some(kind) || self.is_text()
    }

    fn is_text(&self) -> bool {
        matches!(self.kind, Some(ColumnKind::Text | ColumnKind::LongText))
    }

    fn choice(&self, name: &str) -> Incoming {
        let single = self.field.as_ref().is_some_and(|field| matches!(field.kind, FieldKind::SingleSelect(_)));
        match self.choices.get(name) {
            Some(no) if single => Incoming::Cell(CellValue::Choice(*no)),
            Some(no) => Incoming::Choices(vec![ChoiceIn::No(*no)]),
            None => Incoming::Choices(vec![ChoiceIn::New(name.to_owned())]),
        }
    }

    /// As a write of one record with `typecast` reads it, but what that would drop does not fit.
    fn by_field(&self, text: &str) -> Result<Incoming, Reason> {
        let field = self.field.as_ref().ok_or(Reason::OtherKind)?;
        let reading = Reading { typecast: true, date_order: self.order.map(DateOrder::told), ..Reading::default() };
        let field_type = fields::of(&field.kind);
        match field_type.read(field, &Value::String(text.to_owned()), &reading) {
            Ok(Incoming::Cell(CellValue::Empty)) if !field_type.says_nothing(text) => Err(Reason::of(text)),
            Ok(incoming) => Ok(incoming),
            Err(_) => Err(Reason::of(text)),
        }
    }
}

/// The beginning that fits into a cell.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().take(LONGEST).collect())
}

/// The places of a target's columns in its table.
pub(super) fn places(target: &Target, table: &Table) -> Result<Vec<Place>, Error> {
    let field = |id| table.field_by_id(id).cloned().ok_or(Error::Stored);
    let places = target.columns.iter().map(|column| {
        let keep = column.keep.map(field).transpose()?;
        Ok(Place::new(&field(column.field)?, column.kind.clone(), column.order, keep))
    });
    places.collect()
}

/// Adds a row to `rows`; what does not fit goes to the field that keeps it, if there is one.
pub(super) fn put(row: &Row<'_>, places: &[Place], surplus: Option<&Arc<Field>>, rows: &mut BulkRows) {
    let kept = |text: &str| Incoming::Cell(CellValue::Text(shortened(text).into_owned()));
    for (place, text) in places.iter().zip(row.cells()).filter(|(_, text)| !text.is_empty()) {
        match (place.read(text), &place.field, &place.keep) {
            (Ok(Read { incoming, .. }), Some(field), _) => rows.put(field, incoming),
            (Err(_), _, Some(keep)) => rows.put(keep, kept(text)),
            _ => {}
        }
    }
    if let Some(field) = surplus {
        let texts: Vec<&str> = row.surplus().collect();
        if texts.iter().any(|text| !text.is_empty()) {
            rows.put(field, kept(&texts.join(" | ")));
        }
    }
    rows.end_row();
}
