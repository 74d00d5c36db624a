//! Whether a stream is kept as it must be.

use std::fmt::Debug;

use async_nats::jetstream::stream::{Config, PersistenceMode, RetentionPolicy};

use super::StreamError;

/// Compares what was asked for with what a server says that it has.
pub(super) fn same(wanted: &Config, found: &Config) -> Result<(), StreamError> {
    let differences = differences(wanted, found);
    if differences.is_empty() {
        return Ok(());
    }
    Err(StreamError::Mismatch {
        stream: wanted.name.clone(),
        differences,
    })
}

fn differences(wanted: &Config, found: &Config) -> Vec<String> {
    let mut all = Vec::new();
    let mut must = |name: &str, wanted: &dyn Debug, found: &dyn Debug| {
        let (wanted, found) = (format!("{wanted:?}"), format!("{found:?}"));
        if wanted != found {
            all.push(format!("{name} is {found} and should be {wanted}"));
        }
    };
    macro_rules! same {
        ($($field:ident),*) => { $( must(stringify!($field), &wanted.$field, &found.$field); )* };
    }
    // Where messages come from, how long they stay, and who may change them.
    same!(subjects, retention, discard, storage, num_replicas);
    same!(
        max_age,
        max_bytes,
        max_messages,
        max_messages_per_subject,
        max_message_size
    );
    same!(
        no_ack,
        sealed,
        allow_direct,
        allow_rollup,
        allow_message_ttl
    );
    same!(mirror, sources, subject_transform);
    same!(allow_message_schedules, allow_message_counter);
    let persistence =
        |config: &Config| -> PersistenceMode { config.persist_mode.unwrap_or_default() };
    if wanted.retention == RetentionPolicy::WorkQueue {
        same!(duplicate_window);
    }
    must("persist_mode", &persistence(wanted), &persistence(found));
    for (key, value) in &wanted.metadata {
        let given = found.metadata.get(key);
        must(&format!("metadata.{key}"), &Some(value), &given);
    }
    all
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use redress_envelope::{LogId, derived_uuid};
    use redress_event_log::Lives;

    use super::*;
    use crate::config::BusConfig;
    use crate::names::Place;
    use crate::streams::wanted;

    fn config() -> BusConfig {
        BusConfig::new(vec!["nats://localhost".to_owned()], "acme", "test")
    }

    #[test]
    fn each_setting_that_differs_is_named_with_both_values() {
        let log = Lives::only(LogId(derived_uuid("log", &["one"])));
        let wanted = wanted::events(&config(), &Place::new("intake", 0), &log);
        let mut found = wanted.clone();
        found
            .metadata
            .insert("_nats.ver".to_owned(), "2.15.1".to_owned());
        assert_eq!(same(&wanted, &found), Ok(()));
        found.max_age = Duration::from_mins(1);
        found.allow_rollup = true;
        found.metadata.clear();
        let said = same(&wanted, &found).unwrap_err().to_string();
        for part in [
            "REDRESS_ACME_INTAKE_0",
            "max_age is 60s and should be 2592000s",
            "allow_rollup is true",
            "metadata.redress-log is None",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn an_inbox_that_acknowledges_before_it_stores_is_none() {
        let wanted = wanted::inbox(&config());
        let mut found = wanted.clone();
        found.persist_mode = None;
        assert_eq!(same(&wanted, &found), Ok(()), "the default is not repeated");
        found.persist_mode = Some(PersistenceMode::Async);
        let said = same(&wanted, &found).unwrap_err().to_string();
        assert!(said.contains("persist_mode is Async"), "{said}");
    }
}
