//! `cargo xtask fuzz`: stories of requests by chance, for longer than an ordinary run takes.

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, run};

/// What the stories `fuzz::…` send.
const TARGETS: [&str; 4] = ["lists", "records", "fields", "formulas"];

pub fn fuzz(workspace: &Workspace, words: &[&str]) -> Result<()> {
    let (target, minutes) = parse(words)?;
    let story = format!("fuzz::{target}");
    let mut command =
        workspace.cargo(&["test", "--package", "stories", "--test", "it", "--", "--exact", &story, "--nocapture"]);
    run(command.env("AIRLOOM_FUZZ_MINUTES", minutes.to_string()))
}

/// The target and the minutes.
fn parse<'w>(words: &[&'w str]) -> Result<(&'w str, u32)> {
    let (target, minutes) = match words {
        [target] => (*target, "10"),
        [target, "--minutes", minutes] => (*target, *minutes),
        _ => bail!("give a target, {}, and `--minutes N` if it shall not be 10", TARGETS.join(", ")),
    };
    if !TARGETS.contains(&target) {
        bail!("`{target}` is not a target: there are {}", TARGETS.join(", "));
    }
    let given = minutes;
    let minutes = given.parse().ok().filter(|minutes| *minutes > 0);
    let minutes = minutes.with_context(|| format!("`{given}` is not a number of minutes from 1"))?;
    Ok((target, minutes))
}

#[cfg(test)]
mod tests;
