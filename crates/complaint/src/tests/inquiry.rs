//! Conflicts of interest, evidence and findings, and what is seen otherwise later.

use super::given::{
    accepted, acknowledged, assessed, assessment, communicated, conflict_declared, disputed,
    evidence, finding, investigating, investigation_not_required, investigation_started, kept_out,
    proposed, received, reclassified, reopened, sealed, user, was_closed, was_disputed,
    was_reopened,
};
use super::standstill::propose;
use super::walk::{reclassify, start};
use super::{check, check_refused, decided, fold, time};
use crate::command::{
    Assess, Assign, ClearConflict, DeclareConflict, Reclassify, RecordEvidence, RecordFinding,
};
use crate::event::{ConflictCleared, InvestigationRefused};
use crate::{
    Classification, Clearance, CloseBasis, Command, ConflictDeclaration, Event, FindingResult,
    KeptOut, Level, Refusal, Revision, Severity, Status,
};

const AT: &str = "2026-03-02T11:00:00Z";

fn declare(person: &str) -> DeclareConflict {
    DeclareConflict {
        person: user(person),
        explanation: Some(sealed("her brother")),
        occurred_at: Some(time(AT)),
    }
}

fn clear(person: &str) -> ClearConflict {
    ClearConflict {
        person: user(person),
        because: Some(Clearance::Ended),
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn start_as(person: &str) -> Command {
    let start = start(ConflictDeclaration::NoConflict);
    let investigator = user(person);
    crate::command::StartInvestigation {
        investigator,
        ..start
    }
    .into()
}

#[test]
fn a_conflict_is_declared_for_the_complaint_wherever_it_stands() {
    for given in [received(), assessed(), proposed(), communicated()] {
        check(&given, declare("i9"), Ok(vec![conflict_declared("i9")]));
    }
    let given = [received(), vec![conflict_declared("i9")]].concat();
    let bare = DeclareConflict {
        explanation: None,
        ..declare("i9")
    };
    check(&given, bare, Ok(vec![]));
    let more = DeclareConflict {
        explanation: Some(sealed("and his aunt")),
        ..declare("i9")
    };
    assert_eq!(decided(&given, &more.into()).unwrap().len(), 1);
    check(
        &super::given::closed(),
        declare("i9"),
        Err(Refusal::ComplaintClosed),
    );
}

/// Given a conflict that was declared, when its holder is to investigate and declares none, then that is
/// refused, and the attempt is recorded once; also after a dispute.
#[test]
fn who_has_a_conflict_does_not_investigate_whatever_is_declared_then() {
    let given = [assessed(), vec![conflict_declared("i9")]].concat();
    let events = decided(&given, &start_as("i9")).unwrap();
    let [Event::InvestigationRefused(refused)] = &events[..] else {
        panic!("{events:?}");
    };
    let InvestigationRefused {
        investigator,
        declaration,
        reason,
        ..
    } = refused;
    assert_eq!(
        (investigator, declaration, reason),
        (
            &user("i9"),
            &ConflictDeclaration::NoConflict,
            &KeptOut::ConflictOfInterest
        )
    );
    let after = [given, events].concat();
    assert_eq!(fold(&after).status(), Some(Status::Assessed));
    check(&after, start_as("i9"), Ok(vec![]));
    let [Event::InvestigationStarted(_)] = &decided(&after, &start_as("i8")).unwrap()[..] else {
        panic!("another may");
    };
    let later = [
        communicated(),
        vec![conflict_declared("i9"), was_disputed()],
    ]
    .concat();
    assert_eq!(
        decided(&later, &start_as("i9")).unwrap()[0].kind(),
        kept_out().kind()
    );
    let cleared = Event::ConflictCleared(ConflictCleared {
        person: user("i9"),
        because: Some(Clearance::Ended),
        explanation: None,
        occurred_at: time(AT),
    });
    check(&after, clear("i9"), Ok(vec![cleared.clone()]));
    let free = [after, vec![cleared]].concat();
    assert_eq!(
        decided(&free, &start_as("i9")).unwrap()[0].kind(),
        investigation_started().kind()
    );
    check(&free, clear("i9"), Ok(vec![]));
}

#[test]
fn who_clears_a_conflict_says_whether_it_is_over_or_never_was() {
    let given = [assessed(), vec![conflict_declared("i9")]].concat();
    let because = |because: Option<Clearance>| ClearConflict {
        because,
        ..clear("i9")
    };
    let field = "because";
    check(&given, because(None), Err(Refusal::FieldEmpty { field }));
    let unknown = Refusal::FieldUnknownValue { field };
    check(&given, because(Some("forgotten".into())), Err(unknown));
    for word in Clearance::ALL {
        let events = decided(&given, &because(Some(word.clone())).into()).unwrap();
        let [Event::ConflictCleared(e)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(e.because.as_ref(), Some(word));
    }
}

#[test]
fn who_investigates_and_declares_a_conflict_no_longer_does_and_others_go_on() {
    let given = [investigating(), vec![conflict_declared("i1")]].concat();
    assert_eq!(fold(&given).inquiry(), None);
    assert_eq!(fold(&given).status(), Some(Status::Investigating));
    let given = [investigating(), vec![conflict_declared("i9")]].concat();
    assert!(fold(&given).inquiry().is_some());
}

#[test]
fn who_declared_a_conflict_since_does_not_go_on_investigating_after_a_reopening() {
    let ended = vec![was_closed(CloseBasis::Accepted), was_reopened()];
    let given = |person| [accepted(), vec![conflict_declared(person)], ended.clone()].concat();
    assert_eq!(fold(&given("i1")).inquiry(), None);
    check(
        &given("i1"),
        propose(),
        Err(Refusal::InvestigationNotStarted),
    );
    assert!(fold(&given("i9")).inquiry().is_some());
    assert_eq!(decided(&given("i9"), &propose().into()).unwrap().len(), 1);
}

#[test]
fn who_has_a_conflict_is_assigned_nothing() {
    let assign = |handler: &str| Assign {
        handler: Some(user(handler)),
        queue: None,
        occurred_at: None,
    };
    let given = [assessed(), vec![conflict_declared("h1")]].concat();
    check(&given, assign("h1"), Err(Refusal::HandlerHasConflict));
    assert_eq!(decided(&given, &assign("h2").into()).unwrap().len(), 1);
}

fn record_evidence() -> RecordEvidence {
    RecordEvidence {
        kind: "measurement".to_owned(),
        source: Some("laboratory".to_owned()),
        description: sealed("3.2 mm"),
        supersedes: None,
        occurred_at: Some(time(AT)),
    }
}

fn record_finding(numbers: &[u32]) -> RecordFinding {
    RecordFinding {
        result: FindingResult::Substantiated,
        description: sealed("the seal is too thin"),
        evidence: numbers.to_vec(),
        occurred_at: Some(time(AT)),
    }
}

#[test]
fn evidence_and_findings_are_numbered_and_no_two_are_the_same() {
    check(&investigating(), record_evidence(), Ok(vec![evidence(1)]));
    let given = [investigating(), vec![evidence(1)]].concat();
    check(&given, record_evidence(), Ok(vec![evidence(2)]));
    let given = [given, vec![evidence(2)]].concat();
    check(
        &given,
        record_finding(&[2, 1, 2]),
        Ok(vec![finding(1, &[1, 2])]),
    );
    let given = [given, vec![finding(1, &[1, 2])]].concat();
    check(&given, record_finding(&[]), Ok(vec![finding(2, &[])]));
    for evidence in [0, 3] {
        check(
            &given,
            record_finding(&[1, evidence]),
            Err(Refusal::EvidenceUnknown { evidence }),
        );
    }
    let wordy = RecordEvidence {
        kind: "what Jane said".to_owned(),
        ..record_evidence()
    };
    check(&given, wordy, Err(Refusal::FieldNotACode { field: "kind" }));
    let later = RecordFinding {
        result: "doubtful".into(),
        ..record_finding(&[])
    };
    check(
        &given,
        later,
        Err(Refusal::FieldUnknownValue { field: "result" }),
    );
}

#[test]
fn no_finding_rests_on_evidence_that_other_evidence_superseded() {
    let given = [investigating(), vec![evidence(1)]].concat();
    let instead = |supersedes| RecordEvidence {
        supersedes: Some(supersedes),
        ..record_evidence()
    };
    check(
        &given,
        instead(2),
        Err(Refusal::EvidenceUnknown { evidence: 2 }),
    );
    let events = decided(&given, &instead(1).into()).unwrap();
    let given = [given, events].concat();
    let superseded = Refusal::EvidenceSuperseded { evidence: 1 };
    check(&given, record_finding(&[2, 1]), Err(superseded.clone()));
    check(&given, record_finding(&[2]), Ok(vec![finding(1, &[2])]));
    check(&given, instead(1), Err(superseded));
    assert_eq!(decided(&given, &instead(2).into()).unwrap().len(), 1);
}

#[test]
fn an_investigation_finds_something_out_and_what_comes_later_is_kept_too() {
    for (given, code) in [
        (received(), "COMPLAINT_NOT_ACKNOWLEDGED"),
        (acknowledged(), "COMPLAINT_NOT_ASSESSED"),
        (assessed(), "INVESTIGATION_NOT_STARTED"),
        (investigation_not_required(), "INVESTIGATION_NOT_STARTED"),
        (reopened(), "INVESTIGATION_NOT_STARTED"),
        (disputed(), "DISPUTE_NOT_INVESTIGATED"),
    ] {
        check_refused(&given, record_evidence(), code);
        check_refused(&given, record_finding(&[]), code);
    }
    // What comes to light later is recorded, too.
    for given in [proposed(), communicated()] {
        let found = decided(&given, &record_evidence().into()).unwrap();
        check(
            &[given, found].concat(),
            record_finding(&[1]),
            Ok(vec![finding(1, &[1])]),
        );
    }
}

#[test]
fn what_is_seen_otherwise_says_why_and_keeps_what_was_before() {
    let to_minor = Reclassify {
        occurred_at: Some(time(AT)),
        ..reclassify(Severity::Minor)
    };
    check(
        &investigating(),
        to_minor.clone(),
        Ok(vec![reclassified(Severity::Minor)]),
    );
    let state = fold(&[investigating(), vec![reclassified(Severity::Minor)]].concat());
    assert_eq!(state.severity(), Some(Severity::Minor));
    let was = assessment();
    let is = state.assessment().unwrap();
    assert_eq!(is.immediate_action, was.immediate_action);
    assert_eq!(
        is.classification(),
        Classification {
            severity: Severity::Minor,
            ..was.classification()
        }
    );
    check(
        &communicated(),
        to_minor.clone(),
        Ok(vec![reclassified(Severity::Minor)]),
    );
    check(&acknowledged(), to_minor.clone(), Err(Refusal::NotAssessed));
    let unsaid = Reclassify {
        reason: String::new(),
        ..to_minor.clone()
    };
    check(
        &assessed(),
        unsaid,
        Err(Refusal::FieldEmpty { field: "reason" }),
    );
    let groundless = Reclassify {
        because: None,
        ..to_minor.clone()
    };
    let field = "because";
    check(&assessed(), groundless, Err(Refusal::FieldEmpty { field }));
    let unknown = Reclassify {
        impact: Some("cosmic".into()),
        ..to_minor
    };
    check(
        &assessed(),
        unknown,
        Err(Refusal::FieldUnknownValue { field: "impact" }),
    );
    let same = Reclassify {
        severity: None,
        complexity: Some(Level::Low),
        ..reclassify(Severity::Major)
    };
    check(&assessed(), same, Ok(vec![]));
}

#[test]
fn a_complaint_that_is_seen_otherwise_can_be_assessed_whole_again() {
    let given = [assessed(), vec![reclassified(Severity::Minor)]].concat();
    let first = assessment();
    let assess = Assess {
        severity: Some(first.severity),
        safety_implication: Some(first.safety_implication),
        complexity: Some(first.complexity),
        impact: Some(first.impact),
        immediate_action: Some(first.immediate_action),
        because: Some(Revision::Corrected),
        occurred_at: None,
        reason: None,
    };
    assert_eq!(decided(&given, &assess.into()).unwrap().len(), 1);
}
