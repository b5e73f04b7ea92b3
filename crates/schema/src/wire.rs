//! Tables and fields as Airtable's meta API writes them.

use model::{Field, FieldId, FieldKind, Schema, Table, TableNo, View, ViewId, ViewType};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::broken::{Broken, is_written};

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
        Self { id: schema.base.to_string(), tables: tables_out(schema, false) }
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

/// All tables of a base; with `visible`, views list their visible fields.
pub(crate) fn tables_out(schema: &Schema, visible: bool) -> Vec<TableOut> {
    let broken = Broken::of(schema);
    schema.live_tables().map(|table| told_table((schema, &broken), table, visible)).collect()
}

/// A table; with `visible`, views list their visible fields.
pub fn table_out(schema: &Schema, table: &Table, visible: bool) -> TableOut {
    told_table((schema, &Broken::of(schema)), table, visible)
}

fn told_table(of: (&Schema, &Broken), table: &Table, visible: bool) -> TableOut {
    TableOut {
        id: table.id.to_string(),
        name: table.name.clone(),
        description: table.description.clone(),
        primary_field_id: table.primary,
        fields: table.live_fields().map(|field| told_field(of, table, field)).collect(),
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

/// The field with this id, if there is one.
pub fn field_out(schema: &Schema, id: FieldId) -> Option<FieldOut> {
    let table = schema.table_of(id)?;
    Some(told_field((schema, &Broken::of(schema)), table, table.field_by_id(id)?))
}

fn told_field((schema, broken): (&Schema, &Broken), table: &Table, field: &Field) -> FieldOut {
    FieldOut {
        id: field.id.to_string(),
        name: field.name.clone(),
        description: field.description.clone(),
        r#type: fields::of(&field.kind).name(),
        options: options((schema, broken), table, field),
    }
}

fn options((schema, broken): (&Schema, &Broken), table: &Table, field: &Field) -> Option<Value> {
    let mut options = fields::of(&field.kind).write_options(&field.kind)?;
    if let Some(link) = field.kind.link()
        && link.view.is_some_and(|view| !has_view(schema, link.linked_table_no, view))
        && let Value::Object(options) = &mut options
    {
        options.remove("viewIdForRecordSelection");
    }
    let is_watching = field.kind.is_modified() && !field.kind.watched().is_empty();
    if is_watching && let Value::Object(options) = &mut options {
        // Only what is watched now is told.
        let watched = field.kind.watched_fields().filter(|id| is_written(table, *id));
        options.insert("referencedFieldIds".to_owned(), watched.map(|id| id.to_string()).collect());
    }
    let is_made = matches!(field.kind, FieldKind::Formula(_) | FieldKind::Button(_) | FieldKind::Count(_));
    if !is_made && !is_watching && field.kind.looks_through().is_none() {
        return Some(options);
    }
    let broken = broken.reason(field.id);
    if let Value::Object(options) = &mut options {
        options.insert("isValid".to_owned(), json!(broken.is_none()));
        for key in ["recordLinkFieldId", "fieldIdInLinkedTable"] {
            options.entry(key).and_modify(|id| {
                if *id == json!(FieldId::UNTOLD) {
                    *id = Value::Null;
                }
            });
        }
        if let Some(reason) = broken {
            options.insert("error".to_owned(), json!(reason));
            // What a rollup shall come to is known without its formula.
            if !matches!(&field.kind, FieldKind::Rollup(rollup) if rollup.formula.is_none()) {
                options.entry("result").and_modify(|result| *result = Value::Null);
            }
        }
        if let Some(choices) = looked_at_choices(schema, &field.kind)
            && let Some(result) = options.get_mut("result").filter(|result| result.is_object())
        {
            result["options"] = choices;
        }
    }
    Some(options)
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
