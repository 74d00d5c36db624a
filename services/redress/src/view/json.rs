//! Views and open imports as JSON.

use redress_wire::intake::v1::OpenImport;
use redress_wire::log::v1::{FollowedLog, FollowerStatus, RelayStatus, ViewStatus};
use serde_json::{Value, json};

use crate::json::{text, time};

pub(super) fn view(view: &ViewStatus) -> Value {
    let behind = |log: &FollowedLog| Some(log.head?.saturating_sub(log.position));
    json!({
        "service": view.service,
        "view": view.view,
        "version": view.version,
        "served": view.served,
        "stopped": text(&view.stopped),
        "rebuilding": view.rebuilding.as_ref().map(|it| {
            json!({ "done": it.done, "total": it.total })
        }),
        "bytes": view.bytes,
        "lag": view.logs.iter().map(behind).sum::<Option<u64>>(),
        "logs": view.logs.iter().map(log).collect::<Vec<_>>(),
    })
}

fn log(log: &FollowedLog) -> Value {
    json!({
        "log": log.log,
        "position": log.position,
        "head": log.head,
        "waiting_for": text(&log.waiting_for),
        "incomplete_from": log.incomplete_from.as_ref().map(|it| {
            json!({ "position": it.position, "type": it.r#type })
        }),
    })
}

pub(super) fn follower(follower: &FollowerStatus) -> Value {
    json!({
        "service": follower.service,
        "log": follower.log,
        "consumed": follower.consumed,
        "head": follower.head,
        "lag": follower.head.map(|head| head.saturating_sub(follower.consumed)),
        "via": follower.via,
        "stopped": text(&follower.stopped),
        "hiccup": text(&follower.hiccup),
    })
}

pub(super) fn relay(relay: &RelayStatus) -> Value {
    let published = relay.asked.then_some(relay.published);
    json!({
        "log": relay.log,
        "published": published,
        "head": relay.head,
        "lag": published.map(|published| relay.head.saturating_sub(published)),
        "state": relay.state,
        "halted": relay.halted,
    })
}

pub(crate) fn open_import(import: &OpenImport) -> Value {
    json!({
        "import_id": import.import_id,
        "format": import.format,
        "source": import.source,
        "label": text(&import.label),
        "started_at": time!(import.started_at),
        "position": import.position,
    })
}
