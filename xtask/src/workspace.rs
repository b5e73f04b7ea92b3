//! Where things are, and commands that run there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

/// The checkout and its target directory.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    /// Set for every command that is run.
    environment: Vec<(&'static str, OsString)>,
}

impl Workspace {
    /// The workspace that this program was built from.
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?.to_owned();
        let is_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        let target = match std::env::var_os("CARGO_TARGET_DIR").filter(|folder| !folder.is_empty()) {
            Some(folder) => root.join(folder),
            // Outside the checkout, so that a fresh clone finds what the last one built.
            None if is_ci => home()?.join(".cache/airloom/target"),
            None => root.join("target"),
        };
        let mut environment = vec![("CARGO_TARGET_DIR", target.clone().into())];
        if is_ci {
            environment.push(("CARGO_INCREMENTAL", "0".into()));
        }
        Ok(Self { root, target, environment })
    }

    /// Sets a variable for the commands to come.
    pub fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.environment.push((name, value.into()));
    }

    /// A command that runs in the checkout.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A command of the Cargo that runs this program.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let mut command = self.command(cargo);
        command.args(arguments);
        // What Cargo tells this program about xtask is not meant for other packages.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(name.as_ref());
            }
        }
        command
    }

    /// The release program, once it was built.
    pub fn program(&self) -> PathBuf {
        self.target.join("release/airloom")
    }
}

fn home() -> Result<PathBuf> {
    std::env::home_dir().context("the home directory is not known; set CARGO_TARGET_DIR")
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("`{}` does not start", name(command)))?;
    ensure!(status.success(), "`{}` failed ({status})", name(command));
    Ok(())
}

/// Runs a command and answers what it writes.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("`{}` does not start", name(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})\n{}", name(command), output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn name(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
