//! A table made from cells, and the same questions answered record by record.

use std::cmp::Ordering;
use std::sync::Arc;

use model::{
    Bits, CHUNK, CellError, CellValue, Choice, ChoiceId, Chunk, Column, ComputedChunk, FieldNo, Kind, SelectOptions,
};
use proptest::prelude::*;

use crate::{ColumnView, Filter, Op, Operand, Source, Term, TimeRange, natural_key};

pub(crate) const NUMBER: FieldNo = FieldNo(1);
pub(crate) const TEXT: FieldNo = FieldNo(2);
pub(crate) const TIME: FieldNo = FieldNo(3);
pub(crate) const CHOICE: FieldNo = FieldNo(4);
pub(crate) const CHOICES: FieldNo = FieldNo(5);
pub(crate) const FLAG: FieldNo = FieldNo(6);
pub(crate) const LINKS: FieldNo = FieldNo(7);
pub(crate) const RESULT: FieldNo = FieldNo(8);
pub(crate) const TITLE: FieldNo = FieldNo(9);
/// A field whose column was never written.
pub(crate) const BLANK: FieldNo = FieldNo(10);

/// Fields with their kinds; the last two stored ones are computed.
pub(crate) const FIELDS: [(FieldNo, Kind); 9] = [
    (NUMBER, Kind::Number),
    (TEXT, Kind::Text),
    (TIME, Kind::Time),
    (CHOICE, Kind::Choice),
    (CHOICES, Kind::Choices),
    (FLAG, Kind::Flag),
    (LINKS, Kind::Links),
    (RESULT, Kind::Number),
    (TITLE, Kind::Text),
];

/// Choice numbers in the order of their field, which is not that of the numbers.
pub(crate) const ORDER: [u32; 4] = [3, 1, 4, 2];

/// A table whose first records lie just before the end of a chunk.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub first: usize,
    /// By record: whether it exists, and its cells in the order of [`FIELDS`].
    pub records: Vec<(bool, Vec<CellValue>)>,
}

pub(crate) struct Built {
    len: usize,
    live: Bits,
    stored: Vec<(FieldNo, Column)>,
    computed: Vec<(FieldNo, Kind, Vec<Arc<ComputedChunk>>)>,
}

impl Sample {
    pub fn build(&self) -> Built {
        let mut built =
            Built { len: self.first + self.records.len(), live: Bits::default(), stored: vec![], computed: vec![] };
        for (index, (exists, _)) in self.records.iter().enumerate() {
            built.live.set(self.first + index, *exists);
        }
        for (index, (field, kind)) in FIELDS.into_iter().enumerate() {
            let cells: Vec<&CellValue> = self.records.iter().map(|(_, cells)| &cells[index]).collect();
            if field == RESULT || field == TITLE {
                built.computed.push((field, kind, self.computed(kind, &cells)));
            } else {
                let mut column = Column::new(kind);
                for (record, cell) in cells.iter().enumerate() {
                    column.set(self.first + record, cell.view());
                }
                built.stored.push((field, column));
            }
        }
        built
    }

    fn computed(&self, kind: Kind, cells: &[&CellValue]) -> Vec<Arc<ComputedChunk>> {
        let mut chunks: Vec<ComputedChunk> = Vec::new();
        for (record, cell) in cells.iter().enumerate() {
            let ordinal = self.first + record;
            chunks.resize_with(ordinal / CHUNK + 1, || ComputedChunk {
                values: Chunk::new(kind),
                errors: Bits::default(),
            });
            let chunk = &mut chunks[ordinal / CHUNK];
            match cell {
                CellValue::Error(_) => chunk.errors.set(ordinal % CHUNK, true),
                cell => chunk.values.set(ordinal % CHUNK, cell.view()),
            }
        }
        chunks.into_iter().map(Arc::new).collect()
    }

    /// The records that exist: ordinal and cells.
    pub fn existing(&self) -> impl Iterator<Item = (u32, &[CellValue])> {
        let records = self.records.iter().enumerate();
        records.filter(|(_, (exists, _))| *exists).map(|(index, (_, cells))| ((self.first + index) as u32, &cells[..]))
    }
}

impl Built {
    pub fn source(&self) -> Source<'_> {
        let select = select();
        let mut source = Source::new(self.len, &self.live);
        for (field, column) in &self.stored {
            source.add_select(*field, ColumnView::Stored(column), &select);
        }
        for (field, kind, chunks) in &self.computed {
            source.add(*field, ColumnView::Computed { kind: *kind, chunks });
        }
        source.add(BLANK, ColumnView::Blank(Kind::Number));
        source
    }
}

fn select() -> SelectOptions {
    let choice =
        |no: &u32| Choice { no: *no, id: ChoiceId::ordered(*no as u64, 0), name: format!("choice {no}"), color: None };
    SelectOptions { choices: ORDER.iter().map(choice).collect(), next: 6, removed: Vec::new() }
}

/// The cell of `field`.
pub(crate) fn cell_of(cells: &[CellValue], field: FieldNo) -> &CellValue {
    let index = FIELDS.iter().position(|(known, _)| *known == field);
    index.map_or(&CellValue::Empty, |index| &cells[index])
}

pub(crate) fn rank(choice: u32) -> usize {
    ORDER.iter().position(|known| *known == choice).unwrap_or(100 + choice as usize)
}

/// How two cells of one field compare, as the documents say it.
pub(crate) fn compare(left: &CellValue, right: &CellValue) -> Ordering {
    fn class(cell: &CellValue) -> u8 {
        match cell {
            CellValue::Empty => 0,
            CellValue::Error(_) => 1,
            CellValue::Number(number) if number.is_nan() => 1,
            _ => 2,
        }
    }
    let key = |text: &str| {
        let mut key = Vec::new();
        natural_key(text, &mut key);
        key
    };
    match (left, right) {
        _ if class(left) != class(right) || class(left) < 2 => class(left).cmp(&class(right)),
        (CellValue::Number(left), CellValue::Number(right)) => left.partial_cmp(right).unwrap(),
        (CellValue::Time(left), CellValue::Time(right)) => left.cmp(right),
        (CellValue::Text(left), CellValue::Text(right)) => key(left).cmp(&key(right)),
        (CellValue::Choice(left), CellValue::Choice(right)) => rank(*left).cmp(&rank(*right)),
        (CellValue::Choices(left), CellValue::Choices(right)) => {
            left.iter().map(|no| rank(*no)).cmp(right.iter().map(|no| rank(*no)))
        }
        (CellValue::Links(left), CellValue::Links(right)) => left.cmp(right),
        _ => Ordering::Equal,
    }
}

/// Whether a record matches, decided cell by cell.
pub(crate) fn matches(filter: &Filter, ordinal: u32, cells: &[CellValue]) -> bool {
    let is_error = |field: &FieldNo| matches!(cell_of(cells, *field), CellValue::Error(_));
    !filter.fields().iter().any(is_error) && holds(filter, ordinal, cells)
}

fn holds(filter: &Filter, ordinal: u32, cells: &[CellValue]) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| holds(part, ordinal, cells)),
        Filter::Or(parts) => parts.iter().any(|part| holds(part, ordinal, cells)),
        Filter::Not(part) => !holds(part, ordinal, cells),
        Filter::Rows(rows) => rows.get(ordinal as usize),
        Filter::Term(term) => matches_term(term, cell_of(cells, term.field)),
    }
}

fn matches_term(term: &Term, cell: &CellValue) -> bool {
    let opposite = |op| !matches_term(&Term { op, ..term.clone() }, cell);
    match term.op {
        Op::NotEqual => return opposite(Op::Equal),
        Op::NotContains => return opposite(Op::Contains),
        Op::IsEmpty => return opposite(Op::IsNotEmpty),
        Op::IsNoneOf => return opposite(Op::HasAnyOf),
        Op::IsNotEmpty => return !cell.is_empty(),
        _ => {}
    }
    match (cell, &term.value) {
        (CellValue::Number(number), Operand::Number(value)) => compares(term.op, number.partial_cmp(value)),
        (cell, Operand::Flag(wanted)) => {
            let checked = match cell {
                CellValue::Number(number) => !number.is_nan() && *number != 0.0,
                cell => *cell == CellValue::Flag(true),
            };
            checked == *wanted
        }
        (CellValue::Time(time), Operand::Time(TimeRange { from, until })) => match term.op {
            Op::Equal => time >= from && time < until,
            Op::Less => time < from,
            Op::LessOrEqual => time < until,
            Op::Greater => time >= until,
            _ => time >= from,
        },
        (CellValue::Text(text), Operand::Text(value)) => {
            let (text, value) = (text.to_lowercase(), value.to_lowercase());
            match term.op {
                Op::Equal => text == value,
                Op::Contains => text.contains(&value),
                Op::StartsWith => text.starts_with(&value),
                _ => text.ends_with(&value),
            }
        }
        (CellValue::Choice(choice), Operand::Choices(list)) => list.contains(choice),
        (CellValue::Choices(cell), Operand::Choices(list)) | (CellValue::Links(cell), Operand::Links(list)) => {
            lists(term.op, cell, list)
        }
        _ => false,
    }
}

fn lists(op: Op, cell: &[u32], list: &[u32]) -> bool {
    let all = list.iter().all(|item| cell.contains(item));
    match op {
        Op::Equal => all && cell.iter().all(|item| list.contains(item)),
        Op::HasAllOf => all,
        _ => list.iter().any(|item| cell.contains(item)),
    }
}

fn compares(op: Op, order: Option<Ordering>) -> bool {
    order.is_some_and(|order| match op {
        Op::Equal => order.is_eq(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(-0.0), Just(1.0), Just(-2.5), Just(2.5), Just(1e300), -5.0..5.0]
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[a-cA-C0-2 ]{1,4}", "[aAéÉßøØ]{1,3}", Just("item 9".to_owned()), Just("Item 10".to_owned())]
}

fn moment() -> impl Strategy<Value = i64> {
    prop_oneof![-3i64..3, Just(i64::MAX), Just(i64::MIN + 2), -4_000_000_000_000_000i64..4_000_000_000_000_000]
}

fn list() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(1u32..6, 0..3)
}

fn one(kind: Kind, computed: bool) -> BoxedStrategy<CellValue> {
    let full = match kind {
        Kind::Number if computed => prop_oneof![
            number().prop_map(CellValue::Number),
            Just(CellValue::Number(f64::NAN)),
            Just(CellValue::Number(f64::NEG_INFINITY)),
            Just(CellValue::Error(CellError::Failed)),
        ]
        .boxed(),
        Kind::Text if computed => {
            prop_oneof![4 => word().prop_map(CellValue::Text), 1 => Just(CellValue::Error(CellError::Failed))].boxed()
        }
        Kind::Number => number().prop_map(CellValue::Number).boxed(),
        Kind::Text => word().prop_map(CellValue::Text).boxed(),
        Kind::Time => moment().prop_map(CellValue::Time).boxed(),
        Kind::Flag => Just(CellValue::Flag(true)).boxed(),
        Kind::Choice => (1u32..6).prop_map(CellValue::Choice).boxed(),
        Kind::Choices => proptest::sample::subsequence(vec![5, 2, 3, 1], 1..4).prop_map(CellValue::Choices).boxed(),
        Kind::Links => proptest::sample::subsequence(vec![1, 2, 3, 4], 1..4).prop_map(CellValue::Links).boxed(),
        // Lists come to queries as one value each.
        Kind::Values => Just(CellValue::Empty).boxed(),
    };
    prop_oneof![1 => Just(CellValue::Empty), 3 => full].boxed()
}

/// Tables with every kind of column.
pub(crate) fn sample() -> impl Strategy<Value = Sample> {
    let cells: Vec<_> = FIELDS.into_iter().map(|(field, kind)| one(kind, field == RESULT || field == TITLE)).collect();
    let records = proptest::collection::vec((proptest::bool::weighted(0.9), cells), 0..40);
    let first = prop_oneof![Just(0), Just(CHUNK - 5), Just(2 * CHUNK - 20)];
    (first, records).prop_map(|(first, records)| Sample { first, records })
}

fn term() -> impl Strategy<Value = Term> {
    const COMPARE: [Op; 6] = [Op::Equal, Op::NotEqual, Op::Less, Op::LessOrEqual, Op::Greater, Op::GreaterOrEqual];
    const TEXTS: [Op; 6] = [Op::Equal, Op::NotEqual, Op::Contains, Op::NotContains, Op::StartsWith, Op::EndsWith];
    const LISTS: [Op; 5] = [Op::Equal, Op::NotEqual, Op::HasAnyOf, Op::HasAllOf, Op::IsNoneOf];
    let from = |ops: &'static [Op]| proptest::sample::select(ops);
    let range = (moment(), 0i64..3).prop_map(|(from, more)| TimeRange { from, until: from.saturating_add(more) });
    let term = |(field, op, value)| Term { field, op, value };
    prop_oneof![
        (from(&[Op::IsEmpty, Op::IsNotEmpty]), proptest::sample::select(&FIELDS[..]))
            .prop_map(move |(op, (field, _))| term((field, op, Operand::None))),
        (from(&[Op::Less, Op::NotEqual, Op::Equal]), number()).prop_map(move |(op, value)| term((
            BLANK,
            op,
            Operand::Number(value)
        ))),
        (from(&COMPARE), number(), proptest::sample::select(&[NUMBER, RESULT][..]))
            .prop_map(move |(op, value, field)| term((field, op, Operand::Number(value)))),
        (any::<bool>(), proptest::sample::select(&[NUMBER, RESULT, FLAG][..])).prop_map(move |(value, field)| term((
            field,
            Op::Equal,
            Operand::Flag(value)
        ))),
        (from(&COMPARE), range).prop_map(move |(op, value)| term((TIME, op, Operand::Time(value)))),
        (from(&TEXTS), word(), proptest::sample::select(&[TEXT, TITLE][..]))
            .prop_map(move |(op, value, field)| term((field, op, Operand::Text(value)))),
        (from(&[Op::Equal, Op::IsAnyOf, Op::NotEqual, Op::IsNoneOf]), list()).prop_map(move |(op, value)| term((
            CHOICE,
            op,
            Operand::Choices(value)
        ))),
        (from(&LISTS), list()).prop_map(move |(op, value)| term((CHOICES, op, Operand::Choices(value)))),
        (from(&LISTS), list()).prop_map(move |(op, value)| term((LINKS, op, Operand::Links(value)))),
    ]
}

/// Filters over every kind of column.
pub(crate) fn any_filter() -> impl Strategy<Value = Filter> {
    let rows = proptest::collection::vec(0usize..CHUNK + 40, 0..60).prop_map(|ones| {
        let mut rows = Bits::default();
        for one in ones {
            rows.set(one, true);
        }
        Filter::Rows(rows)
    });
    let leaf = prop_oneof![1 => Just(Filter::All), 1 => rows, 12 => term().prop_map(Filter::Term)];
    leaf.prop_recursive(3, 12, 3, |part| {
        prop_oneof![
            proptest::collection::vec(part.clone(), 0..4).prop_map(Filter::And),
            proptest::collection::vec(part.clone(), 0..4).prop_map(Filter::Or),
            part.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}
