//! SQL stands in stores.

use std::path::Path;

use super::Finding;
use crate::house::source::{Kind, Source};
use crate::house::{House, Member};

const BEGINNINGS: [&str; 8] =
    ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE ", "WITH ", "ALTER TABLE ", "DROP "];

pub fn check(house: &House) -> Vec<Finding> {
    let members = house.members.iter().filter(|member| !member.is_spared());
    members.flat_map(|member| member.sources.iter().flat_map(|source| check_source(member, source))).collect()
}

fn check_source(member: &Member, source: &Source) -> Vec<Finding> {
    if may_hold_sql(member, &source.inner) {
        return Vec::new();
    }
    let texts = source.production().filter(|token| matches!(&token.kind, Kind::Text(text) if is_sql(text)));
    texts
        .map(|token| Finding::new(&source.path, token.line, "SQL stands in `store` only: move the text there"))
        .collect()
}

fn may_hold_sql(member: &Member, inner: &Path) -> bool {
    matches!(member.name.as_str(), "changes" | "jobs" | "db" | "sql")
        || inner == Path::new("src/store.rs")
        || inner.starts_with("src/store")
        || member.name == "web" && (inner == Path::new("src/idempotency.rs") || inner.starts_with("src/idempotency"))
}

/// Statements begin like this, whatever space is before and between.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
    let start: Vec<&str> = text.split_whitespace().take(3).collect();
    let start = start.join(" ");
    BEGINNINGS.iter().any(|beginning| start.starts_with(beginning))
}
