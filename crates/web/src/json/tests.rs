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
    kind: Option<Size>,
    #[serde(default)]
    kinds: Vec<Size>,
    pair: Option<(u8, u8)>,
    last: Option<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Size {
    Small,
    Large,
}

#[derive(Debug, Deserialize)]
struct Line {
    #[expect(dead_code, reason = "only the errors of reading it matter")]
    count: u8,
    #[serde(default, rename = "a/b")]
    slashed: Option<bool>,
}

#[test]
fn errors_of_form_point_at_the_value() {
    for (text, pointer, reason) in [
        (r#"{"name":7}"#, "/name", "must be a text, not 7"),
        (
            r#"{"name":"a","lines":[{"count":1},{"count":"x"}]}"#,
            "/lines/1/count",
            "must be a whole number from 0 to 255, not the text \"x\"",
        ),
        (r#"{"name":"a","lines":[{"count":300}]}"#, "/lines/0/count", "must be a whole number from 0 to 255, not 300"),
        ("{\n \"name\": \"a\",\n \"lines\": [{}]\n}", "/lines/0", "`count` is missing"),
        (r#"{"name":"a","lines":[{"count":1,"a/b":3}]}"#, "/lines/0/a~1b", "must be `true` or `false`, not 3"),
        (
            r#"{"name":"a","line":[]}"#,
            "/line",
            "there is no `line` here, only `name`, `lines`, `kind`, `kinds`, `pair`, `last`",
        ),
        (r#"{"name":[1]}"#, "/name", "must be a text, not a list"),
        (r#"{"name":{"a":1}}"#, "/name", "must be a text, not an object"),
        (r#"{"name":null}"#, "/name", "must be a text, not null"),
        (r#"{"name":"a","lines":{"count":1}}"#, "/lines", "must be a list, not an object"),
        (r#"{"name":"a","lines":["1"]}"#, "/lines/0", "must be an object, not the text \"1\""),
        (r#"{"name":"a","lines":[{"count":1.5}]}"#, "/lines/0/count", "must be a whole number from 0 to 255, not 1.5"),
        (r#"{"name":"a","name":"b"}"#, "/name", "`name` is there twice"),
        (r#"{"name":"a","kind":"c"}"#, "/kind", "must be `small` or `large`, not `c`"),
        (r#"{"name":true}"#, "/name", "must be a text, not true"),
        (r#"{"name":"a","kind":1}"#, "/kind", "must be a text, not 1"),
        (r#"{"name":"a","kind":-1.5,"lines":[]}"#, "/kind", "must be a text, not -1.5"),
        (r#"{"name":"a","kind":false}"#, "/kind", "must be a text, not false"),
        (r#"{"name":"a","kind":["small"]}"#, "/kind", "must be a text, not a list"),
        (r#"{"name":"a","kind":[]}"#, "/kind", "must be a text, not a list"),
        (r#"{"name":"a","kind":{}}"#, "/kind", "must be a text, not an object"),
        (r#"{"name":"a","kind":{"small":null ,"large":null}}"#, "/kind", "must be a text, not an object"),
        ("{\"name\":\"a\",\n \"kinds\":[\"small\", null]}", "/kinds/1", "must be a text, not null"),
        ("[]", "", "must be an object, not a list"),
        (r#"["a",[],null,[],null,null]"#, "", "must be an object, not a list"),
        (r#"{"name":"a","lines":[{"count":1}, [1,null]]}"#, "/lines/1", "must be an object, not a list"),
        (r#"{"name":"a","last":[1,null]}"#, "/last", "must be an object, not a list"),
        (r#"{"name":"a","pair":[1]}"#, "/pair", "must be a list of 2, not of 1"),
        (r#"{"name":1e999}"#, "/name", "must be a number up to 1.7976931348623157e308, and this one is larger"),
        (r#"{"lines":[]}"#, "", "`name` is missing"),
        ("[1]", "", "must be an object, not a list"),
        (
            r#"{"na\"me":[],"name":{}}"#,
            "/na\\\"me",
            "there is no `na\"me` here, only `name`, `lines`, `kind`, `kinds`, `pair`, `last`",
        ),
    ] {
        let error = read_json::<Order>(text.as_bytes()).unwrap_err();
        assert_eq!(error, JsonError::Form { pointer: pointer.to_owned(), reason: reason.to_owned() }, "{text}");
    }
}

#[test]
fn one_and_zero_are_flags() {
    for (given, flag) in [("1", true), ("0", false), ("true", true), ("false", false)] {
        let line: Line = read_json(format!(r#"{{"count":1,"a/b":{given}}}"#).as_bytes()).unwrap();
        assert_eq!(line.slashed, Some(flag), "{given}");
    }
    for (given, said) in [("2", "2"), ("-1", "-1"), ("1.0", "1.0"), ("\"1\"", "the text \"1\""), ("[1]", "a list")] {
        let error = read_json::<Line>(format!(r#"{{"count":1,"a/b":{given}}}"#).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), format!("/a~1b: must be `true` or `false`, not {said}"));
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
    for (text, said) in [
        (r#"{"a"#, "it ends within a text at line 1 column 3"),
        (r#"{"a":}"#, "a value is expected at line 1 column 6"),
        (r#"{"a":1"#, "it ends within an object at line 1 column 6"),
        (r#"{"a" 1}"#, "`:` is expected at line 1 column 6"),
        ("{a:1}", "a key in double quotes is expected at line 1 column 2"),
        (r#"{"a":nil}"#, "`true`, `false` or `null` is expected at line 1 column 7"),
        ("[1,]", "there is a comma behind the last part at line 1 column 4"),
        (r#"["\ud800"]"#, "unexpected end of hex escape at line 1 column 9"),
        ("{} {}", "there is more behind its end at line 1 column 4"),
    ] {
        assert_eq!(read(text), Err(JsonError::Syntax { reason: said.to_owned() }), "{text}");
    }
    let both = read_json::<Order>(br#"{"kind":1,}"#);
    assert_eq!(
        both.unwrap_err(),
        JsonError::Syntax { reason: "there is a comma behind the last part at line 1 column 11".to_owned() }
    );
    assert_eq!(read("\u{FEFF}{\"a\":1}"), Ok(()), "with the mark that some programs write first");
}

#[test]
fn long_values_are_cut_where_they_are_repeated() {
    let text = format!(r#"{{"name":"a","lines":[{{"count":"{}"}}]}}"#, "é".repeat(500));
    let said = read_json::<Order>(text.as_bytes()).unwrap_err().to_string();
    assert!(said.len() < 300 && said.ends_with("é…\""), "{said}");
    let text = format!(r#"{{"{}":1}}"#, "k".repeat(500));
    let said = read_json::<Order>(text.as_bytes()).unwrap_err();
    let JsonError::Form { reason, .. } = said else { panic!("{said}") };
    assert!(reason.len() < 150 && reason.contains("k…` here, only"), "{reason}");
}
