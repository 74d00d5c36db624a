//! Taking messages, as a task of the process, and telling how that goes.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use redress_event_bus::{Bus, Inbox, InboxFlow, InboxState, InboxStatus};
use redress_log_service::Around;
use redress_service::lifecycle::TaskError;
use redress_service::{Metrics, Readiness};

use crate::intake::Intake;

const LOOK: Duration = Duration::from_secs(1);
/// At the end, for what is answered to leave the inbox.
const SETTLE: Duration = Duration::from_secs(1);

/// What the metrics say; counts begin with the process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    waiting: Gauge<i64>,
    accepted: Counter,
    rejected: Counter,
    postponed: Counter,
}

impl Told {
    pub(crate) fn register(metrics: &Metrics) -> Self {
        let told = Self::default();
        metrics.register(
            "inbox_waiting_messages",
            "Messages in the inbox that are not taken yet",
            told.waiting.clone(),
        );
        metrics.register(
            "inbox_accepted",
            "Messages of the inbox that are feedback, repeats included",
            told.accepted.clone(),
        );
        metrics.register(
            "inbox_rejected",
            "Messages of the inbox that could not be accepted, and are kept apart",
            told.rejected.clone(),
        );
        metrics.register(
            "inbox_postponed",
            "Messages of the inbox that could not be taken at the time, and came again",
            told.postponed.clone(),
        );
        told
    }

    fn tell(&self, status: &InboxStatus) {
        if let Some(waiting) = status.waiting {
            self.waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
        }
        for (counter, count) in [
            (&self.accepted, status.accepted),
            (&self.rejected, status.rejected),
            (&self.postponed, status.postponed),
        ] {
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }
}

/// Takes messages until the process stops. What has no answer by then comes again.
pub(crate) async fn run(
    intake: Intake,
    bus: Bus,
    around: Around,
    told: Told,
) -> Result<(), TaskError> {
    let flow = InboxFlow::default();
    let flow = InboxFlow {
        // Whoever asks over gRPC finds room in the queue too.
        in_flight: flow.in_flight.min(intake.inner.import_rows),
        ..flow
    };
    let inbox = Inbox::new(bus, Arc::new(intake.door()), flow);
    tokio::select! {
        never = inbox.run() => match never {},
        () = look(&inbox, &around.readiness, &told) => {}
        () = around.shutdown.soft() => {}
    }
    // What stays is taken again at the next start, and answered as before.
    let _in_time = tokio::time::timeout(SETTLE, inbox.settle()).await;
    Ok(())
}

async fn look(inbox: &Inbox, readiness: &Readiness, told: &Told) {
    loop {
        let status = inbox.status().await;
        told.tell(&status);
        let warning = match &status.state {
            InboxState::Waiting { .. } | InboxState::Fault(_) => {
                vec![format!("the inbox: {}", status.state)]
            }
            InboxState::Starting | InboxState::Taking | InboxState::Away { .. } => Vec::new(),
        };
        readiness.warn("intake.inbox", warning);
        tokio::time::sleep(LOOK).await;
    }
}
