//! A block: the records of one group commit under one key of the tail.
//!
//! Layout, little-endian: `RB`, version 1, a zero byte; count u32; first position u64; raw bytes
//! u32; packed bytes u32; length of the cursors u32; the cursors as JSON; the packed records; CRC-32
//! of everything before. The store keeps no value over 8 KiB, so a block is cut into chunks under
//! keys `b`, first position (big-endian), chunk number.
//!
//! Each chunk is a batch of its own, which costs the store far less than one batch of them all. They
//! are written from the last to the first: a block whose first chunk is missing was never written
//! whole, and so never acknowledged. It can only be the last one, and what comes next takes its
//! place: so chunks beyond those that the header counts are what is left of it, and are not read.

use bytes::Bytes;
use redress_store::{Batch, BatchError, MAX_BATCH_KEYS, MAX_VALUE_BYTES};

use crate::cursor::Cursors;
use crate::pack::{self, PackError};

const MAGIC: [u8; 4] = *b"RB\x01\0";
const HEADER_BYTES: usize = 28;
pub(crate) const KEY_PREFIX: u8 = b'b';

/// The most bytes of records in one block: even incompressible, it has not too many chunks.
pub(crate) const MAX_RAW_BYTES: usize = (MAX_CHUNKS - 3) * MAX_VALUE_BYTES;
/// All chunks of a block leave the tail in one batch.
const MAX_CHUNKS: usize = MAX_BATCH_KEYS;

#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) first: u64,
    pub(crate) records: Vec<Bytes>,
    pub(crate) cursors: Cursors,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("the block is cut off")]
    CutOff,
    #[error("the block's checksum does not match")]
    Checksum,
    #[error("the block has an unknown format")]
    Format,
    #[error("the block's cursors cannot be read")]
    Cursors,
    #[error(transparent)]
    Pack(#[from] PackError),
}

impl Block {
    pub(crate) fn end(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, BlockError> {
        let (packed, raw_bytes) = pack::pack(&self.records, 1)?;
        let cursors = serde_json::to_vec(&self.cursors).map_err(|_| BlockError::Cursors)?;
        let mut out = Vec::with_capacity(HEADER_BYTES + cursors.len() + packed.len() + 4);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&(self.records.len() as u32).to_le_bytes());
        out.extend_from_slice(&self.first.to_le_bytes());
        out.extend_from_slice(&(raw_bytes as u32).to_le_bytes());
        out.extend_from_slice(&(packed.len() as u32).to_le_bytes());
        out.extend_from_slice(&(cursors.len() as u32).to_le_bytes());
        out.extend_from_slice(&cursors);
        out.extend_from_slice(&packed);
        out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
        Ok(out)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, BlockError> {
        let header = bytes.get(..HEADER_BYTES).ok_or(BlockError::CutOff)?;
        if header[..4] != MAGIC {
            return Err(BlockError::Format);
        }
        let count = u32_at(header, 4) as usize;
        let first = u64::from(u32_at(header, 8)) | u64::from(u32_at(header, 12)) << 32;
        let raw_bytes = u32_at(header, 16) as usize;
        let (packed_bytes, cursor_bytes) =
            (u32_at(header, 20) as usize, u32_at(header, 24) as usize);
        let body_end = HEADER_BYTES + cursor_bytes + packed_bytes;
        if bytes.len() != body_end + 4 {
            return Err(BlockError::CutOff);
        }
        if crc32fast::hash(&bytes[..body_end]) != u32_at(bytes, body_end) {
            return Err(BlockError::Checksum);
        }
        let (cursors, packed) = bytes[HEADER_BYTES..body_end].split_at(cursor_bytes);
        let cursors = serde_json::from_slice(cursors).map_err(|_| BlockError::Cursors)?;
        Ok(Self {
            first,
            records: pack::unpack(packed, count, raw_bytes)?,
            cursors,
        })
    }

    /// Adds the block to a group of batches, in chunks.
    pub(crate) fn put_into(&self, batches: &mut Vec<Batch>) -> Result<(), PutError> {
        let bytes = self.encode()?;
        for (index, chunk) in bytes.chunks(MAX_VALUE_BYTES).enumerate().rev() {
            let mut batch = Batch::new();
            batch.put(chunk_key(self.first, index as u8), chunk)?;
            batches.push(batch);
        }
        Ok(())
    }
}

/// The bytes of a block from its chunks in order; `None` if it was never written whole.
pub(crate) fn joined(chunks: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>) -> Option<Vec<u8>> {
    let mut chunks = chunks.into_iter();
    let (first_key, mut bytes) = chunks.next()?;
    if read_chunk_key(&first_key).is_none_or(|(_, chunk)| chunk > 0) {
        return None;
    }
    let whole = stored_bytes(&bytes);
    for (_, chunk) in chunks {
        if bytes.len() >= whole {
            break;
        }
        bytes.extend_from_slice(&chunk);
    }
    Some(bytes)
}

/// How many bytes a block has, by its header.
fn stored_bytes(header: &[u8]) -> usize {
    if header.len() < HEADER_BYTES {
        return 0;
    }
    let (packed_bytes, cursor_bytes) = (u32_at(header, 20) as usize, u32_at(header, 24) as usize);
    HEADER_BYTES + cursor_bytes + packed_bytes + 4
}

#[derive(Debug, thiserror::Error)]
pub enum PutError {
    #[error(transparent)]
    Block(#[from] BlockError),
    #[error(transparent)]
    Batch(#[from] BatchError),
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The key of a block's chunk.
pub(crate) fn chunk_key(first: u64, chunk: u8) -> [u8; 10] {
    let mut key = [KEY_PREFIX; 10];
    key[1..9].copy_from_slice(&first.to_be_bytes());
    key[9] = chunk;
    key
}

/// The first position and the chunk number that a key names.
pub(crate) fn read_chunk_key(key: &[u8]) -> Option<(u64, u8)> {
    let key: &[u8; 10] = key.try_into().ok()?;
    let mut first = [0; 8];
    first.copy_from_slice(&key[1..9]);
    (key[0] == KEY_PREFIX).then(|| (u64::from_be_bytes(first), key[9]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn records() -> impl Strategy<Value = Vec<Bytes>> {
        let record = prop::collection::vec(any::<u8>(), 0..3000).prop_map(Bytes::from);
        prop::collection::vec(record, 0..30)
    }

    /// As the store has them.
    fn chunks_of(batches: &[Batch]) -> Vec<(Vec<u8>, Vec<u8>)> {
        let writes = batches.iter().flat_map(Batch::writes);
        let mut chunks: Vec<_> = writes
            .map(|(key, value)| (key.to_vec(), value.unwrap().to_vec()))
            .collect();
        chunks.reverse();
        assert!(chunks.is_sorted());
        chunks
    }

    proptest! {
        #[test]
        fn a_block_reads_back_what_it_wrote(records in records(), first in any::<u64>()) {
            let block = Block { first, records, cursors: Cursors::new() };
            let bytes = block.encode().unwrap();
            let read = Block::decode(&bytes).unwrap();
            prop_assert_eq!(read.first, first);
            prop_assert_eq!(&read.records, &block.records);
            let mut batches = Vec::new();
            block.put_into(&mut batches).unwrap();
            let chunks = chunks_of(&batches);
            prop_assert_eq!(joined(chunks.clone()), Some(bytes.clone()));
            prop_assert_eq!(joined(chunks[1..].to_vec()), None);
            // What an unfinished block left behind that had more chunks.
            let mut with_more = chunks;
            with_more.push((chunk_key(first, 200).to_vec(), b"more".to_vec()));
            prop_assert_eq!(joined(with_more), Some(bytes));
        }

        #[test]
        fn any_flipped_bit_is_noticed(records in records(), at in any::<usize>(), bit in 0_u8..8) {
            let mut bytes = Block { first: 7, records, cursors: Cursors::new() }.encode().unwrap();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(Block::decode(&bytes).is_err());
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Block::decode(&bytes);
        }

        #[test]
        fn a_chunk_key_reads_back(first in any::<u64>(), chunk in any::<u8>()) {
            prop_assert_eq!(read_chunk_key(&chunk_key(first, chunk)), Some((first, chunk)));
        }
    }

    #[test]
    fn incompressible_records_up_to_the_limit_have_not_too_many_chunks() {
        let mut seed = 1_u32;
        let mut noise = |bytes: usize| -> Bytes {
            (0..bytes)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 24) as u8
                })
                .collect()
        };
        let records = vec![noise(50_000), noise(MAX_RAW_BYTES - 50_000)];
        let mut batches = Vec::new();
        Block {
            first: 0,
            records,
            cursors: Cursors::new(),
        }
        .put_into(&mut batches)
        .unwrap();
        assert!(batches.len() < MAX_CHUNKS);
    }
}
