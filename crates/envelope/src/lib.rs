//! The stored record: one `CloudEvents` 1.0 JSON object, encoded once, stored once.
//!
//! The bytes that [`Record::encode`] returns are what the log keeps, what the bus carries, what
//! gRPC hands out and what is hashed. Nothing encodes a decoded record again. This crate also
//! holds the small values that stand inside records: ids, positions, times, money, references into
//! the vault. It is pure: time and ids are arguments.

mod actor;
mod ids;
mod record;
mod time;
mod token;
mod value;
mod word;

#[cfg(feature = "schema")]
pub mod schema;

pub use actor::{Actor, ActorError};
pub use ids::{Cause, IdError, ItemId, LogId, Subject, derived_uuid};
pub use record::{Context, DecodeError, Draft, EncodeError, MAX_RECORD_BYTES, Record};
pub use time::{earliest_today, format_time, format_timestamp, parse_timestamp, stamp};
pub use token::{Token, TokenError};
pub use value::{Commitment, Money, MoneyError, VaultRef};
pub use word::{UnknownWord, WordField};
