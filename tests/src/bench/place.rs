//! Where the files go meanwhile: on a real file system, or the figures mean nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rustix::fs::{Advice, fadvise, statfs};
use tempfile::TempDir;

const TMPFS: i64 = 0x0102_1994;
const RAMFS: i64 = 0x8584_58f6;

/// A folder that goes when the measuring is over.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
    file_system: String,
}

impl Place {
    /// Below `dir`, or below the system's folder for temporary files where that is on a disk, or
    /// below the present one.
    pub(crate) fn new(dir: Option<&Path>) -> Result<Self> {
        let dir = match dir {
            Some(dir) => dir.to_owned(),
            None => default_dir()?,
        };
        let magic = magic_of(&dir)?;
        ensure!(
            !is_memory(magic),
            "{} is in memory, and a flush there costs nothing: name a folder on a disk with --dir",
            dir.display()
        );
        let folder = tempfile::Builder::new()
            .prefix("redress-bench-")
            .tempdir_in(&dir)
            .with_context(|| format!("no folder can be made in {}", dir.display()))?;
        Ok(Self {
            folder,
            file_system: name_of(magic),
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An empty folder of that name, whatever was there.
    pub(crate) fn fresh(&self, name: &str) -> Result<PathBuf> {
        let path = self.path(name);
        self.remove(name)?;
        fs::create_dir_all(&path)?;
        Ok(path)
    }

    pub(crate) fn remove(&self, name: &str) -> Result<()> {
        let path = self.path(name);
        if path.exists() {
            fs::remove_dir_all(&path).with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    pub(crate) fn describe(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load
            .split_whitespace()
            .next()
            .unwrap_or("unknown")
            .to_owned();
        format!(
            "files on {} in {}; {cores} cores; load average at the start {load}",
            self.file_system,
            self.folder.path().display()
        )
    }
}

fn default_dir() -> Result<PathBuf> {
    let temporary = std::env::temp_dir();
    if is_memory(magic_of(&temporary)?) {
        return Ok(std::env::current_dir()?);
    }
    Ok(temporary)
}

fn magic_of(dir: &Path) -> Result<i64> {
    let found = statfs(dir).with_context(|| dir.display().to_string())?;
    Ok(found.f_type)
}

fn is_memory(magic: i64) -> bool {
    magic == TMPFS || magic == RAMFS
}

fn name_of(magic: i64) -> String {
    match magic {
        0xef53 => "ext4 (or ext2, ext3)".to_owned(),
        0x5846_5342 => "xfs".to_owned(),
        0x9123_683e => "btrfs".to_owned(),
        0x794c_7630 => "overlayfs".to_owned(),
        0x2fc1_2fc1 => "zfs".to_owned(),
        0xf2f5_2010 => "f2fs".to_owned(),
        other => format!("a file system of type {other:#x}"),
    }
}

/// Bytes of the files in a folder and below.
pub(crate) fn bytes_in(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for_each_file(folder, &mut |file| {
        bytes += fs::metadata(file)?.len();
        Ok(())
    })?;
    Ok(bytes)
}

/// Asks the system to forget what it holds of the files in memory, so that reading them means the
/// disk again.
pub(crate) fn forget_files(folder: &Path) -> Result<()> {
    for_each_file(folder, &mut |file| {
        let file = fs::File::open(file)?;
        file.sync_all()?;
        Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
    })
}

fn for_each_file(folder: &Path, see: &mut dyn FnMut(&Path) -> Result<()>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            for_each_file(&path, see)?;
        } else {
            see(&path)?;
        }
    }
    Ok(())
}
