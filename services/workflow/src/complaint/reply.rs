//! A case as an answer.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_complaint::event::Reclassified;
use redress_complaint::{
    Approval, Assessment, CloseBasis, Closure, Decision, Escalation, FollowUp, Hold, Inquiry,
    Merging, Remedy, ReportedHistory, Response, Slices, Stage, State, Status, Waiting,
};
use redress_envelope::Money;
use redress_log_service::etag;
use redress_wire::intake::v1::ReportedHistory as WireHistory;
use redress_wire::workflow::v1 as wire;
use redress_wire::{money_to_wire, time_to_wire};

use super::case::{Case, Closing, Times};
use super::{clocks, external, list_rows};

/// The basis on which another system closed a complaint, as far as is known here.
const REPORTED: &str = "reported";

/// The complaint as it stands, without words and without what hangs on the policy.
pub(super) fn complaint(id: &str, case: &Case) -> wire::Complaint {
    let state = &case.state;
    let time = |time: Option<Timestamp>| time.map(time_to_wire);
    let (about, times) = (case.about.as_deref(), &case.known_times());
    let assignment = state.assignment();
    let handler = assignment.and_then(|it| it.handler.as_ref());
    let accepted = times.accepted.filter(|_| state.decision().is_some());
    let acknowledged = state.acknowledgement().and_then(|it| it.channel.clone());
    wire::Complaint {
        complaint_id: id.to_owned(),
        reference: state
            .reference()
            .map(|it| it.to_string())
            .unwrap_or_default(),
        etag: etag(case.version),
        version: case.version,
        status: state
            .status()
            .map_or("", |status| status.as_str())
            .to_owned(),
        imported: state.report().is_some(),
        unknown_steps: unknown_steps(state, times),
        about: about.map(self::about),
        occurred_at: time(about.and_then(|about| about.occurred_at)),
        occurred_on: day(about.and_then(|about| about.occurred_on)),
        received_at: time(about.map(|about| about.received_at)),
        received_on: day(about.and_then(|about| about.received_on)),
        opened_at: time(case.opened_at),
        acknowledged_at: time(times.acknowledged),
        assessed_at: time(times.assessed),
        investigation_started_at: time(times.investigation_started),
        response_proposed_at: time(times.response_proposed.filter(|_| !is_earlier(state))),
        decision_communicated_at: time(
            times
                .decision_communicated
                .filter(|_| state.decision().is_some()),
        ),
        disputed_at: time(times.disputed),
        closed_at: time(times.closed),
        withdrawn_at: time(times.withdrawn),
        updated_at: time(case.updated_at),
        handler: handler.map(ToString::to_string).unwrap_or_default(),
        queue: assignment
            .and_then(|it| it.queue.clone())
            .unwrap_or_default(),
        assessment: state.assessment().map(|it| assessment(it, case)),
        investigation: state.inquiry().map(investigation),
        response: state.response().map(|it| response(it, is_earlier(state))),
        decision: state.decision().map(decision),
        accepted: accepted.is_some(),
        accepted_at: time(accepted),
        disputes: case.disputes,
        dispute: case.dispute.as_ref().map(dispute),
        reopenings: case.reopenings() as u32,
        closures: closures(case, times),
        withdrawal: withdrawal(state, times),
        owed_remedies: state.owed(),
        outcome: state.outcome().map(|it| it.to_string()).unwrap_or_default(),
        acknowledgement_channel: acknowledged.unwrap_or_default(),
        closing_basis: closing_basis(state).to_owned(),
        notes: Vec::new(),
        note_count: case.notes,
        reported: state.report().map(reported),
        silence_ends_at: None,
        waiting: state.waiting().map(waiting),
        hold: state.hold().map(hold),
        escalation: state.escalation().map(escalation),
        conflicts_of_interest: conflicts(state),
        reclassification: case.reclassified.as_deref().map(reclassification),
        evidence: Vec::new(),
        findings: Vec::new(),
        evidence_count: state.file().map_or(0, |file| file.evidence_numbered),
        finding_count: state.file().map_or(0, |file| file.findings_numbered),
        clocks: clocks::recorded(&case.clocks),
        due_at: time(list_rows::soonest_due(case)),
        late: list_rows::is_late(case),
        external_disputes: case.elsewhere.iter().map(external::reply).collect(),
        follow_up: state.followed_up().map(follow_up),
        satisfaction: satisfaction(case),
        merging: state.merging().map(merging),
        merged_from: merged_from(state),
    }
}

fn follow_up(it: &FollowUp) -> wire::FollowUp {
    wire::FollowUp {
        followed_up_at: Some(time_to_wire(it.at)),
        channel: it.channel.clone(),
        result: it.result.clone().unwrap_or_default(),
        explanation: None,
    }
}

fn satisfaction(case: &Case) -> Option<wire::Satisfaction> {
    let (said, _) = case.state.file()?.satisfaction.as_ref()?;
    Some(wire::Satisfaction {
        said_at: case.satisfied.map(time_to_wire),
        measure: said.measure.to_string(),
        score: said.score,
        words: None,
    })
}

fn merging(it: &Merging) -> wire::Merging {
    wire::Merging {
        into: it.into.to_string(),
        merged_at: Some(time_to_wire(it.at)),
        reason: it.ground.reason.clone().unwrap_or_default(),
        explanation: None,
    }
}

fn merged_from(state: &State) -> Vec<String> {
    let others = state.file().into_iter().flat_map(|file| &file.merged_from);
    others.map(ToString::to_string).collect()
}

fn about(about: &Slices) -> wire::ComplaintAbout {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    wire::ComplaintAbout {
        channel: about.channel.clone(),
        reported_channel: text(&about.reported_channel),
        product: text(&about.product),
        sub_product: text(&about.sub_product),
        issue: text(&about.issue),
        sub_issue: text(&about.sub_issue),
        site: text(&about.site),
        supplier: text(&about.supplier),
        business_unit: text(&about.business_unit),
        segment: text(&about.segment),
        jurisdiction: text(&about.jurisdiction),
        language: text(&about.language),
        tags: about.tags.clone(),
        immediate_action_taken: about.immediate_action_taken,
        vulnerable: about.vulnerable,
        accessibility_need: about.accessibility_need,
        kind: about.kind.clone(),
        remedy_sought: text(&about.remedy_sought),
        aware_at: about.aware_at.map(time_to_wire),
    }
}

/// Of a complaint that was taken over: the steps that may have been taken elsewhere, and of which
/// nobody here knows.
fn unknown_steps(state: &State, times: &Times) -> Vec<String> {
    let Some(report) = state.report() else {
        return Vec::new();
    };
    let is_over = report.response_class.implies_closed();
    let is_looked_into = times.investigation_started.is_some() || state.inquiry().is_some();
    let steps = [
        (Status::Acknowledged, times.acknowledged.is_none()),
        (Status::Assessed, times.assessed.is_none()),
        (Status::Investigating, !is_looked_into),
        (
            Status::ResponseProposed,
            is_over && times.response_proposed.is_none(),
        ),
        (
            Status::DecisionCommunicated,
            is_over && times.decision_communicated.is_none(),
        ),
        (Status::Closed, is_over && times.closed.is_none()),
    ];
    let unknown = steps.iter().filter(|(_, is_unknown)| *is_unknown);
    unknown.map(|(step, _)| step.as_str().to_owned()).collect()
}

fn assessment(assessment: &Assessment, case: &Case) -> wire::Assessment {
    let because = case.reassessed.as_ref();
    wire::Assessment {
        severity: assessment.severity.to_string(),
        safety_implication: assessment.safety_implication.to_string(),
        complexity: assessment.complexity.to_string(),
        impact: assessment.impact.to_string(),
        immediate_action: assessment.immediate_action.as_str().to_owned(),
        immediate_action_what: None,
        because: because.map(ToString::to_string).unwrap_or_default(),
    }
}

fn investigation(inquiry: Inquiry) -> wire::Investigation {
    match inquiry {
        Inquiry::Started { investigator } => wire::Investigation {
            investigator: investigator.to_string(),
            ..wire::Investigation::default()
        },
        Inquiry::NotRequired(decided) => wire::Investigation {
            investigator: String::new(),
            not_required_reason: decided.reason,
            decided_by: decided.decided_by.to_string(),
            relies_on: decided
                .relies_on
                .map(|id| id.to_string())
                .unwrap_or_default(),
            explanation: None,
        },
    }
}

/// Whether the response is that of before a dispute or a reopening.
fn is_earlier(state: &State) -> bool {
    let found = match state {
        State::NotOpened | State::Closed { .. } => return false,
        State::Open { stage, .. } => &**stage,
        State::Merged { merging, .. } => &merging.stage,
        State::Withdrawn { withdrawal, .. } => &*withdrawal.stage,
    };
    matches!(found, Stage::Investigating(_))
}

fn response(response: &Response, earlier: bool) -> wire::Response {
    use redress_complaint::Cause;
    let cause_code = response.cause.code().unwrap_or_default().to_owned();
    let no_cause_established = response.cause == Cause::NoCauseEstablished;
    let refusal = response.refusal.as_ref();
    let remedies = response
        .remedies
        .iter()
        .map(|(number, remedy)| wire::Remedy {
            number: *number,
            kind: remedy.offer.kind.to_string(),
            amount: remedy.offer.amount.as_ref().map(money_to_wire),
            promised_by: remedy
                .offer
                .promised_by
                .map(|day| day.to_string())
                .unwrap_or_default(),
            fulfilled_at: remedy.fulfilled_at().map(time_to_wire),
            accepted_at: remedy.accepted_at().map(time_to_wire),
            approval_limit: approval_limit(remedy).map(money_to_wire),
            approved_by: match &remedy.approval {
                Approval::Given { by, .. } => by.to_string(),
                Approval::NotNeeded | Approval::Pending { .. } => String::new(),
            },
            declined_at: remedy.declined().map(|(at, _)| time_to_wire(at)),
            decline_reason: remedy
                .declined()
                .and_then(|(_, reason)| reason)
                .unwrap_or_default()
                .to_owned(),
        });
    wire::Response {
        remedies: remedies.collect(),
        refusal_reason: refusal.map(|it| it.reason.clone()).unwrap_or_default(),
        cause_code,
        no_cause_established,
        refusal_explanation: None,
        earlier,
    }
}

/// What one person may offer alone, while another's approval is waited for.
fn approval_limit(remedy: &Remedy) -> Option<&Money> {
    match &remedy.approval {
        Approval::Pending { limit, .. } => Some(limit),
        Approval::NotNeeded | Approval::Given { .. } => None,
    }
}

fn decision(decision: &Decision) -> wire::Decision {
    wire::Decision {
        channel: decision.latest.channel.clone(),
        recourse_explained: decision.recourse_explained_at.is_some(),
        outcome: decision.outcome.to_string(),
        first_communicated_at: Some(time_to_wire(decision.communicated_at)),
        recourse_explained_at: decision.recourse_explained_at.map(time_to_wire),
        external_recourse: decision.external_recourse.clone().unwrap_or_default(),
    }
}

fn dispute((at, reason): &(Timestamp, String)) -> wire::Dispute {
    wire::Dispute {
        disputed_at: Some(time_to_wire(*at)),
        reason: reason.clone(),
        explanation: None,
    }
}

fn withdrawal(state: &State, times: &Times) -> Option<wire::Withdrawal> {
    let State::Withdrawn { withdrawal, .. } = state else {
        return None;
    };
    let promises = withdrawal.promises.as_ref();
    Some(wire::Withdrawal {
        withdrawn_at: times.withdrawn.map(time_to_wire),
        reason: withdrawal.ground.reason.clone().unwrap_or_default(),
        explanation: None,
        promises: promises.map(ToString::to_string).unwrap_or_default(),
    })
}

fn conflicts(state: &State) -> Vec<String> {
    let file = state.file();
    let people = file.into_iter().flat_map(|file| file.conflicts.keys());
    people.map(ToString::to_string).collect()
}

fn reclassification(e: &Reclassified) -> wire::Reclassification {
    let earlier = &e.earlier;
    wire::Reclassification {
        reclassified_at: Some(time_to_wire(e.occurred_at)),
        reason: e.reason.clone(),
        earlier_severity: earlier.severity.to_string(),
        earlier_safety_implication: earlier.safety_implication.to_string(),
        earlier_complexity: earlier.complexity.to_string(),
        earlier_impact: earlier.impact.to_string(),
        explanation: None,
        because: e
            .because
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

fn waiting(waiting: &Waiting) -> wire::Waiting {
    let third_party = waiting.awaited.third_party();
    wire::Waiting {
        waiting_for: waiting.awaited.word().to_string(),
        third_party: third_party.unwrap_or_default().to_owned(),
        reason: waiting.ground.reason.clone().unwrap_or_default(),
        since: Some(time_to_wire(waiting.since)),
        explanation: None,
    }
}

fn hold(hold: &Hold) -> wire::Hold {
    wire::Hold {
        basis: hold.basis.to_string(),
        since: Some(time_to_wire(hold.since)),
        explanation: None,
    }
}

fn escalation(escalation: &Escalation) -> wire::Escalation {
    wire::Escalation {
        level: escalation.level,
        reason: escalation.ground.reason.clone().unwrap_or_default(),
        since: Some(time_to_wire(escalation.since)),
        explanation: None,
        next_level: escalation.next.as_ref().map_or(0, |it| it.level),
        next_at: escalation.next.as_ref().map(|it| time_to_wire(it.at)),
    }
}

/// All closings; the one that another system reports, and that stands, too.
fn closures(case: &Case, times: &Times) -> Vec<wire::Closure> {
    let reported = match &case.state {
        State::Closed {
            closure: Closure::Reported,
            ..
        } => Some(Closing {
            at: times.closed,
            basis: None,
            outcome: None,
            reopened: None,
        }),
        State::NotOpened
        | State::Open { .. }
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => None,
    };
    case.closings.iter().chain(&reported).map(closure).collect()
}

fn closure(closing: &Closing) -> wire::Closure {
    let (reopened_at, reason) = closing.reopened.clone().unzip();
    let (basis, outcome) = (&closing.basis, &closing.outcome);
    wire::Closure {
        closed_at: closing.at.map(time_to_wire),
        basis: basis
            .as_ref()
            .map_or(REPORTED, CloseBasis::as_str)
            .to_owned(),
        outcome: outcome
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        reopened_at: reopened_at.map(time_to_wire),
        reopening_reason: reason.unwrap_or_default(),
        reopening_explanation: None,
    }
}

fn closing_basis(state: &State) -> &str {
    match state {
        State::Closed {
            closure: Closure::Decided(decided),
            ..
        } => decided.basis.as_str(),
        State::Closed {
            closure: Closure::Reported,
            ..
        } => REPORTED,
        State::NotOpened | State::Open { .. } | State::Merged { .. } | State::Withdrawn { .. } => {
            ""
        }
    }
}

fn reported(report: &ReportedHistory) -> WireHistory {
    WireHistory {
        source: report.source.clone(),
        digest: report.digest.clone(),
        response: report.response.clone().unwrap_or_default(),
        response_class: report.response_class.to_string(),
        timely: report.timely.to_string(),
        disputed: report.disputed.to_string(),
        acknowledged_at: report.acknowledged_at.map(time_to_wire),
        closed_at: report.closed_at.map(time_to_wire),
        sent_to_company_on: day(report.sent_to_company_on),
        sent_before_received: report.sent_before_received,
        public_response: report.public_response.clone().unwrap_or_default(),
        submitted_narrative: report.submitted_narrative,
    }
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
