//! Entries whose record never reached the log.
//!
//! An entry is durable before its record reaches the log's writer, so a crash or a refusal in
//! between leaves an entry that nothing refers to. The vault has no clock; age is counted in runs of
//! the program. An entry that was sealed in an earlier run and that the log does not know will never
//! be known, unless its command is repeated: then the entry is relied on, and left alone.

use crate::core::Core;
use crate::entry::decode_head;
use crate::error::VaultError;
use crate::id::EntryId;
use crate::rows::{self, Unit};

use redress_store::MAX_BATCH_KEYS;

const PAGE_ROWS: usize = 128;

/// One run of the program, from opening the vault to closing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run(pub(crate) u32);

/// What a sweep found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    pub entries: u64,
    pub removed: u64,
    /// Entries whose head cannot be read. They are left alone.
    pub damaged: u64,
}

/// One page of the search for orphans.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) orphans: Vec<EntryId>,
    pub(crate) entries: u64,
    pub(crate) damaged: u64,
    /// Where the next page begins; `None` after the last one.
    pub(crate) last: Option<Vec<u8>>,
}

impl Core {
    pub(crate) fn orphans_after(
        &self,
        after: Option<&[u8]>,
        older_than: u32,
        is_known: impl Fn(&str) -> bool,
    ) -> Result<Page, VaultError> {
        let mut page = Page::default();
        let mut whole = after.and_then(rows::parse_entry_chunk).map(|(id, _)| id);
        for (key, value) in self.rows.page(b"e", after, PAGE_ROWS)? {
            if let Some((id, chunk)) = rows::parse_entry_chunk(&key) {
                let head = (chunk == 0).then(|| decode_head(id, &value));
                page.entries += u64::from(head.is_some());
                let orphan = match head {
                    Some(Ok(head)) => head.run() < older_than && !is_known(&id.to_string()),
                    Some(Err(_)) => {
                        page.damaged += 1;
                        false
                    }
                    // A piece without a head: an entry that was never written to its end.
                    None => whole != Some(id),
                };
                whole = Some(id);
                page.orphans.extend(orphan.then_some(id));
            }
            page.last = Some(key);
        }
        Ok(page)
    }

    /// The writes that remove an entry, unless it turns out to be newer than `older_than`.
    pub(crate) fn removal(&self, id: EntryId, older_than: u32) -> Result<Vec<Unit>, VaultError> {
        let mut units = vec![Unit::new()];
        if let Some(first) = self.rows.get(&rows::entry_chunk(id, 0))? {
            match decode_head(id, &first) {
                Ok(head) if head.run() < older_than => {
                    units[0].push((rows::subject_entry(head.subject(), id), None));
                    units[0].push((rows::entry_chunk(id, 0), None));
                }
                Ok(_) | Err(_) => return Ok(Vec::new()),
            }
        }
        let pieces = self
            .rows
            .page(&rows::entry_prefix(id), None, usize::from(u16::MAX) + 1)?;
        let pieces: Unit = pieces.into_iter().map(|(key, _)| (key, None)).collect();
        // The head goes first: what an interruption leaves is again only pieces.
        units.extend(pieces.chunks(MAX_BATCH_KEYS).map(<[_]>::to_vec));
        units.retain(|unit| !unit.is_empty());
        Ok(units)
    }
}
