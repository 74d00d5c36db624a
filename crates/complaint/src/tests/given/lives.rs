//! Lives of complaints up to a point.

use super::{
    complainant_awaited, conflict_declared, evidence, investigation_started, no_investigation,
    offered_above_the_limit, opened, refund, remedy_accepted, remedy_declined, report, response,
    taken_over, third_party_awaited, time, was_accepted, was_acknowledged, was_assessed,
    was_closed, was_communicated, was_disputed, was_escalated, was_held, was_reopened,
    was_withdrawn,
};
use crate::tests::{after, external, merge};
use crate::{CloseBasis, Event, Promises, ReportedHistory, ResponseClass};

pub(in crate::tests) fn awaiting_complainant() -> Vec<Event> {
    [investigating(), vec![complainant_awaited()]].concat()
}

pub(in crate::tests) fn awaiting_third_party() -> Vec<Event> {
    [investigating(), vec![third_party_awaited()]].concat()
}

pub(in crate::tests) fn on_hold() -> Vec<Event> {
    [investigating(), vec![was_held()]].concat()
}

pub(in crate::tests) fn escalated() -> Vec<Event> {
    [investigating(), vec![was_escalated()]].concat()
}

pub(in crate::tests) fn received() -> Vec<Event> {
    vec![opened()]
}

pub(in crate::tests) fn acknowledged() -> Vec<Event> {
    [received(), vec![was_acknowledged()]].concat()
}

pub(in crate::tests) fn assessed() -> Vec<Event> {
    [acknowledged(), vec![was_assessed()]].concat()
}

pub(in crate::tests) fn investigation_not_required() -> Vec<Event> {
    [assessed(), vec![no_investigation()]].concat()
}

pub(in crate::tests) fn investigating() -> Vec<Event> {
    [assessed(), vec![investigation_started()]].concat()
}

pub(in crate::tests) fn proposed() -> Vec<Event> {
    [investigating(), vec![response(1, &[refund()])]].concat()
}

pub(in crate::tests) fn communicated() -> Vec<Event> {
    [proposed(), vec![was_communicated(true)]].concat()
}

pub(in crate::tests) fn accepted() -> Vec<Event> {
    [communicated(), vec![was_accepted()]].concat()
}

pub(in crate::tests) fn disputed() -> Vec<Event> {
    [communicated(), vec![was_disputed()]].concat()
}

pub(in crate::tests) fn dispute_investigated() -> Vec<Event> {
    [disputed(), vec![investigation_started()]].concat()
}

pub(in crate::tests) fn closed() -> Vec<Event> {
    [accepted(), vec![was_closed(CloseBasis::Accepted)]].concat()
}

pub(in crate::tests) fn reopened() -> Vec<Event> {
    [closed(), vec![was_reopened()]].concat()
}

pub(in crate::tests) fn withdrawn() -> Vec<Event> {
    [
        communicated(),
        vec![was_withdrawn(Some(Promises::StillOwed))],
    ]
    .concat()
}

pub(in crate::tests) fn imported_open() -> Vec<Event> {
    vec![taken_over(report("aa", ResponseClass::InProgress))]
}

pub(in crate::tests) fn imported_closed() -> Vec<Event> {
    vec![taken_over(report(
        "aa",
        ResponseClass::ClosedWithExplanation,
    ))]
}

pub(in crate::tests) fn imported_acknowledged() -> Vec<Event> {
    vec![taken_over(acknowledged_elsewhere("aa"))]
}

pub(in crate::tests) fn acknowledged_elsewhere(digest: &str) -> ReportedHistory {
    ReportedHistory {
        acknowledged_at: Some(time("2026-03-01T15:00:00Z")),
        ..report(digest, ResponseClass::InProgress)
    }
}

pub(in crate::tests) fn imported_reopened() -> Vec<Event> {
    [imported_closed(), vec![was_reopened()]].concat()
}

/// A life that ends in every place that this crate tells apart.
pub(in crate::tests) fn lives() -> Vec<(&'static str, Vec<Event>)> {
    let mut lives = vec![
        ("not opened", vec![]),
        ("received", received()),
        ("acknowledged", acknowledged()),
        ("assessed", assessed()),
        ("assessed, on hold", [assessed(), vec![was_held()]].concat()),
        ("investigation not required", investigation_not_required()),
        ("investigating", investigating()),
        (
            "investigating, awaiting the complainant",
            awaiting_complainant(),
        ),
        (
            "investigating, awaiting a third party",
            awaiting_third_party(),
        ),
        ("investigating, on hold", on_hold()),
        ("investigating, escalated", escalated()),
        (
            "investigating, with evidence",
            [investigating(), vec![evidence(1)]].concat(),
        ),
        (
            "investigating, the investigator with a conflict of interest",
            [investigating(), vec![conflict_declared("i1")]].concat(),
        ),
        (
            "investigating, the investigator with a conflict of interest, on hold",
            [on_hold(), vec![conflict_declared("i1")]].concat(),
        ),
        ("proposed", proposed()),
        (
            "proposed, a remedy above the limit",
            [investigating(), vec![offered_above_the_limit()]].concat(),
        ),
        ("proposed, on hold", [proposed(), vec![was_held()]].concat()),
        ("communicated", communicated()),
        (
            "communicated, awaiting the complainant",
            [communicated(), vec![complainant_awaited()]].concat(),
        ),
        ("accepted", accepted()),
        ("accepted, on hold", [accepted(), vec![was_held()]].concat()),
        (
            "communicated, the remedy accepted",
            [communicated(), vec![remedy_accepted(1)]].concat(),
        ),
        (
            "communicated, the remedy declined",
            [communicated(), vec![remedy_declined(1)]].concat(),
        ),
        ("disputed", disputed()),
        ("dispute investigated", dispute_investigated()),
        ("closed", closed()),
        ("reopened", reopened()),
        ("reopened, on hold", [reopened(), vec![was_held()]].concat()),
        ("withdrawn", withdrawn()),
        ("imported open", imported_open()),
        ("imported acknowledged", imported_acknowledged()),
        ("imported closed", imported_closed()),
        ("imported reopened", imported_reopened()),
        (
            "imported reopened, on hold",
            [imported_reopened(), vec![was_held()]].concat(),
        ),
    ];
    lives.extend(external::lives());
    lives.extend(after::lives());
    lives.extend(merge::lives());
    lives
}
