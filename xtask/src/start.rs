//! `cargo xtask start`: build and serve.

use crate::steps::{cargo, root, step, target};

/// Builds the release binary and serves `./data`.
pub fn run() -> anyhow::Result<()> {
    step("build", &mut cargo(&["build", "--release", "--locked", "-p", "app"]))?;
    let binary = target().join("release/airloom");
    step("serve", std::process::Command::new(binary).args(["serve", "--data", "./data"]).current_dir(root()))
}
