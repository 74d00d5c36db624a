//! The inbox: what other systems publish, handed to whoever takes it in.
//!
//! A message leaves the stream only after its taker has answered, and the taker answers only after
//! what it makes of the message is on the disk. In between anything may break: the message is taken
//! again, and the taker knows it by its source and id. Answered messages leave together, a moment
//! later. What is taken at the same time is bounded in number and in bytes, so a slow log slows the
//! inbox, and the stream refuses when it is full.
//!
//! Two that take from one stream do the same work twice, and harm nothing.

mod answer;
mod delivery;
mod gate;
mod leaving;
mod message;
mod status;
mod stored;

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::Info;
use futures::{Stream, StreamExt, TryStreamExt};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

pub use answer::{Answer, Rejection, Take};
pub use message::{InboxEvent, Mode, Published, Received, Unreadable};
pub use status::{InboxState, InboxStatus};

use crate::connection::Bus;
use crate::names::inbox_stream;
use crate::pause::Pause;
use crate::streams::{StreamError, StreamSpan};
use gate::Gate;
use leaving::Leaving;
use status::Told;
use stored::Stored;

/// Messages that are asked for at the same time.
const READ_AHEAD: usize = 32;
const KIB: usize = 1024;
/// How often a stream is looked at in which nothing is left to be read. While messages keep coming,
/// those of this time are read and taken together: each by itself would cost the log a flush, and
/// the broker, which syncs each message, waits for the same disk.
const SHORTEST_LOOK: Duration = Duration::from_millis(20);
const LONGEST_LOOK: Duration = Duration::from_millis(100);
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How much is taken at a time.
#[derive(Debug, Clone)]
pub struct InboxFlow {
    /// Messages that are with the taker at the same time.
    pub in_flight: usize,
    /// Bytes of messages that are with the taker at the same time.
    pub bytes: usize,
    /// Where a message cannot be taken now, nothing is tried for so long.
    pub retry_after: Duration,
    /// The same, after many failures in a row.
    pub retry_at_most: Duration,
}

impl Default for InboxFlow {
    fn default() -> Self {
        Self {
            in_flight: 256,
            bytes: 32 << 20,
            retry_after: Duration::from_millis(100),
            retry_at_most: Duration::from_secs(30),
        }
    }
}

impl InboxFlow {
    /// How long one message waits that could not be taken so often.
    fn pause_after(&self, attempts: u64) -> Duration {
        let doubled = u32::try_from(attempts.saturating_sub(1).min(16)).unwrap_or(16);
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
    leaving: Arc<Leaving>,
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
            leaving: Arc::default(),
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

    /// Takes messages until the future is dropped; what has no answer by then comes again, and so
    /// does what has one until it is [settled](Self::settle).
    pub async fn run(&self) -> std::convert::Infallible {
        let mut pause = Pause::new(SHORTEST_PAUSE, LONGEST_PAUSE);
        loop {
            let before = self.told.taken();
            let state = match self.begin().await {
                Ok(stream) => {
                    self.told.tell(InboxState::Taking);
                    self.take(&stream).await
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

    /// Removes what is answered and still in the stream, once [`run`](Self::run) was dropped.
    pub async fn settle(&self) {
        if self.bus.is_connected() {
            // What stays comes again and is answered as before.
            let _left = self.remove_answered().await;
        }
    }

    async fn begin(&self) -> Result<StreamSpan, InboxState> {
        self.bus.inbox_stream().await.map_err(|error| match error {
            StreamError::Away { why, .. } => InboxState::Away { why },
            fault @ (StreamError::Mismatch { .. }
            | StreamError::OtherLog { .. }
            | StreamError::Refused { .. }) => InboxState::Fault(fault),
        })
    }

    /// Takes messages until the connection or the stream breaks. What is in the stream already may
    /// have been taken before.
    async fn take(&self, stream: &StreamSpan) -> InboxState {
        let budget = Semaphore::new(self.flow.bytes.div_ceil(KIB).max(1));
        self.told.not_removed(self.leaving.forget());
        let taken = self
            .sequences(stream)
            .inspect_ok(|sequence| self.leaving.begin(*sequence))
            .map(|sequence| async { self.fetch(&stream.name, sequence?, &budget).await })
            .buffered(READ_AHEAD)
            .try_filter_map(|found| std::future::ready(Ok(found)))
            .try_for_each_concurrent(self.flow.in_flight, |(message, _bytes)| async move {
                let known = message.sequence <= stream.last;
                self.deliver(&message, known).await;
                Ok(())
            });
        let why = tokio::select! {
            ended = taken => ended.err().unwrap_or_else(|| "the stream has ended".to_owned()),
            ended = self.see_off() => match ended { Err(why) => why },
            () = self.bus.lost() => self.bus.state().to_string(),
        };
        InboxState::Away { why }
    }

    /// The sequences of the stream, from its first on, as they come to be.
    fn sequences(&self, stream: &StreamSpan) -> impl Stream<Item = Result<u64, String>> {
        let ends = Ends {
            next: stream.first.max(1),
            last: stream.last,
            made_at: None,
        };
        let name = stream.name.clone();
        futures::stream::unfold(ends, move |mut ends| {
            let name = name.clone();
            async move {
                let mut pause = Pause::new(SHORTEST_LOOK, LONGEST_LOOK);
                // Looked at first of all, so that another stream in its place is noticed.
                while ends.made_at.is_none() || ends.next > ends.last {
                    if ends.made_at.is_some() {
                        tokio::time::sleep(pause.next()).await;
                    }
                    match self.bus.find(&name).await {
                        Err(error) => return Some((Err(error.to_string()), ends)),
                        Ok(None) => return Some((Err("the stream is gone".to_owned()), ends)),
                        Ok(Some(info)) => {
                            if let Err(why) = ends.look(&info) {
                                return Some((Err(why.to_owned()), ends));
                            }
                        }
                    }
                }
                let next = ends.next;
                ends.next += 1;
                Some((Ok(next), ends))
            }
        })
    }

    /// The message at a sequence, with its share of the memory that messages may take.
    async fn fetch<'a>(
        &self,
        stream: &str,
        sequence: u64,
        budget: &'a Semaphore,
    ) -> Result<Option<(Stored, SemaphorePermit<'a>)>, String> {
        let Some(message) = stored::fetch(&self.bus, stream, sequence).await? else {
            self.leaving.is_gone(sequence);
            return Ok(None);
        };
        let most = self.flow.bytes.div_ceil(KIB).max(1);
        let kib = (message.bytes() / KIB + 1).min(most);
        let share = budget
            .acquire_many(u32::try_from(kib).unwrap_or(u32::MAX))
            .await;
        let share = share.map_err(|error| error.to_string())?;
        Ok(Some((message, share)))
    }
}

/// Between which sequences there can be messages that nobody has looked at.
#[derive(Debug)]
struct Ends {
    next: u64,
    last: u64,
    made_at: Option<i128>,
}

impl Ends {
    fn look(&mut self, info: &Info) -> Result<(), &'static str> {
        let made_at = info.created.unix_timestamp_nanos();
        let is_another = self.made_at.is_some_and(|known| known != made_at);
        if is_another || info.state.last_sequence < self.last {
            return Err("the stream was made again");
        }
        self.made_at = Some(made_at);
        self.next = self.next.max(info.state.first_sequence);
        self.last = info.state.last_sequence;
        Ok(())
    }
}
