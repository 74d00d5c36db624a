//! One improvement's life: a signal or a person opens a candidate, a person accepts or dismisses it, and what was
//! accepted is planned, implemented and closed.
//!
//! What shifts in one slice of the complaints is out for months. That is one matter: while an
//! improvement of the slice is open, also an implemented one, the next signal of it is further evidence
//! and opens nothing. After a dismissal or a closing it is news.
//!
//! Whether the rate really fell is not measured yet, and a closing says so.

mod codec;
mod command;
mod event;
mod refusal;
mod state;
mod text;

#[cfg(feature = "schema")]
pub mod schema;

pub use codec::{CodecError, decode, encode};
pub use command::{ActionDraft, Command, decide};
pub use event::{
    Accepted, Action, ActionKind, CandidateOpened, Closed, Dismissed, Event, Finding, Implemented,
    Planned, SignalAdded, Slice, Source, SourceKind, Verdict,
};
pub use refusal::{Refusal, Rule};
pub use state::{STATUSES, Stage, StageName, State, evolve};
