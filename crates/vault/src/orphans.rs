//! The sweep of orphans as its caller does it, part by part.

use std::ops::Range;
use std::sync::Arc;

use crate::error::VaultError;
use crate::id::EntryId;
use crate::known::Known;
use crate::sweep::{Found, Unswept};
use crate::vault::Vault;

/// A search for entries that were sealed before this run of the program and that no record refers
/// to. In this order: [`keep`](Self::keep) what the records in [`log`](Self::log) refer to,
/// [`count`](Self::count) until nothing more comes, [`remove`](Self::remove) until nothing more
/// comes. Parts, so that others get their turn; none of it belongs into async code, but into
/// `spawn_blocking`.
#[derive(Debug)]
pub struct Sweep {
    vault: Arc<Vault>,
    known: Known,
    log: Range<u64>,
    at_most: u64,
    counted: Found,
    /// The next block to count; none when all are counted.
    count_from: Option<u64>,
    /// The next block to remove from; none when it is done.
    remove_from: Option<u64>,
}

impl Sweep {
    /// Nothing is removed if there are more than `at_most` orphans. An error says why nothing may be
    /// removed in this run.
    pub fn new(vault: Arc<Vault>, at_most: u64) -> Result<Self, VaultError> {
        let core = &vault.core;
        let (progress, until) = core.guarded(|| core.sweep_from())?;
        // Something was sealed since then that nobody has looked at yet.
        let from = Some(progress.next_block).filter(|next| *next < core.first_block);
        Ok(Self {
            known: Known::default(),
            log: progress.log_size..until,
            at_most,
            counted: Found::default(),
            count_from: from,
            remove_from: from,
            vault,
        })
    }

    /// Whether there is anything to look at.
    pub fn is_needed(&self) -> bool {
        self.remove_from.is_some()
    }

    /// The positions of all records that may refer to what is looked at.
    pub fn log(&self) -> Range<u64> {
        self.log.clone()
    }

    /// A text that stands in a record. What is no id of a vault names nothing in it.
    pub fn keep(&mut self, text: &str) {
        if let Ok(entry) = text.parse::<EntryId>() {
            self.known.insert(entry);
        }
    }

    /// Looks at about so many rows; says whether there are more.
    pub fn count(&mut self, rows: usize) -> Result<bool, VaultError> {
        if let Some(from) = self.count_from {
            let core = &self.vault.core;
            let part = core.guarded(|| core.look_for_orphans(from, rows, &self.known))?;
            self.counted += part.found;
            self.count_from = part.next_block;
        }
        Ok(self.count_from.is_some())
    }

    /// What was counted.
    pub fn counted(&self) -> Found {
        self.counted
    }

    /// Removes what is in about so many rows; says whether there are more. What was removed is not
    /// looked at again, in later runs neither.
    pub fn remove(&mut self, rows: usize) -> Result<bool, VaultError> {
        let found = self.counted.orphans;
        if self.count_from.is_some() {
            return Err(Unswept::NotCounted.into());
        }
        if found > self.at_most {
            let at_most = self.at_most;
            return Err(Unswept::TooMany { found, at_most }.into());
        }
        if let Some(from) = self.remove_from {
            let core = &self.vault.core;
            let part = core.guarded(|| core.look_for_orphans(from, rows, &self.known))?;
            self.remove_from = part.next_block;
            self.vault.sweep(from, part)?;
        }
        Ok(self.remove_from.is_some())
    }
}
