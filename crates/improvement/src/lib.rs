//! One improvement's life: a signal or a person opens a candidate, a person accepts or dismisses it, and what was
//! accepted is planned, implemented and closed.
//!
//! Whether the rate really fell is not measured yet, and a closing says so.

mod codec;
mod command;
mod event;
mod refusal;
mod state;
mod text;

pub use codec::{CodecError, decode, encode};
pub use command::{ActionDraft, Command, decide};
pub use event::{
    Accepted, Action, ActionKind, CandidateOpened, Closed, Dismissed, Event, Finding, Implemented,
    Planned, Slice, Source, SourceKind, Verdict,
};
pub use refusal::{Refusal, Rule};
pub use state::{Stage, StageName, State, evolve};
