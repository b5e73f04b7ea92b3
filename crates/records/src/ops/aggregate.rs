//! Grouping and aggregating records.

use std::sync::Arc;

use model::{BaseId, Bits, Caller, CellRef, CellValue, Field, FieldKind, Ordinal, Table, Timestamp};
use query::{Aggregate, Bucket, Function, Group, GroupBy, Grouping};
use serde_json::{Value, json};

use super::{Records, find_table, find_view};
use crate::ask::{Columns, Wanted, find_field, selected};
use crate::error::Error;
use images::View;

/// Most groups of one answer.
pub const GROUPS: usize = 1_000;

/// What to compute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AggregateQuery {
    /// Only records that this view lists, by name or id.
    pub view: Option<String>,
    /// Only records that match this filter tree.
    pub tree: Option<Value>,
    /// Only records for which this formula is true.
    pub formula: Option<String>,
    /// Fields to group by, by name or id.
    pub by: Vec<(String, Bucket)>,
    /// What is computed in each group; `None` counts records.
    pub aggregates: Vec<Option<(Function, String)>>,
    /// Which aggregate the groups are ordered by, greatest first if true; by key when absent.
    pub sort: Option<(usize, bool)>,
    /// By key, greatest first.
    pub keys_descending: bool,
    /// Most groups.
    pub limit: Option<usize>,
}

/// One group as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupOut {
    /// The value of each field grouped by.
    pub key: Vec<Value>,
    /// The aggregates in the order asked for; null where there was nothing to compute from.
    pub values: Vec<Value>,
}

/// Groups, and how many there are without the limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    /// The groups.
    pub groups: Vec<GroupOut>,
    /// How many there are.
    pub total: usize,
    /// How many records match.
    pub matched: usize,
}

impl Records {
    /// Groups records and computes aggregates. Without fields to group by there is one group of all.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::UnknownField`], [`Error::Filter`], [`Error::Formula`], [`Error::Query`].
    pub async fn aggregate(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        query: &AggregateQuery,
    ) -> Result<Aggregated, Error> {
        self.consult(caller, base, |view| {
            let table = find_table(caller, &view.image.schema, table)?;
            let shown = query.view.as_deref().map(|name| find_view(caller, table, name)).transpose()?;
            aggregated(view, (table, shown), query)
        })
        .await
    }
}

fn aggregated(
    view: &View,
    (table, shown): (&Table, Option<&model::View>),
    query: &AggregateQuery,
) -> Result<Aggregated, Error> {
    let rows = view.image.table(table.no);
    let kept = shown.and_then(|shown| shown.filter.as_ref());
    let wanted = Wanted { kept, tree: query.tree.as_ref(), formula: query.formula.as_deref(), within: None };
    let selection = selected(view, table, &rows, &wanted)?;
    let by = query.by.iter().map(|(name, _)| find_field(table, name).cloned()).collect::<Result<Vec<_>, _>>()?;
    let wanted = query.aggregates.iter().map(|aggregate| match aggregate {
        Some((_, name)) => find_field(table, name).cloned().map(Some),
        None => Ok(None),
    });
    let wanted: Vec<Option<Arc<Field>>> = wanted.collect::<Result<_, _>>()?;
    for (asked, field) in query.aggregates.iter().zip(&wanted) {
        refuse_lists(asked.as_ref().map(|(function, _)| *function), field.as_deref())?;
    }
    let groups = {
        let mut all: Vec<Arc<Field>> = by.iter().cloned().chain(wanted.iter().flatten().cloned()).collect();
        all.sort_unstable_by_key(|field| field.no);
        all.dedup_by_key(|field| field.no);
        let columns = Columns::read(view, table, &rows, &all, false)?;
        query::group(&columns.source(), &selection, &grouping(query, &by, &wanted)).map_err(|e| named(e, table))?
    };
    told(view, query, (&by, &wanted), groups, &selection)
}

/// A sum over lookups would take the first value of each only.
fn refuse_lists(function: Option<Function>, field: Option<&Field>) -> Result<(), Error> {
    let calculates = matches!(function, Some(Function::Sum | Function::Average | Function::Median));
    match field {
        Some(field) if calculates && field.kind.is_list() => Err(Error::Filter {
            reason: format!(
                "field `{}` shows several values: make a rollup of them, such as `SUM(values)`, to calculate with",
                field.name
            ),
        }),
        _ => Ok(()),
    }
}

fn grouping(query: &AggregateQuery, by: &[Arc<Field>], wanted: &[Option<Arc<Field>>]) -> Grouping {
    let by = by.iter().zip(&query.by).map(|(field, (_, bucket))| GroupBy { field: field.no, bucket: *bucket });
    let aggregates = query.aggregates.iter().zip(wanted).filter_map(|(asked, field)| {
        let (function, _) = asked.as_ref()?;
        Some(Aggregate { field: field.as_ref()?.no, function: *function })
    });
    Grouping { by: by.collect(), aggregates: aggregates.collect() }
}

/// A query error with the field's name instead of its number.
pub(super) fn named(error: query::QueryError, table: &Table) -> Error {
    let query::QueryError::Mismatch { field, asked, .. } = &error else { return error.into() };
    match table.field_by_no(*field) {
        Some(field) => Error::Filter {
            reason: format!(
                "field `{}` is of type {} and does not allow `{asked}`",
                field.name,
                fields::of(&field.kind).name()
            ),
        },
        None => error.into(),
    }
}

fn told(
    view: &View,
    query: &AggregateQuery,
    (by, wanted): (&[Arc<Field>], &[Option<Arc<Field>>]),
    mut groups: Vec<Group>,
    selection: &Bits,
) -> Result<Aggregated, Error> {
    let total = groups.len();
    match query.sort {
        Some((index, descending)) => sort_by_value(query, &mut groups, index, descending),
        None if query.keys_descending => groups.reverse(),
        None => {}
    }
    groups.truncate(query.limit.unwrap_or(GROUPS).min(GROUPS));
    let groups = groups.iter().map(|group| one(view, (by, wanted), group)).collect::<Result<_, _>>()?;
    Ok(Aggregated { groups, total, matched: selection.count() })
}

/// The place of an asked aggregate among those that the query computes; `None` for a count of records.
fn place(query: &AggregateQuery, index: usize) -> Option<usize> {
    query.aggregates.get(index)?.as_ref()?;
    Some(query.aggregates.iter().take(index).filter(|aggregate| aggregate.is_some()).count())
}

fn sort_by_value(query: &AggregateQuery, groups: &mut [Group], index: usize, descending: bool) {
    let at = place(query, index);
    let key = |group: &Group| match at {
        None => Some(group.count as f64),
        Some(at) => group.values.get(at).and_then(|value| match value.view() {
            CellRef::Number(number) => Some(number),
            CellRef::Time(time) => Some(time as f64),
            _ => None,
        }),
    };
    groups.sort_by(|one, other| match (key(one), key(other)) {
        (Some(one), Some(other)) if descending => other.total_cmp(&one),
        (Some(one), Some(other)) => one.total_cmp(&other),
        // Groups without a value come last either way.
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
}

fn one(view: &View, (by, wanted): (&[Arc<Field>], &[Option<Arc<Field>>]), group: &Group) -> Result<GroupOut, Error> {
    let key = by.iter().zip(&group.key).map(|(field, value)| cell(view, field, value)).collect::<Result<_, _>>()?;
    let mut computed = group.values.iter();
    let values = wanted
        .iter()
        .map(|field| match field {
            None => Ok(json!(group.count)),
            Some(field) => computed.next().map_or(Ok(Value::Null), |value| cell(view, field, value)),
        })
        .collect::<Result<_, _>>()?;
    Ok(GroupOut { key, values })
}

/// A value as tools tell it: choices and linked records by name.
pub(super) fn cell(view: &View, field: &Field, value: &CellValue) -> Result<Value, Error> {
    Ok(match (value.view(), &field.kind) {
        (CellRef::Empty, _) => Value::Null,
        (CellRef::Number(number), _) => written(|out| fields::write_number(number, out)),
        (CellRef::Error(_), _) => json!({ "error": "#ERROR!" }),
        (CellRef::Links([ordinal, ..]), FieldKind::MultipleRecordLinks(link)) => {
            let Some(other) = view.image.schema.table_by_no(link.linked_table_no) else { return Ok(Value::Null) };
            let rows = view.image.table(link.linked_table_no);
            let text = view.title(other, &rows, Ordinal(*ordinal))?;
            json!({ "id": rows.ids.get(Ordinal(*ordinal)), "text": text })
        }
        (CellRef::Choices([no, ..]), _) => choice(field, *no),
        (CellRef::Choice(no), _) => choice(field, no),
        (CellRef::Time(time), kind) => {
            let mut is_known = true;
            let told = written(|out| is_known = fields::write_cell(kind, CellRef::Time(time), out));
            if is_known { told } else { json!(Timestamp(time).iso()) }
        }
        (CellRef::Flag(flag), _) => json!(flag),
        (CellRef::Text(text), _) => json!(text),
        _ => Value::Null,
    })
}

fn choice(field: &Field, no: u32) -> Value {
    field.kind.select().and_then(|select| select.by_no(no)).map_or(Value::Null, |choice| json!(choice.name))
}

/// What is written as in a record.
fn written(write: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut out = Vec::new();
    write(&mut out);
    serde_json::from_slice(&out).unwrap_or_default()
}
