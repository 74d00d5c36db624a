//! One complaint goes into another and comes back as it was.

use redress_envelope::{ItemId, derived_uuid};

use super::given::{
    accepted, closed, communicated, escalated, feedback, history_reported, imported_open,
    investigating, on_hold, proposed, received, remedy_accepted, report, was_fulfilled, withdrawn,
};
use super::{check, check_refused, decided, fold, time};
use crate::command::{EndMerge, Merge, ReceiveMerge, Unmerge};
use crate::event::{MergeEnded, MergeReceived, MergedInto, Unmerged};
use crate::{Command, Event, Refusal, ResponseClass, Status};

const AT: &str = "2026-03-10T09:00:00Z";
const BACK: &str = "2026-03-12T09:00:00Z";

pub(super) fn other() -> ItemId {
    ItemId::new(0, derived_uuid("test feedback", &["2"]))
}

fn merge() -> Merge {
    Merge {
        into: other(),
        reason: "same_kettle".to_owned(),
        explanation: None,
        occurred_at: Some(time(AT)),
    }
}

fn unmerge() -> Unmerge {
    Unmerge {
        reason: "another_kettle".to_owned(),
        explanation: None,
        occurred_at: Some(time(BACK)),
    }
}

fn receive() -> ReceiveMerge {
    ReceiveMerge {
        from: other(),
        occurred_at: Some(time(AT)),
    }
}

fn end() -> EndMerge {
    EndMerge {
        from: other(),
        occurred_at: Some(time(BACK)),
    }
}

pub(super) fn was_merged() -> Event {
    Event::MergedInto(MergedInto {
        into: other(),
        reason: "same_kettle".to_owned(),
        explanation: None,
        occurred_at: time(AT),
    })
}

fn was_unmerged() -> Event {
    Event::Unmerged(Unmerged {
        from: other(),
        reason: "another_kettle".to_owned(),
        explanation: None,
        occurred_at: time(BACK),
    })
}

fn merge_received() -> Event {
    Event::MergeReceived(MergeReceived {
        from: other(),
        occurred_at: time(AT),
    })
}

fn merge_ended() -> Event {
    Event::MergeEnded(MergeEnded {
        from: other(),
        occurred_at: time(BACK),
    })
}

pub(super) fn lives() -> Vec<(&'static str, Vec<Event>)> {
    let merged = [communicated(), vec![was_merged()]].concat();
    vec![
        ("merged", merged),
        (
            "investigating, another merged into it",
            [investigating(), vec![merge_received()]].concat(),
        ),
    ]
}

pub(super) fn good_commands() -> Vec<(&'static str, Command)> {
    let third = ItemId::new(0, derived_uuid("test feedback", &["3"]));
    let merge = Merge {
        into: third,
        occurred_at: None,
        ..merge()
    };
    let unmerge = Unmerge {
        occurred_at: None,
        ..unmerge()
    };
    let receive = ReceiveMerge {
        occurred_at: None,
        ..receive()
    };
    let end = EndMerge {
        occurred_at: None,
        ..end()
    };
    vec![
        ("merge into another", merge.into()),
        ("unmerge", unmerge.into()),
        ("take another in", receive.into()),
        ("let that one go", end.into()),
    ]
}

pub(super) fn bad_commands() -> Vec<Command> {
    let into = |into| Merge { into, ..merge() };
    let early = Unmerge {
        occurred_at: Some(time("2026-03-09T09:00:00Z")),
        ..unmerge()
    };
    vec![into(feedback()).into(), into(other()).into(), early.into()]
}

#[test]
fn an_open_complaint_goes_into_another_and_is_not_handled_until_it_is_back() {
    for given in [received(), investigating(), communicated(), on_hold()] {
        check(&given, merge(), Ok(vec![was_merged()]));
        let merged = [given, vec![was_merged()]].concat();
        let state = fold(&merged);
        assert_eq!(state.status(), Some(Status::Merged));
        assert!(!state.is_open() && state.hold().is_none());
        check(&merged, merge(), Ok(vec![]));
        let elsewhere = Merge {
            into: ItemId::new(0, derived_uuid("test feedback", &["3"])),
            ..merge()
        };
        let refusal = Refusal::ComplaintMerged { into: other() };
        check(&merged, elsewhere, Err(refusal));
        check_refused(&merged, super::walk::escalate(9), "COMPLAINT_MERGED");
        check(&merged, unmerge(), Ok(vec![was_unmerged()]));
    }
}

/// Given a complaint wherever it stands, when it is merged and unmerged, then it is the very same.
#[test]
fn merging_and_unmerging_leave_nothing_behind() {
    let everywhere = super::given::lives().into_iter();
    let open = everywhere.filter(|(_, given)| fold(given).is_open());
    for (life, given) in open {
        let back = [given.clone(), vec![was_merged(), was_unmerged()]].concat();
        assert_eq!(fold(&back), fold(&given), "{life}");
    }
    for given in [received(), escalated()] {
        let back = [given.clone(), vec![merge_received(), merge_ended()]].concat();
        assert_eq!(fold(&back), fold(&given));
    }
}

#[test]
fn what_happened_meanwhile_has_happened() {
    let merged = [communicated(), vec![was_merged()]].concat();
    let fulfil = crate::command::FulfilRemedy {
        remedy: 1,
        occurred_at: Some(time("2026-03-05T09:00:00Z")),
    };
    check(&merged, fulfil, Ok(vec![was_fulfilled(1)]));
    let given = [merged, vec![was_fulfilled(1), was_unmerged()]].concat();
    let without = [communicated(), vec![was_fulfilled(1)]].concat();
    assert_eq!(fold(&given), fold(&without));
    let closed_there = history_reported(report("cc", ResponseClass::ClosedWithExplanation));
    let given = [
        imported_open(),
        vec![was_merged(), closed_there, was_unmerged()],
    ];
    assert_eq!(fold(&given.concat()).status(), Some(Status::Closed));
}

#[test]
fn what_was_promised_before_is_still_owed() {
    let given = [accepted(), vec![remedy_accepted(1), was_merged()]].concat();
    assert_eq!(fold(&given).owed(), [1]);
}

#[test]
fn only_open_complaints_are_merged_and_only_into_open_ones() {
    for (given, code) in [
        (closed(), "COMPLAINT_CLOSED"),
        (withdrawn(), "COMPLAINT_WITHDRAWN"),
        (vec![], "COMPLAINT_NOT_FOUND"),
    ] {
        check_refused(&given, merge(), code);
        check_refused(&given, receive(), code);
    }
    let merged = [proposed(), vec![was_merged()]].concat();
    check_refused(&merged, receive(), "COMPLAINT_MERGED");
    check(&proposed(), receive(), Ok(vec![merge_received()]));
}

#[test]
fn no_complaint_goes_into_itself_or_into_one_that_it_took() {
    let into_itself = Merge {
        into: feedback(),
        ..merge()
    };
    check_refused(&received(), into_itself, "MERGE_INTO_ITSELF");
    let from_itself = ReceiveMerge {
        from: feedback(),
        ..receive()
    };
    check_refused(&received(), from_itself, "MERGE_INTO_ITSELF");
    let took = [received(), vec![merge_received()]].concat();
    check_refused(&took, merge(), "MERGE_CIRCULAR");
    check(&took, end(), Ok(vec![merge_ended()]));
    // Wherever it stands by then.
    let later = [closed(), vec![merge_received()]].concat();
    check(&later, end(), Ok(vec![merge_ended()]));
    let free = [took, vec![merge_ended()]].concat();
    assert_eq!(decided(&free, &merge().into()).unwrap().len(), 1);
}

#[test]
fn what_is_not_merged_needs_no_unmerging_and_nobody_unmerges_beforehand() {
    check(&received(), unmerge(), Ok(vec![]));
    let merged = [received(), vec![was_merged()]].concat();
    let early = Unmerge {
        occurred_at: Some(time("2026-03-09T09:00:00Z")),
        ..unmerge()
    };
    check_refused(&merged, early, "OCCURRED_BEFORE_MERGING");
}
