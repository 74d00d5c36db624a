//! The intake service: takes feedback in, of every kind and through every door, and says later what
//! was said.
//!
//! It is the only writer of its log and of its vault. What is personal is sealed in the vault and
//! durable there before its record is queued, so there is never a record without its words; words
//! without a record can be left by a crash, and a retry of the same command takes them up again.
//!
//! What is on the disk, below [`Folders`](redress_log_service::Folders):
//!
//! | Folder | What it is |
//! |---|---|
//! | `<data>/<tenant>/intake/<partition>/log` | the log: precious |
//! | `<data>/<tenant>/intake/vault` | the sealed words: precious, worth nothing without the keys |
//! | `<data>/<tenant>/intake/keys` | the keys: precious and **secret** |
//! | `<data>/<tenant>/intake/views` | what the lists are read from: can be deleted at any time |
//!
//! Ids and keyed hashes are made in `names.rs` and nowhere else: they are for ever.

mod attachment;
mod config;
mod get;
mod import;
mod inbox;
mod intake;
mod item;
mod life;
mod list;
mod names;
mod part;
mod refused;
mod rejected;
mod reply;
mod sealing;
mod server;
mod submission;
mod submit;

pub use config::{IntakeConfig, IntakeDeps, IntakeLimits, Stores};
pub use import::{ImportRow, Imported, RowOutcome};
pub use inbox::Door;
pub use intake::{Intake, OpenError};
pub use names::Names;
pub use server::Endpoints;
