use super::{CheckboxWords, is_email, is_phone, is_placeholder, is_url};

fn check(is: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
    for text in yes {
        assert!(is(text), "{text}");
    }
    for text in no {
        assert!(!is(text), "{text}");
    }
}

#[test]
fn mail_addresses() {
    let yes = ["a@b.co", "ann.lee+x@mail.example.com", "o'hara@example.org", "jürgen@müller.de", "a_b@c-d.info"];
    let no = [
        "",
        "@",
        "a@",
        "@b.co",
        "a@b",
        "a b@c.de",
        "a@b..co",
        "a@.co",
        "a@b.c",
        "a@b.c0m",
        "a@-b.co",
        "a@b.co, c@d.co",
        "mailto:a@b.co",
    ];
    check(is_email, &yes, &no);
}

#[test]
fn web_addresses() {
    let yes =
        ["http://a.de", "https://example.com/x?y=1#z", "HTTPS://EXAMPLE.COM", "ftp://host/file", "www.example.com"];
    let no = ["", "http://", "https://a b", "example.com", "www", "htp://x.de", "see https://example.com", "file:///x"];
    check(is_url, &yes, &no);
}

#[test]
fn phone_numbers() {
    let yes = ["+49 30 1234567", "(030) 123-4567", "555-123-4567", "030/1234567", "+1.555.123.4567"];
    let no = ["", "1234567", "12-34", "+49 30 12345678901234567", "555-CALL-NOW", "5+55-123-4567", "12.50 €"];
    check(is_phone, &yes, &no);
}

#[test]
fn words_for_nothing() {
    let yes = ["NA", "N/A", "n/a", "#N/A", "NaN", "null", "NULL", "None", "-", "--", "?", "—"];
    let no = ["", " ", "0", "none of them", "nil", "N.A.", "---", "x"];
    check(is_placeholder, &yes, &no);
}

#[test]
fn words_of_checkboxes() {
    let cases = [
        ("true", Some((CheckboxWords::TrueFalse, true))),
        ("FALSE", Some((CheckboxWords::TrueFalse, false))),
        ("Yes", Some((CheckboxWords::YesNo, true))),
        ("n", Some((CheckboxWords::Yn, false))),
        ("T", Some((CheckboxWords::Tf, true))),
        ("off", Some((CheckboxWords::OnOff, false))),
        ("checked", Some((CheckboxWords::Checked, true))),
        ("unchecked", Some((CheckboxWords::Checked, false))),
        ("x", Some((CheckboxWords::X, true))),
        ("✓", Some((CheckboxWords::Tick, true))),
        (" yes ", Some((CheckboxWords::YesNo, true))),
        ("", None),
        ("maybe", None),
        ("1", None),
        ("truely", None),
        ("not a word", None),
    ];
    for (text, expected) in cases {
        let found = CheckboxWords::of(text).map(|words| (words, words.read(text).unwrap()));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn every_word_belongs_to_its_pair() {
    for words in CheckboxWords::ALL {
        let (yes, no) = words.words();
        assert_eq!((CheckboxWords::of(yes), words.read(yes)), (Some(words), Some(true)));
        assert_eq!(words.read(no), if no.is_empty() { None } else { Some(false) });
        assert!(words.empty_is_no() || !no.is_empty(), "{words:?}");
    }
}
