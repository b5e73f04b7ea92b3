use model::{Bits, CellValue, Column, FieldNo, Kind};
use proptest::prelude::*;

use super::{check, filter};
use crate::fixture::{self, BLANK, CHOICE, FLAG, NUMBER, TEXT, TIME};
use crate::{Bound, ColumnView, Filter, MAX_DEPTH, MAX_TERMS, Op, Operand, QueryError, Source, Term, TimeRange};

proptest! {
    #[test]
    fn columns_answer_as_cells_do(sample in fixture::sample(), tree in fixture::any_filter()) {
        let built = sample.build();
        let found: Vec<u32> = filter(&built.source(), &tree).unwrap().ones().map(|one| one as u32).collect();
        let wanted: Vec<u32> = sample
            .existing()
            .filter(|(ordinal, cells)| fixture::matches(&tree, *ordinal, cells))
            .map(|(ordinal, _)| ordinal)
            .collect();
        prop_assert_eq!(found, wanted);
    }
}

/// The ordinals, among these cells, that match one term.
fn found(kind: Kind, cells: &[CellValue], op: Op, value: Operand) -> Vec<usize> {
    let mut column = Column::new(kind);
    let mut live = Bits::default();
    for (ordinal, cell) in cells.iter().enumerate() {
        column.set(ordinal, cell.view());
        live.set(ordinal, true);
    }
    let mut source = Source::new(cells.len(), &live);
    source.add(FieldNo(1), ColumnView::Stored(&column));
    let term = Filter::Term(Term { field: FieldNo(1), op, value });
    filter(&source, &term).unwrap().ones().collect()
}

#[test]
fn blanks_match_opposites_and_no_comparison() {
    let cells = [CellValue::Empty, CellValue::Number(0.0), CellValue::Number(-1.0), CellValue::Number(7.0)];
    let cases: [(Op, &[usize]); 6] = [
        (Op::Equal, &[1]),
        (Op::NotEqual, &[0, 2, 3]),
        (Op::Less, &[2]),
        (Op::LessOrEqual, &[1, 2]),
        (Op::Greater, &[3]),
        (Op::GreaterOrEqual, &[1, 3]),
    ];
    for (op, wanted) in cases {
        assert_eq!(found(Kind::Number, &cells, op, Operand::Number(0.0)), wanted, "{}", op.name());
    }
}

#[test]
fn texts_match_without_regard_to_case() {
    let texts = ["Straße", "STRASSE", "über Straßen", "ÜBER", "Kelvin \u{212a}", "sub-strasse 5"];
    let cells: Vec<_> = texts.iter().map(|text| CellValue::Text((*text).to_owned())).collect();
    let cases: [(Op, &str, &[usize]); 7] = [
        (Op::Equal, "strasse", &[1]),
        (Op::Equal, "STRAßE", &[0]),
        (Op::Contains, "straße", &[0, 2]),
        (Op::Contains, "RASS", &[1, 5]),
        (Op::StartsWith, "Über", &[2, 3]),
        (Op::EndsWith, "k", &[4]),
        (Op::EndsWith, "a text longer than any cell of the table", &[]),
    ];
    for (op, value, wanted) in cases {
        assert_eq!(found(Kind::Text, &cells, op, Operand::Text(value.to_owned())), wanted, "{} {value}", op.name());
    }
}

#[test]
fn a_day_is_a_range() {
    let cells = [9, 10, 19, 20].map(CellValue::Time);
    let day = Operand::Time(TimeRange { from: 10, until: 20 });
    let cases: [(Op, &[usize]); 5] = [
        (Op::Equal, &[1, 2]),
        (Op::Less, &[0]),
        (Op::LessOrEqual, &[0, 1, 2]),
        (Op::Greater, &[3]),
        (Op::GreaterOrEqual, &[1, 2, 3]),
    ];
    for (op, wanted) in cases {
        assert_eq!(found(Kind::Time, &cells, op, day.clone()), wanted, "{}", op.name());
    }
    let moment = Operand::Time(TimeRange::at(19));
    assert_eq!(found(Kind::Time, &cells, Op::Equal, moment), [2]);
}

#[test]
fn a_choice_that_no_field_gives_out_matches_nothing() {
    let cells = [CellValue::Empty, CellValue::Choice(1)];
    assert_eq!(found(Kind::Choice, &cells, Op::Equal, Operand::Choices(vec![0])), [0usize; 0]);
    assert_eq!(found(Kind::Choice, &cells, Op::IsNoneOf, Operand::Choices(vec![u32::MAX])), [0, 1]);
}

fn any_term() -> Filter {
    Filter::Term(Term { field: NUMBER, op: Op::IsEmpty, value: Operand::None })
}

#[test]
fn bounds_are_kept() {
    let sample = fixture::Sample { first: 0, records: vec![] };
    let built = sample.build();
    let run = |tree| filter(&built.source(), &tree);
    assert!(run(Filter::And(vec![any_term(); MAX_TERMS])).is_ok());
    assert_eq!(
        run(Filter::Or(vec![any_term(); MAX_TERMS + 1])),
        Err(QueryError::TooLarge { what: Bound::Terms, limit: MAX_TERMS, given: MAX_TERMS + 1 }),
    );
    let nested = |levels| (1..levels).fold(Filter::All, |part, _| Filter::Not(Box::new(part)));
    assert!(run(nested(MAX_DEPTH)).is_ok());
    for levels in [MAX_DEPTH + 1, 5_000] {
        assert_eq!(
            run(nested(levels)),
            Err(QueryError::TooLarge { what: Bound::Levels, limit: MAX_DEPTH, given: MAX_DEPTH + 1 }),
        );
    }
}

#[test]
fn a_term_must_fit_its_column() {
    let sample = fixture::Sample { first: 0, records: vec![] };
    let built = sample.build();
    let text = || Operand::Text("a".to_owned());
    let cases = [
        (NUMBER, Op::Contains, Operand::Number(1.0)),
        (NUMBER, Op::Equal, text()),
        (TEXT, Op::Less, text()),
        (TEXT, Op::IsEmpty, text()),
        (TIME, Op::Contains, Operand::Time(TimeRange::at(1))),
        (CHOICE, Op::HasAllOf, Operand::Choices(vec![1])),
        (FLAG, Op::Less, Operand::Flag(true)),
        (BLANK, Op::StartsWith, text()),
    ];
    for (field, op, value) in cases {
        let term = Filter::Term(Term { field, op, value });
        let answer = filter(&built.source(), &term);
        let kind = built.source().facet(field).unwrap().view.kind();
        assert_eq!(check(&Filter::Not(Box::new(term)), |_| Some(kind)).unwrap_err(), *answer.as_ref().unwrap_err());
        assert!(matches!(answer, Err(QueryError::Mismatch { asked, .. }) if asked == op.name()), "{answer:?}");
    }
    let unknown = Filter::Term(Term { field: FieldNo(99), op: Op::IsEmpty, value: Operand::None });
    assert_eq!(check(&unknown, |_| None).unwrap_err(), QueryError::UnknownField { field: FieldNo(99) });
    let answer = filter(&built.source(), &unknown);
    assert_eq!(answer.unwrap_err().to_string(), "field `99` is not part of the query's source");
}

#[test]
fn a_filter_names_its_fields_once() {
    let term = |field| Filter::Term(Term { field, op: Op::IsEmpty, value: Operand::None });
    let tree = Filter::Or(vec![
        Filter::Not(Box::new(term(TIME))),
        Filter::And(vec![term(TEXT), term(TIME), Filter::Rows(Bits::default())]),
    ]);
    assert_eq!(tree.fields(), [TEXT, TIME]);
}
