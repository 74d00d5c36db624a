//! Every event: a subject of its own, received.

use redress_event_bus::Place;
use serde_json::{Map, Value, json};

use super::{bindings, camel, capital, parameters, reference};
use crate::event::EventType;
use crate::golden::ANY_SERVICE;

pub(super) fn add(
    types: &[EventType],
    channels: &mut Map<String, Value>,
    operations: &mut Map<String, Value>,
    messages: &mut Map<String, Value>,
) {
    for it in types {
        let (name, message_name) = names(&it.kind);
        messages.insert(message_name.clone(), message(it));
        let channel = channels.entry(&name).or_insert_with(|| channel(it));
        channel["messages"][&message_name] =
            reference(&format!("components/messages/{message_name}"));
        let receive = format!("receive{}", capital(&name));
        let operation = operations
            .entry(receive)
            .or_insert_with(|| operation(it, &name));
        if let Some(listed) = operation["messages"].as_array_mut() {
            listed.push(reference(&format!(
                "channels/{name}/messages/{message_name}"
            )));
        }
    }
}

/// All versions of an event have one subject.
fn names(kind: &str) -> (String, String) {
    let event = kind.rsplit_once('.').map_or(kind, |(event, _)| event);
    (camel(event), camel(kind))
}

fn channel(it: &EventType) -> Value {
    let partition = "0";
    let place = Place::new(it.service, 0);
    let of_partition_0 = place.subject("{tenant}", &it.kind);
    let subjects = place.subjects("{tenant}");
    // The partition is a parameter, too.
    let any = format!("{}{{partition}}", subjects.trim_end_matches(partition));
    let address = of_partition_0.replacen(&subjects, &any, 1);
    let mut named = vec!["tenant", "partition"];
    if it.service == ANY_SERVICE {
        named.push("service");
    }
    json!({
        "address": address,
        "title": it.kind.rsplit_once('.').map_or(&*it.kind, |(event, _)| event),
        "description": format!("In the stream `{}`.", stream(it.service)),
        "parameters": parameters(&named),
        "messages": {},
    })
}

fn stream(service: &str) -> String {
    let service = if service == ANY_SERVICE {
        "<SERVICE>".to_owned()
    } else {
        service.to_ascii_uppercase()
    };
    format!("REDRESS_<TENANT>_{service}_<PARTITION>")
}

fn operation(it: &EventType, channel: &str) -> Value {
    json!({
        "action": "receive",
        "channel": reference(&format!("channels/{channel}")),
        "summary": it.description.split("\n\n").next(),
        "messages": [],
        "bindings": bindings(),
    })
}

fn message(it: &EventType) -> Value {
    let examples = it.examples.iter();
    let examples: Vec<_> = examples
        .map(|(name, payload)| json!({ "name": name, "payload": payload }))
        .collect();
    json!({
        "name": it.kind,
        "title": it.kind,
        "description": it.description,
        "contentType": "application/cloudevents+json",
        "headers": {
            "type": "object",
            "properties": {
                "Nats-Expected-Last-Sequence": {
                    "type": "string",
                    "pattern": "^[0-9]+$",
                    "description": "The record's position in its log: the stream's sequence before this message.",
                },
            },
        },
        "payload": { "$ref": format!("./{}", it.file()) },
        "examples": examples,
    })
}
