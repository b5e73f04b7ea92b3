//! The handle and its operations.

use std::sync::Arc;

use ::model::{
    BaseId, Caller, Field, FieldId, Schema, Scope as TokenScope, ShareId, Table, View, ViewType, WantedName,
};
use audit::Entry;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use clock::{Clock, Ids};
use db::{Db, Group};
use records::{ListQuery, Page, Records, Shape};
use schema::Schemas;
use tenancy::{Access, Action, Permit, Scope};
use web::{Peer, Signer, Visits};

use crate::error::Error;
use crate::model::{Share, Shown};
use crate::store;

/// What somebody needs who makes a link or is told one: it shows what they could read.
const SHARING: [Action; 3] = [Action::ShareBase, Action::ReadRecords, Action::ReadSchema];
/// Most shares of a base.
const MOST: i64 = 100;
/// What the secrets of links are derived for.
const LINK: &str = "share";
/// Bytes of such a secret.
const SECRET: usize = 16;
/// How cells are shown to whoever does not say it.
const ZONE: &str = "UTC";
const LOCALE: &str = "en";

/// What the handle is made of.
pub struct Parts {
    /// Where shares are kept.
    pub db: Db,
    /// Who may.
    pub access: Access,
    /// Tables and views.
    pub schemas: Schemas,
    /// Records.
    pub records: Records,
    /// Makes links.
    pub signer: Signer,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The address by which clients reach the server.
    pub address: String,
    /// How often whoever has a link may ask.
    pub visits: Visits,
}

/// Shares of bases. Copies are the same one.
#[derive(Clone)]
pub struct Shares(Arc<Parts>);

/// A share with what it shows now.
pub(crate) struct Opened {
    share: Share,
    caller: Caller,
    schema: Arc<Schema>,
}

/// How a page of a shared table is wanted.
#[derive(Debug, Default)]
pub(crate) struct PageQuery<'a> {
    pub size: Option<usize>,
    pub offset: Option<&'a str>,
    /// Field ids instead of names as keys.
    pub by_id: bool,
    pub zone: Option<&'a str>,
    pub locale: Option<&'a str>,
}

impl Shares {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Shows a view to everybody who has the link, or the whole base when no view is named.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Request`] for a view that is not there and when there are too many.
    pub(crate) async fn create(
        &self,
        caller: &Caller,
        base: BaseId,
        view: Option<&str>,
    ) -> Result<(Arc<Schema>, Share), Error> {
        let permit = self.0.schemas.permit(caller, SHARING, base).await?;
        let by = caller.user().ok_or_else(|| Error::Request { reason: "only people share".to_owned() })?;
        let schema = self.0.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        let shown = match view {
            Some(view) => found(&schema, view)?,
            None => Shown::Base,
        };
        let now = self.0.clock.now();
        let id = self.0.ids.share(now);
        let (tenant, base_no) = (permit.tenant(), permit.base_no());
        let fields = (shown == Shown::Base).then(|| all_fields(&schema));
        let share = Share { id, tenant, base, base_no, shown, enabled: true, by, created: now, fields };
        let mut tx = self.0.db.begin(Group::Base(permit.base_no().0)).await?;
        if store::count(&mut tx, &permit).await? >= MOST {
            return Err(Error::Request { reason: format!("a base has at most {MOST} shares: delete one") });
        }
        store::insert(&mut tx, &permit, &share);
        audit::note(&mut tx, &self.0.ids, (caller, now), told("shares.create", &permit, &share));
        tx.commit().await?;
        Ok((schema, share))
    }

    /// The shares of a base whose view is not in the trash, the oldest first.
    ///
    /// # Errors
    /// [`Error::Denied`] without the right to read who has a role.
    pub async fn list(&self, caller: &Caller, base: BaseId) -> Result<Vec<Share>, Error> {
        let scope = self.0.access.scope_for(caller, Action::ReadPeople, base).await?;
        Ok(self.shown(&scope).await?.1)
    }

    /// The same for whoever may share, who may know the links, with the base's schema.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub(crate) async fn list_links(&self, caller: &Caller, base: BaseId) -> Result<(Arc<Schema>, Vec<Share>), Error> {
        let permit = self.0.schemas.permit(caller, SHARING, base).await?;
        self.shown(&permit.scope()).await
    }

    async fn shown(&self, scope: &Scope) -> Result<(Arc<Schema>, Vec<Share>), Error> {
        let schema = self.0.schemas.snapshot(scope.tenant(), scope.base_no()).await?;
        let mut shares = store::list(&self.0.db, scope).await?;
        shares.retain(|share| is_there(&schema, share.shown));
        Ok((schema, shares))
    }

    /// Has the share of a whole base show the tables and fields that the base has by now, too.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`]; [`Error::Request`] for the share of a view.
    pub(crate) async fn renew(&self, caller: &Caller, base: BaseId, id: &str) -> Result<(Arc<Schema>, Share), Error> {
        let permit = self.0.schemas.permit(caller, SHARING, base).await?;
        let schema = self.0.schemas.snapshot(permit.tenant(), permit.base_no()).await?;
        let mut tx = self.0.db.begin(Group::Base(permit.base_no().0)).await?;
        let renewed = store::renew(&mut tx, &permit, parsed(id)?, &all_fields(&schema)).await?;
        let share = renewed.ok_or_else(|| not_found(id))?;
        if share.shown != Shown::Base {
            let reason = "a share of a view shows what the view does: show or hide fields there".to_owned();
            return Err(Error::Request { reason });
        }
        let entry = told("shares.renew", &permit, &share);
        audit::note(&mut tx, &self.0.ids, (caller, self.0.clock.now()), entry);
        tx.commit().await?;
        Ok((schema, share))
    }

    /// Turns a share on or off. Its link stays the same.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`].
    pub async fn enable(&self, caller: &Caller, base: BaseId, id: &str, enabled: bool) -> Result<Share, Error> {
        let permit = self.0.schemas.permit(caller, Action::ShareBase, base).await?;
        let mut tx = self.0.db.begin(Group::Base(permit.base_no().0)).await?;
        let share = store::enable(&mut tx, &permit, parsed(id)?, enabled).await?.ok_or_else(|| not_found(id))?;
        let entry = told("shares.update", &permit, &share).with("state", state(&share));
        audit::note(&mut tx, &self.0.ids, (caller, self.0.clock.now()), entry);
        tx.commit().await?;
        Ok(share)
    }

    /// Ends a share for good: its link leads nowhere from then on.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`].
    pub async fn delete(&self, caller: &Caller, base: BaseId, id: &str) -> Result<ShareId, Error> {
        let permit = self.0.schemas.permit(caller, Action::ShareBase, base).await?;
        let share = parsed(id)?;
        let mut tx = self.0.db.begin(Group::Base(permit.base_no().0)).await?;
        if !store::delete(&mut tx, &permit, share).await? {
            return Err(not_found(id));
        }
        let entry = Entry::new("shares.delete", "share", share).in_base(base).in_workspace(permit.workspace());
        audit::note(&mut tx, &self.0.ids, (caller, self.0.clock.now()), entry);
        tx.commit().await?;
        Ok(share)
    }

    /// What the link of a share ends with.
    pub(crate) fn token(&self, id: ShareId) -> String {
        format!("{id}.{}", BASE64.encode(self.secret(id)))
    }

    /// The link: where the share is read.
    pub(crate) fn link(&self, id: ShareId) -> String {
        format!("{}/api/v1/shared/{}", self.0.address, self.token(id))
    }

    fn secret(&self, id: ShareId) -> [u8; SECRET] {
        let derived = self.0.signer.derive(LINK, &id.to_string());
        let mut secret = [0; SECRET];
        for (byte, derived) in secret.iter_mut().zip(derived) {
            *byte = derived;
        }
        secret
    }

    /// The share of a link, as long as it shows something, for a visitor.
    ///
    /// # Errors
    /// [`Error::NoLink`], for whatever reason; [`Error::Crowded`] for a request too many.
    pub(crate) async fn open(&self, token: &str, visitor: Option<Peer>) -> Result<Opened, Error> {
        visitor.map_or(Ok(()), |visitor| self.0.visits.by(visitor))?;
        let (id, secret) = token.split_once('.').ok_or(Error::NoLink)?;
        let id: ShareId = id.parse().map_err(|_| Error::NoLink)?;
        let secret = BASE64.decode(secret).map_err(|_| Error::NoLink)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.secret(id), &secret).map_err(|_| Error::NoLink)?;
        // Who does not have the link cannot use up its requests.
        self.0.visits.to(id)?;
        self.opened(id).await
    }

    /// Whether the link of a share leads somewhere: addresses of files that it told lead somewhere for as long.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_open(&self, id: ShareId) -> Result<bool, Error> {
        match self.opened(id).await {
            Ok(_) => Ok(true),
            Err(Error::NoLink) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn opened(&self, id: ShareId) -> Result<Opened, Error> {
        let share = store::find(&self.0.db, id).await?.filter(|share| share.enabled).ok_or(Error::NoLink)?;
        let everything = Caller::system(share.tenant, &format!("the share {id}"));
        let caller = Caller { scopes: vec![TokenScope::RecordsRead, TokenScope::SchemaRead], ..everything };
        let scope = self.0.access.scope(&caller, share.base).await.map_err(|denied| match denied {
            tenancy::Denied::NotFound => Error::NoLink,
            denied => denied.into(),
        })?;
        let schema = self.0.schemas.snapshot(scope.tenant(), scope.base_no()).await?;
        if !is_there(&schema, share.shown) || has_lost_a_condition(&schema, share.shown) {
            return Err(Error::NoLink);
        }
        Ok(Opened { share, caller, schema })
    }

    /// A page of the records that a share shows of a table, cells as people see them.
    ///
    /// # Errors
    /// [`Error::Schema`] for a table that it does not show; [`Error::Records`] for a zone, locale or offset that is none.
    pub(crate) async fn page(
        &self,
        opened: &Opened,
        table: &str,
        query: &PageQuery<'_>,
    ) -> Result<(Page, Shape), Error> {
        let absent = || Error::Schema(schema::Error::TableNotFound { name: table.chars().take(64).collect() });
        let (table, view) = opened.table(table).ok_or_else(absent)?;
        let fields = Some(opened.fields(table, view).iter().map(|field| field.id).collect());
        let (zone, locale) = (query.zone.unwrap_or(ZONE), query.locale.unwrap_or(LOCALE));
        let text = records::text_shape(Some("string"), Some(zone), Some(locale))?;
        // A list goes on as it began, and a link shows what the view does now: it begins anew when tables or views became others.
        let revision = format!("{}.", opened.schema.revision);
        let old = |offset: &str| records::Error::Offset { offset: offset.chars().take(200).collect() };
        let offset =
            query.offset.map(|offset| offset.strip_prefix(&revision).ok_or_else(|| old(offset))).transpose()?;
        let list = ListQuery {
            view: view.map(|view| view.id.to_string()),
            page_size: query.size,
            offset: offset.map(str::to_owned),
            ..ListQuery::default()
        };
        let table = table.id.to_string();
        let page = self.0.records.list(&opened.caller, opened.share.base, &table, &list).await?;
        let offset = page.offset.as_ref().map(|offset| revision + offset);
        let page = page.shown_by(opened.share.id);
        Ok((Page { offset, ..page }, Shape { fields, by_id: query.by_id, text }))
    }

    /// Appends a page as JSON.
    ///
    /// # Errors
    /// [`Error::Records`] when a formula nests too deeply.
    pub(crate) fn write(&self, page: &Page, shape: &Shape) -> Result<Vec<u8>, Error> {
        Ok(self.0.records.write_list(page, shape)?)
    }
}

impl Opened {
    /// What is shared.
    pub fn share(&self) -> &Share {
        &self.share
    }

    /// What the shared thing is called: the view's name, or the base's.
    pub fn name(&self) -> &str {
        let view = self.tables().into_iter().find_map(|(_, view)| view);
        view.map_or(&self.schema.name, |view| &view.name)
    }

    /// The tables that are shown; of a share of a view also that.
    pub fn tables(&self) -> Vec<(&Table, Option<&View>)> {
        match self.share.shown {
            Shown::Base => {
                let known = |table: &&Table| table.live_fields().any(|field| self.share.has(field.id));
                self.schema.live_tables().map(AsRef::as_ref).filter(known).map(|table| (table, None)).collect()
            }
            Shown::View(no, id) => {
                let table = self.schema.live_tables().find(|table| table.no == no);
                table.into_iter().map(|table| (table.as_ref(), table.live_views().find(|view| view.id == id))).collect()
            }
        }
    }

    /// The table with this id, or with this name (exactly, else in another form of Unicode), with its view.
    fn table(&self, id_or_name: &str) -> Option<(&Table, Option<&View>)> {
        let shown = self.tables();
        let found = |is: &dyn Fn(&Table) -> bool| shown.iter().find(|(table, _)| is(table)).copied();
        found(&|table| table.id.to_string() == id_or_name).or_else(|| found(&|table| table.name == id_or_name)).or_else(
            || {
                let wanted = WantedName::new(id_or_name)?;
                found(&|table| wanted.reads_as(&table.name))
            },
        )
    }

    /// The fields that are shown of a table, in their order.
    pub fn fields<'t>(&self, table: &'t Table, view: Option<&View>) -> Vec<&'t Arc<Field>> {
        let mut shown = view.map_or_else(|| table.live_fields().collect(), |view| view.shown(table));
        shown.retain(|field| self.share.has(field.id));
        shown
    }
}

/// Every field of a base.
fn all_fields(schema: &Schema) -> Vec<FieldId> {
    schema.live_tables().flat_map(|table| table.live_fields()).map(|field| field.id).collect()
}

/// `enabled` or `disabled`.
pub(crate) fn state(share: &Share) -> &'static str {
    if share.enabled { "enabled" } else { "disabled" }
}

fn is_there(schema: &Schema, shown: Shown) -> bool {
    shown == Shown::Base || shared_view(schema, shown).is_some()
}

fn shared_view(schema: &Schema, shown: Shown) -> Option<(&Table, &View)> {
    let Shown::View(no, id) = shown else { return None };
    let table = schema.live_tables().find(|table| table.no == no)?;
    table.live_views().find(|view| view.id == id).map(|view| (table.as_ref(), view))
}

/// True when the shared view lists more than was asked for: a field of its filter went, or became such that the
/// condition no longer fits. The view does without the condition; whoever has a link shall not see what it kept back.
pub(crate) fn has_lost_a_condition(schema: &Schema, shown: Shown) -> bool {
    shared_view(schema, shown).is_some_and(|(table, view)| {
        view.filter.as_ref().is_some_and(|filter| schema::holding(table, filter).as_ref() != Some(filter))
    })
}

/// The view of this id.
fn found(schema: &Schema, id: &str) -> Result<Shown, Error> {
    let views = schema.live_tables().flat_map(|table| table.live_views().map(|view| (table.no, view)));
    let mut views = views.filter(|(_, view)| view.id.to_string() == id);
    let absent = || {
        let id: String = id.chars().take(64).collect();
        Error::Request {
            reason: format!("`viewId`: the base has no view `{id}`; `GET /v0/meta/bases/…/views` lists them"),
        }
    };
    let (table, view) = views.next().ok_or_else(absent)?;
    if view.view_type == ViewType::Form {
        let reason =
            format!("`viewId`: `{}` is a form, which people fill in: share a view that shows records", view.name);
        return Err(Error::Request { reason });
    }
    Ok(Shown::View(table, view.id))
}

/// What is noted of a share.
fn told(action: &'static str, permit: &Permit, share: &Share) -> Entry {
    let entry = Entry::new(action, "share", share.id).in_base(share.base).in_workspace(permit.workspace());
    match share.shown {
        Shown::Base => entry.with("type", "base"),
        Shown::View(_, view) => entry.with("type", "view").with("viewId", view.to_string()),
    }
}

fn parsed(id: &str) -> Result<ShareId, Error> {
    id.parse().map_err(|_| not_found(id))
}

fn not_found(id: &str) -> Error {
    Error::NotFound { id: id.chars().take(64).collect() }
}
