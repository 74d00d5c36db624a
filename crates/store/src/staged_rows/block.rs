//! Rows that are packed together: what a run consists of.
//!
//! Two lengths of four bytes (packed, unpacked) and a zstd frame with its checksum. In it, row after
//! row: the key's length in two bytes, the value's in four (all ones: the row is removed), key, value.
//! All numbers are little-endian.

use std::cell::RefCell;
use std::io;

pub(super) const HEAD_BYTES: usize = 8;
/// A row is one of a record, or a little more than that: no block is much larger.
const MOST_BLOCK_BYTES: usize = 1 << 30;
const REMOVED: u32 = u32::MAX;

/// A key, and its value or that it is removed.
pub(super) type Row<'a> = (&'a [u8], Option<&'a [u8]>);

/// Adds a row to those of a block that is being made.
pub(super) fn append(block: &mut Vec<u8>, (key, value): Row<'_>) -> io::Result<()> {
    let value_bytes = match value.map(|value| u32::try_from(value.len())) {
        Some(Ok(bytes)) if bytes < REMOVED => bytes,
        None => REMOVED,
        Some(Ok(_) | Err(_)) => return Err(invalid("a row is too large")),
    };
    // Whoever hands rows in has looked at the lengths of the keys.
    block.extend((key.len() as u16).to_le_bytes());
    block.extend(value_bytes.to_le_bytes());
    block.extend_from_slice(key);
    block.extend_from_slice(value.unwrap_or_default());
    Ok(())
}

thread_local! {
    /// It takes a while to make one, and its room.
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// A block of rows in memory, and the place of one of them.
#[derive(Default)]
pub(super) struct Block {
    /// As it is in the file.
    pub(super) packed: Vec<u8>,
    rows: Vec<u8>,
    at: usize,
}

impl Block {
    pub(super) fn unpack(&mut self) -> io::Result<()> {
        let head = self.packed.get(4..HEAD_BYTES).ok_or_else(torn)?;
        let bytes = u32_of(head)? as usize;
        if bytes > MOST_BLOCK_BYTES {
            return Err(torn());
        }
        self.rows.clear();
        self.rows.reserve(bytes);
        self.at = 0;
        UNPACKER.with_borrow_mut(|unpacker| {
            let unpacker = match unpacker {
                Some(unpacker) => unpacker,
                none @ None => none.insert(zstd::bulk::Decompressor::new()?),
            };
            unpacker.decompress_to_buffer(&self.packed[HEAD_BYTES..], &mut self.rows)
        })?;
        if self.rows.len() == bytes && bytes > 0 {
            Ok(())
        } else {
            Err(torn())
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.at == self.rows.len()
    }

    pub(super) fn row(&self) -> io::Result<Row<'_>> {
        let (key_bytes, value_bytes) = self.lengths()?;
        let key = self.at + 6;
        let value = key + key_bytes;
        let row = self.rows.get(key..value).zip(match value_bytes {
            Some(bytes) => self.rows.get(value..value + bytes).map(Some),
            None => Some(None),
        });
        row.ok_or_else(torn)
    }

    fn lengths(&self) -> io::Result<(usize, Option<usize>)> {
        let head = self.rows.get(self.at..self.at + 6).ok_or_else(torn)?;
        let key = u16::from_le_bytes([head[0], head[1]]);
        let value = u32_of(&head[2..])?;
        Ok((
            usize::from(key),
            (value != REMOVED).then_some(value as usize),
        ))
    }

    pub(super) fn pass(&mut self) -> io::Result<()> {
        let (key, value) = self.lengths()?;
        self.at += 6 + key + value.unwrap_or(0);
        if self.at > self.rows.len() {
            Err(torn())
        } else {
            Ok(())
        }
    }
}

fn u32_of(bytes: &[u8]) -> io::Result<u32> {
    bytes.try_into().map(u32::from_le_bytes).map_err(|_| torn())
}

pub(super) fn torn() -> io::Error {
    invalid("a block of rows is not what was written")
}

pub(super) fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
