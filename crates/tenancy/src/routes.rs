//! `GET /v0/meta/whoami` and `GET /v0/meta/workspaces`.

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Json, Router};
use identity::Identity;
use model::{Caller, Scope};
use serde_json::{Value, json};
use web::{Door, Failure};

use crate::access::Access;
use crate::error::Error;

/// The doors of this context.
pub fn router(access: Access, identity: Identity) -> Router {
    Router::new()
        .route("/v0/meta/whoami", get(whoami))
        .route("/v0/meta/workspaces", get(workspaces))
        .with_state((access, identity))
}

type Parts = State<(Access, Identity)>;

async fn whoami(State((_, identity)): Parts, Extension(caller): Extension<Caller>) -> Result<Json<Value>, Failure> {
    let fail = |error: Error| Failure::new(Door::Airtable, &error);
    let id = caller.user().ok_or_else(|| fail(Error::Unauthenticated))?;
    let user = identity.find_user(caller.tenant, id).await.map_err(|error| fail(error.into()))?;
    let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.name()).collect();
    let mut out = json!({ "id": id, "scopes": scopes });
    if let (Some(user), true, Value::Object(out)) = (user, caller.has(Scope::EmailRead), &mut out) {
        out.insert("email".to_owned(), json!(user.email));
    }
    Ok(Json(out))
}

async fn workspaces(State((access, _)): Parts, Extension(caller): Extension<Caller>) -> Result<Json<Value>, Failure> {
    let found = access.workspaces(&caller).await.map_err(|error| Failure::new(Door::Airtable, &error))?;
    let list: Vec<Value> = found
        .iter()
        .map(|entry| json!({ "id": entry.id, "name": entry.name, "permissionLevel": entry.role.permission_level() }))
        .collect();
    Ok(Json(json!({ "workspaces": list })))
}
