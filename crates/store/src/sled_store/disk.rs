//! The few things that are asked of the file system itself.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate, fstatvfs};

/// sled's directory below the store's.
pub(super) const SLED: &str = "sled";
const BALLAST: &str = "ballast";

/// Bytes that an ordinary process may still write to the file system of `file`.
pub(super) fn available_bytes(file: impl AsFd) -> io::Result<u64> {
    let space = fstatvfs(file)?;
    Ok(space.f_bavail.saturating_mul(space.f_frsize))
}

/// How many files sled has in `blobs/`. There should be none.
pub(super) fn blobs(dir: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(dir.join(SLED).join("blobs"))? {
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
