use super::*;

fn asked(range: &str, if_range: Option<&str>) -> Option<Wanted> {
    let mut headers = HeaderMap::new();
    headers.insert(header::RANGE, range.parse().unwrap());
    if let Some(held) = if_range {
        headers.insert(header::IF_RANGE, held.parse().unwrap());
    }
    wanted(&headers, "\"abc\"")
}

#[test]
fn one_range_of_bytes_is_read() {
    for (range, expected) in [
        ("bytes=0-9", Some(Wanted::From(0, Some(9)))),
        ("bytes=5-", Some(Wanted::From(5, None))),
        ("bytes=-3", Some(Wanted::Last(3))),
        ("bytes= 1 - 2 ", Some(Wanted::From(1, Some(2)))),
        ("bytes=-", None),
        ("bytes=9-0", None),
        ("bytes=a-b", None),
        ("bytes=+1-2", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=99999999999999999999-", None),
        ("", None),
    ] {
        assert_eq!(asked(range, None), expected, "{range}");
    }
    assert_eq!(asked("bytes=0-9", Some("\"abc\"")), Some(Wanted::From(0, Some(9))));
    assert_eq!(asked("bytes=0-9", Some("\"other\"")), None);
    assert_eq!(asked("bytes=0-9", Some("W/\"abc\"")), None, "a weak tag names no bytes");
}

#[test]
fn a_range_ends_where_the_file_does() {
    for (wanted, size, expected) in [
        (Wanted::From(0, Some(9)), 100, Some(0..10)),
        (Wanted::From(0, Some(u64::MAX)), 100, Some(0..100)),
        (Wanted::From(99, None), 100, Some(99..100)),
        (Wanted::From(100, None), 100, None),
        (Wanted::Last(3), 100, Some(97..100)),
        (Wanted::Last(300), 100, Some(0..100)),
        (Wanted::Last(0), 100, None),
        (Wanted::Last(5), 0, None),
    ] {
        assert_eq!(wanted.of(size), expected, "{wanted:?}");
    }
}

#[test]
fn a_file_that_is_known_is_not_sent_again() {
    for (held, known) in
        [("\"abc\"", true), ("W/\"abc\"", true), ("\"x\", \"abc\"", true), ("*", true), ("\"x\"", false)]
    {
        assert_eq!(is_known(Some(&held.parse().unwrap()), "\"abc\""), known, "{held}");
    }
    assert!(!is_known(None, "\"abc\""));
}
