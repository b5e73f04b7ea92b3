//! Rows that are short, long, spread over lines, or stand there twice.

use super::{grid, lines, sniffed};
use crate::csv::{Doubt, Sniffed};

fn widths(file: &str) -> (Sniffed, Vec<Vec<String>>) {
    let found = sniffed(file.as_bytes());
    assert_eq!(found.tables.len(), 1, "{:?}", found.notes);
    let rows = grid(file, &found, 0);
    (found, rows)
}

#[test]
fn a_short_last_row_is_a_row() {
    let (found, rows) = widths("name,city,age\nAnn,Rome,3\nBob,Oslo\nCid,Bern,4\nDan,Paris,5\nEve\n");
    assert_eq!(rows.last().unwrap(), &["Eve", "", ""]);
    assert_eq!((rows.len(), found.notes.len()), (5, 0), "{:?}", found.notes);
    let (found, rows) = widths("name,age\nann,31\nbob,27\ncid,35\nThe person from the other office\n");
    assert_eq!((rows.len(), found.notes.len()), (4, 0), "two columns leave no room for a note");
}

#[test]
fn a_note_below_a_table_is_no_row() {
    let table = "name,city,age\nann,rome,31\nbob,oslo,27\ncid,bern,35\n";
    for note in ["* provisional", "Source: the office", "made by hand in the office upstairs", "(c) 2024 the office"] {
        let (found, rows) = widths(&format!("{table}{note}\n"));
        assert_eq!(rows.len(), 3, "{note}");
        assert_eq!((found.notes[0].line, found.notes[0].text.as_str()), (5, note));
    }
}

#[test]
fn cells_of_several_lines_are_cells() {
    let plain = |row: usize| format!("{row},\"line one\nline two {row}\",3{row}\n");
    let blank = |row: usize| format!("{row},\"line one\n\n\nline two, {row}\",3{row}\n");
    let quoted = |row: usize| format!("{row},\"she said \"\"no\"\"\nand went, \"\"so\"\" there\",3{row}\n");
    for (kind, line) in [("plain", &plain as &dyn Fn(usize) -> String), ("blank", &blank), ("quoted", &quoted)] {
        for newline in ["\n", "\r\n"] {
            let file = lines(25, line);
            let file = format!("id,text,n\n{file}").replace('\n', newline);
            let (found, rows) = widths(&file);
            assert_eq!(found.tables[0].names, ["id", "text", "n"], "{kind} {newline:?}");
            assert_eq!((rows.len(), rows[24][2].as_str()), (25, "324"), "{kind} {newline:?}");
            assert_eq!(found.doubts, [], "{kind} {newline:?}");
        }
    }
}

#[test]
fn long_cells_of_several_lines_are_cells() {
    let prose = |bytes: usize| "a line of words, with commas, and more of them\n".repeat(bytes / 47);
    let file = lines(20, |row| format!("{row},\"{}\",x\n", prose(6_600)));
    let (found, rows) = widths(&format!("k,v,w\n{file}"));
    assert_eq!((found.tables[0].names.as_slice(), rows.len()), (["k", "v", "w"].map(str::to_owned).as_slice(), 20));
    for bytes in [200_000, 600_000] {
        let (_, rows) = widths(&format!("k,v\n1,\"{}\"\n2,short\n3,short\n", prose(bytes)));
        assert_eq!((rows.len(), rows[0][1].len() > bytes - 50, rows[2][1].as_str()), (3, true, "short"), "{bytes}");
    }
    for file in ["k,v\nann,".to_owned() + &"x".repeat(100_001), format!("k,v\nann,{}\nbob,y\n", "xy ".repeat(70_000))] {
        let (found, rows) = widths(&file);
        assert_eq!((found.tables[0].names.len(), rows[0][1].len() > 100_000), (2, true), "{}", found.dialect.delimiter);
    }
}

#[test]
fn a_sample_that_ends_inside_a_cell_ends_no_table() {
    let prose = |lines: usize| "a line, of words, with commas, and more, of them\n".repeat(lines);
    for (long, count) in [(15, 2_000), (4_000, 10), (12_000, 4)] {
        let file = lines(count, |row| format!("{row},\"{}\",x\n", prose(long)));
        let (found, rows) = widths(&format!("k,v,w\n{file}"));
        assert_eq!((found.tables[0].names.len(), rows.len()), (3, count), "{long}");
    }
    let row = |row: usize| if row == 5 { "\"5,inch\n".to_owned() } else { format!("{row},some text in row {row}\n") };
    let file = lines(60_000, row);
    let (found, rows) = widths(&format!("k,v\n{file}"));
    assert_eq!((rows.len(), rows[5][0].as_str()), (60_000, "\"5"));
    assert!(found.tables[0].sampled_rows > 10_000, "{}", found.tables[0].sampled_rows);
}

#[test]
fn a_stray_quote_does_not_make_rows_one_cell() {
    let rows = lines(30, |row| format!("{row},name {row},\"a, b\"\n"));
    let file = format!("id,name,note\n{rows}30,\"open,x\n31,y,z\n32,y,\"a, b\"\n");
    let (_, rows) = widths(&file);
    assert_eq!(rows[30], ["30", "\"open", "x"]);
    assert_eq!((rows.len(), rows[32][2].as_str()), (33, "a, b"));
}

#[test]
fn small_ragged_tables_are_tables() {
    let alternating: String =
        (0..30).map(|row| if row % 2 == 0 { format!("n{row};{row}\n") } else { format!("n{row};{row};x\n") }).collect();
    let cases: [(&str, usize, usize); 6] = [
        ("a,b,c\n1,2,3\n4,5\n6,7,8,9\n10\n", 3, 4),
        ("name,city,age\nAnn,Rome,3\nBob,Oslo\nCid,Bern,4,extra\nDan,Paris,5\n", 3, 4),
        ("name,age\nAnn,3\nBob\nCid,4\nDan\n", 2, 4),
        (&alternating, 3, 30),
        ("a,b,c\n", 3, 0),
        ("name\tage\n", 2, 0),
    ];
    for (file, columns, count) in cases {
        let (found, rows) = widths(file);
        assert_eq!((found.tables[0].names.len(), rows.len()), (columns, count), "{file}");
    }
}

#[test]
fn short_rows_one_after_the_other_are_no_table() {
    let mut lines: Vec<String> = (0..20).map(|row| format!("name {row},city {row},{row},x")).collect();
    for row in (5..9).chain(16..20) {
        lines[row] = format!("name {row},city {row}");
    }
    let (_, rows) = widths(&format!("name,city,age,note\n{}\n", lines.join("\n")));
    assert_eq!((rows.len(), rows[6].join("|").as_str()), (20, "name 6|city 6||"));
    let apart = sniffed(b"id,name,age\n1,ann,31\n2,bob,27\n3,cid,35\ncity,land\nrome,italy\noslo,norway\nbern,x\n");
    assert_eq!(apart.tables.len(), 2);
}

#[test]
fn lines_around_a_small_ragged_table_leave_it_one() {
    let (found, rows) = widths("Report\n\nname,city,age\nann,rome,31\nbob,oslo,27\ncid,bern,35\nEve\n* provisional\n");
    assert_eq!((found.tables[0].names.len(), rows.len(), rows[3][0].as_str()), (3, 4, "Eve"));
    assert_eq!(found.notes.iter().map(|note| note.line).collect::<Vec<_>>(), [1, 8]);
}

#[test]
fn sentences_are_no_cells() {
    let file = "note\nWell, he went home\nand she, tired, sad, slept\nNothing happened\nThen, at last, it rained\nIt was over\n";
    let (found, rows) = widths(file);
    assert_eq!((found.tables[0].names.len(), rows.len()), (1, 5), "{:?}", found.dialect);
}

#[test]
fn a_header_that_comes_again_is_a_header() {
    let typed = "Date,Amount\n2024-01-01,2\n2024-01-02,3\nDate,Amount\n2024-01-03,4\n2024-01-04,5\n";
    let texts = "name,city\nann,rome\nbob,oslo\nname,city\ncid,bern\ndan,riga\n";
    for (file, first) in [(typed, "Date"), (texts, "name")] {
        let (found, rows) = widths(file);
        let table = &found.tables[0];
        assert_eq!((table.header_rows, table.names[0].as_str(), rows.len()), (1, first, 5), "{:?}", table.doubts);
    }
}

#[test]
fn a_header_is_not_both_guessed_and_missing() {
    for file in ["ann,paris\nbob,rome\nann,oslo\nbob,oslo\n", "A-1,x\nA-2,y\nA-3,x\n"] {
        let doubts = &sniffed(file.as_bytes()).tables[0].doubts;
        assert_eq!(doubts, &[Doubt::NoHeader], "{file}");
    }
}
