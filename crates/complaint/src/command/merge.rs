//! Several complaints of one matter.

use jiff::Timestamp;
use redress_envelope::{ItemId, VaultRef};

/// Let another complaint answer this one too. That the other one can be found and takes it is the shell's
/// to see to: see [`ReceiveMerge`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    pub into: ItemId,
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Let it be a complaint of its own again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmerge {
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Take another complaint in. Asked of the one that stays, before the other one is merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveMerge {
    pub from: ItemId,
    pub occurred_at: Option<Timestamp>,
}

/// Note that the other one is a complaint of its own again, or never came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndMerge {
    pub from: ItemId,
    pub occurred_at: Option<Timestamp>,
}
