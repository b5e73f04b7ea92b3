//! `cargo xtask bench`.

use anyhow::Result;

use crate::workspace::{Workspace, run};

/// Builds the program and the load client as they are published, and measures the one with the other.
pub fn bench(workspace: &Workspace, flags: &[&str]) -> Result<()> {
    run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "app", "--package", "bench"]))?;
    let built = workspace.target.join("dist");
    let mut load = workspace.command(built.join("load"));
    run(load.arg("--program").arg(built.join("airloom")).args(flags))
}
