//! Sealed personal data: customers' words, names, contacts, notes, foreign identifiers. The log
//! holds a reference and a commitment, the vault the content, under a key of the person's own, so
//! that the content can be rendered unreadable while log, counts and proofs stay as they were.
//!
//! # What is on the disk
//!
//! In the vault's store, numbers big-endian, each row by itself under an own check:
//!
//! | Key | Value | Module |
//! |---|---|---|
//! | `b`, number u64 | a block: headers and sealed bytes of at most 255 entries, at most 8 KiB | `block`, `entry` |
//! | `p`, block u64, index u8, piece u8 | up to 8187 bytes of an entry that does not fit in a block | `piece` |
//! | `k`, bucket u16, subject 16 | a subject's wrapped key (or that it was erased, or lost) and its newest entry | `subject_key` |
//! | `m` | which vault it is, and the tags of the keys' file that is there and of the next | `meta` |
//! | `o` | which log refers to it, and how far orphans were looked for | `sweep` |
//!
//! In the folder of keys:
//!
//! | File | What | |
//! |---|---|---|
//! | `buckets` | the file's tag, the vault's id, the hash key and 1024 bucket keys, sealed by the master key; 38 KB | secret, replaced at each erasure; see `buckets` |
//! | `master.key` | the master key, where configuration names no other place: 64 hex digits | **secret**; see `keys_dir` |
//!
//! An entry before it is sealed: salt, compressed content, zeros up to one of few lengths (`plain`).
//! Its id: place, mark and check digits (`id`, `place`). All of it is held by files that are
//! compared byte for byte (`tests/golden`).
//!
//! Readable without any key, and left after an erasure: entry ids, subject pseudonyms, which entries
//! a subject has and in which order they were sealed, each entry's class and a range for its length,
//! how long the log was then. None of it is personal data by itself; all of it is linkable, so the
//! store is no more public than the log.
//!
//! An entry's id says where the entry lies, so nothing has to be looked up to read it or to seal
//! another. Each entry names the one that was sealed before it for the same subject: the subject's
//! row and that chain are the list of what a person has here.
//!
//! # What it is sealed with
//!
//! - XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha, RFC 8439), for entries, subject keys and the file
//!   of bucket keys alike: its nonces of 24 bytes may be random under one key without counting, and a
//!   restored copy cannot bring a counter back. Keys and nonces come from the operating system.
//! - What is sealed is bound to its place by the associated data: an entry to its id's place and its
//!   header, a subject key to subject, bucket and generation. Nothing can be moved or exchanged.
//! - Commitments are SHA-256 of 32 random bytes and the content; keyed hashes HMAC-SHA-256 (RFC 2104)
//!   cut to 128 bits, each part preceded by its length.
//! - The checks (8 bytes of SHA-256, or CRC-32) are against accidents and need no key; against people
//!   there are the tags of the cipher.
//!
//! # What is lost when something is lost
//!
//! - `master.key` or `buckets`: every entry, for good. The log stays, and so do its counts and
//!   proofs. Keyed hashes can no longer be made, so equal references are no longer found equal.
//! - The store: every entry; the keys open nothing else.
//! - A row: what is in it, and of a block whose headers are damaged the older part of its subjects'
//!   lists, which a search finds. A subject's row can be written anew from the headers, without its
//!   key ([`Vault::mend_subject`]).
//! - Store and keys have to be of the same time: an erasure replaces keys in both. A backup takes
//!   both at once (and keeps them apart); opening refuses keys of another time, and those of another
//!   copy of the vault that went on by itself, by name. A restore brings back what was erased since,
//!   until the erasures are applied again.
//! - The store's folder: no empty one takes its place by itself. Opening refuses as long as the log
//!   beside it has records or its keys are there, until somebody says that it is lost ([`Begin`]).
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
//! refers to. [`Sweep`] removes them in a later run, if the vault knows its log
//! ([`Vault::beside_log`]) and the log is not older than the vault.

mod begin;
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
mod known;
mod listing;
mod meta;
mod opening;
mod orphans;
mod piece;
mod place;
mod plain;
mod rows;
mod secret;
mod subject_key;
mod sweep;
mod vault;
mod writer;

pub use begin::{Begin, Evidence};
pub use entropy::{Entropy, EntropyError, OsEntropy, SeededEntropy};
pub use entry::MAX_CONTENT_BYTES;
pub use erasure::Erasure;
pub use error::{OpenError, VaultError};
pub use id::{Class, ClassError, EntryId, IdError, SubjectId};
pub use keys_dir::{MasterKey, MasterKeyError, MasterKeySource};
pub use listing::{Broken, Listed, Searched};
pub use orphans::Sweep;
pub use sweep::{Found, Unswept};
pub use vault::{Disclosure, NewEntry, Read, Vault, VaultDirs};
