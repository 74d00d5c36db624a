//! Every story is told to the domain itself, which refuses what its guards forbid.

use jiff::{SignedDuration, Timestamp};
use redress_complaint::command::{
    Acknowledge, AddNote, Assess, Assign, Close, CommunicateDecision, Dispute, FulfilRemedy, Open,
    ProposeResponse, RecordAcceptance, RecordInvestigationNotRequired, Reopen, StartInvestigation,
    Withdraw,
};
use redress_complaint::{
    Cause, Command, ConflictDeclaration, ExplainedRefusal, ImmediateAction, Level, Reference,
    RemedyKind, RemedyOffer, Rules, Slices, Stage, State, decide, evolve,
};
use redress_envelope::{Actor, Commitment, ItemId, Money, VaultRef};

use super::super::super::item::Remedy;
use super::*;

fn item_id(number: u32) -> ItemId {
    ItemId::derived(0, "demo", &[&number.to_string()])
}

/// The domain sees no words, only where they are sealed.
fn sealed(_words: &str) -> VaultRef {
    VaultRef {
        entry: "0".repeat(32),
        commitment: Commitment([0; 32]),
    }
}

fn user(name: &str) -> Actor {
    format!("user:{name}").parse().unwrap()
}

fn open(item: &DemoItem) -> Command {
    Command::Open(Open {
        feedback: item_id(item.number),
        reference: Reference::of_position(2026, u64::from(item.number)).unwrap(),
        about: Box::new(Slices::new(item.received_at, item.kind, item.channel)),
    })
}

fn offer(remedy: &Remedy) -> RemedyOffer {
    RemedyOffer {
        kind: RemedyKind::from(remedy.kind),
        amount: remedy
            .amount
            .map(|it| Money::new(it.minor_units, it.currency).unwrap()),
        promised_by: remedy.promised_by,
    }
}

fn level(word: &str) -> Level {
    word.parse().unwrap()
}

#[expect(clippy::too_many_lines, reason = "a flat match, one arm per command")]
fn command(step: &Step) -> Command {
    let occurred_at = Some(step.occurred_at);
    match &step.action {
        Action::Acknowledge { channel } => Command::Acknowledge(Acknowledge {
            channel: (*channel).to_owned(),
            occurred_at,
        }),
        Action::Assign { handler, queue } => Command::Assign(Assign {
            handler: Some(user(handler)),
            queue: Some((*queue).to_owned()),
            occurred_at,
        }),
        Action::Assess {
            severity,
            safety_implication,
            complexity,
            impact,
            immediate_action,
        } => Command::Assess(Assess {
            severity: Some(severity.parse().unwrap()),
            safety_implication: Some(safety_implication.parse().unwrap()),
            complexity: Some(level(complexity)),
            impact: Some(level(impact)),
            immediate_action: Some(immediate_action.map_or(ImmediateAction::NotNeeded, |what| {
                ImmediateAction::Needed { what: sealed(what) }
            })),
            because: None,
            occurred_at,
            reason: None,
        }),
        Action::StartInvestigation { investigator } => {
            Command::StartInvestigation(StartInvestigation {
                investigator: user(investigator),
                declaration: ConflictDeclaration::NoConflict,
                occurred_at,
            })
        }
        Action::RecordInvestigationNotRequired {
            reason,
            explanation,
            decided_by,
            relies_on,
        } => Command::RecordInvestigationNotRequired(RecordInvestigationNotRequired {
            reason: (*reason).to_owned(),
            explanation: Some(sealed(explanation)),
            decided_by: Some(user(decided_by)),
            relies_on: relies_on.map(item_id),
            occurred_at,
        }),
        Action::ProposeResponse {
            remedies,
            refusal,
            cause,
        } => Command::ProposeResponse(ProposeResponse {
            remedies: remedies.iter().map(offer).collect(),
            refusal: refusal.as_ref().map(|it| ExplainedRefusal {
                reason: it.reason.to_owned(),
                explanation: sealed(it.explanation),
            }),
            cause: Some(
                cause.map_or(Cause::NoCauseEstablished, |code| Cause::Established {
                    code: code.to_owned(),
                }),
            ),
            occurred_at,
        }),
        Action::FulfilRemedy { remedy } => Command::FulfilRemedy(FulfilRemedy {
            remedy: *remedy,
            occurred_at,
        }),
        Action::CommunicateDecision {
            outcome,
            channel,
            recourse_explained,
        } => Command::CommunicateDecision(CommunicateDecision {
            outcome: (*outcome).into(),
            channel: (*channel).to_owned(),
            recourse_explained: *recourse_explained,
            occurred_at,
            external_recourse: None,
        }),
        Action::RecordAcceptance => Command::RecordAcceptance(RecordAcceptance { occurred_at }),
        Action::Dispute {
            reason,
            explanation,
        } => Command::Dispute(Dispute {
            reason: (*reason).to_owned(),
            explanation: Some(sealed(explanation)),
            occurred_at,
        }),
        Action::Close { basis } => Command::Close(Close {
            basis: basis.parse().unwrap(),
            occurred_at,
        }),
        Action::Reopen {
            reason,
            explanation,
        } => Command::Reopen(Reopen {
            reason: (*reason).to_owned(),
            explanation: Some(sealed(explanation)),
            occurred_at,
        }),
        Action::Withdraw { reason } => Command::Withdraw(Withdraw {
            reason: Some((*reason).to_owned()),
            explanation: None,
            promises: None,
            occurred_at,
        }),
        Action::AddNote { text } => Command::AddNote(AddNote {
            note: sealed(text),
            occurred_at,
        }),
    }
}

/// Where the complaint stands at the end. Every step must do something.
fn told(item: &DemoItem) -> State {
    let mut state = State::default();
    let mut last = item.received_at;
    for (at, command) in std::iter::once((last, open(item))).chain(
        item.story
            .iter()
            .map(|step| (step.occurred_at, command(step))),
    ) {
        assert!(
            at >= last,
            "item {}: {command:?} before the step before",
            item.number
        );
        last = at;
        let events = decide(&state, &command, &Rules::default(), midnight(END))
            .unwrap_or_else(|refusal| panic!("item {}: {command:?}: {refusal}", item.number));
        assert!(
            !events.is_empty(),
            "item {}: {command:?} was true already",
            item.number
        );
        for event in &events {
            evolve(&mut state, event);
        }
    }
    state
}

fn has_ended(state: &State) -> bool {
    matches!(state, State::Closed { .. } | State::Withdrawn { .. })
}

#[test]
fn the_domain_accepts_every_step_of_every_story() {
    for seed in 1..=3 {
        for item in complaints(&items(seed)) {
            told(item);
            assert!(
                item.story
                    .iter()
                    .all(|step| step.occurred_at < midnight(END))
            );
        }
    }
}

#[test]
fn only_complaints_have_a_story() {
    assert!(
        items(1)
            .iter()
            .all(|item| item.kind == "complaint" || item.story.is_empty())
    );
}

#[test]
fn most_stories_end_and_the_recent_ones_are_open() {
    let items = items(1);
    let states: Vec<(Timestamp, State)> = complaints(&items)
        .map(|item| (item.received_at, told(item)))
        .collect();
    let ended = states.iter().filter(|(_, state)| has_ended(state)).count();
    let open = states.len() - ended;
    println!("{ended} ended, {open} open");
    assert!(open > 60 && open * 8 < ended, "{ended} ended, {open} open");
    let is_waiting = |state: &State| match state {
        State::Open { stage, .. } => matches!(**stage, Stage::Received),
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => false,
    };
    assert!(states.iter().any(|(_, state)| is_waiting(state)));
    let old = midnight(END) - SignedDuration::from_hours(200 * 24);
    assert!(
        states
            .iter()
            .filter(|(at, _)| *at < old)
            .all(|(_, state)| has_ended(state))
    );
}

#[test]
fn every_kind_of_turn_is_taken() {
    let items = items(1);
    let mut kinds = Vec::new();
    for step in complaints(&items).flat_map(|item| &item.story) {
        let kind = std::mem::discriminant(&step.action);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    assert_eq!(kinds.len(), 14);
}

#[test]
fn an_investigation_that_is_relied_on_was_done_before() {
    let items = items(1);
    let mut relied = 0;
    for item in complaints(&items) {
        for step in &item.story {
            let Action::RecordInvestigationNotRequired {
                relies_on: Some(number),
                ..
            } = step.action
            else {
                continue;
            };
            let earlier = &items[number as usize - 1];
            assert_eq!(
                (earlier.sub_product, earlier.issue),
                (item.sub_product, item.issue)
            );
            let answered = earlier
                .story
                .iter()
                .find(|it| matches!(it.action, Action::ProposeResponse { .. }));
            assert!(answered.is_some_and(|it| it.occurred_at < step.occurred_at));
            relied += 1;
        }
    }
    assert!(relied > 50, "{relied}");
}
