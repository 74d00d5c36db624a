use super::given::{
    apology, closed, communicated, dispute_investigated, investigating, proposed, received,
    reopened, response, was_fulfilled, withdrawn,
};
use super::{check, check_refused, fold, time};
use crate::Refusal;
use crate::command::FulfilRemedy;

fn fulfil(remedy: u32) -> FulfilRemedy {
    let occurred_at = Some(time("2026-03-05T09:00:00Z"));
    FulfilRemedy {
        remedy,
        occurred_at,
    }
}

#[test]
fn a_promise_is_kept_wherever_it_stands_also_after_the_end() {
    let lives = [
        proposed(),
        communicated(),
        dispute_investigated(),
        closed(),
        reopened(),
        withdrawn(),
    ];
    for given in lives {
        let before = fold(&given).status();
        check(&given, fulfil(1), Ok(vec![was_fulfilled(1)]));
        let after = fold(&[given, vec![was_fulfilled(1)]].concat());
        assert_eq!(after.status(), before);
    }
}

#[test]
fn a_remedy_is_fulfilled_once() {
    let given = [communicated(), vec![was_fulfilled(1)]].concat();
    check(&given, fulfil(1), Ok(vec![]));
    let untimed = FulfilRemedy {
        occurred_at: None,
        ..fulfil(1)
    };
    check(&given, untimed, Ok(vec![]));
    let later = FulfilRemedy {
        occurred_at: Some(time("2026-03-09T09:00:00Z")),
        ..fulfil(1)
    };
    check_refused(&given, later, "REMEDY_ALREADY_FULFILLED");
}

#[test]
fn a_remedy_that_was_never_promised_or_replaced_is_unknown() {
    let unknown = |remedy| Err(Refusal::RemedyUnknown { remedy });
    check(&received(), fulfil(1), unknown(1));
    check(&investigating(), fulfil(1), unknown(1));
    check(&proposed(), fulfil(2), unknown(2));
    let replaced = [proposed(), vec![response(2, &[apology()])]].concat();
    check(&replaced, fulfil(1), unknown(1));
    check(&[], fulfil(1), Err(Refusal::NotOpened));
}
