mod columns;

use proptest::prelude::*;

use crate::{
    Bits, CHUNK, CellRef, CellValue, Column, Field, FieldId, FieldKind, FieldNo, Kind, Live, Ordinal, RecordId,
    TableImage, TableNo, Timestamp, Watched, decode_cells, encode_cells,
};

#[test]
fn stored_cells_read_back_as_they_were_written() {
    let cells = [
        (FieldNo(1), CellValue::Text("a \"b\"\n\u{1}\u{1F600}".into())),
        (FieldNo(20), CellValue::Number(0.1 + 0.2)),
        (FieldNo(3), CellValue::Flag(true)),
        (FieldNo(4), CellValue::Time(-5)),
        (FieldNo(5), CellValue::Choice(7)),
        (FieldNo(6), CellValue::Choices(vec![2, 1])),
    ];
    let mut json = Vec::new();
    encode_cells(cells.iter().map(|(field, cell)| (*field, cell.view())), &mut json);
    let mut read = Vec::new();
    decode_cells(std::str::from_utf8(&json).unwrap(), |field, cell| read.push((field, cell.to_value()))).unwrap();
    assert_eq!(read, cells);
}

#[test]
fn what_is_empty_or_linked_is_not_stored() {
    let cells = [CellRef::Empty, CellRef::Links(&[1]), CellRef::Flag(false), CellRef::Number(1.0), CellRef::Empty];
    let mut json = Vec::new();
    encode_cells(cells.into_iter().enumerate().map(|(no, cell)| (FieldNo(no as u32), cell)), &mut json);
    assert_eq!(json, b"{\"n3\":1}");
}

#[test]
fn ids_sort_by_time_and_have_one_form() {
    let ids: Vec<RecordId> = (0..5).map(|time| RecordId::ordered(time * 1_000_000, 61)).collect();
    assert!(ids.is_sorted());
    for id in ids {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    for wrong in ["", "rec", "rec1234567890123", "rec123456789012345", "tbl12345678901234", "rec1234567890123-"] {
        assert!(wrong.parse::<RecordId>().is_err(), "{wrong}");
    }
}

#[test]
fn dates_go_both_ways() {
    for (year, month, day) in [(1970, 1, 1), (2000, 2, 29), (1900, 3, 1), (9999, 12, 31), (1, 1, 1), (2026, 11, 24)] {
        let time = Timestamp::from_date(year, month, day);
        assert_eq!(time.date(), (year, month as u32, day as u32));
        assert_eq!(Timestamp(time.0 + 86_399_999_000).day(), time);
    }
    assert_eq!(Timestamp::from_date(2024, 2, 29).iso(), "2024-02-29T00:00:00.000Z");
    assert_eq!(Timestamp(-1_000).iso(), "1969-12-31T23:59:59.999Z");
}

#[test]
fn columns_hold_what_was_set_and_clones_keep_what_they_saw() {
    let mut column = Column::new(Kind::Text);
    column.set(CHUNK + 1, CellRef::Text("far"));
    let before = column.clone();
    for turn in 0..2_000 {
        column.set(3, CellRef::Text(&format!("{turn}{}", "x".repeat(100))));
    }
    assert_eq!(column.cell(3), CellRef::Text(&format!("1999{}", "x".repeat(100))));
    assert_eq!((before.cell(3), column.cell(CHUNK + 1)), (CellRef::Empty, CellRef::Text("far")));
    assert!(column.memory() < 1_000_000, "replaced texts are folded away: {}", column.memory());
    column.set(3, CellRef::Number(1.0));
    assert_eq!(column.cell(3), CellRef::Empty);
}

#[test]
fn a_record_is_found_only_while_it_lives() {
    let mut table = TableImage::new(TableNo(1));
    let id = RecordId::ordered(1, 1);
    table.ids.push(id);
    assert_eq!(table.find(id), None);
    let mut live = Live::default();
    live.set(0, true);
    table.live = live.into();
    assert_eq!(table.find(id), Some(Ordinal(0)));
    let earlier = TableImage::new(TableNo(1));
    assert_eq!(earlier.find(id), None);
}

#[test]
fn records_that_live_are_counted() {
    let (mut live, mut bits) = (Live::default(), Bits::default());
    for (index, lives) in
        [(0, true), (70, true), (70, true), (0, false), (0, false), (9, false), (9, true), (200, false)]
    {
        live.set(index, lives);
        bits.set(index, lives);
        assert_eq!((live.count(), &*live), (bits.count(), &bits), "{index} {lives}");
    }
}

fn any_cell(kind: Kind) -> BoxedStrategy<CellValue> {
    let full = match kind {
        Kind::Text => ".{1,12}".prop_map(CellValue::Text).boxed(),
        Kind::Number => any::<i32>().prop_map(|n| CellValue::Number(f64::from(n))).boxed(),
        Kind::Flag => Just(CellValue::Flag(true)).boxed(),
        Kind::Time => (i64::MIN + 1..i64::MAX).prop_map(CellValue::Time).boxed(),
        Kind::Choice => (1..u32::MAX).prop_map(CellValue::Choice).boxed(),
        Kind::Choices => prop::collection::vec(any::<u32>(), 1..4).prop_map(CellValue::Choices).boxed(),
        Kind::Links => prop::collection::vec(any::<u32>(), 1..4).prop_map(CellValue::Links).boxed(),
        Kind::Values => {
            let value = prop_oneof![any::<i32>().prop_map(|n| CellValue::Number(f64::from(n))), Just(CellValue::Empty)];
            prop::collection::vec(value, 1..4).prop_map(CellValue::Values).boxed()
        }
    };
    prop_oneof![3 => full, 1 => Just(CellValue::Empty)].boxed()
}

fn writes() -> impl Strategy<Value = (Kind, Vec<(usize, CellValue)>)> {
    let kinds =
        [Kind::Text, Kind::Number, Kind::Flag, Kind::Time, Kind::Choice, Kind::Choices, Kind::Links, Kind::Values];
    prop::sample::select(kinds.to_vec()).prop_flat_map(|kind| {
        // Around a border of chunks, so that both sides are written.
        let write = (CHUNK - 20..CHUNK + 20, any_cell(kind));
        (Just(kind), prop::collection::vec(write, 1..80))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_column_holds_what_was_written_last((kind, writes) in writes()) {
        let mut column = Column::new(kind);
        let mut expected = std::collections::BTreeMap::new();
        let mut held = Vec::new();
        for (ordinal, cell) in &writes {
            column.set(*ordinal, cell.view());
            expected.insert(*ordinal, cell.clone());
            held.push((column.clone(), expected.clone()));
        }
        // Each picture that was taken on the way is as it was.
        for (column, expected) in held {
            for ordinal in CHUNK - 20..CHUNK + 20 {
                let cell = expected.get(&ordinal).cloned().unwrap_or_default();
                prop_assert_eq!(column.cell(ordinal).to_value(), cell);
            }
        }
    }

    #[test]
    fn a_cleared_chunk_gathers_the_next_one_without_a_trace((kind, writes) in writes(), (_, more) in writes()) {
        let mut open = crate::Chunk::new(kind);
        for (ordinal, cell) in writes.iter().filter(|(_, cell)| cell.is_empty() || crate::Chunk::new(kind).kind() == kind) {
            open.set(ordinal % CHUNK, cell.view());
        }
        open.clear();
        prop_assert!(open.is_empty());
        let mut fresh = crate::Chunk::new(kind);
        for (ordinal, cell) in &more {
            open.set(ordinal % 40, cell.view());
            fresh.set(ordinal % 40, cell.view());
        }
        for row in 0..40 {
            prop_assert_eq!(open.cell(row), fresh.cell(row));
        }
    }

    #[test]
    fn bits_are_the_set_that_was_written(writes in prop::collection::vec((0..300usize, any::<bool>()), 0..100)) {
        let (mut bits, mut expected) = (Bits::default(), std::collections::BTreeSet::new());
        for (index, value) in writes {
            bits.set(index, value);
            if value { expected.insert(index); } else { expected.remove(&index); }
        }
        prop_assert_eq!(bits.ones().collect::<Vec<_>>(), expected.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(bits.count(), expected.len());
        prop_assert!((0..300).all(|index| bits.get(index) == expected.contains(&index)));
    }
}

#[test]
fn no_two_contents_of_a_chunk_have_the_same_number() {
    let mut table = TableImage::new(TableNo(1));
    table.ids.push(RecordId::ordered(0, 0));
    table.set(FieldNo(1), Kind::Number, Ordinal(0), CellRef::Number(1.0));
    // Two pictures part ways.
    let (mut one, mut other) = (table.clone(), table.clone());
    one.set(FieldNo(1), Kind::Number, Ordinal(0), CellRef::Number(2.0));
    other.set(FieldNo(1), Kind::Number, Ordinal(0), CellRef::Number(3.0));
    assert_ne!(one.versions, other.versions);
    assert_ne!(one.versions, table.versions);
}

#[test]
fn a_field_that_was_stored_before_it_could_watch_others_watches_all() {
    for kind in ["lastModifiedBy", "lastModifiedTime"] {
        let options = if kind == "lastModifiedTime" { r#","options":{"dateOnly":true}"# } else { "" };
        let stored = format!(r#"{{"no":1,"id":"fldAAAAAAAAAAAAAA","name":"F","type":"{kind}"{options}}}"#);
        let field: Field = serde_json::from_str(&stored).unwrap();
        assert!(field.kind.is_modified() && field.kind.watched().is_empty() && !field.kind.is_derived());
        let again = serde_json::to_string(&field).unwrap();
        assert_eq!(serde_json::from_str::<Field>(&again).unwrap(), field);
    }
    let kind = FieldKind::LastModifiedBy(Watched(vec![FieldId::ordered(0, 1)]));
    let again = serde_json::to_string(&kind).unwrap();
    assert_eq!(serde_json::from_str::<FieldKind>(&again).unwrap(), kind);
}

#[test]
fn a_formula_that_was_stored_with_one_list_of_watched_fields_keeps_it() {
    let (one, other) = (Watched(vec![FieldId::ordered(0, 1)]), Watched(vec![FieldId::ordered(0, 2)]));
    let stored = |watched: String| {
        let options = format!(r#"{{"formula":"","references":[],"result":"text","valid":true{watched}}}"#);
        serde_json::from_str::<FieldKind>(&format!(r#"{{"type":"formula","options":{options}}}"#)).unwrap()
    };
    assert_eq!(stored(format!(r#","watched":["{}"]"#, one.0[0])).watched(), std::slice::from_ref(&one));
    assert!(stored(String::new()).watched().is_empty());
    let mut kind = stored(format!(r#","watched":[["{}"],["{}"]]"#, one.0[0], other.0[0]));
    assert_eq!(kind.watched(), [one, other]);
    let again = serde_json::to_string(&kind).unwrap();
    assert_eq!(serde_json::from_str::<FieldKind>(&again).unwrap(), kind);
    if let FieldKind::Formula(options) = &mut kind {
        options.watched.truncate(1);
    }
    let again = serde_json::to_string(&kind).unwrap();
    assert_eq!(serde_json::from_str::<FieldKind>(&again).unwrap(), kind);
}
