//! What was rejected: found, read, corrected, tried again, discarded.

use redress_event_bus::Answer;
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{
    DiscardRejectedRequest, GetFeedbackRequest, GetRejectedRequest, ListRejectedRequest,
    RejectedFilter, RejectedInput, RejectedState, RetryRejectedRequest,
};
use serde_json::{Value, json};

use crate::inbox::{STRUCTURED, event, receipt, received, rejection, said, take, with_rejected};
use crate::running::{Client, Running, by, reason, records};

fn rant() -> Value {
    let mut rant = said();
    rant["kind"] = "rant".into();
    rant
}

fn retry(id: &str, corrected: &Value, request_id: &str) -> RetryRejectedRequest {
    let corrected = if corrected.is_null() {
        Vec::new()
    } else {
        corrected.to_string().into()
    };
    RetryRejectedRequest {
        rejected_id: id.to_owned(),
        request_id: request_id.to_owned(),
        corrected: corrected.into(),
    }
}

async fn get(client: &mut Client, id: &str) -> RejectedInput {
    let request = GetRejectedRequest {
        rejected_id: id.to_owned(),
        wait_for: String::new(),
    };
    let answer = client.get_rejected(request).await.unwrap();
    answer.into_inner().rejected.unwrap()
}

async fn list(running: &mut Running, filter: RejectedFilter, page_size: u32) -> Vec<Vec<String>> {
    let token = running.intake.log().token(running.intake.log().head().size);
    let (mut pages, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListRejectedRequest {
            filter: Some(filter.clone()),
            page_size,
            page_token,
            wait_for: token.to_string(),
        };
        let page = running
            .client
            .list_rejected(request)
            .await
            .unwrap()
            .into_inner();
        pages.push(page.rejected.into_iter().map(|it| it.rejected_id).collect());
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return pages;
        }
    }
}

#[tokio::test]
async fn what_came_is_read_back_as_it_came() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, ids) = with_rejected(data.path(), &[rant()]).await;
    let request = GetRejectedRequest {
        rejected_id: ids[0].clone(),
        wait_for: String::new(),
    };
    let answer = running
        .client
        .get_rejected(request)
        .await
        .unwrap()
        .into_inner();
    let rejected = answer.rejected.unwrap();
    assert_eq!(rejected.reasons[0].code, "FIELD_UNKNOWN_VALUE");
    assert_eq!(rejected.reasons[0].field, "kind");
    assert_eq!(
        (rejected.door.as_str(), rejected.source.as_str()),
        ("nats", "crm")
    );
    assert_eq!(rejected.state(), RejectedState::Open);
    let message = answer.message.unwrap();
    assert_eq!(message.body, event("r-0", &rant()));
    assert_eq!(message.id, "r-0");
    assert_eq!(message.headers["content-type"], STRUCTURED.1);
    assert!(!format!("{message:?}").contains("Wilhelmina"));
    for (id, expected) in [
        ("", "FIELD_REQUIRED"),
        ("nonsense", "FIELD_MALFORMED"),
        ("0-00000000000000000000000000000000", "REJECTED_NOT_FOUND"),
    ] {
        let request = GetRejectedRequest {
            rejected_id: id.to_owned(),
            wait_for: String::new(),
        };
        let status = running.client.get_rejected(request).await.unwrap_err();
        assert_eq!(reason(&status).0, expected);
    }
    running.stop().await;
}

#[tokio::test]
async fn what_is_corrected_is_feedback_under_the_name_that_it_came_with() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, ids) = with_rejected(data.path(), &[rant()]).await;
    // As it came it is still wrong, and nothing is recorded.
    let same = retry(&ids[0], &Value::Null, "r1");
    let status = running.client.retry_rejected(same).await.unwrap_err();
    let wrong = (
        "FIELD_UNKNOWN_VALUE".to_owned(),
        Some("submission.kind".to_owned()),
    );
    assert_eq!(reason(&status), wrong);
    let none = retry(&ids[0], &json!({ "colour": 1 }), "r1");
    let status = running.client.retry_rejected(none).await.unwrap_err();
    let wrong = (
        "SUBMISSION_MALFORMED".to_owned(),
        Some("corrected".to_owned()),
    );
    assert_eq!(reason(&status), wrong);
    assert_eq!(records(&running.intake).await.len(), 1);

    let corrected = || by("user:anna", retry(&ids[0], &said(), "r2"));
    let done = running
        .client
        .retry_rejected(corrected())
        .await
        .unwrap()
        .into_inner();
    assert!(done.reference.starts_with("RD-2026-"), "{done:?}");
    assert!(!done.recorded.unwrap().already_done);
    let again = running
        .client
        .retry_rejected(corrected())
        .await
        .unwrap()
        .into_inner();
    assert!(again.recorded.unwrap().already_done);
    assert_eq!(again.feedback_id, done.feedback_id);
    let rejected = get(&mut running.client, &ids[0]).await;
    assert_eq!(rejected.state(), RejectedState::Accepted);
    assert_eq!(rejected.feedback_id, done.feedback_id);
    assert!(rejected.corrected);
    assert_eq!(rejected.settled_by, "user:anna");
    assert_eq!(records(&running.intake).await.len(), 3);

    // The publisher's own correction, and the original once more, are repeats now.
    let door = running.intake.door();
    for body in [said(), rant()] {
        let message = received(9, &[STRUCTURED], event("r-0", &body));
        let told = receipt(take(&door, message).await);
        assert_eq!(told["feedback_id"], done.feedback_id.as_str());
        assert_eq!(told["repeated"], true);
    }
    let mut third = said();
    third["product"] = "Toaster".into();
    let message = received(10, &[STRUCTURED], event("r-0", &third));
    assert_eq!(
        rejection(take(&door, message).await).0,
        "INBOUND_KEY_REUSED"
    );

    let request = GetFeedbackRequest {
        key: Some(Key::FeedbackId(done.feedback_id.clone())),
        ..GetFeedbackRequest::default()
    };
    let answer = running
        .client
        .get_feedback(request)
        .await
        .unwrap()
        .into_inner();
    let feedback = answer.feedback.unwrap();
    assert_eq!(
        (feedback.source.as_str(), feedback.recorded_by.as_str()),
        ("crm", "user:anna")
    );
    drop(door);
    running.stop().await;
}

#[tokio::test]
async fn a_retry_after_a_crash_between_its_two_records_ends_it() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, ids) = with_rejected(data.path(), &[rant()]).await;
    // The publisher was faster: the feedback is there, and the rejection still open.
    let message = received(7, &[STRUCTURED], event("r-0", &said()));
    let told = receipt(take(&running.intake.door(), message).await);
    let done = running
        .client
        .retry_rejected(retry(&ids[0], &said(), "r"))
        .await;
    let done = done.unwrap().into_inner();
    assert_eq!(told["feedback_id"], done.feedback_id.as_str());
    assert_eq!(records(&running.intake).await.len(), 3);
    running.stop().await;
}

#[tokio::test]
async fn what_is_discarded_is_kept_and_can_be_retried() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, ids) = with_rejected(data.path(), &[rant()]).await;
    let discard = |why: &str, etag: &str| {
        let request = DiscardRejectedRequest {
            rejected_id: ids[0].clone(),
            reason: why.to_owned(),
            request_id: String::new(),
            etag: etag.to_owned(),
        };
        by("user:anna", request)
    };
    for (why, etag, expected) in [
        ("", "", "FIELD_REQUIRED"),
        ("Jane is angry", "", "FIELD_MALFORMED"),
        ("test_message", "v7", "ETAG_STALE"),
    ] {
        let status = running
            .client
            .discard_rejected(discard(why, etag))
            .await
            .unwrap_err();
        assert_eq!(reason(&status).0, expected);
    }
    let done = running
        .client
        .discard_rejected(discard("test_message", "v1"))
        .await
        .unwrap();
    assert_eq!(done.into_inner().recorded.unwrap().version, 2);
    let rejected = get(&mut running.client, &ids[0]).await;
    assert_eq!(rejected.state(), RejectedState::Discarded);
    assert_eq!(rejected.discard_reason, "test_message");
    // The message comes again, and is told the same.
    let message = received(5, &[STRUCTURED], event("r-0", &rant()));
    let told = rejection(take(&running.intake.door(), message).await);
    assert_eq!(told, ("FIELD_UNKNOWN_VALUE".to_owned(), ids[0].clone()));
    let retried = running
        .client
        .retry_rejected(retry(&ids[0], &said(), "r"))
        .await;
    assert!(retried.is_ok(), "{retried:?}");
    let status = running
        .client
        .discard_rejected(discard("duplicate", ""))
        .await
        .unwrap_err();
    assert_eq!(reason(&status).0, "REJECTED_ACCEPTED");
    running.stop().await;
}

#[tokio::test]
async fn rejected_inputs_are_listed_by_source_reason_and_state_page_by_page() {
    let data = tempfile::tempdir().unwrap();
    let mut nothing = said();
    for field in ["product", "issue", "description"] {
        nothing.as_object_mut().unwrap().remove(field);
    }
    let all = [rant(), nothing, rant(), json!([1])];
    let (mut running, ids) = with_rejected(data.path(), &all).await;
    let newest_first = || ids.iter().rev().cloned();
    let pages = list(&mut running, RejectedFilter::default(), 3).await;
    assert_eq!(pages.len(), 2);
    assert_eq!(pages.concat(), newest_first().collect::<Vec<_>>());
    let text = ToOwned::to_owned;
    let of_reason = RejectedFilter {
        reasons: vec![text("FEEDBACK_SAYS_NOTHING"), text("SUBMISSION_MALFORMED")],
        ..RejectedFilter::default()
    };
    let found = list(&mut running, of_reason, 0).await.concat();
    assert_eq!(found, [ids[3].clone(), ids[1].clone()]);
    let of_another = RejectedFilter {
        sources: vec![text("erp")],
        ..RejectedFilter::default()
    };
    assert_eq!(
        list(&mut running, of_another, 0).await.concat(),
        Vec::<String>::new()
    );
    let retried = running
        .client
        .retry_rejected(retry(&ids[2], &said(), "r"))
        .await;
    retried.unwrap();
    for (state, expected) in [
        (RejectedState::Accepted, vec![ids[2].clone()]),
        (RejectedState::Discarded, vec![]),
        (
            RejectedState::Open,
            vec![ids[3].clone(), ids[1].clone(), ids[0].clone()],
        ),
    ] {
        let filter = RejectedFilter {
            sources: vec![text("crm")],
            state: state.into(),
            ..RejectedFilter::default()
        };
        assert_eq!(
            list(&mut running, filter, 0).await.concat(),
            expected,
            "{state:?}"
        );
    }
    let request = |page_token: &str, page_size, state| ListRejectedRequest {
        page_token: page_token.to_owned(),
        page_size,
        filter: Some(RejectedFilter {
            state,
            ..RejectedFilter::default()
        }),
        ..ListRejectedRequest::default()
    };
    for (request, expected) in [
        (request("nonsense", 0, 0), "PAGE_TOKEN_INVALID"),
        (request("", 501, 0), "PAGE_SIZE_INVALID"),
        (request("", 0, 9), "FIELD_UNKNOWN_VALUE"),
    ] {
        let status = running.client.list_rejected(request).await.unwrap_err();
        assert_eq!(reason(&status).0, expected);
    }
    running.stop().await;
}

#[tokio::test]
async fn a_message_without_an_id_can_be_corrected_too() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, _) = with_rejected(data.path(), &[]).await;
    let message = received(1, &[], "no JSON");
    let (code, id) = rejection(take(&running.intake.door(), message).await);
    assert_eq!(code, "DATA_NOT_JSON");
    let status = running
        .client
        .retry_rejected(retry(&id, &Value::Null, "r"))
        .await
        .unwrap_err();
    assert_eq!(reason(&status).0, "DATA_NOT_JSON");
    let done = running
        .client
        .retry_rejected(retry(&id, &said(), "r"))
        .await
        .unwrap();
    assert!(!done.into_inner().feedback_id.is_empty());
    let answer = take(&running.intake.door(), received(1, &[], "no JSON")).await;
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    running.stop().await;
}
