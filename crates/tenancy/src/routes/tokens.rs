//! The caller's own tokens.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use identity::TokenEntry;
use model::{Caller, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Door, Failure, JsonBody};

use crate::error::Error;
use crate::members::Members;

const DOOR: Door = Door::Problem;

fn fail(error: Error) -> Failure {
    Failure::new(DOOR, &error)
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenIn {
    /// A name to know it by.
    name: String,
    /// What it may be used for, such as `data.records:read`; everything when absent.
    #[schema(value_type = Vec<String>, required = false)]
    scopes: Option<Vec<Scope>>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeTokenOut {
    /// The token, shown only now.
    token: String,
}

/// Makes a personal access token of the caller's own: everybody who has a role may, by a token for everything.
#[utoipa::path(
    post, path = "/api/v1/tokens", operation_id = "tokens.create", tag = "people", request_body = TokenIn,
    responses((status = 201, description = "The token", body = MadeTokenOut))
)]
pub(super) async fn create(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<(StatusCode, Json<MadeTokenOut>), Failure> {
    let new: TokenIn = JsonBody::read(DOOR, body).await?.parse(DOOR)?;
    let token = members.create_token(&caller, &new.name, new.scopes).await.map_err(fail)?;
    Ok((StatusCode::CREATED, Json(MadeTokenOut { token: token.reveal().to_owned() })))
}

/// A token without its secret part.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenOut {
    /// The part before the dot.
    id: String,
    /// Its name.
    name: String,
    /// What it may be used for.
    scopes: Vec<&'static str>,
    /// When it was made.
    created: String,
    /// When it was last used, to about a minute.
    last_used: Option<String>,
    /// When it was taken back.
    revoked: Option<String>,
}

/// The caller's tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct TokensOut {
    tokens: Vec<TokenOut>,
}

/// Lists the caller's own tokens, those that were taken back included.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "tokens.list", tag = "people",
    responses((status = 200, description = "The tokens", body = TokensOut))
)]
pub(super) async fn list(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<TokensOut>, Failure> {
    let found = members.list_tokens(&caller).await.map_err(fail)?;
    Ok(Json(TokensOut { tokens: found.into_iter().map(token).collect() }))
}

fn token(entry: TokenEntry) -> TokenOut {
    TokenOut {
        id: entry.id.to_string(),
        name: entry.name,
        scopes: entry.scopes.iter().map(|scope| scope.name()).collect(),
        created: entry.created.iso(),
        last_used: entry.last_used.map(model::Timestamp::iso),
        revoked: entry.revoked.map(model::Timestamp::iso),
    }
}

/// Takes one of the caller's own tokens back; from the next request on it is worth nothing.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{token}", operation_id = "tokens.revoke", tag = "people",
    params(("token" = String, Path, description = "The token, or its part before the dot")),
    responses((status = 204, description = "It is worth nothing any more"))
)]
pub(super) async fn revoke(
    State(members): State<Members>,
    Extension(caller): Extension<Caller>,
    Path(token): Path<String>,
) -> Result<StatusCode, Failure> {
    members.revoke_token(&caller, &token).await.map_err(fail)?;
    Ok(StatusCode::NO_CONTENT)
}
