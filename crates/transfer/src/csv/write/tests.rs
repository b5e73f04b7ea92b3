use proptest::prelude::*;

use super::{WriteMode, Writer};
use crate::csv::{Dialect, HeaderRow, Newline, Overrides, Reader, TableRange, sniff};

fn written(rows: &[Vec<String>], mode: WriteMode) -> String {
    let mut writer = Writer::new(Vec::new(), mode);
    for row in rows {
        writer.row(row.iter().map(String::as_str)).unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn one(cell: &str, mode: WriteMode) -> String {
    written(&[vec![cell.to_owned(), String::new()]], mode)
}

#[test]
fn cells_are_quoted_where_readers_need_it() {
    let cases = [
        ("plain", "plain,\r\n"),
        ("", ",\r\n"),
        ("a,b", "\"a,b\",\r\n"),
        ("say \"hi\"", "\"say \"\"hi\"\"\",\r\n"),
        ("two\nlines", "\"two\nlines\",\r\n"),
        ("two\r\nlines", "\"two\r\nlines\",\r\n"),
        (" spaced ", "\" spaced \",\r\n"),
        ("a;b", "\"a;b\",\r\n"),
        ("a\tb", "\"a\tb\",\r\n"),
        ("#1", "\"#1\",\r\n"),
        ("'quoted'", "\"'quoted'\",\r\n"),
        ("=1+1", "=1+1,\r\n"),
    ];
    for (cell, expected) in cases {
        assert_eq!(one(cell, WriteMode::RoundTrip), expected, "{cell:?}");
    }
}

#[test]
fn what_a_spreadsheet_would_run_is_disarmed() {
    for cell in ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx", "\nx", "\u{FF1D}1"] {
        assert!(one(cell, WriteMode::SpreadsheetSafe).starts_with("\"'"), "{cell:?}");
    }
    for cell in ["1+1", "a=b", "ann@b.co", "", "text"] {
        assert_eq!(one(cell, WriteMode::SpreadsheetSafe), one(cell, WriteMode::RoundTrip), "{cell:?}");
    }
    assert_eq!(one("=\"x\"", WriteMode::SpreadsheetSafe), "\"'=\"\"x\"\"\",\r\n");
}

#[test]
fn a_row_of_one_empty_cell_is_no_blank_line() {
    assert_eq!(written(&[vec![String::new()]], WriteMode::RoundTrip), "\"\"\r\n");
    assert_eq!(written(&[vec![String::new(), String::new()]], WriteMode::RoundTrip), ",\r\n");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zäß€ ]{0,8}",
        2 => "[\"',;|\t\r\n =+@#\\\\-]{0,5}",
        1 => "\\PC{0,12}",
        1 => "[0-9.,$%]{0,6}",
    ]
}

/// Rows of one width, with texts of every kind.
fn grid() -> impl Strategy<Value = Vec<Vec<String>>> {
    grid_from(1)
}

fn grid_from(least: usize) -> impl Strategy<Value = Vec<Vec<String>>> {
    (least..5).prop_flat_map(|width| prop::collection::vec(prop::collection::vec(text(), width), 1..12))
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_as_the_same_texts(rows in grid()) {
        let file = written(&rows, WriteMode::RoundTrip);
        let dialect = Dialect {
            encoding: "UTF-8".into(),
            bom: false,
            delimiter: ",".into(),
            quote: Some('"'),
            escape: None,
            newline: Newline::CrLf,
        };
        let names = (0..rows[0].len()).map(|column| column.to_string()).collect();
        let range =
            TableRange { names, header_rows: 0, start: 0, line: 1, end: None, sampled_rows: 0, doubts: Vec::new() };
        let mut reader = Reader::new(file.as_bytes(), &dialect, &range).unwrap();
        let mut found: Vec<Vec<String>> = Vec::new();
        while let Some(row) = reader.next_row().unwrap() {
            prop_assert!(row.flaws.is_empty(), "{:?}", row.flaws);
            found.push(row.cells().map(str::to_owned).collect());
        }
        // A byte order mark at the very beginning belongs to no text.
        prop_assert_eq!(found, rows);
    }

    #[test]
    fn a_reader_that_is_told_only_the_header_finds_the_columns(rows in grid_from(2)) {
        let mut rows = rows;
        rows.insert(0, (0..rows[0].len()).map(|column| format!("name {column}")).collect());
        let more: Vec<Vec<String>> =
            (0..20).map(|row| rows[0].iter().map(|name| format!("{name} of {row}")).collect()).collect();
        rows.extend(more);
        let file = written(&rows, WriteMode::RoundTrip);
        let told = Overrides { header_row: Some(HeaderRow::At(1)), ..Overrides::default() };
        let sniffed = sniff(file.as_bytes(), file.len() as u64, &told);
        let table = sniffed.main_table().unwrap();
        prop_assert_eq!(&table.names, &rows[0]);
        prop_assert_eq!(sniffed.dialect.delimiter.as_str(), ",");
    }

    #[test]
    fn no_cell_of_a_safe_file_begins_like_a_formula(rows in grid()) {
        let file = written(&rows, WriteMode::SpreadsheetSafe);
        let dialect = Dialect {
            encoding: "UTF-8".into(), bom: false, delimiter: ",".into(), quote: Some('"'), escape: None,
            newline: Newline::CrLf,
        };
        let names = (0..rows[0].len()).map(|column| column.to_string()).collect();
        let range =
            TableRange { names, header_rows: 0, start: 0, line: 1, end: None, sampled_rows: 0, doubts: Vec::new() };
        let mut reader = Reader::new(file.as_bytes(), &dialect, &range).unwrap();
        while let Some(row) = reader.next_row().unwrap() {
            prop_assert!(row.cells().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])));
        }
    }
}
