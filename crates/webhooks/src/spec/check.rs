//! What a specification may not say.

use model::{FieldId, Schema};

use super::{FieldChoice, Scope, Specification};
use crate::error::Error;

/// Most entries of a list.
const MOST: usize = 500;

impl Specification {
    /// Refuses what can never match, and what names nothing in the base.
    ///
    /// # Errors
    /// [`Error::Request`], which names the part.
    pub(crate) fn check(&self, schema: &Schema) -> Result<(), Error> {
        let filters = self.filters();
        if filters.data_types.is_empty() {
            return Err(filter("dataTypes", "name at least one of `tableData`, `tableFields`, `tableMetadata`"));
        }
        self.check_lengths()?;
        let scope = self.scope(schema).filter(|scope| match scope {
            Scope::Base => true,
            Scope::Table(id) | Scope::View(id, _) => schema.live_tables().any(|table| table.id == *id),
        });
        let Some(scope) = scope else {
            let named: String = filters.record_change_scope.iter().flat_map(|text| text.chars()).take(64).collect();
            let reason = format!("`{named}` is no table and no view of this base: give an id, `tbl…` or `viw…`");
            return Err(filter("recordChangeScope", reason));
        };
        let watched = [
            ("watchDataInFieldIds", &filters.watch_data_in_field_ids),
            ("watchSchemasOfFieldIds", &filters.watch_schemas_of_field_ids),
        ];
        for (name, fields) in watched {
            if let Some(wrong) = fields.iter().flatten().find(|field| !holds(schema, scope, **field)) {
                return Err(filter(name, unknown(scope, *wrong)));
            }
        }
        match self.options.includes.as_ref().and_then(|includes| includes.include_cell_values_in_field_ids.as_ref()) {
            Some(FieldChoice::Only(fields)) => match fields.iter().find(|field| !holds(schema, scope, **field)) {
                Some(wrong) => Err(part("includes/includeCellValuesInFieldIds", unknown(scope, *wrong))),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn check_lengths(&self) -> Result<(), Error> {
        let filters = self.filters();
        let includes = self.options.includes.as_ref().and_then(|held| held.include_cell_values_in_field_ids.as_ref());
        let lists = [
            ("filters/dataTypes", filters.data_types.len()),
            ("filters/changeTypes", filters.change_types.as_ref().map_or(0, Vec::len)),
            ("filters/fromSources", filters.from_sources.as_ref().map_or(0, Vec::len)),
            ("filters/watchDataInFieldIds", filters.watch_data_in_field_ids.as_ref().map_or(0, Vec::len)),
            ("filters/watchSchemasOfFieldIds", filters.watch_schemas_of_field_ids.as_ref().map_or(0, Vec::len)),
            (
                "includes/includeCellValuesInFieldIds",
                match includes {
                    Some(FieldChoice::Only(fields)) => fields.len(),
                    _ => 0,
                },
            ),
        ];
        match lists.iter().find(|(_, length)| *length > MOST) {
            Some((name, length)) => Err(part(name, format!("a list of {length}, and {MOST} are the most"))),
            None => Ok(()),
        }
    }
}

fn holds(schema: &Schema, scope: Scope, field: FieldId) -> bool {
    schema.table_of(field).is_some_and(|table| scope.has(table.id))
}

fn unknown(scope: Scope, field: FieldId) -> String {
    format!("there is no field `{field}` in {scope}")
}

fn filter(name: &str, reason: impl Into<String>) -> Error {
    part(&format!("filters/{name}"), reason)
}

fn part(name: &str, reason: impl Into<String>) -> Error {
    Error::Request { pointer: format!("/specification/options/{name}"), reason: reason.into() }
}
