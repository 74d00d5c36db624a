//! Where the bus is, and what stands in its names.

use redress_event_bus::OLDEST_SERVER;
use serde_json::{Value, json};

pub(super) fn server() -> Value {
    json!({
        "host": "{host}:{port}",
        "protocol": "nats",
        "protocolVersion": OLDEST_SERVER,
        "description": format!("A NATS server with JetStream, {OLDEST_SERVER} or later."),
        "variables": {
            "host": { "default": "localhost", "description": "One server of the cluster." },
            "port": { "default": "4222", "description": "The port of its clients." },
        },
        "security": [
            { "$ref": "#/components/securitySchemes/password" },
            { "$ref": "#/components/securitySchemes/certificate" },
        ],
    })
}

pub(super) fn security() -> Value {
    json!({
        "password": {
            "type": "userPassword",
            "description": "A user of the account in which Redress is, allowed the subjects that it needs.",
        },
        "certificate": {
            "type": "X509",
            "description": "A client certificate, where the server asks for one.",
        },
    })
}

pub(super) fn parameters() -> Value {
    json!({
        "tenant": {
            "description": "Whose installation it is: 1 to 40 of a-z, 0-9 and `-`.",
            "default": "default",
        },
        "partition": { "description": "The partition of the service's log.", "default": "0" },
        "service": {
            "description": "Whose log it is.",
            "enum": ["intake", "workflow", "reporting"],
        },
        "source": {
            "description": "The name under which the operator knows the system that sends: 1 to 40 of a-z, 0-9 \
                            and `-`.",
            "examples": ["crm"],
        },
        "receipt": {
            "description": "What the sender chose: one or more tokens of a subject.",
            "examples": ["4711", "batch-7.4711"],
        },
    })
}
