//! Tables and fields as Airtable's meta API writes them.

use model::{Field, FieldId, FieldKind, Schema, Table, TableNo, View, ViewId, ViewType};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A base that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeBaseOut {
    /// Its id.
    id: String,
    /// Its tables.
    tables: Vec<TableOut>,
}

impl MadeBaseOut {
    /// What is told of it.
    pub fn new(schema: &Schema) -> Self {
        let tables = schema.live_tables().map(|table| table_out(schema, table, false)).collect();
        Self { id: schema.base.to_string(), tables }
    }
}

/// A table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TableOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// The field that names a record.
    #[schema(value_type = String)]
    primary_field_id: FieldId,
    /// Its fields.
    fields: Vec<FieldOut>,
    /// Its views.
    views: Vec<ViewOut>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its type, such as `singleLineText`.
    r#type: &'static str,
    /// What the type wants to know, such as a number's `precision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<Value>,
}

/// A view.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ViewOut {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its type, such as `grid`.
    #[schema(value_type = String)]
    r#type: ViewType,
    /// The fields that it shows in their order, when asked for with `include`; of grids only.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_field_ids: Option<Vec<String>>,
}

/// A table; with `visible`, views list their visible fields.
pub fn table_out(schema: &Schema, table: &Table, visible: bool) -> TableOut {
    TableOut {
        id: table.id.to_string(),
        name: table.name.clone(),
        description: table.description.clone(),
        primary_field_id: table.primary,
        fields: table.live_fields().map(|field| field_out(schema, field)).collect(),
        views: table.live_views().map(|view| view_out(table, view, visible)).collect(),
    }
}

/// A view; with `visible`, a grid lists its visible fields.
pub fn view_out(table: &Table, view: &View, visible: bool) -> ViewOut {
    let listed = visible && view.view_type == ViewType::Grid;
    let shown = || view.shown(table).iter().map(|field| field.id.to_string()).collect();
    ViewOut {
        id: view.id.to_string(),
        name: view.name.clone(),
        r#type: view.view_type,
        visible_field_ids: listed.then(shown),
    }
}

/// A field.
pub fn field_out(schema: &Schema, field: &Field) -> FieldOut {
    FieldOut {
        id: field.id.to_string(),
        name: field.name.clone(),
        description: field.description.clone(),
        r#type: fields::of(&field.kind).name(),
        options: options(schema, field),
    }
}

fn options(schema: &Schema, field: &Field) -> Option<Value> {
    let mut options = fields::of(&field.kind).write_options(&field.kind)?;
    if let Some(link) = field.kind.link()
        && link.view.is_some_and(|view| !has_view(schema, link.linked_table_no, view))
        && let Value::Object(options) = &mut options
    {
        options.remove("viewIdForRecordSelection");
    }
    // What a field is computed from is there only while it is not in the trash, and watched only while people write it.
    let written = |id: &FieldId| {
        let held = schema.table_of(*id).and_then(|table| table.field_by_id(*id));
        held.is_some_and(|field| !field.kind.is_computed())
    };
    let valid = match &field.kind {
        kind if kind.is_modified() && !kind.watched().is_empty() => {
            let mut live = kind.watched().to_vec();
            live.retain(written);
            if let Some(watched) = options.get_mut("referencedFieldIds") {
                *watched = json!(live);
            }
            !live.is_empty()
        }
        FieldKind::Formula(formula) => {
            formula.references.iter().all(|id| schema.table_of(*id).is_some()) && formula.watched.0.iter().all(written)
        }
        FieldKind::Button(button) => button.references.iter().all(|id| schema.table_of(*id).is_some()),
        FieldKind::Count(count) => is_link(schema, count.link),
        kind => match kind.looks_through() {
            Some((link, looked)) => leads_to(schema, link, looked),
            None => return Some(options),
        },
    };
    if let Value::Object(options) = &mut options {
        options.insert("isValid".to_owned(), json!(valid));
        if !valid && options.contains_key("result") {
            options.insert("result".to_owned(), Value::Null);
        }
        if let Some(choices) = looked_at_choices(schema, &field.kind)
            && let Some(result) = options.get_mut("result").filter(|result| result.is_object())
        {
            result["options"] = choices;
        }
    }
    Some(options)
}

/// True for a field that is there and has not become one of another type.
fn is_link(schema: &Schema, id: FieldId) -> bool {
    let field = schema.table_of(id).and_then(|table| table.field_by_id(id));
    field.is_some_and(|field| field.kind.link().is_some())
}

/// True for a link to the table that a field is of. A link may be one to another table by now.
fn leads_to(schema: &Schema, link: FieldId, looked: FieldId) -> bool {
    let link = schema.table_of(link).and_then(|table| table.field_by_id(link)).and_then(|field| field.kind.link());
    link.is_some() && link.map(|link| link.linked_table_no) == schema.table_of(looked).map(|table| table.no)
}

fn has_view(schema: &Schema, table: TableNo, id: ViewId) -> bool {
    schema.table_by_no(table).is_some_and(|table| table.live_views().any(|view| view.id == id))
}

/// The choices that a lookup shows the names of: those of the select at its end.
fn looked_at_choices(schema: &Schema, kind: &FieldKind) -> Option<Value> {
    if !matches!(kind, FieldKind::MultipleLookupValues(lookup) if lookup.result.select().is_some()) {
        return None;
    }
    let mut kind = kind;
    // A lookup may look at a lookup, and none at itself.
    for _ in 0..schema.tables.len().max(2) * 8 {
        if kind.select().is_some() {
            return fields::of(kind).write_options(kind);
        }
        let (_, looked) = kind.looks_through()?;
        kind = &schema.table_of(looked)?.field_by_id(looked)?.kind;
    }
    None
}

#[cfg(test)]
mod tests;
