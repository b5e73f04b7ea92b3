//! Settings from four sources, each key with its origin.

mod bytes;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use self::bytes::ByteSize;
use self::tree::{flatten, insert};

/// The prefix of our names in the environment.
const PREFIX: &str = "AIRLOOM_";

/// Where settings come from. Later ones win: file, environment, flags.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The name and text of the configuration file (TOML).
    pub file: Option<(String, String)>,
    /// The environment; only names of the form `AIRLOOM_SECTION__KEY` are looked at.
    pub environment: BTreeMap<String, String>,
    /// Other environment names that stand for a key: (`DATABASE_URL`, `database.url`). Our own name wins.
    pub aliases: Vec<(&'static str, &'static str)>,
    /// Flags: (`--listen`, `server.listen`, the value).
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// Which source gave a setting its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// None: it is the default.
    Default,
    /// The file of this name.
    File(String),
    /// The environment variable of this name.
    Environment(String),
    /// The flag of this name.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) => write!(f, "file `{name}`"),
            Self::Environment(name) => write!(f, "environment `{name}`"),
            Self::Flag(name) => write!(f, "flag `{name}`"),
        }
    }
}

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is not TOML.
    #[error("`{file}` is not a configuration file: {source}")]
    Syntax {
        /// The file's name.
        file: String,
        /// The parser's reason.
        source: Box<toml::de::Error>,
    },
    /// There is no such key.
    #[error("there is no setting `{key}` ({origin}){}", near.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_default())]
    Unknown {
        /// The key in full.
        key: String,
        /// Who named it.
        origin: Origin,
        /// The most similar key that there is.
        near: Option<String>,
    },
    /// A section's values do not fit.
    #[error("setting section `{section}`: {reason}{}", from.as_ref().map(|from| format!(" ({from})")).unwrap_or_default())]
    Value {
        /// The section.
        section: String,
        /// The reason, with the key where it is known.
        reason: String,
        /// The sources that gave the section its values.
        from: Option<String>,
    },
}

/// One key as `config show` prints it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The key in full: `web.max_connections`.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Where the value comes from.
    pub origin: Origin,
}

#[derive(Debug, Clone)]
struct Given {
    value: Value,
    origin: Origin,
}

/// The merged settings. Sections are taken by [`section`](Self::section); [`finish`](Self::finish) then refuses what
/// nobody took.
#[derive(Debug, Clone)]
pub struct Settings {
    given: BTreeMap<String, Given>,
    /// The keys of the sections taken so far, with their defaults.
    known: BTreeMap<String, Value>,
}

impl Settings {
    /// Merges the sources.
    ///
    /// # Errors
    /// [`SettingsError::Syntax`] when the file is not TOML.
    pub fn load(sources: Sources) -> Result<Self, SettingsError> {
        let mut given = BTreeMap::new();
        if let Some((file, text)) = sources.file {
            let value: Value = toml::from_str(&text)
                .map_err(|source| SettingsError::Syntax { file: file.clone(), source: Box::new(source) })?;
            for (key, value) in flatten(&value) {
                given.insert(key, Given { value, origin: Origin::File(file.clone()) });
            }
        }
        let environment = &sources.environment;
        let aliases = sources.aliases.iter().filter_map(|(name, key)| Some((*name, *key, environment.get(*name)?)));
        for (name, key, value) in aliases {
            give(&mut given, key, value, Origin::Environment(name.to_owned()));
        }
        for (name, value) in environment {
            if let Some(key) = key_of(name) {
                give(&mut given, &key, value, Origin::Environment(name.clone()));
            }
        }
        for (flag, key, value) in &sources.flags {
            give(&mut given, key, value, Origin::Flag(flag));
        }
        Ok(Self { given, known: BTreeMap::new() })
    }

    /// The section of this name: its defaults with what the sources gave. Texts of the environment and of flags are
    /// read as what the default is: a number, a truth value, a comma list.
    ///
    /// # Errors
    /// [`SettingsError::Unknown`] for a key that the section does not have, [`SettingsError::Value`] for a value that
    /// does not fit.
    pub fn section<T>(&mut self, name: &str) -> Result<T, SettingsError>
    where
        T: Default + Serialize + DeserializeOwned,
    {
        let value_error = |reason: String, from| SettingsError::Value { section: name.to_owned(), reason, from };
        let default = serde_json::to_value(T::default()).map_err(|error| value_error(error.to_string(), None))?;
        let defaults: BTreeMap<_, _> =
            flatten(&default).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect();
        self.refuse_unknown(name, &defaults)?;
        self.known.extend(defaults);
        let prefix = format!("{name}.");
        let given = || self.given.iter().filter_map(|(key, given)| Some((key.strip_prefix(&prefix)?, key, given)));
        let read = |literal: bool| {
            let mut tree = default.clone();
            for (inner, key, given) in given() {
                insert(&mut tree, inner, typed(given, self.known.get(key), literal));
            }
            serde_json::from_value::<T>(tree)
        };
        // An optional key has no default to tell a text from a number: try the text first.
        read(false).or_else(|error| read(true).map_err(|_| error)).map_err(|error| {
            let from: Vec<_> = given().map(|(_, key, given)| format!("`{key}` from {}", given.origin)).collect();
            value_error(error.to_string(), (!from.is_empty()).then(|| from.join(", ")))
        })
    }

    fn refuse_unknown(&self, section: &str, defaults: &BTreeMap<String, Value>) -> Result<(), SettingsError> {
        let prefix = format!("{section}.");
        let unknown = self.given.iter().find(|(key, _)| key.starts_with(&prefix) && !is_known(key, defaults));
        match unknown {
            Some((key, given)) => Err(unknown_key(key, given, defaults.keys())),
            None => Ok(()),
        }
    }

    /// Refuses keys of sections that nobody took.
    ///
    /// # Errors
    /// [`SettingsError::Unknown`] for the first one.
    pub fn finish(&self) -> Result<(), SettingsError> {
        match self.given.iter().find(|(key, _)| !is_known(key, &self.known)) {
            Some((key, given)) => Err(unknown_key(key, given, self.known.keys())),
            None => Ok(()),
        }
    }

    /// Every key of the sections taken so far, with its value and where that comes from. Values of keys that end in
    /// `key`, `token`, `secret` or `password` are hidden, and so are passwords in addresses.
    pub fn explain(&self) -> Vec<Explained> {
        let mut all: BTreeMap<&String, Explained> = BTreeMap::new();
        let defaults = self.known.iter().map(|(key, value)| (key, value, &Origin::Default));
        let given = self.given.iter().map(|(key, given)| (key, &given.value, &given.origin));
        for (key, value, origin) in defaults.chain(given) {
            let value =
                if is_secret(key) && !value.is_null() { Value::from("(hidden)") } else { without_password(value) };
            all.insert(key, Explained { key: key.clone(), value, origin: origin.clone() });
        }
        all.into_values().collect()
    }
}

fn give(given: &mut BTreeMap<String, Given>, key: &str, value: &str, origin: Origin) {
    given.insert(key.to_owned(), Given { value: Value::from(value), origin });
}

/// `AIRLOOM_WEB__MAX_CONNECTIONS` is `web.max_connections`; names without `__` are not settings of the file.
fn key_of(name: &str) -> Option<String> {
    let rest = name.strip_prefix(PREFIX)?;
    rest.contains("__").then(|| rest.to_lowercase().replace("__", "."))
}

/// A key is known when a section has it, or has a free table (`{}` by default) above it.
fn is_known(key: &str, known: &BTreeMap<String, Value>) -> bool {
    let is_free = |value: &Value| value.as_object().is_some_and(Map::is_empty);
    let above = key.match_indices('.').map(|(at, _)| key.split_at(at).0);
    known.contains_key(key) || above.into_iter().any(|key| known.get(key).is_some_and(is_free))
}

fn unknown_key<'k>(key: &str, given: &Given, known: impl Iterator<Item = &'k String>) -> SettingsError {
    let best = known.map(|held| (strsim::jaro_winkler(held, key), held)).max_by(|(a, _), (b, _)| a.total_cmp(b));
    let near = best.filter(|(likeness, _)| *likeness > 0.8).map(|(_, held)| held.clone());
    SettingsError::Unknown { key: key.to_owned(), origin: given.origin.clone(), near }
}

/// An address such as `postgres://user:password@host` without its password.
fn without_password(value: &Value) -> Value {
    let hidden = value.as_str().and_then(|text| {
        let (scheme, rest) = text.split_once("://")?;
        // The last one: a password may hold more of them.
        let (who, host) = rest.rsplit_once('@')?;
        let (user, _) = who.split_once(':')?;
        Some(Value::from(format!("{scheme}://{user}:(hidden)@{host}")))
    });
    hidden.unwrap_or_else(|| value.clone())
}

fn is_secret(key: &str) -> bool {
    ["key", "token", "secret", "password"].iter().any(|end| key.ends_with(end))
}

/// The value as the kind of its default. Values of the file have their kind already.
fn typed(given: &Given, default: Option<&Value>, literal: bool) -> Value {
    let (Value::String(text), Origin::Environment(_) | Origin::Flag(_)) = (&given.value, &given.origin) else {
        return given.value.clone();
    };
    let parsed = || serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
    match default {
        Some(Value::Array(_)) => {
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect()
        }
        Some(Value::Number(_) | Value::Bool(_)) => parsed().unwrap_or_else(|| given.value.clone()),
        Some(Value::Null) | None if literal => parsed().unwrap_or_else(|| given.value.clone()),
        _ => given.value.clone(),
    }
}

#[cfg(test)]
mod tests;
