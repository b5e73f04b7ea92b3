use std::path::{Path, PathBuf};

use super::{Kind, Source, mark_tests};

fn source(path: &str, text: &str) -> Source {
    Source::read(PathBuf::from(path), Path::new("crates/a"), text.to_owned())
}

#[test]
fn test_items_are_told_apart() {
    let text = "\
//! Front page.
fn kept() { let a = r#\"say \"it\"\"#; }
#[cfg(test)]
#[expect(dead_code, reason = \"sample\")]
mod inner {
    fn left_out() {}
}
#[cfg(test)]
mod outer;
fn last() {}
";
    let source = source("crates/a/src/lib.rs", text);
    let words: Vec<_> = source.words().map(|(word, _)| word).filter(|word| *word != "doc").collect();
    assert_eq!(words, ["fn", "kept", "let", "a", "fn", "last"]);
    assert_eq!(source.words().last(), Some(("last", 10)));
    assert_eq!((source.lines(), source.production_lines()), (10, 3));
    assert!(source.tokens.iter().any(|token| token.kind == Kind::Text("say \"it\"".to_owned()) && token.line == 2));
    assert!(source.tokens.iter().any(|token| token.kind == Kind::Word("left_out".to_owned()) && token.is_test));
}

#[test]
fn files_of_test_modules_are_tests() {
    let mut sources = [
        source("crates/a/src/lib.rs", "#[cfg(test)] mod fixture; mod part;"),
        source("crates/a/src/part.rs", "#[cfg(test)] mod checks;"),
        source("crates/a/src/fixture.rs", ""),
        source("crates/a/src/fixture/more.rs", ""),
        source("crates/a/src/part/checks.rs", ""),
        source("crates/a/src/part/fixture.rs", ""),
        source("crates/a/src/part/tests.rs", ""),
        source("crates/a/tests/it/main.rs", ""),
    ];
    mark_tests(&mut sources);
    let tests = sources.map(|source| source.is_test);
    assert_eq!(tests, [false, false, true, true, true, false, true, true]);
}

#[test]
fn what_is_not_rust_is_said() {
    assert!(source("crates/a/src/lib.rs", "fn a( {").unreadable.is_some());
}
