//! The tail's file as it was before it was opened.
//!
//! Where sled comes upon a damaged page when it opens, it cuts off all that follows it, in the file, also
//! what is whole. Then what it cut off is there only in a copy that was made before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

/// Beside the tail, in the folder of the log.
const NAME: &str = "tail-before-open";
/// What holds the records, below the folder of the log.
const FILE: &str = "tail/sled/db";
/// To open, sled needs room as well: a copy that takes it would harm more than it helps.
const ROOM: u64 = 4;

/// A copy, for as long as it is not known that everything is there.
#[derive(Debug)]
pub(crate) struct Before {
    copy: PathBuf,
}

impl Before {
    /// Copies, unless an opening that found damage has left its copy there. Where that cannot be done
    /// the log is opened all the same.
    pub(crate) fn keep(folder: &Path) -> Self {
        let copy = folder.join(NAME);
        if !copy.exists()
            && let Err(error) = make(&folder.join(FILE), &copy)
        {
            tracing::warn!(%error, folder = %folder.display(), "the tail is opened without a copy of it");
        }
        Self { copy }
    }

    /// Everything is there: nobody will need it.
    pub(crate) fn forget(self) {
        let Self { copy } = self;
        match fs::remove_file(&copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, copy = %copy.display(), "a copy is left that nobody needs");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

/// Made under another name, so that half a copy is never taken for one.
fn make(from: &Path, copy: &Path) -> io::Result<()> {
    let size = match fs::metadata(from) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let disk = statvfs(from)?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < size.saturating_mul(ROOM) {
        return Err(io::ErrorKind::StorageFull.into());
    }
    let part = copy.with_extension("part");
    let made = fs::copy(from, &part).and_then(|_| fs::rename(&part, copy));
    if made.is_err() {
        // What is left of it only takes room.
        let _unremoved = fs::remove_file(&part);
    }
    made
}
