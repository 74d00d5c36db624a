//! Random lives, watched by a second reading of the rules that sees events alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use redress_envelope::{Actor, ItemId};

use super::external::Elsewhere;
use super::given::RECEIVED_AT;
use super::{fold, time, walk};
use crate::event::{
    ConflictDeclared, DecisionCommunicated, EvidenceRecorded, RemedyOffered, ResponseProposed,
};
use crate::{
    CloseBasis, Event, External, Outcome, ReportedHistory, ResponseClass, Rules, State, Status,
    WaitingFor, decide, decode, encode, evolve,
};

/// What happened so far, kept apart from the crate's own state.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a second reading that shares no types"
)]
struct Watcher {
    taken_over: bool,
    handled: bool,
    reports: Vec<ReportedHistory>,
    acknowledged: bool,
    acknowledged_elsewhere: bool,
    assessed: bool,
    reopened: bool,
    inquiry: bool,
    under_way: bool,
    promises: BTreeMap<u32, Option<Date>>,
    fulfilled: BTreeSet<u32>,
    declined: BTreeSet<u32>,
    numbers: BTreeSet<u32>,
    proposed: bool,
    communicated: bool,
    outcome: Option<Outcome>,
    communicated_promises: BTreeSet<u32>,
    explained_at: Option<Timestamp>,
    accepted: bool,
    disputed: bool,
    investigator: Option<Actor>,
    conflicts: BTreeSet<Actor>,
    evidence: u32,
    waiting_for: Option<WaitingFor>,
    held: bool,
    escalated: u32,
    elsewhere: Elsewhere,
    superseded: BTreeSet<u32>,
    closed: bool,
    merged: bool,
    merged_from: BTreeSet<ItemId>,
}

impl Watcher {
    fn sees(&mut self, event: &Event) {
        if self.merged {
            assert!(is_done_while_merged(event), "{event:?}");
        }
        match event {
            Event::TakenOver(e) => {
                self.taken_over = true;
                self.acknowledged_elsewhere = e.history.acknowledged_at.is_some();
                self.reports.push(e.history.clone());
            }
            Event::HistoryReported(e) => {
                self.acknowledged_elsewhere |= e.history.acknowledged_at.is_some();
                self.reports.push(e.history.clone());
            }
            Event::Acknowledged(_) => self.acknowledged = true,
            Event::Assessed(_) => self.sees_assessment(),
            Event::InvestigationStarted(e) => self.sees_start(&e.investigator),
            Event::InvestigationNotRequired(_) => {
                self.is_in_hand();
                (self.inquiry, self.under_way, self.investigator) = (true, false, None);
            }
            Event::ResponseProposed(e) => self.sees_proposal(e),
            Event::RemedyFulfilled(e) => {
                assert!(self.promises.contains_key(&e.remedy) && self.fulfilled.insert(e.remedy));
            }
            Event::DecisionCommunicated(e) => self.sees_decision(e),
            Event::AcceptanceRecorded(_) => {
                assert!(self.communicated);
                (self.accepted, self.disputed) = (true, false);
            }
            Event::Disputed(_) => {
                assert!(self.communicated);
                (self.accepted, self.disputed) = (false, true);
            }
            Event::Closed(e) => {
                self.sees_closing(&e.basis, e.occurred_at);
                self.goes_on_unflagged();
                self.closed = true;
            }
            Event::Reopened(_) => self.sees_reopening(),
            Event::InvestigationRefused(_) => {
                assert!(self.assessed || self.reopened && self.taken_over);
            }
            Event::Withdrawn(e) => {
                let owed = self.communicated_promises.difference(&self.fulfilled);
                let owed = owed.filter(|number| !self.declined.contains(number));
                assert_eq!(e.promises.is_some(), owed.count() > 0);
                self.goes_on_unflagged();
            }
            Event::RemedyOffered(e) => self.sees_offer(e),
            Event::RemedyAccepted(e) => {
                assert!(self.communicated_promises.contains(&e.remedy));
                assert!(!self.fulfilled.contains(&e.remedy));
                self.declined.remove(&e.remedy);
            }
            Event::RemedyDeclined(e) => {
                assert!(self.communicated_promises.contains(&e.remedy));
                assert!(!self.fulfilled.contains(&e.remedy) && self.declined.insert(e.remedy));
            }
            // Nothing is above a limit here: see `ruled.rs`.
            Event::RemedyApproved(_) => panic!("nobody offers what has to be approved"),
            Event::ConflictDeclared(e) => self.sees_conflict(e),
            Event::ConflictCleared(e) => assert!(self.conflicts.remove(&e.person)),
            Event::EvidenceRecorded(e) => self.sees_evidence(e),
            Event::FindingRecorded(e) => {
                let stands = |it: &u32| *it <= self.evidence && !self.superseded.contains(it);
                assert!(self.inquiry && e.evidence.iter().all(stands));
            }
            Event::Reclassified(e) => assert!(self.assessed && e.classification != e.earlier),
            Event::ComplainantAwaited(_) => self.waits_for(WaitingFor::Complainant),
            Event::ThirdPartyAwaited(_) => self.waits_for(WaitingFor::ThirdParty),
            Event::Resumed(e) => assert_eq!(self.waiting_for.take().as_ref(), Some(&e.waiting_for)),
            Event::Held(_) => assert!(!std::mem::replace(&mut self.held, true)),
            Event::Released(_) => assert!(std::mem::replace(&mut self.held, false)),
            Event::Escalated(e) => {
                assert!(e.level > self.escalated);
                self.escalated = e.level;
            }
            Event::DeEscalated(e) => assert_eq!(std::mem::take(&mut self.escalated), e.from_level),
            Event::ReferredExternally(_)
            | Event::ExternalNoticeReceived(_)
            | Event::ExternalPositionStated(_)
            | Event::ExternalResolutionBegun(_)
            | Event::ExternalDisputeSettled(_)
            | Event::DeterminationReceived(_)
            | Event::ExternalResultImplemented(_)
            | Event::ExternalFileClosed(_) => self.elsewhere.sees(event),
            Event::MergedInto(_)
            | Event::Unmerged(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_) => self.sees_merging(event),
            Event::Opened(_)
            | Event::Assigned(_)
            | Event::FollowedUp(_)
            | Event::SatisfactionRecorded(_)
            | Event::NoteAdded(_) => {}
        }
        self.handled |= is_handling(event);
    }

    fn sees_reopening(&mut self) {
        self.closed = false;
        (self.reopened, self.under_way) = (true, false);
        let goes_on = self.investigator.take();
        let goes_on = goes_on.filter(|it| !self.conflicts.contains(it));
        (self.inquiry, self.investigator) = (goes_on.is_some(), goes_on);
        (self.proposed, self.communicated, self.disputed) = (false, false, false);
    }

    fn sees_merging(&mut self, event: &Event) {
        if let Event::MergedInto(e) = event {
            assert!(!self.closed && !self.merged_from.contains(&e.into));
            self.merged = true;
        } else if let Event::Unmerged(_) = event {
            assert!(std::mem::take(&mut self.merged));
        } else if let Event::MergeReceived(e) = event {
            assert!(!self.closed && self.merged_from.insert(e.from));
        } else if let Event::MergeEnded(e) = event {
            assert!(self.merged_from.remove(&e.from));
        }
    }

    fn sees_evidence(&mut self, e: &EvidenceRecorded) {
        assert!(self.inquiry && e.evidence == self.evidence + 1);
        let stands = |it| it <= self.evidence && !self.superseded.contains(&it);
        assert!(e.supersedes.is_none_or(stands));
        self.superseded.extend(e.supersedes);
        self.evidence = e.evidence;
    }

    fn sees_assessment(&mut self) {
        assert!(
            self.acknowledged || self.acknowledged_elsewhere || self.reopened && self.taken_over
        );
        if !self.assessed {
            self.is_in_hand();
        }
        self.assessed = true;
    }

    fn sees_start(&mut self, investigator: &Actor) {
        assert!(!self.conflicts.contains(investigator));
        assert!(self.assessed || self.reopened && self.taken_over);
        if !self.under_way {
            self.is_in_hand();
        }
        self.investigator = Some(investigator.clone());
        (self.inquiry, self.under_way) = (true, true);
        (self.proposed, self.communicated, self.disputed) = (false, false, false);
    }

    fn sees_proposal(&mut self, e: &ResponseProposed) {
        assert!(self.inquiry && !self.communicated);
        self.is_in_hand();
        self.under_way = false;
        assert!(!e.remedies.is_empty() || e.refusal.is_some());
        self.promises.clear();
        self.communicated_promises.clear();
        for numbered in &e.remedies {
            assert!(
                self.numbers.insert(numbered.remedy),
                "numbers are used once"
            );
            self.promises
                .insert(numbered.remedy, numbered.offer.promised_by);
        }
        self.proposed = true;
    }

    fn sees_decision(&mut self, e: &DecisionCommunicated) {
        assert!(self.proposed);
        if !self.communicated {
            self.is_in_hand();
            (self.accepted, self.explained_at) = (false, None);
            self.outcome = Some(e.outcome.clone());
        }
        assert_eq!(self.outcome.as_ref(), Some(&e.outcome));
        self.communicated_promises = self.promises.keys().copied().collect();
        self.communicated = true;
        let explained = e.recourse_explained.then_some(e.occurred_at);
        self.explained_at = self.explained_at.or(explained);
    }

    fn sees_offer(&mut self, e: &RemedyOffered) {
        assert!(self.proposed && self.numbers.insert(e.remedy.remedy));
        let (number, promised_by) = (e.remedy.remedy, e.remedy.offer.promised_by);
        self.promises.insert(number, promised_by);
        if self.communicated {
            self.communicated_promises.insert(number);
        }
    }

    /// What was proposed by then stands.
    fn sees_conflict(&mut self, e: &ConflictDeclared) {
        if !self.proposed && self.investigator.as_ref() == Some(&e.person) {
            (self.inquiry, self.investigator) = (false, None);
        }
        self.conflicts.insert(e.person.clone());
    }

    fn waits_for(&mut self, whom: WaitingFor) {
        assert_eq!(self.waiting_for.replace(whom), None);
    }

    fn goes_on_unflagged(&mut self) {
        (self.waiting_for, self.held, self.escalated) = (None, false, 0);
    }

    /// Nothing moves on while it waits or is on hold.
    fn is_in_hand(&self) {
        assert!(self.waiting_for.is_none() && !self.held && !self.merged);
    }

    fn sees_closing(&self, basis: &CloseBasis, at: Timestamp) {
        assert!(!self.held && self.waiting_for != Some(WaitingFor::ThirdParty));
        assert!(
            !self.elsewhere.is_open(),
            "closed before another body is done"
        );
        assert!(self.communicated, "closed without a communicated decision");
        let day = at.to_zoned(TimeZone::UTC).date();
        for (number, promised_by) in &self.promises {
            let scheduled = promised_by.is_some_and(|promised_by| promised_by >= day);
            assert!(
                scheduled || self.fulfilled.contains(number) || self.declined.contains(number),
                "remedy {number} is open"
            );
        }
        match basis {
            CloseBasis::Accepted => assert!(self.accepted),
            CloseBasis::Silent => {
                assert!(!self.accepted && !self.disputed);
                let silent = at.duration_since(self.explained_at.expect("recourse explained"));
                assert!(silent >= SignedDuration::from_hours(14 * 24));
            }
            CloseBasis::OptionsExhausted => {
                assert!(self.explained_at.is_some() || self.elsewhere.was_closed);
                assert!(!self.accepted);
            }
            CloseBasis::Other(word) => panic!("closed on the basis {word}"),
        }
    }

    fn agrees_with(&self, state: &State) {
        let flags = state.kept_flags().cloned().unwrap_or_default();
        let waiting_for = flags.waiting.map(|waiting| waiting.awaited.word());
        assert_eq!(waiting_for, self.waiting_for);
        assert_eq!(flags.hold.is_some(), self.held);
        assert_eq!(flags.escalation.map_or(0, |it| it.level), self.escalated);
        assert_eq!(state.merging().is_some(), self.merged);
        let external = state.external().is_some_and(External::is_open);
        assert_eq!(external, self.elsewhere.is_open());
        let is_closed = matches!(state, State::Closed { .. });
        let reported_closed = is_closed && state.decision().is_none();
        let open = [ResponseClass::Unknown, ResponseClass::InProgress];
        let closed = |report: &ReportedHistory| !open.contains(&report.response_class);
        if reported_closed {
            assert!(self.taken_over && !self.handled && self.reports.iter().any(closed));
        }
        if self.taken_over && !self.handled && !self.merged {
            assert_eq!(reported_closed, self.reports.iter().any(closed));
        }
    }
}

/// Whether a report of another system moves nothing any more after it.
fn is_handling(event: &Event) -> bool {
    !matches!(
        event,
        Event::Opened(_)
            | Event::TakenOver(_)
            | Event::HistoryReported(_)
            | Event::FollowedUp(_)
            | Event::SatisfactionRecorded(_)
            | Event::MergedInto(_)
            | Event::Unmerged(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_)
            | Event::NoteAdded(_)
    )
}

/// A promise that is kept and a note are facts; what other systems or the other complaint say is, too.
fn is_done_while_merged(event: &Event) -> bool {
    matches!(
        event,
        Event::Unmerged(_)
            | Event::MergeEnded(_)
            | Event::RemedyFulfilled(_)
            | Event::HistoryReported(_)
            | Event::NoteAdded(_)
    )
}

/// One step: which command, how long after the last one, whether it says when it happened.
type Step = (usize, i64, bool);

fn live(steps: &[Step]) -> (State, Vec<Event>) {
    let commands = walk::lively_commands();
    let (mut state, mut events, mut watcher) = (State::default(), Vec::new(), Watcher::default());
    // As it would stand if nobody had merged it.
    let mut unmerged = State::default();
    let mut now = time(RECEIVED_AT);
    for (choice, hours, timed) in steps {
        now += SignedDuration::from_hours(*hours);
        let mut command = commands[choice % commands.len()].clone();
        if let (true, crate::Command::Close(close)) = (timed, &mut command) {
            close.occurred_at = Some(now);
        }
        for event in decide(&state, &command, &Rules::default(), now).unwrap_or_default() {
            watcher.sees(&event);
            evolve(&mut state, &event);
            if !matches!(event, Event::MergedInto(_) | Event::Unmerged(_)) {
                evolve(&mut unmerged, &event);
            }
            if state.merging().is_none() {
                assert_eq!(state, unmerged, "merged and unmerged it is another");
            }
            watcher.agrees_with(&state);
            events.push(event);
        }
    }
    (state, events)
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..1000_usize, 0..100_i64, any::<bool>()), 1..250)
}

#[test]
fn random_lives_keep_every_rule_and_reach_every_state() {
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let reached = std::cell::RefCell::new(BTreeSet::new());
    let ended = runner.run(&any_steps(), |steps| {
        let (_, events) = live(&steps);
        let mut state = State::default();
        for event in &events {
            evolve(&mut state, event);
            reached.borrow_mut().extend(state.status());
        }
        Ok(())
    });
    ended.unwrap();
    let all: BTreeSet<_> = Status::ALL.iter().copied().collect();
    assert_eq!(
        reached.into_inner(),
        all,
        "the lives are too tame to prove anything"
    );
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_was_stored_folds_to_the_state_that_was_live(steps in any_steps()) {
        let (live, events) = live(&steps);
        let stored: Vec<_> = events.iter().map(encode).collect();
        let mut state = State::default();
        for (k, draft) in stored.iter().enumerate() {
            evolve(&mut state, &decode(draft.kind, &draft.data).unwrap());
            prop_assert_eq!(&state, &fold(&events[..=k]));
        }
        prop_assert_eq!(state, live);
    }

    #[test]
    fn any_events_in_any_order_fold_without_a_panic(
        choices in proptest::collection::vec(0..Event::KINDS.len(), 0..60)
    ) {
        let events = super::stored::full();
        let mixed: Vec<_> = choices.iter().map(|choice| events[*choice].clone()).collect();
        let state = fold(&mixed);
        let opens = |event: &Event| matches!(event, Event::Opened(_) | Event::TakenOver(_));
        prop_assert_eq!(state.status().is_some(), mixed.iter().any(opens));
    }
}
