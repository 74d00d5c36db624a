//! One reading of a stream from a position on.
//!
//! What it does is what is called an ordered consumer: a consumer in memory, without
//! acknowledgements, that is made anew at the position reached whenever anything is not as expected.
//! It pulls, so that what is on its way is bounded in messages and in bytes. Its order is not
//! believed: each message has to be the next record by the stream's sequence and by its own.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::message::Message;
use futures::{FutureExt, StreamExt};
use redress_envelope::LogId;
use redress_event_log::{Lives, Stored};

use crate::connection::Bus;
use crate::record::Glance;

/// What may be on its way to a follower.
const PULL_MESSAGES: usize = 512;
const PULL_BYTES: usize = 2 << 20;
/// What is handed on together, at most.
const BATCH_BYTES: usize = 4 << 20;
/// A server forgets a consumer that nobody asks any more after so long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15);
const HEARTBEAT: Duration = Duration::from_secs(2);
const EXPIRES: Duration = Duration::from_secs(20);

/// Why a session cannot go on as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hiccup {
    /// Something with the connection or the consumer: make another.
    Broken(String),
    /// The stream goes on behind records that it has not got.
    Gap { next: u64 },
    /// The message is not the record that belongs there.
    Wrong { why: &'static str },
}

pub(super) struct Session {
    /// The position that comes next.
    pub(super) next: u64,
    lives: Lives,
    messages: pull::Stream,
    /// Was read, and did not fit the last batch.
    ahead: Option<Message>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub(super) async fn begin(
        bus: &Bus,
        stream: &str,
        lives: Lives,
        next: u64,
    ) -> Result<Self, Hiccup> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: next + 1,
            },
            ack_policy: AckPolicy::None,
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let broken = |error: &dyn std::fmt::Display| Hiccup::Broken(error.to_string());
        let consumer = bus.context().create_consumer_on_stream(config, stream);
        let consumer = consumer.await.map_err(|error| broken(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(PULL_MESSAGES)
            .max_bytes_per_batch(PULL_BYTES)
            .heartbeat(HEARTBEAT)
            .expires(EXPIRES)
            .messages()
            .await
            .map_err(|error| broken(&error))?;
        Ok(Self {
            next,
            lives,
            messages,
            ahead: None,
        })
    }

    /// The next records: what is there, after a wait for the first of at most `patience`.
    pub(super) async fn collect(
        &mut self,
        max_records: usize,
        patience: Duration,
    ) -> Result<Vec<Stored>, Hiccup> {
        let Ok(first) = tokio::time::timeout(patience, self.first()).await else {
            return Ok(Vec::new());
        };
        let first = first?;
        let mut bytes = first.bytes.len();
        let mut records = vec![first];
        while records.len() < max_records && bytes < BATCH_BYTES {
            let Some(message) = self.ready()? else { break };
            match self.record(&message) {
                Ok(Some(record)) => {
                    bytes += record.bytes.len();
                    records.push(record);
                }
                Ok(None) => {}
                // What was good is handed on; the rest is for the next time.
                Err(_) => {
                    self.ahead = Some(message);
                    break;
                }
            }
        }
        Ok(records)
    }

    async fn first(&mut self) -> Result<Stored, Hiccup> {
        loop {
            let message = match self.ahead.take() {
                Some(message) => message,
                None => arrived(self.messages.next().await)?,
            };
            if let Some(record) = self.record(&message)? {
                return Ok(record);
            }
        }
    }

    /// A message that is already here.
    fn ready(&mut self) -> Result<Option<Message>, Hiccup> {
        match self.messages.next().now_or_never() {
            None => Ok(None),
            Some(message) => arrived(message).map(Some),
        }
    }

    /// The record of a message; `None` if it came before.
    fn record(&mut self, message: &Message) -> Result<Option<Stored>, Hiccup> {
        let broken = |error: async_nats::Error| Hiccup::Broken(error.to_string());
        let sequence = message.info().map_err(broken)?.stream_sequence;
        let position = sequence.saturating_sub(1);
        if position < self.next {
            return Ok(None);
        }
        if position > self.next {
            return Err(Hiccup::Gap { next: position });
        }
        let bytes = message.payload.clone();
        belongs(&bytes, self.lives.log_at(position), position)
            .map_err(|why| Hiccup::Wrong { why })?;
        self.next = position + 1;
        Ok(Some(Stored { position, bytes }))
    }
}

fn arrived<E: std::fmt::Display>(message: Option<Result<Message, E>>) -> Result<Message, Hiccup> {
    match message {
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(Hiccup::Broken(error.to_string())),
        None => Err(Hiccup::Broken("the consumer has ended".to_owned())),
    }
}

/// Whether bytes say of themselves that they are the record at a position of a log.
pub(super) fn belongs(bytes: &[u8], log: LogId, position: u64) -> Result<(), &'static str> {
    let glance = Glance::at(bytes).ok_or("it is no record")?;
    if glance.position() != Some(position) {
        return Err("it is the record of another position");
    }
    if glance.log() != Some(log) {
        return Err("it is the record of another log");
    }
    Ok(())
}
