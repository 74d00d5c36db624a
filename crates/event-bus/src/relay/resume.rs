//! Finding out where to go on: what the stream has, and whether it is this log's.

use std::sync::atomic::Ordering;

use super::{Halt, Relay, RelayError, RelayState};
use crate::streams::{LookUpError, Narrowed, StreamError, StreamSpan};

impl Relay {
    /// The position of the first record that the stream has not got.
    pub(super) async fn resume(&self) -> Result<u64, Halt> {
        self.told.resumed.fetch_add(1, Ordering::Relaxed);
        let span = self.stream().await?;
        self.tell_of_room(span.narrowed.clone());
        // The log is asked after the stream: it holds all that the stream can have been given.
        let log_records = self.source.size().await?;
        if span.last > log_records {
            return Err(Halt::Resume(RelayState::StreamAhead {
                stream: span.name,
                stream_records: span.last,
                log_records,
            }));
        }
        if span.messages > 0 {
            self.compare_last(&span).await?;
        }
        self.told.acknowledged.store(span.last, Ordering::Relaxed);
        self.told.is_known.store(true, Ordering::Relaxed);
        Ok(span.last)
    }

    fn tell_of_room(&self, narrowed: Option<Narrowed>) {
        let mut told = self.narrowed();
        if *told != narrowed
            && let Some(narrowed) = &narrowed
        {
            tracing::warn!(%narrowed, "what leaves it is read from the service");
        }
        *told = narrowed;
    }

    async fn stream(&self) -> Result<StreamSpan, Halt> {
        let size = self.source.size().await?;
        let first = size.saturating_sub(self.bus.config().events.republish_records);
        let lives = self.source.lives();
        let stream = self.bus.event_stream(&self.place, &lives, first);
        let fault = match stream.await {
            Ok(span) => return Ok(span),
            Err(StreamError::Away { why, .. }) => RelayState::Away { why },
            Err(fault @ StreamError::OtherLog { .. }) => self.of_other_life(fault, size).await,
            Err(fault @ (StreamError::Mismatch { .. } | StreamError::Refused { .. })) => {
                RelayState::Stream(fault)
            }
        };
        Err(Halt::Resume(fault))
    }

    /// A stream of a later life has records that the log lacks; any other is none of its own.
    async fn of_other_life(&self, fault: StreamError, log_records: u64) -> RelayState {
        match self.bus.event_span(&self.place).await {
            Ok(Some(span)) if span.is_later_than(self.source.log()) => RelayState::StreamAhead {
                stream: span.name,
                stream_records: span.last,
                log_records,
            },
            Ok(_) | Err(_) => RelayState::Stream(fault),
        }
    }

    /// The last message must be the log's record: a stream of the same length can be another's.
    async fn compare_last(&self, span: &StreamSpan) -> Result<(), Halt> {
        let position = span.last - 1;
        let held = match self.bus.look_up(&self.place, position).await {
            Ok(held) => held,
            // Removed in the meantime: there is nothing to disagree with.
            Err(LookUpError::Gone { .. }) => return Ok(()),
            Err(LookUpError::Away { why, .. }) => {
                return Err(Halt::Resume(RelayState::Away { why }));
            }
        };
        let records = self.source.next(position, 1).await?;
        let record = records
            .first()
            .ok_or(Halt::Log(RelayError::Missing { position }))?;
        if record.bytes == held {
            return Ok(());
        }
        Err(Halt::Resume(RelayState::StreamDisagrees {
            stream: span.name.clone(),
            position,
        }))
    }
}
