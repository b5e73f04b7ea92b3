//! `cargo xtask test` and `check`: the steps, in their order.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::machine;
use crate::postgres::Cluster;
use crate::released;
use crate::tidy;
use crate::workspace::{Workspace, output, run};

/// The test binary that holds every story.
const STORIES: &str = "stories";

/// How much is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// On `SQLite` only.
    Short,
    /// With both databases.
    Full,
    /// With both databases, for an hour and more.
    Long,
}

impl Length {
    pub fn parse(flags: &[&str]) -> Result<Self> {
        match flags {
            [] => Ok(Self::Full),
            ["--sqlite"] => Ok(Self::Short),
            ["--long"] => Ok(Self::Long),
            other => bail!("`{}` is not a flag of `test`: there are `--sqlite` and `--long`", other.join(" ")),
        }
    }
}

/// Hundreds of thousands of records against an evaluator that knows no shortcuts take hours unless both are optimised.
const GENERATED: [&str; 8] =
    ["test", "--release", "--package", "records", "--lib", "every_computed", "--", "--nocapture"];

/// Checks everything, then tests it on the databases with the real clients.
pub fn test(workspace: &Workspace, length: Length) -> Result<()> {
    checks(workspace)?;
    step("build", || run(&mut workspace.cargo(&["build", "--release", "--package", "app"])))?;
    step("start time", || released::report(workspace))?;

    let mut ready = Workspace::find()?;
    step("install", || machine::install(&mut ready, length != Length::Short))?;
    ready.set("AIRLOOM_PROGRAM", ready.program());
    let _cluster = if length == Length::Short { None } else { Some(start_cluster(&mut ready)?) };
    let skipped: &[&str] = if length == Length::Short { &["--", "--skip", "postgres"] } else { &[] };
    let has_stories = has_stories(&ready)?;
    let mut units = vec!["test", "--workspace"];
    if has_stories {
        units.extend(["--exclude", STORIES]);
    }
    step("unit tests", || run(ready.cargo(&units).args(skipped)))?;
    if length == Length::Long {
        ready.set("AIRLOOM_TEST_LONG", "1");
        step("the generated base", || run(&mut ready.cargo(&GENERATED)))?;
    }
    if has_stories {
        step("stories", || run(ready.cargo(&["test", "--package", STORIES]).args(skipped)))?;
    }
    Ok(())
}

/// Checks everything and tests what needs no database.
pub fn check(workspace: &Workspace) -> Result<()> {
    checks(workspace)?;
    let mut units = workspace.cargo(&["test", "--workspace", "--lib", "--bins"]);
    if has_stories(workspace)? {
        units.args(["--exclude", STORIES]);
    }
    step("unit tests", || run(units.args(["--", "--skip", "postgres"])))
}

fn checks(workspace: &Workspace) -> Result<()> {
    let cargo = |arguments: &[&str]| run(&mut workspace.cargo(arguments));
    step("format", || cargo(&["fmt", "--all", "--check"]))?;
    step("tidy", || tidy::tidy(workspace))?;
    step("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    step("doc", || run(&mut documents(workspace)))?;
    step("dependencies", || tidy::dependencies(workspace))
}

fn documents(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo(&["doc", "--workspace", "--no-deps", "--quiet"]);
    command.env("RUSTDOCFLAGS", "--deny warnings");
    command
}

/// Runs one step; its name is in the error.
fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("── {name}");
    work().with_context(|| format!("step `{name}` failed"))
}

fn start_cluster(workspace: &mut Workspace) -> Result<Cluster> {
    let cluster = Cluster::start().context("step `postgres` failed")?;
    workspace.set("AIRLOOM_TEST_PG", cluster.url());
    Ok(cluster)
}

fn has_stories(workspace: &Workspace) -> Result<bool> {
    let tree = output(&mut workspace.cargo(&["tree", "--workspace", "--depth", "0", "--prefix", "none"]))?;
    Ok(tree.lines().any(|line| line.split(' ').next() == Some(STORIES)))
}

#[cfg(test)]
mod tests;
