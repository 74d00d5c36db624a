//! What a command does to a complaint that stands as it does: events, nothing if it is true
//! already, or a refusal. Branches here, works in the leaves, one file per command or pair.

mod acknowledge;
mod after;
mod answer;
mod assess;
mod assign;
mod close;
mod communicate;
mod conflict;
mod contradiction;
mod escalate;
mod evidence;
mod external;
pub(crate) mod field;
mod import;
mod investigate;
mod merge;
mod note;
pub(crate) mod occurred;
mod open;
mod pause;
mod reclassify;
mod remedy;
mod reopen;
mod respond;
mod ruled;
mod withdraw;

use jiff::Timestamp;

pub use close::missing_for_close;
pub use occurred::FUTURE_TOLERANCE;

use crate::{Command, Event, File, Refusal, Rules, Stage, State};

/// `at` is when the command is decided: it is also when it happens, where the command does not say.
pub fn decide(
    complaint: &State,
    command: &Command,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let at = redress_envelope::stamp(at, None);
    let events = decided(complaint, command, rules, at)?;
    pause::lets(complaint, &events)?;
    Ok(events)
}

fn decided(
    complaint: &State,
    command: &Command,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Open(c) => open::open(complaint, c),
        Command::TakeOver(c) => import::take_over(complaint, c),
        Command::ReportHistory(c) => import::report_history(complaint, c),
        Command::Acknowledge(c) => acknowledge::acknowledge(complaint, c, at),
        Command::Assign(c) => assign::assign(complaint, c, at),
        Command::Assess(c) => assess::assess(complaint, c, rules, at),
        Command::StartInvestigation(c) => investigate::start(complaint, c, at),
        Command::RecordInvestigationNotRequired(c) => investigate::not_required(complaint, c, at),
        Command::ProposeResponse(c) => respond::propose(complaint, c, rules, at),
        Command::FulfilRemedy(c) => respond::fulfil(complaint, c, at),
        Command::CommunicateDecision(c) => communicate::communicate(complaint, c, at),
        Command::RecordAcceptance(c) => answer::accept(complaint, c, at),
        Command::Dispute(c) => answer::dispute(complaint, c, at),
        Command::Close(c) => close::close(complaint, c, rules, at),
        Command::Reopen(c) => reopen::reopen(complaint, c, at),
        Command::Withdraw(c) => withdraw::withdraw(complaint, c, at),
        Command::OfferRemedy(c) => remedy::offer(complaint, c, rules, at),
        Command::ApproveRemedy(c) => remedy::approve(complaint, c, at),
        Command::AcceptRemedy(c) => remedy::accept(complaint, c, at),
        Command::DeclineRemedy(c) => remedy::decline(complaint, c, at),
        Command::DeclareConflict(c) => conflict::declare(complaint, c, at),
        Command::ClearConflict(c) => conflict::clear(complaint, c, at),
        Command::RecordEvidence(c) => evidence::record_evidence(complaint, c, at),
        Command::RecordFinding(c) => evidence::record_finding(complaint, c, at),
        Command::Reclassify(c) => reclassify::reclassify(complaint, c, at),
        Command::AwaitComplainant(c) => pause::await_complainant(complaint, c, at),
        Command::AwaitThirdParty(c) => pause::await_third_party(complaint, c, at),
        Command::Resume(c) => pause::resume(complaint, c, at),
        Command::Hold(c) => pause::hold(complaint, c, at),
        Command::Release(c) => pause::release(complaint, c, at),
        Command::Escalate(c) => escalate::escalate(complaint, c, at),
        Command::DeEscalate(c) => escalate::de_escalate(complaint, c, at),
        Command::ReferExternally(c) => external::refer(complaint, c, at),
        Command::RecordExternalNotice(c) => external::notice(complaint, c, at),
        Command::StateExternalPosition(c) => external::position(complaint, c, at),
        Command::BeginExternalResolution(c) => external::resolve(complaint, c, at),
        Command::SettleExternally(c) => external::settle(complaint, c, at),
        Command::RecordDetermination(c) => external::determine(complaint, c, at),
        Command::ImplementExternalResult(c) => external::implement(complaint, c, at),
        Command::CloseExternalFile(c) => external::close_file(complaint, c, at),
        Command::FollowUp(c) => after::follow_up(complaint, c, at),
        Command::RecordSatisfaction(c) => after::satisfaction(complaint, c, at),
        Command::Merge(c) => merge::merge(complaint, c, at),
        Command::Unmerge(c) => merge::unmerge(complaint, c, at),
        Command::ReceiveMerge(c) => merge::receive(complaint, c, at),
        Command::EndMerge(c) => merge::end(complaint, c, at),
        Command::AddNote(c) => note::add(complaint, c, at),
    }
}

/// The file and stage of a complaint that is in hand.
fn in_hand(complaint: &State) -> Result<(&File, &Stage), Refusal> {
    match complaint {
        State::NotOpened => Err(Refusal::NotOpened),
        State::Open { file, stage, .. } => Ok((file, stage)),
        State::Closed { .. } => Err(Refusal::ComplaintClosed),
        State::Withdrawn { .. } => Err(Refusal::ComplaintWithdrawn),
        State::Merged { merging, .. } => Err(Refusal::ComplaintMerged { into: merging.into }),
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
