//! A block: entries that were sealed together, in one row of the store.
//!
//! ```text
//! version u8 = 1 | check 8 | log size u64 | entries u8 | length of headers u16 | headers
//! | sealed bytes
//! ```
//!
//! The check (of the block's key and everything between the check and the sealed bytes) leaves the
//! sealed bytes out: each entry has a check of its own, so that damage in one of them leaves its
//! neighbours readable.
//!
//! The log size is how long the log beside the vault was when the block was sealed, 0 where the
//! vault was not told of one: a log that is shorter is older than the vault, so that nobody may take
//! what it lacks for an orphan (see `sweep`).
//!
//! Sealed bytes that do not fit in a block lie in rows of their own: see `piece`.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::entry::{self, Damage, Header, Origin};
use crate::fields::{CHECK_BYTES, Fields, TooShort, check_of};
use crate::piece;
use crate::place::Place;
use crate::rows::{self, Write};
use crate::secret::{NONCE_BYTES, SecretKey};

const VERSION: u8 = 1;
const CHECKED_FROM: usize = 1 + CHECK_BYTES;
const FIXED_BYTES: usize = CHECKED_FROM + 8 + 1 + 2;
const ROW_BYTES: usize = redress_store::MAX_VALUE_BYTES;
const MAX_ENTRIES: usize = u8::MAX as usize;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) log_size: u64,
    pub(crate) headers: Vec<Header>,
    header_bytes: usize,
    /// Of those entries that lie here, in their order.
    sealed: Vec<u8>,
}

impl Block {
    fn has_room_for(&self, header_bytes: usize, sealed_bytes: usize) -> bool {
        let bytes = FIXED_BYTES + self.header_bytes + self.sealed.len();
        self.headers.len() < MAX_ENTRIES && bytes + header_bytes + sealed_bytes <= ROW_BYTES
    }

    fn push(&mut self, header: Header, sealed: &[u8]) {
        self.header_bytes += header.bytes();
        self.sealed.extend_from_slice(sealed);
        self.headers.push(header);
    }

    /// The sealed bytes of those entries that have no pieces.
    pub(crate) fn sealed(&self, index: u8) -> Option<&[u8]> {
        let headers = self.headers.get(..=usize::from(index))?;
        let (own, before) = headers.split_last()?;
        let from = before.iter().map(Header::bytes_in_block).sum();
        self.sealed.get(range(from, own.bytes_in_block()))
    }

    /// The block without the contents of these entries. Their headers stay.
    pub(crate) fn without(&self, swept: &[u8]) -> Self {
        let mut block = Self {
            log_size: self.log_size,
            ..Self::default()
        };
        for (index, header) in (0_u8..).zip(&self.headers) {
            match self.sealed(index) {
                Some(sealed) if !swept.contains(&index) => block.push(header.clone(), sealed),
                _ => block.push(header.swept(), &[]),
            }
        }
        block
    }

    pub(crate) fn encode(&self, number: u64) -> Vec<u8> {
        let headers_end = FIXED_BYTES + self.header_bytes;
        let mut bytes = Vec::with_capacity(headers_end + self.sealed.len());
        bytes.push(VERSION);
        bytes.resize(CHECKED_FROM, 0);
        bytes.extend_from_slice(&self.log_size.to_be_bytes());
        bytes.push(self.headers.len() as u8);
        bytes.extend_from_slice(&(self.header_bytes as u16).to_be_bytes());
        for header in &self.headers {
            header.write(&mut bytes);
        }
        let check = check_of(&[&rows::block(number), &bytes[CHECKED_FROM..]]);
        bytes[CHECKED_FROM - CHECK_BYTES..CHECKED_FROM].copy_from_slice(&check);
        bytes.extend_from_slice(&self.sealed);
        bytes
    }

    pub(crate) fn decode(number: u64, bytes: &[u8]) -> Result<Self, Damage> {
        if bytes.first() != Some(&VERSION) {
            return Err(Damage("the format of its block is unknown"));
        }
        let mut fields = Fields::new(bytes.get(CHECKED_FROM..).ok_or(TooShort)?);
        let log_size = fields.u64()?;
        let count = usize::from(fields.u8()?);
        let header_bytes = usize::from(fields.u16()?);
        let headers_end = FIXED_BYTES + header_bytes;
        let checked = bytes.get(CHECKED_FROM..headers_end).ok_or(TooShort)?;
        let check = check_of(&[&rows::block(number), checked]);
        if bytes[CHECKED_FROM - CHECK_BYTES..CHECKED_FROM] != check {
            return Err(Damage("the check of its block does not agree"));
        }
        let mut fields = Fields::new(&bytes[FIXED_BYTES..headers_end]);
        let headers = (0..count).map(|_| Header::read(&mut fields));
        let headers = headers.collect::<Result<Vec<_>, _>>()?;
        let sealed = &bytes[headers_end..];
        let expected: usize = headers.iter().map(Header::bytes_in_block).sum();
        if !fields.rest().is_empty() || sealed.len() != expected {
            return Err(Damage("the lengths in its block do not agree"));
        }
        Ok(Self {
            log_size,
            headers,
            header_bytes,
            sealed: sealed.to_vec(),
        })
    }
}

fn range(from: usize, bytes: usize) -> Range<usize> {
    from..from.saturating_add(bytes)
}

/// Lays entries into blocks, one after the other.
#[derive(Debug)]
pub(crate) struct Layer {
    /// The number of the block that is being filled.
    number: u64,
    log_size: u64,
    block: Block,
    /// The rows before it.
    rows: Vec<Write>,
}

impl Layer {
    /// Begins with the block of this number, when the log has this many records.
    pub(crate) fn new(number: u64, log_size: u64) -> Self {
        Self {
            number,
            log_size,
            block: Block::default(),
            rows: Vec::new(),
        }
    }

    /// Seals what [`plain::encode`](crate::plain::encode) made; says where it lies.
    pub(crate) fn seal(
        &mut self,
        origin: Origin,
        key: &SecretKey,
        nonce: [u8; NONCE_BYTES],
        mut plain: Zeroizing<Vec<u8>>,
    ) -> Place {
        let (header_bytes, sealed_bytes) = (origin.header_bytes(), entry::sealed_bytes(&plain));
        let fits_in_a_block = Block::default().has_room_for(header_bytes, sealed_bytes);
        let (pieces, bytes_in_block) = if fits_in_a_block {
            (0, sealed_bytes)
        } else {
            (piece::count(sealed_bytes), 0)
        };
        if !self.block.has_room_for(header_bytes, bytes_in_block) {
            self.next_block();
        }
        let place = Place {
            block: self.number,
            index: self.block.headers.len() as u8,
        };
        let header = entry::seal(origin, place, pieces, key, nonce, &mut plain);
        if fits_in_a_block {
            self.block.push(header, &plain);
        } else {
            self.rows.extend(piece::rows_of(place, &plain));
            self.block.push(header, &[]);
        }
        place
    }

    fn next_block(&mut self) {
        let mut block = std::mem::take(&mut self.block);
        if !block.headers.is_empty() {
            block.log_size = self.log_size;
            let row = block.encode(self.number);
            self.rows.push((rows::block(self.number), Some(row)));
            self.number += 1;
        }
    }

    /// All rows, and the number of the next block.
    pub(crate) fn finish(mut self) -> (Vec<Write>, u64) {
        self.next_block();
        (self.rows, self.number)
    }
}

#[cfg(test)]
mod tests;
