//! Cells that a model writes: what it is to be asked, and what it wrote.

use std::sync::Arc;

use fields::{Incoming, Written as WrittenText};
use model::{AiTextOptions, BaseId, Caller, Field, FieldKind, Ordinal, People, RecordId, Table, TableImage};
use tenancy::Action;

use super::write::{End, Steps, find_all};
use super::{Records, find_table};
use crate::ask::find_field;
use crate::error::Error;
use crate::plan::Plan;
use crate::prompts::{Prompt, Unwritten};
use images::{Asked, BaseImage, View, is_stale};

impl Records {
    /// The cells of a field that a model has not written yet, or for another prompt than theirs is now: of these records,
    /// or of all when none is named.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::TableNotFound`], [`Error::UnknownField`], [`Error::RowDoesNotExist`];
    /// [`Error::Request`] for a field of another type.
    pub async fn unwritten(
        &self,
        caller: &Caller,
        base: BaseId,
        (table, name): (&str, &str),
        records: &[String],
    ) -> Result<Unwritten, Error> {
        self.schemas.permit(caller, [Action::WriteRecords, Action::ReadRecords], base).await?;
        let (scope, mut view) = self.view(caller, base).await?;
        let table = Arc::clone(find_table(caller, &view.image.schema, table)?);
        let field = Arc::clone(find_field(&table, name)?);
        let FieldKind::AiText(options) = &field.kind else {
            let kind = fields::of(&field.kind).name();
            return Err(Error::Request {
                airtable_type: "INVALID_REQUEST_UNKNOWN",
                message: format!("`{}` is of type `{kind}`: a model writes fields of type `aiText` only", field.name),
            });
        };
        let records = self
            .answer(&scope, &mut view, |view| {
                let rows = view.image.table(table.no);
                let ordinals = if records.is_empty() {
                    rows.live.ones().map(|ordinal| Ordinal(ordinal as u32)).collect()
                } else {
                    find_all(&view.image, &table, records.iter().map(String::as_str))?
                };
                let mut due = Vec::new();
                for ordinal in ordinals {
                    if due_at(view, (&table, &rows), (&field, options), ordinal)?.0 {
                        due.extend(rows.ids.get(ordinal));
                    }
                }
                Ok(due)
            })
            .await?;
        Ok(Unwritten { base, table: table.id, field: field.id, records })
    }

    /// What a model is to be asked for these cells: nothing for those that it has written, that have nothing to ask
    /// about, or that are gone.
    ///
    /// # Errors
    /// [`Error::Denied`] when the base is gone; others of reading.
    pub async fn prompts(&self, caller: &Caller, unwritten: &Unwritten) -> Result<Vec<Prompt>, Error> {
        let (scope, mut view) = self.view(caller, unwritten.base).await?;
        let schema = Arc::clone(&view.image.schema);
        let Some((table, field, options)) = place(&schema, unwritten) else { return Ok(Vec::new()) };
        self.answer(&scope, &mut view, |view| {
            let rows = view.image.table(table.no);
            let mut prompts = Vec::new();
            for record in &unwritten.records {
                let Some(ordinal) = rows.find(*record) else { continue };
                if let (true, Some(asked)) = due_at(view, (table, &rows), (field, options), ordinal)? {
                    prompts.push(Prompt { record: *record, text: asked.text, asked: asked.digest });
                }
            }
            Ok(prompts)
        })
        .await
    }

    /// Puts what a model wrote into cells of a field, as far as they are still there.
    ///
    /// # Errors
    /// As [`Records::update`].
    pub async fn put_texts(
        &self,
        caller: &Caller,
        unwritten: &Unwritten,
        texts: &[(RecordId, WrittenText)],
    ) -> Result<(), Error> {
        let steps = Steps {
            doing: "update records",
            prepare: |_: &BaseImage, _: &Table, _: &Arc<People>| Ok(()),
            targets: |image: &BaseImage, table: &Table, (): &mut ()| {
                let rows = image.table(table.no);
                Ok(texts.iter().filter_map(|(record, _)| rows.find(*record)).collect())
            },
            decide: |plan: &mut Plan<'_>, table: &Arc<Table>, ordinals: Vec<Ordinal>, ()| {
                let field = table.field_by_id(unwritten.field).filter(|field| field.kind.is_generated());
                let Some(field) = field.cloned() else { return Ok((ordinals, ())) };
                for ordinal in &ordinals {
                    let id = plan.rows(table.no).ids.get(*ordinal);
                    let Some((_, text)) = texts.iter().find(|(record, _)| Some(*record) == id) else { continue };
                    plan.update(table, *ordinal, vec![(Arc::clone(&field), Incoming::Cell(text.to_cell()))], false)?;
                }
                Ok((ordinals, ()))
            },
        };
        self.write(caller, (unwritten.base, &unwritten.table.to_string()), End::Commit, steps).await.map(drop)
    }
}

/// Whether a cell is to be written, and what is to be asked for it.
fn due_at(
    view: &View,
    (table, rows): (&Table, &TableImage),
    (field, options): (&Field, &AiTextOptions),
    ordinal: Ordinal,
) -> Result<(bool, Option<Asked>), Error> {
    let written = view.written(table, rows, field, ordinal)?;
    let asked = view.prompt(table, rows, options, ordinal)?;
    let failed = written.as_ref().is_some_and(|written| written.error.is_some());
    Ok((failed || is_stale(written.as_ref(), asked.as_ref()), asked))
}

fn place<'s>(schema: &'s model::Schema, unwritten: &Unwritten) -> Option<(&'s Table, &'s Field, &'s AiTextOptions)> {
    let table = schema.live_tables().find(|table| table.id == unwritten.table)?;
    let field = table.field_by_id(unwritten.field)?;
    let FieldKind::AiText(options) = &field.kind else { return None };
    Some((table, field, options))
}
