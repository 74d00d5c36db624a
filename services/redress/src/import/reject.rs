//! Rows that could not be taken: kept in a file with their reasons, to be corrected and run again.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redress_feedback::Refusal;
use redress_feedback::cfpb::RowError;
use redress_wire::intake::v1::ImportRowRefusal;
use serde::Serialize;
use serde_json::Value;

use super::file::name_of;
use crate::failure::Failure;

/// One thing that is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Reason {
    pub(super) code: String,
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) remedy: Option<String>,
}

impl From<&RowError> for Reason {
    fn from(error: &RowError) -> Self {
        Self {
            code: error.code().to_owned(),
            field: Some(error.column().to_owned()),
            message: error.to_string(),
            remedy: None,
        }
    }
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            field: refusal.field().map(str::to_owned),
            message: refusal.to_string(),
            remedy: Some(refusal.remedy()),
        }
    }
}

impl From<ImportRowRefusal> for Reason {
    fn from(refusal: ImportRowRefusal) -> Self {
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            code: refusal.reason,
            field: some(refusal.field),
            message: refusal.message,
            remedy: some(refusal.remedy),
        }
    }
}

#[derive(Debug)]
pub(super) struct Rejected {
    /// From 1, a header not counted.
    pub(super) row: u64,
    pub(super) reasons: Vec<Reason>,
    /// As it was read: by column, or as text where it could not be read.
    pub(super) raw: Value,
}

/// A line of the file of rejected rows.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    row: u64,
    reasons: &'a [Reason],
    raw: &'a Value,
}

/// The file of rejected rows; made with the first one. What earlier runs left is never overwritten.
#[derive(Debug)]
pub(super) struct Rejects {
    /// Of the input.
    name: String,
    wanted: Option<PathBuf>,
    made: Option<(PathBuf, BufWriter<File>)>,
}

/// More lists of one file in one folder are not kept apart.
const MOST_LISTS: u32 = 10_000;

impl Rejects {
    pub(super) fn new(input: &Path, wanted: Option<&Path>) -> Self {
        Self {
            name: name_of(input),
            wanted: wanted.map(Path::to_owned),
            made: None,
        }
    }

    pub(super) fn add(&mut self, rejected: &Rejected) -> Result<(), Failure> {
        let made = match self.made.take() {
            Some(made) => made,
            None => self.make()?,
        };
        let (path, file) = self.made.insert(made);
        let line = Line {
            file: &self.name,
            row: rejected.row,
            reasons: &rejected.reasons,
            raw: &rejected.raw,
        };
        let failed = |error: io::Error| Failure::file(path, error);
        serde_json::to_writer(&mut *file, &line).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)
    }

    fn make(&self) -> Result<(PathBuf, BufWriter<File>), Failure> {
        let file = |path: &Path, file: io::Result<File>| {
            let file = file.map_err(|error| Failure::file(path, error))?;
            Ok((path.to_owned(), BufWriter::new(file)))
        };
        if let Some(path) = &self.wanted {
            return file(path, options().append(true).create(true).open(path));
        }
        for number in 1..MOST_LISTS {
            let path = match number {
                1 => PathBuf::from(format!("{}.rejected.jsonl", self.name)),
                _ => PathBuf::from(format!("{}.rejected.{number}.jsonl", self.name)),
            };
            match options().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return file(&path, made),
            }
        }
        let path = PathBuf::from(format!("{}.rejected.jsonl", self.name));
        Err(Failure::file(&path, "too many lists of rejected rows")
            .with_remedy("remove those that are not needed any more, or say where with --rejects"))
    }

    /// Where they are, if there are any.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, Failure> {
        let Some((path, mut file)) = self.made else {
            return Ok(None);
        };
        file.flush().map_err(|error| Failure::file(&path, error))?;
        Ok(Some(path))
    }
}

/// Rows hold what customers said: nobody else may read the file.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(row: u64) -> Rejected {
        Rejected {
            row,
            reasons: Vec::new(),
            raw: Value::Null,
        }
    }

    #[test]
    fn a_named_list_is_added_to_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.jsonl");
        for (input, row) in [("a.csv", 7), ("folder/b.csv", 8)] {
            let mut rejects = Rejects::new(Path::new(input), Some(&path));
            rejects.add(&rejected(row)).unwrap();
            assert_eq!(rejects.finish().unwrap(), Some(path.clone()));
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let told: Vec<_> = lines.iter().map(|it| (&it["file"], &it["row"])).collect();
        assert_eq!(
            told,
            [(&"a.csv".into(), &7.into()), (&"b.csv".into(), &8.into())]
        );
    }

    #[test]
    fn nothing_rejected_makes_no_list() {
        let rejects = Rejects::new(Path::new("a.csv"), None);
        assert_eq!(rejects.finish().unwrap(), None);
    }
}
