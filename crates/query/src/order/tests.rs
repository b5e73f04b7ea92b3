use std::cmp::Ordering;

use model::{Bits, CellValue, FieldNo};
use proptest::prelude::*;

use super::best::LEAST;
use super::order;
use crate::fixture::{self, FIELDS, LINKS, NUMBER, Sample, TEXT};
use crate::{Bound, Filter, KeyKind, MAX_SORT_KEYS, QueryError, SortKey, filter, natural_key};

fn by(field: FieldNo, descending: bool) -> SortKey<'static> {
    SortKey { field, descending, key: KeyKind::Value }
}

fn keys() -> impl Strategy<Value = Vec<(FieldNo, bool)>> {
    let key = (proptest::sample::select(&FIELDS[..]), any::<bool>());
    proptest::collection::vec(key.prop_map(|((field, _), descending)| (field, descending)), 0..4)
}

proptest! {
    #[test]
    fn keys_order_as_cells_do(sample in fixture::sample(), keys in keys(), need in proptest::option::of(0usize..12)) {
        let built = sample.build();
        let source = built.source();
        let sort: Vec<_> = keys.iter().map(|(field, descending)| by(*field, *descending)).collect();
        let found = order(&source, source.live(), &sort, need).unwrap();
        let mut wanted: Vec<_> = sample.existing().collect();
        wanted.sort_by(|left, right| {
            keys.iter().fold(Ordering::Equal, |order, (field, descending)| {
                let next = fixture::compare(fixture::cell_of(left.1, *field), fixture::cell_of(right.1, *field));
                order.then(if *descending { next.reverse() } else { next })
            })
        });
        wanted.truncate(need.unwrap_or(usize::MAX));
        prop_assert_eq!(found, wanted.into_iter().map(|(ordinal, _)| ordinal).collect::<Vec<_>>());
    }
}

/// Records with one number and one text each, enough of them to be cleaned up while they pass.
fn long(records: usize, number: impl Fn(usize) -> f64) -> Sample {
    let cells = |index: usize| -> Vec<CellValue> {
        FIELDS
            .iter()
            .map(|(field, _)| match *field {
                NUMBER => CellValue::Number(number(index)),
                TEXT => CellValue::Text(format!("a long beginning {}", index * 7_919 % records)),
                _ => CellValue::Empty,
            })
            .collect()
    };
    Sample { first: 0, records: (0..records).map(|index| (true, cells(index))).collect() }
}

#[test]
fn the_first_few_are_the_first_of_all() {
    let records = 3 * LEAST;
    for spread in [1usize, 3, 1_000, 1_000_003] {
        let sample = long(records, |index| (index * 31 % spread) as f64);
        let built = sample.build();
        let source = built.source();
        for keys in [vec![by(NUMBER, true)], vec![by(NUMBER, false), by(TEXT, true)], vec![by(TEXT, false)]] {
            let all = order(&source, source.live(), &keys, None).unwrap();
            assert_eq!(all.len(), records);
            for need in [0, 1, 100, LEAST, records, records + 1] {
                let first = order(&source, source.live(), &keys, Some(need)).unwrap();
                assert_eq!(first, all[..need.min(records)], "{need} of {} keys over {spread}", keys.len());
            }
        }
    }
}

#[test]
fn made_keys_replace_cells() {
    let names = ["pear", "", "Apple", "fig"];
    let sample = long(4, |_| 0.0);
    let built = sample.build();
    let source = built.source();
    let make = |ordinal: u32, key: &mut Vec<u8>| natural_key(names[ordinal as usize], key);
    let ascending = [SortKey { field: LINKS, descending: false, key: KeyKind::Made(&make) }];
    assert_eq!(order(&source, source.live(), &ascending, None).unwrap(), [1, 2, 3, 0]);
    let descending = [SortKey { descending: true, ..ascending[0] }];
    assert_eq!(order(&source, source.live(), &descending, None).unwrap(), [0, 3, 2, 1]);
}

#[test]
fn a_selection_is_ordered_without_what_no_longer_exists() {
    let mut sample = long(6, |index| -(index as f64));
    sample.records[4].0 = false;
    let built = sample.build();
    let source = built.source();
    let mut selection = Bits::default();
    for ordinal in [1, 4, 5, 700] {
        selection.set(ordinal, true);
    }
    assert_eq!(order(&source, &selection, &[by(NUMBER, false)], None).unwrap(), [5, 1]);
    let all = filter(&source, &Filter::All).unwrap();
    assert_eq!(order(&source, &all, &[], Some(2)).unwrap(), [0, 1]);
}

#[test]
fn keys_are_checked() {
    let sample = long(1, |_| 0.0);
    let built = sample.build();
    let source = built.source();
    let many = vec![by(NUMBER, false); MAX_SORT_KEYS + 1];
    assert!(order(&source, source.live(), &many[1..], None).is_ok());
    assert_eq!(
        order(&source, source.live(), &many, None),
        Err(QueryError::TooLarge { what: Bound::SortKeys, limit: MAX_SORT_KEYS, given: MAX_SORT_KEYS + 1 }),
    );
    let field = FieldNo(99);
    assert_eq!(order(&source, source.live(), &[by(field, false)], None), Err(QueryError::UnknownField { field }));
}
