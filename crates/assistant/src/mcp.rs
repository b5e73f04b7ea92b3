//! The Model Context Protocol door: the tools of the house over streamable HTTP and over standard input and output.
//!
//! Over HTTP every request stands alone, in both eras of the protocol: no session is kept, and each call runs under
//! the caller of its own request. Hosts and web origins are checked against lists, because a page in a browser may
//! reach a server on the same machine.

mod server;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use model::Caller;
use rmcp::ServiceExt;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde::de::IgnoredAny;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;
use tools::Registry;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use web::{JsonBody, OwnShape};

use crate::config::Config;
use server::Server;

/// Hosts that always may be addressed.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Largest body of a request in bytes, as at the other doors.
const MAX_BODY: usize = web::MAX_BODY;

/// The door at `/mcp`. The caller must stand in the request's extensions. Requests end when `stop` is cancelled.
pub fn router(registry: Registry, config: &Config, stop: CancellationToken) -> Router {
    let hosts = LOOPBACK.into_iter().map(str::to_owned).chain(config.mcp_hosts.iter().cloned());
    let settings = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(config.mcp_origins.iter().cloned())
        .enforce_origin_validation()
        .with_max_request_body_bytes(MAX_BODY)
        .with_cancellation_token(stop);
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(Server::new(registry.clone(), None)), sessions, settings);
    Router::new().route_service("/mcp", service).layer(axum::middleware::from_fn(readable))
}

/// Answers a body that is not JSON as the protocol asks (JSON-RPC 2.0 §5.1): the library says that its type is wrong.
async fn readable(request: Request, next: Next) -> Response {
    let mut response =
        if request.method() == Method::POST { checked(request, next).await } else { next.run(request).await };
    response.extensions_mut().insert(OwnShape);
    response
}

async fn checked(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = JsonBody::read(web::Door::Problem, body).await else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, -32600, &format!("the body is longer than {MAX_BODY} bytes"));
    };
    let bytes = body.into_bytes();
    match web::read_json::<IgnoredAny>(&bytes) {
        Ok(IgnoredAny) => next.run(Request::from_parts(head, Body::from(bytes))).await,
        Err(error) => refused(StatusCode::BAD_REQUEST, -32700, &error.to_string()),
    }
}

fn refused(status: StatusCode, code: i32, message: &str) -> Response {
    let error = serde_json::json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } });
    (status, axum::Json(error)).into_response()
}

/// The door with its description.
pub(crate) fn described(door: Router) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Described::openapi()).merge(OpenApiRouter::from(door))
}

/// The door, for the API document: what passes through it is described by the protocol itself.
#[derive(OpenApi)]
#[openapi(paths(message), tags((name = "mcp", description = "The tools over the Model Context Protocol")))]
struct Described;

/// Takes a message of the Model Context Protocol (JSON-RPC 2.0) and answers it.
#[utoipa::path(
    post, path = "/mcp", operation_id = "mcp.message", tag = "mcp", request_body = Object,
    responses(
        (status = 200, description = "The answer to a request", body = Object),
        (status = 202, description = "A notification was taken"),
        (status = 406, description = "The client does not accept both `application/json` and `text/event-stream`"),
    )
)]
#[expect(dead_code, reason = "describes a door of the MCP library")]
fn message() {}

/// The connection failed, or ended before it began.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The client did not open the conversation as the protocol asks.
    #[error("the client did not begin the protocol")]
    Begin(#[source] Box<rmcp::service::ServerInitializeError>),
    /// Serving broke off.
    #[error("serving broke off")]
    Broken(#[source] tokio::task::JoinError),
}

/// Serves one client over a pair of streams, such as standard input and output, for one caller, until it leaves.
///
/// # Errors
/// [`ServeError`].
pub async fn serve_streams<R, W>(registry: Registry, caller: Caller, input: R, output: W) -> Result<(), ServeError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let server = Server::new(registry, Some(caller));
    let running = server.serve((input, output)).await.map_err(|error| ServeError::Begin(Box::new(error)))?;
    running.waiting().await.map(drop).map_err(ServeError::Broken)
}
