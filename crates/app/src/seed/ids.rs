//! The ids of a seed: each of its form, and given once. They are looked at before anything is made.

use std::any::type_name;
use std::collections::HashMap;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use model::{BaseId, ChoiceId, FieldId, IdError, RecordId, TableId, ViewId};
use serde_json::Value;

use super::{SeedBase, SeedTable};

/// Where each id was met first, by kind.
#[derive(Default)]
struct Met<'s>(HashMap<(&'static str, &'s str), String>);

impl<'s> Met<'s> {
    /// Notes an id of this kind.
    fn meet<I: FromStr<Err = IdError>>(&mut self, id: Option<&'s str>, at: String) -> anyhow::Result<()> {
        let Some(id) = id else { return Ok(()) };
        id.parse::<I>().map_err(|error| anyhow!("{at}: {error}"))?;
        if let Some(first) = self.0.get(&(type_name::<I>(), id)) {
            bail!("{at}: the id `{id}` is given twice, first at {first}");
        }
        self.0.insert((type_name::<I>(), id), at);
        Ok(())
    }
}

/// Checks the ids of every base.
///
/// # Errors
/// For the first that is none, or was given before: with its place.
pub(super) fn check(bases: &[SeedBase]) -> anyhow::Result<()> {
    let mut all = Met::default();
    for (no, base) in bases.iter().enumerate() {
        all.meet::<BaseId>(base.id.as_deref(), format!("/bases/{no}/id"))?;
        // A base that was copied may have the ids of the other one in it.
        let mut met = Met::default();
        for (table_no, table) in base.tables.iter().enumerate() {
            check_table(&mut met, table, &format!("/bases/{no}/tables/{table_no}"))?;
        }
    }
    Ok(())
}

fn check_table<'s>(met: &mut Met<'s>, table: &'s SeedTable, at: &str) -> anyhow::Result<()> {
    met.meet::<TableId>(table.id.as_deref(), format!("{at}/id"))?;
    for (no, field) in table.fields.iter().enumerate() {
        let at = format!("{at}/fields/{no}");
        met.meet::<FieldId>(field.id.as_deref(), format!("{at}/id"))?;
        let mut choices = Met::default();
        for (no, choice) in field.choices().iter().enumerate() {
            let id = choice.get("id").and_then(Value::as_str);
            choices.meet::<ChoiceId>(id, format!("{at}/options/choices/{no}/id"))?;
        }
    }
    for (no, view) in table.views.iter().enumerate() {
        met.meet::<ViewId>(view.id.as_deref(), format!("{at}/views/{no}/id"))?;
    }
    for (no, record) in table.records.iter().enumerate() {
        met.meet::<RecordId>(record.id.as_deref(), format!("{at}/records/{no}/id"))?;
    }
    Ok(())
}
