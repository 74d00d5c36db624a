//! A subject's entries: by the list that they form, and where that is broken, by looking at
//! everything.

use crate::block::Block;
use crate::core::Core;
use crate::entry::{Damage, Header};
use crate::error::VaultError;
use crate::id::{EntryId, SubjectId};
use crate::place::{BLOCK_NUMBERS, Place};

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

/// A page of the list of a subject's entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Newest first; the erased ones too.
    pub entries: Vec<EntryId>,
    /// After which entry the next page begins; `None` where nothing more can be listed.
    pub next: Option<EntryId>,
    /// Why nothing more can be listed, though there is more.
    pub broken: Option<Broken>,
}

/// Where damage cuts a list off. [`search_entries`](crate::Vault::search_entries) finds the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    pub block: u64,
    pub what: &'static str,
}

impl Core {
    /// Newest first, from the one sealed before `after` on; looks at no more than `limit`.
    pub(crate) fn entries_of(
        &self,
        subject: SubjectId,
        after: Option<EntryId>,
        limit: usize,
    ) -> Result<Listed, VaultError> {
        let mut steps = Steps {
            core: self,
            subject,
            block: None,
        };
        let mut listed = Listed::default();
        let mut next = if let Some(after) = after {
            match steps.step(after.place())? {
                Ok(step) => step.previous,
                Err(broken) => {
                    listed.broken = Some(broken);
                    None
                }
            }
        } else {
            let record = self.keyring.record(&self.rows, subject)?;
            record.map(|record| record.newest)
        };
        for _ in 0..limit.max(1) {
            let Some(place) = next else { break };
            match steps.step(place)? {
                Ok(step) => {
                    listed.entries.extend(step.shown());
                    next = step.previous;
                    listed.next = next.map(|_| step.entry);
                }
                Err(broken) => {
                    (listed.next, listed.broken) = (None, Some(broken));
                    break;
                }
            }
        }
        Ok(listed)
    }

    /// Shows the headers in so many blocks from this one on; says where to go on. Blocks that cannot
    /// be read are passed over.
    pub(crate) fn for_each_header(
        &self,
        from: u64,
        blocks: usize,
        mut see: impl FnMut(Place, &Header),
    ) -> Result<Option<u64>, VaultError> {
        let rows = self.rows.blocks(from, BLOCK_NUMBERS, blocks)?;
        let is_last = rows.len() < blocks;
        let next = rows.last().map(|(number, _)| number + 1);
        for (block, bytes) in rows {
            let Ok(found) = Block::decode(block, &bytes) else {
                continue;
            };
            for (index, header) in (0..=u8::MAX).zip(&found.headers) {
                see(Place { block, index }, header);
            }
        }
        Ok(next.filter(|_| !is_last))
    }

    pub(crate) fn search(
        &self,
        subject: SubjectId,
        from: u64,
        blocks: usize,
    ) -> Result<Searched, VaultError> {
        let mut searched = Searched::default();
        let rows = self.rows.blocks(from, BLOCK_NUMBERS, blocks)?;
        let is_last = rows.len() < blocks;
        for (number, bytes) in rows {
            searched.next_block = Some(number + 1).filter(|_| !is_last);
            match Block::decode(number, &bytes) {
                Ok(block) => searched.entries.extend(of(&block, number, subject)),
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
    entry: EntryId,
    is_swept: bool,
    previous: Option<Place>,
}

impl Step {
    fn shown(&self) -> Option<EntryId> {
        (!self.is_swept).then_some(self.entry)
    }
}

impl Steps<'_> {
    fn step(&mut self, place: Place) -> Result<Result<Step, Broken>, VaultError> {
        let number = place.block;
        let broken = |what| {
            Ok(Err(Broken {
                block: number,
                what,
            }))
        };
        if self.block.as_ref().is_none_or(|(last, _)| *last != number) {
            match self.core.block(number)? {
                Ok(Some(block)) => self.block = Some((number, block)),
                Ok(None) => return broken("there is no block"),
                Err(Damage(what)) => return broken(what),
            }
        }
        let block = self.block.as_ref().map(|(_, block)| block);
        let header = block.and_then(|block| block.headers.get(usize::from(place.index)));
        let Some(header) = header.filter(|header| header.origin.subject == self.subject) else {
            return broken("the entry in it is not the subject's");
        };
        let previous = header.origin.previous;
        if previous.is_some_and(|previous| previous >= place) {
            return broken("what was sealed before comes after");
        }
        Ok(Ok(Step {
            entry: EntryId::new(place, &header.nonce),
            is_swept: header.is_swept(),
            previous,
        }))
    }
}
