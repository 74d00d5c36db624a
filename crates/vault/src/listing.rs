//! A subject's entries: by the list that they form, and where that is broken, by looking at
//! everything.

use crate::block::{Block, Row};
use crate::core::Core;
use crate::entry::Damage;
use crate::error::VaultError;
use crate::id::{EntryId, SubjectId};
use crate::place::Place;

/// A part of a search for a subject's entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// Oldest first; the erased ones too.
    pub entries: Vec<EntryId>,
    /// Blocks that cannot be read; there may be more entries in them.
    pub damaged_blocks: u64,
    /// Where to go on; `None` when all was searched.
    pub next_block: Option<u64>,
}

impl Core {
    /// Newest first, from the one sealed before `after` on. What comes before a break is given; who
    /// goes on from there is told of it.
    pub(crate) fn entries_of(
        &self,
        subject: SubjectId,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Vec<EntryId>, VaultError> {
        let mut steps = Steps {
            core: self,
            subject,
            block: None,
        };
        let mut next = if let Some(after) = after {
            steps.step(after.place())?.previous
        } else {
            let record = self.keyring.record(&self.rows, subject)?;
            record.map(|record| record.newest)
        };
        let mut entries = Vec::new();
        while let Some(place) = next.filter(|_| entries.len() < limit) {
            match steps.step(place) {
                Ok(step) => {
                    entries.extend(step.entry);
                    next = step.previous;
                }
                Err(VaultError::ListBroken { .. }) if !entries.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }

    pub(crate) fn search(
        &self,
        subject: SubjectId,
        from: u64,
        blocks: usize,
    ) -> Result<Searched, VaultError> {
        let mut searched = Searched::default();
        let rows = self
            .rows
            .blocks(from, crate::place::BLOCK_NUMBERS, blocks)?;
        let is_last = rows.len() < blocks;
        for (number, bytes) in rows {
            searched.next_block = Some(number + 1).filter(|_| !is_last);
            match Row::decode(number, &bytes) {
                Ok(Row::Block(block)) => searched.entries.extend(of(&block, number, subject)),
                Ok(Row::Piece(_)) => {}
                Err(_) => searched.damaged_blocks += 1,
            }
        }
        Ok(searched)
    }
}

/// The entries in a block that are a subject's and were not swept.
fn of(block: &Block, number: u64, subject: SubjectId) -> impl Iterator<Item = EntryId> {
    (0..=u8::MAX)
        .zip(&block.headers)
        .filter(move |(_, header)| header.origin.subject == subject && !header.is_swept())
        .map(move |(index, header)| {
            let block = number;
            EntryId::new(Place { block, index }, &header.nonce)
        })
}

/// Walks from an entry to the one before it.
struct Steps<'a> {
    core: &'a Core,
    subject: SubjectId,
    /// The block that was read last: often the next step lies in it too.
    block: Option<(u64, Block)>,
}

struct Step {
    /// None where it was swept.
    entry: Option<EntryId>,
    previous: Option<Place>,
}

impl Steps<'_> {
    fn step(&mut self, place: Place) -> Result<Step, VaultError> {
        let number = place.block;
        let broken = |what| VaultError::ListBroken {
            block: number,
            what,
        };
        if self.block.as_ref().is_none_or(|(last, _)| *last != number) {
            let block = self.core.block(number)?;
            let block = block.map_err(|Damage(what)| broken(what))?;
            let block = block.ok_or(broken("there is no block"))?;
            self.block = Some((number, block));
        }
        let block = self.block.as_ref().map(|(_, block)| block);
        let header = block.and_then(|block| block.headers.get(usize::from(place.index)));
        let header = header.filter(|header| header.origin.subject == self.subject);
        let header = header.ok_or(broken("the entry in it is not the subject's"))?;
        let previous = header.origin.previous;
        if previous.is_some_and(|previous| previous >= place) {
            return Err(broken("what was sealed before comes after"));
        }
        let entry = EntryId::new(place, &header.nonce);
        Ok(Step {
            entry: (!header.is_swept()).then_some(entry),
            previous,
        })
    }
}
