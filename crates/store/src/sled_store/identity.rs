//! The database's identity: once inside it, once beside it.
//!
//! A damaged database may open as an empty one, and a directory may be lost, emptied or replaced by
//! an older or another one. Where the two copies do not agree, something of the kind has happened.

use std::fmt::Write;
use std::io;
use std::path::Path;

use super::disk::{read_if_there, write_whole};

/// The copy inside is the value of the empty key, which no [`crate::Batch`] can write.
const KEY: &[u8] = b"";
/// The smallest key that a batch can write.
pub(super) const FIRST_KEY_BEHIND: &[u8] = &[0];

const FILE: &str = "identity";
/// Written before the identity, so that a later layout can tell itself apart.
const FORMAT: &str = "redress-store 1 ";

pub(super) fn new() -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let mut identity = FORMAT.to_owned();
    for byte in random {
        // Writing to a string cannot fail.
        let _infallible = write!(identity, "{byte:02x}");
    }
    Ok(identity)
}

pub(super) fn write_inside(db: &sled::Db, identity: &str) -> sled::Result<()> {
    db.insert(KEY, identity.as_bytes()).map(|_none_before| ())
}

pub(super) fn read_inside(db: &sled::Db) -> sled::Result<Option<String>> {
    let value = db.get(KEY)?;
    Ok(value.and_then(|value| String::from_utf8(value.to_vec()).ok()))
}

pub(super) fn write_beside(dir: &Path, identity: &str) -> io::Result<()> {
    write_whole(dir, FILE, identity)
}

pub(super) fn read_beside(dir: &Path) -> io::Result<Option<String>> {
    read_if_there(&dir.join(FILE))
}
