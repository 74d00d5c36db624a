//! Into which queue the policies in force put a complaint: when it is opened, and when it is assessed or seen
//! otherwise. Policies are asked in the order of their names; of the rules of each the first that fits counts.
//!
//! What no rule fits stays where it is, and so does what fits the rule by which it was routed before, whoever was
//! given it by hand meanwhile. In another queue it waits for another handler.

use jiff::Timestamp;
use redress_complaint::Event as Step;
use redress_complaint::event::Assigned;
use redress_handler::duty::{self, Routed};
use redress_policy::document::{Known, RoutingRule};
use redress_policy::{Book, Policies as _, Policy};

use crate::clocked::{Clocked, Event};

/// What follows from a step, after it.
pub(crate) fn after(case: &Clocked, step: &Step, book: &Book) -> Vec<Event> {
    let Some(occurred_at) = routes_at(step).filter(|_| case.complaint.is_open()) else {
        return Vec::new();
    };
    let Some(routed) = route(case, book, occurred_at) else {
        return Vec::new();
    };
    let is_there = |it: &Routed| {
        it.queue == routed.queue && it.skills == routed.skills && it.rule == routed.rule
    };
    if case.duties.routed().is_some_and(is_there) {
        return Vec::new();
    }
    let queue = Some(routed.queue.clone());
    let assignment = case.complaint.assignment();
    let waits_there = assignment.is_some_and(|it| it.queue == queue);
    let mut events = vec![Event::Duty(duty::Event::Routed(routed))];
    if !waits_there {
        events.push(Event::Complaint(Step::Assigned(Assigned {
            handler: None,
            queue,
            occurred_at,
        })));
    }
    events
}

/// When a step routes a complaint. One that was taken over is routed with the next step that does.
fn routes_at(step: &Step) -> Option<Timestamp> {
    if let Step::Opened(e) = step {
        Some(e.about.received_at)
    } else if let Step::Assessed(e) = step {
        Some(e.occurred_at)
    } else if let Step::Reclassified(e) = step {
        Some(e.occurred_at)
    } else {
        None
    }
}

fn route(case: &Clocked, book: &Book, occurred_at: Timestamp) -> Option<Routed> {
    let (policy, rule) = rule(case, book)?;
    Some(Routed {
        queue: rule.queue.clone(),
        skills: rule.skills.clone(),
        policy: policy.version().to_owned(),
        rule: rule.name.clone(),
        occurred_at,
    })
}

fn rule<'b>(case: &Clocked, book: &'b Book) -> Option<(&'b Policy, &'b RoutingRule)> {
    let known = Known {
        facts: case.facts(),
        severity: case.complaint.assessment().map(|it| it.severity.as_str()),
        language: case.language.as_deref(),
        vulnerable: case.vulnerable,
    };
    book.in_force()
        .find_map(|policy| Some((policy, policy.route(&known)?)))
}
