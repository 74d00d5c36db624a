//! What a later version wrote, and what nobody was asked.

use std::convert::Infallible;

use redress_envelope::{Actor, Context, Draft, Record, Subject};
use redress_event_log::{Command, Life, Log, UnreadableEvent};
use redress_feedback::Feedback;
use redress_wire::reporting::v1 as wire;
use redress_wire::reporting::v1::reporting_service_server::ReportingService;
use serde_json::value::RawValue;
use tonic::Request;

use crate::world::{Place, World, about, caught_up, item};

/// Writes what this version would not.
struct Raw;

impl Life for Raw {
    type State = ();
    type Event = (&'static str, String);

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        Ok(("", record.data.get().to_owned()))
    }

    fn encode((kind, data): &Self::Event) -> Draft {
        let data = RawValue::from_string(data.clone()).unwrap();
        Draft { kind, data }
    }

    fn evolve((): &mut (), _: &Self::Event) {}
}

async fn write(log: &Log, subject: Subject, kind: &'static str, data: serde_json::Value) {
    let command = Command::new(subject, Context::by(Actor::System));
    let decide = move |(): &(), _| Ok::<_, Infallible>(vec![(kind, data.to_string())]);
    log.transact::<Raw, _>(command, decide).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_on_which_a_fold_hangs_leaves_the_answers_incomplete_and_ends_nothing() {
    let (place, dir) = (Place::new(), tempfile::tempdir().unwrap());
    let world = World::new(dir.path(), "2026-03-01T10:00:00Z");
    let report = serde_json::json!({
        "source": "cfpb", "digest": "00", "response_class": "settled", "timely": "yes",
        "disputed": "no",
    });
    let said = serde_json::json!({
        "kind": "complaint", "channel": "web", "product": "Kettle",
        "received_at": "2026-03-01T09:00:00Z", "reported": report,
    });
    let (id, other) = (item("later"), item("now"));
    let feedback = Subject::item("feedback", id);
    let kind = "redress.feedback.received.v1";
    write(&world.intake, feedback, kind, said.clone()).await;
    let taken_over = serde_json::json!({
        "feedback": id, "reference": "RD-2026-000123-7", "about": said, "history": report,
    });
    let complaint = || Subject::item("complaint", id);
    let kind = "redress.complaint.taken_over.v1";
    write(&world.workflow, complaint(), kind, taken_over).await;
    let acknowledged = serde_json::json!({
        "channel": "email", "occurred_at": "2026-03-01T09:30:00Z",
    });
    let kind = "redress.complaint.acknowledged.v1";
    write(&world.workflow, complaint(), kind, acknowledged).await;
    world
        .receive(other, &about("Kettle", "2026-03-01T09:00:00Z"))
        .await;
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let request = wire::GetIndicatorsRequest::default();
    let answer = reporting
        .endpoints()
        .get_indicators(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.indicators.unwrap().received, 1);
    assert!(
        answer.incomplete_from.contains("intake"),
        "{}",
        answer.incomplete_from
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_was_asked_is_counted_apart_from_a_no() {
    let (place, dir) = (Place::new(), tempfile::tempdir().unwrap());
    let world = World::new(dir.path(), "2026-03-01T10:00:00Z");
    for (n, vulnerable) in [Some(true), Some(false), None, None]
        .into_iter()
        .enumerate()
    {
        let said = Feedback {
            vulnerable,
            ..about("Kettle", "2026-03-01T09:00:00Z")
        };
        world.receive(item(&n.to_string()), &said).await;
    }
    let reporting = place.follow(&world).await;
    caught_up(&reporting, &world).await;
    let request = wire::GetParetoRequest {
        dimension: "vulnerable".to_owned(),
        ..Default::default()
    };
    let answer = reporting
        .endpoints()
        .get_pareto(Request::new(request))
        .await
        .unwrap()
        .into_inner();
    let rows: Vec<(&str, u64)> = answer
        .rows
        .iter()
        .map(|row| (&*row.key, row.count))
        .collect();
    assert_eq!(rows, [("unknown", 2), ("no", 1), ("yes", 1)]);
}
