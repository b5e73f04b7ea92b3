use std::cmp::Ordering;

use model::{CellError, CellRef, FieldKind};
use proptest::prelude::*;
use serde_json::json;

use super::{ChoiceRanks, compare_cells, compare_text, text_key};
use crate::kinds::tests::{kind, multi};

fn key(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    text_key(text, &mut out);
    out
}

#[test]
fn texts_in_order() {
    let ordered = [
        "",
        " a",
        "-1",
        "0",
        "1",
        "02",
        "2a",
        "10",
        "99999999999999999999",
        "100000000000000000000",
        "Anna",
        "émile",
        "Emma",
        "file",
        "file 2",
        "File 10",
        "file 10b",
        "file2",
        "Zoë",
        "zoe2",
        "Ωmega",
        "漢",
    ];
    for pair in ordered.windows(2) {
        assert_eq!(compare_text(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        assert!(key(pair[0]) < key(pair[1]), "{pair:?}");
    }
}

#[test]
fn case_accents_and_leading_zeros_do_not_part_texts() {
    for (a, b) in [("ABC", "abc"), ("é", "E"), ("e\u{301}", "é"), ("a007", "A7"), ("ÄRGER 01", "ärger 1"), ("000", "0")]
    {
        assert_eq!(compare_text(a, b), Ordering::Equal, "{a} {b}");
        assert_eq!(key(a), key(b), "{a} {b}");
    }
}

#[test]
fn a_number_of_many_digits_keeps_its_place() {
    let numbers = [254, 255, 256, 300].map(|length| "9".repeat(length));
    for pair in numbers.windows(2) {
        assert!(key(&pair[0]) < key(&pair[1]));
        assert_eq!(compare_text(&pair[0], &pair[1]), Ordering::Less);
    }
}

#[test]
fn choices_go_by_position_and_deleted_ones_are_blank() {
    let FieldKind::MultipleSelects(mut select) = multi(&["A", "B", "C"]) else { unreachable!() };
    select.choices.rotate_left(1);
    let ranks = ChoiceRanks::new(&select);
    assert_eq!([2, 3, 1, 0, 9].map(|no| ranks.of(no)), [1, 2, 3, 0, 0]);
    let select = FieldKind::SingleSelect(select);
    let ordered = [CellRef::Choice(2), CellRef::Choice(3), CellRef::Choice(1)];
    for pair in ordered.windows(2) {
        assert_eq!(compare_cells(&select, pair[0], pair[1]), Ordering::Less);
    }
    assert_eq!(compare_cells(&select, CellRef::Choice(9), CellRef::Empty), Ordering::Equal);
    assert_eq!(compare_cells(&select, CellRef::Choice(9), CellRef::Choice(2)), Ordering::Less);
    let (lists, empty) = ([[2, 3], [2, 1]], CellRef::Empty);
    assert_eq!(compare_cells(&select, CellRef::Choices(&lists[0]), CellRef::Choices(&lists[1])), Ordering::Less);
    assert_eq!(compare_cells(&select, empty, CellRef::Choices(&[2])), Ordering::Less);
}

#[test]
fn blanks_are_first_and_errors_last() {
    let number = kind("number", &json!({"precision": 0}));
    let ordered = [
        CellRef::Empty,
        CellRef::Number(f64::NEG_INFINITY),
        CellRef::Number(-1.0),
        CellRef::Number(0.0),
        CellRef::Number(f64::INFINITY),
        CellRef::Number(f64::NAN),
        CellRef::Error(CellError::Failed),
    ];
    for pair in ordered.windows(2) {
        assert_eq!(compare_cells(&number, pair[0], pair[1]), Ordering::Less, "{pair:?}");
        assert_eq!(compare_cells(&number, pair[1], pair[0]), Ordering::Greater, "{pair:?}");
    }
    assert_eq!(compare_cells(&number, CellRef::Flag(false), CellRef::Flag(true)), Ordering::Less);
    assert_eq!(compare_cells(&number, CellRef::Flag(false), CellRef::Empty), Ordering::Equal);
    assert_eq!(compare_cells(&number, CellRef::Time(5), CellRef::Time(6)), Ordering::Less);
}

proptest! {
    #[test]
    fn keys_order_as_texts_do(a in "[aAbé0-9 -]{0,8}|\\PC{0,6}", b in "[aAbé0-9 -]{0,8}|\\PC{0,6}") {
        prop_assert_eq!(compare_text(&a, &b), key(&a).cmp(&key(&b)));
        prop_assert_eq!(compare_text(&a, &b), compare_text(&b, &a).reverse());
        prop_assert_eq!(compare_text(&a, &a), Ordering::Equal);
    }

    #[test]
    fn numbers_inside_texts_go_by_size(a in 0u64.., b in 0u64.., zeros in 0usize..3) {
        let (left, right) = (format!("x{}{a}y", "0".repeat(zeros)), format!("X{b}y"));
        prop_assert_eq!(compare_text(&left, &right), a.cmp(&b));
    }
}
