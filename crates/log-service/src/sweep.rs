//! Words that a crash or a refusal left in the vault without a record.
//!
//! Words are durable before their record is queued, so what lies between leaves words that nothing
//! refers to. After each start they are looked for beside everything else, a few at a time, and again
//! each day in case something was in the way. What looks like an entry's id anywhere in a record is
//! taken for one, so that a record of a type that is not known keeps its words, too. Where the vault
//! cannot be sure that the log is the whole one nothing is removed, and health says so.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use redress_envelope::Record;
use redress_event_log::Log;
use redress_service::lifecycle::TaskError;
use redress_service::{Metrics, Readiness, Shutdown};
use redress_vault::{Found, Sweep, Unswept, Vault, VaultError};
use serde_json::Value;

use crate::part::{Around, Task};

/// So that a start is over before it begins.
const AFTER_START: Duration = Duration::from_secs(10);
const EACH: Duration = Duration::from_hours(24);
/// Between two parts, so that others get their turn at the disk.
const PAUSE: Duration = Duration::from_millis(20);
const PAGE_RECORDS: usize = 1024;
const PAGE_BYTES: usize = 1 << 20;
/// Rows of the vault that are looked at in one part.
const PART_ROWS: usize = 256;

/// Does a part of a sweep, and says whether there is more.
type Step = fn(&mut Sweep, usize) -> Result<bool, VaultError>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfService {
    service: &'static str,
}

/// What the sweeps of a process found.
#[derive(Debug, Clone, Default)]
pub struct Sweeps {
    removed: Family<OfService, Counter>,
    refused: Family<OfService, Gauge>,
}

impl Sweeps {
    pub(crate) fn register(metrics: &Metrics) -> Self {
        let it = Self::default();
        metrics.register(
            "vault_orphans_removed",
            "Entries of the vault that no record refers to, and whose content was dropped",
            it.removed.clone(),
        );
        metrics.register(
            "vault_sweep_refused",
            "1 where entries that no record refers to are not removed, because the log may not be the whole one",
            it.refused.clone(),
        );
        it
    }
}

/// The search for what earlier runs left; at most `at_most` entries are removed. The vault has to
/// know the log ([`Vault::beside_log`]).
pub fn sweeping(
    service: &'static str,
    vault: Arc<Vault>,
    log: Log,
    at_most: u64,
    around: &Around,
) -> Task {
    let told = Told {
        service,
        readiness: around.readiness.clone(),
        shutdown: around.shutdown.clone(),
        sweeps: around.sweeps.clone(),
    };
    Task::new("the search for orphans", async move {
        // At once, before anybody wonders.
        told.refused(vault.unswept());
        let mut pause = AFTER_START;
        loop {
            tokio::select! {
                () = told.shutdown.soft() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = EACH;
            let swept = sweep(&vault, &log, at_most, &told.shutdown).await;
            told.of(swept);
        }
    })
}

/// Who is told.
struct Told {
    service: &'static str,
    readiness: Readiness,
    shutdown: Shutdown,
    sweeps: Sweeps,
}

impl Told {
    fn of(&self, swept: Result<Option<Found>, TaskError>) {
        let service = self.service;
        let why = match swept {
            Ok(None) => return,
            Ok(Some(found)) => {
                let label = OfService { service };
                self.sweeps
                    .removed
                    .get_or_create(&label)
                    .inc_by(found.orphans);
                let Found {
                    entries,
                    orphans,
                    damaged,
                } = found;
                tracing::info!(service, entries, orphans, damaged, "looked for orphans");
                None
            }
            Err(error) => match error.downcast_ref::<VaultError>() {
                Some(VaultError::Unswept(why)) => Some(*why),
                // A log or a vault that has stopped says so where it is needed; this can wait.
                _ => return tracing::warn!(service, %error, "orphans were not looked for"),
            },
        };
        self.refused(why);
    }

    fn refused(&self, why: Option<Unswept>) {
        let service = self.service;
        if let Some(why) = why {
            tracing::warn!(service, %why, "orphans are not removed");
        }
        let refused = self.sweeps.refused.get_or_create(&OfService { service });
        refused.set(i64::from(why.is_some()));
        let why = why.map(|why| format!("orphans are not removed: {why}"));
        let component = format!("{service}.vault");
        self.readiness.warn(&component, why.into_iter().collect());
    }
}

/// Looks at everything that was sealed before this run and not looked at yet; none if the process
/// stops meanwhile.
async fn sweep(
    vault: &Arc<Vault>,
    log: &Log,
    at_most: u64,
    shutdown: &Shutdown,
) -> Result<Option<Found>, TaskError> {
    let asked = Arc::clone(vault);
    let begun = tokio::task::spawn_blocking(move || Sweep::new(asked, at_most)).await;
    let mut sweep = begun??;
    if sweep.is_needed() && !keep(&mut sweep, log, shutdown).await? {
        return Ok(None);
    }
    for step in [Sweep::count as Step, Sweep::remove] {
        loop {
            if shutdown.is_stopping() {
                return Ok(None);
            }
            let part = move || {
                let more = step(&mut sweep, PART_ROWS);
                (sweep, more)
            };
            let (back, more) = tokio::task::spawn_blocking(part).await?;
            sweep = back;
            if !more? {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(Some(sweep.counted()))
}

/// Keeps all entries that records refer to; false if the process stops meanwhile.
async fn keep(sweep: &mut Sweep, log: &Log, shutdown: &Shutdown) -> Result<bool, TaskError> {
    let mut positions = sweep.log();
    while !positions.is_empty() {
        if shutdown.is_stopping() {
            return Ok(false);
        }
        for stored in log.read(positions.start, PAGE_RECORDS, PAGE_BYTES).await? {
            let record = Record::decode(&stored.bytes)?;
            let data: Value = serde_json::from_str(record.data.get())?;
            each_text(&data, &mut |text| sweep.keep(text));
            positions.start = stored.position + 1;
        }
    }
    Ok(true)
}

/// Every text in an event, wherever it stands.
pub(crate) fn each_text(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Object(fields) => fields.values().for_each(|value| each_text(value, see)),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests;
