//! `cargo xtask bench`.

use std::fs;
use std::path::Path;

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

/// Measures the formula engine alone, beside loops by hand, packages for Node and other engines in Rust.
pub fn formula(workspace: &Workspace) -> Result<()> {
    let folder = machine::install_formulas(workspace)?;
    build_peers(workspace, &folder)?;
    let programs = ["--bin", "formulas", "--bin", "formulas_memory"];
    run(workspace.cargo(&["build", "--release", "--package", "bench"]).args(programs))?;
    let built = workspace.target.join("release");
    run(workspace.command(built.join("formulas")).arg("--peers").arg(folder))?;
    run(&mut workspace.command(built.join("formulas_memory")))
}

/// Builds the engines in Rust outside the workspace, so that its lock file knows nothing of them; without them the rest
/// is measured all the same.
fn build_peers(workspace: &Workspace, folder: &Path) -> Result<()> {
    let (package, program) = (folder.join("rust"), folder.join("peers"));
    fs::create_dir_all(package.join("src"))?;
    let source = workspace.root.join("xtask/formulas/rust");
    for file in ["Cargo.toml", "src/main.rs"] {
        fs::copy(source.join(file), package.join(file))?;
    }
    let target = package.join("target");
    let mut build = workspace.cargo(&["build", "--release", "--manifest-path"]);
    build.arg(package.join("Cargo.toml")).arg("--target-dir").arg(&target);
    match run(&mut build) {
        Ok(()) => fs::copy(target.join("release/peers"), program).map(drop)?,
        Err(error) => {
            println!("the engines in Rust are left out: {error:#}");
            if program.exists() {
                fs::remove_file(program)?;
            }
        }
    }
    Ok(())
}
