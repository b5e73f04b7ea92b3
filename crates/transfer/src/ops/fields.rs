//! Which fields an import writes to: those that are there, and those it makes.

use std::sync::Arc;

use model::{BaseId, Caller, FieldId, Table};
use schema::{NewBase, NewField, NewTable};
use serde_json::{Value, json};

use super::{Column, Import, Transfers};
use crate::error::Error;
use crate::infer::{ColumnKind, ColumnPlan};

/// Most decimals of a number field.
const DECIMALS: u8 = 8;

impl Transfers {
    /// The base and table to write to, with a place for each column; makes what is missing when that was asked for.
    pub(super) async fn places(
        &self,
        import: &Import,
        plans: &[ColumnPlan],
    ) -> Result<(BaseId, String, Vec<Column>), Error> {
        let caller = import.caller();
        let wanted = &import.spec.wanted;
        let base = self.base(&caller, &wanted.base, wanted.create, &wanted.table, plans).await?;
        let schema = self.parts.schemas.describe(&caller, base).await?;
        let table = match schema.table(&wanted.table) {
            Some(table) => Arc::clone(table),
            None if wanted.create => {
                let new = table_of(&wanted.table, plans);
                let (schema, no) = self.parts.schemas.create_table(&caller, base, &new).await?;
                schema.table_by_no(no).cloned().ok_or(Error::Stored)?
            }
            None => return Err(missing("table", &wanted.table)),
        };
        let mut columns = Vec::with_capacity(plans.len());
        for plan in plans {
            columns.push(self.column(&caller, import, (base, &table), plan).await?);
        }
        Ok((base, table.id.to_string(), columns))
    }

    async fn base(
        &self,
        caller: &Caller,
        name: &str,
        create: bool,
        table: &str,
        plans: &[ColumnPlan],
    ) -> Result<BaseId, Error> {
        if let Ok(id) = name.parse::<BaseId>() {
            return Ok(id);
        }
        let held = self.parts.schemas.list_bases(caller).await?;
        if held.iter().any(|base| base.name.to_lowercase() == name.to_lowercase()) {
            return Ok(self.parts.schemas.find_base(caller, name).await?.id);
        }
        if !create {
            return Err(missing("base", name));
        }
        let workspace = self.parts.schemas.default_workspace(caller).await?;
        let new = NewBase { name: name.to_owned(), workspace, tables: vec![table_of(table, plans)] };
        Ok(self.parts.schemas.create_base(caller, new).await?.base)
    }

    async fn column(
        &self,
        caller: &Caller,
        import: &Import,
        (base, table): (BaseId, &Table),
        plan: &ColumnPlan,
    ) -> Result<Column, Error> {
        let field = match table.field(&plan.name) {
            Some(field) => Arc::clone(field),
            None if import.spec.wanted.create => {
                let id = self.field(caller, base, table, field_of(plan)).await?;
                return Ok(Column { field: id, kind: Some(plan.kind.clone()), keep: None });
            }
            None => {
                let reason = format!(
                    "table `{}` has no field `{}`: add it, name the column as one of its fields, or import with `create`",
                    table.name, plan.name
                );
                return Err(Error::Request { reason });
            }
        };
        if field.kind.is_computed() {
            let reason = format!("field `{}` is computed, so column `{}` cannot go there", field.name, plan.name);
            return Err(Error::Request { reason });
        }
        let same = fields::of(&field.kind).name() == field_of(plan).field_type;
        let keep = if import.spec.wanted.keep_unfit && plan.unfit > 0 {
            Some(self.keeper(caller, base, table, &plan.name).await?)
        } else {
            None
        };
        Ok(Column { field: field.id, kind: same.then(|| plan.kind.clone()), keep })
    }

    async fn field(&self, caller: &Caller, base: BaseId, table: &Table, new: NewField) -> Result<FieldId, Error> {
        Ok(self.parts.schemas.create_field(caller, base, &table.id.to_string(), &new).await?.1)
    }

    /// The field that keeps texts that do not fit.
    async fn keeper(&self, caller: &Caller, base: BaseId, table: &Table, name: &str) -> Result<FieldId, Error> {
        let name = format!("{name} (as text)");
        if let Some(field) = table.field(&name) {
            return Ok(field.id);
        }
        let description = Some("Cells of an import that did not fit their column.".to_owned());
        let new = NewField { name, field_type: "multilineText".to_owned(), description, options: None };
        self.field(caller, base, table, new).await
    }
}

fn missing(what: &str, name: &str) -> Error {
    let name: String = name.chars().take(255).collect();
    Error::Request { reason: format!("there is no {what} `{name}`: import with `create` to make it") }
}

fn table_of(name: &str, plans: &[ColumnPlan]) -> NewTable {
    NewTable { name: name.to_owned(), description: None, fields: plans.iter().map(field_of).collect() }
}

fn field_of(plan: &ColumnPlan) -> NewField {
    let (field_type, options) = options(&plan.kind);
    NewField { name: plan.name.clone(), field_type: field_type.to_owned(), description: None, options }
}

fn options(kind: &ColumnKind) -> (&'static str, Option<Value>) {
    let precision = |precision: u8| precision.min(DECIMALS);
    let day = json!({ "name": "iso" });
    match kind {
        ColumnKind::Text => ("singleLineText", None),
        ColumnKind::LongText => ("multilineText", None),
        ColumnKind::Number { precision: p, .. } => ("number", Some(json!({ "precision": precision(*p) }))),
        ColumnKind::Percent { precision: p, .. } => ("percent", Some(json!({ "precision": precision(*p) }))),
        ColumnKind::Currency { precision: p, symbol, .. } => {
            ("currency", Some(json!({ "precision": precision(*p).min(7), "symbol": symbol })))
        }
        ColumnKind::Checkbox { .. } => ("checkbox", Some(json!({ "icon": "check", "color": "greenBright" }))),
        ColumnKind::Date { .. } => ("date", Some(json!({ "dateFormat": day }))),
        ColumnKind::DateTime { .. } => {
            let time = json!({ "name": "24hour" });
            ("dateTime", Some(json!({ "dateFormat": day, "timeFormat": time, "timeZone": "utc" })))
        }
        ColumnKind::Email => ("email", None),
        ColumnKind::Url => ("url", None),
        ColumnKind::Phone => ("phoneNumber", None),
        ColumnKind::SingleSelect { choices } => {
            let choices: Vec<Value> = choices.iter().map(|name| json!({ "name": name })).collect();
            ("singleSelect", Some(json!({ "choices": choices })))
        }
    }
}
