//! How many requests come through: Airtable's own limits where they are wanted, else a fair share for each token.
//!
//! The windows are this process's and live in memory: two processes count apart, and a restart forgets.

mod airtable;
mod fair;
mod visits;
mod windows;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clock::Clock;
use model::{Actor, BaseId, Caller, TenantNo, TokenId, UserId};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use self::airtable::Strict;
use self::fair::{Bucket, Quota, Share};
use self::windows::Windows;
use crate::error::{ApiError, Door, Failure, Kind};

pub use self::visits::{Crowded, Visits};

/// Airtable's requests in a second to one base, whoever sends them.
const OF_A_BASE: usize = 5;
/// Airtable's requests in a second by one user with all tokens, to whatever base.
const OF_A_USER: usize = 50;
/// Airtable's files in five minutes that tables of one base follow, and these minutes in milliseconds.
const SYNCS_OF_A_BASE: usize = 20;
const SYNC_SPAN: i64 = 300_000;

pub(crate) const STATE: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The settings section `limits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateConfig {
    /// Airtable's limits under `/v0`: 5 requests a second for a base, 50 for a user, then 30 seconds of refusal;
    /// 20 files in five minutes that tables of a base follow.
    pub airtable: bool,
    /// Requests a minute by one token to one base; 0 for any number.
    pub requests_per_minute: u32,
    /// Requests a minute by one visitor, who has no token but the links of shares; 0 for any number.
    pub visits_per_minute: u32,
    /// Requests a minute to one link, by all visitors together; 0 for any number.
    pub link_visits_per_minute: u32,
}

impl Default for RateConfig {
    fn default() -> Self {
        let (visits_per_minute, link_visits_per_minute) = (600, 6_000);
        Self { airtable: false, requests_per_minute: 60_000, visits_per_minute, link_visits_per_minute }
    }
}

/// A token and the base that a request names, if it names one.
type TokenOnBase = (Option<TokenId>, Option<BaseId>);

/// Counts requests. Copies count together.
#[derive(Clone)]
pub struct RateLimits(Arc<Inner>);

struct Inner {
    clock: Clock,
    is_airtable: bool,
    /// With what answers say of it.
    quota: Option<(Quota, HeaderValue)>,
    bases: Mutex<Windows<(TenantNo, BaseId), Strict>>,
    users: Mutex<Windows<(TenantNo, UserId), Strict>>,
    syncs: Mutex<Windows<(TenantNo, BaseId), Strict<SYNC_SPAN>>>,
    shares: Mutex<Windows<TokenOnBase, Bucket>>,
}

/// Why a request does not come through.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("Rate limit exceeded. Please try again later")]
    Airtable,
    #[error("more than {quota} requests a minute by this token to one base; the next may come in {} s", wait.as_millis().div_ceil(1_000))]
    Unfair { quota: u32, wait: Duration },
}

impl ApiError for Refused {
    fn kind(&self) -> Kind {
        Kind::Limited
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Airtable => "rate-limit",
            Self::Unfair { .. } => "quota-exceeded",
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            // Airtable does not say how long.
            Self::Airtable => None,
            Self::Unfair { wait, .. } => Some(*wait),
        }
    }
}

impl RateLimits {
    /// Limits that have counted nothing yet.
    pub fn new(config: &RateConfig, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            is_airtable: config.airtable,
            quota: Quota::new(config.requests_per_minute).map(|quota| (quota, policy(quota))),
            bases: Mutex::default(),
            users: Mutex::default(),
            syncs: Mutex::default(),
            shares: Mutex::default(),
        }))
    }

    /// False for a request that Airtable would refuse.
    fn strict(&self, caller: &Caller, base: Option<BaseId>, syncs: bool) -> bool {
        let now = self.0.clock.now().millis();
        if let Actor::User(user) = &caller.actor
            && !self.0.users.lock().window((caller.tenant, *user), now).admits(OF_A_USER, now)
        {
            return false;
        }
        // The tenant is part of the key: nobody can use up the requests to a base of somebody else.
        base.is_none_or(|base| {
            let key = (caller.tenant, base);
            self.0.bases.lock().window(key, now).admits(OF_A_BASE, now)
                && (!syncs || self.0.syncs.lock().window(key, now).admits(SYNCS_OF_A_BASE, now))
        })
    }

    fn share(&self, quota: Quota, caller: &Caller, base: Option<BaseId>) -> Share {
        let now = self.0.clock.now().millis();
        self.0.shares.lock().window((caller.token, base), now).take(quota, now)
    }
}

/// The layer: lets a request through or answers 429. It stands behind the one that finds the caller.
pub async fn limited(
    State(limits): State<RateLimits>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
    next: Next,
) -> Response {
    let door = Door::of(request.uri().path());
    let Some(caller) = request.extensions().get::<Caller>() else { return next.run(request).await };
    let parameters = parameters.ok();
    let base = parameters.as_ref().and_then(base_of);
    if limits.0.is_airtable && door == Door::Airtable {
        let syncs = parameters.is_some_and(|held| held.iter().any(|(name, _)| name == "sync"));
        if limits.strict(caller, base, syncs) {
            return next.run(request).await;
        }
        return Failure::new(door, &Refused::Airtable).into_response();
    }
    let Some((quota, policy)) = &limits.0.quota else { return next.run(request).await };
    let share = limits.share(*quota, caller, base);
    let mut response = match share.wait {
        None => next.run(request).await,
        Some(wait) => Failure::new(door, &Refused::Unfair { quota: quota.requests, wait }).into_response(),
    };
    tell(response.headers_mut(), policy, share);
    response
}

/// The base that the address names; what cannot be an id is not a base.
fn base_of(parameters: &RawPathParams) -> Option<BaseId> {
    parameters.iter().find(|(name, _)| *name == "base").and_then(|(_, value)| value.parse().ok())
}

fn policy(quota: Quota) -> HeaderValue {
    plain(format!("\"fair-use\";q={};w={}", quota.requests, fair::WINDOW.as_secs()))
}

/// Digits and plain letters are always a value.
fn plain(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The two fields of draft-ietf-httpapi-ratelimit-headers-11.
fn tell(headers: &mut HeaderMap, policy: &HeaderValue, share: Share) {
    let state = format!("\"fair-use\";r={};t={}", share.left, share.full_in.as_millis().div_ceil(1_000));
    headers.insert(STATE, plain(state));
    headers.insert(POLICY, policy.clone());
}

#[cfg(test)]
mod tests;
