//! Which tables follow files, and by what.

use audit::Entry;
use db::Group;
use model::{BaseId, Caller, Field, Schema, Table, same_name};
use tenancy::{Action, Permit};

use super::Transfers;
use crate::error::Error;
use crate::model::{Missing, Sync};
use crate::store::syncs as store;
use crate::words::excerpt;

/// Most syncs of a table.
const MOST: usize = 20;

/// The types of fields by which records can be told apart.
const KEYS: [&str; 15] = [
    "singleLineText",
    "multilineText",
    "richText",
    "email",
    "url",
    "phoneNumber",
    "number",
    "percent",
    "currency",
    "duration",
    "rating",
    "date",
    "dateTime",
    "singleSelect",
    "barcode",
];

/// A sync to make.
#[derive(Debug, Clone)]
pub struct NewSync {
    /// What it is called.
    pub name: String,
    /// The field that tells records apart, by name or id.
    pub key: String,
    /// What becomes of records that a file does not have.
    pub missing: Missing,
}

impl Transfers {
    /// Lets a table follow files that are sent to it from now on.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Schema`] without the table; [`Error::Request`] for a name, also one that the table
    /// has, for a field that cannot be the key, and where the table has too many.
    pub async fn create_sync(
        &self,
        caller: &Caller,
        (base, table): (BaseId, &str),
        new: &NewSync,
    ) -> Result<(Sync, String), Error> {
        let permit = self.parts.schemas.permit(caller, Action::EditSchema, base).await?;
        let Some(owner) = caller.user() else {
            return Err(Error::Request { reason: "only people make syncs".to_owned() });
        };
        let name = schema::valid_name("sync", &new.name)?;
        let schema = self.parts.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        let table = find_table(&schema, table)?;
        let key = key_field(table, &new.key)?.id;
        let now = self.parts.clock.now();
        let id = format!("syn{}", self.parts.ids.record(now).body());
        let sync = Sync { id, table: table.no, name, key, missing: new.missing, owner, created: now };
        let mut tx = self.parts.db.begin(Group::House).await?;
        let names = store::names(&mut tx, &permit, table.no).await?;
        if names.iter().any(|held| same_name(held, &sync.name)) {
            let reason = format!("table `{}` has a sync `{}` already: choose another name", table.name, sync.name);
            return Err(Error::Request { reason });
        }
        if names.len() >= MOST {
            let reason = format!("table `{}` has {MOST} syncs already: delete one", table.name);
            return Err(Error::Request { reason });
        }
        store::insert(&mut tx, &permit, &sync);
        let entry = told("syncs.create", &permit, (&sync.id, &sync.name, table)).with("keyFieldId", key.to_string());
        audit::note(&mut tx, &self.parts.ids, (caller, now), entry);
        tx.commit().await?;
        Ok((sync, table.id.to_string()))
    }

    /// The syncs of a table, the oldest first, and the table's id.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Schema`] without the table.
    pub async fn list_syncs(&self, caller: &Caller, base: BaseId, table: &str) -> Result<(Vec<Sync>, String), Error> {
        let scope = self.parts.access.scope_for(caller, Action::ReadSchema, base).await?;
        let schema = self.parts.schemas.snapshot(scope.tenant(), scope.base_no()).await?;
        let table = find_table(&schema, table)?;
        Ok((store::list(&self.parts.db, &scope, table.no).await?, table.id.to_string()))
    }

    /// Ends a sync. The records stay.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Schema`] without the table; [`Error::NoSync`].
    pub async fn delete_sync(&self, caller: &Caller, (base, table): (BaseId, &str), id: &str) -> Result<(), Error> {
        let permit = self.parts.schemas.permit(caller, Action::EditSchema, base).await?;
        let schema = self.parts.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        let table = find_table(&schema, table)?;
        let mut tx = self.parts.db.begin(Group::House).await?;
        let Some(name) = store::delete(&mut tx, &permit, table.no, id).await? else {
            return Err(no_sync(id, table));
        };
        let entry = told("syncs.delete", &permit, (id, &name, table));
        audit::note(&mut tx, &self.parts.ids, (caller, self.parts.clock.now()), entry);
        Ok(tx.commit().await?)
    }
}

/// What is noted of a sync.
fn told(action: &'static str, permit: &Permit, (id, name, table): (&str, &str, &Table)) -> Entry {
    let entry = Entry::new(action, "sync", id).in_base(permit.base()).in_workspace(permit.workspace());
    entry.with("name", name).with("tableId", table.id.to_string())
}

pub(super) fn no_sync(id: &str, table: &Table) -> Error {
    Error::NoSync { id: excerpt(id, 64), table: table.name.clone() }
}

pub(super) fn find_table<'s>(schema: &'s Schema, name: &str) -> Result<&'s Table, Error> {
    let found = schema.table(name).map(AsRef::as_ref);
    found.ok_or_else(|| Error::Schema(schema::Error::TableNotFound { name: excerpt(name, 255) }))
}

/// The field by which records are matched.
fn key_field<'t>(table: &'t Table, name: &str) -> Result<&'t Field, Error> {
    let field = table.field(name).ok_or_else(|| {
        Error::Schema(schema::Error::FieldNotFound { name: excerpt(name, 64), table: table.name.clone() })
    })?;
    check_key(field)?;
    Ok(field)
}

/// Refuses a field whose values do not tell records apart.
pub(super) fn check_key(field: &Field) -> Result<(), Error> {
    let name = fields::of(&field.kind).name();
    if KEYS.contains(&name) {
        return Ok(());
    }
    let reason = format!(
        "field `{}` of type `{name}` cannot be the key, since that is a field that is written and holds one value of its \
         own: make it one of the types `{}`, or make a sync with another key",
        field.name,
        KEYS.join("`, `")
    );
    Err(Error::Request { reason })
}
