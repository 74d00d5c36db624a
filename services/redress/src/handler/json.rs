//! Somebody of the register as JSON.

use redress_wire::workflow::v1::{Handler, Note};
use serde_json::{Value, json};

use crate::json::{text, time};

/// Without the name, which a list has not got.
pub(super) fn listed(it: &Handler) -> Value {
    let skills = it
        .skills
        .iter()
        .map(|it| json!({ "skill": it.skill, "expires_at": time!(it.expires_at) }));
    let absences = it
        .absences
        .iter()
        .map(|it| json!({ "from": time!(it.from), "to": time!(it.to) }));
    json!({
        "handler": it.handler,
        "etag": text(&it.etag),
        "version": it.version,
        "retired": it.retired,
        "queues": it.queues,
        "skills": skills.collect::<Vec<_>>(),
        "absences": absences.collect::<Vec<_>>(),
        "load_limit": it.load_limit,
        "load": it.load,
        "registered_at": time!(it.registered_at),
        "updated_at": time!(it.updated_at),
    })
}

pub(super) fn handler(it: &Handler) -> Value {
    let mut told = listed(it);
    told["name"] = it.name.as_ref().map_or(Value::Null, name);
    told
}

fn name(it: &Note) -> Value {
    json!({ "text": text(&it.text), "erased": it.erased, "missing": it.missing })
}
