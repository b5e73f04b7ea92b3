//! `cargo xtask start`.

use std::os::unix::process::CommandExt;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, run};

/// Builds the release and becomes the server, so that signals and output are its own.
pub fn start(workspace: &Workspace, flags: &[&str]) -> Result<()> {
    run(&mut workspace.cargo(&["build", "--release", "--package", "app"]))?;
    let program = workspace.program();
    let mut command = workspace.command(&program);
    let error = command.args(["serve", "--data", "./data", "--sample"]).args(flags).exec();
    Err(error).with_context(|| format!("`{}` does not start", program.display()))
}
