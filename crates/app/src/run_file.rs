//! `run.json` in the data directory: where the server that holds the store listens.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// A server that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its process.
    pub pid: u32,
    /// A token of the owner for this run.
    pub token: String,
}

fn path(data: &Path) -> PathBuf {
    data.join("run.json")
}

impl Running {
    /// The server that says it runs on this directory; it may be gone.
    pub fn find(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path(data)).ok()?).ok()
    }

    /// Writes the file, readable by the owner of the files only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, data: &Path) -> anyhow::Result<()> {
        Self::remove(data);
        let path = path(data);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write `{}`", path.display()))?;
        Ok(file.write_all(&serde_json::to_vec(self)?)?)
    }

    /// Removes the file.
    pub fn remove(data: &Path) {
        // It may not be there.
        let _ = fs::remove_file(path(data));
    }
}

#[cfg(test)]
mod tests;
