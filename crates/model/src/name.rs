//! When two names are one: letters that look alike have several forms in Unicode (UAX 15), and people tell small and
//! capital ones apart in no list of names.

use unicode_normalization::UnicodeNormalization;

/// True for names of the same letters, in whatever form of Unicode: nobody can tell them apart.
pub fn reads_alike(a: &str, b: &str) -> bool {
    a == b || !(a.is_ascii() && b.is_ascii()) && a.nfc().eq(b.nfc())
}

/// True for names that differ in the case and the form of their letters at most.
pub fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || !(a.is_ascii() && b.is_ascii()) && folded_name(a) == folded_name(b)
}

/// A name as all that are [the same](same_name) have it.
pub fn folded_name(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { composed(name).to_lowercase() }
}

/// A name in the form in which names are kept (NFC).
pub fn composed(name: &str) -> String {
    if name.is_ascii() { name.to_owned() } else { name.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::{composed, folded_name, reads_alike, same_name};

    #[test]
    fn names_of_one_look_are_one() {
        for (a, b, alike, same) in [
            ("Name", "Name", true, true),
            ("Name", "NAME", false, true),
            ("Name", "Names", false, false),
            ("\u{C9}tat", "E\u{301}tat", true, true),
            ("\u{C9}tat", "e\u{301}tat", false, true),
            ("\u{C9}tat", "Etat", false, false),
            // The sign of Kelvin is a K.
            ("\u{212A}", "K", true, true),
            ("\u{212A}", "k", false, true),
            ("\u{AC00}", "\u{1100}\u{1161}", true, true),
            // Compatible, but of another look.
            ("\u{FB01}", "fi", false, false),
            ("", "", true, true),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                assert_eq!((reads_alike(a, b), same_name(a, b)), (alike, same), "{a:?} {b:?}");
                assert_eq!(folded_name(a) == folded_name(b), same, "{a:?} {b:?}");
                assert_eq!(composed(a) == composed(b), alike, "{a:?} {b:?}");
            }
        }
    }
}
