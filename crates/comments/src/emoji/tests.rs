use super::Emoji;

fn read(text: &str) -> Option<String> {
    Emoji::parse(text).map(|emoji| emoji.as_str().to_owned())
}

#[test]
fn an_emoji_is_read_as_itself_and_by_its_code_points() {
    for (text, points) in [
        ("👍", "1f44d"),
        ("👍🏽", "1f44d-1f3fd"),
        ("❤️", "2764-fe0f"),
        ("☕", "2615"),
        ("👨‍👩‍👧‍👦", "1f468-200d-1f469-200d-1f467-200d-1f466"),
        ("🏳️‍🌈", "1f3f3-fe0f-200d-1f308"),
        ("🇪🇺", "1f1ea-1f1fa"),
        ("1️⃣", "31-fe0f-20e3"),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1f3f4-e0067-e0062-e0065-e006e-e0067-e007f"),
    ] {
        assert_eq!(read(text).as_deref(), Some(points), "{text}");
        assert_eq!(read(points).as_deref(), Some(points));
        assert_eq!(Emoji::parse(points).unwrap().to_string(), text);
        assert_eq!(read(&points.to_uppercase()).as_deref(), Some(points));
    }
}

#[test]
fn what_is_no_emoji_is_refused() {
    let crowd = ["👨"; 9].join("\u{200d}");
    let long = "1f44d-".repeat(5_000);
    for text in [
        "",
        "a",
        "ok",
        "1",
        "12",
        "👍👍",
        "👍a",
        "a👍",
        "🇪",
        "\u{200d}",
        "👍\u{200d}",
        "41",
        "d800",
        "1f44d-",
        "-1f44d",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    for text in [crowd.as_str(), &long, "1f44d 1f44d", "ffffff", "1f44d1f44d", "+1f44d", "<b>", "0", "\u{0}"] {
        assert_eq!(read(text), None, "{text}");
    }
}
