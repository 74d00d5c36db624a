//! `SubmitFeedback`, and `GetFeedback` of what was submitted.

use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{Attachment, GetFeedbackRequest, Submission, SubmitFeedbackRequest};

use crate::running::{
    Running, SECRETS, by, complaint, key, open, reason, records, request, running, time,
};

pub(crate) fn get(key: Key) -> GetFeedbackRequest {
    GetFeedbackRequest {
        key: Some(key),
        ..GetFeedbackRequest::default()
    }
}

#[tokio::test]
async fn feedback_comes_back_as_it_was_handed_in() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let mut submission = complaint();
    submission.jurisdiction = "us-ca".to_owned();
    submission.attachments = vec![Attachment {
        name: "leak.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        content: vec![7; 5000].into(),
        bytes: 0,
    }];
    submission
        .unmapped
        .insert("Mood".to_owned(), "furious".to_owned());
    let message = request(submission.clone(), "r-1");
    let answer = running
        .client
        .submit_feedback(by("user:u-17", message))
        .await
        .unwrap();
    let answer = answer.into_inner();
    assert_eq!(answer.reference, "RD-2026-000001-7");
    let recorded = answer.recorded.unwrap();
    assert_eq!((recorded.etag.as_str(), recorded.version), ("v1", 1));
    assert_eq!(recorded.request_id, "r-1");
    assert!(!recorded.already_done);

    for key in [
        Key::FeedbackId(answer.feedback_id.clone()),
        Key::Reference(answer.reference.clone()),
    ] {
        let question = GetFeedbackRequest {
            wait_for: recorded.token.clone(),
            ..get(key)
        };
        let found = running
            .client
            .get_feedback(question)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.token, recorded.token);
        let found = found.feedback.unwrap();
        assert_eq!(found.feedback_id, answer.feedback_id);
        assert_eq!(found.recorded_by, "user:u-17");
        assert_eq!((found.position, found.updates, found.erased), (0, 0, false));
        let mut expected = submission.clone();
        expected.jurisdiction = "US-CA".to_owned();
        // Answers say how large an attachment is, and leave it out.
        expected.attachments[0].content.clear();
        expected.attachments[0].bytes = 5000;
        assert!(found.submission.unwrap() == expected);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_day_is_answered_as_the_day_that_was_told_and_a_repeat_is_the_same() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let submission = Submission {
        occurred_on: "2026-05-18".to_owned(),
        received_at: None,
        received_on: "2026-05-20".to_owned(),
        ..complaint()
    };
    let message = request(submission.clone(), "r-1");
    let mut answers = Vec::new();
    for _ in 0..2 {
        let answer = running.client.submit_feedback(message.clone()).await;
        answers.push(answer.unwrap().into_inner().feedback_id);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(records(&running.intake).await.len(), 1);
    let question = get(Key::FeedbackId(answers.remove(0)));
    let found = running.client.get_feedback(question).await.unwrap();
    let found = found.into_inner().feedback.unwrap().submission.unwrap();
    let expected = Submission {
        received_at: Some(time("2026-05-20T00:00:00Z")),
        ..submission
    };
    assert!(found == expected);

    // What is answered can be handed in again.
    let again = running.client.submit_feedback(request(found, "r-2")).await;
    let question = get(Key::FeedbackId(again.unwrap().into_inner().feedback_id));
    let found = running.client.get_feedback(question).await.unwrap();
    let found = found.into_inner().feedback.unwrap().submission.unwrap();
    assert!(found == expected);
    running.stop().await;
}

#[tokio::test]
async fn no_record_holds_a_word_of_the_customer() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let message = SubmitFeedbackRequest {
        inbound_key: Some(key("orders", "ORD-90817263")),
        ..request(complaint(), "r-1")
    };
    running.client.submit_feedback(message).await.unwrap();
    let records = records(&running.intake).await;
    assert_eq!(records.len(), 1);
    let text = String::from_utf8(records[0].clone()).unwrap();
    assert!(text.contains("Kettle"), "{text}");
    assert!(text.contains("\"immediate_action_taken\":true"), "{text}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} stands in {text}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_time_also_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let submit = request(complaint(), "r-1");
    let first = running
        .client
        .submit_feedback(submit.clone())
        .await
        .unwrap()
        .into_inner();
    running
        .client
        .submit_feedback(request(complaint(), "r-2"))
        .await
        .unwrap();
    let again = running
        .client
        .submit_feedback(submit.clone())
        .await
        .unwrap()
        .into_inner();
    running.stop().await;
    let mut running = Running::start(open(data.path(), 2)).await;
    let later = running
        .client
        .submit_feedback(submit)
        .await
        .unwrap()
        .into_inner();
    for repeat in [again, later] {
        assert_eq!(repeat.feedback_id, first.feedback_id);
        assert_eq!(repeat.reference, first.reference);
        let (repeat, first) = (repeat.recorded.unwrap(), first.recorded.clone().unwrap());
        assert!(repeat.already_done);
        assert_eq!(repeat.token, first.token);
        assert_eq!(repeat.recorded_at, first.recorded_at);
        assert_eq!((repeat.etag, repeat.version), (first.etag, first.version));
    }
    assert_eq!(running.intake.log().head().size, 2);
    running.stop().await;
}

#[tokio::test]
async fn a_request_id_with_another_body_is_an_error() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    running
        .client
        .submit_feedback(request(complaint(), "r-1"))
        .await
        .unwrap();
    let other = Submission {
        product: "Toaster".to_owned(),
        ..complaint()
    };
    let status = running
        .client
        .submit_feedback(request(other, "r-1"))
        .await
        .unwrap_err();
    assert_eq!(status.code(), tonic::Code::AlreadyExists);
    assert_eq!(
        reason(&status),
        (
            "REQUEST_ID_REUSED".to_owned(),
            Some("request_id".to_owned())
        )
    );
    assert_eq!(running.intake.log().head().size, 1);
    running.stop().await;
}
