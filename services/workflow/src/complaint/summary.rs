//! What happened, in one line of English. Without personal data.

use redress_complaint::{Cause, ConflictDeclaration, Event, ImmediateAction};

pub(super) fn summary(event: &Event) -> String {
    match event {
        Event::Opened(e) => format!("Opened as {}, received by {}", e.reference, e.about.channel),
        Event::TakenOver(e) => {
            let (source, class) = (&e.history.source, e.history.response_class);
            format!(
                "Taken over from {source} as {}; reported answer: {class}",
                e.reference
            )
        }
        Event::HistoryReported(e) => {
            format!(
                "{} reported its answer: {}",
                e.history.source, e.history.response_class
            )
        }
        Event::Acknowledged(e) => format!("Acknowledged by {}", e.channel),
        Event::Assigned(e) => match (&e.handler, &e.queue) {
            (Some(handler), Some(queue)) => format!("Assigned to {handler} in queue {queue}"),
            (Some(handler), None) => format!("Assigned to {handler}"),
            (None, Some(queue)) => format!("Put into queue {queue}"),
            (None, None) => "Assigned to nobody".to_owned(),
        },
        Event::Assessed(e) => {
            let found = &e.assessment;
            let action = match &found.immediate_action {
                ImmediateAction::NotNeeded => String::new(),
                ImmediateAction::Needed { .. } => "; immediate action needed".to_owned(),
                ImmediateAction::Other { word, .. } => format!("; immediate action: {word}"),
            };
            format!(
                "Assessed as {}, safety: {}{action}",
                found.severity, found.safety_implication
            )
        }
        Event::InvestigationStarted(e) => {
            let declared = match e.declaration {
                ConflictDeclaration::NoConflict => ", who declared no conflict of interest",
                ConflictDeclaration::NotMade
                | ConflictDeclaration::Conflict
                | ConflictDeclaration::Other(_) => "",
            };
            format!("Investigation started by {}{declared}", e.investigator)
        }
        Event::InvestigationNotRequired(e) => {
            format!(
                "No investigation required: {}, decided by {}",
                e.reason, e.decided_by
            )
        }
        Event::ResponseProposed(e) => {
            let cause = match &e.cause {
                Cause::NoCauseEstablished => "no cause established",
                Cause::Established { code } => code,
                Cause::Other { word, .. } => word,
            };
            let kinds: Vec<&str> = e.remedies.iter().map(|it| it.offer.kind.as_str()).collect();
            let refusal = e
                .refusal
                .as_ref()
                .map(|it| format!("refused: {}", it.reason));
            let said: Vec<String> = kinds
                .iter()
                .map(|it| (*it).to_owned())
                .chain(refusal)
                .collect();
            format!("Response proposed: {}; cause: {cause}", said.join(", "))
        }
        Event::RemedyFulfilled(e) => format!("Remedy {} fulfilled", e.remedy),
        Event::DecisionCommunicated(e) => {
            let recourse = if e.recourse_explained {
                ", recourse explained"
            } else {
                ""
            };
            format!(
                "Decision communicated by {}: {}{recourse}",
                e.channel, e.outcome
            )
        }
        Event::AcceptanceRecorded(_) => "Decision accepted by the complainant".to_owned(),
        Event::Disputed(e) => format!("Decision disputed: {}", e.reason),
        Event::Closed(e) => format!("Closed: {}", e.basis),
        Event::Reopened(e) => format!("Reopened: {}", e.reason),
        Event::Withdrawn(e) => match &e.reason {
            Some(reason) => format!("Withdrawn by the complainant: {reason}"),
            None => "Withdrawn by the complainant".to_owned(),
        },
        Event::NoteAdded(_) => "Note added".to_owned(),
    }
}
