//! A block: entries that were sealed together, in one row of the store.
//!
//! ```text
//! version u8 = 1 | kind u8 = 1 | check 8 | entries u8 | length of headers u16 | headers | sealed bytes
//! ```
//!
//! The check (of the block's key, the count and the headers) leaves the sealed bytes out: each entry
//! has a check of its own, so that damage in one of them leaves its neighbours readable.
//!
//! Sealed bytes that do not fit in a block are cut into pieces, in the rows right before the block
//! that their header comes in as the first. So the header comes last: an interruption leaves no
//! entry, only pieces, which the sweep removes.
//!
//! ```text
//! version u8 = 1 | kind u8 = 2 | check 4 | a piece of the sealed bytes
//! ```
//!
//! The check (CRC-32 of the piece's key and the piece) keeps a damaged block from being taken for a
//! piece that nobody needs.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::entry::{self, Damage, Header, Origin};
use crate::fields::{CHECK_BYTES, Fields, TooShort, check_of};
use crate::place::Place;
use crate::rows::{self, Write};
use crate::secret::{NONCE_BYTES, SecretKey};

const VERSION: u8 = 1;
const BLOCK: u8 = 1;
const PIECE: u8 = 2;
const CHECKED_FROM: usize = 1 + 1 + CHECK_BYTES;
const FIXED_BYTES: usize = CHECKED_FROM + 1 + 2;
const ROW_BYTES: usize = redress_store::MAX_VALUE_BYTES;
const PIECE_FIXED_BYTES: usize = 1 + 1 + 4;
const PIECE_BYTES: usize = ROW_BYTES - PIECE_FIXED_BYTES;
const MAX_ENTRIES: usize = u8::MAX as usize;
/// More than the longest entry has.
pub(crate) const MAX_PIECES: usize = 160;

/// What a row under a block's number holds.
#[derive(Debug)]
pub(crate) enum Row {
    Block(Block),
    Piece(Vec<u8>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
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
        let mut block = Self::default();
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
        bytes.extend_from_slice(&[VERSION, BLOCK]);
        bytes.resize(CHECKED_FROM, 0);
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

    fn decode(number: u64, bytes: &[u8]) -> Result<Self, Damage> {
        let mut fields = Fields::new(bytes.get(CHECKED_FROM..).ok_or(TooShort)?);
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
            headers,
            header_bytes,
            sealed: sealed.to_vec(),
        })
    }
}

impl Row {
    pub(crate) fn decode(number: u64, bytes: &[u8]) -> Result<Self, Damage> {
        let mut fields = Fields::new(bytes);
        match (fields.u8()?, fields.u8()?) {
            (VERSION, BLOCK) => Block::decode(number, bytes).map(Self::Block),
            (VERSION, PIECE) => {
                let check = fields.u32()?;
                let piece = fields.rest();
                if piece_check(number, piece) != check {
                    return Err(Damage("the check of a piece does not agree"));
                }
                Ok(Self::Piece(piece.to_vec()))
            }
            _ => Err(Damage("the format of its block is unknown")),
        }
    }
}

fn piece_row(number: u64, piece: &[u8]) -> Write {
    let mut row = Vec::with_capacity(PIECE_FIXED_BYTES + piece.len());
    row.extend_from_slice(&[VERSION, PIECE]);
    row.extend_from_slice(&piece_check(number, piece).to_be_bytes());
    row.extend_from_slice(piece);
    (rows::block(number), Some(row))
}

fn piece_check(number: u64, piece: &[u8]) -> u32 {
    let mut check = crc32fast::Hasher::new();
    check.update(&rows::block(number));
    check.update(piece);
    check.finalize()
}

fn range(from: usize, bytes: usize) -> Range<usize> {
    from..from.saturating_add(bytes)
}

/// Lays entries into blocks, one after the other.
#[derive(Debug)]
pub(crate) struct Layer {
    /// The number of the block that is being filled.
    number: u64,
    block: Block,
    /// The rows before it.
    rows: Vec<Write>,
}

impl Layer {
    /// Begins with the block of this number.
    pub(crate) fn new(number: u64) -> Self {
        Self {
            number,
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
        if !fits_in_a_block || !self.block.has_room_for(header_bytes, sealed_bytes) {
            self.next_block();
        }
        let pieces = if fits_in_a_block {
            0
        } else {
            sealed_bytes.div_ceil(PIECE_BYTES)
        };
        let place = Place {
            block: self.number + pieces as u64,
            index: self.block.headers.len() as u8,
        };
        let header = entry::seal(origin, place, pieces as u16, key, nonce, &mut plain);
        if pieces == 0 {
            self.block.push(header, &plain);
        } else {
            for piece in plain.chunks(PIECE_BYTES) {
                self.rows.push(piece_row(self.number, piece));
                self.number += 1;
            }
            self.block.push(header, &[]);
        }
        place
    }

    fn next_block(&mut self) {
        if !self.block.headers.is_empty() {
            let row = self.block.encode(self.number);
            self.rows.push((rows::block(self.number), Some(row)));
            self.block = Block::default();
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
