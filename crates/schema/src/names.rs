//! What things may be called: one rule for the names of bases, tables, fields, views and all else that people name.

use model::composed;

use crate::error::Error;

/// Longest name in characters.
pub(crate) const NAME: usize = 255;

/// True for what nobody sees and what changes how others are read: controls, line ends among them, blanks and hyphens
/// without width, and the marks of Unicode's bidirectional algorithm (UAX 9). Joiners stay: pictures of several signs and
/// scripts of several languages are written with them.
fn is_unseen(c: char) -> bool {
    let marks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || marks || matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

/// What is said where a name is empty.
pub(crate) fn no_name(what: &str) -> String {
    format!("a {what} needs a name of 1 to {NAME} characters")
}

/// A name as it is kept: without blanks around it, its letters in the composed form of Unicode.
///
/// # Errors
/// [`Error::Invalid`] for one that is empty, too long or holds characters that nobody sees.
pub fn valid_name(what: &str, name: &str) -> Result<String, Error> {
    let name = composed(name.trim());
    let length = name.chars().count();
    let reason = if name.is_empty() {
        no_name(what)
    } else if length > NAME {
        format!("the name of a {what} has at most {NAME} characters, and this one has {length}")
    } else if let Some((at, c)) = name.chars().enumerate().find(|(_, c)| is_unseen(*c)) {
        format!(
            "character {} of the name of a {what} is U+{:04X}: a name has no line ends and no characters that nobody sees",
            at + 1,
            c as u32
        )
    } else {
        return Ok(name);
    };
    Err(Error::Invalid { reason })
}

/// A text as a name can hold it: characters that nobody sees, and blanks beside them, become one space. For headers of
/// files, which people write over several lines.
pub fn on_one_line(text: &str) -> String {
    text.split(is_unseen).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{on_one_line, valid_name};

    #[test]
    fn names_are_trimmed_short_and_can_be_seen() {
        for name in ["Größe 1", "ü", " a ", "\n\ta\r\n", &"ü".repeat(255), "a  b", "\u{1F468}\u{200D}\u{1F33E}"] {
            assert_eq!(valid_name("table", name).unwrap(), name.trim(), "{name:?}");
        }
        assert_eq!(valid_name("field", "E\u{301}tat").unwrap(), "\u{C9}tat", "as a Mac writes it");
        for (name, said) in [
            ("", "needs a name"),
            (" \n", "needs a name"),
            (&"ü".repeat(256), "at most 255 characters, and this one has 256"),
            ("a\0b", "character 2 of the name of a table is U+0000"),
            ("über\nall", "character 5 of the name of a table is U+000A: a name has no line ends"),
            ("a\tb", "U+0009"),
            ("a\u{7f}", "U+007F"),
            ("a\u{202E}b", "U+202E"),
            ("a\u{2028}b", "U+2028"),
            (
                "\u{200B}",
                "character 1 of the name of a table is U+200B: a name has no line ends and no characters that nobody",
            ),
            ("\u{FEFF}a", "U+FEFF"),
            ("a\u{AD}b", "U+00AD"),
        ] {
            let error = valid_name("table", name).unwrap_err().to_string();
            assert!(error.contains(said), "{error} for {name:?}");
        }
    }

    #[test]
    fn what_no_name_holds_becomes_a_space() {
        for (text, expected) in [
            ("a", "a"),
            (" two \r\n lines ", "two lines"),
            ("a  b", "a  b"),
            ("a\u{1}\u{2}\u{202E}b", "a b"),
            ("\n", ""),
        ] {
            assert_eq!(on_one_line(text), expected, "{text:?}");
            assert!(expected.is_empty() || valid_name("field", &on_one_line(text)).is_ok(), "{text:?}");
        }
    }
}
