use model::{
    CellRef, Choice, ChoiceId, Chunk, FieldId, FieldNo, FormulaType, Kind, RecordId, SelectOptions, Timestamp,
};

use crate::{Batch, DiagnosticKind, Input, Reference, Shape, compile};

const FIELDS: [(&str, Shape); 5] = [
    ("Name", Shape::Text),
    ("n", Shape::Number),
    ("Done", Shape::Flag),
    ("Due", Shape::Date),
    ("Stat}us", Shape::Choice),
];

fn id(index: usize) -> FieldId {
    FieldId::ordered(1, index as u64)
}

fn resolve(name: &str) -> Option<Reference> {
    let index = FIELDS
        .iter()
        .position(|(held, _)| *held == name)
        .or_else(|| (0..FIELDS.len()).find(|i| id(*i).to_string() == name))?;
    Some(Reference { field: id(index), no: FieldNo(index as u32), shape: FIELDS[index].1 })
}

fn chunk(kind: Kind, cell: CellRef<'_>) -> Chunk {
    let mut chunk = Chunk::new(kind);
    chunk.set(0, cell);
    chunk
}

/// Row 0 has values, row 1 is blank.
fn run(text: &str, row: usize) -> String {
    let program = match compile(text, &resolve) {
        Ok(program) => program,
        Err(problems) => return format!("! {}", problems[0].message),
    };
    let due = Timestamp::from_date(2024, 2, 29).0;
    let chunks = [
        chunk(Kind::Text, CellRef::Text("Apollo 11")),
        chunk(Kind::Number, CellRef::Number(12.5)),
        chunk(Kind::Flag, CellRef::Flag(true)),
        chunk(Kind::Time, CellRef::Time(due)),
        chunk(Kind::Choice, CellRef::Choice(1)),
    ];
    let choice = Choice { no: 1, id: ChoiceId::ordered(0, 0), name: "Open".to_owned(), color: None };
    let select = SelectOptions { choices: vec![choice], next: 2 };
    let inputs: Vec<Input<'_>> = program
        .references()
        .iter()
        .map(|reference| match reference.shape {
            Shape::Choice => Input::Choice { chunk: &chunks[reference.no.0 as usize], select: &select },
            _ => Input::Stored(&chunks[reference.no.0 as usize]),
        })
        .collect();
    let batch = Batch {
        rows: row..row + 1,
        inputs: &inputs,
        ids: &|row| Some(RecordId::ordered(0, row as u64)),
        created: None,
        modified: None,
        now: Timestamp::from_date(2024, 3, 15),
    };
    let out = program.eval(&batch);
    let filtered = program.filter(&batch).get(0);
    match out.cell(0) {
        CellRef::Empty => "blank".to_owned(),
        CellRef::Number(number) => {
            assert_eq!(filtered, number != 0.0 && !number.is_nan(), "{text}");
            number.to_string()
        }
        CellRef::Text(text) => format!("{text:?}"),
        CellRef::Time(time) => Timestamp(time).iso(),
        other => format!("{other:?}"),
    }
}

#[test]
fn formulas_have_these_values() {
    let cases = include_str!("../testdata/values.txt");
    for (at, line) in cases.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let (text, values) = line.split_once(" => ").unwrap();
        let (filled, blank) = values.split_once(" | ").unwrap_or((values, values));
        assert_eq!(run(text, 0), filled, "line {}: {text}", at + 1);
        assert_eq!(run(text, 1), blank, "line {}, blank row: {text}", at + 1);
    }
}

#[test]
fn fields_are_kept_by_id() {
    let program = compile("IF({Stat\\}us}='Open', n*2, {n})", &resolve).unwrap();
    let canonical = program.canonical();
    assert_eq!(canonical, format!("IF({{{0}}}='Open', {{{1}}}*2, {{{1}}})", id(4), id(1)));
    assert_eq!(compile(&canonical, &resolve).unwrap().canonical(), canonical);
    assert_eq!((program.result(), program.references().len()), (FormulaType::Number, 2));
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    let kind = |text: &str| compile(text, &resolve).err().unwrap().remove(0).kind;
    assert_eq!(kind("{Nam}"), DiagnosticKind::UnknownField { name: "Nam".into() });
    assert_eq!(kind("CONCAT('a')"), DiagnosticKind::UnknownFunction { name: "CONCAT".into() });
    assert_eq!(kind("ABS()"), DiagnosticKind::WrongArity);
    for text in ["", "1+", "(1", "1)", "'open", "{open", "1 2", "#", "IF(1,)", "“a”"] {
        assert_eq!(kind(text), DiagnosticKind::Syntax, "{text}");
    }
    assert_eq!(kind(&"(".repeat(10_000)), DiagnosticKind::TooLarge);
    assert_eq!(kind(&"-".repeat(10_000)), DiagnosticKind::TooLarge);
    assert_eq!(kind(&" ".repeat(70_000)), DiagnosticKind::TooLarge);
}

#[test]
fn a_filter_of_five_hundred_ids_is_read() {
    let terms: Vec<String> = (0..500).map(|n| format!("RECORD_ID()='{}'", RecordId::ordered(0, n))).collect();
    assert_eq!(run(&format!("OR({})", terms.join(",")), 0), "1");
}
