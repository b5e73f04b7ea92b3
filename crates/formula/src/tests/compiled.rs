//! What a compiled formula tells about itself, and what the evaluator makes of batches.

use crate::lex::Token;
use model::{CellRef, CellValue, FormulaType, RecordId};

use super::table::{FIELDS, Table, field, resolve};
use crate::{Ages, DiagnosticKind, compile};

#[test]
fn fields_are_kept_by_id() {
    let program = compile("IF({Stat\\}us}='Open', n*2, {n})", &resolve).unwrap();
    let canonical = program.canonical();
    assert_eq!(canonical, format!("IF({{{0}}}='Open', {{{1}}}*2, {{{1}}})", field(6), field(1)));
    assert_eq!(compile(&canonical, &resolve).unwrap().canonical(), canonical);
    assert_eq!((program.result(), program.references().len()), (FormulaType::Number, 2));
}

#[test]
fn what_cannot_be_read_is_of_a_kind() {
    let kind = |text: &str| compile(text, &resolve).err().unwrap().remove(0).kind;
    assert_eq!(kind("{Nam}"), DiagnosticKind::UnknownField { name: "Nam".into() });
    assert_eq!(kind("CONCAT('a')"), DiagnosticKind::UnknownFunction { name: "CONCAT".into() });
    assert_eq!(kind("ABS()"), DiagnosticKind::WrongArity);
    for text in ["", "1+", "(1", "1)", "'open", "{open", "1 2", "#", "IF(1,)", "“a”"] {
        assert_eq!(kind(text), DiagnosticKind::Syntax, "{text}");
    }
}

#[test]
fn the_clock_makes_a_formula_volatile() {
    let is_volatile = |text: &str| compile(text, &resolve).unwrap().is_volatile();
    for text in [
        "NOW()",
        "IF({n}, TODAY(), {Due})",
        "-NOW()",
        "'a'&TODAY()",
        "{n}+(1+DAY(NOW()))",
        "{Due}<TODAY()",
        "FROMNOW({Due})",
        "TONOW({Due})",
        "DATETIME_PARSE({Name}, 'HH:mm')",
        "DATETIME_PARSE({Name}, {Other})",
    ] {
        assert!(is_volatile(text), "{text}");
    }
    let ages = |text: &str| compile(text, &resolve).unwrap().ages();
    for (text, so) in [
        ("{n}", Ages::Never),
        ("DATEADD(TODAY(), {n}, 'days')", Ages::Daily),
        ("DATETIME_PARSE({Name}, 'HH:mm')", Ages::Daily),
        ("IF({Due}<TODAY(), NOW())", Ages::Always),
        ("FROMNOW({Due})", Ages::Always),
    ] {
        assert_eq!(ages(text), so, "{text}");
    }
    for text in [
        "1",
        "{n}",
        "RECORD_ID()",
        "CREATED_TIME()",
        "'NOW()'",
        "IF({n}, {Due}, {At})",
        "DATETIME_PARSE({Name})",
        "DATETIME_PARSE({Name}, '')",
        "DATETIME_PARSE({Name}, 'D MMM YYYY')",
        "DATETIME_PARSE({Name}, 'LL')",
        "DATETIME_FORMAT({At}, 'LL')",
    ] {
        assert!(!is_volatile(text), "{text}");
    }
}

fn rows(len: usize) -> Table {
    let row = |row: usize| -> Vec<CellValue> {
        let mut cells = vec![CellValue::Empty; FIELDS.len()];
        if !row.is_multiple_of(7) {
            cells[0] = CellValue::Text(format!("Row {row}"));
            cells[1] = CellValue::Number(row as f64 / 4.0);
        }
        cells[6] = CellValue::Choice(row as u32 % 3 + 1);
        cells
    };
    Table::new(&(0..len).map(row).collect::<Vec<_>>())
}

/// Any part of a chunk has the values that the whole has there.
#[test]
fn a_part_is_part_of_the_whole() {
    let table = rows(4_096);
    let texts = [
        "IF({n}>50, ROUND({n}*1.2,2)&' '&UPPER({Name}), BLANK())",
        "AND({n}>900, {Stat\\}us}='Open')",
        "SWITCH({Stat\\}us}, 'Open', {n}, 'Closed', {Name}, 'none')",
        "SUM({n}, 1)*2-{n}/3",
        "FIND('9', {Name})&{Stat\\}us}",
    ];
    for text in texts {
        let program = compile(text, &resolve).unwrap();
        let whole = table.with(&program, 0..4_096, |batch| program.eval(batch));
        let found = table.with(&program, 0..4_096, |batch| program.filter(batch));
        for part in [0..1, 63..65, 64..128, 100..1_000, 4_095..4_096, 1..4_096] {
            let values = table.with(&program, part.clone(), |batch| program.eval(batch));
            let filtered = table.with(&program, part.clone(), |batch| program.filter(batch));
            for (index, row) in part.enumerate() {
                assert_eq!(values.cell(index), whole.cell(row), "row {row}: {text}");
                assert_eq!(filtered.get(index), found.get(row), "row {row}: {text}");
            }
        }
    }
}

#[test]
fn a_computed_column_owns_no_more_than_it_shows() {
    let table = rows(4_096);
    let program = compile("{Name}", &resolve).unwrap();
    let one = table.with(&program, 5..6, |batch| program.eval(batch));
    assert_eq!(one.cell(0), CellRef::Text("Row 5"));
    assert!(one.values.memory() < 200, "{} bytes for one row", one.values.memory());
    for (text, rows) in [
        ("IF({n}>50, ROUND({n}*1.2,2)&' '&UPPER({Name}), BLANK())", 4_096),
        ("IF({n}>1000, UPPER({Name}), '')", 4_096),
        ("IF({n}>50, {Name}, 'none')", 4_096),
        ("REGEX_EXTRACT({Name}, '[0-9]+')", 4_096),
        ("{Name}&{Stat\\}us}", 4_096),
        ("UPPER({Name})", 1_000),
    ] {
        let program = compile(text, &resolve).unwrap();
        let computed = table.with(&program, 0..rows, |batch| program.eval(batch));
        let shown: usize =
            (0..rows).map(|row| if let CellRef::Text(text) = computed.cell(row) { text.len() } else { 0 }).sum();
        let (held, least) = (computed.values.memory(), rows * size_of::<(u32, u32)>() + shown);
        assert!(held <= least + shown / 8, "{text}: {held} bytes, where {least} are shown");
    }
}

#[test]
fn a_filter_of_five_hundred_ids_finds_its_records() {
    let table = rows(600);
    let id = |row: u64| RecordId::ordered(0, row * 2);
    let terms: Vec<String> = (0..500).map(|row| format!("RECORD_ID()='{}'", id(row))).collect();
    let program = compile(&format!("OR({})", terms.join(",")), &resolve).unwrap();
    let found = table.with(&program, 0..600, |batch| program.filter(batch));
    let even: Vec<usize> = (0..600).step_by(2).collect();
    assert_eq!(found.ones().collect::<Vec<_>>(), even);
}

#[test]
fn fields_are_renamed_in_braces_and_nowhere_else() {
    let renamed = |name: &str| match name {
        "a" => Some("b".to_owned()),
        "x}y" => Some("{z}\\".to_owned()),
        _ => None,
    };
    for (text, expected) in [
        ("{a} + a & '{a}' & \"{a}\" & {c}", "{b} + a & '{a}' & \"{a}\" & {c}"),
        ("IF({x\\}y}, {a} ,{ a})", "IF({{z\\}\\\\}, {b} ,{ a})"),
        ("{a", "{a"),
        ("ä{a}ö§{a}", "ä{b}ö§{b}"),
        ("", ""),
    ] {
        assert_eq!(crate::rename(text, &renamed), expected);
        let names = |text: &str| crate::lex::lex(text).into_iter().map(|(token, _)| token).collect::<Vec<_>>();
        let expected = names(text).into_iter().map(|token| match token {
            Token::Field(name) => Token::Field(renamed(&name).unwrap_or(name)),
            token => token,
        });
        assert_eq!(names(&crate::rename(text, &renamed)), expected.collect::<Vec<_>>());
    }
}
