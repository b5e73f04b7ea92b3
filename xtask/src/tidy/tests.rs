use std::path::{Path, PathBuf};

use super::{Finding, RULES, licences, tidy};
use crate::house::source::{Source, mark_tests};
use crate::house::{Dependency, House, Member};
use crate::workspace::Workspace;

#[test]
fn the_house_is_tidy() {
    tidy(&Workspace::find().unwrap()).unwrap();
}

const MANIFEST: &str = "\
[package]
name = \"NAME\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

[lints]
workspace = true
";

/// A crate with dependencies and files; the files name the dependencies.
fn member(name: &str, floor: u8, dependencies: &[&str], files: &[(&str, &str)]) -> Member {
    let folder = PathBuf::from("crates").join(name);
    let mut manifest_text = MANIFEST.replace("NAME", name);
    manifest_text.push_str("\n[dependencies]\n");
    let mut uses = String::new();
    for dependency in dependencies {
        manifest_text += &[dependency, ".workspace = true\n"].concat();
        uses += &["use ", dependency, ";\n"].concat();
    }
    let files = files.iter().copied().chain([("src/lib.rs", uses.as_str()), ("tests/it/main.rs", FILLING)]);
    let mut sources: Vec<Source> =
        files.map(|(path, text)| Source::read(folder.join(path), &folder, text.to_owned())).collect();
    mark_tests(&mut sources);
    let dependency = |name: &&str| Dependency { name: (*name).to_owned(), word: (*name).to_owned(), is_dev: false };
    Member {
        name: name.to_owned(),
        floor: Some(floor),
        manifest: folder.join("Cargo.toml"),
        manifest_text,
        dependencies: dependencies.iter().map(dependency).collect(),
        sources,
        ..Member::default()
    }
}

/// Enough lines of tests for a small crate.
const FILLING: &str = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";

fn findings(members: Vec<Member>) -> Vec<String> {
    let house = House { members, papers: Vec::new() };
    RULES.iter().flat_map(|rule| rule(&house)).map(|finding| finding.to_string()).collect()
}

/// The findings about a crate with one more file.
fn about(name: &str, floor: u8, path: &str, text: &str) -> Vec<String> {
    findings(vec![member(name, floor, &[], &[(path, text)])])
}

fn one(findings: impl AsRef<[String]>, wanted: &str) {
    let findings = findings.as_ref();
    let [found] = findings else { panic!("not one finding: {findings:?}") };
    assert!(found.contains(wanted), "`{found}` does not say `{wanted}`");
}

#[test]
fn imports_go_down_and_along_arrows() {
    let floors = [
        ("model", 0),
        ("formula", 0),
        ("query", 0),
        ("db", 1),
        ("clock", 1),
        ("outbound", 1),
        ("jobs", 1),
        ("tenancy", 2),
        ("schema", 3),
        ("records", 3),
        ("assistant", 4),
        ("transfer", 4),
        ("app", 5),
    ];
    let cases: [(&str, &str, Option<&str>); 14] = [
        ("query", "model", None),
        ("model", "query", Some("no arrow from `model` to `query`")),
        ("jobs", "db", None),
        ("jobs", "clock", None),
        ("clock", "db", Some("no arrow")),
        ("jobs", "outbound", Some("no arrow")),
        ("db", "model", None),
        ("db", "tenancy", Some("floor 1 may not import `tenancy` on floor 2")),
        ("records", "schema", None),
        ("schema", "records", Some("no arrow")),
        ("transfer", "records", None),
        ("assistant", "records", Some("`assistant` stops at floor 2")),
        ("transfer", "assistant", Some("features never import each other")),
        ("app", "transfer", None),
    ];
    for (name, other, wanted) in cases {
        let members = floors.iter().map(|(known, floor)| {
            let needs: &[&str] = if *known == name { &[other] } else { &[] };
            member(known, *floor, needs, &[])
        });
        let found = findings(members.collect());
        match wanted {
            None => assert!(found.is_empty(), "{name} → {other}: {found:?}"),
            Some(wanted) => one(found, wanted),
        }
    }
}

#[test]
fn a_crate_names_its_floor() {
    let mut lost = member("blob", 1, &[], &[]);
    lost.floor = None;
    one(findings(vec![lost]), "crates/blob/Cargo.toml:1: name the crate's floor");
}

#[test]
fn what_is_for_tests_stays_a_dev_dependency() {
    let tests = || member("testkit", 1, &[], &[]);
    one(findings(vec![tests(), member("db", 1, &["testkit"], &[])]), "make it a dev-dependency");
    let mut db = member("db", 1, &["testkit"], &[]);
    db.dependencies[0].is_dev = true;
    assert_eq!(findings(vec![tests(), db]), [""; 0]);
}

#[test]
fn chains_are_short() {
    let names: Vec<String> = (0..13).map(|number| format!("link{number}")).collect();
    let chain = |count: usize| {
        let link = |number: usize| {
            let below: Vec<&str> = number.checked_sub(1).map(|below| names[below].as_str()).into_iter().collect();
            let mut link = member(&names[number], 0, &below, &[]);
            link.floor = Some(number as u8);
            link
        };
        findings((0..count).map(link).collect())
    };
    assert!(!chain(12).iter().any(|finding| finding.contains("chain")));
    assert!(chain(13).iter().any(|finding| finding.contains("below `link12` has 13 links")));
}

#[test]
fn names_say_something() {
    one(about("utils", 0, "src/a.rs", ""), "crates/utils/Cargo.toml:2: `utils` says nothing");
    one(about("events", 0, "src/helpers.rs", ""), "`helpers` says nothing");
    one(about("events", 0, "src/common/a.rs", ""), "`common` says nothing");
    one(about("events", 0, "src/a/mod.rs", ""), "not in `mod.rs`");
    one(about("events", 0, "src/a.rs", "\nstruct CellData;"), "crates/events/src/a.rs:2: `CellData` ends in `Data`");
    assert_eq!(
        about("events", 0, "src/a.rs", "struct Datum; fn information() {} impl A for B { type Data = u8; }"),
        [""; 0]
    );
}

#[test]
fn files_and_crates_have_budgets() {
    let long = "fn a() {}\n".repeat(601);
    one(
        about("events", 0, "src/a.rs", &format!("{long}{}", "#[cfg(test)]\nmod tests {\n}\n".repeat(100))),
        "601 lines",
    );
    assert_eq!(about("events", 0, "src/a/tests.rs", &long), [""; 0]);
    one(about("events", 0, "src/a.rs", &"fn a() {}\n".repeat(200)), "20 of 220 lines are tests");
    one(about("events", 0, "src/a.rs", "fn a( {"), "cannot be read as Rust");
}

#[test]
fn drivers_and_doors_are_known_to_few() {
    let driver = "fn a() { rusqlite::open(); }";
    one(about("jobs", 1, "src/a.rs", driver), "only `db` knows");
    assert_eq!(about("db", 1, "src/a.rs", driver), [""; 0]);
    assert_eq!(about("jobs", 1, "src/a/tests.rs", driver), [""; 0]);
    let door = "use axum::Router;";
    one(about("schema", 3, "src/ops.rs", door), "only doors know `axum`");
    assert_eq!(about("schema", 3, "src/routes/list.rs", door), [""; 0]);
    assert_eq!(about("assistant", 4, "src/mcp/server.rs", door), [""; 0]);
    one(about("assistant", 4, "src/loop.rs", door), "only doors know `axum`");
    one(about("llm", 1, "src/a.rs", "use reqwest::Client;"), "only `outbound`");
    one(about("llm", 1, "src/a.rs", "fn a() { std::env::var_os(\"A\"); }"), "only `app` reads the environment");
    assert_eq!(about("app", 5, "src/a.rs", "fn a() { std::env::var_os(\"A\"); }"), [""; 0]);
    assert_eq!(about("llm", 1, "src/a.rs", "const A: &str = env!(\"A\"); fn a() { std::env::temp_dir(); }"), [""; 0]);
}

#[test]
fn sql_stands_in_stores() {
    let texts = ["\"SELECT 1\"", "r#\"\n  INSERT   INTO a\"#", "\"\\\n DELETE FROM a\"", "\"WITH a AS (SELECT 1)\""];
    for text in texts {
        let text = format!("const A: &str = {text};");
        one(about("schema", 3, "src/ops.rs", &text), "SQL stands in `store` only");
        assert_eq!(about("schema", 3, "src/store/tables.rs", &text), [""; 0]);
        assert_eq!(about("jobs", 1, "src/queue.rs", &text), [""; 0]);
    }
    let others = "const A: [&str; 4] = [\"DELETE\", \"Create a table\", \"SELECTION\", \"INSERT it\"];";
    assert_eq!(about("schema", 3, "src/ops.rs", others), [""; 0]);
}

#[test]
fn manifests_inherit() {
    let changed = |from: &str, to: &str| {
        let mut member = member("events", 0, &["model"], &[]);
        assert!(member.manifest_text.contains(from));
        member.manifest_text = member.manifest_text.replace(from, to);
        findings(vec![member])
    };
    assert_eq!(changed("events", "events"), [""; 0]);
    one(changed("edition.workspace = true", "edition = \"2021\""), "Cargo.toml:4: inherit the key");
    one(changed("[lints]\nworkspace = true", ""), "inherit the lints");
    one(changed("model.workspace = true", "model = \"1\""), "Cargo.toml:13: write the version in the workspace");
    one(changed("model.workspace = true", "chrono.workspace = true"), "use `jiff`");
    one(changed("[package]", "[package"), "this is not TOML");
}

#[test]
fn dependencies_are_named_by_sources() {
    let mut unused = member("events", 0, &["serde_json"], &[]);
    unused.sources.retain(|source| source.is_test);
    one(findings(vec![unused]), "crates/events/Cargo.toml:13: no source names `serde_json`");
    let mut listed = member("events", 0, &["serde_json"], &[]);
    listed.sources.retain(|source| source.is_test);
    listed.unnamed.push("serde_json".to_owned());
    assert_eq!(findings(vec![listed]), [""; 0]);
}

#[test]
fn notes_name_their_issue() {
    let note = concat!("TO", "DO");
    for (text, is_loose) in [
        (format!("// {note} later"), true),
        (format!("// {note}: later"), true),
        (format!("// {note}(#12): later"), false),
        (format!("// {note}(#): later"), true),
        (format!("// {note}S"), false),
        ("// to do".to_owned(), false),
    ] {
        let found = about("events", 0, "src/a.rs", &text);
        if is_loose { one(found, "name the issue") } else { assert_eq!(found, [""; 0], "{text}") }
    }
}

#[test]
fn licences_are_weighed() {
    let allowed = ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0 WITH Classpath-exception-2.0"];
    let cases = [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("(GPL-3.0 OR MIT) AND BSD-3-Clause", true),
        ("MIT OR GPL-3.0 AND BSD-3-Clause", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("GPL-2.0 WITH Classpath-exception-2.0", true),
        ("GPL-2.0 WITH Other-exception", false),
        ("", false),
        ("MIT OR", false),
        ("(MIT", false),
        ("MIT)", false),
        ("MIT MIT", false),
    ];
    for (expression, wanted) in cases {
        assert_eq!(licences::is_allowed(expression, &allowed), wanted, "{expression}");
    }
}

#[test]
fn a_finding_says_where() {
    let finding = Finding::new(Path::new("crates/a/src/lib.rs"), 7, "do this");
    assert_eq!(finding.to_string(), "crates/a/src/lib.rs:7: do this");
}
