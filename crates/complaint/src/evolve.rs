//! The fold. An event that does not fit the state it meets changes nothing; the fold of what was
//! decided never meets one.

mod stage;

use jiff::Timestamp;
use redress_envelope::ItemId;

use crate::event;
use crate::{
    Acknowledgement, Assignment, Closure, Decided, Event, File, Ground, Groundwork, Imported,
    Inquiry, Investigating, Reference, ReportedHistory, Stage, State, Withdrawal,
};

/// Folds one event into the state.
pub fn evolve(state: &mut State, event: &Event) {
    *state = next(std::mem::take(state), event);
}

fn next(state: State, event: &Event) -> State {
    match event {
        Event::Opened(e) => opened(state, file(e.feedback, e.reference, e.about.received_at)),
        Event::TakenOver(e) => {
            let mut file = file(e.feedback, e.reference, e.about.received_at);
            file.imported = Some(Imported::first(e.history.clone()));
            follow_report(opened(state, file))
        }
        Event::HistoryReported(e) => follow_report(reported(state, &e.history)),
        Event::Acknowledged(e) => on_stage(state, |stage| {
            let (channel, at) = (e.channel.clone(), e.occurred_at);
            stage::acknowledged(stage, Acknowledgement { channel, at })
        }),
        Event::Assigned(e) => assigned(state, e),
        Event::Assessed(e) => on_stage(state, |stage| stage::assessed(stage, e.assessment.clone())),
        Event::InvestigationStarted(e) => on_stage(state, |stage| {
            let investigator = e.investigator.clone();
            stage::investigating(stage, Inquiry::Started { investigator })
        }),
        Event::InvestigationNotRequired(e) => {
            on_stage(state, |stage| stage::not_required(stage, e))
        }
        Event::ResponseProposed(e) => response_proposed(state, e),
        Event::RemedyFulfilled(e) => remedy_fulfilled(state, e),
        Event::DecisionCommunicated(e) => on_stage(state, |stage| stage::communicated(stage, e)),
        Event::AcceptanceRecorded(_) => on_stage(state, stage::accepted),
        Event::Disputed(e) => on_stage(state, |stage| stage::disputed(stage, e)),
        Event::Closed(e) => closed(state, e),
        Event::Reopened(e) => reopened(state, e),
        Event::Withdrawn(e) => withdrawn(state, e),
        // A note is no step in handling: what is reported later still counts.
        Event::NoteAdded(_) => state,
    }
}

fn file(feedback: ItemId, reference: Reference, received_at: Timestamp) -> File {
    File {
        feedback,
        reference,
        received_at,
        assignment: None,
        remedies_numbered: 0,
        imported: None,
    }
}

fn opened(state: State, file: File) -> State {
    match state {
        State::NotOpened => State::Open {
            file,
            stage: Stage::Received,
        },
        State::Open { .. } | State::Closed { .. } | State::Withdrawn { .. } => state,
    }
}

/// Keeps the report that counts, whatever the order in which they came.

fn reported(mut state: State, history: &ReportedHistory) -> State {
    if let Some(imported) = state.file_mut().and_then(|file| file.imported.as_mut()) {
        imported.seen.insert(history.digest.clone());
        if history.supersedes(&imported.report) {
            imported.report = history.clone();
        }
    }
    state
}

/// Puts a complaint that nobody has handled here where the report that counts has it.

fn follow_report(state: State) -> State {
    match state {
        State::Open { file, stage } => {
            let closed = file.imported.as_ref().is_some_and(|imported| {
                !imported.handled_here && imported.report.response_class.implies_closed()
            });
            if closed {
                let closure = Closure::Reported;
                State::Closed { file, closure }
            } else {
                State::Open { file, stage }
            }
        }
        State::NotOpened | State::Closed { .. } | State::Withdrawn { .. } => state,
    }
}

fn handled_here(file: &mut File) {
    if let Some(imported) = &mut file.imported {
        imported.handled_here = true;
    }
}

fn on_stage(state: State, step: impl FnOnce(Stage) -> Stage) -> State {
    match state {
        State::Open { mut file, stage } => {
            handled_here(&mut file);
            let stage = step(stage);
            State::Open { file, stage }
        }
        State::NotOpened | State::Closed { .. } | State::Withdrawn { .. } => state,
    }
}

fn assigned(mut state: State, e: &event::Assigned) -> State {
    if let Some(file) = state.file_mut() {
        handled_here(file);
        file.assignment = Some(Assignment {
            handler: e.handler.clone(),
            queue: e.queue.clone(),
        });
    }
    state
}

fn response_proposed(state: State, e: &event::ResponseProposed) -> State {
    let mut state = on_stage(state, |stage| stage::proposed(stage, e));
    let highest = e.remedies.iter().map(|numbered| numbered.remedy).max();
    if let (Some(file), Some(highest)) = (state.file_mut(), highest) {
        file.remedies_numbered = file.remedies_numbered.max(highest);
    }
    state
}

fn remedy_fulfilled(mut state: State, e: &event::RemedyFulfilled) -> State {
    let remedy = state
        .response_mut()
        .and_then(|response| response.remedies.get_mut(&e.remedy));
    if let Some(remedy) = remedy {
        remedy.fulfilled_at = Some(e.occurred_at);
    }
    state
}

fn closed(state: State, e: &event::Closed) -> State {
    match state {
        State::Open {
            mut file,
            stage:
                Stage::DecisionCommunicated {
                    proposal, decision, ..
                }
                | Stage::Disputed {
                    proposal, decision, ..
                },
        } => {
            handled_here(&mut file);
            let closure = Closure::Decided(Box::new(Decided {
                proposal,
                decision,
                basis: e.basis,
                at: e.occurred_at,
            }));
            State::Closed { file, closure }
        }
        State::NotOpened | State::Open { .. } | State::Closed { .. } | State::Withdrawn { .. } => {
            state
        }
    }
}

fn reopened(state: State, e: &event::Reopened) -> State {
    match state {
        State::Closed { mut file, closure } => {
            handled_here(&mut file);
            let reopened = Some(Ground {
                reason: Some(e.reason.clone()),
                explanation: e.explanation.clone(),
            });
            let investigating = match closure {
                Closure::Decided(decided) => Investigating {
                    groundwork: decided.proposal.groundwork,
                    inquiry: decided.proposal.inquiry.after_reopening(),
                    earlier: Some(decided.proposal.response),
                    reopened,
                },
                Closure::Reported => Investigating {
                    groundwork: Groundwork::default(),
                    inquiry: None,
                    earlier: None,
                    reopened,
                },
            };
            let stage = Stage::Investigating(investigating);
            State::Open { file, stage }
        }
        State::NotOpened | State::Open { .. } | State::Withdrawn { .. } => state,
    }
}

fn withdrawn(state: State, e: &event::Withdrawn) -> State {
    match state {
        State::Open { mut file, stage } => {
            handled_here(&mut file);
            let withdrawal = Withdrawal {
                ground: Ground {
                    reason: e.reason.clone(),
                    explanation: e.explanation.clone(),
                },
                response: stage.into_response(),
            };
            State::Withdrawn { file, withdrawal }
        }
        State::NotOpened | State::Closed { .. } | State::Withdrawn { .. } => state,
    }
}
