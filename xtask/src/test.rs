//! `cargo xtask test`: everything that must hold, in order; the test runner's summary comes last.

use crate::machine;
use crate::steps::{cargo, step};

/// Runs it all; `sqlite` leaves the tests on PostgreSQL out.
pub fn run(sqlite: bool) -> anyhow::Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    step("lints", &mut cargo(&clippy))?;
    let mut docs = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    step("docs", docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    step("release build", &mut cargo(&["build", "--release", "--locked", "-p", "app"]))?;
    let clients = machine::clients()?;
    if !sqlite {
        machine::postgres()?;
    }
    let mut tests = cargo(&["test", "--locked", "--workspace", "--lib", "--bins", "--tests"]);
    tests.env("AIRLOOM_PYTHON", clients.python).env("AIRLOOM_NODE_MODULES", clients.node_modules);
    if sqlite {
        tests.args(["--", "--skip", "postgres"]);
    }
    step("tests", &mut tests)
}
