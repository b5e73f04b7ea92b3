//! No formula takes the process with it: not its length, not its depth, not what it makes.

use model::{CellError, CellRef, CellValue};

use super::table::{FIELDS, Table, resolve};
use crate::{DiagnosticKind, compile};

fn kind(text: &str) -> Option<DiagnosticKind> {
    compile(text, &resolve).err().map(|mut problems| problems.remove(0).kind)
}

#[test]
fn what_is_too_large_is_refused() {
    assert_eq!(kind(&"(".repeat(10_000)), Some(DiagnosticKind::TooLarge));
    assert_eq!(kind(&"-".repeat(10_000)), Some(DiagnosticKind::TooLarge));
    assert_eq!(kind(&"ABS(".repeat(10_000)), Some(DiagnosticKind::TooLarge));
    assert_eq!(kind(&" ".repeat(70_000)), Some(DiagnosticKind::TooLarge));
    assert_eq!(kind(&format!("1{}", "+1".repeat(30_000))), Some(DiagnosticKind::TooLarge));
    assert_eq!(kind(&format!("SUM({})", ["1"; 1_001].join(","))), Some(DiagnosticKind::WrongArity));
    assert_eq!(kind(&format!("SUM({})", ["1"; 1_000].join(","))), None);
}

/// As long and as deep as it may be.
#[test]
fn what_is_just_small_enough_is_computed() {
    let table = Table::new(&[vec![CellValue::Empty; FIELDS.len()]]);
    let value = |text: &str| {
        let program = compile(text, &resolve).unwrap_or_else(|problems| panic!("{problems:?}"));
        let computed = table.with(&program, 0..1, |batch| program.eval(batch));
        computed.cell(0).to_value()
    };
    assert_eq!(value(&format!("{{n}}{}", "+1".repeat(9_000))), CellValue::Number(9_000.0));
    assert_eq!(value(&format!("1{}", "+1".repeat(9_000))), CellValue::Number(9_001.0));
    assert_eq!(value(&format!("{}1{}", "(".repeat(127), ")".repeat(127))), CellValue::Number(1.0));
    assert_eq!(value(&format!("{}{{n}}", "-".repeat(127))), CellValue::Number(0.0));
    assert_eq!(value(&format!("{}1{}", "IF({n}=0,".repeat(126), ")".repeat(126))), CellValue::Number(1.0));
    assert_eq!(value(&format!("{}1{}", "ABS(1+{n}*".repeat(42), ")".repeat(42))), CellValue::Number(1.0));
    let names: Vec<String> = (1..50).map(|n| format!(", x{n}, x{}+1", n - 1)).collect();
    let names = names.concat();
    assert_eq!(value(&format!("LET(x0, {{n}}{names}, x49)")), CellValue::Number(49.0));
    let joined = format!("''{}", "&'ab'".repeat(5_000));
    assert_eq!(value(&joined), CellValue::Text("ab".repeat(5_000)));
}

/// A hundred rows that each make ten texts of 100,000 characters: more than a batch may make at once.
#[test]
fn a_batch_that_makes_too_much_is_done_in_pieces() {
    let mut cells = vec![CellValue::Empty; FIELDS.len()];
    cells[0] = CellValue::Text("x".to_owned());
    let table = Table::new(&vec![cells; 100]);
    let program = compile("LEN(REPT({Name}, 100000))+LEN(REPT({Name}, 99999))+LEN(REPT({Name}, 99998))", &resolve);
    let program = program.unwrap();
    let computed = table.with(&program, 0..100, |batch| program.eval(batch));
    assert!((0..100).all(|row| computed.cell(row) == CellRef::Number(299_997.0)));
    let found = table.with(&program, 0..100, |batch| program.filter(batch));
    assert_eq!(found.count(), 100);
}

/// One row that makes more than any row may.
#[test]
fn a_row_that_makes_too_much_is_an_error() {
    let mut cells = vec![CellValue::Empty; FIELDS.len()];
    cells[0] = CellValue::Text("x".to_owned());
    let table = Table::new(&vec![cells; 2]);
    let part = "LEN(REPT({Name}, 100000))";
    let made = format!("{part}{}", format!("+{part}").repeat(400));
    let copied = format!("LET(x, REPT({{Name}}, 100000), LEN(x){})", "+LEN(x)".repeat(400));
    for text in [made, copied] {
        let program = compile(&text, &resolve).unwrap();
        let computed = table.with(&program, 0..2, |batch| program.eval(batch));
        assert_eq!(computed.cell(0), CellRef::Error(CellError::Failed));
        assert_eq!(computed.cell(1), CellRef::Error(CellError::Failed));
        assert_eq!(table.with(&program, 0..2, |batch| program.filter(batch)).count(), 0);
    }
}
