use model::{CellRef, FieldNo, Kind};

use super::*;

const CHUNK_U32: u32 = CHUNK as u32;

fn range(table: u32, from: u32, until: u32) -> Range {
    Range { table: TableNo(table), from, until }
}

#[test]
fn work_is_dealt_out_in_two_halves_at_borders_of_chunks() {
    let (two, three) = (2 * CHUNK_U32, 3 * CHUNK_U32);
    let cases: [(Vec<Range>, [Vec<Range>; 2]); 5] = [
        (vec![], [vec![], vec![]]),
        (vec![range(1, 0, 10)], [vec![range(1, 0, 10)], vec![]]),
        (vec![range(1, 0, two)], [vec![range(1, 0, CHUNK_U32)], vec![range(1, CHUNK_U32, two)]]),
        (vec![range(1, 0, three + 5)], [vec![range(1, 0, two)], vec![range(1, two, three + 5)]]),
        (vec![range(1, 0, 10), range(2, 0, 10)], [vec![range(1, 0, 10)], vec![range(2, 0, 10)]]),
    ];
    for (ranges, expected) in cases {
        assert_eq!(halves(ranges.clone()), expected, "{ranges:?}");
    }
}

#[test]
fn every_ordinal_is_dealt_out_once_whatever_the_tables() {
    for lens in [vec![1, 1, 1], vec![5_000, 3, 9_000, 1], vec![100_000], vec![4_096, 4_096], vec![1, 100_000, 1]] {
        let ranges = lens.iter().enumerate().map(|(no, len)| range(no as u32, 0, *len)).collect();
        let mut dealt: Vec<Range> = halves(ranges).concat();
        dealt.sort_by_key(|range| (range.table, range.from));
        for (no, len) in lens.iter().enumerate() {
            let parts: Vec<&Range> = dealt.iter().filter(|range| range.table.0 == no as u32).collect();
            assert_eq!((parts[0].from, parts[parts.len() - 1].until), (0, *len));
            assert!(parts.windows(2).all(|pair| pair[0].until == pair[1].from && pair[1].from % CHUNK_U32 == 0));
        }
    }
}

fn row(ordinal: u32, cells: &str) -> StoredRecord<'_> {
    let id = RecordId::ordered(1, u64::from(ordinal));
    StoredRecord {
        ordinal: Ordinal(ordinal),
        id,
        created: 5,
        modified: 6,
        sequence: 7,
        created_by: None,
        modified_by: None,
        deleted: ordinal % 2 == 1,
        cells,
    }
}

fn part(meter: Meter, rows: &[(u32, &str)]) -> (Part, Arc<Mutex<Meter>>) {
    let meter = Arc::new(Mutex::new(meter));
    let mut part = Part::new(TableNo(1), 0, Wanted::All, Arc::clone(&meter));
    for (ordinal, cells) in rows {
        part.add(&row(*ordinal, cells));
    }
    (part.end(), meter)
}

#[test]
fn rows_become_columns_with_gaps_left_empty() {
    let last = CHUNK_U32 + 3;
    let (part, meter) =
        part(Meter::dropping(usize::MAX), &[(0, r#"{"s1":"a"}"#), (2, r#"{"n2":5}"#), (last, r#"{"s1":"z"}"#)]);
    assert!(!meter.lock().is_over() && meter.lock().absent.is_empty());
    let mut image = BaseImage::new(0, Arc::new(empty()));
    add(&mut image, part);
    let rows = image.table(TableNo(1));
    assert_eq!((rows.len(), rows.live.count()), (last as usize + 1, 2));
    assert_eq!(rows.cell(FieldNo(1), Ordinal(0)), CellRef::Text("a"));
    assert_eq!(rows.cell(FieldNo(1), Ordinal(1)), CellRef::Empty);
    assert_eq!(rows.cell(FieldNo(2), Ordinal(2)), CellRef::Number(5.0));
    assert_eq!(rows.cell(FieldNo(1), Ordinal(last)), CellRef::Text("z"));
    assert_eq!(rows.created.cell(1), CellRef::Empty);
    assert_eq!(rows.changed.cell(last as usize), CellRef::Time(7));
    assert_eq!(rows.find(RecordId::ordered(1, 2)), Some(Ordinal(2)));
    assert_eq!(rows.versions.len(), 2);
}

fn empty() -> Schema {
    let base = "app00000000000001".parse().unwrap();
    Schema { base_no: model::BaseNo(1), base, name: String::new(), revision: 1, tables: Vec::new() }
}

#[test]
fn a_row_that_cannot_be_read_is_kept_without_cells() {
    let (part, _) = part(Meter::dropping(usize::MAX), &[(0, "{"), (2, r#"{"s1":"b"}"#)]);
    assert_eq!((part.ids.len(), part.live.get(0), part.live.get(2)), (3, true, true));
}

#[test]
fn the_largest_text_leaves_first_and_numbers_last() {
    let text = "x".repeat(100);
    let cells = format!(r#"{{"s1":"short","s2":"{text}","n3":1,"t4":5}}"#);
    let rows: Vec<(u32, &str)> = (0..200).map(|ordinal| (ordinal, cells.as_str())).collect();
    let (_, meter) = part(Meter::dropping(usize::MAX), &rows);
    let all = meter.lock().bytes();
    // How much is too much; what leaves.
    let cases: [(usize, &[u32]); 4] = [(0, &[]), (1, &[2]), (22_000, &[1, 2]), (all, &[1, 2, 3, 4])];
    for (less, gone) in cases {
        let (part, meter) = part(Meter::dropping(all - less), &rows);
        let mut absent: Vec<u32> = meter.lock().absent.iter().map(|(_, field)| field.0).collect();
        absent.sort_unstable();
        assert_eq!(absent, gone, "{less} bytes too many");
        assert_eq!(part.ids.len(), 200, "ids stay");
    }
}

#[test]
fn single_columns_are_given_up_when_they_do_not_fit() {
    let cells = format!(r#"{{"s1":"{}"}}"#, "x".repeat(100));
    let meter = Arc::new(Mutex::new(Meter::refusing(100_000)));
    let wanted: Wanted = std::iter::once(FieldNo(1)).collect();
    let mut part = Part::new(TableNo(1), 0, wanted, Arc::clone(&meter));
    for ordinal in 0..CHUNK_U32 * 2 {
        part.add(&row(ordinal, &cells));
    }
    let part = part.end();
    assert!(meter.lock().is_over() && meter.lock().bytes() > 100_000);
    let held: usize = part.columns.iter().flat_map(|(.., chunks)| chunks).map(Chunk::memory).sum();
    assert_eq!((held, part.ids.len()), (0, 0), "nothing is held on to");
}

#[test]
fn chunks_are_held_in_exactly_the_room_they_take() {
    let cells = format!(r#"{{"s1":"{}","m2":[1,2,3],"n3":7}}"#, "x".repeat(37));
    let rows: Vec<(u32, &str)> = (0..CHUNK_U32 + 100).map(|ordinal| (ordinal, cells.as_str())).collect();
    let (part, _) = part(Meter::dropping(usize::MAX), &rows);
    let bytes = |kind: Kind, rows: usize| match kind {
        Kind::Text => rows * (37 + 8),
        Kind::Choices => rows * (12 + 8),
        _ => rows * 8 + rows.div_ceil(64) * 8,
    };
    for (_, kind, chunks) in &part.columns {
        let held: Vec<usize> = chunks.iter().map(Chunk::memory).collect();
        assert_eq!(held, [bytes(*kind, CHUNK), bytes(*kind, 100)], "{kind:?}");
    }
}
