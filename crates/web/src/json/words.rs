//! What the parser says of a JSON text, in sentences that say what would be right.

use serde_json::Value;

/// Most characters of a value or key that an error repeats.
const SHOWN: usize = 64;

/// What is said of a number that no number here can be.
const BEYOND: &str = "must be a number up to 1.7976931348623157e308, and this one is larger";

/// What values are called: by the parser, and by whoever writes JSON.
const WORDS: [(&[&str], &str); 14] = [
    (&["u8"], "a whole number from 0 to 255"),
    (&["u16"], "a whole number from 0 to 65535"),
    (&["u32"], "a whole number from 0 to 4294967295"),
    (&["usize", "u64"], "a whole number from 0"),
    (&["i32"], "a whole number from -2147483648 to 2147483647"),
    (&["isize", "i64"], "a whole number"),
    (&["f64", "f32"], "a number"),
    (&["a string", "a borrowed string", "string"], "a text"),
    (&["a boolean", "boolean"], "`true` or `false`"),
    (&["a sequence", "sequence"], "a list"),
    (&["a map", "map"], "an object"),
    (&["string or map"], "a text or an object"),
    (&["null", "unit", "unit value", "Option value"], "null"),
    (&["variant identifier", "field identifier"], "a text"),
];

/// What is wrong with a value, without the parser's ` at line 1 column 2`: a pointer says that better.
pub fn plain_words(text: &str) -> String {
    let sentence = text.rsplit_once(" at line ").map_or(text, |(sentence, _)| sentence);
    let known = of_value(sentence).or_else(|| of_length(sentence)).or_else(|| of_key(sentence));
    known.unwrap_or_else(|| if is_of_number(sentence) { BEYOND.to_owned() } else { sentence.to_owned() })
}

/// True for what the parser says of a number that is JSON and that no number here can be.
pub(super) fn is_of_number(text: &str) -> bool {
    text.starts_with("number out of range")
}

/// A value in the words of [`plain_words`].
pub(super) fn kind_of(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => format!("the text {}", cut(&format!("\"{text}\""))),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Why a text is not JSON, with the place in it.
pub(super) fn of_syntax(text: &str) -> String {
    let (reason, place) = text.rsplit_once(" at line ").unwrap_or((text, ""));
    let reason = match reason {
        "EOF while parsing a value" => "it ends where a value is expected".to_owned(),
        "expected value" => "a value is expected".to_owned(),
        "expected ident" => "`true`, `false` or `null` is expected".to_owned(),
        "key must be a string" => "a key in double quotes is expected".to_owned(),
        "trailing comma" => "there is a comma behind the last part".to_owned(),
        "trailing characters" => "there is more behind its end".to_owned(),
        other => match (other.strip_prefix("expected "), other.strip_prefix("EOF while parsing ")) {
            (Some(what), _) => format!("{what} is expected"),
            (_, Some(within)) => format!("it ends within {}", within.replace("a string", "a text")),
            _ => other.to_owned(),
        },
    };
    if place.is_empty() { reason } else { format!("{reason} at line {place}") }
}

fn of_value(sentence: &str) -> Option<String> {
    let told = sentence.strip_prefix("invalid type: ").or_else(|| sentence.strip_prefix("invalid value: "))?;
    let (found, expected) = told.rsplit_once(", expected ")?;
    let expected = if expected.starts_with("struct ") { "an object" } else { word(expected) };
    Some(format!("must be {expected}, not {}", shown(found)))
}

/// A list of another length.
fn of_length(sentence: &str) -> Option<String> {
    let (found, expected) = sentence.strip_prefix("invalid length ")?.split_once(", expected ")?;
    match expected.strip_prefix("a tuple of size ").or_else(|| expected.strip_prefix("an array of length ")) {
        Some(size) => Some(format!("must be a list of {size}, not of {found}")),
        None => Some(format!("must be {}, not of {found}", word(expected))),
    }
}

fn of_key(sentence: &str) -> Option<String> {
    if let Some(key) = sentence.strip_prefix("missing field ") {
        return Some(format!("{key} is missing"));
    }
    if let Some(key) = sentence.strip_prefix("duplicate field ") {
        return Some(format!("{key} is there twice"));
    }
    if let Some(told) = sentence.strip_prefix("unknown field ") {
        let Some((key, known)) = told.rsplit_once(", expected ") else {
            return told.split_once(", there").map(|(key, _)| format!("there is no {} here", cut(key)));
        };
        let known = known.strip_prefix("one of ").unwrap_or(known);
        return Some(format!("there is no {} here, only {known}", cut(key)));
    }
    let (name, known) = sentence.strip_prefix("unknown variant ")?.rsplit_once(", expected ")?;
    Some(format!("must be {known}, not {}", cut(name)))
}

fn word(text: &str) -> &str {
    WORDS.iter().find(|(theirs, _)| theirs.contains(&text)).map_or(text, |(_, ours)| ours)
}

/// A value that was found: a text in quotes, so that `"1"` is none the number 1.
fn shown(found: &str) -> String {
    if let Some(text) = found.strip_prefix("string ") {
        return format!("the text {}", cut(text));
    }
    let number = ["integer ", "floating point "].into_iter().find_map(|kind| found.strip_prefix(kind));
    let bare = number.or_else(|| found.strip_prefix("boolean ")).map(|text| text.replace('`', ""));
    bare.unwrap_or_else(|| word(found).to_owned())
}

/// A text in its quotes, not all of a long one.
fn cut(quoted: &str) -> String {
    let quote = quoted.chars().next_back().unwrap_or_default();
    match quoted.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…{quote}", quoted.get(..end).unwrap_or_default()),
        None => quoted.to_owned(),
    }
}
