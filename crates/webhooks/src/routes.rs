//! Airtable's webhooks API.

mod wire;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use model::{BaseId, Caller};
use tenancy::Denied;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Door, Failure, JsonBody, Params};

use crate::error::Error;
use crate::ops::Webhooks;
use wire::{
    BasePath, CreatedWebhookOut, EnableNotificationsIn, PayloadParams, PayloadsOut, RefreshedWebhookOut, WebhookIn,
    WebhookOut, WebhookPath, WebhooksOut,
};

const DOOR: Door = Door::Airtable;

#[derive(OpenApi)]
#[openapi(tags((name = "webhooks", description = "Being told of changes: Airtable's webhooks API")))]
struct Described;

/// The doors of this context.
pub(crate) fn router(webhooks: Webhooks) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(enable_notifications))
        .routes(routes!(refresh))
        .routes(routes!(payloads))
        .with_state(webhooks)
}

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

fn base_id(text: &str) -> Result<BaseId, Failure> {
    text.parse().map_err(|_| fail(Denied::NotFound.into()))
}

/// Makes a webhook. Its secret, which signs its pings, is shown only here.
#[utoipa::path(
    post, path = "/v0/bases/{base}/webhooks", operation_id = "webhooks.create", tag = "webhooks", params(BasePath),
    request_body = WebhookIn, responses((status = 200, description = "The webhook", body = CreatedWebhookOut))
)]
async fn create(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
    body: Body,
) -> Result<Json<CreatedWebhookOut>, Failure> {
    let base = base_id(&place.base)?;
    let new: WebhookIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let created = webhooks.create(&caller, base, new.notification_url, new.specification).await.map_err(fail)?;
    Ok(Json(CreatedWebhookOut::from(&created)))
}

/// Lists the webhooks of a base.
#[utoipa::path(
    get, path = "/v0/bases/{base}/webhooks", operation_id = "webhooks.list", tag = "webhooks", params(BasePath),
    responses((status = 200, description = "The webhooks", body = WebhooksOut))
)]
async fn list(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<BasePath>,
) -> Result<Json<WebhooksOut>, Failure> {
    let (found, now) = webhooks.list(&caller, base_id(&place.base)?).await.map_err(fail)?;
    Ok(Json(WebhooksOut { webhooks: found.into_iter().map(|webhook| WebhookOut::new(webhook, now)).collect() }))
}

/// Deletes a webhook and its payloads.
#[utoipa::path(
    delete, path = "/v0/bases/{base}/webhooks/{webhook}", operation_id = "webhooks.delete", tag = "webhooks",
    params(WebhookPath), responses((status = 200, description = "It is gone"))
)]
async fn delete(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<WebhookPath>,
) -> Result<StatusCode, Failure> {
    webhooks.delete(&caller, base_id(&place.base)?, &place.webhook).await.map_err(fail)?;
    Ok(StatusCode::OK)
}

/// Turns the pings of a webhook on or off; payloads are made all the same.
#[utoipa::path(
    post, path = "/v0/bases/{base}/webhooks/{webhook}/enableNotifications",
    operation_id = "webhooks.enable_notifications", tag = "webhooks", params(WebhookPath), request_body = EnableNotificationsIn,
    responses((status = 200, description = "It is so"))
)]
async fn enable_notifications(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<WebhookPath>,
    body: Body,
) -> Result<StatusCode, Failure> {
    let base = base_id(&place.base)?;
    let wanted: EnableNotificationsIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    webhooks.enable_notifications(&caller, base, &place.webhook, wanted.enable).await.map_err(fail)?;
    Ok(StatusCode::OK)
}

/// Lets a webhook live on for seven days, also one that has expired.
#[utoipa::path(
    post, path = "/v0/bases/{base}/webhooks/{webhook}/refresh", operation_id = "webhooks.refresh", tag = "webhooks",
    params(WebhookPath), responses((status = 200, description = "When it expires", body = RefreshedWebhookOut))
)]
async fn refresh(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<WebhookPath>,
) -> Result<Json<RefreshedWebhookOut>, Failure> {
    let expires = webhooks.refresh(&caller, base_id(&place.base)?, &place.webhook).await.map_err(fail)?;
    Ok(Json(RefreshedWebhookOut { expiration_time: expires.iso() }))
}

/// Lists what a webhook has to tell, the oldest first, and lets it live on for seven days.
#[utoipa::path(
    get, path = "/v0/bases/{base}/webhooks/{webhook}/payloads", operation_id = "webhooks.list_payloads",
    tag = "webhooks", params(WebhookPath, PayloadParams),
    responses((status = 200, description = "A page of payloads", body = PayloadsOut))
)]
async fn payloads(
    State(webhooks): State<Webhooks>,
    Extension(caller): Extension<Caller>,
    Path(place): Path<WebhookPath>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let base = base_id(&place.base)?;
    let params = Params::parse(query.as_deref().unwrap_or_default());
    let (cursor, limit) = (number(&params, "cursor")?, number(&params, "limit")?);
    let page = webhooks.list_payloads(&caller, base, &place.webhook, cursor, limit).await.map_err(fail)?;
    // Payloads are kept as the text that they are sent as.
    let head = format!("{{\"cursor\":{},\"mightHaveMore\":{},\"payloads\":[", page.cursor, page.more);
    let body = [head.as_str(), &page.payloads.join(","), "]}"].concat();
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

fn number(params: &Params, name: &'static str) -> Result<Option<i64>, Failure> {
    let wrong = |text: &str| {
        let given = text.chars().take(64).collect();
        fail(Error::Parameter { name, expected: "a whole number from 1".to_owned(), given })
    };
    match params.number(name) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(i64::try_from(number).unwrap_or(i64::MAX))),
        Some(Err(text)) => Err(wrong(text)),
    }
}
