//! The same work by packages for Node and by other engines in Rust, which two programs have them do in the same run.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use model::CellRef;
use serde::{Deserialize, Serialize};

use crate::columns::{Columns, ROWS};
use crate::times::{Report, Times};

/// Days from the one that spreadsheets count from to 1970.
const EPOCH: i64 = 25_569;
const DAY: i64 = 86_400_000_000;

/// What the script is told.
#[derive(Serialize)]
struct Told {
    a: Vec<f64>,
    t: Vec<String>,
    d: Vec<i64>,
}

/// What it says, a line each.
#[derive(Deserialize)]
struct Said {
    peer: String,
    work: String,
    millis: Vec<f64>,
    /// The last value that came out, as a text.
    last: String,
}

/// Runs the script beside the packages in `folder` and the program there, where it could be built; `expected` is the
/// last value of each work.
pub fn measure(report: &mut Report, columns: &Columns, folder: &Path, expected: &[(&str, String)]) -> Result<()> {
    let told = serde_json::to_vec(&told(columns))?;
    let mut script = Command::new("node");
    script.arg(folder.join("peers.js"));
    let mut said = work(script, &told)?;
    let program = folder.join("peers");
    if program.exists() {
        said.extend(work(Command::new(program), &told)?);
    }
    for Said { peer, work, millis, last } in said {
        let differs = expected.iter().find(|(name, wanted)| *name == work && !same(&last, wanted));
        let who = match differs {
            Some((_, wanted)) => format!("{peer}, whose last value is {last}, not {wanted}"),
            None => peer,
        };
        let times = millis.iter().map(|millis| Duration::from_secs_f64(millis / 1e3)).collect();
        report.other(&work, &who, &Times::of(times));
    }
    Ok(())
}

/// What a program says that was told the columns.
fn work(mut program: Command, told: &[u8]) -> Result<Vec<Said>> {
    let name = program.get_program().to_owned();
    let mut program = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{}` does not start", name.display()))?;
    let mut input = program.stdin.take().context("the program takes nothing")?;
    input.write_all(told)?;
    drop(input);
    let output = program.wait_with_output()?;
    ensure!(output.status.success(), "`{}` failed", name.display());
    let lines = String::from_utf8(output.stdout)?;
    let read = |line: &str| serde_json::from_str(line).with_context(|| format!("`{line}` is not what was asked for"));
    lines.lines().map(read).collect()
}

/// Equal, or numbers that differ where nobody looks: some round what they compute.
fn same(one: &str, other: &str) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() <= other.abs() * 1e-9;
    one == other || one.parse().is_ok_and(|one| other.parse().is_ok_and(|other| near(one, other)))
}

fn told(columns: &Columns) -> Told {
    let rows = || 0..ROWS;
    let number = |row| if let CellRef::Number(number) = columns.numbers.cell(row) { number } else { 0.0 };
    let text = |row| if let CellRef::Text(text) = columns.texts.cell(row) { text.to_owned() } else { String::new() };
    let day = |row| if let CellRef::Time(time) = columns.days.cell(row) { time / DAY + EPOCH } else { 0 };
    Told { a: rows().map(number).collect(), t: rows().map(text).collect(), d: rows().map(day).collect() }
}
