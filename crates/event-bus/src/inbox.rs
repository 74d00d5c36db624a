//! The inbox: what other systems publish, handed to whoever takes it in.
//!
//! A message leaves the stream only after its taker has answered, and the taker answers only after
//! what it makes of the message is on the disk. In between anything may break: the message comes
//! again, and the taker knows it by its source and id. What is taken at the same time is bounded in
//! number and in bytes, so a slow log slows the inbox, and the stream refuses when it is full.

mod answer;
mod delivery;
mod gate;
mod message;
mod status;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use futures::StreamExt;
use tokio::sync::watch;

pub use answer::{Answer, Take};
pub use message::{InboxEvent, Mode, Published, Received, Unreadable};
pub use status::{InboxState, InboxStatus};

use crate::connection::Bus;
use crate::names::inbox_stream;
use crate::pause::Pause;
use crate::streams::StreamError;
use gate::Gate;
use status::Told;

/// The consumer's name on the server; everybody who takes shares it.
const CONSUMER: &str = "intake";
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How much is taken at a time.
#[derive(Debug, Clone)]
pub struct InboxFlow {
    /// Messages that are with the taker at the same time.
    pub in_flight: usize,
    /// Bytes that are fetched together.
    pub fetch_bytes: usize,
    /// A message whose taker has vanished comes again after so long; one that is being taken does
    /// not, however long that goes on.
    pub patience: Duration,
    /// Where a message cannot be taken now, nothing is tried for so long.
    pub retry_after: Duration,
    /// The same, after many failures in a row.
    pub retry_at_most: Duration,
}

impl Default for InboxFlow {
    fn default() -> Self {
        Self {
            in_flight: 256,
            fetch_bytes: 8 << 20,
            patience: Duration::from_secs(5),
            retry_after: Duration::from_millis(100),
            retry_at_most: Duration::from_secs(30),
        }
    }
}

impl InboxFlow {
    /// How long one message waits that could not be taken so often.
    fn pause_after(&self, deliveries: u64) -> Duration {
        let doubled = u32::try_from(deliveries.saturating_sub(1).min(16)).unwrap_or(16);
        let pause = self.retry_after.saturating_mul(1 << doubled);
        pause.min(self.retry_at_most.max(self.retry_after))
    }
}

/// Takes messages out of the inbox. Clones are the same; only one of them runs.
#[derive(Debug, Clone)]
pub struct Inbox {
    bus: Bus,
    taker: Arc<dyn Take>,
    flow: InboxFlow,
    gate: Arc<Gate>,
    told: Arc<Told>,
}

impl Inbox {
    pub fn new(bus: Bus, taker: Arc<dyn Take>, flow: InboxFlow) -> Self {
        let gate = Gate::new(flow.retry_after, flow.retry_at_most);
        Self {
            bus,
            taker,
            flow,
            gate: Arc::new(gate),
            told: Arc::new(Told::default()),
        }
    }

    /// Tells of each change between states.
    pub fn watch(&self) -> watch::Receiver<InboxState> {
        self.told.state.subscribe()
    }

    /// How it is getting on. What waits in the stream is asked for, and is `None` where nobody knows.
    pub async fn status(&self) -> InboxStatus {
        let stream = inbox_stream(&self.bus.config().tenant);
        let info = self.bus.find(&stream).await.ok().flatten();
        self.told.status(info.map(|info| info.state.messages))
    }

    /// Takes messages until the future is dropped; what has no answer by then comes again.
    pub async fn run(&self) -> std::convert::Infallible {
        let mut pause = Pause::new(SHORTEST_PAUSE, LONGEST_PAUSE);
        loop {
            let before = self.told.taken();
            let state = match self.begin().await {
                Ok(consumer) => {
                    self.told.tell(InboxState::Taking);
                    self.take(&consumer).await
                }
                Err(state) => state,
            };
            self.told.tell(state);
            if self.told.taken() > before {
                pause.reset();
            }
            tokio::time::sleep(pause.next()).await;
            self.bus.connected().await;
        }
    }

    async fn begin(&self) -> Result<Consumer<pull::Config>, InboxState> {
        let away = |why: String| InboxState::Away { why };
        let stream = self.bus.inbox_stream().await.map_err(|error| match error {
            StreamError::Away { why, .. } => away(why),
            fault @ (StreamError::Mismatch { .. }
            | StreamError::OtherLog { .. }
            | StreamError::Refused { .. }) => InboxState::Fault(fault),
        })?;
        let wanted = pull::Config {
            durable_name: Some(CONSUMER.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.flow.patience,
            // Never given up: what cannot be accepted is answered, and kept by the taker.
            max_deliver: -1,
            max_ack_pending: i64::try_from(self.flow.in_flight).unwrap_or(i64::MAX),
            ..pull::Config::default()
        };
        let made = self
            .bus
            .context()
            .create_consumer_on_stream(wanted.clone(), &stream.name)
            .await;
        let consumer = made.map_err(|error| away(error.to_string()))?;
        let found = &consumer.cached_info().config;
        let kept = |ack, wait, deliver, pending| format!("{ack:?} {wait:?} {deliver} {pending}");
        let (wanted, found) = (
            kept(
                wanted.ack_policy,
                wanted.ack_wait,
                wanted.max_deliver,
                wanted.max_ack_pending,
            ),
            kept(
                found.ack_policy,
                found.ack_wait,
                found.max_deliver,
                found.max_ack_pending,
            ),
        );
        if wanted != found {
            return Err(InboxState::Fault(StreamError::Mismatch {
                stream: stream.name,
                differences: vec![format!(
                    "the consumer {CONSUMER} is {found} and should be {wanted}"
                )],
            }));
        }
        Ok(consumer)
    }

    /// Takes messages until the connection or the consumer breaks.
    async fn take(&self, consumer: &Consumer<pull::Config>) -> InboxState {
        let messages = consumer
            .stream()
            .max_messages_per_batch(self.flow.in_flight)
            .max_bytes_per_batch(self.flow.fetch_bytes)
            .heartbeat(Duration::from_secs(5))
            .expires(Duration::from_secs(30))
            .messages()
            .await;
        let away = |why: String| InboxState::Away { why };
        let messages = match messages {
            Ok(messages) => messages,
            Err(error) => return away(error.to_string()),
        };
        let mut why = None;
        let taken = messages
            .scan(&mut why, |why, message| {
                let good = message.map_err(|error| **why = Some(error.to_string()));
                std::future::ready(good.ok())
            })
            .for_each_concurrent(self.flow.in_flight, |message| self.deliver(message));
        tokio::select! {
            () = taken => {}
            () = self.bus.lost() => return away(self.bus.state().to_string()),
        }
        away(why.unwrap_or_else(|| "the consumer has ended".to_owned()))
    }
}
