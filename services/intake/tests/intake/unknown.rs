//! Events that this version does not know.

use std::convert::Infallible;

use redress_envelope::{Actor, Context, Draft, ItemId, Record, Subject};
use redress_event_log::{Command, Life, UnreadableEvent};
use redress_service::Problem;
use redress_wire::intake::v1::ListFeedbackRequest;
use redress_wire::intake::v1::get_feedback_request::Key;
use tonic::Code;

use crate::import::{import_row, start};
use crate::running::{complaint, request, running};
use crate::submit::get;

/// What a later version might write.
struct Later;

impl Life for Later {
    type State = ();
    type Event = ();

    fn decode(_: &Record) -> Result<(), UnreadableEvent> {
        Ok(())
    }

    fn encode((): &()) -> Draft {
        let data = serde_json::value::to_raw_value(&serde_json::json!({ "much": "later" }));
        Draft {
            kind: "redress.feedback.translated.v1",
            data: data.unwrap(),
        }
    }

    fn evolve((): &mut (), (): &()) {}
}

#[tokio::test]
async fn a_later_event_stops_decisions_by_name_and_marks_lists() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let run = start(&mut running.client, "f").await;
    let row = import_row(&run, "7", 1, "in_progress");
    let id = running
        .client
        .import_feedback(row)
        .await
        .unwrap()
        .into_inner()
        .feedback_id;
    running.stop().await;

    // Nothing is cached after a restart, as it is not after an upgrade and a way back.
    let mut running = crate::running::Running::start(crate::running::open(data.path(), 2)).await;
    let item: ItemId = id.parse().unwrap();
    let command = Command::new(Subject::item("feedback", item), Context::by(Actor::System));
    let later = |(): &(), _| Ok::<_, Infallible>(vec![()]);
    running
        .intake
        .log()
        .transact::<Later, _>(command, later)
        .await
        .unwrap();

    let status = running
        .client
        .get_feedback(get(Key::FeedbackId(id)))
        .await
        .unwrap_err();
    let problem = Problem::from_status(&status);
    assert_eq!(
        (status.code(), &*problem.code),
        (Code::DataLoss, "EVENT_UNREADABLE")
    );
    assert_eq!(problem.facts["position"], "2");
    assert!(
        problem.message.contains("redress.feedback.translated.v1"),
        "{}",
        problem.message
    );
    running.stop().await;

    let mut running = crate::running::Running::start(crate::running::open(data.path(), 3)).await;
    let row = import_row(&run, "7", 2, "closed");
    let status = running.client.import_feedback(row).await.unwrap_err();
    assert_eq!(&*Problem::from_status(&status).code, "EVENT_UNREADABLE");

    let other = running
        .client
        .submit_feedback(request(complaint(), ""))
        .await
        .unwrap();
    let question = ListFeedbackRequest {
        wait_for: other.into_inner().recorded.unwrap().token,
        ..ListFeedbackRequest::default()
    };
    let page = running
        .client
        .list_feedback(question)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(page.feedback.len(), 2, "what is known is shown");
    assert_eq!(
        page.incomplete_from,
        running.intake.log().token(2).to_string()
    );
    running.stop().await;
}
