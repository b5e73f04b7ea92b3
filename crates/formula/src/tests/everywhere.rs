//! What holds of every function, whatever it does.

use model::{CellError, CellRef, CellValue};

use super::print::print;
use super::table::{FIELDS, Table, field, resolve};
use crate::parse::parse;
use crate::tree::{Node, NodeKind};
use crate::{Family, Function, compile, functions};

/// The value of a text in a row in which all is blank, or a field says that it is an error.
fn value(text: &str) -> CellValue {
    let mut cells = vec![CellValue::Empty; FIELDS.len()];
    cells[8] = CellValue::Error(CellError::Failed);
    let table = Table::new(&[cells]);
    let program = compile(text, &resolve).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    table.with(&program, 0..1, |batch| program.eval(batch)).cell(0).to_value()
}

/// The first call of the function in its examples, with one of its arguments replaced.
fn changed(function: &Function, index: usize, by: &str) -> Option<String> {
    let (example, _) = function.examples.first()?;
    let node = first_call(&parse(example).unwrap(), function.name)?;
    let NodeKind::Call(name, mut arguments) = node.kind else { return None };
    // A name is no value.
    *arguments.get_mut(index).filter(|_| name != "LET" || index % 2 == 1)? = parse(by).unwrap();
    Some(print(&Node { kind: NodeKind::Call(name, arguments), span: 0..0 }))
}

fn first_call(node: &Node, wanted: &str) -> Option<Node> {
    match &node.kind {
        NodeKind::Call(name, _) if name == wanted => Some(node.clone()),
        NodeKind::Call(_, parts) => parts.iter().find_map(|part| first_call(part, wanted)),
        NodeKind::Unary(_, inner) => first_call(inner, wanted),
        NodeKind::Chain(first, rest) => {
            first_call(first, wanted).or_else(|| rest.iter().find_map(|(_, part)| first_call(part, wanted)))
        }
        _ => None,
    }
}

#[test]
fn errors_come_out_of_every_function() {
    let mut seen = 0;
    for function in functions() {
        // Of these only what is chosen counts.
        let chosen = matches!(function.name, "IF" | "SWITCH");
        if function.name == "IFERROR" {
            continue;
        }
        for index in 0..if chosen { 1 } else { 6 } {
            for error in ["ERROR()", "{Broken}", "DATEADD('x', 1, 'day')"] {
                let Some(text) = changed(function, index, error) else { continue };
                let expected = match function.name {
                    "ISERROR" => CellValue::Number(1.0),
                    "ISNUMBER" => CellValue::Number(0.0),
                    _ => CellValue::Error(CellError::Failed),
                };
                assert_eq!(value(&text), expected, "{text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 300, "{seen}");
}

/// Where it can be told without running them, too.
#[test]
fn errors_that_are_certain_are_known() {
    let is_certain = |text: &str| {
        let program = compile(text, &resolve).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        program.fails_with(&|id| id == field(8))
    };
    for function in functions() {
        // Of these it depends on the record what is looked at.
        let first = matches!(function.name, "IF" | "SWITCH");
        for index in 0..if first { 1 } else { 6 } {
            let Some(text) = changed(function, index, "{Broken}") else { continue };
            let catches = matches!(function.name, "ISERROR" | "ISNUMBER" | "IFERROR");
            let is_last = function.name == "XLOOKUP" && index == 3;
            assert_eq!(is_certain(&text), !catches && !is_last, "{text}");
        }
    }
    for text in [
        "{Broken} & ' ISERROR'",
        "IF(ISERROR({n}), {Broken}, {Broken} + 1)",
        "IF({n} > {Broken}, 1, 2)",
        "SWITCH({n}, {Broken}, 1, 2)",
        "SWITCH({n}, 1, {Broken}, {Broken}, 2)",
        "SWITCH({n}, 1, {Broken}, 2, -{Broken}, {Broken})",
        "IFERROR({Broken}, {Broken})",
        "LET(x, {Broken}, y, 2, x + y)",
        "OR({Done}, AND({n}, {Broken}))",
        "XLOOKUP({Broken}, {Names}, {Prices}, 'none')",
        "LEN({Broken} & {n}) + LEN({Broken} & {n})",
        "OR({Name}='a', {Name}='b', {Broken}=1)",
    ] {
        assert!(is_certain(text), "{text}");
        assert_eq!(value(text), CellValue::Error(CellError::Failed), "{text}");
    }
    for text in [
        "IF(ISERROR({n}), 0, {Broken})",
        "IF({n} > 1, {n}, {Broken})",
        "IF({n}, {Broken})",
        "SWITCH({n}, 1, 'one', 2, {Broken}, {Broken})",
        "SWITCH({n}, 1, {Broken})",
        "LET(x, {Broken}, 5)",
        "LET(x, {Broken}, IFERROR(x, 5))",
        "IFERROR({n}, {Broken})",
        "ISERROR({Broken})",
        "XLOOKUP({Name}, {Names}, {Prices}, {Broken})",
        "{n} & {Name}",
    ] {
        assert!(!is_certain(text), "{text}");
    }
}

#[test]
fn a_blank_date_is_no_date_everywhere() {
    let mut seen = 0;
    for function in functions().iter().filter(|function| function.family == Family::Date) {
        for blank in ["BLANK()", "''", "{Due}", "{Name}"] {
            let Some(text) = changed(function, 0, blank) else { continue };
            assert_eq!(value(&text), CellValue::Empty, "{text}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn what_is_no_date_is_an_error_everywhere() {
    for function in functions().iter().filter(|function| function.family == Family::Date) {
        for wrong in ["'soon'", "'2024-02-30'"] {
            let Some(text) = changed(function, 0, wrong) else { continue };
            assert_eq!(value(&text), CellValue::Error(CellError::Failed), "{text}");
        }
    }
}

/// Any argument may be of any type: the answer is a value or an error of the cell, and the same one again.
#[test]
fn every_type_is_taken_everywhere() {
    let values = [
        "BLANK()",
        "0",
        "-1",
        "0.5",
        "1/0",
        "0/0",
        "'x'",
        "'5'",
        "'👍🏽e\u{301}'",
        "NOW()",
        "{Prices}",
        "{Due}",
        "TRUE()",
    ];
    for function in functions() {
        for index in 0..6 {
            for given in values {
                let Some(text) = changed(function, index, given) else { continue };
                let once = value(&text);
                let again = value(&text);
                let nan = |value: &CellValue| matches!(value.view(), CellRef::Number(number) if number.is_nan());
                assert!(once == again || nan(&once) && nan(&again), "{text}");
            }
        }
    }
}
