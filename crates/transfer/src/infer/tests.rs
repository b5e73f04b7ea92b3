use std::fmt::Write;

use model::CellValue;

use super::{
    CheckboxWords, ColumnKind, Converted, DateOrder, DecimalMark, Profile, Reason, TypeMode, convert, profile,
};
use crate::csv::{Doubt, Overrides, Reader, sniff};

const POINT: DecimalMark = DecimalMark::Point;
const COMMA: DecimalMark = DecimalMark::Comma;

/// Profiles columns, each given by its name and cells.
fn profiled(columns: &[(&str, &[&str])], mode: TypeMode, order: Option<DateOrder>) -> Profile {
    let mut file = String::new();
    let rows = columns.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
    writeln!(file, "{}", names.join(",")).unwrap();
    for row in 0..rows {
        let cells = columns.iter().map(|(_, cells)| quoted(cells.get(row).copied().unwrap_or_default()));
        writeln!(file, "{}", cells.collect::<Vec<_>>().join(",")).unwrap();
    }
    let told = Overrides {
        delimiter: Some(",".to_owned()),
        quote: Some(Some('"')),
        header_row: Some(crate::csv::HeaderRow::At(1)),
        ..Overrides::default()
    };
    let sniffed = sniff(file.as_bytes(), file.len() as u64, &told);
    let table = sniffed.main_table().unwrap();
    profile(Reader::new(file.as_bytes(), &sniffed.dialect, table).unwrap(), table, mode, order).unwrap()
}

fn infer(name: &str, cells: &[&str]) -> (ColumnKind, Vec<Doubt>) {
    // A first column of its own: that one never becomes a select.
    let keys: Vec<String> = (0..cells.len()).map(|row| format!("key {row} of many")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let found = profiled(&[("Key", &keys), (name, cells)], TypeMode::Infer, None);
    (found.columns[1].kind.clone(), found.report.doubts)
}

fn kind(cells: &[&str]) -> ColumnKind {
    infer("Field", cells).0
}

#[test]
fn columns_become_what_all_their_cells_are() {
    let long = "word ".repeat(60);
    let cases: [(&[&str], ColumnKind); 22] = [
        (&["1", "22", "-3"], ColumnKind::Number { precision: 0, mark: POINT }),
        (&["1.5", "2.25"], ColumnKind::Number { precision: 2, mark: POINT }),
        (&["1,5", "2,25"], ColumnKind::Number { precision: 2, mark: COMMA }),
        (&["1,234", "2,345,678"], ColumnKind::Number { precision: 0, mark: POINT }),
        (&["12 %", "7.5 %"], ColumnKind::Percent { precision: 1, mark: POINT }),
        (&["$5", "$6.50"], ColumnKind::Currency { precision: 2, mark: POINT, symbol: "$".into() }),
        (&["5,00 €", "6,50 €"], ColumnKind::Currency { precision: 2, mark: COMMA, symbol: "€".into() }),
        (&["2021-01-02", "2021-02-03"], ColumnKind::Date { order: DateOrder::Ymd }),
        (&["25.12.2021", "01.02.2021"], ColumnKind::Date { order: DateOrder::Dmy }),
        (&["12/25/2021", "01/02/2021"], ColumnKind::Date { order: DateOrder::Mdy }),
        (&["2021-01-02 10:00", "2021-02-03"], ColumnKind::DateTime { order: DateOrder::Ymd }),
        (&["true", "false"], ColumnKind::Checkbox { words: CheckboxWords::TrueFalse }),
        (&["Yes", "no", "YES"], ColumnKind::Checkbox { words: CheckboxWords::YesNo }),
        (&["x", "", "x"], ColumnKind::Checkbox { words: CheckboxWords::X }),
        (&["checked", "", "checked"], ColumnKind::Checkbox { words: CheckboxWords::Checked }),
        (&["a@b.co", "c@d.org"], ColumnKind::Email),
        (&["https://a.de", "www.b.de"], ColumnKind::Url),
        (&["ann", "bob"], ColumnKind::Text),
        (&["two\nlines", "one"], ColumnKind::LongText),
        (&[&long, "short"], ColumnKind::LongText),
        (&["", ""], ColumnKind::Text),
        (&["5", "apples"], ColumnKind::Text),
    ];
    for (cells, expected) in cases {
        assert_eq!(kind(cells), expected, "{cells:?}");
    }
}

#[test]
fn what_would_not_come_out_the_same_stays_text() {
    let cases: [(&str, &[&str]); 5] = [
        ("Zip", &["01234", "10115"]),
        ("Account", &["12345678901234567890", "22345678901234567890"]),
        ("Signed", &["+1", "+2"]),
        ("Version", &["1.10", "1.9"]),
        ("Money", &["$5", "€5"]),
    ];
    for (name, cells) in cases {
        let (kind, doubts) = infer(name, cells);
        assert_eq!(kind, ColumnKind::Text, "{name}");
        assert!(doubts.contains(&Doubt::KeptAsText { column: name.to_owned() }), "{name}: {doubts:?}");
    }
}

#[test]
fn phone_numbers_are_believed_where_the_name_says_so() {
    let cells = ["555-123-4567", "555-765-4321"];
    assert_eq!(infer("Phone", &cells).0, ColumnKind::Phone);
    assert_eq!(infer("Part", &cells).0, ColumnKind::Text);
}

#[test]
fn few_texts_that_recur_are_choices() {
    let colours = ["red", "green", "red", "blue", "green", "red", "red", "blue", "red"];
    let choices = vec!["red".to_owned(), "green".to_owned(), "blue".to_owned()];
    assert_eq!(kind(&colours), ColumnKind::SingleSelect { choices });
    let found = profiled(&[("Name", &colours)], TypeMode::Infer, None);
    assert_eq!(found.columns[0].kind, ColumnKind::Text, "the first column names the record");
    let cases: [&[&str]; 4] = [
        &["red", "green", "red", "blue"],
        &["a", "b", "c", "d", "e", "f", "g", "h", "i"],
        &["red", "Red", "red", "Red", "red", "Red", "red", "Red"],
        &["a, b", "a, b", "a, b", "c", "c", "c", "c", "c", "c"],
    ];
    for cells in cases {
        assert_eq!(kind(cells), ColumnKind::Text, "{cells:?}");
    }
}

#[test]
fn a_checkbox_needs_both_states_and_no_third() {
    for cells in [&["yes", "yes"][..], &["yes", "no", "maybe"], &["true", "", "false"], &["yes"], &["true", "no"]] {
        assert!(!matches!(kind(cells), ColumnKind::Checkbox { .. }), "{cells:?}");
    }
}

#[test]
fn one_in_twenty_may_not_fit_a_long_column() {
    let mut cells = vec!["5"; 40];
    cells[3] = "five";
    let (kind, doubts) = infer("N", &cells);
    assert_eq!(kind, ColumnKind::Number { precision: 0, mark: POINT });
    assert!(doubts.contains(&Doubt::NotAll { column: "N".into(), fitting: 39, of: 40 }), "{doubts:?}");
    let mut cells = vec!["5"; 40];
    cells[3..6].fill("five");
    assert!(!matches!(infer("N", &cells).0, ColumnKind::Number { .. }));
}

#[test]
fn words_for_nothing_do_not_make_numbers_text() {
    let (kind, doubts) = infer("N", &["5", "N/A", "7"]);
    assert_eq!(kind, ColumnKind::Number { precision: 0, mark: POINT });
    assert!(doubts.contains(&Doubt::NotAll { column: "N".into(), fitting: 2, of: 3 }), "{doubts:?}");
}

#[test]
fn an_open_order_of_dates_is_doubtful_and_can_be_told() {
    let open = ["01/02/2021", "03/04/2021"];
    let (kind, doubts) = infer("Due", &open);
    assert_eq!(kind, ColumnKind::Date { order: DateOrder::Mdy });
    assert!(doubts.contains(&Doubt::DateOrder { column: "Due".into(), chosen: DateOrder::Mdy }), "{doubts:?}");
    assert_eq!(infer("Due", &["01.02.2021", "03.04.2021"]).0, ColumnKind::Date { order: DateOrder::Dmy });
    let told = profiled(&[("Due", &open)], TypeMode::Infer, Some(DateOrder::Dmy));
    assert_eq!(told.columns[0].kind, ColumnKind::Date { order: DateOrder::Dmy });
    assert!(told.report.doubts.is_empty(), "{:?}", told.report.doubts);
    let both = profiled(&[("A", &["25/12/2021", "01/01/2021"]), ("B", &open)], TypeMode::Infer, None);
    assert_eq!(both.columns[1].kind, ColumnKind::Date { order: DateOrder::Dmy }, "another column tells");
}

#[test]
fn what_a_text_leaves_open_is_named() {
    let cases: [(&[&str], Doubt); 5] = [
        (&["01.02.21", "03.04.21"], Doubt::ShortYears { column: "F".into() }),
        (&["2021-01-02 10:00", "2021-01-03 11:00"], Doubt::NoZone { column: "F".into() }),
        (&["1.234", "5.678"], Doubt::DecimalMark { column: "F".into(), chosen: '.' }),
        (&["1.50", "2.5"], Doubt::TrailingZeros { column: "F".into() }),
        (&["1.0123456789", "2.5"], Doubt::MoreDigits { column: "F".into(), digits: 10 }),
    ];
    for (cells, doubt) in cases {
        let (_, doubts) = infer("F", cells);
        assert!(doubts.contains(&doubt), "{cells:?}: {doubts:?}");
    }
}

#[test]
fn as_text_nothing_is_guessed() {
    let found = profiled(&[("A", &["1", "2"]), ("B", &["x\ny", ""])], TypeMode::Text, None);
    assert_eq!((&found.columns[0].kind, &found.columns[1].kind), (&ColumnKind::Text, &ColumnKind::LongText));
    assert!(found.report.doubts.is_empty());
    assert_eq!((found.rows, found.columns[1].filled, found.columns[1].longest), (2, 1, 3));
}

#[test]
fn a_plan_counts_exactly_what_will_not_convert() {
    let cells = [
        "5", "6", "N/A", "", "seven", "8", "9", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1", "2", "3", "4", "5",
        "6", "7", "8", "9",
    ];
    let found = profiled(&[("N", &cells)], TypeMode::Infer, None);
    let plan = &found.columns[0];
    let fails = cells.iter().filter(|cell| convert(&plan.kind, cell).is_err()).count() as u64;
    assert_eq!((plan.unfit, fails, plan.filled), (2, 2, 24));
}

#[test]
fn cells_convert_by_the_plan_of_their_column() {
    let number = ColumnKind::Number { precision: 1, mark: COMMA };
    let percent = ColumnKind::Percent { precision: 0, mark: POINT };
    let money = ColumnKind::Currency { precision: 2, mark: POINT, symbol: "$".into() };
    let day = ColumnKind::Date { order: DateOrder::Dmy };
    let moment = ColumnKind::DateTime { order: DateOrder::Dmy };
    let flag = ColumnKind::Checkbox { words: CheckboxWords::YesNo };
    let fits = [
        (&number, "1.234,5", CellValue::Number(1234.5)),
        (&percent, "12 %", CellValue::Number(0.12)),
        (&money, "$5", CellValue::Number(5.0)),
        (&money, "5", CellValue::Number(5.0)),
        (&day, "02.01.1970", CellValue::Time(86_400_000_000)),
        (&moment, "01.01.1970 00:01", CellValue::Time(60_000_000)),
        (&flag, "YES", CellValue::Flag(true)),
        (&flag, "no", CellValue::Flag(false)),
        (&ColumnKind::Text, " as it is ", CellValue::Text(" as it is ".into())),
        (&ColumnKind::Email, "a@b.co", CellValue::Text("a@b.co".into())),
        (&number, "", CellValue::Empty),
    ];
    for (kind, text, value) in fits {
        assert_eq!(convert(kind, text), Ok(Converted::Value(value)), "{text}");
    }
    let unfit = [
        (&number, "n/a", Reason::Placeholder),
        (&number, "007", Reason::OtherKind),
        (&number, "5 %", Reason::OtherKind),
        (&percent, "5", Reason::OtherKind),
        (&money, "€5", Reason::OtherKind),
        (&day, "01.01.1970 10:00", Reason::OtherKind),
        (&day, "31.02.2021", Reason::OtherKind),
        (&flag, "true", Reason::OtherKind),
        (&ColumnKind::Email, "ann", Reason::OtherKind),
        (&ColumnKind::Url, "ann", Reason::OtherKind),
        (&ColumnKind::Phone, "ann", Reason::OtherKind),
    ];
    for (kind, text, reason) in unfit {
        assert_eq!(convert(kind, text), Err(reason), "{text}");
    }
    let select = ColumnKind::SingleSelect { choices: vec!["a".into()] };
    assert_eq!(convert(&select, "a"), Ok(Converted::Choice("a")));
}

#[test]
fn a_cell_holds_a_hundred_thousand_characters() {
    for (length, fits) in [(100_000, true), (100_001, false)] {
        let text = "ü".repeat(length);
        let found = convert(&ColumnKind::LongText, &text);
        assert_eq!(found.is_ok(), fits, "{length}");
        assert!(fits || found == Err(Reason::TooLong));
    }
}

#[test]
fn dates_in_several_orders_are_text_and_doubtful() {
    let (kind, doubts) = infer("Due", &["13/05/2024", "05/14/2024", "01/02/2024"]);
    assert_eq!(kind, ColumnKind::Text);
    assert!(doubts.contains(&Doubt::MixedDates { column: "Due".into() }), "{doubts:?}");
}

#[test]
fn a_last_row_of_sums_is_doubtful() {
    let sums = |last: &str| {
        let found = profiled(&[("Item", &["lamp", "desk", last]), ("Price", &["1", "2", "3"])], TypeMode::Infer, None);
        found.report.doubts.into_iter().find(|doubt| matches!(doubt, Doubt::TotalRow { .. }))
    };
    for last in ["Total", "SUM:", "Grand total"] {
        assert_eq!(sums(last), Some(Doubt::TotalRow { line: 4, text: last.into() }));
    }
    assert_eq!(sums("Totally new"), None);
    let inside = profiled(&[("Item", &["Total", "desk"])], TypeMode::Infer, None);
    assert!(inside.report.doubts.iter().all(|doubt| !matches!(doubt, Doubt::TotalRow { .. })));
}

#[test]
fn a_header_that_comes_again_changes_no_type() {
    let found =
        profiled(&[("Item", &["lamp", "Item", "desk"]), ("Price", &["1", "Price", "2"])], TypeMode::Infer, None);
    assert_eq!(found.columns[1].kind, ColumnKind::Number { precision: 0, mark: POINT });
    assert_eq!((found.rows, found.report.problem_count()), (3, 1));
}
