//! An append-only log of records with one writer.
//!
//! A command is loaded beside the queue, decided by the writer at the position where its events will
//! stand, and acknowledged when its records are on the disk. The newest records are in blocks in a
//! durable store (the tail); the history is in sealed segments, plain files with their own indexes.
//! Every record is a leaf of a Merkle tree, whose root proves the whole of the log.
//!
//! What is on the disk:
//!
//! | Name | What it is |
//! |---|---|
//! | `identity.json` | which log this is |
//! | `segments/<first position>.seg` | the sealed history; immutable; also the backup |
//! | `tail/` | the newest records, in sled behind a guard |
//! | `tail-before-open` | the tail's file from before it was opened; there while it opens, and left where that found damage |
//! | `lock` | held by the one process that writes |
//! | `../log.restoring/` | a log that is being restored, taken back to its end, or whose end is declared lost; it becomes the folder once it is whole |
//! | `../head.json` | how far the log had come, to notice a tail that was cut off |
//!
//! A write that fails ends the log: [`Log::watch_stopped`] says why, nothing is acknowledged after
//! it, and the process has to be started again.

mod before;
mod block;
mod clock;
mod cursor;
mod export;
mod follow;
mod head_note;
mod history;
mod identity;
mod in_order;
mod keys;
mod lives;
mod log;
mod lost;
mod open;
mod pack;
mod restore;
mod seal;
mod segment;
mod shared;
mod source;
mod tail;
mod transact;
mod verify;
mod writer;

pub use block::{BlockError, PutError};
pub use clock::{Clock, CountingClock};
pub use cursor::{Consumed, Cursor, Cursors};
pub use export::ExportError;
pub use follow::{Consumption, FollowError, Follower};
pub use history::{ReadError, Stored};
pub use identity::Identity;
pub use lives::{EarlierLife, Lives, NotOurs};
pub use log::Log;
#[cfg(feature = "schema")]
pub use lost::schema as lost_schema;
pub use lost::{LOG_STREAMS, LogEvent, RecordLost, TailLost};
pub use open::OpenError;
pub use pack::PackError;
pub use redress_store::LockError;
pub use restore::{
    Loss, RestoreError, Restored, TakeBack, TakeBackError, TakenBack, Unfit, WriteError, restore,
};
pub use segment::{SealError, SegmentError};
pub use shared::{Head, LogConfig};
pub use source::{BoxFuture, Source, SourceError};
pub use transact::{Command, Done, Life, LoadError, Moment, TransactError, UnreadableEvent};
pub use verify::{Problem, Verified, verify};
