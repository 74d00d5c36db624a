//! The packs that come with the binary, each with deadlines that were worked out by hand.

use redress_policy::clock::{Clock, Event, Retargeting};
use redress_policy::document::Moment;
use redress_policy::{DEFAULT_PACK, PACKS, Pack, Policy};

use crate::case::at;

fn policy(name: &str) -> Policy {
    Pack::named(name).unwrap().policy().unwrap()
}

/// When a clock of a pack is due that starts at a moment.
#[track_caller]
fn check(policy: &Policy, clock: &str, severity: Option<&str>, from: &str, expected: &str) {
    let terms = policy.clocks()[clock]
        .terms(policy, severity, false)
        .unwrap();
    let started = Clock::start(clock, "received", at(from), terms, policy).unwrap();
    assert_eq!(started.due.due_at, at(expected), "{clock} from {from}");
    assert_eq!(started.terms.policy, policy.version());
}

#[track_caller]
fn check_extended(policy: &Policy, clock: &str, from: &str, expected: &str) {
    let rule = &policy.clocks()[clock];
    let terms = rule.terms(policy, None, false).unwrap();
    let mut it = Clock::new(&Clock::start(clock, "received", at(from), terms, policy).unwrap());
    let extended = rule.terms(policy, None, true).unwrap();
    for event in it
        .retarget(extended, Retargeting::by("extended"), at(from), policy)
        .unwrap()
    {
        assert!(matches!(event, Event::Retargeted(_)));
        it.evolve(&event);
    }
    assert_eq!(it.due_at(), Some(at(expected)), "{clock} from {from}");
}

#[test]
fn every_pack_can_be_read_and_is_called_as_it_calls_itself() {
    assert_eq!(PACKS[0].name, DEFAULT_PACK);
    let mut calendars = Vec::new();
    for pack in PACKS {
        let policy = pack
            .policy()
            .unwrap_or_else(|flaws| panic!("{}: {flaws:?}", pack.name));
        assert_eq!(policy.name(), pack.name);
        assert!(policy.about().is_some());
        assert!(!policy.clocks().is_empty());
        calendars.extend(policy.calendars().keys().cloned());
    }
    // A calendar of a pack can be called by its name alone.
    let all = calendars.len();
    calendars.sort();
    calendars.dedup();
    assert_eq!(calendars.len(), all);
}

#[test]
fn iso_10002_acknowledges_in_a_business_day_and_answers_by_severity() {
    let iso = policy("iso-10002");
    // 2026-11-20 is a Friday.
    check(
        &iso,
        "acknowledge",
        None,
        "2026-11-20T15:00:00Z",
        "2026-11-23T15:00:00Z",
    );
    check(
        &iso,
        "acknowledge",
        None,
        "2026-11-20T22:00:00Z",
        "2026-11-23T17:00:00Z",
    );
    check(
        &iso,
        "keep_informed",
        None,
        "2026-11-20T15:00:00Z",
        "2026-12-04T15:00:00Z",
    );
    assert_eq!(iso.clocks()["keep_informed"].restarts, [Moment::Informed]);
    for (severity, due) in [
        (None, "2026-12-18T15:00:00Z"),
        (Some("critical"), "2026-11-24T15:00:00Z"),
        (Some("major"), "2026-11-27T15:00:00Z"),
        (Some("moderate"), "2026-12-04T15:00:00Z"),
        (Some("minor"), "2026-12-18T15:00:00Z"),
        (Some("unfounded"), "2026-12-18T15:00:00Z"),
    ] {
        check(
            &iso,
            "final_response",
            severity,
            "2026-11-20T15:00:00Z",
            due,
        );
    }
    assert_eq!(iso.clocks()["acknowledge"].terms(&iso, None, true), None);
}

#[test]
fn uk_disp_acknowledges_in_five_business_days_and_answers_in_eight_weeks() {
    let disp = policy("uk-disp");
    let from = "2026-03-20T16:00:00Z";
    // The clocks go forward on 29 March.
    check(&disp, "acknowledge", None, from, "2026-03-27T16:00:00Z");
    check(
        &disp,
        "summary_resolution",
        None,
        from,
        "2026-03-25T17:00:00Z",
    );
    check(&disp, "final_response", None, from, "2026-05-15T15:00:00Z");
    check(
        &disp,
        "final_response_payment_services",
        None,
        from,
        "2026-04-10T15:00:00Z",
    );
    check_extended(
        &disp,
        "final_response_payment_services",
        from,
        "2026-05-08T15:00:00Z",
    );
    check(
        &disp,
        "summary_resolution",
        None,
        "2026-06-06T12:00:00Z",
        "2026-06-10T16:00:00Z",
    );
}

#[test]
fn us_cfpb_answers_in_fifteen_calendar_days_and_in_sixty_where_it_is_in_progress() {
    let cfpb = policy("us-cfpb");
    // The clocks go back on 1 November.
    check(
        &cfpb,
        "response",
        None,
        "2026-10-25T14:00:00Z",
        "2026-11-09T15:00:00Z",
    );
    check_extended(
        &cfpb,
        "response",
        "2026-10-25T14:00:00Z",
        "2026-12-24T15:00:00Z",
    );
}

#[test]
fn us_fda_reports_in_thirty_calendar_or_five_work_days_from_awareness() {
    let fda = policy("us-fda");
    check(
        &fda,
        "device_report",
        None,
        "2026-11-20T15:00:00Z",
        "2026-12-20T15:00:00Z",
    );
    check(
        &fda,
        "five_day_report",
        None,
        "2026-11-20T15:00:00Z",
        "2026-11-27T15:00:00Z",
    );
    assert!(fda.clocks().values().all(|it| it.starts.word() == "aware"));
}

#[test]
fn eu_mdr_reports_in_fifteen_ten_or_two_calendar_days_from_awareness() {
    let mdr = policy("eu-mdr");
    check(
        &mdr,
        "report_within_15_days",
        None,
        "2026-11-20T15:00:00Z",
        "2026-12-05T15:00:00Z",
    );
    check(
        &mdr,
        "report_within_10_days",
        None,
        "2026-11-20T15:00:00Z",
        "2026-11-30T15:00:00Z",
    );
    check(
        &mdr,
        "report_within_2_days",
        None,
        "2026-03-27T15:00:00Z",
        "2026-03-29T14:00:00Z",
    );
    assert!(mdr.clocks().values().all(|it| it.starts.word() == "aware"));
}

#[test]
fn gdpr_answers_in_a_month_and_in_three_where_it_was_extended() {
    let gdpr = policy("gdpr");
    check(
        &gdpr,
        "data_subject_request",
        None,
        "2026-01-31T12:00:00Z",
        "2026-02-28T12:00:00Z",
    );
    check_extended(
        &gdpr,
        "data_subject_request",
        "2026-01-31T12:00:00Z",
        "2026-04-30T11:00:00Z",
    );
}
