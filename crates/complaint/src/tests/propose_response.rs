use jiff::civil::date;
use redress_envelope::{Money, MoneyError};

use super::given::{
    acknowledged, apology, assessed, communicated, dispute_investigated, disputed, established,
    explained_no, imported_reopened, investigating, investigation_not_required, proposed, refund,
    reopened, response,
};
use super::{check, check_refused, fold, time};
use crate::command::ProposeResponse;
use crate::{Cause, ExplainedRefusal, Refusal, RemedyKind, RemedyOffer, Status};

fn propose(remedies: Vec<RemedyOffer>) -> ProposeResponse {
    ProposeResponse {
        refusal: remedies.is_empty().then(explained_no),
        remedies,
        cause: Some(established()),
        occurred_at: Some(time("2026-03-03T09:00:00Z")),
    }
}

#[test]
fn a_response_offers_remedies_that_get_numbers() {
    let offers = [refund(), apology()];
    check(
        &investigating(),
        propose(offers.to_vec()),
        Ok(vec![response(1, &offers)]),
    );
    assert_eq!(fold(&proposed()).status(), Some(Status::ResponseProposed));
}

#[test]
fn an_explained_refusal_is_a_response() {
    check(
        &investigating(),
        propose(vec![]),
        Ok(vec![response(1, &[])]),
    );
}

#[test]
fn neither_remedy_nor_refusal_is_none() {
    let empty = ProposeResponse {
        refusal: None,
        ..propose(vec![])
    };
    check(&investigating(), empty, Err(Refusal::ResponseEmpty));
    let reason = " ".to_owned();
    let refusal = Some(ExplainedRefusal {
        reason,
        ..explained_no()
    });
    let unexplained = ProposeResponse {
        refusal,
        ..propose(vec![])
    };
    check_refused(&investigating(), unexplained, "FIELD_EMPTY");
    let refusal = Some(ExplainedRefusal {
        reason: "told jane@example.org".to_owned(),
        ..explained_no()
    });
    let personal = ProposeResponse {
        refusal,
        ..propose(vec![])
    };
    check_refused(&investigating(), personal, "FIELD_HAS_ADDRESS");
}

#[test]
fn a_cause_or_that_none_was_established_is_said() {
    let silent = ProposeResponse {
        cause: None,
        ..propose(vec![refund()])
    };
    check(&investigating(), silent, Err(Refusal::CauseMissing));
    let none = Some(Cause::NoCauseEstablished);
    let none = ProposeResponse {
        cause: none,
        ..propose(vec![refund()])
    };
    assert_eq!(
        super::decided(&investigating(), &none.into())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_response_rests_on_an_investigation_or_on_why_none_is_required() {
    let refund = || propose(vec![refund()]);
    check(&acknowledged(), refund(), Err(Refusal::NotAssessed));
    check(&assessed(), refund(), Err(Refusal::InvestigationNotStarted));
    check(
        &imported_reopened(),
        refund(),
        Err(Refusal::InvestigationNotStarted),
    );
    let given = investigation_not_required();
    assert_eq!(super::decided(&given, &refund().into()).unwrap().len(), 1);
}

#[test]
fn the_same_response_again_does_nothing_and_another_replaces_it_under_new_numbers() {
    check(&proposed(), propose(vec![refund()]), Ok(vec![]));
    let other = [apology()];
    check(
        &proposed(),
        propose(other.to_vec()),
        Ok(vec![response(2, &other)]),
    );
    let state = fold(&[proposed(), vec![response(2, &other)]].concat());
    let numbers: Vec<_> = state.response().unwrap().remedies.keys().copied().collect();
    assert_eq!(numbers, [2]);
}

#[test]
fn after_a_dispute_or_a_reopening_the_numbers_go_on() {
    for given in [dispute_investigated(), reopened()] {
        check(
            &given,
            propose(vec![refund()]),
            Ok(vec![response(2, &[refund()])]),
        );
    }
}

#[test]
fn a_decision_that_was_told_or_disputed_is_not_replaced_in_silence() {
    let again = || propose(vec![apology()]);
    check(
        &communicated(),
        again(),
        Err(Refusal::DecisionAlreadyCommunicated),
    );
    check(&disputed(), again(), Err(Refusal::DisputeNotInvestigated));
}

#[test]
fn amounts_kinds_and_counts_are_checked() {
    let priced = |minor_units, currency: &str| RemedyOffer {
        amount: Some(Money {
            minor_units,
            currency: currency.to_owned(),
        }),
        ..refund()
    };
    for (offer, error) in [
        (priced(-1, "EUR"), MoneyError::Amount),
        (priced(1, "euro"), MoneyError::Currency),
    ] {
        let refusal = Refusal::AmountInvalid { error };
        check(&investigating(), propose(vec![offer]), Err(refusal));
    }
    let nameless = RemedyOffer {
        kind: RemedyKind::from(""),
        ..apology()
    };
    check_refused(&investigating(), propose(vec![nameless]), "FIELD_EMPTY");
    let capital = RemedyOffer {
        kind: RemedyKind::from("Refund"),
        ..apology()
    };
    let refusal = check_refused(&investigating(), propose(vec![capital]), "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("remedies"));
    let sentence = ProposeResponse {
        cause: Some(Cause::Established {
            code: "The seal was worn".to_owned(),
        }),
        ..propose(vec![apology()])
    };
    let refusal = check_refused(&investigating(), sentence, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("cause"));
    let many = propose(vec![apology(); 33]);
    check_refused(&investigating(), many, "TOO_MANY_REMEDIES");
}

#[test]
fn nothing_is_promised_for_a_day_that_is_over_everywhere() {
    let promised = |day| {
        propose(vec![RemedyOffer {
            promised_by: Some(day),
            ..refund()
        }])
    };
    // At nine in Greenwich it is still the day before somewhere; at noon nowhere.
    let at_noon = |day| ProposeResponse {
        occurred_at: Some(time("2026-03-03T12:00:00Z")),
        ..promised(day)
    };
    let taken = |when: ProposeResponse| super::decided(&investigating(), &when.into()).is_ok();
    let (before, yesterday) = (date(2026, 3, 1), date(2026, 3, 2));
    let over = |day| Err(Refusal::PromisedInThePast { day });
    check(&investigating(), promised(before), over(before));
    assert!(taken(promised(yesterday)));
    check(&investigating(), at_noon(yesterday), over(yesterday));
    assert!(taken(at_noon(date(2026, 3, 3))));
}
