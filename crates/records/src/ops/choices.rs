//! Changing a select: cells do not lose choices without being asked about, and come out empty before a choice goes.

use std::sync::Arc;

use events::{Body, CellChange, RecordChange, SchemaChange};
use model::{BaseId, Caller, CellRef, CellValue, Choice, Field, FieldId, FieldKind, Ordinal, Schema, Table, TableNo};
use schema::FieldPart;
use tenancy::{Action, Permit};

use super::Records;
use super::write::{MOST_LOADED, queue};
use crate::error::Error;
use crate::plan::{choice_cell, previous};
use images::{BaseImage, Mark};

/// Records of one change.
const STEP: usize = 2_000;
/// Choices that are named.
const NAMED: usize = 3;

impl Records {
    /// Changes a field's name, description or options. Choices that are left out and that cells hold are refused, unless
    /// those cells may become empty: then they do in the same change, or in changes of 2,000 records before it.
    ///
    /// # Errors
    /// As [`schema::Schemas::update_field`]; [`Error::Request`] with the number of cells that would lose choices.
    pub async fn update_field(
        &self,
        caller: &Caller,
        base: BaseId,
        place: (&str, &str),
        part: &FieldPart<'_>,
        empties: bool,
    ) -> Result<(Arc<Schema>, FieldId), Error> {
        let needed = [Action::EditSchema, Action::WriteRecords];
        let needed = if empties { &needed[..] } else { &needed[..1] };
        let permit = self.schemas.permit(caller, needed, base).await?;
        let schema = self.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        if let Some(field) = schema.table(place.0).and_then(|table| table.field(place.1)) {
            part.check_type(field)?;
        }
        let Some(place) = part.options.and_then(|_| select_at(&schema, place)) else {
            let FieldPart { name, description, options, .. } = *part;
            return Ok(self.schemas.update_field(caller, base, place, name, description, options).await?);
        };
        let run = format!("choices-{}", self.ids.record(self.clock.now()));
        let mut wanted = Vec::new();
        loop {
            match self.update_select(caller, &permit, place, part, (&run, empties)).await {
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                Err(error) => return Err(error),
                Ok(false) => {}
                Ok(true) => return Ok((self.schemas.snapshot(permit.tenant(), permit.base_no()).await?, place.1)),
            }
        }
    }

    /// One change; true when the field is what it shall be.
    async fn update_select(
        &self,
        caller: &Caller,
        permit: &Permit,
        place: (TableNo, FieldId),
        part: &FieldPart<'_>,
        (run, empties): (&str, bool),
    ) -> Result<bool, Error> {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let (now, sequence) = (self.clock.now(), tx.head().sequence);
        let (mut body, last) = private.read(|image| {
            let schema = schema::updated(&image.schema, place, part, &self.ids, now)?;
            let mut emptied = emptied(image, place, &schema, empties)?;
            let last = emptied.len() <= STEP;
            emptied.truncate(STEP);
            let mut body = Body::default();
            if !emptied.is_empty() {
                body.table(place.0).updated = emptied;
            }
            if last {
                body.schema = schema;
            }
            Ok::<_, Error>((body, last))
        })?;
        let mark = Mark::new(sequence + 1, now, &caller.actor);
        queue(&mut tx, &mut private, (permit, self), &mark, &mut body).await?;
        if body.is_empty() {
            tx.commit().await?;
        } else {
            self.append(caller, tx, private, (now, Some(run.to_owned())), body).await?;
        }
        Ok(last)
    }
}

/// Where a select is.
fn select_at(schema: &Schema, (table, field): (&str, &str)) -> Option<(TableNo, FieldId)> {
    let table = schema.table(table)?;
    let field = table.field(field)?;
    matches!(field.kind, FieldKind::SingleSelect(_) | FieldKind::MultipleSelects(_)).then_some((table.no, field.id))
}

/// The records that hold choices which the field has no more, without these.
fn emptied(
    image: &BaseImage,
    (no, id): (TableNo, FieldId),
    changes: &[SchemaChange],
    empties: bool,
) -> Result<Vec<RecordChange>, Error> {
    let (before, after) = match changes {
        [SchemaChange::Table { before: Some(before), after }] => (before.field_by_id(id), after.field_by_id(id)),
        _ => (None, None),
    };
    let (Some(field), Some(select)) = (before, after.and_then(|after| after.kind.select())) else {
        return Ok(Vec::new());
    };
    let left_out = |choice: &&Choice| select.by_no(choice.no).is_none();
    let gone: Vec<&Choice> = field.kind.select().into_iter().flat_map(|held| &held.choices).filter(left_out).collect();
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    image.need(no, [field.no])?;
    let changes = without(image, no, field, &gone);
    match image.schema.table_by_no(no) {
        Some(table) if !changes.is_empty() && !empties => Err(in_use(table, field, &gone, &changes)),
        _ => Ok(changes),
    }
}

fn without(image: &BaseImage, no: TableNo, field: &Field, gone: &[&Choice]) -> Vec<RecordChange> {
    let rows = image.table(no);
    let is_gone = |number: u32| gone.iter().any(|choice| choice.no == number);
    let changed = rows.live.ones().filter_map(|ordinal| {
        let ordinal = Ordinal(ordinal as u32);
        let before = rows.cell(field.no, ordinal);
        let after = match before {
            CellRef::Choice(number) if is_gone(number) => CellValue::Empty,
            CellRef::Choices(list) if list.iter().any(|number| is_gone(*number)) => {
                let kept = list.iter().copied().filter(|number| !is_gone(*number)).collect();
                choice_cell(&field.kind, kept)
            }
            _ => return None,
        };
        let cells = vec![CellChange { field: field.no, before: before.to_value(), after }];
        Some(RecordChange { ordinal, id: rows.ids.get(ordinal)?, previous: previous(&rows, ordinal), cells })
    });
    changed.collect()
}

fn in_use(table: &Table, field: &Field, gone: &[&Choice], changes: &[RecordChange]) -> Error {
    let cells = || changes.iter().flat_map(|record| &record.cells);
    let holds = |choice: &&&Choice| {
        cells().any(|cell| match &cell.before {
            CellValue::Choice(no) => *no == choice.no,
            CellValue::Choices(list) => list.contains(&choice.no),
            _ => false,
        })
    };
    let mut names: Vec<String> =
        gone.iter().filter(holds).take(NAMED + 1).map(|choice| format!("`{}`", choice.name)).collect();
    if names.len() > NAMED {
        names.truncate(NAMED);
        names.push("others".to_owned());
    }
    let cells = if changes.len() == 1 { "1 cell".to_owned() } else { format!("{} cells", changes.len()) };
    let message = format!(
        "{cells} of `{}` in `{}` would lose choices that `options.choices` leaves out, {}: give these too, or send \
         `\"enableSelectFieldChoiceDeletion\": true` beside `options` to empty what holds them; nothing was done",
        field.name,
        table.name,
        names.join(", ")
    );
    Error::Request { airtable_type: "INVALID_REQUEST_UNKNOWN", message }
}
