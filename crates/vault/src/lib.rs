//! Sealed personal data: customers' words, names, contacts, notes, foreign identifiers. The log
//! holds a reference and a commitment, the vault the content, under a key of the person's own, so
//! that the content can be rendered unreadable while log, counts and proofs stay as they were.
//!
//! # What is on the disk
//!
//! | Where | What | |
//! |---|---|---|
//! | the vault's store, `b` | blocks of entries, numbered as they were sealed; each entry sealed with its subject's key | unreadable without the keys |
//! | the vault's store, `k` | a row for each subject: its key, wrapped by a bucket key, and its newest entry | the same |
//! | the vault's store, `m`, `o` | which keys the store belongs to; how far orphans were looked for | no secret |
//! | `keys/buckets` | 256 bucket keys and the hash key, sealed by the master key | secret, replaced at each erasure |
//! | `keys/master.key` | the master key, where configuration names no other place | **secret** |
//!
//! Readable without any key, and left after an erasure: entry ids, subject pseudonyms, which entries
//! a subject has and in which order they were sealed, each entry's class and a range for its length.
//! None of it is personal data by itself; all of it is linkable, so the store is no more public than
//! the log.
//!
//! An entry's id says where the entry lies, so nothing has to be looked up to read it or to seal
//! another. Each entry names the one that was sealed before it for the same subject: the subject's
//! row and that chain are the list of what a person has here.
//!
//! # What is lost when something is lost
//!
//! - `master.key` or `buckets`: every entry, for good. The log stays, and so do its counts and
//!   proofs. Keyed hashes can no longer be made, so equal references are no longer found equal.
//! - The store: every entry; the keys open nothing else.
//! - Store and keys have to be of the same time: an erasure replaces keys in both. A backup takes
//!   both at once (and keeps them apart); opening refuses keys of another time by name. A restore
//!   brings back what was erased since, until the erasures are applied again.
//!
//! # What is not promised
//!
//! Erasing drops the bucket key that wraps the subject's key and overwrites the file it was in. A
//! disk or file system that keeps old blocks may keep that file, sealed by the master key: whoever
//! has the old blocks, an old store and the master key can read what was erased. Keys in memory are
//! overwritten when dropped, decrypted contents where they pass through this crate, what the
//! compressor and the caller keep is not.
//!
//! # Writing and reading
//!
//! One thread writes; calls to [`Vault::seal`] that wait together share blocks and one flush, and are
//! durable when they return. A failed write stops the vault for good: every later call says so.
//!
//! Each seal makes new entries. Whether a command is a repeat is for the log to say, before anything
//! is sealed; what a crash, a refusal or a race of two repeats leaves is an orphan, which nobody
//! refers to. [`Vault::sweep_orphans`] removes them; no service calls it yet, because it believes what
//! it is told of the log, and a log that is not whole would cost words that are still referred to.

mod block;
mod buckets;
mod core;
mod entropy;
mod entry;
mod erasure;
mod error;
mod fields;
mod group;
mod hex;
mod id;
mod keyring;
mod keys_dir;
mod listing;
mod meta;
mod opening;
mod place;
mod plain;
mod rows;
mod secret;
mod subject_key;
mod sweep;
mod vault;
mod writer;

pub use entropy::{Entropy, EntropyError, OsEntropy, SeededEntropy};
pub use entry::MAX_CONTENT_BYTES;
pub use erasure::Erasure;
pub use error::{OpenError, VaultError};
pub use id::{Class, ClassError, EntryId, IdError, SubjectId};
pub use keys_dir::{MasterKey, MasterKeyError, MasterKeySource};
pub use listing::Searched;
pub use sweep::Swept;
pub use vault::{Disclosure, NewEntry, Read, Vault, VaultDirs};
