//! How streams must be kept.

use std::time::Duration;

use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType,
};
use redress_event_log::Lives;

use super::lives;
use crate::config::BusConfig;
use crate::names::{Place, inbox_stream, inbox_subject};

/// The shortest that a server takes. Its window swallows a repeat with a success and without a
/// receipt; repeats are ours to know, and for ever.
const SHORTEST_WINDOW: Duration = Duration::from_millis(100);

fn plain(name: String, subjects: String) -> Config {
    Config {
        name,
        subjects: vec![subjects],
        storage: StorageType::File,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_consumers: -1,
        max_message_size: -1,
        ..Config::default()
    }
}

/// A window on a log: disposable, so it discards what is old.
pub(super) fn events(config: &BusConfig, place: &Place, of: &Lives) -> Config {
    let tenant = &config.tenant;
    Config {
        description: Some(format!("Redress: the records of {place}")),
        discard: DiscardPolicy::Old,
        retention: RetentionPolicy::Limits,
        max_age: config.events.max_age,
        max_bytes: i64::try_from(config.events.most_bytes()).unwrap_or(i64::MAX),
        num_replicas: config.events.replicas,
        // The inbox asks for a server that syncs before it acknowledges. What can be published again
        // need not wait for that; a server takes the setting only where there is one replica.
        persist_mode: (config.events.replicas == 1).then_some(PersistenceMode::Async),
        allow_direct: true,
        metadata: lives::metadata(of),
        ..plain(
            place.stream(tenant),
            format!("{}.>", place.subjects(tenant)),
        )
    }
}

/// What others send: persisted before it is acknowledged (as far as the server syncs), refused when
/// there is no room, and gone once it was taken out.
pub(super) fn inbox(config: &BusConfig) -> Config {
    let tenant = &config.tenant;
    Config {
        description: Some("Redress: what others publish, until it is taken in".to_owned()),
        discard: DiscardPolicy::New,
        retention: RetentionPolicy::WorkQueue,
        max_age: Duration::ZERO,
        max_bytes: i64::try_from(config.inbox.max_bytes).unwrap_or(i64::MAX),
        max_message_size: i32::try_from(config.inbox.max_message_bytes).unwrap_or(i32::MAX),
        num_replicas: config.inbox.replicas,
        duplicate_window: SHORTEST_WINDOW,
        persist_mode: Some(PersistenceMode::Default),
        ..plain(inbox_stream(tenant), inbox_subject(tenant, "*"))
    }
}
