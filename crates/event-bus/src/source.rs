//! Following a log that another process keeps: through its stream, and from its owner where the
//! stream has not got what is asked for.
//!
//! | NATS | owner | where records come from |
//! |---|---|---|
//! | there | there | the stream; a gap, what left the window, and all while the stream is behind: the owner |
//! | there | away | the stream alone |
//! | away | there | the owner, asked again and again, not often |
//! | away | away | nowhere: whoever follows waits |
//!
//! Nothing is passed over: a record is handed on if the stream's sequence and the record itself say
//! that it is the next one, whoever gave it.

mod fault;
mod plan;
mod session;
mod status;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use redress_envelope::LogId;
use redress_event_log::{BoxFuture, Lives, NotOurs, Source, SourceError, Stored};

pub use fault::SourceFault;
pub use status::{SourceStatus, Via};

use crate::connection::Bus;
use crate::names::{Place, is_name};
use crate::owner::Owner;
use crate::pause::Pause;
use plan::Plan;
use session::{Hiccup, Session};
use status::Told;

/// Readers at different positions that one source keeps a consumer for.
const MOST_SESSIONS: usize = 8;

/// How patient a follower is.
#[derive(Debug, Clone)]
pub struct SourceTimes {
    /// After so long without a record the owner is asked whether there is one.
    pub watch: Duration,
    /// Pauses between questions to the owner while NATS is away, from the first to the longest.
    pub shortest_pause: Duration,
    pub longest_pause: Duration,
}

impl Default for SourceTimes {
    fn default() -> Self {
        Self {
            watch: Duration::from_secs(1),
            shortest_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(2),
        }
    }
}

/// What is known of a log from following it before: its life, and how many of its records were
/// consumed, the most of all who follow it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub log: LogId,
    pub size: u64,
}

/// A log elsewhere, as a [`Source`].
#[derive(Debug)]
pub struct BusSource {
    bus: Bus,
    owner: Arc<dyn Owner>,
    place: Place,
    stream: String,
    /// As they were last told.
    lives: RwLock<Lives>,
    times: SourceTimes,
    sessions: Mutex<Vec<Session>>,
    /// The log had so many records at least.
    seen: AtomicU64,
    told: Told,
}

impl BusSource {
    /// A log that was followed before is believed to be the same until somebody says otherwise, and
    /// nobody is waited for. Of one that was not, the owner or the stream has to tell the id first.
    pub async fn open(
        bus: Bus,
        owner: Arc<dyn Owner>,
        place: Place,
        known: Option<Known>,
    ) -> Result<Self, SourceFault> {
        if !is_name(&place.service) {
            return Err(SourceFault::Place(place.to_string()));
        }
        let lives = match known {
            Some(known) => Lives::only(known.log),
            None => ask(&bus, owner.as_ref(), &place).await,
        };
        Ok(Self {
            stream: place.stream(&bus.config().tenant),
            seen: AtomicU64::new(known.map_or(0, |known| known.size)),
            times: SourceTimes::default(),
            sessions: Mutex::default(),
            told: Told::default(),
            bus,
            owner,
            place,
            lives: RwLock::new(lives),
        })
    }

    #[must_use]
    pub fn with_times(mut self, times: SourceTimes) -> Self {
        self.times = times;
        self
    }

    pub fn status(&self) -> SourceStatus {
        self.told.status(self.seen.load(Ordering::Relaxed))
    }

    async fn read(&self, from: u64, max_records: usize) -> Result<Vec<Stored>, SourceFault> {
        // Another reader may learn of another life at any time.
        let life = self.log();
        let mut session = self.take(from);
        if max_records == 1
            && session.is_none()
            && let Some(record) = self.look_up(from).await
        {
            return Ok(self.hand_on(vec![record], Via::Stream));
        }
        let mut pause = Pause::new(self.times.shortest_pause, self.times.longest_pause);
        loop {
            self.must_be_kept(life, from)?;
            if session.is_none() {
                let plan = self.plan(life, from).await?;
                if let Plan::Owner { .. } | Plan::NothingNew = plan {
                    let most = plan.most(max_records);
                    if let Some(records) = self.owners(life, from, most).await? {
                        return Ok(self.hand_on(records, Via::Owner));
                    }
                }
                session = self.follow_plan(&plan, from).await;
            }
            let Some(reading) = session.as_mut() else {
                self.rest(pause.next()).await;
                continue;
            };
            match reading.collect(max_records, self.times.watch).await {
                Ok(records) if !records.is_empty() => {
                    self.put_back(session);
                    return Ok(self.hand_on(records, Via::Stream));
                }
                Ok(_) => match self.bus.event_span(&self.place).await {
                    Ok(Some(span)) if span.last <= from => {
                        if let Some(records) = self.owners(life, from, max_records).await? {
                            self.told.halt(span.last);
                            return Ok(self.hand_on(records, Via::Owner));
                        }
                    }
                    // The stream has what its consumer does not bring, or is no more.
                    Ok(_) | Err(_) => {
                        self.told.hiccup("the consumer has stalled");
                        session = None;
                    }
                },
                Err(hiccup) => {
                    let most = hiccup.most(from, max_records);
                    self.told.hiccup(&hiccup.to_string());
                    session = None;
                    if let Some(records) = self.owners(life, from, most).await? {
                        return Ok(self.hand_on(records, Via::Owner));
                    }
                    self.rest(pause.next()).await;
                }
            }
        }
    }

    async fn follow_plan(&self, plan: &Plan, from: u64) -> Option<Session> {
        match plan {
            Plan::Stream | Plan::Soon | Plan::NothingNew => {
                match Session::begin(&self.bus, &self.stream, self.lives(), from).await {
                    Ok(session) => {
                        self.told.restarted();
                        Some(session)
                    }
                    Err(hiccup) => {
                        self.told.hiccup(&hiccup.to_string());
                        None
                    }
                }
            }
            Plan::Owner { .. } => None,
        }
    }

    /// The owner's records; `None` if it has none there or does not answer.
    async fn owners(
        &self,
        life: LogId,
        from: u64,
        max_records: usize,
    ) -> Result<Option<Vec<Stored>>, SourceFault> {
        let Ok(head) = self.owner.head().await else {
            if !self.bus.is_connected() {
                self.told.nobody_tells();
            }
            return Ok(None);
        };
        let place = || self.place.to_string();
        self.learn(&head.lives)?;
        self.must_be_kept(life, from)?;
        if head.size < from {
            return Err(SourceFault::Behind {
                place: place(),
                size: head.size,
                consumed: from,
            });
        }
        if head.size == from {
            return Ok(None);
        }
        let Ok(records) = self.owner.read(from, max_records).await else {
            return Ok(None);
        };
        for (position, record) in (from..).zip(&records) {
            let log = head.lives.log_at(position);
            let is_it = record.position == position
                && session::belongs(&record.bytes, log, position).is_ok();
            if !is_it {
                let place = place();
                return Err(SourceFault::NoRecord { place, position });
            }
        }
        Ok((!records.is_empty()).then_some(records))
    }

    /// A single record, without a consumer for it; `None` if the stream does not give it.
    async fn look_up(&self, position: u64) -> Option<Stored> {
        let bytes = self.bus.look_up(&self.place, position).await.ok()?;
        let log = self.lives().log_at(position);
        session::belongs(&bytes, log, position).ok()?;
        Some(Stored { position, bytes })
    }

    /// Which lives the log has, says who should know. A log goes from one life to the next and never back;
    /// an id that is neither is another log.
    fn learn(&self, told: &Lives) -> Result<(), SourceFault> {
        let mut lives = self.lives.write().unwrap_or_else(PoisonError::into_inner);
        let followed = lives.log;
        let Some(kept) = kept_of(told, followed) else {
            return Err(SourceFault::OtherLog {
                place: self.place.to_string(),
                followed,
                found: told.log,
            });
        };
        if *lives == *told || (followed == told.log && told.earlier.is_empty()) {
            return Ok(());
        }
        lives.clone_from(told);
        if followed != told.log {
            let (place, log) = (&self.place, told.log);
            tracing::warn!(%place, %log, kept, "the end of a followed log was declared lost");
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.clear();
            self.seen.fetch_min(kept, Ordering::Relaxed);
            self.told.forget();
        }
        Ok(())
    }

    /// Whether a reader may go on where it is, to whom the log was in a certain life.
    fn must_be_kept(&self, life: LogId, from: u64) -> Result<(), SourceFault> {
        let lives = self.lives.read().unwrap_or_else(PoisonError::into_inner);
        match lives.keeps(life, from) {
            Err(NotOurs::Lost { kept }) => Err(SourceFault::DeclaredLost {
                place: self.place.to_string(),
                found: lives.log,
                kept,
                consumed: from,
            }),
            // It was learned from this very life.
            Ok(()) | Err(NotOurs::OtherLog) => Ok(()),
        }
    }

    fn hand_on(&self, records: Vec<Stored>, via: Via) -> Vec<Stored> {
        if let Some(last) = records.last() {
            self.seen.fetch_max(last.position + 1, Ordering::Relaxed);
            self.told.handed_on(&records, via);
        }
        records
    }

    /// A pause that ends early when the connection comes back.
    async fn rest(&self, pause: Duration) {
        let was_connected = self.bus.is_connected();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.bus.connected(), if !was_connected => {}
        }
    }

    fn take(&self, from: u64) -> Option<Session> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let at = sessions.iter().position(|session| session.next == from)?;
        Some(sessions.remove(at))
    }

    fn put_back(&self, session: Option<Session>) {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if sessions.len() == MOST_SESSIONS {
            sessions.remove(0);
        }
        sessions.extend(session);
    }
}

/// How many records were kept of a life.
fn kept_of(lives: &Lives, log: LogId) -> Option<u64> {
    match lives.keeps(log, u64::MAX) {
        Ok(()) => Some(u64::MAX),
        Err(NotOurs::Lost { kept }) => Some(kept),
        Err(NotOurs::OtherLog) => None,
    }
}

/// Which lives a log has: whoever says it first.
async fn ask(bus: &Bus, owner: &dyn Owner, place: &Place) -> Lives {
    let times = SourceTimes::default();
    let mut pause = Pause::new(times.shortest_pause, times.longest_pause);
    loop {
        if let Ok(head) = owner.head().await {
            return head.lives;
        }
        if let Ok(Some(span)) = bus.event_span(place).await
            && let Some(lives) = span.lives
        {
            return lives;
        }
        tokio::time::sleep(pause.next()).await;
    }
}

impl Source for BusSource {
    fn place(&self) -> String {
        self.place.to_string()
    }

    fn log(&self) -> LogId {
        let lives = self.lives.read();
        lives.unwrap_or_else(PoisonError::into_inner).log
    }

    fn lives(&self) -> Lives {
        let lives = self.lives.read();
        lives.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move { Ok(self.read(from, max_records).await?) })
    }

    /// Only the owner can say that its log is shorter than it was. While it is away, the log has what
    /// the stream has, and what was consumed of it.
    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move {
            if let Ok(head) = self.owner.head().await {
                self.learn(&head.lives)?;
                return Ok(head.size);
            }
            let span = self.bus.event_span(&self.place).await;
            let ours = |span: &crate::streams::StreamSpan| {
                span.log.as_deref() == Some(self.log().to_string().as_str())
            };
            let streamed = span.ok().flatten().filter(ours).map_or(0, |span| span.last);
            Ok(streamed.max(self.seen.load(Ordering::Relaxed)))
        })
    }

    fn had(&self, log: LogId, records: u64) {
        let lives = self.lives.read().unwrap_or_else(PoisonError::into_inner);
        if lives.keeps(log, records).is_ok() {
            self.seen.fetch_max(records, Ordering::Relaxed);
        }
    }
}
