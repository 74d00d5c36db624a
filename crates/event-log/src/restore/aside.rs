//! The folder in which a log is restored before it stands in its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use redress_store::DirLock;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::RestoreError;
use crate::open;
use crate::shared::LogConfig;

/// A folder beside the log's own, which goes when it is dropped. What a process left there that was
/// killed goes when the next one begins.
#[derive(Debug)]
pub(super) struct Aside {
    /// As the log's, with this folder.
    pub(super) config: LogConfig,
    /// Folders above it that were made for it, the innermost first.
    made: Vec<PathBuf>,
    /// Held as long as the folder is ours.
    _lock: DirLock,
    is_in_place: bool,
}

impl Aside {
    pub(super) fn begin(config: &LogConfig) -> Result<Self, RestoreError> {
        let mut name = config.folder.file_name().unwrap_or_default().to_owned();
        name.push(".restoring");
        let folder = config.folder.with_file_name(name);
        let missing = folder.ancestors().skip(1);
        let made = missing
            .take_while(|above| !above.as_os_str().is_empty() && !above.exists())
            .map(Path::to_owned)
            .collect();
        let config = LogConfig {
            folder,
            ..config.clone()
        };
        let aside = Self {
            _lock: open::lock(&config)?,
            config,
            made,
            is_in_place: false,
        };
        aside.clear().map_err(|error| aside.failed(error))?;
        Ok(aside)
    }

    /// Removes what another attempt left behind; the lock is ours.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.config.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else if entry.file_name() != "lock" {
                fs::remove_file(entry.path())?;
            }
        }
        fs::create_dir(self.config.folder.join("segments"))
    }

    /// Makes it the log's folder. Everything in it is durable.
    pub(super) fn put_in_place(mut self, folder: &Path) -> Result<(), RestoreError> {
        let rename = || -> io::Result<()> {
            File::open(&self.config.folder)?.sync_all()?;
            fs::rename(&self.config.folder, folder)
        };
        rename().map_err(|error| self.failed(error))?;
        self.is_in_place = true;
        open::sync_names_of(folder).map_err(|error| RestoreError::Folder {
            path: folder.to_owned(),
            error,
        })
    }

    /// Makes it the log's folder, and what the log's folder was goes. In one step: there is always one
    /// of the two.
    pub(super) fn exchange(self, folder: &Path) -> Result<(), RestoreError> {
        let exchange = || -> io::Result<()> {
            File::open(&self.config.folder)?.sync_all()?;
            let flags = RenameFlags::EXCHANGE;
            Ok(renameat_with(CWD, &self.config.folder, CWD, folder, flags)?)
        };
        exchange().map_err(|error| self.failed(error))?;
        open::sync_names_of(folder).map_err(|error| RestoreError::Folder {
            path: folder.to_owned(),
            error,
        })
    }

    fn failed(&self, error: io::Error) -> RestoreError {
        RestoreError::Folder {
            path: self.config.folder.clone(),
            error,
        }
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if self.is_in_place {
            return;
        }
        // Where the disk refuses even this, the next attempt clears it.
        let _left = fs::remove_dir_all(&self.config.folder);
        for above in &self.made {
            if fs::remove_dir(above).is_err() {
                break;
            }
        }
    }
}
