//! What a query sees of a table: columns read from the image, and the records that a filter leaves.

mod filter;

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{Bits, Condition, Field, Kind, Table, TableImage, Timestamp};
use query::{Clocks, ColumnView, Filter, Source};
use schema::holding;
use serde_json::Value;

use crate::error::Error;
use crate::plan::unknown_field;
use images::{Values, View};

/// The columns of the fields that a query looks at.
pub(crate) struct Columns<'t> {
    rows: &'t TableImage,
    held: Vec<(Arc<Field>, Values<'t>, Kind)>,
}

impl<'t> Columns<'t> {
    /// Reads the columns; with `text`, links come as the texts of the linked records.
    pub fn read(
        view: &View,
        table: &Table,
        rows: &'t TableImage,
        fields: &[Arc<Field>],
        text: bool,
    ) -> Result<Self, Error> {
        Self::of(view, table, rows, fields, (text, None))
    }

    /// As [`Columns::read`]; what is computed, only where it is asked for.
    fn of(
        view: &View,
        table: &Table,
        rows: &'t TableImage,
        fields: &[Arc<Field>],
        (text, within): (bool, Option<&Bits>),
    ) -> Result<Self, Error> {
        view.image.used(fields.iter().map(|field| field.no));
        let computed = |field: &Field| field.kind.is_shown() || text && field.kind.link().is_some();
        let stored = fields.iter().filter(|field| !computed(field));
        view.image.need(table.no, stored.map(|field| field.no))?;
        let mut columns = Self { rows, held: Vec::with_capacity(fields.len()) };
        for field in fields {
            let kind = if text && field.kind.link().is_some() { Kind::Text } else { field.kind.column() };
            columns.held.push((Arc::clone(field), view.values(table, rows, field, (text, within))?, kind));
        }
        Ok(columns)
    }

    /// The table as a query sees it.
    pub fn source(&self) -> Source<'_> {
        let mut source = Source::new(self.rows.len(), &self.rows.live).with_text_key(fields::text_key);
        for (field, values, kind) in &self.held {
            let column = match values {
                Values::Stored(column) => ColumnView::Stored(column),
                Values::Computed { kind, chunks } => ColumnView::Computed { kind: *kind, chunks },
                Values::Missing => ColumnView::Blank(*kind),
            };
            match field.kind.select() {
                Some(select) => source.add_select(field.no, column, select),
                None => source.add(field.no, column),
            };
            let zone = fields::own_zone(&field.kind);
            if *kind == Kind::Time && zone != TimeZone::UTC {
                source.group_by_clocks(field.no, Box::new(Zone(zone)));
            }
        }
        source
    }
}

/// The clocks of a time zone.
#[derive(Debug)]
struct Zone(TimeZone);

impl Clocks for Zone {
    fn shown(&self, moment: i64) -> i64 {
        fields::to_local(&self.0, Timestamp(moment)).0
    }

    fn moment(&self, shown: i64) -> i64 {
        fields::from_local(&self.0, Timestamp(shown)).map_or(shown, |moment| moment.0)
    }
}

/// Which records are wanted: those that match all of these.
#[derive(Default)]
pub(crate) struct Wanted<'q> {
    /// The filter of a view.
    pub kept: Option<&'q Condition>,
    /// A filter tree as tools send it.
    pub tree: Option<&'q Value>,
    /// A formula.
    pub formula: Option<&'q str>,
    /// No others than these.
    pub within: Option<&'q Bits>,
}

/// The records that exist and are wanted.
///
/// # Errors
/// [`Error::Filter`] with the place, [`Error::Formula`].
pub(crate) fn selected(view: &View, table: &Table, rows: &TableImage, wanted: &Wanted<'_>) -> Result<Bits, Error> {
    let mut selection = wanted.within.map(|within| both(within, &rows.live));
    let mut narrow = |filter: Filter| {
        // Each has the bounds of a filter for itself.
        let filter = match selection.take() {
            Some(held) => Filter::And(vec![Filter::Rows(held), filter]),
            None => filter,
        };
        selection = Some(matching(view, table, rows, (&filter, wanted.within))?);
        Ok::<_, Error>(())
    };
    if let Some(formula) = wanted.formula.map(str::trim).filter(|formula| !formula.is_empty()) {
        let program = view.filter_program(table, formula)?;
        narrow(Filter::Rows(view.matching(&program, table, rows)?))?;
    }
    if let Some(tree) = wanted.tree.filter(|tree| !tree.is_null()) {
        narrow(filter::of_tree(view, table, tree)?)?;
    }
    if let Some(condition) = wanted.kept.and_then(|condition| holding(table, condition)) {
        narrow(filter::of_condition(view, table, &condition, wanted.within)?)?;
    }
    Ok(selection.unwrap_or_else(|| Bits::clone(&rows.live)))
}

fn both(one: &Bits, other: &Bits) -> Bits {
    Bits::from_words(one.words().iter().zip(other.words()).map(|(one, other)| one & other).collect())
}

fn matching(
    view: &View,
    table: &Table,
    rows: &TableImage,
    (filter, within): (&Filter, Option<&Bits>),
) -> Result<Bits, Error> {
    let fields: Vec<Arc<Field>> = filter.fields().iter().filter_map(|no| table.field_by_no(*no).cloned()).collect();
    let columns = Columns::of(view, table, rows, &fields, (false, within))?;
    Ok(query::filter(&columns.source(), filter)?)
}

/// The field of this name or id, case told apart first.
///
/// # Errors
/// [`Error::UnknownField`], with the closest names.
pub fn find_field<'t>(table: &'t Table, name: &str) -> Result<&'t Arc<Field>, Error> {
    table.field_exact(name).or_else(|| table.field(name)).ok_or_else(|| unknown_field(table, name))
}

#[cfg(test)]
mod tests;
