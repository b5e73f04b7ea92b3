use std::io::Read;

use proptest::prelude::*;

use super::{Flaw, MAX_CELL, MAX_RECORD, Position, ReadError, Reader, line_ends};
use crate::csv::{Dialect, Newline, TableRange};

fn dialect() -> Dialect {
    Dialect {
        encoding: "UTF-8".to_owned(),
        bom: false,
        delimiter: ",".to_owned(),
        quote: Some('"'),
        escape: None,
        newline: Newline::Lf,
    }
}

fn table(columns: usize) -> TableRange {
    TableRange {
        names: (0..columns).map(|column| format!("c{column}")).collect(),
        header_rows: 0,
        start: 0,
        line: 1,
        end: None,
        sampled_rows: 0,
        doubts: Vec::new(),
    }
}

type Rows = Vec<(Vec<String>, Vec<Flaw>)>;

fn rows_of<R: Read>(mut reader: Reader<R>) -> Rows {
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        rows.push((row.cells().map(str::to_owned).collect(), row.flaws.to_vec()));
    }
    rows
}

fn read(text: &str, dialect: &Dialect, columns: usize) -> Rows {
    rows_of(Reader::new(text.as_bytes(), dialect, &table(columns)).unwrap())
}

fn cells(text: &str, dialect: &Dialect, columns: usize) -> Vec<Vec<String>> {
    read(text, dialect, columns).into_iter().map(|(cells, _)| cells).collect()
}

#[test]
fn a_short_row_keeps_its_quoted_cells() {
    for (text, row) in [("1,\"Desk, oak\"\n", ["1", "Desk, oak", ""]), ("\"a, b\"\n", ["a, b", "", ""])] {
        assert_eq!(cells(text, &dialect(), 3), [row]);
    }
}

#[test]
fn a_long_row_keeps_its_cells_of_several_lines() {
    assert_eq!(cells("1,\"a\nb, c\",x,left over\n2,y,z\n", &dialect(), 3), [["1", "a\nb, c", "x"], ["2", "y", "z"]]);
    assert_eq!(cells("1,x,\"a\nb\",left over\n2,y,z\n", &dialect(), 3), [["1", "x", "a\nb"], ["2", "y", "z"]]);
}

#[test]
fn cells_are_split_as_the_dialect_says() {
    let plain = dialect();
    let semicolon = Dialect { delimiter: ";".into(), ..dialect() };
    let two = Dialect { delimiter: ", ".into(), ..dialect() };
    let tab = Dialect { delimiter: "\t".into(), ..dialect() };
    let bare = Dialect { quote: None, ..dialect() };
    let single = Dialect { quote: Some('\''), ..dialect() };
    let escaped = Dialect { escape: Some('\\'), ..dialect() };
    let cr = Dialect { newline: Newline::Cr, ..dialect() };
    let cases: [(&str, &Dialect, &[&[&str]]); 20] = [
        ("a,b\nc,d\n", &plain, &[&["a", "b"], &["c", "d"]]),
        ("a,b\nc,d", &plain, &[&["a", "b"], &["c", "d"]]),
        ("a,b\r\nc,d\r\n", &plain, &[&["a", "b"], &["c", "d"]]),
        ("a,b\n\n\nc,d\n\n", &plain, &[&["a", "b"], &["c", "d"]]),
        (",\n,\n", &plain, &[&["", ""], &["", ""]]),
        ("\"a,b\",c\n", &plain, &[&["a,b", "c"]]),
        ("\"a\nb\",c\n", &plain, &[&["a\nb", "c"]]),
        ("\"a \"\"b\"\"\",c\n", &plain, &[&["a \"b\"", "c"]]),
        ("\"\",\"\"\n", &plain, &[&["", ""]]),
        ("\"\"\"\",x\n", &plain, &[&["\"", "x"]]),
        (" a , b \n", &plain, &[&[" a ", " b "]]),
        ("\"a\" ,b\n", &plain, &[&["a", "b"]]),
        ("a;b,c\n", &semicolon, &[&["a", "b,c"]]),
        ("a, b\nc,d, e\n", &two, &[&["a", "b"], &["c,d", "e"]]),
        ("a,\nb, c\n", &two, &[&["a", ""], &["b", "c"]]),
        ("a\tb\n", &tab, &[&["a", "b"]]),
        ("\"a\",b\n", &bare, &[&["\"a\"", "b"]]),
        ("'a,b',c\n", &single, &[&["a,b", "c"]]),
        ("\"a\\\"b\",c\\,d\n", &escaped, &[&["a\"b", "c,d"]]),
        ("a,b\rc,d\r", &cr, &[&["a", "b"], &["c", "d"]]),
    ];
    for (text, dialect, expected) in cases {
        assert_eq!(cells(text, dialect, 2), expected, "{text:?}");
    }
    assert_eq!(cells("a,b\nc\n", &Dialect { delimiter: String::new(), ..dialect() }, 1), [["a,b"], ["c"]]);
}

#[test]
fn rows_that_break_the_dialect_are_read_and_named() {
    let cases: [(&str, &[&str], &[Flaw]); 7] = [
        ("a\n", &["a", ""], &[Flaw::Short { cells: 1 }]),
        ("a,b,c\n", &["a", "b"], &[Flaw::Surplus { cells: 3 }]),
        ("a \"b\" c,d\n", &["a \"b\" c", "d"], &[Flaw::StrayQuotes { quotes: 2 }]),
        ("\"a \"b\" c\",d\n", &["a \"b\" c", "d"], &[Flaw::StrayQuotes { quotes: 2 }]),
        ("\"a,b\n", &["\"a", "b"], &[Flaw::StrayQuotes { quotes: 1 }]),
        ("a\0b,c\n", &["ab", "c"], &[Flaw::Nul { column: 0, count: 1 }]),
        ("\n\na,b\n", &["a", "b"], &[Flaw::BlankLines { lines: 2 }]),
    ];
    for (text, cells, flaws) in cases {
        let found = read(text, &dialect(), 2);
        assert_eq!(found, [(cells.iter().map(|cell| (*cell).to_owned()).collect(), flaws.to_vec())], "{text:?}");
    }
}

#[test]
fn an_open_quote_does_not_swallow_the_file() {
    let file = format!("\"open,b\n{}", "c,d\n".repeat(5_000));
    let found = read(&file, &dialect(), 2);
    assert_eq!(found.len(), 5_001);
    assert_eq!(found[0].1, [Flaw::StrayQuotes { quotes: 1 }]);
    assert!(found[1..].iter().all(|(cells, flaws)| cells == &["c", "d"] && flaws.is_empty()));
}

#[test]
fn surplus_cells_are_handed_out() {
    let mut reader = Reader::new("a,b,c,d\n".as_bytes(), &dialect(), &table(2)).unwrap();
    let row = reader.next_row().unwrap().unwrap();
    assert_eq!(row.surplus().collect::<Vec<_>>(), ["c", "d"]);
    assert_eq!((row.cell(1), row.cell(3), row.cell(9)), ("b", "d", ""));
}

#[test]
fn malformed_bytes_are_named_with_their_row() {
    let file = b"a,b\nc\xE9,d\ne,f\n";
    let rows = rows_of(Reader::new(file.as_slice(), &dialect(), &table(2)).unwrap());
    assert_eq!(rows[1], (vec!["cé".to_owned(), "d".to_owned()], vec![Flaw::Malformed { places: 1 }]));
    assert!(rows[0].1.is_empty() && rows[2].1.is_empty());
}

#[test]
fn malformed_bytes_behind_the_header_are_not_forgotten() {
    let range = TableRange { start: 4, line: 2, ..table(2) };
    let rows =
        rows_of(Reader::new(b"\xE9,y\nc\xE9,d\n".as_slice(), &dialect(), &TableRange { start: 5, ..range }).unwrap());
    assert_eq!(rows, [(vec!["cé".to_owned(), "d".to_owned()], vec![Flaw::Malformed { places: 1 }])]);
}

#[test]
fn a_range_ends_where_it_ends() {
    let range = TableRange { start: 4, line: 2, end: Some(12), ..table(2) };
    let reader = Reader::new("x,y\na,b\nc,d\nnote\ne,f\n".as_bytes(), &dialect(), &range).unwrap();
    let rows: Vec<_> = rows_of(reader).into_iter().map(|(cells, _)| cells).collect();
    assert_eq!(rows, [["a", "b"], ["c", "d"]]);
}

#[test]
fn lines_and_rows_are_numbered_as_an_editor_shows_them() {
    let file = "a,b\n\n\"c\nc\",d\ne,f\n";
    let mut reader = Reader::new(file.as_bytes(), &dialect(), &table(2)).unwrap();
    let mut found = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        found.push((row.number, row.line));
    }
    assert_eq!(found, [(1, 1), (2, 3), (3, 5)]);
}

#[test]
fn an_unknown_encoding_is_an_error() {
    let unknown = Dialect { encoding: "klingon".into(), ..dialect() };
    assert!(
        matches!(Reader::new("".as_bytes(), &unknown, &table(1)), Err(ReadError::Encoding(label)) if label == "klingon")
    );
}

#[test]
fn a_very_long_cell_is_cut_and_named() {
    let file = format!("{},b\nc,d\n", "x".repeat(MAX_CELL + 7));
    let found = read(&file, &dialect(), 2);
    assert_eq!(found[0].0[0].len(), MAX_CELL);
    assert_eq!(found[0].1, [Flaw::LongCell { column: 0, bytes: (MAX_CELL + 7) as u64 }]);
    assert_eq!(found[1], (vec!["c".to_owned(), "d".to_owned()], vec![]));
}

/// A line of `left` bytes, another line behind it, and how much was asked for at once.
struct Endless {
    left: usize,
    tail: &'static [u8],
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left > 0 {
            let count = buffer.len().min(self.left);
            buffer[..count].fill(b'x');
            self.left -= count;
            return Ok(count);
        }
        self.tail.read(buffer)
    }
}

#[test]
fn a_line_of_two_hundred_megabytes_needs_little_memory() {
    let source = Endless { left: 200 << 20, tail: b",b\nc,d\n" };
    let mut reader = Reader::new(source, &dialect(), &table(2)).unwrap();
    let row = reader.next_row().unwrap().unwrap();
    let left_out =
        row.flaws.iter().find_map(|flaw| if let Flaw::LongRecord { left_out } = flaw { Some(*left_out) } else { None });
    assert!(left_out.is_some_and(|bytes| bytes >= (200 << 20) - 2 * MAX_RECORD as u64), "{:?}", row.flaws);
    assert_eq!(row.cell(0).len(), MAX_CELL);
    assert!(reader.buffer.capacity() <= 4 * MAX_RECORD, "{} bytes", reader.buffer.capacity());
    let next = reader.next_row().unwrap().unwrap();
    assert_eq!((next.cell(0), next.cell(1), next.line), ("c", "d", 2));
    assert!(reader.next_row().unwrap().is_none());
}

#[test]
fn an_open_quote_before_a_lot_of_text_costs_linear_time() {
    // Each row opens a quote that nothing closes: looking for its end through everything, row by row, would not end.
    let file = "\"a,b\n".repeat(40_000);
    let found = read(&file, &dialect(), 2);
    assert_eq!(found.len(), 40_000);
    assert!(found.iter().all(|(cells, _)| cells == &["\"a", "b"]));
}

#[test]
fn line_ends_are_counted() {
    let cases = [
        ("a\nb\n", Newline::Lf, 2),
        ("a\r\nb\r\n", Newline::CrLf, 2),
        ("a\rb\r", Newline::Cr, 2),
        ("a\rb\n", Newline::Lf, 1),
        ("a\r\nb\r", Newline::Cr, 2),
        ("", Newline::Lf, 0),
    ];
    for (text, newline, count) in cases {
        assert_eq!(line_ends(text, newline), count, "{text:?}");
    }
}

#[test]
fn the_last_byte_of_a_piece_is_no_end() {
    // Where a piece of the file ended one byte into a row, the reader once waited for more without asking for it.
    let row = "abcdefg,hijklmn\n";
    for extra in 0..32 {
        let file = format!("{}{}", "x".repeat(extra) + ",y\n", row.repeat(3 * 64 * 1024 / row.len()));
        assert_eq!(read(&file, &dialect(), 2).len(), 1 + 3 * 64 * 1024 / row.len());
    }
    for file in ["x", "\"", "\n", "a\nb"] {
        assert_eq!(read(file, &dialect(), 1).len(), file.split_whitespace().count(), "{file:?}");
    }
}

/// Files with quotes, line ends and blanks in odd places.
fn untidy() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        5 => "[a-cä ]{0,3}",
        2 => Just(",".to_owned()),
        2 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => Just("\"".to_owned()),
        1 => Just("\"\"".to_owned()),
        1 => Just("\\".to_owned()),
        1 => Just("\0".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_reader_goes_on_from_every_position(text in untidy()) {
        let range = table(3);
        let all = read(&text, &dialect(), 3);
        let mut reader = Reader::new(text.as_bytes(), &dialect(), &range).unwrap();
        let mut done = 0;
        while let Some(next) = reader.next_row().unwrap().map(|row| row.next) {
            done += 1;
            prop_assert_eq!(next.rows as usize, done);
            let rest = Reader::resume(text.as_bytes(), &dialect(), &range, next).unwrap();
            let rest: Vec<_> = rows_of(rest).into_iter().map(|(cells, _)| cells).collect();
            let expected: Vec<_> = all[done..].iter().map(|(cells, _)| cells.clone()).collect();
            prop_assert_eq!(rest, expected);
        }
    }

    #[test]
    fn positions_only_grow_and_end_with_the_text(text in untidy()) {
        let mut reader = Reader::new(text.as_bytes(), &dialect(), &table(2)).unwrap();
        let mut before = Position { text: 0, rows: 0, line: 1 };
        while let Some(row) = reader.next_row().unwrap() {
            prop_assert!(row.next.text > before.text && row.next.line >= row.line && row.line >= before.line);
            before = row.next;
        }
        prop_assert!(reader.position().text <= text.len() as u64);
    }

    #[test]
    fn no_letter_is_lost(text in untidy()) {
        // Letters are never delimiters, quotes or line ends: they all come out, whatever the rest does.
        let letters = |text: &str| text.chars().filter(|c| "abcä".contains(*c)).collect::<String>();
        let mut reader = Reader::new(text.as_bytes(), &dialect(), &table(2)).unwrap();
        let mut found = String::new();
        while let Some(row) = reader.next_row().unwrap() {
            found.extend(row.cells().chain(row.surplus()));
        }
        prop_assert_eq!(letters(&found), letters(&text));
    }
}
