//! What the policies in force ask for, beyond what holds under each.

use std::collections::{BTreeMap, BTreeSet};

use redress_envelope::Money;

use super::given::{
    apology, assessment, communicated, conflict_declared, evidence, finding, investigating,
    investigation_not_required, offered_above_the_limit, proposed, refund, remedy_approved,
    remedy_declined, remedy_offered, response, user, was_accepted, was_communicated,
};
use super::walk::{accept_remedy, any_sum, approve_remedy, assess, decline_remedy, offer_remedy};
use super::{NOW, fold, time};
use crate::command::{Assess, Close, CommunicateDecision, FulfilRemedy, ProposeResponse};
use crate::{
    Approval, Cause, CloseBasis, Command, Event, ExternalRecourse, Outcome, Refusal, RemedyKind,
    RemedyOffer, RequiredRecord, Rules, Severity, decide, missing_for_close,
};

/// Rules that ask for everything that a policy can ask for.
pub(super) fn strict() -> Rules {
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
    Rules {
        silence_ends_at: Some(time("2026-04-01T00:00:00Z")),
        close_bases: Some(vec![CloseBasis::Accepted]),
        external_recourse: ExternalRecourse::Always,
        records: RequiredRecord::ALL.iter().copied().collect(),
        unknown_facts: words(&["site"]),
        evidence: words(&["device_identification"]),
        proposed_severity: Some(Severity::Critical),
        remedy_kinds: Some(words(&["refund", "information"])),
        approval_limits: Some(BTreeMap::from([("EUR".to_owned(), 4000)])),
        caller: Some(user("h7")),
        ..Rules::default()
    }
}

fn limited() -> Rules {
    Rules {
        approval_limits: strict().approval_limits,
        caller: strict().caller,
        ..Rules::default()
    }
}

fn under(rules: &Rules, given: &[Event], when: impl Into<Command>) -> Result<Vec<Event>, Refusal> {
    decide(&fold(given), &when.into(), rules, time(NOW))
}

fn propose(remedies: Vec<RemedyOffer>) -> ProposeResponse {
    ProposeResponse {
        remedies,
        refusal: None,
        cause: Some(Cause::NoCauseEstablished),
        occurred_at: None,
    }
}

fn limit() -> Money {
    Money::new(4000, "EUR").unwrap()
}

#[test]
fn an_assessment_without_a_severity_takes_the_proposed_one() {
    let acknowledged = super::given::acknowledged();
    let open = Assess {
        severity: None,
        ..assess()
    };
    let refusal = under(&Rules::default(), &acknowledged, open.clone());
    let missing = vec!["severity"];
    assert_eq!(refusal, Err(Refusal::AssessmentIncomplete { missing }));
    let events = under(&strict(), &acknowledged, open.clone()).unwrap();
    let [Event::Assessed(e)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(e.assessment.severity, Severity::Critical);
    assert_eq!(e.proposed_severity, Some(Severity::Critical));
    assert_eq!(e.severity_reason, None);
    let after = [acknowledged, events.clone()].concat();
    assert_eq!(under(&strict(), &after, open), Ok(vec![]));
}

#[test]
fn who_finds_another_severity_says_why_and_the_event_tells_both() {
    let acknowledged = super::given::acknowledged();
    let proposed = Severity::Critical;
    let refusal = under(&strict(), &acknowledged, assess());
    assert_eq!(refusal, Err(Refusal::SeverityReasonMissing { proposed }));
    let because = Assess {
        reason: Some("nobody_was_near".to_owned()),
        ..assess()
    };
    let events = under(&strict(), &acknowledged, because).unwrap();
    let [Event::Assessed(e)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(e.assessment.severity, assessment().severity);
    assert_eq!(e.proposed_severity, Some(Severity::Critical));
    assert_eq!(e.severity_reason.as_deref(), Some("nobody_was_near"));
}

#[test]
fn only_what_the_policies_allow_is_offered() {
    let refusal = Refusal::RemedyNotAllowed {
        kind: RemedyKind::Apology,
        allowed: vec!["information".to_owned(), "refund".to_owned()],
    };
    let said = refusal.to_string();
    assert!(
        said.contains("`apology`") && said.contains("information, refund"),
        "{said}"
    );
    let given = investigating();
    let answer = under(&strict(), &given, propose(vec![refund(), apology()]));
    assert_eq!(answer, Err(refusal.clone()));
    let answer = under(&strict(), &proposed(), offer_remedy(apology()));
    assert_eq!(answer, Err(refusal));
}

#[test]
fn what_is_above_the_limit_is_told_to_nobody_before_another_person_approves_it() {
    let events = under(
        &limited(),
        &investigating(),
        propose(vec![refund(), apology()]),
    )
    .unwrap();
    let [Event::ResponseProposed(e)] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!(e.remedies[0].approval_limit, Some(limit()));
    assert_eq!(e.remedies[1].approval_limit, None);
    assert_eq!(e.offered_by, Some(user("h7")));

    let given = [investigating(), vec![offered_above_the_limit()]].concat();
    let tell = CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        external_recourse: None,
        occurred_at: None,
    };
    let not_approved = Refusal::RemedyNotApproved {
        remedies: vec![1],
        limit: limit(),
    };
    assert!(not_approved.to_string().contains("40.00 EUR"));
    // Whatever is in force by now: it was offered under a limit.
    let rules = Rules::default();
    assert_eq!(under(&rules, &given, tell.clone()), Err(not_approved));
    let own = under(&rules, &given, approve_remedy(1, "h7"));
    assert_eq!(own, Err(Refusal::ApproverIsOfferer { remedy: 1 }));
    let unknown = under(&rules, &given, approve_remedy(2, "lead"));
    assert_eq!(unknown, Err(Refusal::RemedyUnknown { remedy: 2 }));

    let given = [given, vec![remedy_approved(1, "lead")]].concat();
    let response = fold(&given).response().cloned().unwrap();
    let by = user("lead");
    assert!(matches!(&response.remedies[&1].approval, Approval::Given { by: it, .. } if *it == by));
    assert_eq!(under(&rules, &given, approve_remedy(1, "boss")), Ok(vec![]));
    assert_eq!(under(&rules, &given, tell).unwrap().len(), 1);
}

#[test]
fn what_was_declined_counts_beside_what_is_offered_because_it_may_be_taken_after_all() {
    // 49.90 were told and declined; with the limit of 40.00 nobody offers any more alone.
    let given = [communicated(), vec![remedy_declined(1)]].concat();
    let more = RemedyOffer {
        amount: Money::new(1000, "EUR").ok(),
        ..refund()
    };
    let events = under(&limited(), &given, offer_remedy(more)).unwrap();
    assert!(matches!(&events[..], [Event::RemedyOffered(e)] if e.remedy.approval_limit.is_some()));
}

#[test]
fn who_has_a_conflict_of_interest_approves_no_remedy_and_money_has_an_amount() {
    let offered = vec![offered_above_the_limit(), conflict_declared("lead")];
    let given = [investigating(), offered].concat();
    let rules = Rules::default();
    assert_eq!(
        under(&rules, &given, approve_remedy(1, "lead")),
        Err(Refusal::ApproverHasConflict { remedy: 1 })
    );
    assert_eq!(
        under(&rules, &given, approve_remedy(1, "boss"))
            .unwrap()
            .len(),
        1
    );
    let missing = Err(Refusal::AmountMissing {
        kind: RemedyKind::Refund,
    });
    let any = any_sum();
    assert_eq!(under(&limited(), &proposed(), any.clone()), missing);
    let answer = under(
        &limited(),
        &investigating(),
        propose(vec![any.offer.clone()]),
    );
    assert_eq!(answer, missing);
    assert_eq!(under(&rules, &proposed(), any).unwrap().len(), 1);
}

#[test]
fn what_is_offered_later_above_the_limit_is_owed_only_once_it_is_approved() {
    // The response has 49.90 already: any more is above the limit.
    let more = RemedyOffer {
        amount: Money::new(1, "EUR").ok(),
        ..refund()
    };
    let events = under(&limited(), &communicated(), offer_remedy(more)).unwrap();
    let given = [communicated(), events].concat();
    let rules = Rules::default();
    assert_eq!(fold(&given).owed(), [1]);
    let not_approved = Err(Refusal::RemedyNotApproved {
        remedies: vec![2],
        limit: limit(),
    });
    let fulfil = FulfilRemedy {
        remedy: 2,
        occurred_at: None,
    };
    assert_eq!(under(&rules, &given, fulfil.clone()), not_approved);
    assert_eq!(under(&rules, &given, accept_remedy(2)), not_approved);
    let accepted = [given.clone(), vec![was_accepted()]].concat();
    let close = Close {
        basis: CloseBasis::Accepted,
        occurred_at: None,
    };
    assert_eq!(under(&rules, &accepted, close.clone()), not_approved);

    let approved = [given.clone(), vec![remedy_approved(2, "lead")]].concat();
    assert_eq!(fold(&approved).owed(), [1, 2]);
    assert_eq!(under(&rules, &approved, fulfil).unwrap().len(), 1);
    // What nobody wants needs no approval.
    let declined = under(&rules, &accepted, decline_remedy(2)).unwrap();
    let declined = [accepted, declined].concat();
    assert_eq!(under(&rules, &declined, close).unwrap().len(), 1);
    let late = under(&rules, &declined, approve_remedy(2, "lead"));
    assert_eq!(late, Err(Refusal::RemedyDeclined { remedy: 2 }));
}

#[test]
fn an_amount_in_a_currency_without_a_limit_needs_approval_and_one_within_none() {
    let in_yen = RemedyOffer {
        amount: Money::new(1, "JPY").ok(),
        ..refund()
    };
    let within = RemedyOffer {
        amount: Money::new(4000, "EUR").ok(),
        ..refund()
    };
    let limits = |remedies: Vec<RemedyOffer>| {
        let events = under(&limited(), &investigating(), propose(remedies)).unwrap();
        let [Event::ResponseProposed(e)] = &events[..] else {
            panic!("{events:?}")
        };
        let limits = e.remedies.iter().map(|it| it.approval_limit.clone());
        limits
            .map(|it| it.map_or("none".to_owned(), |it| it.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(limits(vec![in_yen, within.clone()]), ["0 JPY", "none"]);
    // Two within the limit are together above it.
    assert_eq!(
        limits(vec![within.clone(), within]),
        ["40.00 EUR", "40.00 EUR"]
    );
}

fn told() -> Vec<Event> {
    let recorded = [evidence(1), finding(1, &[1])];
    let answer = [
        response(1, &[refund()]),
        was_communicated(true),
        was_accepted(),
    ];
    [&investigating()[..], &recorded, &answer].concat()
}

#[test]
fn closing_waits_for_every_record_and_says_which() {
    let missing = |given: &[Event], rules: &Rules| {
        missing_for_close(&fold(given), &CloseBasis::Accepted, rules, time(NOW))
    };
    let rules = Rules {
        external_recourse: ExternalRecourse::NotAskedFor,
        ..strict()
    };
    let records = |records: &[&str]| Refusal::RecordsMissing {
        records: records.iter().map(|it| (*it).to_owned()).collect(),
    };
    let device = "evidence of the kind device_identification";
    assert_eq!(missing(&told(), &rules), [records(&["site", device])]);
    let without = [
        &investigating()[..],
        &[
            response(1, &[refund()]),
            was_communicated(false),
            was_accepted(),
        ],
    ];
    assert_eq!(
        missing(&without.concat(), &rules),
        [records(&["finding", "recourse", "site", device])]
    );
    // Where nobody need investigate no finding and no evidence is asked for.
    let not_required = [
        investigation_not_required(),
        vec![
            response(1, &[refund()]),
            was_communicated(true),
            was_accepted(),
        ],
    ];
    assert_eq!(
        missing(&not_required.concat(), &rules),
        [records(&["site"])]
    );
    // What feedback did not say is recorded as evidence.
    let kinds = Rules {
        unknown_facts: BTreeSet::from(["measurement".to_owned()]),
        evidence: BTreeSet::from(["measurement".to_owned()]),
        ..rules
    };
    assert_eq!(missing(&told(), &kinds), []);
}

#[test]
fn the_body_outside_is_named_where_a_policy_asks_for_it() {
    let asking = |external_recourse| Rules {
        external_recourse,
        ..Rules::default()
    };
    let missing = |given: &[Event], rules: &Rules| {
        missing_for_close(&fold(given), &CloseBasis::Accepted, rules, time(NOW))
    };
    let always = asking(ExternalRecourse::Always);
    assert_eq!(
        missing(&told(), &always),
        [Refusal::ExternalRecourseNotNamed]
    );
    assert_eq!(
        missing(&told(), &asking(ExternalRecourse::UnlessUpheld)),
        []
    );
    let named = CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        external_recourse: Some("ombudsman".to_owned()),
        occurred_at: None,
    };
    let events = under(&always, &told(), named.clone()).unwrap();
    let given = [told(), events].concat();
    assert_eq!(missing(&given, &always), []);
    assert_eq!(under(&always, &given, named.clone()), Ok(vec![]));
    let personal = CommunicateDecision {
        external_recourse: Some("Mr Smith".to_owned()),
        ..named
    };
    let refusal = under(&always, &given, personal).unwrap_err();
    assert_eq!(refusal.code(), "FIELD_NOT_A_CODE");
}

#[test]
fn a_complaint_is_closed_on_a_basis_that_the_policies_allow() {
    let rules = Rules {
        close_bases: Some(vec![CloseBasis::Accepted]),
        ..Rules::default()
    };
    let close = Close {
        basis: CloseBasis::OptionsExhausted,
        occurred_at: None,
    };
    let refusal = Refusal::CloseBasisNotAllowed {
        basis: CloseBasis::OptionsExhausted,
        allowed: vec![CloseBasis::Accepted],
    };
    assert_eq!(under(&rules, &communicated(), close), Err(refusal));
}

#[test]
fn silence_is_as_long_as_a_policy_says_where_one_does() {
    let silent = Close {
        basis: CloseBasis::Silent,
        occurred_at: None,
    };
    let ends_at = time("2026-04-01T00:00:00Z");
    let rules = Rules {
        silence_ends_at: Some(ends_at),
        ..Rules::default()
    };
    assert_eq!(
        under(&Rules::default(), &communicated(), silent.clone())
            .unwrap()
            .len(),
        1
    );
    let refusal = Refusal::SilenceTooShort { ends_at };
    assert_eq!(under(&rules, &communicated(), silent), Err(refusal));
}

#[test]
fn an_escalation_remembers_where_it_goes_on_to() {
    let next = crate::NextLevel {
        level: 3,
        rule: "ours/team_lead".to_owned(),
        policy: Some("ours@3:0123456789ab".to_owned()),
        at: time("2026-03-11T17:00:00Z"),
    };
    let mut escalated = super::given::was_escalated();
    if let Event::Escalated(e) = &mut escalated {
        e.next = Some(next.clone());
    }
    let state = fold(
        &[
            investigating(),
            vec![escalated, remedy_offered(1, apology())],
        ]
        .concat(),
    );
    assert_eq!(state.escalation().unwrap().next, Some(next));
}

#[test]
fn a_response_waits_for_what_can_only_be_recorded_before_it() {
    let asking = Rules {
        records: BTreeSet::from([RequiredRecord::Finding, RequiredRecord::Recourse]),
        unknown_facts: BTreeSet::from(["site".to_owned()]),
        evidence: BTreeSet::from(["measurement".to_owned()]),
        ..Rules::default()
    };
    let answer = under(&asking, &investigating(), propose(vec![refund()]));
    let records = ["finding", "site", "evidence of the kind measurement"];
    let records = records.map(str::to_owned).to_vec();
    assert_eq!(answer, Err(Refusal::RecordsMissing { records }));
    let recorded = [investigating(), vec![evidence(1), finding(1, &[1])]].concat();
    let answer = under(&asking, &recorded, propose(vec![refund()]));
    let records = vec!["site".to_owned()];
    assert_eq!(answer, Err(Refusal::RecordsMissing { records }));
    let known = Rules {
        unknown_facts: BTreeSet::new(),
        ..asking
    };
    // What other evidence superseded is no record.
    let mut instead = evidence(2);
    if let Event::EvidenceRecorded(e) = &mut instead {
        (e.kind, e.supersedes) = ("photograph".to_owned(), Some(1));
    }
    let superseded = [recorded.clone(), vec![instead]].concat();
    let answer = under(&known, &superseded, propose(vec![refund()]));
    let records = vec!["evidence of the kind measurement".to_owned()];
    assert_eq!(answer, Err(Refusal::RecordsMissing { records }));
    assert_eq!(
        under(&known, &recorded, propose(vec![refund()]))
            .unwrap()
            .len(),
        1
    );
}
