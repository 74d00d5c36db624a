use super::given::{
    acknowledged, assessed, communicated, disputed, investigating, investigation_not_required,
    investigation_started, kept_out, proposed, received, reopened, user,
};
use super::{check, fold, time};
use crate::command::{ProposeResponse, StartInvestigation};
use crate::event::InvestigationRefused;
use crate::{ConflictDeclaration, Event, Refusal, Status};

fn start() -> StartInvestigation {
    StartInvestigation {
        investigator: user("i1"),
        declaration: ConflictDeclaration::NoConflict,
        occurred_at: Some(time("2026-03-02T10:00:00Z")),
    }
}

#[test]
fn an_assessed_complaint_is_investigated() {
    check(&assessed(), start(), Ok(vec![investigation_started()]));
    assert_eq!(fold(&investigating()).status(), Some(Status::Investigating));
}

#[test]
fn a_conflict_of_interest_keeps_the_investigator_out() {
    let declared = |declaration| StartInvestigation {
        declaration,
        ..start()
    };
    let conflict = declared(ConflictDeclaration::Conflict);
    check(&assessed(), conflict.clone(), Ok(vec![kept_out()]));
    let given = [assessed(), vec![kept_out()]].concat();
    assert_eq!(fold(&given).status(), Some(Status::Assessed));
    assert_eq!(fold(&given).inquiry(), None);
    let Event::InvestigationRefused(refused) = kept_out() else {
        panic!("it is one");
    };
    assert_eq!(refused.refusal(), Refusal::ConflictOfInterest);
    // Where there is nothing to investigate, nobody was to.
    check(&acknowledged(), conflict.clone(), Err(Refusal::NotAssessed));
    check(&given, start(), Ok(vec![investigation_started()]));
    let again = [given, vec![investigation_started()]].concat();
    check(&again, conflict, Ok(vec![kept_out()]));
    assert_eq!(fold(&again).file().map(|it| it.kept_out.len()), Some(0));
    let silent = declared(ConflictDeclaration::NotMade);
    check(&assessed(), silent, Err(Refusal::ConflictNotDeclared));
}

/// Given somebody who was kept out, when the same declares it again, then it is recorded once for an
/// investigation; and after a dispute or a reopening, which is another one, again.
#[test]
fn a_conflict_is_recorded_once_for_each_investigation() {
    let conflict = StartInvestigation {
        declaration: ConflictDeclaration::Conflict,
        occurred_at: None,
        ..start()
    };
    let once = [assessed(), vec![kept_out()]].concat();
    check(&once, conflict.clone(), Ok(vec![]));
    let kept_in = |given: &[Event]| super::decided(given, &conflict.clone().into()).unwrap();
    for given in [disputed(), reopened()] {
        // Whoever had a conflict in the investigation before it, while somebody else investigated.
        let mut given = given;
        let place = given.iter().position(|it| *it == investigation_started());
        given.insert(place.unwrap(), kept_out_of("i2"));
        given.insert(place.unwrap(), kept_out());
        assert!(fold(&given).file().unwrap().kept_out.is_empty());
        let events = kept_in(&given);
        assert_eq!(events.len(), 1);
        let after = [given, events].concat();
        assert_eq!(kept_in(&after), []);
    }
}

/// Given an investigation, when its investigator declares a conflict of interest, then nobody investigates,
/// and no response rests on it until somebody does, or the same one declares that there is none after all.
#[test]
fn who_declares_a_conflict_while_investigating_no_longer_does() {
    let conflict = StartInvestigation {
        declaration: ConflictDeclaration::Conflict,
        ..start()
    };
    check(&investigating(), conflict, Ok(vec![kept_out()]));
    let given = [investigating(), vec![kept_out()]].concat();
    assert_eq!(fold(&given).status(), Some(Status::Investigating));
    assert_eq!(fold(&given).inquiry(), None);
    let Event::ResponseProposed(proposed) = proposed().pop().unwrap() else {
        panic!("a response");
    };
    let propose = ProposeResponse {
        remedies: proposed.remedies.into_iter().map(|it| it.offer).collect(),
        refusal: proposed.refusal,
        cause: Some(proposed.cause),
        occurred_at: Some(proposed.occurred_at),
    };
    check(&given, propose, Err(Refusal::InvestigationNotStarted));
    check(&given, start(), Ok(vec![investigation_started()]));
    let other = [given, vec![kept_out_of("i2")]].concat();
    let of_another = [investigating(), vec![kept_out_of("i2")]].concat();
    assert_eq!(fold(&other).inquiry(), None);
    assert!(fold(&of_another).inquiry().is_some());
}

fn kept_out_of(investigator: &str) -> Event {
    let Event::InvestigationRefused(refused) = kept_out() else {
        panic!("it is one");
    };
    Event::InvestigationRefused(InvestigationRefused {
        investigator: user(investigator),
        ..refused
    })
}

#[test]
fn what_was_not_assessed_is_not_investigated() {
    let unacknowledged = Refusal::NotAcknowledged { unknown: false };
    check(&received(), start(), Err(unacknowledged));
    check(&acknowledged(), start(), Err(Refusal::NotAssessed));
}

#[test]
fn that_none_was_required_can_be_thought_better_of() {
    check(
        &investigation_not_required(),
        start(),
        Ok(vec![investigation_started()]),
    );
}

#[test]
fn the_same_investigator_starts_once_and_another_takes_over() {
    check(&investigating(), start(), Ok(vec![]));
    let other = StartInvestigation {
        investigator: user("i2"),
        ..start()
    };
    assert_eq!(
        super::decided(&investigating(), &other.into())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_dispute_and_a_reopening_are_investigated_anew_by_the_same_person_too() {
    let now = StartInvestigation {
        occurred_at: None,
        ..start()
    };
    for given in [disputed(), reopened()] {
        let events = super::decided(&given, &now.clone().into()).unwrap();
        assert_eq!(events.len(), 1);
        let after = [given, events].concat();
        assert_eq!(fold(&after).status(), Some(Status::Investigating));
        check(&after, now.clone(), Ok(vec![]));
    }
}

#[test]
fn it_is_too_late_once_a_response_is_proposed_or_told() {
    check(&proposed(), start(), Err(Refusal::ResponseAlreadyProposed));
    check(
        &communicated(),
        start(),
        Err(Refusal::DecisionAlreadyCommunicated),
    );
}
