//! The inbox: feedback is sent, receipts and notices are received.

use redress_event_bus::{inbox_subject, receipt_subjects, rejected_subject};
use serde_json::{Map, Value, json};

use super::{bindings, parameters, reference};

const TENANT: &str = "{tenant}";
const SOURCE: &str = "{source}";
const KINDS: [&str; 3] = ["feedbackStructured", "feedbackBinary", "feedbackPlain"];
const ANSWERS: [&str; 2] = ["receiptAccepted", "receiptRejected"];

pub(super) fn add(
    channels: &mut Map<String, Value>,
    operations: &mut Map<String, Value>,
    messages: &mut Map<String, Value>,
) {
    channels.insert("inbox".to_owned(), inbox());
    channels.insert("receipts".to_owned(), receipts());
    channels.insert("receipt".to_owned(), receipt());
    channels.insert("rejected".to_owned(), rejected());
    operations.insert("sendFeedback".to_owned(), send());
    operations.insert(
        "receiveReceipt".to_owned(),
        receive(
            "receipts",
            "What became of a message, for the system that sent it.",
            &ANSWERS,
        ),
    );
    operations.insert(
        "receiveRejected".to_owned(),
        receive(
            "rejected",
            "A message was not accepted, for whoever looks after the source. Nothing of its content.",
            &["notice"],
        ),
    );
    messages.insert("feedbackStructured".to_owned(), structured());
    messages.insert("feedbackBinary".to_owned(), binary());
    messages.insert("feedbackPlain".to_owned(), plain());
    messages.insert("receiptAccepted".to_owned(), accepted());
    messages.insert("receiptRejected".to_owned(), not_accepted());
    messages.insert("notice".to_owned(), notice());
}

fn messages_of(names: &[&str]) -> Value {
    let entries = names.iter().map(|name| {
        let shared = reference(&format!("components/messages/{name}"));
        ((*name).to_owned(), shared)
    });
    Value::Object(entries.collect())
}

fn listed(channel: &str, names: &[&str]) -> Vec<Value> {
    let of_channel = |name: &&str| reference(&format!("channels/{channel}/messages/{name}"));
    names.iter().map(of_channel).collect()
}

fn inbox() -> Value {
    json!({
        "address": inbox_subject(TENANT, SOURCE),
        "title": "Inbox",
        "description": "In the stream `REDRESS_<TENANT>_INBOX`, which refuses what has no room and loses a message once \
                        it is in the log.",
        "parameters": parameters(&["tenant", "source"]),
        "messages": messages_of(&KINDS),
    })
}

fn receipts() -> Value {
    json!({
        "address": format!("{}.{{receipt}}", receipt_subjects(TENANT, SOURCE)),
        "title": "Receipts",
        "description": "A receipt goes to the subject that the message asked for, if that lies below the source's own.",
        "parameters": parameters(&["tenant", "source", "receipt"]),
        "messages": messages_of(&ANSWERS),
    })
}

/// Where an answer goes, the message says.
fn receipt() -> Value {
    json!({
        "address": null,
        "title": "Receipt",
        "description": "The subject that the message named.",
        "messages": messages_of(&ANSWERS),
    })
}

fn rejected() -> Value {
    json!({
        "address": rejected_subject(TENANT, SOURCE),
        "title": "Rejected",
        "description": "Not kept in a stream.",
        "parameters": parameters(&["tenant", "source"]),
        "messages": messages_of(&["notice"]),
    })
}

fn send() -> Value {
    json!({
        "action": "send",
        "channel": reference("channels/inbox"),
        "summary": "Send feedback: publish with JetStream, and wait for its acknowledgement.",
        "messages": listed("inbox", &KINDS),
        "reply": {
            "address": {
                "location": "$message.header#/Redress-Receipt-To",
                "description": "No receipt is sent where the header is absent.",
            },
            "channel": reference("channels/receipt"),
            "messages": listed("receipt", &ANSWERS),
        },
        "bindings": bindings(),
    })
}

fn receive(channel: &str, summary: &str, names: &[&str]) -> Value {
    json!({
        "action": "receive",
        "channel": reference(&format!("channels/{channel}")),
        "summary": summary,
        "messages": listed(channel, names),
        "bindings": bindings(),
    })
}

/// Headers that every message may have, and its own.
fn headers(own: &Value, required: &[&str]) -> Value {
    let mut properties = json!({
        "Redress-Receipt-To": {
            "type": "string",
            "maxLength": 255,
            "description": "Where the receipt goes: `redress.v1.<tenant>.receipt.<source>.<any>`. Another subject gets \
                            none.",
        },
        "traceparent": { "type": "string", "description": "W3C Trace Context." },
    });
    if let (Some(all), Some(own)) = (properties.as_object_mut(), own.as_object()) {
        all.extend(own.clone());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn structured() -> Value {
    json!({
        "name": "feedback.structured",
        "title": "Feedback, as a CloudEvent in structured mode",
        "contentType": "application/cloudevents+json",
        "headers": headers(
            &json!({ "Content-Type": { "type": "string", "pattern": "^application/cloudevents\\+json" } }),
            &["Content-Type"],
        ),
        "payload": {
            "type": "object",
            "required": ["specversion", "id", "source", "type", "data"],
            "properties": {
                "specversion": { "type": "string", "const": "1.0" },
                "id": { "type": "string", "minLength": 1, "description": ID },
                "source": { "type": "string", "minLength": 1, "description": "Whose id it is." },
                "type": { "type": "string", "minLength": 1, "description": "Any: the inbox takes feedback." },
                "time": { "type": "string", "format": "date-time", "description": TIME },
                "datacontenttype": { "type": "string", "const": "application/json" },
                "data": { "$ref": SUBMISSION },
            },
        },
        "examples": [{
            "name": "complaint",
            "headers": {
                "Content-Type": "application/cloudevents+json",
                "Redress-Receipt-To": "redress.v1.acme.receipt.crm.4711",
            },
            "payload": {
                "specversion": "1.0",
                "id": "4711",
                "source": "/crm/tickets",
                "type": "org.example.ticket.opened",
                "time": "2026-11-21T19:40:00Z",
                "datacontenttype": "application/json",
                "data": example(),
            },
        }],
    })
}

fn binary() -> Value {
    let attribute = |description: &str| json!({ "type": "string", "description": description });
    json!({
        "name": "feedback.binary",
        "title": "Feedback, as a CloudEvent in binary mode",
        "contentType": "application/json",
        "headers": headers(
            &json!({
                "ce-specversion": { "type": "string", "const": "1.0" },
                "ce-id": attribute(ID),
                "ce-source": attribute("Whose id it is."),
                "ce-type": attribute("Any: the inbox takes feedback."),
                "ce-time": { "type": "string", "format": "date-time", "description": TIME },
                "Content-Type": { "type": "string", "const": "application/json" },
            }),
            &["ce-specversion", "ce-id", "ce-source", "ce-type"],
        ),
        "payload": { "$ref": SUBMISSION },
        "examples": [{
            "name": "complaint",
            "headers": {
                "ce-specversion": "1.0",
                "ce-id": "4711",
                "ce-source": "/crm/tickets",
                "ce-type": "org.example.ticket.opened",
                "Content-Type": "application/json",
            },
            "payload": example(),
        }],
    })
}

fn plain() -> Value {
    json!({
        "name": "feedback.plain",
        "title": "Feedback, as plain JSON",
        "contentType": "application/json",
        "headers": headers(&json!({ "Nats-Msg-Id": { "type": "string", "description": ID } }), &[]),
        "payload": { "$ref": SUBMISSION },
        "examples": [{ "name": "complaint", "headers": { "Nats-Msg-Id": "4711" }, "payload": example() }],
    })
}

const SUBMISSION: &str = "./submission.schema.json";
const ID: &str = "Names the message for ever: the same one again is answered as the first time.";
const TIME: &str = "When it happened, where the feedback does not say.";

fn example() -> Value {
    json!({
        "kind": "complaint",
        "channel": "phone",
        "product": "Kettle",
        "issue": "Leaks",
        "description": "It leaks at the spout.",
        "customer": { "name": "Ada Example", "email": "ada@example.org" },
    })
}

fn told(title: &str, status: &str, own: &Value, required: &[&str], example: &Value) -> Value {
    let mut properties = json!({
        "status": { "type": "string", "const": status },
        "id": { "type": "string", "description": "Of the message, where it had one." },
    });
    if let (Some(all), Some(own)) = (properties.as_object_mut(), own.as_object()) {
        all.extend(own.clone());
    }
    json!({
        "name": format!("receipt.{status}"),
        "title": title,
        "contentType": "application/json",
        "payload": { "type": "object", "required": required, "properties": properties },
        "examples": [{ "name": status, "payload": example }],
    })
}

fn accepted() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let receipt = json!({
        "type": "object",
        "description": "Fields are added, never renamed.",
        "required": ["feedback_id", "token", "repeated"],
        "properties": {
            "feedback_id": text("The id of the item of feedback."),
            "reference": text("Of a complaint: what people say on the phone."),
            "position": { "type": "integer", "description": "Of its first record in intake's log." },
            "token": text("Hand it to a query, to be answered from what has seen the message."),
            "repeated": { "type": "boolean", "description": "Whether the message had been taken before." },
            "recorded_at": { "type": "string", "format": "date-time" },
        },
    });
    told(
        "The message is in the log",
        "accepted",
        &json!({ "receipt": receipt }),
        &["status", "receipt"],
        &json!({
            "status": "accepted",
            "id": "4711",
            "receipt": {
                "feedback_id": "0-17141d41300083429f5634d3031c01e5",
                "reference": "RD-2026-000123-7",
                "position": 123,
                "token": "intake/0/0192f0c4e5b67c8d9e0f1a2b3c4d5e6f@124",
                "repeated": false,
                "recorded_at": "2026-11-21T19:40:00.123456Z",
            },
        }),
    )
}

/// Why, for programs and for people, and where it is kept.
fn reason() -> Value {
    json!({
        "code": { "type": "string", "pattern": "^[A-Z][A-Z0-9_]*$", "description": "Stable." },
        "field": { "type": "string", "description": "Path of the field that is to blame, where one is." },
        "reason": { "type": "string", "description": "For people; nothing of the content." },
        "remedy": { "type": "string", "description": "What would make it right." },
        "rejected_id": { "type": "string", "description": "Under which id it is kept, sealed." },
    })
}

fn not_accepted() -> Value {
    told(
        "The message was not accepted, and is kept",
        "rejected",
        &reason(),
        &["status", "code", "reason", "remedy", "rejected_id"],
        &json!({
            "status": "rejected",
            "id": "4711",
            "code": "SUBMISSION_MALFORMED",
            "field": "data",
            "reason": "it is no submission: line 1, column 17",
            "remedy": "write one JSON object with the fields of docs/json.md",
            "rejected_id": "0-17141d41300083429f5634d3031c01e5",
        }),
    )
}

fn notice() -> Value {
    let mut properties = json!({
        "sequence": {
            "type": "integer",
            "minimum": 1,
            "description": "Of the message in the inbox, as JetStream's acknowledgement told its sender.",
        },
    });
    if let (Some(all), Some(own)) = (properties.as_object_mut(), reason().as_object()) {
        all.extend(own.clone());
    }
    json!({
        "name": "rejected.notice",
        "title": "A message was not accepted",
        "contentType": "application/json",
        "payload": {
            "type": "object",
            "required": ["sequence", "code", "reason", "remedy", "rejected_id"],
            "properties": properties,
        },
        "examples": [{
            "name": "malformed",
            "payload": {
                "sequence": 4711,
                "code": "SUBMISSION_MALFORMED",
                "field": "data",
                "reason": "it is no submission: line 1, column 17",
                "remedy": "write one JSON object with the fields of docs/json.md",
                "rejected_id": "0-17141d41300083429f5634d3031c01e5",
            },
        }],
    })
}
