//! The relay: every record of a log, in order and as it is stored, into the log's stream.
//!
//! It publishes with the sequence that it expects and without message ids, and takes an
//! acknowledgement for true only if its sequence is the record's position + 1. After a break it asks
//! the stream how far it is, and goes on from there: what was on its way may have arrived.

mod publish;
mod resume;
mod status;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redress_event_log::{Source, SourceError};
use tokio::sync::watch;

pub use status::{RelayState, RelayStatus};

use crate::connection::Bus;
use crate::names::Place;
use crate::pause::Pause;
use crate::streams::Narrowed;

/// How long a relay waits before it looks again at a stream that needs an operator.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("`{0}` is not `service/partition` in letters that a subject can hold")]
    Place(String),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the log ends before its record at {position}")]
    Missing { position: u64 },
}

/// Relays one log. Clones are the same relay; only one of them runs.
#[derive(Debug, Clone)]
pub struct Relay {
    bus: Bus,
    source: Arc<dyn Source>,
    place: Place,
    told: Arc<Told>,
}

#[derive(Debug)]
struct Told {
    state: watch::Sender<RelayState>,
    acknowledged: AtomicU64,
    /// The stream was asked once.
    is_known: AtomicBool,
    published: AtomicU64,
    resumed: AtomicU64,
    narrowed: Mutex<Option<Narrowed>>,
}

/// Why publishing came to a halt.
enum Halt {
    /// The log cannot be read any more.
    Log(RelayError),
    /// Where the stream is has to be found out again.
    Resume(RelayState),
}

impl From<SourceError> for Halt {
    fn from(error: SourceError) -> Self {
        Self::Log(error.into())
    }
}

impl Relay {
    /// A relay of the log behind `source`: the log itself, in its own process.
    pub fn new(bus: Bus, source: Arc<dyn Source>) -> Result<Self, RelayError> {
        let named = Place::parse(&source.place());
        let place = named
            .filter(|place| crate::names::is_name(&place.service))
            .ok_or_else(|| RelayError::Place(source.place()))?;
        let told = Told {
            state: watch::Sender::new(RelayState::Starting),
            acknowledged: AtomicU64::new(0),
            is_known: AtomicBool::new(false),
            published: AtomicU64::new(0),
            resumed: AtomicU64::new(0),
            narrowed: Mutex::default(),
        };
        Ok(Self {
            bus,
            source,
            place,
            told: Arc::new(told),
        })
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Tells of each change between states.
    pub fn watch(&self) -> watch::Receiver<RelayState> {
        self.told.state.subscribe()
    }

    pub async fn status(&self) -> Result<RelayStatus, SourceError> {
        // Read before the head, or a record in between would make the lag negative.
        let acknowledged = self.told.acknowledged.load(Ordering::Relaxed);
        let is_known = self.told.is_known.load(Ordering::Relaxed);
        let head = self.source.size().await?;
        Ok(RelayStatus {
            is_known,
            state: self.told.state.borrow().clone(),
            acknowledged,
            head,
            published: self.told.published.load(Ordering::Relaxed),
            resumed: self.told.resumed.load(Ordering::Relaxed),
            narrowed: self.narrowed().clone(),
        })
    }

    fn narrowed(&self) -> MutexGuard<'_, Option<Narrowed>> {
        let narrowed = self.told.narrowed.lock();
        narrowed.unwrap_or_else(PoisonError::into_inner)
    }

    /// Relays until the log itself cannot be read. Drop the future to stop: what is on its way is
    /// found again at the next start.
    pub async fn run(&self) -> Result<std::convert::Infallible, RelayError> {
        let mut pause = Pause::new(SHORTEST_PAUSE, LONGEST_PAUSE);
        loop {
            let before = self.told.acknowledged.load(Ordering::Relaxed);
            let halt = match self.resume().await {
                Ok(next) => {
                    self.tell(RelayState::Relaying);
                    self.publish(next).await
                }
                Err(halt) => halt,
            };
            match halt {
                Halt::Log(error) => return Err(error),
                Halt::Resume(state) => self.tell(state),
            }
            if self.told.acknowledged.load(Ordering::Relaxed) > before {
                pause.reset();
            }
            self.wait(pause.next()).await;
        }
    }

    /// Waits for a moment, or as long as NATS is away.
    async fn wait(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
        if !self.bus.is_connected() {
            let why = self.bus.state().to_string();
            self.tell(RelayState::Away { why });
            self.bus.connected().await;
        }
    }

    fn tell(&self, state: RelayState) {
        self.told.state.send_if_modified(|known| {
            if *known == state {
                return false;
            }
            if state.is_fault() {
                tracing::error!(log = %self.place, %state, "the relay has halted");
            } else {
                tracing::debug!(log = %self.place, %state, "the relay");
            }
            *known = state;
            true
        });
    }
}
