//! What can go wrong. No message repeats what was sealed or who it is about.

use std::path::PathBuf;

use crate::begin::Evidence;
use crate::entry::MAX_CONTENT_BYTES;
use crate::id::{EntryId, IdError};
use crate::sweep::Unswept;

/// Why a call failed. After [`Stopped`](Self::Stopped), [`Store`](Self::Store) or
/// [`Keys`](Self::Keys) the vault takes no more calls.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// With what made it stop.
    #[error("the vault has stopped: {0}; restart to recover")]
    Stopped(String),
    #[error("the vault's store failed: {0}")]
    Store(String),
    #[error("nothing was sealed: {0}")]
    DiskFull(String),
    #[error("the vault's keys could not be replaced: {0}")]
    Keys(String),
    #[error("nothing was sealed: {0}")]
    Entropy(#[from] crate::EntropyError),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error("a content has {bytes} bytes; at most {MAX_CONTENT_BYTES} can be sealed")]
    TooLarge { bytes: usize },
    #[error("entry {entry} is damaged: {what}")]
    Damaged { entry: EntryId, what: &'static str },
    #[error("entry {entry} is not what was committed to")]
    NotAsCommitted { entry: EntryId },
    /// Nothing was removed.
    #[error("orphans are not removed: {0}")]
    Unswept(#[from] Unswept),
    #[error("the wrapped key of a subject in bucket {bucket} is unusable: {what}")]
    SubjectKey { bucket: u16, what: &'static str },
}

impl VaultError {
    /// Whether nothing after it can be trusted to be on the disk.
    pub(crate) fn stops_the_vault(&self) -> bool {
        matches!(self, Self::Stopped(_) | Self::Store(_) | Self::Keys(_))
    }
}

/// Why the vault does not open. Nothing is changed by an open that fails with one of these, except
/// that what was never used (an empty vault's new keys) may be there.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{path}: {error}")]
    Io {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{path} is missing; without the master key that sealed it the vault is unreadable")]
    MasterKeyMissing { path: PathBuf },
    #[error("the master key in {place} is not 64 hex digits")]
    MasterKeyMalformed { place: String },
    #[error("{path} can be read by others (mode {mode:o}); make it 0600")]
    MasterKeyReadableByOthers { path: PathBuf, mode: u32 },
    #[error("{path} is whole, but was not sealed with this master key")]
    WrongMasterKey { path: PathBuf },
    #[error("{path} is damaged: {what}; take it back from the backup of the keys")]
    BucketsDamaged { path: PathBuf, what: &'static str },
    #[error(
        "{path} is missing, and the vault holds entries sealed under it; take it back from the \
         backup of the keys (where it is lost, so is the vault: move the vault's folder away)"
    )]
    BucketsMissing { path: PathBuf },
    /// There was one: an empty one in its place would hide what is missing.
    #[error("there is no vault, although {0}; put it back")]
    VaultGone(Evidence),
    #[error("the keys belong to another vault than the store")]
    KeysOfAnotherVault,
    #[error(
        "the keys and the store are of different times, or of copies of this vault that went on \
         apart; take back both from one copy, then apply the later erasures again"
    )]
    KeysOfAnotherTime,
    #[error("the vault's store is damaged: {what}; take back store and keys from one copy")]
    StoreDamaged { what: &'static str },
    #[error("{what} has format version {version}, which this program does not know")]
    UnknownFormat { what: &'static str, version: u8 },
    #[error("an interrupted change of keys could not be completed: {0}")]
    Recovery(VaultError),
    #[error("the vault's store failed: {0}")]
    Store(VaultError),
    #[error("the vault's writer cannot be started: {0}")]
    Thread(std::io::Error),
    #[error(transparent)]
    Entropy(#[from] crate::EntropyError),
}
