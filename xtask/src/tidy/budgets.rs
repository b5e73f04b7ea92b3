//! How long files and crates may be, and how much of the house is tests.

use std::path::Path;

use super::Finding;
use crate::house::source::Source;
use crate::house::{House, Member};

/// Production lines of a file.
const FILE: usize = 600;
/// Production lines of a crate.
const CRATE: usize = 12_000;
/// Production lines of `model`, which everybody rebuilds with.
const MODEL: usize = 4_000;
/// The least share of tests in all lines, in percent.
const TESTS: usize = 30;

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings: Vec<Finding> = house.members.iter().flat_map(check_member).collect();
    findings.extend(check_tests(house));
    findings
}

fn check_member(member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &member.sources {
        if let Some(reason) = &source.unreadable {
            findings.push(Finding::new(&source.path, 1, format!("this cannot be read as Rust: {reason}")));
        }
        let lines = source.production_lines();
        if lines > FILE && !member.is_test() {
            let advice = format!("{lines} lines of production code, at most {FILE}: split the file by what it knows");
            findings.push(Finding::new(&source.path, 1, advice));
        }
    }
    let most = if member.name == "model" { MODEL } else { CRATE };
    let lines = production_lines(member);
    if lines > most {
        let advice = format!("`{}` has {lines} lines of production code, at most {most}: split the crate", member.name);
        findings.push(Finding::new(&member.manifest, 1, advice));
    }
    findings
}

fn production_lines(member: &Member) -> usize {
    if member.is_test() {
        return 0;
    }
    member.sources.iter().map(Source::production_lines).sum()
}

fn check_tests(house: &House) -> Option<Finding> {
    let lines: usize = house.members.iter().flat_map(|member| &member.sources).map(Source::lines).sum();
    let tests = lines - house.members.iter().map(production_lines).sum::<usize>();
    (tests * 100 < lines * TESTS).then(|| {
        let advice =
            format!("{tests} of {lines} lines are tests, at least {TESTS} % should be: write the missing ones");
        Finding::new(Path::new("Cargo.toml"), 1, advice)
    })
}
