//! `cargo xtask eval`.

use anyhow::Result;

use crate::workspace::{Workspace, run};

/// Builds the program that scores and runs it with these words.
pub fn eval(workspace: &Workspace, words: &[&str]) -> Result<()> {
    let program = ["run", "--quiet", "--release", "--package", "bench", "--bin", "eval", "--"];
    run(workspace.cargo(&program).args(words))
}
