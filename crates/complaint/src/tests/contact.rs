//! What is said and heard, and the tokens: given events, when command, then events or a refusal.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::format::read_or_write;
use super::given::{closed, opened, received, sealed, was_withdrawn};
use super::time;
use crate::contact::command::{
    IssueStatusToken, RecordBounce, RecordDelivery, RecordReply, RevokeStatusTokens, SendMessage,
};
use crate::contact::event::{
    MessageBounced, MessageDelivered, MessageReplied, MessageRequested, StatusTokenIssued,
    StatusTokenRevoked,
};
use crate::contact::{CODES, Command, Contact, Event, MAX_MESSAGES, MAX_TOKENS, Refusal, decide};
use crate::{BounceReason, CodecError, Informs, Proof, State};

const AT: &str = "2026-03-05T10:00:00Z";
const NOW: &str = "2026-03-20T12:00:00Z";

fn folded(given: &[Event]) -> Contact {
    let mut contact = Contact::default();
    for event in given {
        contact.evolve(event);
    }
    contact
}

fn decided(
    complaint: &[crate::Event],
    given: &[Event],
    when: impl Into<Command>,
) -> Result<Vec<Event>, Refusal> {
    let state = super::fold(complaint);
    decide(&state, &folded(given), &when.into(), time(NOW))
}

#[track_caller]
fn check(given: &[Event], when: impl Into<Command>, then: &[Event]) {
    assert_eq!(decided(&received(), given, when).unwrap(), then);
}

#[track_caller]
fn refused(given: &[Event], when: impl Into<Command>, code: &str) {
    let refusal = decided(&received(), given, when).unwrap_err();
    assert_eq!(refusal.code(), code);
    assert!(!refusal.remedy().is_empty() && !refusal.to_string().is_empty());
}

fn at() -> Timestamp {
    time(AT)
}

fn issue() -> IssueStatusToken {
    IssueStatusToken {
        token_hash: "5d".repeat(32),
        bound_to: sealed("token"),
        occurred_at: Some(at()),
    }
}

fn issued(token: u32) -> Event {
    Event::StatusTokenIssued(StatusTokenIssued {
        token,
        token_hash: "5d".repeat(32),
        bound_to: sealed("token"),
        occurred_at: time(AT),
    })
}

fn revoke(token: Option<u32>) -> RevokeStatusTokens {
    RevokeStatusTokens {
        token,
        reason: Some("letter_lost".to_owned()),
        occurred_at: Some(at()),
    }
}

fn revoked(token: u32) -> Event {
    Event::StatusTokenRevoked(StatusTokenRevoked {
        token,
        reason: Some("letter_lost".to_owned()),
        occurred_at: time(AT),
    })
}

fn send(informs: Informs) -> SendMessage {
    SendMessage {
        template: "progress".to_owned(),
        template_policy: "ours@3:9f86d081884c".to_owned(),
        language: "de-AT".to_owned(),
        channel: "email".to_owned(),
        content: sealed("message"),
        informs,
        occurred_at: Some(at()),
    }
}

fn requested(message: u32, informs: Informs) -> Event {
    Event::MessageRequested(MessageRequested {
        message,
        template: "progress".to_owned(),
        template_policy: "ours@3:9f86d081884c".to_owned(),
        language: "de-AT".to_owned(),
        channel: "email".to_owned(),
        content: sealed("message"),
        informs,
        occurred_at: time(AT),
    })
}

fn deliver(proof: Proof) -> RecordDelivery {
    RecordDelivery {
        message: 1,
        proof,
        explanation: None,
        occurred_at: Some(at()),
    }
}

fn delivered(proof: Proof) -> Event {
    Event::MessageDelivered(MessageDelivered {
        message: 1,
        proof,
        explanation: None,
        occurred_at: time(AT),
    })
}

fn bounce() -> RecordBounce {
    RecordBounce {
        message: 1,
        reason: BounceReason::MailboxFull,
        explanation: Some(sealed("what the server said")),
        occurred_at: Some(at()),
    }
}

fn bounced(explanation: Option<VaultRef>) -> Event {
    Event::MessageBounced(MessageBounced {
        message: 1,
        reason: BounceReason::MailboxFull,
        explanation,
        occurred_at: time(AT),
    })
}

fn reply(message: Option<u32>, key: Option<&str>) -> RecordReply {
    RecordReply {
        message,
        channel: "email".to_owned(),
        words: sealed("reply"),
        reply_key: key.map(str::to_owned),
        occurred_at: Some(at()),
    }
}

fn replied(message: Option<u32>, key: Option<&str>) -> Event {
    Event::MessageReplied(MessageReplied {
        message,
        channel: "email".to_owned(),
        words: sealed("reply"),
        reply_key: key.map(str::to_owned),
        occurred_at: time(AT),
    })
}

const KEY: &str = "3f0a9c41d2b86e57a1904cde7283f6b5";

#[test]
fn a_token_is_numbered_and_opens_until_it_is_revoked() {
    check(&[], issue(), &[issued(1)]);
    check(&[issued(1), revoked(1)], issue(), &[issued(2)]);
    check(&[issued(1), issued(2)], revoke(Some(1)), &[revoked(1)]);
    check(
        &[issued(1), issued(2)],
        revoke(None),
        &[revoked(1), revoked(2)],
    );
    assert!(folded(&[issued(1)]).token(&"5d".repeat(32)).is_some());
    assert!(folded(&[issued(1)]).token(&"5e".repeat(32)).is_none());
    let both = folded(&[issued(1), revoked(1)]);
    assert!(both.token(&"5d".repeat(32)).is_none());
}

#[test]
fn what_is_revoked_already_is_nothing_new_and_what_never_was_is_refused() {
    check(&[issued(1), revoked(1)], revoke(Some(1)), &[]);
    check(&[issued(1), revoked(1)], revoke(None), &[]);
    check(&[], revoke(None), &[]);
    refused(&[issued(1)], revoke(Some(2)), "STATUS_TOKEN_UNKNOWN");
    refused(&[issued(1)], revoke(Some(0)), "STATUS_TOKEN_UNKNOWN");
}

#[test]
fn nothing_is_said_about_a_complaint_that_is_not_there_and_everything_about_one_that_is_over() {
    let refusal = decided(&[], &[], issue()).unwrap_err();
    assert_eq!(refusal.code(), "COMPLAINT_NOT_FOUND");
    for over in [closed(), vec![opened(), was_withdrawn(None)]] {
        assert_eq!(decided(&over, &[], issue()).unwrap(), [issued(1)]);
        let sent = decided(&over, &[], send(Informs::Never)).unwrap();
        assert_eq!(sent, [requested(1, Informs::Never)]);
    }
}

#[test]
fn every_message_is_another_and_has_the_next_number() {
    let first = requested(1, Informs::OnRequest);
    check(&[], send(Informs::OnRequest), std::slice::from_ref(&first));
    check(
        &[first],
        send(Informs::Never),
        &[requested(2, Informs::Never)],
    );
}

#[test]
fn each_proof_of_a_delivery_is_recorded_once() {
    let sent = || requested(1, Informs::OnDelivery);
    let accepted = || Proof::AcceptedByServer;
    check(&[sent()], deliver(accepted()), &[delivered(accepted())]);
    let taken = [sent(), delivered(accepted())];
    check(&taken, deliver(accepted()), &[]);
    check(&taken, deliver(Proof::Read), &[delivered(Proof::Read)]);
    refused(&[], deliver(accepted()), "MESSAGE_UNKNOWN");
}

#[test]
fn what_came_back_did_not_arrive_also_where_a_server_had_taken_it() {
    let sent = || requested(1, Informs::OnDelivery);
    let back = || bounced(Some(sealed("what the server said")));
    check(&[sent()], bounce(), &[back()]);
    let taken = [sent(), delivered(Proof::AcceptedByServer)];
    check(&taken, bounce(), &[back()]);
    check(&[sent(), back()], bounce(), &[]);
    refused(
        &[sent(), back()],
        deliver(Proof::Read),
        "MESSAGE_ALREADY_BOUNCED",
    );
    refused(&[], bounce(), "MESSAGE_UNKNOWN");
}

#[test]
fn of_one_key_there_is_one_reply_and_without_a_key_each_is_another() {
    let sent = || requested(1, Informs::Never);
    let of = |key| replied(Some(1), key);
    check(&[sent()], reply(Some(1), Some(KEY)), &[of(Some(KEY))]);
    check(&[sent(), of(Some(KEY))], reply(Some(1), Some(KEY)), &[]);
    check(&[sent(), of(None)], reply(Some(1), None), &[of(None)]);
    check(&[], reply(None, None), &[replied(None, None)]);
    refused(&[], reply(Some(1), None), "MESSAGE_UNKNOWN");
}

#[test]
fn nothing_becomes_of_a_message_before_it_is_requested() {
    let sent = || requested(1, Informs::Never);
    let early = Some(time("2026-03-05T09:59:59Z"));
    let mut command = deliver(Proof::Read);
    command.occurred_at = early;
    refused(&[sent()], command, "OCCURRED_BEFORE_MESSAGE");
    let mut command = bounce();
    command.occurred_at = early;
    refused(&[sent()], command, "OCCURRED_BEFORE_MESSAGE");
    let mut command = reply(Some(1), None);
    command.occurred_at = early;
    refused(&[sent()], command, "OCCURRED_BEFORE_MESSAGE");
    let mut command = send(Informs::Never);
    command.occurred_at = Some(time("2026-01-01T00:00:00Z"));
    refused(&[], command, "OCCURRED_BEFORE_RECEIVED");
    let mut command = deliver(Proof::Read);
    command.occurred_at = Some(time("2027-01-01T00:00:00Z"));
    refused(&[sent()], command, "OCCURRED_IN_FUTURE");
}

#[test]
fn codes_are_codes() {
    let sent = || requested(1, Informs::Never);
    let mut command = send(Informs::Never);
    command.channel = "jane@example.org".to_owned();
    refused(&[], command, "FIELD_NOT_A_CODE");
    refused(
        &[sent()],
        deliver(Proof::from("Signed!")),
        "FIELD_NOT_A_CODE",
    );
    let mut command = bounce();
    command.reason = BounceReason::from("no such Jane");
    refused(&[sent()], command, "FIELD_NOT_A_CODE");
}

#[test]
fn there_are_not_more_than_can_be_dealt_with() {
    let tokens: Vec<_> = (1..=MAX_TOKENS as u32).map(issued).collect();
    refused(&tokens, issue(), "TOO_MANY_STATUS_TOKENS");
    let messages = (1..=MAX_MESSAGES as u32).map(|it| requested(it, Informs::Never));
    let messages: Vec<_> = messages.collect();
    refused(&messages, send(Informs::Never), "TOO_MANY_MESSAGES");
    assert_eq!(CODES.len(), 6);
}

#[test]
fn the_policy_says_what_informs_and_a_second_proof_informs_nobody_again() {
    let told = |given: &[Event], event: Event| folded(given).informed_at(&event).is_some();
    let proof = || delivered(Proof::AcceptedByServer);
    for (informs, by_request, by_delivery) in [
        (Informs::OnRequest, true, false),
        (Informs::OnDelivery, false, true),
        (Informs::Never, false, false),
    ] {
        let sent = requested(1, informs);
        assert_eq!(told(&[], sent.clone()), by_request);
        assert_eq!(told(std::slice::from_ref(&sent), proof()), by_delivery);
        assert!(!told(&[sent, proof()], delivered(Proof::Read)));
    }
    assert!(!told(&[], proof()));
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    let nothing = Contact::default();
    for event in [delivered(Proof::Read), bounced(None), revoked(1)] {
        assert_eq!(folded(&[event]), nothing);
    }
    let back = [requested(1, Informs::Never), bounced(None)];
    let more = [&back[..], &[delivered(Proof::Read)]].concat();
    assert_eq!(folded(&more), folded(&back));
    assert_eq!(
        decided(&[], &[], revoke(None)).unwrap_err(),
        Refusal::Complaint(crate::Refusal::NotOpened)
    );
    assert_eq!(State::default().file(), None);
}

/// Each with everything that it can hold, and then those with nothing that they need not.
fn stored() -> Vec<(&'static str, Event)> {
    let bare_revocation = Event::StatusTokenRevoked(StatusTokenRevoked {
        token: 1,
        reason: None,
        occurred_at: time(AT),
    });
    let mut with_receipt = delivered(Proof::AcceptedByServer);
    if let Event::MessageDelivered(e) = &mut with_receipt {
        e.explanation = Some(sealed("what the server said"));
    }
    vec![
        ("", issued(1)),
        ("", revoked(1)),
        ("", requested(1, Informs::OnDelivery)),
        ("", with_receipt),
        ("", bounced(Some(sealed("what the server said")))),
        ("", replied(Some(1), Some(KEY))),
        ("bare.", bare_revocation),
        ("bare.", delivered(Proof::AcceptedByServer)),
        ("bare.", bounced(None)),
        ("bare.", replied(None, None)),
    ]
}

#[test]
fn every_event_is_stored_as_it_was_first_stored() {
    let mut kinds = BTreeSet::new();
    for (prefix, event) in stored() {
        let draft = event.encode();
        kinds.insert(draft.kind);
        let text = read_or_write(&format!("{prefix}{}", draft.kind), draft.data.get());
        assert_eq!(draft.data.get(), text.trim_end(), "{}", draft.kind);
        let read = Event::decode(draft.kind, &RawValue::from_string(text).unwrap());
        assert_eq!(read.unwrap(), event);
    }
    assert_eq!(kinds, Event::KINDS.iter().copied().collect());
}

#[test]
fn a_word_of_a_later_version_is_kept_unless_the_clocks_hang_on_it() {
    let changed = |event: &Event, field: &str| {
        let mut data: Value = serde_json::from_str(event.encode().data.get()).unwrap();
        data[field] = json!("of_a_later_version");
        let data = serde_json::value::to_raw_value(&data).unwrap();
        Event::decode(event.kind(), &data)
    };
    assert!(changed(&delivered(Proof::Read), "proof").is_ok());
    assert!(changed(&bounced(None), "reason").is_ok());
    let error = changed(&requested(1, Informs::Never), "informs").unwrap_err();
    assert!(matches!(error, CodecError::UnknownWord { .. }), "{error}");
    let none = Event::decode(
        "redress.complaint.opened.v1",
        &RawValue::from_string("{}".to_owned()).unwrap(),
    );
    assert!(matches!(none, Err(CodecError::UnknownType { .. })));
}
