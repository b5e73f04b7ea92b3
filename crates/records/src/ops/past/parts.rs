//! Tables and fields that were there then and are not now: what comes back from the trash before cells do, and what stays as
//! it is, as what was made since does.

use std::sync::Arc;

use model::{Field, Schema, Table, Timestamp, reads_alike};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Part, converted, wrong};
use crate::error::Error;
use crate::ops::retyped::LeftOut;

/// A table or a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableOrFieldOut {
    /// The id of the table.
    table_id: String,
    /// The name of the table; its id for who may not read the schema.
    table: String,
    /// The id of the field; of a table as a whole there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field_id: Option<String>,
    /// The name of the field; its id for who may not read the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
}

impl TableOrFieldOut {
    fn new(table: &Table, field: Option<&Field>, named: bool) -> Self {
        let (table_id, field_id) = (table.id.to_string(), field.map(|field| field.id.to_string()));
        Self {
            table: if named { table.name.clone() } else { table_id.clone() },
            field: if named { field.map(|field| field.name.clone()) } else { field_id.clone() },
            table_id,
            field_id,
        }
    }
}

/// A table or a field that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaysOut {
    /// Which one.
    #[serde(flatten)]
    part: TableOrFieldOut,
    /// Why.
    reason: String,
    /// What brings it back from the trash, by `POST`. Its cells can be brought back after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    restore: Option<String>,
}

impl StaysOut {
    fn new(schema: &Schema, (table, field, state): &Found<'_>, in_trash: &str, named: bool) -> Self {
        let part = TableOrFieldOut::new(table, field.map(|field| &**field), named);
        let name = part.field.as_ref().unwrap_or(&part.table);
        let linked = field.and_then(|field| schema.table_by_no(field.kind.link()?.linked_table_no));
        let own = field.map_or_else(|| table.id.to_string(), |field| field.id.to_string());
        let (reason, way) = match (state, linked.filter(|linked| linked.deleted)) {
            (State::Later, _) => (format!("`{name}` was made after that"), None),
            (State::Away, _) => (format!("`{name}` was in the trash then"), None),
            (State::Removed, _) => (format!("`{name}` was removed from the trash for good"), None),
            (State::Trashed, None) => (format!("`{name}` is in the trash{in_trash}"), Some(own)),
            (State::Trashed, Some(linked)) => {
                let to = TableOrFieldOut::new(linked, None, named).table;
                (format!("`{name}` leads to `{to}`, which is in the trash"), Some(linked.id.to_string()))
            }
        };
        let restore = way.map(|id| format!("/api/v1/bases/{}/trash/{id}/restore", schema.base));
        Self { part, reason, restore }
    }

    fn refused(&self) -> Error {
        let way = self.restore.as_ref();
        wrong(way.map_or_else(|| self.reason.clone(), |way| format!("{}: POST {way} brings it back", self.reason)))
    }
}

/// What became of a table or a field since then, when it is there no more or was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was made since.
    Later,
    /// It was in the trash then.
    Away,
    /// It was removed from the trash for good.
    Removed,
    /// It is in the trash.
    Trashed,
}

/// A table, or a field of it.
type Found<'s> = (&'s Arc<Table>, Option<&'s Arc<Field>>, State);

/// Whether a table or a field is there.
struct Marks {
    deleted: bool,
    deleted_at: Option<Timestamp>,
    removed: bool,
}

impl Marks {
    fn of_table(table: &Arc<Table>) -> Self {
        Self { deleted: table.deleted, deleted_at: table.deleted_at, removed: table.removed }
    }

    fn of_field(field: &Arc<Field>) -> Self {
        Self { deleted: field.deleted, deleted_at: field.deleted_at, removed: field.removed }
    }

    /// True where it was not in the trash. What was removed since is removed in every picture, with the time of then.
    fn lived(&self) -> bool {
        !self.deleted || self.removed && self.deleted_at.is_none()
    }

    fn since(&self, then: Option<&Self>) -> Option<State> {
        match then {
            None => (!self.deleted).then_some(State::Later),
            Some(then) if !then.lived() => (!self.deleted).then_some(State::Away),
            Some(_) if !self.deleted => None,
            Some(_) => Some(if self.removed { State::Removed } else { State::Trashed }),
        }
    }
}

/// True for a table that was there by the schema of then.
pub(super) fn was_there(then: &Schema, table: &Table) -> bool {
    then.table_by_no(table.no).is_some_and(|old| Marks::of_table(old).lived())
}

/// True for a field that was there, and of the same type.
pub(super) fn was_so(then: &Table, field: &Field) -> bool {
    held(then, field).is_some_and(|old| old.no == field.no && Marks::of_field(old).lived())
}

fn held<'t>(table: &'t Table, field: &Field) -> Option<&'t Arc<Field>> {
    table.fields.iter().find(|held| held.id == field.id)
}

/// What of a part, which is named by ids, is not as it was; the fields of tables in the trash too.
fn found<'s>(schema: &'s Schema, then: &Schema, part: &Part) -> Vec<Found<'s>> {
    let mut found = Vec::new();
    let is_asked = |asked: &Option<String>, id: String| asked.as_ref().is_none_or(|asked| *asked == id);
    for table in schema.tables.iter().filter(|table| is_asked(&part.table, table.id.to_string())) {
        let old = then.table_by_no(table.no);
        let state = Marks::of_table(table).since(old.map(Marks::of_table).as_ref());
        found.extend(state.map(|state| (table, None, state)));
        let Some(old) =
            old.filter(|_| !table.removed && state != Some(State::Away) && (!table.deleted || state.is_some()))
        else {
            continue;
        };
        for field in table.fields.iter().filter(|field| is_asked(&part.field, field.id.to_string())) {
            let state = Marks::of_field(field).since(held(old, field).map(Marks::of_field).as_ref());
            // What a conversion made is told with it.
            let state =
                state.filter(|state| *state != State::Later || converted((schema, then), table, field).is_none());
            found.extend(state.map(|state| (table, Some(field), state)));
        }
    }
    found
}

/// True for what is called so, by name or id, and was there then and is no more.
fn is_lost((held, id): (&str, String), name: &str, (now, then): (&Marks, Option<Marks>)) -> bool {
    now.deleted && (reads_alike(held, name) || id == name) && then.is_some_and(|then| then.lived())
}

/// The same part by ids. A name means what is there now, or else what was there then.
pub(super) fn by_ids(now: &Schema, then: &Schema, part: &Part) -> Part {
    let mut named = part.clone();
    let Some(name) = &part.table else { return named };
    let lost = |table: &&Arc<Table>| {
        let old = then.table_by_no(table.no).map(Marks::of_table);
        is_lost((&table.name, table.id.to_string()), name, (&Marks::of_table(table), old))
    };
    let table = now.table(name).or_else(|| now.tables.iter().filter(lost).min_by_key(|table| table.removed));
    let Some(table) = table else { return named };
    named.table = Some(table.id.to_string());
    let Some(name) = &part.field else { return named };
    let lost = |field: &&Arc<Field>| {
        let old = then.table_by_no(table.no).and_then(|old| held(old, field)).map(Marks::of_field);
        is_lost((&field.name, field.id.to_string()), name, (&Marks::of_field(field), old))
    };
    let lost = || table.fields.iter().filter(lost).min_by_key(|field| field.removed);
    let field = table.field_exact(name).or_else(lost);
    named.field = field.map(|field| field.id.to_string()).or(named.field);
    named
}

/// The ids of what of a part comes back from the trash, tables first.
pub(super) fn to_come_back(now: &Schema, then: &Schema, part: &Part) -> Vec<String> {
    let mut found = found(now, then, part);
    found.retain(|(_, _, state)| *state == State::Trashed);
    let comes = |no| found.iter().any(|(table, field, _)| table.no == no && field.is_none());
    // A link comes back with the table that it leads to, unless its other side was made one of another type.
    let leads = |field: &Field| {
        let Some(link) = field.kind.link() else { return true };
        let is_there = now.live_tables().any(|table| table.no == link.linked_table_no) || comes(link.linked_table_no);
        let old = then.table_by_no(link.linked_table_no);
        is_there && link.inverse.is_none_or(|side| old.is_some_and(|old| old.fields.iter().any(|held| held.id == side)))
    };
    let tables = found.iter().filter(|(_, field, _)| field.is_none()).map(|(table, ..)| table.id.to_string());
    let fields = found.iter().filter_map(|(_, field, _)| field.filter(|field| leads(field)));
    tables.chain(fields.map(|field| field.id.to_string())).collect()
}

/// What of a part stays as it is once this is the schema; `in_trash` says why something stays in the trash. What is not `named`
/// is told by its id.
///
/// # Errors
/// [`Error::Request`] when the part itself stays.
pub(super) fn stays(
    schema: &Schema,
    then: &Schema,
    part: &Part,
    (in_trash, named): (&str, bool),
) -> Result<Vec<LeftOut>, Error> {
    let mut found = found(schema, then, part);
    found.retain(|(table, field, _)| field.is_none() || !table.deleted);
    let stays = found.iter().map(|found| StaysOut::new(schema, found, in_trash, named)).collect::<Vec<_>>();
    let is_named = |stays: &&StaysOut| part.field.is_some() || part.table.is_some() && stays.part.field.is_none();
    match stays.iter().find(is_named) {
        Some(named) => Err(named.refused()),
        None => Ok(stays.into_iter().map(LeftOut::Stays).collect()),
    }
}

/// What is in the trash by one schema and not by the other.
pub(super) fn came_back(before: &Schema, after: &Schema, named: bool) -> Vec<TableOrFieldOut> {
    let mut back = Vec::new();
    for table in after.live_tables() {
        let Some(old) = before.table_by_no(table.no) else { continue };
        back.extend(old.deleted.then(|| TableOrFieldOut::new(table, None, named)));
        let fields = table.live_fields().filter(|field| held(old, field).is_some_and(|old| old.deleted));
        back.extend(fields.map(|field| TableOrFieldOut::new(table, Some(field), named)));
    }
    back
}
