use proptest::prelude::*;

use super::{Needle, Place, natural_key};

#[test]
fn texts_order_as_people_expect() {
    let ordered = ["", "#1", "0", "7", "007a", "10", "100", "a", "A1", "a2", "a10", "a10b", "B", "é", "Éa"];
    let key = |text: &str| {
        let mut key = Vec::new();
        natural_key(text, &mut key);
        key
    };
    for pair in ordered.windows(2) {
        assert!(key(pair[0]) < key(pair[1]), "{} is before {}", pair[0], pair[1]);
    }
    assert_eq!(key("File 01"), key("file 1"));
    assert!(key(&"9".repeat(300)) < key(&format!("1{}", "0".repeat(300))));
    assert!(key(&"9".repeat(254)) < key(&"1".repeat(255)));
}

fn found(text: &str, needle: &str, place: Place) -> bool {
    Needle::new(needle, place).is_in(text, &mut String::new())
}

#[test]
fn needles_are_found_in_their_place() {
    let cases = [
        ("Apollo 11", "APOLLO 11", [true, true, true, true]),
        ("Apollo 11", "apollo", [false, true, true, false]),
        ("Apollo 11", "11", [false, true, false, true]),
        ("Apollo 11", "llo 1", [false, true, false, false]),
        ("Apollo 11", "apollo 12", [false, false, false, false]),
        ("Apollo 11", "apollo 11 and more", [false, false, false, false]),
        ("Apollo 11", "", [false, true, true, true]),
        ("", "", [true, true, true, true]),
        ("", "a", [false, false, false, false]),
        ("ÀÉÎ", "éî", [false, true, false, true]),
        ("ÀÉÎ", "e", [false, false, false, false]),
        ("aaab", "AAB", [false, true, false, true]),
    ];
    for (text, needle, wanted) in cases {
        let places = [Place::Whole, Place::Inside, Place::Start, Place::End];
        assert_eq!(places.map(|place| found(text, needle, place)), wanted, "`{needle}` in `{text}`");
    }
}

proptest! {
    #[test]
    fn needles_are_found_as_folded_texts_are(text in "[a-cA-C éÉ]{0,8}", needle in "[a-cA-CéÉ]{0,3}") {
        let (folded, wanted) = (text.to_lowercase(), needle.to_lowercase());
        prop_assert_eq!(found(&text, &needle, Place::Whole), folded == wanted);
        prop_assert_eq!(found(&text, &needle, Place::Inside), folded.contains(&wanted));
        prop_assert_eq!(found(&text, &needle, Place::Start), folded.starts_with(&wanted));
        prop_assert_eq!(found(&text, &needle, Place::End), folded.ends_with(&wanted));
    }

    #[test]
    fn natural_keys_compare_runs_of_digits_by_size(left in 0u64..1_000_000, right in 0u64..1_000_000, zeros in 0usize..4) {
        let key = |number: u64| {
            let mut key = Vec::new();
            natural_key(&format!("Item {}{number}", "0".repeat(zeros)), &mut key);
            key
        };
        prop_assert_eq!(key(left).cmp(&key(right)), left.cmp(&right));
    }
}
