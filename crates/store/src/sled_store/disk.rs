//! The few things that are asked of the file system itself.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use rustix::fs::{FallocateFlags, fallocate, fstatvfs};

/// sled's directory below the store's.
pub(super) const SLED: &str = "sled";
const BALLAST: &str = "ballast";

/// Bytes that an ordinary process may still write to the file system of `file`.
pub(super) fn available_bytes(file: impl AsFd) -> io::Result<u64> {
    let space = fstatvfs(file)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// The directory in which sled puts what it finds too large for its log. There should be nothing.
#[derive(Debug)]
pub(super) struct Blobs {
    path: PathBuf,
    dir: File,
    /// Files that were there at open, already synced.
    pub(super) at_open: usize,
    /// When the directory had last changed as it was read.
    read_of: Mutex<Option<SystemTime>>,
}

impl Blobs {
    pub(super) fn open(dir: &Path) -> io::Result<Self> {
        let path = dir.join(SLED).join("blobs");
        Ok(Self {
            at_open: files_in(&path)?,
            dir: File::open(&path)?,
            path,
            read_of: Mutex::new(None),
        })
    }

    /// How many files have come since the open. The directory is read only if it has changed since it
    /// was read last; a change so soon after another that both have the same time shows with the next.
    pub(super) fn new_files(&self) -> io::Result<usize> {
        let changed = self.dir.metadata()?.modified()?;
        let mut read_of = self.read_of.lock().unwrap_or_else(PoisonError::into_inner);
        if *read_of == Some(changed) {
            return Ok(0);
        }
        let new = files_in(&self.path)?.saturating_sub(self.at_open);
        *read_of = Some(changed);
        Ok(new)
    }
}

fn files_in(path: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(path)? {
        entry?;
        files += 1;
    }
    Ok(files)
}

/// Makes the names in a directory durable.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Syncs every file below `dir`, and the directories with their names.
pub(super) fn sync_tree(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    sync_dir(dir)
}

/// Writes a small file so that after a crash it is there whole or not at all.
pub(super) fn write_whole(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let unfinished = dir.join(format!("{name}.writing"));
    fs::write(&unfinished, text)?;
    File::open(&unfinished)?.sync_all()?;
    fs::rename(unfinished, dir.join(name))?;
    sync_dir(dir)
}

/// Reads a small file; `None` where there is none.
pub(super) fn read_if_there(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives the ballast up if the disk has less space than `needed`; says whether it did.
pub(super) fn release_ballast(dir: &Path, needed: u64) -> io::Result<bool> {
    if available_bytes(File::open(dir)?)? >= needed {
        return Ok(false);
    }
    match fs::remove_file(dir.join(BALLAST)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Puts the ballast there if it is missing and the disk has `spare` bytes besides.
pub(super) fn keep_ballast(dir: &Path, bytes: u64, spare: u64) -> io::Result<()> {
    let path = dir.join(BALLAST);
    let is_there = fs::metadata(&path).is_ok_and(|ballast| ballast.len() == bytes);
    if bytes == 0 || is_there || available_bytes(File::open(dir)?)? < bytes + spare {
        return Ok(());
    }
    let file = File::create(path)?;
    // Allocated, not written: it takes its place on the disk and costs nothing.
    fallocate(&file, FallocateFlags::empty(), 0, bytes)?;
    file.sync_all()
}
