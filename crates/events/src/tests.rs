use model::{CellValue, FieldNo, Ordinal, RecordId, TableNo};

use crate::{Body, CellChange, LinkDelta, RecordCells, RecordChange, SchemaChange};

fn body() -> Body {
    let id = RecordId::ordered(1_700_000_000_000, 7);
    let mut body = Body { undoes: Some(3), ..Body::default() };
    body.schema.push(SchemaChange::BaseName { before: "a".into(), after: "b \"quoted\"".into() });
    let table = body.table(TableNo(2));
    table.created.push(RecordCells {
        ordinal: Ordinal(4),
        id,
        previous: 0,
        cells: vec![
            (FieldNo(1), CellValue::Text("line\nbreak \u{1F600} \u{1}".into())),
            (FieldNo(2), CellValue::Number(-0.25)),
            (FieldNo(3), CellValue::Flag(true)),
            (FieldNo(4), CellValue::Time(-1)),
            (FieldNo(5), CellValue::Choice(9)),
            (FieldNo(6), CellValue::Choices(vec![3, 1])),
        ],
    });
    table.updated.push(RecordChange {
        ordinal: Ordinal(0),
        id,
        previous: 2,
        cells: vec![
            CellChange { field: FieldNo(1), before: CellValue::Text("x".into()), after: CellValue::Empty },
            CellChange { field: FieldNo(2), before: CellValue::Empty, after: CellValue::Number(1e300) },
        ],
    });
    table.deleted.push(RecordCells { ordinal: Ordinal(1), id, previous: 1, cells: vec![] });
    table.restored.push(RecordCells { ordinal: Ordinal(2), id, previous: 1, cells: vec![] });
    table.links.push(LinkDelta { relation: FieldNo(7), from: Ordinal(1), to: Ordinal(2), added: true });
    body
}

#[test]
fn a_body_reads_back_as_it_was_written() {
    let body = body();
    assert_eq!(Body::decode(&body.encode()).unwrap(), body);
    assert_eq!(Body::decode(&Body::default().encode()).unwrap(), Body::default());
}

#[test]
fn a_broken_body_is_an_error() {
    for text in [
        "",
        "{}x",
        r#"{"t":[{"n":1,"c":[[0,"rec1",0,{}]]}]}"#,
        r#"{"t":[{"n":1,"c":[[0,"rec00000000000000",0,{"q1":1}]]}]}"#,
    ] {
        assert!(Body::decode(text).is_err(), "{text}");
    }
}
