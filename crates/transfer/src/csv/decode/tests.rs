use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use proptest::prelude::*;

use super::{TextSource, detect};

/// Gives its bytes a few at a time.
struct Trickle<'a>(&'a [u8], usize);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(self.0.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

fn decode(bytes: &[u8], encoding: &'static Encoding, step: usize) -> (String, Vec<u64>) {
    let mut source = TextSource::new(Trickle(bytes, step), encoding);
    let mut text = String::new();
    while !source.ended() {
        source.fill(&mut text).unwrap();
    }
    assert_eq!(source.bytes(), bytes.len() as u64);
    (text, source.malformed)
}

fn wide(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn encodings_are_told_from_their_bytes() {
    let ascii = b"name,city\nann,paris\n".to_vec();
    let with_mark = [b"\xEF\xBB\xBF".as_slice(), &ascii].concat();
    let little = wide("name,city\nann,paris\n", false);
    let big = wide("name,city\nann,paris\n", true);
    let marked = [b"\xFF\xFE".as_slice(), &little].concat();
    let western = b"name,city\njos\xE9,m\xFCnchen\nann,k\xF6ln and other places in the west\n".to_vec();
    let broken = "größe,straße,über,öl,ärger\n".repeat(3).into_bytes();
    let broken = [broken.as_slice(), b"\xFF\n"].concat();
    let cases: [(&[u8], &Encoding, bool, bool); 7] = [
        (&ascii, UTF_8, false, true),
        (&with_mark, UTF_8, true, true),
        (&little, UTF_16LE, false, false),
        (&big, UTF_16BE, false, false),
        (&marked, UTF_16LE, true, true),
        (&western, WINDOWS_1252, false, false),
        (&broken, UTF_8, false, false),
    ];
    for (bytes, encoding, bom, sure) in cases {
        let found = detect(bytes);
        assert_eq!((found.encoding.name(), found.bom, found.sure), (encoding.name(), bom, sure));
    }
    assert_eq!(detect("\u{20AC}".as_bytes().get(..2).unwrap()).encoding, UTF_8, "a sample may cut a character");
}

#[test]
fn western_text_is_believed_until_much_speaks_against_it() {
    let encoded = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
    let mixed = |utf8: &str, western: &str| [utf8.as_bytes(), &encoded(WINDOWS_1252, western)].concat();
    let polish = "imię,miasto\nŁukasz,Łódź\nGrażyna,Kraków\nWłodzimierz,Żory\nŚwiętosława,Częstochowa\n";
    let russian = "имя,город\nИван,Москва\nОльга,Нижний Новгород\nПётр,Санкт-Петербург\n";
    let cases: [(&str, Vec<u8>, &Encoding); 8] = [
        ("one of each", mixed("name\ncafé\n", "thé\n"), UTF_8),
        ("few stray", mixed("name,note\nJosé,größer\nZoë,naïve\n", "Ann,thé à\n"), UTF_8),
        ("many stray", mixed("name,note\nJosé,größer\n", "Zoë,naïve\nAnn,crème brûlée\n"), UTF_8),
        ("short", encoded(WINDOWS_1252, "é\nü\n"), WINDOWS_1252),
        ("names", encoded(WINDOWS_1252, "Ñandú\nÁgnes\nMüßig\nÅse\nŒuvre\n"), WINDOWS_1252),
        ("prices", encoded(WINDOWS_1252, "price\n5 €\n7 £\n§ 12\n20 °\n"), WINDOWS_1252),
        ("polish", encoded(encoding_rs::WINDOWS_1250, &polish.repeat(4)), encoding_rs::WINDOWS_1250),
        ("russian", encoded(encoding_rs::WINDOWS_1251, russian), encoding_rs::WINDOWS_1251),
    ];
    for (case, bytes, encoding) in cases {
        let found = detect(&bytes);
        assert_eq!((found.encoding.name(), found.sure), (encoding.name(), false), "{case}");
    }
    let (text, malformed) = decode(&mixed("café\n", "thé\n"), UTF_8, 1024);
    assert_eq!((text.as_str(), malformed), ("café\nthé\n", vec![8]));
}

#[test]
fn text_is_the_same_however_it_trickles_in() {
    let text = "\u{FEFF}größe, €, 𝄞, ascii\r\n";
    let marked = wide(text, false);
    for step in [1, 2, 3, 5, 1024] {
        let plain = text.trim_start_matches('\u{FEFF}');
        assert_eq!(decode(text.as_bytes(), UTF_8, step), (plain.to_owned(), vec![]), "{step}");
        assert_eq!(decode(&marked, UTF_16LE, step), (plain.to_owned(), vec![]), "{step}");
    }
}

#[test]
fn malformed_bytes_become_something_visible_and_are_remembered() {
    for step in [1, 2, 1024] {
        assert_eq!(decode(b"a\xE9b\xFFc", UTF_8, step), ("aéb\u{FF}c".to_owned(), vec![1, 4]), "{step}");
        assert_eq!(decode(b"a\xE2\x82", UTF_8, step).0, "aâ‚", "{step}");
        let lone = [wide("a", false), vec![0x00, 0xD8], wide("b", false)].concat();
        assert_eq!(decode(&lone, UTF_16LE, step).0, "a\u{FFFD}b", "{step}");
    }
}

#[test]
fn garbage_does_not_fill_the_memory() {
    let (text, malformed) = decode(&vec![0xFF; 200_000], UTF_8, 4096);
    assert_eq!(text.chars().count(), 200_000);
    assert_eq!(malformed.len(), 1 << 16);
}

proptest! {
    #[test]
    fn utf8_is_decoded_as_it_is(text in "\\PC{0,200}", step in 1_usize..64) {
        let text = text.trim_start_matches('\u{FEFF}');
        prop_assert_eq!(decode(text.as_bytes(), UTF_8, step), (text.to_owned(), vec![]));
    }

    #[test]
    fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), step in 1_usize..16) {
        for encoding in [UTF_8, UTF_16LE, WINDOWS_1252] {
            let all = decode(&bytes, encoding, 4096);
            prop_assert_eq!(decode(&bytes, encoding, step), all);
        }
    }
}
