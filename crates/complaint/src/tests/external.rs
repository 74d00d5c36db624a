//! A dispute before another body, and how it lets a complaint be closed or brings it back.

use redress_envelope::Money;

use super::given::{
    communicated, disputed, explained_no, investigating, received, sealed, was_communicated,
    was_disputed,
};
use super::walk::{dispute, offer_remedy, start};
use super::{check, check_refused, decided, fold, time};
use crate::command::{
    BeginExternalResolution, Close, CloseExternalFile, ImplementExternalResult,
    RecordDetermination, RecordExternalNotice, ReferExternally, SettleExternally,
    StateExternalPosition,
};
use crate::event::{
    DecisionCommunicated, DeterminationReceived, ExternalDisputeSettled, ExternalFileClosed,
    ExternalNoticeReceived, ExternalPositionStated, ExternalResolutionBegun,
    ExternalResultImplemented, ReferredExternally, ResponseProposed,
};
use crate::{
    Cause, CloseBasis, Command, ConflictDeclaration, Determination, Event, ExternalResult, Outcome,
    ReferredBy, Refusal, ResolutionMethod, Status,
};

const AT: &str = "2026-03-08T09:00:00Z";

pub(super) fn refer() -> ReferExternally {
    ReferExternally {
        body: "financial_ombudsman".to_owned(),
        referred_by: ReferredBy::Complainant,
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn notice() -> RecordExternalNotice {
    RecordExternalNotice {
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn position() -> StateExternalPosition {
    StateExternalPosition {
        position: sealed("it was wear and tear"),
        occurred_at: Some(time(AT)),
    }
}

fn begin(method: ResolutionMethod) -> BeginExternalResolution {
    BeginExternalResolution {
        method,
        occurred_at: Some(time(AT)),
    }
}

fn settle() -> SettleExternally {
    SettleExternally {
        award: Some(euros(2500)),
        terms: sealed("half each"),
        occurred_at: Some(time(AT)),
    }
}

fn determine(determination: Determination, award: Option<Money>) -> RecordDetermination {
    RecordDetermination {
        determination,
        award,
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn implement() -> ImplementExternalResult {
    ImplementExternalResult {
        occurred_at: Some(time(AT)),
    }
}

fn close_file(reason: Option<&str>) -> CloseExternalFile {
    CloseExternalFile {
        reason: reason.map(str::to_owned),
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn close(basis: CloseBasis) -> Close {
    Close {
        basis,
        occurred_at: None,
    }
}

fn euros(minor_units: i64) -> Money {
    Money::new(minor_units, "EUR").unwrap()
}

pub(super) fn was_referred() -> Event {
    Event::ReferredExternally(ReferredExternally {
        body: "financial_ombudsman".to_owned(),
        referred_by: ReferredBy::Complainant,
        explanation: None,
        occurred_at: time(AT),
    })
}

fn notice_received() -> Event {
    Event::ExternalNoticeReceived(ExternalNoticeReceived {
        explanation: None,
        occurred_at: time(AT),
    })
}

fn position_stated() -> Event {
    Event::ExternalPositionStated(ExternalPositionStated {
        position: sealed("it was wear and tear"),
        occurred_at: time(AT),
    })
}

fn begun(method: ResolutionMethod) -> Event {
    Event::ExternalResolutionBegun(ExternalResolutionBegun {
        method,
        occurred_at: time(AT),
    })
}

fn settled() -> Event {
    Event::ExternalDisputeSettled(ExternalDisputeSettled {
        award: Some(euros(2500)),
        terms: sealed("half each"),
        occurred_at: time(AT),
    })
}

fn determined(determination: Determination, award: Option<Money>) -> Event {
    Event::DeterminationReceived(DeterminationReceived {
        determination,
        award,
        explanation: None,
        occurred_at: time(AT),
    })
}

fn implemented() -> Event {
    Event::ExternalResultImplemented(ExternalResultImplemented {
        occurred_at: time(AT),
    })
}

fn file_closed(reason: Option<&str>) -> Event {
    Event::ExternalFileClosed(ExternalFileClosed {
        reason: reason.map(str::to_owned),
        explanation: None,
        occurred_at: time(AT),
    })
}

/// A dispute that another body has, and then this happened.
fn elsewhere(steps: &[Event]) -> Vec<Event> {
    [disputed(), vec![was_referred()], steps.to_vec()].concat()
}

fn resolving(method: ResolutionMethod) -> Vec<Event> {
    elsewhere(&[notice_received(), position_stated(), begun(method)])
}

fn overturned() -> Vec<Event> {
    let result = determined(Determination::Overturned, Some(euros(9900)));
    let given = resolving(ResolutionMethod::Determinative);
    [given, vec![result]].concat()
}

fn maintained() -> Vec<Event> {
    let result = determined(Determination::Maintained, None);
    [resolving(ResolutionMethod::Advisory), vec![result]].concat()
}

pub(super) fn lives() -> Vec<(&'static str, Vec<Event>)> {
    let done = [overturned(), vec![implemented()]].concat();
    let noticed = elsewhere(&[notice_received()]);
    let stated = elsewhere(&[notice_received(), position_stated()]);
    vec![
        ("referred externally", elsewhere(&[])),
        ("referred externally, noticed", noticed),
        ("referred externally, with a position", stated),
        (
            "referred externally, facilitated",
            resolving(ResolutionMethod::Facilitative),
        ),
        (
            "referred externally, to be determined",
            resolving(ResolutionMethod::Determinative),
        ),
        (
            "referred externally, settled",
            elsewhere(&[notice_received(), settled()]),
        ),
        ("referred externally, overturned", overturned()),
        (
            "referred externally, overturned and implemented",
            done.clone(),
        ),
        ("referred externally, maintained", maintained()),
        (
            "disputed, the external file closed",
            [done, vec![file_closed(None)]].concat(),
        ),
        (
            "investigating, before another body",
            [investigating(), vec![was_referred()]].concat(),
        ),
    ]
}

/// In their order, each as good as it can be, without times.
pub(super) fn good_commands() -> Vec<(&'static str, Command)> {
    let mut all = begins();
    all.extend(ends());
    all
}

fn begins() -> Vec<(&'static str, Command)> {
    let occurred_at = None;
    let (first, noticed, stated) = (refer(), notice(), position());
    let refer = ReferExternally {
        occurred_at,
        ..first
    };
    let notice = RecordExternalNotice {
        occurred_at,
        ..noticed
    };
    let position = StateExternalPosition {
        occurred_at,
        ..stated
    };
    let begin = |method| BeginExternalResolution {
        method,
        occurred_at,
    };
    vec![
        ("refer externally", refer.into()),
        ("record the external notice", notice.into()),
        ("state the external position", position.into()),
        (
            "begin an external resolution, facilitative",
            begin(ResolutionMethod::Facilitative).into(),
        ),
        (
            "begin an external resolution, determinative",
            begin(ResolutionMethod::Determinative).into(),
        ),
    ]
}

fn ends() -> Vec<(&'static str, Command)> {
    let occurred_at = None;
    let settle = SettleExternally {
        occurred_at,
        ..settle()
    };
    let determine = |determination, award| RecordDetermination {
        occurred_at,
        ..determine(determination, award)
    };
    let close_file = |reason| CloseExternalFile {
        occurred_at,
        ..close_file(reason)
    };
    vec![
        ("settle externally", settle.into()),
        (
            "record a determination, overturned",
            determine(Determination::Overturned, Some(euros(9900))).into(),
        ),
        (
            "record a determination, maintained",
            determine(Determination::Maintained, None).into(),
        ),
        (
            "implement the external result",
            ImplementExternalResult { occurred_at }.into(),
        ),
        ("close the external file", close_file(None).into()),
        (
            "close the external file, with a reason",
            close_file(Some("not_taken_on")).into(),
        ),
    ]
}

pub(super) fn bad_commands() -> Vec<Command> {
    let unpriced = Money {
        minor_units: -1,
        currency: "EUR".to_owned(),
    };
    let early = RecordExternalNotice {
        occurred_at: Some(time("2026-03-05T09:00:00Z")),
        ..notice()
    };
    vec![
        early.into(),
        determine(Determination::Maintained, Some(euros(1))).into(),
        determine(Determination::Overturned, Some(unpriced)).into(),
    ]
}

/// A second reading of the order of the steps, from the events alone.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    /// Nothing, or the last step.
    step: Option<&'static str>,
    to_do: bool,
    pub(super) was_closed: bool,
}

impl Elsewhere {
    pub(super) fn is_open(&self) -> bool {
        self.step.is_some()
    }

    fn follows(&mut self, step: &'static str, before: &[&str]) {
        let now = self.step.unwrap_or("");
        assert!(before.contains(&now), "{step} after {now:?}");
        self.step = Some(step);
    }

    pub(super) fn sees(&mut self, event: &Event) {
        let open = ["noticed", "stated", "facilitative", "other"];
        if let Event::ReferredExternally(_) = event {
            self.follows("referred", &[""]);
        } else if let Event::ExternalNoticeReceived(_) = event {
            self.follows("noticed", &["referred"]);
        } else if let Event::ExternalPositionStated(_) = event {
            self.follows("stated", &["noticed"]);
        } else if let Event::ExternalResolutionBegun(e) = event {
            if e.method == ResolutionMethod::Facilitative {
                self.follows("facilitative", &["stated", "other"]);
            } else {
                self.follows("other", &["stated", "facilitative", "other"]);
            }
        } else if let Event::ExternalDisputeSettled(_) = event {
            self.follows("ended", &open);
            self.to_do = true;
        } else if let Event::DeterminationReceived(e) = event {
            self.follows("ended", &["other"]);
            self.to_do = e.determination == Determination::Overturned;
        } else if let Event::ExternalResultImplemented(_) = event {
            assert!(std::mem::take(&mut self.to_do));
            self.follows("ended", &["ended"]);
        } else if let Event::ExternalFileClosed(e) = event {
            assert!(!self.to_do && self.step.is_some());
            assert!(self.step == Some("ended") || e.reason.is_some());
            (self.step, self.was_closed) = (None, true);
        } else {
            panic!("{event:?} is none of these");
        }
    }
}

#[test]
fn a_dispute_goes_before_another_body_and_comes_back_step_by_step() {
    let steps: [(Command, Event); 5] = [
        (refer().into(), was_referred()),
        (notice().into(), notice_received()),
        (position().into(), position_stated()),
        (
            begin(ResolutionMethod::Facilitative).into(),
            begun(ResolutionMethod::Facilitative),
        ),
        (settle().into(), settled()),
    ];
    let mut given = disputed();
    for (step, event) in steps {
        check(&given, step, Ok(vec![event.clone()]));
        given.push(event);
        assert_eq!(fold(&given).status(), Some(Status::ReferredExternally));
    }
    check_refused(&given, close_file(None), "EXTERNAL_STEP_MISSING");
    check(&given, implement(), Ok(vec![implemented()]));
    given.push(implemented());
    check(&given, close_file(None), Ok(vec![file_closed(None)]));
    given.push(file_closed(None));
    let state = fold(&given);
    assert_eq!(state.status(), Some(Status::Disputed));
    let award = Some(euros(2500));
    let result = ExternalResult::Settled { award };
    assert_eq!(state.external().unwrap().result(), Some(&result));
}

#[test]
fn no_step_is_left_out_and_none_is_taken_after_the_end() {
    check_refused(&disputed(), notice(), "EXTERNAL_DISPUTE_NOT_OPEN");
    let missing = |given: &[Event], when: Command, what: &str| {
        let refusal = check_refused(given, when, "EXTERNAL_STEP_MISSING");
        assert!(refusal.to_string().contains(what), "{refusal}");
    };
    missing(&elsewhere(&[]), position().into(), "notice");
    let noticed = elsewhere(&[notice_received()]);
    let advisory = ResolutionMethod::Advisory;
    missing(&noticed, begin(advisory).into(), "position");
    // Who only helps both to agree determines nothing.
    let facilitated = resolving(ResolutionMethod::Facilitative);
    let maintained = determine(Determination::Maintained, None);
    missing(&facilitated, maintained.into(), "advisory or determinative");
    missing(&facilitated, implement().into(), "settlement");
    missing(&facilitated, close_file(None).into(), "settlement");
    check(
        &facilitated,
        close_file(Some("withdrawn_there")),
        Ok(vec![file_closed(Some("withdrawn_there"))]),
    );
    for late in [notice().into(), position().into(), Command::from(settle())] {
        check_refused(&overturned(), late, "EXTERNAL_STEP_OVER");
    }
}

#[test]
fn what_nobody_agreed_on_is_decided() {
    let given = resolving(ResolutionMethod::Facilitative);
    let next = ResolutionMethod::Determinative;
    check(&given, begin(next.clone()), Ok(vec![begun(next)]));
}

#[test]
fn a_complaint_stays_open_until_the_other_body_is_done_with_it() {
    let open = Refusal::ExternalOpen {
        body: "financial_ombudsman".to_owned(),
    };
    let exhausted = || close(CloseBasis::OptionsExhausted);
    check(&overturned(), exhausted(), Err(open.clone()));
    check(&maintained(), exhausted(), Err(open));
    // Nothing is to be implemented of what is maintained, and who went to another body knew the way.
    let untold = [
        super::given::proposed(),
        vec![was_communicated(false), was_disputed(), was_referred()],
    ]
    .concat();
    check_refused(&untold, exhausted(), "EXTERNAL_DISPUTE_OPEN");
    let over = [untold, vec![file_closed(Some("not_taken_on"))]].concat();
    assert_eq!(decided(&over, &exhausted().into()).unwrap().len(), 1);
    let over = [maintained(), vec![file_closed(None)]].concat();
    assert_eq!(decided(&over, &exhausted().into()).unwrap().len(), 1);
}

#[test]
fn what_is_overturned_is_made_good_by_remedies_or_looked_into_anew() {
    let refused = Event::ResponseProposed(ResponseProposed {
        remedies: vec![],
        refusal: Some(explained_no()),
        cause: Cause::NoCauseEstablished,
        occurred_at: time("2026-03-03T09:00:00Z"),
        offered_by: None,
    });
    let told = Event::DecisionCommunicated(DecisionCommunicated {
        outcome: Outcome::NotUpheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        external_recourse: None,
        occurred_at: time("2026-03-04T09:00:00Z"),
    });
    let steps = [was_referred(), notice_received(), position_stated()];
    let begun = begun(ResolutionMethod::Determinative);
    let given = [
        investigating(),
        vec![refused, told, was_disputed()],
        steps.to_vec(),
        vec![begun],
    ]
    .concat();
    let refund = || offer_remedy(super::given::refund());
    check_refused(&given, refund(), "MADE_GOOD_BUT_NOT_UPHELD");
    let result = determined(Determination::Overturned, None);
    let given = [given, vec![result]].concat();
    assert_eq!(decided(&given, &refund().into()).unwrap().len(), 1);
    let again = start(ConflictDeclaration::NoConflict).into();
    let events = decided(&given, &again).unwrap();
    let state = fold(&[given, events].concat());
    assert_eq!(state.status(), Some(Status::Investigating));
    assert!(state.external().unwrap().is_open());
}

#[test]
fn who_brings_a_decision_elsewhere_disputes_it_and_who_has_none_need_not_wait() {
    check_refused(&communicated(), refer(), "DECISION_NOT_DISPUTED");
    let given = communicated();
    let disputed = decided(&given, &dispute("too_little").into()).unwrap();
    let given = [given, disputed].concat();
    let now = ReferExternally {
        occurred_at: None,
        ..refer()
    };
    assert_eq!(decided(&given, &now.into()).unwrap().len(), 1);
    check(&received(), refer(), Ok(vec![was_referred()]));
    let status = fold(&[received(), vec![was_referred()]].concat()).status();
    assert_eq!(status, Some(Status::Received));
}

#[test]
fn one_body_has_it_at_a_time_and_another_may_have_it_afterwards() {
    let court = ReferExternally {
        body: "court".to_owned(),
        ..refer()
    };
    check_refused(&elsewhere(&[]), court.clone(), "EXTERNAL_DISPUTE_OPEN");
    check(&elsewhere(&[]), refer(), Ok(vec![]));
    let over = elsewhere(&[file_closed(Some("not_taken_on"))]);
    assert_eq!(decided(&over, &court.into()).unwrap().len(), 1);
}

#[test]
fn a_withdrawn_complaint_may_still_be_before_another_body() {
    let withdrawn = super::given::was_withdrawn(Some(crate::Promises::StillOwed));
    let given = [elsewhere(&[]), vec![withdrawn]].concat();
    check(&given, notice(), Ok(vec![notice_received()]));
    check_refused(&super::given::withdrawn(), refer(), "COMPLAINT_WITHDRAWN");
}
