//! What all operations have in common: the token, and the answers when something is wrong.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Door, Fault, Kind};
use crate::shapes::{AirtableError, Problem, RateLimited};

/// The name of the one way to authenticate.
const TOKEN: &str = "token";

/// Adds the scheme of tokens, the shapes of errors, and to every operation the answers that any of its kind may give.
pub(super) fn complete(api: &mut OpenApi) {
    let components = api.components.get_or_insert_with(Components::new);
    components.add_security_scheme(TOKEN, bearer());
    define::<Problem>(components);
    define::<Fault>(components);
    define::<AirtableError>(components);
    define::<RateLimited>(components);
    api.security = Some(vec![requirement()]);
    for (path, item) in &mut api.paths.paths {
        let door = Door::of(path);
        let has_place = path.contains('{');
        for operation in operations(item) {
            for kind in kinds(operation, has_place) {
                add(operation, door, kind);
            }
            shape(operation, door);
        }
    }
}

fn bearer() -> SecurityScheme {
    let text = "A personal access token: `Authorization: Bearer pat….…`. `airloom token create` makes one.";
    SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(text)).build())
}

fn requirement() -> SecurityRequirement {
    SecurityRequirement::new(TOKEN, Vec::<String>::new())
}

fn define<T: ToSchema + PartialSchema>(components: &mut Components) {
    components.schemas.insert(T::name().into_owned(), T::schema());
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    components.schemas.extend(parts);
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    all.into_iter().filter_map(Option::as_mut)
}

/// The kinds of error that an operation may answer with, by what it takes.
fn kinds(operation: &mut Operation, has_place: bool) -> Vec<Kind> {
    let is_open = operation.security.is_some();
    if is_open {
        // Said aloud: no token is needed.
        operation.security = Some(Vec::new());
    }
    let has_body = operation.request_body.is_some();
    let has_query = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let wanted = [
        (Kind::Malformed, has_body),
        (Kind::Unauthenticated, !is_open),
        (Kind::Forbidden, !is_open),
        (Kind::NotFound, has_place),
        (Kind::TooLarge, has_body),
        (Kind::Invalid, !is_open && (has_body || has_query)),
        (Kind::Limited, !is_open),
        (Kind::Internal, !is_open),
        (Kind::Unavailable, !is_open),
    ];
    wanted.into_iter().filter(|(_, wanted)| *wanted).map(|(kind, _)| kind).collect()
}

/// Adds an answer that the operation does not describe itself.
fn add(operation: &mut Operation, door: Door, kind: Kind) {
    let answer = || RefOr::T(ResponseBuilder::new().description(told(kind, door)).build());
    operation.responses.responses.entry(kind.status().as_str().to_owned()).or_insert_with(answer);
}

/// Gives errors without a described body the one of their door.
fn shape(operation: &mut Operation, door: Door) {
    let (schema, media) = match door {
        Door::Airtable => (AirtableError::name(), "application/json"),
        Door::Problem => (Problem::name(), "application/problem+json"),
    };
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(Response { content, .. }) = answer
            && content.is_empty()
            && status.starts_with(['4', '5'])
        {
            let is_listed = door == Door::Airtable && status == Kind::Limited.status().as_str();
            let schema = if is_listed { RateLimited::name() } else { schema.clone() };
            let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(&*schema))).build();
            content.insert(media.to_owned(), RefOr::T(body));
        }
    }
}

fn told(kind: Kind, door: Door) -> &'static str {
    match kind {
        Kind::Malformed => "The body is not JSON, or nests too deeply",
        Kind::TooLarge => "The body is larger than its bound",
        Kind::Unauthenticated => "No token, or one that is worth nothing",
        Kind::Forbidden if door == Door::Airtable => {
            "The role or the token's scopes do not allow it, or the base or table does not exist for the caller"
        }
        Kind::Forbidden => "The role or the token's scopes do not allow it",
        Kind::NotFound => "It does not exist for the caller",
        Kind::Invalid => "The request breaks a rule",
        Kind::Conflict => "The state has changed meanwhile",
        Kind::Limited => "A rate, plan or budget is used up; wait for the time in `Retry-After`",
        Kind::Unavailable => "The store or a neighbour does not answer; the same request may succeed later",
        Kind::Internal => "A fault of the server",
    }
}
