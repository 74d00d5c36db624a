//! The fold. An event that does not fit the state it meets changes nothing; the fold of what was
//! decided never meets one.

mod after;
mod external;
mod inquiry;
mod merge;
mod pause;
mod stage;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_envelope::ItemId;

use crate::{
    Acknowledgement, Approval, Assignment, Closure, Decided, Event, File, Flags, Ground,
    Groundwork, Imported, Inquiry, Investigating, Reference, ReportedHistory, Stage, State,
    Withdrawal,
};
use crate::{Remedy, RemedyCourse, event};

/// Folds one event into the state of a complaint.
pub fn evolve(complaint: &mut State, event: &Event) {
    *complaint = next(std::mem::take(complaint), event);
}

fn next(complaint: State, event: &Event) -> State {
    match event {
        Event::Opened(e) => opened(
            complaint,
            file(e.feedback, e.reference, e.about.received_at),
        ),
        Event::TakenOver(e) => {
            let mut file = file(e.feedback, e.reference, e.about.received_at);
            file.imported = Some(Imported::first(e.history.clone()));
            follow_report(opened(complaint, file))
        }
        Event::HistoryReported(e) => follow_report(reported(complaint, &e.history)),
        Event::Acknowledged(e) => on_stage(complaint, |stage| {
            let (channel, at) = (Some(e.channel.clone()), e.occurred_at);
            stage::acknowledged(stage, Acknowledgement { channel, at })
        }),
        Event::Assigned(e) => assigned(complaint, e),
        Event::Assessed(e) => on_stage(complaint, |stage| {
            stage::assessed(stage, e.assessment.clone())
        }),
        Event::InvestigationStarted(e) => investigation_started(complaint, e),
        Event::InvestigationRefused(e) => kept_out(complaint, e),
        Event::InvestigationNotRequired(e) => {
            on_stage(complaint, |stage| stage::not_required(stage, e))
        }
        Event::ResponseProposed(e) => response_proposed(complaint, e),
        Event::RemedyFulfilled(e) => {
            on_remedy(complaint, e.remedy, |remedy| RemedyCourse::Fulfilled {
                at: e.occurred_at,
                accepted_at: remedy.accepted_at(),
            })
        }
        Event::DecisionCommunicated(e) => {
            on_stage(complaint, |stage| stage::communicated(stage, e))
        }
        Event::AcceptanceRecorded(_) => on_stage(complaint, stage::accepted),
        Event::Disputed(e) => {
            let complaint = on_stage(complaint, |stage| stage::disputed(stage, e));
            declare_anew(complaint)
        }
        Event::Closed(e) => closed(complaint, e),
        Event::Reopened(e) => declare_anew(reopened(complaint, e)),
        Event::Withdrawn(e) => withdrawn(complaint, e),
        Event::RemedyOffered(e) => remedy_offered(complaint, e),
        Event::RemedyAccepted(e) => on_remedy(complaint, e.remedy, |_| RemedyCourse::Accepted {
            at: e.occurred_at,
        }),
        Event::RemedyDeclined(e) => on_remedy(complaint, e.remedy, |_| RemedyCourse::Declined {
            at: e.occurred_at,
            reason: e.reason.clone(),
        }),
        Event::RemedyApproved(e) => approved(complaint, e),
        Event::ConflictDeclared(e) => inquiry::conflict_declared(complaint, e),
        Event::ConflictCleared(e) => inquiry::conflict_cleared(complaint, e),
        Event::EvidenceRecorded(e) => inquiry::evidence_recorded(complaint, e),
        Event::FindingRecorded(e) => inquiry::finding_recorded(complaint, e),
        Event::Reclassified(e) => on_stage(complaint, |stage| {
            stage::reclassified(stage, &e.classification)
        }),
        Event::ComplainantAwaited(e) => pause::complainant_awaited(complaint, e),
        Event::ThirdPartyAwaited(e) => pause::third_party_awaited(complaint, e),
        Event::Resumed(_) => pause::resumed(complaint),
        Event::Held(e) => pause::held(complaint, e),
        Event::Released(_) => pause::released(complaint),
        Event::Escalated(e) => pause::escalated(complaint, e),
        Event::DeEscalated(_) => pause::de_escalated(complaint),
        Event::ReferredExternally(e) => external::referred(complaint, e),
        Event::ExternalNoticeReceived(e) => external::notice_received(complaint, e),
        Event::ExternalPositionStated(e) => external::position_stated(complaint, e),
        Event::ExternalResolutionBegun(e) => external::resolution_begun(complaint, e),
        Event::ExternalDisputeSettled(e) => external::settled(complaint, e),
        Event::DeterminationReceived(e) => external::determined(complaint, e),
        Event::ExternalResultImplemented(e) => external::implemented(complaint, e),
        Event::ExternalFileClosed(e) => external::file_closed(complaint, e),
        Event::FollowedUp(e) => after::followed_up(complaint, e),
        Event::SatisfactionRecorded(e) => after::satisfaction_recorded(complaint, e),
        Event::MergedInto(e) => merge::merged_into(complaint, e),
        Event::Unmerged(_) => merge::unmerged(complaint),
        Event::MergeReceived(e) => merge::merge_received(complaint, e),
        Event::MergeEnded(e) => merge::merge_ended(complaint, e),
        // A note is no step in handling: what is reported later still counts.
        Event::NoteAdded(_) => complaint,
    }
}

fn file(feedback: ItemId, reference: Reference, received_at: Timestamp) -> File {
    File {
        feedback,
        reference,
        received_at,
        assignment: None,
        remedies_numbered: 0,
        evidence_numbered: 0,
        findings_numbered: 0,
        evidence_kinds: BTreeMap::new(),
        conflicts: BTreeMap::new(),
        kept_out: BTreeSet::new(),
        superseded: BTreeSet::new(),
        external: None,
        satisfaction: None,
        merged_from: BTreeSet::new(),
        imported: None,
    }
}

fn opened(complaint: State, file: File) -> State {
    match complaint {
        State::NotOpened => State::Open {
            file,
            stage: Box::new(Stage::Received),
            flags: Flags::default(),
        },
        State::Open { .. }
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

/// Keeps the report that counts, whatever the order in which they came.
fn reported(mut complaint: State, history: &ReportedHistory) -> State {
    if let Some(imported) = complaint.file_mut().and_then(|file| file.imported.as_mut()) {
        imported.seen.insert(history.digest.clone());
        if history.supersedes(&imported.report) {
            imported.report = history.clone();
        }
    }
    complaint
}

/// Puts a complaint that nobody has handled here where the report that counts has it.
fn follow_report(complaint: State) -> State {
    match complaint {
        State::Open { file, stage, flags } => {
            let untouched = file.imported.as_ref().filter(|it| !it.handled_here);
            match untouched.map(|imported| &imported.report) {
                None => State::Open { file, stage, flags },
                Some(report) if report.response_class.implies_closed() => State::Closed {
                    file,
                    closure: Closure::Reported,
                    followed_up: None,
                },
                Some(report) => {
                    let stage =
                        acknowledged_elsewhere(report).map_or(Stage::Received, Stage::Acknowledged);
                    let stage = Box::new(stage);
                    State::Open { file, stage, flags }
                }
            }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

fn acknowledged_elsewhere(report: &ReportedHistory) -> Option<Acknowledgement> {
    let at = report.acknowledged_at?;
    Some(Acknowledgement { channel: None, at })
}

fn handled_here(file: &mut File) {
    if let Some(imported) = &mut file.imported {
        imported.handled_here = true;
    }
}

fn on_stage(complaint: State, step: impl FnOnce(Stage) -> Stage) -> State {
    match complaint {
        State::Open {
            mut file,
            stage,
            flags,
        } => {
            handled_here(&mut file);
            let stage = Box::new(step(*stage));
            State::Open { file, stage, flags }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

fn assigned(mut complaint: State, e: &event::Assigned) -> State {
    if let Some(file) = complaint.file_mut() {
        handled_here(file);
        file.assignment = Some(Assignment {
            handler: e.handler.clone(),
            queue: e.queue.clone(),
        });
    }
    complaint
}

/// Who declares that there is no conflict any more is let in again.
fn investigation_started(mut complaint: State, e: &event::InvestigationStarted) -> State {
    if let Some(file) = complaint.file_mut() {
        file.kept_out.remove(&e.investigator);
    }
    on_stage(complaint, |stage| {
        let investigator = e.investigator.clone();
        stage::investigating(stage, Inquiry::Started { investigator })
    })
}

/// Who investigated until now does so no longer.
fn kept_out(mut complaint: State, e: &event::InvestigationRefused) -> State {
    if let Some(file) = complaint.file_mut() {
        file.kept_out.insert(e.investigator.clone());
    }
    match complaint {
        State::Open { file, stage, flags } => {
            let stage = Box::new(stage::without(*stage, &e.investigator));
            State::Open { file, stage, flags }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

/// A declaration is about one investigation, and the next one is another.
fn declare_anew(mut complaint: State) -> State {
    if let Some(file) = complaint.file_mut() {
        file.kept_out.clear();
    }
    complaint
}

fn response_proposed(complaint: State, e: &event::ResponseProposed) -> State {
    let mut complaint = on_stage(complaint, |stage| stage::proposed(stage, e));
    let highest = e.remedies.iter().map(|numbered| numbered.remedy).max();
    if let (Some(file), Some(highest)) = (complaint.file_mut(), highest) {
        file.remedies_numbered = file.remedies_numbered.max(highest);
    }
    complaint
}

fn remedy_offered(mut complaint: State, e: &event::RemedyOffered) -> State {
    let (number, offer) = (e.remedy.remedy, e.remedy.offer.clone());
    let remedy = Remedy {
        offer,
        course: RemedyCourse::Offered,
        approval: stage::approval(&e.remedy, e.offered_by.as_ref()),
    };
    if let Some(response) = complaint.response_mut() {
        response.remedies.insert(number, remedy);
    }
    if let Some(file) = complaint.file_mut() {
        file.remedies_numbered = file.remedies_numbered.max(number);
    }
    complaint
}

fn approved(mut complaint: State, e: &event::RemedyApproved) -> State {
    let remedy = complaint
        .response_mut()
        .and_then(|response| response.remedies.get_mut(&e.remedy));
    if let Some(remedy) = remedy {
        remedy.approval = Approval::Given {
            by: e.approved_by.clone(),
            at: e.occurred_at,
        };
    }
    complaint
}

/// What becomes of a remedy does not hang on where the complaint stands.
fn on_remedy(
    mut complaint: State,
    number: u32,
    course: impl FnOnce(&Remedy) -> RemedyCourse,
) -> State {
    let remedy = complaint
        .response_mut()
        .and_then(|response| response.remedies.get_mut(&number));
    if let Some(remedy) = remedy {
        remedy.course = course(remedy);
    }
    complaint
}

fn closed(complaint: State, e: &event::Closed) -> State {
    match complaint {
        State::Open {
            mut file,
            stage,
            flags,
        } => match stage::decided(*stage) {
            Ok((proposal, decision)) => {
                handled_here(&mut file);
                let closure = Closure::Decided(Box::new(Decided {
                    proposal,
                    decision,
                    basis: e.basis.clone(),
                    at: e.occurred_at,
                }));
                State::Closed {
                    file,
                    closure,
                    followed_up: None,
                }
            }
            Err(stage) => State::Open { file, stage, flags },
        },
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

fn reopened(complaint: State, e: &event::Reopened) -> State {
    match complaint {
        State::Closed {
            mut file, closure, ..
        } => {
            handled_here(&mut file);
            let reopened = Some(Ground {
                reason: Some(e.reason.clone()),
                explanation: e.explanation.clone(),
            });
            let investigating = match closure {
                Closure::Decided(decided) => Investigating {
                    groundwork: decided.proposal.groundwork,
                    inquiry: decided.proposal.inquiry.after_reopening(&file),
                    earlier: Some(decided.proposal.response),
                    reopened,
                },
                Closure::Reported => Investigating {
                    groundwork: Groundwork {
                        acknowledgement: file
                            .imported
                            .as_ref()
                            .and_then(|imported| acknowledged_elsewhere(&imported.report)),
                        assessment: None,
                    },
                    inquiry: None,
                    earlier: None,
                    reopened,
                },
            };
            let stage = Box::new(Stage::Investigating(investigating));
            let flags = Flags::default();
            State::Open { file, stage, flags }
        }
        State::NotOpened | State::Open { .. } | State::Merged { .. } | State::Withdrawn { .. } => {
            complaint
        }
    }
}

fn withdrawn(complaint: State, e: &event::Withdrawn) -> State {
    match complaint {
        State::Open {
            mut file, stage, ..
        } => {
            handled_here(&mut file);
            let withdrawal = Box::new(Withdrawal {
                ground: Ground {
                    reason: e.reason.clone(),
                    explanation: e.explanation.clone(),
                },
                stage,
                promises: e.promises.clone(),
            });
            State::Withdrawn { file, withdrawal }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}
