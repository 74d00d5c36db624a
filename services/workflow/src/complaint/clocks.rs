//! The clocks of a complaint as an answer.

use jiff::{SignedDuration, Timestamp};
use redress_policy::clock::Status;
use redress_policy::{Book, Clock, ClockRefusal, Clocks};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;

/// As they stand by what is recorded: nothing here asks what time it is.
pub(super) fn recorded(clocks: &Clocks) -> Vec<wire::Clock> {
    clocks.iter().map(clock).collect()
}

/// With what hangs on the moment.
pub(super) fn live(clocks: &Clocks, book: &Book, now: Timestamp) -> Vec<wire::Clock> {
    let all = clocks.iter().map(|it| {
        let seconds = |of: Result<SignedDuration, ClockRefusal>| {
            of.map_err(|why| tracing::warn!(clock = it.name(), %why, "it cannot be computed"))
                .ok()
                .map(|it| it.as_secs())
        };
        wire::Clock {
            late: it.is_breached(now),
            elapsed_seconds: seconds(it.elapsed(now, book)),
            remaining_seconds: seconds(it.remaining(now, book)),
            ..clock(it)
        }
    });
    all.collect()
}

/// Whether one that has not stopped is late.
pub(super) fn is_late(clocks: &[wire::Clock]) -> bool {
    clocks.iter().any(|it| it.late && it.stopped_at.is_none())
}

fn clock(it: &Clock) -> wire::Clock {
    let terms = it.terms();
    let mut told = wire::Clock {
        clock: it.name().to_owned(),
        policy_version: terms.policy.clone(),
        status: "running".to_owned(),
        target: terms.target.to_string(),
        calendar: terms.calendar.clone(),
        started_at: Some(time_to_wire(it.started_at())),
        due_at: it.due_at().map(time_to_wire),
        due_by_hand: it.is_manual(),
        late: it.is_told_late(),
        ..wire::Clock::default()
    };
    match it.status() {
        Status::Running => {}
        Status::Paused { since } => {
            "paused".clone_into(&mut told.status);
            told.paused_since = Some(time_to_wire(since));
            told.paused_for = it.paused_for().map(str::to_owned).collect();
        }
        Status::Stopped {
            at, is_fulfilled, ..
        } => {
            "stopped".clone_into(&mut told.status);
            told.stopped_at = Some(time_to_wire(at));
            told.fulfilled = is_fulfilled;
        }
    }
    told
}
