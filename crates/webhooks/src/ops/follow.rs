//! Making payloads of changes.

use std::sync::Arc;

use changes::{Changes, Since};
use db::Group;
use events::Change;
use model::{Actor, BaseId, BaseNo, Caller, Door, Role, TenantNo, Timestamp, UserId};
use records::Picture;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tenancy::{Denied, Scope};
use web::{ApiError, Kind};

use super::{OVERTAKEN, SUBSCRIBER, Webhooks};
use crate::error::Error;
use crate::happened::{Wants, happened, held};
use crate::model::Webhook;
use crate::payload::{Facts, failure, payload};
use crate::store;

/// Most changes of one step.
const CHANGES: usize = 64;
/// A step ends with the change that makes it hold so many records.
const RECORDS: usize = 5_000;
/// Most steps at once, so that a reader of payloads does not wait for a whole import.
const STEPS: usize = 64;

/// The code of the payload that stands for changes that could not be told.
const MISSED: &str = "INTERNAL_ERROR";
/// A payload that has no number yet.
struct Made {
    /// Its place in the list of webhooks.
    of: usize,
    time: Timestamp,
    body: String,
}

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// There was nothing to do.
    Idle,
    /// There may be more.
    Moved,
}

impl Webhooks {
    /// Follows a base to its head.
    ///
    /// # Errors
    /// Those of the log and of the database; what cannot be told makes payloads that say so.
    pub(crate) async fn catch_up(&self, place: (TenantNo, BaseNo)) -> Result<(), Error> {
        // Carried along, so that it is not walked back anew for each step.
        let mut picture = None;
        for _ in 0..STEPS {
            if self.step(place, &mut picture).await? == Step::Idle {
                break;
            }
        }
        Ok(())
    }

    async fn step(&self, place: (TenantNo, BaseNo), picture: &mut Option<Picture>) -> Result<Step, Error> {
        let changes = &self.parts.changes;
        let Some(from) = changes.find_cursor(place.1, SUBSCRIBER).await? else { return Ok(Step::Idle) };
        if changes.head(place.1).await?.sequence <= from {
            return Ok(Step::Idle);
        }
        let read = match changes.since(place.1, from).await? {
            Since::Changes(read) => read,
            Since::TooOld { oldest, kept_since } => return self.pass_over(place, (from, oldest - 1), kept_since).await,
        };
        let read = portion(&read);
        let Some(last) = read.last() else { return Ok(Step::Idle) };
        // After the changes: a webhook that is not found here began to watch later than they were made.
        let webhooks = store::list(&self.parts.db, place).await?;
        let made = self.make(&webhooks, place.0, (from, picture), read).await?;
        self.keep(place, (from, last.sequence), &webhooks, made).await?;
        Ok(Step::Moved)
    }

    /// Goes on after changes that retention has removed, the newest of which was made at `time`: each webhook that
    /// watched learns that it missed something.
    async fn pass_over(
        &self,
        place: (TenantNo, BaseNo),
        (from, to): (i64, i64),
        time: Timestamp,
    ) -> Result<Step, Error> {
        let webhooks = store::list(&self.parts.db, place).await?;
        // Payloads are kept from the time that they tell: this one begins its life now.
        let now = self.parts.clock.now();
        let watched = webhooks.iter().enumerate().filter(|(_, webhook)| webhook.after < to && webhook.is_live(time));
        let made = watched.map(|(of, _)| Made { of, time: now, body: failure(MISSED, now) }).collect();
        if self.keep(place, (from, to), &webhooks, made).await? {
            tracing::warn!(base = place.1.0, from, to, "changes are gone that webhooks have not followed");
            metrics::counter!(OVERTAKEN).increment(to.abs_diff(from));
        }
        Ok(Step::Moved)
    }

    /// Writes payloads and moves the feed on; false when somebody else has moved it, and then nothing is written.
    async fn keep(
        &self,
        place: (TenantNo, BaseNo),
        (from, to): (i64, i64),
        webhooks: &[Webhook],
        made: Vec<Made>,
    ) -> Result<bool, Error> {
        let now = self.parts.clock.now();
        let mut tx = self.parts.db.begin(Group::Base(place.1.0)).await?;
        if !Changes::advance_from(&mut tx, place.1, SUBSCRIBER, (from, to)).await? {
            return Ok(false);
        }
        let mut by_webhook: Vec<Vec<Made>> = webhooks.iter().map(|_| Vec::new()).collect();
        for payload in made {
            if let Some(list) = by_webhook.get_mut(payload.of) {
                list.push(payload);
            }
        }
        for (webhook, made) in webhooks.iter().zip(by_webhook).filter(|(_, made)| !made.is_empty()) {
            let key = (place.0, place.1, webhook.id);
            let Some(first) = store::take(&mut tx, key, made.len() as i64).await? else { continue };
            for (number, payload) in (first..).zip(made) {
                store::payloads::insert(&mut tx, key, number, payload.time, payload.body);
            }
            if webhook.target(now).is_some() {
                self.queue_ping(&mut tx, key)?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The payloads of changes that follow `from`; the picture is left as it is after them.
    async fn make(
        &self,
        webhooks: &[Webhook],
        tenant: TenantNo,
        (from, picture): (i64, &mut Option<Picture>),
        changes: &[Arc<Change>],
    ) -> Result<Vec<Made>, Error> {
        let Some(base) = webhooks.first().map(|webhook| webhook.base_id) else { return Ok(Vec::new()) };
        if !changes.iter().any(|change| webhooks.iter().any(|webhook| is_for(webhook, change))) {
            return Ok(Vec::new());
        }
        let scope = self.parts.access.scope(&Caller::system(tenant, SUBSCRIBER), base).await?;
        let mut before = match picture.take().filter(|picture| picture.sequence() == from) {
            Some(picture) => picture,
            None => self.parts.records.picture(&scope, from).await?,
        };
        let (mut made, mut users) = (Vec::new(), FxHashMap::default());
        for change in changes {
            let user = self.user(&mut users, (tenant, base), &change.actor).await?;
            let told = self.tell(webhooks, &scope, (&mut before, change), &user).await;
            made.extend(told.or_else(|error| unless_passing(error, webhooks, change))?);
        }
        *picture = Some(before);
        Ok(made)
    }

    /// The payloads of one change; `before` is moved on by it.
    async fn tell(
        &self,
        webhooks: &[Webhook],
        scope: &Scope,
        (before, change): (&mut Picture, &Change),
        user: &Value,
    ) -> Result<Vec<Made>, records::Error> {
        let records = &self.parts.records;
        let wanted: Vec<_> = webhooks.iter().enumerate().filter(|(_, webhook)| is_for(webhook, change)).collect();
        let wants = Wants(wanted.iter().map(|(_, webhook)| &webhook.specification).collect());
        // What passes with time alone is no part of the change.
        before.set_time(change.time);
        let was = records.look(scope, before, |seen| held(seen, change, &wants)).await;
        let mut after = before.clone();
        after.apply(change);
        *before = after.clone();
        let was = was?;
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let told = records.look(scope, &mut after, |seen| {
            let happened = happened(change, seen, &was, &wants)?;
            let facts = Facts { change, after: seen, happened: &happened, user };
            let each = wanted.iter().map(|(of, webhook)| {
                let body = payload(&facts, &webhook.specification)?;
                Ok(body.map(|body| Made { of: *of, time: change.time, body }))
            });
            each.filter_map(Result::transpose).collect::<Result<Vec<_>, records::Error>>()
        });
        told.await
    }

    /// Who did it, as payloads tell it; null for the house itself.
    async fn user(
        &self,
        known: &mut FxHashMap<UserId, Value>,
        (tenant, base): (TenantNo, BaseId),
        actor: &Actor,
    ) -> Result<Value, Error> {
        let Actor::User(id) = actor else { return Ok(Value::Null) };
        if let Some(told) = known.get(id) {
            return Ok(told.clone());
        }
        let user = self.parts.identity.find_user(tenant, *id).await?;
        let (email, name) = user.map(|user| (user.email, user.name)).unwrap_or_default();
        let level = self.permission_level(tenant, base, actor).await?;
        let told = json!({ "id": id, "email": email, "name": name, "permissionLevel": level });
        known.insert(*id, told.clone());
        Ok(told)
    }

    async fn permission_level(&self, tenant: TenantNo, base: BaseId, actor: &Actor) -> Result<&'static str, Error> {
        let caller = Caller::unlimited(actor.clone(), tenant, Door::System);
        match self.parts.access.scope(&caller, base).await {
            // Airtable knows no level above `create` for bases.
            Ok(scope) => Ok(scope.role().min(Role::Creator).permission_level()),
            Err(Denied::Unchecked(error)) => Err(Denied::Unchecked(error).into()),
            Err(_) => Ok("none"),
        }
    }
}

/// True when the webhook watched the base as the change was made.
fn is_for(webhook: &Webhook, change: &Change) -> bool {
    change.sequence > webhook.after && webhook.is_live(change.time)
}

/// The first changes, as many as are told at a time.
fn portion(changes: &[Arc<Change>]) -> &[Arc<Change>] {
    let mut records = 0;
    let fits = |change: &&Arc<Change>| {
        let fits = records < RECORDS;
        records += change.body.records();
        fits
    };
    let count = changes.iter().take(CHANGES).take_while(fits).count();
    changes.get(..count).unwrap_or_default()
}

/// What may go better the next time is tried again; for what will not, every webhook learns that it missed something.
fn unless_passing(error: records::Error, webhooks: &[Webhook], change: &Change) -> Result<Vec<Made>, Error> {
    if matches!(error.kind(), Kind::Unavailable | Kind::Conflict | Kind::Limited) {
        return Err(error.into());
    }
    tracing::error!(
        sequence = change.sequence,
        error = telemetry::chain(&error),
        "a change could not be told to webhooks"
    );
    let wanted = webhooks.iter().enumerate().filter(|(_, webhook)| is_for(webhook, change));
    let body = failure(MISSED, change.time);
    Ok(wanted.map(|(of, _)| Made { of, time: change.time, body: body.clone() }).collect())
}
