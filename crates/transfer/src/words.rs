//! Texts and numbers in sentences.

/// The text, or its beginning in at most so many bytes and a mark that it goes on.
pub(crate) fn excerpt(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    format!("{}…", text.get(..text.floor_char_boundary(bytes)).unwrap_or_default())
}

/// A number of things: `1 row`, `2 rows`.
pub fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{counted, excerpt};

    #[test]
    fn texts_are_cut_at_whole_characters() {
        assert_eq!((excerpt("über", 5).as_str(), excerpt("über", 1).as_str()), ("über", "…"));
        assert_eq!(excerpt("überall", 4), "übe…");
    }

    #[test]
    fn one_is_no_plural() {
        assert_eq!([counted(0, "row"), counted(1, "row"), counted(2, "row")], ["0 rows", "1 row", "2 rows"]);
    }
}
