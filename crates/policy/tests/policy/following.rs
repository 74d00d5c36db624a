//! What the steps of a complaint do to its clocks: given policies and a past, when something happens,
//! then these events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use redress_policy::clock::{ClockRefusal, Event, Status};
use redress_policy::clocks::{Change, Situation, Step};
use redress_policy::document::{Fact, Facts, Moment, Source};
use redress_policy::{Book, Clocks, Policies, Policy};

use crate::case::at;

fn policy(text: &str) -> Policy {
    let source = Source { file: "test", text };
    let beside = &mut |name: &str| Err(format!("there is no {name}"));
    Policy::read(source, beside).unwrap()
}

const OFFICE: &str = r#"
[calendars.office]
zone = "UTC"
working_days = ["09:00-17:00"]
"#;

/// A policy of these clocks, each in the office's hours.
fn ours(version: u32, clocks: &str) -> Policy {
    policy(&format!(
        "policy = \"ours\"\nversion = {version}\n{OFFICE}\n{clocks}"
    ))
}

const ANSWER: &str = r#"
[clocks.answer]
starts = "received"
stops = ["decision_communicated"]
cancels = ["withdrawn", "closed"]
pauses = ["on_hold", "awaiting_complainant"]
target = "10 business days"
severity = { critical = "2 business days" }
extended_target = "20 business days"
calendar = "office"
warn_at_percent = [50]
"#;

const INFORM: &str = r#"
[clocks.inform]
starts = "acknowledged"
restarts = ["informed"]
stops = ["decision_communicated"]
cancels = ["withdrawn", "closed"]
pauses = ["on_hold"]
on_reopening = "restart"
target = "5 business days"
calendar = "office"
"#;

/// A complaint as its clocks see it.
#[derive(Debug, Default)]
struct Complaint {
    book: Book,
    clocks: Clocks,
    now: Now,
}

#[derive(Debug, Default)]
struct Now {
    facts: Facts,
    severity: Option<&'static str>,
    extended: BTreeSet<String>,
    causes: BTreeMap<&'static str, Timestamp>,
    moments: BTreeMap<Moment, Timestamp>,
}

impl Now {
    fn situation(&self) -> Situation<'_> {
        Situation {
            facts: &self.facts,
            severity: self.severity,
            extended: &self.extended,
            causes: &self.causes,
            moments: &self.moments,
        }
    }
}

impl Complaint {
    fn under(policies: impl IntoIterator<Item = Policy>) -> Self {
        let mut complaint = Self::default();
        for policy in policies {
            complaint.book.apply(policy);
        }
        complaint
    }

    /// Takes a step, and tells what it did to the clocks.
    fn step(&mut self, step: Step<'static>, time: &str) -> Vec<String> {
        let time = at(time);
        match step {
            Step::Moment(moment) => drop(self.now.moments.insert(moment, time)),
            Step::StoodStill(cause) => drop(self.now.causes.insert(cause, time)),
            Step::WentOn(cause) => drop(self.now.causes.remove(cause)),
            Step::Reopened | Step::Changed(_) => {}
        }
        let events = self
            .clocks
            .follow(step, time, &self.now.situation(), &self.book)
            .unwrap();
        for event in &events {
            self.clocks.evolve(event);
        }
        events.iter().map(told).collect()
    }

    fn moment(&mut self, moment: Moment, time: &str) -> Vec<String> {
        self.step(Step::Moment(moment), time)
    }

    fn extend(&mut self, clock: &str, time: &str) -> Vec<String> {
        let events = self.clocks.extend(clock, "complex", at(time), &self.book);
        let events = events.unwrap();
        for event in &events {
            self.clocks.evolve(event);
            self.now.extended.insert(event.clock().to_owned());
        }
        events.iter().map(told).collect()
    }

    fn due(&self, clock: &str) -> String {
        let due = self
            .clocks
            .get(clock)
            .and_then(redress_policy::Clock::due_at);
        due.map_or("none".to_owned(), |it| it.to_string())
    }
}

fn told(event: &Event) -> String {
    let (clock, time) = (event.clock(), event.occurred_at());
    let what = match event {
        Event::Started(it) => format!("starts by {}, {}", it.by, it.terms.target),
        Event::Paused(it) => format!("paused, {}", it.cause),
        Event::Resumed(it) => format!("resumed, {}", it.cause),
        Event::Retargeted(it) => format!("retargeted by {}, {}", it.by, it.terms.target),
        Event::Stopped(it) => {
            let how = if it.is_fulfilled { "done" } else { "cancelled" };
            let when = if it.is_in_time { "in time" } else { "late" };
            format!("{how} by {}, {when}", it.by)
        }
        Event::Continued(it) => format!("goes on by {}", it.by),
        Event::DueDateSet(_) | Event::DueDateCleared(_) | Event::Warned(_) | Event::Breached(_) => {
            unreachable!("no step does that: {event:?}")
        }
    };
    format!("{time} {clock} {what}")
}

#[test]
fn a_promise_begins_and_is_kept_or_cancelled() {
    let mut complaint = Complaint::under([ours(1, &[ANSWER, INFORM].concat())]);
    assert_eq!(
        complaint.moment(Moment::Received, "2026-11-23T10:00:00Z"),
        ["2026-11-23T10:00:00Z ours/answer starts by received, 10 business days"]
    );
    assert_eq!(
        complaint.moment(Moment::Acknowledged, "2026-11-23T11:00:00Z"),
        ["2026-11-23T11:00:00Z ours/inform starts by acknowledged, 5 business days"]
    );
    assert_eq!(
        complaint.moment(Moment::Informed, "2026-11-26T11:00:00Z"),
        ["2026-11-26T11:00:00Z ours/inform starts by informed, 5 business days"]
    );
    assert_eq!(complaint.due("ours/inform"), "2026-12-03T11:00:00Z");
    assert_eq!(
        complaint.moment(Moment::DecisionCommunicated, "2026-12-03T11:00:01Z"),
        [
            "2026-12-03T11:00:01Z ours/answer done by decision_communicated, in time",
            "2026-12-03T11:00:01Z ours/inform done by decision_communicated, late",
        ]
    );
    assert!(
        complaint
            .moment(Moment::Informed, "2026-12-04T11:00:00Z")
            .is_empty()
    );
    assert!(
        complaint
            .moment(Moment::Closed, "2026-12-04T12:00:00Z")
            .is_empty()
    );

    let mut complaint = Complaint::under([ours(1, ANSWER)]);
    complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
    assert_eq!(
        complaint.moment(Moment::Withdrawn, "2026-11-24T10:00:00Z"),
        ["2026-11-24T10:00:00Z ours/answer cancelled by withdrawn, in time"]
    );
}

#[test]
fn a_clock_stands_still_for_its_own_causes_only_and_from_its_start_on() {
    let mut complaint = Complaint::under([ours(1, &[ANSWER, INFORM].concat())]);
    complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
    assert_eq!(
        complaint.step(
            Step::StoodStill("awaiting_complainant"),
            "2026-11-23T11:00:00Z"
        ),
        ["2026-11-23T11:00:00Z ours/answer paused, awaiting_complainant"]
    );
    assert_eq!(
        complaint.step(Step::StoodStill("on_hold"), "2026-11-23T12:00:00Z"),
        ["2026-11-23T12:00:00Z ours/answer paused, on_hold"]
    );
    // It begins while the complaint is on hold.
    assert_eq!(
        complaint.moment(Moment::Acknowledged, "2026-11-23T13:00:00Z"),
        [
            "2026-11-23T13:00:00Z ours/inform starts by acknowledged, 5 business days",
            "2026-11-23T13:00:00Z ours/inform paused, on_hold",
        ]
    );
    assert_eq!(
        complaint.moment(Moment::Informed, "2026-11-23T14:00:00Z"),
        [
            "2026-11-23T14:00:00Z ours/inform starts by informed, 5 business days",
            "2026-11-23T14:00:00Z ours/inform paused, on_hold",
        ]
    );
    assert_eq!(
        complaint.step(Step::WentOn("on_hold"), "2026-11-24T14:00:00Z"),
        [
            "2026-11-24T14:00:00Z ours/answer resumed, on_hold",
            "2026-11-24T14:00:00Z ours/inform resumed, on_hold",
        ]
    );
    assert_eq!(complaint.due("ours/answer"), "none");
    assert_eq!(complaint.due("ours/inform"), "2026-12-01T14:00:00Z");
}

#[test]
fn another_severity_and_an_extension_make_another_promise_from_the_same_start() {
    let mut complaint = Complaint::under([ours(1, &[ANSWER, INFORM].concat())]);
    complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
    complaint.moment(Moment::Acknowledged, "2026-11-23T11:00:00Z");
    complaint.now.severity = Some("critical");
    assert_eq!(
        complaint.step(Step::Changed(Change::Severity), "2026-11-24T10:00:00Z"),
        ["2026-11-24T10:00:00Z ours/answer retargeted by severity, 2 business days"]
    );
    assert_eq!(complaint.due("ours/answer"), "2026-11-25T10:00:00Z");
    let extended = complaint.extend("ours/answer", "2026-11-24T11:00:00Z");
    assert_eq!(
        extended,
        ["2026-11-24T11:00:00Z ours/answer retargeted by extended, 20 business days"]
    );
    assert!(
        complaint
            .extend("ours/answer", "2026-11-24T11:30:00Z")
            .is_empty()
    );
    let refused = |name| {
        let at = at("2026-11-24T11:30:00Z");
        let refused = complaint
            .clocks
            .extend(name, "complex", at, &complaint.book);
        refused.unwrap_err().code()
    };
    assert_eq!(refused("ours/inform"), "CLOCK_NOT_EXTENDABLE");
    assert_eq!(refused("ours/answr"), "CLOCK_UNKNOWN");
    // The extension stays, whatever becomes of the severity.
    complaint.now.severity = Some("minor");
    let again = complaint.step(Step::Changed(Change::Severity), "2026-11-24T12:00:00Z");
    assert!(again.is_empty(), "{again:?}");
}

#[test]
fn a_clock_follows_the_version_under_which_it_began_and_a_new_one_what_is_in_force() {
    let other = r#"
[clocks.answer]
starts = "received"
stops = ["closed"]
target = "1 business day"
calendar = "office"
"#;
    let mut complaint = Complaint::under([ours(1, ANSWER)]);
    let first = complaint.book.version_of("ours").unwrap().to_owned();
    complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
    complaint.book.apply(ours(2, &[other, INFORM].concat()));
    assert_ne!(complaint.book.version_of("ours"), Some(&*first));
    let due = complaint.due("ours/answer");
    complaint.now.severity = Some("critical");
    assert_eq!(
        complaint.step(Step::Changed(Change::Severity), "2026-11-24T10:00:00Z"),
        ["2026-11-24T10:00:00Z ours/answer retargeted by severity, 2 business days"]
    );
    assert_ne!(complaint.due("ours/answer"), due);
    assert_eq!(
        complaint.clocks.get("ours/answer").unwrap().terms().policy,
        first
    );
    let acknowledged = complaint.moment(Moment::Acknowledged, "2026-11-24T11:00:00Z");
    assert_eq!(acknowledged.len(), 1, "{acknowledged:?}");
    complaint.book.retire("ours");
    assert_eq!(
        complaint.moment(Moment::DecisionCommunicated, "2026-11-24T12:00:00Z"),
        [
            "2026-11-24T12:00:00Z ours/answer done by decision_communicated, in time",
            "2026-11-24T12:00:00Z ours/inform done by decision_communicated, in time",
        ]
    );
}

#[test]
fn what_is_handled_again_goes_on_begins_anew_or_stays_as_the_policy_says() {
    let third = r#"
[clocks.once]
starts = "received"
stops = ["decision_communicated"]
on_reopening = "stay_stopped"
target = "1 business day"
calendar = "office"

[clocks.second_answer]
starts = "disputed"
stops = ["decision_communicated"]
target = "4 weeks"
calendar = "office"
"#;
    let mut complaint = Complaint::under([ours(1, &[ANSWER, INFORM, third].concat())]);
    complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
    complaint.moment(Moment::Acknowledged, "2026-11-23T10:00:00Z");
    complaint.moment(Moment::DecisionCommunicated, "2026-11-23T12:00:00Z");
    assert_eq!(
        complaint.moment(Moment::Disputed, "2026-11-25T10:00:00Z"),
        ["2026-11-25T10:00:00Z ours/second_answer starts by disputed, 4 weeks"]
    );
    complaint.moment(Moment::DecisionCommunicated, "2026-11-26T10:00:00Z");
    assert_eq!(
        complaint.moment(Moment::Disputed, "2026-11-27T10:00:00Z"),
        ["2026-11-27T10:00:00Z ours/second_answer starts by disputed, 4 weeks"]
    );
    complaint.moment(Moment::DecisionCommunicated, "2026-11-27T12:00:00Z");
    complaint.moment(Moment::Closed, "2026-11-27T13:00:00Z");
    assert_eq!(
        complaint.step(Step::Reopened, "2026-11-30T10:00:00Z"),
        [
            "2026-11-30T10:00:00Z ours/answer goes on by reopened",
            "2026-11-30T10:00:00Z ours/inform starts by reopened, 5 business days",
            "2026-11-30T10:00:00Z ours/second_answer goes on by reopened",
        ]
    );
    // Thirty-eight working hours later than it was.
    assert_eq!(complaint.due("ours/answer"), "2026-12-11T16:00:00Z");
}

#[test]
fn a_complaint_is_under_every_policy_that_applies_to_it_and_only_those() {
    let gb = policy(&format!(
        "policy = \"gb\"\nversion = 1\n[applies_to]\njurisdictions = [\"GB\"]\n{OFFICE}\n\
         [scopes.cards]\nproducts = [\"Card\"]\n{ANSWER}\nscope = \"cards\"\n"
    ));
    let facts = |place: &str, product: &str| {
        let facts = Facts::default().with(Fact::Jurisdiction, place);
        facts.with(Fact::Product, product)
    };
    let received = |facts| {
        let mut complaint = Complaint::under([ours(1, ANSWER), gb.clone()]);
        complaint.now.facts = facts;
        complaint.moment(Moment::Received, "2026-11-23T10:00:00Z");
        complaint
    };
    let names = |complaint: &Complaint| {
        let running = complaint
            .clocks
            .iter()
            .filter(|it| it.status() == Status::Running);
        running.map(|it| it.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&received(facts("GB-SCT", "Card"))),
        ["gb/answer", "ours/answer"]
    );
    assert_eq!(names(&received(facts("GB", "Loan"))), ["ours/answer"]);
    assert_eq!(names(&received(facts("GBX", "Card"))), ["ours/answer"]);
    assert_eq!(names(&received(Facts::default())), ["ours/answer"]);

    // What it is about turns out to be something else.
    let mut complaint = received(facts("GB", "Loan"));
    complaint.now.facts = facts("GB", "Card");
    assert_eq!(
        complaint.step(Step::Changed(Change::Facts), "2026-11-25T10:00:00Z"),
        ["2026-11-23T10:00:00Z gb/answer starts by received, 10 business days"]
    );
    complaint.now.facts = facts("GB", "Loan");
    assert_eq!(
        complaint.step(Step::Changed(Change::Facts), "2026-11-26T10:00:00Z"),
        ["2026-11-26T10:00:00Z gb/answer cancelled by reclassified, in time"]
    );
    complaint.moment(Moment::DecisionCommunicated, "2026-11-26T12:00:00Z");
    let mut decided = received(facts("GB", "Loan"));
    decided.moment(Moment::DecisionCommunicated, "2026-11-24T12:00:00Z");
    decided.now.facts = facts("GB", "Card");
    let after = decided.step(Step::Changed(Change::Facts), "2026-11-25T10:00:00Z");
    assert!(after.is_empty(), "it was answered before: {after:?}");
}

fn steps() -> impl Strategy<Value = Vec<(Step<'static>, i64)>> {
    let moments = prop::sample::select(vec![
        Moment::Received,
        Moment::Acknowledged,
        Moment::Informed,
        Moment::DecisionCommunicated,
        Moment::Disputed,
        Moment::Withdrawn,
        Moment::Closed,
    ]);
    let causes = || prop::sample::select(vec!["on_hold", "awaiting_complainant"]);
    let step = prop_oneof![
        4 => moments.prop_map(Step::Moment),
        2 => causes().prop_map(Step::StoodStill),
        2 => causes().prop_map(Step::WentOn),
        1 => Just(Step::Reopened),
        1 => Just(Step::Changed(Change::Severity)),
        1 => Just(Step::Changed(Change::Facts)),
    ];
    // Told late and in any order: hours after the first, and back.
    prop::collection::vec((step, 0_i64..600), 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_step_is_refused_for_its_clocks_and_each_event_is_news(steps in steps()) {
        let clocks = [ANSWER, INFORM].concat();
        let mut complaint = Complaint::under([ours(1, &clocks)]);
        let mut all = Clocks::default();
        for (number, (step, hours)) in steps.into_iter().enumerate() {
            let time = at("2026-11-02T09:00:00Z") + jiff::SignedDuration::from_hours(hours);
            complaint.now.severity = [None, Some("critical"), Some("minor")][number % 3];
            if let Step::StoodStill(cause) = step {
                complaint.now.causes.entry(cause).or_insert(time);
            }
            if let Step::WentOn(cause) = step {
                complaint.now.causes.remove(cause);
            }
            let decided: Result<_, ClockRefusal> =
                complaint.clocks.follow(step, time, &complaint.now.situation(), &complaint.book);
            let events = decided.map_err(|why| TestCaseError::fail(why.to_string()))?;
            for event in &events {
                let before = complaint.clocks.clone();
                complaint.clocks.evolve(event);
                prop_assert_ne!(&before, &complaint.clocks, "{:?} is no news", event);
                all.evolve(event);
            }
            let ticked = complaint.clocks.tick(time);
            for event in &ticked {
                prop_assert!(event.occurred_at() <= time, "{:?} at {}", event, time);
                complaint.clocks.evolve(event);
                all.evolve(event);
            }
            prop_assert_eq!(complaint.clocks.tick(time), Vec::new(), "told once");
            prop_assert!(complaint.clocks.next_deadline().is_none_or(|next| next >= time));
        }
        prop_assert_eq!(all, complaint.clocks);
    }
}

#[test]
fn the_versions_of_a_book_stay() {
    let mut book = Book::default();
    let (first, second) = (ours(1, ANSWER), ours(2, ANSWER));
    let versions = [first.version().to_owned(), second.version().to_owned()];
    book.apply(first);
    book.apply(second);
    book.retire("ours");
    assert_eq!(book.in_force().count(), 0);
    let found: BTreeMap<_, _> = versions
        .iter()
        .map(|it| (it, book.version(it).is_some()))
        .collect();
    assert!(
        found.values().all(|found| *found) && found.len() == 2,
        "{found:?}"
    );
}
