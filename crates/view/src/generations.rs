//! The directories of a view: which one is served, which one is being built, which ones can go.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use redress_store::{RowError, RowStoreOptions};

use crate::fold::Folder;
use crate::generation::{BUILDING, Generation};
use crate::progress::Followed;

/// A directory that belongs to a view.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    version: u32,
    number: u64,
    path: PathBuf,
}

/// Where the generations of one view are, and what they are made from.
#[derive(Debug)]
pub(crate) struct Generations {
    pub(crate) dir: PathBuf,
    pub(crate) folder: Folder,
    pub(crate) followed: Vec<Followed>,
    pub(crate) options: RowStoreOptions,
}

/// What was on the disk.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    pub(crate) serving: Option<Generation>,
    pub(crate) building: Option<Generation>,
    /// Directories of other versions, and what could not be used.
    pub(crate) leftover: Vec<PathBuf>,
}

impl Generations {
    /// Opens the newest usable generation, and the one that was being built when it is newer.
    pub(crate) fn open(&self) -> Result<Opened, RowError> {
        let mut opened = Opened::default();
        for found in self.list()?.into_iter().rev() {
            let unfinished = found.path.join(BUILDING).exists();
            let wanted = found.version == self.folder.version
                && opened.serving.is_none()
                && !(unfinished && opened.building.is_some());
            let generation = if wanted { self.usable(&found)? } else { None };
            match generation {
                Some(generation) if unfinished => opened.building = Some(generation),
                Some(generation) => opened.serving = Some(generation),
                None => opened.leftover.push(found.path),
            }
        }
        Ok(opened)
    }

    fn usable(&self, found: &Found) -> Result<Option<Generation>, RowError> {
        match Generation::open(&found.path, &self.followed, self.options) {
            Err(error @ RowError::Broken { .. }) => {
                tracing::warn!(view = self.folder.name, %error, "the view is folded again");
                Ok(None)
            }
            opened => opened,
        }
    }

    /// Begins a new generation, which is not served until it is finished.
    pub(crate) fn create(&self) -> Result<Generation, RowError> {
        let number = self
            .list()?
            .iter()
            .map(|found| found.number + 1)
            .max()
            .unwrap_or(1);
        let name = format!("{}-{}-{number}", self.folder.name, self.folder.version);
        let path = self.dir.join(name);
        let broken = |why: String| RowError::Broken {
            dir: path.clone(),
            why,
        };
        fs::create_dir_all(&path).map_err(|error| broken(error.to_string()))?;
        fs::write(path.join(BUILDING), b"").map_err(|error| broken(error.to_string()))?;
        Generation::open(&path, &self.followed, self.options)?
            .ok_or_else(|| broken("new rows are not empty".to_owned()))
    }

    /// All generations of this view, of any version, oldest first.
    fn list(&self) -> Result<Vec<Found>, RowError> {
        list(&self.dir, self.folder.name).map_err(|error| RowError::Broken {
            dir: self.dir.clone(),
            why: error.to_string(),
        })
    }
}

/// Removes directories, and only says so where it cannot.
pub(crate) fn remove(paths: &[PathBuf]) {
    for path in paths {
        if let Err(error) = fs::remove_dir_all(path) {
            tracing::warn!(path = %path.display(), %error, "old rows cannot be removed");
        }
    }
}

fn list(dir: &Path, name: &str) -> io::Result<Vec<Found>> {
    fs::create_dir_all(dir)?;
    let mut all = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let Some((version, number)) = file_name.to_str().and_then(|text| parse(text, name)) else {
            continue;
        };
        all.push(Found {
            version,
            number,
            path: entry.path(),
        });
    }
    all.sort_by_key(|found| found.number);
    Ok(all)
}

/// Version and number in `<name>-<version>-<number>`.
fn parse(text: &str, name: &str) -> Option<(u32, u64)> {
    let (version, number) = text
        .strip_prefix(name)?
        .strip_prefix('-')?
        .split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(version) && digits(number)).then_some(())?;
    Some((version.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_takes_only_its_own_directories() {
        assert_eq!(parse("complaints-2-17", "complaints"), Some((2, 17)));
        assert_eq!(parse("complaints-due-2-17", "complaints"), None);
        assert_eq!(parse("complaints-2", "complaints"), None);
        assert_eq!(parse("complaints-2-+17", "complaints"), None);
        assert_eq!(parse("notes", "complaints"), None);
    }
}
