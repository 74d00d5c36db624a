//! What this version does with a log that a later one has written to.

use std::convert::Infallible;

use redress_envelope::{Actor, Context, Draft, ItemId, Record, Subject};
use redress_event_log::{Command, Life, Log, Moment, UnreadableEvent};
use redress_wire::workflow::v1::{
    GetComplaintRequest, ListComplaintsRequest, get_complaint_request::Key,
};
use serde_json::value::RawValue;

use super::given::{World, refused};
use super::steps::{self, done, on};

/// Writes what is not known yet.
struct Later;

/// A type, and a word of a type that is known.
const LATER: [(&str, &str); 2] = [
    ("redress.complaint.audited.v1", "{}"),
    (
        "redress.complaint.history_reported.v1",
        concat!(
            r#"{"history":{"source":"cfpb","digest":"00","response_class":"settled","#,
            r#""timely":"yes","disputed":"no"}}"#
        ),
    ),
];

impl Life for Later {
    type State = ();
    type Event = (&'static str, &'static str);

    fn decode(_: &Record) -> Result<Self::Event, UnreadableEvent> {
        Ok(LATER[0])
    }

    fn encode((kind, data): &Self::Event) -> Draft {
        let data = RawValue::from_string((*data).to_owned()).unwrap();
        Draft { kind, data }
    }

    fn evolve((): &mut (), _: &Self::Event) {}
}

async fn write(log: &Log, id: ItemId, event: (&'static str, &'static str)) {
    write_about(log, Subject::item("complaint", id), event).await;
}

pub(crate) async fn write_about(log: &Log, subject: Subject, event: (&'static str, &'static str)) {
    let command = Command::new(subject, Context::by(Actor::System));
    let decide = move |(): &(), _: Moment| Ok::<_, Infallible>(vec![event]);
    log.transact::<Later, _>(command, decide).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_say_from_where_they_are_incomplete_and_no_decision_is_made_on_half_a_history() {
    for event in LATER {
        is_incomplete_from(event).await;
    }
}

async fn is_incomplete_from(event: (&'static str, &'static str)) {
    let world = World::new();
    let mut running = world.start().await;
    let (id, other) = (world.complaint(1).await, world.complaint(2).await);
    running.follow(&world).await;
    let acknowledge = on(&id.to_string(), steps::acknowledge());
    done!(running.complaints, acknowledge_complaint, acknowledge);
    running.stop().await;
    let workflow = world.open();
    let size = workflow.log().head().size;
    write(workflow.log(), id, event).await;
    workflow.close().await.unwrap();

    let mut running = world.start().await;
    let client = &mut running.complaints;
    let before = running.workflow.log().token(size).to_string();
    let key = Some(Key::ComplaintId(id.to_string()));
    let request = GetComplaintRequest {
        key,
        ..Default::default()
    };
    let answer = client.get_complaint(request).await.unwrap().into_inner();
    assert_eq!(answer.incomplete_from, before);
    let complaint = answer.complaint.unwrap();
    assert_eq!((&*complaint.status, complaint.version), ("acknowledged", 7));
    let wait_for = running.workflow.log().token(size + 1).to_string();
    let request = ListComplaintsRequest {
        wait_for,
        ..Default::default()
    };
    let list = client.list_complaints(request).await.unwrap().into_inner();
    assert_eq!((list.complaints.len(), list.incomplete_from), (2, before));

    let assess = client
        .assess_complaint(on(&id.to_string(), steps::assess()))
        .await;
    assert_eq!(refused(assess).0, "EVENT_UNREADABLE");
    // It parks its own stream and nothing else.
    done!(
        client,
        acknowledge_complaint,
        on(&other.to_string(), steps::acknowledge())
    );
    running.stop().await;
}
