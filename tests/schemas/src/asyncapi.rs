//! The `AsyncAPI` document of the bus, as another system sees it: it receives events and sends feedback.

mod event;
mod inbox;
mod server;

use serde_json::{Map, Value, json};

use crate::event::EventType;

const ABOUT: &str = "Redress keeps what customers tell an organisation and what the organisation does about it, as \
    events. This is what another system can receive and send over NATS; actions are those of the other system.

Every record of every log is published as it is stored: one CloudEvents 1.0 object in structured JSON, at most \
    65,535 bytes, the bytes that are hashed and proved, under the header `Content-Type: \
    application/cloudevents+json`. The message with stream sequence n holds the record at position n - 1 of its \
    log. A stream is a window (30 days or 20 GB unless set otherwise, less where NATS has no room for it): what is \
    older is read from the service that owns the log (`ReadEvents`). Records of one log are in order; there is no \
    order across logs. Fields and attributes that a reader does not know are to be passed over, and so are types.

Feedback is sent to the inbox. JetStream's own acknowledgement says that the broker has the message; a receipt \
    says that it is in the log. The same message may be sent again: it is known by its source and id, and gets the \
    first answer. What cannot be accepted is kept, sealed, to be corrected and tried again.";

pub(crate) fn document(types: &[EventType]) -> Value {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();
    event::add(types, &mut channels, &mut operations, &mut messages);
    inbox::add(&mut channels, &mut operations, &mut messages);
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Redress",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": { "nats": server::server() },
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": messages,
            "parameters": server::parameters(),
            "securitySchemes": server::security(),
        },
    })
}

/// Names of things in the document: `redress.complaint.taken_over.v1` is `complaintTakenOverV1`.
fn camel(name: &str) -> String {
    let mut words = name.trim_start_matches("redress.").split(['.', '_']);
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |joined, word| joined + &capital(word))
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

fn reference(path: &str) -> Value {
    json!({ "$ref": format!("#/{path}") })
}

/// Parameters of a channel, all of them described once.
fn parameters(names: &[&str]) -> Value {
    let entries = names.iter().map(|name| {
        let shared = reference(&format!("components/parameters/{name}"));
        ((*name).to_owned(), shared)
    });
    Value::Object(entries.collect())
}

/// What goes over NATS needs no binding but the version of it.
fn bindings() -> Value {
    json!({ "nats": { "bindingVersion": "0.1.0" } })
}
