use super::{TARGETS, parse};

#[test]
fn targets_and_minutes_are_read() {
    assert_eq!(parse(&["lists"]).unwrap(), ("lists", 10));
    assert_eq!(parse(&["fields", "--minutes", "3"]).unwrap(), ("fields", 3));
    let wrong: [&[&str]; 6] = [
        &["lists", "--minutes", "0"],
        &[],
        &["nope"],
        &["lists", "3"],
        &["lists", "--minutes"],
        &["lists", "--minutes", "x"],
    ];
    for words in wrong {
        assert!(parse(words).is_err(), "{words:?}");
    }
}

#[test]
fn every_target_has_a_story() {
    let stories = include_str!("../../../crates/stories/tests/it/fuzz.rs");
    for target in TARGETS {
        assert!(stories.contains(&format!("#[test]\nfn {target}()")), "{target}");
    }
}
