//! Packages that others wrote: licences, sources, what is banned, what there is one of.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::acquaintance::IMPURE;
use super::{Finding, licences};
use crate::house::{House, Packages};

const RULES: &str = "deny.toml";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Two versions of one of these in a program are two worlds that do not meet.
const ONE_OF_EACH: [&str; 8] = ["axum", "http", "hyper", "jiff", "libsqlite3-sys", "rustls", "schemars", "tokio"];

/// Checks the packages by `deny.toml`, which `cargo deny` reads as well.
pub fn check(root: &Path, house: &House, packages: &Packages) -> Result<Vec<Finding>> {
    let text = fs::read_to_string(root.join(RULES)).with_context(|| format!("`{RULES}` cannot be read"))?;
    let rules: Table = text.parse().with_context(|| format!("`{RULES}` is not TOML"))?;
    let allowed = strings(&rules, "licenses", "allow");
    let mut findings = Vec::new();
    for package in &packages.metadata.packages {
        if package.source.is_none() || !packages.built.contains(package.name.as_str()) {
            continue;
        }
        let name = format!("{} {}", package.name, package.version);
        let licence = package.license.as_deref().unwrap_or_default();
        if !licences::is_allowed(licence, &allowed) {
            findings
                .push(at_lock(format!("`{name}` is under `{licence}`: replace it, or allow the licence in `{RULES}`")));
        }
        if package.source.as_ref().is_some_and(|source| source.repr != REGISTRY) {
            findings.push(at_lock(format!("`{name}` does not come from crates.io: replace it")));
        }
    }
    findings.extend(banned(&rules, packages));
    findings.extend(doubled(packages));
    findings.extend(impure(house, packages));
    Ok(findings)
}

fn at_lock(advice: String) -> Finding {
    Finding::new(Path::new("Cargo.lock"), 1, advice)
}

fn strings<'a>(rules: &'a Table, table: &str, key: &str) -> Vec<&'a str> {
    let list = rules.get(table).and_then(|table| table.get(key)?.as_array());
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

fn banned(rules: &Table, packages: &Packages) -> Vec<Finding> {
    let list = rules.get("bans").and_then(|bans| bans.get("deny")?.as_array()).into_iter().flatten();
    let list = list.filter_map(|ban| Some((ban.get("crate")?.as_str()?, ban.get("reason").and_then(Value::as_str))));
    list.filter(|(name, _)| packages.built.contains(*name))
        .map(|(name, reason)| {
            let reason = reason.unwrap_or("it is banned");
            at_lock(format!("`{name}` is built: {reason}; `cargo tree -e normal,build -i {name}` says who brings it"))
        })
        .collect()
}

fn doubled(packages: &Packages) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &packages.metadata.packages {
        *versions.entry(package.name.as_str()).or_default() += 1;
    }
    let doubled = ONE_OF_EACH.into_iter().filter(|name| versions.get(name).is_some_and(|count| *count > 1));
    doubled.map(|name| at_lock(format!("`{name}` is there in two versions: bring its users to one"))).collect()
}

fn impure(house: &House, packages: &Packages) -> Vec<Finding> {
    let pure = house.members.iter().filter(|member| member.floor == Some(0));
    pure.flat_map(|member| {
        let below = packages.below(&member.name);
        IMPURE.into_iter().filter(move |name| below.contains(*name)).map(|name| {
            let advice = format!("floor 0 is pure, and `{name}` is among what `{}` needs: remove it", member.name);
            Finding::new(&member.manifest, 1, advice)
        })
    })
    .collect()
}
