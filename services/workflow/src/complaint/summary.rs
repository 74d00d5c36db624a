//! What happened, in one line of English, with the numbers and amounts that belong to it. Without
//! personal data.

use redress_complaint::event::{
    Assessed, Assigned, Closed, DecisionCommunicated, FindingRecorded, InvestigationNotRequired,
    InvestigationStarted, NumberedRemedy, Reclassified, RemedyDeclined, RemedyFulfilled,
    ResponseProposed, Resumed, Withdrawn,
};
use redress_complaint::{
    Cause, ConflictDeclaration, Event, ImmediateAction, Promises, RemedyOffer, Revision, State,
    WaitingFor,
};

use super::later_summary as later;

/// `after` is the complaint as the event left it: what an event only numbers is named from it.
pub(super) fn summary(event: &Event, after: &State) -> String {
    match event {
        Event::Opened(e) => format!("Opened as {}, received by {}", e.reference, e.about.channel),
        Event::TakenOver(e) => {
            let (source, class) = (&e.history.source, e.history.response_class);
            let reference = e.reference;
            format!("Taken over from {source} as {reference}; reported answer: {class}")
        }
        Event::HistoryReported(e) => {
            let (source, class) = (&e.history.source, e.history.response_class);
            format!("{source} reported its answer: {class}")
        }
        Event::Acknowledged(e) => format!("Acknowledged by {}", e.channel),
        Event::Assigned(e) => assigned(e),
        Event::Assessed(e) => assessed(e),
        Event::InvestigationStarted(e) => investigation_started(e),
        Event::InvestigationRefused(e) => {
            let (investigator, reason) = (&e.investigator, &e.reason);
            format!("Investigation by {investigator} refused: {reason}")
        }
        Event::InvestigationNotRequired(e) => not_required(e),
        Event::ResponseProposed(e) => response_proposed(e),
        Event::RemedyFulfilled(e) => fulfilled(e, after),
        Event::DecisionCommunicated(e) => communicated(e),
        Event::AcceptanceRecorded(_) => "Decision accepted by the complainant".to_owned(),
        Event::Disputed(e) => format!("Decision disputed by the complainant: {}", e.reason),
        Event::Closed(e) => closed(e, after),
        Event::Reopened(e) => format!("Reopened: {}", e.reason),
        Event::Withdrawn(e) => withdrawn(e, after),
        Event::RemedyOffered(e) => {
            let (number, what) = (e.remedy.remedy, offer(&e.remedy.offer));
            format!("Remedy {number} offered: {what}{}", above(&e.remedy))
        }
        Event::RemedyAccepted(e) => {
            format!("Remedy {} accepted{}", e.remedy, named(e.remedy, after))
        }
        Event::RemedyDeclined(e) => declined(e, after),
        Event::RemedyApproved(e) => {
            let (number, by, what) = (e.remedy, &e.approved_by, named(e.remedy, after));
            format!("Remedy {number} approved by {by}{what}")
        }
        Event::ConflictDeclared(e) => format!("Conflict of interest of {} declared", e.person),
        Event::ConflictCleared(e) => {
            let because = e.because.as_ref().map(|it| format!(", {it}"));
            let because = because.unwrap_or_default();
            format!("Conflict of interest of {} cleared{because}", e.person)
        }
        Event::EvidenceRecorded(e) => {
            let source = e.source.as_ref().map(|source| format!(" from {source}"));
            let instead = e
                .supersedes
                .map(|it| format!(", in place of evidence {it}"));
            let (source, instead) = (source.unwrap_or_default(), instead.unwrap_or_default());
            let (number, kind) = (e.evidence, &e.kind);
            format!("Evidence {number} recorded: {kind}{source}{instead}")
        }
        Event::FindingRecorded(e) => finding_recorded(e),
        Event::Reclassified(e) => reclassified(e),
        Event::ComplainantAwaited(e) => format!("Awaiting the complainant: {}", e.reason),
        Event::ThirdPartyAwaited(e) => {
            let (third_party, reason) = (&e.third_party, &e.reason);
            format!("Awaiting a third party, {third_party}: {reason}")
        }
        Event::Resumed(e) => resumed(e),
        Event::Held(e) => format!("Put on hold: {}", e.basis),
        Event::Released(e) => format!("Released from hold{}", because(e.reason.as_ref())),
        Event::Escalated(e) => {
            let rule = e.rule.as_ref().map(|rule| format!(", by {rule}"));
            let (level, reason, rule) = (e.level, &e.reason, rule.unwrap_or_default());
            format!("Escalated to level {level}: {reason}{rule}")
        }
        Event::DeEscalated(e) => {
            let (from_level, reason) = (e.from_level, because(e.reason.as_ref()));
            format!("No longer escalated, from level {from_level}{reason}")
        }
        Event::ReferredExternally(e) => later::referred(e),
        Event::ExternalNoticeReceived(_) => "Notice of the other body received".to_owned(),
        Event::ExternalPositionStated(_) => "Position stated to the other body".to_owned(),
        Event::ExternalResolutionBegun(e) => later::resolving(e),
        Event::ExternalDisputeSettled(e) => later::settled(e),
        Event::DeterminationReceived(e) => later::determined(e),
        Event::ExternalResultImplemented(_) => "External result implemented".to_owned(),
        Event::ExternalFileClosed(e) => later::file_closed(e),
        Event::FollowedUp(e) => later::followed_up(e),
        Event::SatisfactionRecorded(e) => later::satisfied(e),
        Event::MergedInto(e) => format!("Merged into {}: {}", e.into, e.reason),
        Event::Unmerged(e) => format!("Unmerged from {}: {}", e.from, e.reason),
        Event::MergeReceived(e) => format!("{} merged into this one", e.from),
        Event::MergeEnded(e) => format!("{} no longer merged into this one", e.from),
        Event::NoteAdded(_) => "Note added".to_owned(),
    }
}

fn finding_recorded(e: &FindingRecorded) -> String {
    let rests_on = match &e.evidence[..] {
        [] => String::new(),
        numbers => format!(", resting on evidence {}", listed(numbers)),
    };
    format!("Finding {} recorded: {}{rests_on}", e.finding, e.result)
}

/// Only what is another than before.
fn reclassified(e: &Reclassified) -> String {
    let (is, was) = (&e.classification, &e.earlier);
    let parts = [
        ("severity", is.severity.as_str(), was.severity.as_str()),
        (
            "safety implication",
            is.safety_implication.as_str(),
            was.safety_implication.as_str(),
        ),
        (
            "complexity",
            is.complexity.as_str(),
            was.complexity.as_str(),
        ),
        ("impact", is.impact.as_str(), was.impact.as_str()),
    ];
    let changed = parts.iter().filter(|(_, is, was)| is != was);
    let changed: Vec<String> = changed
        .map(|(what, is, was)| format!("{what} {is}, was {was}"))
        .collect();
    let because = revised(e.because.as_ref());
    format!(
        "Reclassified: {}; {}{because}",
        changed.join("; "),
        e.reason
    )
}

/// Why something is seen otherwise than before.
fn revised(because: Option<&Revision>) -> String {
    match because {
        None => String::new(),
        Some(Revision::Corrected) => ", it was seen wrongly".to_owned(),
        Some(Revision::NewFacts) => ", more is known".to_owned(),
        Some(Revision::Other(word)) => format!(", {word}"),
    }
}

fn listed(numbers: &[u32]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
    numbers.join(", ")
}

fn because(reason: Option<&String>) -> String {
    reason.map_or_else(String::new, |reason| format!(": {reason}"))
}

fn resumed(e: &Resumed) -> String {
    let whom = match &e.waiting_for {
        WaitingFor::Complainant => "the complainant",
        WaitingFor::ThirdParty => "a third party",
        WaitingFor::Other(word) => word,
    };
    format!("No longer awaiting {whom}{}", because(e.reason.as_ref()))
}

fn assigned(e: &Assigned) -> String {
    match (&e.handler, &e.queue) {
        (Some(handler), Some(queue)) => format!("Assigned to {handler} in queue {queue}"),
        (Some(handler), None) => format!("Assigned to {handler}"),
        (None, Some(queue)) => format!("Put into queue {queue}"),
        (None, None) => "Assigned to nobody".to_owned(),
    }
}

fn assessed(e: &Assessed) -> String {
    let found = &e.assessment;
    let action = match &found.immediate_action {
        ImmediateAction::NotNeeded => "no immediate action needed".to_owned(),
        ImmediateAction::Needed { .. } => "immediate action needed".to_owned(),
        ImmediateAction::Other { word, .. } => format!("immediate action: {word}"),
    };
    let (severity, safety) = (&found.severity, &found.safety_implication);
    let (complexity, impact) = (&found.complexity, &found.impact);
    let proposed = match &e.proposed_severity {
        Some(proposed) if proposed != severity => {
            format!(
                " ({proposed} was proposed{})",
                because(e.severity_reason.as_ref())
            )
        }
        Some(_) => " (as proposed)".to_owned(),
        None => String::new(),
    };
    let again = revised(e.because.as_ref());
    format!(
        "Assessed as {severity}{proposed}; safety implication: {safety}; complexity: {complexity}; \
         impact: {impact}; {action}{again}"
    )
}

fn investigation_started(e: &InvestigationStarted) -> String {
    let declared = match e.declaration {
        ConflictDeclaration::NoConflict => ", who declared no conflict of interest",
        ConflictDeclaration::NotMade
        | ConflictDeclaration::Conflict
        | ConflictDeclaration::Other(_) => "",
    };
    format!("Investigation started by {}{declared}", e.investigator)
}

fn not_required(e: &InvestigationNotRequired) -> String {
    let relies_on = e.relies_on.map(|id| format!(", relying on {id}"));
    let (reason, decided_by) = (&e.reason, &e.decided_by);
    let relies_on = relies_on.unwrap_or_default();
    format!("No investigation required: {reason}, decided by {decided_by}{relies_on}")
}

fn response_proposed(e: &ResponseProposed) -> String {
    let remedies = e.remedies.iter();
    let remedies = remedies.map(|it| {
        let (number, what, limited) = (it.remedy, offer(&it.offer), above(it));
        format!("remedy {number}: {what}{limited}")
    });
    let refusal = e.refusal.iter().map(|it| format!("refused: {}", it.reason));
    let cause = match &e.cause {
        Cause::NoCauseEstablished => "no cause established".to_owned(),
        Cause::Established { code } => format!("cause: {code}"),
        Cause::Other { word, .. } => format!("cause: {word}"),
    };
    let said: Vec<String> = remedies.chain(refusal).chain([cause]).collect();
    format!("Response proposed: {}", said.join("; "))
}

/// `refund of 12.50 EUR promised by 2026-06-30`
fn offer(offer: &RemedyOffer) -> String {
    let amount = offer.amount.as_ref().map(|amount| format!(" of {amount}"));
    let until = offer.promised_by.map(|day| format!(" promised by {day}"));
    let (amount, until) = (amount.unwrap_or_default(), until.unwrap_or_default());
    format!("{}{amount}{until}", offer.kind)
}

fn above(it: &NumberedRemedy) -> String {
    let limit = it.approval_limit.as_ref();
    limit.map_or_else(String::new, |limit| {
        format!(", above the limit of {limit}, to be approved")
    })
}

fn fulfilled(e: &RemedyFulfilled, after: &State) -> String {
    format!("Remedy {} fulfilled{}", e.remedy, named(e.remedy, after))
}

fn declined(e: &RemedyDeclined, after: &State) -> String {
    let reason = e.reason.as_ref().map(|reason| format!("; {reason}"));
    let (what, reason) = (named(e.remedy, after), reason.unwrap_or_default());
    format!("Remedy {} declined{what}{reason}", e.remedy)
}

fn named(number: u32, after: &State) -> String {
    let response = after.response();
    let remedy = response.and_then(|response| response.remedies.get(&number));
    let what = remedy.map(|remedy| format!(": {}", offer(&remedy.offer)));
    what.unwrap_or_default()
}

fn communicated(e: &DecisionCommunicated) -> String {
    let recourse = if e.recourse_explained {
        "recourse explained"
    } else {
        "recourse not explained"
    };
    let body = e.external_recourse.as_ref();
    let body = body.map_or(String::new(), |body| format!(", {body} named"));
    format!(
        "Decision communicated by {}: {}, {recourse}{body}",
        e.channel, e.outcome
    )
}

fn closed(e: &Closed, after: &State) -> String {
    let outcome = after.outcome().map(|it| format!(", outcome {it}"));
    let owed = still_owed(&after.owed());
    format!("Closed: {}{}{owed}", e.basis, outcome.unwrap_or_default())
}

fn withdrawn(e: &Withdrawn, after: &State) -> String {
    let reason = e.reason.as_ref().map(|reason| format!(": {reason}"));
    let promises = match &e.promises {
        None => String::new(),
        Some(Promises::Released) => "; the organisation is released from its promises".to_owned(),
        Some(Promises::StillOwed | Promises::Other(_)) => still_owed(&after.owed()),
    };
    format!(
        "Withdrawn by the complainant{}{promises}",
        reason.unwrap_or_default()
    )
}

fn still_owed(remedies: &[u32]) -> String {
    if remedies.is_empty() {
        return String::new();
    }
    format!("; still owed: remedy {}", listed(remedies))
}
