use model::UserId;

use super::{names, rewrite};

#[test]
fn names_stand_between_brackets() {
    for (text, expected) in [
        ("", &[][..]),
        ("nobody @ home [at all]", &[]),
        ("@[usr00000000000000]", &["usr00000000000000"]),
        ("see @[a@b.c], @[d@e.f] and @[a@b.c]!", &["a@b.c", "d@e.f"]),
        ("@[] @[ ] @[a b] @[a\nb] @[open", &[]),
        ("@[@[inner]]", &["inner"]),
        ("@[out @[é]", &["é"]),
        ("@@[x]", &["x"]),
    ] {
        assert_eq!(names(text), expected, "{text}");
    }
    let (longest, longer) = ("é".repeat(255), "é".repeat(256));
    assert_eq!(names(&format!("@[{longest}] @[{longer}]")), [longest]);
}

#[test]
fn who_is_known_is_written_by_id() {
    let (ann, bob) = (UserId::ordered(1, 1), UserId::ordered(1, 2));
    let known = |name: &str| match name {
        "ann@example.org" => Some(ann),
        name => name.parse().ok().filter(|id| *id == bob),
    };
    let text = format!("@[{bob}]: @[ann@example.org] and @[eve@example.org] [x] @[{bob}] @[");
    let expected = format!("@[{bob}]: @[{ann}] and @[eve@example.org] [x] @[{bob}] @[");
    assert_eq!(rewrite(&text, known), (expected, vec![bob, ann]));
    for text in ["", "plain", "@[", "]", "é@[x]é"] {
        assert_eq!(rewrite(text, known), (text.to_owned(), vec![]));
    }
}

#[test]
fn many_openings_cost_little() {
    let text = "@[".repeat(100_000) + "]";
    assert_eq!(names(&text), [""; 0]);
    assert_eq!(rewrite(&text, |_| None).0, text);
}
