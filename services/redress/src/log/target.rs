//! The file of an export: whole under its name, or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use redress_service::Kind;

use crate::failure::Failure;

/// A file in the making, beside its place. It goes when it is dropped unfinished.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) out: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
}

impl Target {
    pub(super) fn begin(path: &Path) -> Result<Self, Failure> {
        must_be_free(path)?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = File::create(&part).map_err(|error| Failure::file(path, error))?;
        Ok(Self {
            out: BufWriter::new(file),
            part,
            path: path.to_owned(),
        })
    }

    /// Gives it its name, once what is in it is on the disk.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        must_be_free(&self.path)?;
        let mut put = || -> io::Result<()> {
            self.out.flush()?;
            self.out.get_ref().sync_all()?;
            fs::rename(&self.part, &self.path)
        };
        put().map_err(|error| super::export::unwritable(&error))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // After `finish` there is none of that name.
        let _gone = fs::remove_file(&self.part);
    }
}

fn must_be_free(path: &Path) -> Result<(), Failure> {
    // A link that leads nowhere is something, too.
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let message = format!("{} is there already", path.display());
    Err(Failure::new(Kind::AlreadyExists, "TARGET_EXISTS", message)
        .with_field("to")
        .with_remedy("name a file that is not there yet: an export never overwrites one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn an_export_that_fails_leaves_its_name_free() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.jsonl");
        let mut target = Target::begin(&path).unwrap();
        target.out.write_all(b"half").unwrap();
        drop(target);
        assert!(names(folder.path()).is_empty());
        let mut target = Target::begin(&path).unwrap();
        target.out.write_all(b"whole").unwrap();
        target.finish().unwrap();
        assert_eq!(names(folder.path()), ["lines.jsonl"]);
        assert_eq!(fs::read_to_string(path).unwrap(), "whole");
    }

    #[test]
    fn a_file_that_is_there_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.jsonl");
        fs::write(&path, "precious").unwrap();
        let refused = Target::begin(&path).unwrap_err();
        assert_eq!(refused.code(), "TARGET_EXISTS");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        let missing = Target::begin(&folder.path().join("no/lines.jsonl")).unwrap_err();
        assert_eq!(missing.code(), "FILE_UNUSABLE");
    }
}
