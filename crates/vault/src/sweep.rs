//! Entries whose record never reached the log.
//!
//! An entry is durable before its record reaches the log's writer, so a crash or a refusal in
//! between leaves an entry that nothing refers to. Nothing ever will: a command that is repeated is
//! sealed again. The vault has no clock; what was sealed before this run of the program, and is not
//! in the log, is an orphan. What this run seals is for the next one.
//!
//! # Which log
//!
//! A log that is not the whole one would make orphans of words that are still referred to. So the
//! row `o` keeps which log it is, from the first time on, how long it was, and how far orphans were
//! looked for; and each block says how long the log was when it was sealed.
//!
//! ```text
//! version u8 = 1 | log id 16 | next block u64 | log size u64 | check 8
//! ```
//!
//! No record before the log size is of an entry in the next block or later. Where a run begins
//! beside another log, or beside one that is shorter than it was (`log size` or that of a block),
//! nothing is removed in this run; what was sealed before it is never looked at, because what its
//! records said may be gone; and the row begins anew with this log and this run.
//!
//! A log that lacks only what was recorded after the last seal, and has the same id, is not told from
//! the whole one here: that its end is missing the log's own note of its head says.
//!
//! # How
//!
//! Everything is counted before anything is removed: more than a bound is no accident of a few
//! crashes, and nothing is removed. An orphan's content is dropped by writing its block again; its
//! header stays, because the list of its subject's entries goes through it.

use redress_envelope::LogId;
use uuid::Uuid;

use crate::block::Block;
use crate::core::Core;
use crate::error::VaultError;
use crate::fields::{Fields, TooShort, checked, with_check};
use crate::id::EntryId;
use crate::known::Known;
use crate::place::Place;
use crate::rows::{self, Rows, SWEPT, Write};

const VERSION: u8 = 1;
/// The last blocks that are asked how long the log was: more than one, in case one is damaged.
const ASKED_BLOCKS: u64 = 16;

/// Why orphans are not removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unswept {
    #[error("the vault was not told which log refers to it")]
    NoLog,
    #[error(
        "another log refers to the vault than before; what was sealed beside the one before stays"
    )]
    OtherLog,
    #[error(
        "the log has {size} records, and had {seen} when something was sealed: it is older than \
         the vault; take back the log's missing end. What was sealed until now stays"
    )]
    ShorterLog { size: u64, seen: u64 },
    #[error("the note of how far they were looked for was damaged; what was sealed before stays")]
    NoteDamaged,
    #[error(
        "{found} entries have no record, and at most {at_most} may be removed at once: see that \
         the log is whole, then allow more"
    )]
    TooMany { found: u64, at_most: u64 },
    #[error("they were not counted first")]
    NotCounted,
}

/// The log that refers to what is sealed here, as it was when this run began.
pub(crate) struct BesideLog {
    /// How long it is now.
    pub(crate) size: Box<dyn Fn() -> u64 + Send + Sync>,
    /// How long it was before the first command of this run.
    pub(crate) until: u64,
    pub(crate) refused: Option<Unswept>,
}

/// The row `o`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) log: LogId,
    pub(crate) next_block: u64,
    /// No record before this position is of an entry that is still to be looked at.
    pub(crate) log_size: u64,
}

/// What was found in some blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Entries that were looked at.
    pub entries: u64,
    /// Those that no record refers to.
    pub orphans: u64,
    /// Blocks that cannot be read. They are left alone.
    pub damaged: u64,
}

/// Some blocks that were looked at, and what is to be done about them.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) found: Found,
    /// Blocks, and which of their entries are orphans.
    orphans: Vec<(u64, Vec<u8>)>,
    /// Where the next part begins; none where this was the last.
    pub(crate) next_block: Option<u64>,
}

impl Progress {
    /// None where there is no note.
    pub(crate) fn of(rows: &Rows) -> Result<Option<Result<Self, Unswept>>, VaultError> {
        let note = rows.get(SWEPT)?;
        Ok(note.map(|bytes| Self::decode(&bytes).ok_or(Unswept::NoteDamaged)))
    }

    pub(crate) fn write(self) -> Write {
        let mut body = vec![VERSION];
        body.extend_from_slice(self.log.0.as_bytes());
        body.extend_from_slice(&self.next_block.to_be_bytes());
        body.extend_from_slice(&self.log_size.to_be_bytes());
        (SWEPT.to_vec(), Some(with_check(SWEPT, body)))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let body = checked(SWEPT, bytes)?;
        let read = |mut fields: Fields<'_>| -> Result<Option<Self>, TooShort> {
            let version = fields.u8()?;
            let progress = Self {
                log: LogId(Uuid::from_bytes(fields.array()?)),
                next_block: fields.u64()?,
                log_size: fields.u64()?,
            };
            Ok((version == VERSION).then_some(progress))
        };
        read(Fields::new(body)).ok()?
    }
}

impl Core {
    /// Notes which log it is and how long it was before the first command of this run.
    pub(crate) fn begin_beside(
        &self,
        log: LogId,
        size: Box<dyn Fn() -> u64 + Send + Sync>,
    ) -> Result<(), VaultError> {
        let until = size();
        let refused = match Progress::of(&self.rows)? {
            None => None,
            Some(Err(damaged)) => Some(damaged),
            Some(Ok(progress)) if progress.log != log => Some(Unswept::OtherLog),
            Some(Ok(progress)) => {
                let seen = self.log_size_seen(progress)?;
                let shorter = Unswept::ShorterLog { size: until, seen };
                (until < seen).then_some(shorter)
            }
        };
        if refused.is_some() || self.rows.get(SWEPT)?.is_none() {
            let begun = Progress {
                log,
                next_block: self.first_block,
                log_size: until,
            };
            self.rows.apply(vec![begun.write()])?;
        }
        let beside = BesideLog {
            size,
            until,
            refused,
        };
        // The first one is the one that was checked.
        let _told_before = self.beside_log.set(beside);
        Ok(())
    }

    /// How long the log was at least when something was sealed that is still to be looked at.
    fn log_size_seen(&self, progress: Progress) -> Result<u64, VaultError> {
        let from = self.first_block.saturating_sub(ASKED_BLOCKS);
        let from = from.max(progress.next_block);
        let last = self
            .rows
            .blocks(from, self.first_block, ASKED_BLOCKS as usize)?;
        let seen = last
            .iter()
            .filter_map(|(number, bytes)| Block::decode(*number, bytes).ok())
            .map(|block| block.log_size);
        Ok(seen.fold(progress.log_size, u64::max))
    }

    /// How long the log is, for a block that is about to be sealed.
    pub(crate) fn log_size(&self) -> u64 {
        self.beside_log.get().map_or(0, |log| (log.size)())
    }

    /// How far the sweep has come, and how long the log was when this run began.
    pub(crate) fn sweep_from(&self) -> Result<(Progress, u64), VaultError> {
        let Some(log) = self.beside_log.get() else {
            return Err(Unswept::NoLog.into());
        };
        if let Some(refused) = log.refused {
            return Err(refused.into());
        }
        let progress = Progress::of(&self.rows)?.unwrap_or(Err(Unswept::NoteDamaged));
        Ok((progress?, log.until))
    }

    /// Looks at `rows` blocks from this one on, of those that were sealed before this run.
    pub(crate) fn look_for_orphans(
        &self,
        from: u64,
        rows: usize,
        known: &Known,
    ) -> Result<Part, VaultError> {
        let rows = rows.max(1);
        let blocks = self.rows.blocks(from, self.first_block, rows)?;
        let is_last = blocks.len() < rows;
        let mut part = Part::default();
        for (number, bytes) in blocks {
            part.next_block = Some(number + 1).filter(|_| !is_last);
            match Block::decode(number, &bytes) {
                Ok(block) => part.look_at(number, &block, known),
                Err(_) => part.found.damaged += 1,
            }
        }
        Ok(part)
    }

    /// Drops what was found in the blocks from this one on, and notes how far it came.
    pub(crate) fn sweep(&self, from: u64, part: &Part) -> Result<(), VaultError> {
        let (progress, until) = self.sweep_from()?;
        let mut writes = Vec::new();
        for (number, orphans) in &part.orphans {
            let Ok(Some(block)) = self.block(*number)? else {
                continue;
            };
            let without = block.without(orphans).encode(*number);
            // The header first: what an interruption leaves is pieces without one.
            writes.push((rows::block(*number), Some(without)));
            writes.extend(pieces_of(*number, &block, orphans));
        }
        let strays = self.strays(from, part.next_block.unwrap_or(self.first_block))?;
        writes.extend(strays.into_iter().map(|stray| (stray, None)));
        let now = match part.next_block {
            Some(next_block) => Progress {
                next_block,
                ..progress
            },
            None => Progress {
                log: progress.log,
                next_block: self.first_block,
                log_size: until,
            },
        };
        if now != progress {
            writes.push(now.write());
        }
        self.rows.apply(writes)
    }

    /// Pieces of blocks from `from` to `end` that no header has.
    fn strays(&self, from: u64, end: u64) -> Result<Vec<Vec<u8>>, VaultError> {
        let first_of = |block| rows::piece(Place { block, index: 0 }, 0);
        let (mut next, mut strays) = (first_of(from), Vec::new());
        while let Some(key) = self.rows.piece_from(&next, end)? {
            next = [key.as_slice(), &[0]].concat();
            let Some((place, piece)) = rows::parse_piece(&key) else {
                continue;
            };
            let Ok(block) = self.block(place.block)? else {
                // Nobody knows which pieces it has.
                next = first_of(place.block + 1);
                continue;
            };
            let header = block
                .as_ref()
                .and_then(|it| it.headers.get(usize::from(place.index)));
            match header.map_or(0, |header| header.pieces) {
                own if piece < own => next = rows::piece(place, own),
                _ => strays.push(key),
            }
        }
        Ok(strays)
    }
}

impl Part {
    fn look_at(&mut self, number: u64, block: &Block, known: &Known) {
        let mut orphans = Vec::new();
        for (index, header) in (0_u8..=u8::MAX).zip(&block.headers) {
            if header.is_swept() {
                continue;
            }
            self.found.entries += 1;
            let place = Place {
                block: number,
                index,
            };
            if !known.contains(EntryId::new(place, &header.nonce)) {
                orphans.push(index);
            }
        }
        self.found.orphans += orphans.len() as u64;
        if !orphans.is_empty() {
            self.orphans.push((number, orphans));
        }
    }
}

fn pieces_of(number: u64, block: &Block, orphans: &[u8]) -> impl Iterator<Item = Write> {
    let long = orphans.iter().filter_map(move |index| {
        let header = block.headers.get(usize::from(*index))?;
        let place = Place {
            block: number,
            index: *index,
        };
        Some((0..header.pieces).map(move |piece| (rows::piece(place, piece), None)))
    });
    long.flatten()
}

impl std::ops::AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.entries += other.entries;
        self.orphans += other.orphans;
        self.damaged += other.damaged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_reads_back_what_it_writes_and_no_flipped_bit_passes() {
        let progress = Progress {
            log: LogId(Uuid::from_bytes([3; 16])),
            next_block: 7,
            log_size: 9,
        };
        let bytes = progress.write().1.unwrap();
        assert_eq!(Progress::decode(&bytes), Some(progress));
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Progress::decode(&flipped), None, "bit {bit}");
        }
    }
}
