//! Lives of complaints up to a point, and the values that they are made of.

mod lives;

use jiff::civil::date;
use redress_envelope::{Actor, Commitment, ItemId, Money, VaultRef, derived_uuid};

pub(super) use self::lives::{
    accepted, acknowledged, acknowledged_elsewhere, assessed, awaiting_complainant,
    awaiting_third_party, closed, communicated, dispute_investigated, disputed, escalated,
    imported_acknowledged, imported_closed, imported_open, imported_reopened, investigating,
    investigation_not_required, lives, on_hold, proposed, received, reopened, withdrawn,
};
use super::time;
use crate::command::{self, TakeOver};
use crate::event::{
    AcceptanceRecorded, Acknowledged, Assessed, Assigned, Closed, ComplainantAwaited,
    ConflictDeclared, DecisionCommunicated, Disputed, Escalated, EvidenceRecorded, FindingRecorded,
    Held, HistoryReported, InvestigationNotRequired, InvestigationRefused, InvestigationStarted,
    NoteAdded, NumberedRemedy, Opened, Reclassified, RemedyAccepted, RemedyApproved,
    RemedyDeclined, RemedyFulfilled, RemedyOffered, Reopened, ResponseProposed, Resumed, TakenOver,
    ThirdPartyAwaited, Withdrawn,
};
use crate::{
    Answer, Assessment, Cause, CloseBasis, ConflictDeclaration, Event, ExplainedRefusal,
    FindingResult, HoldBasis, ImmediateAction, KeptOut, Level, Outcome, Promises, Reference,
    RemedyKind, RemedyOffer, ReportedHistory, ResponseClass, Revision, SafetyImplication, Severity,
    Slices, WaitingFor,
};

pub(super) const RECEIVED_AT: &str = "2026-03-01T09:00:00Z";
pub(super) const COMMUNICATED_AT: &str = "2026-03-04T09:00:00Z";
pub(super) const CLOSED_AT: &str = "2026-03-19T09:00:00Z";

pub(super) fn feedback() -> ItemId {
    ItemId::new(0, derived_uuid("test feedback", &["1"]))
}

pub(super) fn reference() -> Reference {
    Reference::new(2026, 123).unwrap()
}

pub(super) fn user(name: &str) -> Actor {
    Actor::User(name.to_owned())
}

pub(super) fn sealed(what: &str) -> VaultRef {
    VaultRef {
        entry: derived_uuid("test entry", &[what]).simple().to_string(),
        commitment: Commitment([7; 32]),
    }
}

pub(super) fn about() -> Box<Slices> {
    Box::new(Slices {
        product: Some("Kettle K2".to_owned()),
        issue: Some("Leaks".to_owned()),
        language: Some("de-AT".to_owned()),
        tags: vec!["environmental".to_owned()],
        remedy_sought: Some("replacement".to_owned()),
        vulnerable: Some(true),
        ..Slices::new(time(RECEIVED_AT), "complaint", "phone")
    })
}

pub(super) fn report(digest: &str, class: ResponseClass) -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".to_owned(),
        digest: digest.to_owned(),
        response: (class != ResponseClass::Unknown).then(|| class.to_string()),
        response_class: class,
        timely: Answer::Yes,
        disputed: Answer::Unknown,
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: Some(date(2026, 3, 2)),
        sent_before_received: false,
        public_response: None,
        submitted_narrative: false,
    }
}

pub(super) fn open() -> command::Open {
    let (feedback, reference, about) = (feedback(), reference(), about());
    command::Open {
        feedback,
        reference,
        about,
    }
}

pub(super) fn take_over(history: ReportedHistory) -> TakeOver {
    let (feedback, reference, about) = (feedback(), reference(), about());
    TakeOver {
        feedback,
        reference,
        about,
        history,
    }
}

pub(super) fn opened() -> Event {
    let (feedback, reference, about) = (feedback(), reference(), about());
    Event::Opened(Opened {
        feedback,
        reference,
        about,
    })
}

pub(super) fn taken_over(history: ReportedHistory) -> Event {
    let (feedback, reference, about) = (feedback(), reference(), about());
    Event::TakenOver(TakenOver {
        feedback,
        reference,
        about,
        history,
    })
}

pub(super) fn history_reported(history: ReportedHistory) -> Event {
    Event::HistoryReported(HistoryReported { history })
}

pub(super) fn was_acknowledged() -> Event {
    Event::Acknowledged(Acknowledged {
        channel: "email".to_owned(),
        occurred_at: time("2026-03-01T10:00:00Z"),
    })
}

pub(super) fn was_assigned() -> Event {
    Event::Assigned(Assigned {
        handler: Some(user("h7")),
        queue: Some("kettles".to_owned()),
        occurred_at: time("2026-03-01T10:30:00Z"),
    })
}

pub(super) fn assessment() -> Assessment {
    Assessment {
        severity: Severity::Major,
        safety_implication: SafetyImplication::Possible,
        complexity: Level::Low,
        impact: Level::Medium,
        immediate_action: ImmediateAction::Needed {
            what: sealed("stop using it"),
        },
    }
}

pub(super) fn was_assessed() -> Event {
    Event::Assessed(Assessed {
        assessment: assessment(),
        because: None,
        occurred_at: time("2026-03-02T09:00:00Z"),
        proposed_severity: None,
        severity_reason: None,
    })
}

pub(super) fn investigation_started() -> Event {
    Event::InvestigationStarted(InvestigationStarted {
        investigator: user("i1"),
        declaration: ConflictDeclaration::NoConflict,
        occurred_at: time("2026-03-02T10:00:00Z"),
    })
}

pub(super) fn kept_out() -> Event {
    Event::InvestigationRefused(InvestigationRefused {
        investigator: user("i1"),
        declaration: ConflictDeclaration::Conflict,
        reason: KeptOut::ConflictOfInterest,
        occurred_at: time("2026-03-02T10:00:00Z"),
    })
}

pub(super) fn no_investigation() -> Event {
    Event::InvestigationNotRequired(InvestigationNotRequired {
        reason: "same_batch".to_owned(),
        explanation: Some(sealed("why not")),
        decided_by: user("lead"),
        relies_on: Some(ItemId::new(0, derived_uuid("test feedback", &["2"]))),
        occurred_at: time("2026-03-02T10:00:00Z"),
    })
}

/// Promised for a day after `NOW`.
pub(super) fn refund() -> RemedyOffer {
    RemedyOffer {
        kind: RemedyKind::Refund,
        amount: Some(Money::new(4990, "EUR").unwrap()),
        promised_by: Some(date(2026, 4, 1)),
    }
}

/// Promised for no day.
pub(super) fn apology() -> RemedyOffer {
    RemedyOffer {
        kind: RemedyKind::Apology,
        amount: None,
        promised_by: None,
    }
}

pub(super) fn established() -> Cause {
    let code = "seal_worn".to_owned();
    Cause::Established { code }
}

pub(super) fn explained_no() -> ExplainedRefusal {
    ExplainedRefusal {
        reason: "wear_and_tear".to_owned(),
        explanation: sealed("it is worn"),
    }
}

pub(super) fn response(first: u32, offers: &[RemedyOffer]) -> Event {
    let numbered = |(offer, remedy): (&RemedyOffer, u32)| NumberedRemedy {
        remedy,
        offer: offer.clone(),
        approval_limit: None,
    };
    Event::ResponseProposed(ResponseProposed {
        remedies: offers.iter().zip(first..).map(numbered).collect(),
        offered_by: None,
        refusal: offers.is_empty().then(explained_no),
        cause: established(),
        occurred_at: time("2026-03-03T09:00:00Z"),
    })
}

/// Offers something and refuses something.
pub(super) fn refused_with(offers: &[RemedyOffer]) -> Vec<Event> {
    let mut both = response(1, offers);
    if let Event::ResponseProposed(both) = &mut both {
        both.refusal = Some(explained_no());
    }
    [investigating(), vec![both]].concat()
}

pub(super) fn assessed_as(severity: Severity) -> Event {
    Event::Assessed(Assessed {
        assessment: Assessment {
            severity,
            ..assessment()
        },
        because: None,
        occurred_at: time("2026-03-03T10:00:00Z"),
        proposed_severity: None,
        severity_reason: None,
    })
}

pub(super) fn was_fulfilled(remedy: u32) -> Event {
    Event::RemedyFulfilled(RemedyFulfilled {
        remedy,
        occurred_at: time("2026-03-05T09:00:00Z"),
    })
}

pub(super) fn was_communicated(recourse_explained: bool) -> Event {
    Event::DecisionCommunicated(DecisionCommunicated {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained,
        occurred_at: time(COMMUNICATED_AT),
        external_recourse: None,
    })
}

pub(super) fn was_accepted() -> Event {
    Event::AcceptanceRecorded(AcceptanceRecorded {
        occurred_at: time("2026-03-06T09:00:00Z"),
    })
}

pub(super) fn was_disputed() -> Event {
    Event::Disputed(Disputed {
        reason: "too_little".to_owned(),
        explanation: Some(sealed("not enough")),
        occurred_at: time("2026-03-06T09:00:00Z"),
    })
}

pub(super) fn was_closed(basis: CloseBasis) -> Event {
    Event::Closed(Closed {
        basis,
        occurred_at: time(CLOSED_AT),
    })
}

pub(super) fn was_reopened() -> Event {
    Event::Reopened(Reopened {
        reason: "new_evidence".to_owned(),
        explanation: None,
        occurred_at: time("2026-03-19T10:00:00Z"),
    })
}

pub(super) fn was_withdrawn(promises: Option<Promises>) -> Event {
    Event::Withdrawn(Withdrawn {
        reason: Some("resolved_itself".to_owned()),
        explanation: None,
        promises,
        occurred_at: time("2026-03-07T09:00:00Z"),
    })
}

pub(super) fn noted() -> Event {
    Event::NoteAdded(NoteAdded {
        note: sealed("called back"),
        occurred_at: time("2026-03-08T09:00:00Z"),
    })
}

pub(super) fn remedy_offered(remedy: u32, offer: RemedyOffer) -> Event {
    Event::RemedyOffered(RemedyOffered {
        remedy: NumberedRemedy {
            remedy,
            offer,
            approval_limit: None,
        },
        offered_by: None,
        occurred_at: time("2026-03-05T09:00:00Z"),
    })
}

/// A refund above the limit of one person.
pub(super) fn offered_above_the_limit() -> Event {
    let mut proposed = response(1, &[refund()]);
    if let Event::ResponseProposed(e) = &mut proposed {
        e.remedies[0].approval_limit = Some(Money::new(4000, "EUR").unwrap());
        e.offered_by = Some(user("h7"));
    }
    proposed
}

pub(super) fn remedy_approved(remedy: u32, by: &str) -> Event {
    Event::RemedyApproved(RemedyApproved {
        remedy,
        approved_by: user(by),
        occurred_at: time("2026-03-03T10:00:00Z"),
    })
}

pub(super) fn remedy_accepted(remedy: u32) -> Event {
    Event::RemedyAccepted(RemedyAccepted {
        remedy,
        occurred_at: time("2026-03-05T09:00:00Z"),
    })
}

pub(super) fn remedy_declined(remedy: u32) -> Event {
    Event::RemedyDeclined(RemedyDeclined {
        remedy,
        reason: Some("not_wanted".to_owned()),
        explanation: None,
        occurred_at: time("2026-03-05T09:00:00Z"),
    })
}

pub(super) fn conflict_declared(person: &str) -> Event {
    Event::ConflictDeclared(ConflictDeclared {
        person: user(person),
        explanation: Some(sealed("her brother")),
        occurred_at: time("2026-03-02T11:00:00Z"),
    })
}

pub(super) fn evidence(evidence: u32) -> Event {
    Event::EvidenceRecorded(EvidenceRecorded {
        evidence,
        kind: "measurement".to_owned(),
        source: Some("laboratory".to_owned()),
        description: sealed("3.2 mm"),
        supersedes: None,
        occurred_at: time("2026-03-02T11:00:00Z"),
    })
}

pub(super) fn finding(finding: u32, evidence: &[u32]) -> Event {
    Event::FindingRecorded(FindingRecorded {
        finding,
        result: FindingResult::Substantiated,
        description: sealed("the seal is too thin"),
        evidence: evidence.to_vec(),
        occurred_at: time("2026-03-02T11:00:00Z"),
    })
}

pub(super) fn reclassified(severity: Severity) -> Event {
    let earlier = assessment().classification();
    let mut classification = earlier.clone();
    classification.severity = severity;
    Event::Reclassified(Reclassified {
        classification,
        earlier,
        because: Some(Revision::NewFacts),
        reason: "seal_measured".to_owned(),
        explanation: None,
        occurred_at: time("2026-03-02T11:00:00Z"),
    })
}

const PAUSED_AT: &str = "2026-03-07T09:00:00Z";

pub(super) fn complainant_awaited() -> Event {
    Event::ComplainantAwaited(ComplainantAwaited {
        reason: "photographs".to_owned(),
        explanation: None,
        occurred_at: time(PAUSED_AT),
    })
}

pub(super) fn third_party_awaited() -> Event {
    Event::ThirdPartyAwaited(ThirdPartyAwaited {
        third_party: "laboratory".to_owned(),
        reason: "seal_examined".to_owned(),
        explanation: Some(sealed("the seal")),
        occurred_at: time(PAUSED_AT),
    })
}

pub(super) fn resumed(waiting_for: WaitingFor) -> Event {
    Event::Resumed(Resumed {
        waiting_for,
        reason: Some("answered".to_owned()),
        occurred_at: time("2026-03-09T09:00:00Z"),
    })
}

pub(super) fn was_held() -> Event {
    Event::Held(Held {
        basis: HoldBasis::CourtProceedings,
        explanation: Some(sealed("at the court of Graz")),
        occurred_at: time(PAUSED_AT),
    })
}

pub(super) fn was_escalated() -> Event {
    Event::Escalated(Escalated {
        level: 2,
        reason: "press".to_owned(),
        explanation: None,
        occurred_at: time(PAUSED_AT),
        rule: None,
        policy: None,
        next: None,
    })
}
