//! When two names are one: letters that look alike have several forms in Unicode (UAX 15), and people tell small and
//! capital ones apart in no list of names.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Most bytes of a text that can be a name: 255 characters, in pieces of up to four, of up to four bytes each.
const MAX_BYTES: usize = 255 * 4 * 4;

/// A name that is looked for: its letters are read once, however many names it is compared with.
#[derive(Debug)]
pub struct WantedName<'n> {
    composed: Cow<'n, str>,
    folded: String,
}

impl<'n> WantedName<'n> {
    /// None for a text that is longer than any name.
    pub fn new(name: &'n str) -> Option<Self> {
        if name.len() > MAX_BYTES {
            return None;
        }
        let composed = if is_composed(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) };
        Some(Self { folded: lowered(composed.chars()).collect(), composed })
    }

    /// True for a name of the same letters, in whatever form of Unicode: nobody can tell them apart.
    pub fn reads_as(&self, name: &str) -> bool {
        name == self.composed || !is_composed(name) && name.nfc().eq(self.composed.chars())
    }

    /// True for a name that differs in the case and the form of its letters at most.
    pub fn is_same(&self, name: &str) -> bool {
        if name.is_ascii() {
            name.eq_ignore_ascii_case(&self.folded)
        } else if is_composed(name) {
            lowered(name.chars()).eq(self.folded.chars())
        } else {
            lowered(name.nfc()).eq(self.folded.chars())
        }
    }
}

/// True for names of the same letters, in whatever form of Unicode: nobody can tell them apart.
pub fn reads_alike(a: &str, b: &str) -> bool {
    a == b || !(a.is_ascii() && b.is_ascii()) && WantedName::new(b).is_some_and(|wanted| wanted.reads_as(a))
}

/// True for names that differ in the case and the form of their letters at most.
pub fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
        || !(a.is_ascii() && b.is_ascii()) && WantedName::new(b).is_some_and(|wanted| wanted.is_same(a))
}

/// A name as all that are [the same](same_name) have it.
pub fn folded_name(name: &str) -> String {
    if name.is_ascii() { name.to_ascii_lowercase() } else { lowered(name.nfc()).collect() }
}

/// A name in the form in which names are kept (NFC).
pub fn composed(name: &str) -> String {
    if is_composed(name) { name.to_owned() } else { name.nfc().collect() }
}

/// True for a mark that combines with the letter before it.
pub fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// True for what is surely in the composed form: all before U+0300 is, whose first byte is 0xCC.
fn is_composed(name: &str) -> bool {
    name.bytes().all(|byte| byte < 0xCC) || is_nfc_quick(name.chars()) == IsNormalized::Yes
}

/// Small letters, the sigma at the end of a word as all others.
fn lowered(name: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    name.flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c })
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, WantedName, composed, folded_name, reads_alike, same_name};

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
            ("ΟΔΟΣ", "οδος", false, true),
            ("\u{130}", "I\u{307}", true, true),
            ("Дом\u{301}", "дом\u{301}", false, true),
            ("", "", true, true),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                assert_eq!((reads_alike(a, b), same_name(a, b)), (alike, same), "{a:?} {b:?}");
                assert_eq!(folded_name(a) == folded_name(b), same, "{a:?} {b:?}");
                assert_eq!(composed(a) == composed(b), alike, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_text_longer_than_any_name_is_the_name_of_nothing() {
        let longest = "\u{1F82}".repeat(255);
        let apart: String = unicode_normalization::UnicodeNormalization::nfd(longest.as_str()).collect();
        assert!(apart.len() < MAX_BYTES && reads_alike(&longest, &apart) && same_name(&apart, &longest));
        assert!(WantedName::new(&"n".repeat(MAX_BYTES)).is_some());
        for longer in ["n".repeat(MAX_BYTES + 1), format!("E{}", "\u{301}\u{316}".repeat(150_000))] {
            assert!(WantedName::new(&longer).is_none());
            assert!(!reads_alike("E", &longer) && !same_name("\u{C9}", &longer));
        }
    }
}
