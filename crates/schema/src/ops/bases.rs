//! Bases as a whole: what they are, deleting them, and the way back.

use db::Group;
use model::{BaseId, Caller};
use tenancy::{Action, Collaborators, Denied};

use super::{BaseEntry, Schemas};
use crate::error::Error;
use crate::store;

impl Schemas {
    /// The bases in which the caller has a role, or those in the trash of the caller's workspaces.
    pub(super) async fn bases(&self, caller: &Caller, deleted: bool) -> Result<Vec<BaseEntry>, Error> {
        let roles = self.access.roles(caller).await?;
        let bases = store::list_bases(&self.db, caller.tenant, deleted).await?;
        let seen = bases.into_iter().filter_map(|base| {
            // What is in the trash belongs to the workspace alone.
            let role =
                if deleted { roles.in_workspace(base.workspace) } else { roles.in_base(base.workspace, base.no) }?;
            let store::BaseRow { id, workspace, name, created, .. } = base;
            Some(BaseEntry { id, name, workspace, role, created })
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
        let held = self.access.permit(caller, Action::DeleteBase, base).await?;
        // A role in the base alone does not let somebody take it from its workspace.
        let permit = self.access.workspace_permit(caller, Action::DeleteBase, held.workspace()).await;
        let permit = permit.map_err(|denied| if matches!(denied, Denied::NotFound) { Denied::Role } else { denied })?;
        let mut tx = self.db.begin(Group::House).await?;
        store::mark_base(&mut tx, &permit, held.base_no(), true);
        tenancy::withdraw_base(&mut tx, &permit, held.base_no());
        Ok(tx.commit().await?)
    }

    /// The bases in the trash of the caller's workspaces.
    ///
    /// # Errors
    /// [`Error::Denied`] without the scope to read schemas.
    pub async fn list_deleted_bases(&self, caller: &Caller) -> Result<Vec<BaseEntry>, Error> {
        self.bases(caller, true).await
    }

    /// Brings a base back from the trash with all that it held.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right, or when there is no such base in the trash of the caller's workspaces.
    pub async fn restore_base(&self, caller: &Caller, base: BaseId) -> Result<BaseEntry, Error> {
        let bases = store::list_bases(&self.db, caller.tenant, true).await?;
        let row = bases.into_iter().find(|row| row.id == base).ok_or(Error::Denied(Denied::NotFound))?;
        let permit = self.access.workspace_permit(caller, Action::DeleteBase, row.workspace).await?;
        let mut tx = self.db.begin(Group::House).await?;
        store::mark_base(&mut tx, &permit, row.no, false);
        tenancy::register_base(&mut tx, &permit, row.id, row.no);
        tx.commit().await?;
        let store::BaseRow { id, workspace, name, created, .. } = row;
        Ok(BaseEntry { id, name, workspace, role: permit.role(), created })
    }
}
