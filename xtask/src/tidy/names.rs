//! Names that say nothing.

use std::path::Component;

use super::Finding;
use crate::house::source::{Kind, Source, Token};
use crate::house::{House, Member};

const PLACES: [&str; 9] = ["common", "shared", "core", "util", "utils", "helper", "helpers", "types", "misc"];
const ENDINGS: [&str; 8] = ["Manager", "Helper", "Util", "Impl", "Dto", "Data", "Info", "Processor"];

pub fn check(house: &House) -> Vec<Finding> {
    house.members.iter().flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    if PLACES.contains(&member.name.as_str()) {
        let advice = format!("`{}` says nothing about what is inside: name the crate by what it knows", member.name);
        findings.push(Finding::new(&member.manifest, member.line_of("name"), advice));
    }
    for source in &member.sources {
        findings.extend(check_path(source));
        findings.extend(check_types(source));
    }
    findings
}

fn check_path(source: &Source) -> Option<Finding> {
    if source.path.file_name().is_some_and(|name| name == "mod.rs") {
        return Some(Finding::new(&source.path, 1, "put the module in `foo.rs` beside `foo/`, not in `mod.rs`"));
    }
    let module = source.inner.with_extension("");
    let vague = module.components().find_map(|part| match part {
        Component::Normal(part) => PLACES.into_iter().find(|name| part == *name),
        _ => None,
    })?;
    let advice = format!("`{vague}` says nothing about what is inside: name the module by what it knows");
    Some(Finding::new(&source.path, 1, advice))
}

fn check_types(source: &Source) -> Vec<Finding> {
    let pairs = source.tokens.iter().zip(source.tokens.iter().skip(1));
    let named = pairs.filter_map(|(keyword, name)| match (&keyword.kind, &name.kind) {
        (Kind::Word(keyword), Kind::Word(word)) if is_definition(keyword) => Some((keyword, word, name)),
        _ => None,
    });
    named.filter_map(|(keyword, word, token)| vague_type(source, keyword, word, token)).collect()
}

fn is_definition(keyword: &str) -> bool {
    matches!(keyword, "struct" | "enum" | "trait" | "type" | "union")
}

fn vague_type(source: &Source, keyword: &str, word: &str, token: &Token) -> Option<Finding> {
    let ending = ENDINGS.into_iter().find(|ending| word.ends_with(ending))?;
    if keyword == "type" && word == ending {
        // What a trait of others calls it.
        return None;
    }
    let advice = format!("`{word}` ends in `{ending}`, which says nothing: name the thing itself");
    Some(Finding::new(&source.path, token.line, advice))
}
