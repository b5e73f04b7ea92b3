//! What characters a text holds, found in one pass: it tells most texts from most kinds at a glance.

/// Which characters a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape(u8);

/// A decimal digit.
const DIGIT: u8 = 1;
/// A character that no number is written with.
const NOT_OF_NUMBERS: u8 = 1 << 1;
/// A character that no phone number is written with.
const NOT_OF_PHONES: u8 = 1 << 2;
/// The end of a line.
const LINE: u8 = 1 << 3;
/// White space, or what may be some outside of ASCII.
const SPACE: u8 = 1 << 4;
const AT: u8 = 1 << 5;
const COMMA: u8 = 1 << 6;
/// A character that no date is written with.
const NOT_OF_DATES: u8 = 1 << 7;

#[expect(clippy::indexing_slicing, reason = "the index stays below the length, and only the compiler runs this")]
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class(byte as u8);
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> u8 {
    let number = match byte {
        b'0'..=b'9' => DIGIT,
        b'@' | b'/' | b':' | b'_' | b'"' | b';' | b'#' | b'&' | b'=' | b'?' => NOT_OF_NUMBERS,
        _ if byte.is_ascii_alphabetic() && !is_letter_of_numbers(byte) => NOT_OF_NUMBERS,
        _ => 0,
    };
    let phone = match byte {
        b'0'..=b'9' | b'+' | b'(' | b')' | b'-' | b' ' | b'.' | b'/' => 0,
        _ => NOT_OF_PHONES,
    };
    let other = match byte {
        b'\n' | b'\r' => LINE | SPACE,
        b' ' | b'\t' | 0x0B | 0x0C | 0x80.. => SPACE,
        b'@' => AT,
        b',' => COMMA,
        _ => 0,
    };
    let date = match byte {
        b'@' | b'_' | b'"' | b';' | b'#' | b'&' | b'=' | b'?' | b'$' | b'%' | b'(' | b')' => NOT_OF_DATES,
        _ => 0,
    };
    number | phone | other | date
}

/// Letters of the symbols of currencies and of exponents.
const fn is_letter_of_numbers(byte: u8) -> bool {
    matches!(byte, b'A'..=b'L' | b'N'..=b'P' | b'R' | b'S' | b'U' | b'Y' | b'Z' | b'e' | b'k' | b'r' | b'z')
}

impl Shape {
    pub fn of(text: &str) -> Self {
        Self(text.bytes().fold(0, |shape, byte| shape | CLASSES.get(usize::from(byte)).copied().unwrap_or_default()))
    }

    const fn has(self, class: u8) -> bool {
        self.0 & class != 0
    }

    pub fn has_digits(self) -> bool {
        self.has(DIGIT)
    }

    /// False for what certainly is no number.
    pub fn may_be_number(self) -> bool {
        self.has(DIGIT) && !self.has(NOT_OF_NUMBERS)
    }

    /// False for what certainly is no date.
    pub fn may_be_date(self) -> bool {
        self.has(DIGIT) && !self.has(NOT_OF_DATES)
    }

    /// False for what certainly is no phone number.
    pub fn may_be_phone(self) -> bool {
        self.has(DIGIT) && !self.has(NOT_OF_PHONES)
    }

    /// False for what certainly is no e-mail address.
    pub fn may_be_email(self) -> bool {
        self.has(AT)
    }

    /// True when there is more than one line.
    pub fn has_lines(self) -> bool {
        self.has(LINE)
    }

    /// True when there is a comma.
    pub fn has_comma(self) -> bool {
        self.has(COMMA)
    }

    /// False when there certainly is no white space.
    pub fn may_have_space(self) -> bool {
        self.has(SPACE)
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    #[test]
    fn a_text_is_told_from_other_kinds_by_its_characters() {
        let number = |text| Shape::of(text).may_be_number();
        assert!(["12", "-1,234.50", "US$ 3", "12 %", "4e-3", "1\u{202F}000", "12 Kč"].into_iter().all(number));
        assert!(!["", "twelve", "1/2", "a1", "12:30", "x@1.de"].into_iter().any(number));
        let phone = |text| Shape::of(text).may_be_phone();
        assert!(["+49 (30) 12345", "030/123.45-6"].into_iter().all(phone));
        assert!(!["", "+-()", "12 ext 3", "12,3"].into_iter().any(phone));
        let date = |text| Shape::of(text).may_be_date();
        assert!(["2024-01-31T10:00:00.5+01:00", "Mon, 3rd of May '24", "3/4/24"].into_iter().all(date));
        assert!(!["", "May", "$12.50", "a1@b.de"].into_iter().any(date));
        assert!(Shape::of("a\nb").has_lines() && Shape::of("a\r").has_lines() && !Shape::of("a b").has_lines());
        assert!(Shape::of("a\u{3000}b").may_have_space() && !Shape::of("a-b").may_have_space());
        assert!(Shape::of("a@b").may_be_email() && Shape::of("a,b").has_comma());
    }
}
