use axum::body::Body;

use crate::{Door, Failure, JsonBody, Kind, MAX_BODY, MAX_DEPTH, Params, Signer};

#[test]
fn query_strings_are_read_as_clients_write_them() {
    let params = Params::parse(
        "fields%5B%5D=A%20b&fields[1]=C+d&sort[1][field]=y&sort[0][field]=x&sort[0][direction]=desc&offset=&flag=1&bad=%zz%4",
    );
    assert_eq!(params.list("fields"), ["A b", "C d"]);
    assert_eq!(params.table("sort"), [(0, "field", "x"), (0, "direction", "desc"), (1, "field", "y")]);
    assert_eq!((params.get("offset"), params.flag("flag"), params.get("bad")), (None, Ok(true), Some("%zz%4")));
}

#[test]
fn a_sealed_value_opens_and_a_changed_one_does_not() {
    let signer = Signer::new(&[7; 32]);
    let sealed = signer.seal(&(4u32, "x"));
    assert_eq!(signer.open::<(u32, String)>(&sealed), Some((4, "x".to_owned())));
    for at in 0..sealed.len() {
        let mut bytes = sealed.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        if changed != sealed {
            assert_eq!(signer.open::<(u32, String)>(&changed), None, "{changed}");
        }
    }
    assert_eq!(Signer::new(&[8; 32]).open::<(u32, String)>(&sealed), None);
    assert_eq!(signer.open::<(u32, String)>(""), None);
}

#[test]
fn a_derived_secret_is_one_for_each_key_purpose_and_subject() {
    let signer = Signer::new(&[7; 32]);
    let secret = signer.derive("mac", "one");
    assert_eq!(secret, signer.clone().derive("mac", "one"));
    for other in [signer.derive("mac", "two"), signer.derive("seal", "one"), Signer::new(&[8; 32]).derive("mac", "one")]
    {
        assert_ne!(secret, other);
    }
}

async fn parse(text: String) -> Result<serde_json::Value, Failure> {
    JsonBody::read(Door::Problem, Body::from(text)).await?.parse(Door::Problem)
}

async fn status(text: String) -> u16 {
    use axum::response::IntoResponse;
    match parse(text).await {
        Ok(_) => 200,
        Err(failure) => failure.into_response().status().as_u16(),
    }
}

#[tokio::test]
async fn bodies_have_bounds() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let within = |depth: usize| format!("{{\"a\":{}}}", nested(depth - 1));
    assert_eq!(status(within(MAX_DEPTH)).await, 200);
    assert_eq!(status(within(MAX_DEPTH + 1)).await, 400);
    for (text, expected) in
        [(nested(2), 422), ("\"a\"".to_owned(), 422), ("null".to_owned(), 422), ("[1".to_owned(), 400)]
    {
        assert_eq!(status(text.clone()).await, expected, "{text}");
    }
    assert_eq!(status("{\"a\":\"[[\\\"[[\"}".to_owned()).await, 200);
    assert_eq!(status("{\"a\":".to_owned()).await, 400);
    assert_eq!(status(" ".repeat(MAX_BODY + 1)).await, 413);
}

#[tokio::test]
async fn errors_have_the_shape_of_their_door() {
    use axum::response::IntoResponse;
    let body = |failure: Failure| async {
        let response = failure.into_response();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice::<serde_json::Value>(&bytes).unwrap())
    };
    let (status, json) = body(Failure::plain(Door::Airtable, Kind::NotFound, "x", "gone")).await;
    assert_eq!((status, json), (404, serde_json::json!({ "error": "NOT_FOUND" })));
    let (_, json) = body(Failure::plain(Door::Airtable, Kind::NotFound, "x", "gone").in_words()).await;
    assert_eq!(json, serde_json::json!({ "error": { "type": "NOT_FOUND", "message": "gone" } }));
    let (status, json) = body(Failure::plain(Door::Airtable, Kind::Unauthenticated, "x", "who")).await;
    assert_eq!((status, &json["error"]["type"]), (401, &"AUTHENTICATION_REQUIRED".into()));
    let (status, json) = body(Failure::plain(Door::Problem, Kind::Limited, "x", "slow down")).await;
    assert_eq!((status, &json["detail"], &json["retryable"]), (429, &"slow down".into(), &true.into()));
}
