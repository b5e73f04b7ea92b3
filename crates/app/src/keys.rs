//! Keys generated into the data directory, readable by the owner of the files only.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};

/// The signing key, made at the first start.
pub(crate) fn signing(data: &Path) -> anyhow::Result<[u8; 32]> {
    let path = data.join("signing.key");
    let mut key = [0; 32];
    if path.exists() {
        let mut file = std::fs::File::open(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        file.read_exact(&mut key).with_context(|| format!("`{}` is cut short", path.display()))?;
        return Ok(key);
    }
    if aws_lc_rs::rand::fill(&mut key).is_err() {
        bail!("the system gave no random bytes");
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(key)
}

/// The signing key of processes that share a database.
pub(crate) fn from_master(master: &str) -> anyhow::Result<[u8; 32]> {
    if master.chars().count() < 32 {
        bail!("AIRLOOM_MASTER_KEY is too short: 32 or more characters that nobody can guess");
    }
    let mut key = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, master.as_bytes());
    key.copy_from_slice(digest.as_ref());
    Ok(key)
}

#[cfg(test)]
mod tests;
