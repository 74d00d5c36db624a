use redress_envelope::{ItemId, derived_uuid};

use super::given::{
    acknowledged, assessed, communicated, conflict_declared, disputed, feedback, imported_reopened,
    investigating, investigation_not_required, no_investigation, proposed, sealed, user,
};
use super::{check, check_refused, fold, time};
use crate::command::RecordInvestigationNotRequired;
use crate::{Refusal, Status};

fn not_required() -> RecordInvestigationNotRequired {
    RecordInvestigationNotRequired {
        reason: "same_batch".to_owned(),
        explanation: Some(sealed("why not")),
        decided_by: Some(user("lead")),
        relies_on: Some(ItemId::new(0, derived_uuid("test feedback", &["2"]))),
        occurred_at: Some(time("2026-03-02T10:00:00Z")),
    }
}

#[test]
fn the_reason_the_person_and_the_other_complaint_are_recorded() {
    check(&assessed(), not_required(), Ok(vec![no_investigation()]));
    let state = fold(&investigation_not_required());
    assert_eq!(state.status(), Some(Status::Assessed));
}

#[test]
fn said_again_it_is_not_recorded_again() {
    check(&investigation_not_required(), not_required(), Ok(vec![]));
}

#[test]
fn reason_and_person_are_needed_and_another_complaint_is_another() {
    let reasonless = RecordInvestigationNotRequired {
        reason: String::new(),
        ..not_required()
    };
    check_refused(&assessed(), reasonless, "FIELD_EMPTY");
    let nobody = RecordInvestigationNotRequired {
        decided_by: None,
        ..not_required()
    };
    check(&assessed(), nobody, Err(Refusal::DecidedByMissing));
    let itself = RecordInvestigationNotRequired {
        relies_on: Some(feedback()),
        ..not_required()
    };
    check(&assessed(), itself, Err(Refusal::ReliesOnItself));
}

#[test]
fn a_reopened_complaint_can_do_without_one() {
    let now = RecordInvestigationNotRequired {
        occurred_at: None,
        ..not_required()
    };
    let events = super::decided(&imported_reopened(), &now.into()).unwrap();
    let state = fold(&[imported_reopened(), events].concat());
    assert_eq!(state.status(), Some(Status::Investigating));
}

#[test]
fn what_is_investigated_answered_or_disputed_needs_no_such_record() {
    check(&acknowledged(), not_required(), Err(Refusal::NotAssessed));
    check(
        &investigating(),
        not_required(),
        Err(Refusal::InvestigationAlreadyStarted),
    );
    check(
        &proposed(),
        not_required(),
        Err(Refusal::ResponseAlreadyProposed),
    );
    check(
        &communicated(),
        not_required(),
        Err(Refusal::DecisionAlreadyCommunicated),
    );
    check(
        &disputed(),
        not_required(),
        Err(Refusal::DisputeNotInvestigated),
    );
}

#[test]
fn the_reason_is_one_short_line_and_no_address() {
    let because = |reason: &str| RecordInvestigationNotRequired {
        reason: reason.to_owned(),
        ..not_required()
    };
    for (reason, code) in [
        ("a\nb", "FIELD_HAS_CONTROL_CHARACTERS"),
        ("as jane@example.org found", "FIELD_HAS_ADDRESS"),
        (&*"x".repeat(201), "FIELD_TOO_LONG"),
    ] {
        let refusal = check_refused(&assessed(), because(reason), code);
        assert_eq!(refusal.field(), Some("reason"));
    }
    let titled = because("Same batch as before");
    assert!(super::decided(&assessed(), &titled.into()).is_ok());
}

/// Whether it was declared for the complaint or for the investigation that there shall not be.
#[test]
fn who_has_a_conflict_of_interest_does_not_decide_it() {
    let declared = [assessed(), vec![conflict_declared("lead")]].concat();
    let begin = crate::command::StartInvestigation {
        investigator: user("lead"),
        ..super::walk::start(crate::ConflictDeclaration::Conflict)
    };
    let kept_out = super::decided(&assessed(), &begin.into()).unwrap();
    for given in [declared, [assessed(), kept_out].concat()] {
        check(&given, not_required(), Err(Refusal::DeciderHasConflict));
        let other = RecordInvestigationNotRequired {
            decided_by: Some(user("chief")),
            ..not_required()
        };
        assert_eq!(super::decided(&given, &other.into()).unwrap().len(), 1);
    }
}
