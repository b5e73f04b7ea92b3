//! Who may name what: drivers, doors, the network, the environment.

use std::path::Path;

use super::Finding;
use crate::house::source::{Kind, Source, Token};
use crate::house::{House, Member};

/// Words that only some may name.
struct Rule {
    words: &'static [&'static str],
    /// Answers true for a crate and a path inside it that may.
    allowed: fn(&Member, &Path) -> bool,
    advice: &'static str,
}

const RULES: [Rule; 4] = [
    Rule {
        words: &["rusqlite", "tokio_postgres", "deadpool_postgres", "deadpool", "libsqlite3_sys"],
        allowed: |member, _| member.name == "db",
        advice: "only `db` knows the SQL drivers: use `db::Tx` or `db::Db`",
    },
    Rule {
        words: &["axum", "axum_extra"],
        allowed: may_name_axum,
        advice: "only doors know `axum`: move this to `routes`, or to `web`",
    },
    Rule {
        words: &["reqwest"],
        allowed: |member, _| member.name == "outbound",
        advice: "only `outbound` calls the network: use `outbound::Outbound`",
    },
    Rule {
        words: &["redis"],
        allowed: |member, _| member.floor == Some(1),
        advice: "only floor 1 knows Redis: put what you need there",
    },
];

/// Packages that may not be below a crate of floor 0.
pub const IMPURE: [&str; 6] = ["tokio", "axum", "hyper", "reqwest", "rusqlite", "tokio-postgres"];

fn may_name_axum(member: &Member, inner: &Path) -> bool {
    matches!(member.name.as_str(), "web" | "runtime" | "tenancy")
        || inner.starts_with("src/routes")
        || inner == Path::new("src/routes.rs")
        || member.name == "assistant" && (inner == Path::new("src/mcp.rs") || inner.starts_with("src/mcp"))
}

pub fn check(house: &House) -> Vec<Finding> {
    let members = house.members.iter().filter(|member| !member.is_spared());
    members.flat_map(|member| member.sources.iter().flat_map(|source| check_source(member, source))).collect()
}

fn check_source(member: &Member, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (word, line) in source.words() {
        let rule = RULES.iter().find(|rule| rule.words.contains(&word));
        if let Some(rule) = rule.filter(|rule| !(rule.allowed)(member, &source.inner)) {
            findings.push(Finding::new(&source.path, line, rule.advice));
        }
    }
    let tokens: Vec<&Token> = source.production().collect();
    for window in tokens.windows(4) {
        if reads_environment(window) {
            let line = window.first().map_or(1, |token| token.line);
            findings.push(Finding::new(&source.path, line, "only `app` reads the environment: take a setting"));
        }
    }
    findings
}

/// True for `env::var` and its siblings; `env!` and `env::temp_dir` are something else.
fn reads_environment(window: &[&Token]) -> bool {
    let [first, colon, other, name] = window else { return false };
    let word =
        |token: &Token, known: &[&str]| matches!(&token.kind, Kind::Word(word) if known.contains(&word.as_str()));
    word(first, &["env"])
        && colon.kind == Kind::Mark(':')
        && other.kind == Kind::Mark(':')
        && word(name, &["var", "var_os", "vars", "vars_os"])
}
