//! Reading API options with errors that say what would be right.

use std::ops::RangeInclusive;

use model::FieldKind;
use serde_json::{Map, Value};

use crate::field_type::OptionsIn;
use crate::problem::OptionsError;

/// Most fields that one option names: a table has no more.
const MAX_NAMED: usize = 1_000;

/// An object of options, or a part of one.
pub(crate) struct Options<'a> {
    path: String,
    map: Option<&'a Map<String, Value>>,
}

impl<'a> Options<'a> {
    /// The options of a field; `null` counts as not given.
    pub(crate) fn new(given: Option<&'a Value>) -> Result<Self, OptionsError> {
        Self::at("options".to_owned(), given)
    }

    pub(crate) fn at(path: String, given: Option<&'a Value>) -> Result<Self, OptionsError> {
        match given {
            None | Some(Value::Null) => Ok(Self { path, map: None }),
            Some(Value::Object(map)) => Ok(Self { path, map: Some(map) }),
            Some(other) => Err(OptionsError::wrong(path, "an object", other)),
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        self.map.is_some()
    }

    /// Refuses every key that is not listed. Keys that the API answers but does not read belong in the list.
    pub(crate) fn only(&self, allowed: &[&str]) -> Result<(), OptionsError> {
        let unknown = self.map.into_iter().flat_map(Map::keys).find(|key| !allowed.contains(&key.as_str()));
        match unknown {
            None => Ok(()),
            Some(key) => Err(OptionsError::Unknown { path: self.path_of(key), allowed: sentence(allowed) }),
        }
    }

    /// A value that is there and not `null`.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.map?.get(key).filter(|value| !value.is_null())
    }

    /// A part that is an object itself.
    pub(crate) fn part(&self, key: &str) -> Result<Options<'a>, OptionsError> {
        Options::at(self.path_of(key), self.get(key))
    }

    pub(crate) fn missing(&self, key: &str, expected: impl Into<String>) -> OptionsError {
        let path = if self.is_given() || self.path != "options" { self.path_of(key) } else { self.path.clone() };
        let expected = expected.into();
        let expected = if path == self.path { format!("an object with `{key}`, {expected}") } else { expected };
        OptionsError::Missing { path, expected }
    }

    pub(crate) fn wrong(&self, key: &str, expected: impl Into<String>, found: &Value) -> OptionsError {
        OptionsError::wrong(self.path_of(key), expected, found)
    }

    /// A whole number in a range; `old` when it is not given.
    pub(crate) fn whole(&self, key: &str, range: RangeInclusive<u8>, old: Option<u8>) -> Result<u8, OptionsError> {
        let expected = || format!("a whole number from {} to {}", range.start(), range.end());
        let Some(value) = self.get(key) else {
            return old.ok_or_else(|| self.missing(key, expected()));
        };
        let number = value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=255.0).contains(number));
        number
            .map(|number| number as u8)
            .filter(|number| range.contains(number))
            .ok_or_else(|| self.wrong(key, expected(), value))
    }

    /// One of some names; `old` when it is not given.
    pub(crate) fn one_of(&self, key: &str, names: &[&str], old: Option<&str>) -> Result<String, OptionsError> {
        let Some(value) = self.get(key) else {
            return old.map(str::to_owned).ok_or_else(|| self.missing(key, one_of(names)));
        };
        value
            .as_str()
            .filter(|name| names.contains(name))
            .map(str::to_owned)
            .ok_or_else(|| self.wrong(key, one_of(names), value))
    }

    /// The text of a formula; `old` when it is not given.
    pub(crate) fn formula(&self, key: &str, expected: &str, old: Option<&String>) -> Result<String, OptionsError> {
        let Some(value) = self.get(key) else { return old.cloned().ok_or_else(|| self.missing(key, expected)) };
        let text = value.as_str().filter(|text| !text.trim().is_empty());
        text.map(str::to_owned).ok_or_else(|| self.wrong(key, expected, value))
    }

    /// The id or the name of a field or a table; `old` when it is not given.
    pub(crate) fn named(&self, key: &str, expected: &str, old: Option<String>) -> Result<String, OptionsError> {
        let Some(value) = self.get(key) else { return old.ok_or_else(|| self.missing(key, expected)) };
        value.as_str().map(str::to_owned).ok_or_else(|| self.wrong(key, expected, value))
    }

    /// The ids or the names of fields; `old` when they are not given.
    pub(crate) fn named_all(&self, key: &str, old: Option<&FieldKind>) -> Result<Vec<String>, OptionsError> {
        let expected = || format!("a list of at most {MAX_NAMED} ids or names of fields of this table");
        let Some(value) = self.get(key) else {
            return Ok(old.into_iter().flat_map(FieldKind::watched_fields).map(|id| id.to_string()).collect());
        };
        let items = value.as_array().filter(|items| items.len() <= MAX_NAMED);
        let items = items.ok_or_else(|| self.wrong(key, expected(), value))?;
        let named = items.iter().map(|item| item.as_str().map(str::to_owned));
        named.collect::<Option<_>>().ok_or_else(|| self.wrong(key, expected(), value))
    }

    /// True or false; `old` when it is not given.
    pub(crate) fn flag(&self, key: &str, old: bool) -> Result<bool, OptionsError> {
        match self.get(key) {
            None => Ok(old),
            Some(value) => value.as_bool().ok_or_else(|| self.wrong(key, "`true` or `false`", value)),
        }
    }

    pub(crate) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }
}

/// For types without options: an empty object is as good as none.
pub(crate) fn none(given: Option<&Value>, kind: FieldKind) -> Result<OptionsIn, OptionsError> {
    Options::new(given)?.only(&[])?;
    Ok(OptionsIn::Kind(kind))
}

/// The list of names as an expectation.
pub(crate) fn one_of(names: &[&str]) -> String {
    format!("one of {}", ticked(names))
}

fn sentence(allowed: &[&str]) -> String {
    if allowed.is_empty() { "this type has no options".to_owned() } else { format!("there are {}", ticked(allowed)) }
}

fn ticked(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
