//! Bases as a whole: what they are, deleting them, and the way back.

use std::time::Duration;

use audit::Entry;
use db::Group;
use model::{BaseId, BaseNo, Caller, TenantNo, Timestamp};
use tenancy::{Action, Collaborators, Denied, WorkspacePermit};

use super::{BaseEntry, Removed, Schemas, TrashedBase, base_entry};
use crate::error::Error;
use crate::store;

impl Schemas {
    /// The bases in which the caller has a role, or those in the trash of the caller's workspaces, with the time when each
    /// was deleted.
    pub(super) async fn bases(
        &self,
        caller: &Caller,
        deleted: bool,
    ) -> Result<Vec<(BaseEntry, Option<Timestamp>)>, Error> {
        let roles = self.access.roles(caller).await?;
        let bases = store::list_bases(&self.db, caller.tenant, deleted).await?;
        let seen = bases.into_iter().filter_map(|base| {
            // What is in the trash belongs to the workspace alone.
            let role =
                if deleted { roles.in_workspace(base.workspace) } else { roles.in_base(base.workspace, base.no) }?;
            let store::BaseRow { id, workspace, name, created, deleted, .. } = base;
            Some((BaseEntry { id, name, workspace, role, created }, deleted))
        });
        Ok(seen.collect())
    }

    /// A base that the caller may see.
    ///
    /// # Errors
    /// [`Error::Denied`] when it does not exist for the caller.
    pub async fn get_base(&self, caller: &Caller, base: BaseId) -> Result<BaseEntry, Error> {
        let bases = self.list_bases(caller).await?;
        bases.into_iter().find(|entry| entry.id == base).ok_or(Error::Denied(Denied::NotFound))
    }

    /// Who has a role in a base.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to read that, or when the base does not exist for the caller.
    pub async fn collaborators(&self, caller: &Caller, base: BaseId) -> Result<Collaborators, Error> {
        Ok(self.access.collaborators(caller, base).await?)
    }

    /// Moves a base to the trash: from then on it is as if it were not.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, or when the base does not exist for the caller.
    pub async fn delete_base(&self, caller: &Caller, base: BaseId) -> Result<(), Error> {
        let refused = || Error::Denied(Denied::Role { doing: "delete this base", place: None });
        let held = match self.access.permit(caller, Action::DeleteBase, base).await {
            Err(Denied::Role { .. }) => return Err(refused()),
            held => held?,
        };
        // A role in the base alone does not let somebody take it from its workspace.
        let permit = match self.access.workspace_permit(caller, Action::DeleteBase, held.workspace()).await {
            Err(Denied::NotFound) => return Err(refused()),
            permit => permit?,
        };
        let mut tx = self.db.begin(Group::House).await?;
        let now = self.clock.now();
        let Some(name) = store::trash_base(&mut tx, &permit, held.base_no(), now).await? else {
            return Err(Error::Denied(Denied::NotFound));
        };
        let entry = base_entry("bases.delete", base, &permit).with("name", name);
        audit::note(&mut tx, &self.ids, (caller, now), entry);
        tenancy::withdraw_base(&mut tx, &permit, held.base_no());
        Ok(tx.commit().await?)
    }

    /// The bases in the trash of the caller's workspaces.
    ///
    /// # Errors
    /// [`Error::Denied`] without the scope to read schemas.
    pub async fn list_deleted_bases(&self, caller: &Caller) -> Result<Vec<TrashedBase>, Error> {
        let bases = self.bases(caller, true).await?.into_iter();
        let trashed = bases.map(|(base, deleted)| {
            let expires =
                deleted.zip(self.trash).map(|(deleted, trash)| Timestamp(deleted.0.saturating_add(micros(trash))));
            TrashedBase { base, expires }
        });
        Ok(trashed.collect())
    }

    /// Brings a base back from the trash with all that it held.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, or when there is no such base in the trash of the caller's workspaces.
    pub async fn restore_base(&self, caller: &Caller, base: BaseId) -> Result<BaseEntry, Error> {
        let (row, permit) = self.trashed(caller, Action::DeleteBase, base).await?;
        let mut tx = self.db.begin(Group::House).await?;
        if !store::restore_base(&mut tx, &permit, row.no).await? {
            return Err(Error::Denied(Denied::NotFound));
        }
        tenancy::register_base(&mut tx, &permit, row.id, row.no);
        let now = self.clock.now();
        let entry = base_entry("bases.restore", row.id, &permit).with("name", row.name.as_str());
        audit::note(&mut tx, &self.ids, (caller, now), entry);
        tx.commit().await?;
        let store::BaseRow { id, workspace, name, created, .. } = row;
        Ok(BaseEntry { id, name, workspace, role: permit.role(), created })
    }

    /// Removes a base from the trash for good: nobody can bring it back, and what is left of it is cleared away.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, or when there is no such base in the trash of the caller's workspaces.
    pub async fn remove_base(&self, caller: &Caller, base: BaseId) -> Result<(), Error> {
        let (row, permit) = self.trashed(caller, Action::RemoveBase, base).await?;
        let removed = self.remove(caller, (permit.tenant(), row.no), Timestamp(i64::MAX)).await?;
        if removed { Ok(()) } else { Err(Error::Denied(Denied::NotFound)) }
    }

    /// Removes the bases that have been in the trash for longer than they are kept there, and tells how many.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn remove_expired(&self) -> Result<u64, Error> {
        let Some(trash) = self.trash else { return Ok(0) };
        let now = self.clock.now();
        let mut tx = self.db.begin(Group::House).await?;
        store::note_times(&mut tx, now);
        tx.commit().await?;
        let before = Timestamp(now.0.saturating_sub(micros(trash)));
        let (mut after, mut removed) = (BaseNo(0), 0);
        loop {
            let expired = store::expired(&self.db, before, after).await?;
            let Some((_, last)) = expired.last() else { return Ok(removed) };
            after = *last;
            for place in expired {
                let house = Caller::system(place.0, "history.trash_days");
                removed += u64::from(self.remove(&house, place, before).await?);
            }
        }
    }

    /// Bases after a number that were removed and of which something may be left, in the order of their numbers.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn list_removed(&self, after: BaseNo) -> Result<Vec<Removed>, Error> {
        store::removed(&self.db, after).await
    }

    /// Notes that nothing is left of a base that was removed.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn note_swept(&self, place: (TenantNo, BaseNo)) -> Result<(), Error> {
        let mut tx = self.db.begin(Group::House).await?;
        store::swept(&mut tx, place);
        Ok(tx.commit().await?)
    }

    /// A base in the trash with which the caller may do this.
    async fn trashed(
        &self,
        caller: &Caller,
        action: Action,
        base: BaseId,
    ) -> Result<(store::BaseRow, WorkspacePermit), Error> {
        let bases = store::list_bases(&self.db, caller.tenant, true).await?;
        let row = bases.into_iter().find(|row| row.id == base).ok_or(Error::Denied(Denied::NotFound))?;
        let permit = self.access.workspace_permit(caller, action, row.workspace).await?;
        Ok((row, permit))
    }

    /// Removes a base that was deleted before a time; false when it is not in the trash any more.
    async fn remove(&self, caller: &Caller, place: (TenantNo, BaseNo), before: Timestamp) -> Result<bool, Error> {
        let mut tx = match self.changes.begin(place.0, place.1).await {
            Err(changes::Error::NoBase { .. }) => return Ok(false),
            begun => begun?,
        };
        let now = self.clock.now();
        let Some(removed) = store::remove_base(&mut tx, place, (before, now)).await? else { return Ok(false) };
        let entry = Entry::new("bases.remove", "base", removed.id).in_base(removed.id).in_workspace(removed.workspace);
        audit::note(&mut tx, &self.ids, (caller, now), entry);
        tx.remove_base();
        tx.commit().await?;
        self.cache.write().remove(&place.1);
        Ok(true)
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
