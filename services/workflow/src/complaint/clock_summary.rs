//! What happened to a clock, in one line of English.

use redress_policy::clock::Event;

pub(super) fn clock_summary(event: &Event) -> String {
    let clock = event.clock();
    match event {
        Event::Started(e) => {
            let (by, target, policy) = (&e.by, e.terms.target, &e.terms.policy);
            let due = e.due.due_at;
            format!("Clock {clock} started ({by}): {target}, due {due}, under {policy}")
        }
        Event::Paused(e) => format!("Clock {clock} paused: {}", e.cause),
        Event::Resumed(e) => {
            let (cause, due) = (&e.cause, e.due.due_at);
            format!("Clock {clock} no longer paused ({cause}): due {due}")
        }
        Event::Retargeted(e) => {
            let (target, by, due) = (e.terms.target, &e.by, e.due.due_at);
            let reason = e
                .reason
                .as_ref()
                .map_or(String::new(), |it| format!(": {it}"));
            format!("Clock {clock} retargeted ({by}{reason}): {target}, due {due}")
        }
        Event::DueDateSet(e) => {
            let (due, reason) = (e.due_at, &e.reason);
            format!("Clock {clock} due by hand at {due}: {reason}")
        }
        Event::DueDateCleared(e) => {
            format!("Clock {clock} due as computed again: {}", e.reason)
        }
        Event::Warned(e) => format!("Clock {clock} has used {} % of its time", e.percent),
        Event::Breached(e) => format!("Clock {clock} was due at {} and is late", e.due_at),
        Event::Stopped(e) => {
            let how = match (e.is_fulfilled, e.is_in_time) {
                (true, true) => "done in time",
                (true, false) => "done late",
                (false, true) => "ended, not late",
                (false, false) => "ended, late",
            };
            format!("Clock {clock} {how} ({})", e.by)
        }
        Event::Continued(e) => {
            let (by, due) = (&e.by, e.due.due_at);
            format!("Clock {clock} goes on ({by}): due {due}")
        }
    }
}
