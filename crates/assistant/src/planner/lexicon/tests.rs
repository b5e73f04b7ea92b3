use super::*;

#[test]
fn small_words_tell_nothing() {
    for word in ["the", "of", "please", "what", "show", "me", "during", "whats"] {
        assert!(is_plain(word), "{word}");
    }
    for word in ["budget", "berlin", "open", "not", "average", "most"] {
        assert!(!is_plain(word), "{word}");
    }
}

#[test]
fn words_for_records_may_be_left_out() {
    for (stem, text) in [
        ("record", "records"),
        ("row", "rows"),
        ("incident", "incidents"),
        ("worked", "worked"),
        ("playing", "playing"),
    ] {
        assert!(is_neutral(stem, text), "{text}");
    }
    for (stem, text) in [("owner", "owner"), ("closed", "closed"), ("flew", "flew"), ("red", "red")] {
        assert!(!is_neutral(stem, text), "{text}");
    }
}

#[test]
fn families_of_words() {
    for (one, other) in [
        ("price", "cost"),
        ("cost", "budget"),
        ("salary", "wage"),
        ("owner", "assignee"),
        ("due", "deadline"),
        ("city", "town"),
        ("death", "killed"),
        ("delay", "late"),
        ("rainfall", "precipitation"),
    ] {
        assert!(synonyms(one, other) && synonyms(other, one), "{one} {other}");
    }
    for (one, other) in [("price", "salary"), ("owner", "city"), ("win", "lose"), ("start", "end")] {
        assert!(!synonyms(one, other), "{one} {other}");
    }
}

#[test]
fn no_word_is_listed_twice_in_a_family() {
    for family in FAMILIES {
        let mut seen = family.to_vec();
        seen.sort_unstable();
        let all = seen.len();
        seen.dedup();
        assert!(all - seen.len() <= 1, "{family:?}");
        assert!(all > 1, "{family:?} is no family");
    }
}

#[test]
fn what_cells_call_people() {
    assert!(called("women").any(|cell| cell == "female"));
    assert!(called("men").any(|cell| cell == "male"));
    assert_eq!(called("tasks").count(), 0);
}

#[test]
fn hints_of_field_names() {
    assert!(hinted(&["due", "date"], TIMES));
    assert!(hinted(&["home", "city"], PLACES));
    assert!(hinted(&["project", "owner"], PERSONS));
    assert!(hinted(&["origin"], SOURCES) && !hinted(&["origin"], GOALS));
    assert!(hinted(&["destination"], GOALS) && !hinted(&["destination"], SOURCES));
    assert!(!hinted(&["budget"], TIMES));
    assert!(!hinted(&[], PERSONS));
}

#[test]
fn known_words_are_not_mended() {
    for word in ["number", "whose", "people", "price", "won"] {
        assert!(is_known(word), "{word}");
    }
    assert!(!is_known("germny"));
}
