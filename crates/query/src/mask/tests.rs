use std::collections::BTreeSet;

use model::Bits;
use proptest::prelude::*;

use super::{Mask, NONE, WORDS, and, is_empty, keep, of_chunk, or, pack, without};

fn rows(mask: &Mask) -> Vec<usize> {
    (0..WORDS * 64).filter(|row| mask[row / 64] >> (row % 64) & 1 == 1).collect()
}

fn mask(rows: &[usize]) -> Mask {
    let mut mask = NONE;
    for row in rows {
        mask[row / 64] |= 1 << (row % 64);
    }
    mask
}

/// Lengths around the borders of words, and a whole chunk.
const LENGTHS: [usize; 12] = [0, 1, 7, 8, 63, 64, 65, 127, 128, 129, 4_095, 4_096];

#[test]
fn packing_says_which_values_pass() {
    for len in LENGTHS {
        let values: Vec<u32> = (0..len as u32).map(|row| row.wrapping_mul(2_654_435_761)).collect();
        for modulus in [1, 2, 3, 7, u32::MAX] {
            let found = pack(&values, |value| value.is_multiple_of(modulus));
            let wanted: Vec<usize> = (0..len).filter(|row| values[*row].is_multiple_of(modulus)).collect();
            assert_eq!(rows(&found), wanted, "{len} values, {modulus}");
        }
    }
}

#[test]
fn chunks_are_cut_out_of_bits() {
    let mut bits = Bits::default();
    for row in [0, 63, 64, 4_095, 4_096, 4_097, 8_191, 10_000] {
        bits.set(row, true);
    }
    assert_eq!(rows(&of_chunk(&bits, 0)), [0, 63, 64, 4_095]);
    assert_eq!(rows(&of_chunk(&bits, 1)), [0, 1, 4_095]);
    assert_eq!(rows(&of_chunk(&bits, 2)), [10_000 - 8_192]);
    assert_eq!(of_chunk(&bits, 3), NONE);
    assert_eq!(of_chunk(&Bits::default(), 0), NONE);
}

#[test]
fn keeping_asks_only_for_what_is_there() {
    let mut found = mask(&[0, 5, 64, 4_095]);
    let mut asked = Vec::new();
    keep(&mut found, |row| {
        asked.push(row);
        row % 2 == 1
    });
    assert_eq!(asked, [0, 5, 64, 4_095]);
    assert_eq!(rows(&found), [5, 4_095]);
}

proptest! {
    #[test]
    fn masks_are_sets(
        left in prop::collection::btree_set(0usize..4_096, 0..80),
        right in prop::collection::btree_set(0usize..4_096, 0..80),
    ) {
        let list = |set: &BTreeSet<usize>| set.iter().copied().collect::<Vec<_>>();
        let (one, other) = (mask(&list(&left)), mask(&list(&right)));
        let mut both = one;
        and(&mut both, &other);
        prop_assert_eq!(rows(&both), list(&(&left & &right)));
        let mut either = one;
        or(&mut either, &other);
        prop_assert_eq!(rows(&either), list(&(&left | &right)));
        let mut rest = one;
        without(&mut rest, &other);
        prop_assert_eq!(rows(&rest), list(&(&left - &right)));
        prop_assert_eq!(is_empty(&both), (&left & &right).is_empty());
    }
}
