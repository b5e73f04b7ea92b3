//! What the tests need and a fresh machine lacks.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{step, target};

/// Python clients, pinned.
const PYTHON: [&str; 1] = ["pyairtable==3.4.0"];
/// Node clients, pinned.
const NODE: [&str; 1] = ["airtable@0.12.2"];

/// Where the clients are.
pub struct Clients {
    /// A Python that knows the clients.
    pub python: PathBuf,
    /// The folder of Node's modules.
    pub node_modules: PathBuf,
}

/// Installs the clients into the target directory.
pub fn clients() -> anyhow::Result<Clients> {
    let venv = target().join("clients/venv");
    let python = venv.join("bin/python");
    let marker = venv.join("installed");
    if !is_current(&marker, &PYTHON) {
        step("make a Python environment", Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        step("install Python clients", Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PYTHON))?;
        std::fs::write(&marker, PYTHON.join("\n"))?;
    }
    let node = target().join("clients/node");
    let marker = node.join("installed");
    if !is_current(&marker, &NODE) {
        std::fs::create_dir_all(&node)?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(&node);
        step("install Node clients", npm.args(NODE))?;
        std::fs::write(&marker, NODE.join("\n"))?;
    }
    Ok(Clients { python, node_modules: node.join("node_modules") })
}

fn is_current(marker: &Path, wanted: &[&str]) -> bool {
    std::fs::read_to_string(marker).is_ok_and(|installed| installed == wanted.join("\n"))
}

/// Installs PostgreSQL through the system's package manager where it is missing.
pub fn postgres() -> anyhow::Result<()> {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").exists()));
    if installed {
        return Ok(());
    }
    step("look up packages", Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "-qq", "--no-install-recommends", "postgresql"]);
    step("install PostgreSQL", install.env("DEBIAN_FRONTEND", "noninteractive"))
}
