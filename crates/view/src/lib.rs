//! Read models: a view is a fold of records, from one log or several, into keyed rows.
//!
//! Rows and the positions that they include are written in one batch, so a view that is killed goes
//! on exactly where its rows are, and one that is deleted is folded again from the logs. Everything
//! in a views directory can be deleted at any time.
//!
//! Thousands of records are folded in memory before anything is written, and each row that they
//! touch is written once; when nothing more is waiting the rows are written at once, so that a
//! client who waits for its own write waits for milliseconds.
//!
//! Three threads share the work while there is much of it: one reads and decodes the records that
//! come next, one folds, one writes the batch before. Each waits for the next when that is one step
//! behind, so there are never more than four chunks of records for each log (the one that was folded
//! last is freed by who decodes the next) and three batches of rows in memory: one that is being
//! folded, one that is being written, one that was written last and is remembered because the next
//! records ask for it. A fold may also keep a row as a value
//! ([`Row`]), which is encoded once for each batch.
//!
//! A view over several logs gives the same rows however the logs interleave, as long as causes come
//! first: a record is held back until the record that caused it is folded ([`Record::context`]'s
//! `causation`, where it lies in a log that the view follows). Held back means not read further, so
//! memory stays in bounds. [`fold_all`] shows a test any interleaving, without files or threads.
//!
//! What is on the disk:
//!
//! | Name | What it is |
//! |---|---|
//! | `<name>-<version>-<number>/` | the rows of one generation of a view, in fjall |
//! | `.../building` | it has not caught up with its logs yet, and is not served |
//! | `.../staged/` | the rows of one that is being built, as sorted runs, until they are sorted into fjall |
//!
//! Rows that cannot be written stop their view, and it says why; the files are opened again by
//! themselves once there is room on the disk, and the view goes on where its rows are.
//!
//! A generation is never renamed, because fjall goes on using the path under which it was opened.
//!
//! [`Record::context`]: redress_envelope::Record

mod again;
mod batch;
mod building;
mod core;
mod engine;
mod feed;
mod fold;
mod fold_all;
mod generation;
mod generations;
mod overlay;
mod progress;
mod read;
mod row;
mod rows;
mod runner;
mod shared;
mod status;
mod stop;
mod supervisor;
mod view;
mod written;

pub use fold::{Fold, FoldError};
pub use fold_all::{Folded, fold_all};
pub use progress::Incomplete;
pub use read::{Page, ReadError, Unavailable, ViewRows};
pub use row::Row;
pub use rows::Rows;
pub use status::{Building, SourceStatus, ViewStatus};
pub use stop::Stop;
pub use view::{RebuildError, StartError, View, ViewOptions, WaitError};
