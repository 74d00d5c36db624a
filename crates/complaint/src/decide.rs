//! What a command does to a complaint that stands as it does: events, nothing if it is true
//! already, or a refusal. Branches here, works in the leaves, one file per command or pair.

mod acknowledge;
mod answer;
mod assess;
mod assign;
mod close;
mod communicate;
mod field;
mod import;
mod investigate;
mod note;
mod occurred;
mod open;
mod reopen;
mod respond;
mod withdraw;

use jiff::Timestamp;

pub use close::missing_for_close;
pub use occurred::FUTURE_TOLERANCE;

use crate::{Command, Event, File, Refusal, Rules, Stage, State};

/// `at` is when the command is decided: it is also when it happens, where the command does not say.
pub fn decide(
    state: &State,
    command: &Command,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let at = redress_envelope::stamp(at, None);
    match command {
        Command::Open(c) => open::open(state, c),
        Command::TakeOver(c) => import::take_over(state, c),
        Command::ReportHistory(c) => import::report_history(state, c),
        Command::Acknowledge(c) => acknowledge::acknowledge(state, c, at),
        Command::Assign(c) => assign::assign(state, c, at),
        Command::Assess(c) => assess::assess(state, c, at),
        Command::StartInvestigation(c) => investigate::start(state, c, at),
        Command::RecordInvestigationNotRequired(c) => investigate::not_required(state, c, at),
        Command::ProposeResponse(c) => respond::propose(state, c, at),
        Command::FulfilRemedy(c) => respond::fulfil(state, c, at),
        Command::CommunicateDecision(c) => communicate::communicate(state, c, at),
        Command::RecordAcceptance(c) => answer::accept(state, c, at),
        Command::Dispute(c) => answer::dispute(state, c, at),
        Command::Close(c) => close::close(state, c, rules, at),
        Command::Reopen(c) => reopen::reopen(state, c, at),
        Command::Withdraw(c) => withdraw::withdraw(state, c, at),
        Command::AddNote(c) => note::add(state, c, at),
    }
}

/// The file and stage of a complaint that is in hand.
fn in_hand(state: &State) -> Result<(&File, &Stage), Refusal> {
    match state {
        State::NotOpened => Err(Refusal::NotOpened),
        State::Open { file, stage } => Ok((file, stage)),
        State::Closed { .. } => Err(Refusal::ComplaintClosed),
        State::Withdrawn { .. } => Err(Refusal::ComplaintWithdrawn),
    }
}

/// The refusal of a step that a stage is too early for.
fn too_early(file: &File, stage: &Stage) -> Refusal {
    if stage.acknowledgement().is_some() {
        return Refusal::NotAssessed;
    }
    let unknown = file.imported.is_some();
    Refusal::NotAcknowledged { unknown }
}
