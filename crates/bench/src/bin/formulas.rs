//! Formulas over 100,000 rows, each beside a loop that somebody would write by hand over the same columns.
#![expect(clippy::print_stdout, reason = "this program talks to the one who started it")]

use std::fmt::Write;
use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use formula::{Batch, Input, Program, Reference, Shape, compile};
use model::{CellRef, Chunk, Column, ComputedChunk, FieldId, FieldNo, Kind, Numbers, RecordId, Texts, Timestamp};

const ROWS: usize = 100_000;
const RUNS: usize = 41;
const CHAIN: usize = 10;
const TEXT: &str = r#"IF({a}>50, ROUND({a}*1.2,2)&" "&UPPER({t}), BLANK())"#;

/// The columns `a` and `t`.
struct Columns {
    numbers: Column,
    texts: Column,
}

fn main() -> Result<()> {
    let columns = Columns::new();
    println!("| what | unit | median | fastest | slowest | engine / loop |\n|---|---|---|---|---|---|");
    text(&columns)?;
    chain(&columns)?;
    edit(&columns)?;
    Ok(())
}

impl Columns {
    fn new() -> Self {
        let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: u64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            chance % below
        };
        let (mut numbers, mut texts) = (Column::new(Kind::Number), Column::new(Kind::Text));
        for row in 0..ROWS {
            numbers.set(row, CellRef::Number(next(10_000) as f64 / 100.0));
            texts.set(row, CellRef::Text(&format!("Project {}", next(100_000))));
        }
        Self { numbers, texts }
    }

    /// The chunks of both columns with their lengths.
    fn chunks(&self) -> impl Iterator<Item = (&Numbers, &Texts, usize)> {
        self.numbers.chunks().iter().zip(self.texts.chunks()).filter_map(|(numbers, texts)| {
            match (&**numbers, &**texts) {
                (Chunk::Number(numbers), Chunk::Text(texts)) => Some((numbers, texts, numbers.values.len())),
                _ => None,
            }
        })
    }
}

fn resolve(name: &str) -> Option<Reference> {
    let (no, shape) = match name {
        "a" => (0, Shape::Number),
        "t" => (1, Shape::Text),
        name => (name.strip_prefix('c')?.parse().ok()?, Shape::Number),
    };
    Some(Reference { field: FieldId::ordered(0, no), no: FieldNo(no as u32), shape })
}

fn program(text: &str) -> Result<Program> {
    compile(text, &resolve).map_err(|problems| anyhow!("`{text}` is no formula: {problems:?}"))
}

fn evaluate(program: &Program, rows: Range<usize>, inputs: &[Input<'_>]) -> ComputedChunk {
    let ids = |row: usize| Some(RecordId::ordered(0, row as u64));
    let (created, modified, watched) = (None, None, None);
    program.eval(&Batch { rows, inputs, ids: &ids, created, modified, watched, now: Timestamp(0), until: None })
}

/// What the text formula says, by hand.
fn by_hand(numbers: &Numbers, texts: &Texts, len: usize) -> Texts {
    let (mut arena, mut spans) = (String::new(), Vec::with_capacity(len));
    for (row, number) in numbers.values.iter().enumerate() {
        let start = arena.len();
        if numbers.valid.get(row) && *number > 50.0 {
            let rounded = (number * 1.2 * 100.0 + 0.5).floor() / 100.0;
            let _ = write!(arena, "{rounded} ");
            arena.extend(texts.get(row).unwrap_or_default().chars().map(|letter| letter.to_ascii_uppercase()));
        }
        spans.push((start as u32, (arena.len() - start) as u32));
    }
    Texts::from_parts(arena, spans)
}

/// The same with the fastest number printer that there is and letters changed in place.
fn by_hand_tuned(numbers: &Numbers, texts: &Texts, len: usize) -> Texts {
    let (mut arena, mut spans) = (String::new(), Vec::with_capacity(len));
    for (row, number) in numbers.values.iter().enumerate() {
        let start = arena.len();
        if numbers.valid.get(row) && *number > 50.0 {
            let rounded = (number * 1.2 * 100.0 + 0.5).floor() / 100.0;
            if (rounded as i64) as f64 == rounded {
                arena.push_str(itoa::Buffer::new().format(rounded as i64));
            } else {
                arena.push_str(zmij::Buffer::new().format_finite(rounded));
            }
            arena.push(' ');
            let letters = arena.len();
            arena.push_str(texts.get(row).unwrap_or_default());
            if let Some(letters) = arena.get_mut(letters..) {
                letters.make_ascii_uppercase();
            }
        }
        spans.push((start as u32, (arena.len() - start) as u32));
    }
    Texts::from_parts(arena, spans)
}

fn text(columns: &Columns) -> Result<()> {
    let program = program(TEXT)?;
    let engine = || -> Vec<ComputedChunk> {
        let (numbers, texts) = (columns.numbers.chunks(), columns.texts.chunks());
        let chunks = numbers.iter().zip(texts);
        chunks.map(|(a, t)| evaluate(&program, 0..a.len(), &[Input::Stored(a), Input::Stored(t)])).collect()
    };
    let hand = || -> Vec<Texts> { columns.chunks().map(|(a, t, len)| by_hand(a, t, len)).collect() };
    for (computed, texts) in engine().iter().zip(hand()) {
        for row in 0..texts.len() {
            let wanted = texts.get(row).map_or(CellRef::Empty, CellRef::Text);
            ensure!(computed.cell(row) == wanted, "row {row}: {:?} is not {wanted:?}", computed.cell(row));
        }
    }
    let tuned = || -> Vec<Texts> { columns.chunks().map(|(a, t, len)| by_hand_tuned(a, t, len)).collect() };
    let rate = |time: Duration| ROWS as f64 / 1e6 / time.as_secs_f64();
    let (ours, theirs) = pair(engine, hand);
    print_pair("text formula", "million rows/s", (&ours, &theirs), rate);
    let (ours, theirs) = pair(engine, tuned);
    print_pair("text formula, against a tuned loop", "million rows/s", (&ours, &theirs), rate);
    Ok(())
}

fn chain(columns: &Columns) -> Result<()> {
    let programs = programs()?;
    let engine = || -> Vec<Vec<ComputedChunk>> {
        columns.numbers.chunks().iter().map(|first| chained(&programs, first, 0..first.len())).collect()
    };
    let hand = || -> Vec<Vec<Numbers>> {
        columns
            .chunks()
            .map(|(first, ..)| (0..CHAIN).fold(Vec::new(), |held, step| by_hand_next(first, held, step)))
            .collect()
    };
    for (computed, numbers) in engine().iter().zip(hand()) {
        let (Some(computed), Some(numbers)) = (computed.last(), numbers.last()) else { continue };
        for (row, number) in numbers.values.iter().enumerate() {
            ensure!(computed.cell(row) == CellRef::Number(*number), "row {row} is not {number}");
        }
    }
    let (engine, hand) = pair(engine, hand);
    let rate = |time: Duration| (ROWS * CHAIN) as f64 / 1e6 / time.as_secs_f64();
    print_pair("chain of ten", "million cells/s", (&engine, &hand), rate);
    Ok(())
}

/// `c1` to `c10`, each of the one before.
fn programs() -> Result<Vec<Program>> {
    (0..CHAIN).map(|step| program(&format!("{{c{step}}}*1.1+{step}"))).collect()
}

fn chained(programs: &[Program], first: &Chunk, rows: Range<usize>) -> Vec<ComputedChunk> {
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

fn by_hand_next(first: &Numbers, mut held: Vec<Numbers>, step: usize) -> Vec<Numbers> {
    let values = held.last().map_or(&first.values, |last| &last.values);
    let values: Vec<f64> = values.iter().map(|number| number * 1.1 + step as f64).collect();
    held.push(Numbers { values, valid: first.valid.clone() });
    held
}

/// One cell is written, and what depends on it computed: the text formula and the whole chain.
fn edit(columns: &Columns) -> Result<()> {
    let (text, programs) = (program(TEXT)?, programs()?);
    let (mut numbers, row) = (columns.numbers.clone(), 2_000);
    let mut at = 0.0;
    let mut once = || -> Option<Duration> {
        at += 1.0;
        numbers.set(row, CellRef::Number(60.0 + at / 100.0));
        let (first, texts) = (numbers.chunk(0)?, columns.texts.chunk(0)?);
        let start = Instant::now();
        let shown = evaluate(&text, row..row + 1, &[Input::Stored(first), Input::Stored(texts)]);
        let cells = chained(&programs, first, row..row + 1);
        let time = start.elapsed();
        black_box((shown, cells));
        Some(time)
    };
    let times: Vec<Duration> = (0..RUNS * 25).filter_map(|_| once()).collect();
    print("one cell edited: 11 formulas", "µs", &Times::of(times), |time| time.as_secs_f64() * 1e6, "");
    Ok(())
}

/// Runs both in turn, so that both meet the same machine.
fn pair<A, B>(engine: impl Fn() -> A, hand: impl Fn() -> B) -> (Times, Times) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        let answer = engine();
        ours.push(start.elapsed());
        drop(black_box(answer));
        let start = Instant::now();
        let answer = hand();
        theirs.push(start.elapsed());
        drop(black_box(answer));
    }
    (Times::of(ours), Times::of(theirs))
}

/// Times in order.
struct Times(Vec<Duration>);

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    fn median(&self) -> Duration {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }
}

fn print_pair(name: &str, unit: &str, (ours, hand): (&Times, &Times), rate: impl Fn(Duration) -> f64) {
    let share = hand.median().as_secs_f64() / ours.median().as_secs_f64();
    print(name, unit, ours, &rate, &format!("{share:.2}"));
    print(&format!("{name}, by hand"), unit, hand, &rate, "");
}

fn print(name: &str, unit: &str, times: &Times, rate: impl Fn(Duration) -> f64, share: &str) {
    let shown = |time: Option<&Duration>| time.map_or(f64::NAN, |time| rate(*time));
    let (fastest, slowest) = (shown(times.0.first()), shown(times.0.last()));
    println!("| {name} | {unit} | {:.2} | {fastest:.2} | {slowest:.2} | {share} |", rate(times.median()));
}
