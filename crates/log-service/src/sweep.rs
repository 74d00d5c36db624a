//! Words that a crash left in the vault without a record.
//!
//! Words are durable before their record is queued, so what lies between leaves words that nothing
//! refers to. After each start, and each day in case the disk was in the way, they are looked for
//! beside everything else, a few at a time. A record of a type that is not known keeps its words,
//! too: what looks like a reference is taken for one.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use redress_envelope::Record;
use redress_event_log::Log;
use redress_service::lifecycle::TaskError;
use redress_service::{Metrics, Shutdown};
use redress_vault::{EntryId, Vault};
use serde_json::Value;

/// So that a start is over before it begins.
const AFTER_START: Duration = Duration::from_secs(10);
const EACH: Duration = Duration::from_hours(24);
/// Between two parts, so that others get their turn at the disk.
const PAUSE: Duration = Duration::from_millis(20);
const PAGE_RECORDS: usize = 1024;
const PAGE_BYTES: usize = 1 << 20;
/// Rows of the vault that are looked at in one part.
const PART_ROWS: usize = 1024;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfService {
    service: &'static str,
}

/// What the sweeps of a process found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sweeps {
    removed: Family<OfService, Counter>,
}

impl Sweeps {
    pub(crate) fn register(metrics: &Metrics) -> Self {
        let it = Self::default();
        metrics.register(
            "vault_orphans_removed",
            "Entries of the vault that no record refers to, and whose content was dropped",
            it.removed.clone(),
        );
        it
    }
}

/// To be called before the first command of a run: what is sealed from now on is looked at in the
/// next one.
pub(crate) fn run(
    service: &'static str,
    vault: Arc<Vault>,
    log: Log,
    sweeps: Sweeps,
    shutdown: Shutdown,
) -> impl Future<Output = Result<(), TaskError>> {
    let until = log.head().size;
    async move {
        let mut pause = AFTER_START;
        loop {
            tokio::select! {
                () = shutdown.soft() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = EACH;
            match sweep(&vault, &log, until, &shutdown).await {
                Ok(Found { looked_at: 0, .. }) => {}
                Ok(found) => {
                    let label = OfService { service };
                    sweeps.removed.get_or_create(&label).inc_by(found.removed);
                    let Found {
                        looked_at,
                        removed,
                        damaged,
                    } = found;
                    tracing::info!(service, looked_at, removed, damaged, "looked for orphans");
                }
                // A vault that has stopped says so where it is needed; this can wait.
                Err(error) => tracing::warn!(service, %error, "orphans were not looked for"),
            }
        }
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    looked_at: u64,
    removed: u64,
    damaged: u64,
}

/// Looks at everything that was sealed before this run and not looked at yet; `until` is how long
/// the log was when it began.
async fn sweep(
    vault: &Arc<Vault>,
    log: &Log,
    until: u64,
    shutdown: &Shutdown,
) -> Result<Found, TaskError> {
    let mut found = Found::default();
    let asked = Arc::clone(vault);
    let from = tokio::task::spawn_blocking(move || asked.sweep_log_from()).await??;
    let Some(known) = known(log, from, until, shutdown).await? else {
        return Ok(found);
    };
    let known = Arc::new(known);
    while !shutdown.is_stopping() {
        let (vault, known) = (Arc::clone(vault), Arc::clone(&known));
        let part = move || {
            let is_known = |entry: EntryId| known.binary_search(&entry).is_ok();
            vault.sweep_orphans(PART_ROWS, until, is_known)
        };
        let swept = tokio::task::spawn_blocking(part).await??;
        found.looked_at += swept.entries;
        found.removed += swept.removed;
        found.damaged += swept.damaged;
        if swept.is_complete {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(found)
}

/// All entries that records in `from..until` refer to, sorted; none if the process stops meanwhile.
async fn known(
    log: &Log,
    from: u64,
    until: u64,
    shutdown: &Shutdown,
) -> Result<Option<Vec<EntryId>>, TaskError> {
    let (mut known, mut next) = (Vec::new(), from);
    while next < until {
        if shutdown.is_stopping() {
            return Ok(None);
        }
        for stored in log.read(next, PAGE_RECORDS, PAGE_BYTES).await? {
            let record = Record::decode(&stored.bytes)?;
            let mut found = Vec::new();
            references(&serde_json::from_str(record.data.get())?, &mut found);
            // What is no id of a vault names nothing in it.
            known.extend(
                found
                    .iter()
                    .filter_map(|entry| entry.parse::<EntryId>().ok()),
            );
            next = stored.position + 1;
        }
    }
    known.sort_unstable();
    known.dedup();
    Ok(Some(known))
}

/// What stands in an event beside a commitment, wherever it stands.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if fields.contains_key("commitment")
                && let Some(Value::String(entry)) = fields.get("entry")
            {
                found.push(entry.clone());
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
