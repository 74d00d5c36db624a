//! An answer as of an earlier moment is the answer that was given then.

use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{Feedback, GetFeedbackRequest};
use redress_wire::log::v1::{AsOf, as_of::Point};
use tonic::Code;

use crate::import::{import_row, start};
use crate::running::{Client, Running, complaint, open, request, running};
use crate::submit::get;

async fn ask(client: &mut Client, id: &str, point: Option<Point>) -> Option<(Feedback, String)> {
    let as_of = point.map(|point| AsOf { point: Some(point) });
    let question = GetFeedbackRequest {
        as_of,
        ..get(Key::FeedbackId(id.to_owned()))
    };
    match client.get_feedback(question).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            Some((answer.feedback.unwrap(), answer.token))
        }
        Err(status) => {
            assert_eq!(status.code(), Code::NotFound, "{status:?}");
            None
        }
    }
}

#[tokio::test]
async fn twenty_past_positions_answer_as_a_system_that_stopped_there() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let import = start(&mut running.client, "f").await;
    // Items that come, and items about which other reports come later.
    let mut ids: Vec<String> = Vec::new();
    let mut then = Vec::new();
    for step in 0..24 {
        let id = if step % 3 == 0 {
            let submit = request(complaint(), &format!("r-{step}"));
            running
                .client
                .submit_feedback(submit)
                .await
                .unwrap()
                .into_inner()
                .feedback_id
        } else {
            let class = ["in_progress", "", "closed", "untimely_response"][step % 4];
            let row = import_row(&import, &format!("{}", step % 5), step, class);
            running
                .client
                .import_feedback(row)
                .await
                .unwrap()
                .into_inner()
                .feedback_id
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
        let mut answers = Vec::new();
        for id in &ids {
            answers.push(ask(&mut running.client, id, None).await.unwrap());
        }
        then.push((running.intake.log().head(), answers));
    }
    assert!(then.len() >= 20);
    // The same after a restart, when nothing is in memory any more.
    running.stop().await;
    let mut running = Running::start(open(data.path(), 2)).await;
    for (head, answers) in then {
        let token = running.intake.log().token(head.size).to_string();
        let time = redress_wire::time_to_wire(head.time.unwrap());
        for (index, id) in ids.iter().enumerate() {
            let expected = answers.get(index);
            for point in [Point::Token(token.clone()), Point::Time(time)] {
                let found = ask(&mut running.client, id, Some(point)).await;
                assert!(found.as_ref() == expected, "{id} at {}", head.size);
            }
        }
    }
    running.stop().await;
}
