//! The files beside the database: the lock and the write-ahead log.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Keeps other processes out for as long as it lives. The file stays; the operating system forgets the lock
/// when the process ends, however it ends.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock beside the database `path`, whose folder is made if it is missing.
    pub(super) fn take(path: &Path) -> Result<Self, Error> {
        let lock = beside(path, ".lock");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::unavailable)?;
        }
        let mut file = own(&lock).map_err(Error::unavailable)?;
        // SQLite gives its other files the mode of this one.
        own(path).map_err(Error::unavailable)?;
        match file.try_lock() {
            Ok(()) => sign(&mut file).map_err(Error::unavailable)?,
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: lock, holder: holder(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(Error::unavailable(error)),
        }
        Ok(Self { _file: file })
    }
}

/// Opens a file that only its owner may read, and makes it when it is missing.
fn own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(std::process::id().to_string().as_bytes())
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => text,
        _ => "unknown".to_owned(),
    }
}

/// How much of the log is allocated before its first use: what it grows to before the first checkpoint ends.
const ALLOCATED: u64 = 8 << 20;

/// Fills an empty write-ahead log with zeros: syncing blocks that exist is several times faster than extending
/// the file. SQLite takes a log without its header for an empty one and writes over it. Called once the database
/// is in that mode, since SQLite removes the log of one that is not.
pub(super) fn allocate_wal(path: &Path) -> Result<(), Error> {
    let log = beside(path, "-wal");
    own(&log).and_then(fill).map_err(Error::unavailable)
}

fn fill(mut file: File) -> io::Result<()> {
    if file.metadata()?.len() > 0 {
        return Ok(());
    }
    let zeros = vec![0; 1 << 20];
    file.seek(SeekFrom::Start(0))?;
    for _ in 0..ALLOCATED >> 20 {
        file.write_all(&zeros)?;
    }
    file.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
