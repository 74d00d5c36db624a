//! Random lives of feedback and complaints, as far as the domain allows them.

use jiff::{SignedDuration, Timestamp};
use redress_complaint::{
    Cause, CloseBasis, Command, ConflictDeclaration, ImmediateAction, Level, Outcome, Promises,
    ReferredBy, RemedyKind, RemedyOffer, Revision, SafetyImplication, Severity, Status,
    command as ask,
};
use redress_envelope::{Actor, ItemId, Record, Subject};
use redress_feedback::{Answer, Feedback, Kind, Measure, ResponseClass, Score};

use crate::world::{Chance, Complaints, World, at, channel, feedback, item, report};

const BEGIN: &str = "2024-01-01T00:00:00Z";
/// Recorded times begin here; everything happened before.
pub(crate) const RECORDED: &str = "2027-01-15T08:00:00Z";

/// Feedback that intake recorded and workflow did not take up yet.
struct Waiting {
    item: ItemId,
    said: Feedback,
    record: Record,
    again: bool,
}

/// Writes so many records or so into both logs.
pub(crate) async fn lead(world: &World, chance: &mut Chance, steps: u64) {
    let mut known: Vec<(ItemId, Feedback)> = Vec::new();
    let mut waiting: std::collections::VecDeque<Waiting> = Vec::new().into();
    for step in 0..steps {
        match chance.below(10) {
            0..=2 => {
                let item = item(&format!("{step}"));
                let said = said(chance);
                let record = world.say(item, &said).await;
                if said.kind == Kind::Complaint {
                    let said = said.clone();
                    waiting.push_back(Waiting {
                        item,
                        said,
                        record,
                        again: false,
                    });
                }
                known.push((item, said));
            }
            3 if !known.is_empty() => {
                let (item, first) = known[chance.below(known.len() as u64) as usize].clone();
                if first.reported.is_some() && first.kind == Kind::Complaint {
                    let said = again(chance, first, step);
                    let record = world.say_again(item, &said).await;
                    waiting.push_back(Waiting {
                        item,
                        said,
                        record,
                        again: true,
                    });
                }
            }
            4..=5 => {
                if let Some(next) = waiting.pop_front() {
                    take_up(world, next).await;
                }
            }
            _ if !known.is_empty() => {
                let (item, _) = &known[chance.below(known.len() as u64) as usize];
                live(world, chance, *item).await;
            }
            _ => {}
        }
    }
}

async fn take_up(world: &World, next: Waiting) {
    let Waiting {
        item,
        said,
        record,
        again,
    } = next;
    if again {
        let history = said.reported.clone().unwrap();
        world
            .ask(item, ask::ReportHistory { history }, Some(&record))
            .await;
    } else {
        world.open(item, &said, &record).await;
    }
}

fn some_time(chance: &mut Chance) -> Timestamp {
    let seconds = chance.below(3 * 365 * 86_400);
    at(BEGIN) + SignedDuration::from_secs(seconds.cast_signed())
}

/// Sometimes a time after everything was received.
fn after_all(chance: &mut Chance) -> Option<Timestamp> {
    let later = SignedDuration::from_hours(24 * 3 * 366);
    (chance.below(3) == 0).then(|| some_time(chance) + later)
}

fn maybe(chance: &mut Chance, words: &[&str]) -> Option<String> {
    (chance.below(6) > 0).then(|| chance.pick(words).to_owned())
}

fn said(chance: &mut Chance) -> Feedback {
    let kinds = [
        Kind::Complaint,
        Kind::Complaint,
        Kind::Complaint,
        Kind::SurveyResponse,
    ];
    let scores = [(Measure::Nps, 11), (Measure::Csat, 5), (Measure::Ces, 7)];
    let score = |chance: &mut Chance| {
        let (measure, values) = scores[chance.below(3) as usize].clone();
        let value = chance.below(values).cast_signed() + i64::from(measure != Measure::Nps);
        Score { measure, value }
    };
    let count = chance.below(3);
    Feedback {
        kind: kinds[chance.below(4) as usize].clone(),
        channel: channel(chance.pick(&["web", "phone", "letter"])),
        product: maybe(chance, &["Kettle", "Toaster", "Lämp"]),
        issue: maybe(chance, &["Leaks", "Burns", "Late"]),
        language: maybe(chance, &["de", "en"]),
        site: maybe(chance, &["Linz", "Graz"]),
        received_at: some_time(chance),
        scores: (0..count).map(|_| score(chance)).collect(),
        reported: (chance.below(5) < 2).then(|| some_report(chance, "first")),
        ..feedback(BEGIN)
    }
}

fn some_report(chance: &mut Chance, name: &str) -> redress_feedback::ReportedHistory {
    let classes = [
        ResponseClass::InProgress,
        ResponseClass::Closed,
        ResponseClass::UntimelyResponse,
        ResponseClass::Unknown,
        ResponseClass::Other,
        ResponseClass::ClosedWithExplanation,
    ];
    let answers = [Answer::Yes, Answer::No, Answer::Unknown];
    redress_feedback::ReportedHistory {
        timely: answers[chance.below(3) as usize],
        disputed: answers[chance.below(3) as usize],
        submitted_narrative: chance.below(2) == 0,
        acknowledged_at: after_all(chance),
        closed_at: after_all(chance),
        ..report(
            classes[chance.below(6) as usize],
            &format!("{name} {}", chance.below(1000)),
        )
    }
}

/// Another report of the same thing; what else it says may differ.
fn again(chance: &mut Chance, first: Feedback, step: u64) -> Feedback {
    let said = Feedback {
        reported: Some(some_report(chance, &step.to_string())),
        ..first
    };
    match chance.below(4) {
        0 => Feedback {
            received_at: some_time(chance),
            ..said
        },
        1 => Feedback {
            product: Some("Kettle".to_owned()),
            ..said
        },
        _ => said,
    }
}

/// Something is asked of a complaint that may well be next.
async fn live(world: &World, chance: &mut Chance, item: ItemId) {
    let subject = Subject::item("complaint", item);
    let loaded = world.workflow.load::<Complaints>(subject, u64::MAX).await;
    let Ok((state, _)) = loaded else { return };
    let Some(status) = state.status() else { return };
    let occurred_at = match chance.below(3) {
        0 => None,
        _ => Some(some_time(chance).max(state.file().unwrap().received_at)),
    };
    let ask = next(chance, status, occurred_at);
    world.ask(item, ask, None).await;
}

fn next(chance: &mut Chance, status: Status, occurred_at: Option<Timestamp>) -> Command {
    let handler = Actor::User("u-1".to_owned());
    let roll = chance.below(12);
    if let Some(command) = beside(status, roll, occurred_at) {
        return command;
    }
    match (status, roll) {
        (_, 0) => ask::Withdraw {
            reason: None,
            explanation: None,
            promises: Some(Promises::StillOwed),
            occurred_at,
        }
        .into(),
        (_, 1) => ask::Assign {
            handler: Some(handler),
            queue: None,
            occurred_at,
        }
        .into(),
        (
            Status::Closed
            | Status::FollowedUp
            | Status::Merged
            | Status::ReferredExternally
            | Status::Withdrawn,
            _,
        ) => {
            let reason = "new_evidence".to_owned();
            ask::Reopen {
                reason,
                explanation: None,
                occurred_at,
            }
            .into()
        }
        (Status::Received, _) => ask::Acknowledge {
            channel: "email".to_owned(),
            occurred_at,
        }
        .into(),
        (Status::Acknowledged, _) | (Status::Assessed, 2..=3) => assess(chance, occurred_at),
        (Status::Assessed, 4..=6) => ask::RecordInvestigationNotRequired {
            reason: "known".to_owned(),
            explanation: None,
            decided_by: Some(handler),
            relies_on: None,
            occurred_at,
        }
        .into(),
        (Status::Assessed | Status::Disputed, 7..=9) | (Status::Investigating, 2..=5) => {
            let declaration = ConflictDeclaration::NoConflict;
            ask::StartInvestigation {
                investigator: handler,
                declaration,
                occurred_at,
            }
            .into()
        }
        (Status::Assessed | Status::Investigating, _) | (Status::ResponseProposed, 2) => {
            ask::ProposeResponse {
                remedies: vec![RemedyOffer {
                    kind: RemedyKind::Apology,
                    amount: None,
                    promised_by: Some(jiff::civil::date(2029, 1, 1)),
                }],
                refusal: None,
                cause: Some(Cause::NoCauseEstablished),
                occurred_at,
            }
            .into()
        }
        (Status::ResponseProposed, _) => ask::CommunicateDecision {
            outcome: [Outcome::Upheld, Outcome::PartlyUpheld][chance.below(2) as usize].clone(),
            channel: "letter".to_owned(),
            recourse_explained: true,
            occurred_at,
            external_recourse: None,
        }
        .into(),
        (Status::DecisionCommunicated, 2..=4) => ask::Dispute {
            reason: "no".to_owned(),
            explanation: None,
            occurred_at,
        }
        .into(),
        (Status::DecisionCommunicated, 5..=7) | (Status::Disputed, _) => {
            ask::RecordAcceptance { occurred_at }.into()
        }
        (Status::DecisionCommunicated, _) => {
            let basis =
                [CloseBasis::Accepted, CloseBasis::Silent][chance.below(2) as usize].clone();
            ask::Close { basis, occurred_at }.into()
        }
    }
}

fn assess(chance: &mut Chance, occurred_at: Option<Timestamp>) -> Command {
    ask::Assess {
        severity: Some([Severity::Major, Severity::Minor][chance.below(2) as usize].clone()),
        safety_implication: Some(SafetyImplication::None),
        complexity: Some(Level::Low),
        impact: Some(Level::Low),
        immediate_action: Some(ImmediateAction::NotNeeded),
        because: Some(Revision::NewFacts),
        occurred_at,
        reason: None,
    }
    .into()
}

/// Into another complaint and back, before another body and back, and after the closing.
fn beside(status: Status, roll: u64, occurred_at: Option<Timestamp>) -> Option<Command> {
    let explanation = None;
    if status == Status::Merged {
        let reason = "another".to_owned();
        let back = ask::Unmerge {
            reason,
            explanation,
            occurred_at,
        };
        return Some(back.into());
    }
    if status == Status::ReferredExternally && roll > 1 {
        let back = ask::CloseExternalFile {
            reason: Some("not_taken_on".to_owned()),
            explanation,
            occurred_at,
        };
        return Some(back.into());
    }
    if [Status::Received, Status::Disputed].contains(&status) && roll == 2 {
        let merge = ask::Merge {
            into: item("another"),
            reason: "same".to_owned(),
            explanation,
            occurred_at,
        };
        return Some(merge.into());
    }
    if status == Status::Disputed && (3..=5).contains(&roll) {
        let refer = ask::ReferExternally {
            body: "ombudsman".to_owned(),
            referred_by: ReferredBy::Complainant,
            explanation,
            occurred_at,
        };
        return Some(refer.into());
    }
    if status == Status::Closed && (2..=5).contains(&roll) {
        let follow_up = ask::FollowUp {
            channel: "phone".to_owned(),
            result: None,
            explanation,
            occurred_at,
        };
        return Some(follow_up.into());
    }
    None
}
