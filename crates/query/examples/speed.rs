//! Prints how long common questions take on a table of 100,000 records and 12 columns.
#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use model::{Bits, CellRef, Choice, ChoiceId, Column, FieldNo, Kind, SelectOptions};
use query::{
    Aggregate, Bucket, ColumnView, Filter, Function, GroupBy, Grouping, KeyKind, Op, Operand, SortKey, Source, Term,
    filter, group, order, values,
};

const RECORDS: usize = 100_000;
const RUNS: usize = 101;
const NAME: FieldNo = FieldNo(1);
const AMOUNT: FieldNo = FieldNo(2);
const STATUS: FieldNo = FieldNo(3);
const DUE: FieldNo = FieldNo(4);

fn main() {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: u64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance % below
    };
    let mut columns: Vec<(FieldNo, Column)> = (1..=12)
        .map(|no| {
            let kind = match no % 4 {
                1 => Kind::Text,
                2 => Kind::Number,
                3 => Kind::Choice,
                _ => Kind::Time,
            };
            (FieldNo(no), Column::new(kind))
        })
        .collect();
    let mut live = Bits::default();
    for ordinal in 0..RECORDS {
        live.set(ordinal, true);
        for (_, column) in &mut columns {
            let name = format!("Record {} of many", next(50_000));
            let cell = match column.kind() {
                Kind::Text => CellRef::Text(&name),
                Kind::Number => CellRef::Number(next(100_000) as f64 / 100.0),
                Kind::Choice => CellRef::Choice(next(8) as u32 + 1),
                _ => CellRef::Time(next(1_000) as i64 * 86_400_000_000),
            };
            column.set(ordinal, cell);
        }
    }
    let choice = |no: u32| Choice { no, id: ChoiceId::ordered(no as u64, 0), name: format!("c{no}"), color: None };
    let select = SelectOptions { choices: (1..9).rev().map(choice).collect(), next: 9, removed: Vec::new() };
    let mut source = Source::new(RECORDS, &live);
    for (field, column) in &columns {
        source.add_select(*field, ColumnView::Stored(column), &select);
    }
    ask(&source);
}

fn ask(source: &Source<'_>) {
    let term = |field, op, value| Filter::Term(Term { field, op, value });
    let some = Filter::And(vec![
        term(AMOUNT, Op::Greater, Operand::Number(500.0)),
        term(STATUS, Op::IsAnyOf, Operand::Choices(vec![2, 5])),
    ]);
    let text = term(NAME, Op::Contains, Operand::Text("RD 4999".to_owned()));
    let by = |field, descending| SortKey { field, descending, key: KeyKind::Value };
    let grouping = |field, bucket| Grouping {
        by: vec![GroupBy { field, bucket }],
        aggregates: vec![Aggregate { field: AMOUNT, function: Function::Sum }],
    };
    let all = source.live();
    report("filter number and select", || filter(source, &some));
    report("filter number and select, first 100 by date", || {
        order(source, &filter(source, &some)?, &[by(DUE, true)], Some(100))
    });
    report("first 100 of all by date", || order(source, all, &[by(DUE, true)], Some(100)));
    report("first 100 of all by select and number", || {
        order(source, all, &[by(STATUS, false), by(AMOUNT, true)], Some(100))
    });
    report("all by number", || order(source, all, &[by(AMOUNT, false)], None));
    report("first 100 of all by text", || order(source, all, &[by(NAME, false)], Some(100)));
    report("all by text", || order(source, all, &[by(NAME, false)], None));
    report("filter text", || filter(source, &text));
    report("group by select, count and sum", || group(source, all, &grouping(STATUS, Bucket::Value)));
    report("group by month, count and sum", || group(source, all, &grouping(DUE, Bucket::Month)));
    report("group by text, count and sum", || group(source, all, &grouping(NAME, Bucket::Value)));
    report("values of a text", || values(source, all, NAME, 100));
}

/// Prints the median and the fastest of many runs.
fn report<T, E: std::fmt::Debug>(name: &str, mut question: impl FnMut() -> Result<T, E>) {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let answer = question();
            let time = start.elapsed();
            assert!(black_box(answer).is_ok(), "{name} is refused");
            time
        })
        .collect();
    times.sort_unstable();
    println!("{name:45} median {:8.1} µs, fastest {:8.1} µs", micros(&times, RUNS / 2), micros(&times, 0));
}

fn micros(times: &[Duration], index: usize) -> f64 {
    times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}
