//! Commands that a rule refuses somewhere.

use jiff::civil::date;
use redress_envelope::Money;

use super::{
    assess, de_escalate, dispute, escalate, hold, not_required, record_finding, release, reopen,
    resume, start,
};
use crate::command::{
    Acknowledge, Assess, Assign, CommunicateDecision, FulfilRemedy, ProposeResponse,
    RecordAcceptance, RecordInvestigationNotRequired, Reopen, Withdraw,
};
use crate::tests::given::{apology, feedback, open, refund};
use crate::tests::time;
use crate::{Cause, Command, ConflictDeclaration, HoldBasis, Outcome, Reference, RemedyOffer};

/// What a rule on a pause or an escalation refuses somewhere.
pub(super) fn bad_pauses() -> Vec<Command> {
    let early = Some("2026-03-02T00:00:00Z");
    vec![
        record_finding(&[99]).into(),
        resume(early).into(),
        release(early).into(),
        hold(HoldBasis::Insolvency).into(),
        escalate(0).into(),
        de_escalate(early).into(),
    ]
}

/// Commands that a rule on the command itself refuses, or one on its time.
pub(super) fn bad_commands() -> Vec<Command> {
    let acknowledge = |channel: &str, at: Option<&str>| Acknowledge {
        channel: channel.to_owned(),
        occurred_at: at.map(time),
    };
    let propose = |remedies, refusal, cause| ProposeResponse {
        remedies,
        refusal,
        cause,
        occurred_at: None,
    };
    let cause = || Some(Cause::NoCauseEstablished);
    let unpriced = Money {
        minor_units: -1,
        currency: "EUR".to_owned(),
    };
    let unpriced = RemedyOffer {
        amount: Some(unpriced),
        ..refund()
    };
    let nothing_found = Assess {
        severity: None,
        safety_implication: None,
        complexity: None,
        impact: None,
        immediate_action: None,
        because: None,
        occurred_at: None,
        reason: None,
    };
    let early = Some(time("2026-03-02T00:00:00Z"));
    let mut other = open();
    other.reference = Reference::new(2026, 9).unwrap();
    vec![
        other.into(),
        Assess {
            severity: Some("terrible".into()),
            ..assess()
        }
        .into(),
        start(ConflictDeclaration::Other("managed".to_owned())).into(),
        acknowledge("", None).into(),
        acknowledge("jane@example.org", None).into(),
        acknowledge("email", Some("2026-02-01T00:00:00Z")).into(),
        acknowledge("email", Some("2027-02-01T00:00:00Z")).into(),
        Assign {
            handler: None,
            queue: None,
            occurred_at: None,
        }
        .into(),
        nothing_found.into(),
        start(ConflictDeclaration::NotMade).into(),
        start(ConflictDeclaration::Conflict).into(),
        RecordInvestigationNotRequired {
            decided_by: None,
            ..not_required("same_batch")
        }
        .into(),
        RecordInvestigationNotRequired {
            relies_on: Some(feedback()),
            ..not_required("same_batch")
        }
        .into(),
        not_required("a\tb").into(),
        not_required("as jane@example.org found").into(),
        not_required(&"x".repeat(300)).into(),
        propose(vec![], None, cause()).into(),
        propose(vec![apology()], None, None).into(),
        propose(vec![unpriced], None, cause()).into(),
        propose(vec![apology(); 40], None, cause()).into(),
        FulfilRemedy {
            remedy: 99,
            occurred_at: None,
        }
        .into(),
        FulfilRemedy {
            remedy: 1,
            occurred_at: Some(time("2026-03-18T00:00:00Z")),
        }
        .into(),
        RecordAcceptance { occurred_at: early }.into(),
        dispute("wrong_person").into(),
        Reopen {
            occurred_at: early,
            ..reopen("again")
        }
        .into(),
    ]
}

/// A promise that is forgotten, and one that nobody can keep.
pub(super) fn empty_promises() -> Vec<Command> {
    let over = RemedyOffer {
        promised_by: Some(date(2026, 3, 18)),
        ..refund()
    };
    let withdraw = Withdraw {
        reason: None,
        explanation: None,
        promises: None,
        occurred_at: None,
    };
    let propose = ProposeResponse {
        remedies: vec![over],
        refusal: None,
        cause: Some(Cause::NoCauseEstablished),
        occurred_at: None,
    };
    vec![withdraw.into(), propose.into()]
}

/// Every outcome, told of whatever response there is.
pub(super) fn every_outcome() -> impl Iterator<Item = Command> {
    Outcome::ALL.iter().map(|outcome| {
        CommunicateDecision {
            outcome: outcome.clone(),
            channel: "letter".to_owned(),
            recourse_explained: true,
            occurred_at: None,
            external_recourse: None,
        }
        .into()
    })
}
