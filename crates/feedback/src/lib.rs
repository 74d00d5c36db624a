//! One feedback item's life: what was said, by whom, through which door, and what another system
//! reported about it since.
//!
//! A service fills a [`Submission`], has it [`check`]ed, seals the [`Content`] (everything personal)
//! in its vault, and submits the rest, a [`Feedback`], which is what the events carry. The crate is
//! pure: times are arguments, ids and keyed hashes are made by the service.

mod check;
mod codec;
mod content;
mod event;
mod history;
mod item;
mod refusal;
mod submission;
mod vocabulary;

pub mod cfpb;
pub mod import;
pub mod rejected;
#[cfg(feature = "schema")]
pub mod schema;

pub use check::{Checked, EARLIEST, Seal, check, is_source};
pub use codec::{CodecError, decode, encode};
pub use content::{Content, ContentError, Customer, ExternalId};
pub use event::{
    Attachment, Event, ExternalReference, Feedback, ImportCompleted, ImportReopened, ImportStarted,
    InputAccepted, InputDiscarded, RejectedInput, RejectionReason, RemedySought, Score,
};
pub use history::{Answer, Rank, ReportedHistory, ResponseClass};
pub use item::{Command, State, decide, evolve};
pub use refusal::{Refusal, Rule};
pub use submission::{
    Submission, SubmittedAttachment, SubmittedCustomer, SubmittedReference, SubmittedRemedy,
    SubmittedScore,
};
pub use vocabulary::{Channel, Kind, Measure, RemedyKind, Vocabulary};
