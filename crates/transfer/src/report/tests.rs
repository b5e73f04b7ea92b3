use super::{LISTED, ProblemKind, Report};
use crate::csv::{Overrides, Reader, Sniffed, sniff};
use crate::infer::Reason;

fn sniffed(file: &str) -> Sniffed {
    let told = Overrides { delimiter: Some(",".into()), ..Overrides::default() };
    sniff(file.as_bytes(), file.len() as u64, &told)
}

/// Every row noted, and every cell of `x` as one that does not fit.
fn reported(file: &str) -> Report {
    let sniffed = sniffed(file);
    let mut report = Report::new(&sniffed, 0);
    let mut reader = Reader::new(file.as_bytes(), &sniffed.dialect, &sniffed.tables[0]).unwrap();
    while let Some(row) = reader.next_row().unwrap() {
        report.note_row(&row);
        for (column, cell) in row.cells().enumerate().filter(|(_, cell)| *cell == "x") {
            assert_eq!(cell, "x");
            report.note_cell(&row, column, Reason::OtherKind);
        }
    }
    report
}

#[test]
fn problems_name_their_place() {
    let report = reported("name,age\nann,31\nbob\ncid,x\ndan,1,2,3\neve,5\n");
    let found: Vec<_> = report.problems.iter().map(|p| (p.kind, p.row, p.line, p.column, p.text.as_str())).collect();
    assert_eq!(
        found,
        [
            (ProblemKind::Short, 2, 3, None, "1"),
            (ProblemKind::Unfit, 3, 4, Some(2), "x"),
            (ProblemKind::Surplus, 4, 5, None, "2 | 3"),
        ]
    );
    assert_eq!((report.rows, report.problem_count(), report.surplus()), (5, 3, 1));
    assert_eq!(report.totals[&ProblemKind::Short], 1);
}

#[test]
fn one_is_no_plural() {
    let report = reported(&format!("name,age\n{}", "ann,x\n".repeat(LISTED + 1)));
    assert!(report.to_string().ends_with("and 1 more problem\n"));
    assert!(reported("name,age\nann,31\n").to_string().starts_with("1 row\n"));
}

#[test]
fn a_header_that_comes_again_is_named() {
    let report = reported("name,age\nann,31\nbob,3\nname,age\ncid,35\n");
    let again = &report.problems[0];
    assert_eq!((again.kind, again.row, again.line), (ProblemKind::HeaderAgain, 3, 4));
    assert_eq!(again.text, "name | age");
}

#[test]
fn past_the_bound_problems_are_counted() {
    let report = reported(&format!("name,age\n{}", "ann,x\n".repeat(LISTED + 5)));
    assert_eq!((report.problems.len(), report.problem_count()), (LISTED, LISTED as u64 + 5));
    assert!(report.to_string().ends_with("and 5 more problems\n"));
}

#[test]
fn excerpts_are_short_and_whole_characters() {
    let sniffed = sniffed("name,age\nann,31\nbob,27\n");
    let text = format!("{},31\n", "ü".repeat(400));
    let mut reader = Reader::new(
        text.as_bytes(),
        &sniffed.dialect,
        &crate::csv::TableRange { start: 0, ..sniffed.tables[0].clone() },
    )
    .unwrap();
    let row = reader.next_row().unwrap().unwrap();
    let mut report = Report::default();
    report.note_cell(&row, 0, Reason::TooLong);
    assert_eq!(report.problems[0].text, "ü".repeat(100) + "…");
}

#[test]
fn rows_and_problems_can_be_taken_over() {
    let other = reported("name,age\nann,31\nbob\n");
    let mut report = Report::new(&sniffed("name,age\nann,31\nbob\n"), 0);
    let doubts = report.doubts.clone();
    report.take_rows(other.clone());
    assert_eq!((report.rows, &report.problems, &report.totals), (other.rows, &other.problems, &other.totals));
    assert_eq!(report.doubts, doubts);
}

#[test]
fn every_kind_has_words_of_its_own() {
    let kinds = [
        ProblemKind::Short,
        ProblemKind::Surplus,
        ProblemKind::StrayQuotes,
        ProblemKind::UnclosedQuote,
        ProblemKind::Malformed,
        ProblemKind::LongCell,
        ProblemKind::LongRecord,
        ProblemKind::Nul,
        ProblemKind::BlankLines,
        ProblemKind::HeaderAgain,
        ProblemKind::Placeholder,
        ProblemKind::Unfit,
        ProblemKind::TooLong,
    ];
    let mut texts: Vec<String> = kinds.iter().map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), kinds.len());
}
