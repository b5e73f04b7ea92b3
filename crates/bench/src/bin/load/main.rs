//! Loads a table into a server of its own process and measures it through its doors, beside what the machine allows:
//! a raw route that sends the same bytes, and raw `SQLite` transactions that write the same rows with the same sync.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to the one who started it")]

mod client;
mod computed;
mod data;
mod measure;
mod nocodb;
mod one_core;
mod raw_http;
mod raw_sqlite;
mod reads;
mod report;
mod server;
mod writes;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use measure::Spread;
use report::Report;
use server::{Running, Table};

const USAGE: &str =
    "usage: load --program AIRLOOM [--rows N] [--seconds S] [--rounds N] [--only import] [--nocodb FOLDER]";

/// How large and how long.
pub struct Plan {
    /// The built `airloom`.
    pub program: PathBuf,
    /// Records of the table.
    pub rows: usize,
    /// Seconds of each round of a throughput measure.
    pub seconds: f64,
    /// Rounds of each measure; the median of them is told.
    pub rounds: usize,
    /// Measures nothing but imports.
    pub imports_only: bool,
    /// Where NocoDB is installed, to do the same work.
    pub nocodb: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == raw_http::COMMAND) {
        return raw_http::serve();
    }
    match Plan::parse(&arguments).and_then(|plan| run(&plan)) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Plan {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut plan =
            Self { program: PathBuf::new(), rows: 100_000, seconds: 2.0, rounds: 5, imports_only: false, nocodb: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--program" => plan.program = value()?.into(),
                "--rows" => plan.rows = value()?.parse().context("--rows is a number")?,
                "--seconds" => plan.seconds = value()?.parse().context("--seconds is a number")?,
                "--nocodb" => plan.nocodb = Some(std::path::absolute(value()?)?),
                "--only" => {
                    anyhow::ensure!(value()? == "import", "--only knows `import`\n{USAGE}");
                    plan.imports_only = true;
                }
                "--rounds" => plan.rounds = value()?.parse().context("--rounds is a number")?,
                _ => bail!("`{word}` is not a flag\n{USAGE}"),
            }
        }
        anyhow::ensure!(plan.program.is_file(), "--program must name a built `airloom`\n{USAGE}");
        Ok(plan)
    }
}

fn run(plan: &Plan) -> Result<Report> {
    let folder = tempfile::tempdir()?;
    let mut report = Report::new(plan);
    if !plan.imports_only {
        starts(plan, &mut report, &folder.path().join("empty"))?;
    }

    let data = folder.path().join("data");
    let file = folder.path().join("table.csv");
    std::fs::write(&file, data::csv(plan.rows))?;
    let server = Running::start(&plan.program, &data)?;
    let table = server.table("Load", data::FIELDS)?;
    writes::import(plan, &mut report, &server, &file, &data)?;
    if plan.imports_only {
        return Ok(report);
    }
    table.fill(&server, &file)?;
    table.add_formula(&server)?;
    drop(server);

    let server = restart(plan, &mut report, &data, &table)?;
    reads::measure(plan, &mut report, &server, &table)?;
    writes::measure(plan, &mut report, &server, &table, folder.path())?;
    computed::measure(plan, &mut report, &server, folder.path())?;
    drop(server);
    if let Some(installed) = &plan.nocodb {
        nocodb::measure(plan, &mut report, installed, folder.path())?;
    }
    Ok(report)
}

/// From the start of the program to its first answer, on an empty store, and what it takes while nobody asks.
fn starts(plan: &Plan, report: &mut Report, folder: &std::path::Path) -> Result<()> {
    let mut times = Vec::new();
    let mut memory = Vec::new();
    drop(Running::start(&plan.program, folder)?);
    for _ in 0..plan.rounds {
        let server = Running::start(&plan.program, folder)?;
        times.push(server.started.as_secs_f64() * 1e3);
        memory.push(server.resident()?);
    }
    report.put("start to first answer, empty", Spread::of(times), "ms", None);
    let mut times = Vec::new();
    for _ in 0..plan.rounds {
        times.push(Running::ephemeral(&plan.program, folder)?.started.as_secs_f64() * 1e3);
    }
    report.put("start to first answer, --ephemeral", Spread::of(times), "ms", None);
    report.put("resident memory, idle, empty", Spread::of(memory), "MB", None);
    Ok(())
}

/// The same with the table: the first answer is a sorted page of it, so its image was built.
fn restart(plan: &Plan, report: &mut Report, data: &std::path::Path, table: &Table) -> Result<Running> {
    let mut times = Vec::new();
    let mut before = Vec::new();
    let mut after = Vec::new();
    let mut last = None;
    for _ in 0..plan.rounds {
        drop(last.take());
        let began = std::time::Instant::now();
        let server = Running::start(&plan.program, data)?;
        let idle = server.resident()?;
        server.get(&table.path("?pageSize=100&sort%5B0%5D%5Bfield%5D=Due"))?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
        before.push(idle);
        after.push(server.resident()? - idle);
        last = Some(server);
    }
    report.put("start to first sorted page of the table", Spread::of(times), "ms", None);
    report.put("resident memory, idle, with the store", Spread::of(before), "MB", None);
    report.put("growth of resident memory by the table's image", Spread::of(after), "MB", None);
    last.context("there were no rounds")
}
