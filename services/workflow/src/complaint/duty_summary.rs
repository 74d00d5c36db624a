//! Who was to do what, in one line of English.

use redress_handler::duty::{Duty, Event};

pub(super) fn duty_summary(event: &Event) -> String {
    match event {
        Event::Routed(e) => {
            let skills = match &e.skills[..] {
                [] => String::new(),
                skills => format!(", asking for {}", skills.join(", ")),
            };
            let (queue, rule, policy) = (&e.queue, &e.rule, &e.policy);
            format!("Routed to queue {queue} by rule {rule} of {policy}{skills}")
        }
        Event::HandlerChosen(e) => {
            let (handler, by, candidates) = (&e.handler, &e.by, e.candidates);
            format!(
                "{handler} chosen out of {candidates} by {by}, rule {}",
                e.rule
            )
        }
        Event::DutyRefused(e) => {
            let duty = match &e.duty {
                Duty::Handling => "handle it",
                Duty::Investigating => "investigate it",
                Duty::Approving => "approve the response",
                Duty::Other(word) => word,
            };
            let (person, reason) = (&e.person, &e.reason);
            let skill = e.skill.as_ref().map(|it| format!(" {it}"));
            format!(
                "{person} was to {duty} and was refused: {reason}{}",
                skill.unwrap_or_default()
            )
        }
        Event::ComplainedOfNamed(e) => format!("{} is complained of", e.person),
        Event::ComplainedOfCleared(e) => {
            format!("{} is not complained of ({})", e.person, e.reason)
        }
        Event::ResponseApproved(e) => format!("Response approved by {}", e.approved_by),
    }
}
