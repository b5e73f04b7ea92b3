//! What every manifest takes from the workspace.

use toml::{Table, Value};

use super::Finding;
use crate::house::{House, Member};

const KEYS: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// Packages that manifests of ours do not name, and what to do instead.
const NOT_NAMED: [(&str, &str); 8] = [
    ("chrono", "use `jiff`"),
    ("time", "use `jiff`"),
    ("once_cell", "use `std::sync::OnceLock`"),
    ("lazy_static", "use `std::sync::LazyLock`"),
    ("async-trait", "write the future in the signature"),
    ("sqlx", "use `db`"),
    ("openssl", "use `rustls` with `aws-lc-rs`"),
    ("native-tls", "use `rustls` with `aws-lc-rs`"),
];

pub fn check(house: &House) -> Vec<Finding> {
    house.members.iter().flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Finding> {
    let finding = |key: &str, advice: String| Finding::new(&member.manifest, member.line_of(key), advice);
    let table = match member.manifest_text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => return vec![finding("", format!("this is not TOML: {}", error.message()))],
    };
    let mut findings = Vec::new();
    let package = table.get("package").and_then(Value::as_table);
    for key in KEYS {
        if !package.and_then(|package| package.get(key)).is_some_and(is_inherited) {
            findings.push(finding(key, format!("inherit the key: `{key}.workspace = true`")));
        }
    }
    if !table.get("lints").is_some_and(is_inherited) {
        findings.push(finding("[lints]", "inherit the lints: `[lints] workspace = true`".to_owned()));
    }
    for part in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let dependencies = table.get(part).and_then(Value::as_table).into_iter().flatten();
        for (name, value) in dependencies {
            if !is_inherited(value) {
                findings.push(finding(name, format!("write the version in the workspace: `{name}.workspace = true`")));
            }
            if let Some((_, instead)) = NOT_NAMED.iter().find(|(banned, _)| banned == name) {
                findings.push(finding(name, format!("`{name}` is not used here: {instead}")));
            }
        }
    }
    findings
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}
