//! A complaint as JSON.

use redress_wire::workflow::v1::{
    Assessment, Clock, Closure, Complaint, ComplaintAbout, Decision, Dispute, Escalation, Evidence,
    ExternalDispute, ExternalStep, Finding, FollowUp, Hold, Investigation, Merging, Note,
    Reclassification, Remedy, Response, Satisfaction, Waiting, Withdrawal,
};
use serde_json::{Value, json};

use crate::feedback::reported_json;
use crate::json::{money, text, time};

pub(crate) fn complaint(it: &Complaint) -> Value {
    let mut all = json!({
        "complaint_id": it.complaint_id,
        "reference": text(&it.reference),
        "etag": text(&it.etag),
        "version": it.version,
        "status": it.status,
        "imported": it.imported,
        "unknown_steps": it.unknown_steps,
        "about": it.about.as_ref().map(about),
        "handler": text(&it.handler),
        "queue": text(&it.queue),
        "assessment": it.assessment.as_ref().map(assessment),
        "investigation": it.investigation.as_ref().map(investigation),
        "response": it.response.as_ref().map(response),
        "decision": it.decision.as_ref().map(decision),
        "accepted": it.accepted,
        "disputes": it.disputes,
        "dispute": it.dispute.as_ref().map(dispute),
        "reopenings": it.reopenings,
        "closing_basis": text(&it.closing_basis),
        "closures": it.closures.iter().map(closure).collect::<Vec<_>>(),
        "withdrawal": it.withdrawal.as_ref().map(withdrawal),
        "owed_remedies": it.owed_remedies,
        "outcome": text(&it.outcome),
        "acknowledgement_channel": text(&it.acknowledgement_channel),
        "notes": it.notes.iter().map(note).collect::<Vec<_>>(),
        "note_count": it.note_count,
        "reported": it.reported.as_ref().map(reported_json),
    });
    all["waiting"] = it.waiting.as_ref().map(waiting).into();
    all["hold"] = it.hold.as_ref().map(hold).into();
    all["escalation"] = it.escalation.as_ref().map(escalation).into();
    all["conflicts_of_interest"] = it.conflicts_of_interest.clone().into();
    all["reclassification"] = it.reclassification.as_ref().map(reclassification).into();
    all["evidence"] = it.evidence.iter().map(evidence).collect();
    all["findings"] = it.findings.iter().map(finding).collect();
    all["evidence_count"] = it.evidence_count.into();
    all["finding_count"] = it.finding_count.into();
    all["clocks"] = it.clocks.iter().map(clock).collect();
    all["due_at"] = time!(it.due_at).into();
    all["late"] = it.late.into();
    later(it, &mut all);
    all["occurred_on"] = text(&it.occurred_on);
    all["received_on"] = text(&it.received_on);
    for (name, at) in times(it) {
        all[name] = at.into();
    }
    all
}

/// Before other bodies, after the closing, and to two complaints.
fn later(it: &Complaint, all: &mut Value) {
    let disputes = it.external_disputes.iter();
    all["external_disputes"] = disputes.map(external_dispute).collect();
    all["follow_up"] = it.follow_up.as_ref().map(follow_up).into();
    all["satisfaction"] = it.satisfaction.as_ref().map(satisfaction).into();
    all["merging"] = it.merging.as_ref().map(merging).into();
    all["merged_from"] = it.merged_from.clone().into();
}

fn times(it: &Complaint) -> [(&'static str, Option<String>); 14] {
    [
        ("occurred_at", time!(it.occurred_at)),
        ("received_at", time!(it.received_at)),
        ("opened_at", time!(it.opened_at)),
        ("acknowledged_at", time!(it.acknowledged_at)),
        ("assessed_at", time!(it.assessed_at)),
        (
            "investigation_started_at",
            time!(it.investigation_started_at),
        ),
        ("response_proposed_at", time!(it.response_proposed_at)),
        (
            "decision_communicated_at",
            time!(it.decision_communicated_at),
        ),
        ("accepted_at", time!(it.accepted_at)),
        ("disputed_at", time!(it.disputed_at)),
        ("closed_at", time!(it.closed_at)),
        ("withdrawn_at", time!(it.withdrawn_at)),
        ("updated_at", time!(it.updated_at)),
        ("silence_ends_at", time!(it.silence_ends_at)),
    ]
}

fn about(it: &ComplaintAbout) -> Value {
    json!({
        "kind": text(&it.kind),
        "channel": text(&it.channel),
        "reported_channel": text(&it.reported_channel),
        "product": text(&it.product),
        "sub_product": text(&it.sub_product),
        "issue": text(&it.issue),
        "sub_issue": text(&it.sub_issue),
        "site": text(&it.site),
        "supplier": text(&it.supplier),
        "business_unit": text(&it.business_unit),
        "segment": text(&it.segment),
        "jurisdiction": text(&it.jurisdiction),
        "language": text(&it.language),
        "tags": it.tags,
        "immediate_action_taken": it.immediate_action_taken,
        "vulnerable": it.vulnerable,
        "accessibility_need": it.accessibility_need,
        "remedy_sought": text(&it.remedy_sought),
        "aware_at": time!(it.aware_at),
    })
}

fn assessment(it: &Assessment) -> Value {
    json!({
        "severity": text(&it.severity),
        "safety_implication": text(&it.safety_implication),
        "complexity": text(&it.complexity),
        "impact": text(&it.impact),
        "immediate_action": text(&it.immediate_action),
        "immediate_action_what": it.immediate_action_what.as_ref().map(note),
        "because": text(&it.because),
    })
}

fn investigation(it: &Investigation) -> Value {
    json!({
        "investigator": text(&it.investigator),
        "not_required_reason": text(&it.not_required_reason),
        "decided_by": text(&it.decided_by),
        "relies_on": text(&it.relies_on),
        "explanation": it.explanation.as_ref().map(note),
    })
}

fn response(it: &Response) -> Value {
    let remedy = |it: &Remedy| {
        json!({
            "number": it.number,
            "kind": it.kind,
            "amount": money(it.amount.as_ref()),
            "promised_by": text(&it.promised_by),
            "fulfilled_at": time!(it.fulfilled_at),
            "accepted_at": time!(it.accepted_at),
            "declined_at": time!(it.declined_at),
            "decline_reason": text(&it.decline_reason),
            "approval_limit": money(it.approval_limit.as_ref()),
            "approved_by": text(&it.approved_by),
        })
    };
    json!({
        "remedies": it.remedies.iter().map(remedy).collect::<Vec<_>>(),
        "refusal_reason": text(&it.refusal_reason),
        "refusal_explanation": it.refusal_explanation.as_ref().map(note),
        "cause_code": text(&it.cause_code),
        "no_cause_established": it.no_cause_established,
        "earlier": it.earlier,
    })
}

fn decision(it: &Decision) -> Value {
    json!({
        "channel": text(&it.channel),
        "outcome": text(&it.outcome),
        "recourse_explained": it.recourse_explained,
        "first_communicated_at": time!(it.first_communicated_at),
        "recourse_explained_at": time!(it.recourse_explained_at),
        "external_recourse": text(&it.external_recourse),
    })
}

fn dispute(it: &Dispute) -> Value {
    json!({
        "disputed_at": time!(it.disputed_at),
        "reason": text(&it.reason),
        "explanation": it.explanation.as_ref().map(note),
    })
}

fn closure(it: &Closure) -> Value {
    json!({
        "closed_at": time!(it.closed_at),
        "basis": text(&it.basis),
        "outcome": text(&it.outcome),
        "reopened_at": time!(it.reopened_at),
        "reopening_reason": text(&it.reopening_reason),
        "reopening_explanation": it.reopening_explanation.as_ref().map(note),
    })
}

fn withdrawal(it: &Withdrawal) -> Value {
    json!({
        "withdrawn_at": time!(it.withdrawn_at),
        "reason": text(&it.reason),
        "explanation": it.explanation.as_ref().map(note),
        "promises": text(&it.promises),
    })
}

fn reclassification(it: &Reclassification) -> Value {
    json!({
        "reclassified_at": time!(it.reclassified_at),
        "reason": text(&it.reason),
        "explanation": it.explanation.as_ref().map(note),
        "earlier_severity": text(&it.earlier_severity),
        "earlier_safety_implication": text(&it.earlier_safety_implication),
        "earlier_complexity": text(&it.earlier_complexity),
        "earlier_impact": text(&it.earlier_impact),
        "because": text(&it.because),
    })
}

fn evidence(it: &Evidence) -> Value {
    json!({
        "number": it.number,
        "kind": text(&it.kind),
        "source": text(&it.source),
        "occurred_at": time!(it.occurred_at),
        "description": it.description.as_ref().map(note),
        "supersedes": number(it.supersedes),
        "superseded_by": number(it.superseded_by),
    })
}

fn finding(it: &Finding) -> Value {
    json!({
        "number": it.number,
        "result": text(&it.result),
        "evidence": it.evidence,
        "occurred_at": time!(it.occurred_at),
        "description": it.description.as_ref().map(note),
    })
}

fn waiting(it: &Waiting) -> Value {
    json!({
        "waiting_for": text(&it.waiting_for),
        "third_party": text(&it.third_party),
        "reason": text(&it.reason),
        "since": time!(it.since),
        "explanation": it.explanation.as_ref().map(note),
    })
}

pub(super) fn clock(it: &Clock) -> Value {
    json!({
        "clock": it.clock,
        "policy_version": it.policy_version,
        "status": it.status,
        "target": it.target,
        "calendar": it.calendar,
        "started_at": time!(it.started_at),
        "due_at": time!(it.due_at),
        "due_by_hand": it.due_by_hand,
        "late": it.late,
        "stopped_at": time!(it.stopped_at),
        "fulfilled": it.fulfilled,
        "paused_for": it.paused_for,
        "paused_since": time!(it.paused_since),
        "elapsed_seconds": it.elapsed_seconds,
        "remaining_seconds": it.remaining_seconds,
    })
}

fn hold(it: &Hold) -> Value {
    json!({
        "basis": text(&it.basis),
        "since": time!(it.since),
        "explanation": it.explanation.as_ref().map(note),
    })
}

fn escalation(it: &Escalation) -> Value {
    json!({
        "level": it.level,
        "reason": text(&it.reason),
        "since": time!(it.since),
        "explanation": it.explanation.as_ref().map(note),
        "next_level": (it.next_level > 0).then_some(it.next_level),
        "next_at": time!(it.next_at),
    })
}

/// There is no number 0.
fn number(number: u32) -> Option<u32> {
    (number > 0).then_some(number)
}

fn external_dispute(it: &ExternalDispute) -> Value {
    let step = |it: &ExternalStep| {
        json!({
            "step": it.step,
            "occurred_at": time!(it.occurred_at),
            "words": it.words.as_ref().map(note),
        })
    };
    json!({
        "body": it.body,
        "referred_by": text(&it.referred_by),
        "step": it.step,
        "method": text(&it.method),
        "result": text(&it.result),
        "award": money(it.award.as_ref()),
        "closing_reason": text(&it.closing_reason),
        "steps": it.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn follow_up(it: &FollowUp) -> Value {
    json!({
        "followed_up_at": time!(it.followed_up_at),
        "channel": text(&it.channel),
        "result": text(&it.result),
        "explanation": it.explanation.as_ref().map(note),
    })
}

fn satisfaction(it: &Satisfaction) -> Value {
    json!({
        "said_at": time!(it.said_at),
        "measure": text(&it.measure),
        "score": it.score,
        "words": it.words.as_ref().map(note),
    })
}

fn merging(it: &Merging) -> Value {
    json!({
        "into": it.into,
        "merged_at": time!(it.merged_at),
        "reason": text(&it.reason),
        "explanation": it.explanation.as_ref().map(note),
    })
}

pub(super) fn note(it: &Note) -> Value {
    json!({
        "version": it.version,
        "recorded_at": time!(it.recorded_at),
        "actor": text(&it.actor),
        "text": text(&it.text),
        "erased": it.erased,
        "missing": it.missing,
    })
}
