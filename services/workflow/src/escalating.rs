//! What policies escalate: in the same breath as what calls for it, so that it is done once and never
//! forgotten.

use jiff::Timestamp;
use redress_complaint::event::Escalated;
use redress_complaint::{self as complaint, NextLevel};
use redress_policy::clock;
use redress_policy::document::Facts;
use redress_policy::ruling::Happened;
use redress_policy::{Book, Policies as _, Ruling};

use crate::clocked::{Clocked, Event};

/// Why a complaint goes on to the next level.
const STILL_ESCALATED: &str = "still_escalated";

/// What was decided; an escalation with where it goes on to by itself.
pub(crate) fn completed(
    decided: Vec<complaint::Event>,
    facts: &Facts,
    book: &Book,
) -> Vec<complaint::Event> {
    let decided = decided.into_iter().map(|event| {
        if let complaint::Event::Escalated(e) = event {
            let next = next(e.level, e.occurred_at, facts, book);
            complaint::Event::Escalated(Escalated { next, ..e })
        } else {
            event
        }
    });
    decided.collect()
}

/// The escalation that events call for, if the complaint is open and not as high already; of several the
/// highest. `after` is the complaint as the events left it.
pub(crate) fn raised(after: &Clocked, events: &[Event], book: &Book) -> Option<complaint::Event> {
    if !after.complaint.is_open() {
        return None;
    }
    let ruling = Ruling::of(book, &after.facts);
    let all = events.iter().filter_map(|event| {
        let (happened, at) = happened(event)?;
        Some((ruling.raised(happened)?, reason(happened), at))
    });
    let (raised, reason, at) = all.reduce(|one, other| {
        if other.0.level > one.0.level {
            other
        } else {
            one
        }
    })?;
    let now = after.complaint.escalation();
    if now.is_some_and(|it| it.level >= raised.level) {
        return None;
    }
    let at = now.map_or(at, |it| it.since.max(at));
    Some(complaint::Event::Escalated(Escalated {
        level: raised.level,
        reason: reason.to_owned(),
        explanation: None,
        policy: version(&raised.rule, book),
        rule: Some(raised.rule),
        next: next(raised.level, at, &after.facts, book),
        occurred_at: at,
    }))
}

/// That a complaint goes on to the next level, because it is still escalated to this one.
pub(crate) fn onward(case: &Clocked, now: Timestamp, book: &Book) -> Option<complaint::Event> {
    let onward = case.complaint.escalation()?.next.as_ref()?;
    if onward.at > now {
        return None;
    }
    Some(complaint::Event::Escalated(Escalated {
        level: onward.level,
        reason: STILL_ESCALATED.to_owned(),
        explanation: None,
        rule: Some(onward.rule.clone()),
        // It may be in force no longer: it was when the complaint came to the level.
        policy: onward.policy.clone(),
        next: next(onward.level, onward.at, &case.facts, book),
        occurred_at: onward.at,
    }))
}

fn next(level: u32, since: Timestamp, facts: &Facts, book: &Book) -> Option<NextLevel> {
    let next = Ruling::of(book, facts).next(level, since)?;
    let (level, at, rule) = (next.level, next.at, next.rule);
    let policy = version(&rule, book);
    Some(NextLevel {
        level,
        rule,
        policy,
        at,
    })
}

/// Of the policy in force whose rule it is.
fn version(rule: &str, book: &Book) -> Option<String> {
    let (name, _) = rule.split_once('/')?;
    let policy = book.in_force().find(|it| it.name() == name);
    policy.map(|it| it.version().to_owned())
}

/// What an event is to escalations, and when it happened.
fn happened(event: &Event) -> Option<(Happened<'_>, Timestamp)> {
    match event {
        Event::Clock(clock::Event::Warned(e)) => {
            Some((Happened::ClockWarned(&e.clock), e.occurred_at))
        }
        Event::Clock(clock::Event::Breached(e)) => {
            Some((Happened::ClockBreached(&e.clock), e.due_at))
        }
        Event::Clock(_) | Event::Duty(_) | Event::Contact(_) => None,
        Event::Complaint(event) => step(event),
    }
}

fn step(event: &complaint::Event) -> Option<(Happened<'_>, Timestamp)> {
    if let complaint::Event::Opened(e) = event {
        let is_vulnerable = e.about.vulnerable == Some(true);
        is_vulnerable.then_some((Happened::Vulnerable, e.about.received_at))
    } else if let complaint::Event::Assessed(e) = event {
        let severity = Happened::Severity(e.assessment.severity.as_str());
        Some((severity, e.occurred_at))
    } else if let complaint::Event::Reclassified(e) = event {
        let severity = Happened::Severity(e.classification.severity.as_str());
        Some((severity, e.occurred_at))
    } else {
        None
    }
}

fn reason(happened: Happened<'_>) -> &'static str {
    match happened {
        Happened::ClockWarned(_) => "clock_warned",
        Happened::ClockBreached(_) => "clock_breached",
        Happened::Severity(_) => "severity",
        Happened::Vulnerable => "vulnerable",
    }
}
