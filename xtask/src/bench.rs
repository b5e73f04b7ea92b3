//! `cargo xtask bench`.

use anyhow::Result;

use crate::machine;
use crate::workspace::{Workspace, run};

/// Builds the program and the load client as they are published, and measures the one with the other; with `--peers`
/// the same work is done by NocoDB too.
pub fn bench(workspace: &Workspace, flags: &[&str]) -> Result<()> {
    let (peers, flags): (Vec<&str>, Vec<&str>) = flags.iter().partition(|flag| **flag == "--peers");
    let nocodb = if peers.is_empty() { None } else { Some(machine::install_nocodb(workspace)?) };
    run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", "app", "--package", "bench"]))?;
    let built = workspace.target.join("dist");
    let mut load = workspace.command(built.join("load"));
    load.arg("--program").arg(built.join("airloom")).args(flags);
    if let Some(folder) = nocodb {
        load.arg("--nocodb").arg(folder);
    }
    run(&mut load)
}

/// Measures the formula engine alone, beside loops by hand and packages for Node.
pub fn formula(workspace: &Workspace) -> Result<()> {
    let folder = machine::install_formulas(workspace)?;
    run(&mut workspace.cargo(&["build", "--release", "--package", "bench", "--bin", "formulas"]))?;
    run(workspace.command(workspace.target.join("release/formulas")).arg("--peers").arg(folder))
}
