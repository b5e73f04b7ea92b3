//! `cargo xtask tidy`: the rules of the house that a machine can check.

mod acquaintance;
mod budgets;
mod floors;
mod licences;
mod manifests;
mod names;
mod notes;
mod packages;
mod sql;
mod unused;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::house::{House, Packages};
use crate::workspace::Workspace;

/// A place where a rule is broken, and what to do.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: PathBuf,
    pub line: usize,
    pub advice: String,
}

impl Finding {
    pub fn new(path: &Path, line: usize, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line, self.advice)
    }
}

/// What is checked of manifests and sources.
const RULES: [fn(&House) -> Vec<Finding>; 8] = [
    manifests::check,
    floors::check,
    names::check,
    budgets::check,
    acquaintance::check,
    sql::check,
    unused::check,
    notes::check,
];

/// Checks manifests and sources.
pub fn tidy(workspace: &Workspace) -> Result<()> {
    let house = House::read(workspace)?;
    report(RULES.iter().flat_map(|rule| rule(&house)).collect())
}

/// Checks the packages that others wrote.
pub fn dependencies(workspace: &Workspace) -> Result<()> {
    let house = House::read(workspace)?;
    let packages = Packages::read(workspace)?;
    report(packages::check(&workspace.root, &house, &packages)?)
}

fn report(mut findings: Vec<Finding>) -> Result<()> {
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    ensure!(findings.is_empty(), "{} places break the rules of the house", findings.len());
    Ok(())
}

#[cfg(test)]
mod tests;
