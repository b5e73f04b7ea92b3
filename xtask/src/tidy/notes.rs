//! Notes to do something later.

use std::path::Path;

use super::Finding;
use crate::house::House;

/// Written in halves, so that this file does not find itself.
const NOTES: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

pub fn check(house: &House) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &house.papers {
        findings.extend(check_text(path, text));
    }
    for member in &house.members {
        findings.extend(check_text(&member.manifest, &member.manifest_text));
        for source in &member.sources {
            findings.extend(check_text(&source.path, &source.text));
        }
    }
    findings
}

fn check_text(path: &Path, text: &str) -> Vec<Finding> {
    let noted = text.lines().enumerate().filter(|(_, line)| NOTES.iter().any(|note| is_loose(line, note)));
    noted.map(|(index, _)| Finding::new(path, index + 1, "name the issue: `(#123)` behind the note")).collect()
}

/// True when the word stands in `line` without an issue behind it.
fn is_loose(line: &str, note: &str) -> bool {
    line.match_indices(note).any(|(at, _)| {
        let (before, rest) = line.split_at(at);
        let after = rest.get(note.len()..).unwrap_or_default();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let number = after.strip_prefix("(#").and_then(|issue| issue.split_once(')'));
        let has_issue = number.is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        !is_part(before.chars().next_back()) && !is_part(after.chars().next()) && !has_issue
    })
}
