//! Filter trees and the filters of views, made into what a query runs.

use std::collections::BTreeSet;

use model::{Bits, CellRef, Condition, Field, Ordinal, Table};
use query::{Filter, Op, Operand, Term};
use schema::{compares, condition_filter, plain, read_condition};
use serde_json::Value;

use crate::error::Error;
use images::View;

/// The filter of a tree as tools send it.
pub(super) fn of_tree(view: &View, table: &Table, tree: &Value) -> Result<Filter, Error> {
    of_condition(view, table, &read_condition(table, tree)?, None)
}

/// The filter of a condition; with `within` it needs to be right for these records only.
pub(super) fn of_condition(
    view: &View,
    table: &Table,
    condition: &Condition,
    within: Option<&Bits>,
) -> Result<Filter, Error> {
    let links = |field: &Field, op, value: &Value| linked(view, (table, field), (op, value), within);
    condition_filter(table, condition, view.tick(), &links)
}

/// Links are compared by the texts of the linked records.
fn linked(
    view: &View,
    (table, field): (&Table, &Field),
    (op, value): (Op, &Value),
    within: Option<&Bits>,
) -> Result<Filter, Error> {
    let options = field.kind.link();
    let Some(other) = options.and_then(|link| view.image.schema.table_by_no(link.linked_table_no)) else {
        return Ok(Filter::Or(Vec::new()));
    };
    let rows = view.image.table(other.no);
    let wanted = plain(value).to_lowercase();
    let mut found = Vec::new();
    let mut compare = |ordinal: u32| {
        let by_id = rows.ids.get(Ordinal(ordinal)).is_some_and(|id| Some(&*id.to_string()) == value.as_str());
        if by_id || compares(op, &view.title(other, &rows, Ordinal(ordinal))?.to_lowercase(), &wanted) {
            found.push(ordinal);
        }
        Ok::<_, Error>(())
    };
    match within {
        Some(within) => linked_from(view, table, field, within).into_iter().try_for_each(&mut compare)?,
        None => rows.live.ones().try_for_each(|ordinal| compare(ordinal as u32))?,
    }
    Ok(Filter::Term(Term { field: field.no, op: Op::HasAnyOf, value: Operand::Links(found) }))
}

/// The records that these link to.
fn linked_from(view: &View, table: &Table, field: &Field, within: &Bits) -> BTreeSet<u32> {
    let rows = view.image.table(table.no);
    let mut found = BTreeSet::new();
    for ordinal in within.ones() {
        if let CellRef::Links(list) = rows.cell(field.no, Ordinal(ordinal as u32)) {
            found.extend(list);
        }
    }
    found
}
