//! What is said to who complained, what is heard back, and what a status token shows.

use redress_wire::Message as _;
use redress_wire::workflow::v1::{
    ApplyPolicyRequest, Clock, GetComplaintHistoryRequest, GetStatusRequest, GetStatusResponse,
    IssueStatusTokenRequest, IssueStatusTokenResponse, ListMessagesRequest, ListMessagesResponse,
    MessageToSend, RecordBounceRequest, RecordDeliveryRequest, RecordReplyRequest,
    RevokeStatusTokensRequest, SendMessageRequest, SendMessageResponse,
    get_complaint_history_request, list_messages_request,
};

use super::given::{Running, World, customer, refused};
use super::steps::{self, done, get, on, under};

const SECRET: &str = "Mrs Abendroth's kettle was seen to leak";

async fn issue(running: &mut Running, id: &str) -> IssueStatusTokenResponse {
    let request = on(id, IssueStatusTokenRequest::default());
    let answer = running.messages.issue_status_token(request).await;
    answer.unwrap().into_inner()
}

async fn status(running: &mut Running, token: &str) -> GetStatusResponse {
    let token = token.to_owned();
    let answer = running.status.get_status(GetStatusRequest { token }).await;
    answer.unwrap().into_inner()
}

async fn no_status(running: &mut Running, token: &str) -> String {
    let token = token.to_owned();
    let answer = running.status.get_status(GetStatusRequest { token }).await;
    let status = answer.unwrap_err();
    let details = String::from_utf8_lossy(status.details()).into_owned();
    format!("{:?} {} {details}", status.code(), status.message())
}

fn message(template: &str, text: &str) -> MessageToSend {
    MessageToSend {
        template: template.to_owned(),
        channel: "email".to_owned(),
        language: String::new(),
        text: text.to_owned(),
    }
}

fn send(template: &str, text: &str) -> SendMessageRequest {
    SendMessageRequest {
        message: Some(message(template, text)),
        ..Default::default()
    }
}

async fn sent(running: &mut Running, id: &str, template: &str) -> SendMessageResponse {
    let request = on(id, send(template, SECRET));
    let answer = running.messages.send_message(request).await;
    answer.unwrap().into_inner()
}

fn delivered(message_number: u32, proof: &str) -> RecordDeliveryRequest {
    RecordDeliveryRequest {
        message_number,
        proof: proof.to_owned(),
        ..Default::default()
    }
}

async fn messages(running: &mut Running, id: &str) -> ListMessagesResponse {
    let request = ListMessagesRequest {
        key: Some(list_messages_request::Key::ComplaintId(id.to_owned())),
        wait_for: String::new(),
    };
    let answer = running.messages.list_messages(request).await;
    answer.unwrap().into_inner()
}

async fn keep_informed(running: &mut Running, id: &str) -> Clock {
    let complaint = get(&mut running.complaints, id).await;
    let mut clocks = complaint.clocks.into_iter();
    clocks
        .find(|it| it.clock == "iso-10002/keep_informed")
        .unwrap()
}

async fn started(world: &World) -> (Running, String) {
    let running = world.start().await;
    let id = world.complaint(1).await.to_string();
    running.follow(world).await;
    (running, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_shows_who_complained_where_it_stands_and_what_was_said_to_them() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let issued = issue(&mut running, &id).await;
    assert_eq!((issued.token.len(), issued.token_number), (68, 1));
    let seen = status(&mut running, &issued.token).await;
    assert_eq!((&*seen.stage, seen.said.len()), ("received", 0));
    let next = seen.next.unwrap();
    assert_eq!((&*next.what, next.late), ("acknowledgement", true));

    let client = &mut running.complaints;
    done!(client, acknowledge_complaint, on(&id, steps::acknowledge()));
    done!(client, assign_complaint, on(&id, steps::assign()));
    done!(client, assess_complaint, on(&id, steps::assess()));
    done!(client, add_note, on(&id, steps::note()));
    sent(&mut running, &id, "progress").await;
    let seen = status(&mut running, &issued.token).await;
    assert_eq!(seen.stage, "being_looked_into");
    let whats: Vec<_> = seen.said.iter().map(|it| &*it.what).collect();
    assert_eq!(whats, ["acknowledgement", "message"]);
    assert!(seen.said[1].text.contains(SECRET) && !seen.said[1].unreadable);
    assert_eq!(
        seen.said[1].subject,
        format!("Ihre Beschwerde {}", seen.reference)
    );

    // Nobody's name, queue, severity or note.
    let answer = String::from_utf8_lossy(&seen.encode_to_vec()).into_owned();
    for inner in ["h-1", "kettles", "major", steps::NOTE, steps::AT_ONCE] {
        assert!(!answer.contains(inner), "{inner} is in {answer}");
    }

    let client = &mut running.complaints;
    done!(client, start_investigation, on(&id, steps::start()));
    done!(
        client,
        await_complainant,
        on(&id, steps::await_complainant())
    );
    assert_eq!(
        status(&mut running, &issued.token).await.stage,
        "waiting_for_you"
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_stands_nowhere_and_is_told_once() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let request = || under("t-1", on(&id, IssueStatusTokenRequest::default()));
    let first = running.messages.issue_status_token(request()).await;
    let first = first.unwrap().into_inner();
    let again = running.messages.issue_status_token(request()).await;
    let again = again.unwrap().into_inner();
    assert_eq!((&*again.token, again.token_number), ("", 1));
    assert!(again.recorded.unwrap().already_done);
    for record in running.bytes().await {
        let record = String::from_utf8(record).unwrap();
        assert!(!record.contains(&first.token["rst-".len()..]), "{record}");
    }
    assert!(!format!("{first:?}").contains("rst-"), "{first:?}");
    assert_ne!(issue(&mut running, &id).await.token, first.token);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_nothing_is_told_apart_by_nothing() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let other = world.complaint(2).await.to_string();
    running.follow(&world).await;
    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(issue(&mut running, &id).await.token);
    }
    let others = issue(&mut running, &other).await.token;
    let unknown = no_status(&mut running, &format!("rst-{}", "0".repeat(64))).await;
    assert!(unknown.contains("STATUS_TOKEN_INVALID"), "{unknown}");
    assert_eq!(no_status(&mut running, "").await, unknown);
    assert_eq!(no_status(&mut running, "no token").await, unknown);
    assert_eq!(no_status(&mut running, &tokens[0][..67]).await, unknown);

    let revoke = |token_number| {
        let reason = "letter_lost".to_owned();
        let request = RevokeStatusTokensRequest {
            token_number,
            reason,
            ..Default::default()
        };
        on(&id, request)
    };
    running
        .messages
        .revoke_status_tokens(revoke(1))
        .await
        .unwrap();
    assert_eq!(no_status(&mut running, &tokens[0]).await, unknown);
    assert_eq!(status(&mut running, &tokens[1]).await.stage, "received");
    running
        .messages
        .revoke_status_tokens(revoke(0))
        .await
        .unwrap();
    assert_eq!(no_status(&mut running, &tokens[1]).await, unknown);
    assert_eq!(no_status(&mut running, &tokens[2]).await, unknown);
    assert_eq!(status(&mut running, &others).await.stage, "received");
    let found = refused(running.messages.revoke_status_tokens(revoke(4)).await);
    assert_eq!(
        found,
        ("STATUS_TOKEN_UNKNOWN".to_owned(), "token_number".to_owned())
    );

    // The customer behind the other complaint is rendered unreadable.
    let vault = running.workflow.vault();
    vault.erase_subject(customer(2)).await.unwrap();
    assert_eq!(no_status(&mut running, &others).await, unknown);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_after_a_restart_and_without_the_views() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let token = issue(&mut running, &id).await.token;
    running.stop().await;
    world.delete_views();
    let mut running = world.start().await;
    assert_eq!(status(&mut running, &token).await.stage, "received");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_filled_in_the_language_of_the_complaint_and_its_course_is_told() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    assert_eq!(sent(&mut running, &id, "progress").await.message_number, 1);
    let listed = messages(&mut running, &id).await;
    let it = &listed.messages[0];
    assert_eq!((&*it.language, &*it.status), ("de", "requested"));
    assert_eq!(it.message_id, format!("{id}.1"));
    assert!(it.template_policy.starts_with("iso-10002@"));
    assert!(
        it.text.starts_with(SECRET) && it.text.contains("RD-2026-"),
        "{}",
        it.text
    );
    assert_eq!(listed.feedback_id, id);

    let taken = on(&id, delivered(1, "accepted_by_server"));
    running
        .messages
        .record_delivery(taken.clone())
        .await
        .unwrap();
    let again = running.messages.record_delivery(taken).await.unwrap();
    assert!(again.into_inner().recorded.unwrap().already_done);
    let bounce = RecordBounceRequest {
        message_number: 1,
        reason: "mailbox_full".to_owned(),
        explanation: "552 jane's mailbox is full".to_owned(),
        ..Default::default()
    };
    running
        .messages
        .record_bounce(on(&id, bounce))
        .await
        .unwrap();
    let it = &messages(&mut running, &id).await.messages[0];
    assert_eq!(
        (&*it.status, &*it.bounce_reason),
        ("bounced", "mailbox_full")
    );
    assert_eq!(it.bounce_explanation, "552 jane's mailbox is full");
    let late = running
        .messages
        .record_delivery(on(&id, delivered(1, "read")))
        .await;
    assert_eq!(refused(late).0, "MESSAGE_ALREADY_BOUNCED");
    let unknown = running
        .messages
        .record_delivery(on(&id, delivered(7, "read")))
        .await;
    assert_eq!(
        refused(unknown),
        ("MESSAGE_UNKNOWN".to_owned(), "message_number".to_owned())
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_messages_and_replies_are_in_the_vault_and_in_the_history() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    sent(&mut running, &id, "progress").await;
    let reply = || {
        let request = RecordReplyRequest {
            message_number: 1,
            channel: "email".to_owned(),
            text: SECRET.to_owned(),
            reply_id: "<4711@mail.example.org>".to_owned(),
            ..Default::default()
        };
        on(&id, request)
    };
    running.messages.record_reply(reply()).await.unwrap();
    let again = running.messages.record_reply(reply()).await.unwrap();
    assert!(again.into_inner().recorded.unwrap().already_done);
    let replies = messages(&mut running, &id).await.replies;
    assert_eq!((replies.len(), &*replies[0].text), (1, SECRET));
    for record in running.bytes().await {
        let record = String::from_utf8(record).unwrap();
        assert!(
            !record.contains("Abendroth") && !record.contains("4711"),
            "{record}"
        );
    }
    let request = GetComplaintHistoryRequest {
        key: Some(get_complaint_history_request::Key::ComplaintId(id)),
        ..Default::default()
    };
    let history = running.complaints.get_complaint_history(request).await;
    let entries = steps::without_clocks(history.unwrap().into_inner().entries);
    let told: Vec<_> = entries.iter().map(|it| &*it.summary).skip(1).collect();
    assert_eq!(
        told,
        [
            "Message 1 to be sent by email: progress, in de",
            "The complainant replied to message 1 by email"
        ]
    );
    assert!(entries[1].words.as_ref().unwrap().text.contains(SECRET));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_that_keeps_informed_begins_anew_as_the_policy_says() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let acknowledged = steps::at("2026-03-02T10:00:00Z", on(&id, steps::acknowledge()));
    done!(running.complaints, acknowledge_complaint, acknowledged);
    let first = keep_informed(&mut running, &id).await;
    // `progress` informs once it is delivered, `decision` is no news.
    let progress = steps::at("2026-03-09T10:00:00Z", on(&id, send("progress", "soon")));
    running.messages.send_message(progress).await.unwrap();
    let decision = steps::at("2026-03-09T10:00:00Z", on(&id, send("decision", "no")));
    running.messages.send_message(decision).await.unwrap();
    let unmoved = keep_informed(&mut running, &id).await;
    assert_eq!(unmoved.started_at, first.started_at);
    for number in [1, 2] {
        let taken = on(&id, delivered(number, "accepted_by_server"));
        let taken = steps::at("2026-03-10T10:00:00Z", taken);
        running.messages.record_delivery(taken).await.unwrap();
    }
    let moved = keep_informed(&mut running, &id).await;
    let started = redress_wire::time_from_wire(moved.started_at.unwrap()).unwrap();
    assert_eq!(started.to_string(), "2026-03-10T10:00:00Z");
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_asks_for_its_message_in_the_same_step_and_once() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let acknowledge = || {
        let mut request = on(&id, steps::acknowledge());
        let mut message = message("acknowledgement", "");
        message.channel = String::new();
        request.message = Some(message);
        request
    };
    let mut unknown = acknowledge();
    unknown.message.as_mut().unwrap().template = "unknown".to_owned();
    let refusal = refused(running.complaints.acknowledge_complaint(unknown).await);
    assert_eq!(
        refusal,
        ("TEMPLATE_UNKNOWN".to_owned(), "message.template".to_owned())
    );
    assert_eq!(get(&mut running.complaints, &id).await.status, "received");

    done!(running.complaints, acknowledge_complaint, acknowledge());
    let again = done!(running.complaints, acknowledge_complaint, acknowledge());
    assert!(again.already_done);
    assert_eq!(
        get(&mut running.complaints, &id).await.status,
        "acknowledged"
    );
    let listed = messages(&mut running, &id).await;
    assert_eq!(listed.messages.len(), 1);
    let it = &listed.messages[0];
    assert_eq!((&*it.channel, &*it.template), ("email", "acknowledgement"));
    assert!(it.text.contains("am 2026-03-01 erhalten"), "{}", it.text);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_message_lacks_is_named() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let found = refused(
        running
            .messages
            .send_message(on(&id, send("progress", "")))
            .await,
    );
    assert_eq!(
        found,
        ("TEMPLATE_FIELD_EMPTY".to_owned(), "message.text".to_owned())
    );
    let mut unsaid = send("progress", "soon");
    unsaid.message.as_mut().unwrap().channel = String::new();
    let found = refused(running.messages.send_message(on(&id, unsaid)).await);
    assert_eq!(
        found,
        ("FIELD_REQUIRED".to_owned(), "message.channel".to_owned())
    );
    let nothing = on(&id, SendMessageRequest::default());
    let found = refused(running.messages.send_message(nothing).await);
    assert_eq!(found, ("FIELD_REQUIRED".to_owned(), "message".to_owned()));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_are_those_of_the_policy_in_force_and_fall_back_on_its_language() {
    let world = World::new();
    let (mut running, id) = started(&world).await;
    let document = r#"policy = "letters"
version = 1
[messages]
fallback_language = "fr"
[[template]]
name = "apology"
language = "fr"
subject = "{product}"
text = "Désolé: {text} {{{issue}}}"
"#;
    let request = ApplyPolicyRequest {
        document: document.to_owned(),
        ..Default::default()
    };
    running.policies.apply_policy(request).await.unwrap();
    let request = on(&id, send("apology", "pardon"));
    running.messages.send_message(request).await.unwrap();
    let listed = messages(&mut running, &id).await;
    let it = &listed.messages[0];
    assert_eq!((&*it.language, &*it.subject), ("fr", "Kettle 1"));
    assert_eq!(it.text, "Désolé: pardon {Leaks}");
    assert!(it.template_policy.starts_with("letters@1:"));
    running.stop().await;
}
