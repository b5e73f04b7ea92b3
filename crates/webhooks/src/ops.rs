//! The handle and its operations.

mod follow;
mod forget;
mod payloads;
mod ping;
mod sweep;

use std::sync::Arc;

use audit::Entry;
use changes::{BaseTx, Changes};
use clock::{Clock, Ids};
use db::{Db, Tx};
use identity::Identity;
use jobs::Jobs;
use model::{BaseId, BaseNo, Caller, TenantNo, Timestamp, WebhookId};
use outbound::Outbound;
use records::Records;
use schema::Schemas;
use serde::{Deserialize, Serialize};
use tenancy::{Access, Action, Denied, Permit};
use web::Signer;

pub use forget::forget;

use crate::error::Error;
use crate::model::{Created, LIFE, MOST, Webhook, later};
use crate::spec::{DataType, Specification};
use crate::store::{self, Key};

/// The name of the cursors in the log.
pub(crate) const SUBSCRIBER: &str = "webhooks";
/// The metric of changes that retention removed before webhooks had followed them.
pub(crate) const OVERTAKEN: &str = "webhooks.overtaken";
/// Jobs that ping.
pub(crate) const PING: &str = "webhooks.ping";
/// What secrets are derived for.
const SECRET: &str = "webhooks.mac";
/// Longest notification URL in characters.
const URL: usize = 4_096;

/// What the handle is made of.
pub struct Parts {
    /// Where webhooks are kept.
    pub db: Db,
    /// The log that they follow.
    pub changes: Changes,
    /// Who may.
    pub access: Access,
    /// Who did it.
    pub identity: Identity,
    /// Tables and fields.
    pub schemas: Schemas,
    /// Records.
    pub records: Records,
    /// The queue that pings wait in.
    pub jobs: Jobs,
    /// The way out.
    pub outbound: Outbound,
    /// What secrets are derived from.
    pub signer: Signer,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
}

/// Keeps webhooks. Cheap to clone.
#[derive(Clone)]
pub struct Webhooks {
    pub(crate) parts: Arc<Parts>,
}

/// What the job of a ping holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Called {
    pub tenant: TenantNo,
    pub base: BaseNo,
    pub id: WebhookId,
}

impl Webhooks {
    /// Makes the handle.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Makes a webhook, which watches the base from now on.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::Request`] for a URL that cannot be called and a specification that cannot match;
    /// [`Error::TooMany`].
    pub async fn create(
        &self,
        caller: &Caller,
        base: BaseId,
        url: Option<String>,
        specification: Specification,
    ) -> Result<Created, Error> {
        let permit = self.parts.schemas.permit(caller, needed(&specification), base).await?;
        let url = url.map(|url| self.callable(url)).transpose()?;
        let place = (permit.tenant(), permit.base_no());
        let schema = self.parts.schemas.snapshot(place.0, place.1).await?;
        specification.check(&schema)?;
        let mut tx = self.parts.changes.begin(place.0, place.1).await?;
        if store::count(&mut tx, place).await? >= MOST {
            return Err(Error::TooMany { limit: MOST });
        }
        let now = self.parts.clock.now();
        let webhook = self.new_webhook(&permit, url, specification, (now, tx.head().sequence));
        self.follow_from_here(&mut tx, place, now).await?;
        store::insert(&mut tx, &permit, &webhook)?;
        let entry = Entry::new("webhooks.create", "webhook", webhook.id).in_base(base);
        audit::note(&mut tx, &self.parts.ids, (caller, now), entry.in_workspace(permit.workspace()));
        tx.commit().await?;
        Ok(Created { id: webhook.id, secret: self.secret(webhook.id), expires: webhook.expires })
    }

    fn new_webhook(
        &self,
        permit: &Permit,
        url: Option<String>,
        specification: Specification,
        (now, after): (Timestamp, i64),
    ) -> Webhook {
        Webhook {
            tenant: permit.tenant(),
            base: permit.base_no(),
            base_id: permit.base(),
            id: self.parts.ids.webhook(now),
            url,
            specification,
            expires: later(now, LIFE),
            after,
            next: 1,
            notifies: true,
            pinged: 1,
            failures: 0,
            last_success: None,
            last_result: None,
        }
    }

    fn callable(&self, url: String) -> Result<String, Error> {
        let wrong = |reason: String| Error::Request { pointer: "/notificationUrl".to_owned(), reason };
        if url.chars().count() > URL {
            return Err(wrong(format!("it is longer than {URL} characters")));
        }
        let refused = self.parts.outbound.check(&url).err();
        match refused {
            Some(reason) => Err(wrong(format!("{reason}; give a public `https://` or `http://` address, or null"))),
            None => Ok(url),
        }
    }

    /// What the pings of a webhook are signed with: the same whenever it is asked for.
    pub(crate) fn secret(&self, id: WebhookId) -> [u8; 32] {
        self.parts.signer.derive(SECRET, &id.to_string())
    }

    /// Lets the feed of a base begin at its head, unless somebody lives on it.
    async fn follow_from_here(&self, tx: &mut BaseTx, place: (TenantNo, BaseNo), now: Timestamp) -> Result<(), Error> {
        if store::live(tx, place, now).await? == 0 {
            let head = tx.head().sequence;
            Changes::advance(tx, place.1, SUBSCRIBER, head);
        }
        Ok(())
    }

    /// The webhooks of a base, the oldest first, and the time at which that was asked.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn list(&self, caller: &Caller, base: BaseId) -> Result<(Vec<Webhook>, Timestamp), Error> {
        let permit = self.parts.schemas.permit(caller, Action::ManageWebhooks, base).await?;
        let place = (permit.tenant(), permit.base_no());
        self.catch_up(place).await?;
        Ok((store::list(&self.parts.db, place).await?, self.parts.clock.now()))
    }

    /// Deletes a webhook with its payloads.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`].
    pub async fn delete(&self, caller: &Caller, base: BaseId, id: &str) -> Result<(), Error> {
        let key = self.key(caller, base, id).await?;
        let removed = self.remove(key, |tx| {
            let entry = Entry::new("webhooks.delete", "webhook", key.2).in_base(base);
            audit::note(tx, &self.parts.ids, (caller, self.parts.clock.now()), entry);
        });
        if removed.await? { Ok(()) } else { Err(not_found(id)) }
    }

    /// Removes a webhook, and does `also` with it; false when it is not there. The last one of a base takes the feed with it.
    pub(crate) async fn remove(&self, key: Key, also: impl FnOnce(&mut Tx)) -> Result<bool, Error> {
        let mut tx = self.parts.changes.begin(key.0, key.1).await?;
        if !store::delete(&mut tx, key).await? {
            return Ok(false);
        }
        store::payloads::delete(&mut tx, key);
        if store::count(&mut tx, (key.0, key.1)).await? == 0 {
            Changes::forget(&mut tx, key.1, SUBSCRIBER);
        }
        also(&mut tx);
        tx.commit().await?;
        Ok(true)
    }

    /// Turns the pings of a webhook on or off. Payloads are made all the same.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`].
    pub async fn enable_notifications(
        &self,
        caller: &Caller,
        base: BaseId,
        id: &str,
        enable: bool,
    ) -> Result<(), Error> {
        let key = self.key(caller, base, id).await?;
        let mut tx = self.parts.db.begin(db::Group::Base(key.1.0)).await?;
        if !store::set_notifies(&mut tx, key, enable).await? {
            return Err(not_found(id));
        }
        let entry = Entry::new("webhooks.enable_notifications", "webhook", key.2).in_base(base).with("enable", enable);
        audit::note(&mut tx, &self.parts.ids, (caller, self.parts.clock.now()), entry);
        Ok(tx.commit().await?)
    }

    /// Lets a webhook live on for its whole time, from now. One that had expired watches again from now on.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotFound`].
    pub async fn refresh(&self, caller: &Caller, base: BaseId, id: &str) -> Result<Timestamp, Error> {
        let key = self.key(caller, base, id).await?;
        let told = |tx: &mut Tx| {
            let entry = Entry::new("webhooks.refresh", "webhook", key.2).in_base(base);
            audit::note(tx, &self.parts.ids, (caller, self.parts.clock.now()), entry);
        };
        self.extend(key, told).await?.ok_or_else(|| not_found(id))
    }

    /// Does `also` with it, and tells when the webhook expires now; nothing when it is not there.
    async fn extend(&self, key: Key, also: impl FnOnce(&mut Tx)) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.parts.changes.begin(key.0, key.1).await?;
        let now = self.parts.clock.now();
        let Some(webhook) = store::find_in(&mut tx, key).await? else { return Ok(None) };
        let expires = later(now, LIFE);
        if webhook.is_live(now) {
            store::extend(&mut tx, key, expires);
        } else {
            self.follow_from_here(&mut tx, (key.0, key.1), now).await?;
            let head = tx.head().sequence;
            store::revive(&mut tx, key, expires, head);
        }
        also(&mut tx);
        tx.commit().await?;
        Ok(Some(expires))
    }

    /// Names the webhook, if the caller may manage it.
    async fn key(&self, caller: &Caller, base: BaseId, id: &str) -> Result<Key, Error> {
        let permit = self.parts.schemas.permit(caller, Action::ManageWebhooks, base).await?;
        let parsed = id.parse().map_err(|_| not_found(id))?;
        Ok((permit.tenant(), permit.base_no(), parsed))
    }
}

/// What a token must be for that makes such a webhook: payloads tell what is read elsewhere, so it needs what it needs there.
fn needed(specification: &Specification) -> Vec<Action> {
    let told = [
        (DataType::TableData, Action::ReadRecords),
        (DataType::TableFields, Action::ReadSchema),
        (DataType::TableMetadata, Action::ReadSchema),
    ];
    let read = told.iter().filter(|(data, _)| specification.wants(*data)).map(|(_, action)| *action);
    std::iter::once(Action::ManageWebhooks).chain(read).collect()
}

/// Whoever reads payloads needs as much as who asked for them.
fn may_read(caller: &Caller, specification: &Specification) -> Result<(), Denied> {
    let scopes = needed(specification).into_iter().flat_map(Action::scopes).copied();
    Denied::lacking(scopes, &caller.scopes)
}

fn not_found(id: &str) -> Error {
    Error::NotFound { id: id.chars().take(64).collect() }
}

#[cfg(test)]
mod tests;
