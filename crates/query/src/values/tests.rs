use model::{CellValue, FieldNo};

use super::{ValueCount, values};
use crate::QueryError;
use crate::fixture::{CHOICE, CHOICES, FIELDS, Sample, TEXT};

fn sample() -> Sample {
    let record = |text: &str, choice: u32, list: &[u32]| {
        let cells = FIELDS.iter().map(|(field, _)| match *field {
            TEXT if !text.is_empty() => CellValue::Text(text.to_owned()),
            CHOICE => CellValue::Choice(choice),
            CHOICES if !list.is_empty() => CellValue::Choices(list.to_vec()),
            _ => CellValue::Empty,
        });
        (true, cells.collect())
    };
    let mut records = vec![
        record("b", 1, &[2, 3]),
        record("a", 3, &[]),
        record("", 1, &[2]),
        record("a", 4, &[]),
        record("z", 4, &[]),
    ];
    records[4].0 = false;
    Sample { first: 0, records }
}

#[test]
fn frequent_values_come_first() {
    let built = sample().build();
    let source = built.source();
    let find = |field, limit| -> Vec<(CellValue, usize)> {
        let found = values(&source, source.live(), field, limit).unwrap();
        found.into_iter().map(|ValueCount { value, count }| (value, count)).collect()
    };
    let text = |text: &str| CellValue::Text(text.to_owned());
    let choice = CellValue::Choice;
    assert_eq!(find(TEXT, 10), [(text("a"), 2), (text("b"), 1)]);
    assert_eq!(find(TEXT, 1), [(text("a"), 2)]);
    assert_eq!(find(CHOICE, 10), [(choice(1), 2), (choice(3), 1), (choice(4), 1)]);
    assert_eq!(find(CHOICES, 10), [(choice(2), 2), (choice(3), 1)]);
    let field = FieldNo(99);
    assert_eq!(values(&source, source.live(), field, 1), Err(QueryError::UnknownField { field }));
}
