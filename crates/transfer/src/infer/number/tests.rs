use proptest::prelude::*;

use super::{DecimalMark, Dress, Number, parse};

const POINT: DecimalMark = DecimalMark::Point;
const COMMA: DecimalMark = DecimalMark::Comma;

fn value(text: &str, mark: DecimalMark) -> Option<f64> {
    parse(text, mark).map(|number| number.value)
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let cases = [
        ("0", POINT, Some(0.0)),
        ("7", COMMA, Some(7.0)),
        ("-12", POINT, Some(-12.0)),
        ("\u{2212}12", POINT, Some(-12.0)),
        ("+12", POINT, Some(12.0)),
        (" 12 ", POINT, Some(12.0)),
        ("3.25", POINT, Some(3.25)),
        ("3,25", COMMA, Some(3.25)),
        (".5", POINT, Some(0.5)),
        ("-.5", POINT, Some(-0.5)),
        ("1,234", POINT, Some(1234.0)),
        ("1.234", COMMA, Some(1234.0)),
        ("1,234,567.89", POINT, Some(1_234_567.89)),
        ("1.234.567,89", COMMA, Some(1_234_567.89)),
        ("12,34,567", POINT, Some(1_234_567.0)),
        ("1 234 567", POINT, Some(1_234_567.0)),
        ("1\u{A0}234,5", COMMA, Some(1234.5)),
        ("1\u{202F}234,5", COMMA, Some(1234.5)),
        ("1'234.5", POINT, Some(1234.5)),
        ("(1,234.50)", POINT, Some(-1234.5)),
        ("1e3", POINT, Some(1000.0)),
        ("1.5E-2", POINT, Some(0.015)),
        ("2e+2", POINT, Some(200.0)),
        ("12 %", POINT, Some(12.0)),
        ("12%", COMMA, Some(12.0)),
        ("$5", POINT, Some(5.0)),
        ("-$5.10", POINT, Some(-5.1)),
        ("$-5.10", POINT, Some(-5.1)),
        ("5,10 €", COMMA, Some(5.1)),
        ("€ 1.234,50", COMMA, Some(1234.5)),
        ("US$1,000", POINT, Some(1000.0)),
        ("100 kr", POINT, Some(100.0)),
        ("100 NOK", POINT, Some(100.0)),
        ("12 zł", POINT, Some(12.0)),
        ("Kč 12", POINT, Some(12.0)),
    ];
    for (text, mark, expected) in cases {
        assert_eq!(value(text, mark), expected, "{text} with {}", mark.char());
    }
}

#[test]
fn other_texts_are_no_numbers() {
    let cases = [
        "",
        " ",
        "-",
        "+",
        ".",
        "%",
        "$",
        "abc",
        "12a",
        "a12",
        "1.2.3",
        "1,23",
        "1,2345",
        "12,345,67",
        "0,123",
        "1e",
        "e5",
        "1e1234",
        "1e9999",
        "--1",
        "-+1",
        "+-1",
        "1-2",
        "1/2",
        "1:2",
        "#1",
        "1_000",
        "$5%",
        "$$5",
        "((1))",
        "(1",
        "1)",
        "1 2",
        "1 23",
        "12 3456",
        "0x10",
        "NaN",
        "inf",
        "1.",
        "١٢",
        "1234567890123456789012345678901234567890123456789",
    ];
    for text in cases {
        assert_eq!(parse(text, POINT), None, "{text}");
    }
    // What the other decimal mark makes a number is none with this one.
    assert_eq!((value("3.25", COMMA), value("3,25", POINT)), (None, None));
}

#[test]
fn what_stands_around_the_digits_is_told() {
    let cases = [
        ("5", Dress::Plain),
        ("5 %", Dress::Percent),
        ("$5", Dress::Money("$")),
        ("5 EUR", Dress::Money("EUR")),
        ("CA$5", Dress::Money("CA$")),
        ("A$ 5", Dress::Money("A$")),
        ("£5", Dress::Money("£")),
    ];
    for (text, dress) in cases {
        assert_eq!(parse(text, POINT).map(|number| number.dress), Some(dress), "{text}");
    }
}

#[test]
fn what_a_number_would_not_give_back_is_unfaithful() {
    let cases = [
        ("0", true),
        ("10", true),
        ("007", false),
        ("00", false),
        ("0.5", true),
        ("00.5", false),
        ("+5", false),
        ("123456789012345", true),
        ("1234567890123456", false),
        ("0.123456789012345", true),
        ("1.123456789012345", false),
    ];
    for (text, faithful) in cases {
        assert_eq!(parse(text, POINT).map(|number| number.faithful), Some(faithful), "{text}");
    }
}

#[test]
fn decimals_are_counted() {
    let cases = [("5", 0, false), ("5.0", 1, true), ("5.25", 2, false), ("5.250", 3, true), ("1,000.10", 2, true)];
    for (text, decimals, trailing_zero) in cases {
        let number = parse(text, POINT).unwrap();
        assert_eq!((number.decimals, number.trailing_zero), (decimals, trailing_zero), "{text}");
    }
}

proptest! {
    #[test]
    fn whole_numbers_come_out_as_they_went_in(number in -999_999_999_999_999_i64..1_000_000_000_000_000) {
        let Number { value, faithful, .. } = parse(&number.to_string(), POINT).unwrap();
        prop_assert_eq!((value, faithful), (number as f64, true));
    }

    #[test]
    fn separated_numbers_equal_plain_ones(number in 1_000_u64..1_000_000_000_000, comma in any::<bool>()) {
        let plain = number.to_string();
        let (mark, separator) = if comma { (COMMA, '.') } else { (POINT, ',') };
        let mut text = String::new();
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && (plain.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        prop_assert_eq!(value(&text, mark), Some(number as f64));
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,60}") {
        for mark in [POINT, COMMA] {
            if let Some(number) = parse(&text, mark) {
                prop_assert!(number.value.is_finite() && text.chars().any(|c| c.is_ascii_digit()));
            }
        }
    }
}
