//! Entries whose record never reached the log.
//!
//! An entry is durable before its record reaches the log's writer, so a crash or a refusal in
//! between leaves an entry that nothing refers to. Nothing ever will: a command that is repeated is
//! sealed again. The vault has no clock; what was sealed before this run of the program, and is not
//! in the log, is an orphan.
//!
//! What was looked at once need not be looked at again: the row `o` keeps how far that was, and how
//! long the log was then, so that neither the vault nor the log is read from the beginning.
//!
//! ```text
//! version u8 = 1 | next block u64 | log size u64 | check 8
//! ```
//!
//! An orphan's content is dropped, by writing its block again; its header stays, because the list of
//! its subject's entries goes through it.

use crate::block::{Block, MAX_PIECES, Row};
use crate::core::Core;
use crate::error::VaultError;
use crate::fields::{Fields, TooShort, checked, with_check};
use crate::id::EntryId;
use crate::place::Place;
use crate::rows::{self, SWEPT, Write};

const VERSION: u8 = 1;
/// More than the pieces of the longest entry and its head, so that each part of a sweep gets on.
const MIN_ROWS: usize = 256;

/// What a part of a sweep found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Entries that were looked at.
    pub entries: u64,
    /// Entries whose content was dropped.
    pub removed: u64,
    /// Rows that cannot be read. They are left alone.
    pub damaged: u64,
    /// Nothing is left to look at that was sealed before this run.
    pub is_complete: bool,
}

/// How far the sweep has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) next_block: u64,
    /// No record before this position is of an entry that is still to be looked at.
    pub(crate) log_size: u64,
}

/// What is to be done about what a part of a sweep found.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Blocks, and which of their entries are orphans.
    orphans: Vec<(u64, Vec<u8>)>,
    /// Pieces of entries that were never written to their end.
    strays: Vec<u64>,
    progress: Progress,
}

impl Progress {
    fn write(self) -> Write {
        let mut body = vec![VERSION];
        body.extend_from_slice(&self.next_block.to_be_bytes());
        body.extend_from_slice(&self.log_size.to_be_bytes());
        (SWEPT.to_vec(), Some(with_check(SWEPT, body)))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let body = checked(SWEPT, bytes)?;
        let read = |mut fields: Fields<'_>| -> Result<Option<Self>, TooShort> {
            let version = fields.u8()?;
            let progress = Self {
                next_block: fields.u64()?,
                log_size: fields.u64()?,
            };
            Ok((version == VERSION).then_some(progress))
        };
        read(Fields::new(body)).ok()?
    }
}

impl Core {
    pub(crate) fn sweep_progress(&self) -> Result<Progress, VaultError> {
        match self.rows.get(SWEPT)? {
            Some(bytes) => Progress::decode(&bytes).ok_or(VaultError::SweptDamaged),
            None => Ok(Progress::default()),
        }
    }

    /// Looks at the next rows, about `rows` of them.
    pub(crate) fn look_for_orphans(
        &self,
        rows: usize,
        log_size: u64,
        is_known: impl Fn(EntryId) -> bool,
    ) -> Result<(Swept, Plan), VaultError> {
        let progress = self.sweep_progress()?;
        if progress.next_block >= self.first_block {
            let swept = Swept {
                is_complete: true,
                ..Swept::default()
            };
            let plan = Plan {
                progress,
                ..Plan::default()
            };
            return Ok((swept, plan));
        }
        let limit = rows.max(MIN_ROWS);
        let rows = self
            .rows
            .blocks(progress.next_block, self.first_block, limit)?;
        let is_complete = rows.len() < limit;
        let mut look = Look::default();
        for (number, bytes) in rows {
            look.row(number, &bytes, &is_known);
        }
        look.swept.is_complete = is_complete;
        Ok(if is_complete {
            look.end(Progress {
                next_block: self.first_block,
                log_size,
            })
        } else {
            look.pause(progress)
        })
    }

    /// Does it, and notes it.
    pub(crate) fn sweep(&self, plan: Plan) -> Result<u64, VaultError> {
        let (mut writes, mut removed) = (Vec::new(), 0);
        for (number, orphans) in plan.orphans {
            let Ok(Some(block)) = self.block(number)? else {
                continue;
            };
            removed += orphans.len() as u64;
            let without = block.without(&orphans).encode(number);
            // The header first: what an interruption leaves is again only pieces.
            writes.push((rows::block(number), Some(without)));
            let pieces = block.headers.first().filter(|_| orphans.contains(&0));
            let pieces = pieces.map_or(0, |header| u64::from(header.pieces));
            let pieces = number.saturating_sub(pieces)..number;
            writes.extend(pieces.map(|piece| (rows::block(piece), None)));
        }
        let strays = plan.strays.into_iter();
        writes.extend(strays.map(|stray| (rows::block(stray), None)));
        if plan.progress != self.sweep_progress()? {
            writes.push(plan.progress.write());
        }
        self.rows.apply(writes)?;
        Ok(removed)
    }
}

/// Looks at rows in their order.
#[derive(Debug, Default)]
struct Look {
    swept: Swept,
    plan: Plan,
    /// Pieces, one after the other, whose head may come.
    pieces: Vec<u64>,
    next_block: u64,
}

impl Look {
    fn row(&mut self, number: u64, bytes: &[u8], is_known: impl Fn(EntryId) -> bool) {
        if self.pieces.last().is_some_and(|last| last + 1 != number) {
            self.plan.strays.append(&mut self.pieces);
        }
        self.next_block = number + 1;
        match Row::decode(number, bytes) {
            Ok(Row::Piece(_)) => {
                self.pieces.push(number);
                if self.pieces.len() > MAX_PIECES {
                    self.plan.strays.push(self.pieces.remove(0));
                }
            }
            Ok(Row::Block(block)) => self.block(number, &block, is_known),
            Err(_) => {
                self.swept.damaged += 1;
                // It may be their head.
                self.pieces.clear();
            }
        }
    }

    fn block(&mut self, number: u64, block: &Block, is_known: impl Fn(EntryId) -> bool) {
        let own = block.headers.first().map_or(0, |first| first.pieces);
        let strays = self.pieces.len().saturating_sub(usize::from(own));
        self.plan.strays.extend(self.pieces.drain(..strays));
        self.pieces.clear();
        let mut orphans = Vec::new();
        for (index, header) in (0_u8..).zip(&block.headers) {
            if header.is_swept() {
                continue;
            }
            self.swept.entries += 1;
            let place = Place {
                block: number,
                index,
            };
            if !is_known(EntryId::new(place, &header.nonce)) {
                orphans.push(index);
            }
        }
        if !orphans.is_empty() {
            self.plan.orphans.push((number, orphans));
        }
    }

    /// Nothing comes after: no head for these pieces.
    fn end(mut self, progress: Progress) -> (Swept, Plan) {
        self.plan.strays.append(&mut self.pieces);
        self.plan.progress = progress;
        (self.swept, self.plan)
    }

    /// More comes after: pieces that may have a head there are looked at again.
    fn pause(mut self, progress: Progress) -> (Swept, Plan) {
        self.plan.progress = Progress {
            next_block: self.pieces.first().copied().unwrap_or(self.next_block),
            ..progress
        };
        (self.swept, self.plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_reads_back_what_it_writes_and_no_flipped_bit_passes() {
        let progress = Progress {
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
