//! What the tests need of the machine, installed where it is missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::postgres;
use crate::workspace::{Workspace, output, run};

/// The oldest Node that the packages accept.
const NODE: u32 = 20;

/// Installs what is missing and tells the tests where it is.
pub fn install(workspace: &mut Workspace, with_postgres: bool) -> Result<()> {
    let mut missing = Vec::new();
    if with_postgres && postgres::programs().is_none() {
        missing.push("postgresql");
    }
    if !answers("strace", &["--version"]) {
        missing.push("strace");
    }
    // Debian has the module that makes environments in a package of its own.
    if !answers("python3", &["-c", "import venv, ensurepip"]) {
        missing.extend(["python3", "python3-venv"]);
    }
    if !answers("node", &["--version"]) || !answers("npm", &["--version"]) {
        missing.extend(["nodejs", "npm"]);
    }
    install_packages(workspace, &missing)?;
    install_python(workspace)?;
    install_node(workspace)
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn install_packages(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    if packages.is_empty() {
        return Ok(());
    }
    println!("installing {}", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let mut command = if postgres::is_root() { workspace.command("apt-get") } else { workspace.command("sudo") };
        if !postgres::is_root() {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).args(arguments);
        run(&mut command)
    };
    let all = packages.join(" ");
    apt(&["update", "-qq"])
        .and_then(|()| apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat()))
        .with_context(|| format!("cannot install {all}: install them by hand, then run this again"))
}

/// A Python environment with the packages of `requirements.txt`.
fn install_python(workspace: &mut Workspace) -> Result<()> {
    let list = workspace.root.join("xtask/requirements.txt");
    let folder = workspace.target.join("venv");
    let python = folder.join("bin/python");
    if !is_current(&folder, &list)? {
        println!("installing {}", list.display());
        fs::create_dir_all(&folder)?;
        run(workspace.command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let quietly = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run(workspace.command(&python).args(quietly).arg(&list))?;
        set_current(&folder, &list)?;
    }
    workspace.set("AIRLOOM_CSV_PYTHON", &python);
    workspace.set("AIRLOOM_PYTHON", python);
    Ok(())
}

/// The Node packages of `package.json`, and a newer Node where the machine's is too old for them.
fn install_node(workspace: &mut Workspace) -> Result<()> {
    let list = workspace.root.join("xtask/package.json");
    let folder = workspace.target.join("node");
    let modules = folder.join("node_modules");
    if !is_current(&folder, &list)? {
        println!("installing {}", list.display());
        fs::create_dir_all(&folder)?;
        fs::copy(&list, folder.join("package.json"))?;
        npm(workspace, &folder, &["install"])?;
        if node_version(workspace)? < NODE {
            npm(workspace, &folder, &["install", "--no-save", "node@22"])?;
        }
        set_current(&folder, &list)?;
    }
    let programs = modules.join(".bin");
    workspace.set("AIRLOOM_AIMOCK", programs.join("llmock"));
    workspace.set("AIRLOOM_NODE_MODULES", modules);
    workspace.set("PATH", path_with(&programs)?);
    Ok(())
}

/// NocoDB, as a package; answers the folder that it runs in. Its SQLite is built here: what it would download instead is
/// not a package.
pub fn install_nocodb(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.root.join("xtask/nocodb");
    let list = source.join("package.json");
    let folder = workspace.target.join("nocodb");
    let mut missing = Vec::new();
    if !answers("node", &["--version"]) || !answers("npm", &["--version"]) {
        missing.extend(["nodejs", "npm"]);
    }
    if !answers("c++", &["--version"]) || !answers("make", &["--version"]) {
        missing.extend(["g++", "make"]);
    }
    install_packages(workspace, &missing)?;
    if !is_current(&folder, &list)? {
        println!("installing {}", list.display());
        fs::create_dir_all(&folder)?;
        fs::copy(&list, folder.join("package.json"))?;
        npm(workspace, &folder, &["install"])?;
        let headers = output(workspace.command("node").args(["-p", "path.resolve(process.execPath, '../..')"]))?;
        let mut build = workspace.command(folder.join("node_modules/.bin/node-gyp"));
        build.current_dir(folder.join("node_modules/sqlite3")).arg("rebuild").arg("--silent");
        run(build.arg(format!("--nodedir={}", headers.trim())))?;
        set_current(&folder, &list)?;
    }
    fs::copy(source.join("serve.js"), folder.join("serve.js"))?;
    Ok(folder)
}

/// Formula engines as packages; answers the folder with the script that runs them.
pub fn install_formulas(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.root.join("xtask/formulas");
    let list = source.join("package.json");
    let folder = workspace.target.join("formulas");
    if !answers("node", &["--version"]) || !answers("npm", &["--version"]) {
        install_packages(workspace, &["nodejs", "npm"])?;
    }
    if !is_current(&folder, &list)? {
        println!("installing {}", list.display());
        fs::create_dir_all(&folder)?;
        fs::copy(&list, folder.join("package.json"))?;
        npm(workspace, &folder, &["install"])?;
        set_current(&folder, &list)?;
    }
    fs::copy(source.join("peers.js"), folder.join("peers.js"))?;
    Ok(folder)
}

fn npm(workspace: &Workspace, folder: &Path, arguments: &[&str]) -> Result<()> {
    // The package `node` is a download by its install script; nothing else here has one that it needs.
    let scripts = if arguments.contains(&"node@22") { "--ignore-scripts=false" } else { "--ignore-scripts" };
    let mut command = workspace.command("npm");
    command.current_dir(folder).args(arguments).args([scripts, "--no-audit", "--no-fund", "--loglevel=error"]);
    run(command.stdin(Stdio::null()))
}

fn node_version(workspace: &Workspace) -> Result<u32> {
    let text = output(workspace.command("node").arg("--version"))?;
    parse_version(&text).with_context(|| format!("`node --version` says `{}`", text.trim()))
}

fn parse_version(text: &str) -> Option<u32> {
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").context("PATH is not set")?;
    Ok(std::env::join_paths(std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path)))?)
}

/// True when the folder was filled from this very list.
fn is_current(folder: &Path, list: &Path) -> Result<bool> {
    let wanted = fs::read(list).with_context(|| format!("`{}` cannot be read", list.display()))?;
    Ok(fs::read(stamp(folder)).is_ok_and(|had| had == wanted))
}

fn set_current(folder: &Path, list: &Path) -> Result<()> {
    let copied = fs::copy(list, stamp(folder))?;
    ensure!(copied > 0, "`{}` is empty", list.display());
    Ok(())
}

fn stamp(folder: &Path) -> PathBuf {
    folder.join("installed-from")
}

#[cfg(test)]
mod tests;
