use proptest::prelude::*;

use model::{CellValue, FieldNo, Ordinal, RecordId, TableNo, Timestamp, UserId, encode_cells};

use crate::{Body, CellChange, CreatedText, LastModified, LinkDelta, RecordCells, RecordChange, SchemaChange};

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
    let by = Some("usrAAAAAAAAAAAAAA".parse::<UserId>().unwrap());
    for (by, records) in [(by, vec![Ordinal(0)]), (None, vec![Ordinal(5), Ordinal(8)])] {
        table.modified.push(LastModified { time: Timestamp(1_700_000_000_000_000), by, records });
    }
    table.deleted.push(RecordCells { ordinal: Ordinal(1), id, previous: 1, cells: vec![] });
    table.restored.push(RecordCells { ordinal: Ordinal(2), id, previous: 1, cells: vec![] });
    let link = LinkDelta { relation: FieldNo(7), from: Ordinal(1), to: Ordinal(2), added: true, places: None };
    table.links.extend([link, LinkDelta { added: false, places: Some((4, 0)), ..link }]);
    body
}

#[test]
fn created_records_are_written_from_stored_cells_as_from_others() {
    let mut created = Body::default();
    for ordinal in 4..7 {
        let record = RecordCells { ordinal: Ordinal(ordinal), ..body().table(TableNo(2)).created[0].clone() };
        created.table(TableNo(2)).created.push(record);
    }
    let mut text = CreatedText::new(TableNo(2), 0, 3);
    for record in &created.table(TableNo(2)).created {
        let mut cells = Vec::new();
        encode_cells(record.cells.iter().map(|(field, cell)| (*field, cell.view())), &mut cells);
        text.push(record.ordinal, record.id, str::from_utf8(&cells).unwrap());
    }
    assert_eq!(text.finish(), created.encode());
}

#[test]
fn a_body_reads_back_as_it_was_written() {
    let body = body();
    assert_eq!(Body::decode(&body.encode()).unwrap(), body);
    assert_eq!(Body::decode(&Body::default().encode()).unwrap(), Body::default());
    let mut linked = Body::default();
    let id = RecordId::ordered(1_700_000_000_000, 8);
    linked.table(TableNo(2)).updated.push(RecordChange { ordinal: Ordinal(3), id, previous: 1, cells: vec![] });
    assert_eq!(Body::decode(&linked.encode()).unwrap(), linked);
}

/// As they were written before the places were kept.
#[test]
fn links_without_places_are_read() {
    let body = Body::decode(r#"{"t":[{"n":1,"l":[[7,1,2,0]]}]}"#).unwrap();
    let link = LinkDelta { relation: FieldNo(7), from: Ordinal(1), to: Ordinal(2), added: false, places: None };
    assert_eq!(body.tables[0].links, [link]);
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

fn cell() -> impl Strategy<Value = CellValue> {
    prop_oneof![
        ".{1,20}".prop_map(CellValue::Text),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(CellValue::Number),
        any::<i32>().prop_map(|n| CellValue::Number(f64::from(n))),
        Just(CellValue::Flag(true)),
        any::<i64>().prop_map(CellValue::Time),
        any::<u32>().prop_map(CellValue::Choice),
        prop::collection::vec(any::<u32>(), 1..5).prop_map(CellValue::Choices),
    ]
}

fn cells() -> impl Strategy<Value = Vec<(FieldNo, CellValue)>> {
    prop::collection::btree_map(any::<u32>().prop_map(FieldNo), cell(), 0..6)
        .prop_map(|cells| cells.into_iter().collect())
}

fn record() -> impl Strategy<Value = RecordCells> {
    (any::<u32>(), 0..1u64 << 40, any::<i64>(), cells()).prop_map(|(ordinal, millis, previous, cells)| RecordCells {
        ordinal: Ordinal(ordinal),
        id: RecordId::ordered(millis, u64::from(ordinal)),
        previous,
        cells,
    })
}

fn update() -> impl Strategy<Value = RecordChange> {
    let change = (prop::option::of(cell()), prop::option::of(cell()));
    let cells = prop::collection::btree_map(any::<u32>().prop_map(FieldNo), change, 0..6);
    (record(), cells).prop_map(|(record, cells)| {
        let change = |(field, (before, after)): (FieldNo, (Option<CellValue>, Option<CellValue>))| {
            let change = CellChange { field, before: before.unwrap_or_default(), after: after.unwrap_or_default() };
            // A cell that was empty and is empty did not change.
            Some(change).filter(|change| !(change.before.is_empty() && change.after.is_empty()))
        };
        let cells = cells.into_iter().filter_map(change).collect();
        RecordChange { ordinal: record.ordinal, id: record.id, previous: record.previous, cells }
    })
}

fn link() -> impl Strategy<Value = LinkDelta> {
    (any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>(), any::<Option<(u32, u32)>>()).prop_map(
        |(relation, from, to, added, places)| LinkDelta {
            relation: FieldNo(relation),
            from: Ordinal(from),
            to: Ordinal(to),
            added,
            places,
        },
    )
}

fn any_body() -> impl Strategy<Value = Body> {
    let records = || prop::collection::vec(record(), 0..4);
    let parts =
        (records(), prop::collection::vec(update(), 0..4), records(), records(), prop::collection::vec(link(), 0..4));
    let tables = prop::collection::btree_map(any::<u32>(), parts, 0..3);
    (tables, prop::option::of(any::<i64>()), prop::option::of((".{0,9}", ".{0,9}"))).prop_map(
        |(tables, undoes, name)| {
            let mut body = Body { undoes, ..Body::default() };
            body.schema.extend(name.map(|(before, after)| SchemaChange::BaseName { before, after }));
            for (no, (created, updated, deleted, restored, links)) in tables {
                let table = body.table(TableNo(no));
                (table.created, table.updated, table.deleted, table.restored, table.links) =
                    (created, updated, deleted, restored, links);
            }
            body
        },
    )
}

/// Cells of a change have no order.
fn in_order(mut body: Body) -> Body {
    for record in body.tables.iter_mut().flat_map(|table| &mut table.updated) {
        record.cells.sort_by_key(|cell| cell.field);
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_body_reads_back_as_it_was_written(body in any_body()) {
        let text = body.encode();
        prop_assert_eq!(in_order(Body::decode(&text).unwrap()), in_order(body.clone()));
        // What was read is written the same.
        prop_assert_eq!(Body::decode(&Body::decode(&text).unwrap().encode()).unwrap(), Body::decode(&text).unwrap());
    }

    #[test]
    fn no_text_makes_reading_panic(text in ".{0,80}") {
        drop(Body::decode(&text));
    }

    #[test]
    fn a_cut_body_is_an_error(body in any_body(), at in 0.0..1.0f64) {
        let text = body.encode();
        let end = (text.len() as f64 * at) as usize;
        if let Some(cut) = text.get(..end) {
            prop_assert!(Body::decode(cut).is_err(), "{}", cut);
        }
    }
}

#[test]
fn a_body_knows_whether_anything_happened_and_to_how_many() {
    let mut body = Body::default();
    assert!(body.is_empty());
    body.table(TableNo(1));
    assert!(body.is_empty(), "a table without changes is nothing");
    body.table(TableNo(1)).links.push(LinkDelta {
        relation: FieldNo(1),
        from: Ordinal(0),
        to: Ordinal(0),
        added: true,
        places: None,
    });
    assert!(!body.is_empty());
    assert_eq!(body.records(), 0, "links are no records");
    assert_eq!(self::body().records(), 4);
    let renamed = SchemaChange::BaseName { before: "a".into(), after: "b".into() };
    assert!(!Body { schema: vec![renamed], ..Body::default() }.is_empty());
    assert_eq!(body.tables.len(), 1, "one part a table");
}

#[test]
fn a_body_is_written_short() {
    let mut body = Body::default();
    let id = RecordId::ordered(0, 0);
    let cells = vec![CellChange { field: FieldNo(5), before: CellValue::Number(1.0), after: CellValue::Empty }];
    body.table(TableNo(3)).updated.push(RecordChange { ordinal: Ordinal(9), id, previous: 8, cells });
    assert_eq!(body.encode(), r#"{"t":[{"n":3,"u":[[9,"rec00000000000000",8,{"n5":1},{}]]}]}"#);
    assert_eq!(Body::default().encode(), r#"{"t":[]}"#);
}
