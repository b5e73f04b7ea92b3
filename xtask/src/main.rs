//! The house's own commands: `cargo xtask start`, `test`, `check`, and the parts of them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to the one who started it")]

mod bench;
mod eval;
mod fuzz;
mod house;
mod machine;
mod postgres;
mod released;
mod start;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use test::Length;
use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  start [FLAGS]     builds the release and serves the sample base from ./data; flags go to `airloom serve`
  test              installs what the tests need, then checks and tests everything
    --sqlite        the short run: without PostgreSQL
    --long          the run of an hour and more
  check             checks and tests without databases, installing nothing
  tidy              checks manifests and sources by the rules of the house
  dependencies      checks the packages of others by deny.toml
  install           installs what the tests need
  bench             measures the published build beside what the machine allows: --rows N, --seconds S, --rounds N,
                    --only import; --peers has NocoDB do the same work
  bench formula     measures the formula engine alone, beside loops by hand, packages for Node and engines in Rust
  fuzz TARGET       sends the server `lists`, `records`, `fields` or `formulas` by chance: --minutes N, 10 when absent
  eval wikisql      scores the built-in assistant: --data FILE (or AIRLOOM_WIKISQL), --misses lists what was missed";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<ExitCode> {
    let mut workspace = Workspace::find()?;
    match words {
        ["start", flags @ ..] => start::start(&workspace, flags),
        ["test", flags @ ..] => test::test(&workspace, Length::parse(flags)?),
        ["check"] => test::check(&workspace),
        ["tidy"] => tidy::tidy(&workspace),
        ["dependencies"] => tidy::dependencies(&workspace),
        ["bench", "formula"] => bench::formula(&workspace),
        ["bench", flags @ ..] => bench::bench(&workspace, flags),
        ["fuzz", words @ ..] => fuzz::fuzz(&workspace, words),
        ["eval", words @ ..] => eval::eval(&workspace, words),
        ["install"] => machine::install(&mut workspace, true),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        other => bail!("`{}` is not a command\n{USAGE}", other.join(" ")),
    }
    .map(|()| ExitCode::SUCCESS)
}
