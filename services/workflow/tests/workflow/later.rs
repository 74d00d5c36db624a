//! Before another body, after the closing, into another complaint and back.

use redress_envelope::{Actor, Context, Draft, Record, Subject};
use redress_event_log::{Command, Life, Moment, UnreadableEvent};
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1::{
    BeginExternalResolutionRequest, CloseExternalFileRequest, Complaint, ComplaintFilter,
    ComplaintOrder, FollowUpComplaintRequest, GetComplaintHistoryRequest,
    ImplementExternalResultRequest, ListComplaintsRequest, MergeComplaintRequest,
    RecordDeterminationRequest, RecordExternalNoticeRequest, RecordSatisfactionRequest,
    ReferExternallyRequest, SettleExternallyRequest, StateExternalPositionRequest,
    UnmergeComplaintRequest, get_complaint_history_request::Key,
};
use serde_json::value::RawValue;

use super::given::{Complaints, Running, World, refused, time};
use super::steps::{self, at, done, get, on, under};

const LETTER: &str = "Mrs Abendroth has written to the ombudsman";

pub(crate) fn refer() -> ReferExternallyRequest {
    ReferExternallyRequest {
        body: "ombudsman".into(),
        explanation: LETTER.into(),
        ..Default::default()
    }
}

pub(crate) fn notice() -> RecordExternalNoticeRequest {
    RecordExternalNoticeRequest::default()
}

pub(crate) fn position() -> StateExternalPositionRequest {
    StateExternalPositionRequest {
        position: "Mrs Abendroth boiled wine in it".into(),
        ..Default::default()
    }
}

pub(crate) fn begin(method: &str) -> BeginExternalResolutionRequest {
    BeginExternalResolutionRequest {
        method: method.into(),
        ..Default::default()
    }
}

fn euros(minor_units: i64) -> Money {
    Money {
        minor_units,
        currency: "EUR".into(),
    }
}

const TERMS: &str = "Mrs Abendroth gets half of it";

fn settle() -> SettleExternallyRequest {
    SettleExternallyRequest {
        terms: TERMS.into(),
        award: Some(euros(2500)),
        ..Default::default()
    }
}

pub(crate) fn determine(determination: &str, award: Option<i64>) -> RecordDeterminationRequest {
    RecordDeterminationRequest {
        determination: determination.into(),
        award: award.map(euros),
        ..Default::default()
    }
}

pub(crate) fn follow_up() -> FollowUpComplaintRequest {
    FollowUpComplaintRequest {
        channel: "phone".into(),
        result: "all_well".into(),
        explanation: "Mrs Abendroth makes tea again".into(),
        ..Default::default()
    }
}

pub(crate) fn satisfied(measure: &str, score: u32) -> RecordSatisfactionRequest {
    RecordSatisfactionRequest {
        measure: measure.into(),
        score: Some(score),
        words: "Mrs Abendroth is content".into(),
        ..Default::default()
    }
}

pub(crate) fn merge(into: &str) -> MergeComplaintRequest {
    MergeComplaintRequest {
        into: into.into(),
        reason: "same_kettle".into(),
        explanation: "Mrs Abendroth wrote twice".into(),
        ..Default::default()
    }
}

pub(crate) fn unmerge() -> UnmergeComplaintRequest {
    UnmergeComplaintRequest {
        reason: "another_kettle".into(),
        ..Default::default()
    }
}

async fn told(client: &mut Complaints, id: &str) -> Vec<String> {
    let request = GetComplaintHistoryRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        ..Default::default()
    };
    let answer = client.get_complaint_history(request).await.unwrap();
    let entries = steps::without_clocks(answer.into_inner().entries);
    entries.into_iter().map(|it| it.summary).collect()
}

async fn open_ids(client: &mut Complaints, token: &str) -> Vec<String> {
    let request = ListComplaintsRequest {
        filter: Some(ComplaintFilter {
            open_only: true,
            ..Default::default()
        }),
        wait_for: token.to_owned(),
        ..Default::default()
    };
    let answer = client.list_complaints(request).await.unwrap().into_inner();
    let ids = answer.complaints.into_iter().map(|it| it.complaint_id);
    ids.collect()
}

async fn due_ids(client: &mut Complaints, token: &str) -> Vec<String> {
    let request = ListComplaintsRequest {
        order: ComplaintOrder::DueAsc.into(),
        wait_for: token.to_owned(),
        ..Default::default()
    };
    let answer = client.list_complaints(request).await.unwrap().into_inner();
    let ids = answer.complaints.into_iter().map(|it| it.complaint_id);
    ids.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_before_another_body_is_shown_step_by_step_and_lets_the_complaint_be_closed() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::decide(client, &id).await;
    done!(client, fulfil_remedy, on(&id, steps::fulfil(2)));
    done!(client, dispute_decision, on(&id, steps::dispute()));
    done!(client, refer_externally, on(&id, refer()));
    assert_eq!(get(client, &id).await.status, "referred_externally");
    done!(client, record_external_notice, on(&id, notice()));
    done!(client, state_external_position, on(&id, position()));
    let facilitative = on(&id, begin("facilitative"));
    done!(client, begin_external_resolution, facilitative);
    let first = done!(client, settle_externally, under("s-1", on(&id, settle())));
    let again = done!(client, settle_externally, under("s-1", on(&id, settle())));
    assert!(again.already_done && again.version == first.version);
    let exhausted = on(&id, steps::close("options_exhausted"));
    let open = refused(client.close_complaint(exhausted.clone()).await);
    assert_eq!(open.0, "EXTERNAL_DISPUTE_OPEN");
    let implement = ImplementExternalResultRequest::default();
    done!(client, implement_external_result, on(&id, implement));
    let close = CloseExternalFileRequest::default();
    done!(client, close_external_file, on(&id, close));
    done!(client, close_complaint, exhausted);

    let it = get(client, &id).await;
    let [dispute] = &it.external_disputes[..] else {
        panic!("{:?}", it.external_disputes);
    };
    assert_eq!(
        (&*dispute.body, &*dispute.referred_by),
        ("ombudsman", "complainant")
    );
    assert_eq!(
        (&*dispute.step, &*dispute.result),
        ("file_closed", "settled")
    );
    assert_eq!(dispute.method, "facilitative");
    assert_eq!(dispute.award, Some(euros(2500)));
    let taken: Vec<_> = dispute.steps.iter().map(|it| &*it.step).collect();
    assert_eq!(
        taken,
        [
            "referred",
            "notice_received",
            "position_stated",
            "resolving",
            "settled",
            "implemented",
            "file_closed"
        ]
    );
    let words = |at: usize| dispute.steps[at].words.as_ref().map(|it| &*it.text);
    assert_eq!(
        (words(0), words(1), words(4)),
        (Some(LETTER), None, Some(TERMS))
    );
    let told = told(client, &id).await;
    assert!(told.contains(&"Settled before the other body, 25.00 EUR to be paid".to_owned()));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_complaint_is_followed_up_and_says_how_satisfied_the_complainant_is() {
    let world = World::new();
    let mut running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    steps::handle(client, &id).await;
    let unsaid = RecordSatisfactionRequest {
        score: None,
        ..satisfied("csat", 4)
    };
    let found = refused(client.record_satisfaction(on(&id, unsaid)).await);
    assert_eq!(found, ("FIELD_REQUIRED".to_owned(), "score".to_owned()));
    done!(client, record_satisfaction, on(&id, satisfied("csat", 4)));
    let token = done!(client, follow_up_complaint, on(&id, follow_up())).token;
    let it = get(client, &id).await;
    assert_eq!(it.status, "followed_up");
    assert_eq!(
        (&*it.closing_basis, it.closed_at.is_some()),
        ("accepted", true)
    );
    let said = it.satisfaction.unwrap();
    assert_eq!((&*said.measure, said.score), ("csat", 4));
    assert_eq!(said.words.unwrap().text, "Mrs Abendroth is content");
    let follow_up = it.follow_up.unwrap();
    assert_eq!(
        (&*follow_up.channel, &*follow_up.result),
        ("phone", "all_well")
    );
    assert!(open_ids(client, &token).await.is_empty());
    running.stop().await;
}

/// Without what tells that anything was recorded at all.
fn as_it_stands(complaint: Complaint) -> Complaint {
    Complaint {
        etag: String::new(),
        version: 0,
        updated_at: None,
        ..steps::as_recorded(complaint)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_goes_into_another_and_comes_back_as_it_was() {
    let world = World::new();
    let mut running = world.start().await;
    let one = world.complaint(1).await.to_string();
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    done!(
        client,
        acknowledge_complaint,
        on(&one, steps::acknowledge())
    );
    done!(
        client,
        await_complainant,
        on(&one, steps::await_complainant())
    );
    let before = [get(client, &one).await, get(client, &other).await];

    let request = || under("m-1", on(&one, merge(&other)));
    let token = done!(client, merge_complaint, request()).token;
    assert!(done!(client, merge_complaint, request()).already_done);
    let it = get(client, &one).await;
    assert_eq!((&*it.status, it.waiting.is_none()), ("merged", true));
    let merging = it.merging.unwrap();
    assert_eq!((&*merging.into, &*merging.reason), (&*other, "same_kettle"));
    assert_eq!(
        merging.explanation.unwrap().text,
        "Mrs Abendroth wrote twice"
    );
    assert_eq!(get(client, &other).await.merged_from, [&*one]);
    assert_eq!(open_ids(client, &token).await, [&*other]);

    done!(client, unmerge_complaint, on(&one, unmerge()));
    let after = [get(client, &one).await, get(client, &other).await];
    assert_eq!(after.map(as_it_stands), before.map(as_it_stands));
    let token = running.token();
    let client = &mut running.complaints;
    assert_eq!(open_ids(client, &token).await.len(), 2);
    let here = told(client, &one).await;
    assert_eq!(
        here[3..],
        [
            format!("Merged into {other}: same_kettle"),
            format!("Unmerged from {other}: another_kettle")
        ]
    );
    let there = told(client, &other).await;
    assert_eq!(
        there[1..],
        [
            format!("{one} merged into this one"),
            format!("{one} no longer merged into this one")
        ]
    );
    running.stop().await;
}

/// Under a policy with one clock that stands still while a complaint is merged and one that does not.
const OURS: &str = r#"policy = "ours"
version = 1

[calendars.office]
zone = "UTC"
working_days = ["09:00-17:00"]

[clocks.answer]
starts = "received"
stops = ["decision_communicated"]
pauses = ["on_hold"]
target = "10 business days"
calendar = "office"

[clocks.patient]
starts = "received"
stops = ["decision_communicated"]
pauses = ["on_hold", "merged"]
target = "10 business days"
calendar = "office"
"#;

fn due(it: &Complaint, clock: &str) -> String {
    let clock = it.clocks.iter().find(|it| it.clock == clock).unwrap();
    let due = clock
        .due_at
        .map(|at| redress_wire::time_from_wire(at).unwrap());
    due.map_or("none".to_owned(), |at| at.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_in_another_complaint_counts_unless_the_policy_says_otherwise() {
    let world = World::new();
    let mut running = world.start().await;
    let document = OURS.to_owned();
    let request = redress_wire::workflow::v1::ApplyPolicyRequest {
        document,
        ..Default::default()
    };
    running.policies.apply_policy(request).await.unwrap();
    let one = world.complaint(0).await.to_string();
    let other = world.complaint(1).await.to_string();
    running.follow(&world).await;
    let client = &mut running.complaints;
    let hold = at("2026-03-02T13:00:00Z", on(&one, steps::hold()));
    done!(client, hold_complaint, hold);
    let merge = at("2026-03-03T09:00:00Z", on(&one, merge(&other)));
    done!(client, merge_complaint, merge);
    let unmerge = at("2026-03-05T09:00:00Z", on(&one, unmerge()));
    done!(client, unmerge_complaint, unmerge);
    // What it stood still for before it stands still for again, since then.
    let it = get(client, &one).await;
    assert!(it.hold.is_some() && due(&it, "ours/answer") == "none");
    let release = at("2026-03-06T13:00:00Z", on(&one, steps::release()));
    done!(client, release_complaint, release);
    let merge = at("2026-03-09T09:00:00Z", on(&one, self::merge(&other)));
    let token = done!(client, merge_complaint, merge).token;
    // What is merged into another complaint is due there.
    let it = get(client, &one).await;
    assert!(it.due_at.is_none() && !it.late);
    assert_eq!(due_ids(client, &token).await, [&*other]);
    let unmerge = at("2026-03-11T09:00:00Z", on(&one, self::unmerge()));
    let token = done!(client, unmerge_complaint, unmerge).token;
    assert_eq!(due_ids(client, &token).await.len(), 2);
    let it = get(client, &one).await;
    assert_eq!(due(&it, "ours/answer"), "2026-03-19T17:00:00Z");
    assert_eq!(due(&it, "ours/patient"), "2026-03-23T17:00:00Z");
    running.stop().await;
}

/// Writes an event as a workflow does that crashes behind it.
struct Crashing;

impl Life for Crashing {
    type State = ();
    type Event = Box<RawValue>;

    fn decode(record: &Record) -> Result<Box<RawValue>, UnreadableEvent> {
        Ok(record.data.clone())
    }

    fn encode(data: &Box<RawValue>) -> Draft {
        Draft {
            kind: "redress.complaint.merge_received.v1",
            data: data.clone(),
        }
    }

    fn evolve((): &mut (), _: &Box<RawValue>) {}
}

/// Given a workflow that crashed after the first half of a merging, when it is started again, then the
/// complaint that stays is told that the other one never came, once.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_merging_is_taken_back_after_a_crash() {
    let world = World::new();
    let running = world.start().await;
    let one = world.complaint(1).await.to_string();
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    running.stop().await;

    let workflow = world.open();
    let data = format!(r#"{{"from":"{one}","occurred_at":"2026-11-20T09:00:00Z"}}"#);
    let data = RawValue::from_string(data).unwrap();
    let subject = Subject::new("complaint", &other).unwrap();
    let command = Command::new(subject, Context::by(Actor::System));
    let decide = |(): &(), _: Moment| Ok::<_, std::convert::Infallible>(vec![data]);
    let done = workflow.log().transact::<Crashing, _>(command, decide);
    done.await.unwrap();
    workflow.close().await.unwrap();

    let mut running: Running = world.start().await;
    assert_eq!(
        get(&mut running.complaints, &other).await.merged_from,
        [one]
    );
    let now = || time("2026-11-21T12:05:00Z");
    let ticking = tokio::spawn(running.workflow.clone().tick(now));
    for _ in 0..300 {
        if get(&mut running.complaints, &other)
            .await
            .merged_from
            .is_empty()
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let size = running.workflow.log().head().size;
    tokio::time::sleep(std::time::Duration::from_millis(2500)).await;
    assert_eq!(running.workflow.log().head().size, size, "once");
    assert!(
        get(&mut running.complaints, &other)
            .await
            .merged_from
            .is_empty()
    );
    ticking.abort();
    let _ = ticking.await;
    running.stop().await;
}
