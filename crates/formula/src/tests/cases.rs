//! The files of `testdata`: a formula a line, its type, and its value on each row of a small table or what is wrong
//! with it. `AIRLOOM_UPDATE=1` writes what is said now into the files; look at the difference before keeping it.

use std::convert::Infallible;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use model::{CellError, CellRef, CellValue, Timestamp};

use super::table::{Table, resolve};
use crate::mistakes::FOREIGN;
use crate::{Batch, Diagnostic, Program, compile_new_rollup, compile_rollup, failure, functions};

/// A row with everything, one with nothing, and one with other values and an error.
fn table() -> Table {
    let text = |text: &str| CellValue::Text(text.to_owned());
    let day = |year, month, day| CellValue::Time(Timestamp::from_date(year, month, day).0);
    Table::new(&[
        vec![
            text("Apollo 11"),
            CellValue::Number(12.5),
            CellValue::Number(-3.0),
            CellValue::Flag(true),
            day(2024, 2, 29),
            CellValue::Time(Timestamp::from_date(2024, 2, 29).0 + 45_296_789_000),
            CellValue::Choice(1),
            CellValue::Choices(vec![3, 1]),
            CellValue::Number(7.0),
            text("moon"),
            CellValue::Values(vec![
                CellValue::Number(2.5),
                CellValue::Empty,
                CellValue::Number(4.0),
                CellValue::Number(2.5),
            ]),
            CellValue::Values(vec![text("b"), text("a"), text("b")]),
            CellValue::Values(vec![day(2024, 3, 1), day(2023, 5, 17)]),
        ],
        vec![CellValue::Empty; 13],
        vec![
            text("Grüße ß"),
            CellValue::Number(0.0),
            CellValue::Number(100.25),
            CellValue::Empty,
            day(1969, 12, 31),
            CellValue::Time(-1_000),
            CellValue::Choice(3),
            CellValue::Choices(vec![2]),
            CellValue::Error(CellError::Failed),
            text("  42 "),
            CellValue::Values(vec![CellValue::Number(7.0)]),
            CellValue::Values(vec![text("x"), CellValue::Error(CellError::Failed)]),
            CellValue::Values(vec![day(1999, 1, 1)]),
        ],
    ])
}

fn show(cell: CellRef<'_>) -> String {
    match cell {
        CellRef::Empty => "blank".to_owned(),
        CellRef::Number(number) => number.to_string(),
        CellRef::Text(text) => format!("{text:?}"),
        CellRef::Time(time) => Timestamp(time).iso(),
        CellRef::Error(_) => "#ERROR!".to_owned(),
        CellRef::Values(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        other => format!("{other:?}"),
    }
}

/// `type: value` when all rows say the same, `type: value | value | value`, or `! message (span)`.
fn told(table: &Table, text: &str) -> String {
    // One that cannot be used at all is told as to whoever writes it.
    outcome(table, compile_rollup(text, &resolve).or_else(|_| compile_new_rollup(text, &resolve)))
}

/// The same of a formula that somebody writes now.
fn told_now(table: &Table, text: &str) -> String {
    outcome(table, compile_new_rollup(text, &resolve))
}

fn outcome(table: &Table, compiled: Result<Program, Vec<Diagnostic>>) -> String {
    let program = match compiled {
        Ok(program) => program,
        Err(problems) => {
            let all = problems.iter().map(|problem| {
                let std::ops::Range { start, end } = problem.span;
                format!("{problem} ({start}..{end})")
            });
            return format!("! {}", all.collect::<Vec<_>>().join("; "));
        }
    };
    let computed = table.with(&program, 0..table.len, |batch| program.eval(batch));
    let mut values: Vec<String> = (0..table.len).map(|row| show(computed.cell(row))).collect();
    values.dedup();
    if values.len() > 1 {
        values = (0..table.len).map(|row| show(computed.cell(row))).collect();
    }
    let list = if program.is_list() { "list of " } else { "" };
    format!("{list}{:?}: {}", program.result(), values.join(" | "))
}

fn check(name: &str, told: fn(&Table, &str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    let held = std::fs::read_to_string(&path).unwrap();
    let table = table();
    let mut said = String::with_capacity(held.len());
    for line in held.lines() {
        if line.is_empty() || line.starts_with('#') {
            writeln!(said, "{line}").unwrap();
        } else {
            let text = line.split(" => ").next().unwrap();
            let read = text.replace("\\n", "\n");
            writeln!(said, "{text} => {}", told(&table, &read)).unwrap();
        }
    }
    if std::env::var_os("AIRLOOM_UPDATE").is_some() {
        std::fs::write(&path, said).unwrap();
        return;
    }
    for ((at, held), said) in held.lines().enumerate().zip(said.lines()) {
        assert_eq!(held, said, "testdata/{name}, line {}", at + 1);
    }
}

macro_rules! files {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(concat!(stringify!($name), ".txt"), told);
        }
    )*};
}

files! {
    lists operators coercions blanks comparisons logic numbers rounding texts dates errors diagnostics mistakes names ours every
}

/// A function that somebody adds is tried as the others are.
#[test]
fn every_function_is_tried_with_everything() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/every.txt");
    let held = std::fs::read_to_string(&path).unwrap();
    let handed =
        ["{n}", "{Name}", "{Done}", "{Due}", "{Tags}", "{Broken}", "1/0", "{Prices}", "{Names}", "{Days}", "e\u{301}"];
    for function in functions() {
        let called = format!("{}(", function.name);
        let tried: Vec<&str> =
            held.lines().filter_map(|line| line.split(" => ").next()).filter(|text| text.contains(&called)).collect();
        assert!(!tried.is_empty(), "{} is not in every.txt", function.name);
        for handed in handed.iter().filter(|_| function.most > 0 && function.name != "LAST_MODIFIED_TIME") {
            assert!(tried.iter().any(|text| text.contains(handed)), "{} is not tried with {handed}", function.name);
        }
    }
}

/// A formula that comes to an error tells where and why, of the first row where it does.
fn failed(table: &Table, text: &str) -> String {
    let until = Instant::now() + Duration::from_mins(1);
    let program = compile_rollup(text, &resolve).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let computed = table.with(&program, 0..table.len, |batch| program.eval(batch));
    let Some(row) = (0..table.len).find(|row| computed.errors.get(*row)) else { return "no error".to_owned() };
    let runs = |program: &Program, batch: &mut dyn FnMut(&Batch<'_>)| -> Result<(), Infallible> {
        table.with(program, row..row + 1, batch);
        Ok(())
    };
    let Ok(told) = failure(text, &resolve, until, &runs);
    told.map_or("not known".to_owned(), |told| format!("{told} ({}..{})", told.span.start, told.span.end))
}

#[test]
fn errors_tell_where_they_come_from() {
    check("failures.txt", failed);
}

/// When the time is over, the whole is told with what is known of it.
#[test]
fn errors_that_are_not_found_in_time_are_told_all_the_same() {
    let table = table();
    let late = |text: &str| {
        let until = Instant::now() + Duration::from_secs(1);
        let runs = |program: &Program, batch: &mut dyn FnMut(&Batch<'_>)| -> Result<(), Infallible> {
            table.with(program, 0..1, batch);
            while Instant::now() < until {
                std::hint::spin_loop();
            }
            Ok(())
        };
        let Ok(told) = failure(text, &resolve, until, &runs);
        told.map(|told| told.to_string())
    };
    let said = "the formula comes to an error, and finding the part that does took too long (at character 1); evaluate its parts one by one, \
                or give them shorter texts";
    assert_eq!(late("1 + VALUE({Name} & '.1.2')").as_deref(), Some(said));
    let work: Vec<String> = (0..500).map(|n| format!("LEN(REPT({{Name}}, {})) + ", 9_000 - n)).collect();
    let work = work.concat();
    let said = "the formula takes more steps than a cell may (at character 1); give it shorter texts, or fewer of them";
    assert_eq!(late(&format!("{work}1")).as_deref(), Some(said));
    assert_eq!(late("1"), None);
}

/// What is said of each sign of another language stands in the files.
#[test]
fn every_sign_of_another_language_is_met() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mistakes.txt");
    let held = std::fs::read_to_string(&path).unwrap();
    for (sign, message, advice) in FOREIGN {
        let met = |line: &str| {
            let (text, told) = line.split_once(" => ").unwrap_or_default();
            let told = told.split(&format!("{message} (")).nth(1);
            text.contains(sign) && told.is_some_and(|told| told.contains(advice))
        };
        assert!(held.lines().any(met), "{sign}: {message}");
    }
}

#[test]
fn constants_name_something() {
    check("constants.txt", told_now);
}

/// What a cell says, without its type.
fn said(table: &Table, text: &str) -> String {
    let program = compile_rollup(text, &resolve).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let computed = table.with(&program, 0..1, |batch| program.eval(batch));
    match computed.cell(0) {
        CellRef::Text(text) => text.replace('\n', "\\n"),
        cell => show(cell),
    }
}

/// A formula and, behind a tab, what a program of others says to the same question.
fn agree(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/oracles").join(name);
    let held = std::fs::read_to_string(&path).unwrap();
    let table = table();
    let cases = held.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let differ: Vec<String> = cases
        .filter_map(|(at, line)| {
            let (text, value) = line.split_once('\t').unwrap();
            let said = said(&table, text);
            let number = said.parse::<f64>().ok().filter(|said| value.parse() == Ok(*said));
            (said != value && number.is_none()).then(|| format!("line {}: {text} is {value}, not {said}", at + 1))
        })
        .collect();
    assert!(differ.is_empty(), "testdata/oracles/{name}: {} differ\n{}", differ.len(), differ.join("\n"));
}

#[test]
fn dates_are_what_moment_says() {
    agree("moment.txt");
}

#[test]
fn numbers_texts_and_patterns_are_what_python_says() {
    agree("python.txt");
}

#[test]
fn what_is_as_in_spreadsheets_is_so() {
    agree("sheets.txt");
}

#[test]
fn what_airtable_documents_is_so() {
    agree("airtable.txt");
}

/// The list of functions in the documentation is what the table says.
#[test]
fn the_documentation_lists_all_functions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formulas.md");
    let held = std::fs::read_to_string(&path).unwrap();
    let (before, _) = held.split_once("\n| function |").unwrap_or((&held, ""));
    let mut page = before.trim_end().to_owned();
    for ours in [false, true] {
        page.push_str(if ours { "\n## Beyond Airtable\n" } else { "\n" });
        page.push_str("\n| function | does | example |\n|---|---|---|\n");
        for function in functions().iter().filter(|function| function.is_ours() == ours) {
            let example =
                function.examples.first().map_or_else(String::new, |(text, value)| format!("`{text}` → `{value}`"));
            let row = [function.usage, &function.about.replace('|', "\\|"), &example.replace('|', "\\|")];
            writeln!(page, "| `{}` | {} | {} |", row[0], row[1], row[2]).unwrap();
        }
    }
    if std::env::var_os("AIRLOOM_UPDATE").is_some() {
        std::fs::write(&path, page).unwrap();
    } else {
        assert_eq!(held, page, "AIRLOOM_UPDATE=1 writes it anew");
    }
}

#[test]
fn functions_do_what_their_documentation_says() {
    let table = table();
    for function in functions() {
        assert!(function.usage.starts_with(function.name), "{}", function.name);
        assert!(function.about.ends_with('.'), "{}", function.name);
        for (text, value) in function.examples {
            let told = told(&table, text);
            let (result, said) = told.split_once(": ").unwrap();
            // A day has no clock where it is shown.
            let said = if result == "Date" { said.trim_end_matches("T00:00:00.000Z") } else { said };
            assert_eq!(said, *value, "{text}");
        }
        let of_the_row = matches!(function.name, "CREATED_TIME" | "LAST_MODIFIED_TIME" | "RECORD_ID" | "NOW" | "TODAY");
        assert_eq!(function.examples.is_empty(), of_the_row, "{} needs an example", function.name);
    }
    assert!(functions().is_sorted_by(|one, other| one.name < other.name), "functions are found by halving");
    assert_eq!(functions().iter().filter(|function| !function.is_ours()).count(), 84);
}
