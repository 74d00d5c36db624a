//! The steps of a complaint, each in its usual form.

use redress_wire::log::v1::Recorded;
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1::{
    AcceptRemedyRequest, AcknowledgeComplaintRequest, AddNoteRequest, AssessComplaintRequest,
    AssignComplaintRequest, AwaitComplainantRequest, AwaitThirdPartyRequest, ClearConflictRequest,
    CloseComplaintRequest, CommunicateDecisionRequest, Complaint, DeEscalateComplaintRequest,
    DeclareConflictRequest, DeclineRemedyRequest, DisputeDecisionRequest, EscalateComplaintRequest,
    FulfilRemedyRequest, GetComplaintRequest, HistoryEntry, HoldComplaintRequest,
    OfferRemedyRequest, ProposeResponseRequest, ProposedRemedy, ReclassifyComplaintRequest,
    RecordAcceptanceRequest, RecordEvidenceRequest, RecordFindingRequest,
    RecordInvestigationNotRequiredRequest, ReleaseComplaintRequest, ReopenComplaintRequest,
    ResumeComplaintRequest, StartInvestigationRequest, WithdrawComplaintRequest,
    get_complaint_request::Key,
};
use redress_wire::{CommandRequest, time_to_wire};

use super::given::{Complaints, time};

/// `request` about a complaint.
pub(crate) fn on<R: CommandRequest>(id: &str, mut request: R) -> R {
    request.set(id.to_owned(), String::new(), String::new(), None);
    request
}

/// The same, when it happened some time ago.
pub(crate) fn at<R: CommandRequest>(when: &str, mut request: R) -> R {
    let (id, etag) = (request.target().to_owned(), request.etag().to_owned());
    let request_id = request.request_id().to_owned();
    request.set(id, etag, request_id, Some(time_to_wire(time(when))));
    request
}

/// The same, with a request id.
pub(crate) fn under<R: CommandRequest>(request_id: &str, mut request: R) -> R {
    let (id, etag, at) = (
        request.target().to_owned(),
        request.etag().to_owned(),
        request.occurred_at(),
    );
    request.set(id, etag, request_id.to_owned(), at);
    request
}

/// The same, if the complaint still has that etag.
pub(crate) fn if_still<R: CommandRequest>(etag: &str, mut request: R) -> R {
    let (id, request_id, at) = (
        request.target().to_owned(),
        request.request_id().to_owned(),
        request.occurred_at(),
    );
    request.set(id, etag.to_owned(), request_id, at);
    request
}

pub(crate) fn acknowledge() -> AcknowledgeComplaintRequest {
    AcknowledgeComplaintRequest {
        channel: "email".into(),
        ..Default::default()
    }
}

pub(crate) fn assign() -> AssignComplaintRequest {
    AssignComplaintRequest {
        handler: "user:h-1".into(),
        queue: "kettles".into(),
        ..Default::default()
    }
}

pub(crate) const AT_ONCE: &str = "Ring Mrs Abendroth and tell her to unplug it";

pub(crate) fn assess() -> AssessComplaintRequest {
    AssessComplaintRequest {
        severity: "major".into(),
        safety_implication: "possible".into(),
        complexity: "low".into(),
        impact: "medium".into(),
        immediate_action: "needed".into(),
        immediate_action_what: AT_ONCE.into(),
        ..Default::default()
    }
}

/// What was seen wrongly before.
pub(crate) fn assess_again() -> AssessComplaintRequest {
    AssessComplaintRequest {
        because: "corrected".into(),
        ..assess()
    }
}

pub(crate) fn start() -> StartInvestigationRequest {
    StartInvestigationRequest {
        investigator: "user:i-1".into(),
        declaration: "no_conflict".into(),
        ..Default::default()
    }
}

pub(crate) fn not_required() -> RecordInvestigationNotRequiredRequest {
    RecordInvestigationNotRequiredRequest {
        reason: "same_batch".into(),
        decided_by: "user:lead".into(),
        explanation: "As with the one of Mrs Abendroth's neighbour".into(),
        ..Default::default()
    }
}

pub(crate) fn propose() -> ProposeResponseRequest {
    let refund = ProposedRemedy {
        kind: "refund".into(),
        amount: Some(Money {
            minor_units: 1999,
            currency: "EUR".into(),
        }),
        promised_by: "2026-12-24".into(),
    };
    let apology = ProposedRemedy {
        kind: "apology".into(),
        ..Default::default()
    };
    ProposeResponseRequest {
        remedies: vec![refund, apology],
        cause_code: "seal_worn".into(),
        ..Default::default()
    }
}

pub(crate) fn propose_no() -> ProposeResponseRequest {
    ProposeResponseRequest {
        refusal_reason: "warranty_over".into(),
        refusal_explanation: "Dear Mrs Abendroth, the warranty is over".into(),
        no_cause_established: true,
        ..Default::default()
    }
}

pub(crate) fn fulfil(remedy_number: u32) -> FulfilRemedyRequest {
    FulfilRemedyRequest {
        remedy_number,
        ..Default::default()
    }
}

pub(crate) fn communicate() -> CommunicateDecisionRequest {
    CommunicateDecisionRequest {
        channel: "letter".into(),
        recourse_explained: true,
        outcome: "upheld".into(),
        ..Default::default()
    }
}

/// What is told of [`propose_no`].
pub(crate) fn communicate_no() -> CommunicateDecisionRequest {
    CommunicateDecisionRequest {
        outcome: "not_upheld".into(),
        ..communicate()
    }
}

pub(crate) fn accept() -> RecordAcceptanceRequest {
    RecordAcceptanceRequest::default()
}

pub(crate) const DISPUTE: &str = "Mrs Abendroth says that twenty euros are an insult";

pub(crate) fn dispute() -> DisputeDecisionRequest {
    DisputeDecisionRequest {
        reason: "too_little".into(),
        explanation: DISPUTE.into(),
        ..Default::default()
    }
}

pub(crate) fn close(basis: &str) -> CloseComplaintRequest {
    CloseComplaintRequest {
        basis: basis.into(),
        ..Default::default()
    }
}

pub(crate) fn reopen() -> ReopenComplaintRequest {
    ReopenComplaintRequest {
        reason: "new_evidence".into(),
        explanation: "Mrs Abendroth sent a picture".into(),
        ..Default::default()
    }
}

pub(crate) fn withdraw() -> WithdrawComplaintRequest {
    WithdrawComplaintRequest {
        reason: "settled".into(),
        explanation: "Mrs Abendroth got it repaired".into(),
        promises: "still_owed".into(),
        ..Default::default()
    }
}

pub(crate) const NOTE: &str = "Mrs Abendroth, 0664 555 0199, prefers to be called in the evening";

pub(crate) fn offer(kind: &str) -> OfferRemedyRequest {
    OfferRemedyRequest {
        remedy: Some(ProposedRemedy {
            kind: kind.into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

pub(crate) fn accept_remedy(remedy_number: u32) -> AcceptRemedyRequest {
    AcceptRemedyRequest {
        remedy_number,
        ..Default::default()
    }
}

pub(crate) const KEPT: &str = "Mrs Abendroth keeps her kettle";

pub(crate) fn decline_remedy(remedy_number: u32) -> DeclineRemedyRequest {
    DeclineRemedyRequest {
        remedy_number,
        reason: "not_wanted".into(),
        explanation: KEPT.into(),
        ..Default::default()
    }
}

pub(crate) const BROTHER: &str = "Mr Abendroth is her brother";

pub(crate) fn declare_conflict(person: &str) -> DeclareConflictRequest {
    DeclareConflictRequest {
        person: person.into(),
        explanation: BROTHER.into(),
        ..Default::default()
    }
}

pub(crate) fn clear_conflict(person: &str) -> ClearConflictRequest {
    ClearConflictRequest {
        person: person.into(),
        because: "ended".into(),
        ..Default::default()
    }
}

pub(crate) const SEEN: &str = "Mrs Abendroth's seal measures 3.2 mm";

pub(crate) fn evidence() -> RecordEvidenceRequest {
    RecordEvidenceRequest {
        kind: "measurement".into(),
        source: "laboratory".into(),
        description: SEEN.into(),
        ..Default::default()
    }
}

pub(crate) const FOUND: &str = "Mrs Abendroth is right about the seal";

pub(crate) fn finding(evidence: &[u32]) -> RecordFindingRequest {
    RecordFindingRequest {
        result: "substantiated".into(),
        description: FOUND.into(),
        evidence: evidence.to_vec(),
        ..Default::default()
    }
}

pub(crate) fn reclassify(severity: &str) -> ReclassifyComplaintRequest {
    ReclassifyComplaintRequest {
        severity: severity.into(),
        because: "new_facts".into(),
        reason: "seal_measured".into(),
        explanation: SEEN.into(),
        ..Default::default()
    }
}

pub(crate) fn await_complainant() -> AwaitComplainantRequest {
    AwaitComplainantRequest {
        reason: "answer_to_decision".into(),
        ..Default::default()
    }
}

pub(crate) const LABORATORY: &str = "Dr Huber has Mrs Abendroth's seal";

pub(crate) fn await_third_party() -> AwaitThirdPartyRequest {
    AwaitThirdPartyRequest {
        third_party: "laboratory".into(),
        reason: "seal_examined".into(),
        explanation: LABORATORY.into(),
        ..Default::default()
    }
}

pub(crate) fn resume() -> ResumeComplaintRequest {
    ResumeComplaintRequest {
        reason: "answered".into(),
        ..Default::default()
    }
}

pub(crate) const COURT: &str = "Abendroth against us, at Graz";

pub(crate) fn hold() -> HoldComplaintRequest {
    HoldComplaintRequest {
        basis: "court_proceedings".into(),
        explanation: COURT.into(),
        ..Default::default()
    }
}

pub(crate) fn release() -> ReleaseComplaintRequest {
    ReleaseComplaintRequest {
        reason: "judgment".into(),
        ..Default::default()
    }
}

pub(crate) fn escalate(level: u32) -> EscalateComplaintRequest {
    EscalateComplaintRequest {
        level,
        reason: "press".into(),
        ..Default::default()
    }
}

pub(crate) fn de_escalate() -> DeEscalateComplaintRequest {
    DeEscalateComplaintRequest::default()
}

pub(crate) fn note() -> AddNoteRequest {
    note_of(NOTE)
}

pub(crate) fn note_of(text: &str) -> AddNoteRequest {
    AddNoteRequest {
        text: text.into(),
        ..Default::default()
    }
}

macro_rules! done {
    ($client:expr, $method:ident, $request:expr) => {
        $client
            .$method($request)
            .await
            .unwrap()
            .into_inner()
            .recorded
            .unwrap()
    };
}
pub(crate) use done;

/// Takes a complaint to the decision, without a dispute.
pub(crate) async fn decide(client: &mut Complaints, id: &str) -> Recorded {
    done!(client, acknowledge_complaint, on(id, acknowledge()));
    done!(client, assess_complaint, on(id, assess()));
    done!(client, start_investigation, on(id, start()));
    done!(client, propose_response, on(id, propose()));
    done!(client, communicate_decision, on(id, communicate()))
}

/// Takes a complaint through everything to its closing.
pub(crate) async fn handle(client: &mut Complaints, id: &str) -> Recorded {
    decide(client, id).await;
    done!(client, record_acceptance, on(id, accept()));
    done!(client, fulfil_remedy, on(id, fulfil(2)));
    done!(client, close_complaint, on(id, close("accepted")))
}

pub(crate) async fn get(client: &mut Complaints, id: &str) -> Complaint {
    let key = Some(Key::ComplaintId(id.to_owned()));
    let request = GetComplaintRequest {
        key,
        ..Default::default()
    };
    client
        .get_complaint(request)
        .await
        .unwrap()
        .into_inner()
        .complaint
        .unwrap()
}

/// A complaint without what hangs on the moment at which it is asked for.
pub(crate) fn as_recorded(mut complaint: Complaint) -> Complaint {
    for clock in &mut complaint.clocks {
        (clock.elapsed_seconds, clock.remaining_seconds) = (None, None);
        if clock.status != "stopped" {
            // Nobody has told so.
            clock.late = false;
        }
    }
    complaint.late = false;
    complaint
}

/// The entries of a history without those of clocks.
pub(crate) fn without_clocks(mut entries: Vec<HistoryEntry>) -> Vec<HistoryEntry> {
    entries.retain(|it| !it.r#type.contains(".clock_"));
    entries
}
