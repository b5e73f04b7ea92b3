//! The audit trail, as Airtable tells of one.

use audit::{ACTIONS, Wanted};
use axum::extract::{Path, RawQuery, State};
use axum::{Extension, Json};
use model::{Actor, Caller, EntryId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use web::{Failure, Params};

use super::fail;
use super::wire::AccountPath;
use crate::audit_log::{AuditPage, AuditQuery, PAGE, VALUES};
use crate::error::Error;
use crate::members::Members;

/// A page of the audit trail.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditOut {
    events: Vec<AuditEventOut>,
    pagination: AuditPaginationOut,
}

/// Where to go on.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditPaginationOut {
    /// For what is newer; to be kept by whoever follows the trail.
    next: Option<String>,
    /// For what is older.
    previous: Option<String>,
}

/// What somebody did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEventOut {
    id: String,
    timestamp: String,
    /// The operation, such as `tables.create`.
    action: String,
    actor: AuditActorOut,
    /// What it was done to.
    model_id: String,
    /// `base`, `table`, `field`, `view`, `user`, `token`, `webhook`, `sync` or `share`.
    model_type: String,
    /// What there is to say of it.
    #[schema(value_type = Object)]
    payload: Map<String, Value>,
    payload_version: &'static str,
    context: AuditContextOut,
    origin: AuditOriginOut,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditActorOut {
    /// `user` or `system`.
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<AuditUserOut>,
    /// Why the house itself did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditUserOut {
    id: String,
    email: String,
    name: String,
}

/// Where it was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuditContextOut {
    /// The request's id; the entry's own where there was no request.
    #[serde(rename = "actionId")]
    action: String,
    #[serde(rename = "enterpriseAccountId")]
    account: String,
    #[serde(rename = "baseId", skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    #[serde(rename = "workspaceId", skip_serializing_if = "Option::is_none")]
    workspace: Option<String>,
}

/// From where it was done; empty where there was no connection.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditOriginOut {
    ip_address: String,
    user_agent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    personal_access_token_id: Option<String>,
    /// Through which door: `publicApi`, `tool`, `import`, `sync`, `cli` or `system`.
    #[schema(value_type = String)]
    source: model::Door,
}

impl From<AuditPage> for AuditOut {
    fn from(page: AuditPage) -> Self {
        let event = |noted: &audit::Noted| {
            let (by, entry) = (&noted.by, &noted.entry);
            let user = by.user().map(|id| match page.people.get(&id) {
                Some(user) => AuditUserOut { id: id.to_string(), email: user.email.clone(), name: user.name.clone() },
                None => AuditUserOut { id: id.to_string(), email: String::new(), name: String::new() },
            });
            let reason = if let Actor::System(reason) = &by.actor { Some(reason.clone()) } else { None };
            let action = if by.request.is_empty() { noted.id.to_string() } else { by.request.clone() };
            AuditEventOut {
                id: noted.id.to_string(),
                timestamp: noted.time.iso(),
                action: entry.action.to_string(),
                actor: AuditActorOut { kind: if user.is_some() { "user" } else { "system" }, user, reason },
                model_id: entry.subject.id.clone(),
                model_type: entry.subject.kind.to_string(),
                payload: entry.payload.clone(),
                payload_version: "1.0",
                context: AuditContextOut {
                    action,
                    account: page.account.clone(),
                    base: entry.base.map(|id| id.to_string()),
                    workspace: entry.workspace.map(|id| id.to_string()),
                },
                origin: AuditOriginOut {
                    ip_address: by.origin.as_ref().map(|origin| origin.address.to_string()).unwrap_or_default(),
                    user_agent: by.origin.as_ref().map(|origin| origin.agent.clone()).unwrap_or_default(),
                    personal_access_token_id: by.token.map(|id| id.to_string()),
                    source: by.door,
                },
            }
        };
        let events = page.entries.iter().map(event).collect();
        let pagination = AuditPaginationOut {
            next: page.next.map(|id| id.to_string()),
            previous: page.previous.map(|id| id.to_string()),
        };
        Self { events, pagination }
    }
}

/// Lists who changed people, rights and structure of the tenant, a page at a time.
#[utoipa::path(
    get, path = "/v0/meta/enterpriseAccounts/{account}/auditLogEvents", operation_id = "enterprise.list_audit_events",
    tag = "people",
    params(
        AccountPath,
        ("pageSize" = Option<u64>, Query, description = "1 to 100, which it is when absent"),
        ("sortOrder" = Option<String>, Query, description = "`descending`, the newest first, or `ascending`"),
        ("next" = Option<String>, Query, description = "For what is newer: the `next` of a page before"),
        ("previous" = Option<String>, Query, description = "For what is older: the `previous` of a page before"),
        ("startTime" = Option<String>, Query, description = "Made then or later: a time, or a day in UTC"),
        ("endTime" = Option<String>, Query, description = "Made then or earlier; of a day, until its end"),
        ("originatingUserId[]" = Option<Vec<String>>, Query, description = "Who; at most 100"),
        ("eventType[]" = Option<Vec<String>>, Query, description = "What was done, such as `tables.create`; at most 100"),
        ("modelId[]" = Option<Vec<String>>, Query, description = "To what, or in which base or workspace; at most 100"),
        ("category[]" = Option<Vec<String>>, Query, description = "The first word of what was done, such as `tables`; at most 100"),
    ),
    responses((status = 200, description = "The entries", body = AuditOut))
)]
pub(crate) async fn list(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(at): Path<AccountPath>,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditOut>, Failure> {
    let query = read(&Params::parse(query.as_deref().unwrap_or_default())).map_err(fail)?;
    let page = members.audit_log(&caller, &at.account, &query).await.map_err(fail)?;
    Ok(Json(page.into()))
}

fn wrong(key: &str, text: &str, right: &str) -> Error {
    let text: String = text.chars().take(64).collect();
    Error::Audit { reason: format!("`{text}` is no `{key}`: {right}") }
}

fn read(params: &Params) -> Result<AuditQuery, Error> {
    let size = match params.number("pageSize") {
        None => PAGE,
        Some(Ok(size)) if (1..=PAGE as u64).contains(&size) => size as usize,
        Some(other) => {
            let text = other.map_or_else(str::to_owned, |size| size.to_string());
            return Err(wrong("pageSize", &text, "give a number from 1 to 100"));
        }
    };
    let ascending = match params.get("sortOrder") {
        None | Some("descending") => false,
        Some("ascending") => true,
        Some(other) => return Err(wrong("sortOrder", other, "give `ascending` or `descending`")),
    };
    let place = |key| match params.get(key).map(|text| (text, text.parse::<EntryId>())) {
        None => Ok(None),
        Some((_, Ok(id))) => Ok(Some(id)),
        Some((text, Err(_))) => Err(wrong(key, text, "give that of a page before")),
    };
    let (after, before) = (place("next")?, place("previous")?);
    if after.is_some() && before.is_some() {
        let reason = "give `next` for what is newer or `previous` for what is older, not both".to_owned();
        return Err(Error::Audit { reason });
    }
    let time = |key, of_day| match params.get(key).map(|text| (text, moment(text, of_day))) {
        None => Ok(None),
        Some((_, Some(time))) => Ok(Some(time)),
        Some((text, None)) => Err(wrong(key, text, "give a time such as `2026-11-28T12:00:00Z`")),
    };
    let several = |key| {
        let values: Vec<String> = params.list(key).into_iter().map(str::to_owned).collect();
        if values.len() > VALUES {
            return Err(Error::Audit { reason: format!("at most {VALUES} of `{key}` are asked for at a time") });
        }
        Ok(values)
    };
    let known = |key, known: Vec<&str>| {
        let values = several(key)?;
        match values.iter().find(|value| !known.contains(&value.as_str())) {
            Some(value) => Err(wrong(key, value, &format!("give one of `{}`", known.join("`, `")))),
            None => Ok(values),
        }
    };
    let mut categories: Vec<&str> = ACTIONS.iter().filter_map(|action| action.split('.').next()).collect();
    categories.dedup();
    Ok(AuditQuery {
        size,
        ascending,
        wanted: Wanted {
            from: time("startTime", "T00:00:00Z")?,
            until: time("endTime", "T23:59:59.999Z")?,
            after,
            before,
        },
        users: several("originatingUserId")?,
        actions: known("eventType", ACTIONS.to_vec())?,
        models: several("modelId")?,
        categories: known("category", categories)?,
    })
}

/// A time with its offset, a time in UTC, or a day there, of which one moment is meant.
fn moment(text: &str, of_day: &str) -> Option<Timestamp> {
    let forms = [text.to_owned(), format!("{text}Z"), format!("{text}{of_day}")];
    let time = forms.iter().find_map(|form| form.parse::<jiff::Timestamp>().ok())?;
    Some(Timestamp(time.as_microsecond()))
}
