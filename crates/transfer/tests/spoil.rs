//! Clean tables, spoiled in twenty ways, read by nobody's help: how many cells come out right, and is anything lost?
//!
//! `AIRLOOM_CSV_PYTHON` names a Python that has the packages of `xtask/requirements.txt`; the automatic modes of
//! `DuckDB` and `CleverCSV` read the same files in the same run.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "an integration test and its tools"
)]

#[path = "spoil/spoilings.rs"]
mod spoilings;
#[path = "spoil/tables.rs"]
mod tables;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

use spoilings::{NAMES, Spoiled, spoil};
use tables::Chance;
use transfer::{Overrides, Reader, SAMPLE, Sniffed, sniff};

type Grid = Vec<Vec<String>>;

const SEEDS: [u64; 2] = [1, 20_240_501];

struct Case {
    file: String,
    spoiling: &'static str,
    spoiled: Spoiled,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for seed in SEEDS {
        for clean in tables::all(seed) {
            for (index, spoiling) in NAMES.into_iter().enumerate() {
                let mut chance = Chance(seed ^ ((index as u64) << 32));
                let file = format!("{seed}-{}-{}.csv", clean.name, spoiling.replace(' ', "_"));
                cases.push(Case { file, spoiling, spoiled: spoil(spoiling, &clean, &mut chance) });
            }
        }
    }
    cases
}

/// What we read: every table's grid, and everything that was told besides.
struct Ours {
    sniffed: Sniffed,
    grids: Vec<Grid>,
    told: String,
}

fn read(bytes: &[u8]) -> Ours {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let sniffed = sniff(sample, bytes.len() as u64, &Overrides::default());
    let mut told: String = sniffed.notes.iter().map(|note| note.text.clone() + "\n").collect();
    let mut grids = Vec::new();
    for table in &sniffed.tables {
        let mut grid = if table.header_rows > 0 { vec![table.names.clone()] } else { Vec::new() };
        let mut reader = Reader::new(bytes, &sniffed.dialect, table).unwrap();
        while let Some(row) = reader.next_row().unwrap() {
            grid.push(row.cells().map(ToOwned::to_owned).collect());
            assert_eq!(
                row.surplus().count() > 0,
                row.flaws.iter().any(|flaw| matches!(flaw, transfer::Flaw::Surplus { .. }))
            );
            told.extend(row.surplus().map(|cell| cell.to_owned() + "\n"));
        }
        grids.push(grid);
    }
    Ours { sniffed, grids, told }
}

/// Cells of `expected` that stand in `found`, rows matched in order in the best way, columns by position.
fn matching(expected: &[&Vec<String>], found: &Grid) -> usize {
    let mut above = vec![0; found.len() + 1];
    for want in expected {
        let mut row = vec![0; found.len() + 1];
        for (at, have) in found.iter().enumerate() {
            let same =
                want.iter().enumerate().filter(|(column, cell)| have.get(*column).unwrap_or(&String::new()) == *cell);
            row[at + 1] = (above[at] + same.count()).max(above[at + 1]).max(row[at]);
        }
        above = row;
    }
    above[found.len()]
}

fn expected(spoiled: &Spoiled) -> Vec<&Vec<String>> {
    spoiled.header.iter().chain(&spoiled.rows).collect()
}

fn words(text: &str) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// Words of the file that are neither in a table nor told.
fn lost(bytes: &[u8], ours: &Ours) -> Vec<String> {
    let encoding = encoding_rs::Encoding::for_label(ours.sniffed.dialect.encoding.as_bytes()).unwrap();
    let (text, _, _) = encoding.decode(bytes);
    let cells: Vec<&str> = ours.grids.iter().flatten().flatten().map(String::as_str).chain([&*ours.told]).collect();
    let kept = cells.join("\n");
    let kept = words(&kept);
    words(&text)
        .into_iter()
        .filter(|(word, count)| kept.get(word).copied().unwrap_or(0) < *count)
        .map(|(word, _)| word.to_owned())
        .collect()
}

#[derive(Default)]
struct Score {
    right: usize,
    of: usize,
}

impl Score {
    fn share(&self) -> f64 {
        self.right as f64 / self.of as f64
    }
}

type Scores = BTreeMap<&'static str, Score>;

fn total(scores: &Scores) -> f64 {
    let (right, of) = scores.values().fold((0, 0), |(right, of), score| (right + score.right, of + score.of));
    right as f64 / of as f64
}

fn add(scores: &mut Scores, case: &Case, right: usize) {
    let score = scores.entry(case.spoiling).or_default();
    score.right += right;
    score.of += expected(&case.spoiled).iter().map(|row| row.len()).sum::<usize>();
}

fn ours(cases: &[Case]) -> Scores {
    let mut scores = Scores::new();
    for case in cases {
        let ours = read(&case.spoiled.bytes);
        let empty = Grid::new();
        let grid = ours.grids.get(ours.sniffed.main).unwrap_or(&empty);
        let right = matching(&expected(&case.spoiled), grid);
        let lost = lost(&case.spoiled.bytes, &ours);
        assert!(lost.is_empty(), "{}: lost without a word: {lost:?}", case.file);
        let cells: usize = expected(&case.spoiled).iter().map(|row| row.len()).sum();
        if right < cells {
            println!("{}: {right} of {cells}, {:?} {:?}", case.file, ours.sniffed.dialect, ours.sniffed.doubts);
        }
        if let (Some(names), Some(table)) = (&case.spoiled.names, ours.sniffed.main_table())
            && *names != table.names
        {
            println!("{}: names {:?}", case.file, table.names);
        }
        add(&mut scores, case, right);
    }
    scores
}

fn theirs(python: &Path, cases: &[Case]) -> BTreeMap<&'static str, Scores> {
    let folder = tempfile::tempdir().unwrap();
    for case in cases {
        std::fs::write(folder.path().join(&case.file), &case.spoiled.bytes).unwrap();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compare.py");
    let output = Command::new(python).arg(script).arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let grids: HashMap<String, HashMap<String, Option<Grid>>> = serde_json::from_slice(&output.stdout).unwrap();
    let mut scores: BTreeMap<&'static str, Scores> = BTreeMap::new();
    for case in cases {
        let right = |reader: &str| {
            grids[&case.file][reader].as_ref().map_or(0, |grid| matching(&expected(&case.spoiled), grid))
        };
        let duckdb = right("duckdb").max(right("duckdb lenient"));
        add(scores.entry("duckdb").or_default(), case, duckdb);
        add(scores.entry("clevercsv").or_default(), case, right("clevercsv"));
    }
    scores
}

#[test]
fn spoiled_files_are_read_as_a_careful_person_would() {
    let cases = cases();
    let ours = ours(&cases);
    println!("ours: {:.4}", total(&ours));
    for (spoiling, score) in &ours {
        println!("  {spoiling}: {:.4}", score.share());
    }
    let python = std::env::var_os("AIRLOOM_CSV_PYTHON").unwrap();
    for (reader, scores) in theirs(Path::new(&python), &cases) {
        println!("{reader}: {:.4}", total(&scores));
        for (spoiling, score) in &scores {
            println!("  {spoiling}: {:.4} (ours {:.4})", score.share(), ours[spoiling].share());
        }
        assert!(total(&ours) >= total(&scores), "{reader} reads better");
    }
}
