//! The relay of a service's own log, beside the service.

use std::sync::Arc;
use std::time::Duration;

use redress_event_bus::{Bus, Place, Relay, RelayError};
use redress_event_log::{Log, Source};
use redress_service::Shutdown;
use redress_service::lifecycle::TaskError;

/// How long a process that ends waits until its last records are in the stream.
const LAST_RECORDS: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(20);

pub(crate) fn relay_of(bus: &Bus, log: &Log) -> Result<Relay, RelayError> {
    Relay::new(bus.clone(), Arc::new(log.clone()) as Arc<dyn Source>)
}

/// A log that lacks records which its stream has had must not give their places to others. Looked at
/// before the first command can come, where NATS can be asked.
pub(crate) async fn hold_if_behind(bus: &Bus, log: &Log) {
    let place = Place::from(log.identity());
    match bus.event_span(&place).await {
        Ok(Some(span)) => {
            let is_its = span.log.as_deref() == Some(log.id().to_string().as_str());
            let size = log.head().size;
            // Or of a life of it that began later: then it was restored from before that.
            if span.is_later_than(log.id()) || (is_its && span.last > size) {
                let why = format!(
                    "the stream {} has had {} records and the log has {size}: the log was restored \
                     from something older",
                    span.name, span.last
                );
                tracing::error!(%place, why, "commands are refused");
                log.hold(Some(why));
            }
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%place, %error, "nobody can say how far the stream is"),
    }
}

/// Relays until the process stops; while the log is behind its stream, it takes nothing in.
pub(crate) async fn run(relay: Relay, log: Log, shutdown: Shutdown) -> Result<(), TaskError> {
    let relaying = async {
        match relay.run().await {
            Err(error) => Err(TaskError::from(error)),
        }
    };
    let holding = async {
        let mut states = relay.watch();
        loop {
            let state = states.borrow_and_update().clone();
            if state.is_settled() {
                log.hold(state.refuses_commands());
            }
            if states.changed().await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        ended = relaying => ended,
        () = holding => Ok(()),
        () = stopped_and_relayed(&relay, shutdown) => Ok(()),
    }
}

/// What was acknowledged to the last callers reaches followers before the next start, if it can.
async fn stopped_and_relayed(relay: &Relay, shutdown: Shutdown) {
    shutdown.soft().await;
    let relayed = async {
        while relay.status().await.is_ok_and(|status| status.lag() > 0) {
            tokio::time::sleep(LOOK).await;
        }
    };
    // Then it is relayed at the next start.
    let _late = tokio::time::timeout(LAST_RECORDS, relayed).await;
}
