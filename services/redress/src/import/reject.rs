//! Rows that could not be taken: kept in a file with their reasons, to be corrected and run again.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use redress_feedback::Refusal;
use redress_feedback::cfpb::RowError;
use redress_wire::intake::v1::ImportRowRefusal;
use serde::Serialize;
use serde_json::Value;

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

#[derive(Debug, Serialize)]
pub(super) struct Rejected {
    /// From 1, a header not counted.
    pub(super) row: u64,
    pub(super) reasons: Vec<Reason>,
    /// As it was read: by column, or as text where it could not be read.
    pub(super) raw: Value,
}

/// The file of rejected rows; made with the first one.
#[derive(Debug)]
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Rejects {
    pub(super) fn new(input: &Path, wanted: Option<&Path>) -> Self {
        let beside = || {
            let name = input.file_name().unwrap_or_default().to_string_lossy();
            PathBuf::from(format!("{name}.rejected.jsonl"))
        };
        Self {
            path: wanted.map_or_else(beside, Path::to_owned),
            file: None,
        }
    }

    /// Rows hold what customers said: nobody else may read the file.
    pub(super) fn add(&mut self, rejected: &Rejected) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::file(&self.path, error);
        let file = if let Some(file) = self.file.take() {
            file
        } else {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            BufWriter::new(options.open(&self.path).map_err(failed)?)
        };
        let file = self.file.insert(file);
        serde_json::to_writer(&mut *file, rejected).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)
    }

    /// Where they are, if there are any.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, Failure> {
        let Some(mut file) = self.file else {
            return Ok(None);
        };
        file.flush()
            .map_err(|error| Failure::file(&self.path, error))?;
        Ok(Some(self.path))
    }
}
