//! Floors and arrows: who may import whom.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::house::{House, Member};

/// On floors 0 to 3 a crate may import one of its own floor along these arrows, also several in a row.
const ARROWS: [(&str, &[&str]); 14] = [
    ("query", &["fields"]),
    ("fields", &["formula"]),
    ("formula", &["datetime"]),
    ("datetime", &["model"]),
    ("events", &["model"]),
    ("runtime", &["jobs", "web", "tools"]),
    ("jobs", &["changes"]),
    ("changes", &["db"]),
    ("audit", &["db"]),
    ("tools", &["web"]),
    ("web", &["db"]),
    ("llm", &["outbound"]),
    ("blob", &["outbound"]),
    ("tenancy", &["identity"]),
];

/// The same for floor 3.
const GRID: [(&str, &[&str]); 2] = [("records", &["images", "schema"]), ("images", &["schema"])];

/// What every crate of floor 1 may import.
const UNDER_ALL: [&str; 2] = ["clock", "telemetry"];

/// Features that build beside the grid, not after it.
const WITHOUT_GRID: [&str; 4] = ["assistant", "notify", "analytics", "billing"];

/// The longest chain of crates.
const CHAIN: usize = 12;

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings: Vec<Finding> = house.members.iter().flat_map(|member| imports(house, member)).collect();
    findings.extend(chain(house));
    findings
}

fn imports(house: &House, member: &Member) -> Vec<Finding> {
    let Some(floor) = member.floor else {
        let advice = "name the crate's floor: `[package.metadata.house] floor = N`";
        return vec![Finding::new(&member.manifest, 1, advice)];
    };
    if member.is_spared() {
        return Vec::new();
    }
    let own = member.dependencies.iter().filter_map(|dependency| Some((dependency, house.member(&dependency.name)?)));
    own.filter_map(|(dependency, other)| {
        let advice = if other.is_test() {
            if dependency.is_dev {
                return None;
            }
            format!("`{}` is for tests: make it a dev-dependency", other.name)
        } else {
            objection(&member.name, floor, &other.name, other.floor?)?
        };
        Some(Finding::new(&member.manifest, member.line_of(&dependency.name), advice))
    })
    .collect()
}

/// What speaks against `name` on `floor` importing `other`.
fn objection(name: &str, floor: u8, other: &str, other_floor: u8) -> Option<String> {
    let way_out = "send an event, move a word to `model` or `events`, or let `app` hand in a value";
    if other_floor > floor {
        return Some(format!("floor {floor} may not import `{other}` on floor {other_floor}: {way_out}"));
    }
    if other_floor == floor {
        return match floor {
            4 => Some(format!("features never import each other, as `{name}` does `{other}`: {way_out}")),
            5 => None,
            _ if is_along_arrows(name, other) => None,
            _ => Some(format!("there is no arrow from `{name}` to `{other}` on floor {floor}: {way_out}")),
        };
    }
    let stops_early = other_floor > 2 && WITHOUT_GRID.contains(&name);
    stops_early.then(|| format!("`{name}` stops at floor 2, `{other}` is on floor {other_floor}: {way_out}"))
}

fn is_along_arrows(from: &str, to: &str) -> bool {
    if UNDER_ALL.contains(&to) {
        return !UNDER_ALL.contains(&from);
    }
    let next = ARROWS.iter().chain(&GRID).find(|(name, _)| *name == from).map_or(&[][..], |(_, next)| next);
    next.iter().any(|next| *next == to || is_along_arrows(next, to))
}

fn chain(house: &House) -> Option<Finding> {
    let mut lengths = BTreeMap::new();
    let members = house.members.iter().filter(|member| member.name != "stories");
    let longest = members.max_by_key(|member| length(house, member, &mut lengths, &mut BTreeSet::new()))?;
    let length = *lengths.get(longest.name.as_str())?;
    (length > CHAIN).then(|| {
        let advice =
            format!("the chain of crates below `{}` has {length} links, at most {CHAIN}: merge two", longest.name);
        Finding::new(&longest.manifest, 1, advice)
    })
}

fn length<'a>(
    house: &'a House,
    member: &'a Member,
    known: &mut BTreeMap<&'a str, usize>,
    above: &mut BTreeSet<&'a str>,
) -> usize {
    if let Some(length) = known.get(member.name.as_str()) {
        return *length;
    }
    // Cargo refuses circles; this only makes sure that a manifest half written does not hang the check.
    if !above.insert(&member.name) {
        return 0;
    }
    let below = member.dependencies.iter().filter(|dependency| !dependency.is_dev);
    let below = below.filter_map(|dependency| house.member(&dependency.name));
    let length = 1 + below.map(|other| length(house, other, known, above)).max().unwrap_or(0);
    above.remove(member.name.as_str());
    known.insert(&member.name, length);
    length
}
