//! What becomes of the words: erased, asked for by another key, asked for in vain.

use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{
    Attachment, GetAttachmentRequest, GetFeedbackRequest, ListFeedbackRequest, Submission,
    SubmitFeedbackRequest,
};
use redress_wire::log::v1::{AsOf, as_of::Point};

use crate::running::{complaint, key, reason, request, running};
use crate::submit::get;

#[tokio::test]
async fn erased_words_are_gone_and_the_rest_stays() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let submit = request(complaint(), "r-1");
    let id = running
        .client
        .submit_feedback(submit.clone())
        .await
        .unwrap()
        .into_inner()
        .feedback_id;
    let customer = running.intake.vault().subject_for("C-778812");
    running
        .intake
        .vault()
        .erase_subject(customer)
        .await
        .unwrap();

    let found = running
        .client
        .get_feedback(get(Key::FeedbackId(id)))
        .await
        .unwrap()
        .into_inner();
    let found = found.feedback.unwrap();
    assert!(found.erased);
    let submission = found.submission.unwrap();
    assert_eq!(
        (submission.product.as_str(), submission.description.as_str()),
        ("Kettle", "")
    );
    assert!(submission.customer.is_none() && submission.immediate_action.is_empty());
    // A repeat seals nothing, so it brings nothing back.
    let again = running
        .client
        .submit_feedback(submit)
        .await
        .unwrap()
        .into_inner();
    assert!(again.recorded.unwrap().already_done);
    let found = running
        .client
        .get_feedback(get(Key::FeedbackId(again.feedback_id)))
        .await
        .unwrap();
    assert!(found.into_inner().feedback.unwrap().erased);
    running.stop().await;
}

#[tokio::test]
async fn one_inbound_key_is_one_feedback_whatever_the_request_id() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let submit = |request_id: &str, submission: Submission| SubmitFeedbackRequest {
        inbound_key: Some(key("crm-eu", "T-4711")),
        ..request(submission, request_id)
    };
    let first = running
        .client
        .submit_feedback(submit("", complaint()))
        .await
        .unwrap()
        .into_inner();
    for request_id in ["", "r-2"] {
        let again = running
            .client
            .submit_feedback(submit(request_id, complaint()))
            .await
            .unwrap();
        let again = again.into_inner();
        assert_eq!(again.feedback_id, first.feedback_id);
        assert!(again.recorded.unwrap().already_done);
    }
    let other = Submission {
        product: "Toaster".to_owned(),
        ..complaint()
    };
    let status = running
        .client
        .submit_feedback(submit("", other))
        .await
        .unwrap_err();
    assert_eq!(
        reason(&status),
        ("INBOUND_KEY_REUSED".into(), Some("inbound_key".into()))
    );
    assert_eq!(running.intake.log().head().size, 1);

    let question = get(Key::InboundKey(key("crm-eu", " T-4711 ")));
    let found = running
        .client
        .get_feedback(question)
        .await
        .unwrap()
        .into_inner();
    let found = found.feedback.unwrap();
    assert_eq!(
        (found.feedback_id, found.source.as_str()),
        (first.feedback_id, "crm-eu")
    );
    let references = found.submission.unwrap().external_references;
    assert!(
        references
            .iter()
            .any(|it| it.system == "crm-eu" && it.id == "T-4711")
    );
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_found_is_told_apart() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let compliment = Submission {
        kind: "compliment".into(),
        ..complaint()
    };
    let answer = running
        .client
        .submit_feedback(request(compliment, "r-1"))
        .await
        .unwrap();
    let answer = answer.into_inner();
    assert_eq!(answer.reference, "", "a compliment opens no complaint");
    let missing = "0-00000000000080008000000000000000";
    let rows = [
        (
            GetFeedbackRequest::default(),
            "FIELD_REQUIRED",
            Some("feedback_id"),
        ),
        (
            get(Key::FeedbackId(String::new())),
            "FIELD_REQUIRED",
            Some("feedback_id"),
        ),
        (
            get(Key::FeedbackId("abc".into())),
            "FIELD_MALFORMED",
            Some("feedback_id"),
        ),
        (
            get(Key::FeedbackId(missing.into())),
            "FEEDBACK_NOT_FOUND",
            None,
        ),
        (
            get(Key::InboundKey(key("crm", "1"))),
            "FEEDBACK_NOT_FOUND",
            None,
        ),
        (
            get(Key::InboundKey(key("CRM", "1"))),
            "FIELD_MALFORMED",
            Some("inbound_key.source"),
        ),
        (
            get(Key::Reference("RD-2026-000001-1".into())),
            "REFERENCE_INVALID",
            Some("reference"),
        ),
        // The check digit is right, and nobody was ever told of a number 0.
        (
            get(Key::Reference("RD-2026-000000-9".into())),
            "REFERENCE_INVALID",
            Some("reference"),
        ),
        // Right in itself, but what is there is no complaint; and nothing is there at all.
        (
            get(Key::Reference("RD-2026-000001-7".into())),
            "FEEDBACK_NOT_FOUND",
            None,
        ),
        (
            get(Key::Reference("RD-2026-000123-7".into())),
            "FEEDBACK_NOT_FOUND",
            None,
        ),
    ];
    for (question, code, field) in rows {
        let status = running.client.get_feedback(question).await.unwrap_err();
        assert_eq!(
            reason(&status),
            (code.to_owned(), field.map(ToOwned::to_owned))
        );
    }
    running.stop().await;
}

#[tokio::test]
async fn a_moment_that_is_none_is_told_apart() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let answer = running
        .client
        .submit_feedback(request(complaint(), ""))
        .await
        .unwrap();
    let answer = answer.into_inner();
    let at = |key: Key, point: Point| GetFeedbackRequest {
        as_of: Some(AsOf { point: Some(point) }),
        ..get(key)
    };
    let id = || Key::FeedbackId(answer.feedback_id.clone());
    let other_life = format!("intake/0/{}@1", "0".repeat(32));
    let rows = [
        (
            at(id(), Point::Token(String::new())),
            "AS_OF_INVALID",
            "as_of",
        ),
        (
            at(id(), Point::Token("x".into())),
            "TOKEN_MALFORMED",
            "as_of",
        ),
        (
            at(id(), Point::Token(other_life.clone())),
            "TOKEN_OF_ANOTHER_LIFE",
            "as_of",
        ),
        (
            at(id(), Point::Token(other_life.replace("intake", "workflow"))),
            "TOKEN_INCOMPLETE",
            "as_of",
        ),
        (
            at(
                id(),
                Point::Token(running.intake.log().token(9).to_string()),
            ),
            "TOKEN_BEYOND_HEAD",
            "as_of",
        ),
        (
            GetFeedbackRequest {
                wait_for: other_life,
                ..get(id())
            },
            "TOKEN_OF_ANOTHER_LIFE",
            "wait_for",
        ),
        (
            GetFeedbackRequest {
                wait_for: "?".into(),
                ..get(id())
            },
            "TOKEN_MALFORMED",
            "wait_for",
        ),
    ];
    for (question, code, field) in rows {
        let status = running.client.get_feedback(question).await.unwrap_err();
        assert_eq!(reason(&status), (code.to_owned(), Some(field.to_owned())));
    }
    running.stop().await;
}

#[tokio::test]
async fn attachments_come_back_one_by_one_until_they_are_erased() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let file = |name: &str, bytes: usize| Attachment {
        name: name.to_owned(),
        media_type: "image/png".to_owned(),
        content: (0..bytes)
            .map(|at| (at * 31 % 251) as u8)
            .collect::<Vec<_>>()
            .into(),
        bytes: 0,
    };
    let files = vec![file("front.png", 90_000), file("", 0), file("back.png", 3)];
    let submission = Submission {
        attachments: files.clone(),
        ..complaint()
    };
    let id = running
        .client
        .submit_feedback(request(submission, ""))
        .await
        .unwrap();
    let id = id.into_inner().feedback_id;
    let ask = |index| GetAttachmentRequest {
        feedback_id: id.clone(),
        index,
    };
    for (index, file) in files.iter().enumerate() {
        let found = running
            .client
            .get_attachment(ask(index as u32))
            .await
            .unwrap()
            .into_inner();
        let expected = Attachment {
            bytes: file.content.len() as u64,
            ..file.clone()
        };
        assert!(found.attachment.unwrap() == expected, "{index}");
    }
    let status = running.client.get_attachment(ask(3)).await.unwrap_err();
    assert_eq!(
        reason(&status),
        ("ATTACHMENT_NOT_FOUND".into(), Some("index".into()))
    );
    let nobody = GetAttachmentRequest {
        feedback_id: format!("1{id}"),
        index: 0,
    };
    let status = running.client.get_attachment(nobody).await.unwrap_err();
    assert_eq!(reason(&status).0, "FEEDBACK_NOT_FOUND");

    let customer = running.intake.vault().subject_for("C-778812");
    running
        .intake
        .vault()
        .erase_subject(customer)
        .await
        .unwrap();
    let status = running.client.get_attachment(ask(0)).await.unwrap_err();
    assert_eq!(reason(&status), ("CONTENT_ERASED".into(), None));
    running.stop().await;
}

#[tokio::test]
async fn nobody_waits_for_ever_for_what_never_comes() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let id = running
        .client
        .submit_feedback(request(complaint(), ""))
        .await
        .unwrap();
    let wait_for = running.intake.log().token(100).to_string();
    let id = Key::FeedbackId(id.into_inner().feedback_id);
    let one = GetFeedbackRequest {
        wait_for: wait_for.clone(),
        ..get(id)
    };
    let many = ListFeedbackRequest {
        wait_for,
        ..ListFeedbackRequest::default()
    };
    let mut other = running.client.clone();
    let (one, many) = tokio::join!(running.client.get_feedback(one), other.list_feedback(many));
    for status in [one.unwrap_err(), many.unwrap_err()] {
        assert_eq!(
            reason(&status),
            ("WAIT_TIMED_OUT".into(), Some("wait_for".into()))
        );
    }
    running.stop().await;
}
