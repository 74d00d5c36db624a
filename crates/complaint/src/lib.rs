//! One complaint's life: commands in, events or a named refusal out, and the fold of the events.
//!
//! Values and functions only: time and ids are arguments. [`decide`] says what a command does to a
//! complaint that stands as it does, [`evolve`] folds what happened, [`encode`] and [`decode`] are
//! the storage format. People's words never come here: the shell seals them first and hands in a
//! reference into the vault.
//!
//! # What a decision can say
//!
//! An outcome is told of a response, and the two must agree, else the decision is refused.
//!
//! | Outcome | The response | Else |
//! |---|---|---|
//! | `upheld` | offers a remedy, | `UPHELD_WITHOUT_REMEDY` |
//! | | and refuses nothing | `UPHELD_BUT_REFUSED` |
//! | `partly_upheld` | offers a remedy; a refusal beside it says what is not upheld | `UPHELD_WITHOUT_REMEDY` |
//! | either of these | is of what was not assessed as `unfounded` | `UNFOUNDED_BUT_UPHELD` |
//! | `not_upheld`, `out_of_scope` | is an explained refusal | `REFUSAL_NOT_EXPLAINED` |
//! | `referred`, `duplicate` | says where it goes on: by `referral`, `information` or an explained refusal | `NOT_SAID_WHERE` |
//! | any of these four | makes nothing good (see [`RemedyKind::makes_good`]) | `MADE_GOOD_BUT_NOT_UPHELD` |
//! | `withdrawn` | none: that is the complainant's own step | `WITHDRAWAL_IS_NO_DECISION` |
//!
//! What is paid or done as a favour, without admitting anything, is called `goodwill`, and stands beside
//! any refusal. ISO 10002 asks for decisions that are explained and names no such table: the reading is
//! the field's (UK DISP 1.6.2, say: accepts and offers redress; offers redress without accepting; rejects
//! and gives reasons).
//!
//! # Who investigates
//!
//! Nobody who has declared a conflict of interest, and that somebody was kept out is recorded, once for
//! each investigation: what is looked into after a dispute or a reopening is another matter, and everybody
//! declares anew. Who declares a conflict in the middle no longer investigates. A conflict that is declared
//! for the complaint itself ([`command::DeclareConflict`]) holds for all of its investigations, whatever is
//! declared when one begins, and keeps the complaint from being assigned to who has it, until it is cleared.
//!
//! # Standing still
//!
//! An open complaint, wherever it stands, can wait for one answer, of the complainant or of a third party,
//! and be on hold on a legal basis ([`HoldBasis`]), each since a time and for a reason, so that clocks can
//! pause. Meanwhile the organisation takes no step that moves it on; what the complainant does is recorded,
//! and an answer to the decision ends the waiting for it. A closing, which waits for nobody but the
//! complainant, and a withdrawal end both. Escalation is a flag with a level: it stops nothing.
//!
//! # What policies ask for
//!
//! [`Rules`] carries what the policies in force say of one complaint: when silence is a ground to close, on
//! which bases it may be closed and which records have to be there, which severity is proposed, which
//! remedies may be offered and how much of them by one person alone. A remedy above that limit is promised
//! to nobody before another person has approved it ([`Approval`]).
//!
//! # Before another body
//!
//! A complaint whose decision is disputed, or on which none came, can be before another body (ISO 10003):
//! an ombudsman, an arbitrator, a court. That stands beside where it stands ([`External`]), because the
//! organisation may look into it anew meanwhile. The steps come in their order: referred, notice received,
//! position stated, resolution begun, then settled or determined, implemented where there is something to
//! implement, file closed. Both can settle as soon as the notice is there; a determination comes of an
//! advisory or determinative resolution. A file that comes to no result is closed with a reason. As long as
//! the file is open the complaint is not closed. A closed file is an option that is exhausted, whether or not
//! the organisation had explained it. What another body overturned is made good by an offer of remedies,
//! whatever had been decided, or by another investigation.
//!
//! # Merging
//!
//! A complaint that is merged into another is not handled: the other one answers both. Unmerged it stands
//! where it stood, with what it waited for and since when; a merging and an unmerging leave nothing behind but
//! history. An open complaint is merged into an open one only, never into itself, and never into one that it
//! has received: so there is no circle. It may have received others itself. Of a promise that was made before
//! the merging it can still be said that it was kept.
//!
//! # What stays owed
//!
//! A remedy that the complainant was told of is owed until it is fulfilled or declined ([`State::owed`]). A
//! complaint closes only when each is fulfilled, declined or promised for a day to come; a withdrawal, which is
//! the complainant's right, says whether they are kept or the organisation is released from them.

pub mod command;
pub mod contact;
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

#[cfg(feature = "schema")]
pub mod schema;

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
pub use rules::{ExternalRecourse, RequiredRecord, Rules};
pub use slices::Slices;
pub use state::{
    Acknowledgement, Approval, Assignment, Awaited, Closure, Communication, Decided, Decision,
    Escalation, External, ExternalStep, File, Flags, FollowUp, Ground, Groundwork, Hold, Imported,
    Inquiry, Investigating, Merging, NextLevel, NotRequired, Proposal, Remedy, RemedyCourse,
    Response, Stage, State, Status, Waiting, Withdrawal,
};
pub use vocabulary::{
    Assessment, BounceReason, Cause, Classification, Clearance, CloseBasis, ConflictDeclaration,
    Determination, ExplainedRefusal, ExternalResult, FindingResult, HoldBasis, ImmediateAction,
    Informs, KeptOut, Level, NoSuchWord, Outcome, Promises, Proof, ReferredBy, RemedyKind,
    RemedyOffer, ResolutionMethod, Revision, SafetyImplication, Satisfaction, SatisfactionMeasure,
    Severity, WaitingFor,
};

#[cfg(test)]
mod tests;
