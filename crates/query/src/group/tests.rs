use std::cmp::Ordering;

use model::{CHUNK, CellError, CellValue, FieldNo, Kind, Timestamp};
use proptest::prelude::*;

use super::{Group, group};
use crate::fixture::{self, CHOICE, CHOICES, FIELDS, FLAG, LINKS, NUMBER, RESULT, Sample, TEXT, TIME};
use crate::{
    Aggregate, Bound, Bucket, Clocks, Function, GroupBy, Grouping, MAX_AGGREGATES, MAX_GROUP_KEYS, QueryError,
};

fn by(field: FieldNo) -> GroupBy {
    GroupBy { field, bucket: Bucket::Value }
}

/// What a record's cell is grouped under.
fn elements(cell: &CellValue) -> Vec<CellValue> {
    match cell {
        CellValue::Choices(list) => list.iter().map(|no| CellValue::Choice(*no)).collect(),
        CellValue::Links(list) => list.iter().map(|ordinal| CellValue::Links(vec![*ordinal])).collect(),
        CellValue::Number(number) if number.is_nan() => vec![CellValue::Error(CellError::Failed)],
        cell => vec![cell.clone()],
    }
}

fn combinations(cells: &[CellValue], by: &[FieldNo]) -> Vec<Vec<CellValue>> {
    by.iter().fold(vec![Vec::new()], |keys, field| {
        let elements = elements(fixture::cell_of(cells, *field));
        keys.iter().flat_map(|key| elements.iter().map(|one| [&key[..], std::slice::from_ref(one)].concat())).collect()
    })
}

fn reference(sample: &Sample, by: &[FieldNo], aggregates: &[Aggregate]) -> Vec<Group> {
    let mut groups: Vec<(Vec<CellValue>, Vec<&[CellValue]>)> = Vec::new();
    if by.is_empty() {
        groups.push((vec![], vec![]));
    }
    for (_, cells) in sample.existing() {
        for key in combinations(cells, by) {
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, records)) => records.push(cells),
                None => groups.push((key, vec![cells])),
            }
        }
    }
    groups.sort_by(|left, right| {
        left.0
            .iter()
            .zip(&right.0)
            .fold(Ordering::Equal, |order, (left, right)| order.then(fixture::compare(left, right)))
    });
    let told = |records: &[&[CellValue]]| -> Vec<CellValue> {
        aggregates.iter().map(|aggregate| aggregated(*aggregate, records)).collect()
    };
    groups.into_iter().map(|(key, records)| Group { key, count: records.len(), values: told(&records) }).collect()
}

fn aggregated(aggregate: Aggregate, records: &[&[CellValue]]) -> CellValue {
    let cells: Vec<&CellValue> = records.iter().map(|cells| fixture::cell_of(cells, aggregate.field)).collect();
    let filled = cells.iter().filter(|cell| !cell.is_empty()).count();
    let mut values: Vec<CellValue> = cells.iter().flat_map(|cell| elements(cell)).collect();
    values.retain(|value| !matches!(value, CellValue::Empty | CellValue::Error(_)));
    values.sort_by(fixture::compare);
    let numbers: Vec<f64> = values
        .iter()
        .filter_map(|value| if let CellValue::Number(number) = value { Some(*number) } else { None })
        .collect();
    let middle = numbers.len() / 2;
    match aggregate.function {
        Function::Filled => CellValue::Number(filled as f64),
        Function::Empty => CellValue::Number((cells.len() - filled) as f64),
        Function::Sum => CellValue::Number(numbers.iter().sum()),
        Function::Average | Function::Median if numbers.is_empty() => CellValue::Empty,
        Function::Average => CellValue::Number(numbers.iter().sum::<f64>() / numbers.len() as f64),
        Function::Min => values.first().cloned().unwrap_or_default(),
        Function::Max => values.last().cloned().unwrap_or_default(),
        Function::Median if numbers.len() % 2 == 1 => CellValue::Number(numbers[middle]),
        Function::Median => CellValue::Number(f64::midpoint(numbers[middle - 1], numbers[middle])),
        Function::Distinct => {
            values.dedup();
            // Texts that differ in case order as equals but are different values.
            let different = values.iter().enumerate().filter(|(index, value)| !values[..*index].contains(value));
            CellValue::Number(different.count() as f64)
        }
    }
}

/// Equal but for what rounding does to sums of very different sizes.
fn close(left: &CellValue, right: &CellValue) -> bool {
    match (left, right) {
        (CellValue::Number(left), CellValue::Number(right)) => {
            left.total_cmp(right).is_eq()
                || (left - right).abs() <= 1e-9 * (1.0 + left.abs().max(right.abs()))
                || left.abs() > 1e290
        }
        (left, right) => left == right,
    }
}

fn any_aggregate() -> impl Strategy<Value = Aggregate> {
    const NUMBERS: [Function; 5] = [Function::Sum, Function::Average, Function::Min, Function::Max, Function::Median];
    const ANY: [Function; 3] = [Function::Filled, Function::Empty, Function::Distinct];
    prop_oneof![
        (proptest::sample::select(&NUMBERS[..]), proptest::sample::select(&[NUMBER, RESULT][..])),
        (proptest::sample::select(&[Function::Min, Function::Max][..]), Just(TIME)),
        (proptest::sample::select(&ANY[..]), proptest::sample::select(&FIELDS[..]).prop_map(|(field, _)| field)),
    ]
    .prop_map(|(function, field)| Aggregate { field, function })
}

proptest! {
    #[test]
    fn groups_tell_what_their_records_do(
        sample in fixture::sample(),
        // Texts that order as equals may come in either order, so one key of that kind is enough.
        fields in proptest::sample::subsequence(vec![NUMBER, TIME, CHOICE, CHOICES, FLAG, LINKS, RESULT], 0..4),
        aggregates in proptest::collection::vec(any_aggregate(), 0..6),
    ) {
        let built = sample.build();
        let source = built.source();
        let grouping = Grouping { by: fields.iter().map(|field| by(*field)).collect(), aggregates: aggregates.clone() };
        let found = group(&source, source.live(), &grouping).unwrap();
        let wanted = reference(&sample, &fields, &aggregates);
        let heads = |groups: &[Group]| groups.iter().map(|group| (group.key.clone(), group.count)).collect::<Vec<_>>();
        prop_assert_eq!(heads(&found), heads(&wanted));
        for (found, wanted) in found.iter().zip(&wanted) {
            for ((aggregate, found), wanted) in aggregates.iter().zip(&found.values).zip(&wanted.values) {
                prop_assert!(close(found, wanted), "{aggregate:?}: {found:?}, not {wanted:?}");
            }
        }
    }
}

/// Records with one filled field.
fn column(field: FieldNo, cells: &[CellValue]) -> Sample {
    let record = |cell: &CellValue| {
        FIELDS.iter().map(|(known, _)| if *known == field { cell.clone() } else { CellValue::Empty }).collect()
    };
    Sample { first: 0, records: cells.iter().map(|cell| (true, record(cell))).collect() }
}

/// Whole chunks, and those that begin within a word of bits, are read another way than records with gaps.
#[test]
fn records_without_gaps_are_told_as_those_with() {
    let aggregates = [Function::Sum, Function::Filled].map(|function| Aggregate { field: NUMBER, function });
    for (first, gap) in [(0, None), (64, None), (CHUNK - 100, None), (CHUNK - 100, Some(50)), (0, Some(299))] {
        let cell = |field: FieldNo, at: usize| match field {
            CHOICE if !at.is_multiple_of(5) => CellValue::Choice(1 + at as u32 % 3),
            NUMBER if !at.is_multiple_of(7) => CellValue::Number(at as f64 / 4.0),
            _ => CellValue::Empty,
        };
        let record = |at: usize| (gap != Some(at), FIELDS.iter().map(|(field, _)| cell(*field, at)).collect());
        let sample = Sample { first, records: (0..300).map(record).collect() };
        let built = sample.build();
        let source = built.source();
        let grouping = Grouping { by: vec![by(CHOICE)], aggregates: aggregates.to_vec() };
        let found = group(&source, source.live(), &grouping).unwrap();
        assert_eq!(found, reference(&sample, &[CHOICE], &aggregates), "from {first}, without {gap:?}");
    }
}

/// As many ordinals as a run has, where a record of two choices stands twice beside one that no longer exists.
#[test]
fn lists_do_not_fill_gaps() {
    let record = |exists, choices: &[u32], choice: CellValue, number: f64| {
        let cell = |field| match field {
            CHOICES => CellValue::Choices(choices.to_vec()),
            CHOICE => choice.clone(),
            NUMBER => CellValue::Number(number),
            _ => CellValue::Empty,
        };
        (exists, FIELDS.iter().map(|(field, _)| cell(*field)).collect::<Vec<_>>())
    };
    let records = vec![
        record(true, &[1, 2], CellValue::Choice(1), 1.0),
        record(false, &[], CellValue::Choice(3), 10.0),
        record(true, &[3], CellValue::Empty, 100.0),
    ];
    let told = [(CHOICE, Function::Distinct), (NUMBER, Function::Sum)];
    let aggregates = told.map(|(field, function)| Aggregate { field, function });
    let sample = Sample { first: 0, records };
    let built = sample.build();
    let source = built.source();
    for keys in [&[CHOICES][..], &[CHOICES, CHOICE]] {
        let grouping = Grouping { by: keys.iter().copied().map(by).collect(), aggregates: aggregates.to_vec() };
        let found = group(&source, source.live(), &grouping).unwrap();
        assert_eq!(found, reference(&sample, keys, &aggregates), "by {keys:?}");
    }
}

fn heads(sample: &Sample, by: GroupBy) -> Vec<(CellValue, usize)> {
    let built = sample.build();
    let source = built.source();
    let groups = group(&source, source.live(), &Grouping { by: vec![by], aggregates: vec![] }).unwrap();
    groups.into_iter().map(|group| (group.key[0].clone(), group.count)).collect()
}

#[test]
fn times_fall_into_buckets() {
    let day = |year, month, day| CellValue::Time(Timestamp::from_date(year, month, day).0);
    let noon = CellValue::Time(Timestamp::from_date(2024, 5, 15).0 + 43_200_000_000);
    let sample = column(TIME, &[day(2024, 5, 15), noon, day(2024, 4, 1), day(1969, 12, 31), CellValue::Empty]);
    let blank = (CellValue::Empty, 1);
    let cases = [
        (Bucket::Day, vec![(day(1969, 12, 31), 1), (day(2024, 4, 1), 1), (day(2024, 5, 15), 2)]),
        (Bucket::Week, vec![(day(1969, 12, 29), 1), (day(2024, 4, 1), 1), (day(2024, 5, 13), 2)]),
        (Bucket::Month, vec![(day(1969, 12, 1), 1), (day(2024, 4, 1), 1), (day(2024, 5, 1), 2)]),
        (Bucket::Quarter, vec![(day(1969, 10, 1), 1), (day(2024, 4, 1), 3)]),
        (Bucket::Year, vec![(day(1969, 1, 1), 1), (day(2024, 1, 1), 3)]),
    ];
    for (bucket, wanted) in cases {
        let wanted: Vec<_> = std::iter::once(blank.clone()).chain(wanted).collect();
        assert_eq!(heads(&sample, GroupBy { field: TIME, bucket }), wanted, "{bucket:?}");
    }
}

#[test]
fn times_fall_into_days_of_the_clocks_of_their_field() {
    const HOUR: i64 = 3_600_000_000;

    #[derive(Debug)]
    struct Ahead;

    impl Clocks for Ahead {
        fn shown(&self, moment: i64) -> i64 {
            moment + HOUR
        }

        fn moment(&self, shown: i64) -> i64 {
            shown - HOUR
        }
    }

    let late = Timestamp::from_date(2024, 4, 30).0 + 23 * HOUR;
    let sample = column(TIME, &[CellValue::Time(late - 1), CellValue::Time(late), CellValue::Empty]);
    let built = sample.build();
    let mut source = built.source();
    source.group_by_clocks(TIME, Box::new(Ahead));
    for (bucket, before) in [
        (Bucket::Value, late - 1),
        (Bucket::Day, Timestamp::from_date(2024, 4, 30).0 - HOUR),
        (Bucket::Month, Timestamp::from_date(2024, 4, 1).0 - HOUR),
    ] {
        let grouping = Grouping { by: vec![GroupBy { field: TIME, bucket }], aggregates: vec![] };
        let found: Vec<_> =
            group(&source, source.live(), &grouping).unwrap().into_iter().map(|group| group.key).collect();
        let wanted = [CellValue::Empty, CellValue::Time(before), CellValue::Time(late)];
        assert_eq!(found, wanted.map(|key| vec![key]), "{bucket:?}");
    }
}

#[test]
fn numbers_fall_between_multiples() {
    let sample = column(NUMBER, &[-0.5, 0.0, 9.9, 10.0].map(CellValue::Number));
    let wanted = [(-10.0, 1), (0.0, 2), (10.0, 1)].map(|(start, count)| (CellValue::Number(start), count));
    assert_eq!(heads(&sample, GroupBy { field: NUMBER, bucket: Bucket::Width(10.0) }), wanted);
}

#[test]
fn texts_group_by_their_exact_value_in_natural_order() {
    let texts = ["item 10", "Item 9", "item 10", "item 9"].map(|text| CellValue::Text(text.to_owned()));
    let found = heads(&column(TEXT, &texts), by(TEXT));
    let wanted = [("Item 9", 1), ("item 9", 1), ("item 10", 2)];
    assert_eq!(found, wanted.map(|(text, count)| (CellValue::Text(text.to_owned()), count)));
}

#[test]
fn sums_do_not_depend_on_the_order_of_records() {
    let sample = column(NUMBER, &[1e16, 1.0, 1.0, -1e16].map(CellValue::Number));
    let built = sample.build();
    let source = built.source();
    let sum = Aggregate { field: NUMBER, function: Function::Sum };
    let groups = group(&source, source.live(), &Grouping { by: vec![], aggregates: vec![sum] }).unwrap();
    assert_eq!(groups, [Group { key: vec![], count: 4, values: vec![CellValue::Number(2.0)] }]);
}

#[test]
fn groupings_are_checked() {
    let sample = column(NUMBER, &[]);
    let built = sample.build();
    let source = built.source();
    let run = |by, aggregates| group(&source, source.live(), &Grouping { by, aggregates });
    let limit = MAX_GROUP_KEYS;
    assert_eq!(
        run(vec![by(NUMBER); limit + 1], vec![]),
        Err(QueryError::TooLarge { what: Bound::GroupKeys, limit, given: limit + 1 }),
    );
    let limit = MAX_AGGREGATES;
    let sum = |field| Aggregate { field, function: Function::Sum };
    assert_eq!(
        run(vec![], vec![sum(NUMBER); limit + 1]),
        Err(QueryError::TooLarge { what: Bound::Aggregates, limit, given: limit + 1 }),
    );
    let mismatch = |field, kind, asked| Err(QueryError::Mismatch { field, kind, asked });
    assert_eq!(run(vec![], vec![sum(TEXT)]), mismatch(TEXT, Kind::Text, "sum"));
    let day = GroupBy { field: NUMBER, bucket: Bucket::Day };
    assert_eq!(run(vec![day], vec![]), mismatch(NUMBER, Kind::Number, "group by day"));
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let width = GroupBy { field: NUMBER, bucket: Bucket::Width(width) };
        assert_eq!(run(vec![width], vec![]), mismatch(NUMBER, Kind::Number, "group by width"));
    }
}
