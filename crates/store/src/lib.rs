//! A durable, ordered key-value store with atomic batches; the only crate that knows sled and fjall.
//!
//! Two kinds of data want two kinds of store. Logs and the vault are precious and small: they go
//! through [`Store`], whose [`Store::apply`] returns `Ok` only when the bytes are on the disk. Views
//! can be folded again at any time: they go into a [`RowStore`], which is atomic but not synced; while a
//! view is built and nobody reads it, into [`StagedRows`].
//!
//! # Why sled needs a guard
//!
//! [`SledStore`] is sled 0.34.7 with a guard around it. Each guard answers something that was seen
//! to go wrong:
//!
//! | What goes wrong in sled alone | The guard |
//! |---|---|
//! | `flush` calls `sync_file_range`, which neither writes the file's metadata nor empties the disk's own cache: a power cut takes what was flushed | after each flush one `fdatasync` on a second descriptor of the same file, and only then `Ok` |
//! | a group larger than a segment may let sled reuse old space before the new copy is synced | a large group is flushed and synced piece by piece, 128 KiB at a time |
//! | values of 16 KiB and more, and very large batches, go to files in `blobs/` that nobody syncs | [`Batch`] refuses values over [`MAX_VALUE_BYTES`] and more than [`MAX_BATCH_KEYS`] keys; a file in `blobs/` after a flush fails the store |
//! | a kill while opening leaves `snap.*.generating`, which the next open takes for a snapshot | the janitor removes it before sled looks |
//! | a damaged snapshot makes an intact log unopenable | the snapshots are set aside and the log is read without them, once |
//! | damage can make sled panic | sled is called inside `catch_unwind` |
//! | a damaged or lost file may open as an empty database | the database carries an identity that is also kept beside it; if they do not agree, it is not opened |
//! | of a write that fails on one of its threads it may tell nobody who already waits for it, and they wait for ever with a lock that all databases of the process share | a thread of the store's own looks for the error while there is a write, and wakes them |
//! | it retries after a failed write, and its flusher thread dies of one | no flusher thread; the first error fails the store for good and sled is never called again |
//! | a full disk fails in the middle of a write and cannot be opened again | below a reserve nothing is written; a ballast file is given up to make an open possible |
//! | nothing stops two processes of ours with a useful message | our own lock file, held before sled is touched; the error names the holder |
//!
//! What cannot be opened is never deleted: it is renamed into `quarantined-<n>/`, [`SledStore::open`]
//! says so, and goes on saying so until [`SledStore::open_after_quarantine`] is asked to begin empty.
//! So an empty database where there was data is always somebody's decision.
//!
//! The guard does not detect a flipped bit in a value: whoever stores records checks them.
//!
//! # What is in the directory
//!
//! | Name | What it is |
//! |---|---|
//! | `sled/` | sled's own files; exists only once it was created and synced completely |
//! | `sled.creating/` | a creation that did not finish; holds nothing, removed at open |
//! | `identity` | the database's identity, to notice when `sled/` is lost or another one |
//! | `lock` | the lock file, with the holder's process id |
//! | `ballast` | space to give up when the disk is full |
//! | `set-aside-<n>/` | snapshots that sled could not read |
//! | `quarantined-<n>/`, `QUARANTINED` | a database that could not be opened, and why |

mod batch;
mod faulty;
mod lock;
mod memory;
mod row_store;
mod sled_store;
mod slow;
mod staged_rows;
mod store;

pub use batch::{Batch, BatchError, MAX_BATCH_KEYS, MAX_KEY_BYTES, MAX_VALUE_BYTES};
pub use faulty::{Fault, FaultPlan, FaultyStore};
pub use lock::{DirLock, LockError};
pub use memory::MemoryStore;
pub use row_store::{Ingested, PutRow, RowBatch, RowChange, RowError, RowStore, RowStoreOptions};
pub use sled_store::{OpenError, OpenReport, SledOptions, SledStore};
pub use slow::SlowStore;
pub use staged_rows::StagedRows;
pub use store::{Store, StoreError};
