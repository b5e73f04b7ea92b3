//! What the doors of webhooks take and answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{Created, PingResult, Webhook};
use crate::spec::Specification;

/// A base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct BasePath {
    /// The base's id.
    pub base: String,
}

/// A webhook of a base.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct WebhookPath {
    /// The base's id.
    pub base: String,
    /// The webhook's id.
    pub webhook: String,
}

/// Which payloads.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Params` reads")]
pub(super) struct PayloadParams {
    /// The number of the first payload; 1 when absent.
    cursor: Option<i64>,
    /// Payloads of a page, 1 to 50.
    limit: Option<i64>,
}

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WebhookIn {
    /// Where pings go; nowhere when it is null.
    #[serde(default)]
    pub notification_url: Option<String>,
    /// What it wants to know.
    pub specification: Specification,
}

/// A webhook that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedWebhookOut {
    /// Its id.
    id: String,
    /// The key that its pings are signed with.
    mac_secret_base64: String,
    /// When it expires unless it is refreshed or read.
    expiration_time: String,
}

impl From<&Created> for CreatedWebhookOut {
    fn from(created: &Created) -> Self {
        Self {
            id: created.id.to_string(),
            mac_secret_base64: BASE64.encode(created.secret),
            expiration_time: created.expires.iso(),
        }
    }
}

/// The webhooks of a base.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhooksOut {
    /// The oldest first.
    pub webhooks: Vec<WebhookOut>,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookOut {
    /// Its id.
    id: String,
    /// Whether it is pinged for; it is turned off when too many pings in a row failed.
    are_notifications_enabled: bool,
    /// False once it has expired.
    is_hook_enabled: bool,
    /// The number of its next payload.
    cursor_for_next_payload: i64,
    /// Where pings go.
    notification_url: Option<String>,
    /// When it expires or expired.
    expiration_time: String,
    /// When a ping last arrived.
    last_successful_notification_time: Option<String>,
    /// What became of the last ping.
    last_notification_result: Option<PingResult>,
    /// What it wants to know.
    specification: Specification,
}

impl WebhookOut {
    pub(super) fn new(webhook: Webhook, now: Timestamp) -> Self {
        Self {
            id: webhook.id.to_string(),
            are_notifications_enabled: webhook.notifies && webhook.is_live(now),
            is_hook_enabled: webhook.is_live(now),
            cursor_for_next_payload: webhook.next,
            notification_url: webhook.url,
            expiration_time: webhook.expires.iso(),
            last_successful_notification_time: webhook.last_success.map(Timestamp::iso),
            last_notification_result: webhook.last_result,
            specification: webhook.specification,
        }
    }
}

/// Whether to ping.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EnableNotificationsIn {
    /// On or off.
    pub enable: bool,
}

/// A webhook that lives on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshedWebhookOut {
    /// Until then.
    pub expiration_time: String,
}

/// A page of payloads.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PayloadsOut {
    /// The number to go on from.
    cursor: i64,
    /// True when more payloads are there.
    might_have_more: bool,
    /// The payloads, the oldest first: who did it, when and how, and what became different in which table.
    #[schema(value_type = Vec<Object>)]
    payloads: Vec<serde_json::Value>,
}
