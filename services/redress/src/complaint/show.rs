//! `redress complaint show`

mod later;

use clap::Args;
use redress_complaint::Promises;
use redress_wire::workflow::v1::get_complaint_request::Key;
use redress_wire::workflow::v1::{
    Clock, Closure, Complaint, Evidence, Finding, GetComplaintRequest, Note, Remedy,
};
use serde_json::json;

use super::remedy;
use super::target::is_reference;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time, when};
use crate::moment::Seen;
use crate::table::fields;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let key = if is_reference(&arguments.complaint) {
        Key::Reference(arguments.complaint.clone())
    } else {
        Key::ComplaintId(arguments.complaint.clone())
    };
    let request = GetComplaintRequest {
        key: Some(key),
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let answer = client
        .workflow()
        .await?
        .get_complaint(request)
        .await?
        .into_inner();
    let complaint = answer.complaint.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "complaint": super::json::complaint(&complaint),
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&complaint),
    );
    Ok(())
}

type Fields = Vec<(&'static str, String)>;

/// Everything that is known, in the order of a complaint's life.
fn render(it: &Complaint) -> String {
    let mut all = vec![
        ("reference", it.reference.clone()),
        ("id", it.complaint_id.clone()),
        ("status", it.status.clone()),
        ("outcome", it.outcome.clone()),
        ("etag", it.etag.clone()),
    ];
    all.extend(pauses(it));
    all.push(("promised", lines(it.clocks.iter().map(promise))));
    all.extend(subject(it));
    all.extend(receipt(it));
    all.extend(inquiry(it));
    all.extend(response(it));
    all.extend(decision(it));
    all.extend(end(it));
    all.extend(later::later(it));
    all.extend(reported(it));
    let notes = it.notes.iter().map(|note| {
        let at = time!(note.recorded_at).unwrap_or_default();
        format!("{at} {}: {}", note.actor, words_of(note))
    });
    all.push(("notes", lines(notes)));
    let hidden = (it.note_count as usize).saturating_sub(it.notes.len());
    if hidden > 0 {
        let more = format!("{hidden}: see `redress complaint history`");
        all.push(("earlier notes", more));
    }
    all.push(("last recorded", time!(it.updated_at).unwrap_or_default()));
    fields(&all)
}

/// What stands beside where it stands.
fn pauses(it: &Complaint) -> Fields {
    let waiting = it.waiting.clone().unwrap_or_default();
    let hold = it.hold.clone().unwrap_or_default();
    let escalation = it.escalation.clone().unwrap_or_default();
    let level = it.escalation.as_ref().map(|it| it.level.to_string());
    vec![
        (
            "waiting for",
            parts([
                waiting.waiting_for.replace('_', " "),
                with("at ", &waiting.third_party),
                with("since ", &time!(waiting.since).unwrap_or_default()),
                said(waiting.reason, waiting.explanation.as_ref().map(words_of)),
            ]),
        ),
        (
            "on hold",
            parts([
                with("since ", &time!(hold.since).unwrap_or_default()),
                said(hold.basis, hold.explanation.as_ref().map(words_of)),
            ]),
        ),
        (
            "escalated",
            parts([
                with("to level ", &level.unwrap_or_default()),
                with("since ", &time!(escalation.since).unwrap_or_default()),
                time!(escalation.next_at).map_or(String::new(), |at| {
                    format!("on to level {} at {at}", escalation.next_level)
                }),
                said(
                    escalation.reason,
                    escalation.explanation.as_ref().map(words_of),
                ),
            ]),
        ),
    ]
}

/// `uk-disp/final_response: running, due 2026-05-15T15:00:00Z, late (8 weeks)`
fn promise(it: &Clock) -> String {
    let due = time!(it.due_at).unwrap_or_default();
    let how = match (&*it.status, it.fulfilled, it.late) {
        ("stopped", true, false) => "done in time".to_owned(),
        ("stopped", true, true) => "done late".to_owned(),
        ("stopped", false, _) => "no longer promised".to_owned(),
        ("paused", ..) => format!("paused ({})", it.paused_for.join(", ")),
        (_, _, true) => "late".to_owned(),
        (status, ..) => status.to_owned(),
    };
    let due = match (&*due, it.due_by_hand) {
        ("", _) => String::new(),
        (due, false) => format!(", due {due}"),
        (due, true) => format!(", due {due} by hand"),
    };
    format!("{}: {how}{due} ({})", it.clock, it.target)
}

fn subject(it: &Complaint) -> Fields {
    let about = it.about.clone().unwrap_or_default();
    vec![
        ("kind", about.kind),
        ("product", about.product),
        ("sub-product", about.sub_product),
        ("issue", about.issue),
        ("sub-issue", about.sub_issue),
        ("site", about.site),
        ("supplier", about.supplier),
        ("business unit", about.business_unit),
        ("segment", about.segment),
        ("jurisdiction", about.jurisdiction),
        ("language", about.language),
        ("tags", about.tags.join(", ")),
        ("remedy sought", about.remedy_sought),
        ("vulnerable", yes_or_no(about.vulnerable)),
        ("accessibility need", yes_or_no(about.accessibility_need)),
        ("done on the spot", yes_or_no(about.immediate_action_taken)),
        ("aware", time!(about.aware_at).unwrap_or_default()),
        ("channel", channel(&about.channel, &about.reported_channel)),
    ]
}

fn receipt(it: &Complaint) -> Fields {
    vec![
        ("occurred", when!(it.occurred_at, it.occurred_on)),
        ("received", when!(it.received_at, it.received_on)),
        ("opened", time!(it.opened_at).unwrap_or_default()),
        ("unknown steps", it.unknown_steps.join(", ")),
        ("handler", it.handler.clone()),
        ("queue", it.queue.clone()),
        (
            "acknowledged",
            parts([
                time!(it.acknowledged_at).unwrap_or_default(),
                with("by ", &it.acknowledgement_channel),
            ]),
        ),
    ]
}

fn inquiry(it: &Complaint) -> Fields {
    let assessment = it.assessment.clone().unwrap_or_default();
    let investigation = it.investigation.clone().unwrap_or_default();
    let action = assessment.immediate_action_what.as_ref().map(words_of);
    let explanation = investigation.explanation.as_ref().map(words_of);
    vec![
        ("assessed", time!(it.assessed_at).unwrap_or_default()),
        ("severity", assessment.severity),
        ("safety implication", assessment.safety_implication),
        ("complexity", assessment.complexity),
        ("impact", assessment.impact),
        (
            "immediate action",
            said(assessment.immediate_action, action),
        ),
        ("reclassified", reclassified(it)),
        ("conflicts of interest", it.conflicts_of_interest.join(", ")),
        (
            "investigation",
            time!(it.investigation_started_at).unwrap_or_default(),
        ),
        ("investigator", investigation.investigator),
        (
            "not required",
            said(investigation.not_required_reason, explanation),
        ),
        ("decided by", investigation.decided_by),
        ("relies on", investigation.relies_on),
        ("evidence", lines(it.evidence.iter().map(evidence_line))),
        ("findings", lines(it.findings.iter().map(finding_line))),
    ]
}

fn reclassified(it: &Complaint) -> String {
    let Some(before) = &it.reclassification else {
        return String::new();
    };
    let at = time!(before.reclassified_at).unwrap_or_default();
    let words = before.explanation.as_ref().map(words_of);
    let why = said(before.reason.clone(), words);
    let because = with(", ", &before.because.replace('_', " "));
    let was = &before.earlier_severity;
    format!("{at} {why}{because}; severity was {was}")
}

fn evidence_line(it: &Evidence) -> String {
    let at = time!(it.occurred_at).unwrap_or_default();
    let what = said(it.kind.clone(), it.description.as_ref().map(words_of));
    let source = with(" from ", &it.source);
    let superseded = match it.superseded_by {
        0 => String::new(),
        by => format!(" (superseded by {by})"),
    };
    format!("{}. {at}{source} {what}{superseded}", it.number)
}

fn finding_line(it: &Finding) -> String {
    let at = time!(it.occurred_at).unwrap_or_default();
    let what = said(it.result.clone(), it.description.as_ref().map(words_of));
    let numbers: Vec<String> = it.evidence.iter().map(u32::to_string).collect();
    let rests_on = with(", on evidence ", &numbers.join(", "));
    format!("{}. {at} {what}{rests_on}", it.number)
}

fn response(it: &Complaint) -> Fields {
    let response = it.response.clone().unwrap_or_default();
    let cause = if response.no_cause_established {
        "none established".to_owned()
    } else {
        response.cause_code
    };
    let explanation = response.refusal_explanation.as_ref().map(words_of);
    let names = if response.earlier {
        ["earlier cause", "earlier refusal", "earlier remedies"]
    } else {
        ["cause", "refusal", "remedies"]
    };
    let numbers = it.owed_remedies.iter().map(u32::to_string);
    vec![
        (
            "proposed",
            time!(it.response_proposed_at).unwrap_or_default(),
        ),
        (names[0], cause),
        (names[1], said(response.refusal_reason, explanation)),
        (
            names[2],
            lines(
                response
                    .remedies
                    .iter()
                    .map(|remedy| remedy_line(it, remedy)),
            ),
        ),
        (
            "still owed",
            with("remedy ", &numbers.collect::<Vec<_>>().join(", ")),
        ),
    ]
}

fn decision(it: &Complaint) -> Fields {
    let decision = it.decision.clone().unwrap_or_default();
    let recourse = match &it.decision {
        Some(decision) if !decision.recourse_explained => "not explained".to_owned(),
        Some(_) | None => with(
            "explained ",
            &time!(decision.recourse_explained_at).unwrap_or_default(),
        ),
    };
    let dispute = it.dispute.clone().unwrap_or_default();
    let disputed = said(dispute.reason, dispute.explanation.as_ref().map(words_of));
    let first = time!(decision.first_communicated_at);
    let last = time!(it.decision_communicated_at);
    vec![
        (
            "communicated",
            parts([
                last.clone().unwrap_or_default(),
                with("by ", &decision.channel),
            ]),
        ),
        (
            "communicated first",
            first.filter(|_| first_differs(it)).unwrap_or_default(),
        ),
        ("decision", decision.outcome),
        (
            "recourse",
            parts([recourse, with("outside: ", &decision.external_recourse)]),
        ),
        (
            "silence ends",
            time!(it.silence_ends_at).unwrap_or_default(),
        ),
        ("accepted", time!(it.accepted_at).unwrap_or_default()),
        (
            "disputed",
            parts([time!(it.disputed_at).unwrap_or_default(), disputed]),
        ),
        ("disputes", several(it.disputes)),
    ]
}

/// Whether the decision was told more than once.
fn first_differs(it: &Complaint) -> bool {
    let decision = it.decision.as_ref();
    decision.is_some_and(|decision| decision.first_communicated_at != it.decision_communicated_at)
}

fn end(it: &Complaint) -> Fields {
    let earlier = it.closures.iter().filter(|it| it.reopened_at.is_some());
    let withdrawal = it.withdrawal.clone().unwrap_or_default();
    let why = said(
        withdrawal.reason,
        withdrawal.explanation.as_ref().map(words_of),
    );
    vec![
        ("earlier closings", lines(earlier.map(earlier_closing))),
        ("closed", time!(it.closed_at).unwrap_or_default()),
        ("basis", it.closing_basis.clone()),
        (
            "withdrawn",
            parts([time!(it.withdrawn_at).unwrap_or_default(), why]),
        ),
        (
            "what was promised",
            with("is ", &withdrawal.promises.replace('_', " ")),
        ),
    ]
}

fn earlier_closing(it: &Closure) -> String {
    let closed = time!(it.closed_at).unwrap_or_else(|| "at an unknown time".to_owned());
    let outcome = with(", outcome ", &it.outcome);
    let reopened = time!(it.reopened_at).unwrap_or_default();
    let words = it.reopening_explanation.as_ref().map(words_of);
    let why = said(it.reopening_reason.clone(), words);
    let basis = &it.basis;
    format!("{closed}, {basis}{outcome}; reopened {reopened}, {why}")
}

fn reported(it: &Complaint) -> Fields {
    let Some(reported) = it.reported.clone() else {
        return Vec::new();
    };
    vec![
        ("reported by", reported.source),
        ("reported answer", reported.response),
        ("answer's class", reported.response_class),
        ("reported timely", reported.timely),
        ("reported disputed", reported.disputed),
        (
            "reported closing",
            time!(reported.closed_at).unwrap_or_default(),
        ),
        ("sent to company", reported.sent_to_company_on),
        ("public response", reported.public_response),
    ]
}

/// Whether the complainant let the organisation off.
fn released(it: &Complaint) -> bool {
    let withdrawal = it.withdrawal.as_ref();
    withdrawal.is_some_and(|withdrawal| withdrawal.promises == Promises::Released.as_str())
}

/// Sealed words, or why there are none.
pub(super) fn words_of(note: &Note) -> String {
    if note.erased {
        "(erased)".to_owned()
    } else if note.missing {
        "(lost)".to_owned()
    } else {
        note.text.clone()
    }
}

/// A code, and the words to it.
fn said(code: String, words: Option<String>) -> String {
    match words {
        Some(words) if !words.is_empty() => format!("{code}: {words}"),
        Some(_) | None => code,
    }
}

fn channel(channel: &str, reported: &str) -> String {
    if reported.is_empty() {
        channel.to_owned()
    } else {
        format!("{channel} ({reported})")
    }
}

/// Nothing, if there is nothing to put the word before.
fn with(before: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{before}{text}")
    }
}

fn parts<const N: usize>(texts: [String; N]) -> String {
    let filled = texts.into_iter().filter(|text| !text.is_empty());
    filled.collect::<Vec<_>>().join(" ")
}

fn lines(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join("\n")
}

fn several(count: u32) -> String {
    if count > 1 {
        count.to_string()
    } else {
        String::new()
    }
}

fn yes_or_no(answer: Option<bool>) -> String {
    let word = answer.map(|yes| if yes { "yes" } else { "no" });
    word.unwrap_or_default().to_owned()
}

fn declined(it: &Remedy) -> String {
    let at = time!(it.declined_at).unwrap_or_default();
    format!("declined {at}{}", with(", ", &it.decline_reason))
}

fn remedy_line(complaint: &Complaint, it: &Remedy) -> String {
    let amount = it
        .amount
        .as_ref()
        .map(|it| format!(" {}", remedy::shown(it)));
    let until = with(" until ", &it.promised_by);
    let given = match time!(it.fulfilled_at) {
        Some(at) => format!("given {at}"),
        None if it.declined_at.is_some() => declined(it),
        None if it.approval_limit.is_some() => "to be approved by another person".to_owned(),
        None if complaint.owed_remedies.contains(&it.number) && it.accepted_at.is_some() => {
            "open, accepted".to_owned()
        }
        None if complaint.owed_remedies.contains(&it.number) => "open".to_owned(),
        None if released(complaint) => "released".to_owned(),
        None if complaint.withdrawal.is_some() => "never promised".to_owned(),
        None => "not promised yet".to_owned(),
    };
    format!(
        "{}. {}{}{until}, {given}",
        it.number,
        it.kind,
        amount.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests;
