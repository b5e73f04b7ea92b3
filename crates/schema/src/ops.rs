//! Operations on bases, tables and fields.

mod bases;
mod copies;
mod removals;
mod trash;
mod views;

use std::sync::Arc;
use std::time::Duration;

use audit::Entry;
use changes::{Changes, NewChange};
use clock::{Clock, Ids};
use db::{Db, Group};
use events::{Body, SchemaChange};
use model::{
    BaseId, BaseNo, Caller, FieldId, Role, Schema, Table, TableNo, TenantNo, Timestamp, WorkspaceId, same_name,
};
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use serde_json::Value;
use tenancy::{Access, Action, Denied, Permit, WorkspacePermit};

use crate::dialect::all_of_airtable;
use crate::edit::{Draft, NewField, NewTable, given_id, numbers_needed, refuse_slow};
use crate::error::Error;
use crate::names::valid_name;
use crate::store;

/// Most bases that are named where several have a name.
const NAMED: usize = 10;

/// A base to make.
#[derive(Debug, Clone)]
pub struct NewBase {
    /// Its id, where one is to be kept.
    pub id: Option<String>,
    /// Name.
    pub name: String,
    /// The workspace it belongs to.
    pub workspace: WorkspaceId,
    /// Its tables.
    pub tables: Vec<NewTable>,
}

/// A base as listed.
#[derive(Debug, Clone)]
pub struct BaseEntry {
    /// Id.
    pub id: BaseId,
    /// Name.
    pub name: String,
    /// The workspace it belongs to.
    pub workspace: WorkspaceId,
    /// The caller's role.
    pub role: Role,
    /// When it was created.
    pub created: Timestamp,
}

/// A base in the trash.
#[derive(Debug, Clone)]
pub struct TrashedBase {
    /// What it is.
    pub base: BaseEntry,
    /// When it is removed by itself, if ever.
    pub expires: Option<Timestamp>,
}

/// A base that was removed, of which rows may be left.
#[derive(Debug, Clone, Copy)]
pub struct Removed {
    /// Which.
    pub place: (TenantNo, BaseNo),
    /// When that was.
    pub time: Timestamp,
}

pub use removals::{Removal, RemovedPart};

/// Schemas by base; an entry is right for exactly its revision.
type Cache = Arc<RwLock<FxHashMap<BaseNo, Arc<Schema>>>>;

/// The handle of this context.
#[derive(Clone)]
pub struct Schemas {
    db: Db,
    changes: Changes,
    access: Access,
    clock: Clock,
    ids: Ids,
    cache: Cache,
    /// For how long what is deleted is kept; for ever without it.
    trash: Option<Duration>,
    /// Whether formulas have only the functions that Airtable has.
    only_airtable: bool,
}

impl Schemas {
    /// Makes the handle.
    pub fn new(db: Db, changes: Changes, access: Access, clock: Clock, ids: Ids) -> Self {
        Self { db, changes, access, clock, ids, cache: Cache::default(), trash: None, only_airtable: false }
    }

    /// Keeps what is deleted for so long.
    #[must_use]
    pub fn keeping_trash(self, trash: Option<Duration>) -> Self {
        Self { trash, ..self }
    }

    /// Takes formulas with functions that Airtable has only, or all.
    #[must_use]
    pub fn with_formulas_of_airtable(self, only_airtable: bool) -> Self {
        Self { only_airtable, ..self }
    }

    /// Whether formulas have only the functions that Airtable has.
    pub fn has_formulas_of_airtable(&self) -> bool {
        self.only_airtable
    }

    /// The schema at the base's head.
    ///
    /// # Errors
    /// [`Error::Db`] when the database fails.
    pub async fn snapshot(&self, tenant: TenantNo, base: BaseNo) -> Result<Arc<Schema>, Error> {
        let head = self.changes.head(base).await?;
        if let Some(schema) = self.cache.read().get(&base).filter(|schema| schema.revision == head.schema_revision) {
            return Ok(Arc::clone(schema));
        }
        let schema = store::schema(&self.db, tenant, base).await?;
        let schema = Arc::new(schema.ok_or_else(|| Error::Invalid { reason: "the base is gone".to_owned() })?);
        self.cache.write().insert(base, Arc::clone(&schema));
        Ok(schema)
    }

    /// Lists the bases that the caller may see.
    ///
    /// # Errors
    /// [`Error::Denied`] without the scope to read schemas.
    pub async fn list_bases(&self, caller: &Caller) -> Result<Vec<BaseEntry>, Error> {
        Ok(self.bases(caller, false).await?.into_iter().map(|(base, _)| base).collect())
    }

    /// The first workspace in which the caller may create bases.
    ///
    /// # Errors
    /// [`Error::Denied`] when there is none.
    pub async fn default_workspace(&self, caller: &Caller) -> Result<WorkspaceId, Error> {
        let roles = self.access.workspaces(caller).await?;
        let found = roles.iter().find(|entry| entry.role >= Role::Creator).map(|entry| entry.id);
        found.ok_or_else(|| {
            let place = Some("any workspace".to_owned());
            Error::Denied(Denied::Role { doing: Action::CreateBase.words(), place })
        })
    }

    /// Finds a base by id or by name: the one of exactly this name, else without regard to case.
    ///
    /// # Errors
    /// [`Error::BaseNotFound`] when there is none that the caller may see, [`Error::Invalid`] when several have the name.
    pub async fn find_base(&self, caller: &Caller, id_or_name: &str) -> Result<BaseEntry, Error> {
        let bases = self.list_bases(caller).await?;
        let id = id_or_name.parse::<BaseId>().ok();
        let is_id = |base: &&BaseEntry| Some(base.id) == id;
        let is_exact = |base: &&BaseEntry| base.name == id_or_name;
        let is_near = |base: &&BaseEntry| same_name(&base.name, id_or_name);
        let found = |is: &dyn Fn(&&BaseEntry) -> bool| bases.iter().filter(is).collect::<Vec<_>>();
        let called = [found(&is_id), found(&is_exact), found(&is_near)].into_iter().find(|called| !called.is_empty());
        let name = || id_or_name.chars().take(64).collect::<String>();
        match called.as_deref() {
            Some([base]) => Ok((*base).clone()),
            Some(several) => {
                let ids = several.iter().take(NAMED).map(|base| format!("`{}`", base.id)).collect::<Vec<_>>();
                let reason = format!("several bases are called `{}`: give the id of one, {}", name(), ids.join(", "));
                Err(Error::Invalid { reason })
            }
            None => Err(Error::BaseNotFound { name: name() }),
        }
    }

    /// As [`Access::permit`]; a refusal of the role names the base.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn permit(&self, caller: &Caller, actions: impl AsRef<[Action]>, base: BaseId) -> Result<Permit, Denied> {
        match self.access.permit(caller, actions, base).await {
            Err(denied) => Err(self.named(caller, denied, base, None).await),
            permit => permit,
        }
    }

    /// As [`Access::permit`] for what is done in a table; a refusal of the role tells that in these words and names the table.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn permit_in_table(
        &self,
        caller: &Caller,
        (action, doing): (Action, &'static str),
        (base, table): (BaseId, &str),
    ) -> Result<Permit, Denied> {
        match self.access.permit(caller, action, base).await {
            Err(Denied::Role { place, .. }) => {
                Err(self.named(caller, Denied::Role { doing, place }, base, Some(table)).await)
            }
            permit => permit,
        }
    }

    /// A refusal of the role with the name of its place, where the caller may see that.
    async fn named(&self, caller: &Caller, denied: Denied, base: BaseId, table: Option<&str>) -> Denied {
        if !matches!(denied, Denied::Role { .. }) {
            return denied;
        }
        let Ok(schema) = self.describe(caller, base).await else { return denied };
        denied.within(|| match table.and_then(|name| schema.table(name)) {
            Some(table) => format!("table {} ({})", table.name, table.id),
            None => format!("base {} ({base})", schema.name),
        })
    }

    /// The schema of a base that the caller may read.
    ///
    /// # Errors
    /// [`Error::Denied`] when the base does not exist for the caller.
    pub async fn describe(&self, caller: &Caller, base: BaseId) -> Result<Arc<Schema>, Error> {
        let permit = self.access.permit(caller, Action::ReadSchema, base).await?;
        self.snapshot(permit.tenant(), permit.base_no()).await
    }

    /// Creates a base with its tables.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to create bases in the workspace; the errors of tables and fields.
    pub async fn create_base(&self, caller: &Caller, new: NewBase) -> Result<Arc<Schema>, Error> {
        let keeps_ids = new.id.is_some() || new.tables.iter().any(NewTable::has_ids);
        let needed = [Action::CreateBase, Action::KeepIds];
        let needed = if keeps_ids { &needed[..] } else { &needed[..1] };
        let permit = self.access.workspace_permit(caller, needed, new.workspace).await?;
        let name = valid_name("base", &new.name)?;
        if new.tables.is_empty() {
            return Err(Error::Invalid { reason: "a base needs at least one table in `tables`".to_owned() });
        }
        refuse_slow(new.tables.iter().flat_map(NewTable::told))?;
        let given = new.id.as_deref().map(given_id).transpose()?;
        let fields: u32 = new.tables.iter().map(|table| numbers_needed(&table.fields)).sum();
        let numbers = (new.tables.len() as u32, fields);
        let made = self.make_base((caller, &permit), (given, name), numbers, false, |draft| {
            let made = draft.add_tables(&new.tables);
            made.map_err(|error| draft.placed(error))
        });
        Ok(made.await?.0)
    }

    /// Makes a base of what `fill` drafts, at its place in the workspace or in the trash.
    async fn make_base<T>(
        &self,
        (caller, permit): (&Caller, &WorkspacePermit),
        (given, name): (Option<BaseId>, String),
        numbers: (u32, u32),
        trashed: bool,
        fill: impl FnOnce(&mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<(Arc<Schema>, T), Error> {
        let mut tx = self.db.begin(Group::House).await?;
        let now = self.clock.now();
        let no = store::next_base(&mut tx).await?;
        let id = match given {
            Some(id) if store::is_base(&mut tx, id).await? => {
                let reason = format!("the id `{id}` is in use already, by a base that may be in the trash");
                return Err(Error::Invalid { reason });
            }
            Some(id) => {
                store::give_up_id(&mut tx, id, self.ids.base(now));
                id
            }
            None => self.ids.base(now),
        };
        let row =
            store::BaseRow { no, id, workspace: permit.workspace(), name: name.clone(), created: now, deleted: None };
        store::insert_base(&mut tx, permit, &row);
        if trashed {
            store::trash_base(&mut tx, permit, no, now).await?;
        } else {
            tenancy::register_base(&mut tx, permit, row.id, no);
        }
        let entry = base_entry("bases.create", row.id, permit).with("name", name.as_str());
        audit::note(&mut tx, &self.ids, (caller, now), entry);
        Changes::create_head(&mut tx, permit.tenant(), no, now);
        let next = store::take(&mut tx, permit.tenant(), no, numbers).await?;
        let schema = Schema { base_no: no, base: row.id, name, revision: 1, tables: Vec::new() };
        let mut draft = Draft::new(schema, next, &self.ids, now);
        draft.only_airtable = self.only_airtable;
        let filled = fill(&mut draft)?;
        self.check(&draft)?;
        for (_, table) in draft.changes() {
            store::write_table(&mut tx, permit.tenant(), no, table)?;
        }
        let schema = Arc::new(draft.schema);
        tx.commit().await?;
        Ok((schema, filled))
    }

    /// Adds a table.
    ///
    /// # Errors
    /// [`Error::TableName`], [`Error::FieldType`] and the like; [`Error::Denied`] without the right.
    pub async fn create_table(
        &self,
        caller: &Caller,
        base: BaseId,
        new: &NewTable,
    ) -> Result<(Arc<Schema>, TableNo), Error> {
        self.allow_edit(caller, base, new.has_ids()).await?;
        refuse_slow(new.told())?;
        let numbers = (1, numbers_needed(&new.fields));
        self.edit(caller, base, numbers, |draft| {
            let made = draft.add_tables(std::slice::from_ref(new))?;
            made.first().copied().ok_or_else(|| Error::Invalid { reason: "no table was made".to_owned() })
        })
        .await
    }

    /// Changes a table's name or description.
    ///
    /// # Errors
    /// [`Error::TableNotFound`], [`Error::TableName`]; [`Error::Denied`] without the right.
    pub async fn update_table(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        name: Option<&str>,
        description: Option<&str>,
    ) -> Result<(Arc<Schema>, TableNo), Error> {
        self.edit(caller, base, (0, 0), |draft| {
            let no = find_table(&draft.schema, table)?.no;
            draft.rename_table(no, name, description)?;
            Ok(no)
        })
        .await
    }

    /// Adds a field; a link makes its other side too.
    ///
    /// # Errors
    /// [`Error::FieldName`], [`Error::FieldType`], [`Error::Options`], [`Error::Formula`]; [`Error::Denied`] without
    /// the right.
    pub async fn create_field(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        new: &NewField,
    ) -> Result<(Arc<Schema>, FieldId), Error> {
        self.allow_edit(caller, base, new.has_ids()).await?;
        refuse_slow([new.told()])?;
        let numbers = (0, numbers_needed(std::slice::from_ref(new)));
        self.edit(caller, base, numbers, |draft| {
            let no = find_table(&draft.schema, table)?.no;
            draft.add_field(no, new)
        })
        .await
    }

    /// Adds the fields of whose names the table has none, in one change; answers the schema with all of them.
    ///
    /// # Errors
    /// As [`Schemas::create_field`].
    pub async fn add_missing_fields(
        &self,
        caller: &Caller,
        base: BaseId,
        table: &str,
        new: &[NewField],
    ) -> Result<Arc<Schema>, Error> {
        self.allow_edit(caller, base, new.iter().any(NewField::has_ids)).await?;
        refuse_slow(new.iter().map(NewField::told))?;
        let made = self.edit(caller, base, (0, numbers_needed(new)), |draft| {
            let no = find_table(&draft.schema, table)?.no;
            for new in new {
                let lacks = |table: &Arc<Table>| table.field(&new.name).is_none();
                if draft.schema.table_by_no(no).is_some_and(lacks) {
                    draft.add_field(no, new)?;
                }
            }
            Ok(())
        });
        Ok(made.await?.0)
    }

    /// Changes a field's name, description or options.
    ///
    /// # Errors
    /// As [`Schemas::create_field`], and [`Error::FieldNotFound`], [`Error::Cycle`].
    pub async fn update_field(
        &self,
        caller: &Caller,
        base: BaseId,
        (table, field): (&str, &str),
        name: Option<&str>,
        description: Option<&str>,
        options: Option<&Value>,
    ) -> Result<(Arc<Schema>, FieldId), Error> {
        self.allow_edit(caller, base, false).await?;
        refuse_slow([(field, options)])?;
        let numbers = (0, u32::from(options.is_some()));
        self.edit(caller, base, numbers, |draft| {
            let table = Arc::clone(find_table(&draft.schema, table)?);
            let field = table.field(field).ok_or_else(|| Error::FieldNotFound {
                name: field.chars().take(64).collect(),
                table: table.name.clone(),
            })?;
            draft.update_field(table.no, field.id, name, description, options)?;
            Ok(field.id)
        })
        .await
    }

    /// Refuses who may not edit the schema before anything is computed for them.
    async fn allow_edit(&self, caller: &Caller, base: BaseId, keeps_ids: bool) -> Result<(), Error> {
        let needed = [Action::EditSchema, Action::KeepIds];
        let needed = if keeps_ids { &needed[..] } else { &needed[..1] };
        self.permit(caller, needed, base).await?;
        Ok(())
    }

    /// Permit, begin, decide on a draft of the present schema, write what became different, commit.
    async fn edit<T>(
        &self,
        caller: &Caller,
        base: BaseId,
        numbers: (u32, u32),
        decide: impl FnOnce(&mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<(Arc<Schema>, T), Error> {
        self.edit_as((caller, Action::EditSchema), base, numbers, decide).await
    }

    fn check(&self, draft: &Draft<'_>) -> Result<(), Error> {
        if self.only_airtable { all_of_airtable(draft) } else { Ok(()) }
    }

    async fn edit_as<T>(
        &self,
        (caller, action): (&Caller, Action),
        base: BaseId,
        numbers: (u32, u32),
        decide: impl FnOnce(&mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<(Arc<Schema>, T), Error> {
        let permit = self.permit(caller, action, base).await?;
        let (tenant, no) = (permit.tenant(), permit.base_no());
        let mut tx = self.changes.begin(tenant, no).await?;
        let schema = store::schema_in(&mut tx, tenant, no).await?;
        let schema = schema.ok_or_else(|| Error::Invalid { reason: "the base is gone".to_owned() })?;
        let next = if numbers == (0, 0) { (0, 0) } else { store::take(&mut tx, tenant, no, numbers).await? };
        let now = self.clock.now();
        let mut draft = Draft::new(schema, next, &self.ids, now);
        draft.only_airtable = self.only_airtable;
        let answer = decide(&mut draft)?;
        self.check(&draft)?;
        let body = write(&mut tx, &permit, &draft)?;
        if !body.schema.is_empty() {
            draft.schema.revision += 1;
            audit::note_schema(&mut tx, &self.ids, (caller, now), base, &body);
            tx.append(NewChange {
                run: None,
                actor: caller.actor.clone(),
                door: caller.door,
                time: now,
                body,
                schema_changed: true,
            });
        }
        // Where nothing is written either: what was looked at may be of a change that is not synced yet.
        tx.commit().await?;
        Ok((Arc::new(draft.schema), answer))
    }
}

fn write(tx: &mut db::Tx, permit: &Permit, draft: &Draft<'_>) -> Result<Body, Error> {
    let mut body = Body::default();
    for (before, after) in draft.changes() {
        if before.as_ref() != Some(after) {
            store::write_table(tx, permit.tenant(), permit.base_no(), after)?;
            body.schema.push(SchemaChange::Table { before, after: Arc::clone(after) });
        }
    }
    if !body.schema.is_empty() {
        store::revise(tx, permit);
    }
    Ok(body)
}

fn base_entry(action: &'static str, base: BaseId, permit: &WorkspacePermit) -> Entry {
    Entry::new(action, "base", base).in_base(base).in_workspace(permit.workspace())
}

fn find_table<'s>(schema: &'s Schema, name: &str) -> Result<&'s Arc<Table>, Error> {
    schema.table(name).ok_or_else(|| Error::TableNotFound { name: name.chars().take(64).collect() })
}

#[cfg(test)]
mod tests;
