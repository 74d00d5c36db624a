//! A note of how far the log had come, kept beside the log's folder: a tail that was cut off, or a
//! folder brought back from an older copy, shows at the next start.
//!
//! The note says nothing that is not on the disk already, so it needs no flush of its own; it may be
//! older than the log, and never newer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use redress_envelope::LogId;
use redress_evidence::Hash;
use serde::{Deserialize, Serialize};

use crate::identity;
use crate::lives::{EarlierLife, Lives};
use crate::open::OpenError;
use crate::shared::{Head, LogConfig, Shared};
use crate::verify::root_at;

const NAME: &str = "head.json";

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    log: LogId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<EarlierLife>,
    size: u64,
    root: Hash,
}

pub(crate) fn path(folder: &Path) -> PathBuf {
    beside(folder).join(NAME)
}

fn beside(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => folder,
    }
}

pub(crate) fn write(config: &LogConfig, head: &Head) {
    let write = || -> io::Result<()> {
        let Some(identity) = identity::read(&config.folder)? else {
            return Ok(());
        };
        let note = Note {
            log: identity.log,
            earlier: identity.earlier,
            size: head.size,
            root: head.root,
        };
        identity::replace(
            beside(&config.folder),
            NAME,
            &serde_json::to_vec_pretty(&note)?,
        )
    };
    if let Err(error) = write() {
        // The note is a second witness; without it the log is as durable as before.
        tracing::warn!(%error, "the note of the log's head was not written");
    }
}

impl Note {
    /// Whether it says something of the log that has these lives: what it noted was kept, or it is the
    /// note of a life that comes after them. What was declared lost since is not there, and that is known.
    fn is_of(&self, lives: &Lives) -> bool {
        let is_later = self.earlier.iter().any(|life| life.log == lives.log);
        is_later || lives.keeps(self.log, self.size).is_ok()
    }
}

/// The head that was noted beside the folder of the log that has these lives, if one was.
pub(crate) fn read(path: &Path, lives: &Lives) -> Result<Option<(u64, Hash)>, OpenError> {
    let folder = |error| OpenError::Folder {
        path: path.to_owned(),
        error,
    };
    let note: Note = match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| folder(error.into()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(folder(error)),
    };
    // The note of another log says nothing about this one.
    Ok(note.is_of(lives).then_some((note.size, note.root)))
}

/// Holds the log against the note of its last head.
pub(crate) fn check(shared: &Shared) -> Result<(), OpenError> {
    let path = path(&shared.config.folder);
    let Some((size, noted)) = read(&path, &shared.identity.lives())? else {
        return Ok(());
    };
    let found = shared.head.borrow().size;
    if size > found {
        return Err(OpenError::TailMissing {
            noted: size,
            found,
            note: path,
        });
    }
    let root = root_at(shared, size)?;
    if root == noted {
        Ok(())
    } else {
        Err(OpenError::OtherHistory {
            size,
            noted,
            found: root,
            note: path,
        })
    }
}
