//! Filter trees and the filters of views, made into what a query runs.

use model::{Condition, Field, Ordinal, Table};
use query::{Filter, Op, Operand, Term};
use schema::{compares, condition_filter, plain, read_condition};
use serde_json::Value;

use crate::error::Error;
use crate::image::View;

/// The filter of a tree as tools send it.
pub(super) fn of_tree(view: &View, table: &Table, tree: &Value) -> Result<Filter, Error> {
    of_condition(view, table, &read_condition(table, tree)?)
}

/// The filter of a condition.
pub(super) fn of_condition(view: &View, table: &Table, condition: &Condition) -> Result<Filter, Error> {
    condition_filter(table, condition, &|field, op, value| linked(view, field, op, value))
}

/// Links are compared by the texts of the linked records.
fn linked(view: &View, field: &Field, op: Op, value: &Value) -> Result<Filter, Error> {
    let options = field.kind.link();
    let Some(other) = options.and_then(|link| view.image.schema.table_by_no(link.linked_table_no)) else {
        return Ok(Filter::Or(Vec::new()));
    };
    let rows = view.image.table(other.no);
    let wanted = plain(value).to_lowercase();
    let mut found = Vec::new();
    for ordinal in rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)) {
        let by_id = rows.ids.get(ordinal).is_some_and(|id| Some(&*id.to_string()) == value.as_str());
        if by_id || compares(op, &view.title(other, &rows, ordinal)?.to_lowercase(), &wanted) {
            found.push(ordinal.0);
        }
    }
    Ok(Filter::Term(Term { field: field.no, op: Op::HasAnyOf, value: Operand::Links(found) }))
}
