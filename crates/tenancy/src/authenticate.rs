//! The layer that turns a bearer token into a [`Caller`].

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use identity::Identity;
use model::{Actor, Caller, Origin};
use web::{Asked, Failure, Peer};

use crate::error::Error;

/// Puts the caller on the request, or answers 401.
pub async fn authenticate(State(identity): State<Arc<Identity>>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<Asked>().map(|asked| asked.id().to_owned()).unwrap_or_default();
    match caller_of(&identity, request.headers(), id).await.map(|caller| coming_from(caller, &request)) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => Failure::new(web::Door::of(request.uri().path()), &error).into_response(),
    }
}

/// The caller with where the request came from.
fn coming_from(caller: Caller, request: &Request) -> Caller {
    let agent = request.headers().get(header::USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    let origin = request.extensions().get::<Peer>().map(|peer| {
        let agent = agent.unwrap_or_default().chars().take(Origin::AGENT).collect();
        Arc::new(Origin { address: peer.0.ip(), agent })
    });
    Caller { origin, ..caller }
}

/// Who asks with these headers; `request` is the request's id.
///
/// # Errors
/// [`Error::Unauthenticated`] without a token that is worth something.
pub async fn caller_of(identity: &Identity, headers: &HeaderMap, request: String) -> Result<Caller, Error> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.split_once(' '));
    let (_, token) = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or(Error::Unauthenticated)?;
    let known = identity.authenticate(token.trim()).await?.ok_or(Error::Unauthenticated)?;
    Ok(Caller {
        actor: Actor::User(known.owner),
        tenant: known.tenant,
        token: Some(known.id),
        scopes: known.scopes,
        door: model::Door::PublicApi,
        request,
        origin: None,
    })
}
