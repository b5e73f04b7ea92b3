use model::{CellError, CellRef, FieldKind, Timestamp};
use serde_json::json;

use super::{write_cell, write_number, write_text};
use crate::kinds::tests::{created, date, formula, kind, multi};
use model::FormulaType;

fn number(number: f64) -> String {
    let mut out = Vec::new();
    write_number(number, &mut out);
    String::from_utf8(out).unwrap()
}

fn cell(kind: &FieldKind, cell: CellRef<'_>) -> Option<String> {
    let mut out = b">".to_vec();
    let written = write_cell(kind, cell, &mut out);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(written, text.len() > 1, "the answer says whether something was written");
    written.then(|| text[1..].to_owned())
}

#[test]
fn numbers_are_shortest_and_whole_ones_have_no_point() {
    for (given, expected) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-12.0, "-12"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (9_007_199_254_740_991.0, "9007199254740991"),
        (1e16, "10000000000000000"),
        (-123_456_789_012_345_680_000.0, "-123456789012345680000"),
        (1e21, "1e+21"),
        (0.000_001, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (f64::NAN, r#"{"specialValue":"NaN"}"#),
        (f64::INFINITY, r#"{"specialValue":"Infinity"}"#),
        (f64::NEG_INFINITY, r#"{"specialValue":"-Infinity"}"#),
    ] {
        assert_eq!(number(given), expected);
    }
    for large in [9_007_199_254_740_994.0, 1e21, -1e300, 5e-324, f64::MAX] {
        let text = number(large);
        assert!(!text.ends_with(".0"), "{text}");
        assert_eq!(serde_json::from_str::<f64>(&text).unwrap().to_bits(), large.to_bits());
    }
}

#[test]
fn amounts_are_written_as_any_other_number() {
    let amounts = (-20_000..20_000).map(|cents| f64::from(cents) / 100.0);
    let others = [1.005, 0.001, -0.07, 0.29, 12_345_678_901.99, 99_999_999_999_999.5, 1.1e13, 0.1 + 0.2, 4.35 * 100.0];
    for value in amounts.chain(others) {
        let mut buffer = zmij::Buffer::new();
        let shortest = buffer.format(value);
        assert_eq!(number(value), shortest.strip_suffix(".0").unwrap_or(shortest));
    }
}

#[test]
fn texts_are_escaped() {
    for text in ["", "plain", "é ü 漢", "a\"b", "back\\slash", "line\nbreak\ttab\r", "\u{1}\u{1f}", "tail\""] {
        let mut out = Vec::new();
        write_text(text, &mut out);
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}

#[test]
fn empty_cells_are_not_written() {
    let select = multi(&["A", "B"]);
    for (kind, empty) in [
        (FieldKind::SingleLineText, CellRef::Empty),
        (FieldKind::SingleLineText, CellRef::Text("")),
        (kind("checkbox", &json!({"icon": "check", "color": "grayBright"})), CellRef::Flag(false)),
        (select.clone(), CellRef::Choices(&[])),
        (select.clone(), CellRef::Choices(&[9])),
        (select, CellRef::Choice(9)),
        (FieldKind::SingleLineText, CellRef::Choice(1)),
        (FieldKind::SingleLineText, CellRef::Links(&[1])),
    ] {
        assert_eq!(cell(&kind, empty), None, "{kind:?} {empty:?}");
    }
}

#[test]
fn cells_take_the_form_of_their_kind() {
    let time = Timestamp::from_date(2024, 2, 29).0 + 3_661_007_000;
    let day = Timestamp::from_date(2024, 2, 29).0;
    let number = kind("number", &json!({"precision": 0}));
    for (kind, given, expected) in [
        (FieldKind::Email, CellRef::Text("a@b.c"), r#""a@b.c""#),
        (number, CellRef::Number(2.75), "2.75"),
        (kind("checkbox", &json!({"icon": "check", "color": "grayBright"})), CellRef::Flag(true), "true"),
        (date(), CellRef::Time(day), r#""2024-02-29""#),
        (created(false), CellRef::Time(time), r#""2024-02-29T01:01:01.007Z""#),
        (created(true), CellRef::Time(time), r#""2024-02-29""#),
        (multi(&["A", "B\"", "C"]), CellRef::Choices(&[3, 7, 2]), r#"["C","B\""]"#),
        (multi(&["A"]), CellRef::Choice(1), r#""A""#),
        (formula(FormulaType::Date), CellRef::Time(day), r#""2024-02-29""#),
        (formula(FormulaType::DateTime), CellRef::Time(day), r#""2024-02-29T00:00:00.000Z""#),
        (formula(FormulaType::Flag), CellRef::Number(1.0), "1"),
        (formula(FormulaType::Number), CellRef::Number(f64::NAN), r#"{"specialValue":"NaN"}"#),
        (formula(FormulaType::Text), CellRef::Error(CellError::Failed), r##"{"error":"#ERROR!"}"##),
    ] {
        assert_eq!(cell(&kind, given).as_deref(), Some(expected), "{kind:?}");
    }
}
