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

/// Writes an event of a type that is not known yet.
struct Later;

impl Life for Later {
    type State = ();
    type Event = ();

    fn decode(_: &Record) -> Result<(), UnreadableEvent> {
        Ok(())
    }

    fn encode((): &()) -> Draft {
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        Draft {
            kind: "redress.complaint.escalated.v1",
            data,
        }
    }

    fn evolve((): &mut (), (): &()) {}
}

async fn escalate(log: &Log, id: ItemId) {
    let command = Command::new(Subject::item("complaint", id), Context::by(Actor::System));
    let decide = |(): &(), _: Moment| Ok::<_, Infallible>(vec![()]);
    log.transact::<Later, _>(command, decide).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_say_from_where_they_are_incomplete_and_no_decision_is_made_on_half_a_history() {
    let world = World::new();
    let mut running = world.start().await;
    let (id, other) = (world.complaint(1).await, world.complaint(2).await);
    running.follow(&world).await;
    let acknowledge = on(&id.to_string(), steps::acknowledge());
    done!(running.complaints, acknowledge_complaint, acknowledge);
    running.stop().await;
    let workflow = world.open();
    escalate(workflow.log(), id).await;
    workflow.close().await.unwrap();

    let mut running = world.start().await;
    let client = &mut running.complaints;
    let before = running.workflow.log().token(3).to_string();
    let key = Some(Key::ComplaintId(id.to_string()));
    let request = GetComplaintRequest {
        key,
        ..Default::default()
    };
    let answer = client.get_complaint(request).await.unwrap().into_inner();
    assert_eq!(answer.incomplete_from, before);
    let complaint = answer.complaint.unwrap();
    assert_eq!((&*complaint.status, complaint.version), ("acknowledged", 3));
    let wait_for = running.workflow.log().token(4).to_string();
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
