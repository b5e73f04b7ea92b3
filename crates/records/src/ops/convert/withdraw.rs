//! Removing what a conversion leaves that comes to no end: the cells that it filled, or the links and their fields in the
//! trash.

use std::sync::Arc;

use events::Body;
use images::{BaseImage, Mark};
use model::{Caller, CellRef, CellValue, FieldNo, Ordinal, TableNo};
use tenancy::Permit;

use super::{Conversion, Records, STEP, Work};
use crate::error::Error;
use crate::ops::write::{MOST_LOADED, queue};
use crate::plan::{LinkWrite, Plan};

impl Records {
    /// Empties the cells that were filled; removes links, then their fields. What somebody has taken out of the trash meanwhile stays.
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
}

impl Conversion {
    /// The next records whose cells are emptied, or whose links are taken out of the trash, or at last the fields.
    fn withdrawal(&self, image: &BaseImage, now: model::Timestamp) -> Body {
        let (table, no) = (self.table.no, self.no.unwrap_or(self.target.no));
        let field = image.schema.table_by_no(table).and_then(|table| table.field_by_no(no)).cloned();
        if self.names.is_none() {
            // A field with this number is the end of a conversion of which only the answer was lost.
            let emptied = filled(image, table, no).into_iter().map(|ordinal| (ordinal, CellValue::Empty));
            return if field.is_none() { self.body(image, emptied.collect()) } else { Body::default() };
        }
        let schema = schema::without_link(&image.schema, (table, no), &self.ids, now);
        if schema.is_empty() {
            return Body::default();
        }
        let mut plan = Plan::new(image, &self.ids, now);
        for record in filled(image, table, no) {
            if let Some(field) = &field {
                plan.write_links(LinkWrite { table, field: Arc::clone(field), record, list: Vec::new() });
            }
        }
        let body = plan.finish();
        if body.is_empty() { Body { schema, ..body } } else { body }
    }
}

fn filled(image: &BaseImage, table: TableNo, no: FieldNo) -> Vec<Ordinal> {
    let rows = image.table(table);
    let all = (0..rows.len()).map(|ordinal| Ordinal(ordinal as u32));
    let is_filled = |ordinal: &Ordinal| match rows.cell(no, *ordinal) {
        CellRef::Links(list) => !list.is_empty(),
        cell => !cell.is_empty(),
    };
    all.filter(is_filled).take(STEP).collect()
}
