//! Waiting, holding, escalating: what stands beside the stage.

use super::given::{
    accepted, acknowledged, assessed, awaiting_complainant, awaiting_third_party, closed,
    communicated, escalated, investigating, on_hold, proposed, received, resumed, sealed,
    was_accepted, was_closed, was_disputed, was_held,
};
use super::standstill::propose;
use super::walk::dispute;
use super::{check, check_refused, decided, fold, time};
use crate::command::{
    AwaitComplainant, AwaitThirdParty, Close, DeEscalate, Escalate, Hold, RecordAcceptance,
    Release, Resume,
};
use crate::event::{DeEscalated, Escalated, Released, Resumed};
use crate::{Awaited, CloseBasis, Event, HoldBasis, Refusal, Status, WaitingFor};

const SINCE: &str = "2026-03-07T09:00:00Z";

fn await_complainant() -> AwaitComplainant {
    AwaitComplainant {
        reason: "photographs".to_owned(),
        explanation: None,
        occurred_at: Some(time(SINCE)),
    }
}

fn await_laboratory() -> AwaitThirdParty {
    AwaitThirdParty {
        third_party: "laboratory".to_owned(),
        reason: "seal_examined".to_owned(),
        explanation: Some(sealed("the seal")),
        occurred_at: Some(time(SINCE)),
    }
}

fn resume(at: Option<&str>) -> Resume {
    Resume {
        reason: Some("answered".to_owned()),
        occurred_at: at.map(time),
    }
}

pub(super) fn hold() -> Hold {
    Hold {
        basis: HoldBasis::CourtProceedings,
        explanation: Some(sealed("at the court of Graz")),
        occurred_at: Some(time(SINCE)),
    }
}

pub(super) fn last(events: &[Event]) -> Event {
    events.last().unwrap().clone()
}

#[test]
fn any_open_complaint_can_wait_and_goes_on_where_it_stood() {
    for given in [
        received(),
        acknowledged(),
        assessed(),
        proposed(),
        accepted(),
    ] {
        let stood = fold(&given);
        let waits = last(&awaiting_complainant());
        check(&given, await_complainant(), Ok(vec![waits.clone()]));
        let waiting = [given.clone(), vec![waits]].concat();
        let state = fold(&waiting);
        let wait = state.waiting().unwrap();
        assert_eq!(
            (&wait.awaited, wait.since),
            (&Awaited::Complainant, time(SINCE))
        );
        assert_eq!(state.status(), stood.status());
        check(
            &waiting,
            resume(Some("2026-03-09T09:00:00Z")),
            Ok(vec![resumed(WaitingFor::Complainant)]),
        );
        let after = [waiting, vec![resumed(WaitingFor::Complainant)]].concat();
        assert_eq!(fold(&after), stood);
    }
}

#[test]
fn a_third_party_is_named_and_the_words_are_kept_apart() {
    check(
        &investigating(),
        await_laboratory(),
        Ok(vec![last(&awaiting_third_party())]),
    );
    let state = fold(&awaiting_third_party());
    assert_eq!(
        state.waiting().unwrap().awaited.third_party(),
        Some("laboratory")
    );
}

#[test]
fn one_answer_is_waited_for_at_a_time() {
    let already = |waiting_for| {
        Err(Refusal::AlreadyWaiting {
            waiting_for,
            since: time(SINCE),
        })
    };
    check(&awaiting_complainant(), await_complainant(), Ok(vec![]));
    check(&awaiting_third_party(), await_laboratory(), Ok(vec![]));
    check(
        &awaiting_complainant(),
        await_laboratory(),
        already(WaitingFor::Complainant),
    );
    check(
        &awaiting_third_party(),
        await_complainant(),
        already(WaitingFor::ThirdParty),
    );
    let other = AwaitThirdParty {
        third_party: "courier".to_owned(),
        ..await_laboratory()
    };
    check(
        &awaiting_third_party(),
        other,
        already(WaitingFor::ThirdParty),
    );
    let other = AwaitComplainant {
        reason: "consent".to_owned(),
        ..await_complainant()
    };
    check(
        &awaiting_complainant(),
        other,
        already(WaitingFor::Complainant),
    );
}

#[test]
fn whoever_does_not_wait_has_resumed_and_whoever_is_not_on_hold_is_released() {
    check(&investigating(), resume(None), Ok(vec![]));
    check(
        &investigating(),
        Release {
            reason: None,
            occurred_at: None,
        },
        Ok(vec![]),
    );
    check(
        &investigating(),
        DeEscalate {
            reason: None,
            occurred_at: None,
        },
        Ok(vec![]),
    );
    check(&closed(), resume(None), Err(Refusal::ComplaintClosed));
}

#[test]
fn a_pause_ends_after_it_began() {
    check_refused(
        &awaiting_complainant(),
        resume(Some("2026-03-06T09:00:00Z")),
        "OCCURRED_BEFORE_PAUSE",
    );
    let early = Release {
        reason: None,
        occurred_at: Some(time("2026-03-06T09:00:00Z")),
    };
    check_refused(&on_hold(), early, "OCCURRED_BEFORE_PAUSE");
}

/// Given a decision and an answer that is waited for, when it comes, then the waiting is over, in an event
/// of its own; another's answer is waited for still.
#[test]
fn an_answer_to_the_decision_ends_the_waiting_for_it() {
    let over = |at: &str| {
        Event::Resumed(Resumed {
            waiting_for: WaitingFor::Complainant,
            reason: None,
            occurred_at: time(at),
        })
    };
    let waits = [communicated(), vec![last(&awaiting_complainant())]].concat();
    let accept = RecordAcceptance {
        occurred_at: Some(time("2026-03-06T09:00:00Z")),
    };
    // It had come before anybody wrote down that it was waited for.
    check(
        &waits,
        accept.clone(),
        Ok(vec![over(SINCE), was_accepted()]),
    );
    let no = crate::command::Dispute {
        occurred_at: Some(time("2026-03-08T09:00:00Z")),
        ..dispute("too_little")
    };
    let events = decided(&waits, &no.into()).unwrap();
    assert_eq!(events[0], over("2026-03-08T09:00:00Z"));
    assert_eq!(events[1].kind(), was_disputed().kind());
    let others = [communicated(), vec![last(&awaiting_third_party())]].concat();
    check(&others, accept, Ok(vec![was_accepted()]));
}

/// Given somebody is waited for, when it is closed, then for nobody but the complainant, whose silence is
/// the ground.
#[test]
fn a_closing_waits_for_a_third_party_and_for_a_hold() {
    let close = |basis| Close {
        basis,
        occurred_at: Some(time("2026-03-19T09:00:00Z")),
    };
    let silent = [communicated(), vec![last(&awaiting_complainant())]].concat();
    check(
        &silent,
        close(CloseBasis::Silent),
        Ok(vec![was_closed(CloseBasis::Silent)]),
    );
    let closed = [silent, vec![was_closed(CloseBasis::Silent)]].concat();
    assert_eq!(fold(&closed).waiting(), None);
    let third = [accepted(), vec![last(&awaiting_third_party())]].concat();
    check_refused(&third, close(CloseBasis::Accepted), "COMPLAINT_WAITING");
    let stopped = [accepted(), vec![was_held()]].concat();
    check_refused(&stopped, close(CloseBasis::Accepted), "COMPLAINT_ON_HOLD");
}

#[test]
fn a_hold_has_a_legal_basis_of_the_list_or_of_the_organisation_s_own() {
    check(&investigating(), hold(), Ok(vec![was_held()]));
    let own = Hold {
        basis: "moratorium".into(),
        ..hold()
    };
    assert_eq!(decided(&investigating(), &own.into()).unwrap().len(), 1);
    let wordy = Hold {
        basis: "because Jane says so".into(),
        ..hold()
    };
    check(
        &investigating(),
        wordy,
        Err(Refusal::FieldNotACode { field: "basis" }),
    );
    let other = Hold {
        basis: HoldBasis::Insolvency,
        ..hold()
    };
    let already = Refusal::AlreadyOnHold {
        basis: HoldBasis::CourtProceedings,
        since: time(SINCE),
    };
    check(&on_hold(), other, Err(already));
    let at = Some(time("2026-03-09T09:00:00Z"));
    let release = Release {
        reason: None,
        occurred_at: at,
    };
    check(
        &on_hold(),
        release,
        Ok(vec![Event::Released(Released {
            basis: HoldBasis::CourtProceedings,
            reason: None,
            occurred_at: time("2026-03-09T09:00:00Z"),
        })]),
    );
}

fn escalate(level: u32) -> Escalate {
    Escalate {
        level,
        reason: "press".to_owned(),
        explanation: None,
        occurred_at: Some(time(SINCE)),
    }
}

#[test]
fn an_escalation_goes_up_and_stops_nothing() {
    let to = |level| {
        Event::Escalated(Escalated {
            level,
            reason: "press".to_owned(),
            explanation: None,
            occurred_at: time(SINCE),
            rule: None,
            policy: None,
            next: None,
        })
    };
    check(&investigating(), escalate(2), Ok(vec![to(2)]));
    assert_eq!(escalated().last(), Some(&to(2)));
    assert_eq!(fold(&escalated()).status(), Some(Status::Investigating));
    assert_eq!(decided(&escalated(), &propose().into()).unwrap().len(), 1);
    check(&escalated(), escalate(3), Ok(vec![to(3)]));
    check(
        &escalated(),
        escalate(1),
        Err(Refusal::AlreadyEscalated { level: 2 }),
    );
    let other = Escalate {
        reason: "regulator".to_owned(),
        ..escalate(2)
    };
    check(
        &escalated(),
        other,
        Err(Refusal::AlreadyEscalated { level: 2 }),
    );
    for level in [0, 10] {
        check(
            &escalated(),
            escalate(level),
            Err(Refusal::LevelOutOfRange { level, max: 9 }),
        );
    }
    let down = DeEscalate {
        reason: None,
        occurred_at: Some(time("2026-03-09T09:00:00Z")),
    };
    check(
        &escalated(),
        down.clone(),
        Ok(vec![Event::DeEscalated(DeEscalated {
            from_level: 2,
            reason: None,
            occurred_at: time("2026-03-09T09:00:00Z"),
        })]),
    );
    let early = DeEscalate {
        occurred_at: Some(time("2026-03-06T09:00:00Z")),
        ..down
    };
    check_refused(&escalated(), early, "OCCURRED_BEFORE_ESCALATION");
}

#[test]
fn what_is_over_has_no_flags() {
    for given in [closed(), super::given::withdrawn(), vec![]] {
        assert_eq!(fold(&given).flags(), None);
    }
    let all = [escalated(), vec![was_held(), last(&awaiting_complainant())]].concat();
    let flags = fold(&all).flags().cloned().unwrap();
    assert!(flags.waiting.is_some() && flags.hold.is_some() && flags.escalation.is_some());
}
