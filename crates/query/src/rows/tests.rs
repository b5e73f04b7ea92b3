use model::{Bits, CellValue, Column, FieldNo, Kind};
use proptest::prelude::*;

use super::{ERROR, by_chunk, cell, each_word, number, number_word, ordinals, time_word};
use crate::{Bucket, ColumnView, Source};

fn bits(rows: &[usize]) -> Bits {
    let mut bits = Bits::default();
    for row in rows {
        bits.set(*row, true);
    }
    bits
}

#[test]
fn only_records_that_exist_are_selected() {
    let live = bits(&[0, 1, 2, 64, 65, 4_096, 5_000]);
    let source = Source::new(5_000, &live);
    assert_eq!(ordinals(&source, &bits(&[1, 3, 64, 4_096, 5_000, 9_000])), [1, 64, 4_096], "5,000 was never given out");
    assert_eq!(ordinals(&source, &Bits::default()), [0u32; 0]);
    let all: Vec<usize> = (0..4_097).collect();
    let whole = bits(&all);
    let source = Source::new(4_097, &whole);
    assert_eq!(ordinals(&source, &whole).len(), 4_097);
}

#[test]
fn ordinals_are_cut_at_the_borders_of_chunks() {
    let cut = |ordinals: &[u32]| by_chunk(ordinals).collect::<Vec<_>>();
    assert_eq!(cut(&[]), []);
    assert_eq!(cut(&[0, 4_095]), [(0, 0..2)]);
    assert_eq!(cut(&[4_095, 4_096, 4_097, 12_288]), [(0, 0..1), (1, 1..3), (3, 3..4)]);
}

#[test]
fn words_go_back_to_cells() {
    let cells = [
        CellValue::Empty,
        CellValue::Number(-1.5),
        CellValue::Number(0.0),
        CellValue::Number(f64::MAX),
        CellValue::Number(f64::NEG_INFINITY),
    ];
    let mut column = Column::new(Kind::Number);
    for (row, value) in cells.iter().enumerate() {
        column.set(row, value.view());
    }
    let live = bits(&[0, 1, 2, 3, 4]);
    let mut source = Source::new(5, &live);
    source.add(FieldNo(1), ColumnView::Stored(&column));
    let facet = source.facet(FieldNo(1)).unwrap();
    let mut found = Vec::new();
    each_word(facet, Bucket::Value, &[0, 1, 2, 3, 4], |position, word| {
        assert_eq!(position, found.len());
        found.push(cell(facet, word));
    });
    assert_eq!(found, cells);
}

proptest! {
    #[test]
    fn numbers_order_as_their_words(left in any::<f64>(), right in any::<f64>()) {
        let (one, other) = (number_word(left), number_word(right));
        match left.partial_cmp(&right) {
            Some(order) => prop_assert_eq!(one.cmp(&other), order),
            None => prop_assert!(one == ERROR || other == ERROR),
        }
        if !left.is_nan() {
            prop_assert_eq!(number(one), left);
            prop_assert!(one > ERROR);
        }
    }

    #[test]
    fn times_order_as_their_words(left in any::<i64>(), right in any::<i64>()) {
        if left > i64::MIN + 2 && right > i64::MIN + 2 {
            prop_assert_eq!(time_word(left).cmp(&time_word(right)), left.cmp(&right));
        }
        prop_assert!(time_word(left) > ERROR);
    }
}
