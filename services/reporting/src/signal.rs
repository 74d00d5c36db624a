//! Signals: what reporting records. A month is judged once; what was out of its limits is raised.
//!
//! The structs of the events are the storage format of `data`: fields may be added, each optional;
//! none is renamed, retyped or removed.

mod codec;
mod event;
mod life;

#[cfg(feature = "schema")]
pub mod schema;

pub use codec::{CodecError, decode, encode};
pub use event::{Direction, Event, Evidence, Figures, MonthJudged, SignalRaised, Slice};
pub use life::{SignalLife, State, decide, evolve, judgement_subject, signal_subject};
