//! What stands beside the stage.

use super::handled_here;
use crate::event;
use crate::state::{Awaited, Escalation, Flags, Hold, Waiting};
use crate::{Ground, State};

/// It is handling, too: what another system reports later moves nothing.
fn on_flags(mut complaint: State, change: impl FnOnce(&mut Flags)) -> State {
    if let State::Open { file, flags, .. } = &mut complaint {
        handled_here(file);
        change(flags);
    }
    complaint
}

pub(super) fn complainant_awaited(complaint: State, e: &event::ComplainantAwaited) -> State {
    let waiting = Waiting {
        awaited: Awaited::Complainant,
        ground: Ground {
            reason: Some(e.reason.clone()),
            explanation: e.explanation.clone(),
        },
        since: e.occurred_at,
    };
    on_flags(complaint, |flags| flags.waiting = Some(Box::new(waiting)))
}

pub(super) fn third_party_awaited(complaint: State, e: &event::ThirdPartyAwaited) -> State {
    let waiting = Waiting {
        awaited: Awaited::ThirdParty {
            party: e.third_party.clone(),
        },
        ground: Ground {
            reason: Some(e.reason.clone()),
            explanation: e.explanation.clone(),
        },
        since: e.occurred_at,
    };
    on_flags(complaint, |flags| flags.waiting = Some(Box::new(waiting)))
}

pub(super) fn resumed(complaint: State) -> State {
    on_flags(complaint, |flags| flags.waiting = None)
}

pub(super) fn held(complaint: State, e: &event::Held) -> State {
    let hold = Hold {
        basis: e.basis.clone(),
        explanation: e.explanation.clone(),
        since: e.occurred_at,
    };
    on_flags(complaint, |flags| flags.hold = Some(Box::new(hold)))
}

pub(super) fn released(complaint: State) -> State {
    on_flags(complaint, |flags| flags.hold = None)
}

pub(super) fn escalated(complaint: State, e: &event::Escalated) -> State {
    let escalation = Escalation {
        level: e.level,
        ground: Ground {
            reason: Some(e.reason.clone()),
            explanation: e.explanation.clone(),
        },
        since: e.occurred_at,
        next: e.next.clone(),
    };
    on_flags(complaint, |flags| {
        flags.escalation = Some(Box::new(escalation));
    })
}

pub(super) fn de_escalated(complaint: State) -> State {
    on_flags(complaint, |flags| flags.escalation = None)
}
