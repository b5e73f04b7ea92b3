//! Removing tables, fields and views from the trash for good, by hand and by time.

use audit::Entry;
use changes::NewChange;
use events::{Body, SchemaChange};
use model::{BaseId, BaseNo, Caller, Schema, TenantNo, Timestamp};
use tenancy::Action;

use super::{Schemas, bases::micros};
use crate::edit::{Draft, Part, is_due};
use crate::error::Error;
use crate::store;

/// Parts of a base that were removed, of which something may be left.
pub struct Removal {
    /// Whose base it is.
    pub place: (TenantNo, BaseNo),
    /// The base's schema, in which marks of them are left.
    pub schema: Schema,
    /// Which.
    pub parts: Vec<RemovedPart>,
}

/// A table, a field or a view that was removed.
pub struct RemovedPart {
    /// Its id.
    pub id: String,
    /// When that was.
    pub time: Timestamp,
    /// Whether what records and the log held of it is cleared away.
    pub swept: bool,
}

impl Schemas {
    /// Removes a table, a field or a view from the trash for good: nobody can bring it back, and what is left of it is cleared
    /// away.
    ///
    /// # Errors
    /// [`Error::NotInTrash`]; [`Error::Denied`] without the right.
    pub async fn remove_part(&self, caller: &Caller, base: BaseId, id: &str) -> Result<(), Error> {
        let permit = self.permit(caller, Action::RemoveBase, base).await?;
        let place = (permit.tenant(), permit.base_no());
        self.remove_parts(caller, place, |draft| draft.remove(id)).await.map(drop)
    }

    /// Removes what has been in the trash of a base for longer than it is kept there, base after base, and tells how much.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn remove_expired_parts(&self) -> Result<usize, Error> {
        let Some(trash) = self.trash else { return Ok(0) };
        let before = Timestamp(self.clock.now().0.saturating_sub(micros(trash)));
        let (mut after, mut removed) = (BaseNo(0), 0);
        loop {
            let bases = store::bases_after(&self.db, after).await?;
            let Some((_, last)) = bases.last() else { return Ok(removed) };
            after = *last;
            for place in bases {
                let schema = store::schema(&self.db, place.0, place.1).await?;
                if schema.is_some_and(|schema| is_due(&schema, before)) {
                    let house = Caller::system(place.0, "history.trash_days");
                    removed += self.remove_parts(&house, place, |draft| Ok(draft.remove_expired(before))).await?;
                }
            }
        }
    }

    /// The first base after a number of which parts were removed and something may be left.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn next_removal(&self, after: BaseNo) -> Result<Option<Removal>, Error> {
        let Some(place) = store::next_removal(&self.db, after).await? else { return Ok(None) };
        let schema = store::schema(&self.db, place.0, place.1).await?;
        let schema = schema.ok_or_else(|| Error::Invalid { reason: "the base is gone".to_owned() })?;
        Ok(Some(Removal { place, schema, parts: store::removals(&self.db, place).await? }))
    }

    /// Notes that nothing is left of these parts, and forgets those that were removed before a time.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn note_parts_swept(&self, removal: &Removal, before: Timestamp) -> Result<(), Error> {
        let Some(until) = removal.parts.iter().map(|part| part.time).max() else { return Ok(()) };
        let mut tx = self.db.begin(db::Group::House).await?;
        store::swept_parts(&mut tx, removal.place, until, before);
        Ok(tx.commit().await?)
    }

    /// Removes what is decided on in one change of the schema, and tells how much.
    async fn remove_parts(
        &self,
        caller: &Caller,
        place: (TenantNo, BaseNo),
        decide: impl FnOnce(&mut Draft<'_>) -> Result<Vec<Part>, Error>,
    ) -> Result<usize, Error> {
        let mut tx = match self.changes.begin(place.0, place.1).await {
            Err(changes::Error::NoBase { .. }) => return Ok(0),
            begun => begun?,
        };
        let Some(schema) = store::schema_in(&mut tx, place.0, place.1).await? else { return Ok(0) };
        let (base, now) = (schema.base, self.clock.now());
        let mut draft = Draft::new(schema, (0, 0), &self.ids, now);
        let removed = decide(&mut draft)?;
        let mut body = Body::default();
        for (before, after) in draft.changes().filter(|(before, after)| before.as_ref() != Some(*after)) {
            store::write_table(&mut tx, place.0, place.1, after)?;
            body.schema.push(SchemaChange::Table { before, after: after.clone() });
        }
        if body.schema.is_empty() {
            return Ok(0);
        }
        store::revise_base(&mut tx, place);
        for part in &removed {
            store::note_removal(&mut tx, place, &part.id, now);
            let entry = Entry::new(part.action, part.kind, &part.id).in_base(base).with("name", part.name.as_str());
            let entry = if part.kind == "table" { entry } else { entry.with("tableId", part.table.to_string()) };
            audit::note(&mut tx, &self.ids, (caller, now), entry);
        }
        let (actor, door) = (caller.actor.clone(), caller.door);
        tx.append(NewChange { run: None, actor, door, time: now, body, schema_changed: true });
        tx.commit().await?;
        Ok(removed.len())
    }
}
