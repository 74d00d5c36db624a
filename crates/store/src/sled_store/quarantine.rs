//! Putting aside what sled cannot read, by renaming; nothing here is ever deleted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{SLED, read_if_there, sync_dir, write_whole};

/// Names the folder and the reason, from the decision until somebody has begun anew.
const NOTICE: &str = "QUARANTINED";

/// A database that could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quarantine {
    pub(super) folder: PathBuf,
    pub(super) why: String,
}

/// The pending quarantine, if there is one. Finishes a move that a crash interrupted.
pub(super) fn pending(dir: &Path) -> io::Result<Option<Quarantine>> {
    let Some(notice) = read_if_there(&dir.join(NOTICE))? else {
        return Ok(None);
    };
    let (name, why) = notice.split_once('\n').unwrap_or((notice.as_str(), ""));
    let quarantine = Quarantine {
        folder: dir.join(name),
        why: why.trim_end().to_owned(),
    };
    if !quarantine.folder.exists() && dir.join(SLED).exists() {
        move_there(dir, &quarantine.folder)?;
    }
    Ok(Some(quarantine))
}

/// Moves `sled/` away. The notice comes first, so that a crash in between cannot make it silent.
pub(super) fn begin(dir: &Path, why: &str) -> io::Result<Quarantine> {
    let folder = free_name(dir, "quarantined");
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    write_whole(dir, NOTICE, &format!("{name}\n{why}\n"))?;
    move_there(dir, &folder)?;
    Ok(Quarantine {
        folder,
        why: why.to_owned(),
    })
}

/// Somebody has begun anew: the notice goes where it speaks of.
pub(super) fn settle(dir: &Path, quarantine: &Quarantine) -> io::Result<()> {
    fs::rename(dir.join(NOTICE), quarantine.folder.with_extension("txt"))?;
    sync_dir(dir)
}

/// Moves the snapshots out of sled's sight; sled then reads its whole log. `None` if there are none.
pub(super) fn set_snapshots_aside(dir: &Path) -> io::Result<Option<PathBuf>> {
    let snapshots = snapshots(dir)?;
    if snapshots.is_empty() {
        return Ok(None);
    }
    let folder = free_name(dir, "set-aside");
    fs::create_dir(&folder)?;
    for snapshot in snapshots {
        if let Some(name) = snapshot.file_name() {
            fs::rename(&snapshot, folder.join(name))?;
        }
    }
    sync_dir(&folder)?;
    sync_dir(&dir.join(SLED))?;
    sync_dir(dir)?;
    Ok(Some(folder))
}

/// Removes snapshots that were being written when a process ended. They are the one thing that goes
/// for good: sled writes a snapshot from its log, and takes half a one for the newest.
pub(super) fn remove_unfinished_snapshots(dir: &Path) -> io::Result<Vec<String>> {
    let mut removed = Vec::new();
    for path in snapshots(dir)? {
        if path
            .extension()
            .is_some_and(|extension| extension == "generating")
        {
            fs::remove_file(&path)?;
            removed.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    if !removed.is_empty() {
        sync_dir(&dir.join(SLED))?;
    }
    Ok(removed)
}

fn snapshots(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir.join(SLED))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("snap.") {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn move_there(dir: &Path, folder: &Path) -> io::Result<()> {
    fs::rename(dir.join(SLED), folder)?;
    sync_dir(dir)
}

fn free_name(dir: &Path, prefix: &str) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let candidate = dir.join(format!("{prefix}-{number}"));
        if !candidate.exists() {
            return candidate;
        }
        number += 1;
    }
}
