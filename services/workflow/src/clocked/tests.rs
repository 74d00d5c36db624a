//! Random lives of a complaint with its clocks: whatever is asked of it, in whatever order, the rules
//! that people rely on hold, and reading its past again gives what it was at every moment.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use redress_complaint::command::{
    AcceptRemedy, Acknowledge, AddNote, Assess, AwaitComplainant, AwaitThirdParty,
    BeginExternalResolution, Close, CloseExternalFile, CommunicateDecision, Dispute, FollowUp,
    FulfilRemedy, Hold, ImplementExternalResult, Merge, Open, ProposeResponse, Reclassify,
    RecordAcceptance, RecordDetermination, RecordExternalNotice, RecordSatisfaction,
    ReferExternally, Release, Reopen, Resume, StartInvestigation, StateExternalPosition, Unmerge,
    Withdraw,
};
use redress_complaint::{
    Cause, CloseBasis, Command, ConflictDeclaration, Determination, HoldBasis, ImmediateAction,
    Level, Outcome, Promises, Reference, ReferredBy, RemedyKind, RemedyOffer, ResolutionMethod,
    Revision, Rules, SafetyImplication, Satisfaction, SatisfactionMeasure, Severity, Slices,
    Status,
};
use redress_envelope::{Actor, Commitment, ItemId, VaultRef, derived_uuid};
use redress_policy::document::Source;
use redress_policy::{Book, Policies as _, Policy};

use super::{Clocked, Event, clock, complaint, decode, encode};

/// One clock for each way in which a life can touch it.
const POLICY: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "Europe/Vienna"
working_days = ["09:00-12:30", "13:30-17:00"]

[clocks.acknowledge]
starts = "received"
stops = ["acknowledged"]
cancels = ["withdrawn", "closed"]
on_reopening = "stay_stopped"
target = "1 business day"
calendar = "office"
warn_at_percent = [50]

[clocks.answer]
starts = "received"
stops = ["decision_communicated"]
cancels = ["withdrawn", "closed"]
pauses = ["awaiting_complainant", "awaiting_third_party", "on_hold"]
on_reopening = "continue"
target = "10 business days"
severity = { critical = "2 business days", minor = "20 business days" }
calendar = "office"
warn_at_percent = [50, 80]

[clocks.dispute]
starts = "disputed"
stops = ["decision_communicated", "accepted"]
cancels = ["withdrawn", "closed"]
pauses = ["on_hold"]
on_reopening = "restart"
target = "15 calendar days"
calendar = "office"

[escalation_levels.team_lead]
level = 1
next = "head"
after = "2 business days"
calendar = "office"

[escalation_levels.head]
level = 2

[escalations.answer_late]
on = "clock_breached"
clocks = ["answer"]
to = "team_lead"
"#;

/// As the other, and merged time does not count.
fn book(pauses_while_merged: bool) -> Book {
    let patient = POLICY.replace(r#""on_hold"]"#, r#""on_hold", "merged"]"#);
    let text = if pauses_while_merged {
        &*patient
    } else {
        POLICY
    };
    let source = Source { file: "test", text };
    let beside = &mut |name: &str| Err(format!("there is no {name}"));
    let mut book = Book::default();
    book.apply(Policy::read(source, beside).unwrap());
    book
}

fn item(n: u8) -> ItemId {
    ItemId::new(0, derived_uuid("test feedback", &[&n.to_string()]))
}

fn sealed(what: &str) -> VaultRef {
    VaultRef {
        entry: derived_uuid("test entry", &[what]).simple().to_string(),
        commitment: Commitment([7; 32]),
    }
}

fn received_at() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

fn open() -> Command {
    let about = Slices::new(received_at(), "complaint", "phone");
    Open {
        feedback: item(1),
        reference: Reference::new(2026, 123).unwrap(),
        about: Box::new(about),
    }
    .into()
}

fn reason(reason: &str) -> String {
    reason.to_owned()
}

fn begins() -> Vec<Command> {
    let (explanation, occurred_at) = (None, None);
    let assess = |severity| Assess {
        severity: Some(severity),
        safety_implication: Some(SafetyImplication::None),
        complexity: Some(Level::Low),
        impact: Some(Level::Low),
        immediate_action: Some(ImmediateAction::NotNeeded),
        reason: None,
        because: Some(Revision::NewFacts),
        occurred_at,
    };
    let start = StartInvestigation {
        investigator: Actor::User(reason("i1")),
        declaration: ConflictDeclaration::NoConflict,
        occurred_at,
    };
    let remedy = RemedyOffer {
        kind: RemedyKind::Apology,
        amount: None,
        promised_by: None,
    };
    let propose = ProposeResponse {
        remedies: vec![remedy],
        refusal: None,
        cause: Some(Cause::NoCauseEstablished),
        occurred_at,
    };
    let communicate = CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: reason("email"),
        recourse_explained: true,
        external_recourse: None,
        occurred_at,
    };
    let dispute = Dispute {
        reason: reason("too_little"),
        explanation,
        occurred_at,
    };
    let channel = reason("email");
    vec![
        Acknowledge {
            channel,
            occurred_at,
        }
        .into(),
        assess(Severity::Major).into(),
        assess(Severity::Critical).into(),
        start.into(),
        propose.into(),
        communicate.into(),
        dispute.into(),
        RecordAcceptance { occurred_at }.into(),
        FulfilRemedy {
            remedy: 1,
            occurred_at,
        }
        .into(),
        AcceptRemedy {
            remedy: 1,
            occurred_at,
        }
        .into(),
    ]
}

fn pauses() -> Vec<Command> {
    let occurred_at = None;
    let third_party = AwaitThirdParty {
        third_party: reason("courier"),
        reason: reason("parcel_searched"),
        explanation: None,
        occurred_at,
    };
    let complainant = AwaitComplainant {
        reason: reason("photographs"),
        explanation: None,
        occurred_at,
    };
    let hold = Hold {
        basis: HoldBasis::CourtProceedings,
        explanation: None,
        occurred_at,
    };
    let reclassify = Reclassify {
        severity: Some(Severity::Minor),
        safety_implication: None,
        complexity: None,
        impact: None,
        because: Some(Revision::Corrected),
        reason: reason("measured"),
        explanation: None,
        occurred_at,
    };
    vec![
        third_party.into(),
        complainant.into(),
        resume(),
        hold.into(),
        release(),
        reclassify.into(),
        AddNote {
            note: sealed("x"),
            occurred_at,
        }
        .into(),
    ]
}

fn resume() -> Command {
    Resume {
        reason: None,
        occurred_at: None,
    }
    .into()
}

fn release() -> Command {
    Release {
        reason: None,
        occurred_at: None,
    }
    .into()
}

fn elsewhere() -> Vec<Command> {
    let (explanation, occurred_at) = (None, None);
    let refer = ReferExternally {
        body: reason("ombudsman"),
        referred_by: ReferredBy::Complainant,
        explanation: explanation.clone(),
        occurred_at,
    };
    let position = StateExternalPosition {
        position: sealed("enough"),
        occurred_at,
    };
    let begin = BeginExternalResolution {
        method: ResolutionMethod::Determinative,
        occurred_at,
    };
    let determine = |determination| RecordDetermination {
        determination,
        award: None,
        explanation: None,
        occurred_at,
    };
    let over = CloseExternalFile {
        reason: None,
        explanation: None,
        occurred_at,
    };
    vec![
        refer.into(),
        RecordExternalNotice {
            explanation,
            occurred_at,
        }
        .into(),
        position.into(),
        begin.into(),
        determine(Determination::Overturned).into(),
        determine(Determination::Maintained).into(),
        ImplementExternalResult { occurred_at }.into(),
        over.into(),
    ]
}

fn ends() -> Vec<Command> {
    let occurred_at = None;
    let close = |basis: &CloseBasis| {
        Close {
            basis: basis.clone(),
            occurred_at,
        }
        .into()
    };
    let reopen = Reopen {
        reason: reason("again"),
        explanation: None,
        occurred_at,
    };
    let follow_up = FollowUp {
        channel: reason("phone"),
        result: None,
        explanation: None,
        occurred_at,
    };
    let satisfied = RecordSatisfaction {
        satisfaction: Satisfaction {
            measure: SatisfactionMeasure::Nps,
            score: 9,
        },
        words: None,
        occurred_at,
    };
    let ends: Vec<Command> = CloseBasis::ALL.iter().map(close).collect();
    let more = vec![reopen.into(), follow_up.into(), satisfied.into()];
    [ends, more].concat()
}

/// From here nothing goes on.
fn withdraw() -> Command {
    Withdraw {
        reason: None,
        explanation: None,
        promises: Some(Promises::StillOwed),
        occurred_at: None,
    }
    .into()
}

fn merge() -> Command {
    Merge {
        into: item(2),
        reason: reason("same_kettle"),
        explanation: None,
        occurred_at: None,
    }
    .into()
}

fn unmerge() -> Command {
    Unmerge {
        reason: reason("another_kettle"),
        explanation: None,
        occurred_at: None,
    }
    .into()
}

/// What goes on is asked more often than what stops it or ends it.
fn commands() -> Vec<Command> {
    let goes_on = vec![resume(), release(), unmerge()];
    let weighed = [
        vec![begins(); 6].concat(),
        vec![goes_on; 4].concat(),
        vec![elsewhere(); 2].concat(),
        pauses(),
        ends(),
        vec![merge()],
    ];
    let all = vec![weighed.concat(); 4].concat();
    [all, vec![withdraw()]].concat()
}

/// One step: which command, how many minutes after the last one, whether time tells first.
type Step = (usize, i64, bool);

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<usize>(), 0..3000_i64, any::<bool>());
    proptest::collection::vec(step, 1..400)
}

/// A life, with what it was after each event.
struct Lived {
    case: Clocked,
    events: Vec<Event>,
    /// As it was after each event, in words that tell all of it.
    after: Vec<String>,
}

impl Lived {
    fn new() -> Self {
        Self {
            case: Clocked::default(),
            events: Vec::new(),
            after: Vec::new(),
        }
    }

    fn happens(&mut self, event: Event) {
        self.case.evolve(&event);
        self.after.push(format!("{:?}", self.case));
        self.events.push(event);
    }

    /// What is refused leaves everything as it was.
    fn asked(&mut self, command: &Command, at: Timestamp, book: &Book) {
        let decided = complaint::decide(&self.case.complaint, command, &Rules::default(), at);
        let Ok(decided) = decided else { return };
        for event in self.case.with_clocks(decided, book).unwrap() {
            if let Event::Complaint(complaint::Event::Closed(e)) = &event {
                may_be_closed(&self.case, e.occurred_at);
            }
            self.happens(event);
        }
    }

    fn time_tells(&mut self, now: Timestamp, book: &Book) {
        if self.case.complaint.merging().is_none() {
            for event in self.case.tick(now, book) {
                if let Event::Clock(told) = &event {
                    let of = self.case.clocks.get(told.clock()).unwrap();
                    if let clock::Status::Paused { since } = of.status() {
                        let at = told.occurred_at();
                        assert!(at <= since, "came due while it stood still");
                    }
                }
                self.happens(event);
            }
        }
    }
}

/// A decision was communicated, every remedy is fulfilled, declined or promised for a day to come, and
/// nobody else is at it.
fn may_be_closed(before: &Clocked, at: Timestamp) {
    let state = &before.complaint;
    assert!(state.decision().is_some(), "closed without a decision");
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let response = state.response().unwrap();
    let broken = response.unsettled(day);
    assert!(broken.is_empty(), "closed with a broken promise");
    assert!(!state.external().is_some_and(complaint::External::is_open));
    assert!(state.merging().is_none());
}

fn live(steps: &[Step], book: &Book) -> (Lived, Timestamp) {
    let (commands, mut lived, mut now) = (commands(), Lived::new(), received_at());
    lived.asked(&open(), now, book);
    for (choice, minutes, tells) in steps {
        now += SignedDuration::from_mins(*minutes);
        if *tells {
            lived.time_tells(now, book);
        }
        lived.asked(&commands[choice % commands.len()], now, book);
    }
    (lived, now)
}

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

#[test]
fn the_first_events_fold_to_what_it_was_after_them_clocks_and_all() {
    let reached = RefCell::new(BTreeSet::new());
    let kinds = RefCell::new(BTreeSet::new());
    let book = book(false);
    let ended = TestRunner::new(config(300)).run(&any_steps(), |steps| {
        let (lived, _) = live(&steps, &book);
        let mut again = Clocked::default();
        for (event, after) in lived.events.iter().zip(&lived.after) {
            let draft = encode(event);
            again.evolve(&decode(draft.kind, &draft.data).unwrap());
            prop_assert_eq!(&format!("{again:?}"), after);
            reached.borrow_mut().extend(again.complaint.status());
            kinds.borrow_mut().insert(draft.kind);
        }
        Ok(())
    });
    ended.unwrap();
    let tame = "the lives are too tame to prove anything";
    let all: BTreeSet<_> = Status::ALL.iter().copied().collect();
    assert_eq!(reached.into_inner(), all, "{tame}");
    let kinds = kinds.into_inner();
    for kind in ["started", "paused", "resumed", "retargeted", "breached"] {
        let kind = format!("redress.complaint.clock_{kind}.v1");
        assert!(kinds.contains(&*kind), "{tame}: no {kind} in {kinds:?}");
    }
}

/// Merges an open complaint wherever its life has come to and unmerges it some time later.
fn there_and_back(lived: &mut Lived, now: Timestamp, minutes: i64, book: &Book) -> Timestamp {
    lived.asked(&merge(), now, book);
    assert_eq!(lived.case.complaint.status(), Some(Status::Merged));
    let back = now + SignedDuration::from_mins(minutes);
    lived.asked(&unmerge(), back, book);
    back
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn merging_and_unmerging_is_the_identity_where_no_clock_pauses_for_it(
        steps in any_steps(), minutes in 0..200_000_i64
    ) {
        let book = book(false);
        let (mut lived, now) = live(&steps, &book);
        if !lived.case.complaint.is_open() {
            return Ok(());
        }
        let before = format!("{:?}", lived.case);
        there_and_back(&mut lived, now, minutes, &book);
        prop_assert_eq!(format!("{:?}", lived.case), before);
    }

    /// The complaint is the same; of the clocks that run and pause for it, each has its time later, by what
    /// would have counted meanwhile, and has used none of it.
    #[test]
    fn time_in_another_complaint_does_not_count_where_the_policy_says_so(
        steps in any_steps(), minutes in 0..200_000_i64
    ) {
        let book = book(true);
        let (mut lived, now) = live(&steps, &book);
        if !lived.case.complaint.is_open() {
            return Ok(());
        }
        let before = lived.case.clone();
        let back = there_and_back(&mut lived, now, minutes, &book);
        let after = &lived.case;
        prop_assert_eq!(&after.complaint, &before.complaint);
        for clock in before.clocks.iter() {
            let policy = book.version(&clock.terms().policy).unwrap();
            let name = clock.name().split_once('/').unwrap().1;
            let pauses = policy.clocks()[name].pauses.contains(&"merged");
            let is = after.clocks.get(clock.name()).unwrap();
            let used = |it: &redress_policy::Clock, at| it.elapsed(at, &book).unwrap();
            if pauses {
                prop_assert_eq!(used(is, back), used(clock, now));
                prop_assert!(is.due_at() >= clock.due_at());
            } else {
                prop_assert_eq!(is, clock);
            }
        }
    }
}
