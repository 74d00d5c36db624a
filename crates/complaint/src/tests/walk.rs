//! Every command in every state, good and bad ones.

mod bad;

use std::collections::BTreeSet;

use jiff::civil::date;

use self::bad::{bad_commands, bad_pauses, empty_promises, every_outcome};
use super::given::{
    acknowledged_elsewhere, apology, assessed_as, assessment, conflict_declared, established,
    explained_no, investigating, lives, open, proposed, refund, refused_with, report, response,
    sealed, take_over, user, was_accepted, was_communicated, was_fulfilled,
};
use super::{NOW, decided, external, fold, later, merge, time};
use crate::command::{
    AcceptRemedy, Acknowledge, AddNote, ApproveRemedy, Assess, Assign, AwaitComplainant,
    AwaitThirdParty, ClearConflict, Close, CommunicateDecision, DeEscalate, DeclareConflict,
    DeclineRemedy, Dispute, Escalate, FulfilRemedy, Hold, OfferRemedy, ProposeResponse, Reclassify,
    RecordAcceptance, RecordEvidence, RecordFinding, RecordInvestigationNotRequired, Release,
    Reopen, ReportHistory, Resume, StartInvestigation, Withdraw,
};
use crate::{
    CODES, Cause, Clearance, CloseBasis, Command, ConflictDeclaration, Event, FindingResult,
    HoldBasis, Outcome, Promises, RemedyOffer, ResponseClass, Revision, Rules, Severity, decide,
    evolve,
};

/// Commands of every kind that some state takes, without times.
pub(super) fn good_commands() -> Vec<Command> {
    [
        handling(),
        pauses(),
        found(),
        remedies(),
        later::good_commands(),
    ]
    .concat()
}

/// As [`good_commands`], so mixed that what stops a complaint does not stop each.
pub(super) fn lively_commands() -> Vec<Command> {
    let mut back = merge::good_commands().into_iter().map(|it| it.1);
    let goes_on: [Command; 4] = [
        back.find(|it| it.name() == "unmerge").unwrap(),
        resume(None).into(),
        release(None).into(),
        start(ConflictDeclaration::NoConflict).into(),
    ];
    [
        vec![handling(); 4].concat(),
        vec![goes_on.to_vec(); 4].concat(),
        vec![external::good_commands().swap_remove(0).1; 4],
        vec![external::good_commands().swap_remove(10).1; 12],
        good_commands(),
    ]
    .concat()
}

/// The steps by which a complaint is handled.
fn handling() -> Vec<Command> {
    let propose = |remedies: Vec<RemedyOffer>, cause| ProposeResponse {
        refusal: remedies.is_empty().then(explained_no),
        remedies,
        cause: Some(cause),
        occurred_at: None,
    };
    let communicate = |outcome, recourse_explained| CommunicateDecision {
        outcome,
        channel: "email".to_owned(),
        recourse_explained,
        occurred_at: None,
        external_recourse: None,
    };
    let reported = |digest, class| ReportHistory {
        history: report(digest, class),
    };
    let mut commands: Vec<Command> = vec![
        open().into(),
        take_over(report("aa", ResponseClass::InProgress)).into(),
        reported("bb", ResponseClass::InProgress).into(),
        ReportHistory {
            history: acknowledged_elsewhere("dd"),
        }
        .into(),
        reported("cc", ResponseClass::ClosedWithExplanation).into(),
        Acknowledge {
            channel: "email".to_owned(),
            occurred_at: None,
        }
        .into(),
        Assign {
            handler: Some(user("h1")),
            queue: None,
            occurred_at: None,
        }
        .into(),
        assess().into(),
        start(ConflictDeclaration::NoConflict).into(),
        not_required("same_batch").into(),
        propose(vec![refund(), apology()], Cause::NoCauseEstablished).into(),
        propose(vec![], established()).into(),
        FulfilRemedy {
            remedy: 1,
            occurred_at: None,
        }
        .into(),
        FulfilRemedy {
            remedy: 2,
            occurred_at: None,
        }
        .into(),
        communicate(Outcome::PartlyUpheld, false).into(),
        communicate(Outcome::PartlyUpheld, true).into(),
        communicate(Outcome::NotUpheld, false).into(),
        communicate(Outcome::NotUpheld, true).into(),
        RecordAcceptance { occurred_at: None }.into(),
        dispute("too_little").into(),
        reopen("new_evidence").into(),
        Withdraw {
            reason: None,
            explanation: None,
            promises: Some(Promises::StillOwed),
            occurred_at: None,
        }
        .into(),
        AddNote {
            note: sealed("x"),
            occurred_at: None,
        }
        .into(),
    ];
    let close = |basis: &CloseBasis| {
        Close {
            basis: basis.clone(),
            occurred_at: None,
        }
        .into()
    };
    commands.extend(CloseBasis::ALL.iter().map(close));
    commands
}

/// One remedy at a time.
pub(super) fn remedies() -> Vec<Command> {
    vec![
        offer_remedy(apology()).into(),
        accept_remedy(1).into(),
        decline_remedy(1).into(),
        approve_remedy(1, "lead").into(),
    ]
}

/// Money, and nobody says how much.
pub(super) fn any_sum() -> OfferRemedy {
    let amount = None;
    offer_remedy(RemedyOffer { amount, ..refund() })
}

pub(super) fn approve_remedy(remedy: u32, approver: &str) -> ApproveRemedy {
    ApproveRemedy {
        remedy,
        approver: user(approver),
        occurred_at: None,
    }
}

pub(super) fn offer_remedy(offer: RemedyOffer) -> OfferRemedy {
    OfferRemedy {
        offer,
        occurred_at: None,
    }
}

pub(super) fn accept_remedy(remedy: u32) -> AcceptRemedy {
    AcceptRemedy {
        remedy,
        occurred_at: None,
    }
}

pub(super) fn decline_remedy(remedy: u32) -> DeclineRemedy {
    DeclineRemedy {
        remedy,
        reason: Some("not_wanted".to_owned()),
        explanation: None,
        occurred_at: None,
    }
}

/// What is found out, and who may.
pub(super) fn found() -> Vec<Command> {
    vec![
        declare_conflict("i9").into(),
        ClearConflict {
            person: user("i9"),
            because: Some(Clearance::Ended),
            explanation: None,
            occurred_at: None,
        }
        .into(),
        record_evidence().into(),
        record_finding(&[1]).into(),
        reclassify(Severity::Minor).into(),
        reclassify(Severity::Major).into(),
    ]
}

pub(super) fn declare_conflict(person: &str) -> DeclareConflict {
    DeclareConflict {
        person: user(person),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn record_evidence() -> RecordEvidence {
    RecordEvidence {
        kind: "photograph".to_owned(),
        source: None,
        description: sealed("a drop"),
        supersedes: None,
        occurred_at: None,
    }
}

pub(super) fn record_finding(evidence: &[u32]) -> RecordFinding {
    RecordFinding {
        result: FindingResult::Inconclusive,
        description: sealed("nobody knows"),
        evidence: evidence.to_vec(),
        occurred_at: None,
    }
}

pub(super) fn reclassify(severity: Severity) -> Reclassify {
    Reclassify {
        severity: Some(severity),
        safety_implication: None,
        complexity: None,
        impact: None,
        because: Some(Revision::NewFacts),
        reason: "seal_measured".to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

/// What stands beside the stage begins and ends.
pub(super) fn pauses() -> Vec<Command> {
    vec![
        await_complainant().into(),
        await_third_party().into(),
        resume(None).into(),
        hold(HoldBasis::CourtProceedings).into(),
        release(None).into(),
        escalate(1).into(),
        escalate(2).into(),
        de_escalate(None).into(),
    ]
}

pub(super) fn await_complainant() -> AwaitComplainant {
    AwaitComplainant {
        reason: "more_photographs".to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn await_third_party() -> AwaitThirdParty {
    AwaitThirdParty {
        third_party: "courier".to_owned(),
        reason: "parcel_searched".to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn resume(at: Option<&str>) -> Resume {
    Resume {
        reason: None,
        occurred_at: at.map(time),
    }
}

pub(super) fn hold(basis: HoldBasis) -> Hold {
    Hold {
        basis,
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn release(at: Option<&str>) -> Release {
    Release {
        reason: None,
        occurred_at: at.map(time),
    }
}

pub(super) fn escalate(level: u32) -> Escalate {
    Escalate {
        level,
        reason: "regulator_asks".to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn de_escalate(at: Option<&str>) -> DeEscalate {
    DeEscalate {
        reason: None,
        occurred_at: at.map(time),
    }
}

pub(super) fn assess() -> Assess {
    let found = assessment();
    Assess {
        severity: Some(found.severity),
        safety_implication: Some(found.safety_implication),
        complexity: Some(found.complexity),
        impact: Some(found.impact),
        immediate_action: Some(found.immediate_action),
        because: None,
        occurred_at: None,
        reason: None,
    }
}

pub(super) fn start(declaration: ConflictDeclaration) -> StartInvestigation {
    StartInvestigation {
        investigator: user("i9"),
        declaration,
        occurred_at: None,
    }
}

pub(super) fn not_required(reason: &str) -> RecordInvestigationNotRequired {
    RecordInvestigationNotRequired {
        reason: reason.to_owned(),
        explanation: None,
        decided_by: Some(user("lead")),
        relies_on: None,
        occurred_at: None,
    }
}

pub(super) fn dispute(reason: &str) -> Dispute {
    Dispute {
        reason: reason.to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn reopen(reason: &str) -> Reopen {
    Reopen {
        reason: reason.to_owned(),
        explanation: None,
        occurred_at: None,
    }
}

fn more_lives() -> Vec<(&'static str, Vec<Event>)> {
    let conflict = [
        investigating(),
        vec![conflict_declared("h1"), conflict_declared("i9")],
    ];
    let overdue = RemedyOffer {
        promised_by: Some(date(2026, 3, 5)),
        ..refund()
    };
    let unexplained = [
        investigating(),
        vec![response(1, &[overdue]), was_communicated(false)],
    ];
    let fulfilled = [unexplained.concat(), vec![was_fulfilled(1)]];
    let late = crate::event::DecisionCommunicated {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        occurred_at: time("2026-03-20T00:00:00Z"),
        external_recourse: None,
    };
    let just_told = vec![response(1, &[refund()]), Event::DecisionCommunicated(late)];
    let named = crate::event::DecisionCommunicated {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        external_recourse: Some("ombudsman".to_owned()),
        occurred_at: time("2026-03-04T09:00:00Z"),
    };
    let named = vec![
        response(1, &[refund()]),
        Event::DecisionCommunicated(named),
        was_accepted(),
    ];
    vec![
        ("recourse named", [investigating(), named].concat()),
        ("conflicts of interest", conflict.concat()),
        ("recourse unexplained", unexplained.concat()),
        ("fulfilled", fulfilled.concat()),
        (
            "two remedies",
            [investigating(), vec![response(1, &[refund(), apology()])]].concat(),
        ),
        ("told today", [investigating(), just_told].concat()),
        (
            "refused",
            [investigating(), vec![response(1, &[])]].concat(),
        ),
        ("refused in part", refused_with(&[refund()])),
        (
            "regretted",
            [investigating(), vec![response(1, &[apology()])]].concat(),
        ),
        (
            "unfounded",
            [proposed(), vec![assessed_as(Severity::Unfounded)]].concat(),
        ),
    ]
}

fn every_life() -> impl Iterator<Item = (&'static str, Vec<Event>)> {
    let all = [lives(), more_lives(), later::more_lives()];
    all.into_iter().flatten()
}

#[test]
fn every_command_in_every_state_is_answered_and_every_code_can_be_met() {
    let mut met = BTreeSet::new();
    let commands = [
        good_commands(),
        bad_commands(),
        bad_pauses(),
        empty_promises(),
        later::bad_commands(),
        every_outcome().collect(),
        vec![approve_remedy(1, "h7").into(), any_sum().into()],
    ]
    .concat();
    let rules = [Rules::default(), super::ruled::strict()];
    for ((life, given), rules) in
        every_life().flat_map(|life| rules.each_ref().map(|rules| (life.clone(), rules)))
    {
        for command in &commands {
            match decide(&fold(&given), command, rules, time(NOW)) {
                Ok(events) => {
                    let mut state = fold(&given);
                    for event in &events {
                        evolve(&mut state, event);
                        if let Event::InvestigationRefused(e) = event {
                            met.insert(e.refusal().code());
                        }
                    }
                    assert!(state.status().is_some(), "{life}: {command:?}");
                }
                Err(refusal) => {
                    assert!(CODES.contains(&refusal.code()), "{life}: {refusal:?}");
                    assert!(!refusal.remedy().is_empty() && !refusal.to_string().is_empty());
                    assert_ne!(refusal.field(), Some(""));
                    met.insert(refusal.code());
                }
            }
        }
    }
    let unmet: Vec<_> = CODES.iter().filter(|code| !met.contains(*code)).collect();
    assert!(unmet.is_empty(), "no state and command meets {unmet:?}");
}

#[test]
fn every_command_is_taken_in_some_state() {
    for command in good_commands() {
        let takes = |(_, given): (_, Vec<Event>)| {
            decided(&given, &command).is_ok_and(|events| !events.is_empty())
        };
        assert!(every_life().any(takes), "no state takes {command:?}");
    }
}

#[test]
fn the_table_of_codes_has_each_code_once() {
    let source = include_str!("../refusal.rs");
    let mut in_table: Vec<_> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | `")?.split('`').next())
        .collect();
    let mut codes = CODES.to_vec();
    in_table.sort_unstable();
    codes.sort_unstable();
    assert_eq!(in_table, codes);
}
