use std::collections::BTreeMap;

use super::{KEYS, WAITING, without_effect};

const MANUAL: &str = include_str!("../../../../docs/settings.md");

fn environment(names: &[&str]) -> BTreeMap<String, String> {
    names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect()
}

#[test]
fn names_without_effect_come_in_one_sentence() {
    assert_eq!(without_effect(&environment(&["LOG_LEVEL", "PATH"])), None);
    let told = without_effect(&environment(&["SENTRY_DSN", "LOG_LEVEL", "API_KEY"])).unwrap();
    assert_eq!(told, "no effect yet: API_KEY, SENTRY_DSN (docs/settings.md says why)");
}

#[test]
fn the_manual_has_every_name() {
    let missing: Vec<_> = KEYS
        .iter()
        .map(|(name, key)| format!("| `{name}` | `{key}` |"))
        .chain(WAITING.iter().map(|(name, why)| format!("| `{name}` | not yet: {why} |")))
        .filter(|row| !MANUAL.contains(row.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/settings.md lacks:\n{}", missing.join("\n"));
}

#[test]
fn every_key_that_a_name_stands_for_exists() {
    for (name, key) in KEYS {
        let value = if key.ends_with("metrics") { "true" } else { "1" };
        let environment = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let loaded = crate::settings::load(None, environment, Vec::new()).unwrap();
        let given = loaded.merged.explain().into_iter().find(|setting| setting.key == key);
        assert!(given.is_some_and(|setting| setting.origin.to_string().contains(name)), "{name} does not reach {key}");
    }
}

#[test]
fn the_manual_has_every_key_with_its_default() {
    let loaded = crate::settings::load(None, BTreeMap::new(), Vec::new()).unwrap();
    let missing: Vec<_> = loaded
        .merged
        .explain()
        .into_iter()
        .map(|setting| format!("| `{}` | `{}` |", setting.key, setting.value))
        .filter(|row| !MANUAL.contains(row.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/settings.md lacks:\n{}", missing.join("\n"));
}
