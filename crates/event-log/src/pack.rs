//! Many records in one compressed piece: the lengths, then the bytes, in one zstd frame.
//!
//! Blocks in the tail and frames in a segment are both made of this.

use std::cell::RefCell;

use bytes::Bytes;
use redress_envelope::MAX_RECORD_BYTES;
use zstd::bulk::Compressor;

/// The most records in one piece.
pub(crate) const MAX_RECORDS: usize = 4096;

/// A piece that does not hold what its header says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    #[error("the compressed records cannot be read: {0}")]
    Compression(String),
    #[error("the lengths of the records do not add up")]
    Lengths,
}

/// Packs records, each of which has at most 65,535 bytes.
pub(crate) fn pack(records: &[Bytes], level: i32) -> Result<(Vec<u8>, usize), PackError> {
    let total: usize = records.iter().map(Bytes::len).sum();
    let mut raw = Vec::with_capacity(total + 2 * records.len());
    for record in records {
        let length = u16::try_from(record.len()).map_err(|_| PackError::Lengths)?;
        raw.extend_from_slice(&length.to_le_bytes());
    }
    for record in records {
        raw.extend_from_slice(record);
    }
    let packed =
        compress(&raw, level).map_err(|error| PackError::Compression(error.to_string()))?;
    Ok((packed, raw.len()))
}

/// Compresses with the thread's own compressor: making one costs more than a small block.
fn compress(raw: &[u8], level: i32) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<(i32, Compressor<'static>)>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept.take() {
            Some((of, compressor)) if of == level => compressor,
            Some(_) | None => Compressor::new(level)?,
        };
        kept.insert((level, compressor)).1.compress(raw)
    })
}

/// Unpacks `count` records that had `raw_bytes` bytes before compression.
pub(crate) fn unpack(
    packed: &[u8],
    count: usize,
    raw_bytes: usize,
) -> Result<Vec<Bytes>, PackError> {
    // The sizes come from a disk: they bound what is allocated before anything is believed.
    if count > MAX_RECORDS || raw_bytes > count * (MAX_RECORD_BYTES + 2) {
        return Err(PackError::Lengths);
    }
    let raw = zstd::bulk::decompress(packed, raw_bytes)
        .map_err(|error| PackError::Compression(error.to_string()))?;
    if raw.len() != raw_bytes || raw_bytes < 2 * count {
        return Err(PackError::Lengths);
    }
    let raw = Bytes::from(raw);
    let mut start = 2 * count;
    let mut records = Vec::with_capacity(count);
    for index in 0..count {
        let length = usize::from(u16::from_le_bytes([raw[2 * index], raw[2 * index + 1]]));
        if start + length > raw.len() {
            return Err(PackError::Lengths);
        }
        records.push(raw.slice(start..start + length));
        start += length;
    }
    if start == raw.len() {
        Ok(records)
    } else {
        Err(PackError::Lengths)
    }
}
