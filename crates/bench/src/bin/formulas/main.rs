//! Formulas over 100,000 rows, each beside a loop that somebody would write by hand over the same columns, and with
//! `--peers FOLDER` beside other engines, for Node and in Rust.
#![expect(clippy::print_stdout, reason = "this program talks to the one who started it")]

mod columns;
mod hand;
mod peers;
mod times;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use formula::{Input, Program};
use model::{CellRef, Chunk, ComputedChunk, Numbers, Texts};
use regex::Regex;

use columns::{Columns, DIGITS, MONTH, ROWS, TEXT, evaluate, program};
use times::{Report, Unit};

const CHAIN: usize = 10;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let peers = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => None,
        ["--peers", folder] => Some(PathBuf::from(folder)),
        other => bail!("`{}` is not known; usage: formulas [--peers FOLDER]", other.join(" ")),
    };
    let columns = Columns::new();
    let mut report = Report::default();
    let expected = [
        ("text", text(&mut report, &columns)?),
        ("chain", chain(&mut report, &columns)?),
        ("dates", dates(&mut report, &columns)?),
    ];
    patterns(&mut report, &columns)?;
    edit(&mut report, &columns)?;
    report.alone("compile the text formula", Unit::Micros, || program(TEXT));
    if let Some(folder) = peers {
        peers::measure(&mut report, &columns, &folder, &expected)?;
    }
    println!("{}", report.table());
    Ok(())
}

/// What a value shows.
fn shown(cell: CellRef<'_>) -> String {
    match cell {
        CellRef::Number(number) => number.to_string(),
        CellRef::Text(text) => text.to_owned(),
        _ => String::new(),
    }
}

fn last(chunks: &[ComputedChunk]) -> String {
    chunks.last().map_or_else(String::new, |chunk| shown(chunk.cell(chunk.values.len().saturating_sub(1))))
}

fn same_texts(computed: &[ComputedChunk], hand: &[Texts]) -> Result<()> {
    for (computed, texts) in computed.iter().zip(hand) {
        for row in 0..texts.len() {
            let wanted = texts.get(row).map_or(CellRef::Empty, CellRef::Text);
            ensure!(computed.cell(row) == wanted, "row {row}: {:?} is not {wanted:?}", computed.cell(row));
        }
    }
    Ok(())
}

fn same_numbers<'h>(computed: &ComputedChunk, hand: impl IntoIterator<Item = &'h f64>) -> Result<()> {
    for (row, number) in hand.into_iter().enumerate() {
        ensure!(computed.cell(row) == CellRef::Number(*number), "row {row} is not {number}");
    }
    Ok(())
}

fn text(report: &mut Report, columns: &Columns) -> Result<String> {
    let program = program(TEXT)?;
    let engine = || columns.evaluate(&program);
    let hand = || -> Vec<Texts> { columns.parts().map(|part| hand::text(&part)).collect() };
    let tuned = || -> Vec<Texts> { columns.parts().map(|part| hand::text_tuned(&part)).collect() };
    same_texts(&engine(), &hand())?;
    same_texts(&engine(), &tuned())?;
    report.pair("text, beside a tuned loop", Unit::Rate("rows", ROWS), engine, ("a tuned loop", tuned));
    report.pair("text", Unit::Rate("rows", ROWS), engine, ("a loop", hand));
    Ok(last(&engine()))
}

fn chain(report: &mut Report, columns: &Columns) -> Result<String> {
    let programs = programs()?;
    let engine = || -> Vec<Vec<ComputedChunk>> {
        columns.numbers.chunks().iter().map(|first| chained(&programs, first, 0..first.len())).collect()
    };
    let by_hand = |numbers: &Numbers| (0..CHAIN).fold(Vec::new(), |held, step| hand::next(numbers, held, step));
    let hand = || -> Vec<Vec<Numbers>> { columns.parts().map(|part| by_hand(part.numbers)).collect() };
    for (computed, numbers) in engine().iter().zip(hand()) {
        if let (Some(computed), Some(numbers)) = (computed.last(), numbers.last()) {
            same_numbers(computed, &numbers.values)?;
        }
    }
    report.pair("chain", Unit::Rate("cells", ROWS * CHAIN), engine, ("a loop", hand));
    Ok(engine().last().map_or_else(String::new, |chunks| last(chunks)))
}

/// `c1` to `c10`, each of the one before.
fn programs() -> Result<Vec<Program>> {
    (0..CHAIN).map(|step| program(&format!("{{c{step}}}*1.1+{step}"))).collect()
}

fn chained(programs: &[Program], first: &Chunk, rows: std::ops::Range<usize>) -> Vec<ComputedChunk> {
    let mut held: Vec<ComputedChunk> = Vec::with_capacity(programs.len());
    for program in programs {
        // What was computed for some rows begins with the first of them.
        let next = match held.last() {
            Some(last) => evaluate(program, 0..rows.len(), &[Input::Computed(last)]),
            None => evaluate(program, rows.clone(), &[Input::Stored(first)]),
        };
        held.push(next);
    }
    held
}

fn dates(report: &mut Report, columns: &Columns) -> Result<String> {
    let program = program(MONTH)?;
    let engine = || columns.evaluate(&program);
    let hand = || -> Vec<Vec<f64>> { columns.parts().map(|part| hand::month(&part)).collect() };
    for (computed, numbers) in engine().iter().zip(hand()) {
        same_numbers(computed, &numbers)?;
    }
    report.pair("dates", Unit::Rate("rows", ROWS), engine, ("a loop", hand));
    Ok(last(&engine()))
}

fn patterns(report: &mut Report, columns: &Columns) -> Result<()> {
    let (program, pattern) = (program(DIGITS)?, Regex::new("[0-9]+")?);
    let engine = || columns.evaluate(&program);
    let hand = || -> Vec<Texts> { columns.parts().map(|part| hand::digits(&part, &pattern)).collect() };
    same_texts(&engine(), &hand())?;
    report.pair("regular expression", Unit::Rate("rows", ROWS), engine, ("a loop", hand));
    Ok(())
}

/// One cell is written, and what depends on it computed: the text formula and the whole chain.
fn edit(report: &mut Report, columns: &Columns) -> Result<()> {
    let (text, programs, row) = (program(TEXT)?, programs()?, 2_000);
    let mut edited =
        Columns { numbers: columns.numbers.clone(), texts: columns.texts.clone(), days: columns.days.clone() };
    let mut at = 0.0;
    report.alone("one cell edited: 11 formulas", Unit::Micros, || {
        at += 1.0;
        edited.numbers.set(row, CellRef::Number(60.0 + at / 100.0));
        let shown = edited.evaluate_rows(&text, 0, Some(row..row + 1));
        let cells = edited.numbers.chunk(0).map(|first| chained(&programs, first, row..row + 1));
        (shown, cells)
    });
    Ok(())
}
