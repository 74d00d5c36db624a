//! Messages that other systems publish: taken in once, or kept with the reason.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use redress_envelope::Record;
use redress_event_bus::{Answer, Published, Received, Rejection, Take};
use redress_event_log::BoxFuture;
use redress_intake::{Door, Intake, IntakeConfig, Stores};
use redress_store::{Fault, FaultPlan, FaultyStore, MemoryStore, SlowStore};
use redress_wire::intake::v1::{GetFeedbackRequest, get_feedback_request::Key};
use serde_json::{Value, json};

use crate::running::{NOW, Running, SECRETS, config, deps, open, records, running, time};

pub(crate) const STRUCTURED: (&str, &str) = ("Content-Type", "application/cloudevents+json");

/// A message as it comes from the bus, for the first time.
pub(crate) fn received(
    sequence: u64,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> Received {
    let published = Published::new(headers.iter().copied(), body.into().into());
    Received {
        source: "crm".to_owned(),
        sequence,
        deliveries: 1,
        published_at: time(NOW),
        event: published.read(),
        published,
    }
}

pub(crate) fn event(id: &str, data: &Value) -> Vec<u8> {
    json!({ "specversion": "1.0", "id": id, "source": "/crm/eu", "type": "com.acme.said",
        "time": "2026-05-19T10:00:00Z", "data": data })
    .to_string()
    .into()
}

pub(crate) fn said() -> Value {
    json!({ "kind": "complaint", "product": "Kettle", "issue": "Leaks",
        "description": "My kettle leaks, says Wilhelmina Osterhagen",
        "received_at": "2026-05-20T08:00:00Z",
        "customer": { "reference": "C-778812", "name": "Wilhelmina Osterhagen" } })
}

pub(crate) async fn take(door: &Door, message: Received) -> Answer {
    let taken: BoxFuture<'_, Answer> = door.take(message);
    taken.await
}

pub(crate) fn receipt(answer: Answer) -> Value {
    match answer {
        Answer::Accepted { receipt } => receipt,
        other @ (Answer::Rejected(_) | Answer::Later { .. } | Answer::Again { .. }) => {
            panic!("not accepted: {other:?}")
        }
    }
}

/// What is told of a rejection.
pub(crate) fn told(answer: Answer) -> Rejection {
    match answer {
        Answer::Rejected(rejection) => {
            for secret in SECRETS {
                assert!(!format!("{rejection:?}").contains(secret), "{rejection:?}");
            }
            rejection
        }
        other @ (Answer::Accepted { .. } | Answer::Later { .. } | Answer::Again { .. }) => {
            panic!("not rejected: {other:?}")
        }
    }
}

/// Its code, and the id under which it is kept.
pub(crate) fn rejection(answer: Answer) -> (String, String) {
    let told = told(answer);
    (told.code, told.rejected_id)
}

pub(crate) async fn recorded(intake: &Intake) -> Vec<Record> {
    let all = records(intake).await;
    for bytes in &all {
        let text = String::from_utf8_lossy(bytes);
        for secret in SECRETS {
            assert!(!text.contains(secret), "a record quotes {secret}: {text}");
        }
    }
    all.iter().map(|it| Record::decode(it).unwrap()).collect()
}

#[tokio::test]
async fn each_form_becomes_feedback_once_and_a_repeat_has_the_first_receipt() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    let body = said().to_string();
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-id", "b"),
        ("ce-source", "/crm/eu"),
        ("ce-type", "said"),
        ("content-type", "application/json"),
    ];
    let mut first = Vec::new();
    for round in 0..2_u64 {
        let forms = [
            received(1 + 10 * round, &[STRUCTURED], event("a", &said())),
            received(2 + 10 * round, &binary, body.clone()),
            received(3 + 10 * round, &[("Nats-Msg-Id", "c")], body.clone()),
            // Without an id only the broker's own sequence says what is a repeat.
            received(4, &[], body.clone()),
        ];
        for (index, message) in forms.into_iter().enumerate() {
            let mut receipt = receipt(take(&door, message).await);
            assert_eq!(receipt["repeated"], round > 0, "{receipt}");
            receipt["repeated"] = false.into();
            if round == 0 {
                first.push(receipt);
            } else {
                assert_eq!(receipt, first[index]);
            }
        }
    }
    assert_eq!(recorded(&intake).await.len(), 4);
    assert_eq!(first[2]["position"], 2);
    assert!(
        first[0]["reference"]
            .as_str()
            .unwrap()
            .starts_with("RD-2026-")
    );
    drop(door);
    intake.close().await.unwrap();

    // For ever: another run of the program knows it too, however the same is written.
    let intake = open(data.path(), 2);
    let text = serde_json::to_string_pretty(&said()).unwrap();
    let pretty = String::from_utf8(event("a", &json!(0))).unwrap();
    let pretty = pretty.replace("\"data\":0", &format!("\"data\":{text}"));
    let again = receipt(take(&intake.door(), received(99, &[STRUCTURED], pretty)).await);
    assert_eq!(again["repeated"], true);
    assert_eq!(again["feedback_id"], first[0]["feedback_id"]);
    assert_eq!(intake.log().head().size, 4);
}

#[tokio::test]
async fn the_message_says_who_sent_it_when_it_happened_and_which_trace_it_belongs_to() {
    let data = tempfile::tempdir().unwrap();
    let mut running = running(data.path()).await;
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = [STRUCTURED, ("traceparent", trace)];
    let message = received(1, &headers, event("a", &said()));
    let receipt = receipt(take(&running.intake.door(), message).await);
    let id = receipt["feedback_id"].as_str().unwrap().to_owned();
    let request = GetFeedbackRequest {
        key: Some(Key::FeedbackId(id)),
        ..GetFeedbackRequest::default()
    };
    let answer = running
        .client
        .get_feedback(request)
        .await
        .unwrap()
        .into_inner();
    let feedback = answer.feedback.unwrap();
    assert_eq!(feedback.source, "crm");
    assert_eq!(feedback.recorded_by, "service:crm");
    let submission = feedback.submission.unwrap();
    assert_eq!(submission.channel, "partner_system");
    assert_eq!(submission.occurred_at, Some(time("2026-05-19T10:00:00Z")));
    assert_eq!(submission.received_at, Some(time("2026-05-20T08:00:00Z")));
    let reference = &submission.external_references[0];
    let (system, source) = (reference.system.as_str(), reference.source.as_str());
    assert_eq!(
        (system, source, reference.id.as_str()),
        ("crm", "/crm/eu", "a")
    );
    let record = recorded(&running.intake).await.remove(0);
    assert_eq!(record.context.traceparent.as_deref(), Some(trace));
    assert!(record.context.inbound_key.is_some());
    let stored: Value = serde_json::from_str(record.data.get()).unwrap();
    let names = running.intake.names();
    let reference = &stored["external_references"][0];
    assert_eq!(reference["keyed_hash"], names.reference("crm", "a"));
    assert_eq!(reference["source_hash"].as_str().map(str::len), Some(32));
    // Of a message that is no event there is only whose subject it came under.
    let plain = received(3, &[("Nats-Msg-Id", "p")], said().to_string());
    self::receipt(take(&running.intake.door(), plain).await);
    let record = recorded(&running.intake).await.remove(1);
    let stored: Value = serde_json::from_str(record.data.get()).unwrap();
    let expected = json!([{ "system": "crm", "keyed_hash": names.reference("crm", "p") }]);
    assert_eq!(stored["external_references"], expected);

    // A time after the receipt is when it was sent, and says nothing of when it happened.
    let late = String::from_utf8(event("b", &said())).unwrap();
    let late = late.replace("2026-05-19T10", "2026-05-31T10");
    let late = take(&running.intake.door(), received(2, &[STRUCTURED], late)).await;
    let late = self::receipt(late)["feedback_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let request = GetFeedbackRequest {
        key: Some(Key::FeedbackId(late)),
        ..GetFeedbackRequest::default()
    };
    let answer = running
        .client
        .get_feedback(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        answer.feedback.unwrap().submission.unwrap().occurred_at,
        None
    );
    running.stop().await;
}

#[tokio::test]
async fn ids_are_unique_within_what_the_event_calls_its_source() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    let here = event("1", &said());
    let there = String::from_utf8(here.clone())
        .unwrap()
        .replace("/crm/eu", "/crm/us");
    let here = receipt(take(&door, received(1, &[STRUCTURED], here)).await);
    let there = receipt(take(&door, received(2, &[STRUCTURED], there)).await);
    assert_ne!(here["feedback_id"], there["feedback_id"]);
    let mut other = received(3, &[STRUCTURED], event("1", &said()));
    other.source = "erp".to_owned();
    let other = receipt(take(&door, other).await);
    assert_ne!(here["feedback_id"], other["feedback_id"]);
}

#[tokio::test]
async fn the_same_name_with_other_content_is_rejected_by_name() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    receipt(take(&door, received(1, &[STRUCTURED], event("a", &said()))).await);
    let mut other = said();
    other["product"] = "Toaster".into();
    let other = || received(2, &[STRUCTURED], event("a", &other));
    let (code, reference) = rejection(take(&door, other()).await);
    assert_eq!(code, "INBOUND_KEY_REUSED");
    let again = rejection(take(&door, other()).await);
    assert_eq!(again, (code, reference));
    assert_eq!(
        recorded(&intake).await.len(),
        2,
        "one feedback, one rejection"
    );
}

#[tokio::test]
async fn a_source_that_is_no_name_is_rejected_and_stands_in_no_event() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let message = Received {
        source: "Wilhelmina Osterhagen".to_owned(),
        ..received(1, &[STRUCTURED], event("a", &said()))
    };
    let (code, _) = rejection(take(&intake.door(), message).await);
    assert_eq!(code, "SOURCE_INVALID");
    assert_eq!(recorded(&intake).await.len(), 1);
}

#[tokio::test]
async fn a_log_or_vault_that_cannot_write_rejects_nothing() {
    let mut later = 0;
    for (of_log, nth) in (0..8).flat_map(|nth| [(true, nth), (false, nth)]) {
        let data = tempfile::tempdir().unwrap();
        let broken = |is_it: bool| {
            let plan = if is_it {
                FaultPlan::nth(nth, Fault::NotPersisted)
            } else {
                FaultPlan::never()
            };
            Arc::new(FaultyStore::new(Arc::<MemoryStore>::default(), plan))
        };
        let stores = Stores {
            log: broken(of_log),
            vault: broken(!of_log),
        };
        let intake_deps = redress_intake::IntakeDeps {
            stores: Some(stores),
            ..deps(1)
        };
        let Ok(intake) = Intake::open(config(data.path()), intake_deps) else {
            continue;
        };
        let good = received(1, &[STRUCTURED], event("a", &said()));
        let bad = received(2, &[STRUCTURED], "no event");
        let good = take(&intake.door(), good).await;
        let bad = take(&intake.door(), bad).await;
        assert!(!matches!(good, Answer::Rejected(_)), "{good:?}");
        for answer in [good, bad] {
            later += usize::from(matches!(answer, Answer::Later { .. }));
        }
    }
    assert!(later > 0, "nothing broke");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_with_a_short_queue_sends_messages_back_and_takes_them_in_later() {
    let data = tempfile::tempdir().unwrap();
    let mut config: IntakeConfig = config(data.path());
    config.limits.queue = 1;
    let stores = Stores {
        log: Arc::new(SlowStore::new(
            MemoryStore::new(),
            Duration::from_millis(20),
        )),
        vault: Arc::new(MemoryStore::new()),
    };
    let with_slow_log = redress_intake::IntakeDeps {
        stores: Some(stores),
        ..deps(1)
    };
    let intake = Intake::open(config, with_slow_log).unwrap();
    let door = intake.door();
    let mut sent_back = 0;
    let mut left: Vec<u64> = (0..200).collect();
    while !left.is_empty() {
        let messages = left.drain(..).map(|number| {
            let door = door.clone();
            tokio::spawn(async move {
                let id = format!("m-{number}");
                let message = received(number, &[STRUCTURED], event(&id, &said()));
                (number, take(&door, message).await)
            })
        });
        for answer in messages.collect::<Vec<_>>() {
            match answer.await.unwrap() {
                (_, Answer::Accepted { .. }) => {}
                (number, Answer::Later { why }) => {
                    assert!(why.contains("OVERLOADED"), "{why}");
                    sent_back += 1;
                    left.push(number);
                }
                other => panic!("{other:?}"),
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(sent_back > 0, "the queue was never full");
    assert_eq!(intake.log().head().size, 200);
}

#[tokio::test]
async fn what_cannot_be_read_is_one_rejected_input_whichever_trace_it_comes_in() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    let trace = |n: u64| format!("00-0af7651916cd43dd8448eb211c80319c-{n:016x}-01");
    let event = |n: u64, rest: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"a","source":"/crm","type":"t","traceparent":"{}",
                "time":"2026-05-19T10:00:0{n}Z"{rest}}}"#,
            trace(n)
        )
    };
    let mut ids = Vec::new();
    for n in [1, 2] {
        let (here, time) = (trace(n), format!("2026-05-19T10:00:0{n}Z"));
        let binary = [
            ("ce-specversion", "1.0"),
            ("ce-id", "b"),
            ("ce-source", "/crm"),
            ("ce-type", "said"),
            ("ce-time", &time),
            ("ce-traceparent", &here),
        ];
        let named = [
            ("nats-msg-id", "c"),
            ("traceparent", &here),
            ("tracestate", &here),
        ];
        let messages = [
            received(
                n,
                &[STRUCTURED, ("traceparent", &here), ("nats-msg-id", &here)],
                event(n, ""),
            ),
            received(n, &[STRUCTURED], event(n, r#","data_base64":"AA==""#)),
            received(
                n,
                &[STRUCTURED],
                event(n, r#","datacontenttype":"text/xml","data":1"#),
            ),
            received(n, &binary, "no JSON"),
            received(n, &named, "no JSON"),
            received(n, &named, "nor is this"),
        ];
        let mut of_this_round = Vec::new();
        for message in messages {
            of_this_round.push(rejection(take(&door, message).await).1);
        }
        ids.push(of_this_round);
    }
    assert_eq!(ids[0], ids[1]);
    let mut different = ids.concat();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), ids[0].len(), "each is another");
    assert_eq!(recorded(&intake).await.len(), ids[0].len());
}

#[tokio::test]
async fn an_event_whose_time_was_wrong_is_another_with_a_right_one() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let door = intake.door();
    let at = |time: &str| {
        let text = String::from_utf8(event("a", &said())).unwrap();
        received(1, &[STRUCTURED], text.replace("2026-05-19T10:00:00Z", time))
    };
    for wrong in ["yesterday", "0001-01-01T00:00:00Z"] {
        rejection(take(&door, at(wrong)).await);
    }
    receipt(take(&door, at("2026-05-19T10:00:00Z")).await);
}

fn any_header() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        Just("content-type".to_owned()),
        Just("ce-specversion".to_owned()),
        Just("ce-id".to_owned()),
        Just("ce-source".to_owned()),
        Just("ce-type".to_owned()),
        Just("ce-time".to_owned()),
        Just("traceparent".to_owned()),
        Just("nats-msg-id".to_owned()),
        "[a-z-]{1,12}",
    ];
    let value = prop_oneof![
        Just("1.0".to_owned()),
        Just("application/json".to_owned()),
        Just("application/cloudevents+json".to_owned()),
        "\\PC{0,40}",
        any::<String>(),
    ];
    (name, value)
}

/// Bytes of any kind, and events that are almost right.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let broken = (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| {
        let mut bytes = event("a", &said());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        bytes
    });
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), broken]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_message_is_accepted_or_rejected_and_adds_nothing_the_second_time(
        messages in prop::collection::vec(
            (prop::collection::vec(any_header(), 0..6), any_body(), "\\PC{0,20}"), 1..6),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let data = tempfile::tempdir().unwrap();
            let intake = open(data.path(), 1);
            let door = intake.door();
            for (sequence, (headers, body, source)) in messages.iter().enumerate() {
                let headers: Vec<_> =
                    headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let message = || Received {
                    source: source.clone(),
                    ..received(sequence as u64, &headers, body.clone())
                };
                let first = take(&door, message()).await;
                assert!(!matches!(first, Answer::Later { .. } | Answer::Again { .. }), "{first:?}");
                let size = intake.log().head().size;
                let again = take(&door, message()).await;
                assert_eq!(intake.log().head().size, size);
                let kind = |it: &Answer| std::mem::discriminant(it);
                assert_eq!(kind(&first), kind(&again));
                if let Answer::Rejected(_) = first {
                    assert_eq!(first, again);
                }
            }
        });
    }
}

#[tokio::test]
async fn a_clock_of_the_broker_that_is_ahead_rejects_nothing() {
    let data = tempfile::tempdir().unwrap();
    let intake = open(data.path(), 1);
    let mut said = said();
    said.as_object_mut().unwrap().remove("received_at");
    let now: SystemTime = time(NOW);
    let message = Received {
        published_at: now + Duration::from_hours(1),
        ..received(1, &[STRUCTURED], event("a", &said))
    };
    receipt(take(&intake.door(), message).await);
}

/// Everything that a test of rejected inputs begins with.
pub(crate) async fn with_rejected(
    data: &std::path::Path,
    messages: &[Value],
) -> (Running, Vec<String>) {
    let running = running(data).await;
    let mut references = Vec::new();
    for (number, data) in messages.iter().enumerate() {
        let id = format!("r-{number}");
        let sequence = number as u64;
        let message = received(sequence, &[STRUCTURED], event(&id, data));
        let answer = take(&running.intake.door(), message).await;
        references.push(rejection(answer).1);
    }
    (running, references)
}
