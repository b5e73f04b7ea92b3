//! Running programs, each with its name.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

/// Runs a step and fails with its name when it does.
#[expect(clippy::print_stderr, reason = "says which step runs")]
pub fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    eprintln!("== {name}");
    let status = command.status().with_context(|| format!("cannot run the step `{name}`"))?;
    if !status.success() {
        bail!("the step `{name}` failed ({status})");
    }
    Ok(())
}

/// `cargo` with the target directory of this run.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(root()).env("CARGO_TARGET_DIR", target());
    if setting("CI").is_some() {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// The root of the checkout.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// Where things are built: outside the checkout in CI, so that it stays clean and later runs are warm.
pub fn target() -> PathBuf {
    let home = setting("HOME").unwrap_or_else(|| "/tmp".to_owned());
    match (setting("CARGO_TARGET_DIR"), setting("CI")) {
        (Some(given), _) => PathBuf::from(given),
        (None, Some(_)) => PathBuf::from(home).join(".cache/airloom/target"),
        (None, None) => root().join("target"),
    }
}

/// A variable of the environment that is not empty.
#[expect(clippy::disallowed_methods, reason = "a developer's command, not the product")]
pub fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
