mod rows;

use std::fmt::Write;

use super::{Known, SAMPLE, sniff};
use crate::csv::{Doubt, HeaderRow, MAX_COLUMNS, Newline, Overrides, Reader, Sniffed};

fn sniffed(file: &[u8]) -> Sniffed {
    sniff(&file[..file.len().min(SAMPLE)], file.len() as u64, &Overrides::default())
}

fn told(file: &str, overrides: &Overrides) -> Sniffed {
    sniff(file.as_bytes(), file.len() as u64, overrides)
}

/// So many lines, one after the other.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |text, row| text + &line(row))
}

/// Every row of a table.
fn grid(file: &str, found: &Sniffed, table: usize) -> Vec<Vec<String>> {
    let mut reader = Reader::new(file.as_bytes(), &found.dialect, &found.tables[table]).unwrap();
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().unwrap() {
        rows.push(row.cells().map(str::to_owned).collect());
    }
    rows
}

/// A file of people in the given dialect.
fn people(delimiter: &str, quote: char, newline: &str) -> String {
    let names = ["ann", "bob", "cid", "dan", "eve", "fay"];
    let mut file = ["name", "note", "age", "born"].join(delimiter) + newline;
    for (row, name) in names.iter().enumerate() {
        let note = format!("{quote}likes {delimiter} and more{quote}");
        let cells = [(*name).to_owned(), note, (20 + row * 3).to_string(), format!("19{}-03-0{}", 70 + row, row + 1)];
        file += &(cells.join(delimiter) + newline);
    }
    file
}

#[test]
fn dialects_are_found() {
    for delimiter in [",", ";", "\t", "|", ", ", "; ", "||", "~", "^", "\u{1F}", "::"] {
        for quote in ['"', '\''] {
            for (newline, kind) in [("\n", Newline::Lf), ("\r\n", Newline::CrLf), ("\r", Newline::Cr)] {
                let file = people(delimiter, quote, newline);
                let found = sniffed(file.as_bytes());
                let dialect = &found.dialect;
                assert_eq!(
                    (dialect.delimiter.as_str(), dialect.quote, dialect.newline),
                    (delimiter, Some(quote), kind),
                    "{file}"
                );
                assert_eq!(found.tables[0].names, ["name", "note", "age", "born"], "{file}");
                assert_eq!(grid(&file, &found, 0)[1][1], format!("likes {delimiter} and more"), "{file}");
            }
        }
    }
}

#[test]
fn headers_are_told_from_records() {
    let cases: [(&str, &[&str], usize); 9] = [
        ("name,age\nann,31\nbob,27\n", &["name", "age"], 1),
        ("ann,31\nbob,27\ncid,35\n", &["Column 1", "Column 2"], 0),
        ("name,city\nann,paris\nbob,rome\ncid,oslo\n", &["name", "city"], 1),
        ("name,,age\nann,x,31\nbob,y,27\n", &["name", "Column 2", "age"], 1),
        ("name,name,Name\nann,x,31\nbob,y,27\n", &["name", "name 2", "Name 3"], 1),
        ("  full   name ,age\nann,31\nbob,27\n", &["full name", "age"], 1),
        ("\"first\nname\",age\nann,31\nbob,27\n", &["first name", "age"], 1),
        (
            "person,person,size\nname,age,cm\nann,31,170\nbob,27,180\ncid,35,175\n",
            &["person name", "person age", "size cm"],
            2,
        ),
        ("only,a,header\n", &["only", "a", "header"], 1),
    ];
    for (file, names, rows) in cases {
        let table = &sniffed(file.as_bytes()).tables[0];
        assert_eq!((table.names.as_slice(), table.header_rows), (names.map_names().as_slice(), rows), "{file}");
    }
}

trait Names {
    fn map_names(&self) -> Vec<String>;
}

impl Names for &[&str] {
    fn map_names(&self) -> Vec<String> {
        self.iter().map(|name| (*name).to_owned()).collect()
    }
}

#[test]
fn lines_around_a_table_are_notes() {
    let file = "Report of the year\nmade in March\n\nname,age,city\nann,31,rome\nbob,27,oslo\ncid,35,bonn\ndan,41,bern\neve,22,riga\n\nsource: the office\n";
    let found = sniffed(file.as_bytes());
    assert_eq!(found.tables.len(), 1);
    assert_eq!(found.tables[0].names, ["name", "age", "city"]);
    assert_eq!(
        grid(file, &found, 0),
        [
            ["ann", "31", "rome"],
            ["bob", "27", "oslo"],
            ["cid", "35", "bonn"],
            ["dan", "41", "bern"],
            ["eve", "22", "riga"],
        ]
    );
    let notes: Vec<(u64, &str)> = found.notes.iter().map(|note| (note.line, note.text.as_str())).collect();
    assert_eq!(notes, [(1, "Report of the year"), (2, "made in March"), (11, "source: the office")]);
    assert!(found.doubts.contains(&Doubt::Notes { lines: 3 }));
}

#[test]
fn notes_past_the_bound_are_counted() {
    let notes = lines(150, |row| format!("note {row}\n"));
    let file = format!("{notes}\nname,age,city\nann,31,rome\nbob,27,oslo\ncid,35,bonn\n");
    let found = told(&file, &Overrides { delimiter: Some(",".to_owned()), ..Overrides::default() });
    assert_eq!(found.notes.len(), 100);
    assert!(found.doubts.contains(&Doubt::Notes { lines: 150 }), "{:?}", found.doubts);
}

#[test]
fn several_tables_are_found_each_with_its_own_doubts() {
    let mut file = "id,name,age\n1,ann,31\n2,bob,27\n3,cid,35\n\n".to_owned();
    file += "city,land\nrome,italy\noslo,norway\nbonn,germany\nbern,switzerland\n";
    let found = sniffed(file.as_bytes());
    let names: Vec<usize> = found.tables.iter().map(|table| table.names.len()).collect();
    assert_eq!(names, [3, 2]);
    assert_eq!(found.tables[1].line, 7);
    assert_eq!(grid(&file, &found, 0).len(), 3);
    assert_eq!(
        grid(&file, &found, 1),
        [["rome", "italy"], ["oslo", "norway"], ["bonn", "germany"], ["bern", "switzerland"]]
    );
    assert!(found.doubts.iter().any(|doubt| matches!(doubt, Doubt::SeveralTables { count: 2, .. })));
    assert_eq!(found.tables[1].doubts, [Doubt::HeaderGuessed]);
    assert!(found.tables[0].doubts.is_empty());
}

#[test]
fn a_blank_line_inside_a_table_separates_nothing() {
    let file = "name,age\nann,31\nbob,27\n\ncid,35\ndan,41\n";
    let found = sniffed(file.as_bytes());
    assert_eq!((found.tables.len(), grid(file, &found, 0).len()), (1, 4));
}

#[test]
fn names_that_are_expected_make_the_header() {
    let known = Known::new(["Order ID", "Amount", "Status", "Closed on", "Paid"].into_iter());
    let found = |file: &str| super::sniff_for(file.as_bytes(), file.len() as u64, &Overrides::default(), &known);
    let names = ["order id", "Amount", "Status", "Closed on", "Paid"];
    let rows = "Q-1,abc,new,soon,x\nQ-2,def,old,later,y\n";
    let typed = "Q-1,3,new,2024-01-01,yes\nQ-2,4,old,2024-01-02,no\n";
    let head = "order id,Amount,Status,Closed on,Paid\n";
    for above in ["", "Report of the year\n", "a,b,c,d,e\n"] {
        for rows in [rows, typed, "Q-1,abc,new,soon,x\n", ""] {
            let found = found(&format!("{above}{head}{rows}"));
            let table = &found.tables[0];
            assert_eq!((found.dialect.delimiter.as_str(), table.header_rows), (",", 1), "{above}{rows}");
            assert_eq!(table.names, names, "{above}{rows}");
            assert_eq!(found.notes.len(), usize::from(!above.is_empty()));
        }
    }
    let odd = found("status;amount\nnew, at last, or so;1,5\nold, at last, or so;2,5\n");
    assert_eq!((odd.dialect.delimiter.as_str(), odd.tables[0].names.len()), (";", 2));
    let other = found("Q-1,3,new,2024-01-01,yes\nQ-2,4,old,2024-01-02,no\n");
    assert_eq!(other.tables[0].header_rows, 0, "nothing is expected of records");
}

#[test]
fn what_somebody_says_is_believed() {
    let file = "a;b,c\n1;2,3\n4;5,6\n7;8,9\n";
    for delimiter in [";", ",", ""] {
        let found = told(file, &Overrides { delimiter: Some(delimiter.to_owned()), ..Overrides::default() });
        assert_eq!(found.dialect.delimiter, delimiter);
    }
    let found = told(file, &Overrides { header_row: Some(HeaderRow::None), ..Overrides::default() });
    assert_eq!((found.tables[0].header_rows, found.tables[0].names[0].as_str()), (0, "Column 1"));
    let found =
        told("x\ny\nname,age\nann,31\n", &Overrides { header_row: Some(HeaderRow::At(3)), ..Overrides::default() });
    assert_eq!(found.tables[0].names, ["name", "age"]);
    let found = told("'a','b'\n'1','2'\n", &Overrides { quote: Some(None), ..Overrides::default() });
    assert_eq!((found.dialect.quote, found.tables[0].names[0].as_str()), (None, "'a'"));
    let latin = Overrides { encoding: Some("latin1".to_owned()), ..Overrides::default() };
    assert_eq!(told("a,b\n1,2\n", &latin).dialect.encoding, "windows-1252");
    let unknown = Overrides { encoding: Some("klingon".to_owned()), ..Overrides::default() };
    assert!(told("a,b\n1,2\n", &unknown).doubts.contains(&Doubt::UnknownEncoding { label: "klingon".into() }));
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    let none = Overrides::default();
    for (file, count) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\r\n\r\nb\r\n", 3), ("a\rb\rc", 3)] {
        assert_eq!(super::lines(file.as_bytes(), &none), count, "{file:?}");
    }
}

#[test]
fn a_file_without_text_holds_no_table() {
    for file in ["", "\n\n", "  \n", "\u{FEFF}"] {
        let found = sniffed(file.as_bytes());
        assert!(found.tables.is_empty() && found.doubts.contains(&Doubt::Empty), "{file:?}: {:?}", found.doubts);
    }
}

#[test]
fn mixed_line_ends_and_an_unusual_quote_are_doubtful() {
    let found = sniffed(b"name,age\r\nann,31\nbob,27\r\ncid,35\n");
    assert!(found.doubts.contains(&Doubt::MixedNewlines));
    let found = sniffed(people(",", '\'', "\n").as_bytes());
    assert!(found.doubts.contains(&Doubt::Quoting { quote: Some('\''), escape: None }), "{:?}", found.doubts);
}

#[test]
fn columns_past_the_bound_are_doubtful() {
    let header: Vec<String> = (0..=MAX_COLUMNS).map(|column| format!("name{column}")).collect();
    let row: Vec<String> = (0..=MAX_COLUMNS).map(|column| column.to_string()).collect();
    let file = format!("{}\n{}\n{}\n", header.join(","), row.join(","), row.join(","));
    let found = sniffed(file.as_bytes());
    assert_eq!(found.tables[0].names.len(), MAX_COLUMNS);
    let left_out = vec![format!("name{MAX_COLUMNS}")];
    assert_eq!(found.tables[0].doubts, [Doubt::TooManyColumns { found: MAX_COLUMNS + 1, left_out }]);
    let said = found.tables[0].doubts[0].to_string();
    assert!(said.ends_with("the first 1000 were taken; left out: `name1000`"), "{said}");
}

#[test]
fn a_large_file_is_looked_at_in_part() {
    let mut file = String::from("name,amount\n");
    let mut row = 0;
    while file.len() < SAMPLE + 100_000 {
        writeln!(file, "\"name, number {row}\",{row}").unwrap();
        row += 1;
    }
    let found = sniffed(file.as_bytes());
    assert_eq!((found.tables.len(), found.tables[0].end), (1, None), "the table goes on to the end of the file");
    assert_eq!(grid(&file, &found, 0).len(), row);
}

#[test]
fn every_doubt_says_something_of_its_own() {
    let file = "01/02/21;1.50;x\n02/03/21;2.5;y\n";
    let mut texts: Vec<String> = sniffed(file.as_bytes()).doubts.iter().map(ToString::to_string).collect();
    texts.extend(
        [
            Doubt::Empty,
            Doubt::NoHeader,
            Doubt::HeaderGuessed,
            Doubt::MixedNewlines,
            Doubt::Notes { lines: 1 },
            Doubt::Notes { lines: 2 },
            Doubt::MixedDates { column: "Due".into() },
            Doubt::TotalRow { line: 9, text: "Total".into() },
            Doubt::Unkept { column: "Due".into(), cells: 1 },
            Doubt::SurplusUnkept { rows: 1 },
            Doubt::ImportedBefore { on: "2024-05-01".into() },
        ]
        .map(|doubt| doubt.to_string()),
    );
    let count = texts.len();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), count);
    assert!(texts.iter().all(|text| !text.ends_with('.') && !text.is_empty()));
}
