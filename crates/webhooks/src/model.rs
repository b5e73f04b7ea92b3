//! What a webhook is.

use std::time::Duration;

use model::{BaseId, BaseNo, TenantNo, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::spec::Specification;

/// Most webhooks of a base.
pub(crate) const MOST: i64 = 10;
/// Most payloads of a page.
pub(crate) const PAGE: i64 = 50;
/// How long a webhook lives after it was made, refreshed or read; as long it is listed after that, and as long its
/// payloads are kept.
pub(crate) const LIFE: Duration = Duration::from_hours(7 * 24);

/// A webhook as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// Whose base it watches.
    pub tenant: TenantNo,
    /// That base.
    pub base: BaseNo,
    /// Its id.
    pub base_id: BaseId,
    /// The webhook's own.
    pub id: WebhookId,
    /// Where pings go; nowhere without.
    pub url: Option<String>,
    /// What it wants to know.
    pub specification: Specification,
    /// When it stops to watch.
    pub expires: Timestamp,
    /// The change after which it began to watch.
    pub after: i64,
    /// The number of its next payload.
    pub next: i64,
    /// Whether pings are wanted.
    pub notifies: bool,
    /// The next payload as it was when a ping last arrived: payloads from there on were not told yet.
    pub pinged: i64,
    /// Pings that failed one after the other.
    pub failures: i64,
    /// When a ping last arrived.
    pub last_success: Option<Timestamp>,
    /// What became of the last ping.
    pub last_result: Option<PingResult>,
}

impl Webhook {
    /// True until it expires.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires
    }

    /// Where pings go now, if anywhere.
    pub fn target(&self, now: Timestamp) -> Option<&str> {
        self.url.as_deref().filter(|_| self.notifies && self.is_live(now))
    }
}

/// What became of a ping, as it is listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookPingResult)]
pub struct PingResult {
    /// Whether it arrived.
    pub success: bool,
    /// When that was clear.
    pub completion_timestamp: String,
    /// How long the call took.
    pub duration_ms: f64,
    /// How many pings had failed before it.
    pub retry_number: i64,
    /// Whether it will be tried again; only of one that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub will_be_retried: Option<bool>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PingError>,
}

/// Why a ping failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookPingError)]
pub struct PingError {
    /// In words.
    pub message: String,
}

/// A webhook that was made.
#[derive(Debug)]
pub struct Created {
    /// Its id.
    pub id: WebhookId,
    /// What its pings are signed with.
    pub secret: [u8; 32],
    /// When it expires.
    pub expires: Timestamp,
}

/// A page of payloads, each as its JSON text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The payloads, the oldest first.
    pub payloads: Vec<String>,
    /// The number to go on from.
    pub cursor: i64,
    /// True when more are there.
    pub more: bool,
}

/// A time moved on.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    Timestamp(time.0.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}

/// A time moved back.
pub(crate) fn earlier(time: Timestamp, by: Duration) -> Timestamp {
    Timestamp(time.0.saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)))
}
