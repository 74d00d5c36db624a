//! One remedy at a time: offered, accepted, declined.

use super::given::{
    accepted, apology, assessed, closed, communicated, dispute_investigated, disputed,
    investigating, proposed, received, refund, remedy_accepted, remedy_declined, remedy_offered,
    response, was_communicated, was_fulfilled,
};
use super::walk::{accept_remedy, decline_remedy, offer_remedy};
use super::{check, check_refused, decided, fold, time};
use crate::command::{AcceptRemedy, Close, DeclineRemedy, FulfilRemedy, OfferRemedy};
use crate::event::DecisionCommunicated;
use crate::{CloseBasis, Event, Outcome, Refusal, RemedyKind, RemedyOffer};

const AT: &str = "2026-03-05T09:00:00Z";

fn offer(offer: RemedyOffer) -> OfferRemedy {
    let occurred_at = Some(time(AT));
    OfferRemedy { offer, occurred_at }
}

fn accept(remedy: u32) -> AcceptRemedy {
    let occurred_at = Some(time(AT));
    AcceptRemedy {
        remedy,
        occurred_at,
    }
}

fn decline(remedy: u32) -> DeclineRemedy {
    DeclineRemedy {
        occurred_at: Some(time(AT)),
        ..decline_remedy(remedy)
    }
}

#[test]
fn a_remedy_more_is_offered_of_what_was_proposed_or_told() {
    for given in [proposed(), communicated(), accepted(), disputed()] {
        check(
            &given,
            offer(apology()),
            Ok(vec![remedy_offered(2, apology())]),
        );
    }
    let given = [communicated(), vec![remedy_offered(2, apology())]].concat();
    assert_eq!(fold(&given).owed(), [1, 2]);
    let again = RemedyOffer {
        kind: RemedyKind::Goodwill,
        ..refund()
    };
    check(
        &given,
        offer(again.clone()),
        Ok(vec![remedy_offered(3, again)]),
    );
    check(&proposed(), offer(refund()), Ok(vec![]));
    for (given, code) in [
        (received(), "COMPLAINT_NOT_ACKNOWLEDGED"),
        (assessed(), "RESPONSE_NOT_PROPOSED"),
        (investigating(), "RESPONSE_NOT_PROPOSED"),
        (dispute_investigated(), "RESPONSE_NOT_PROPOSED"),
        (closed(), "COMPLAINT_CLOSED"),
    ] {
        check_refused(&given, offer_remedy(apology()), code);
    }
}

#[test]
fn an_offer_does_not_turn_a_decision_round_and_keeps_the_rules_of_a_response() {
    let no = Event::DecisionCommunicated(DecisionCommunicated {
        outcome: Outcome::NotUpheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        occurred_at: time("2026-03-04T09:00:00Z"),
        external_recourse: None,
    });
    let refused = [investigating(), vec![response(1, &[]), no]].concat();
    let good = Refusal::MadeGoodButNotUpheld { remedies: vec![1] };
    check(&refused, offer(refund()), Err(good));
    let goodwill = RemedyOffer {
        kind: RemedyKind::Goodwill,
        ..refund()
    };
    assert_eq!(decided(&refused, &offer(goodwill).into()).unwrap().len(), 1);
    let over = RemedyOffer {
        promised_by: Some(jiff::civil::date(2026, 3, 1)),
        ..apology()
    };
    check_refused(&communicated(), offer(over), "PROMISED_IN_THE_PAST");
    let wordy = RemedyOffer {
        kind: "a nice letter".into(),
        ..apology()
    };
    check_refused(&communicated(), offer(wordy), "FIELD_NOT_A_CODE");
    let many = [investigating(), vec![response(1, &vec![apology(); 32])]].concat();
    check_refused(&many, offer(refund()), "TOO_MANY_REMEDIES");
}

#[test]
fn the_complainant_takes_one_and_declines_another_and_may_think_better_of_it() {
    let two = [
        investigating(),
        vec![response(1, &[refund(), apology()]), was_communicated(true)],
    ]
    .concat();
    check(&two, accept(1), Ok(vec![remedy_accepted(1)]));
    check(&two, decline(2), Ok(vec![remedy_declined(2)]));
    let given = [two.clone(), vec![remedy_accepted(1), remedy_declined(2)]].concat();
    assert_eq!(fold(&given).owed(), [1]);
    check(&given, decline(1), Ok(vec![remedy_declined(1)]));
    check(&given, accept(2), Ok(vec![remedy_accepted(2)]));
    let fulfil = |remedy| FulfilRemedy {
        remedy,
        occurred_at: Some(time(AT)),
    };
    check(
        &given,
        fulfil(2),
        Err(Refusal::RemedyDeclined { remedy: 2 }),
    );
    check(&given, fulfil(1), Ok(vec![was_fulfilled(1)]));
    let given = [given, vec![was_fulfilled(1)]].concat();
    let remedy = fold(&given).response().unwrap().remedies[&1].clone();
    assert_eq!(
        (remedy.accepted_at(), remedy.fulfilled_at()),
        (Some(time(AT)), Some(time(AT)))
    );
    check_refused(&given, decline(1), "REMEDY_ALREADY_FULFILLED");
    check_refused(&given, accept(1), "REMEDY_ALREADY_FULFILLED");
}

#[test]
fn only_what_the_complainant_was_told_of_is_taken_or_declined() {
    check(
        &proposed(),
        accept(1),
        Err(Refusal::DecisionNotCommunicated),
    );
    check(
        &proposed(),
        decline(1),
        Err(Refusal::DecisionNotCommunicated),
    );
    check(
        &communicated(),
        accept(2),
        Err(Refusal::RemedyUnknown { remedy: 2 }),
    );
    check(
        &communicated(),
        decline(2),
        Err(Refusal::RemedyUnknown { remedy: 2 }),
    );
    // What was told before a dispute stands until another response replaces it.
    check(
        &dispute_investigated(),
        accept(1),
        Ok(vec![remedy_accepted(1)]),
    );
    assert_eq!(accept_remedy(1).remedy, 1);
}

/// Given a remedy that nobody promised for a day, when it is declined, then it is not in the way of closing.
#[test]
fn what_is_declined_is_not_in_the_way_of_closing() {
    let given = [
        investigating(),
        vec![
            response(1, &[refund(), apology()]),
            was_communicated(true),
            super::given::was_accepted(),
        ],
    ]
    .concat();
    let close = Close {
        basis: CloseBasis::Accepted,
        occurred_at: None,
    };
    check(
        &given,
        close.clone(),
        Err(Refusal::RemedyOpen { remedies: vec![2] }),
    );
    let given = [given, vec![remedy_declined(2)]].concat();
    assert_eq!(decided(&given, &close.into()).unwrap().len(), 1);
}
