//! How an answer is judged.

use serde_json::Value;

/// A question with its answer.
pub struct Asked {
    pub question: String,
    pub wanted: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    Right,
    Wrong,
    Declined,
}

/// No value is a decline; a list is compared without regard to order and repetition.
pub fn score(wanted: &Value, given: &Value) -> Score {
    let right = match (wanted, given) {
        (_, Value::Null) => return Score::Declined,
        (Value::Array(wanted), Value::Array(given)) => covers(wanted, given) && covers(given, wanted),
        (Value::Array(one), given) | (given, Value::Array(one)) => one.len() == 1 && same(&one[0], given),
        (wanted, given) => same(wanted, given),
    };
    if right { Score::Right } else { Score::Wrong }
}

fn covers(all: &[Value], some: &[Value]) -> bool {
    some.iter().all(|value| all.iter().any(|held| same(held, value)))
}

fn same(one: &Value, other: &Value) -> bool {
    if let (Value::Object(one), Value::Object(other)) = (one, other) {
        return one.len() == other.len()
            && one.iter().all(|(key, value)| other.get(key).is_some_and(|held| same(value, held)));
    }
    if one.is_boolean() || other.is_boolean() {
        return one == other;
    }
    if let (Some(one), Some(other)) = (number(one), number(other)) {
        return (one - other).abs() <= 1e-9 + 1e-6 * one.abs();
    }
    text(one) == text(other)
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Lower case; of a day or moment only its digits, so that `2015/03/15 05:00` and `2015-03-15T05:00:00Z` agree.
fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let is_day = text.len() >= 8
        && text.chars().take(4).all(|c| c.is_ascii_digit())
        && text.chars().nth(4).is_some_and(|c| matches!(c, '-' | '/'));
    if is_day {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        return digits.trim_end_matches('0').to_owned();
    }
    text.trim().to_lowercase()
}

#[test]
fn answers_are_judged_by_what_they_say() {
    let cases = [
        (r"3", r"3.0", Score::Right),
        (r"3", r"null", Score::Declined),
        (r"3", r"4", Score::Wrong),
        (r"3", r"[3]", Score::Right),
        (r#"["a", "b"]"#, r#"["B", "a"]"#, Score::Right),
        (r#"["a", "b"]"#, r#"["a"]"#, Score::Wrong),
        (r#"["a"]"#, r#"["a", "b"]"#, Score::Wrong),
        (r"[]", r#"["a"]"#, Score::Wrong),
        (r"true", r"false", Score::Wrong),
        (r"1", r"true", Score::Wrong),
        (r#"["2015/03/15 05:00:00"]"#, r#"["2015-03-15T05:00:00.000Z"]"#, Score::Right),
        (r#"["2015-03-15"]"#, r#"["2015-03-16"]"#, Score::Wrong),
        (r#"[{"key": "a", "value": 1}]"#, r#"[{"key": "a", "value": 2}]"#, Score::Wrong),
        (r#"[{"key": "a", "value": 1}]"#, r#"[{"value": 1, "key": "A"}]"#, Score::Right),
    ];
    for (wanted, given, judged) in cases {
        let parse = |text: &str| serde_json::from_str(text).unwrap();
        assert_eq!(score(&parse(wanted), &parse(given)), judged, "{wanted} {given}");
    }
}
