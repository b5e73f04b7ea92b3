//! The layer that turns a bearer token into a [`Caller`].

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use identity::Identity;
use model::{Actor, Caller};
use web::{Door, Failure, RequestId};

use crate::error::Error;

/// Puts the caller on the request, or answers 401.
pub async fn authenticate(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    let door = if request.uri().path().starts_with("/v0/") { Door::Airtable } else { Door::Problem };
    let token = bearer(&request);
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    match caller(&identity, token.as_deref(), id).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => Failure::new(door, &error).into_response(),
    }
}

fn bearer(request: &Request) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Who asks with this token.
async fn caller(identity: &Identity, token: Option<&str>, request: String) -> Result<Caller, Error> {
    let known = identity.authenticate(token.ok_or(Error::Unauthenticated)?).await?.ok_or(Error::Unauthenticated)?;
    Ok(Caller {
        actor: Actor::User(known.owner),
        tenant: known.tenant,
        token: Some(known.id),
        scopes: known.scopes,
        door: model::Door::PublicApi,
        request,
    })
}
