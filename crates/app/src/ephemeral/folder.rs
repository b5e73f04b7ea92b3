//! The temporary folder of an ephemeral server. It is removed at the end; a killed server's by the next one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

const PREFIX: &str = "airloom-ephemeral-";
/// Locked for as long as the server lives, however it ends.
const LOCK: &str = "lock";

pub(super) struct Folder {
    folder: TempDir,
    _lock: File,
}

impl Folder {
    /// Makes a folder, and removes those of servers that were killed.
    pub(super) fn make() -> anyhow::Result<Self> {
        Self::make_in(&std::env::temp_dir())
    }

    pub(super) fn make_in(parent: &Path) -> anyhow::Result<Self> {
        sweep(parent);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let folder = folder.with_context(|| format!("cannot make a folder in `{}`", parent.display()))?;
        // It gets its name when it is locked already: nobody takes the folder for a dead server's.
        let early = folder.path().join("locking");
        let lock = File::create(&early)?;
        lock.lock()?;
        fs::rename(&early, folder.path().join(LOCK))?;
        Ok(Self { folder, _lock: lock })
    }

    /// The data directory with what every run begins with.
    pub(super) fn seed(&self) -> PathBuf {
        self.folder.path().join("seed")
    }

    fn of(&self, no: usize) -> PathBuf {
        self.folder.path().join(format!("run-{no}"))
    }

    /// A data directory with a copy of the seed, which nobody has open.
    pub(super) fn copy(&self, no: usize) -> anyhow::Result<PathBuf> {
        let to = self.of(no);
        copy_folder(&self.seed(), &to).with_context(|| format!("cannot copy the seed to `{}`", to.display()))?;
        Ok(to)
    }

    /// Removes the data directory of a run that has ended.
    pub(super) fn remove(&self, no: usize) {
        // What is left goes with the folder.
        let _ = fs::remove_dir_all(self.of(no));
    }
}

/// What belongs to an open store alone.
const OF_THE_OPEN: [&str; 2] = [".lock", "-shm"];

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to.join(name))?;
        } else if !OF_THE_OPEN.iter().any(|end| name.as_encoded_bytes().ends_with(end.as_bytes())) {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

/// Removes the folders whose lock nobody holds.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes())) {
        // Somebody else's folder cannot be opened; one that is in use cannot be locked.
        let Ok(lock) = File::options().write(true).open(entry.path().join(LOCK)) else { continue };
        if lock.try_lock().is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests;
