//! Cells that a model writes. It is asked above this crate: the catalog hands in who queues that.

use std::fmt;
use std::sync::Arc;

use db::Tx;
use events::{Body, RecordCells};
use model::{
    AiTextOptions, BaseId, ButtonOptions, Field, FieldId, FieldKind, FieldNo, FormulaOptions, RecordId, Table, TableId,
};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use tenancy::Permit;

use crate::error::Error;
use images::BaseImage;

/// Records whose cells are written together.
const TOGETHER: usize = 100;

/// Cells of a field that a model shall write, at most a hundred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwritten {
    /// The base.
    pub base: BaseId,
    /// The table.
    pub table: TableId,
    /// The field.
    pub field: FieldId,
    /// The records.
    pub records: Vec<RecordId>,
}

/// What a model is to be asked for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The record.
    pub record: RecordId,
    /// The prompt with the values of the record.
    pub text: String,
    /// Its digest, which the cell keeps.
    pub asked: String,
}

type Queue = Arc<dyn Fn(&mut Tx, &Permit, &Unwritten) -> Result<(), String> + Send + Sync>;

/// Who has cells written: nobody by default, and then they stay as they are.
#[derive(Clone, Default)]
pub struct Generation(Option<Queue>);

impl Generation {
    /// With a function that queues the writing of cells in the transaction of the change that made them out of date, or
    /// says why it cannot.
    pub fn new(queue: impl Fn(&mut Tx, &Permit, &Unwritten) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(queue)))
    }

    /// Queues the cells that a change puts out of date, as far as the table itself tells.
    pub(crate) fn queue(&self, tx: &mut Tx, permit: &Permit, image: &BaseImage, body: &Body) -> Result<(), Error> {
        let Some(queue) = &self.0 else { return Ok(()) };
        let changed = body.tables.iter().map(|part| part.table);
        let linked = body.tables.iter().any(|part| !part.links.is_empty());
        let changed: Vec<_> = changed.collect();
        for table in image.schema.live_tables().filter(|table| linked || changed.contains(&table.no)) {
            for (field, options) in written_fields(table) {
                let records = out_of_date(image, body, (table, field), options);
                for records in records.chunks(TOGETHER) {
                    let unwritten =
                        Unwritten { base: permit.base(), table: table.id, field: field.id, records: records.to_vec() };
                    queue(tx, permit, &unwritten).map_err(|reason| Error::Request {
                        airtable_type: "INVALID_REQUEST_UNKNOWN",
                        message: reason,
                    })?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Generation").field(&self.0.is_some()).finish()
    }
}

fn written_fields(table: &Table) -> impl Iterator<Item = (&Arc<Field>, &AiTextOptions)> {
    table.live_fields().filter_map(|field| match &field.kind {
        FieldKind::AiText(options) => Some((field, options)),
        _ => None,
    })
}

/// The records of which a change makes or changes what a prompt is made of.
fn out_of_date(
    image: &BaseImage,
    body: &Body,
    (table, field): (&Table, &Field),
    options: &AiTextOptions,
) -> Vec<RecordId> {
    let inputs = inputs(table, options);
    let mut records = Vec::new();
    if let Some(part) = body.tables.iter().find(|part| part.table == table.no) {
        // A copy comes with what was written for the record that it is a copy of.
        let unwritten = |record: &&RecordCells| record.cells.iter().all(|(no, _)| *no != field.no);
        records.extend(part.created.iter().filter(unwritten).map(|record| record.id));
        records.extend(part.restored.iter().map(|record| record.id));
        let changed = part.updated.iter().filter(|record| record.cells.iter().any(|cell| inputs.contains(&cell.field)));
        records.extend(changed.map(|record| record.id));
    }
    let rows = image.table(table.no);
    let links = table.live_fields().filter(|field| inputs.contains(&field.no)).filter_map(|field| field.kind.link());
    for link in links {
        for delta in body.tables.iter().flat_map(|part| &part.links).filter(|delta| delta.relation == link.relation) {
            let own = link.linked_table_no == table.no;
            let sides = [(own || !link.reversed, delta.from), (own || link.reversed, delta.to)];
            let ours = sides.into_iter().filter(|(ours, _)| *ours);
            records.extend(ours.filter_map(|(_, ordinal)| rows.ids.get(ordinal)));
        }
    }
    let mut seen = FxHashSet::default();
    records.retain(|record| seen.insert(*record));
    records
}

/// The stored fields of a table that a prompt is made of. What its lookups find in other tables is not among them.
fn inputs(table: &Table, options: &AiTextOptions) -> FxHashSet<FieldNo> {
    let mut inputs = FxHashSet::default();
    let mut next = options.references();
    while let Some(field) = next.pop().and_then(|id| table.field_by_id(id)) {
        if !inputs.insert(field.no) {
            continue;
        }
        match &field.kind {
            FieldKind::Formula(FormulaOptions { references, .. })
            | FieldKind::Button(ButtonOptions { references, .. }) => next.extend(references),
            FieldKind::Count(count) => next.push(count.link),
            kind => next.extend(kind.looks_through().map(|(link, _)| link)),
        }
    }
    inputs
}
