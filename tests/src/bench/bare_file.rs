//! What the disk itself can do with the same bytes: the limit of everything that is durable.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use bytes::Bytes;

use super::rounds::per_second;

/// How many records a group has: as many as are in flight.
pub(crate) const GROUP: usize = 64;
const LEVEL: i32 = 1;

/// Records a second into one file, in groups: each compressed, written and synced.
pub(crate) fn grouped(path: &Path, records: &[Bytes]) -> Result<f64> {
    let begun = Instant::now();
    let mut file = File::create(path)?;
    let mut raw = Vec::new();
    for group in records.chunks(GROUP) {
        raw.clear();
        for record in group {
            raw.extend_from_slice(record);
        }
        file.write_all(&zstd::bulk::compress(&raw, LEVEL)?)?;
        file.sync_data()?;
    }
    Ok(per_second(records.len() as u64, begun.elapsed()))
}

/// Records a second into one file, each written and synced by itself, not compressed.
pub(crate) fn one_by_one(path: &Path, records: &[Bytes]) -> Result<f64> {
    let begun = Instant::now();
    let mut file = File::create(path)?;
    for record in records {
        file.write_all(record)?;
        file.sync_data()?;
    }
    Ok(per_second(records.len() as u64, begun.elapsed()))
}
