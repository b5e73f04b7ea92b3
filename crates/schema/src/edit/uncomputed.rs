//! Fields that come from elsewhere as ones that are not computed (`isValid: false`).

use fields::{OptionsIn, RollupIn};
use formula::{Reference, Shape};
use model::{
    ButtonOptions, CountOptions, Field, FieldId, FieldKind, FieldNo, FormulaOptions, LookupOptions, ModifiedOptions,
    RollupOptions, Table, TableNo, Watched,
};
use serde_json::{Value, json};

use super::{Draft, NewField, formula_options, read_options, reference, rollup_reference};
use crate::broken::broken;
use crate::error::Error;
use crate::needs::{Place, field_at, needs};

/// The number of a field that is not there.
const NOWHERE: FieldNo = FieldNo(u32::MAX);

impl NewField {
    /// Whether it is told that this field, which keeps its id, is not computed.
    fn is_uncomputed(&self) -> bool {
        self.id.is_some() && self.options.as_ref().is_some_and(|options| options["isValid"] == false)
    }

    /// What is watched where nothing is told: every field, or of one that is not computed a field that is gone.
    pub(super) fn untold_watched(&self) -> Vec<String> {
        if self.is_uncomputed() { vec![FieldId::UNTOLD.to_string()] } else { Vec::new() }
    }

    /// The options with an id where Airtable tells none of what is gone.
    fn whole_options(&self) -> Option<Value> {
        let keys: &[&str] = match self.field_type.as_str() {
            "count" => &["recordLinkFieldId"],
            "multipleLookupValues" | "rollup" => &["recordLinkFieldId", "fieldIdInLinkedTable"],
            _ => &[],
        };
        let mut options = self.options.as_ref()?.as_object()?.clone();
        for key in keys.iter().filter(|key| self.option(key).is_none()) {
            options.insert((*key).to_owned(), json!(FieldId::UNTOLD));
        }
        Some(Value::Object(options))
    }
}

impl Draft<'_> {
    /// A field that could not be made, as one that is not computed until it is made whole, where it is told as such and is one;
    /// else why it could not.
    pub(super) fn uncomputed(&self, no: TableNo, id: FieldId, new: &NewField, why: Error) -> Result<FieldKind, Error> {
        let (Some(table), true) = (self.schema.table_by_no(no), new.is_uncomputed()) else { return Err(why) };
        let Some(kind) = self.uncomputed_kind(table, new) else { return Err(why) };
        let field = Field::new(NOWHERE, id, new.name.clone(), None, kind);
        if broken(&self.schema, table, &field).is_some() { Ok(field.kind) } else { Err(why) }
    }

    fn uncomputed_kind(&self, table: &Table, new: &NewField) -> Option<FieldKind> {
        let options = new.whole_options();
        match read_options(&new.name, &new.field_type, options.as_ref(), None, self.ids, self.now).ok()? {
            OptionsIn::Formula { text } => Some(FieldKind::Formula(formula_over(table, &text)?)),
            OptionsIn::Button { label, text } => {
                let FormulaOptions { formula, references, watched, .. } = formula_over(table, &text)?;
                Some(FieldKind::Button(ButtonOptions { label, formula, references, watched }))
            }
            OptionsIn::Modified { kind, watched } => {
                let watched = if watched.is_empty() { new.untold_watched() } else { watched };
                let watched = Watched(watched.iter().map(|named| named_in(table, named)).collect::<Option<_>>()?);
                match kind {
                    FieldKind::LastModifiedTime(options) => {
                        Some(FieldKind::LastModifiedTime(ModifiedOptions { watched, ..options }))
                    }
                    FieldKind::LastModifiedBy(_) => Some(FieldKind::LastModifiedBy(watched)),
                    _ => None,
                }
            }
            OptionsIn::Count { link } => {
                Some(FieldKind::Count(CountOptions { link: named_in(table, &link)?, link_no: NOWHERE }))
            }
            OptionsIn::Lookup { link, field } => {
                let (link, field) = (named_in(table, &link)?, field.parse().ok()?);
                let result = Box::new(FieldKind::SingleLineText);
                Some(FieldKind::MultipleLookupValues(LookupOptions { link, field, result }))
            }
            OptionsIn::Rollup { link, field, by } => {
                let (link, field) = (named_in(table, &link)?, field.parse().ok()?);
                let (formula, result, list) = match by {
                    RollupIn::Untold(result) => (None, result, false),
                    RollupIn::Formula(text) => {
                        let values = Field::new(NOWHERE, field, String::new(), None, FieldKind::SingleLineText);
                        let program = formula::compile_rollup(&text, &|word| rollup_reference(&values, word)).ok()?;
                        (Some(text), program.result(), program.is_list())
                    }
                };
                Some(FieldKind::Rollup(RollupOptions { link, field, formula, result, list }))
            }
            OptionsIn::AiText { .. } | OptionsIn::Link { .. } | OptionsIn::Kind(_) => None,
        }
    }

    /// Makes fields that may be those which others wait for: these are computed again, as what they are now, and none of
    /// itself.
    pub(super) fn reviving<T>(&mut self, make: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let tables = self.schema.live_tables();
        let fields = tables.flat_map(|table| table.live_fields().map(move |field| (table, field)));
        let waiting = fields.filter(|(table, field)| broken(&self.schema, table, field).is_some());
        let waiting: Vec<Place> = waiting.map(|(table, field)| (table.no, field.id)).collect();
        let made = make(self)?;
        let mut is_any_whole = false;
        for place in waiting {
            let Some((table, field)) = field_at(&self.schema, place) else { continue };
            self.refuse_cycle(&field.name, Some(place), needs(&self.schema, table, field))?;
            is_any_whole |= broken(&self.schema, table, field).is_none();
        }
        if is_any_whole {
            self.settle_results();
        }
        Ok(made)
    }
}

/// A field by id or name; one that is not there by id.
fn named_in(table: &Table, named: &str) -> Option<FieldId> {
    table.field_exact(named).map(|field| field.id).or_else(|| named.parse().ok())
}

/// A formula of which some fields are gone: they are named by their ids.
fn formula_over(table: &Table, text: &str) -> Option<FormulaOptions> {
    let gone = |name: &str| Some(Reference { field: name.parse().ok()?, no: NOWHERE, shape: Shape::Text });
    let program = formula::compile(text, &|name| reference(table, name).or_else(|| gone(name))).ok()?;
    Some(formula_options(&program))
}
