use proptest::prelude::*;

use super::{join_names, split_names};

fn join(names: &[&str]) -> String {
    let mut out = String::new();
    join_names(names.iter().copied(), &mut out);
    out
}

#[test]
fn names_are_joined_and_quoted_where_needed() {
    for (names, expected) in [
        (&[][..], ""),
        (&["A"], "A"),
        (&["A", "B"], "A, B"),
        (&["Smith, J", "B"], "\"Smith, J\", B"),
        (&["6\" pipe"], "\"6\"\" pipe\""),
        (&[" a"], "\" a\""),
    ] {
        assert_eq!(join(names), expected);
    }
}

#[test]
fn texts_are_split_at_commas_outside_quotes() {
    for (text, expected) in [
        ("", &[][..]),
        (" , ,", &[]),
        ("A", &["A"]),
        ("A,B , C", &["A", "B", "C"]),
        ("\"Smith, J\", B", &["Smith, J", "B"]),
        ("\"open, B", &["\"open", "B"]),
        ("\"a\" b, c", &["\"a\" b", "c"]),
        ("6\" pipe, c", &["6\" pipe", "c"]),
    ] {
        assert_eq!(split_names(text), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn what_was_joined_splits_into_the_same(names in prop::collection::vec("[a-c, \"é]{1,8}", 0..6)) {
        let out = join(&names.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(split_names(&out), names);
    }
}
