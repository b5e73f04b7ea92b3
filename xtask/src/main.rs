//! The project's own commands: `cargo xtask start` and `cargo xtask test`.

mod machine;
mod start;
mod steps;
mod test;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask start | test [--sqlite]";

#[expect(clippy::print_stderr, reason = "the place where this program speaks")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["start"] => start::run(),
        ["test"] => test::run(false),
        ["test", "--sqlite"] => test::run(true),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
