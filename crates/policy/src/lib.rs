//! Policies as data: calendars, clocks, and why each answer is what it is.
//!
//! Values and functions only: time is an argument. [`due`] says when a target is due, [`elapsed`] how
//! much of the time counted, [`explain`] which intervals did and which did not. A [`Clock`] is one
//! promise as a fold of events. Time-zone data comes with the binary ([`tz_data_version`]).
//!
//! All of it is exact to the nanosecond, and answers for the years 1970 to 2099 ([`OutOfRange`]).

pub mod clock;
pub mod clocks;
pub mod document;
pub mod register;
pub mod ruling;

mod book;
mod calendar;
mod codec;
mod counting;
mod due;
mod engine;
mod explain;
mod pack;
mod pause;
#[cfg(feature = "schema")]
pub mod schema;
mod target;
mod time;

pub use book::Book;
pub use calendar::{Calendar, CalendarError, WEEKDAYS, Week, Window, WindowError};
pub use clock::{Calendars, Clock, ClockRefusal, Due};
pub use clocks::{Clocks, Policies};
pub use codec::CodecError;
pub use document::{ClockRule, Policy};
pub use due::{budget, due, elapsed};
pub use engine::{ENGINE_VERSION, Engine, tz_data_version};
pub use explain::{Span, Why, explain};
pub use pack::{DEFAULT_PACK, PACKS, Pack};
pub use pause::{Pause, PauseError, Pauses};
pub use ruling::Ruling;
pub use target::{Basis, Target, TargetError, Unit};
pub use time::OutOfRange;
