use serde::Deserialize;
use serde_json::Value;

use super::{JsonError, MAX_DEPTH, MAX_KEYS, read_json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(dead_code, reason = "only the errors of reading it matter")]
struct Order {
    name: String,
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the errors of reading it matter")]
struct Line {
    count: u8,
    #[serde(default, rename = "a/b")]
    slashed: Option<bool>,
}

#[test]
fn errors_of_form_point_at_the_value() {
    for (text, pointer, reason) in [
        (r#"{"name":7}"#, "/name", "invalid type: integer `7`, expected a string"),
        (
            r#"{"name":"a","lines":[{"count":1},{"count":"x"}]}"#,
            "/lines/1/count",
            "invalid type: string \"x\", expected a whole number from 0 to 255",
        ),
        (
            r#"{"name":"a","lines":[{"count":300}]}"#,
            "/lines/0/count",
            "invalid value: integer `300`, expected a whole number from 0 to 255",
        ),
        ("{\n \"name\": \"a\",\n \"lines\": [{}]\n}", "/lines/0", "missing field `count`"),
        (
            r#"{"name":"a","lines":[{"count":1,"a/b":3}]}"#,
            "/lines/0/a~1b",
            "invalid type: integer `3`, expected a boolean",
        ),
        (r#"{"name":"a","line":[]}"#, "/line", "unknown field `line`, expected `name` or `lines`"),
        (r#"{"lines":[]}"#, "", "missing field `name`"),
        ("[1]", "/0", "invalid type: integer `1`, expected a string"),
        (r#"{"na\"me":[],"name":{}}"#, "/na\\\"me", "unknown field `na\"me`, expected `name` or `lines`"),
    ] {
        let error = read_json::<Order>(text.as_bytes()).unwrap_err();
        assert_eq!(error, JsonError::Form { pointer: pointer.to_owned(), reason: reason.to_owned() }, "{text}");
    }
}

#[test]
fn bounds_come_before_the_form() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let keyed = |keys: usize| format!("{{{}}}", vec![r#""a":1"#; keys].join(","));
    let read = |text: &str| read_json::<Value>(text.as_bytes()).map(drop);
    assert_eq!(read(&nested(MAX_DEPTH)), Ok(()));
    assert_eq!(read(&nested(MAX_DEPTH + 1)), Err(JsonError::Depth { at: MAX_DEPTH }));
    assert_eq!(read(&keyed(MAX_KEYS)), Ok(()));
    assert_eq!(read(&keyed(MAX_KEYS + 1)), Err(JsonError::Keys));
    assert_eq!(read(r#"{"a":"x\u0000"}"#), Err(JsonError::Nul { at: 7 }));
    assert_eq!(read(r#"{"a":"\\u0000 [[ : \" {"}"#), Ok(()));
    let Err(JsonError::Syntax { reason }) = read("{\"a\":\n1,,}") else { panic!("commas") };
    assert!(reason.ends_with("at line 2 column 3"), "{reason}");
    assert!(matches!(read(r#"{"a"#), Err(JsonError::Syntax { .. })));
}
