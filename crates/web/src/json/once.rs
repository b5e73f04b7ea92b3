//! Objects whose parts are not known before.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Reads an object that names each of its parts once, for `deserialize_with`.
///
/// # Errors
/// Those of the reader, and one for a name that is there twice.
pub fn each_once<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Map<String, Value>>, D::Error> {
    struct Once(Map<String, Value>);

    impl<'de> Deserialize<'de> for Once {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            input.deserialize_map(OneByOne).map(Self)
        }
    }

    struct OneByOne;

    impl<'de> Visitor<'de> for OneByOne {
        type Value = Map<String, Value>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Self::Value, A::Error> {
            let mut read = Map::new();
            while let Some(name) = parts.next_key::<String>()? {
                if read.contains_key(&name) {
                    return Err(A::Error::custom(format!("names `{name}` twice: leave one of them out")));
                }
                read.insert(name, parts.next_value()?);
            }
            Ok(read)
        }
    }

    Ok(Option::<Once>::deserialize(input)?.map(|Once(parts)| parts))
}
