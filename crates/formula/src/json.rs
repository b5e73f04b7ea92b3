//! A value inside a text of JSON, found in one pass and without a tree.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Longest path in bytes.
const LONGEST: usize = 1_000;
/// Most steps of a path.
const STEPS: usize = 64;

/// A step of a path: into an object, or into a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// A path such as `a.b[0].c`, `$.a.b` and `["a key"][2]`.
pub(crate) fn path(text: &str) -> Option<Vec<Step>> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim();
    let mut rest = text.strip_prefix('$').unwrap_or(text);
    // The first key stands without a dot where there is no `$`.
    let mut bare = rest.len() == text.len();
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, behind) = if let Some(within) = rest.strip_prefix('[') {
            bracketed(within)?
        } else {
            let name = if bare { rest } else { rest.strip_prefix('.')? };
            let (key, behind) = name.split_at(name.find(['.', '[', ']']).unwrap_or(name.len()));
            (Step::Key(Some(key).filter(|key| !key.is_empty())?.to_owned()), behind)
        };
        steps.push(step);
        (rest, bare) = (behind, false);
    }
    (steps.len() <= STEPS).then_some(steps)
}

/// What is in brackets, and what is behind them.
fn bracketed(within: &str) -> Option<(Step, &str)> {
    let quoted = ['"', '\''].into_iter().find_map(|quote| within.strip_prefix(quote)?.split_once(quote));
    let (step, behind) = if let Some((key, behind)) = quoted {
        (Step::Key(key.to_owned()), behind)
    } else {
        let (index, behind) = within.split_at(within.find(|c: char| !c.is_ascii_digit())?);
        (Step::Index(index.parse().ok()?), behind)
    };
    Some((step, behind.strip_prefix(']')?))
}

/// The value at a path as it is written, a text without its quotes; none where the path leads nowhere or to `null`.
///
/// # Errors
/// Where the text is no JSON.
pub(crate) fn extract<'t>(text: &'t str, path: &[Step]) -> Result<Option<Cow<'t, str>>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = At(path).deserialize(&mut reader)?;
    reader.end()?;
    Ok(match found.map(RawValue::get) {
        None | Some("null") => None,
        Some(text) if text.starts_with('"') => Some(serde_json::from_str::<String>(text)?.into()),
        Some(other) => Some(other.into()),
    })
}

/// The first escape that stands for half of a character, without the other half.
pub(crate) fn half_a_character(text: &str) -> Option<&str> {
    let unit = |escape: &str| u16::from_str_radix(escape.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let mut rest = text;
    while let Some(escape) = rest.find('\\').and_then(|at| rest.get(at..)) {
        let len = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => return escape.get(..6),
            (Some(_), _) => 6,
            (None, _) => 2,
        };
        rest = escape.get(len..).unwrap_or_default();
    }
    None
}

/// Where the rest of a path leads.
struct At<'p>(&'p [Step]);

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        match self.0 {
            [] => serde::Deserialize::deserialize(reader).map(Some),
            _ => reader.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            match self.0 {
                [Step::Key(wanted), rest @ ..] if *wanted == key => found = map.next_value_seed(At(rest))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        let mut index = 0;
        loop {
            match self.0 {
                [Step::Index(wanted), rest @ ..] if *wanted == index => match list.next_element_seed(At(rest))? {
                    Some(value) => found = value,
                    None => return Ok(found),
                },
                _ => {
                    if list.next_element::<IgnoredAny>()?.is_none() {
                        return Ok(found);
                    }
                }
            }
            index += 1;
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
