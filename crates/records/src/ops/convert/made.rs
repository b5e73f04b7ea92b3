//! Records that a conversion to links makes for names that none has, and removes where it comes to no end.

use images::BaseImage;
use model::{BaseId, Caller, CellRef, Field, FieldNo, Ordinal, RecordId, Table};
use serde_json::{Map, Value};

use super::names::Missing;
use super::{Converted, How, NewType, Records, STEP, meanwhile};
use crate::error::Error;
use crate::ops::write::{End, NewRecord, Steps};
use crate::plan::Plan;

/// Records that were made in one change.
struct Made {
    change: i64,
    records: Vec<RecordId>,
}

impl Records {
    /// Makes a record for each of these names, then converts.
    pub(super) async fn make_and_convert(
        &self,
        caller: &Caller,
        (base, table, field): (BaseId, &Table, &Field),
        (linked, primary, names): (&Table, &Field, &Missing),
        (new, how): (&NewType, How),
    ) -> Result<Converted, Error> {
        let mut made = Vec::new();
        let done = match self.make_named(caller, base, (linked, primary), names, &mut made).await {
            Ok(()) => {
                let place = (table.id.to_string(), field.id.to_string());
                let place = ((place.0.as_str(), place.1.as_str()), Some(field.no));
                Box::pin(self.convert_held(caller, base, place, new, How { make: false, ..how })).await
            }
            Err(error) => Err(error),
        };
        // Somebody else may have made records of these names first, or removed some.
        let removed = self.remove_made(caller, (base, linked), &made).await?;
        match done {
            Ok(done) => Ok(Converted { made: names.len() - removed, ..done }),
            Err(Error::Loss { .. }) => Err(meanwhile("records that are named were removed meanwhile: ask again")),
            Err(error) => Err(error),
        }
    }

    /// Makes records with these names.
    async fn make_named(
        &self,
        caller: &Caller,
        base: BaseId,
        (table, primary): (&Table, &Field),
        names: &Missing,
        made: &mut Vec<Made>,
    ) -> Result<(), Error> {
        let record = |name: &String| Map::from_iter([(primary.id.to_string(), Value::String(name.clone()))]);
        let records: Vec<NewRecord> = names.values().map(record).collect();
        for step in records.chunks(STEP) {
            let written = self.create(caller, base, &table.id.to_string(), step, true).await?;
            made.push(Made { change: written.sequence, records: written.found.ids() });
        }
        Ok(())
    }

    /// Deletes records that were made for names, but for those that somebody has changed or linked to since; answers how many.
    async fn remove_made(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &Table),
        made: &[Made],
    ) -> Result<usize, Error> {
        let mut removed = 0;
        for Made { change, records } in made {
            let steps = Steps {
                doing: "delete records",
                prepare: |_: &BaseImage, _: &Table, _: &_| Ok(()),
                targets: |image: &BaseImage, table: &Table, (): &mut ()| Ok(untouched(image, table, records, *change)),
                decide: |plan: &mut Plan<'_>, table: &_, ordinals: Vec<Ordinal>, ()| {
                    for ordinal in &ordinals {
                        plan.delete(table, *ordinal);
                    }
                    plan.body.undoes = Some(*change);
                    Ok((Vec::new(), ordinals.len()))
                },
            };
            removed += self.write(caller, (base, &table.id.to_string()), End::Commit, steps).await?.1;
        }
        Ok(removed)
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
