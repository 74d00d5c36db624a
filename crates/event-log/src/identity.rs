//! Which log this is: written before the first record, and again only where the end of the log is declared
//! lost.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use redress_envelope::LogId;
use serde::{Deserialize, Serialize};

use crate::lives::{EarlierLife, Lives};

/// What a log's directory says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub tenant: String,
    pub service: String,
    pub partition: u16,
    /// Its present life.
    pub log: LogId,
    /// The lives before it, whose ends were declared lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierLife>,
}

impl Identity {
    /// `service/partition`, as in tokens and cursors.
    pub fn place(&self) -> String {
        format!("{}/{}", self.service, self.partition)
    }

    pub fn lives(&self) -> Lives {
        Lives {
            log: self.log,
            earlier: self.earlier.clone(),
        }
    }

    /// Whether both are of one service, in whatever life.
    pub(crate) fn has_place_of(&self, other: &Self) -> bool {
        (&self.tenant, &self.service, self.partition)
            == (&other.tenant, &other.service, other.partition)
    }

    /// Another life begins behind the first `records`.
    pub(crate) fn begin_life(&mut self, log: LogId, records: u64) {
        let ended = std::mem::replace(&mut self.log, log);
        self.earlier.push(EarlierLife {
            log: ended,
            records,
        });
    }
}

pub(crate) const NAME: &str = "identity.json";

pub(crate) fn read(folder: &Path) -> io::Result<Option<Identity>> {
    match fs::read(folder.join(NAME)) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn write(folder: &Path, identity: &Identity) -> io::Result<()> {
    replace(
        folder,
        "identity.json",
        &serde_json::to_vec_pretty(identity)?,
    )
}

/// Writes a small file whole or not at all.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = folder.join(format!("{name}.tmp"));
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    File::open(folder)?.sync_all()
}
