//! Which fields an import writes to: those that are there, and those it makes.

use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{BaseId, Caller, Field, FieldId, FieldKind, Table, same_name};
use schema::{NewBase, NewField, NewTable};
use serde_json::{Value, json};

use super::Transfers;
use super::place::Place;
use crate::csv::{Doubt, Known};
use crate::error::Error;
use crate::infer::{ColumnKind, ColumnPlan, DateOrder};
use crate::model::{Column, Import, Wanted};
use crate::store;

/// Most decimals of a number field.
const DECIMALS: u8 = 8;

/// Where the columns of one table of the file go, as far as that is there already.
pub(super) struct Aim {
    base: Option<BaseId>,
    table: Option<Arc<Table>>,
    name: String,
    fields: Vec<Option<Arc<Field>>>,
}

impl Aim {
    /// How each column is read. `told`: the order of days, where somebody says it.
    pub fn places(&self, plans: &[ColumnPlan], told: Option<DateOrder>) -> Vec<Place> {
        let pairs = plans.iter().zip(&self.fields);
        pairs
            .map(|(plan, field)| match field {
                Some(field) => Place::new(field, kind_for(field, plan), order_for(field, plan, told), None),
                None => Place::planned(plan.kind.clone()),
            })
            .collect()
    }

    /// True when the field that a column goes to leaves no room for a doubt about its days and times.
    pub fn settles(&self, doubt: &Doubt) -> bool {
        let (Doubt::DateOrder { column, .. } | Doubt::NoZone { column } | Doubt::MixedDates { column }) = doubt else {
            return false;
        };
        let Some(field) = self.table.as_ref().and_then(|table| held(table, column)) else { return false };
        match (doubt, &field.kind) {
            (Doubt::NoZone { .. }, FieldKind::DateTime(_)) => fields::own_zone(&field.kind) != TimeZone::UTC,
            (Doubt::DateOrder { .. }, FieldKind::Date(_) | FieldKind::DateTime(_)) => {
                fields::date_order(&field.kind).is_some()
            }
            (Doubt::MixedDates { .. }, kind) => matches!(kind, FieldKind::Date(_) | FieldKind::DateTime(_)),
            _ => true,
        }
    }
}

/// Where the columns of one table of the file go.
pub(super) struct Aimed {
    pub base: BaseId,
    pub table: Arc<Table>,
    pub columns: Vec<Column>,
}

impl Transfers {
    /// Looks for the base, the table and the fields.
    ///
    /// # Errors
    /// [`Error::Request`] for what is missing, unless it shall be made, and for columns that cannot go where they are
    /// called for.
    pub(super) async fn aim(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        name: &str,
        plans: &[ColumnPlan],
    ) -> Result<Aim, Error> {
        let base = self.base(caller, wanted).await?;
        let table = match base {
            Some(base) => self.parts.schemas.describe(caller, base).await?.table(name).cloned(),
            None => None,
        };
        if table.is_none() && !wanted.create {
            return Err(missing("table", name));
        }
        let fields = fields_for(table.as_deref(), plans, wanted.create)?;
        Ok(Aim { base, table, name: name.to_owned(), fields })
    }

    /// The names that the columns go by, where the table is there already.
    pub(super) async fn known(&self, caller: &Caller, wanted: &Wanted) -> Result<Known, Error> {
        let Some(base) = self.base(caller, wanted).await? else { return Ok(Known::default()) };
        let schema = self.parts.schemas.describe(caller, base).await?;
        let fields = schema.table(&wanted.table).into_iter().flat_map(|table| table.live_fields());
        Ok(Known::new(fields.map(|field| field.name.as_str())))
    }

    /// Doubts about a file that went into the same table before.
    pub(super) async fn before(&self, import: &Import, aim: &Aim) -> Result<Option<Doubt>, Error> {
        let Some(table) = &aim.table else { return Ok(None) };
        let table = table.id.to_string();
        let done = store::done(&self.parts.db, import).await?;
        let same = done.into_iter().find(|(spec, _)| spec.targets.iter().any(|target| target.table == table));
        Ok(same.map(|(_, begun)| Doubt::ImportedBefore { on: begun.iso().chars().take(10).collect() }))
    }

    pub(super) async fn base(&self, caller: &Caller, wanted: &Wanted) -> Result<Option<BaseId>, Error> {
        if let Ok(id) = wanted.base.parse::<BaseId>() {
            return Ok(Some(id));
        }
        let held = self.parts.schemas.list_bases(caller).await?;
        if held.iter().any(|base| same_name(&base.name, &wanted.base)) {
            return Ok(Some(self.parts.schemas.find_base(caller, &wanted.base).await?.id));
        }
        if wanted.create { Ok(None) } else { Err(missing("base", &wanted.base)) }
    }

    /// Makes what is missing.
    pub(super) async fn make(
        &self,
        caller: &Caller,
        wanted: &Wanted,
        aim: Aim,
        plans: &[ColumnPlan],
    ) -> Result<Aimed, Error> {
        let base = if let Some(base) = aim.base {
            base
        } else {
            let workspace = self.parts.schemas.default_workspace(caller).await?;
            let tables = vec![table_of(&aim.name, plans)];
            let new = NewBase { id: None, name: wanted.base.clone(), workspace, tables };
            self.parts.schemas.create_base(caller, new).await?.base
        };
        if aim.base.is_some() && aim.table.is_none() {
            self.parts.schemas.create_table(caller, base, &table_of(&aim.name, plans)).await?;
        }
        if let Some(table) = &aim.table {
            for (plan, _) in plans.iter().zip(&aim.fields).filter(|(_, field)| field.is_none()) {
                self.field(caller, base, table, field_of(plan)).await?;
            }
        }
        let schema = self.parts.schemas.describe(caller, base).await?;
        let table = schema.table(&aim.name).cloned().ok_or(Error::Stored)?;
        let told = wanted.overrides.date_order;
        let columns = plans.iter().zip(&aim.fields).map(|(plan, was)| {
            let field = held(&table, &plan.name).ok_or(Error::Stored)?;
            let (kind, order) = match was {
                Some(_) => (kind_for(field, plan), order_for(field, plan, told)),
                None => (Some(plan.kind.clone()), None),
            };
            Ok(Column { field: field.id, kind, order, keep: None })
        });
        Ok(Aimed { base, columns: columns.collect::<Result<_, Error>>()?, table })
    }

    async fn field(&self, caller: &Caller, base: BaseId, table: &Table, new: NewField) -> Result<FieldId, Error> {
        Ok(self.parts.schemas.create_field(caller, base, &table.id.to_string(), &new).await?.1)
    }

    /// A field that keeps texts which do not fit. `plans`: a column of the file may have that name itself.
    pub(super) async fn keeper(
        &self,
        caller: &Caller,
        aimed: &Aimed,
        plans: &[ColumnPlan],
        of: &str,
    ) -> Result<FieldId, Error> {
        let mut name = format!("{of} (as text)");
        let mut again = 2;
        loop {
            let taken = plans.iter().any(|plan| same_name(&plan.name, &name));
            match aimed.table.field(&name) {
                Some(field) if !taken && matches!(field.kind, FieldKind::MultilineText) => return Ok(field.id),
                None if !taken => break,
                _ => name = format!("{of} (as text {again})"),
            }
            again += 1;
        }
        let description = Some("Cells of an import that did not fit their column.".to_owned());
        let new = NewField { id: None, name, field_type: "multilineText".to_owned(), description, options: None };
        self.field(caller, aimed.base, &aimed.table, new).await
    }
}

/// The fields of columns, as far as they are there. `create`: others are made.
pub(super) fn fields_for(
    table: Option<&Table>,
    plans: &[ColumnPlan],
    create: bool,
) -> Result<Vec<Option<Arc<Field>>>, Error> {
    let mut fields: Vec<Option<Arc<Field>>> = Vec::with_capacity(plans.len());
    for plan in plans {
        let field = match table {
            Some(table) => field_for(table, plan, create)?,
            None => None,
        };
        if let Some(field) = &field
            && fields.iter().flatten().any(|taken| taken.id == field.id)
        {
            let reason = format!("two columns go to field `{}`: give one of them another name", field.name);
            return Err(Error::Request { reason });
        }
        fields.push(field);
    }
    Ok(fields)
}

/// The field that a column is called as. Names of several lines, which were given to fields once, are on one in columns.
pub(super) fn held<'t>(table: &'t Table, column: &str) -> Option<&'t Arc<Field>> {
    let same = |field: &&Arc<Field>| same_name(&schema::on_one_line(&field.name), column);
    table.field(column).or_else(|| table.live_fields().find(same))
}

fn field_for(table: &Table, plan: &ColumnPlan, create: bool) -> Result<Option<Arc<Field>>, Error> {
    let Some(field) = held(table, &plan.name) else {
        if create {
            return Ok(None);
        }
        let reason = format!(
            "table `{}` has no field `{}`: add it, name the column as one of its fields, or import with `create`",
            table.name, plan.name
        );
        return Err(Error::Request { reason });
    };
    if field.kind.is_computed() {
        let reason = format!("field `{}` is computed, so column `{}` cannot go there", field.name, plan.name);
        return Err(Error::Request { reason });
    }
    Ok(Some(Arc::clone(field)))
}

/// How texts become values of a field that is there: by what the column holds where that is the field's type, else, as
/// all days and times, by the field.
pub(super) fn kind_for(field: &Field, plan: &ColumnPlan) -> Option<ColumnKind> {
    match field.kind {
        FieldKind::SingleLineText | FieldKind::MultilineText => Some(ColumnKind::LongText),
        FieldKind::Date(_) | FieldKind::DateTime(_) => None,
        _ => (fields::of(&field.kind).name() == options(&plan.kind).0).then(|| plan.kind.clone()),
    }
}

/// The order of days in a column whose field is there: as somebody says, else as the field says, else as the file shows.
fn order_for(field: &Field, plan: &ColumnPlan, told: Option<DateOrder>) -> Option<DateOrder> {
    let shown = match plan.kind {
        ColumnKind::Date { order } | ColumnKind::DateTime { order } => Some(order),
        _ => None,
    };
    told.or(shown.filter(|_| fields::date_order(&field.kind).is_none()))
}

pub(super) fn missing(what: &str, name: &str) -> Error {
    let name: String = name.chars().take(255).collect();
    Error::Request { reason: format!("there is no {what} `{name}`: import with `create` to make it") }
}

fn table_of(name: &str, plans: &[ColumnPlan]) -> NewTable {
    let fields = plans.iter().map(field_of).collect();
    NewTable { id: None, name: name.to_owned(), description: None, fields, primary_field_id: None, views: None }
}

pub(super) fn field_of(plan: &ColumnPlan) -> NewField {
    let (field_type, options) = options(&plan.kind);
    NewField { id: None, name: plan.name.clone(), field_type: field_type.to_owned(), description: None, options }
}

fn options(kind: &ColumnKind) -> (&'static str, Option<Value>) {
    let precision = |precision: u8| precision.min(DECIMALS);
    match kind {
        ColumnKind::Text => ("singleLineText", None),
        ColumnKind::LongText => ("multilineText", None),
        ColumnKind::Number { precision: p, .. } => ("number", Some(json!({ "precision": precision(*p) }))),
        ColumnKind::Percent { precision: p, .. } => ("percent", Some(json!({ "precision": precision(*p) }))),
        ColumnKind::Currency { precision: p, symbol, .. } => {
            ("currency", Some(json!({ "precision": precision(*p).min(7), "symbol": symbol })))
        }
        ColumnKind::Checkbox { .. } => ("checkbox", Some(json!({ "icon": "check", "color": "greenBright" }))),
        ColumnKind::Date { order } => ("date", Some(json!({ "dateFormat": { "name": order.format() } }))),
        ColumnKind::DateTime { order } => {
            let (day, time) = (json!({ "name": order.format() }), json!({ "name": "24hour" }));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Fields were given names of several lines once.
    #[test]
    fn a_column_finds_its_field_whatever_lines_its_name_is_on() {
        let field = |no: u32, name: &str| json!({ "no": no, "id": format!("fld{no:014}"), "name": name, "type": "singleLineText" });
        let fields = [field(1, "Name"), field(2, "Net\r\nweight"), field(3, "Both\nways"), field(4, "both ways")];
        let table = json!({ "no": 1, "id": "tbl00000000000001", "name": "T", "primary": "fld00000000000001",
            "fields": fields, "views": [] });
        let table: Table = serde_json::from_value(table).unwrap();
        for (column, no) in [("NAME", Some(1)), ("net Weight", Some(2)), ("Both ways", Some(4)), ("Net", None)] {
            assert_eq!(held(&table, column).map(|field| field.no.0), no, "{column}");
        }
    }
}
