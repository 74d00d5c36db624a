//! One of each event with everything that it can hold, and one with nothing that it need not: what the
//! golden files are made of. Every field is named, so that a new one is missed nowhere.

use jiff::civil::date;
use redress_envelope::{Commitment, ItemId, Money, VaultRef, derived_uuid};

use super::given::{
    apology, conflict_declared, established, evidence, explained_no, feedback, finding, kept_out,
    noted, reclassified, reference, refund, remedy_accepted, remedy_approved, remedy_offered,
    response, resumed, third_party_awaited, user, was_accepted, was_acknowledged, was_closed,
    was_communicated, was_fulfilled, was_held,
};
use super::{later, time};
use crate::event::{
    Assessed, Assigned, ComplainantAwaited, ConflictCleared, ConflictDeclared, DeEscalated,
    Disputed, Escalated, EvidenceRecorded, Held, HistoryReported, InvestigationNotRequired,
    InvestigationStarted, NextLevel, NumberedRemedy, Opened, Reclassified, Released,
    RemedyDeclined, Reopened, ResponseProposed, Resumed, TakenOver, ThirdPartyAwaited, Withdrawn,
};
use crate::{
    Answer, Assessment, Cause, CloseBasis, ConflictDeclaration, Event, ImmediateAction, Level,
    Promises, RemedyOffer, ReportedHistory, ResponseClass, SafetyImplication, Severity, Slices,
};

#[expect(clippy::unnecessary_wraps, reason = "a field is filled with it")]
pub(super) fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(super) fn sealed(what: &str) -> VaultRef {
    let digest = derived_uuid("test commitment", &[what]);
    let mut commitment = [0; 32];
    commitment[..16].copy_from_slice(digest.as_bytes());
    commitment[16..].copy_from_slice(digest.as_bytes());
    VaultRef {
        entry: derived_uuid("test entry", &[what]).simple().to_string(),
        commitment: Commitment(commitment),
    }
}

fn all_slices() -> Box<Slices> {
    Box::new(Slices {
        received_at: time("2026-03-01T09:00:00Z"),
        occurred_at: None,
        occurred_on: Some(jiff::civil::date(2026, 2, 27)),
        received_on: Some(jiff::civil::date(2026, 3, 1)),
        aware_at: Some(time("2026-03-01T11:20:00Z")),
        kind: "complaint".to_owned(),
        channel: "phone".to_owned(),
        reported_channel: text("Hotline"),
        product: text("Kettle K2"),
        sub_product: text("Kettle K2, 2 l"),
        issue: text("Leaks"),
        sub_issue: text("At the spout"),
        site: text("Linz"),
        supplier: text("Brno Mouldings"),
        business_unit: text("Household"),
        segment: text("Retail"),
        jurisdiction: text("AT-4"),
        language: text("de-AT"),
        tags: vec!["environmental".to_owned()],
        remedy_sought: text("replacement"),
        immediate_action_taken: Some(true),
        vulnerable: Some(false),
        accessibility_need: Some(true),
    })
}

fn few_slices() -> Box<Slices> {
    let received_at = time("2026-03-01T09:00:00Z");
    Box::new(Slices::new(received_at, "complaint", "web"))
}

fn full_report() -> ReportedHistory {
    ReportedHistory {
        source: "cfpb".to_owned(),
        digest: "3f0a9c41d2b86e57a1904cde7283f6b5".to_owned(),
        response: text("Closed with monetary relief"),
        response_class: ResponseClass::ClosedWithMonetaryRelief,
        timely: Answer::Yes,
        disputed: Answer::No,
        acknowledged_at: Some(time("2026-03-01T15:00:00Z")),
        closed_at: Some(time("2026-03-09T10:00:00Z")),
        sent_to_company_on: Some(date(2026, 2, 28)),
        sent_before_received: true,
        public_response: text("Company chooses not to provide a public response"),
        submitted_narrative: true,
    }
}

fn bare_report() -> ReportedHistory {
    ReportedHistory {
        source: "crm-eu".to_owned(),
        digest: "b19d77e04c2fa83561dd90f24be8a7c3".to_owned(),
        response: None,
        response_class: ResponseClass::Unknown,
        timely: Answer::Unknown,
        disputed: Answer::Unknown,
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on: None,
        sent_before_received: false,
        public_response: None,
        submitted_narrative: false,
    }
}

fn assessed(immediate_action: ImmediateAction) -> Event {
    Event::Assessed(Assessed {
        assessment: Assessment {
            severity: Severity::Major,
            safety_implication: SafetyImplication::Possible,
            complexity: Level::Low,
            impact: Level::Medium,
            immediate_action,
        },
        because: None,
        occurred_at: time("2026-03-02T09:00:00Z"),
        proposed_severity: None,
        severity_reason: None,
    })
}

fn investigation_not_required(
    explanation: Option<VaultRef>,
    relies_on: Option<ItemId>,
) -> InvestigationNotRequired {
    InvestigationNotRequired {
        reason: "same_batch".to_owned(),
        explanation,
        decided_by: user("lead"),
        relies_on,
        occurred_at: time("2026-03-02T10:00:00Z"),
    }
}

fn replacement() -> RemedyOffer {
    RemedyOffer {
        kind: crate::RemedyKind::Replacement,
        amount: Some(Money::new(4990, "EUR").unwrap()),
        promised_by: Some(date(2026, 3, 20)),
    }
}

fn awaited(explanation: Option<VaultRef>) -> Event {
    Event::ComplainantAwaited(ComplainantAwaited {
        reason: "photographs".to_owned(),
        explanation,
        occurred_at: time("2026-03-07T09:00:00Z"),
    })
}

fn declined(reason: Option<String>, explanation: Option<VaultRef>) -> Event {
    Event::RemedyDeclined(RemedyDeclined {
        remedy: 1,
        reason,
        explanation,
        occurred_at: time("2026-03-05T09:00:00Z"),
    })
}

fn cleared(explanation: Option<VaultRef>) -> Event {
    Event::ConflictCleared(ConflictCleared {
        person: user("i9"),
        because: None,
        explanation,
        occurred_at: time("2026-03-02T11:00:00Z"),
    })
}

fn was_reclassified(explanation: Option<VaultRef>) -> Event {
    let Event::Reclassified(reclassified) = reclassified(Severity::Minor) else {
        panic!("it is one");
    };
    Event::Reclassified(Reclassified {
        because: None,
        explanation,
        ..reclassified
    })
}

fn released(reason: Option<String>) -> Event {
    Event::Released(Released {
        basis: crate::HoldBasis::CourtProceedings,
        reason,
        occurred_at: time("2026-03-09T09:00:00Z"),
    })
}

fn escalated(explanation: Option<VaultRef>) -> Event {
    Event::Escalated(Escalated {
        level: 2,
        reason: "press".to_owned(),
        explanation,
        occurred_at: time("2026-03-07T09:00:00Z"),
        rule: None,
        policy: None,
        next: None,
    })
}

fn de_escalated(reason: Option<String>) -> Event {
    Event::DeEscalated(DeEscalated {
        from_level: 2,
        reason,
        occurred_at: time("2026-03-09T09:00:00Z"),
    })
}

/// One of each.
pub(super) fn full() -> Vec<Event> {
    let (feedback, reference) = (feedback(), reference());
    let relies_on = ItemId::new(0, derived_uuid("test feedback", &["2"]));
    let mut all = vec![
        Event::Opened(Opened {
            feedback,
            reference,
            about: all_slices(),
        }),
        Event::TakenOver(TakenOver {
            feedback,
            reference,
            about: all_slices(),
            history: full_report(),
        }),
        Event::HistoryReported(HistoryReported {
            history: full_report(),
        }),
        was_acknowledged(),
        Event::Assigned(Assigned {
            handler: Some(user("h7")),
            queue: text("kettles"),
            occurred_at: time("2026-03-01T10:30:00Z"),
        }),
        assessed(ImmediateAction::Needed {
            what: sealed("stop using it"),
        }),
        Event::InvestigationStarted(InvestigationStarted {
            investigator: user("i1"),
            declaration: ConflictDeclaration::NoConflict,
            occurred_at: time("2026-03-02T10:00:00Z"),
        }),
        kept_out(),
        Event::InvestigationNotRequired(investigation_not_required(
            Some(sealed("why not")),
            Some(relies_on),
        )),
        Event::ResponseProposed(ResponseProposed {
            remedies: [refund(), replacement(), apology()]
                .into_iter()
                .zip(1..)
                .map(|(offer, remedy)| NumberedRemedy {
                    remedy,
                    offer,
                    approval_limit: None,
                })
                .collect(),
            offered_by: None,
            refusal: Some(explained_no()),
            cause: established(),
            occurred_at: time("2026-03-03T09:00:00Z"),
        }),
        was_fulfilled(1),
        was_communicated(true),
        was_accepted(),
        Event::Disputed(Disputed {
            reason: "too_little".to_owned(),
            explanation: Some(sealed("not enough")),
            occurred_at: time("2026-03-06T09:00:00Z"),
        }),
        was_closed(CloseBasis::Silent),
        Event::Reopened(Reopened {
            reason: "new_evidence".to_owned(),
            explanation: Some(sealed("a photograph")),
            occurred_at: time("2026-03-19T10:00:00Z"),
        }),
        Event::Withdrawn(Withdrawn {
            reason: text("resolved_itself"),
            explanation: Some(sealed("it is dry now")),
            promises: Some(Promises::Released),
            occurred_at: time("2026-03-07T09:00:00Z"),
        }),
        remedy_offered(2, replacement()),
        remedy_accepted(1),
        declined(text("not_wanted"), Some(sealed("keep it"))),
        remedy_approved(1, "lead"),
        conflict_declared("i9"),
        cleared(Some(sealed("she sold her shares"))),
        evidence(1),
        finding(1, &[1]),
        was_reclassified(Some(sealed("3.2 mm"))),
        awaited(Some(sealed("photographs of the seal"))),
        third_party_awaited(),
        resumed(crate::WaitingFor::ThirdParty),
        was_held(),
        released(text("judgment")),
        escalated(Some(sealed("the paper rang"))),
        de_escalated(text("settled")),
        noted(),
    ];
    all.extend(later::full());
    all
}

/// Those that can hold less, without what can be absent; two where not everything can be at once.
pub(super) fn bare() -> Vec<Event> {
    let (feedback, reference) = (feedback(), reference());
    let mut all = vec![
        Event::Opened(Opened {
            feedback,
            reference,
            about: few_slices(),
        }),
        Event::TakenOver(TakenOver {
            feedback,
            reference,
            about: few_slices(),
            history: bare_report(),
        }),
        Event::HistoryReported(HistoryReported {
            history: bare_report(),
        }),
        Event::Assigned(Assigned {
            handler: None,
            queue: text("kettles"),
            occurred_at: time("2026-03-01T10:30:00Z"),
        }),
        Event::Assigned(Assigned {
            handler: Some(user("h7")),
            queue: None,
            occurred_at: time("2026-03-01T10:30:00Z"),
        }),
        assessed(ImmediateAction::NotNeeded),
        Event::InvestigationNotRequired(investigation_not_required(None, None)),
        Event::ResponseProposed(ResponseProposed {
            remedies: vec![NumberedRemedy {
                remedy: 1,
                offer: apology(),
                approval_limit: None,
            }],
            refusal: None,
            cause: Cause::NoCauseEstablished,
            occurred_at: time("2026-03-03T09:00:00Z"),
            offered_by: None,
        }),
        Event::ResponseProposed(ResponseProposed {
            remedies: Vec::new(),
            refusal: Some(explained_no()),
            cause: Cause::NoCauseEstablished,
            occurred_at: time("2026-03-03T09:00:00Z"),
            offered_by: None,
        }),
        Event::Disputed(Disputed {
            reason: "too_little".to_owned(),
            explanation: None,
            occurred_at: time("2026-03-06T09:00:00Z"),
        }),
        Event::Reopened(Reopened {
            reason: "new_evidence".to_owned(),
            explanation: None,
            occurred_at: time("2026-03-19T10:00:00Z"),
        }),
        Event::Withdrawn(Withdrawn {
            reason: None,
            explanation: None,
            promises: None,
            occurred_at: time("2026-03-07T09:00:00Z"),
        }),
    ];
    all.extend(bare_beside());
    all.extend(later::bare());
    all.extend(later::fuller());
    all
}

/// Those of them that are no step from stage to stage.
fn bare_beside() -> Vec<Event> {
    vec![
        remedy_offered(2, apology()),
        declined(None, None),
        Event::ConflictDeclared(ConflictDeclared {
            person: user("i9"),
            explanation: None,
            occurred_at: time("2026-03-02T11:00:00Z"),
        }),
        cleared(None),
        Event::EvidenceRecorded(EvidenceRecorded {
            evidence: 1,
            kind: "photograph".to_owned(),
            source: None,
            description: sealed("a drop"),
            supersedes: None,
            occurred_at: time("2026-03-02T11:00:00Z"),
        }),
        finding(1, &[]),
        was_reclassified(None),
        awaited(None),
        Event::ThirdPartyAwaited(ThirdPartyAwaited {
            third_party: "laboratory".to_owned(),
            reason: "seal_examined".to_owned(),
            explanation: None,
            occurred_at: time("2026-03-07T09:00:00Z"),
        }),
        Event::Resumed(Resumed {
            waiting_for: crate::WaitingFor::ThirdParty,
            reason: None,
            occurred_at: time("2026-03-09T09:00:00Z"),
        }),
        Event::Held(Held {
            basis: crate::HoldBasis::CourtProceedings,
            explanation: None,
            occurred_at: time("2026-03-07T09:00:00Z"),
        }),
        released(None),
        escalated(None),
        de_escalated(None),
    ]
}

/// Those with what came later: the first golden files of a type never change.
pub(super) fn grown() -> Vec<Event> {
    let limit = || Money::new(4000, "EUR").ok();
    let mut assessed = assessed(ImmediateAction::NotNeeded);
    if let Event::Assessed(e) = &mut assessed {
        e.proposed_severity = Some(Severity::Critical);
        e.severity_reason = text("nobody_was_near");
    }
    let mut proposed = response(1, &[replacement(), apology()]);
    if let Event::ResponseProposed(e) = &mut proposed {
        e.remedies[0].approval_limit = limit();
        e.offered_by = Some(user("h7"));
    }
    let mut told = was_communicated(true);
    if let Event::DecisionCommunicated(e) = &mut told {
        e.external_recourse = text("financial_ombudsman_service");
    }
    let mut offered = remedy_offered(2, replacement());
    if let Event::RemedyOffered(e) = &mut offered {
        e.remedy.approval_limit = limit();
        e.offered_by = Some(user("h7"));
    }
    let mut raised = escalated(None);
    if let Event::Escalated(e) = &mut raised {
        e.rule = text("ours/answer_late");
        e.policy = text("ours@3:0123456789ab");
        e.next = Some(NextLevel {
            level: 3,
            rule: "ours/team_lead".to_owned(),
            policy: text("ours@3:0123456789ab"),
            at: time("2026-03-11T17:00:00Z"),
        });
    }
    vec![assessed, proposed, told, offered, raised]
}
