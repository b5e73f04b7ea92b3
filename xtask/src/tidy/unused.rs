//! Dependencies that no source names.

use std::collections::BTreeSet;

use super::Finding;
use crate::house::source::Kind;
use crate::house::{House, Member};

pub fn check(house: &House) -> Vec<Finding> {
    house.members.iter().flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Finding> {
    let tokens = member.sources.iter().flat_map(|source| &source.tokens);
    let words: BTreeSet<&str> = tokens
        .filter_map(|token| match &token.kind {
            Kind::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let unused = member
        .dependencies
        .iter()
        .filter(|dependency| !words.contains(dependency.word.as_str()) && !member.unnamed.contains(&dependency.name));
    unused
        .map(|dependency| {
            let name = &dependency.name;
            let advice = format!(
                "no source names `{name}`: remove it, or list it in `[package.metadata.house] unnamed` if only its features are needed"
            );
            Finding::new(&member.manifest, member.line_of(name), advice)
        })
        .collect()
}
