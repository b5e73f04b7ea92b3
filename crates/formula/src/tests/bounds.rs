//! No formula takes the process with it: not its length, not its depth, not what it makes.

use std::time::{Duration, Instant};

use model::{CellError, CellRef, CellValue};

use super::table::{FIELDS, Table, resolve};
use crate::{Batch, DiagnosticKind, compile, slow, study};

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
    let told = compile(&format!("SUM({})", ["1"; 1_001].join(",")), &resolve).err().unwrap();
    let said = |text: &str| compile(text, &resolve).err().unwrap()[0].to_string();
    let advice = "make parts of it formulas of their own";
    assert_eq!(said(&"(".repeat(200)), format!("a formula nests at most 128 deep (at character 129); {advice}"));
    let long = said(&format!("1{}", "+1".repeat(30_000)));
    assert_eq!(long, format!("a formula has at most 20000 parts (at character 20002); {advice}"));
    assert_eq!(said(&" ".repeat(70_000)), format!("a formula has at most 65536 bytes; {advice}"));
    assert!(told[0].to_string().starts_with("SUM takes at most 1000 arguments, not 1001 (at"), "{}", told[0]);
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
    let made = (0..401).map(|less| format!("LEN(REPT({{Name}}, {}))", 100_000 - less));
    let made = made.collect::<Vec<_>>().join("+");
    let found: Vec<String> = (0..400).map(|n| format!("FIND('{n}', x)")).collect();
    let copied = format!("LET(x, REPT({{Name}}, 100000), {})", found.join("+"));
    for text in [made, copied] {
        let program = compile(&text, &resolve).unwrap();
        let computed = table.with(&program, 0..2, |batch| program.eval(batch));
        assert_eq!(computed.cell(0), CellRef::Error(CellError::Failed));
        assert_eq!(computed.cell(1), CellRef::Error(CellError::Failed));
        assert_eq!(table.with(&program, 0..2, |batch| program.filter(batch)).count(), 0);
    }
}

/// Four hundred times the same text is made once: otherwise it were more than a row may make.
#[test]
fn what_stands_in_a_formula_more_than_once_is_computed_once() {
    let mut cells = vec![CellValue::Empty; FIELDS.len()];
    cells[0] = CellValue::Text("x".to_owned());
    let table = Table::new(&vec![cells; 2]);
    let part = "LEN(REPT({Name}, 100000))";
    for (text, value) in [
        (format!("{part}{}", format!("+{part}").repeat(400)), 40_100_000.0),
        // Also within parts that are not the same, and after fewer rows asked for it.
        (format!("IF(RECORD_ID()='{}', {part}){}", Table::id(1), format!("+{part}").repeat(400)), 40_000_000.0),
        ((0..400).map(|n| format!("ABS({part}+{n})-{n}")).collect::<Vec<_>>().join("+"), 40_000_000.0),
    ] {
        let program = compile(&text, &resolve).unwrap();
        let computed = table.with(&program, 0..2, |batch| program.eval(batch));
        assert_eq!(computed.cell(0), CellRef::Number(value));
        let more = if text.starts_with("IF") { 100_000.0 } else { 0.0 };
        assert_eq!(computed.cell(1), CellRef::Number(value + more));
    }
}

/// A table of so many rows whose name and other text are these.
fn texts(rows: usize, name: &str, other: &str) -> Table {
    let mut cells = vec![CellValue::Empty; FIELDS.len()];
    (cells[0], cells[9]) = (CellValue::Text(name.to_owned()), CellValue::Text(other.to_owned()));
    Table::new(&vec![cells; rows])
}

/// So often as a row may do it, and more often than that: what makes no text is bounded, too.
#[test]
fn a_row_that_does_too_much_is_an_error() {
    let (name, other) = ("n".repeat(990), "x".repeat(100_000));
    let table = texts(2, &name, &other);
    let often = |times: usize, part: &dyn Fn(usize) -> String| (0..times).map(part).collect::<Vec<_>>().join("+");
    let alike = |n: usize| format!("SIMILARITY({{Name}}, {{Name}} & '{n}')");
    let matched = |n: usize| format!("REGEX_MATCH({{Other}}, '^x+.{{{n}}}$')");
    let grown = |n: usize| format!("IFERROR(LEN(SUBSTITUTE({{Other}}, 'x', '123456789 {n}')), 1)");
    let parts: [&dyn Fn(usize) -> String; 3] = [&alike, &matched, &grown];
    for (part, (fits, too_often)) in parts.into_iter().zip([(20, 40), (10, 25), (20, 90)]) {
        let value = |times: usize| {
            let program = compile(&often(times, part), &resolve).unwrap();
            table.with(&program, 0..2, |batch| program.eval(batch)).cell(1).to_value()
        };
        assert!(matches!(value(fits), CellValue::Number(sum) if sum > fits as f64 * 0.9), "{}", part(0));
        assert_eq!(value(too_often), CellValue::Error(CellError::Failed), "{}", part(0));
    }
}

/// What is read counts as what is made does, whatever comes of it.
#[test]
fn a_row_that_reads_too_much_is_an_error() {
    let often = |times: usize, part: &str| {
        let parts = (1..=times).map(|n| part.replace('#', &n.to_string()));
        parts.collect::<Vec<_>>().join("+")
    };
    let other = "2024-02-29 ä ".repeat(6_400);
    let table = texts(2, "n", &other);
    let begun = Instant::now();
    for (part, fits, too_often) in [
        ("LEN(MID({Other}, #, 1))", 300, 900),
        ("LEN(LEFT({Other}, #))", 300, 900),
        ("FIND('ö#', {Other})", 300, 900),
        ("({Other}='#')", 300, 900),
        ("IF(AND({Other}, {n}=#), 1, 0)", 300, 900),
        ("COUNTIF(SPLIT({Other}, ' '), '#')", 20, 900),
        ("COUNTALL(ARRAYSLICE(SPLIT({Other}, ' '), #))", 5, 900),
        ("COUNTALL(ARRAYUNIQUE(SPLIT({Other} & #, ' ')))", 5, 900),
        ("IFERROR(YEAR(DATETIME_PARSE({Other}, '[#] YYYY')), 1)", 300, 900),
        ("IFERROR(YEAR(WORKDAY('2024-02-29', #, {Other})), 1)", 10, 900),
    ] {
        let value = |times: usize| {
            let program = compile(&often(times, part), &resolve).unwrap();
            table.with(&program, 0..2, |batch| program.eval(batch)).cell(1).to_value()
        };
        assert!(matches!(value(fits), CellValue::Number(_)), "{part}");
        assert_eq!(value(too_often), CellValue::Error(CellError::Failed), "{part}");
    }
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}

/// A search costs its text times the places of its pattern, whatever comes of it.
#[test]
fn a_search_by_a_large_pattern_is_an_error() {
    let value = |text: &str, len: usize| {
        let program = compile(text, &resolve).unwrap();
        texts(1, "n", &"a".repeat(len)).with(&program, 0..1, |batch| program.eval(batch)).cell(0).to_value()
    };
    let large = "REGEX_MATCH({Other}, '(a{1,100}){1,100}b')";
    assert_eq!(value(large, 90_000), CellValue::Error(CellError::Failed));
    assert_eq!(value(large, 900), CellValue::Number(0.0));
    for simple in
        ["REGEX_MATCH({Other}, '[a-z.]+@[a-z]+\\.[a-z]{2,63}')", "REGEX_MATCH({Other}, '^(\\w+\\s?){1,20}$') - 1"]
    {
        assert_eq!(value(simple, 100_000), CellValue::Number(0.0), "{simple}");
    }
}

/// Where each search reads to the end of the text, it is an error; where it does not, many matches in a long text are replaced.
#[test]
fn searches_after_one_another_are_bounded_by_what_they_read() {
    let value = |pattern: &str, new: &str, other: &str| {
        let program = compile(&format!("REGEX_REPLACE({{Other}}, '{pattern}', '{new}')"), &resolve).unwrap();
        texts(1, "n", other).with(&program, 0..1, |batch| program.eval(batch)).cell(0).to_value()
    };
    for pattern in [".*?b|a", "a(a*b)?", "(a.*b|)", "a|b"] {
        let wanted =
            if pattern == "a|b" { CellValue::Text("-".repeat(90_000)) } else { CellValue::Error(CellError::Failed) };
        assert_eq!(value(pattern, "-", &"a".repeat(90_000)), wanted, "{pattern}");
    }
    for (pattern, new, one, other) in [
        ("\\s+", "-", "word  ", "word-"),
        ("<[^>]*>", "", "<p class=\"x\">a line</p>", "a line"),
        ("<.*?>", "", "<b>ä</b> ", "ä "),
        ("\\b\\w+\\b", "x", "Apfel, 3 Birnen; ", "x, x x; "),
        ("(\\w+)@(\\w+)\\.com", "$2 $1", "ann@example.com, ", "example ann, "),
        ("[^a-z]", "", "ABc", "c"),
    ] {
        let times = 90_000 / one.len();
        assert_eq!(value(pattern, new, &one.repeat(times)), CellValue::Text(other.repeat(times)), "{pattern}");
    }
    // Nothing right behind a match is none.
    assert_eq!(value("x?", "-", &"ax".repeat(40_000)), CellValue::Text("-".to_owned() + &"a-".repeat(40_000)));
}

/// Constants are computed once, all together within the steps of a cell; else somebody who writes the formula is told where it is too much.
#[test]
fn constants_that_take_too_long_are_told() {
    let search = |less: usize| format!("REGEX_MATCH(REPT(\"a\", 90000), \"(a{{1,100}}){{1,{}}}b\")", 100 - less);
    let many = (0..20).map(search).collect::<Vec<_>>().join(" & ");
    let begun = Instant::now();
    for (text, at) in [(format!("{{n}} + {}", search(0)), 7), (many, 1)] {
        let told = slow(&text, None).unwrap();
        assert_eq!((told.kind, told.at), (DiagnosticKind::TooSlow, at), "{text}");
        let found = study(&text, &resolve, false, None).program.err().unwrap();
        assert!(found[0].to_string().contains("more than 2000000 steps"), "{}", found[0]);
        // Formulas that are kept go on, and are errors where they are computed.
        let program = compile(&text, &resolve).unwrap();
        let table = texts(2, "n", "");
        let computed = table.with(&program, 0..2, |batch| program.eval(batch));
        assert_eq!(computed.cell(1), CellRef::Error(CellError::Failed));
    }
    assert!(slow("REGEX_REPLACE(REPT('ab ', 30000), '\\s+', '') & {n}", None).is_none());
    assert!(slow("{nothing of the sort} & 'a", None).is_none());
    let late = slow("LEN(REPT('a', 10))", Some(Instant::now())).unwrap();
    assert!(late.message.starts_with("this takes longer"), "{late}");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// All constant patterns of a formula have a bound together, which those that people write do not come near. Each is compiled once.
#[test]
fn constant_patterns_that_are_too_large_together_are_told() {
    let many = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<Vec<_>>().join("+");
    let large = |_: usize| r#"REGEX_MATCH("", "\\pL{200}")"#.to_owned();
    let different = |n: usize| format!(r#"REGEX_MATCH({{Name}}, "\\pL{{20}}{n}")"#);
    let classes = |n: usize| format!(r#"REGEX_MATCH({{Name}}, "(?i)[{}{n}]")"#, r"\\pL".repeat(200));
    let simple = |n: usize| format!(r#"REGEX_MATCH({{Name}}, "^\\w+@{n}[a-z]*$")"#);
    let same = |n: usize| format!(r#"REGEX_MATCH({{Name}} & {n}, "^\\pL{{20}}")"#);
    let table = texts(2, "n", "");
    let begun = Instant::now();
    for (text, reason, error) in [
        (many(600, &large), Some("this pattern is too large (at character 17)"), true),
        (many(600, &different), Some("with this the patterns of the formula are too large together"), true),
        (many(40, &classes), Some("with this the patterns of the formula are too large together"), true),
        (many(300, &simple), None, false),
        (many(600, &same), None, false),
    ] {
        let told = slow(&text, None).map(|told| told.to_string());
        assert_eq!(
            told.as_ref().map(|told| told.starts_with(reason.unwrap_or_default())),
            reason.map(|_| true),
            "{told:?}"
        );
        let found = study(&text, &resolve, false, None).program.err().map(|told| told[0].to_string());
        assert_eq!(found, told);
        // Formulas that are kept are errors where there is no room.
        let program = compile(&text, &resolve).unwrap();
        let computed = table.with(&program, 0..2, |batch| program.eval(batch));
        let is_error = computed.cell(1) == CellRef::Error(CellError::Failed);
        assert_eq!(is_error, error, "{:?}", computed.cell(1));
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

/// Patterns, formats and texts that come from cells are bounded as constants are.
#[test]
fn what_is_too_large_in_a_cell_is_an_error() {
    let value = |text: &str, other: &str| {
        let mut cells = vec![CellValue::Empty; FIELDS.len()];
        (cells[0], cells[9]) = (CellValue::Text("aaa".to_owned()), CellValue::Text(other.to_owned()));
        let table = Table::new(&[cells]);
        let program = compile(text, &resolve).unwrap();
        table.with(&program, 0..1, |batch| program.eval(batch)).cell(0).to_value()
    };
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    let found = "REGEX_MATCH({Name}, {Other})";
    for (text, fits, too_large) in [
        (found, nested(100), nested(101)),
        (found, "a?".repeat(512), "a?".repeat(513)),
        (found, "a{0,100}".to_owned(), "(a{0,1000}){0,1000}".to_owned()),
        (found, "\\w{5}|a".to_owned(), "\\w{5000}".to_owned()),
        ("DATETIME_FORMAT('2024-02-29', {Other})", "Y".repeat(1_000), "Y".repeat(1_001)),
        ("REPT('x', VALUE({Other}))", "100000".to_owned(), "100001".to_owned()),
        ("REGEX_REPLACE({Other}, 'x', '12345')", "x".repeat(20_000), "x".repeat(20_001)),
        ("{Other}&{Other}", "x".repeat(50_000), "x".repeat(50_001)),
        ("SUBSTITUTE({Other}, 'x', 'yy')", "x".repeat(50_000), "x".repeat(50_001)),
    ] {
        let error = CellValue::Error(CellError::Failed);
        assert!(value(text, &fits) != error, "{text} of {} bytes", fits.len());
        assert_eq!(value(text, &too_large), error, "{text} of {} bytes", too_large.len());
    }
}

/// Nobody waits any more: what is left are errors, at once.
#[test]
fn rows_that_come_too_late_are_errors() {
    let table = Table::new(&vec![vec![CellValue::Empty; FIELDS.len()]; 3]);
    let program = compile("1+{n}", &resolve).unwrap();
    let at = |until| {
        let late = |batch: &Batch<'_>| program.eval(&Batch { rows: 0..3, until: Some(until), ..*batch });
        table.with(&program, 0..3, late).cell(2).to_value()
    };
    assert_eq!(at(Instant::now()), CellValue::Error(CellError::Failed));
    assert_eq!(at(Instant::now() + Duration::from_hours(1)), CellValue::Number(1.0));
}

/// Many rows that are slow each: they are done in pieces, rightly, and left when nobody waits any more.
#[test]
fn slow_rows_are_done_in_pieces_that_look_at_the_clock() {
    let (name, list) = ("n".repeat(999), "a ".repeat(5_000));
    let table = texts(400, &name, &list);
    for (text, value) in [
        ("SIMILARITY({Name}, {Name})", CellRef::Number(1.0)),
        ("XLOOKUP('b', SPLIT({Other}, ' '), SPLIT({Other}, ' '), 7)", CellRef::Text("7")),
        ("REGEX_REPLACE({Name}, 'n+', {Name}) = {Name}", CellRef::Number(1.0)),
        ("JSON_EXTRACT('\"' & {Other} & '\"', '') = {Other}", CellRef::Number(1.0)),
    ] {
        let program = compile(text, &resolve).unwrap();
        let computed = table.with(&program, 0..400, |batch| program.eval(batch));
        assert!((0..400).all(|row| computed.cell(row) == value), "{text}: {:?}", computed.cell(0));
    }
    // These would take minutes.
    let alike: Vec<String> = (0..25).map(|n| format!("SIMILARITY({{Name}}, {{Name}}&'{n}')")).collect();
    let table = texts(4_000, &name[9..], "");
    let program = compile(&alike.join("+"), &resolve).unwrap();
    let (begun, until) = (Instant::now(), Instant::now() + Duration::from_millis(100));
    let late =
        table.with(&program, 0..4_000, |batch| program.eval(&Batch { until: Some(until), rows: 0..4_000, ..*batch }));
    assert!((0..4_000).all(|row| late.errors.get(row)));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
