//! Removing what a conversion leaves that comes to no end: the links that it filled in the trash, and the records that it
//! made for names.

use events::Body;
use images::{BaseImage, Mark};
use model::{BaseId, Caller, CellRef, FieldNo, Ordinal, RecordId, Table, TableNo};
use tenancy::Permit;

use super::{Conversion, Records, STEP, Work};
use crate::error::Error;
use crate::ops::write::{End, MOST_LOADED, Steps, queue};
use crate::plan::{LinkWrite, Plan};

/// Records that were made in one change.
pub(super) struct Made {
    pub change: i64,
    pub records: Vec<RecordId>,
}

impl Records {
    /// Removes the links that were filled, then their fields. What somebody has taken out of the trash meanwhile stays.
    pub(super) async fn withdraw(&self, caller: &Caller, permit: &Permit, work: &Work<'_>) -> Result<(), Error> {
        let mut wanted = Vec::new();
        loop {
            match self.withdraw_step(caller, permit, work).await {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                // The writer loads no columns.
                Err(Error::NotLoaded { columns }) if wanted.len() < MOST_LOADED => {
                    wanted.extend(columns);
                    self.images.with(permit.tenant(), permit.base_no(), &wanted, None).await?;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// One change of it; false once nothing is left.
    async fn withdraw_step(&self, caller: &Caller, permit: &Permit, work: &Work<'_>) -> Result<bool, Error> {
        let mut tx = self.changes.begin(permit.tenant(), permit.base_no()).await?;
        let mut private = self.images.private(permit.tenant(), permit.base_no(), &mut tx).await?;
        let (now, head) = (self.clock.now(), tx.head().sequence);
        let mut body = private.read(|image| work.conversion.withdrawal(image, now));
        if body.is_empty() {
            return Ok(false);
        }
        let more = body.schema.is_empty();
        queue(&mut tx, &mut private, (permit, self), &Mark::new(head + 1, now, &caller.actor), &mut body).await?;
        self.append(caller, tx, private, (now, Some(work.run.clone())), body).await?;
        Ok(more)
    }

    /// Deletes records that were made for names, but for those that somebody has changed or linked to since.
    pub(super) async fn remove_made(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &Table),
        made: &[Made],
    ) -> Result<(), Error> {
        for Made { change, records } in made {
            let steps = Steps {
                prepare: |_: &BaseImage, _: &Table, _: &_| Ok(()),
                targets: |image: &BaseImage, table: &Table, (): &mut ()| Ok(untouched(image, table, records, *change)),
                decide: |plan: &mut Plan<'_>, table: &_, ordinals: Vec<Ordinal>, ()| {
                    for ordinal in ordinals {
                        plan.delete(table, ordinal);
                    }
                    plan.body.undoes = Some(*change);
                    Ok((Vec::new(), ()))
                },
            };
            self.write(caller, (base, &table.id.to_string()), End::Commit, steps).await?;
        }
        Ok(())
    }
}

/// Those of these records that are as a change made them, and that nothing is linked to.
fn untouched(image: &BaseImage, table: &Table, records: &[RecordId], change: i64) -> Vec<Ordinal> {
    let rows = image.table(table.no);
    let links: Vec<FieldNo> = table.fields.iter().filter(|field| field.kind.link().is_some()).map(|f| f.no).collect();
    let is_untouched = |ordinal: &Ordinal| {
        let linked = |no: &FieldNo| matches!(rows.cell(*no, *ordinal), CellRef::Links(list) if !list.is_empty());
        rows.changed.cell(ordinal.0 as usize) == CellRef::Time(change) && !links.iter().any(linked)
    };
    records.iter().filter_map(|id| rows.find(*id)).filter(is_untouched).collect()
}

impl Conversion {
    /// The next records whose links are taken out of the trash, or at last the fields.
    fn withdrawal(&self, image: &BaseImage, now: model::Timestamp) -> Body {
        let (table, no) = (self.table.no, self.no.unwrap_or(self.target.no));
        let schema = schema::without_link(&image.schema, (table, no), &self.ids, now);
        if schema.is_empty() {
            return Body::default();
        }
        let mut plan = Plan::new(image, &self.ids, now);
        for record in filled(image, table, no) {
            let field = image.schema.table_by_no(table).and_then(|table| table.field_by_no(no)).cloned();
            if let Some(field) = field {
                plan.write_links(LinkWrite { table, field, record, list: Vec::new() });
            }
        }
        let body = plan.finish();
        if body.is_empty() { Body { schema, ..body } } else { body }
    }
}

fn filled(image: &BaseImage, table: TableNo, no: FieldNo) -> Vec<Ordinal> {
    let rows = image.table(table);
    let all = (0..rows.len()).map(|ordinal| Ordinal(ordinal as u32));
    let is_filled = |ordinal: &Ordinal| matches!(rows.cell(no, *ordinal), CellRef::Links(list) if !list.is_empty());
    all.filter(is_filled).take(STEP).collect()
}
