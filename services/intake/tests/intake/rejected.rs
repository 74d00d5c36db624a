//! What was rejected: found, read, corrected, tried again, discarded.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use redress_event_bus::Answer;
use redress_event_log::CountingClock;
use redress_feedback::{Event, RejectedInput as RejectedRecord, decode};
use redress_intake::{Intake, IntakeDeps};
use redress_service::Problem;
use redress_vault::{Read, SubjectId};
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{
    DiscardRejectedRequest, GetFeedbackRequest, GetRejectedRequest, ListRejectedRequest,
    RejectedFilter, RejectedInput, RejectedState, RetryRejectedRequest,
};
use serde_json::{Value, json};

use tonic_types::StatusExt;

use crate::inbox::{
    STRUCTURED, event, receipt, received, recorded, rejection, said, take, told, with_rejected,
};
use crate::running::{Client, Running, by, config, deps, open, reason, records};

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
async fn what_is_discarded_is_erased_and_answered_as_before() {
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
    let keys = inputs(&running.intake).await;
    assert_eq!(content(&running.intake, &keys[0]), Read::Erased);
    let again = running.client.discard_rejected(discard("duplicate", ""));
    assert!(again.await.unwrap().into_inner().recorded.unwrap().version == 2);
    let request = GetRejectedRequest {
        rejected_id: ids[0].clone(),
        wait_for: String::new(),
    };
    let shown = running.client.get_rejected(request).await.unwrap();
    assert_eq!(shown.into_inner().message, None);
    // The message comes again, and is told the same; nothing of it is kept once more.
    let size = running.intake.log().head().size;
    let message = received(5, &[STRUCTURED], event("r-0", &rant()));
    let told = rejection(take(&running.intake.door(), message).await);
    assert_eq!(told, ("FIELD_UNKNOWN_VALUE".to_owned(), ids[0].clone()));
    assert_eq!(running.intake.log().head().size, size);
    for corrected in [Value::Null, said()] {
        let retried = running
            .client
            .retry_rejected(retry(&ids[0], &corrected, "r"));
        assert_eq!(reason(&retried.await.unwrap_err()).0, "REJECTED_DISCARDED");
    }
    // Corrected by its publisher it is feedback like any other.
    let message = received(6, &[STRUCTURED], event("r-0", &said()));
    receipt(take(&running.intake.door(), message).await);
    running.stop().await;
}

/// What was rejected, in the order of the log.
pub(crate) async fn inputs(intake: &Intake) -> Vec<RejectedRecord> {
    let events = recorded(intake).await;
    let events = events.iter().map(|it| decode(&it.kind, &it.data).unwrap());
    events
        .filter_map(|it| match it {
            Event::InputRejected(input) => Some(*input),
            Event::Received(_)
            | Event::HistoryReported(_)
            | Event::ImportStarted(_)
            | Event::ImportReopened(_)
            | Event::ImportCompleted(_)
            | Event::RejectedInputDiscarded(_)
            | Event::RejectedInputAccepted(_) => None,
        })
        .collect()
}

fn content(intake: &Intake, input: &RejectedRecord) -> Read<()> {
    match intake.vault().read(&input.message[0].entry).unwrap() {
        Read::Content(_) => Read::Content(()),
        Read::Erased => Read::Erased,
        Read::Unknown => Read::Unknown,
    }
}

/// As an erasure does: the person's own key, and those of rejected inputs that are the person's.
async fn erase(intake: &Intake, customer: &str) {
    let person = intake.vault().subject_for(customer);
    let mut keys = vec![person];
    let mut own: BTreeMap<String, SubjectId> = BTreeMap::new();
    for record in recorded(intake).await {
        let id = record.subject.id().to_owned();
        let is_theirs = match decode(&record.kind, &record.data).unwrap() {
            Event::InputRejected(input) => {
                own.insert(id.clone(), input.data_subject.parse().unwrap());
                input.customer.is_some_and(|it| it == person.to_string())
            }
            Event::RejectedInputAccepted(it) => it.data_subject == person.to_string(),
            Event::Received(_)
            | Event::HistoryReported(_)
            | Event::ImportStarted(_)
            | Event::ImportReopened(_)
            | Event::ImportCompleted(_)
            | Event::RejectedInputDiscarded(_) => false,
        };
        keys.extend(is_theirs.then(|| own[&id]));
    }
    intake.vault().erase_subjects(keys).await.unwrap();
}

#[tokio::test]
async fn what_came_is_erased_with_the_person_whom_it_names_or_whose_it_turned_out_to_be() {
    let data = tempfile::tempdir().unwrap();
    let mut nobodys = rant();
    nobodys.as_object_mut().unwrap().remove("customer");
    let mut somebodys = rant();
    somebodys["customer"]["reference"] = "C-1".into();
    let unreadable = json!("Wilhelmina Osterhagen is angry");
    let all = [rant(), nobodys, somebodys, unreadable];
    let (mut running, ids) = with_rejected(data.path(), &all).await;
    // The second is corrected to be of the first one's customer, and so is the third.
    for id in [&ids[1], &ids[2]] {
        let corrected = running.client.retry_rejected(retry(id, &said(), ""));
        corrected.await.unwrap();
    }
    let kept = inputs(&running.intake).await;
    let readable = |intake: &Intake| {
        let all = kept
            .iter()
            .map(|it| content(intake, it) == Read::Content(()));
        all.collect::<Vec<_>>()
    };
    assert_eq!(readable(&running.intake), [true; 4]);
    erase(&running.intake, "C-778812").await;
    assert_eq!(readable(&running.intake), [false, false, false, true]);
    // What is still open and erased can only be discarded.
    let retried = running.client.retry_rejected(retry(&ids[0], &said(), ""));
    assert_eq!(reason(&retried.await.unwrap_err()).0, "CONTENT_ERASED");
    running.stop().await;
}

#[tokio::test]
async fn other_content_under_a_name_that_is_taken_can_only_be_discarded() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, _) = with_rejected(data.path(), &[]).await;
    let door = running.intake.door();
    receipt(take(&door, received(1, &[STRUCTURED], event("a", &said()))).await);
    let mut other = said();
    other["product"] = "Toaster".into();
    let message = received(2, &[STRUCTURED], event("a", &other));
    let told = told(take(&door, message).await);
    assert_eq!(told.code, "INBOUND_KEY_REUSED");
    assert!(told.remedy.contains("only be discarded"), "{told:?}");
    let mut third = other.clone();
    third["product"] = "Lamp".into();
    for corrected in [Value::Null, other, third] {
        let retried = running
            .client
            .retry_rejected(retry(&told.rejected_id, &corrected, ""));
        let status = retried.await.unwrap_err();
        assert_eq!(reason(&status).0, "INBOUND_KEY_REUSED");
        assert_eq!(status.code(), tonic::Code::FailedPrecondition);
        let info = status.get_error_details();
        let remedy = &info.error_info().unwrap().metadata["remedy"];
        assert!(remedy.contains("discard it"), "{remedy}");
    }
    drop(door);
    running.stop().await;
}

#[tokio::test]
async fn more_that_is_wrong_than_anybody_reads_is_counted() {
    let data = tempfile::tempdir().unwrap();
    let mut wrong = rant();
    wrong["tags"] = (0..20).map(|it| format!("a\u{7}{it}")).collect();
    let (mut running, ids) = with_rejected(data.path(), &[wrong]).await;
    let shown = get(&mut running.client, &ids[0]).await;
    assert_eq!((shown.reasons.len(), shown.more_reasons), (16, 5));
    let first = &shown.reasons[0];
    assert!(
        first.reason.starts_with("`kind` is none of complaint, "),
        "{first:?}"
    );
    assert!(
        first.remedy.starts_with("use one of complaint, "),
        "{first:?}"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_rejection_is_told_alike_whatever_the_clock_says_by_then() {
    let data = tempfile::tempdir().unwrap();
    let mut early = said();
    early["received_at"] = "2026-07-01T00:00:00Z".into();
    let message = || received(1, &[STRUCTURED], event("a", &early));
    let intake = open(data.path(), 1);
    let first = told(take(&intake.door(), message()).await);
    assert_eq!(first.code, "TIME_IN_THE_FUTURE");
    intake.close().await.unwrap();
    let later: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
    let later = IntakeDeps {
        clock: Arc::new(CountingClock::from(later)),
        ..deps(2)
    };
    let intake = Intake::open(config(data.path()), later).unwrap();
    assert_eq!(told(take(&intake.door(), message()).await), first);
    // It would be right by now: whoever looks at it says so.
    let mut running = Running::start(intake).await;
    let retried = running
        .client
        .retry_rejected(retry(&first.rejected_id, &Value::Null, ""));
    let item = retried.await.unwrap().into_inner().feedback_id;
    let answer = take(&running.intake.door(), message()).await;
    assert_eq!(receipt(answer)["feedback_id"], item.as_str());
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

#[tokio::test]
async fn a_reason_that_there_is_not_is_refused_with_those_that_there_are() {
    let data = tempfile::tempdir().unwrap();
    let (mut running, _) = with_rejected(data.path(), &[rant()]).await;
    let asked = |reason: &str| ListRejectedRequest {
        filter: Some(RejectedFilter {
            reasons: vec!["DATA_NOT_JSON".to_owned(), reason.to_owned()],
            ..RejectedFilter::default()
        }),
        ..ListRejectedRequest::default()
    };
    let misspelt = running.client.list_rejected(asked("FIELD_UNKNOWN")).await;
    let status = misspelt.unwrap_err();
    let field = "filter.reasons[1]".to_owned();
    assert_eq!(
        reason(&status),
        ("FIELD_UNKNOWN_VALUE".to_owned(), Some(field))
    );
    let remedy = Problem::from_status(&status).remedy.unwrap();
    assert!(remedy.contains("FIELD_UNKNOWN_VALUE"), "{remedy}");
    let found = running.client.list_rejected(asked("FIELD_UNKNOWN_VALUE"));
    found.await.unwrap();
    running.stop().await;
}
