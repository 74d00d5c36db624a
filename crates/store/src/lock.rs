//! One process at a time in a directory.

use std::error::Error;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

const NAME: &str = "lock";

/// Holds a directory until it is dropped. The operating system takes the lock back when the process
/// ends in any way, so a lock file that is still there means nothing by itself.
#[derive(Debug)]
pub struct DirLock {
    file: File,
}

#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("{dir} is in use by {}", holder(.pid.as_ref()))]
    Held { dir: PathBuf, pid: Option<u32> },
    #[error("cannot lock {dir}: {error}")]
    Io { dir: PathBuf, error: io::Error },
}

impl LockError {
    /// The lock because of which something else failed, whatever was said of it on the way up.
    pub fn behind<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(lock) = error.downcast_ref() {
                return Some(lock);
            }
            cause = error.source();
        }
        None
    }
}

fn holder(pid: Option<&u32>) -> String {
    pid.map_or_else(
        || "another process".to_owned(),
        |pid| format!("process {pid}"),
    )
}

impl DirLock {
    /// Locks `dir`, which must exist.
    pub fn acquire(dir: &Path) -> Result<Self, LockError> {
        let io = |error| LockError::Io {
            dir: dir.to_owned(),
            error,
        };
        // Not truncated: before the lock is ours the file tells who holds it.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(dir.join(NAME))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    dir: dir.to_owned(),
                    pid: pid(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        // The pid is for the message only; on a full disk the lock is worth having without it.
        let _unwritten = write_pid(&mut file);
        Ok(Self { file })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        // A pid left behind would name the wrong process.
        let _kept = self.file.set_len(0);
        // Closing alone would not do: a process that is just being started elsewhere in this program
        // has a copy of the descriptor for a moment, and the lock would live as long.
        let _closed_anyway = self.file.unlock();
    }
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_who_has_it_and_can_have_it_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let first = DirLock::acquire(dir.path()).unwrap();
        let refused = DirLock::acquire(dir.path()).unwrap_err();
        let expected = format!("is in use by process {}", std::process::id());
        assert!(refused.to_string().contains(&expected), "{refused}");
        drop(first);
        DirLock::acquire(dir.path()).unwrap();
    }

    #[test]
    fn a_store_and_rows_in_use_are_told_from_broken_ones() {
        let dir = tempfile::tempdir().unwrap();
        let _held = DirLock::acquire(dir.path()).unwrap();
        let store = crate::SledStore::open(dir.path()).unwrap_err();
        let rows = crate::RowStore::open(dir.path()).unwrap_err();
        for error in [&store as &(dyn Error + 'static), &rows] {
            let lock = LockError::behind(error);
            assert!(matches!(lock, Some(LockError::Held { .. })), "{error}");
        }
        let other = io::Error::other("a full disk");
        assert!(LockError::behind(&other).is_none());
    }
}
