//! One complaint's life: commands in, events or a named refusal out, and the fold of the events.
//!
//! Values and functions only: time and ids are arguments. [`decide`] says what a command does to a
//! complaint that stands as it does, [`evolve`] folds what happened, [`encode`] and [`decode`] are
//! the storage format. People's words never come here: the shell seals them first and hands in a
//! reference into the vault.

pub mod command;
pub mod event;

mod codec;
mod decide;
mod evolve;
mod reference;
mod refusal;
mod rules;
mod slices;
mod state;
mod vocabulary;

pub use codec::{CodecError, decode, encode};
pub use command::Command;
pub use decide::{FUTURE_TOLERANCE, decide, missing_for_close};
pub use event::Event;
pub use evolve::evolve;
/// What another system reported: feedback's own words, and its one order of reports, so that the two
/// never disagree on which report counts.
pub use redress_feedback::{Answer, ReportedHistory, ResponseClass};
pub use reference::{Reference, ReferenceError};
pub use refusal::{CODES, Preceding, Refusal};
pub use rules::Rules;
pub use slices::Slices;
pub use state::{
    Acknowledgement, Assignment, Closure, Communication, Decided, Decision, File, Ground,
    Groundwork, Imported, Inquiry, Investigating, NotRequired, Proposal, Remedy, Response, Stage,
    State, Status, Withdrawal,
};
pub use vocabulary::{
    Assessment, Cause, CloseBasis, ConflictDeclaration, ExplainedRefusal, ImmediateAction, Level,
    NoSuchWord, Outcome, RemedyKind, RemedyOffer, SafetyImplication, Severity,
};

#[cfg(test)]
mod tests;
